//! Asks the gateway how actions of unknown or open end stand, and writes it down. It only reads there.
//!
//! That something is there proves that it was executed; that nothing is there proves nothing at first, because a gateway
//! may be slow. How often and how long it must be missing is each kind's own rule (reliability.md section 1.4).

mod looks;
mod refund;
mod reply;

use time::{Duration, OffsetDateTime};

use crate::domain::action::State;
use crate::domain::fault::Fault;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionId, ActionRecord, Finding, Kind};
use crate::store::StoreError;

use super::{Bench, disk};

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
    /// The order of a refund.
    pub order: Option<String>,
    /// The number of a refund.
    pub out_refund_no: Option<String>,
    /// Where it stood.
    pub from: State,
    /// Where it stands now.
    pub to: State,
    /// The status as received: the refund's, or that of the reply's case; of several cases, the one that says least.
    pub status: Option<String>,
    /// One sentence.
    pub msg: String,
    /// Why nothing could be learnt.
    pub fault: Option<Fault>,
    /// Whether PayerMax contradicts what the journal knows: a person must look at it.
    pub is_alarm: bool,
}

/// What settling came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettleReport {
    /// Actions that a killed process had left behind; they are among the entries.
    pub recovered: usize,
    /// Every action that was asked about, oldest first.
    pub entries: Vec<Settled>,
}

impl SettleReport {
    /// Actions nobody can tell the end of, still.
    pub fn unknown(&self) -> usize {
        self.entries.iter().filter(|entry| entry.to == State::Unknown).count()
    }

    /// Actions of which PayerMax says what cannot be.
    pub fn alarms(&self) -> usize {
        self.entries.iter().filter(|entry| entry.is_alarm).count()
    }

    /// Actions that could not be asked about.
    pub fn failed(&self) -> usize {
        self.entries.iter().filter(|entry| entry.fault.is_some()).count()
    }
}

/// Asks about every action that is unknown, or accepted and not seen at its end yet.
///
/// # Errors
/// [`StoreError`] when the journal cannot be read or written; what was settled before is kept.
pub async fn settle(bench: &Bench) -> Result<SettleReport, StoreError> {
    let recovered = bench.recover().await?;
    let all = disk::work(&bench.store, |store| store.actions()).await?;
    let now = (bench.clock)();
    let mut open: Vec<ActionRecord> =
        all.into_iter().filter(|record| wants_settling(record) || may_turn_up(record, now)).collect();
    open.sort_by(|a, b| (a.created_at, &a.intent.id).cmp(&(b.created_at, &b.intent.id)));
    let mut entries = Vec::with_capacity(open.len());
    for record in open {
        let settled = match record.intent.kind {
            Kind::Refund if record.state == State::NotReceived => refund::turned_up(bench, &record).await,
            Kind::Refund => refund::settle(bench, &record).await.map(Some),
            Kind::Reply | Kind::ReplyBatch => reply::settle(bench, &record).await.map(Some),
        };
        entries.extend(match settled {
            Err(StoreError::Barred { from: now, .. }) => Some(moved(&record, now)),
            settled => settled?,
        });
    }
    Ok(SettleReport { recovered, entries })
}

fn wants_settling(record: &ActionRecord) -> bool {
    matches!(record.state, State::Unknown | State::Accepted)
}

/// So long after its last attempt a refund that was given up as not received is still asked for.
const TURNS_UP_WITHIN: Duration = Duration::hours(24);

/// Whether a refund that was given up is asked for all the same, in case the gateway is slower than anybody waits.
fn may_turn_up(record: &ActionRecord, now: OffsetDateTime) -> bool {
    let sent = record.sent_at.unwrap_or(record.created_at);
    record.intent.kind == Kind::Refund && record.state == State::NotReceived && now - sent < TURNS_UP_WITHIN
}

/// Somebody else has settled, marked or sent it while it was asked about here. What was learnt of it is of no use any more.
fn moved(record: &ActionRecord, now: State) -> Settled {
    let msg = format!("moved meanwhile by another docket: {now}");
    entry(record, now, None, msg, None)
}

/// What was found before, with a new sentence.
fn keeping(record: &ActionRecord, msg: &str) -> Finding {
    Finding { msg: Some(msg.to_owned()), ..record.finding.clone() }
}

pub(super) async fn resolve(
    bench: &Bench,
    record: &ActionRecord,
    to: State,
    finding: Finding,
) -> Result<(), StoreError> {
    let (seen, at) = (record.clone(), (bench.clock)());
    tracing::info!(action = seen.intent.id.0, kind = seen.intent.kind.word(), state = %to, "settled");
    disk::insist(&bench.store, move |store| store.resolve_seen(&seen, to, &finding, at)).await
}

pub(super) fn entry(
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
        order: record.intent.order.clone(),
        out_refund_no: record.intent.out_refund_no.clone(),
        from: record.state,
        to,
        status,
        msg,
        fault,
        is_alarm: false,
    }
}
