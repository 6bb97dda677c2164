//! Where a case stands, read from its status text (protocol.md section 4.3; chargeback integration page).

use std::fmt;

/// What a case's status means for the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// `DISPUTE_INQUIRY`: the merchant must reply.
    Due,
    /// `DISPUTE_RECEIVED`, `DISPUTE_END`: the issuer decides.
    Waiting,
    /// `CASE_CLOSED`, `CASE_CANCEL` (also spelled `CASE_CANCELL`), `DISPUTE_COMPLETED`.
    Closed,
    /// A status nobody has documented, or none: shown as it is, never counted as settled.
    Unknown,
}

/// The documented words.
const STAGES: [(&str, Stage); 7] = [
    ("DISPUTE_INQUIRY", Stage::Due),
    ("DISPUTE_RECEIVED", Stage::Waiting),
    ("DISPUTE_END", Stage::Waiting),
    ("CASE_CLOSED", Stage::Closed),
    ("CASE_CANCEL", Stage::Closed),
    ("CASE_CANCELL", Stage::Closed),
    ("DISPUTE_COMPLETED", Stage::Closed),
];

impl Stage {
    /// Every stage with the word JSON and filters use.
    pub const ALL: [Stage; 4] = [Stage::Due, Stage::Waiting, Stage::Closed, Stage::Unknown];

    /// Reads a status text; spaces around it do not matter, letter case does not either.
    pub fn of(status: &str) -> Self {
        let status = status.trim();
        STAGES
            .iter()
            .find(|(word, _)| status.eq_ignore_ascii_case(word))
            .map_or(Self::Unknown, |(_, stage)| *stage)
    }

    /// The word in JSON and in the `stage:` filter.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Waiting => "waiting",
            Self::Closed => "closed",
            Self::Unknown => "unknown",
        }
    }

    /// What is next about a case that stands there, in a few words. Nothing documented says that PayerMax refuses a reply
    /// it did not ask for; only a case that is over takes none.
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::Due => "PayerMax waits for your reply",
            Self::Waiting => "the reply is in, and the issuer decides",
            Self::Closed => "a closed case takes no reply, unless it comes back",
            Self::Unknown => "docket does not know this status; PayerMax may take a reply",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_words_have_a_stage_and_others_are_unknown() {
        for (text, stage) in [
            ("DISPUTE_INQUIRY", Stage::Due),
            (" dispute_inquiry\t", Stage::Due),
            ("DISPUTE_RECEIVED", Stage::Waiting),
            ("DISPUTE_END", Stage::Waiting),
            ("CASE_CLOSED", Stage::Closed),
            ("CASE_CANCEL", Stage::Closed),
            ("CASE_CANCELL", Stage::Closed),
            ("DISPUTE_COMPLETED", Stage::Closed),
            ("PRE_ARBITRATION", Stage::Unknown),
            ("", Stage::Unknown),
        ] {
            assert_eq!(Stage::of(text), stage, "{text:?}");
        }
    }
}
