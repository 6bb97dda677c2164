//! Errors, and warnings that no key has asked for. They stay until somebody dismisses them: whoever looks away for an hour
//! finds all of them, and no tick, no movement of the cursor and no lesser notice takes one away.
//!
//! The answer to a key is something else ([`super::model::Model::notice`]): it goes with the next key that does
//! more than move.

use std::collections::VecDeque;

use time::OffsetDateTime;

use super::model::{Notice, Tone};

/// More than anybody reads one by one.
const STANDING_MAX: usize = 99;
/// So many dismissed ones can be read again.
const EARLIER_MAX: usize = 50;
/// What stands in the last place once there are too many.
const MORE: &str = "more went wrong than is kept here; docket.log has what failed";

/// What a notice is about, where a newer one says all that matters of the older.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// What a refresh has failed in; the page of the report has the newest alone, too.
    Refresh,
    /// What is wrong in the config as it was saved last.
    Config,
    /// Anything else.
    Other,
}

/// A notice that stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// When it came (UTC).
    pub at: OffsetDateTime,
    /// What it says.
    pub notice: Notice,
    topic: Topic,
}

/// The notices that stay, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    standing: VecDeque<Standing>,
    earlier: VecDeque<Standing>,
}

impl Standings {
    /// One more. The same words are not kept twice, and a newer word on a topic takes the place of the older.
    pub(super) fn add(&mut self, at: OffsetDateTime, notice: Notice, topic: Topic) {
        let new = Standing { at, notice, topic };
        let same = |one: &Standing| one.notice == new.notice || (topic != Topic::Other && one.topic == topic);
        if let Some(at) = self.standing.iter().position(same) {
            self.standing.remove(at);
            self.standing.insert(at, new);
        } else if self.standing.len() < STANDING_MAX {
            self.standing.push_back(new);
        } else if let Some(last) = self.standing.back_mut() {
            *last = Standing { at, notice: Notice { tone: Tone::Error, text: MORE.to_owned() }, topic };
        }
    }

    /// The one to be read now: the oldest.
    pub fn first(&self) -> Option<&Standing> {
        self.standing.front()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.standing.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.standing.is_empty()
    }

    /// Those that stand, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Standing> {
        self.standing.iter()
    }

    /// Those that were dismissed, newest first.
    pub fn earlier(&self) -> impl Iterator<Item = &Standing> {
        self.earlier.iter().rev()
    }

    /// Takes the one that is read away; `false` when there is none.
    pub(super) fn dismiss(&mut self) -> bool {
        let Some(first) = self.standing.pop_front() else { return false };
        if self.earlier.len() == EARLIER_MAX {
            self.earlier.pop_front();
        }
        self.earlier.push_back(first);
        true
    }

    /// Takes away what was said of something that is well again.
    pub(super) fn is_well(&mut self, topic: Topic) {
        self.standing.retain(|one| one.topic != topic);
    }

    /// Takes away what has become untrue.
    pub(super) fn drop_if(&mut self, untrue: impl Fn(&str) -> bool) {
        self.standing.retain(|one| !untrue(&one.notice.text));
    }
}
