//! What happens to operators: a hand that slips, a paste into the wrong window, an issuer that decides, a clock that jumps.

use super::desk::OPERATORS;
use super::history::{History, Step};
use super::order;
use crate::app::action::BINDINGS;
use crate::app::event::Event;
use crate::sandbox::RefundEnding;

impl History<'_> {
    pub(super) fn any_key(&mut self, who: usize) -> Step {
        let keys: Vec<&str> = BINDINGS.iter().flat_map(|row| row.keys).copied().collect();
        let more =
            ["ctrl-x", "ctrl-p", "ctrl-t", "ctrl-e", "c", "y", "f", "Left", "Backspace", "ctrl-w", "ctrl-u"];
        let at = self.rng.usize(0..keys.len() + more.len());
        let name = keys.get(at).copied().unwrap_or_else(|| more[at - keys.len()]);
        self.keys(who, &[name.parse().unwrap()])
    }

    pub(super) fn junk(&mut self, who: usize) -> Step {
        let texts =
            ["\u{1b}[2J\u{202e}5000 IDR\ny\n", "5000 IDR", "\r\n\r\n", "C3\nC9 C1", "{caseId} {nope}"];
        let event = match self.rng.u8(0..6) {
            0..3 => Event::Paste(texts[self.rng.usize(0..texts.len())].to_owned()),
            3 => Event::Tick,
            _ => {
                let size = match self.rng.u8(0..4) {
                    0 => (self.rng.u16(0..12), self.rng.u16(0..6)),
                    1 => (self.rng.u16(40..200), self.rng.u16(10..60)),
                    _ => (100, 30),
                };
                if let Some(desk) = &mut self.desks[who] {
                    desk.size = size;
                }
                Event::Resized(size.0, size.1)
            }
        };
        self.tell(format!("{}: {event:?}", OPERATORS[who]));
        self.take(who, event)
    }

    /// The issuer decides, refunds begin to fail, or all is well again.
    pub(super) fn gateway_moves(&mut self) {
        let mut state = self.world.counter().state();
        let words = match self.rng.u8(0..4) {
            0 => {
                let ids: Vec<&str> = order::ids().collect();
                let id = ids[self.rng.usize(0..ids.len())];
                let to = ["DISPUTE_RECEIVED", "CASE_CLOSED", "DISPUTE_INQUIRY"][self.rng.usize(0..3)];
                state.set_status(id, to);
                self.facts.moved.insert(id.to_owned());
                format!("the issuer moves {id} to {to}")
            }
            choice => {
                let ending = match choice {
                    1 => RefundEnding::FailsLater,
                    2 => RefundEnding::FailsAtOnce,
                    _ => RefundEnding::Paid,
                };
                state.ledger_mut().end_next(ending);
                format!("from now on a refund ends as {ending:?}")
            }
        };
        drop(state);
        self.tell(words);
    }

    pub(super) fn clock_jumps(&mut self, who: usize) {
        let by = [0, 0, 4_000, -30_000, 100_000, -200_000, 3_600_000, -86_400_000][self.rng.usize(0..8)];
        self.cover.count("clock jumps");
        self.tell(format!("the clock of {}'s host is {by} ms off", OPERATORS[who]));
        self.world.clocks.jump(who, by);
    }

    /// Time passes for everybody, and the desks notice.
    pub(super) fn minutes(&mut self, who: usize, minutes: i64) -> Step {
        self.world.clocks.pass(minutes * 60_000);
        self.tell(format!("{minutes} min pass"));
        for desk in self.desks.iter_mut().flatten() {
            desk.look();
        }
        self.take(who, Event::Tick)
    }
}
