//! A fault of the disk, and a process that is killed. Five faults strike operations, from the point of the kill on and
//! still when the next process starts; three are found in the files that it opens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::cell::{Cell, DiskFault, Kill};
use super::invariants::{Broken, Invariant};
use super::kinds::Action;
use super::story::{Death, Story};
use super::{files, rules};
use crate::domain::action::State;
use crate::runtime::simulated::{Deed, Life, Moment, NetFault, Process};
use crate::store::StoreError;

/// The operations that write.
const WRITES: [&str; 16] = [
    "track",
    "untrack",
    "record",
    "mark_seen",
    "unmark_seen",
    "set_local",
    "remember",
    "intend",
    "intend_and_begin",
    "begin",
    "conclude",
    "resolve",
    "resolve_seen",
    "recover",
    "recover_own",
    "save_draft",
];

pub(super) async fn play(cell: &Cell, fault: DiskFault) -> Vec<Broken> {
    let mut story = Story::new(cell);
    let first = story.world.start("a");
    first.knows(&story.seen);
    // What is executed is answered; else the line breaks, and nobody can tell.
    if !cell.executed {
        story.world.line.strike(Deed { fault: NetFault::ResetAfterBody, executed: false });
    }
    match error(fault, &first.life) {
        Some(_) => story.on_a_failing_disk(&first, fault).await,
        None => story.on_damaged_files(&first, fault).await,
    }
    story.broken()
}

/// What the store says of an operation that the disk fails.
fn error(fault: DiskFault, life: &Life) -> Option<StoreError> {
    let path = life.database();
    let other = |detail: &str| StoreError::Other { path: path.clone(), detail: detail.to_owned() };
    match fault {
        DiskFault::Full => Some(StoreError::Full { path }),
        DiskFault::WriteError | DiskFault::FsyncError => Some(other("disk I/O error")),
        DiskFault::ReadOnly => {
            Some(StoreError::Unwritable { path, detail: "attempt to write a readonly database".to_owned() })
        }
        DiskFault::Busy => Some(StoreError::Busy { path }),
        DiskFault::FlippedPage | DiskFault::MissingWal | DiskFault::WrongMode => None,
    }
}

/// Fails what writes, from the first of these operations on; without one, from now on.
fn fail(process: &Process, fault: DiskFault, from: &'static [&'static str]) {
    let failing = Arc::new(AtomicBool::new(from.is_empty()));
    let when = if fault == DiskFault::FsyncError { Moment::After } else { Moment::Before };
    process.on_store(move |name, moment, life| {
        if from.contains(&name) {
            failing.store(true, Ordering::SeqCst);
        }
        let fails = failing.load(Ordering::SeqCst) && moment == when && WRITES.contains(&name);
        if fails { error(fault, life) } else { None }
    });
}

impl Story<'_> {
    /// What is told of the call when nothing is wrong with the disk.
    fn verdict(&self) -> State {
        if self.cell.executed { State::Accepted } else { State::Unknown }
    }

    async fn on_a_failing_disk(&mut self, first: &Process, fault: DiskFault) {
        let death = self.dies_on_a_failing_disk(first, fault).await;
        let next = self.world.restart(first);
        self.starts_in_vain(&next, fault).await;
        next.mend_store();
        self.finds_draft(&next);
        next.bench.recover().await.unwrap();
        let expected = self.expected(death.taken_down, fault);
        let found = self.stands(&next);
        self.is(found, expected, "after the restart");
        self.comes_to_its_end(&next).await;
    }

    /// What was reported as failed and is on disk all the same is one step further.
    fn expected(&self, taken_down: bool, fault: DiskFault) -> Option<State> {
        let Cell { kill, action, executed, .. } = *self.cell;
        match (fault, kill) {
            (DiskFault::FsyncError, Kill::K6) => Some(self.verdict()),
            (DiskFault::FsyncError, Kill::K8) if executed && action != Action::Refund => Some(State::Settled),
            _ => rules::after_restart(kill, taken_down, self.verdict()),
        }
    }

    async fn comes_to_its_end(&mut self, process: &Process) {
        // A fault of the line that did not strike before the kill is not this story's.
        self.world.line.calm();
        self.goes_on(process, None).await;
        self.ends(process);
    }

    /// The disk fails at the point of the kill; what is told of that is read; then the process dies.
    async fn dies_on_a_failing_disk(&mut self, first: &Process, fault: DiskFault) -> Death {
        let fsync = fault == DiskFault::FsyncError;
        match self.cell.kill {
            Kill::K1 => {
                self.types(first).await;
                fail(first, fault, &[]);
                self.types_in_vain(first);
            }
            Kill::K2 => {
                fail(first, fault, &["intend_and_begin"]);
                let state = self.sends(first).await.map(|outcome| (outcome.state, outcome.code));
                let expected = Some((State::Refused, "NOT_STORED".to_owned()));
                self.check(state == expected, Invariant::State, || format!("told {state:?}"));
                self.check(self.world.line.mutations().is_empty(), Invariant::I4, || "it left".to_owned());
            }
            Kill::K3 | Kill::K4 | Kill::K5 => return self.dies(first).await,
            Kill::K6 => {
                fail(first, fault, &["conclude"]);
                let told = self.sends(first).await;
                let state = told.as_ref().map(|outcome| outcome.state);
                self.is(state, Some(self.verdict()), "what was heard is told");
                let why = told.and_then(|outcome| outcome.unrecorded);
                self.check(why.is_some() != fsync, Invariant::Sentence, || {
                    format!("told of the journal: {why:?}")
                });
            }
            Kill::K7 | Kill::K8 => {
                fail(first, fault, &["remember", "resolve_seen"]);
                let state = self.sends(first).await.map(|outcome| outcome.state);
                self.is(state, Some(self.verdict()), "told");
                if self.cell.kill == Kill::K7 {
                    fail(first, fault, &[]);
                }
                self.world.pass(6).await;
                self.late = true;
                self.settles(first).await;
            }
        }
        first.life.kill();
        Death { taken_down: fsync }
    }

    fn types_in_vain(&mut self, process: &Process) {
        let Some(draft) = self.cell.action.draft(&self.seen, "delivered, see the receipt", &self.world)
        else {
            return;
        };
        let error = process.bench.store.lock().unwrap().save_draft(&draft).unwrap_err();
        self.reads_error(&error);
    }

    /// The next process starts while the disk still fails: it says so, and sends nothing.
    async fn starts_in_vain(&mut self, next: &Process, fault: DiskFault) {
        fail(next, fault, &[]);
        match next.bench.recover().await {
            Ok(_) => self.check(false, Invariant::Sentence, || "nothing was said of the disk".to_owned()),
            Err(error) => self.reads_error(&error),
        }
        self.settles(next).await;
        self.is_refused(next, "on a failing disk").await;
    }

    async fn on_damaged_files(&mut self, first: &Process, fault: DiskFault) {
        let death = self.dies(first).await;
        let database = first.life.grave.join("docket.db");
        files::damage(&database, fault);
        let expected = rules::after_restart(self.cell.kill, death.taken_down, self.verdict());
        match fault {
            DiskFault::FlippedPage => {
                self.opens_a_damaged_list(first).await;
                files::begin_anew(&database);
            }
            DiskFault::WrongMode => files::give_back(&database, |why| self.reads(why)),
            _ => {}
        }
        let next = self.world.restart(first);
        if fault == DiskFault::MissingWal && files::is_missed(&database) {
            next.knows(&self.seen);
            self.is_refused(&next, "with the end of the journal lost").await;
            files::accept(&database);
        }
        if fault == DiskFault::WrongMode {
            self.check(files::is_private(&database), Invariant::I8, || "others can read the list".to_owned());
            self.finds_draft(&next);
            next.bench.recover().await.unwrap();
            let found = self.stands(&next);
            self.is(found, expected, "after the restart");
        } else {
            // The journal is lost with its file; PayerMax and the case are all there is to go by.
            self.forgets();
            next.knows(&self.seen);
            next.bench.recover().await.unwrap();
            let found = self.stands(&next);
            self.is(found, None, "a list that begins anew");
            if self.executed() == 1 {
                self.is_refused(&next, "with the journal lost").await;
                self.ends(&next);
                return;
            }
        }
        self.comes_to_its_end(&next).await;
    }

    /// Nothing is done with a list that cannot be read, and that is said.
    async fn opens_a_damaged_list(&mut self, first: &Process) {
        let calls = self.world.line.mutations().len();
        match self.world.try_restart(first) {
            Err(error) => self.reads_error(&error),
            Ok(next) => {
                let found =
                    next.bench.recover().await.and_then(|_| next.bench.store.lock().unwrap().actions());
                match found {
                    Ok(journal) => {
                        self.check(false, Invariant::Sentence, || format!("believed: {journal:?}"));
                    }
                    Err(error) => self.reads_error(&error),
                }
                let told = self.sends(&next).await.map(|outcome| outcome.state);
                self.is(told, Some(State::Refused), "with a damaged journal");
            }
        }
        let sent = self.world.line.mutations().len() - calls;
        self.check(sent == 0, Invariant::I4, || "sent with a damaged journal".to_owned());
    }
}
