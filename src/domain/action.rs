//! The life of an action: one table for replies and refunds, and nothing that ever sends twice by itself.
//!
//! ```text
//! draft ─confirm─▶ intended ─▶ sending ─┬─▶ accepted ──▶ settled
//!                     ▲                 ├─▶ refused ───▶ (corrected: a new action; of a refund, under the same number)
//!                     │                 └─▶ unknown ─┬─▶ accepted, settled
//!                     └──── operator's decision ◀────┴─▶ not-received
//! ```
//! What was taken for refused or not received and turns up at PayerMax is accepted or settled after all.
//! Sent again and refused, an action goes back to not-received: the refusal says nothing of the attempt before it, unless
//! PayerMax has signed it.

use std::fmt;

use super::fault::Fault;
use super::return_code::CodeClass;

/// Where an action stands; the words in JSON, in the database and on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Being written; nothing was sent.
    Draft,
    /// Confirmed and on disk; nothing was sent yet.
    Intended,
    /// Its bytes may be leaving. After a crash this reads as unknown.
    Sending,
    /// Taken by the gateway. Not yet the outcome of the case or the refund.
    Accepted,
    /// Certainly not executed.
    Refused,
    /// Nobody can tell; only asking does.
    Unknown,
    /// Its end is known: a reply seen received, a refund paid or failed.
    Settled,
    /// Asked for long enough, and never heard of by the gateway.
    NotReceived,
}

impl State {
    /// Every state.
    pub const ALL: [State; 8] = [
        Self::Draft,
        Self::Intended,
        Self::Sending,
        Self::Accepted,
        Self::Refused,
        Self::Unknown,
        Self::Settled,
        Self::NotReceived,
    ];

    /// The word in JSON, in the database and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Intended => "intended",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Settled => "settled",
            Self::NotReceived => "not-received",
        }
    }

    /// Reads a word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether an action may go from here to there.
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft | Self::NotReceived | Self::Refused, Self::Intended)
                | (Self::Intended, Self::Sending | Self::Refused | Self::NotReceived)
                | (Self::Sending, Self::Accepted | Self::Refused | Self::Unknown | Self::NotReceived)
                | (Self::Unknown, Self::Accepted | Self::Settled | Self::NotReceived)
                | (Self::Accepted, Self::Settled)
                // PayerMax has it after all: what was concluded before was wrong.
                | (Self::Refused | Self::NotReceived, Self::Accepted | Self::Settled)
                // News that changes nothing but is kept: PayerMax says what cannot be.
                | (Self::Unknown, Self::Unknown)
                | (Self::Accepted, Self::Accepted)
        )
    }

    /// Whether nobody can tell yet what became of it, so that it stands in the way of another one on the same target.
    /// An accepted refund does as well; see [`super::record::ActionRecord::is_open`].
    pub fn is_open(self) -> bool {
        matches!(self, Self::Intended | Self::Sending | Self::Unknown)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What a failed send says about whether it was executed (reliability.md section 1.4).
pub fn verdict(fault: &Fault) -> State {
    // A server that says it has failed may have failed after executing, whatever else it says.
    if matches!(fault, Fault::Refused { status: 408 | 500.., .. }) {
        return State::Unknown;
    }
    match fault {
        // No byte left this host; and the rate limiter stands before execution.
        Fault::Unsent(_) | Fault::Signing(_) | Fault::Http { status: 429, .. } => State::Refused,
        Fault::Refused { code, .. } => match code.class() {
            CodeClass::Failed | CodeClass::Fix | CodeClass::Later => State::Refused,
            CodeClass::Accepted | CodeClass::Doubt => State::Unknown,
        },
        Fault::TimedOut
        | Fault::Dropped(_)
        | Fault::Http { .. }
        | Fault::Unverified(_)
        | Fault::Garbled(_) => State::Unknown,
    }
}

/// Whether a refusal can pass by itself, so that offering the same action again makes sense.
pub fn may_pass(fault: &Fault) -> bool {
    if verdict(fault) != State::Refused {
        return false;
    }
    match fault {
        Fault::Unsent(_) | Fault::Http { status: 429, .. } => true,
        Fault::Refused { code, .. } => code.class() == CodeClass::Later,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fault::Signature;
    use super::*;

    fn refused(code: &str) -> Fault {
        Fault::Refused {
            status: 200,
            code: code.into(),
            msg: String::new(),
            signature: Signature::Absent,
            retry_after: None,
            skew: None,
        }
    }

    #[test]
    fn doubt_is_the_rule_and_refusal_needs_proof() {
        for fault in [
            Fault::TimedOut,
            Fault::Dropped(String::new()),
            Fault::Http { status: 502, retry_after: None },
            Fault::Http { status: 307, retry_after: None },
            Fault::Unverified(Signature::Wrong),
            Fault::Garbled(String::new()),
            refused("SYSTEM_ERROR"),
            refused("BRAND_NEW_CODE"),
            refused("ORDER_REPEAT"),
        ] {
            assert_eq!(verdict(&fault), State::Unknown, "{fault:?}");
            assert!(!may_pass(&fault));
        }
        for fault in [
            Fault::Unsent(String::new()),
            Fault::Http { status: 429, retry_after: None },
            refused("TOO_MANY_REQUEST"),
        ] {
            assert_eq!(verdict(&fault), State::Refused, "{fault:?}");
            assert!(may_pass(&fault));
        }
        let mut broken = refused("TOO_MANY_REQUEST");
        if let Fault::Refused { status, .. } = &mut broken {
            *status = 503;
        }
        assert_eq!(verdict(&broken), State::Unknown, "a 5xx is in doubt whatever its code");
        assert!(!may_pass(&broken));
        assert_eq!(verdict(&refused("PARAMS_INVALID")), State::Refused);
        assert!(!may_pass(&refused("PARAMS_INVALID")));
    }

    #[test]
    fn nothing_goes_back_to_sending_without_the_operator() {
        for state in State::ALL {
            assert_eq!(state.may_become(State::Sending), state == State::Intended, "{state}");
            assert_eq!(State::from_word(state.word()), Some(state));
        }
        assert!(!State::Unknown.may_become(State::Intended), "an unknown one must be cleared first");
    }
}
