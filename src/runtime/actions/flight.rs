//! What this process has begun and not written down to its end: the actions under way, and the answers that the journal
//! did not take. Such an answer exists nowhere else, so it is offered to the journal again whenever there is a chance.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::{Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;

use crate::domain::action::State;
use crate::domain::record::{ActionId, Finding};
use crate::store::{Store, StoreError, StoredExchange};

/// The actions of this process that have no end in the journal. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Flight {
    inner: Arc<Mutex<Inner>>,
    /// Set once nothing more may be begun.
    pub(super) halt: CancellationToken,
}

#[derive(Default)]
struct Inner {
    under_way: BTreeSet<ActionId>,
    unwritten: Vec<End>,
}

/// How an attempt ended, as the journal takes it down.
#[derive(Clone)]
pub(super) struct End {
    pub(super) id: ActionId,
    pub(super) attempt: u32,
    pub(super) state: State,
    pub(super) finding: Finding,
    pub(super) exchange: StoredExchange,
    pub(super) at: OffsetDateTime,
}

impl End {
    pub(super) fn write(&self, store: &mut dyn Store) -> Result<(), StoreError> {
        match store.conclude(&self.id, self.attempt, self.state, &self.finding, &self.exchange, self.at) {
            // An earlier try was reported as failed and is on disk all the same.
            Err(StoreError::Barred { .. }) if self.is_written(store) => Ok(()),
            done => done,
        }
    }

    /// Whether the journal has exactly this end. It keeps milliseconds.
    fn is_written(&self, store: &dyn Store) -> bool {
        let attempts = store.attempts(&self.id).unwrap_or_default();
        let attempt = attempts.into_iter().find(|attempt| attempt.n == self.attempt);
        attempt.is_some_and(|attempt| {
            let ended = attempt.ended_at.map(|ended| (ended - self.at).abs());
            ended.is_some_and(|apart| apart < Duration::milliseconds(1)) && attempt.exchange == self.exchange
        })
    }
}

/// An action under way, until this is dropped: however its task ends.
pub(super) struct UnderWay {
    flight: Flight,
    id: ActionId,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.flight.inner().under_way.remove(&self.id);
    }
}

impl Flight {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Each change is one call on a collection: a panic elsewhere leaves nothing half-done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be called before the journal has the action.
    pub(super) fn begins(&self, id: ActionId) -> UnderWay {
        self.inner().under_way.insert(id.clone());
        UnderWay { flight: self.clone(), id }
    }

    /// Keeps an answer that could not be written.
    pub(super) fn keep(&self, end: End) {
        self.inner().unwritten.push(end);
    }

    /// Whether an answer waits for the journal.
    pub(super) fn has_unwritten(&self) -> bool {
        !self.inner().unwritten.is_empty()
    }

    /// Writes down the answers that wait for it, as far as the journal takes them. Those it has no place for any more are
    /// dropped: somebody else has moved the action on.
    pub(super) fn write(&self, store: &mut dyn Store) {
        let waiting = std::mem::take(&mut self.inner().unwritten);
        for end in waiting {
            match end.write(store) {
                Ok(()) => tracing::info!(action = end.id.0, state = %end.state, "written down after all"),
                Err(error @ (StoreError::Barred { .. } | StoreError::NoSuchAction { .. })) => {
                    tracing::warn!(action = end.id.0, code = %error, "an answer came too late for the journal");
                }
                Err(_) => self.keep(end),
            }
        }
    }

    /// The actions that no recovery may take.
    pub(super) fn alive(&self) -> Vec<ActionId> {
        let inner = self.inner();
        let unwritten = inner.unwritten.iter().map(|end| &end.id);
        inner.under_way.iter().chain(unwritten).cloned().collect()
    }
}
