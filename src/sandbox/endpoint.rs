//! The calls the sandbox serves, under their names on the wire.

/// A call of the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `caseSearch`: one case by its id.
    CaseSearch,
    /// `caseReplay`, so spelled: the reply to a case or a batch.
    CaseReplay,
    /// `refund`.
    Refund,
    /// `refundQuery`.
    RefundQuery,
    /// The single address of the older v2.1 interface, dispatched by `bizType`.
    Legacy,
    /// Any other address.
    Unknown,
}

impl Endpoint {
    /// Every endpoint that answers.
    pub const ALL: [Endpoint; 5] =
        [Self::CaseSearch, Self::CaseReplay, Self::Refund, Self::RefundQuery, Self::Legacy];

    /// The last part of the address; `legacy` for the older interface.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CaseSearch => "caseSearch",
            Self::CaseReplay => "caseReplay",
            Self::Refund => "refund",
            Self::RefundQuery => "refundQuery",
            Self::Legacy => "legacy",
            Self::Unknown => "unknown",
        }
    }

    /// The endpoint of a name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|endpoint| endpoint.name() == name)
    }
}
