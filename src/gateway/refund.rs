//! `refund` and `refundQuery` of the present gateway (refund page, version 1.5; protocol.md sections 4.4 and 4.5).

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::client::{Answer, Gateway};
use super::envelope::{Taken, unwritable};
use super::refunds::{RefundAnswer, RefundFound, amount, of_number, status, word};
use super::witness::Course;
use crate::domain::fault::Fault;
use crate::domain::refund::Refund;

/// The last part of the address.
pub(super) const ENDPOINT: &str = "refund";
/// The same for the question.
const QUERY_ENDPOINT: &str = "refundQuery";
/// Under which name an answer repeats the number.
const NUMBER: &str = "outRefundNo";

/// The `data` object; the order of fields is the page's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    out_refund_no: &'a str,
    /// A bare number in exactly these digits: it never was a float.
    refund_amount: &'a RawValue,
    refund_currency: &'a str,
    out_trade_no: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trade_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_notify_url: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Query<'a> {
    out_refund_no: &'a str,
}

/// The `data` object of a refund.
pub(super) fn data(refund: &Refund, number: &str) -> Vec<u8> {
    // Digits and a point are JSON, and texts in memory can always be written; an empty body would be refused before
    // it left.
    let Ok(refund_amount) = RawValue::from_string(refund.amount.wire()) else { return Vec::new() };
    let data = Data {
        out_refund_no: number,
        refund_amount: &refund_amount,
        refund_currency: refund.amount.currency(),
        out_trade_no: &refund.order,
        trade_token: refund.trade_token.as_deref(),
        comments: refund.comment.as_deref(),
        refund_notify_url: refund.notify_url.as_deref(),
    };
    serde_json::to_vec(&data).unwrap_or_default()
}

/// Reads the answer to a refund; the reason is in words.
pub(super) fn read_answer(data: Option<&RawValue>, number: &str) -> Result<RefundAnswer, String> {
    let object = of_number(data, NUMBER, number)?;
    Ok(RefundAnswer {
        refund_trade_no: word(&object, "refundTradeNo")?,
        status: status(&object)?,
        result_msg: word(&object, "resultMsg")?,
    })
}

/// Asks once for one refund.
///
/// # Errors
/// Any [`Fault`].
pub(super) async fn query(
    gateway: &Gateway,
    version: &str,
    number: &str,
    course: &mut Course,
) -> Result<Answer<RefundFound>, Fault> {
    let data = to_raw_value(&Query { out_refund_no: number })
        .map_err(|_| unwritable("it cannot be written as JSON"))?;
    let Taken { data, skew } = gateway.send(QUERY_ENDPOINT, version, data, course).await?;
    let value = read_found(data.as_deref(), number).map_err(Fault::Garbled)?;
    Ok(Answer { value, skew })
}

/// Reads the answer to a question. The page's own example has `totalAmount` in the place of `refundAmount`.
pub(super) fn read_found(data: Option<&RawValue>, number: &str) -> Result<RefundFound, String> {
    let object = of_number(data, NUMBER, number)?;
    let said = amount(&object, "refundAmount")?;
    let total = if said.is_none() { amount(&object, "totalAmount")? } else { None };
    Ok(RefundFound {
        out_refund_no: number.to_owned(),
        refund_trade_no: word(&object, "refundTradeNo")?,
        amount: said,
        total,
        currency: word(&object, "refundCurrency")?,
        order: word(&object, "outTradeNo")?,
        status: status(&object)?,
        result_msg: word(&object, "resultMsg")?,
        finished_at: word(&object, "refundFinishTime")?,
    })
}
