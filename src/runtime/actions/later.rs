//! Refunds that were taken for refused or not received, and are at PayerMax all the same: a refusal can be forged, and a
//! gateway can be later than anybody waits. The journal is put right, so that the money counts and nothing goes out twice.

use crate::domain::action::State;
use crate::domain::record::{ActionRecord, FOUND_LATER, Finding, Kind};
use crate::domain::refund::Fate;
use crate::gateway::RefundFound;
use crate::store::StoreError;

use super::likeness::{Likeness, compare};
use super::settle::{Settled, entry, resolve};
use super::{Bench, disk};

/// Puts the journal right about the refund of this number, if it is one of ours that was given up. `None` when it is
/// somebody else's.
pub(super) async fn of_number(
    bench: &Bench,
    order: &str,
    found: &RefundFound,
) -> Result<Option<Settled>, StoreError> {
    let journal = disk::work(&bench.store, |store| store.actions()).await?;
    let ours = journal.iter().rev().find(|record| {
        is_given_up(record)
            && record.intent.order.as_deref() == Some(order)
            && record.intent.out_refund_no.as_ref() == Some(&found.out_refund_no)
            && compare(&record.intent, found) == Likeness::Ours
    });
    match ours {
        Some(record) => correct(bench, record, found).await,
        None => Ok(None),
    }
}

fn is_given_up(record: &ActionRecord) -> bool {
    record.intent.kind == Kind::Refund && matches!(record.state, State::Refused | State::NotReceived)
}

/// Moves a refund of ours to where PayerMax has it. `None` when the journal has no place for it any more: another refund of
/// the order is open, and comes first.
pub(super) async fn correct(
    bench: &Bench,
    record: &ActionRecord,
    found: &RefundFound,
) -> Result<Option<Settled>, StoreError> {
    let fate = Fate::of_status(&found.status);
    let to = match fate {
        Some(Fate::Paid | Fate::Failed) => State::Settled,
        // Taken, whatever a word that nobody knows means.
        _ => State::Accepted,
    };
    let msg = format!(
        "PayerMax has this refund after all, which was taken for {}: {}",
        record.state,
        fate.map_or("in a status that docket does not know", Fate::words)
    );
    let status = Some(found.status.clone());
    let finding = Finding {
        code: Some(FOUND_LATER.to_owned()),
        msg: Some(msg.clone()),
        status: status.clone(),
        ..record.finding.clone()
    };
    tracing::warn!(action = record.intent.id.0, from = %record.state, to = %to, "a refund was found later");
    match resolve(bench, record, to, finding).await {
        Ok(()) => Ok(Some(Settled { is_alarm: true, ..entry(record, to, status, msg, None) })),
        Err(StoreError::Occupied { .. } | StoreError::Barred { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
