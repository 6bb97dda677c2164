//! How a history ends: everybody leaves, and what is left is looked at; a thorough one first sees every doubt end.

use super::desk::OPERATORS;
use super::history::History;
use super::invariants;
use crate::app::event::Event;
use crate::app::key::Key;
use crate::domain::action::State;
use crate::domain::record::{ActionRecord, Kind, MISMATCH};
use crate::domain::return_code::ORDER_REPEAT;

impl History<'_> {
    /// The end, and all that must hold then.
    pub(super) fn end(&mut self) -> Result<(), String> {
        if self.shape.thorough {
            self.calm()?;
        }
        for who in 0..2 {
            // A picture costs as much as ten steps.
            if self.shape.seed % 5 == who as u64 {
                self.picture(who)?;
            }
            self.desks[who] = None;
        }
        invariants::after_a_step(self.world)?;
        invariants::at_the_end(&self.facts, self.world)?;
        for store in 0..if self.shape.two_hosts { 2 } else { 1 } {
            let journal = invariants::on_disk(&mut self.facts, self.world, store, self.shape.thorough)?;
            self.count(&journal);
        }
        self.count_sent();
        Ok(())
    }

    /// The line is good again and the clocks are right: three rounds of asking leave no refund in doubt (L1).
    fn calm(&mut self) -> Result<(), String> {
        self.tell("all is well from here on");
        for who in 0..2 {
            self.world.clocks.jump(who, 0);
            if self.desks[who].is_none() {
                self.open(who)?;
            }
            // Where a page can be seen, and away from whatever is open.
            self.take(who, Event::Resized(120, 40))?;
            for _ in 0..6 {
                self.take(who, Event::Key(Key::plain(crate::app::key::Code::Esc)))?;
            }
        }
        for _ in 0..6 {
            self.world.clocks.pass(6 * 60_000);
            for who in 0..2 {
                self.take(who, Event::Tick)?;
                self.pass_all(who);
                self.drain(who, true)?;
                self.take(who, Event::Key(Key::char('s')))?;
                self.pass_all(who);
                self.drain(who, true)?;
            }
        }
        for desk in self.desks.iter().flatten() {
            if let Some(record) = desk.model.book.journal().iter().find(|record| is_in_doubt(record)) {
                let (id, state) = (&record.intent.id.0, record.state);
                return Err(format!(
                    "L1 {id} is still {state} at {}'s desk after half an hour of good answers: {:?}",
                    OPERATORS[desk.who], record.finding
                ));
            }
        }
        Ok(())
    }

    fn count(&mut self, journal: &[ActionRecord]) {
        for record in journal {
            match record.state {
                State::Settled => self.cover.count("settled"),
                State::NotReceived => self.cover.count("not received"),
                State::Unknown | State::Sending => self.cover.count("left in doubt"),
                _ => {}
            }
        }
    }

    fn count_sent(&mut self) {
        let table = self.world.table.lock();
        let again = |at: usize| {
            let one = &table.mutations[at];
            one.number.is_some()
                && table.mutations[..at]
                    .iter()
                    .any(|old| (&old.number, old.store) == (&one.number, one.store))
        };
        let resent = (0..table.mutations.len()).filter(|at| again(*at)).count();
        let replies = table.mutations.iter().filter(|one| one.number.is_none() && one.executed > 0).count();
        let sent = table.mutations.len();
        drop(table);
        self.cover.more("sent", sent);
        self.cover.more("resends", resent);
        self.cover.more("replies executed", replies);
        let refunds = self.world.counter().state().ledger().len();
        self.cover.more("refunds executed", refunds);
    }
}

/// A refund that nobody can tell the end of although nothing contradicts it.
fn is_in_doubt(record: &ActionRecord) -> bool {
    let contested = matches!(record.finding.code.as_deref(), Some(ORDER_REPEAT | MISMATCH));
    record.intent.kind == Kind::Refund
        && matches!(record.state, State::Unknown | State::Sending)
        && !contested
}
