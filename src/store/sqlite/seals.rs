//! What the journal seals of an action besides its steps: what was intended, what went out, what came back. And the
//! other way round: whether the tables still hold what was sealed.

use rusqlite::{Connection, Row};

use super::action_rows::{self, finding_text, signature_word};
use super::journal::digest_of;
use super::rows::millis;
use crate::domain::action::State;
use crate::domain::record::{ActionId, ActionRecord, Intent};
use crate::store::{Attempt, JournalBreak, StoredExchange};

/// The seal of what was intended.
pub(super) fn contents_digest(intent: &Intent, created_at: i64) -> [u8; 32] {
    let text = |text: &Option<String>| text.as_deref().map(str::as_bytes).map(<[u8]>::to_vec);
    let fields = [&intent.batch_id, &intent.order, &intent.out_refund_no, &intent.amount, &intent.currency];
    let fields = fields.map(text);
    let created = created_at.to_be_bytes();
    let mut parts = vec![
        Some(intent.id.0.as_bytes()),
        Some(intent.kind.word().as_bytes()),
        intent.case_id.as_ref().map(|id| id.as_str().as_bytes()),
        Some(intent.data.as_slice()),
        Some(intent.operator.as_bytes()),
        Some(&created),
    ];
    parts.extend(fields.iter().map(Option::as_deref));
    digest_of(&parts)
}

/// The seal of what came back.
pub(super) fn end_digest(exchange: &StoredExchange, verdict: State, ended_at: i64) -> [u8; 32] {
    let status = exchange.http_status.map(u16::to_be_bytes);
    digest_of(&[
        status.as_ref().map(<[u8; 2]>::as_slice),
        exchange.answer.as_deref(),
        exchange.signature.map(|it| signature_word(it).as_bytes()),
        Some(verdict.word().as_bytes()),
        Some(&ended_at.to_be_bytes()),
    ])
}

/// The seal of what went out.
pub(super) fn start_digest(request: &[u8], started_at: i64) -> [u8; 32] {
    digest_of(&[Some(request), Some(&started_at.to_be_bytes())])
}

/// A step of an action, as far as it says something about the other tables.
struct Sealed {
    seq: u64,
    to: String,
    attempt: u32,
    finding: String,
    digest: Option<Vec<u8>>,
}

/// The first action that is not what the journal says it is.
pub(super) fn first_broken(conn: &Connection) -> rusqlite::Result<Option<JournalBreak>> {
    for action in action_rows::all(conn)? {
        let id = &action.intent.id;
        let steps = steps(conn, id)?;
        let attempts = action_rows::attempts(conn, id)?;
        if let Some((seq, what)) = difference(&action, &steps, &attempts) {
            return Ok(Some(JournalBreak { entry: seq, why: format!("{what} of {} was changed", id.0) }));
        }
    }
    let strangers = "SELECT min(seq) FROM journal WHERE action NOT IN (SELECT id FROM actions)";
    let stranger: Option<i64> = conn.query_row(strangers, [], |row| row.get(0))?;
    Ok(stranger.map(|seq| JournalBreak {
        entry: u64::try_from(seq).unwrap_or_default(),
        why: "its action is gone".to_owned(),
    }))
}

fn steps(conn: &Connection, id: &ActionId) -> rusqlite::Result<Vec<Sealed>> {
    conn.prepare_cached(
        "SELECT seq, to_state, attempt, finding, digest FROM journal WHERE action = ?1 ORDER BY seq",
    )?
    .query_map([&id.0], |row: &Row<'_>| {
        Ok(Sealed {
            seq: u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default(),
            to: row.get(1)?,
            attempt: row.get(2)?,
            finding: row.get(3)?,
            digest: row.get(4)?,
        })
    })?
    .collect()
}

/// The entry that speaks of something else than what is there, and what that is.
fn difference(action: &ActionRecord, steps: &[Sealed], attempts: &[Attempt]) -> Option<(u64, &'static str)> {
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else { return Some((0, "the journal")) };
    if !is_seal(first, &contents_digest(&action.intent, millis(action.created_at))) {
        return Some((first.seq, "the intent"));
    }
    if last.to != action.state.word() || last.finding != finding_text(&action.finding) {
        return Some((last.seq, "the state"));
    }
    let sent = steps.iter().filter(|step| step.to == State::Sending.word());
    if sent.clone().count() != attempts.len() {
        return Some((last.seq, "the number of attempts"));
    }
    for (step, attempt) in sent.zip(attempts) {
        if !is_seal(step, &start_digest(&attempt.request, millis(attempt.started_at))) {
            return Some((step.seq, "a request"));
        }
        let end = steps.iter().find(|end| {
            end.seq > step.seq && end.attempt == attempt.n && end.digest.is_some() && end.to != step.to
        });
        let ended = attempt.verdict.zip(attempt.ended_at);
        let is_right = match (end, ended) {
            (Some(end), Some((verdict, at))) => {
                is_seal(end, &end_digest(&attempt.exchange, verdict, millis(at)))
            }
            (None, None) => true,
            _ => false,
        };
        if !is_right {
            return Some((end.unwrap_or(step).seq, "an answer"));
        }
    }
    None
}

fn is_seal(step: &Sealed, digest: &[u8; 32]) -> bool {
    step.digest.as_deref() == Some(digest)
}
