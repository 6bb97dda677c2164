//! What the journal and the drafts hold: every reply and refund ever attempted, and every reply begun.

use std::time::Duration;

use time::OffsetDateTime;

use super::action::State;
use super::ids::CaseId;
use super::reply::{Target, Written};

/// What kind of action it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A reply to one case.
    Reply,
    /// A reply to a whole batch.
    ReplyBatch,
    /// A refund of an order.
    Refund,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 3] = [Self::Reply, Self::ReplyBatch, Self::Refund];

    /// The word in JSON and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::ReplyBatch => "reply-batch",
            Self::Refund => "refund",
        }
    }

    /// Reads a word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// The name of an action: docket's own, unique on every host (`A-` and 26 characters).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(pub String);

/// An action that the operator has confirmed, before its first byte leaves. `data` is written once and kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Its name.
    pub id: ActionId,
    /// What it is.
    pub kind: Kind,
    /// The case it is about; `None` for a batch.
    pub case_id: Option<CaseId>,
    /// The batch it is about.
    pub batch_id: Option<String>,
    /// The merchant's order number, for refunds.
    pub order: Option<String>,
    /// The refund's number, for refunds.
    pub out_refund_no: Option<String>,
    /// The amount as it goes out, for refunds.
    pub amount: Option<String>,
    /// Its currency, for refunds.
    pub currency: Option<String>,
    /// The `data` object of the request, byte for byte.
    pub data: Vec<u8>,
    /// Who confirmed it.
    pub operator: String,
}

/// One action as the journal has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionRecord {
    /// What was intended.
    pub intent: Intent,
    /// Where it stands.
    pub state: State,
    /// What was found out about it last.
    pub finding: Finding,
    /// When it was confirmed (UTC).
    pub created_at: OffsetDateTime,
    /// When its newest attempt began (UTC).
    pub sent_at: Option<OffsetDateTime>,
    /// When the newest attempt had its end (UTC), whatever that was; `None` while there is none.
    pub answered_at: Option<OffsetDateTime>,
    /// When its end became known (UTC): a refund paid or failed, a reply seen received.
    pub settled_at: Option<OffsetDateTime>,
}

impl ActionRecord {
    /// How long the newest attempt took, from its first byte to its end; `None` where the journal does not tell.
    pub fn took(&self) -> Option<Duration> {
        let took = self.answered_at? - self.sent_at?;
        // A clock that was set back tells nothing.
        Duration::try_from(took).ok()
    }

    /// Whether it stands in the way of another action on its target. An accepted refund does, until it is paid or has
    /// failed; an accepted reply does not.
    pub fn is_open(&self) -> bool {
        self.state.is_open() || (self.intent.kind == Kind::Refund && self.state == State::Accepted)
    }
}

/// The code of a finding: PayerMax has another refund under the number of ours.
pub const MISMATCH: &str = "MISMATCH";

/// The code of a finding: PayerMax has a refund of ours that was taken for refused or not received.
pub const FOUND_LATER: &str = "FOUND_LATER";

/// What came of an attempt, or of asking about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// The return code, or docket's own word.
    pub code: Option<String>,
    /// The message.
    pub msg: Option<String>,
    /// The business status, as received (`REFUND_PENDING`, a case status).
    pub status: Option<String>,
    /// Ids the gateway took, of a reply.
    pub success_case_ids: Vec<String>,
    /// Ids the gateway did not take, of a reply.
    pub fail_case_ids: Vec<String>,
}

/// A reply that is being written; on disk at every pause in typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it will answer: one case, several, or a batch. The key: one draft for one set of targets.
    pub targets: Vec<Target>,
    /// The words and files so far.
    pub written: Written,
    /// When it was last changed (UTC).
    pub changed_at: OffsetDateTime,
}
