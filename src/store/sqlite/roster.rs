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

/// Replaces one of the operator's words; false when the case was never on the list.
pub(super) fn set_local(
    conn: &Connection,
    id: &CaseId,
    change: &LocalChange,
    at: OffsetDateTime,
) -> rusqlite::Result<bool> {
    let tags;
    let (statement, value): (_, &dyn ToSql) = match change {
        LocalChange::Note(note) => ("UPDATE cases SET note = ?2, local_at = ?3 WHERE id = ?1", note),
        LocalChange::Tags(words) => {
            tags = texts_text(words);
            ("UPDATE cases SET tags = ?2, local_at = ?3 WHERE id = ?1", &tags)
        }
        LocalChange::Owner(owner) => ("UPDATE cases SET owner = ?2, local_at = ?3 WHERE id = ?1", owner),
        LocalChange::WontContest(why) => {
            ("UPDATE cases SET wont_contest = ?2, local_at = ?3 WHERE id = ?1", why)
        }
    };
    conn.prepare_cached(statement)?.execute(params![id.as_str(), value, millis(at)]).map(|rows| rows > 0)
}
