//! What a return code says about the call that got it (protocol.md section 5; the class is for a call that moves money).

/// What is known about a call after its return code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeClass {
    /// The call was taken. It is not yet the outcome of the case or the refund.
    Accepted,
    /// Certainly not executed, and the same call would fail again.
    Failed,
    /// Certainly not executed; correct it, then send again under the same number.
    Fix,
    /// Certainly not executed; wait, then send again.
    Later,
    /// Nobody can tell whether it was executed: ask before anything else. Every unlisted code is one.
    Doubt,
}

/// The code of a taken call.
pub const APPLY_SUCCESS: &str = "APPLY_SUCCESS";
/// The code of a request whose `requestTime` is more than two minutes off.
pub const REQ_TIME_OVER_TIME: &str = "REQ_TIME_OVER_TIME";
/// The code of the rate limiter.
pub const TOO_MANY_REQUEST: &str = "TOO_MANY_REQUEST";

/// Classes a return code; spaces around it do not matter, an unknown code is [`CodeClass::Doubt`].
pub fn class_of(code: &str) -> CodeClass {
    match code.trim() {
        APPLY_SUCCESS => CodeClass::Accepted,
        REQ_TIME_OVER_TIME
        | "SIGN_VERIFY_FAILED"
        | "PARAMS_INVALID"
        | "REFUND_NO_INVALID"
        | "AMOUNT_INVALID"
        | "AMOUNT_LIMIT"
        | "AMOUNT_LIMIT_MINIMUM"
        | "AMOUNT_LIMIT_MAXIMUM"
        | "CURRENCY_INVALID"
        | "COUNTRY_INVALID" => CodeClass::Fix,
        TOO_MANY_REQUEST
        | "REFUND_INSUFFICIENT_BALANCE"
        | "BALANCE_INSUFFICIENT"
        | "PAYMENT_METHOD_SUSPEND" => CodeClass::Later,
        "MERCHANT_INVALID"
        | "MERCHANT_APP_INVALID"
        | "CONTRACT_INVALID"
        | "ONBOARD_ERROR"
        | "AUTH_FAILED"
        | "AUTH_EXPIRED"
        | "AUTHENTICATE_FAILED"
        | "ORDER_NOT_EXIST"
        | "ORDER_CLOSED"
        | "REFUND_FAILED"
        | "PAYMENT_FAILED"
        | "PAYMENT_REJECTED"
        | "ISSUER_PAYMENT_REJECTED"
        | "ACCOUNT_BLOCKED"
        | "PARTICIPANT_INVALID"
        | "DECLINED_BY_MERCHANT_BLACKLIST"
        | "PAYMENT_METHOD_NOT_EXIST" => CodeClass::Failed,
        // Every documented doubt (see `is_documented`) and every other text.
        _ => CodeClass::Doubt,
    }
}

/// Whether PayerMax documents a code. Anything between here and PayerMax can write some other word into a JSON body.
pub fn is_documented(code: &str) -> bool {
    const DOUBTS: [&str; 5] =
        ["SYSTEM_ERROR", "UNEXPECTED_ERROR", "REQUEST_TIMEOUT", "PAYMENT_PROCESSING", "ORDER_REPEAT"];
    class_of(code) != CodeClass::Doubt || DOUBTS.contains(&code.trim())
}

/// Whether a code is about who asks, or with what key or clock, and so would come back whatever is asked.
pub fn concerns_every_call(code: &str) -> bool {
    matches!(
        code.trim(),
        REQ_TIME_OVER_TIME
            | "SIGN_VERIFY_FAILED"
            | "MERCHANT_INVALID"
            | "MERCHANT_APP_INVALID"
            | "CONTRACT_INVALID"
            | "ONBOARD_ERROR"
            | "AUTH_FAILED"
            | "AUTH_EXPIRED"
            | "AUTHENTICATE_FAILED"
    )
}

/// One plain sentence of advice for a code an operator can do something about.
pub fn hint_for(code: &str) -> Option<&'static str> {
    Some(match code.trim() {
        REQ_TIME_OVER_TIME => "set this host's clock (PayerMax allows two minutes), then refresh again",
        "SIGN_VERIFY_FAILED" => {
            "the private key does not belong to this app_id; upload its public key in the merchant portal"
        }
        "PARAMS_INVALID" => {
            "PayerMax names the field in its message; check the id and the config's app_id and merchant_no"
        }
        TOO_MANY_REQUEST => "lower [refresh] per_second in the config, or wait a minute",
        "MERCHANT_INVALID" | "MERCHANT_APP_INVALID" => "check app_id and merchant_no in the config",
        "CONTRACT_INVALID" | "ONBOARD_ERROR" => {
            "the merchant's contract does not cover this call; ask PayerMax"
        }
        "AUTH_FAILED" | "AUTH_EXPIRED" | "AUTHENTICATE_FAILED" => {
            "the ISV authorisation is missing or has run out; renew the merchant_auth_token"
        }
        "ORDER_NOT_EXIST" => "the gateway does not know this id; check it, and the profile's environment",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_and_doubtful_codes_are_never_taken_for_failure() {
        for code in [
            "SYSTEM_ERROR",
            "UNEXPECTED_ERROR",
            "REQUEST_TIMEOUT",
            "PAYMENT_PROCESSING",
            "ORDER_REPEAT",
            "",
            "NEW_CODE",
        ] {
            assert_eq!(class_of(code), CodeClass::Doubt, "{code:?}");
        }
        let documented = ["SYSTEM_ERROR ", "ORDER_REPEAT", "PARAMS_INVALID", "TOO_MANY_REQUEST"];
        assert!(documented.iter().all(|code| is_documented(code)));
        assert!(!["", "429", "NEW_CODE", "BAD_GATEWAY"].iter().any(|code| is_documented(code)));
    }

    #[test]
    fn listed_codes_have_the_class_of_the_page() {
        assert_eq!(class_of(" APPLY_SUCCESS "), CodeClass::Accepted);
        assert_eq!(class_of("REQ_TIME_OVER_TIME"), CodeClass::Fix);
        assert_eq!(class_of("TOO_MANY_REQUEST"), CodeClass::Later);
        assert_eq!(class_of("ORDER_NOT_EXIST"), CodeClass::Failed);
    }
}
