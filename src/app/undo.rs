//! What `z` takes back: local changes only. What was sent to the gateway cannot be undone, and says so.

use time::OffsetDateTime;

use crate::domain::ids::CaseId;
use crate::domain::tracked::LocalChange;

use super::resetting::Before;

/// How many local changes are remembered.
const DEPTH: usize = 50;

/// A local change, with what is needed to take it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// A note, tags, an owner, a decision or a snooze was written on some cases.
    Local(Vec<Written>),
    /// These were taken off the list.
    Untracked(Vec<CaseId>),
    /// These were put on the list.
    Tracked(Vec<CaseId>),
    /// Changes of these cases were marked as seen at this instant.
    Seen(OffsetDateTime),
    /// A view was given back to docket.
    Reset(Box<Before>),
}

/// One word that was written on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The case.
    pub id: CaseId,
    /// What was there before.
    pub before: LocalChange,
    /// What was written: only while it still stands there can it be taken back.
    pub after: LocalChange,
}

/// The newest local changes.
#[derive(Clone, Debug, Default)]
pub struct UndoStack {
    changes: Vec<Undo>,
    /// What was sent since the newest change.
    sent: Option<String>,
}

impl UndoStack {
    /// Remembers a change.
    pub(crate) fn push(&mut self, change: Undo) {
        self.sent = None;
        if self.changes.len() == DEPTH {
            self.changes.remove(0);
        }
        self.changes.push(change);
    }

    /// The newest change, removed.
    pub(crate) fn pop(&mut self) -> Option<Undo> {
        self.changes.pop()
    }

    /// Something has left for the gateway, such as "the reply to O1". Whoever wants to take back the newest thing they
    /// did means this.
    pub(crate) fn note_sent(&mut self, what: String) {
        self.sent = Some(what);
    }

    /// What was sent since the newest change.
    pub fn sent(&self) -> Option<&str> {
        self.sent.as_deref()
    }

    /// The same, said and done with.
    pub(crate) fn take_sent(&mut self) -> Option<String> {
        self.sent.take()
    }

    /// Whether there is nothing to take back.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
