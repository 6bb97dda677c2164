//! Earlier refunds of an order, from the journal and from PayerMax, and which number the next one takes
//! (reliability.md section 1.3).

use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::domain::action::State;
use crate::domain::money;
use crate::domain::record::{ActionId, ActionRecord, Kind};

/// The status of a refund that is paid.
pub const REFUND_SUCCESS: &str = "REFUND_SUCCESS";
/// The status of a refund that was taken and is not paid yet.
pub const REFUND_PENDING: &str = "REFUND_PENDING";
/// The status of a refund that failed; its money is with the merchant.
pub const REFUND_FAILED: &str = "REFUND_FAILED";

/// The last ordinal that fits the number.
pub const SLOT_MAX: u8 = 99;

/// A refund of an order that was attempted before, here or on another host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// Its action in this host's journal; `None` for one made elsewhere.
    pub action: Option<ActionId>,
    /// `outRefundNo`.
    pub number: String,
    /// How much; `None` when it cannot be read.
    pub amount: Option<Decimal>,
    /// Its currency.
    pub currency: String,
    /// How it stands.
    pub fate: Fate,
    /// When it was confirmed here (UTC); `None` for one made elsewhere.
    pub at: Option<OffsetDateTime>,
    /// Who confirmed it; `None` for one made elsewhere.
    pub by: Option<String>,
}

/// How a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// Intended, being sent, or of unknown outcome.
    Open(State),
    /// Accepted, not yet paid.
    Pending,
    /// Paid.
    Paid,
    /// Taken and failed; the money is with the merchant.
    Failed,
    /// Certainly not executed.
    Refused,
    /// Asked for long enough, and never heard of by the gateway.
    NotReceived,
}

impl Fate {
    /// Reads the status of a refund as PayerMax gives it; `None` for a word nobody knows, which proves nothing.
    pub fn of_status(status: &str) -> Option<Self> {
        match status.trim() {
            REFUND_PENDING => Some(Self::Pending),
            REFUND_SUCCESS => Some(Self::Paid),
            REFUND_FAILED => Some(Self::Failed),
            _ => None,
        }
    }

    /// How it reads on the screen. Taken is not paid.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Open(State::Intended | State::Sending) => "being sent",
            Self::Open(_) => "outcome unknown",
            Self::Pending => "accepted, not yet paid",
            Self::Paid => "refunded",
            Self::Failed => "failed, not paid",
            Self::Refused => "refused, not executed",
            Self::NotReceived => "not received",
        }
    }

    /// Whether its money has left, or may have.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Open(_) | Self::Pending | Self::Paid)
    }

    /// Whether it stands in the way of another refund of its order.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open(_) | Self::Pending)
    }
}

impl Earlier {
    /// A refund as the journal has it; `None` for a reply.
    pub fn of(record: &ActionRecord) -> Option<Self> {
        let intent = &record.intent;
        (intent.kind == Kind::Refund).then(|| Self {
            action: Some(intent.id.clone()),
            number: intent.out_refund_no.clone().unwrap_or_default(),
            amount: intent.amount.as_deref().and_then(money::parse_received),
            currency: intent.currency.clone().unwrap_or_default(),
            fate: fate(record),
            at: Some(record.created_at),
            by: Some(intent.operator.clone()),
        })
    }

    /// The ordinal at the end of its number; 0 when it has none.
    pub fn slot(&self) -> u8 {
        let digits = self.number.len().checked_sub(2).and_then(|at| self.number.get(at..));
        digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    }
}

fn fate(record: &ActionRecord) -> Fate {
    let status = record.finding.status.as_deref().unwrap_or_default();
    match record.state {
        State::Accepted => Fate::Pending,
        State::Settled => Fate::of_status(status).unwrap_or(Fate::Paid),
        State::Refused | State::Draft => Fate::Refused,
        State::NotReceived => Fate::NotReceived,
        open @ (State::Intended | State::Sending | State::Unknown) => Fate::Open(open),
    }
}

/// What the next refund of an order is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// A refund under this ordinal: the first, the one after the last that is settled, or again that of a refusal.
    Slot(u8),
    /// None: this one is under way, unknown, or accepted and not yet paid.
    Busy(Earlier),
    /// The same refund once more, with the same contents: nothing was ever heard of it.
    Again(ActionId),
    /// None: every ordinal is used up.
    Exhausted,
}

/// Which refund comes next, from all earlier ones of the order in the order in which they were made. Those made
/// elsewhere may repeat those of the journal; the journal is believed for its own, and PayerMax for the rest.
pub fn next(earlier: &[Earlier]) -> Next {
    if let Some(busy) = earlier.iter().rev().find(|one| one.fate.is_open()) {
        return Next::Busy(busy.clone());
    }
    let last = earlier.iter().map(Earlier::slot).max().unwrap_or(0);
    let of_last = || earlier.iter().filter(|one| one.slot() == last);
    if of_last().any(|one| matches!(one.fate, Fate::Paid | Fate::Failed)) {
        return if last < SLOT_MAX { Next::Slot(last + 1) } else { Next::Exhausted };
    }
    match of_last().next_back() {
        Some(Earlier { fate: Fate::NotReceived, action: Some(id), .. }) => Next::Again(id.clone()),
        _ => Next::Slot(last.max(1)),
    }
}
