//! What docket keeps on this host: the list of cases with their history, the config, and the key files.
//!
//! The desk must open from disk before the network answers, and several processes (a desk, a second SSH login, cron)
//! work on one list at once. So the list lives in a database, behind a narrow trait in the operator's words: what is
//! behind it may change (a team database), what is asked of it may not.

pub mod config;
mod error;
pub mod keyfile;
mod plain;
mod sqlite;
mod types;

#[cfg(test)]
mod conformance;

use time::OffsetDateTime;

use crate::domain::change::HistoryEntry;
use crate::domain::ids::CaseId;
use crate::domain::tracked::{LocalChange, Tracked};

pub use error::StoreError;
pub use sqlite::SqliteStore;
pub use types::{Added, NewCase, Observation, Observed};

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

    /// One case; `None` when it is not on the list.
    ///
    /// # Errors
    /// See [`Store`].
    fn find(&self, id: &CaseId) -> Result<Option<Tracked>, StoreError>;

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

    /// Replaces one of the operator's own words on a case; the others stay as whoever wrote them left them.
    ///
    /// # Errors
    /// [`StoreError::NotTracked`] for a case that never was on the list; else see [`Store`].
    fn set_local(&mut self, id: &CaseId, change: &LocalChange, at: OffsetDateTime) -> Result<(), StoreError>;

    /// When the newest believed answer came for any case on the list.
    ///
    /// # Errors
    /// See [`Store`].
    fn last_refresh(&self) -> Result<Option<OffsetDateTime>, StoreError>;

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
}
