//! What goes into the store and what comes out, in the operator's words: no column, no row number.

use time::OffsetDateTime;

use crate::domain::case::Case;
use crate::domain::change::Change;
use crate::domain::ids::CaseId;
use crate::domain::tracked::Failure;

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
}

impl NewCase {
    /// An id and nothing else.
    pub fn new(id: CaseId) -> Self {
        Self { id, note: None, tags: None, owner: None, reason_code: None, reason_message: None }
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
