//! `refundQuery`: how a refund stands (protocol.md section 4.5).
//!
//! A refund is pending until it is queried the second time: a caller that asks once must not take pending for the
//! end. An unknown number is answered with `ORDER_NOT_EXIST`.

use time::{OffsetDateTime, UtcOffset, macros::format_description};

use crate::sandbox::{
    Refund, RefundStatus, State,
    answer::{Answer, Data, Out, Refusal},
    json::Object,
};

pub(super) fn answer(data: &Object, state: &mut State, now: OffsetDateTime) -> Result<Answer, Refusal> {
    data.only("data", &["outRefundNo", "refundTradeNo"])?;
    let number = data.optional("outRefundNo", 64)?;
    let theirs = data.optional("refundTradeNo", 64)?;
    let by_theirs = theirs.as_deref().map(|theirs| state.ledger.number_of(theirs));
    let number = match (number, by_theirs) {
        (None, None) => {
            let says = "give outRefundNo or refundTradeNo";
            return Err(Refusal::params("outRefundNo", "either-number", says));
        }
        (_, Some(None)) => return Err(unknown_refund("refundTradeNo")),
        (Some(number), Some(Some(other))) if number != other => return Err(unknown_refund("refundTradeNo")),
        (_, Some(Some(number))) | (Some(number), None) => number,
    };
    let refund = state.ledger.query(&number, now).ok_or_else(|| unknown_refund("outRefundNo"))?;
    Ok(Answer::success(fields_of(refund)))
}

fn fields_of(refund: &Refund) -> Data {
    let failed = refund.status == RefundStatus::Failed;
    vec![
        ("outRefundNo", Out::Text(refund.out_refund_no.clone())),
        ("refundTradeNo", Out::Text(refund.refund_trade_no.clone())),
        ("refundAmount", Out::Number(refund.amount_text.clone())),
        ("refundCurrency", Out::Text(refund.currency.clone())),
        ("outTradeNo", Out::Text(refund.out_trade_no.clone())),
        ("status", Out::Text(refund.status.word().into())),
        ("resultMsg", Out::text_or_null(failed.then_some("PAYMENT_FAILED"))),
        ("refundFinishTime", Out::text_or_null(refund.finished.map(stamp).as_deref())),
    ]
}

fn stamp(at: OffsetDateTime) -> String {
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    at.to_offset(UtcOffset::UTC).format(&form).unwrap_or_default()
}

fn unknown_refund(field: &str) -> Refusal {
    Refusal::new("ORDER_NOT_EXIST", field, "known", "no such refund")
}
