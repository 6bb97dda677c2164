//! One call of this session as it went. The journal keeps what was sent; these are every question besides, kept in memory
//! and in the log, for the moment in which somebody asks what docket is doing and why it takes so long.

use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;

use super::action::{self, State};
use super::fault::{Fault, Signature};
use super::ids::CaseId;

/// The longest reason that is kept, in characters.
const WHY_MAX: usize = 80;

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// One case.
    CaseSearch,
    /// The reply to a case or a batch; PayerMax spells it so.
    CaseReplay,
    /// A refund.
    Refund,
    /// How a refund stands.
    RefundQuery,
    /// Whether an evidence address answers; no call to PayerMax.
    LinkCheck,
}

impl What {
    /// The name of the endpoint.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CaseSearch => "caseSearch",
            Self::CaseReplay => "caseReplay",
            Self::Refund => "refund",
            Self::RefundQuery => "refundQuery",
            Self::LinkCheck => "link check",
        }
    }

    /// Whether it changes something, so that a call without an answer leaves a doubt.
    const fn acts(self) -> bool {
        matches!(self, Self::CaseReplay | Self::Refund)
    }
}

/// What a call was about; foreign text, shown through [`super::shown`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A case.
    Case(CaseId),
    /// A batch of cases.
    Batch(String),
    /// The order of a refund.
    Order(String),
    /// The number of a refund whose order the call does not know.
    Number(String),
    /// The host of an address. Path and query are left out: they may be a key to the file.
    Host(String),
}

impl About {
    /// The identifier alone.
    pub fn id(&self) -> &str {
        match self {
            Self::Case(id) => id.as_str(),
            Self::Batch(text) | Self::Order(text) | Self::Number(text) | Self::Host(text) => text,
        }
    }
}

/// How a call ended, in the words of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A believed answer.
    Ok,
    /// The gateway refused it with this code.
    Refused(String),
    /// Nobody can tell whether it was carried out, and why.
    Unknown(String),
    /// A question without a believed answer, and why.
    Failed(String),
    /// Nothing left this host, and why.
    NotSent(String),
}

impl Outcome {
    /// What an end of a call comes to.
    pub fn of(what: What, fault: Option<&Fault>) -> Self {
        let Some(fault) = fault else { return Self::Ok };
        let doubt = what.acts() && action::verdict(fault) == State::Unknown;
        match fault {
            Fault::Unsent(_) | Fault::Signing(_) => Self::NotSent(brief(fault)),
            _ if doubt => Self::Unknown(brief(fault)),
            Fault::Refused { code, .. } => Self::Refused(clipped(code.word())),
            _ => Self::Failed(brief(fault)),
        }
    }

    /// Whether the answer was believed and good.
    pub fn is_ok(&self) -> bool {
        *self == Self::Ok
    }

    /// Whether nothing left this host, so that no answer was missed.
    pub const fn is_unsent(&self) -> bool {
        matches!(self, Self::NotSent(_))
    }

    /// Whether it left, and no good answer came.
    pub fn is_failed(&self) -> bool {
        !self.is_ok() && !self.is_unsent()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("ok"),
            Self::Refused(code) => write!(f, "refused {code}"),
            Self::Unknown(why) => write!(f, "unknown: {why}"),
            Self::Failed(why) => write!(f, "failed: {why}"),
            Self::NotSent(why) => write!(f, "not sent: {why}"),
        }
    }
}

/// A fault in a few words.
fn brief(fault: &Fault) -> String {
    match fault {
        Fault::TimedOut => "timed out".to_owned(),
        Fault::Http { status, .. } => format!("HTTP {status}"),
        Fault::Refused { code, .. } => clipped(code.word()),
        Fault::Unverified(Signature::Absent) => "the answer is unsigned".to_owned(),
        Fault::Unverified(_) => "the answer is wrongly signed".to_owned(),
        Fault::Unsent(why) | Fault::Garbled(why) | Fault::Signing(why) => clipped(why),
        Fault::Dropped(_) => "the connection broke".to_owned(),
    }
}

fn clipped(text: &str) -> String {
    super::shown::clipped(text, WHY_MAX).into_owned()
}

/// What is heard of a call. It holds no key, no token, no `sign` value and no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// What was called.
    pub what: What,
    /// For what.
    pub about: About,
    /// How it ended.
    pub outcome: Outcome,
    /// What the answer's signature is worth; `None` where no whole answer came, or none is signed.
    pub signature: Option<Signature>,
    /// The HTTP status; `None` where no answer began.
    pub http_status: Option<u16>,
    /// How much of an answer's body came, in bytes.
    pub bytes: usize,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// When it left (UTC).
    pub at: OffsetDateTime,
    /// From then to its end: connection, answer, signature check. The signing of the request is before it.
    pub took: Duration,
    /// The rest.
    pub heard: Heard,
}

/// A duration as people read it: `84 ms`, `1.2 s`, `3 min 5 s`.
pub fn told(took: Duration) -> String {
    match (took.as_secs(), took.as_millis()) {
        (0, ms) => format!("{ms} ms"),
        (1..=99, ms) => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        (s, _) => format!("{} min {} s", s / 60, s % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn refused(code: &str) -> Fault {
        let (msg, signature) = (String::new(), Signature::Valid);
        Fault::Refused { status: 200, code: code.into(), msg, signature, retry_after: None, skew: None }
    }

    #[test]
    fn an_end_is_told_in_the_words_of_the_journal() {
        let told = |what, fault: Fault| Outcome::of(what, Some(&fault)).to_string();
        assert_eq!(Outcome::of(What::Refund, None).to_string(), "ok");
        assert_eq!(told(What::CaseSearch, refused("ORDER_NOT_EXIST")), "refused ORDER_NOT_EXIST");
        assert_eq!(told(What::Refund, refused("AMOUNT_INVALID")), "refused AMOUNT_INVALID");
        assert_eq!(told(What::Refund, refused("NEW_CODE")), "unknown: NEW_CODE");
        assert_eq!(told(What::CaseReplay, Fault::TimedOut), "unknown: timed out");
        assert_eq!(told(What::CaseSearch, Fault::TimedOut), "failed: timed out");
        assert_eq!(told(What::Refund, Fault::Unsent("no route".into())), "not sent: no route");
        assert_eq!(
            told(What::RefundQuery, Fault::Http { status: 502, retry_after: None }),
            "failed: HTTP 502"
        );
        for fault in [Fault::Unsent("no route".into()), Fault::Signing("the agent is gone".into())] {
            let outcome = Outcome::of(What::CaseSearch, Some(&fault));
            assert!(outcome.is_unsent() && !outcome.is_failed() && !outcome.is_ok(), "{outcome}");
        }
        assert!(Outcome::of(What::Refund, Some(&Fault::TimedOut)).is_failed());
        assert!(told(What::Refund, Fault::Signing("x".repeat(300))).chars().count() < 100);
    }

    #[test]
    fn a_duration_reads_in_three_ways() {
        let told = |ms| told(Duration::from_millis(ms));
        assert_eq!(
            [0, 84, 999, 1_000, 1_290, 99_999, 185_000].map(told),
            ["0 ms", "84 ms", "999 ms", "1.0 s", "1.2 s", "99.9 s", "3 min 5 s"]
        );
    }
}
