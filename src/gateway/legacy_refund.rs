//! `refundApply` and `refundQuery` of the legacy interface (page 退款请求, version 2.1; protocol.md section 7).
//!
//! Its table calls the text `comment` and requires it; the example beside it writes `comments`. PayerMax's own demo sends
//! `comment`, and so does docket.

use serde::Serialize;
use serde_json::value::RawValue;

use super::client::Answer;
use super::envelope::Taken;
use super::legacy::LegacyGateway;
use super::lenient::Object;
use super::refunds::{RefundAnswer, RefundFound, amount, of_number, status, word};
use super::witness::Course;
use crate::domain::fault::Fault;
use crate::domain::refund::{REFUND_FAILED, REFUND_PENDING, REFUND_SUCCESS, Refund};

const VERSION: &str = "2.1";
/// Under which name an answer repeats the number.
const NUMBER: &str = "refundId";

/// The whole body; the order of fields is the page's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Apply<'a> {
    merchant_id: &'a str,
    biz_type: &'a str,
    version: &'a str,
    refund_id: &'a str,
    order_id: &'a str,
    /// A text here, and the whole order's amount.
    amount: &'a str,
    currency: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Query<'a> {
    merchant_id: &'a str,
    biz_type: &'a str,
    version: &'a str,
    refund_id: &'a str,
}

/// The body of a refund without its signature.
pub(super) fn data(merchant_id: &str, refund: &Refund, number: &str) -> Vec<u8> {
    let apply = Apply {
        merchant_id,
        biz_type: "refundApply",
        version: VERSION,
        refund_id: number,
        order_id: &refund.order,
        amount: &refund.amount.wire(),
        currency: refund.amount.currency(),
        callback_url: refund.notify_url.as_deref(),
        comment: refund.comment.as_deref(),
        email: refund.email.as_deref(),
    };
    // Texts in memory can always be written; an empty body would be refused.
    serde_json::to_vec(&apply).unwrap_or_default()
}

/// Reads the answer to a refund; the reason is in words.
pub(super) fn read_answer(data: Option<&RawValue>, number: &str) -> Result<RefundAnswer, String> {
    let object = of_number(data, NUMBER, number)?;
    Ok(RefundAnswer {
        refund_trade_no: None,
        status: status_word(&object)?,
        result_msg: result_msg(&object)?,
    })
}

/// Asks once for one refund.
///
/// # Errors
/// Any [`Fault`].
pub(super) async fn query(
    legacy: &LegacyGateway,
    number: &str,
    course: &mut Course,
) -> Result<Answer<RefundFound>, Fault> {
    let merchant_id = legacy.merchant_id();
    let query = Query { merchant_id, biz_type: "refundQuery", version: VERSION, refund_id: number };
    let body = serde_json::to_vec(&query).unwrap_or_default();
    let Taken { data, skew } = legacy.ask(&body, course).await?;
    let value = read_found(data.as_deref(), number).map_err(Fault::Garbled)?;
    Ok(Answer { value, skew })
}

pub(super) fn read_found(data: Option<&RawValue>, number: &str) -> Result<RefundFound, String> {
    let object = of_number(data, NUMBER, number)?;
    Ok(RefundFound {
        out_refund_no: number.to_owned(),
        // `tradeNo` is the order's number at PayerMax, not the refund's.
        refund_trade_no: None,
        amount: amount(&object, "refundAmount")?,
        total: None,
        currency: word(&object, "currency")?,
        order: word(&object, "orderId")?,
        status: status_word(&object)?,
        result_msg: result_msg(&object)?,
        finished_at: None,
    })
}

/// The words of the present gateway for the three digits; another digit means nothing and says so by itself.
fn status_word(object: &Object<'_>) -> Result<String, String> {
    Ok(match status(object)?.as_str() {
        "0" => REFUND_PENDING.to_owned(),
        "1" => REFUND_SUCCESS.to_owned(),
        "2" => REFUND_FAILED.to_owned(),
        other => other.to_owned(),
    })
}

fn result_msg(object: &Object<'_>) -> Result<Option<String>, String> {
    Ok(match (word(object, "errorCode")?, word(object, "errorMsg")?) {
        (Some(code), Some(msg)) => Some(format!("{code}: {msg}")),
        (code, msg) => code.or(msg),
    })
}
