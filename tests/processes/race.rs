//! Four processes that all try to refund the same orders: every order is refunded once, whoever comes first, and the
//! others are told so.
//!
//! `DOCKET_RACE_ORDERS` says how many orders (40); `DOCKET_RACE_SEED` in which order.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use docket::domain::action::State;
use fastrand::Rng;
use serde_json::Value;

use crate::bench::Bench;
use crate::host::{CLOSED, Host, order_of};
use crate::{number, tell};

const RACERS: usize = 4;
/// Orders that are given out at once: one has all racers on the same order at the same moment, several have them write
/// the journal for different orders.
const LAPS: [usize; 3] = [1, 1, 6];

/// A shell that refunds each order it is told of, with a process of its own for each, and says how that ended.
struct Racer {
    shell: Child,
    orders: ChildStdin,
    ends: BufReader<ChildStdout>,
}

/// What it says on a line: the order, the exit code, the JSON document.
struct End {
    order: String,
    code: i32,
    said: Value,
}

const SHELL: &str = "while read order; do \
    said=$(\"$0\" refund --order \"$order\" --amount 7 --currency IDR --yes --expect '7 IDR' --json 2>\"$1\"); \
    echo \"$order $? $(echo $said)\"; \
    done";

impl Racer {
    fn new(host: &Host<'_>, nth: usize) -> Self {
        let docket = host.home.docket([""; 0]);
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", SHELL]).arg(docket.get_program()).arg(host.home.path(&format!("stderr-{nth}")));
        shell.env_clear().envs(docket.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let mut shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (orders, ends) = (shell.stdin.take().unwrap(), BufReader::new(shell.stdout.take().unwrap()));
        Self { shell, orders, ends }
    }

    fn give(&mut self, orders: &[String]) {
        self.orders.write_all((orders.join("\n") + "\n").as_bytes()).unwrap();
    }

    fn take(&mut self) -> End {
        let mut line = String::new();
        self.ends.read_line(&mut line).unwrap();
        let mut words = line.splitn(3, ' ');
        let mut word = || words.next().unwrap_or_else(|| panic!("`{line}`"));
        let (order, code) = (word().to_owned(), word().parse().unwrap());
        End {
            order,
            code,
            said: serde_json::from_str(word()).unwrap_or_else(|error| panic!("{error}: {line}")),
        }
    }
}

impl Drop for Racer {
    fn drop(&mut self) {
        _ = self.shell.kill();
        _ = self.shell.wait();
    }
}

/// Hands the orders to all racers, some at a time, to each in its own sequence; how every refund ended.
fn race(host: &Host<'_>, orders: &[String], rng: &mut Rng) -> Vec<End> {
    let mut racers: Vec<Racer> = (0..RACERS).map(|nth| Racer::new(host, nth)).collect();
    let (mut left, mut ends, mut laps) = (orders, Vec::new(), LAPS.into_iter().cycle());
    while !left.is_empty() {
        let (lap, rest) = left.split_at(left.len().min(laps.next().unwrap()));
        left = rest;
        for racer in &mut racers {
            let mut own = lap.to_vec();
            rng.shuffle(&mut own);
            racer.give(&own);
        }
        for racer in &mut racers {
            ends.extend((0..lap.len()).map(|_| racer.take()));
        }
    }
    ends
}

#[test]
fn of_four_processes_one_refunds_an_order_and_three_are_told_so() {
    let count = usize::try_from(number("DOCKET_RACE_ORDERS").unwrap_or(40)).unwrap();
    let seed = number("DOCKET_RACE_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("{count} orders, DOCKET_RACE_SEED={seed}");
    let bench = Bench::new();
    // Long enough that an answer is waited for while the others try.
    bench.faults("latency(20)");
    let mut host = Host::new(&bench, 0);
    let orders: Vec<String> = (0..count).map(|_| order_of(&host.new_case(CLOSED))).collect();
    let began = Instant::now();
    let ends = race(&host, &orders, &mut Rng::with_seed(seed));
    let took = began.elapsed();
    assert_eq!(ends.len(), count * RACERS);

    let mut won: BTreeMap<&str, usize> = BTreeMap::new();
    let mut refusals: BTreeMap<&str, usize> = BTreeMap::new();
    for End { order, code, said } in &ends {
        if *code == 0 {
            assert_eq!(said["state"], "accepted", "{said}");
            *won.entry(order).or_default() += 1;
        } else {
            // Nothing was sent, for a reason that is given in words.
            assert_eq!((*code, &said["state"]), (3, &Value::from("refused")), "{order}: {said}");
            assert_eq!(said["actionId"], Value::Null, "{said}");
            *refusals.entry(said["code"].as_str().unwrap()).or_default() += 1;
        }
    }
    // The one who was quicker is met in the journal, or already at the gateway.
    assert!(
        refusals.keys().all(|code| ["OCCUPIED", "MOVED"].contains(code)),
        "why others were refused: {refusals:?}"
    );
    assert!(orders.iter().all(|order| won.get(order.as_str()) == Some(&1)), "{won:?}");
    check_books(&host, &orders);
    tell(&format!(
        "race: {RACERS} processes, {count} orders, {} refunds executed, each once; refused {refusals:?}; {took:.1?}, \
         seed {seed}",
        bench.sandbox().state().ledger().len()
    ));
}

/// The sandbox's ledger and the journal say the same, and each order was refunded once.
fn check_books(host: &Host<'_>, orders: &[String]) {
    let actions = host.actions();
    assert_eq!(actions.len(), orders.len(), "actions in the journal");
    for order in orders {
        let refunds = host.refunded(order);
        assert_eq!(refunds.len(), 1, "{refunds:?}");
        assert_eq!((refunds[0].executed, refunds[0].received), (1, 1), "{:?}", refunds[0]);
        let of_order = |one: &&docket::domain::record::ActionRecord| one.intent.order.as_ref() == Some(order);
        let known: Vec<_> = actions.iter().filter(of_order).collect();
        let [known] = known[..] else { panic!("{known:?}") };
        assert_eq!(known.intent.out_refund_no.as_ref(), Some(&refunds[0].out_refund_no));
        assert_eq!(known.state, State::Accepted);
    }
    host.check_whole();
}
