//! What the operator found out in the merchant portal about an action nobody could be sure of, written down with their
//! name. Nothing is sent and nothing is asked; the operator's word is all there is, so it is taken only where PayerMax's
//! own cannot be had.

use crate::domain::action::State;
use crate::domain::marking::{Found, Unmarkable, may_mark};
use crate::domain::record::{ActionId, ActionRecord, Finding, Kind};
use crate::domain::refund::{REFUND_FAILED, REFUND_SUCCESS};
use crate::store::StoreError;

use super::outcome::codes;
use super::settle::{Settled, entry, resolve};
use super::{Bench, disk};

/// Why an action cannot be marked.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// There is none of this name.
    #[error("the journal has no action {}", .0.0)]
    NoSuchAction(ActionId),
    /// The operator's word is not taken for it.
    #[error("{0}")]
    Unmarkable(Unmarkable),
    /// The journal cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl MarkError {
    /// What to do about it, one sentence without a full stop.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoSuchAction(_) => "docket journal lists them",
            Self::Unmarkable(Unmarkable::Known(..)) => "docket journal shows where it stands",
            Self::Unmarkable(Unmarkable::Accepted(_)) => "docket settle asks how it stands",
            Self::Unmarkable(Unmarkable::Mismatch(_)) => {
                "ask PayerMax whose refund it is; docket journal says in what it differs"
            }
            Self::Unmarkable(Unmarkable::TooEarly(..)) => "look at the merchant portal again then",
            Self::Store(error) => error.hint(),
        }
    }
}

/// Writes down what the operator found.
///
/// # Errors
/// [`MarkError`]; nothing has changed then.
pub async fn mark(bench: &Bench, id: &ActionId, found: Found) -> Result<Settled, MarkError> {
    // One that a killed process has left behind is in doubt, too.
    bench.recover().await?;
    let wanted = id.clone();
    let record = disk::work(&bench.store, move |store| store.action(&wanted)).await?;
    let record = record.ok_or_else(|| MarkError::NoSuchAction(id.clone()))?;
    may_mark(&record, found, (bench.clock)()).map_err(MarkError::Unmarkable)?;
    let finding = finding(bench, &record, found);
    let to = if found == Found::NotExecuted { State::NotReceived } else { State::Settled };
    let (status, msg) = (finding.status.clone(), finding.msg.clone().unwrap_or_default());
    resolve(bench, &record, to, finding).await.map_err(|error| match error {
        // Somebody was quicker, and may know better.
        StoreError::Barred { id, from, .. } => MarkError::Unmarkable(Unmarkable::Known(id, from)),
        error => error.into(),
    })?;
    Ok(entry(&record, to, status, msg, None))
}

fn finding(bench: &Bench, record: &ActionRecord, found: Found) -> Finding {
    let by = if bench.operator.is_empty() { "the operator" } else { bench.operator.as_str() };
    let kind = record.intent.kind;
    let status = match (kind, found) {
        (Kind::Refund, Found::Executed) => Some(REFUND_SUCCESS.to_owned()),
        (Kind::Refund, Found::Failed) => Some(REFUND_FAILED.to_owned()),
        _ => record.finding.status.clone(),
    };
    Finding {
        code: Some(codes::BY_OPERATOR.to_owned()),
        msg: Some(format!("{by} found it {} in the merchant portal", found.word(kind))),
        status,
        ..record.finding.clone()
    }
}
