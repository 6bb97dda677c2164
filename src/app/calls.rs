//! The calls of this session as the desk knows them: the newest, and how many there were.

use std::collections::VecDeque;
use std::time::Duration;

use crate::domain::call::Call;

/// So many calls are kept; of those before them only the counts are left.
pub const KEPT: usize = 500;

/// What has come since the desk was told last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The newest of the new calls, [`KEPT`] at most, oldest first.
    pub calls: Vec<Call>,
    /// Calls since the program was started.
    pub all: u64,
    /// Of these, without a good answer.
    pub failed: u64,
    /// Of these, never sent.
    pub unsent: u64,
}

/// The calls of this session.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    kept: VecDeque<Call>,
    all: u64,
    failed: u64,
    unsent: u64,
}

/// What some calls come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// How many.
    pub all: u64,
    /// Of these, without a good answer.
    pub failed: u64,
    /// Of these, never sent: no answer was missed.
    pub unsent: u64,
    /// Half of those that are kept and left took no longer.
    pub median: Duration,
    /// The longest of those.
    pub slowest: Duration,
}

impl Calls {
    /// Takes what is new.
    pub(super) fn take(&mut self, news: News) {
        (self.all, self.failed, self.unsent) = (news.all, news.failed, news.unsent);
        self.kept.extend(news.calls);
        let over = self.kept.len().saturating_sub(KEPT);
        self.kept.drain(..over);
    }

    /// The calls that are kept, newest first.
    pub fn newest(&self) -> impl Iterator<Item = &Call> {
        self.kept.iter().rev()
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.all == 0
    }

    /// So many are not kept any more.
    pub fn forgotten(&self) -> u64 {
        self.all.saturating_sub(u64::try_from(self.kept.len()).unwrap_or(u64::MAX))
    }

    /// What all of them come to.
    pub fn counts(&self) -> Counts {
        Counts { all: self.all, failed: self.failed, unsent: self.unsent, ..Counts::of(self.kept.iter()) }
    }
}

impl Counts {
    /// What these calls come to.
    pub fn of<'a>(calls: impl Iterator<Item = &'a Call>) -> Self {
        let (mut took, mut failed, mut unsent) = (Vec::new(), 0, 0);
        for call in calls {
            let outcome = &call.heard.outcome;
            failed += u64::from(outcome.is_failed());
            unsent += u64::from(outcome.is_unsent());
            took.extend((!outcome.is_unsent()).then_some(call.took));
        }
        took.sort_unstable();
        let at = |index: usize| took.get(index).copied().unwrap_or_default();
        Self {
            all: u64::try_from(took.len()).unwrap_or(u64::MAX).saturating_add(unsent),
            failed,
            unsent,
            median: at(took.len().saturating_sub(1) / 2),
            slowest: at(took.len().saturating_sub(1)),
        }
    }
}
