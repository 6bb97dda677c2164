//! A store that fails when told to, and at whose operations a process can be killed. Behind it is the real one.

use std::path::Path;
use std::sync::Arc;

use time::{Date, OffsetDateTime};

use super::process::Life;
use crate::domain::action::State;
use crate::domain::case::Case;
use crate::domain::change::HistoryEntry;
use crate::domain::filter::DueSpan;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionId, ActionRecord, Draft, Finding, Intent};
use crate::domain::reply::Target;
use crate::domain::tracked::{LocalChange, Tracked};
use crate::store::{
    Added, Attempt, Held, JournalCheck, Known, Moved, NewCase, Observation, Observed, Opening, SqliteStore,
    Store, StoreError, StoredExchange,
};

/// When an operation is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::runtime) enum Moment {
    /// Nothing has been done.
    Before,
    /// Its transaction is open; `intend_and_begin` alone has this moment.
    Within,
    /// It is done, and nobody has been told. An error from here is one of a commit that went through all the same.
    After,
}

/// Is asked at every operation, by its name; may fail it, and may kill.
pub(super) type Hook = Box<dyn FnMut(&'static str, Moment, &Life) -> Option<StoreError> + Send>;

/// The store of a process; the real one is in its life, and ends with it.
pub(super) struct Watched {
    life: Arc<Life>,
}

impl Watched {
    pub(super) fn open(database: &Path, life: &Arc<Life>) -> Result<Self, StoreError> {
        *life.store.lock().unwrap() = Some(SqliteStore::open(database)?);
        Ok(Self { life: Arc::clone(life) })
    }

    fn read<T>(
        &self,
        name: &'static str,
        work: impl FnOnce(&SqliteStore) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.life.at(name, Moment::Before)?;
        let done = self.life.with(|store| work(store))?;
        self.life.at(name, Moment::After)?;
        Ok(done)
    }

    fn write<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce(&mut SqliteStore) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.life.at(name, Moment::Before)?;
        let done = self.life.with(work)?;
        self.life.at(name, Moment::After)?;
        Ok(done)
    }
}

impl Life {
    fn with<T>(&self, work: impl FnOnce(&mut SqliteStore) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.store.lock().unwrap().as_mut().map_or_else(|| Err(ended(&self.folder)), work)
    }

    /// A moment of an operation of the store. The dead do nothing any more.
    fn at(&self, name: &'static str, moment: Moment) -> Result<(), StoreError> {
        if !self.is_dead() {
            let mut hook = self.hook.lock().unwrap();
            if let Some(error) = hook.as_mut().and_then(|hook| hook(name, moment, self)) {
                return Err(error);
            }
        }
        if self.is_dead() { Err(ended(&self.folder)) } else { Ok(()) }
    }
}

fn ended(folder: &Path) -> StoreError {
    StoreError::Other { path: folder.to_owned(), detail: "its process was killed".to_owned() }
}

impl Store for Watched {
    fn intend_and_begin(
        &mut self,
        intent: &Intent,
        request: &[u8],
        at: OffsetDateTime,
        may: &mut dyn FnMut(&dyn Held) -> Result<bool, StoreError>,
    ) -> Result<Option<u32>, StoreError> {
        let life = Arc::clone(&self.life);
        self.write("intend_and_begin", |store| {
            store.intend_and_begin(intent, request, at, &mut |held| {
                let may = may(held)?;
                life.at("intend_and_begin", Moment::Within)?;
                Ok(may)
            })
        })
    }

    fn written(&self) -> u64 {
        self.life.store.lock().unwrap().as_ref().map_or(0, Store::written)
    }

    fn track(&mut self, entries: &[NewCase], at: OffsetDateTime) -> Result<Vec<Added>, StoreError> {
        self.write("track", |store| store.track(entries, at))
    }

    fn untrack(&mut self, ids: &[CaseId], at: OffsetDateTime) -> Result<Vec<CaseId>, StoreError> {
        self.write("untrack", |store| store.untrack(ids, at))
    }

    fn tracked(&self) -> Result<Vec<Tracked>, StoreError> {
        self.read("tracked", Store::tracked)
    }

    fn moved(&self, known: &mut Known, most: usize) -> Result<Option<Moved>, StoreError> {
        self.read("tracked", |store| store.moved(known, most))
    }

    fn opening(&self, rows: usize, today: Date) -> Result<Opening, StoreError> {
        self.read("opening", |store| store.opening(rows, today))
    }

    fn due(&self, span: &DueSpan) -> Result<Vec<Tracked>, StoreError> {
        self.read("due", |store| store.due(span))
    }

    fn find(&self, id: &CaseId) -> Result<Option<Tracked>, StoreError> {
        self.read("find", |store| store.find(id))
    }

    fn cases_of_order(&self, order: &str) -> Result<Vec<(CaseId, Case)>, StoreError> {
        self.read("cases_of_order", |store| store.cases_of_order(order))
    }

    fn record(&mut self, observations: &[Observation]) -> Result<Vec<Observed>, StoreError> {
        self.write("record", |store| store.record(observations))
    }

    fn history(&self, id: &CaseId) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read("history", |store| store.history(id))
    }

    fn mark_seen(
        &mut self,
        shown: &[(CaseId, OffsetDateTime)],
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.write("mark_seen", |store| store.mark_seen(shown, at))
    }

    fn unmark_seen(&mut self, at: OffsetDateTime) -> Result<(), StoreError> {
        self.write("unmark_seen", |store| store.unmark_seen(at))
    }

    fn set_local(&mut self, changes: &[(CaseId, LocalChange)], at: OffsetDateTime) -> Result<(), StoreError> {
        self.write("set_local", |store| store.set_local(changes, at))
    }

    fn version(&self) -> Result<u64, StoreError> {
        self.read("version", Store::version)
    }

    fn remember(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        self.write("remember", |store| store.remember(key, value))
    }

    fn recall(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.read("recall", |store| store.recall(key))
    }

    fn intend(&mut self, intent: &Intent, at: OffsetDateTime) -> Result<(), StoreError> {
        self.write("intend", |store| store.intend(intent, at))
    }

    fn begin(&mut self, id: &ActionId, request: &[u8], at: OffsetDateTime) -> Result<u32, StoreError> {
        self.write("begin", |store| store.begin(id, request, at))
    }

    fn conclude(
        &mut self,
        id: &ActionId,
        attempt: u32,
        state: State,
        finding: &Finding,
        exchange: &StoredExchange,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.write("conclude", |store| store.conclude(id, attempt, state, finding, exchange, at))
    }

    fn resolve(
        &mut self,
        id: &ActionId,
        state: State,
        finding: &Finding,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.write("resolve", |store| store.resolve(id, state, finding, at))
    }

    fn resolve_seen(
        &mut self,
        seen: &ActionRecord,
        state: State,
        finding: &Finding,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.write("resolve_seen", |store| store.resolve_seen(seen, state, finding, at))
    }

    fn actions(&self) -> Result<Vec<ActionRecord>, StoreError> {
        self.read("actions", Store::actions)
    }

    fn actions_of(&self, id: &CaseId) -> Result<Vec<ActionRecord>, StoreError> {
        self.read("actions_of", |store| store.actions_of(id))
    }

    fn action(&self, id: &ActionId) -> Result<Option<ActionRecord>, StoreError> {
        self.read("action", |store| store.action(id))
    }

    fn open_action(&self, target: &Target) -> Result<Option<ActionRecord>, StoreError> {
        self.read("open_action", |store| store.open_action(target))
    }

    fn attempts(&self, id: &ActionId) -> Result<Vec<Attempt>, StoreError> {
        self.read("attempts", |store| store.attempts(id))
    }

    fn recover(&mut self, at: OffsetDateTime) -> Result<Vec<ActionRecord>, StoreError> {
        self.write("recover", |store| store.recover(at))
    }

    fn recover_own(
        &mut self,
        under_way: &[ActionId],
        at: OffsetDateTime,
    ) -> Result<Vec<ActionRecord>, StoreError> {
        self.write("recover_own", |store| store.recover_own(under_way, at))
    }

    fn verify_journal(&self) -> Result<JournalCheck, StoreError> {
        self.read("verify_journal", Store::verify_journal)
    }

    fn save_draft(&mut self, draft: &Draft) -> Result<(), StoreError> {
        self.write("save_draft", |store| store.save_draft(draft))
    }

    fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        self.read("drafts", Store::drafts)
    }

    fn delete_draft(&mut self, targets: &[Target]) -> Result<(), StoreError> {
        self.write("delete_draft", |store| store.delete_draft(targets))
    }

    fn discard_draft(&mut self, seen: &Draft) -> Result<bool, StoreError> {
        self.write("discard_draft", |store| store.discard_draft(seen))
    }

    fn restore_draft(&mut self, draft: &Draft) -> Result<bool, StoreError> {
        self.write("restore_draft", |store| store.restore_draft(draft))
    }
}
