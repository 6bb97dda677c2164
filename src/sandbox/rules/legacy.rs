//! The older v2.1 interface: `refundApply` and `refundQuery` on one address, told apart by `bizType` (the
//! page 退款请求, protocol.md section 7).
//!
//! Broken rules are answered with `bizCode` 1000, a wrong signature or account with 3000. A `refundId` that was used
//! before is answered with 2000, which leaves the outcome open: 1000 would read as "not executed", and it was.

use rust_decimal::Decimal;
use time::OffsetDateTime;

use super::order::{Paid, check_address, unknown_order};
use crate::sandbox::{
    LegacyAccount, LegacySign, Refund, RefundStatus, State,
    answer::{Answer, Data, Dialect, Out, Refusal, SIGN_VERIFY_FAILED},
    envelope::Received,
    json::Object,
    ledger,
    sign::{Signer, md5_sign},
};

const APPLY: [&str; 12] = [
    "merchantId",
    "bizType",
    "version",
    "refundId",
    "orderId",
    "amount",
    "currency",
    "callbackUrl",
    "comment",
    "comments",
    "email",
    "sign",
];
const QUERY: [&str; 5] = ["merchantId", "bizType", "version", "refundId", "sign"];

/// Who may call, and how the sandbox checks it.
pub(in crate::sandbox) struct Account<'a> {
    pub(in crate::sandbox) account: Option<&'a LegacyAccount>,
    pub(in crate::sandbox) signer: &'a Signer,
}

/// Answers a call of the older interface.
pub(in crate::sandbox) fn answer(
    received: &Received<'_>,
    who: &Account<'_>,
    state: &mut State,
    now: OffsetDateTime,
) -> Result<Answer, Refusal> {
    received.check_form()?;
    let body = received.object()?;
    let account = who.account.ok_or_else(|| forbidden("account", "contract", "no such contract"))?;
    check_sign(received, &body, account, who.signer)?;
    if body.required("merchantId", 30)? != account.merchant_id {
        return Err(Refusal::params("merchantId", "known", "no such merchant"));
    }
    let kind = body.required("bizType", 30)?;
    if body.required("version", 5)? != "2.1" {
        return Err(Refusal::params("version", "known", "must be 2.1"));
    }
    let mut data = match kind.as_str() {
        "refundApply" => apply(&body, state, now)?,
        "refundQuery" => query(&body, state, now)?,
        _ => return Err(Refusal::params("bizType", "known", "refundApply or refundQuery")),
    };
    if account.sign == LegacySign::Md5Body {
        let sign = md5_sign(plain(&data), &account.secret);
        data.push(("sign", Out::Text(sign)));
    }
    Ok(Answer { dialect: Dialect::Legacy, code: "0000".into(), msg: "success".into(), data: Some(data) })
}

fn forbidden(subject: &str, rule: &str, says: &str) -> Refusal {
    Refusal::new("AUTH_FAILED", subject, rule, says)
}

fn check_sign(
    received: &Received<'_>,
    body: &Object,
    account: &LegacyAccount,
    signer: &Signer,
) -> Result<(), Refusal> {
    if account.sign == LegacySign::RsaHeader {
        if body.has("sign") {
            return Err(forbidden("sign", "scheme", "this account signs in the header"));
        }
        return received.check_sign(signer);
    }
    let sign = body.required("sign", 32)?;
    let mut fields = body.plain_pairs();
    fields.retain(|(name, _)| name != "sign");
    if sign != md5_sign(fields, &account.secret) {
        return Err(Refusal::new(SIGN_VERIFY_FAILED, "sign", "valid", "sign is incorrect"));
    }
    Ok(())
}

fn apply(body: &Object, state: &mut State, now: OffsetDateTime) -> Result<Data, Refusal> {
    body.only("body", &APPLY)?;
    let number = body.required("refundId", 64)?;
    let order_no = body.required("orderId", 64)?;
    let amount_text = body.required("amount", 12)?;
    let currency = body.required("currency", 3)?;
    check_address("callbackUrl", body.optional("callbackUrl", 256)?.as_deref())?;
    check_comment(body)?;
    if body.optional("email", 32)?.is_some_and(|email| !email.contains('@')) {
        return Err(Refusal::params("email", "form", "must be an address"));
    }
    let amount = read_amount(&amount_text)?;
    if state.ledger.receive(&number) {
        return Err(Refusal::new("ORDER_REPEAT", "refundId", "unused", "was used before"));
    }
    let order = Paid::of(state.order(&order_no).ok_or_else(|| unknown_order("orderId"))?);
    order.check(&currency, "currency", now)?;
    if amount != order.amount {
        return Err(Refusal::new("AMOUNT_INVALID", "amount", "full-amount", "must be the order's amount"));
    }
    order.check_money(amount, "amount", state)?;
    let request = ledger::Order {
        out_refund_no: &number,
        trade_order_no: &order.trade_order_no,
        out_trade_no: &order.out_trade_no,
        amount,
        amount_text: &amount_text,
        currency: &currency,
    };
    Ok(outcome(state.ledger.execute(&request, now)))
}

/// The table calls it `comment` and requires it, the example beside it `comments`: either will do.
fn check_comment(body: &Object) -> Result<(), Refusal> {
    match (body.optional("comment", 256)?, body.optional("comments", 256)?) {
        (None, None) => Err(Refusal::params("comment", "required", "must not be blank")),
        _ => Ok(()),
    }
}

/// A plain decimal text with at most two decimals, more than nothing.
fn read_amount(text: &str) -> Result<Decimal, Refusal> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let amount = Decimal::from_str_exact(text).unwrap_or_default();
    if digits(whole) && digits(fraction) && fraction.len() <= 2 && amount > Decimal::ZERO {
        return Ok(amount);
    }
    Err(Refusal::new("AMOUNT_INVALID", "amount", "plain", "must be a plain decimal above zero"))
}

fn query(body: &Object, state: &mut State, now: OffsetDateTime) -> Result<Data, Refusal> {
    body.only("body", &QUERY)?;
    let number = body.required("refundId", 64)?;
    let refund = state.ledger.query(&number, now);
    let refund =
        refund.ok_or_else(|| Refusal::new("ORDER_NOT_EXIST", "refundId", "known", "no such refund"))?;
    let mut data = outcome(refund);
    data.push(("refundAmount", Out::Text(refund.amount_text.clone())));
    data.push(("currency", Out::Text(refund.currency.clone())));
    Ok(data)
}

fn outcome(refund: &Refund) -> Data {
    let mut data = vec![
        ("tradeNo", Out::Text(refund.trade_order_no.clone())),
        ("refundId", Out::Text(refund.out_refund_no.clone())),
        ("orderId", Out::Text(refund.out_trade_no.clone())),
        ("status", Out::Number(refund.status.digit().into())),
    ];
    if refund.status == RefundStatus::Failed {
        data.push(("errorCode", Out::Text("PAYMENT_FAILED".into())));
        data.push(("errorMsg", Out::Text("the provider refused the refund".into())));
    }
    data
}

fn plain(data: &Data) -> Vec<(String, String)> {
    let text = |value: &Out| match value {
        Out::Text(text) | Out::Number(text) => Some(text.clone()),
        Out::Null | Out::Texts(_) => None,
    };
    data.iter().filter_map(|(name, value)| Some(((*name).to_owned(), text(value)?))).collect()
}
