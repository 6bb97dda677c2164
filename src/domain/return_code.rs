//! What a return code says about the call that got it (protocol.md sections 5 and 7; the class is for a call that moves
//! money). The same digits mean something in one interface and nothing in the other, so a code knows where it was read.

use super::refund::Road;

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
/// The code of a refund whose number was used before.
pub const ORDER_REPEAT: &str = "ORDER_REPEAT";
/// The code of the rate limiter.
pub const TOO_MANY_REQUEST: &str = "TOO_MANY_REQUEST";

/// A taken call's code in the legacy interface.
const LEGACY_TAKEN: &str = "0000";
/// A field is missing or wrong, or the merchant is not known.
const LEGACY_PARAMS: &str = "1000";
/// The legacy system is busy or has failed; or a number is used for the second time.
const LEGACY_SYSTEM: &str = "2000";
/// No permission: key, signature, contract.
const LEGACY_PERMISSION: &str = "3000";
/// The account's token.
const LEGACY_TOKEN: &str = "1072";

/// A return code as it was received, and the interface it was received from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    text: String,
    road: Road,
}

impl Code {
    /// A code of an interface.
    pub fn new(road: Road, text: impl Into<String>) -> Self {
        Self { text: text.into(), road }
    }

    /// The code without the spaces around it.
    pub fn word(&self) -> &str {
        self.text.trim()
    }

    /// What it says about its call; an unknown code is [`CodeClass::Doubt`].
    pub fn class(&self) -> CodeClass {
        match self.road {
            Road::Current => class_of(self.word()),
            Road::Legacy => legacy_class_of(self.word()),
        }
    }

    /// Whether PayerMax documents it. Anything between here and PayerMax can write some other word into a JSON body.
    pub fn is_documented(&self) -> bool {
        self.class() != CodeClass::Doubt
            || match self.road {
                Road::Current => DOUBTS.contains(&self.word()),
                Road::Legacy => self.word() == LEGACY_SYSTEM,
            }
    }

    /// Whether it is about who asks, or with what key or clock, and so would come back whatever is asked.
    pub fn concerns_every_call(&self) -> bool {
        match self.road {
            Road::Current => concerns_every_call(self.word()),
            Road::Legacy => matches!(self.word(), LEGACY_PERMISSION | LEGACY_TOKEN),
        }
    }

    /// Whether asking again may help, for a call that only reads.
    pub fn may_pass(&self) -> bool {
        match (self.class(), self.road, self.word()) {
            (CodeClass::Later, ..) | (_, Road::Legacy, LEGACY_SYSTEM) => true,
            (_, Road::Current, word) => {
                matches!(word, "SYSTEM_ERROR" | "UNEXPECTED_ERROR" | "REQUEST_TIMEOUT")
            }
            _ => false,
        }
    }

    /// One plain sentence of advice, where an operator can do something about it.
    pub fn hint(&self) -> Option<&'static str> {
        hint_for(self.word())
    }
}

/// A code of the present gateway.
impl From<&str> for Code {
    fn from(text: &str) -> Self {
        Self::new(Road::Current, text)
    }
}

/// A code of the present gateway.
impl From<String> for Code {
    fn from(text: String) -> Self {
        Self::new(Road::Current, text)
    }
}

/// Documented codes that leave the outcome open.
const DOUBTS: [&str; 6] = [
    "SYSTEM_ERROR",
    "UNEXPECTED_ERROR",
    "REQUEST_TIMEOUT",
    "PAYMENT_PROCESSING",
    "ORDER_REPEAT",
    // It may also mean that the number was used before.
    "REFUND_NO_INVALID",
];

fn legacy_class_of(code: &str) -> CodeClass {
    match code {
        LEGACY_TAKEN => CodeClass::Accepted,
        LEGACY_PARAMS => CodeClass::Fix,
        LEGACY_PERMISSION | LEGACY_TOKEN => CodeClass::Failed,
        // Of `LEGACY_SYSTEM` nobody knows, and every other text is unknown.
        _ => CodeClass::Doubt,
    }
}

fn class_of(code: &str) -> CodeClass {
    match code {
        APPLY_SUCCESS => CodeClass::Accepted,
        REQ_TIME_OVER_TIME
        | "SIGN_VERIFY_FAILED"
        | "PARAMS_INVALID"
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
        // Every documented doubt and every other text.
        _ => CodeClass::Doubt,
    }
}

fn concerns_every_call(code: &str) -> bool {
    matches!(
        code,
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

/// One plain sentence of advice for a code an operator can do something about, whichever interface it came from.
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
        "ORDER_CLOSED" => "PayerMax no longer refunds this order; see the merchant portal",
        "ORDER_REPEAT" | "REFUND_NO_INVALID" => {
            "PayerMax may have taken this number before; settle asks how that refund stands"
        }
        "PAYMENT_PROCESSING" => {
            "another refund of this order is under way at PayerMax; settle, then look again"
        }
        "REFUND_INSUFFICIENT_BALANCE" | "BALANCE_INSUFFICIENT" => {
            "there is not enough money to be settled; send the same refund again when there is"
        }
        "AMOUNT_INVALID" | "AMOUNT_LIMIT" | "AMOUNT_LIMIT_MINIMUM" | "AMOUNT_LIMIT_MAXIMUM" => {
            "PayerMax does not take this amount; compare it with what is left of the order"
        }
        "CURRENCY_INVALID" => "a refund is paid in the currency of its order",
        "PAYMENT_METHOD_NOT_EXIST" | "PAYMENT_METHOD_SUSPEND" => {
            "the order's payment method pays no refunds, or not at present; ask PayerMax"
        }
        LEGACY_PARAMS => {
            "the message names the field; check merchant_id in the profile's legacy section, and that the whole \
             order is refunded"
        }
        LEGACY_SYSTEM => "the legacy interface is busy, or has this number already; settle asks",
        LEGACY_PERMISSION => {
            "check sign, merchant_id and secret_file in the profile's legacy section; PayerMax must have opened it"
        }
        LEGACY_TOKEN => "the account's token on the legacy interface is no longer good; ask PayerMax",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legacy(code: &str) -> Code {
        Code::new(Road::Legacy, code)
    }

    #[test]
    fn unknown_and_doubtful_codes_are_never_taken_for_failure() {
        for code in [
            "SYSTEM_ERROR",
            "UNEXPECTED_ERROR",
            "REQUEST_TIMEOUT",
            "PAYMENT_PROCESSING",
            "ORDER_REPEAT",
            "REFUND_NO_INVALID",
            "",
            "NEW_CODE",
        ] {
            assert_eq!(Code::from(code).class(), CodeClass::Doubt, "{code:?}");
        }
        let documented = ["SYSTEM_ERROR ", "ORDER_REPEAT", "PARAMS_INVALID", "TOO_MANY_REQUEST"];
        assert!(documented.iter().all(|&code| Code::from(code).is_documented()));
        assert!(!["", "429", "NEW_CODE", "BAD_GATEWAY"].iter().any(|&code| Code::from(code).is_documented()));
    }

    #[test]
    fn listed_codes_have_the_class_of_the_page() {
        assert_eq!(Code::from(" APPLY_SUCCESS ").class(), CodeClass::Accepted);
        assert_eq!(Code::from("REQ_TIME_OVER_TIME").class(), CodeClass::Fix);
        assert_eq!(Code::from("TOO_MANY_REQUEST").class(), CodeClass::Later);
        assert_eq!(Code::from("ORDER_NOT_EXIST").class(), CodeClass::Failed);
    }

    #[test]
    fn a_code_means_something_in_its_own_interface_only() {
        for (code, class) in [
            ("0000", CodeClass::Accepted),
            (" 1000", CodeClass::Fix),
            ("3000", CodeClass::Failed),
            ("1072", CodeClass::Failed),
            ("2000", CodeClass::Doubt),
            ("4000", CodeClass::Doubt),
        ] {
            assert_eq!(legacy(code).class(), class, "{code}");
            assert_eq!(legacy(code).is_documented(), code != "4000", "{code}");
            assert_eq!(Code::from(code).class(), CodeClass::Doubt, "{code} of the present gateway");
            assert!(!Code::from(code).is_documented(), "{code} of the present gateway");
            assert!(!Code::from(code).may_pass() && !Code::from(code).concerns_every_call());
        }
        for code in ["APPLY_SUCCESS", "PARAMS_INVALID", "TOO_MANY_REQUEST", "SIGN_VERIFY_FAILED"] {
            assert_eq!(legacy(code).class(), CodeClass::Doubt, "{code}");
            assert!(!legacy(code).is_documented() && !legacy(code).concerns_every_call());
        }
        assert!(legacy("2000").may_pass() && !legacy("1000").may_pass());
        assert!(legacy("3000").concerns_every_call() && legacy("1072").concerns_every_call());
    }
}
