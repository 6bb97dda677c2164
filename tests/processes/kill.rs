//! kill -9 at random moments over refunds, replies, refreshes and the desk: nothing happens twice, nothing is lost, and
//! the journal knows of everything that left.
//!
//! Rounds and seed come from `DOCKET_KILL_ROUNDS` (200) and `DOCKET_KILL_SEED` (random); a failing run prints its seed.

mod checks;
mod commands;
mod desk;
mod victim;

use std::collections::BTreeMap;
use std::thread;
use std::time::Instant;

use fastrand::Rng;

use crate::bench::Bench;
use crate::{number, tell};
use victim::Victim;

/// Hosts that are killed side by side, each with cases and orders of its own.
const HOSTS: usize = 4;
/// From so many rounds on every kind of kill is expected to have happened.
const ENOUGH: usize = 150;

/// What is running when it is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Refund,
    Reply,
    Refresh,
    Desk,
}

/// What the rounds came to.
#[derive(Debug, Default)]
struct Tally {
    /// Where kills fell.
    moments: BTreeMap<(Kind, &'static str), usize>,
    /// What was held against the disk after kills.
    held: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn of_kind(&self, kind: Kind) -> usize {
        self.moments.iter().filter(|((one, _), _)| *one == kind).map(|(_, count)| count).sum()
    }

    fn add(&mut self, other: &Self) {
        for (moment, count) in &other.moments {
            *self.moments.entry(*moment).or_default() += count;
        }
        for (what, count) in &other.held {
            *self.held.entry(what).or_default() += count;
        }
    }

    fn holds(&mut self, what: &'static str) {
        *self.held.entry(what).or_default() += 1;
    }

    /// A run that hardly tried anything proves nothing.
    fn check_reach(&self, executed: (usize, usize), rounds: usize) {
        for (kind, moment) in [
            (Kind::Refund, "before the journal"),
            (Kind::Refund, "unknown and executed"),
            (Kind::Reply, "before the journal"),
            (Kind::Reply, "unknown and executed"),
        ] {
            assert!(
                self.moments.contains_key(&(kind, moment)),
                "no kill of a {kind:?} fell {moment}: {self:?}"
            );
        }
        for what in ["draft", "note", "outcome told"] {
            assert!(self.held.contains_key(what), "no {what} was ever held against the disk: {self:?}");
        }
        let (refunds, replies) = executed;
        assert!(refunds >= rounds / 10 && replies >= rounds / 20, "hardly anything was sent: {executed:?}");
    }
}

#[test]
fn killed_at_any_moment_nothing_is_done_twice_lost_or_forgotten() {
    let rounds = usize::try_from(number("DOCKET_KILL_ROUNDS").unwrap_or(200)).unwrap();
    let seed = number("DOCKET_KILL_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("{rounds} rounds, DOCKET_KILL_SEED={seed}");
    let began = Instant::now();
    let bench = Bench::new();
    bench.faults("latency(20+20)");
    let mut victims: Vec<Victim<'_>> = (0..HOSTS)
        .zip(0..)
        .map(|(_, nth)| Victim::new(&bench, nth, Rng::with_seed(seed.wrapping_add(nth))))
        .collect();
    thread::scope(|scope| {
        for (nth, victim) in victims.iter_mut().enumerate() {
            let share = rounds / HOSTS + usize::from(nth < rounds % HOSTS);
            scope.spawn(move || victim.rounds(share));
        }
    });
    bench.faults("none");
    let mut tally = Tally::default();
    for victim in &mut victims {
        victim.come_to_rest();
        tally.add(&victim.tally);
    }
    let state = bench.sandbox().state();
    let refunds = state.ledger().len();
    let replies =
        victims.iter().flat_map(|victim| &victim.answered).filter(|id| !state.replies(id).is_empty()).count();
    drop(state);
    let kinds =
        [Kind::Refund, Kind::Reply, Kind::Refresh, Kind::Desk].map(|kind| (kind, tally.of_kind(kind)));
    tell(&format!(
        "kill -9: {rounds} rounds {kinds:?} in {:.0?}, seed {seed}; {refunds} refunds and {replies} replies executed, \
         each once; held against the disk {:?}\n{:?}",
        began.elapsed(),
        tally.held,
        tally.moments
    ));
    if rounds >= ENOUGH {
        tally.check_reach((refunds, replies), rounds);
    }
}
