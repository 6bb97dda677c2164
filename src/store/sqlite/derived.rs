//! What follows from a case is kept beside it: its rank in order of due date, and its part in the counts. Every write to
//! a case goes through here, in the same transaction, so that the first picture of a million cases needs no counting.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use rust_decimal::Decimal;
use time::{Date, OffsetDateTime};

use super::rows::{self, CASE_COLUMNS, ROW_NUMBER, instant, millis, unreadable};
use crate::domain::case::{Case, Field};
use crate::domain::change::Change;
use crate::domain::filter::DueSpan;
use crate::domain::ids::CaseId;
use crate::domain::order;
use crate::domain::stage::Stage;
use crate::domain::tally::{Entry, Kind, Standing, Tally};
use crate::domain::tracked::{Failure, Tracked};

/// The columns that a rank and a standing are worked out from.
const READ: &str = "SELECT row, id, tracked, status, wont_contest, expiration_date, amount, currency,
    origin_trade_currency, refreshed_at, failed_at,
    EXISTS (SELECT 1 FROM changes WHERE case_row = cases.row AND seen_at IS NULL), snoozed_until, snoozed_known,
    changed_at FROM cases";

/// Cases with changes nobody has looked at, of which all are read at once. In tests each way is taken.
const FEW_CHANGED: usize = if cfg!(test) { 2 } else { 1_000 };

/// What is kept beside a case.
#[derive(Debug, PartialEq, Eq)]
struct Derived {
    row: i64,
    settled: bool,
    /// Set while it is on the list and needs a reply.
    due_rank: Option<Vec<u8>>,
    /// Set while it is on the list.
    standing: Option<Standing>,
}

/// Does something to some cases, and keeps beside them what follows from it.
pub(super) fn around<'a, T>(
    conn: &Connection,
    ids: impl Iterator<Item = &'a CaseId> + Clone,
    work: impl FnOnce() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let read = |id: &CaseId| derived(conn, id);
    let before: Vec<_> = ids.clone().map(read).collect::<rusqlite::Result<_>>()?;
    let outcome = work()?;
    let mut moved = Tally::default();
    for (id, before) in ids.zip(before) {
        let after = read(id)?;
        if after == before {
            continue;
        }
        if let Some(standing) = before.as_ref().and_then(|derived| derived.standing.as_ref()) {
            moved.remove(standing);
        }
        if let Some(after) = after {
            moved = keep(conn, &after, moved)?;
        }
    }
    shift(conn, &moved)?;
    Ok(outcome)
}

/// Works everything out for a file of a docket that did not keep it yet. In any other, something is counted.
pub(super) fn fill_empty(conn: &Connection) -> rusqlite::Result<()> {
    if conn.prepare("SELECT 1 FROM tally")?.exists([])? { Ok(()) } else { fill(conn) }
}

/// Works everything out anew.
fn fill(conn: &Connection) -> rusqlite::Result<()> {
    let mut tally = Tally::default();
    let mut last = i64::MIN;
    loop {
        // A step at a time: what is read must not be written meanwhile, and a million ranks need not be held at once.
        let step: Vec<Derived> = conn
            .prepare_cached(&format!("{READ} WHERE row > ?1 ORDER BY row LIMIT 1000"))?
            .query_map([last], read)?
            .collect::<rusqlite::Result<_>>()?;
        let Some(newest) = step.last() else { break };
        last = newest.row;
        for derived in &step {
            tally = keep(conn, derived, tally)?;
        }
    }
    shift(conn, &tally)
}

fn derived(conn: &Connection, id: &CaseId) -> rusqlite::Result<Option<Derived>> {
    conn.prepare_cached(&format!("{READ} WHERE id = ?1"))?.query_row([id.as_str()], read).optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Derived> {
    // The id has no part in the counts, and one that cannot be read is reported by whoever reads the case.
    let mut tracked =
        Tracked::new(CaseId::parse(&row.get::<_, String>(1)?).or_else(|_| rows::case_id("-", 1))?);
    if row.get::<_, Option<i64>>(9)?.is_some() {
        let fields = [
            (Field::Status, 3),
            (Field::ExpirationDate, 5),
            (Field::Amount, 6),
            (Field::Currency, 7),
            (Field::OriginTradeCurrency, 8),
        ];
        let mut case = Case::default();
        for (field, at) in fields {
            case.set(field, row.get(at)?);
        }
        tracked.case = Some(case);
    }
    if let Some(why) = row.get(4)? {
        tracked.local.wont_contest = Some(why);
    }
    if let Some(snooze) = rows::snooze(row, 12)? {
        tracked.local.snooze = Some(snooze);
    }
    tracked.changed_at = instant(row, 14)?;
    if row.get::<_, Option<i64>>(10)?.is_some() {
        // That there is one is all that counts.
        let (code, message, at) = (String::new(), String::new(), OffsetDateTime::UNIX_EPOCH);
        tracked.failure = Some(Box::new(Failure { code, message, at }));
    }
    let on_list = row.get::<_, bool>(2)?;
    let standing = Standing { changed: row.get(11)?, ..Standing::of(&tracked) };
    Ok(Derived {
        row: row.get(0)?,
        settled: standing.stage == Stage::Closed,
        due_rank: (on_list && tracked.needs_reply()).then(|| order::due_rank(&tracked)),
        standing: on_list.then_some(standing),
    })
}

/// Writes down what follows from a case, and counts it.
fn keep(conn: &Connection, derived: &Derived, mut tally: Tally) -> rusqlite::Result<Tally> {
    let wakes_on = derived.standing.as_ref().and_then(|standing| standing.wakes).map(Date::to_julian_day);
    conn.prepare_cached(
        "UPDATE cases SET settled = ?2, due_rank = ?3, wakes_on = ?4
         WHERE row = ?1 AND (settled IS NOT ?2 OR due_rank IS NOT ?3 OR wakes_on IS NOT ?4)",
    )?
    .execute(params![derived.row, derived.settled, derived.due_rank, wakes_on])?;
    if let Some(standing) = &derived.standing {
        tally.add(standing);
    }
    Ok(tally)
}

/// Moves the counts by a difference.
fn shift(conn: &Connection, moved: &Tally) -> rusqlite::Result<()> {
    for entry in moved.entries() {
        let (kind, key) = (entry.kind.word(), &entry.key);
        let mut find =
            conn.prepare_cached("SELECT kind, key, cases, sum FROM tally WHERE kind = ?1 AND key = ?2")?;
        let known = find.query_row(params![kind, key], self::entry).optional()?;
        let cases = known.as_ref().map_or(0, |known| known.cases) + entry.cases;
        let sum = known.map_or(Decimal::ZERO, |known| known.sum).checked_add(entry.sum).unwrap_or(entry.sum);
        if cases == 0 {
            conn.prepare_cached("DELETE FROM tally WHERE kind = ?1 AND key = ?2")?
                .execute(params![kind, key])?;
        } else {
            conn.prepare_cached(
                "INSERT OR REPLACE INTO tally (kind, key, cases, sum) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![kind, key, cases, sum.to_string()])?;
        }
    }
    Ok(())
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let word: String = row.get(0)?;
    let kind =
        Kind::from_word(&word).ok_or_else(|| unreadable(0, format!("nothing is counted as {word:?}")))?;
    let sum: String = row.get(3)?;
    let sum = Decimal::from_str_exact(&sum).map_err(|error| unreadable(3, error))?;
    Ok(Entry { kind, key: row.get(1)?, cases: row.get(2)?, sum })
}

/// The counts of the list.
pub(super) fn tally(conn: &Connection) -> rusqlite::Result<Tally> {
    let mut tally = Tally::default();
    let mut query = conn.prepare_cached("SELECT kind, key, cases, sum FROM tally")?;
    for entry in query.query_map([], entry)? {
        let entry = entry?;
        if !tally.put(&entry) {
            return Err(unreadable(1, format!("nothing is counted under {:?}", entry.key)));
        }
    }
    Ok(tally)
}

/// How old the list is; see [`crate::domain::tracked::as_of`].
pub(super) fn as_of(conn: &Connection) -> rusqlite::Result<Option<OffsetDateTime>> {
    let edge = |settled: bool, order: &str| {
        let query = format!(
            "SELECT refreshed_at FROM cases WHERE tracked AND refreshed_at IS NOT NULL AND settled = ?1
             ORDER BY refreshed_at {order} LIMIT 1"
        );
        conn.prepare_cached(&query)?.query_row([settled], |row| instant(row, 0)).optional()
    };
    Ok(match edge(false, "ASC")?.flatten() {
        Some(oldest) => Some(oldest),
        None => edge(true, "DESC")?.flatten(),
    })
}

/// The first cases that need a reply, in order of due date; given a day, without those that sleep then.
pub(super) fn due(
    conn: &Connection,
    span: &DueSpan,
    awake_on: Option<Date>,
    limit: usize,
) -> rusqlite::Result<Vec<Tracked>> {
    // Every case is awake after the last day there is.
    let day = awake_on.unwrap_or(Date::MAX);
    let mut found = Vec::new();
    // What has no date comes before every date.
    if span.undated {
        found = between(conn, (&[], &[1]), day, limit)?;
    }
    let from = span.from.map_or_else(|| vec![1], order::date_rank);
    let until = span.until.and_then(time::Date::next_day).map_or_else(|| vec![2], order::date_rank);
    let rest = limit.saturating_sub(found.len());
    found.extend(between(conn, (&from, &until), day, rest)?);
    Ok(found)
}

fn between(
    conn: &Connection,
    (from, below): (&[u8], &[u8]),
    day: Date,
    limit: usize,
) -> rusqlite::Result<Vec<Tracked>> {
    let query = format!(
        "SELECT {} FROM cases WHERE due_rank >= ?1 AND due_rank < ?2 AND (wakes_on IS NULL OR wakes_on <= ?4)
         ORDER BY due_rank, id LIMIT ?3",
        *CASE_COLUMNS
    );
    let mut unseen = conn.prepare_cached(super::roster::UNSEEN_OF)?;
    // Few changes of all cases are read sooner than those of each one.
    let few = tally(conn)?.changed() <= FEW_CHANGED;
    let mut all = if few { super::roster::unseen(conn)? } else { HashMap::new() };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    conn.prepare_cached(&query)?
        .query_map(params![from, below, limit, day.to_julian_day()], |row| {
            let mut tracked = rows::tracked(row)?;
            let number = row.get::<_, i64>(ROW_NUMBER)?;
            let changes: Vec<Change> = if few {
                all.remove(&number).unwrap_or_default()
            } else {
                unseen.query_map([number], |row| rows::change(row, 0))?.collect::<rusqlite::Result<_>>()?
            };
            if !changes.is_empty() {
                tracked.unseen = changes.into();
            }
            Ok(tracked)
        })?
        .collect()
}

/// The cases whose changes were marked as seen at exactly this instant.
pub(super) fn seen_at(conn: &Connection, at: OffsetDateTime) -> rusqlite::Result<Vec<CaseId>> {
    conn.prepare_cached(
        "SELECT DISTINCT id FROM changes JOIN cases ON cases.row = changes.case_row WHERE seen_at = ?1",
    )?
    .query_map([millis(at)], |row| rows::id(row, 0))?
    .collect()
}
