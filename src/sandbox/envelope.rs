//! What every call must get right before its contents are looked at: method, headers, signature, clock, merchant.

use axum::http::{HeaderMap, Method, header::CONTENT_TYPE};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    Endpoint, Merchant,
    answer::{Refusal, SIGN_VERIFY_FAILED},
    json::Object,
    sign::Signer,
};

/// How far `requestTime` may be from the gateway's clock, either way.
const WINDOW: Duration = Duration::minutes(2);

const FIELDS: [&str; 7] =
    ["version", "keyVersion", "requestTime", "appId", "merchantNo", "spMerchantNo", "data"];

/// A request as it came in.
pub(super) struct Received<'a> {
    pub(super) method: &'a Method,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

/// A call whose envelope is right.
pub(super) struct Call {
    pub(super) version: String,
    pub(super) data: Object,
}

impl Received<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let first = values.next()?.to_str().ok()?;
        // A header given twice is read differently by different programs; take it for none.
        if values.next().is_some() { None } else { Some(first) }
    }

    /// Checks method and content type.
    pub(super) fn check_form(&self) -> Result<(), Refusal> {
        if self.method != Method::POST {
            return Err(Refusal::params("method", "post", "only POST is served"));
        }
        let kind = self.header(CONTENT_TYPE.as_str()).unwrap_or_default().to_ascii_lowercase();
        let (kind, charset) = kind.split_once(';').unwrap_or((&kind, "charset=utf-8"));
        if kind.trim() != "application/json" || charset.trim() != "charset=utf-8" {
            return Err(Refusal::params("Content-Type", "json", "must be application/json"));
        }
        Ok(())
    }

    /// Checks the `sign` header against the raw bytes.
    pub(super) fn check_sign(&self, signer: &Signer) -> Result<(), Refusal> {
        let Some(sign) = self.header("sign").filter(|sign| !sign.is_empty()) else {
            return Err(Refusal::new(SIGN_VERIFY_FAILED, "sign", "present", "the header is missing"));
        };
        if !signer.verifies(self.body, sign) {
            return Err(Refusal::new(SIGN_VERIFY_FAILED, "sign", "valid", "does not fit the body"));
        }
        Ok(())
    }

    /// The body as one JSON object.
    pub(super) fn object(&self) -> Result<Object, Refusal> {
        let text =
            std::str::from_utf8(self.body).map_err(|_| Refusal::params("body", "utf-8", "must be UTF-8"))?;
        Object::parse("body", text)
    }

    /// Checks everything around `data`, in the order in which a gateway can: who calls is needed for nothing
    /// before the signature is right, because the sandbox has one merchant.
    pub(super) fn open(
        &self,
        endpoint: Endpoint,
        merchant: &Merchant,
        signer: &Signer,
        now: OffsetDateTime,
    ) -> Result<Call, Refusal> {
        self.check_form()?;
        self.check_sign(signer)?;
        let body = self.object()?;
        body.only("body", &FIELDS)?;
        let version = check_versions(endpoint, &body)?;
        check_time(&body.required("requestTime", 32)?, now)?;
        self.check_merchant(merchant, &body)?;
        let data = body.raw("data").ok_or_else(|| Refusal::params("data", "required", "is missing"))?;
        Ok(Call { version, data: Object::parse("data", data)? })
    }

    fn check_merchant(&self, merchant: &Merchant, body: &Object) -> Result<(), Refusal> {
        if body.required("appId", 64)? != merchant.app_id {
            return Err(Refusal::new("MERCHANT_APP_INVALID", "appId", "known", "no such application"));
        }
        match body.optional("merchantNo", 32)? {
            Some(number) if number != merchant.merchant_no => {
                return Err(Refusal::new("MERCHANT_INVALID", "merchantNo", "known", "no such merchant"));
            }
            // A provider's application serves many merchants: without the number nobody knows which.
            None if merchant.sp_merchant_no.is_some() => {
                return Err(Refusal::new("MERCHANT_INVALID", "merchantNo", "provider", "is missing"));
            }
            _ => {}
        }
        let provider = body.optional("spMerchantNo", 15)?;
        if provider != merchant.sp_merchant_no {
            return Err(Refusal::new("AUTH_FAILED", "spMerchantNo", "known", "no such provider"));
        }
        // The pages name the header with underscores, two of PayerMax's own SDKs without.
        let token = self.header("merchant_auth_token").or_else(|| self.header("merchantAuthToken"));
        if merchant.auth_token.is_some() && token != merchant.auth_token.as_deref() {
            return Err(Refusal::new("AUTH_FAILED", "merchant_auth_token", "valid", "missing or wrong"));
        }
        Ok(())
    }
}

fn check_versions(endpoint: Endpoint, body: &Object) -> Result<String, Refusal> {
    let version = body.required("version", 8)?;
    let known: &[&str] = if endpoint == Endpoint::CaseReplay { &["1.5", "1.4"] } else { &["1.5"] };
    if !known.contains(&version.as_str()) {
        return Err(Refusal::params("version", "known", "this call has no such version"));
    }
    if body.required("keyVersion", 8)? != "1" {
        return Err(Refusal::params("keyVersion", "known", "must be 1"));
    }
    Ok(version)
}

/// `yyyy-MM-dd'T'HH:mm:ss.SSSXXX`, so three digits of a second and `Z` or `+hh:mm`, within two minutes of now.
fn check_time(text: &str, now: OffsetDateTime) -> Result<(), Refusal> {
    let form = || Refusal::params("requestTime", "format", "must be yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    let template =
        if text.ends_with('Z') { "0000-00-00T00:00:00.000Z" } else { "0000-00-00T00:00:00.000+00:00" };
    let fits = text.len() == template.len()
        && text.bytes().zip(template.bytes()).all(|(given, wanted)| match wanted {
            b'0' => given.is_ascii_digit(),
            b'+' => matches!(given, b'+' | b'-'),
            other => given == other,
        });
    if !fits {
        return Err(form());
    }
    let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| form())?;
    if (at - now).abs() > WINDOW {
        let says = "more than two minutes from the gateway's clock";
        return Err(Refusal::new("REQ_TIME_OVER_TIME", "requestTime", "two-minutes", says));
    }
    Ok(())
}
