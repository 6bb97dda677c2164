//! A host whose processes are killed: what it runs next, what it holds against the sandbox after each kill, and how it
//! comes to rest.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::{Duration, Instant};

use docket::domain::action::State;
use docket::domain::record::{ActionRecord, Finding, Kind as ActionKind};
use docket::store::Store as _;
use fastrand::Rng;
use time::OffsetDateTime;

use super::{Kind, Tally};
use crate::bench::Bench;
use crate::host::{ASKING, CLOSED, Host, first_note, order_of};

/// Rounds between two times of settling what was left open.
const LAP: usize = 10;

pub(super) struct Victim<'a> {
    pub(super) host: Host<'a>,
    pub(super) rng: Rng,
    pub(super) tally: Tally,
    /// How long each kind takes when nobody kills it, as far as is known.
    pub(super) spans: BTreeMap<Kind, Duration>,
    /// Cases whose orders were to be refunded.
    pub(super) refunded: BTreeSet<String>,
    /// Cases that were to be answered.
    pub(super) answered: BTreeSet<String>,
    /// The note that each case must have.
    pub(super) notes: BTreeMap<String, String>,
    /// The newest fee of each case that the gateway was given.
    pub(super) fees: BTreeMap<String, u32>,
    /// So that no two texts are the same.
    pub(super) texts: usize,
    /// What the desk showed when it was killed last.
    pub(super) shown: String,
}

impl<'a> Victim<'a> {
    pub(super) fn new(bench: &'a Bench, nth: u64, rng: Rng) -> Self {
        let (spans, tally, host) = (BTreeMap::new(), Tally::default(), Host::new(bench, nth));
        let (refunded, answered) = (BTreeSet::new(), BTreeSet::new());
        let (notes, fees) = (BTreeMap::new(), BTreeMap::new());
        let mut victim =
            Self { host, rng, tally, spans, refunded, answered, notes, fees, texts: 0, shown: String::new() };
        for kind in [Kind::Refund, Kind::Reply, Kind::Refresh] {
            let (_, command) = victim.next(kind);
            victim.runs_through(kind, command);
        }
        victim
    }

    /// Learns how long something takes that nobody kills. With others beside it, it will take longer.
    fn runs_through(&mut self, kind: Kind, mut command: Command) {
        let began = Instant::now();
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        self.spans.insert(kind, began.elapsed() * 3 / 2);
    }

    pub(super) fn rounds(&mut self, rounds: usize) {
        for round in 0..rounds {
            if round % LAP == LAP - 1 {
                self.settle();
            }
            // The desk takes seconds where the others take a fraction of one.
            let kind = match self.rng.u8(..20) {
                0..8 => Kind::Refund,
                8..14 => Kind::Reply,
                14..16 => Kind::Refresh,
                _ => Kind::Desk,
            };
            let moment = match kind {
                Kind::Refund => self.kill_a_refund(),
                Kind::Reply => self.kill_a_reply(),
                Kind::Refresh => self.kill_a_refresh(),
                Kind::Desk => self.kill_the_desk(),
            };
            *self.tally.moments.entry((kind, moment)).or_default() += 1;
            self.host.check_whole();
        }
    }

    /// A case that the gateway and the list know.
    pub(super) fn new_case(&mut self, status: &str) -> String {
        let id = self.host.new_case(status);
        self.notes.insert(id.clone(), first_note(&id));
        id
    }

    /// A case whose order has no open refund: an old one, so that numbers go on, or a new one.
    pub(super) fn refundable(&mut self) -> String {
        let actions = self.host.actions();
        let free = |id: &&String| !actions.iter().any(|one| is_of_order(one, id) && one.is_open());
        let free: Vec<String> = self.refunded.iter().filter(free).cloned().collect();
        let id =
            if free.len() < 4 || self.rng.u8(..4) == 0 { self.new_case(CLOSED) } else { self.pick(&free) };
        self.refunded.insert(id.clone());
        id
    }

    /// A case that waits for a reply and has none on its way.
    pub(super) fn asking(&mut self) -> String {
        let actions = self.host.actions();
        let free = |id: &&String| {
            self.host.replied(id).is_empty()
                && !actions.iter().any(|one| is_reply_to(one, id) && one.is_open())
        };
        let free: Vec<String> = self.answered.iter().filter(free).cloned().collect();
        let id = if free.len() < 2 || self.rng.bool() { self.new_case(ASKING) } else { self.pick(&free) };
        self.answered.insert(id.clone());
        id
    }

    /// A text that nobody has written yet.
    pub(super) fn new_text(&mut self) -> String {
        self.texts += 1;
        format!("Delivered on time, line {:04}.", self.texts)
    }

    pub(super) fn pick(&mut self, from: &[String]) -> String {
        from[self.rng.usize(..from.len())].clone()
    }

    /// When to kill: any time at all, and in two of three rounds towards the end, where things move.
    pub(super) fn moment(&mut self, kind: Kind) -> Duration {
        let span = u64::try_from(self.spans[&kind].as_micros()).unwrap();
        let earliest = if self.rng.u8(..3) == 0 { 0 } else { span * 6 / 10 };
        Duration::from_micros(self.rng.u64(earliest..span * 11 / 10))
    }

    /// Other tests come and go on this machine, and with them the time that something takes.
    pub(super) fn learn(&mut self, kind: Kind, had_ended: bool) {
        let span = self.spans.get_mut(&kind).unwrap();
        *span = if had_ended { *span * 85 / 100 } else { *span * 108 / 100 };
    }

    /// Does what an operator does: asks, says what never arrived, and asks about the rest.
    fn settle(&mut self) {
        let asked = self.host.line("settle");
        assert!([0, 3, 6].contains(&asked.code), "{asked:?}");
        let mut store = self.host.store();
        for record in store.actions().unwrap() {
            if record.state == State::Unknown && !self.was_executed(&record) {
                let (id, now) = (&record.intent.id, OffsetDateTime::now_utc());
                store.resolve(id, State::NotReceived, &Finding::default(), now).unwrap();
            }
        }
        drop(store);
        let settled = self.host.line("settle");
        assert!([0, 3].contains(&settled.code), "{settled:?}");
    }

    /// With the sandbox at rest everything that can be known is known, and nothing else is.
    pub(super) fn come_to_rest(&mut self) {
        for _ in 0..2 {
            let ran = self.host.line("settle");
            assert!([0, 6].contains(&ran.code), "{ran:?}");
        }
        self.host.check_whole();
        for id in self.refunded.clone() {
            self.check_order(&order_of(&id));
        }
        for id in self.answered.clone() {
            self.check_case(&id);
        }
        let records = self.host.actions();
        for record in &records {
            self.check_ended(record, &records);
        }
        self.check_list();
    }

    fn check_ended(&self, record: &ActionRecord, all: &[ActionRecord]) {
        match record.state {
            State::Settled => assert!(self.was_executed(record), "{record:?}"),
            State::Unknown | State::Refused | State::NotReceived => {
                // A refund keeps its number until it was executed under it.
                let number = record.intent.out_refund_no.as_ref();
                let same =
                    |other: &&ActionRecord| number.is_some() && other.intent.out_refund_no.as_ref() == number;
                let later = all.iter().filter(same).any(|other| other.state == State::Settled);
                assert!(later || !self.was_executed(record), "executed and not known: {record:?}");
            }
            other => panic!("{other} with the sandbox at rest: {record:?}"),
        }
    }
}

/// Whether a record is a refund of a case's order.
pub(super) fn is_of_order(record: &ActionRecord, id: &str) -> bool {
    record.intent.order.as_deref() == Some(&order_of(id))
}

/// Whether a record is a reply to a case.
pub(super) fn is_reply_to(record: &ActionRecord, id: &str) -> bool {
    record.intent.kind == ActionKind::Reply
        && record.intent.case_id.as_ref().is_some_and(|case| case.as_str() == id)
}
