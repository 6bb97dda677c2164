//! What was seen of the cases: the last answer, what moved since, and which of that the operator has looked at.

use std::sync::LazyLock;

use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use time::OffsetDateTime;

use super::rows::{self, FIELD_COLUMNS, column, instant, millis};
use crate::domain::case::{Case, Field};
use crate::domain::change::{self, Change, HistoryEntry};
use crate::domain::ids::CaseId;
use crate::domain::tracked::Failure;
use crate::store::{Observation, Observed};

/// Replaces the answer of a case: row, instant, changed instant, status, then the sixteen fields.
static REPLACE_ANSWER: LazyLock<String> = LazyLock::new(|| {
    let fields: Vec<String> =
        Field::ALL.iter().enumerate().map(|(i, &field)| format!("{} = ?{}", column(field), i + 5)).collect();
    format!(
        "UPDATE cases SET refreshed_at = ?2, changed_at = coalesce(?3, changed_at),
            first_at = coalesce(first_at, ?2), first_status = coalesce(first_status, ?4),
            failed_at = NULL, failure_code = NULL, failure_message = NULL, {}
         WHERE row = ?1",
        fields.join(", ")
    )
});

/// Longer than any call with all its retries may take to be stored.
const LATE_AT_MOST_MS: i64 = 10 * 60 * 1000;

/// What is stored of a case when an observation comes in.
struct Stored {
    row: i64,
    refreshed_at: Option<OffsetDateTime>,
    case: Case,
}

/// Takes down one observation.
pub(super) fn record(conn: &Connection, observation: &Observation) -> rusqlite::Result<Observed> {
    let mut observed = Observed { id: observation.id.clone(), changes: Vec::new(), first: false };
    let Some(stored) = stored(conn, &observation.id)? else { return Ok(observed) };
    if is_late(observation, stored.refreshed_at) {
        return Ok(observed);
    }
    match &observation.outcome {
        Ok(case) => {
            observed.first = stored.refreshed_at.is_none();
            observed.changes = replace(conn, &stored, case, observation.at.truncate_to_millisecond())?;
        }
        Err(failure) => note_failure(conn, stored.row, failure)?,
    }
    Ok(observed)
}

/// Whether a newer answer was stored while this one was under way. No call takes longer than [`LATE_AT_MOST_MS`]: when
/// the stored instant is further ahead than that, this host's clock was set back, and the answer is the newer one.
fn is_late(observation: &Observation, newest: Option<OffsetDateTime>) -> bool {
    // What is stored has milliseconds; an answer of the same millisecond is not late.
    newest.is_some_and(|newest| (1..LATE_AT_MOST_MS).contains(&(millis(newest) - millis(observation.at))))
}

fn stored(conn: &Connection, id: &CaseId) -> rusqlite::Result<Option<Stored>> {
    conn.prepare_cached(&format!("SELECT row, refreshed_at, {} FROM cases WHERE id = ?1", *FIELD_COLUMNS))?
        .query_row([id.as_str()], |row| {
            Ok(Stored { row: row.get(0)?, refreshed_at: instant(row, 1)?, case: rows::case(row, 2)? })
        })
        .optional()
}

/// Stores an answer and what it changed; a first answer changes nothing.
fn replace(
    conn: &Connection,
    stored: &Stored,
    case: &Case,
    at: OffsetDateTime,
) -> rusqlite::Result<Vec<Change>> {
    let changes = match stored.refreshed_at {
        Some(_) => change::between(&stored.case, case, at),
        None => Vec::new(),
    };
    let mut append = conn
        .prepare_cached("INSERT INTO changes (case_row, field, old, new, at) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for one in &changes {
        append.execute(params![stored.row, one.field.wire(), one.from, one.to, millis(at)])?;
    }
    let changed_at = (!changes.is_empty()).then(|| millis(at));
    let mut update = conn.prepare_cached(&REPLACE_ANSWER)?;
    let head: [&dyn rusqlite::ToSql; 4] = [&stored.row, &millis(at), &changed_at, &case.text(Field::Status)];
    let fields = case.values();
    update.execute(params_from_iter(
        head.into_iter().chain(fields.iter().map(|text| text as &dyn rusqlite::ToSql)),
    ))?;
    Ok(changes)
}

fn note_failure(conn: &Connection, row: i64, failure: &Failure) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "UPDATE cases SET failed_at = ?2, failure_code = ?3, failure_message = ?4 WHERE row = ?1",
    )?
    .execute(params![row, millis(failure.at), failure.code, failure.message])
    .map(drop)
}

/// The first answer and every change since, in the order in which they were taken down.
pub(super) fn history(conn: &Connection, id: &CaseId) -> rusqlite::Result<Vec<HistoryEntry>> {
    let start = conn
        .prepare_cached("SELECT row, first_at, first_status FROM cases WHERE id = ?1")?
        .query_row([id.as_str()], |row| {
            Ok((row.get::<_, i64>(0)?, instant(row, 1)?, row.get::<_, Option<String>>(2)?))
        })
        .optional()?;
    let Some((number, Some(at), status)) = start else { return Ok(Vec::new()) };
    let mut entries = vec![HistoryEntry::First { at, status: status.unwrap_or_default() }];
    let mut query =
        conn.prepare_cached("SELECT field, old, new, at FROM changes WHERE case_row = ?1 ORDER BY row")?;
    for change in query.query_map([number], |row| rows::change(row, 0))? {
        entries.push(HistoryEntry::Changed(change?));
    }
    Ok(entries)
}

/// Marks the unseen changes of these cases as looked at, each up to an instant.
pub(super) fn mark_seen(
    conn: &Connection,
    shown: &[(CaseId, OffsetDateTime)],
    at: OffsetDateTime,
) -> rusqlite::Result<()> {
    let mut update = conn.prepare_cached(
        "UPDATE changes SET seen_at = ?3
         WHERE seen_at IS NULL AND at <= ?2 AND case_row = (SELECT row FROM cases WHERE id = ?1)",
    )?;
    shown.iter().try_for_each(|(id, newest)| {
        update.execute(params![id.as_str(), millis(*newest), millis(at)]).map(drop)
    })
}

/// Makes the changes unseen again that were marked at exactly this instant.
pub(super) fn unmark_seen(conn: &Connection, at: OffsetDateTime) -> rusqlite::Result<()> {
    conn.prepare_cached("UPDATE changes SET seen_at = NULL WHERE seen_at = ?1")?
        .execute([millis(at)])
        .map(drop)
}
