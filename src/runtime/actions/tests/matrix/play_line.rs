//! A fault of the line, and a process that is killed.

use super::cell::Cell;
use super::invariants::{Broken, Invariant};
use super::rules;
use super::story::Story;
use crate::domain::action::State;
use crate::runtime::simulated::{Deed, NetFault, Process};

pub(super) async fn play(cell: &Cell, fault: NetFault) -> Vec<Broken> {
    let mut story = Story::new(cell);
    let first = story.world.start("a");
    first.knows(&story.seen);
    story.world.line.strike(Deed { fault, executed: cell.executed });
    let death = story.dies(&first).await;

    let next = story.world.restart(&first);
    story.finds_draft(&next);
    next.bench.recover().await.unwrap();
    let (told, _) = rules::told(fault, cell.action);
    let expected = rules::after_restart(cell.kill, death.taken_down, told);
    let found = story.stands(&next);
    story.is(found, expected, "after the restart");

    story.world.line.spoil_reads(Some(fault));
    story.asks_in_vain(&next).await;
    story.world.line.spoil_reads(None);

    story.goes_on(&next, Some(fault)).await;
    let (trail, expected) = (story.trail.clone(), rules::trail(cell, death.taken_down));
    story.check(trail == expected, Invariant::State, || format!("went {trail:?}, not {expected:?}"));
    story.ends(&next);
    story.broken()
}

impl Story<'_> {
    /// On a bad line nothing is learnt, and nothing is sent: neither what is in doubt, nor anything else.
    async fn asks_in_vain(&mut self, process: &Process) {
        let before = self.newest(process);
        self.settles(process).await;
        let after = self.newest(process);
        self.is(after, before, "after asking on a bad line");
        self.is_refused(process, "on a bad line").await;
    }

    /// Sends, and is refused before a byte leaves.
    pub(super) async fn is_refused(&mut self, process: &Process, when: &str) {
        let (before, calls) = (self.newest(process), self.world.line.mutations().len());
        let state = self.sends(process).await.map(|outcome| outcome.state);
        self.is(state, Some(State::Refused), when);
        let sent = self.world.line.mutations().len() - calls;
        self.check(sent == 0, Invariant::State, || format!("{when}: {sent} calls left"));
        let after = self.newest(process);
        self.is(after, before, when);
    }

    /// Asks and, where docket lets it, sends again, until nothing is left to do. `fault` is what may still wait for a send.
    pub(super) async fn goes_on(&mut self, process: &Process, fault: Option<NetFault>) {
        let mut asked = 0;
        for _ in 0..20 {
            match self.stands(process) {
                Some(State::Settled) => return,
                Some(state @ (State::Unknown | State::Accepted)) => {
                    self.settles(process).await;
                    asked += usize::from(state == State::Unknown);
                    let given_up = self.newest(process) == Some(State::NotReceived);
                    let often = asked == rules::asked_in_vain(self.cell.action, self.late);
                    self.check(!given_up || often, Invariant::State, || format!("given up after {asked}"));
                    self.world.pass(6).await;
                }
                None | Some(State::Refused | State::NotReceived) => {
                    if !self.sends_again(process, fault).await {
                        return;
                    }
                    asked = 0;
                    self.late = false;
                }
                stuck => {
                    self.is(stuck, None, "stuck");
                    return;
                }
            }
        }
        self.check(false, Invariant::State, || format!("no end: {:?}", self.trail));
    }

    /// Whether there is anything left to do after that.
    async fn sends_again(&mut self, process: &Process, fault: Option<NetFault>) -> bool {
        let (executed, calls) = (self.executed(), self.world.line.mutations().len());
        if self.newest(process) == Some(State::Refused) && self.corrected_at.is_none() && self.chance.bool() {
            // A refusal keeps its number and may change its amount.
            self.corrected_at = Some(calls);
        }
        let struck = fault.filter(|_| self.world.line.is_armed());
        let Some(outcome) = self.sends(process).await else { return false };
        let told = (outcome.state, outcome.code.as_str());
        let sent = self.world.line.mutations().len() - calls;
        if executed == 0 {
            let expected = match struck {
                Some(fault) => rules::told(fault, self.cell.action),
                None => (State::Accepted, "APPLY_SUCCESS"),
            };
            self.check(told == expected, Invariant::State, || format!("told {outcome:?}, not {expected:?}"));
            self.check(sent == 1, Invariant::State, || format!("{sent} calls left: {outcome:?}"));
            return true;
        }
        // The gateway has it, whatever the line has said.
        self.check(told.0 == State::Refused && sent == 0, Invariant::State, || {
            format!("{sent} sent: {outcome:?}")
        });
        matches!(self.newest(process), Some(State::Accepted | State::Settled))
    }
}
