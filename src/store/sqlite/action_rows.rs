//! How actions and attempts lie in their tables, and how they are read back.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row};

use super::rows::{case_id, instant, texts, unreadable};
use crate::domain::action::State;
use crate::domain::fault::Signature;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionId, ActionRecord, Finding, Intent, Kind};
use crate::domain::reply::Target;
use crate::store::{Attempt, Held, StoreError, StoredExchange};

/// The columns that [`record`] reads, in its order.
const COLUMNS: &str = "id, kind, case_id, batch_id, out_trade_no, out_refund_no, amount, currency, data, operator, \
     created_at, state, sent_at, settled_at, code, msg, status, success_case_ids, fail_case_ids, \
     (SELECT ended_at FROM attempts WHERE action_row = actions.row AND n = actions.attempt)";
/// The places of the first of a finding's columns.
const FINDING: usize = 14;

/// The journal as one transaction sees it.
pub(super) struct Journal<'a> {
    pub(super) conn: &'a Connection,
    pub(super) path: &'a Path,
}

impl Journal<'_> {
    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        work(self.conn).map_err(|error| StoreError::from_sqlite(self.path, &error))
    }
}

impl Held for Journal<'_> {
    fn actions(&self) -> Result<Vec<ActionRecord>, StoreError> {
        self.read(all)
    }

    fn actions_of(&self, id: &CaseId) -> Result<Vec<ActionRecord>, StoreError> {
        self.read(|conn| of_case(conn, id))
    }

    fn attempts(&self, id: &ActionId) -> Result<Vec<Attempt>, StoreError> {
        self.read(|conn| attempts(conn, id))
    }
}

/// Where an action stands, for the next step.
pub(super) struct Standing {
    pub(super) row: i64,
    pub(super) state: State,
    pub(super) attempt: u32,
    pub(super) session: String,
    pub(super) finding: Finding,
}

pub(super) fn standing(conn: &Connection, id: &ActionId) -> rusqlite::Result<Option<Standing>> {
    conn.prepare_cached(
        "SELECT row, state, attempt, session, code, msg, status, success_case_ids, fail_case_ids
         FROM actions WHERE id = ?1",
    )?
    .query_row([&id.0], |row| {
        Ok(Standing {
            row: row.get(0)?,
            state: state(row, 1)?,
            attempt: row.get(2)?,
            session: row.get(3)?,
            finding: finding(row, 4)?,
        })
    })
    .optional()
}

/// The actions that someone is, or was, about to send; oldest first.
pub(super) fn unfinished(conn: &Connection) -> rusqlite::Result<Vec<ActionId>> {
    conn.prepare_cached("SELECT id FROM actions WHERE state IN ('intended', 'sending') ORDER BY row")?
        .query_map([], |row| row.get(0).map(ActionId))?
        .collect()
}

/// Every action, in the order in which they were confirmed.
pub(super) fn all(conn: &Connection) -> rusqlite::Result<Vec<ActionRecord>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM actions ORDER BY row"))?
        .query_map([], record)?
        .collect()
}

/// The actions on a case, and those on the batch it is in.
pub(super) fn of_case(conn: &Connection, id: &CaseId) -> rusqlite::Result<Vec<ActionRecord>> {
    conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM actions
         WHERE case_id = ?1 OR (kind = 'reply-batch' AND batch_id <> ''
            AND batch_id = (SELECT cases.batch_id FROM cases WHERE cases.id = ?1))
         ORDER BY row"
    ))?
    .query_map([id.as_str()], record)?
    .collect()
}

pub(super) fn find(conn: &Connection, id: &ActionId) -> rusqlite::Result<Option<ActionRecord>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM actions WHERE id = ?1"))?
        .query_row([&id.0], record)
        .optional()
}

/// The open reply to exactly this target; the indexes allow one.
pub(super) fn open(conn: &Connection, target: &Target) -> rusqlite::Result<Option<ActionRecord>> {
    let (kind, name) = match target {
        Target::Case(id) => (Kind::Reply, id.as_str()),
        Target::Batch(batch) => (Kind::ReplyBatch, batch.as_str()),
    };
    conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM actions
         WHERE kind = ?1 AND target = ?2 AND state IN ('intended', 'sending', 'unknown')"
    ))?
    .query_row([kind.word(), name], record)
    .optional()
}

/// The attempts of an action, first one first.
pub(super) fn attempts(conn: &Connection, id: &ActionId) -> rusqlite::Result<Vec<Attempt>> {
    conn.prepare_cached(
        "SELECT n, started_at, request, ended_at, http_status, answer, signature, verdict FROM attempts
         WHERE action_row = (SELECT row FROM actions WHERE id = ?1) ORDER BY n",
    )?
    .query_map([&id.0], attempt)?
    .collect()
}

fn record(row: &Row<'_>) -> rusqlite::Result<ActionRecord> {
    let case: Option<String> = row.get(2)?;
    let intent = Intent {
        id: ActionId(row.get(0)?),
        kind: word(row, 1, Kind::from_word)?,
        case_id: case.map(|text| case_id(&text, 2)).transpose()?,
        batch_id: row.get(3)?,
        order: row.get(4)?,
        out_refund_no: row.get(5)?,
        amount: row.get(6)?,
        currency: row.get(7)?,
        data: row.get(8)?,
        operator: row.get(9)?,
    };
    Ok(ActionRecord {
        intent,
        state: state(row, 11)?,
        finding: finding(row, FINDING)?,
        created_at: instant(row, 10)?.ok_or_else(|| unreadable(10, "an action without a time"))?,
        sent_at: instant(row, 12)?,
        answered_at: instant(row, FINDING + 5)?,
        settled_at: instant(row, 13)?,
    })
}

fn attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    let is_there = |at: usize| Ok::<_, rusqlite::Error>(row.get_ref(at)?.as_str_or_null()?.is_some());
    let (signature, verdict) = (is_there(6)?, is_there(7)?);
    Ok(Attempt {
        n: row.get(0)?,
        started_at: instant(row, 1)?.ok_or_else(|| unreadable(1, "an attempt without a time"))?,
        request: row.get(2)?,
        ended_at: instant(row, 3)?,
        verdict: verdict.then(|| state(row, 7)).transpose()?,
        exchange: StoredExchange {
            http_status: row.get(4)?,
            answer: row.get(5)?,
            signature: signature.then(|| word(row, 6, signature_of)).transpose()?,
        },
    })
}

/// A finding from the five columns that start at `first`.
fn finding(row: &Row<'_>, first: usize) -> rusqlite::Result<Finding> {
    Ok(Finding {
        code: row.get(first)?,
        msg: row.get(first + 1)?,
        status: row.get(first + 2)?,
        success_case_ids: texts(row, first + 3)?,
        fail_case_ids: texts(row, first + 4)?,
    })
}

/// A finding as it lies in the journal.
pub(super) fn finding_text(finding: &Finding) -> String {
    let Finding { code, msg, status, success_case_ids, fail_case_ids } = finding;
    serde_json::json!([code, msg, status, success_case_ids, fail_case_ids]).to_string()
}

pub(super) fn state(row: &Row<'_>, at: usize) -> rusqlite::Result<State> {
    word(row, at, State::from_word)
}

fn word<T>(row: &Row<'_>, at: usize, read: impl FnOnce(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text = row.get_ref(at)?.as_str()?;
    read(text).ok_or_else(|| unreadable(at, format!("there is no word {text:?}")))
}

pub(super) const fn signature_word(signature: Signature) -> &'static str {
    match signature {
        Signature::Valid => "valid",
        Signature::Wrong => "wrong",
        Signature::Absent => "absent",
    }
}

fn signature_of(word: &str) -> Option<Signature> {
    [Signature::Valid, Signature::Wrong, Signature::Absent].into_iter().find(|it| signature_word(*it) == word)
}
