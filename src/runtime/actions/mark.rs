//! What the operator found out in the merchant portal about an action nobody could be sure of, written down with their
//! name. Nothing is sent and nothing is asked; the operator's word is all there is, so it is taken only where PayerMax's
//! own cannot be had.

use time::Duration;

use crate::domain::action::State;
use crate::domain::record::{ActionId, ActionRecord, Finding, Kind};
use crate::domain::refund::REFUND_SUCCESS;
use crate::store::StoreError;

use super::outcome::codes;
use super::settle::{APART, Settled, entry, minutes, resolve};
use super::{Bench, disk};

/// Why an action cannot be marked.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// There is none of this name.
    #[error("the journal has no action {}", .0.0)]
    NoSuchAction(ActionId),
    /// Its end is known, or it is under way.
    #[error("{} is {state}, and only what nobody can be sure of is marked by hand", id.0)]
    NotInDoubt {
        /// The action.
        id: ActionId,
        /// Where it stands.
        state: State,
    },
    /// PayerMax said that it took it, so that it cannot have gone missing.
    #[error("{} was accepted by PayerMax; it says itself when it has failed", .0.0)]
    Accepted(ActionId),
    /// What the portal shows under its number is another refund.
    #[error("PayerMax has another refund under the number of {}, so that what the portal shows is not this one", .0.0)]
    Mismatch(ActionId),
    /// It may still be under way.
    #[error("{} was sent less than 5 minutes ago and may still arrive; it can be marked in {wait}", id.0)]
    TooEarly {
        /// The action.
        id: ActionId,
        /// How long to wait, in words.
        wait: String,
    },
    /// The journal cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl MarkError {
    /// What to do about it, one sentence without a full stop.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoSuchAction(_) => "docket journal lists them",
            Self::NotInDoubt { .. } => "docket journal shows where it stands",
            Self::Accepted(_) => "docket settle asks how it stands",
            Self::Mismatch(_) => "ask PayerMax whose refund it is; docket journal says in what it differs",
            Self::TooEarly { .. } => "look at the merchant portal again then",
            Self::Store(error) => error.hint(),
        }
    }
}

/// Writes down what the operator found: whether the action was executed.
///
/// # Errors
/// [`MarkError`]; nothing has changed then.
pub async fn mark(bench: &Bench, id: &ActionId, executed: bool) -> Result<Settled, MarkError> {
    // One that a killed process has left behind is in doubt, too.
    bench.recover().await?;
    let wanted = id.clone();
    let record = disk::work(&bench.store, move |store| store.action(&wanted)).await?;
    let record = record.ok_or_else(|| MarkError::NoSuchAction(id.clone()))?;
    may_mark(bench, &record, executed)?;
    let finding = finding(bench, &record, executed);
    let to = if executed { State::Settled } else { State::NotReceived };
    let (status, msg) = (finding.status.clone(), finding.msg.clone().unwrap_or_default());
    resolve(bench, &record, to, finding).await?;
    Ok(entry(&record, to, status, msg, None))
}

fn may_mark(bench: &Bench, record: &ActionRecord, executed: bool) -> Result<(), MarkError> {
    let id = record.intent.id.clone();
    let is_another = record.finding.code.as_deref() == Some(codes::MISMATCH);
    match (record.state, executed) {
        (State::Unknown | State::Accepted | State::NotReceived, true) if is_another => {
            Err(MarkError::Mismatch(id))
        }
        (State::Unknown | State::Accepted | State::NotReceived, true) => Ok(()),
        (State::Unknown, false) => {
            let sent = record.sent_at.unwrap_or(record.created_at);
            let wait = sent + APART - (bench.clock)();
            if wait <= Duration::ZERO {
                return Ok(());
            }
            Err(MarkError::TooEarly { id, wait: minutes(wait) })
        }
        (State::Accepted, false) => Err(MarkError::Accepted(id)),
        (state, _) => Err(MarkError::NotInDoubt { id, state }),
    }
}

fn finding(bench: &Bench, record: &ActionRecord, executed: bool) -> Finding {
    let by = if bench.operator.is_empty() { "the operator" } else { bench.operator.as_str() };
    let is_refund = record.intent.kind == Kind::Refund;
    let found = match (is_refund, executed) {
        (true, true) => "paid",
        (true, false) => "not paid",
        (false, true) => "received",
        (false, false) => "not received",
    };
    Finding {
        code: Some(codes::BY_OPERATOR.to_owned()),
        msg: Some(format!("{by} found it {found} in the merchant portal")),
        status: if is_refund && executed {
            Some(REFUND_SUCCESS.to_owned())
        } else {
            record.finding.status.clone()
        },
        ..record.finding.clone()
    }
}
