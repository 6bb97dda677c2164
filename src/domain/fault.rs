//! Everything that can go wrong between a request and a believed answer, in words and with a remedy.

use std::fmt;
use std::time::Duration;

use super::return_code::{self, Code};
use super::shown;

/// So many characters of a received message are told; what docket adds behind it must not be lost.
const RECEIVED_MAX: usize = 400;

/// Whether an answer carried a signature of PayerMax's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Present and valid over the raw body.
    Valid,
    /// Present, but not PayerMax's over these bytes.
    Wrong,
    /// No `sign` header.
    Absent,
}

/// How far this host's clock is from the gateway's, in whole seconds; positive when this host is ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skew(pub i64);

impl fmt::Display for Skew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (minutes, seconds) = (self.0.unsigned_abs() / 60, self.0.unsigned_abs() % 60);
        let side = if self.0 < 0 { "behind" } else { "ahead of" };
        match minutes {
            0 => write!(f, "{seconds} s {side} the gateway"),
            _ => write!(f, "{minutes} min {seconds} s {side} the gateway"),
        }
    }
}

/// Why a call brought no believed answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No byte left this host: name lookup, connection, proxy or TLS failed.
    Unsent(String),
    /// No answer within the time limit.
    TimedOut,
    /// The connection broke after the request had left.
    Dropped(String),
    /// An HTTP error status with no envelope behind it, or with a code that is none of PayerMax's.
    Http {
        /// The status, 300 to 599.
        status: u16,
        /// From `Retry-After`, when given.
        retry_after: Option<Duration>,
    },
    /// The gateway refused the call with a return code.
    Refused {
        /// The HTTP status it came with.
        status: u16,
        /// The code as received, which knows the interface it belongs to.
        code: Code,
        /// The message as received; shown through [`super::shown`].
        msg: String,
        /// Whether the refusal was signed.
        signature: Signature,
        /// From `Retry-After`, when given.
        retry_after: Option<Duration>,
        /// This host's clock against the answer's `Date`, when that is known.
        skew: Option<Skew>,
    },
    /// A success nobody signed, or signed wrongly: not believed.
    Unverified(Signature),
    /// An answer that cannot be read: not JSON, too large, of another case, of the wrong shape.
    Garbled(String),
    /// The request could not even be signed.
    Signing(String),
}

impl Fault {
    /// The word for JSON and tables: PayerMax's own code, or one of ours in the same style.
    pub fn code(&self) -> String {
        match self {
            Self::Unsent(_) => "UNREACHABLE".to_owned(),
            Self::TimedOut => "TIMED_OUT".to_owned(),
            Self::Dropped(_) => "DROPPED".to_owned(),
            Self::Http { status, .. } => format!("HTTP_{status}"),
            Self::Refused { code, .. } => code.word().to_owned(),
            Self::Unverified(_) => "UNVERIFIED".to_owned(),
            Self::Garbled(_) => "GARBLED".to_owned(),
            Self::Signing(_) => "NOT_SIGNED".to_owned(),
        }
    }

    /// What to do about it, one sentence without a full stop.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unsent(_) => "check the network, the proxy settings and the profile's address",
            Self::TimedOut | Self::Dropped(_) => {
                "try again; if it stays, raise [refresh] timeout_s or check the link"
            }
            Self::Http { status: 300..=399, .. } => {
                "something between here and the gateway redirects; docket never follows"
            }
            Self::Http { .. } => "the gateway or a proxy before it is in trouble; try again in a minute",
            Self::Refused { code, .. } => code.hint().unwrap_or("look the code up with PayerMax"),
            Self::Unverified(_) => {
                "check gateway_public_key_file; if it is right, someone may be altering answers"
            }
            Self::Garbled(_) => "a proxy may be answering instead of PayerMax; the old data is kept",
            Self::Signing(_) => "`docket doctor` tries the signer of the profile out",
        }
    }

    /// Whether asking again may help, for calls that only read.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unsent(_) | Self::TimedOut | Self::Dropped(_) => true,
            Self::Http { status, .. } => is_passing(*status),
            Self::Refused { status, code, .. } => is_passing(*status) || code.may_pass(),
            Self::Unverified(_) | Self::Garbled(_) | Self::Signing(_) => false,
        }
    }

    /// Whether the gateway, or something before it, says that calls come too fast.
    pub fn is_too_many(&self) -> bool {
        match self {
            Self::Http { status, .. } => *status == 429,
            Self::Refused { status, code, .. } => {
                *status == 429 || code.word() == return_code::TOO_MANY_REQUEST
            }
            _ => false,
        }
    }

    /// Whether any other case would meet the same: the line, the profile or the gateway is at fault, not the case.
    pub fn concerns_every_case(&self) -> bool {
        match self {
            Self::Unsent(_) | Self::TimedOut | Self::Dropped(_) | Self::Unverified(_) | Self::Signing(_) => {
                true
            }
            Self::Http { .. } => !self.is_too_many(),
            Self::Refused { code, .. } => code.concerns_every_call(),
            Self::Garbled(_) => false,
        }
    }

    /// How long the gateway asked us to wait, when it did.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http { retry_after, .. } | Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// HTTP statuses that speak of the moment and not of the request.
fn is_passing(status: u16) -> bool {
    status == 429 || status == 408 || status >= 500
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsent(why) => write!(f, "the gateway could not be reached: {why}"),
            Self::TimedOut => write!(f, "no answer in time"),
            Self::Dropped(why) => write!(f, "the connection broke: {why}"),
            Self::Http { status, .. } => write!(f, "answered with HTTP status {status} instead of a result"),
            Self::Refused { code, msg, signature, skew, .. } => {
                let msg = if msg.trim().is_empty() { "refused without a message" } else { msg.trim() };
                f.write_str(&shown::clipped(msg, RECEIVED_MAX))?;
                if let Some(skew) = skew.filter(|_| code.word() == return_code::REQ_TIME_OVER_TIME) {
                    write!(f, " (this host's clock is {skew})")?;
                }
                f.write_str(match signature {
                    Signature::Valid => "",
                    Signature::Wrong => " (signature not PayerMax's)",
                    Signature::Absent => " (unsigned)",
                })
            }
            Self::Unverified(Signature::Absent) => {
                write!(f, "the answer carries no signature, so it is not believed")
            }
            Self::Unverified(_) => {
                write!(f, "the answer's signature is not PayerMax's, so it is not believed")
            }
            Self::Garbled(why) => write!(f, "the answer cannot be read: {why}"),
            Self::Signing(why) => write!(f, "the request could not be signed: {why}"),
        }
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skewed_clock_is_named_with_its_size_and_side() {
        let fault = Fault::Refused {
            status: 200,
            code: "REQ_TIME_OVER_TIME".into(),
            msg: "request time over time".into(),
            signature: Signature::Absent,
            retry_after: None,
            skew: Some(Skew(303)),
        };
        assert_eq!(
            fault.to_string(),
            "request time over time (this host's clock is 5 min 3 s ahead of the gateway) (unsigned)"
        );
        assert_eq!(Skew(-30).to_string(), "30 s behind the gateway");
    }

    #[test]
    fn a_refusal_that_payermax_did_not_sign_says_so() {
        for (signature, text) in [
            (Signature::Valid, "no such order"),
            (Signature::Wrong, "no such order (signature not PayerMax's)"),
            (Signature::Absent, "no such order (unsigned)"),
        ] {
            let (code, msg) = ("ORDER_NOT_EXIST".into(), " no such order\n".into());
            let refused = Fault::Refused { status: 200, code, msg, signature, retry_after: None, skew: None };
            assert_eq!(refused.to_string(), text);
        }
    }

    #[test]
    fn a_fault_of_the_profile_is_told_from_one_of_the_case() {
        let refused = |code: &str| Fault::Refused {
            status: 200,
            code: code.into(),
            msg: String::new(),
            signature: Signature::Valid,
            retry_after: None,
            skew: None,
        };
        for fault in [refused("SIGN_VERIFY_FAILED"), Fault::TimedOut, Fault::Unverified(Signature::Wrong)] {
            assert!(fault.concerns_every_case(), "{fault:?}");
        }
        let too_many = Fault::Http { status: 429, retry_after: None };
        for fault in [refused("ORDER_NOT_EXIST"), refused("NEW_CODE"), too_many] {
            assert!(!fault.concerns_every_case(), "{fault:?}");
        }
    }

    #[test]
    fn only_passing_trouble_is_asked_again() {
        assert!(Fault::TimedOut.may_pass());
        assert!(Fault::Http { status: 429, retry_after: None }.may_pass());
        assert!(!Fault::Http { status: 302, retry_after: None }.may_pass());
        assert!(!Fault::Unverified(Signature::Wrong).may_pass());
        assert!(!Fault::Garbled("not JSON".into()).may_pass());
    }
}
