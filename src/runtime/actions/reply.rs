//! Sends a reply: looks again, writes it down, sends it once, writes down what came of it.

use time::{Duration, OffsetDateTime};

use crate::domain::action::State;
use crate::domain::case::Field;
use crate::domain::fault::Fault;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionId, Finding, Intent, Kind};
use crate::domain::reply::{Reply, Target};
use crate::domain::stage::Stage;
use crate::gateway::{Exchange, SignedCall, reply_data};
use crate::runtime::refresh::Fetched;
use crate::store::{Attempt, Store, StoreError, StoredExchange};

use super::look::look;
use super::outcome::{ReplyOutcome, Verdict, codes, judge};
use super::{Bench, ReplyOrder, Seen, Stop, disk, id, stop};

/// Sends a confirmed reply and says what came of it. At most one call of `caseReplay` is made.
///
/// Until the journal has it, dropping the future stops it and nothing is sent. From then on it goes on to its end by
/// itself; [`Bench::finish`] waits for that.
pub async fn reply(bench: &Bench, order: ReplyOrder) -> ReplyOutcome {
    let ReplyOrder { reply, seen, although } = order;
    match ready(bench, &reply, &seen, although).await {
        Err(outcome) => *outcome,
        Ok(ready) => {
            let sending = bench.sends.spawn(carry_out(bench.clone(), reply, ready));
            sending.await.unwrap_or_else(|_| ReplyOutcome::lost())
        }
    }
}

/// What the last look showed.
pub(super) struct Ready {
    /// The tracked cases that wait for this reply.
    pub(super) asking: Vec<CaseId>,
    /// The batch of the target, also around a single case: a reply to the batch under way is in the way of one to its
    /// case, and the other way round.
    pub(super) batch: Option<String>,
    /// When the look began.
    pub(super) looked_at: OffsetDateTime,
    /// Whether the operator insists, also on answering again what was answered and not yet seen received.
    pub(super) although: bool,
}

/// Everything that can be found out before something is written down.
async fn ready(
    bench: &Bench,
    reply: &Reply,
    seen: &[Seen],
    although: bool,
) -> Result<Ready, Box<ReplyOutcome>> {
    if bench.read_only {
        return Err(Box::new(ReplyOutcome::read_only()));
    }
    let ids = ids_of(&reply.target, seen);
    let looked_at = (bench.clock)();
    let fresh = see(bench, &ids).await?;
    if let Some(stop) = stop(reply, seen, &fresh, although) {
        return Err(Box::new(ReplyOutcome::stopped(stop)));
    }
    let asks = |now: &Seen| although || now.case.stage() == Stage::Due;
    let batch = match &reply.target {
        Target::Batch(batch) => Some(batch.clone()),
        Target::Case(_) => fresh.first().map(|now| now.case.text(Field::BatchId).to_owned()),
    };
    let asking = fresh.into_iter().filter(asks).map(|now| now.id).collect();
    Ok(Ready { asking, batch: batch.filter(|batch| !batch.is_empty()), looked_at, although })
}

/// The cases to look at: those that were seen, and always the one the reply is about.
fn ids_of(target: &Target, seen: &[Seen]) -> Vec<CaseId> {
    let mut ids: Vec<CaseId> = seen.iter().map(|seen| seen.id.clone()).collect();
    match target {
        Target::Case(id) if !ids.contains(id) => ids.push(id.clone()),
        _ => {}
    }
    ids
}

/// A fresh look at cases, stored and believed: what a confirm page shows, and what is held against it before sending.
///
/// # Errors
/// The refusal that a reply to them comes to, when one cannot be looked at.
pub async fn see(bench: &Bench, ids: &[CaseId]) -> Result<Vec<Seen>, Box<ReplyOutcome>> {
    let fetched = look(bench, ids).await.map_err(|error| not_stored(&error))?;
    let seen = fetched.into_iter().map(|Fetched { id, outcome, .. }| match outcome {
        Ok(case) => Ok(Seen { id, case }),
        Err(fault) => Err(Box::new(unseen(&id, &fault))),
    });
    seen.collect()
}

fn unseen(id: &CaseId, fault: &Fault) -> ReplyOutcome {
    let msg = format!("case {id} could not be looked at before sending: {fault}");
    ReplyOutcome::unasked(fault, msg)
}

fn not_stored(error: &StoreError) -> Box<ReplyOutcome> {
    Box::new(ReplyOutcome::not_begun(codes::NOT_STORED, format!("{error}; {}", error.hint()), false))
}

/// From the signature to the journal's last line. The bytes on disk are the bytes that leave.
pub(super) async fn carry_out(bench: Bench, reply: Reply, ready: Ready) -> ReplyOutcome {
    let Ready { asking, batch, looked_at, although } = ready;
    let data = reply_data(&reply);
    let signed = match bench.gateway.sign_reply(&data, bench.version).await {
        Ok(signed) => signed,
        Err(fault) => return ReplyOutcome::unasked(&fault, fault.to_string()),
    };
    let Some(id) = id::new() else {
        let msg = "the system gives no random numbers".to_owned();
        return ReplyOutcome::not_begun(codes::NOT_STORED, msg, false);
    };
    let intent = intent(&bench, &reply, batch, id.clone(), data);
    let attempt = match begin(&bench, intent, &signed, (asking.clone(), looked_at, although)).await {
        Ok(attempt) => attempt,
        Err(outcome) => return outcome,
    };
    tracing::info!(action = id.0, target = %reply.target, "reply sent");
    let sent = bench.gateway.send_reply(signed).await;
    let verdict = judge(&reply.target, &asking, sent.outcome);
    tracing::info!(action = id.0, state = %verdict.state, code = verdict.finding.code, "reply answered");
    let unrecorded = conclude(&bench, &id, attempt, &verdict, sent.exchange).await;
    ReplyOutcome { unrecorded, ..ReplyOutcome::of_attempt(id, verdict) }
}

fn intent(bench: &Bench, reply: &Reply, batch_id: Option<String>, id: ActionId, data: Vec<u8>) -> Intent {
    let (kind, case_id) = match &reply.target {
        Target::Case(id) => (Kind::Reply, Some(id.clone())),
        Target::Batch(_) => (Kind::ReplyBatch, None),
    };
    Intent {
        id,
        kind,
        case_id,
        batch_id,
        order: None,
        out_refund_no: None,
        amount: None,
        currency: None,
        data,
        operator: bench.operator.clone(),
    }
}

/// Why an action was not begun.
enum NotBegun {
    Store(StoreError),
    Answered(CaseId),
}

/// Puts the action and its first attempt on disk; the number of the attempt.
async fn begin(
    bench: &Bench,
    intent: Intent,
    signed: &SignedCall,
    ready: (Vec<CaseId>, OffsetDateTime, bool),
) -> Result<u32, ReplyOutcome> {
    let (asking, looked_at, although) = ready;
    let (at, request) = ((bench.clock)(), signed.body().to_vec());
    let begun = disk::work(&bench.store, move |store| {
        store.intend(&intent, at)?;
        // Nobody else can begin from here on; whoever was quicker is in the journal.
        let begun = match answered_since(store, &intent.id, &asking, looked_at, although)? {
            Some(id) => Err(NotBegun::Answered(id)),
            None => store.begin(&intent.id, &request, at).map_err(NotBegun::Store),
        };
        if begun.is_err() {
            take_back(store, &intent.id, at);
        }
        Ok(begun)
    });
    match begun.await {
        Ok(Ok(attempt)) => Ok(attempt),
        Ok(Err(NotBegun::Answered(id))) => {
            let msg = format!(
                "case {id} was answered from this list already; settle asks whether PayerMax shows it"
            );
            Err(ReplyOutcome::stopped(Stop { code: codes::MOVED, msg }))
        }
        Err(error @ StoreError::Occupied { .. }) => {
            Err(ReplyOutcome::not_begun(codes::OCCUPIED, error.to_string(), false))
        }
        Ok(Err(NotBegun::Store(error))) | Err(error) => Err(*not_stored(&error)),
    }
}

/// A case that took a reply after it was looked at (the look may be older than that reply, although nothing is in the
/// way any more), or one whose accepted reply PayerMax has not shown yet: answering it again would be twice.
fn answered_since(
    store: &dyn Store,
    own: &ActionId,
    asking: &[CaseId],
    looked_at: OffsetDateTime,
    although: bool,
) -> Result<Option<CaseId>, StoreError> {
    // The journal keeps milliseconds.
    let since = looked_at - Duration::milliseconds(1);
    for id in asking {
        for other in store.actions_of(id)? {
            let taken = matches!(other.state, State::Accepted | State::Settled) && other.intent.id != *own;
            let late = |attempt: &Attempt| attempt.ended_at.is_none_or(|ended| ended >= since);
            let not_shown = other.state == State::Accepted && other.intent.id != *own && !although;
            if not_shown || taken && store.attempts(&other.intent.id)?.last().is_some_and(late) {
                return Ok(Some(id.clone()));
            }
        }
    }
    Ok(None)
}

/// Sees to it that an action that was not begun stands in nobody's way. If this fails too, the next recovery does it.
fn take_back(store: &mut dyn Store, id: &ActionId, at: OffsetDateTime) {
    let code = Some(codes::NOT_BEGUN.to_owned());
    let msg = Some("nothing was sent".to_owned());
    _ = store.resolve(id, State::Refused, &Finding { code, msg, ..Finding::default() }, at);
}

/// Writes down what came of the attempt; why not, when the journal does not take it.
async fn conclude(
    bench: &Bench,
    id: &ActionId,
    attempt: u32,
    verdict: &Verdict,
    exchange: Exchange,
) -> Option<String> {
    let Exchange { answer, http_status, signature, .. } = exchange;
    let stored = StoredExchange { answer, http_status, signature };
    let (id, state, finding) = (id.clone(), verdict.state, verdict.finding.clone());
    let at = (bench.clock)();
    let written =
        disk::insist(&bench.store, move |store| store.conclude(&id, attempt, state, &finding, &stored, at));
    let error = written.await.err()?;
    tracing::error!(code = %error, "the outcome of a reply could not be written down");
    Some(format!("{error}; {}", error.hint()))
}
