//! What becomes of the calls on the table: mostly what should, often enough anything else.

use fastrand::Rng;

use super::desk::OPERATORS;
use super::history::{History, ROUNDS};
use super::network::Turn;
use crate::sandbox::counter::Sign;

impl History<'_> {
    pub(super) fn has_parcels(&self) -> bool {
        !self.world.table.lock().parcels.is_empty()
    }

    /// Something becomes of a call; often everything that only asks gets through at once.
    pub(super) fn line(&mut self) {
        if self.rng.u8(0..10) < 6 {
            return self.questions_pass();
        }
        let (id, words, turn) = {
            let table = self.world.table.lock();
            let at = self.rng.usize(0..table.parcels.len());
            let parcel = &table.parcels[at];
            let turn = turn(parcel.is_ready(), parcel.is_awaited(), parcel.mutation.is_some(), &mut self.rng);
            (parcel.id, format!("{} of {}: {turn:?}", parcel.name, OPERATORS[parcel.who]), turn)
        };
        match turn {
            Turn::Execute => self.cover.count("answers late"),
            Turn::Linger => self.cover.count("requests lingering"),
            _ => {}
        }
        if matches!(
            turn,
            Turn::Lost { timed_out: true } | Turn::AnswerLost { timed_out: true } | Turn::Linger
        ) {
            self.world.clocks.pass(20_000);
        }
        self.tell(words);
        self.turn(id, turn);
    }

    fn turn(&mut self, id: u64, turn: Turn) {
        let who = self.world.table.turn(id, turn, self.world.counter());
        if let Some(desk) = who.and_then(|who| self.desks[who].as_mut()) {
            desk.go_on();
        }
        self.world.table.sort();
    }

    /// Every question on the table is answered, and those that follow, until something is to be changed.
    fn questions_pass(&mut self) {
        for _ in 0..12 {
            let next = {
                let table = self.world.table.lock();
                table
                    .parcels
                    .iter()
                    .find(|parcel| parcel.mutation.is_none() && parcel.is_awaited())
                    .map(|one| one.id)
            };
            let Some(id) = next else { break };
            self.turn(id, Turn::Pass);
        }
        self.tell("questions are answered");
    }

    /// Everything of one desk gets through.
    pub(super) fn pass_all(&mut self, who: usize) {
        for _ in 0..ROUNDS {
            let next = {
                let table = self.world.table.lock();
                let mine = table.parcels.iter().find(|parcel| parcel.who == who && parcel.is_awaited());
                mine.map(|parcel| (parcel.id, parcel.is_ready()))
            };
            let Some((id, ready)) = next else { break };
            self.turn(id, if ready { Turn::Arrive } else { Turn::Pass });
        }
    }
}

/// What may become of a parcel.
fn turn(ready: bool, awaited: bool, changes: bool, rng: &mut Rng) -> Turn {
    let timed_out = rng.bool();
    match rng.u8(0..100) {
        0..80 if ready => Turn::Arrive,
        _ if ready => Turn::Lost { timed_out },
        0..50 if !awaited => Turn::Pass,
        _ if !awaited => Turn::Lost { timed_out },
        _ if !changes && rng.u8(0..100) < 85 => Turn::Pass,
        0..10 => Turn::Execute,
        10..16 => Turn::Unsent,
        16..24 => Turn::Lost { timed_out },
        24..34 => Turn::AnswerLost { timed_out },
        34..39 if changes => Turn::Linger,
        39..42 => Turn::Refused { status: 429, code: "TOO_MANY_REQUEST", sign: Sign::Right },
        42..45 => Turn::Refused { status: 200, code: "PARAMS_INVALID", sign: Sign::Right },
        45 => Turn::Refused { status: 200, code: "SYSTEM_ERROR", sign: Sign::Right },
        46..48 => Turn::Page(502),
        48..50 => Turn::Spoilt(Sign::Wrong),
        50 => Turn::Spoilt(Sign::Absent),
        _ => Turn::Pass,
    }
}
