//! What can be made to go wrong, when, and for which call: the list a test builds or a flag spells.
//!
//! A flag is a comma-separated list of `fault[(argument)][@endpoint][=when]`. `when` is `always` (the default), a
//! count `2` (the next two calls), `every-3` (each third call) or a decimal `0.1` (that share of calls, by the
//! seed). `latency`, `skew` and `redirect` may give their argument after `=` instead. For example
//! `latency=50,drop-before=0.1,http-503=2,skew(200)@caseSearch=1`.

use std::fmt;

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::Endpoint;

/// One kind of misbehaviour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answers no sooner than `ms` after the call came in, plus a random part of up to `jitter_ms`. `latency=50` or `latency=50+20`.
    Latency {
        /// Milliseconds.
        ms: u64,
        /// The most milliseconds on top.
        jitter_ms: u64,
    },
    /// Closes the connection without having executed the call. `drop-before`.
    DropBefore,
    /// Executes the call, then closes the connection without an answer. `drop-after`.
    DropAfter,
    /// Answers with this HTTP status and an HTML page. `http-503`, executed first: `http-503-after`.
    Status {
        /// 100 to 599; meant for 4xx and 5xx.
        status: u16,
        /// Whether the call is executed first.
        after: bool,
    },
    /// Answers 429 with `Retry-After` in seconds and `TOO_MANY_REQUEST`, not executed. `http-429(30)`.
    RateLimit {
        /// Seconds.
        retry_after_s: u32,
    },
    /// Executes the call, then closes the connection in the middle of the body. `truncated`.
    Truncated,
    /// Executes the call, then answers 200 with an HTML page. `foreign`.
    Foreign,
    /// Executes the call, then answers with this many mebibytes, signed. `oversized(4)`.
    Oversized {
        /// Mebibytes.
        mib: u32,
    },
    /// Executes the call, then leaves the signature out. `missing-sign`.
    MissingSign,
    /// Executes the call, then signs something else. `wrong-sign`.
    WrongSign,
    /// Runs the sandbox clock this far off, for the two-minute check and for `Date`. `skew=200`.
    Skew {
        /// Seconds; negative for a slow clock.
        seconds: i64,
    },
    /// Answers 307 with this address, not executed. `redirect=http://127.0.0.1:9/`.
    Redirect {
        /// The address.
        to: String,
    },
    /// Executes the call, then fills text fields with hostile text, signed. `hostile(bidi)`.
    Hostile(Hostile),
}

/// A kind of hostile text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hostile {
    /// Terminal escape sequences. `hostile(escapes)`.
    Escapes,
    /// Bidi overrides and invisible characters. `hostile(bidi)`.
    Bidi,
    /// Ten thousand characters. `hostile(long)`.
    Long,
    /// Wide characters and stacked combining marks. `hostile(cjk)`.
    Cjk,
    /// Each of them in turn, in different fields. `hostile`.
    All,
}

/// To which of the matching calls a fault applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Every call.
    Always,
    /// The next so many calls.
    Next(u32),
    /// Each so-many-th call.
    Every(u32),
    /// So many of a million calls, drawn by the sandbox's seed.
    PerMillion(u32),
}

/// A fault, when it applies, and to which endpoint (`None`: to all).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) fault: Fault,
    pub(super) when: When,
    pub(super) endpoint: Option<Endpoint>,
}

/// All that is to go wrong. The default is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    pub(super) rules: Vec<Rule>,
}

impl Faults {
    /// Nothing goes wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a fault for every endpoint.
    #[must_use]
    pub fn with(mut self, fault: Fault, when: When) -> Self {
        self.rules.push(Rule { fault, when, endpoint: None });
        self
    }

    /// Adds a fault for one endpoint.
    #[must_use]
    pub fn with_at(mut self, endpoint: Endpoint, fault: Fault, when: When) -> Self {
        self.rules.push(Rule { fault, when, endpoint: Some(endpoint) });
        self
    }

    /// Adds a fixed delay in milliseconds to every call; none for 0.
    #[must_use]
    pub fn with_latency_ms(self, ms: u64) -> Self {
        if ms == 0 { self } else { self.with(Fault::Latency { ms, jitter_ms: 0 }, When::Always) }
    }

    /// Reads the list that a flag spells; an empty text or `none` is no fault.
    ///
    /// # Errors
    /// One sentence that names the part that cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty() && *part != "none");
        Ok(Self { rules: parts.map(parse_rule).collect::<Result<_, _>>()? })
    }
}

fn parse_rule(part: &str) -> Result<Rule, String> {
    let (head, value) = part.split_once('=').map_or((part, None), |(head, value)| (head, Some(value)));
    let (head, endpoint) = match head.split_once('@') {
        Some((head, name)) => {
            let endpoint = Endpoint::named(name).ok_or_else(|| format!("no such endpoint: {name:?}"))?;
            (head, Some(endpoint))
        }
        None => (head, None),
    };
    let (name, argument) = match head.strip_suffix(')').and_then(|head| head.split_once('(')) {
        Some((name, argument)) => (name, Some(argument)),
        None => (head, None),
    };
    // For these the short form `latency=50` gives the argument, not the calls.
    let takes_value = matches!(name, "latency" | "skew" | "redirect") && argument.is_none();
    let (argument, value) = if takes_value { (value, None) } else { (argument, value) };
    let fault = parse_fault(name, argument).ok_or_else(|| format!("no such fault: {part:?}"))?;
    let when = parse_when(value).ok_or_else(|| format!("cannot read which calls are meant: {part:?}"))?;
    Ok(Rule { fault, when, endpoint })
}

fn parse_fault(name: &str, argument: Option<&str>) -> Option<Fault> {
    let plain = |fault: Fault| argument.is_none().then_some(fault);
    match name {
        "latency" => {
            let (ms, jitter_ms) = argument?.split_once('+').unwrap_or((argument?, "0"));
            Some(Fault::Latency { ms: ms.parse().ok()?, jitter_ms: jitter_ms.parse().ok()? })
        }
        "drop-before" => plain(Fault::DropBefore),
        "drop-after" => plain(Fault::DropAfter),
        "truncated" => plain(Fault::Truncated),
        "foreign" => plain(Fault::Foreign),
        "missing-sign" => plain(Fault::MissingSign),
        "wrong-sign" => plain(Fault::WrongSign),
        "oversized" => {
            let mib = argument.unwrap_or("4").parse().ok().filter(|mib| (1..=64).contains(mib))?;
            Some(Fault::Oversized { mib })
        }
        "skew" => {
            Some(Fault::Skew { seconds: argument?.parse().ok().filter(|s| (-86_400..=86_400).contains(s))? })
        }
        "redirect" => {
            let to = argument?;
            let printable = to.bytes().all(|byte| byte.is_ascii_graphic());
            (printable && !to.is_empty()).then(|| Fault::Redirect { to: to.to_owned() })
        }
        "http-429" => Some(Fault::RateLimit { retry_after_s: argument.unwrap_or("1").parse().ok()? }),
        "hostile" => parse_hostile(argument.unwrap_or("all")).map(Fault::Hostile),
        _ => plain(parse_status(name.strip_prefix("http-")?)?),
    }
}

fn parse_status(text: &str) -> Option<Fault> {
    let (digits, after) = text.strip_suffix("-after").map_or((text, false), |digits| (digits, true));
    let status = digits.parse().ok().filter(|status| (400..=599).contains(status))?;
    Some(Fault::Status { status, after })
}

fn parse_hostile(text: &str) -> Option<Hostile> {
    let all = [Hostile::Escapes, Hostile::Bidi, Hostile::Long, Hostile::Cjk, Hostile::All];
    all.into_iter().find(|kind| kind.name() == text)
}

fn parse_when(text: Option<&str>) -> Option<When> {
    let Some(text) = text.filter(|text| *text != "always") else { return Some(When::Always) };
    if let Some(count) = text.strip_prefix("every-") {
        return count.parse().ok().filter(|count| *count > 0).map(When::Every);
    }
    if text.contains('.') {
        let share = Decimal::from_str_exact(text).ok()?.checked_mul(Decimal::from(1_000_000))?;
        return share.to_u32().filter(|share| *share <= 1_000_000).map(When::PerMillion);
    }
    text.parse().ok().map(When::Next)
}

impl Hostile {
    /// The word in a flag.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Escapes => "escapes",
            Self::Bidi => "bidi",
            Self::Long => "long",
            Self::Cjk => "cjk",
            Self::All => "all",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency { .. } => f.write_str("latency"),
            Self::DropBefore => f.write_str("drop-before"),
            Self::DropAfter => f.write_str("drop-after"),
            Self::Status { status, after } => {
                write!(f, "http-{status}{}", if *after { "-after" } else { "" })
            }
            Self::RateLimit { .. } => f.write_str("http-429"),
            Self::Truncated => f.write_str("truncated"),
            Self::Foreign => f.write_str("foreign"),
            Self::Oversized { .. } => f.write_str("oversized"),
            Self::MissingSign => f.write_str("missing-sign"),
            Self::WrongSign => f.write_str("wrong-sign"),
            Self::Skew { seconds } => write!(f, "skew({seconds})"),
            Self::Redirect { .. } => f.write_str("redirect"),
            Self::Hostile(kind) => write!(f, "hostile({})", kind.name()),
        }
    }
}
