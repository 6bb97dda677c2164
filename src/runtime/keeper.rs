//! The list on disk, kept by a thread of its own: the desk asks and goes on, and hears the outcome as an event.
//!
//! A refresh writes to the same list from its own task; both go through [`Kept`], which tells the desk what was
//! written and notices what other processes write.

mod backlog;
mod kept;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use tokio::sync::mpsc::Sender as EventSender;
use tokio::sync::oneshot;

use crate::app::event::Event;
use crate::domain::deadline::Calendar;
use crate::domain::ids::CaseId;
use crate::domain::order::SortBy;
use crate::domain::record::Draft;
use crate::domain::reply::Target;
use crate::domain::tracked::{LocalChange, Tracked};
use crate::gateway::Clock;
use crate::store::{NewCase, Store, StoreError};

use super::sheet;
pub(super) use backlog::Backlog;
pub(super) use kept::Kept;

/// The name of the thread that writes the list.
pub(super) const THREAD: &str = "store";
/// How often the list is looked at for what other processes have written.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// So many times as long as reading took it is left alone after that: a refresh elsewhere writes every second, and a desk
/// that follows it must not keep a processor busy.
const REST: u32 = 4;
/// From this many cases on, what has moved on the list is read instead of each one.
const MANY: usize = 100;

/// Something to be done with the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Put cases on it.
    Track(Vec<CaseId>),
    /// Take cases off it.
    Untrack(Vec<CaseId>),
    /// Store one of the operator's words on each of these cases.
    SaveLocal(Vec<(CaseId, LocalChange)>),
    /// Mark changes as seen, of each case up to the newest that was shown.
    MarkSeen(Vec<(CaseId, OffsetDateTime)>, OffsetDateTime),
    /// Take that back.
    UnmarkSeen(OffsetDateTime),
    /// Store a draft.
    SaveDraft(Draft),
    /// Drop the draft of these targets.
    DeleteDraft(Vec<Target>),
    /// Drop this draft, if its words are what stands there.
    DiscardDraft(Draft),
    /// Put this draft back, if none but its own words stand there.
    RestoreDraft(Draft),
    /// Mark as unknown what a killed process left behind on its way, and read the journal.
    Recover,
    /// Read the drafts.
    Drafts,
    /// Read the journal.
    Journal,
    /// Write the whole list into a new file, as of a day.
    Export(String, Calendar),
    /// Read all of it.
    Reload,
    /// Read the history of a case.
    History(CaseId),
}

enum Letter {
    Order(Order),
    Stop(oneshot::Sender<()>),
}

/// The desk's end of the keeper.
pub(super) struct Keeper {
    letters: Sender<Letter>,
    backlog: Backlog,
    store: Arc<Mutex<Kept>>,
}

impl Keeper {
    /// Starts the thread on a list that has just been read; what it does is answered in `events`, and what it has yet
    /// to do is counted in `backlog`.
    ///
    /// # Errors
    /// Fails when the system has no thread to give.
    pub(super) fn start(
        store: Kept,
        events: EventSender<Event>,
        clock: Clock,
        backlog: Backlog,
    ) -> std::io::Result<Self> {
        let store = Arc::new(Mutex::new(store));
        let (letters, arrivals) = mpsc::channel();
        let hand = Hand { store: Arc::clone(&store), events, clock, backlog: backlog.clone() };
        std::thread::Builder::new().name(THREAD.to_owned()).spawn(move || hand.work(&arrivals))?;
        Ok(Self { letters, backlog, store })
    }

    /// Has something done, in the order in which it was asked for.
    pub(super) fn ask(&self, order: Order) {
        self.backlog.add();
        // The thread ends with the desk only.
        if self.letters.send(Letter::Order(order)).is_err() {
            self.backlog.done();
        }
    }

    /// The list, for a refresh to write to.
    pub(super) fn store(&self) -> super::refresh::SharedStore {
        Arc::clone(&self.store) as super::refresh::SharedStore
    }

    /// Ends the thread once everything asked for is done; `false` when that took too long.
    pub(super) async fn stop(&self, within: Duration) -> bool {
        let (done, wait) = oneshot::channel();
        _ = self.letters.send(Letter::Stop(done));
        matches!(tokio::time::timeout(within, wait).await, Ok(Ok(())))
    }
}

/// The hand without a thread of its own, for tests that say when it works.
#[cfg(test)]
pub(super) struct Clerk(Hand);

#[cfg(test)]
impl Clerk {
    pub(super) fn new(store: Arc<Mutex<Kept>>, events: EventSender<Event>, clock: Clock) -> Self {
        Self(Hand { store, events, clock, backlog: Backlog::default() })
    }

    /// Carries out what has piled up.
    pub(super) fn work(&self, orders: Vec<Order>) {
        _ = self.0.run(orders.into_iter().map(Letter::Order).collect());
    }

    /// Notices what other processes have written.
    pub(super) fn look(&self) {
        self.0.look();
    }
}

struct Hand {
    store: Arc<Mutex<Kept>>,
    events: EventSender<Event>,
    clock: Clock,
    backlog: Backlog,
}

impl Hand {
    fn work(&self, arrivals: &Receiver<Letter>) {
        let (mut looked, mut pause) = (Instant::now(), LOOK_EVERY);
        loop {
            // Also while one order follows the other, the writes of others are noticed.
            if looked.elapsed() >= pause {
                let begun = Instant::now();
                self.look();
                looked = Instant::now();
                pause = LOOK_EVERY.max(REST * begun.elapsed());
            }
            match arrivals.recv_timeout(pause.saturating_sub(looked.elapsed())) {
                Ok(first) => {
                    let letters = std::iter::once(first).chain(arrivals.try_iter()).collect();
                    if let Some(done) = self.run(letters) {
                        // Nobody waits when the desk was in a hurry.
                        _ = done.send(());
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Does everything that has piled up; of several histories, and of several drafts for the same targets, only the
    /// newest is still wanted. So a draft is on disk at every pause in typing, and no key waits for one.
    fn run(&self, letters: Vec<Letter>) -> Option<oneshot::Sender<()>> {
        let overtaken: Vec<bool> = letters
            .iter()
            .enumerate()
            .map(|(index, letter)| {
                let mut later = letters.iter().skip(index + 1).take_while(|later| !needs(later, letter));
                later.any(|later| overtakes(later, letter))
            })
            .collect();
        for (letter, overtaken) in letters.into_iter().zip(overtaken) {
            match letter {
                Letter::Stop(done) => return Some(done),
                Letter::Order(_) if overtaken => self.backlog.done(),
                Letter::Order(order) => self.answer(&order, || self.backlog.done()),
            }
        }
        None
    }

    /// Reads the list again when another process has written to it.
    fn look(&self) {
        let moved = self.store().moved();
        match moved {
            Ok(false) => {}
            Ok(true) => self.answer(&Order::Reload, || ()),
            // It will be looked at again in a second; a list that stays unreadable shows at the next order.
            Err(error) => tracing::warn!(code = %error, "the list could not be looked at"),
        }
    }

    /// Carries out an order and tells the outcome. The list is held until that is told: what a refresh has stored
    /// later must not reach the desk earlier, or the desk would go back to what was.
    fn answer(&self, order: &Order, done: impl FnOnce()) {
        let (mut store, outcome) = self.insist(order);
        // Before it is told: that may have to wait for a loop that is stuck.
        done();
        match outcome {
            Ok(event) => event.into_iter().for_each(|event| self.tell(event)),
            Err(error) => {
                self.tell(Event::Failed(format!("{error}; {}", error.hint())));
                // The desk shows the change already; what the list has is the truth.
                if let Ok(event) = store.load() {
                    self.tell(event);
                }
            }
        }
    }

    /// Carries out an order as soon as the list can be had: the desk has said that it is saved, and another process that
    /// holds the list lets it go some time. Each try waits ten seconds by itself.
    fn insist(&self, order: &Order) -> (MutexGuard<'_, Kept>, Result<Option<Event>, StoreError>) {
        loop {
            let mut store = self.store();
            match carry_out(&mut store, order.clone(), (self.clock)()) {
                Err(error @ StoreError::Busy { .. }) => {
                    // An answer on its way to the journal comes between two tries.
                    drop(store);
                    tracing::warn!(code = %error, "a change waits for the list");
                    // Not waited for: the next try says it again.
                    _ = self.events.try_send(Event::Failed(format!("{error}; your change waits for it")));
                }
                outcome => return (store, outcome),
            }
        }
    }

    fn tell(&self, event: Event) {
        // A full queue is waited for; a closed one means that the desk is gone.
        _ = self.events.blocking_send(event);
    }

    /// The list; it is transactional, so a panic elsewhere cannot have left it half-written.
    fn store(&self) -> MutexGuard<'_, Kept> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a later letter makes an earlier one idle.
fn overtakes(later: &Letter, earlier: &Letter) -> bool {
    match (later, earlier) {
        (Letter::Order(Order::History(_)), Letter::Order(Order::History(_))) => true,
        (Letter::Order(Order::SaveDraft(new)), Letter::Order(Order::SaveDraft(old))) => {
            new.targets == old.targets
        }
        _ => false,
    }
}

/// Whether a later letter counts on what an earlier one writes: only a draft that stands there word by word is discarded.
fn needs(later: &Letter, earlier: &Letter) -> bool {
    match (later, earlier) {
        (
            Letter::Order(Order::DiscardDraft(seen) | Order::RestoreDraft(seen)),
            Letter::Order(Order::SaveDraft(written)),
        ) => seen.targets == written.targets,
        _ => false,
    }
}

/// Carries out an order; what the desk does not know already comes back as an event.
fn carry_out(store: &mut Kept, order: Order, now: OffsetDateTime) -> Result<Option<Event>, StoreError> {
    let event = match order {
        Order::SaveDraft(draft) => return store.save_draft(&draft).map(|()| None),
        Order::DeleteDraft(targets) => return store.delete_draft(&targets).map(|()| None),
        Order::DiscardDraft(draft) => {
            let gone = store.discard_draft(&draft)?;
            return Ok((!gone).then(|| Event::DraftNotDiscarded(draft)));
        }
        Order::RestoreDraft(draft) => {
            let back = store.restore_draft(&draft)?;
            return Ok((!back).then(|| Event::DraftNotRestored(draft)));
        }
        Order::Track(ids) => {
            let entries: Vec<_> = ids.iter().cloned().map(NewCase::new).collect();
            store.track(&entries, now)?;
            rows(store, &ids)
        }
        Order::Untrack(ids) => {
            store.untrack(&ids, now)?;
            // Rows cannot say that a case is gone, and some that still have it may be on their way.
            store.catch_up()
        }
        Order::SaveLocal(changes) => {
            store.set_local(&changes, now)?;
            let ids: Vec<_> = changes.into_iter().map(|(id, _)| id).collect();
            rows(store, &ids)
        }
        Order::MarkSeen(shown, at) => {
            store.mark_seen(&shown, at)?;
            let ids: Vec<_> = shown.into_iter().map(|(id, _)| id).collect();
            rows(store, &ids)
        }
        Order::UnmarkSeen(at) => {
            store.unmark_seen(at)?;
            store.catch_up()
        }
        Order::Recover => {
            match store.recover(now) {
                // The desk says so from its first picture on, and the next one who can write will see to it.
                Err(StoreError::ReadOnly { .. }) => {}
                recovered => _ = recovered?,
            }
            Ok(Event::Journal(store.actions()?))
        }
        Order::Drafts => Ok(Event::Drafts(store.drafts()?)),
        Order::Journal => Ok(Event::Journal(store.actions()?)),
        Order::Export(file, calendar) => Ok(export(store.tracked()?, &file, &calendar)),
        Order::Reload => store.catch_up(),
        Order::History(id) => {
            let entries = store.history(&id)?;
            Ok(Event::History(id, entries))
        }
    };
    event.map(Some)
}

/// Writes the list into a new file, in order of due date.
fn export(mut cases: Vec<Tracked>, file: &str, calendar: &Calendar) -> Event {
    let home = || std::env::var_os("HOME").map(PathBuf::from);
    // What a shell would have done with it.
    let path =
        file.strip_prefix("~/").and_then(|rest| Some(home()?.join(rest))).unwrap_or_else(|| file.into());
    cases.sort_by(|a, b| SortBy::Due.compare(a, b));
    match sheet::write_new(&path, &sheet::sheet(&cases, calendar)) {
        Ok(()) => Event::Exported(cases.len(), sheet::shown(&path)),
        Err(why) => Event::Failed(format!("{why}; {}", why.hint())),
    }
}

/// Cases as the list has them now.
fn rows(store: &mut Kept, ids: &[CaseId]) -> Result<Event, StoreError> {
    if ids.len() > MANY {
        return store.catch_up();
    }
    let found = ids.iter().filter_map(|id| store.find(id).transpose());
    Ok(Event::Rows(found.collect::<Result<_, _>>()?))
}
