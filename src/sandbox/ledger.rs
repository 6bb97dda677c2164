//! The refunds the sandbox executed, each once per number.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use time::OffsetDateTime;

/// How a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundStatus {
    /// `REFUND_PENDING`, 0 in the older interface.
    Pending,
    /// `REFUND_SUCCESS`, 1.
    Success,
    /// `REFUND_FAILED`, 2.
    Failed,
}

impl RefundStatus {
    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "REFUND_PENDING",
            Self::Success => "REFUND_SUCCESS",
            Self::Failed => "REFUND_FAILED",
        }
    }

    /// The digit of the older interface.
    pub const fn digit(self) -> &'static str {
        match self {
            Self::Pending => "0",
            Self::Success => "1",
            Self::Failed => "2",
        }
    }
}

/// How refunds end from now on. Whichever it is, a pending refund ends when it is queried the second time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefundEnding {
    /// Pending, then paid.
    #[default]
    Paid,
    /// Pending, then failed.
    FailsLater,
    /// Answered with `REFUND_FAILED` at once.
    FailsAtOnce,
}

/// One refund that was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The merchant's number (`outRefundNo`, `refundId` in the older interface).
    pub out_refund_no: String,
    /// PayerMax's number.
    pub refund_trade_no: String,
    /// PayerMax's number of the order.
    pub trade_order_no: String,
    /// The merchant's order.
    pub out_trade_no: String,
    /// The amount in major units of `currency`.
    pub amount: Decimal,
    /// The amount as it was written.
    pub amount_text: String,
    /// The currency, three capitals.
    pub currency: String,
    /// How it stands.
    pub status: RefundStatus,
    /// How often money moved under this number. Anything but 1 is a defect of the sandbox.
    pub executed: u32,
    /// How often a request came in under this number, the first included.
    pub received: u32,
    /// How often it was queried.
    pub queried: u32,
    /// When it ended, by the sandbox clock.
    pub finished: Option<OffsetDateTime>,
    ending: RefundEnding,
}

/// What is needed to execute a refund.
pub(super) struct Order<'a> {
    pub(super) out_refund_no: &'a str,
    pub(super) trade_order_no: &'a str,
    pub(super) out_trade_no: &'a str,
    pub(super) amount: Decimal,
    pub(super) amount_text: &'a str,
    pub(super) currency: &'a str,
}

/// All refunds, by the merchant's number.
#[derive(Default)]
pub struct Ledger {
    refunds: BTreeMap<String, Refund>,
    ending: RefundEnding,
    balances: BTreeMap<String, Decimal>,
}

impl Ledger {
    /// A refund by the merchant's number.
    pub fn get(&self, out_refund_no: &str) -> Option<&Refund> {
        self.refunds.get(out_refund_no)
    }

    /// Every refund, by the merchant's number.
    pub fn iter(&self) -> impl Iterator<Item = &Refund> {
        self.refunds.values()
    }

    /// How many refunds there are.
    pub fn len(&self) -> usize {
        self.refunds.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.refunds.is_empty()
    }

    /// Decides how the refunds that come in from now on end.
    pub fn end_next(&mut self, ending: RefundEnding) {
        self.ending = ending;
    }

    /// Limits the money of a currency from which refunds are paid; currencies without a limit have enough.
    pub fn set_balance(&mut self, currency: &str, amount: Decimal) {
        self.balances.insert(currency.to_owned(), amount);
    }

    /// Whether the balance of a currency covers an amount.
    pub(super) fn covers(&self, currency: &str, amount: Decimal) -> bool {
        self.balances.get(currency).is_none_or(|balance| amount <= *balance)
    }

    /// What was refunded of an order or is on its way, in the order's currency.
    pub fn refunded(&self, out_trade_no: &str) -> Decimal {
        self.of_order(out_trade_no).map(|refund| refund.amount).sum()
    }

    /// Whether a refund of the order is still on its way.
    pub(super) fn in_progress(&self, out_trade_no: &str) -> bool {
        self.of_order(out_trade_no).any(|refund| refund.status == RefundStatus::Pending)
    }

    fn of_order(&self, out_trade_no: &str) -> impl Iterator<Item = &Refund> {
        self.refunds.values().filter(move |refund| {
            refund.out_trade_no == out_trade_no && refund.status != RefundStatus::Failed
        })
    }

    /// Counts a request under a number; whether the number was used before.
    pub(super) fn receive(&mut self, out_refund_no: &str) -> bool {
        let known = self.refunds.get_mut(out_refund_no);
        known.map(|refund| refund.received += 1).is_some()
    }

    /// Executes a refund. A number that is there already moves money again on paper, so that a missing check shows.
    pub(super) fn execute(&mut self, order: &Order<'_>, now: OffsetDateTime) -> &Refund {
        let failed = self.ending == RefundEnding::FailsAtOnce;
        let number = self.refunds.len() + 1;
        let refund = self.refunds.entry(order.out_refund_no.to_owned()).or_insert_with(|| Refund {
            out_refund_no: order.out_refund_no.to_owned(),
            refund_trade_no: format!("{}TI79{number:010}", digits_of(now)),
            trade_order_no: order.trade_order_no.to_owned(),
            out_trade_no: order.out_trade_no.to_owned(),
            amount: order.amount,
            amount_text: order.amount_text.to_owned(),
            currency: order.currency.to_owned(),
            status: if failed { RefundStatus::Failed } else { RefundStatus::Pending },
            executed: 0,
            received: 1,
            queried: 0,
            finished: failed.then_some(now),
            ending: self.ending,
        });
        refund.executed += 1;
        if let Some(balance) = self.balances.get_mut(&refund.currency).filter(|_| !failed) {
            *balance -= refund.amount;
        }
        refund
    }

    /// Counts a query and answers the refund as it is then: the second query sees the end of it.
    pub(super) fn query(&mut self, out_refund_no: &str, now: OffsetDateTime) -> Option<&Refund> {
        let refund = self.refunds.get_mut(out_refund_no)?;
        refund.queried += 1;
        if refund.status == RefundStatus::Pending && refund.queried >= 2 {
            refund.status = match refund.ending {
                RefundEnding::Paid => RefundStatus::Success,
                RefundEnding::FailsLater | RefundEnding::FailsAtOnce => RefundStatus::Failed,
            };
            refund.finished = Some(now);
            if let Some(balance) = self.balances.get_mut(&refund.currency)
                && refund.status == RefundStatus::Failed
            {
                *balance += refund.amount;
            }
        }
        Some(refund)
    }

    /// The merchant's number behind one of PayerMax's.
    pub(super) fn number_of(&self, refund_trade_no: &str) -> Option<String> {
        let refund = self.refunds.values().find(|refund| refund.refund_trade_no == refund_trade_no)?;
        Some(refund.out_refund_no.clone())
    }
}

/// `yyyyMMddHHmmss` of an instant, as PayerMax's numbers begin.
pub(super) fn digits_of(at: OffsetDateTime) -> String {
    let form = time::macros::format_description!("[year][month][day][hour][minute][second]");
    at.format(&form).unwrap_or_default()
}
