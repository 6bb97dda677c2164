//! The wrapping every call shares: the signed request around `data`, and what an answer means before its `data`
//! is looked at (protocol.md section 3; caseSearch page, version 1.5).

use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::lenient::Object;
use crate::domain::fault::{Fault, Signature, Skew};
use crate::domain::refund::Road;
use crate::domain::return_code::{Code, CodeClass};

/// The signature scheme's version, the only one there is.
const KEY_VERSION: &str = "1";

/// Who asks; the same for every call of a profile.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) app_id: String,
    pub(super) merchant_no: String,
    pub(super) sp_merchant_no: Option<String>,
}

/// The request as it is written; the order of fields is the page's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outgoing<'a> {
    version: &'a str,
    key_version: &'a str,
    request_time: &'a str,
    app_id: &'a str,
    merchant_no: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sp_merchant_no: Option<&'a str>,
    data: &'a RawValue,
}

impl Caller {
    /// Writes a request once; these bytes are what is signed and what is sent. `data` goes in verbatim.
    ///
    /// # Errors
    /// [`Fault::Signing`] when the time has no RFC 3339 form.
    pub(super) fn request(
        &self,
        version: &str,
        data: &RawValue,
        now: OffsetDateTime,
    ) -> Result<Vec<u8>, Fault> {
        let request_time = request_time(now).ok_or_else(|| unwritable("this host's clock shows no date"))?;
        let outgoing = Outgoing {
            version,
            key_version: KEY_VERSION,
            request_time: &request_time,
            app_id: &self.app_id,
            merchant_no: &self.merchant_no,
            sp_merchant_no: self.sp_merchant_no.as_deref(),
            data,
        };
        serde_json::to_vec(&outgoing).map_err(|_| unwritable("it cannot be written as JSON"))
    }
}

/// A request that never came to be.
pub(super) fn unwritable(why: &str) -> Fault {
    Fault::Signing(why.to_owned())
}

/// `requestTime`: UTC with three digits of a second, whatever they are, because SDKs that drop trailing zeros
/// and those that do not have both been seen to work, and the page asks for three.
fn request_time(now: OffsetDateTime) -> Option<String> {
    const FORMAT: &[time::format_description::BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    now.checked_to_offset(UtcOffset::UTC)?.format(FORMAT).ok()
}

/// An answer as it came, not yet believed.
#[derive(Debug)]
pub(super) struct Received {
    /// The HTTP status.
    pub(super) status: u16,
    /// The value of the `sign` header, lossily read: a value that is no ASCII verifies as wrong.
    pub(super) sign: Option<String>,
    /// The body as it came.
    pub(super) body: Vec<u8>,
    /// From `Retry-After`.
    pub(super) retry_after: Option<Duration>,
    /// From `Date`.
    pub(super) skew: Option<Skew>,
}

/// A signed success.
#[derive(Debug)]
pub(super) struct Taken {
    /// The business object; `None` when the gateway sent none.
    pub(super) data: Option<Box<RawValue>>,
    /// This host's clock against the answer's `Date`.
    pub(super) skew: Option<Skew>,
}

impl Received {
    /// Decides what an answer of an interface means, given what its signature is worth.
    ///
    /// # Errors
    /// Every [`Fault`] but those of the line itself.
    pub(super) fn open(self, road: Road, signature: Signature) -> Result<Taken, Fault> {
        let is_success = (200..300).contains(&self.status);
        let not_a_result = Fault::Http { status: self.status, retry_after: self.retry_after };
        let envelope = match read(road, &self.body) {
            Ok(envelope) => envelope,
            Err(why) if is_success => return Err(Fault::Garbled(why)),
            Err(_) => return Err(not_a_result),
        };
        match (envelope.code.class(), is_success, signature) {
            (CodeClass::Accepted, true, Signature::Valid) => {
                Ok(Taken { data: envelope.data.map(ToOwned::to_owned), skew: self.skew })
            }
            (CodeClass::Accepted, true, doubtful) => Err(Fault::Unverified(doubtful)),
            (CodeClass::Accepted, false, _) => Err(not_a_result),
            // A proxy's own JSON: its word means nothing here, its status does.
            (_, false, _) if !envelope.code.is_documented() => Err(not_a_result),
            _ => Err(Fault::Refused {
                status: self.status,
                code: envelope.code,
                msg: envelope.msg,
                signature,
                retry_after: self.retry_after,
                skew: self.skew,
            }),
        }
    }
}

/// The answer's wrapping.
struct Envelope<'a> {
    code: Code,
    msg: String,
    data: Option<&'a RawValue>,
}

/// Reads the wrapping; the reason is in words.
fn read(road: Road, body: &[u8]) -> Result<Envelope<'_>, String> {
    let (code, msg) = match road {
        Road::Current => ("code", "msg"),
        Road::Legacy => ("bizCode", "message"),
    };
    let text = std::str::from_utf8(body).map_err(|_| "it is no UTF-8".to_owned())?;
    let object = Object::parse(text)?;
    let code = object.text(code)?.filter(|code| !code.trim().is_empty());
    Ok(Envelope {
        code: Code::new(road, code.ok_or_else(|| "it carries no return code".to_owned())?),
        msg: object.text(msg)?.unwrap_or_default(),
        data: object.raw("data"),
    })
}
