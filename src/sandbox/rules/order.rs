//! What both interfaces ask of an order before money goes back.

use rust_decimal::Decimal;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::domain::case::Field;
use crate::sandbox::{SandboxCase, State, answer::Refusal};

/// Orders older than this are not refunded (refund page: within 180 days of the transaction).
const WINDOW: Duration = Duration::days(180);

/// What the sandbox knows of an order, through one of its cases.
pub(super) struct Paid {
    pub(super) out_trade_no: String,
    pub(super) trade_order_no: String,
    pub(super) amount: Decimal,
    pub(super) currency: String,
    since: Option<OffsetDateTime>,
}

impl Paid {
    pub(super) fn of(case: &SandboxCase) -> Self {
        let amount = case.text(Field::OriginTradeAmount);
        // The currency of the order may be left out; then it is the one that was frozen.
        let own = case.text(Field::OriginTradeCurrency);
        let currency = if own.is_empty() { case.text(Field::Currency) } else { own };
        Self {
            out_trade_no: case.text(Field::OutTradeNo).to_owned(),
            trade_order_no: format!("{}TI", case.text(Field::TradeToken).trim_start_matches('T')),
            amount: Decimal::from_str_exact(amount).unwrap_or_default(),
            currency: currency.to_owned(),
            since: OffsetDateTime::parse(case.text(Field::TradeCreateTime), &Rfc3339).ok(),
        }
    }

    /// The currency must be the order's, and the order young enough.
    pub(super) fn check(&self, currency: &str, field: &str, now: OffsetDateTime) -> Result<(), Refusal> {
        if currency != self.currency {
            return Err(Refusal::new("CURRENCY_INVALID", field, "of-order", "not the order's currency"));
        }
        if self.since.is_some_and(|since| now - since > WINDOW) {
            return Err(Refusal::new("ORDER_CLOSED", "order", "180-days", "paid more than 180 days ago"));
        }
        Ok(())
    }

    /// No other refund of the order may be on its way, the rest of the order must cover this one, and so must the
    /// merchant's balance.
    pub(super) fn check_money(&self, amount: Decimal, field: &str, state: &State) -> Result<(), Refusal> {
        if state.ledger.in_progress(&self.out_trade_no) {
            let says = "another refund of this order is in progress";
            return Err(Refusal::new("PAYMENT_PROCESSING", "order", "one-refund-at-a-time", says));
        }
        if amount > self.amount - state.ledger.refunded(&self.out_trade_no) {
            let says = "more than is left of the order";
            return Err(Refusal::new("AMOUNT_INVALID", field, "refundable-remainder", says));
        }
        if !state.ledger.covers(&self.currency, amount) {
            let says = "the balance does not cover it";
            return Err(Refusal::new("REFUND_INSUFFICIENT_BALANCE", field, "balance", says));
        }
        Ok(())
    }
}

/// An address for notifications: http or https.
pub(super) fn check_address(field: &str, address: Option<&str>) -> Result<(), Refusal> {
    match address {
        Some(address) if !address.starts_with("https://") && !address.starts_with("http://") => {
            Err(Refusal::params(field, "http", "must start with http:// or https://"))
        }
        _ => Ok(()),
    }
}

/// The refusal of an order that is not there.
pub(super) fn unknown_order(field: &str) -> Refusal {
    Refusal::new("ORDER_NOT_EXIST", field, "known", "no such order")
}
