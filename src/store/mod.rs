//! What docket keeps on this host: the list of cases with their history, the config, and the key files.
//!
//! The desk must open from disk before the network answers, and several processes (a desk, a second SSH login, cron)
//! work on one list at once. So the list lives in a database, behind a narrow trait in the operator's words: what is
//! behind it may change (a team database), what is asked of it may not.

pub mod config;
mod error;
pub mod keyfile;
mod known;
mod plain;
mod sqlite;
mod types;

#[cfg(test)]
mod conformance;

use time::{Date, OffsetDateTime};

use crate::domain::action::State;
use crate::domain::case::Case;
use crate::domain::change::HistoryEntry;
use crate::domain::filter::DueSpan;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionId, ActionRecord, Draft, Finding, Intent};
use crate::domain::reply::Target;
use crate::domain::tracked::{LocalChange, Tracked};

pub use error::StoreError;
pub use known::{Known, Moved};
pub use sqlite::{Backup, BackupError, Checkup, Contents, Ground, SqliteStore, check_place, check_up};
pub use types::{
    Added, Attempt, JournalBreak, JournalCheck, NewCase, Observation, Observed, Opening, StoredExchange,
};

/// The journal while it is held for writing: what is asked once more before an action is taken down.
///
/// # Errors
/// Every method fails with a [`StoreError`] that names the file.
pub trait Held {
    /// As [`Store::actions`].
    ///
    /// # Errors
    /// See [`Held`].
    fn actions(&self) -> Result<Vec<ActionRecord>, StoreError>;

    /// As [`Store::actions_of`].
    ///
    /// # Errors
    /// See [`Held`].
    fn actions_of(&self, id: &CaseId) -> Result<Vec<ActionRecord>, StoreError>;

    /// As [`Store::attempts`].
    ///
    /// # Errors
    /// See [`Held`].
    fn attempts(&self, id: &ActionId) -> Result<Vec<Attempt>, StoreError>;
}

/// The list of cases and all that was ever seen of them. Every instant is UTC and kept to the millisecond.
///
/// # Errors
/// Every method fails with a [`StoreError`] that names the file; a failed write has changed nothing, unless the method
/// says otherwise.
pub trait Store: Send {
    /// Puts cases on the list, one answer per entry in the same order. What an entry gives (note, tags, owner, reason)
    /// replaces what was there, also for a case that is on the list already; what it leaves out stays.
    ///
    /// # Errors
    /// See [`Store`].
    fn track(&mut self, entries: &[NewCase], at: OffsetDateTime) -> Result<Vec<Added>, StoreError>;

    /// Takes cases off the list and returns those that were on it. Their history and notes stay for the day they come
    /// back.
    ///
    /// # Errors
    /// See [`Store`].
    fn untrack(&mut self, ids: &[CaseId], at: OffsetDateTime) -> Result<Vec<CaseId>, StoreError>;

    /// Every case on the list, in the order in which they were first put there.
    ///
    /// # Errors
    /// See [`Store`].
    fn tracked(&self) -> Result<Vec<Tracked>, StoreError>;

    /// What is other than `known`, which then knows it; all of it, where nothing was known. `None` when that is more than
    /// `most` cases: they are rather read anew.
    ///
    /// # Errors
    /// See [`Store`]. After an error, and after `None`, `known` is good for nothing any more.
    fn moved(&self, known: &mut Known, most: usize) -> Result<Option<Moved>, StoreError>;

    /// What the first picture needs, found without reading the whole list: its counts, its age, and the first `rows`
    /// cases that need a reply and do not sleep on this day, in order of due date.
    ///
    /// # Errors
    /// See [`Store`].
    fn opening(&self, rows: usize, today: Date) -> Result<Opening, StoreError>;

    /// The cases that need a reply by a date in this span, asleep or not, in order of due date.
    ///
    /// # Errors
    /// See [`Store`].
    fn due(&self, span: &DueSpan) -> Result<Vec<Tracked>, StoreError>;

    /// One case; `None` when it is not on the list.
    ///
    /// # Errors
    /// See [`Store`].
    fn find(&self, id: &CaseId) -> Result<Option<Tracked>, StoreError>;

    /// The cases of an order (`outTradeNo`) as they were last seen, also those that were taken off the list: a dispute
    /// does not end because nobody looks at it any more.
    ///
    /// # Errors
    /// See [`Store`].
    fn cases_of_order(&self, order: &str) -> Result<Vec<(CaseId, Case)>, StoreError>;

    /// Takes down what the gateway said, one [`Observed`] per observation in the same order.
    ///
    /// An answer older than what is stored changes nothing. A failure keeps the data and is shown beside it until an
    /// answer succeeds. An id that was never on the list is passed over; one that was taken off it is still recorded.
    ///
    /// # Errors
    /// See [`Store`]. Observations are written in steps of at most 200, so that no other process waits long; when a
    /// later step fails, the earlier ones are kept.
    fn record(&mut self, observations: &[Observation]) -> Result<Vec<Observed>, StoreError>;

    /// Everything seen of a case, oldest first, whether or not it is on the list now.
    ///
    /// # Errors
    /// See [`Store`].
    fn history(&self, id: &CaseId) -> Result<Vec<HistoryEntry>, StoreError>;

    /// Notes that the operator has looked at the changes of these cases, each up to the newest one they were shown.
    /// What another process has found since stays unseen.
    ///
    /// # Errors
    /// See [`Store`].
    fn mark_seen(&mut self, shown: &[(CaseId, OffsetDateTime)], at: OffsetDateTime)
    -> Result<(), StoreError>;

    /// Takes back the [`Store::mark_seen`] made with exactly this `at`.
    ///
    /// # Errors
    /// See [`Store`].
    fn unmark_seen(&mut self, at: OffsetDateTime) -> Result<(), StoreError>;

    /// Replaces one of the operator's own words on each of these cases; the others stay as whoever wrote them left them.
    /// All of them are on disk when this returns, or none is.
    ///
    /// # Errors
    /// [`StoreError::NotTracked`] when one of them never was on the list; else see [`Store`].
    fn set_local(&mut self, changes: &[(CaseId, LocalChange)], at: OffsetDateTime) -> Result<(), StoreError>;

    /// A number that grows whenever any process has written to the list. The desk reloads when it moves. What
    /// [`Store::remember`] writes does not count: a cursor move on one desk must not make the others reload.
    ///
    /// # Errors
    /// See [`Store`].
    fn version(&self) -> Result<u64, StoreError>;

    /// The [`Store::version`] that the newest write through this store led to; 0 before the first. Whoever knew the one
    /// right before it knows that nobody else has written in between.
    fn written(&self) -> u64;

    /// Keeps a small piece of desk state (view, sort, filter, cursor) under a key.
    ///
    /// # Errors
    /// See [`Store`].
    fn remember(&mut self, key: &str, value: &str) -> Result<(), StoreError>;

    /// What was last remembered under a key.
    ///
    /// # Errors
    /// See [`Store`].
    fn recall(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// Takes down an action the operator has confirmed: [`State::Intended`], nothing sent. While it is
    /// [open](ActionRecord::is_open) no other one may have its target: not the same case, not the batch around it
    /// (`batch_id` of the intent), not a case of the batch, not the order of a refund. A refund's number stays taken
    /// after that, unless it was refused.
    ///
    /// One that the journal has already is sent again: its contents must be the same, byte for byte.
    ///
    /// # Errors
    /// [`StoreError::Occupied`] when another action stands in the way, [`StoreError::NoTarget`] for one that names
    /// nothing, [`StoreError::Barred`] for one that is there and cannot be sent again; else see [`Store`].
    fn intend(&mut self, intent: &Intent, at: OffsetDateTime) -> Result<(), StoreError>;

    /// Takes an action down as [`Store::intend`] does and opens its attempt as [`Store::begin`] does, in one step: all of
    /// it is on disk when this returns, or nothing is. Only if `may` agrees to the journal as it is at that moment; nobody
    /// writes in between. The number of the attempt; `None` when it did not agree, and then nothing was written.
    ///
    /// # Errors
    /// As [`Store::intend`], and whatever `may` fails with. Nothing may be sent then.
    fn intend_and_begin(
        &mut self,
        intent: &Intent,
        request: &[u8],
        at: OffsetDateTime,
        may: &mut dyn FnMut(&dyn Held) -> Result<bool, StoreError>,
    ) -> Result<Option<u32>, StoreError>;

    /// Opens an attempt at an intended action and returns its number, from 1. `request` is on disk when this returns,
    /// and only then may its first byte leave. If it fails, nothing may be sent.
    ///
    /// # Errors
    /// [`StoreError::Barred`] unless the action is intended, [`StoreError::NoSuchAction`]; else see [`Store`].
    fn begin(&mut self, id: &ActionId, request: &[u8], at: OffsetDateTime) -> Result<u32, StoreError>;

    /// Closes the attempt with what came back: accepted, refused or unknown. One whose end came with the answer is accepted
    /// and [`State::Settled`] in one step. An attempt that another process has
    /// meanwhile declared unknown can still turn out accepted.
    ///
    /// A refusal, here and in [`Store::resolve`] and [`Store::recover`], speaks of one attempt alone: after another one
    /// that nobody could be sure of, the action goes back to where that left it, not received; unless that doubt was
    /// cleared since, and the refusal is signed and does not pass by itself.
    ///
    /// # Errors
    /// [`StoreError::Barred`] for another state, another attempt or one that is closed, [`StoreError::NoSuchAction`];
    /// else see [`Store`].
    fn conclude(
        &mut self,
        id: &ActionId,
        attempt: u32,
        state: State,
        finding: &Finding,
        exchange: &StoredExchange,
        at: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Moves an action, without sending anything, by what was learnt about it or by the operator's word. To
    /// [`State::Intended`] it is a deliberate resend of the same contents.
    ///
    /// # Errors
    /// [`StoreError::Barred`] where [`State::may_become`] does not allow it or an attempt is under way,
    /// [`StoreError::Occupied`] for a resend, and for what is found later, when another action has taken its target, [`StoreError::NoSuchAction`]; else
    /// see [`Store`].
    fn resolve(
        &mut self,
        id: &ActionId,
        state: State,
        finding: &Finding,
        at: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// As [`Store::resolve`], if the action still stands as it was `seen`: in the same state, after the same attempt. For
    /// whoever has asked somebody in between.
    ///
    /// # Errors
    /// As [`Store::resolve`]; [`StoreError::Barred`] also when it has moved since.
    fn resolve_seen(
        &mut self,
        seen: &ActionRecord,
        state: State,
        finding: &Finding,
        at: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Every action, in the order in which they were confirmed.
    ///
    /// # Errors
    /// See [`Store`].
    fn actions(&self) -> Result<Vec<ActionRecord>, StoreError>;

    /// The actions on a case, and those on the batch it was last seen in, in the order in which they were confirmed.
    ///
    /// # Errors
    /// See [`Store`].
    fn actions_of(&self, id: &CaseId) -> Result<Vec<ActionRecord>, StoreError>;

    /// One action; `None` when there never was one of this name.
    ///
    /// # Errors
    /// See [`Store`].
    fn action(&self, id: &ActionId) -> Result<Option<ActionRecord>, StoreError>;

    /// The open reply to exactly this target. For a case, the batch around it must be asked for as well.
    ///
    /// # Errors
    /// See [`Store`].
    fn open_action(&self, target: &Target) -> Result<Option<ActionRecord>, StoreError>;

    /// The attempts at an action, first one first.
    ///
    /// # Errors
    /// See [`Store`].
    fn attempts(&self, id: &ActionId) -> Result<Vec<Attempt>, StoreError>;

    /// Finds the actions whose process died with them and returns them as they are now: unknown if they were being
    /// sent, refused if nothing had left. Sends nothing, and leaves alone what a living process has begun.
    ///
    /// # Errors
    /// See [`Store`].
    fn recover(&mut self, at: OffsetDateTime) -> Result<Vec<ActionRecord>, StoreError>;

    /// As [`Store::recover`], and also takes what this store's own session has begun and is no longer at: everything of it
    /// but the actions `under_way`. For the one who sends through this store, and nobody else knows.
    ///
    /// # Errors
    /// See [`Store`].
    fn recover_own(
        &mut self,
        under_way: &[ActionId],
        at: OffsetDateTime,
    ) -> Result<Vec<ActionRecord>, StoreError>;

    /// Checks every seal of the journal, and that actions and attempts are what was sealed.
    ///
    /// # Errors
    /// See [`Store`]; a broken seal is no error but a finding.
    fn verify_journal(&self) -> Result<JournalCheck, StoreError>;

    /// Keeps a draft, in place of the one for the same targets. Moves the [version](Store::version) only when there was
    /// none: other desks need not read everything at every pause in typing.
    ///
    /// # Errors
    /// See [`Store`].
    fn save_draft(&mut self, draft: &Draft) -> Result<(), StoreError>;

    /// Every draft, the newest first.
    ///
    /// # Errors
    /// See [`Store`].
    fn drafts(&self) -> Result<Vec<Draft>, StoreError>;

    /// Drops the draft for these targets, in whatever order; one that is not there is passed over.
    ///
    /// # Errors
    /// See [`Store`].
    fn delete_draft(&mut self, targets: &[Target]) -> Result<(), StoreError>;

    /// Drops a draft as somebody saw it; `false` when other words stand in its place by now, which stay.
    ///
    /// # Errors
    /// See [`Store`].
    fn discard_draft(&mut self, seen: &Draft) -> Result<bool, StoreError>;

    /// Puts a discarded draft back; `false` when other words stand in its place by now, which stay.
    ///
    /// # Errors
    /// See [`Store`].
    fn restore_draft(&mut self, draft: &Draft) -> Result<bool, StoreError>;
}
