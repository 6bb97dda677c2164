//! What a reader knows of the list, so that it need not read again what has not moved. A long list takes seconds to read
//! and to sort, and another process that refreshes it writes every second.

use std::collections::HashSet;

use crate::domain::ids::CaseId;
use crate::domain::tracked::Tracked;

/// A list as it was last read: a print of every case that was ever on it, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Known {
    prints: Vec<u64>,
    unsure: HashSet<CaseId>,
}

/// So many cases are remembered one by one as unsure; above that, nothing is known.
const UNSURE_MAX: usize = 10_000;

impl Known {
    /// Whether nothing is known: everything counts as moved then.
    pub fn is_nothing(&self) -> bool {
        self.prints.is_empty()
    }

    /// Of how many cases something is known, those taken off the list included.
    pub fn cases(&self) -> usize {
        self.prints.len()
    }

    /// These may have moved since, and back again: they are read whatever they look like.
    pub fn doubt<'a>(&mut self, ids: impl IntoIterator<Item = &'a CaseId>) {
        if self.is_nothing() {
            return;
        }
        self.unsure.extend(ids.into_iter().cloned());
        if self.unsure.len() > UNSURE_MAX {
            *self = Self::default();
        }
    }

    /// Whether one of them has to be read.
    pub(super) fn doubts(&self) -> Option<&HashSet<CaseId>> {
        Some(&self.unsure).filter(|unsure| !unsure.is_empty())
    }

    /// What it looked like, and now looks like; 0 for a case that is not on the list.
    pub(super) fn renew(&mut self, place: usize, print: u64) -> u64 {
        if let Some(known) = self.prints.get_mut(place) {
            return std::mem::replace(known, print);
        }
        self.prints.push(print);
        0
    }

    /// Makes room for so many.
    pub(super) fn reserve(&mut self, places: usize) {
        self.prints.reserve_exact(places.saturating_sub(self.prints.len()));
    }

    /// All was read that had to be.
    pub(super) fn is_read(&mut self) {
        self.unsure.clear();
    }
}

/// What has moved on a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Cases that are new or other than before, as they are now, in the order in which they were first put on the list.
    pub rows: Vec<Tracked>,
    /// Cases that are not on it any more.
    pub gone: Vec<CaseId>,
}
