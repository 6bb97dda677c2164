//! What `z` takes back: local changes only. What was sent to the gateway cannot be undone, and says so.

use time::OffsetDateTime;

use crate::domain::ids::CaseId;
use crate::domain::record::Draft;
use crate::domain::tracked::LocalChange;

use super::marks::{Moves, Slots};
use super::resetting::Before;
use super::stock::Stock;

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
    /// This draft was discarded.
    Discarded(Draft),
    /// Marks were set, or taken away.
    Marks {
        /// Whether they were set.
        marked: bool,
        /// On which cases, by slot. None is empty.
        slots: Slots,
    },
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
    sent: Option<Sent>,
}

/// What was sent last, and how many of the changes are older.
#[derive(Clone, Debug)]
struct Sent {
    what: String,
    above: usize,
}

impl UndoStack {
    /// Remembers a change. Where there is no room, marks give way first: they are soon set again, words are not.
    pub(crate) fn push(&mut self, change: Undo) {
        let is_marks = |change: &Undo| matches!(change, Undo::Marks { .. });
        if !is_marks(&change) {
            self.sent = None;
        }
        if self.changes.len() == DEPTH {
            self.drop_at(self.changes.iter().position(is_marks).unwrap_or(0));
        }
        self.changes.push(change);
    }

    fn drop_at(&mut self, at: usize) {
        self.changes.remove(at);
        if let Some(sent) = self.sent.as_mut().filter(|sent| at < sent.above) {
            sent.above -= 1;
        }
    }

    /// The newest change, removed.
    pub(crate) fn pop(&mut self) -> Option<Undo> {
        self.changes.pop()
    }

    /// Puts a change that cannot be taken back now behind all others, so that it keeps none of them from it.
    pub(crate) fn put_last(&mut self, change: Undo) {
        self.changes.insert(0, change);
        if let Some(sent) = &mut self.sent {
            sent.above += 1;
        }
    }

    /// Forgets the newest change that is this one: it has not come about.
    pub(crate) fn retract(&mut self, change: &Undo) {
        if let Some(at) = self.changes.iter().rposition(|own| own == change) {
            self.drop_at(at);
        }
    }

    /// Changes what is remembered of marks; what is nothing then is forgotten.
    pub(super) fn forget(&mut self, change: impl Fn(&mut Slots)) {
        for at in (0..self.changes.len()).rev() {
            if let Some(Undo::Marks { slots, .. }) = self.changes.get_mut(at) {
                change(slots);
                if slots.is_empty() {
                    self.drop_at(at);
                }
            }
        }
    }

    /// Finds the cases of remembered marks in a later reading of the list; those that have left it are forgotten.
    pub(super) fn follow(&mut self, before: &Stock, after: &Stock) {
        let moves = Moves::of(self.marks(), before, after);
        self.forget(|slots| moves.follow(slots));
    }

    fn marks(&self) -> impl Iterator<Item = &Slots> {
        self.changes.iter().filter_map(|change| match change {
            Undo::Marks { slots, .. } => Some(slots),
            _ => None,
        })
    }

    /// Something has left for the gateway, such as "the reply to O1". Whoever wants to take back the newest thing they
    /// did means this.
    pub(crate) fn note_sent(&mut self, what: String) {
        self.sent = Some(Sent { what, above: self.changes.len() });
    }

    /// What was sent since the newest change, marks aside.
    pub fn sent(&self) -> Option<&str> {
        self.sent.as_ref().map(|sent| sent.what.as_str())
    }

    /// The same, said and done with; `None` while marks that were changed after it come first.
    pub(crate) fn take_sent(&mut self) -> Option<String> {
        self.sent.take_if(|sent| sent.above >= self.changes.len()).map(|sent| sent.what)
    }

    /// Whether there is nothing to take back.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The newest change.
    #[cfg(test)]
    pub(crate) fn newest(&self) -> Option<&Undo> {
        self.changes.last()
    }

    /// Whether a change is still remembered.
    #[cfg(test)]
    pub(crate) fn remembers(&self, change: &Undo) -> bool {
        self.changes.contains(change)
    }

    /// Bytes held for marks.
    #[cfg(test)]
    pub(super) fn bytes_of_marks(&self) -> usize {
        self.marks().map(Slots::bytes).sum()
    }
}
