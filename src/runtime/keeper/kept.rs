//! The list with two things added: it tells the desk what a refresh has written, and it knows which writes were its
//! own, so that only those of other processes make the desk read everything again.

use time::{Date, OffsetDateTime};
use tokio::sync::mpsc::Sender;

use crate::app::event::Event;
use crate::app::stock::Stock;
use crate::domain::action::State;
use crate::domain::case::Case;
use crate::domain::change::HistoryEntry;
use crate::domain::filter::DueSpan;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionId, ActionRecord, Draft, Finding, Intent};
use crate::domain::reply::Target;
use crate::domain::tracked::{LocalChange, Tracked};
use crate::store::{
    Added, Attempt, Held, JournalCheck, Known, Moved, NewCase, Observation, Observed, Opening, Store,
    StoreError, StoredExchange,
};

/// Cases of a long list that are read before the first picture: some screens, so that the first keys find something.
const FIRST: usize = 200;
/// A list of so many cases is read at once.
const SHORT: usize = 1_000;
/// Of a list of more than so many, only what has moved is read again; a short one is read sooner than told apart.
const LONG: usize = if cfg!(test) { 3 } else { SHORT };
/// So many moved cases are put in their places one by one.
const MOVED_MAX: usize = 20_000;

/// The whole list with what the desk needs of it worked out, so that no key has to wait for that.
pub(super) fn stocked(cases: Vec<Tracked>) -> Event {
    let is_long = cases.len() > SHORT;
    let stock = Stock::of(cases);
    Event::Stocked(Box::new(if is_long { stock.in_every_order() } else { stock }))
}

pub(in super::super) struct Kept {
    inner: Box<dyn Store>,
    events: Sender<Event>,
    /// The edition of the list that the desk knows; 0 before it was first looked at.
    edition: u64,
    /// Its cases, as they were then.
    known: Known,
}

impl Kept {
    /// A list that the desk has not read yet.
    pub(in super::super) fn new(inner: Box<dyn Store>, events: Sender<Event>) -> Self {
        Self { inner, events, edition: 0, known: Known::default() }
    }

    /// Whether another process has written since the desk last read.
    pub(super) fn moved(&self) -> Result<bool, StoreError> {
        Ok(self.inner.version()? != self.edition)
    }

    /// What the first picture needs, as an event: all of a short list, of a long one what is most urgent. The rest of
    /// that counts as not read.
    pub(in super::super) fn open(&mut self, today: Date) -> Result<Event, StoreError> {
        let Opening { tally, as_of, due } = self.inner.opening(FIRST, today)?;
        if tally.on_list() <= SHORT {
            return self.load();
        }
        Ok(Event::Opened { tally, as_of, due })
    }

    /// All of it, as an event. What is written while it is read counts as not read.
    pub(in super::super) fn load(&mut self) -> Result<Event, StoreError> {
        let version = self.inner.version()?;
        self.known = Known::default();
        // It cannot be too many.
        let all = self.inner.moved(&mut self.known, usize::MAX)?.unwrap_or_default();
        self.edition = version;
        Ok(stocked(all.rows))
    }

    /// What has moved since the desk last read, as an event; all of a list that is short, or was not read yet. What is
    /// written meanwhile counts as not read.
    pub(in super::super) fn catch_up(&mut self) -> Result<Event, StoreError> {
        if self.known.cases() <= LONG {
            return self.load();
        }
        let version = self.inner.version()?;
        // What is known is put back only when all went well.
        let mut known = std::mem::take(&mut self.known);
        let Some(Moved { rows, gone }) = self.inner.moved(&mut known, MOVED_MAX)? else { return self.load() };
        (self.edition, self.known) = (version, known);
        Ok(Event::Moved { rows, gone })
    }

    /// Writes; the edition it leads to is known only if it comes right after the known one. Otherwise another process
    /// has written in between, and the list counts as moved until it is read again.
    pub(super) fn write<T>(
        &mut self,
        write: impl FnOnce(&mut dyn Store) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let result = write(self.inner.as_mut());
        // What a failed write may have left behind was told to nobody.
        if result.is_ok() && self.inner.written() == self.edition + 1 {
            self.edition += 1;
        }
        result
    }
}

impl Store for Kept {
    fn track(&mut self, entries: &[NewCase], at: OffsetDateTime) -> Result<Vec<Added>, StoreError> {
        self.known.doubt(entries.iter().map(|entry| &entry.id));
        self.write(|store| store.track(entries, at))
    }

    fn untrack(&mut self, ids: &[CaseId], at: OffsetDateTime) -> Result<Vec<CaseId>, StoreError> {
        self.known.doubt(ids);
        self.write(|store| store.untrack(ids, at))
    }

    fn tracked(&self) -> Result<Vec<Tracked>, StoreError> {
        self.inner.tracked()
    }

    fn moved(&self, known: &mut Known, most: usize) -> Result<Option<Moved>, StoreError> {
        self.inner.moved(known, most)
    }

    fn opening(&self, rows: usize, today: Date) -> Result<Opening, StoreError> {
        self.inner.opening(rows, today)
    }

    fn due(&self, span: &DueSpan) -> Result<Vec<Tracked>, StoreError> {
        self.inner.due(span)
    }

    fn find(&self, id: &CaseId) -> Result<Option<Tracked>, StoreError> {
        self.inner.find(id)
    }

    fn cases_of_order(&self, order: &str) -> Result<Vec<(CaseId, Case)>, StoreError> {
        self.inner.cases_of_order(order)
    }

    fn record(&mut self, observations: &[Observation]) -> Result<Vec<Observed>, StoreError> {
        self.known.doubt(observations.iter().map(|seen| &seen.id));
        let observed = self.write(|store| store.record(observations))?;
        let rows = observations.iter().filter_map(|seen| self.inner.find(&seen.id).transpose());
        // Called from a thread that may wait. A closed queue means that the desk is gone.
        _ = self.events.blocking_send(Event::Rows(rows.collect::<Result<_, _>>()?));
        Ok(observed)
    }

    fn history(&self, id: &CaseId) -> Result<Vec<HistoryEntry>, StoreError> {
        self.inner.history(id)
    }

    fn mark_seen(
        &mut self,
        shown: &[(CaseId, OffsetDateTime)],
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.known.doubt(shown.iter().map(|(id, _)| id));
        self.write(|store| store.mark_seen(shown, at))
    }

    fn unmark_seen(&mut self, at: OffsetDateTime) -> Result<(), StoreError> {
        self.write(|store| store.unmark_seen(at))
    }

    fn set_local(&mut self, changes: &[(CaseId, LocalChange)], at: OffsetDateTime) -> Result<(), StoreError> {
        self.known.doubt(changes.iter().map(|(id, _)| id));
        self.write(|store| store.set_local(changes, at))
    }

    fn version(&self) -> Result<u64, StoreError> {
        self.inner.version()
    }

    fn written(&self) -> u64 {
        self.inner.written()
    }

    fn remember(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        self.inner.remember(key, value)
    }

    fn recall(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.inner.recall(key)
    }
    fn intend(&mut self, intent: &Intent, at: OffsetDateTime) -> Result<(), StoreError> {
        self.write(|store| store.intend(intent, at))
    }

    fn intend_and_begin(
        &mut self,
        intent: &Intent,
        request: &[u8],
        at: OffsetDateTime,
        may: &mut dyn FnMut(&dyn Held) -> Result<bool, StoreError>,
    ) -> Result<Option<u32>, StoreError> {
        self.write(|store| store.intend_and_begin(intent, request, at, may))
    }

    fn begin(&mut self, id: &ActionId, request: &[u8], at: OffsetDateTime) -> Result<u32, StoreError> {
        self.write(|store| store.begin(id, request, at))
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
        self.write(|store| store.conclude(id, attempt, state, finding, exchange, at))
    }

    fn resolve(
        &mut self,
        id: &ActionId,
        state: State,
        finding: &Finding,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.write(|store| store.resolve(id, state, finding, at))
    }

    fn resolve_seen(
        &mut self,
        seen: &ActionRecord,
        state: State,
        finding: &Finding,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.write(|store| store.resolve_seen(seen, state, finding, at))
    }

    fn actions(&self) -> Result<Vec<ActionRecord>, StoreError> {
        self.inner.actions()
    }

    fn actions_of(&self, id: &CaseId) -> Result<Vec<ActionRecord>, StoreError> {
        self.inner.actions_of(id)
    }

    fn action(&self, id: &ActionId) -> Result<Option<ActionRecord>, StoreError> {
        self.inner.action(id)
    }

    fn open_action(&self, target: &Target) -> Result<Option<ActionRecord>, StoreError> {
        self.inner.open_action(target)
    }

    fn attempts(&self, id: &ActionId) -> Result<Vec<Attempt>, StoreError> {
        self.inner.attempts(id)
    }

    fn recover(&mut self, at: OffsetDateTime) -> Result<Vec<ActionRecord>, StoreError> {
        self.write(|store| store.recover(at))
    }

    fn recover_own(
        &mut self,
        under_way: &[ActionId],
        at: OffsetDateTime,
    ) -> Result<Vec<ActionRecord>, StoreError> {
        self.write(|store| store.recover_own(under_way, at))
    }

    fn verify_journal(&self) -> Result<JournalCheck, StoreError> {
        self.inner.verify_journal()
    }

    fn save_draft(&mut self, draft: &Draft) -> Result<(), StoreError> {
        self.write(|store| store.save_draft(draft))
    }

    fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        self.inner.drafts()
    }

    fn delete_draft(&mut self, targets: &[Target]) -> Result<(), StoreError> {
        self.write(|store| store.delete_draft(targets))
    }

    fn discard_draft(&mut self, seen: &Draft) -> Result<bool, StoreError> {
        self.write(|store| store.discard_draft(seen))
    }

    fn restore_draft(&mut self, draft: &Draft) -> Result<bool, StoreError> {
        self.write(|store| store.restore_draft(draft))
    }
}
