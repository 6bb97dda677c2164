//! Who is on the list, and what the operator wrote about them.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, ToSql, params};
use time::OffsetDateTime;

use super::rows::{self, CASE_COLUMNS, ROW_NUMBER, millis, texts_text};
use crate::domain::case::Case;
use crate::domain::change::Change;
use crate::domain::ids::CaseId;
use crate::domain::tracked::{LocalChange, Tracked};
use crate::store::{Added, NewCase};

/// The changes of the case in a row that nobody has looked at, oldest first.
pub(super) const UNSEEN_OF: &str =
    "SELECT field, old, new, at FROM changes WHERE case_row = ?1 AND seen_at IS NULL ORDER BY row";

/// Puts one case on the list and sets what the entry gives.
pub(super) fn track(conn: &Connection, entry: &NewCase, at: OffsetDateTime) -> rusqlite::Result<Added> {
    let before: Option<bool> = conn
        .prepare_cached("SELECT tracked FROM cases WHERE id = ?1")?
        .query_row([entry.id.as_str()], |row| row.get(0))
        .optional()?;
    conn.prepare_cached(
        "INSERT INTO cases (id, tracked, tracked_at) VALUES (?1, 1, ?2)
         ON CONFLICT (id) DO UPDATE SET tracked = 1, tracked_at = excluded.tracked_at, untracked_at = NULL
         WHERE NOT tracked",
    )?
    .execute(params![entry.id.as_str(), millis(at)])?;
    conn.prepare_cached(
        "UPDATE cases SET
            note = coalesce(?2, note), tags = coalesce(?3, tags), owner = coalesce(?4, owner),
            local_at = iif(?2 IS NULL AND ?3 IS NULL AND ?4 IS NULL, local_at, ?7),
            reason_code = coalesce(?5, reason_code), reason_message = coalesce(?6, reason_message),
            card_scheme = coalesce(?8, card_scheme)
         WHERE id = ?1",
    )?
    .execute(params![
        entry.id.as_str(),
        entry.note,
        entry.tags.as_deref().map(texts_text),
        entry.owner,
        entry.reason_code,
        entry.reason_message,
        millis(at),
        entry.card_scheme,
    ])?;
    Ok(match before {
        None => Added::New,
        Some(false) => Added::Restored,
        Some(true) => Added::Known,
    })
}

/// Takes cases off the list; the row stays.
pub(super) fn untrack(
    conn: &Connection,
    ids: &[CaseId],
    at: OffsetDateTime,
) -> rusqlite::Result<Vec<CaseId>> {
    let mut update =
        conn.prepare_cached("UPDATE cases SET tracked = 0, untracked_at = ?2 WHERE id = ?1 AND tracked")?;
    let mut gone = Vec::new();
    for id in ids {
        if update.execute(params![id.as_str(), millis(at)])? > 0 {
            gone.push(id.clone());
        }
    }
    Ok(gone)
}

/// The whole list in two queries, however long it is.
pub(super) fn tracked(conn: &Connection) -> rusqlite::Result<Vec<Tracked>> {
    let mut unseen = unseen(conn)?;
    // A list that grows while it is read would need twice the room for a moment.
    let mut list = Vec::with_capacity(super::derived::tally(conn)?.on_list());
    let mut query =
        conn.prepare_cached(&format!("SELECT {} FROM cases WHERE tracked ORDER BY row", *CASE_COLUMNS))?;
    let mut found = query.query([])?;
    while let Some(row) = found.next()? {
        let mut tracked = rows::tracked(row)?;
        if let Some(changes) = unseen.remove(&row.get(ROW_NUMBER)?) {
            tracked.unseen = changes.into();
        }
        list.push(tracked);
    }
    Ok(list)
}

/// The changes nobody has looked at, by row of their case, oldest first.
pub(super) fn unseen(conn: &Connection) -> rusqlite::Result<HashMap<i64, Vec<Change>>> {
    let mut query = conn.prepare_cached(
        "SELECT case_row, field, old, new, at FROM changes WHERE seen_at IS NULL ORDER BY case_row, row",
    )?;
    let mut found = query.query([])?;
    let mut unseen: HashMap<i64, Vec<Change>> = HashMap::new();
    while let Some(row) = found.next()? {
        unseen.entry(row.get(0)?).or_default().push(rows::change(row, 1)?);
    }
    Ok(unseen)
}

/// One case that is on the list.
pub(super) fn find(conn: &Connection, id: &CaseId) -> rusqlite::Result<Option<Tracked>> {
    let found = conn
        .prepare_cached(&format!("SELECT {} FROM cases WHERE id = ?1 AND tracked", *CASE_COLUMNS))?
        .query_row([id.as_str()], |row| Ok((rows::tracked(row)?, row.get::<_, i64>(ROW_NUMBER)?)))
        .optional()?;
    let Some((mut tracked, number)) = found else { return Ok(None) };
    let changes = conn
        .prepare_cached(UNSEEN_OF)?
        .query_map([number], |row| rows::change(row, 0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    // Writing nothing would take the room of something.
    if !changes.is_empty() {
        tracked.unseen = changes.into();
    }
    Ok(Some(tracked))
}

/// The fetched cases of an order, on the list or not.
pub(super) fn cases_of_order(conn: &Connection, order: &str) -> rusqlite::Result<Vec<(CaseId, Case)>> {
    conn.prepare_cached(&format!("SELECT {} FROM cases WHERE out_trade_no = ?1 ORDER BY row", *CASE_COLUMNS))?
        .query_map([order], rows::tracked)?
        .filter_map(|row| row.map(|tracked| Some((tracked.id, tracked.case?))).transpose())
        .collect()
}

/// The first of these cases that was never on the list.
pub(super) fn unknown<'a>(
    conn: &Connection,
    ids: impl Iterator<Item = &'a CaseId>,
) -> rusqlite::Result<Option<CaseId>> {
    let mut find = conn.prepare_cached("SELECT 1 FROM cases WHERE id = ?1")?;
    for id in ids {
        if !find.exists([id.as_str()])? {
            return Ok(Some(id.clone()));
        }
    }
    Ok(None)
}

/// Replaces one of the operator's words on each of these cases.
pub(super) fn set_local(
    conn: &Connection,
    changes: &[(CaseId, LocalChange)],
    at: OffsetDateTime,
) -> rusqlite::Result<()> {
    for (id, change) in changes {
        write(conn, id, change, millis(at))?;
    }
    Ok(())
}

fn write(conn: &Connection, id: &CaseId, change: &LocalChange, at: i64) -> rusqlite::Result<()> {
    let put = |columns: &str, values: &[&dyn ToSql]| {
        let statement = format!("UPDATE cases SET {columns}, local_at = ?2 WHERE id = ?1");
        let own: [&dyn ToSql; 2] = [&id.as_str(), &at];
        let all: Vec<&dyn ToSql> = own.into_iter().chain(values.iter().copied()).collect();
        conn.prepare_cached(&statement)?.execute(&all[..]).map(drop)
    };
    match change {
        LocalChange::Note(note) => put("note = ?3", &[note]),
        LocalChange::Tags(words) => put("tags = ?3", &[&texts_text(words)]),
        LocalChange::Owner(owner) => put("owner = ?3", &[owner]),
        LocalChange::WontContest(why) => put("wont_contest = ?3", &[why]),
        LocalChange::Snooze(snooze) => {
            let until = snooze.map(|snooze| snooze.until.to_julian_day());
            let known = snooze.and_then(|snooze| snooze.known).map(millis);
            put("snoozed_until = ?3, snoozed_known = ?4", &[&until, &known])
        }
    }
}
