//! `docket refund` killed at random moments: at most one execution per intent, and a journal that knows every one.
//!
//! Rounds and seed come from `DOCKET_KILL_ROUNDS` (200) and `DOCKET_KILL_SEED` (random); a failing run prints its seed.

use std::collections::BTreeMap;
use std::env;
use std::thread;
use std::time::{Duration, Instant};

use docket::domain::action::State;
use docket::domain::case::Field;
use docket::domain::record::{ActionRecord, Finding};
use docket::sandbox::{Refund, RefundStatus};
use docket::store::{SqliteStore, Store as _};
use fastrand::Rng;
use time::OffsetDateTime;

use crate::bench::Bench;

/// Homes that refund side by side, each its own orders.
const HOMES: usize = 2;
/// Rounds between two times of settling what was left open.
const LAP: usize = 10;
/// Orders of each home to begin with; more are made as they are left unknown.
const ORDERS: usize = 12;

#[test]
fn killed_at_any_moment_no_refund_is_executed_twice_or_forgotten() {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let rounds = usize::try_from(number("DOCKET_KILL_ROUNDS").unwrap_or(200)).unwrap();
    let seed = number("DOCKET_KILL_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("{rounds} rounds, DOCKET_KILL_SEED={seed}");
    let began = Instant::now();
    let bench = Bench::new();
    bench.faults("latency(20+20)");
    let second = bench.second_home();
    let mut homes: Vec<Home<'_>> = [&bench, &second]
        .into_iter()
        .zip(0..)
        .map(|(own, nth)| Home::new(&bench, own, nth, Rng::with_seed(seed.wrapping_add(nth))))
        .collect();
    thread::scope(|scope| {
        for home in &mut homes {
            scope.spawn(|| home.rounds(rounds / HOMES));
        }
    });
    bench.faults("none");
    let mut moments = BTreeMap::new();
    for home in &mut homes {
        home.come_to_rest();
        for (moment, count) in &home.moments {
            *moments.entry(*moment).or_insert(0) += count;
        }
    }
    let executions = bench.sandbox().state().ledger().len();
    println!("killed {moments:?}; {executions} executions; {:.1?}", began.elapsed());
    if rounds >= 100 {
        assert!(executions >= rounds / 10, "hardly anything was refunded, so hardly anything was tried");
        for moment in ["before the journal", "unknown and executed"] {
            assert!(moments.contains_key(moment), "no kill fell {moment}: {moments:?}");
        }
    }
}

/// One host: a home, its orders, and where its kills fell.
struct Home<'a> {
    sandbox: &'a Bench,
    own: &'a Bench,
    nth: u64,
    rng: Rng,
    /// Orders on which nothing is open.
    free: Vec<String>,
    made: usize,
    /// How long a refund takes when nobody kills it.
    span: Duration,
    moments: BTreeMap<&'static str, usize>,
}

impl<'a> Home<'a> {
    fn new(sandbox: &'a Bench, own: &'a Bench, nth: u64, rng: Rng) -> Self {
        let (free, moments) = (Vec::new(), BTreeMap::new());
        let mut home = Self { sandbox, own, nth, rng, free, made: 0, span: Duration::ZERO, moments };
        for _ in 0..ORDERS {
            let order = home.new_order();
            home.free.push(order);
        }
        let (order, began) = (home.free.remove(0), Instant::now());
        let ran = own.run(words(&order));
        assert_eq!(ran.code, 0, "{ran:?}");
        home.span = began.elapsed();
        home
    }

    /// An order of 5000 IDR with a closed case, on the list of this home.
    fn new_order(&mut self) -> String {
        self.made += 1;
        let id = format!("O{}N{}", self.nth, self.made);
        self.sandbox.put(&id, "CASE_CLOSED", 4);
        let mut case = self.sandbox.sandbox().state().case(&id).unwrap().clone();
        case.set(Field::OriginTradeAmount, Some("5000.00".to_owned()));
        case.set(Field::OriginTradeCurrency, Some("IDR".to_owned()));
        self.sandbox.sandbox().state().put_case(case);
        self.own.line(&format!("track {id}")).good();
        self.own.line(&format!("refresh {id} --quiet")).good();
        format!("P{id}")
    }

    fn rounds(&mut self, rounds: usize) {
        for round in 0..rounds {
            if round % LAP == LAP - 1 {
                self.settle();
            }
            let order = match self.free.len() {
                0 => self.new_order(),
                free => self.free.swap_remove(self.rng.usize(..free)),
            };
            let moment = self.round(&order);
            *self.moments.entry(moment).or_insert(0) += 1;
            if !self.store().actions().unwrap().iter().any(|one| is_of(one, &order) && one.is_open()) {
                self.free.push(order);
            }
        }
    }

    /// One refund and one kill; where it fell.
    fn round(&mut self, order: &str) -> &'static str {
        let before = self.records(order).len();
        let mut child = self.own.command(words(order)).spawn().unwrap();
        thread::sleep(self.moment());
        // Other tests come and go on this machine, and with them the time that a refund takes.
        self.span = match child.try_wait().unwrap() {
            Some(_) => self.span * 97 / 100,
            None => self.span * 101 / 100,
        };
        child.kill().unwrap();
        child.wait().unwrap();
        let left_behind = self.records(order).last().map(|record| record.state);
        let mut store = self.store();
        store.recover(OffsetDateTime::now_utc()).unwrap();
        assert_eq!(store.verify_journal().unwrap().broken, None);
        drop(store);
        let records = self.check(order);
        let last =
            records.last().filter(|_| records.len() > before || left_behind.is_some_and(State::is_open));
        match last {
            None => "before the journal",
            Some(last) if last.state == State::Unknown && self.executed(last) => "unknown and executed",
            Some(last) => last.state.word(),
        }
    }

    /// When to kill: any time at all, and in two of three cases towards the end, where the money moves.
    fn moment(&mut self) -> Duration {
        let span = u64::try_from(self.span.as_micros()).unwrap();
        let earliest = if self.rng.u8(..3) == 0 { 0 } else { span * 6 / 10 };
        Duration::from_micros(self.rng.u64(earliest..span * 11 / 10))
    }

    /// Holds the journal of an order against what the sandbox really did.
    fn check(&self, order: &str) -> Vec<ActionRecord> {
        let records = self.records(order);
        let ledger = self.ledger(order);
        for refund in &ledger {
            assert_eq!(refund.executed, 1, "{refund:?}");
            let known: Vec<&ActionRecord> = records
                .iter()
                .filter(|one| one.intent.out_refund_no.as_deref() == Some(&refund.out_refund_no))
                .filter(|one| matches!(one.state, State::Unknown | State::Accepted | State::Settled))
                .collect();
            let [known] = known[..] else { panic!("{refund:?} is not known once: {records:?}") };
            assert_eq!(known.intent.amount.as_deref(), Some(refund.amount_text.as_str()));
        }
        assert!(ledger.len() <= records.len(), "{ledger:?} for {records:?}");
        records
    }

    /// Does what an operator does: says what never arrived, asks about the rest, and goes on.
    fn settle(&mut self) {
        let mut store = self.store();
        for record in store.actions().unwrap() {
            if record.state == State::Unknown && !self.executed(&record) {
                store
                    .resolve(
                        &record.intent.id,
                        State::NotReceived,
                        &Finding::default(),
                        OffsetDateTime::now_utc(),
                    )
                    .unwrap();
            }
        }
        drop(store);
        for _ in 0..2 {
            let ran = self.own.line("settle");
            assert!([0, 3].contains(&ran.code), "{ran:?}");
        }
        let records = self.store().actions().unwrap();
        let orders: std::collections::BTreeSet<&str> =
            records.iter().filter_map(|record| record.intent.order.as_deref()).collect();
        self.free.retain(|order| !orders.contains(order.as_str()));
        let open = |order: &str| records.iter().any(|one| is_of(one, order) && one.is_open());
        self.free.extend(orders.into_iter().filter(|order| !open(order)).map(str::to_owned));
    }

    /// With the sandbox at rest everything that can be known is known.
    fn come_to_rest(&mut self) {
        for _ in 0..2 {
            let ran = self.own.line("settle");
            assert!([0, 6].contains(&ran.code), "{ran:?}");
        }
        assert!(self.own.line("journal --verify").good().contains("whole"));
        let records = self.store().actions().unwrap();
        for record in &records {
            self.check(record.intent.order.as_deref().unwrap());
            match record.state {
                State::Settled => assert!(self.executed(record), "{record:?}"),
                State::Unknown | State::Refused | State::NotReceived => {
                    let same_number = |other: &&ActionRecord| {
                        other.intent.out_refund_no == record.intent.out_refund_no
                            && other.state == State::Settled
                    };
                    let later = records.iter().any(|other| same_number(&other));
                    assert!(later || !self.executed(record), "executed and not known: {record:?}");
                }
                other => panic!("{other} with the sandbox at rest: {record:?}"),
            }
        }
    }

    fn executed(&self, record: &ActionRecord) -> bool {
        let number = record.intent.out_refund_no.as_deref().unwrap();
        let state = self.sandbox.sandbox().state();
        state.ledger().get(number).is_some_and(|refund| refund.status != RefundStatus::Failed)
    }

    fn ledger(&self, order: &str) -> Vec<Refund> {
        let state = self.sandbox.sandbox().state();
        state.ledger().iter().filter(|refund| refund.out_trade_no == order).cloned().collect()
    }

    fn records(&self, order: &str) -> Vec<ActionRecord> {
        let all = self.store().actions().unwrap();
        all.into_iter().filter(|record| is_of(record, order)).collect()
    }

    fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.own.path("data/test.db")).unwrap()
    }
}

fn is_of(record: &ActionRecord, order: &str) -> bool {
    record.intent.order.as_deref() == Some(order)
}

fn words(order: &str) -> Vec<String> {
    let words = format!("refund --order {order} --amount 7 --currency IDR --yes --expect");
    words.split(' ').chain(["7 IDR"]).map(str::to_owned).collect()
}
