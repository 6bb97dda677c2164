//! What can go wrong on the line (reliability.md section 7).

use std::fmt;

/// One of the twenty faults of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::runtime) enum NetFault {
    DnsFails,
    ConnectRefused,
    ConnectTimeout,
    TlsRefused,
    ResetBeforeBody,
    ResetAfterBody,
    NoAnswer,
    /// What is executed is executed a minute and a half after the call, long after docket gave up.
    LateAnswer,
    Status500,
    Page502,
    Truncated,
    CaptivePortal,
    WrongTypes,
    BadSign,
    NoSign,
    EchoMismatch,
    DuplicateCode,
    TooMany,
    ClockRefusal,
    RedirectElsewhere,
}

impl NetFault {
    pub(in crate::runtime) const ALL: [Self; 20] = [
        Self::DnsFails,
        Self::ConnectRefused,
        Self::ConnectTimeout,
        Self::TlsRefused,
        Self::ResetBeforeBody,
        Self::ResetAfterBody,
        Self::NoAnswer,
        Self::LateAnswer,
        Self::Status500,
        Self::Page502,
        Self::Truncated,
        Self::CaptivePortal,
        Self::WrongTypes,
        Self::BadSign,
        Self::NoSign,
        Self::EchoMismatch,
        Self::DuplicateCode,
        Self::TooMany,
        Self::ClockRefusal,
        Self::RedirectElsewhere,
    ];

    /// Its name in a cell.
    pub(in crate::runtime) const fn name(self) -> &'static str {
        match self {
            Self::DnsFails => "name lookup fails",
            Self::ConnectRefused => "connection refused",
            Self::ConnectTimeout => "no connection in time",
            Self::TlsRefused => "certificate expired",
            Self::ResetBeforeBody => "reset before body",
            Self::ResetAfterBody => "reset after body",
            Self::NoAnswer => "no answer",
            Self::LateAnswer => "late answer",
            Self::Status500 => "500",
            Self::Page502 => "502 with a page",
            Self::Truncated => "200 truncated",
            Self::CaptivePortal => "200 captive portal",
            Self::WrongTypes => "200 wrong types",
            Self::BadSign => "200 wrongly signed",
            Self::NoSign => "200 unsigned",
            Self::EchoMismatch => "200 echo of another",
            Self::DuplicateCode => "duplicate code",
            Self::TooMany => "429 with retry-after",
            Self::ClockRefusal => "clock refusal",
            Self::RedirectElsewhere => "307 elsewhere",
        }
    }

    /// Whether docket is told that no byte has left.
    pub(in crate::runtime) const fn is_before_connection(self) -> bool {
        matches!(self, Self::DnsFails | Self::ConnectRefused | Self::ConnectTimeout | Self::TlsRefused)
    }
}

impl fmt::Display for NetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What happens to a call: what docket sees of it, and whether the gateway has executed it all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::runtime) struct Deed {
    pub(in crate::runtime) fault: NetFault,
    pub(in crate::runtime) executed: bool,
}
