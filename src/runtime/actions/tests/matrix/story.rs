//! One cell as it is played: the world, what was told and written in it, and what was found broken.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, OpenFlags};

use super::super::Seen;
use super::cell::{Cell, Kill};
use super::invariants::{Broken, Invariant};
use super::run;
use crate::domain::action::State;
use crate::domain::record::ActionId;
use crate::domain::shown;
use crate::runtime::actions::{Outcome, settle};
use crate::runtime::simulated::{Life, Moment, NOW, Phase, Process, World};
use crate::store::StoreError;

/// How the first process ends.
pub(super) struct Death {
    /// The commit that nobody was told of went through.
    pub(super) taken_down: bool,
}

/// The step of a call that kills: of one that changes something, or of one that reads.
type Trap = Arc<Mutex<Option<(Phase, bool)>>>;

pub(super) struct Story<'a> {
    pub(super) cell: &'a Cell,
    pub(super) world: World,
    pub(super) seen: Vec<Seen>,
    pub(super) chance: fastrand::Rng,
    /// The states of the newest action since the restart.
    pub(super) trail: Vec<State>,
    /// Everything that was shown to somebody.
    pub(super) shown: String,
    /// The calls that changed something when the operator corrected the amount of a refused refund.
    pub(super) corrected_at: Option<usize>,
    /// The verdict is six minutes old.
    pub(super) late: bool,
    known: Option<ActionId>,
    trap: Trap,
    broken: Arc<Mutex<Vec<Broken>>>,
}

impl<'a> Story<'a> {
    pub(super) fn new(cell: &'a Cell) -> Self {
        let world = World::new();
        let story = Self {
            cell,
            seen: cell.action.put(&world),
            world,
            chance: fastrand::Rng::with_seed(cell.seed),
            trail: Vec::new(),
            shown: String::new(),
            corrected_at: None,
            late: false,
            known: None,
            trap: Trap::default(),
            broken: Arc::default(),
        };
        let (trap, broken) = (Arc::clone(&story.trap), Arc::clone(&story.broken));
        story.world.line.watch(move |phase, call, life| {
            if phase == Phase::Leaving && call.is_mutation() && !is_on_disk(life, &call.body) {
                let how = format!("a {} left whose bytes are in no open attempt", call.endpoint);
                broken.lock().unwrap().push(Broken { invariant: Invariant::I4, how });
            }
            let mut trap = trap.lock().unwrap();
            if *trap == Some((phase, call.is_mutation())) {
                *trap = None;
                life.kill();
            }
        });
        story
    }

    pub(super) fn check(&self, holds: bool, invariant: Invariant, how: impl FnOnce() -> String) {
        if !holds {
            self.broken.lock().unwrap().push(Broken { invariant, how: how() });
        }
    }

    pub(super) fn is(&self, found: Option<State>, expected: Option<State>, when: &str) {
        self.check(found == expected, Invariant::State, || format!("{when}: {found:?}, not {expected:?}"));
    }

    pub(super) fn broken(&self) -> Vec<Broken> {
        self.broken.lock().unwrap().clone()
    }

    pub(super) fn executed(&self) -> usize {
        self.cell.action.executed(&self.world)
    }

    /// A sentence that somebody reads.
    pub(super) fn reads(&mut self, text: &str) {
        let clear = !text.trim().is_empty() && text.len() < 600 && !text.chars().any(shown::is_hostile);
        self.check(clear, Invariant::Sentence, || format!("{text:?}"));
        self.shown.push_str(text);
        if run::is_replay() {
            println!("    {} told: {text}", self.world.now() - NOW);
        }
    }

    pub(super) fn reads_error(&mut self, error: &StoreError) {
        let hint = error.hint();
        self.check(!hint.is_empty(), Invariant::Sentence, || format!("{error} has no hint"));
        self.reads(&format!("{error}; {hint}"));
    }

    /// The operator is told how it ended.
    pub(super) fn hears(&mut self, outcome: &Outcome) {
        self.reads(&outcome.msg);
        // A doubt has no hint of its own: asking is all there is, and nothing here may say "try again".
        if let Some(fault) = outcome.fault.as_ref().filter(|_| outcome.state == State::Refused) {
            self.reads(fault.hint());
        }
        if let Some(why) = &outcome.unrecorded {
            self.reads(why);
        }
        _ = write!(self.shown, "{outcome:?}");
        let there = outcome.state != State::Accepted || self.executed() == 1;
        self.check(there, Invariant::I2, || format!("{outcome:?}"));
    }

    /// The operator sends it and hears how it ended; `None` when the process died.
    pub(super) async fn sends(&mut self, process: &Process) -> Option<Outcome> {
        let amount = if self.corrected_at.is_some() { "900" } else { "1000" };
        let sending = self.cell.action.send(process, &self.seen, amount);
        let outcome = process.until_killed(sending).await;
        if let Some(outcome) = &outcome {
            self.hears(outcome);
        }
        self.counts_once();
        outcome
    }

    /// PayerMax is asked about everything open.
    pub(super) async fn settles(&mut self, process: &Process) {
        match process.until_killed(settle(&process.bench)).await {
            Some(Ok(report)) => {
                for entry in &report.entries {
                    self.reads(&entry.msg);
                }
                _ = write!(self.shown, "{report:?}");
            }
            Some(Err(error)) => self.reads_error(&error),
            None => {}
        }
        self.counts_once();
    }

    fn counts_once(&self) {
        let executed = self.executed();
        self.check(executed <= 1, Invariant::I1, || format!("executed {executed} times"));
    }

    /// Where the newest action stands, with all that must hold of the journal at any time.
    pub(super) fn newest(&mut self, process: &Process) -> Option<State> {
        let journal = process.bench.store.lock().unwrap().actions();
        let journal = match journal {
            Ok(journal) => journal,
            Err(error) => {
                self.reads_error(&error);
                return None;
            }
        };
        if let Some(known) = &self.known {
            let there = journal.iter().any(|record| record.intent.id == *known);
            self.check(there, Invariant::I3, || format!("{} is gone", known.0));
        }
        let newest = journal.last()?;
        self.known = Some(newest.intent.id.clone());
        let taken = matches!(newest.state, State::Accepted | State::Settled);
        self.check(!taken || self.executed() == 1, Invariant::I2, || {
            format!("the journal says {}", newest.state)
        });
        Some(newest.state)
    }

    /// The same, as the next step of the trail.
    pub(super) fn stands(&mut self, process: &Process) -> Option<State> {
        let state = self.newest(process);
        if let Some(state) = state.filter(|state| self.trail.last() != Some(state)) {
            self.trail.push(state);
        }
        state
    }

    /// What was lost with its files is not looked for any more.
    pub(super) fn forgets(&mut self) {
        self.known = None;
    }

    /// Lets a process die where the cell wants it.
    pub(super) async fn dies(&mut self, process: &Process) -> Death {
        let mut death = Death { taken_down: false };
        match self.cell.kill {
            Kill::K1 => {
                self.types(process).await;
                process.life.kill();
            }
            Kill::K2 => {
                let moment =
                    *self.chance.choice([Moment::Before, Moment::Within, Moment::After].iter()).unwrap();
                death.taken_down = moment == Moment::After;
                self.falls(process, "intend_and_begin", moment).await;
            }
            Kill::K3 => self.is_trapped(process, Phase::Connecting).await,
            Kill::K4 => self.is_trapped(process, Phase::Leaving).await,
            Kill::K5 => self.is_trapped(process, Phase::Answering).await,
            Kill::K6 => self.falls(process, "conclude", Moment::Before).await,
            Kill::K7 => self.falls(process, "conclude", Moment::After).await,
            Kill::K8 => {
                self.sends(process).await;
                *self.trap.lock().unwrap() = Some((Phase::Answering, false));
                self.settles(process).await;
                *self.trap.lock().unwrap() = None;
                process.life.kill();
            }
        }
        death
    }

    async fn is_trapped(&mut self, process: &Process, phase: Phase) {
        *self.trap.lock().unwrap() = Some((phase, true));
        let told = self.sends(process).await;
        self.check(told.is_none(), Invariant::State, || format!("lived through its death: {told:?}"));
        process.life.kill();
    }

    async fn falls(&mut self, process: &Process, operation: &'static str, moment: Moment) {
        process.on_store(move |name, at, life| {
            if name == operation && at == moment {
                life.kill();
            }
            None
        });
        let told = self.sends(process).await;
        self.check(told.is_none(), Invariant::State, || format!("lived through its death: {told:?}"));
        process.life.kill();
    }

    /// Types a reply, which is saved at every pause.
    pub(super) async fn types(&self, process: &Process) {
        for text in ["deliv", "delivered, s", TYPED] {
            if let Some(draft) = self.cell.action.draft(&self.seen, text, &self.world) {
                process.bench.store.lock().unwrap().save_draft(&draft).unwrap();
            }
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
    }

    /// The draft is there again, to the last key that was saved.
    pub(super) fn finds_draft(&self, process: &Process) {
        let drafts = process.bench.store.lock().unwrap().drafts().unwrap();
        let found: Vec<&str> = drafts.iter().map(|draft| draft.written.content.as_str()).collect();
        let typed =
            self.cell.kill == Kill::K1 && self.cell.action.draft(&self.seen, "", &self.world).is_some();
        // More than that may be there: a write that was reported as failed.
        let whole = found.len() == usize::from(typed) && found.iter().all(|text| text.starts_with(TYPED));
        self.check(whole, Invariant::I6, || format!("{found:?}; was anything typed: {typed}"));
    }
}

/// What was typed when the process died.
pub(super) const TYPED: &str = "delivered, see the rec";

/// Whether another process sees these bytes in an attempt that is under way.
fn is_on_disk(life: &Life, request: &[u8]) -> bool {
    let database = Connection::open_with_flags(life.database(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let open = "SELECT count(*) FROM attempts JOIN actions ON actions.row = action_row
                WHERE request = ?1 AND ended_at IS NULL AND state = 'sending'";
    database.query_row(open, [request], |row| row.get::<_, i64>(0)).unwrap() == 1
}
