//! How replies are settled. A reply has no number by which the gateway could be asked about it; what is known is the status
//! of its case. Received or later means that a reply came in, though not which one. Still waiting means nothing until
//! three looks have found it so, a quarter of an hour between the first and the last.

use time::{Duration, OffsetDateTime};

use super::looks::{self, Looks};
use super::{Settled, entry, keeping, resolve};
use crate::domain::action::State;
use crate::domain::case::{Case, Field};
use crate::domain::change::{Change, HistoryEntry};
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionRecord, Finding};
use crate::domain::stage::Stage;
use crate::runtime::actions::look::look;
use crate::runtime::actions::{Bench, disk};
use crate::store::StoreError;

/// So many looks must find the case still waiting …
const LOOKS_MIN: u32 = 3;
/// … with so much time from the first to the last, before a reply counts as not received.
const LOOKS_SPAN: Duration = Duration::minutes(15);

/// Looks at the cases of a reply.
pub(super) async fn settle(bench: &Bench, record: &ActionRecord) -> Result<Settled, StoreError> {
    let ids = cases_of(bench, record).await?;
    let mut cases = Vec::with_capacity(ids.len());
    let began = (bench.clock)();
    // Before the look, which is no news of what was.
    let answered_before = record.state == State::Unknown && were_answered(bench, record, ids.clone()).await?;
    for fetched in look(bench, &ids).await? {
        match fetched.outcome {
            Ok(case) => cases.push((fetched.id, case)),
            Err(fault) => return Ok(entry(record, record.state, None, fault.to_string(), Some(fault))),
        }
    }
    let status = status_of(&cases);
    match standing_of(&cases) {
        Standing::Received if answered_before => {
            let msg = "the case had its reply before this one was sent, so that its status does not tell; mark it by \
                       hand, as the merchant portal shows it";
            Ok(entry(record, record.state, status, msg.to_owned(), None))
        }
        Standing::Received => {
            let msg = "received; the content of the reply cannot be checked".to_owned();
            let finding = Finding { status: status.clone(), ..keeping(record, &msg) };
            resolve(bench, record, State::Settled, finding).await?;
            Ok(entry(record, State::Settled, status, msg, None))
        }
        Standing::Waiting if record.state == State::Unknown => {
            still_waiting(bench, record, &cases, began).await
        }
        Standing::Waiting => {
            let msg = "accepted, and not seen received yet".to_owned();
            Ok(entry(record, record.state, status, msg, None))
        }
        Standing::Unclear => {
            let msg = "the status of the case does not tell".to_owned();
            Ok(entry(record, record.state, status, msg, None))
        }
    }
}

/// The cases whose status tells how the action ended: its own, those the answer took, or what is tracked of its batch.
async fn cases_of(bench: &Bench, record: &ActionRecord) -> Result<Vec<CaseId>, StoreError> {
    if let Some(id) = &record.intent.case_id {
        return Ok(vec![id.clone()]);
    }
    let taken = record.finding.success_case_ids.iter().filter_map(|id| CaseId::parse(id).ok());
    let taken: Vec<CaseId> = taken.collect();
    if record.state == State::Accepted && !taken.is_empty() {
        return Ok(taken);
    }
    let batch = record.intent.batch_id.clone().unwrap_or_default();
    let tracked = disk::work(&bench.store, |store| store.tracked()).await?;
    let of_batch = |case: &Case| case.text(Field::BatchId) == batch;
    Ok(tracked
        .into_iter()
        .filter(|tracked| tracked.case.as_ref().is_some_and(of_batch))
        .map(|tracked| tracked.id)
        .collect())
}

/// Whether none of these cases waited for a reply when this one was sent, or has since.
async fn were_answered(bench: &Bench, record: &ActionRecord, ids: Vec<CaseId>) -> Result<bool, StoreError> {
    let sent = record.sent_at.unwrap_or(record.created_at);
    disk::work(&bench.store, move |store| {
        for id in &ids {
            if has_waited(&store.history(id)?, sent) {
                return Ok(false);
            }
        }
        Ok(true)
    })
    .await
}

/// Whether a case waited for a reply at an instant, or later. One that nobody has ever looked at may have; one that was
/// first looked at later than that was so by a clock that has been set back since, for every send looks first.
fn has_waited(history: &[HistoryEntry], since: OffsetDateTime) -> bool {
    let statuses = history.iter().filter_map(|entry| match entry {
        HistoryEntry::First { at, status } => Some((*at, status.as_str())),
        HistoryEntry::Changed(Change { field: Field::Status, to, at, .. }) => {
            Some((*at, to.as_deref().unwrap_or_default()))
        }
        HistoryEntry::Changed(_) => None,
    });
    let (before, after): (Vec<_>, Vec<_>) = statuses.partition(|(at, _)| *at <= since);
    let waited = |(_, status): &(OffsetDateTime, &str)| Stage::of(status) == Stage::Due;
    before.last().or(after.first()).is_none_or(waited) || after.iter().any(waited)
}

/// Where cases stand with respect to a reply, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// At least one still waits for a reply.
    Waiting,
    /// At least one has a status nobody has documented, or there is none to ask about.
    Unclear,
    /// All have a reply, or are closed.
    Received,
}

fn standing(case: &Case) -> Standing {
    match case.stage() {
        Stage::Due => Standing::Waiting,
        Stage::Unknown => Standing::Unclear,
        Stage::Waiting | Stage::Closed => Standing::Received,
    }
}

fn standing_of(cases: &[(CaseId, Case)]) -> Standing {
    cases.iter().map(|(_, case)| standing(case)).min().unwrap_or(Standing::Unclear)
}

/// The status that says least.
fn status_of(cases: &[(CaseId, Case)]) -> Option<String> {
    let least = cases.iter().map(|(_, case)| case).min_by_key(|case| standing(case));
    least.map(|case| case.text(Field::Status).to_owned())
}

/// The case waits as if nothing had come. Counted, until it has been so often and long enough.
async fn still_waiting(
    bench: &Bench,
    record: &ActionRecord,
    cases: &[(CaseId, Case)],
    began: OffsetDateTime,
) -> Result<Settled, StoreError> {
    let status = status_of(cases);
    let looks = looks::count(bench, format!("looks {}", record.intent.id.0), began, |_, _| true).await?;
    if looks.count < LOOKS_MIN || looks.span() < LOOKS_SPAN {
        let msg = format!(
            "still waiting for a reply in {} of {LOOKS_MIN} looks; {} more minutes to go",
            looks.count.min(LOOKS_MIN),
            minutes_left(looks)
        );
        return Ok(entry(record, State::Unknown, status, msg, None));
    }
    let (waiting, received): (Vec<_>, Vec<_>) =
        cases.iter().partition(|(_, case)| standing(case) == Standing::Waiting);
    let names = |cases: Vec<&(CaseId, Case)>| cases.into_iter().map(|(id, _)| id.to_string()).collect();
    let (to, msg) = match received.len() {
        0 => (State::NotReceived, "not received: the case still waits for a reply".to_owned()),
        some => (State::Settled, format!("received for {some} of {} cases", cases.len())),
    };
    let finding = Finding {
        status: status.clone(),
        success_case_ids: names(received),
        fail_case_ids: names(waiting),
        ..keeping(record, &msg)
    };
    resolve(bench, record, to, finding).await?;
    Ok(entry(record, to, status, msg, None))
}

fn minutes_left(looks: Looks) -> i64 {
    (LOOKS_SPAN - looks.span() + Duration::seconds(59)).whole_minutes().max(0)
}
