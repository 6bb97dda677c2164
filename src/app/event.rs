//! What can happen to the desk. Outcomes of effects come back here too; nothing else changes the model.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use crate::domain::change::{Change, HistoryEntry};
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionRecord, Draft};
use crate::domain::refund::Earlier;
use crate::domain::reply::Target;
use crate::domain::tally::Tally;
use crate::domain::tracked::{Failure, Tracked};

use super::calls::News;
use super::key::Key;
use super::refunding;
use super::reloading::Settings;
use super::replying::Answer;
use super::stock::Stock;
use super::underway::{Phase, Subject};

/// Something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// So many keys were read at once; they come next.
    KeysRead(usize),
    /// Text was pasted (bracketed paste), as the terminal sent it.
    Paste(String),
    /// The wheel was turned, towards the end of the list or away from it; only with the mouse switched on.
    Wheel {
        /// Whether towards the end.
        down: bool,
    },
    /// A cell was clicked, by column and row; only with the mouse switched on.
    Clicked(u16, u16),
    /// The tab of this number was clicked; only with the mouse switched on.
    ClickedTab(u8),
    /// The terminal has a new size, in columns and rows.
    Resized(u16, u16),
    /// The page or pane on the screen can be scrolled this many lines. Only the drawing knows: it breaks the lines.
    PageEnd(usize),
    /// Time has passed; comes about once a minute.
    Tick,
    /// What is known of a list that is still being read.
    Opened {
        /// Its counts.
        tally: Tally,
        /// How old it is (UTC).
        as_of: Option<OffsetDateTime>,
        /// The first cases that need a reply, in order of due date.
        due: Vec<Tracked>,
    },
    /// The whole list, as the store has it now.
    Loaded(Vec<Tracked>),
    /// The same, with what takes a moment worked out already.
    Stocked(Box<Stock>),
    /// What has moved on the list while others wrote to it.
    Moved {
        /// Cases as the store has them now.
        rows: Vec<Tracked>,
        /// Cases that are not on it any more.
        gone: Vec<CaseId>,
    },
    /// There is time to look for more rows of the table.
    GoOn,
    /// These cases as the store has them now, after something was written.
    Rows(Vec<Tracked>),
    /// The history of a case, oldest first.
    History(CaseId, Vec<HistoryEntry>),
    /// A refresh has got this far.
    Progress {
        /// Which refresh.
        ticket: u32,
        /// Cases answered or failed so far.
        done: usize,
        /// Of these, failed.
        failed: usize,
    },
    /// A refresh is over.
    RefreshEnded {
        /// Which refresh.
        ticket: u32,
        /// What it brought.
        report: Report,
    },
    /// Calls have been made.
    Called(News),
    /// A reply or refund waits for something else now.
    Reached(Subject, Phase),
    /// Time has passed while something is on its way; comes once a second, and only then.
    Waited,
    /// The drafts, as the store has them.
    Drafts(Vec<Draft>),
    /// This draft was not discarded: somebody has written on it meanwhile.
    DraftNotDiscarded(Draft),
    /// This draft was not put back: there is another one for its cases by now.
    DraftNotRestored(Draft),
    /// The journal, newest first, as the store has it.
    Journal(Vec<ActionRecord>),
    /// A reply has ended.
    Replied(Target, Answer),
    /// The exact bodies of the replies that are previewed.
    Previewed(Vec<String>),
    /// What evidence addresses answered: the address and a sentence.
    LinksChecked(Vec<(String, String)>),
    /// The refunds of an order that PayerMax knows, or why it could not be asked.
    RefundsSeen(String, Result<Vec<Earlier>, String>),
    /// The exact body of the refund that is previewed.
    RefundPreviewed(String),
    /// A second has passed.
    SecondPassed(u32),
    /// The refund of an order has ended.
    Refunded(String, refunding::Answer),
    /// The refund of an order waits for a second person, or why it could not be asked for.
    RefundAsked(String, Result<refunding::Asked, String>),
    /// So many refunds wait for this person's approval.
    Requests(usize),
    /// What asking for the end of unknown actions brought.
    Settled {
        /// In a sentence.
        told: String,
        /// Whether PayerMax contradicts the journal, so that somebody must look.
        alarm: bool,
    },
    /// Nobody could be asked how unknown actions ended, and why.
    NotSettled(String),
    /// The editor was left: the text, or why it could not be used.
    Edited(Result<String, String>),
    /// The config was saved: its settings, or what is wrong with them.
    Reloaded(Result<Box<Settings>, String>),
    /// The list was written into a file: so many cases, and its name.
    Exported(usize, String),
    /// The terminal's clipboard was sent this.
    Copied(String),
    /// This could not be sent to the terminal's clipboard.
    NotCopied {
        /// The text.
        text: String,
        /// Why.
        why: String,
    },
    /// An effect failed; the model may be ahead of the store, which is read again.
    Failed(String),
    /// The process was stopped, or was told to stop, and goes on.
    Resumed,
    /// SIGTERM, SIGHUP or the loss of the terminal.
    Interrupted,
}

/// What a refresh brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Cases asked for.
    pub requested: usize,
    /// Cases with a believed answer.
    pub succeeded: usize,
    /// Of these, for the first time.
    pub first: usize,
    /// Every observed change.
    pub changed: Vec<(CaseId, Change)>,
    /// Every case that kept its old data, and why.
    pub failures: Vec<(CaseId, Failure)>,
    /// A sentence about this host's clock, when it is off.
    pub clock: Option<String>,
}

impl Report {
    /// Cases that were not reached, because it was stopped or had no point any more: they keep their old data, as the
    /// failed ones do.
    pub fn not_reached(&self) -> usize {
        self.requested.saturating_sub(self.succeeded + self.failures.len())
    }

    /// Cases that changed, however many of their fields did.
    pub fn changed_cases(&self) -> usize {
        self.changed.iter().map(|(id, _)| id).collect::<BTreeSet<_>>().len()
    }
}
