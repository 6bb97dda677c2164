//! `refund`: money of an order goes back (page "Refund Application", version 1.5).
//!
//! A number that was used before is answered with `ORDER_REPEAT` and moves nothing, whether the contents are the
//! same or not: the pages do not say what PayerMax does, and this is the answer its sibling payout call documents.

use rust_decimal::Decimal;
use time::OffsetDateTime;

use super::order::{Paid, check_address, unknown_order};
use crate::sandbox::{
    SandboxCase, State,
    answer::{Answer, Out, Refusal},
    currency,
    json::Object,
    ledger,
};

const FIELDS: [&str; 7] = [
    "outRefundNo",
    "refundAmount",
    "refundCurrency",
    "outTradeNo",
    "tradeToken",
    "comments",
    "refundNotifyUrl",
];

/// Most digits of an amount (refund page: `(20,4)`).
const DIGITS_MAX: usize = 20;

pub(super) fn answer(data: &Object, state: &mut State, now: OffsetDateTime) -> Result<Answer, Refusal> {
    data.only("data", &FIELDS)?;
    let number = data.required("outRefundNo", 64)?;
    let amount_text = data.number("refundAmount")?;
    let currency = data.required("refundCurrency", 3)?;
    data.optional("comments", 512)?;
    check_address("refundNotifyUrl", data.optional("refundNotifyUrl", 256)?.as_deref())?;
    let amount = read_amount(amount_text, &currency)?;
    let (order_no, token) = (data.optional("outTradeNo", 64)?, data.optional("tradeToken", 64)?);
    if order_no.is_none() && token.is_none() {
        return Err(Refusal::params("outTradeNo", "order-or-token", "give outTradeNo or tradeToken"));
    }
    if state.ledger.receive(&number) {
        return Err(Refusal::new("ORDER_REPEAT", "outRefundNo", "unused", "was used before"));
    }
    let order = Paid::of(find_order(state, order_no.as_deref(), token.as_deref())?);
    order.check(&currency, "refundCurrency", now)?;
    order.check_money(amount, "refundAmount", state)?;
    let request = ledger::Order {
        out_refund_no: &number,
        trade_order_no: &order.trade_order_no,
        out_trade_no: &order.out_trade_no,
        amount,
        amount_text,
        currency: &currency,
    };
    let refund = state.ledger.execute(&request, now);
    let (trade_no, status) = (refund.refund_trade_no.clone(), refund.status);
    Ok(Answer::success(vec![
        ("outRefundNo", Out::Text(number)),
        ("tradeOrderNo", Out::Text(order.trade_order_no)),
        ("refundTradeNo", Out::Text(trade_no)),
        ("status", Out::Text(status.word().into())),
    ]))
}

/// Reads the number as it was written: no exponent, no more decimals than the currency has, more than nothing.
fn read_amount(text: &str, currency: &str) -> Result<Decimal, Refusal> {
    let invalid = |rule, says| Refusal::new("AMOUNT_INVALID", "refundAmount", rule, says);
    let Some(decimals) = currency::decimals(currency) else {
        return Err(Refusal::new("CURRENCY_INVALID", "refundCurrency", "listed", "no such currency"));
    };
    if text.contains(['e', 'E']) {
        return Err(invalid("plain", "must be written without an exponent"));
    }
    if text.bytes().filter(u8::is_ascii_digit).count() > DIGITS_MAX {
        return Err(invalid("digits", "at most 20 digits"));
    }
    if text.split_once('.').is_some_and(|(_, fraction)| fraction.len() > decimals) {
        return Err(invalid("decimals", &format!("{currency} has {decimals} decimals")));
    }
    match Decimal::from_str_exact(text) {
        Ok(amount) if amount > Decimal::ZERO => Ok(amount),
        _ => Err(invalid("positive", "must be more than zero")),
    }
}

/// Both names may be given; then they must mean the same order.
fn find_order<'a>(
    state: &'a State,
    order_no: Option<&str>,
    token: Option<&str>,
) -> Result<&'a SandboxCase, Refusal> {
    let by_no = order_no.map(|no| state.order(no).ok_or_else(|| unknown_order("outTradeNo"))).transpose()?;
    let by_token = token
        .map(|token| state.order_of_token(token).ok_or_else(|| unknown_order("tradeToken")))
        .transpose()?;
    match (by_no, by_token) {
        (Some(one), Some(other)) if Paid::of(one).out_trade_no != Paid::of(other).out_trade_no => {
            Err(Refusal::params("tradeToken", "same-order", "means another order than outTradeNo"))
        }
        (Some(case), _) | (None, Some(case)) => Ok(case),
        (None, None) => Err(unknown_order("outTradeNo")),
    }
}
