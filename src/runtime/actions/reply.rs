//! Sends a reply: looks again, writes it down, sends it once, writes down what came of it.

use time::{Duration, OffsetDateTime};

use crate::app::underway::Phase;
use crate::domain::action::State;
use crate::domain::case::Field;
use crate::domain::fault::Fault;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionId, ActionRecord, Intent, Kind};
use crate::domain::reply::{Reply, Target};
use crate::domain::stage::Stage;
use crate::gateway::{Clock, reply_data};
use crate::runtime::refresh::Fetched;
use crate::store::{Attempt, Held, StoreError};

use super::look::look;
use super::outcome::{ReplyOutcome, codes};
use super::road::{self, Parcel, TakeDown};
use super::verdict;
use super::{Bench, Freshness, ReplyOrder, Seen, Stop, clock, disk, id, stop};

/// Sends a confirmed reply and says what came of it. At most one call of `caseReplay` is made.
///
/// Until the journal has it, dropping the future stops it and nothing is sent. From then on it goes on to its end by
/// itself; [`Bench::finish`] waits for that.
pub async fn reply(bench: &Bench, order: ReplyOrder) -> ReplyOutcome {
    let ReplyOrder { reply, seen, although } = order;
    match bench.unless_halted(Box::pin(ready(bench, &reply, &seen, although))).await {
        Err(outcome) => *outcome,
        Ok(ready) => Box::pin(carry_out(bench.clone(), reply, ready)).await,
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
    pub(super) freshness: Freshness,
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
    bench.catch_up().await;
    let ids = ids_of(&reply.target, seen);
    let looked_at = (bench.clock)();
    let freshness = Freshness::new(looked_at, ids.len());
    let fresh = see(bench, &ids).await?;
    if let Some(stop) = clock::stop(bench) {
        return Err(Box::new(ReplyOutcome::stopped(stop)));
    }
    if let Some((id, what)) = stop::moved(seen, &fresh) {
        let by = answered_by(bench, &id).await;
        return Err(Box::new(ReplyOutcome::stopped(stop::at_what_moved(&id, &what, by.as_deref()))));
    }
    if let Some(stop) = stop::stop(reply, seen, &fresh, although) {
        return Err(Box::new(ReplyOutcome::stopped(stop)));
    }
    let asks = |now: &Seen| although || now.case.stage() == Stage::Due;
    let batch = match &reply.target {
        Target::Batch(batch) => Some(batch.clone()),
        Target::Case(_) => fresh.first().map(|now| now.case.text(Field::BatchId).to_owned()),
    };
    let asking = fresh.into_iter().filter(asks).map(|now| now.id).collect();
    Ok(Ready { asking, batch: batch.filter(|batch| !batch.is_empty()), looked_at, freshness, although })
}

/// Who answered a case from this list last; `None` where nobody did, or the journal cannot be read.
async fn answered_by(bench: &Bench, id: &CaseId) -> Option<String> {
    let id = id.clone();
    let actions = disk::work(&bench.store, move |store| store.actions_of(&id)).await.ok()?;
    let taken = |one: &ActionRecord| {
        one.intent.kind != Kind::Refund && matches!(one.state, State::Accepted | State::Settled)
    };
    actions.into_iter().filter(taken).max_by_key(|one| one.created_at).map(|one| one.intent.operator)
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
    let fetched = look(bench, ids).await.map_err(|error| Box::new(ReplyOutcome::not_stored(&error)))?;
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

/// From the signature, which may take its time and can be stopped, to the journal's last line, which nothing stops. The
/// bytes on disk are the bytes that leave.
pub(super) async fn carry_out(bench: Bench, reply: Reply, ready: Ready) -> ReplyOutcome {
    let Ready { asking, batch, looked_at, freshness, although } = ready;
    let data = reply_data(&reply);
    bench.reached(Phase::Signing);
    let sign = async {
        let signed = bench.gateway.sign_reply(&data, bench.version).await;
        signed.map_err(|fault| Box::new(ReplyOutcome::unasked(&fault, fault.to_string())))
    };
    let signed = match bench.unless_halted(sign).await {
        Ok(signed) => signed,
        Err(outcome) => return *outcome,
    };
    let Some(id) = id::new() else { return ReplyOutcome::nameless() };
    let intent = intent(&bench, &reply, batch, id, data);
    let waiting = asking.clone();
    let clock = Clock::clone(&bench.clock);
    let against = move |journal: &dyn Held| {
        if let Some(stop) = freshness.stop(clock()) {
            return Ok(Some(stop));
        }
        let id = answered_since(journal, &waiting, looked_at, although)?;
        Ok(id.map(|id| answered(&id)))
    };
    let take_down = TakeDown { intent, request: signed.body().to_vec(), against: Box::new(against) };
    let gateway = bench.gateway.clone();
    let parcel = Parcel {
        take_down,
        send: async move { gateway.send_reply(signed).await },
        judge: move |end| verdict::of_reply(&reply.target, &asking, end),
    };
    Box::pin(road::spawn(bench, parcel)).await
}

fn answered(id: &CaseId) -> Stop {
    let msg = format!("case {id} was answered from this list already; settle asks whether PayerMax shows it");
    Stop { code: codes::MOVED, msg }
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

/// A case that took a reply after it was looked at (the look may be older than that reply, although nothing is in the
/// way any more), or one whose accepted reply PayerMax has not shown yet: answering it again would be twice.
fn answered_since(
    journal: &dyn Held,
    asking: &[CaseId],
    looked_at: OffsetDateTime,
    although: bool,
) -> Result<Option<CaseId>, StoreError> {
    // The journal keeps milliseconds.
    let since = looked_at - Duration::milliseconds(1);
    for id in asking {
        let replies = |other: &ActionRecord| other.intent.kind != Kind::Refund;
        for other in journal.actions_of(id)?.into_iter().filter(replies) {
            let taken = matches!(other.state, State::Accepted | State::Settled);
            let late = |attempt: &Attempt| attempt.ended_at.is_none_or(|ended| ended >= since);
            let not_shown = other.state == State::Accepted && !although;
            if not_shown || taken && journal.attempts(&other.intent.id)?.last().is_some_and(late) {
                return Ok(Some(id.clone()));
            }
        }
    }
    Ok(None)
}
