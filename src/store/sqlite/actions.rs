//! Replies and refunds as they happen. Every step is one transaction: where the action stands, its attempt, and the
//! journal's row about it, all or none. Who may do what is decided here and backed by indexes and triggers.

use rusqlite::{Connection, OptionalExtension, params};
use time::OffsetDateTime;

use super::action_rows::{self, Standing};
use super::journal::{self, Step};
use super::rows::{instant, millis, texts_text};
use super::seals::{contents_digest, end_digest, start_digest};
use super::session::Session;
use crate::domain::action::State;
use crate::domain::fault::Signature;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionId, ActionRecord, Finding, Intent, Kind};
use crate::domain::refund::Road;
use crate::domain::return_code::{Code, CodeClass};
use crate::store::{StoreError, StoredExchange};

/// What docket says of a send that a crash cut short, and of one that it kept from beginning.
const INTERRUPTED: (&str, &str) = ("INTERRUPTED", "docket ended while this was being sent");
const NEVER_SENT: (&str, &str) = ("NEVER_SENT", "docket ended before anything was sent");

/// Why a step was not taken.
pub(super) enum Trouble {
    /// SQLite's reason.
    Sql(rusqlite::Error),
    /// docket's own.
    Said(StoreError),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Said(error)
    }
}

type Outcome<T> = Result<T, Trouble>;

/// Where an action is to go.
struct Move<'a> {
    to: State,
    attempt: u32,
    session: &'a str,
    finding: &'a Finding,
    digest: Option<[u8; 32]>,
    /// Whether PayerMax itself has refused the attempt, for good.
    is_proven: bool,
}

/// Takes an action down, unless another one stands in its way. One that is there already is intended again, if these
/// are its contents.
pub(super) fn intend(
    conn: &Connection,
    session: &mut Session,
    intent: &Intent,
    at: OffsetDateTime,
) -> Outcome<()> {
    if let Some(record) = action_rows::find(conn, &intent.id)? {
        if record.intent != *intent {
            let id = intent.id.clone();
            return Err(StoreError::Barred { id, from: record.state, to: State::Intended }.into());
        }
        return resolve(conn, session, &intent.id, State::Intended, &record.finding, at);
    }
    take_down(conn, session, intent, at)
}

fn take_down(conn: &Connection, session: &mut Session, intent: &Intent, at: OffsetDateTime) -> Outcome<()> {
    let target = target(intent).ok_or_else(|| StoreError::NoTarget { id: intent.id.clone() })?;
    make_room(conn, intent, target)?;
    let name = session.name()?;
    conn.prepare_cached(
        "INSERT INTO actions (id, kind, target, case_id, batch_id, out_trade_no, out_refund_no, amount, currency, data,
            operator, created_at, state, session)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute(params![
        intent.id.0,
        intent.kind.word(),
        target,
        intent.case_id.as_ref().map(CaseId::as_str),
        intent.batch_id,
        intent.order,
        intent.out_refund_no,
        intent.amount,
        intent.currency,
        intent.data,
        intent.operator,
        millis(at),
        State::Intended.word(),
        name,
    ])?;
    journal::append(
        conn,
        &Step {
            action: &intent.id.0,
            at: millis(at),
            from: None,
            to: State::Intended,
            attempt: 0,
            session: &name,
            finding: &Finding::default(),
            digest: Some(contents_digest(intent, millis(at))),
        },
    )?;
    Ok(())
}

/// What an action acts on.
fn target(intent: &Intent) -> Option<&str> {
    match intent.kind {
        Kind::Reply => intent.case_id.as_ref().map(CaseId::as_str),
        Kind::ReplyBatch => intent.batch_id.as_deref(),
        Kind::Refund => intent.order.as_deref(),
    }
    .filter(|target| !target.is_empty())
}

/// Refuses when another open action holds the target, the batch around it or a case within it, or the refund's number.
fn make_room(conn: &Connection, intent: &Intent, target: &str) -> Outcome<()> {
    let in_the_way = conn
        .prepare_cached(
            "SELECT id, state, iif(state = 'intended', created_at, coalesce(sent_at, created_at)) FROM actions
             WHERE id <> ?1 AND (
                (state IN ('intended', 'sending', 'unknown') AND (
                    (kind = ?2 AND target = ?3)
                    OR (batch_id = ?4 AND kind <> ?2 AND kind IN ('reply', 'reply-batch') AND ?2 <> 'refund')))
                OR (kind = 'refund' AND ?2 = 'refund' AND target = ?3 AND state = 'accepted')
                OR (state <> 'refused' AND out_refund_no = ?5))
             ORDER BY row LIMIT 1",
        )?
        .query_row(
            params![
                intent.id.0,
                intent.kind.word(),
                target,
                intent.batch_id.as_deref().filter(|batch| !batch.is_empty()),
                intent.out_refund_no
            ],
            |row| Ok((ActionId(row.get(0)?), action_rows::state(row, 1)?, instant(row, 2)?)),
        )
        .optional()?;
    match in_the_way {
        Some((by, state, since)) => {
            let since = since.unwrap_or(OffsetDateTime::UNIX_EPOCH);
            Err(StoreError::Occupied { by, since, state }.into())
        }
        None => Ok(()),
    }
}

/// Opens an attempt. Once this is committed, its bytes may leave.
pub(super) fn begin(
    conn: &Connection,
    session: &mut Session,
    id: &ActionId,
    request: &[u8],
    at: OffsetDateTime,
) -> Outcome<u32> {
    let standing = standing(conn, id)?;
    allow(&standing, id, State::Sending)?;
    let attempt = standing.attempt.saturating_add(1);
    let name = session.name()?;
    conn.prepare_cached("INSERT INTO attempts (action_row, n, started_at, request) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![standing.row, attempt, millis(at), request])?;
    conn.prepare_cached("UPDATE actions SET sent_at = ?2 WHERE row = ?1")?
        .execute([standing.row, millis(at)])?;
    let finding = &standing.finding;
    let digest = Some(start_digest(request, millis(at)));
    step(
        conn,
        id,
        &standing,
        &Move { to: State::Sending, attempt, session: &name, finding, digest, is_proven: false },
        at,
    )?;
    Ok(attempt)
}

/// What an attempt came to.
pub(super) struct End<'a> {
    pub(super) attempt: u32,
    pub(super) state: State,
    pub(super) finding: &'a Finding,
    pub(super) exchange: &'a StoredExchange,
}

/// Closes an attempt with what came back.
pub(super) fn conclude(conn: &Connection, id: &ActionId, end: &End<'_>, at: OffsetDateTime) -> Outcome<()> {
    let standing = standing(conn, id)?;
    // What is settled at once was taken before.
    let verdict = if end.state == State::Settled { State::Accepted } else { end.state };
    let is_verdict = matches!(verdict, State::Accepted | State::Refused | State::Unknown);
    // A sender that was taken for dead and was not still says what it heard, as long as doubt allows it.
    let late = standing.state == State::Unknown && matches!(verdict, State::Accepted | State::Unknown);
    let timely = standing.state == State::Sending;
    if !is_verdict || end.attempt != standing.attempt || !(timely || late) {
        return Err(barred(&standing, id, end.state).into());
    }
    let closed = conn
        .prepare_cached(
            "UPDATE attempts SET ended_at = ?3, http_status = ?4, answer = ?5, signature = ?6, verdict = ?7
             WHERE action_row = ?1 AND n = ?2 AND ended_at IS NULL",
        )?
        .execute(params![
            standing.row,
            end.attempt,
            millis(at),
            end.exchange.http_status,
            end.exchange.answer,
            end.exchange.signature.map(action_rows::signature_word),
            verdict.word(),
        ])?;
    if closed == 0 {
        return Err(barred(&standing, id, end.state).into());
    }
    let (attempt, session, finding) = (end.attempt, standing.session.as_str(), end.finding);
    let digest = Some(end_digest(end.exchange, verdict, millis(at)));
    let is_proven = is_proven(end);
    step(conn, id, &standing, &Move { to: verdict, attempt, session, finding, digest, is_proven }, at)?;
    if end.state == State::Settled {
        let taken = self::standing(conn, id)?;
        let to = Move { to: State::Settled, attempt, session, finding, digest: None, is_proven: false };
        step(conn, id, &taken, &to, at)?;
    }
    Ok(())
}

/// Whether PayerMax signed a refusal that does not pass by itself.
fn is_proven(end: &End<'_>) -> bool {
    let code = Code::new(Road::Current, end.finding.code.clone().unwrap_or_default());
    end.exchange.signature == Some(Signature::Valid)
        && matches!(code.class(), CodeClass::Failed | CodeClass::Fix)
}

/// Moves an action by what was learnt about it, or by the operator's word, without sending anything.
pub(super) fn resolve(
    conn: &Connection,
    session: &mut Session,
    id: &ActionId,
    state: State,
    finding: &Finding,
    at: OffsetDateTime,
) -> Outcome<()> {
    let standing = standing(conn, id)?;
    // An attempt is begun and concluded, never just resolved.
    if state == State::Sending || standing.state == State::Sending {
        return Err(barred(&standing, id, state).into());
    }
    allow(&standing, id, state)?;
    let mut owner = standing.session.clone();
    // What comes back to life needs its target and its number again.
    let revived = matches!(
        (standing.state, state),
        (State::Refused, State::Accepted | State::Settled) | (State::NotReceived, State::Accepted)
    );
    if state == State::Intended || revived {
        let record = action_rows::find(conn, id)?.ok_or_else(|| missing(id))?;
        make_room(conn, &record.intent, target(&record.intent).unwrap_or_default())?;
    }
    if state == State::Intended {
        owner = session.name()?;
    }
    let to = Move {
        to: state,
        attempt: standing.attempt,
        session: &owner,
        finding,
        digest: None,
        is_proven: false,
    };
    Ok(step(conn, id, &standing, &to, at)?)
}

/// The same, if nobody has moved the action or sent it again since it was seen.
pub(super) fn resolve_seen(
    conn: &Connection,
    session: &mut Session,
    seen: &ActionRecord,
    state: State,
    finding: &Finding,
    at: OffsetDateTime,
) -> Outcome<()> {
    let id = &seen.intent.id;
    let now = action_rows::find(conn, id)?.ok_or_else(|| missing(id))?;
    // An attempt is known by its start: the next one begins after this one has ended.
    if (now.state, now.sent_at) != (seen.state, seen.sent_at) {
        return Err(StoreError::Barred { id: id.clone(), from: now.state, to: state }.into());
    }
    resolve(conn, session, id, state, finding, at)
}

/// Finds the actions whose sender has died, and says what is known of them: in doubt, or never sent. Of this session's
/// own, those that are not `under_way` have no sender any more either.
pub(super) fn recover(
    conn: &Connection,
    session: &mut Session,
    under_way: Option<&[ActionId]>,
    at: OffsetDateTime,
) -> Outcome<Vec<ActionRecord>> {
    let mut recovered = Vec::new();
    for id in action_rows::unfinished(conn)? {
        let standing = standing(conn, &id)?;
        let forsaken = session.is_mine(&standing.session) && under_way.is_some_and(|all| !all.contains(&id));
        if !forsaken && session.is_alive(&standing.session)? {
            continue;
        }
        // The request is on disk before its first byte leaves: what was only intended never left.
        let (to, (code, msg)) = match standing.state {
            State::Sending => (State::Unknown, INTERRUPTED),
            _ => (State::Refused, NEVER_SENT),
        };
        let finding =
            Finding { code: Some(code.to_owned()), msg: Some(msg.to_owned()), ..Finding::default() };
        let (attempt, owner) = (standing.attempt, standing.session.clone());
        let to = Move { to, attempt, session: &owner, finding: &finding, digest: None, is_proven: false };
        step(conn, &id, &standing, &to, at)?;
        recovered.extend(action_rows::find(conn, &id)?);
    }
    session.sweep();
    Ok(recovered)
}

fn standing(conn: &Connection, id: &ActionId) -> Outcome<Standing> {
    Ok(action_rows::standing(conn, id)?.ok_or_else(|| missing(id))?)
}

fn missing(id: &ActionId) -> StoreError {
    StoreError::NoSuchAction { id: id.clone() }
}

fn barred(standing: &Standing, id: &ActionId, to: State) -> StoreError {
    StoreError::Barred { id: id.clone(), from: standing.state, to }
}

fn allow(standing: &Standing, id: &ActionId, to: State) -> Result<(), StoreError> {
    if standing.state.may_become(to) { Ok(()) } else { Err(barred(standing, id, to)) }
}

/// Moves the row and seals the step.
fn step(
    conn: &Connection,
    id: &ActionId,
    standing: &Standing,
    to: &Move<'_>,
    at: OffsetDateTime,
) -> rusqlite::Result<()> {
    let (finding, state) = (to.finding, after_doubt(conn, standing, to)?);
    conn.prepare_cached(
        "UPDATE actions SET state = ?2, session = ?3, attempt = ?4, code = ?5, msg = ?6, status = ?7,
            success_case_ids = ?8, fail_case_ids = ?9, settled_at = iif(?2 = 'settled', ?10, NULL)
         WHERE row = ?1",
    )?
    .execute(params![
        standing.row,
        state.word(),
        to.session,
        to.attempt,
        finding.code,
        finding.msg,
        finding.status,
        texts_text(&finding.success_case_ids),
        texts_text(&finding.fail_case_ids),
        millis(at),
    ])?;
    journal::append(
        conn,
        &Step {
            action: &id.0,
            at: millis(at),
            from: Some(standing.state),
            to: state,
            attempt: to.attempt,
            session: to.session,
            finding,
            digest: to.digest,
        },
    )
}

/// A refusal speaks of one attempt alone. When nobody could tell of an earlier one what became of it, the action goes
/// back to where that left it: not received. Unless that doubt was cleared before, by PayerMax or by the operator, and
/// PayerMax itself has now refused the same number for good: then there is nothing left that could turn up.
fn after_doubt(conn: &Connection, standing: &Standing, to: &Move<'_>) -> rusqlite::Result<State> {
    if to.to != State::Refused {
        return Ok(to.to);
    }
    let doubtful: bool = conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM attempts WHERE action_row = ?1 AND n <> ?2 AND verdict IS NOT 'refused'
                AND NOT (?3 AND EXISTS (SELECT 1 FROM journal JOIN actions ON journal.action = actions.id
                    WHERE actions.row = ?1 AND journal.attempt = attempts.n
                        AND journal.from_state = 'unknown' AND journal.to_state = 'not-received')))",
        )?
        .query_row(
            // What is refused now is the attempt under way, or the intention behind the last one.
            params![standing.row, if standing.state == State::Sending { to.attempt } else { 0 }, to.is_proven],
            |row| row.get(0),
        )?;
    Ok(if doubtful { State::NotReceived } else { State::Refused })
}
