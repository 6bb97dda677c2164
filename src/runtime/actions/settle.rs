//! Asks the gateway how replies of unknown or open end stand, and writes it down. It only reads there.
//!
//! A reply has no number by which the gateway could be asked about it; what is known is the status of its case. Received
//! or later means that a reply came in, though not which one. Still waiting means nothing at first, because the gateway
//! may be slow: three looks, a quarter of an hour between the first and the last, make it "not received"
//! (reliability.md section 1.4).

use time::{Duration, OffsetDateTime};

use crate::domain::action::State;
use crate::domain::case::{Case, Field};
use crate::domain::fault::Fault;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionId, ActionRecord, Finding, Kind};
use crate::domain::stage::Stage;
use crate::store::StoreError;

use super::look::look;
use super::{Bench, disk};

/// So many looks must find the case still waiting …
const LOOKS_MIN: u32 = 3;
/// … with so much time from the first to the last, before a reply counts as not received.
const LOOKS_SPAN: Duration = Duration::minutes(15);

/// What became of one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Its name.
    pub id: ActionId,
    /// What kind of action it is.
    pub kind: Kind,
    /// The case it is about; `None` for a batch.
    pub case_id: Option<CaseId>,
    /// The batch it is about.
    pub batch_id: Option<String>,
    /// Where it stood.
    pub from: State,
    /// Where it stands now.
    pub to: State,
    /// The status of its case, as received; of several, the one that says least.
    pub status: Option<String>,
    /// One sentence.
    pub msg: String,
    /// Why nothing could be learnt.
    pub fault: Option<Fault>,
}

/// What settling came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettleReport {
    /// Actions that a killed process had left behind; they are among the entries.
    pub recovered: usize,
    /// Every reply that was asked about, oldest first.
    pub entries: Vec<Settled>,
}

impl SettleReport {
    /// Actions nobody can tell the end of, still.
    pub fn unknown(&self) -> usize {
        self.entries.iter().filter(|entry| entry.to == State::Unknown).count()
    }

    /// Actions that could not be asked about.
    pub fn failed(&self) -> usize {
        self.entries.iter().filter(|entry| entry.fault.is_some()).count()
    }
}

/// Asks about every reply that is unknown, or accepted and not seen received yet.
///
/// # Errors
/// [`StoreError`] when the journal cannot be read or written; what was settled before is kept.
pub async fn settle(bench: &Bench) -> Result<SettleReport, StoreError> {
    let recovered = bench.recover().await?;
    let all = disk::work(&bench.store, |store| store.actions()).await?;
    let mut open: Vec<ActionRecord> = all.into_iter().filter(wants_settling).collect();
    open.sort_by(|a, b| (a.created_at, &a.intent.id).cmp(&(b.created_at, &b.intent.id)));
    let mut entries = Vec::with_capacity(open.len());
    for record in open {
        entries.push(settle_one(bench, record).await?);
    }
    Ok(SettleReport { recovered, entries })
}

fn wants_settling(record: &ActionRecord) -> bool {
    let is_reply = matches!(record.intent.kind, Kind::Reply | Kind::ReplyBatch);
    is_reply && matches!(record.state, State::Unknown | State::Accepted)
}

async fn settle_one(bench: &Bench, record: ActionRecord) -> Result<Settled, StoreError> {
    let ids = cases_of(bench, &record).await?;
    let mut cases = Vec::with_capacity(ids.len());
    for fetched in look(bench, &ids).await? {
        match fetched.outcome {
            Ok(case) => cases.push((fetched.id, case)),
            Err(fault) => return Ok(entry(&record, record.state, None, fault.to_string(), Some(fault))),
        }
    }
    let status = cases.iter().map(|(_, case)| case).min_by_key(|case| standing(case));
    let status = status.map(|case| case.text(Field::Status).to_owned());
    match standing_of(&cases) {
        Standing::Received => {
            let msg = "received; the content of the reply cannot be checked".to_owned();
            let finding = Finding { status: status.clone(), ..keeping(&record, &msg) };
            resolve(bench, &record, State::Settled, finding).await?;
            Ok(entry(&record, State::Settled, status, msg, None))
        }
        Standing::Waiting if record.state == State::Unknown => {
            still_waiting(bench, &record, &cases, status).await
        }
        Standing::Waiting => {
            let msg = "accepted, and not seen received yet".to_owned();
            Ok(entry(&record, record.state, status, msg, None))
        }
        Standing::Unclear => {
            let msg = "the status of the case does not tell".to_owned();
            Ok(entry(&record, record.state, status, msg, None))
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

/// The case waits as if nothing had come. Counted, until it has been so often and long enough.
async fn still_waiting(
    bench: &Bench,
    record: &ActionRecord,
    cases: &[(CaseId, Case)],
    status: Option<String>,
) -> Result<Settled, StoreError> {
    let looks = count(bench, &record.intent.id).await?;
    if !looks.enough() {
        let msg = format!(
            "still waiting for a reply in {} of {LOOKS_MIN} looks; {} more minutes to go",
            looks.count.min(LOOKS_MIN),
            looks.minutes_left()
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

/// How often a case was found waiting.
#[derive(Clone, Copy, Debug)]
struct Looks {
    count: u32,
    first: OffsetDateTime,
    last: OffsetDateTime,
}

impl Looks {
    fn enough(self) -> bool {
        self.count >= LOOKS_MIN && self.last - self.first >= LOOKS_SPAN
    }

    fn minutes_left(self) -> i64 {
        (LOOKS_SPAN - (self.last - self.first) + Duration::seconds(59)).whole_minutes().max(0)
    }
}

/// Counts one more look. Kept beside the journal: losing the count only makes the wait longer.
async fn count(bench: &Bench, id: &ActionId) -> Result<Looks, StoreError> {
    let (key, now) = (format!("looks {}", id.0), (bench.clock)());
    disk::work(&bench.store, move |store| {
        let before = store.recall(&key)?.as_deref().and_then(parse_looks).unwrap_or((0, now));
        let looks = Looks { count: before.0.saturating_add(1), first: before.1.min(now), last: now };
        store.remember(&key, &format!("{} {}", looks.count, looks.first.unix_timestamp()))?;
        Ok(looks)
    })
    .await
}

fn parse_looks(text: &str) -> Option<(u32, OffsetDateTime)> {
    let (count, first) = text.split_once(' ')?;
    Some((count.parse().ok()?, OffsetDateTime::from_unix_timestamp(first.parse().ok()?).ok()?))
}

/// What was found before, with a new sentence.
fn keeping(record: &ActionRecord, msg: &str) -> Finding {
    Finding { msg: Some(msg.to_owned()), ..record.finding.clone() }
}

async fn resolve(
    bench: &Bench,
    record: &ActionRecord,
    to: State,
    finding: Finding,
) -> Result<(), StoreError> {
    let (id, at) = (record.intent.id.clone(), (bench.clock)());
    tracing::info!(action = id.0, state = %to, "reply settled");
    disk::insist(&bench.store, move |store| store.resolve(&id, to, &finding, at)).await
}

fn entry(
    record: &ActionRecord,
    to: State,
    status: Option<String>,
    msg: String,
    fault: Option<Fault>,
) -> Settled {
    Settled {
        id: record.intent.id.clone(),
        kind: record.intent.kind,
        case_id: record.intent.case_id.clone(),
        batch_id: record.intent.batch_id.clone(),
        from: record.state,
        to,
        status,
        msg,
        fault,
    }
}
