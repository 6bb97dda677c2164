//! What goes into the store and what comes out, in the operator's words: no column, no row number.

use time::OffsetDateTime;

use crate::domain::action::State;
use crate::domain::case::Case;
use crate::domain::change::Change;
use crate::domain::fault::Signature;
use crate::domain::ids::CaseId;
use crate::domain::tally::Tally;
use crate::domain::tracked::{Failure, Tracked};

/// What is known of a list before all of it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// Its counts and sums.
    pub tally: Tally,
    /// How old it is (UTC); see [`crate::domain::tracked::as_of`].
    pub as_of: Option<OffsetDateTime>,
    /// The first cases that need a reply and do not sleep, in order of due date.
    pub due: Vec<Tracked>,
}

/// A case to put on the list. `None` leaves what is already kept as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCase {
    /// The key.
    pub id: CaseId,
    /// A note from the imported file.
    pub note: Option<String>,
    /// Tags from the imported file; they replace the ones that are there.
    pub tags: Option<Vec<String>>,
    /// Who looks after it, from the imported file.
    pub owner: Option<String>,
    /// `reasonCode` of a chargeback notification, as received.
    pub reason_code: Option<String>,
    /// `reasonMessage` of a chargeback notification, as received.
    pub reason_message: Option<String>,
    /// `cardOrg` of a chargeback notification, as received.
    pub card_scheme: Option<String>,
}

impl NewCase {
    /// An id and nothing else.
    pub fn new(id: CaseId) -> Self {
        Self {
            id,
            note: None,
            tags: None,
            owner: None,
            reason_code: None,
            reason_message: None,
            card_scheme: None,
        }
    }
}

/// What putting a case on the list came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It was never there before.
    New,
    /// It had been taken off; its notes and history are back.
    Restored,
    /// It was on the list already.
    Known,
}

/// One answer, or one failed attempt, for one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Which case.
    pub id: CaseId,
    /// When this host had the answer (UTC).
    pub at: OffsetDateTime,
    /// What the gateway said of the case, or why nothing could be believed.
    pub outcome: Result<Case, Failure>,
}

/// What an observation came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// Which case.
    pub id: CaseId,
    /// The fields that are no longer what they were; empty for a first answer, a late one and a failure.
    pub changes: Vec<Change>,
    /// Whether this was the first believed answer for the case.
    pub first: bool,
}

/// What came back on an attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredExchange {
    /// The body as it came, or the first part of it; `None` when no answer began.
    pub answer: Option<Vec<u8>>,
    /// The HTTP status; `None` when no answer began.
    pub http_status: Option<u16>,
    /// What the answer's signature is worth; `None` when no whole answer came.
    pub signature: Option<Signature>,
}

/// One try at an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which one, from 1.
    pub n: u32,
    /// When it began (UTC).
    pub started_at: OffsetDateTime,
    /// The exact bytes of the request.
    pub request: Vec<u8>,
    /// When it was over (UTC); `None` while it lasts, and for ever if docket ended first.
    pub ended_at: Option<OffsetDateTime>,
    /// What it came to: accepted, refused or unknown.
    pub verdict: Option<State>,
    /// What came back.
    pub exchange: StoredExchange,
}

/// What checking the journal found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalCheck {
    /// How many entries there are.
    pub entries: u64,
    /// The first one that is not what it was, if any.
    pub broken: Option<JournalBreak>,
}

/// Where the journal is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalBreak {
    /// The entry, from 1; 0 for an action without any.
    pub entry: u64,
    /// What is wrong, the middle of a sentence.
    pub why: String,
}
