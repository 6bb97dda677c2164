//! How near a refresh comes to what the processors and the line allow: `cargo bench --bench refresh`.
//!
//! Everything is a ratio of one run: docket against what its own signing and checking takes on all processors, against
//! a Python script, and against the latency of a line. The row of Python wants `requests` and `cryptography`:
//!
//! ```text
//! python3 -m venv "$VENV" && "$VENV/bin/pip" install requests cryptography
//! DOCKET_BENCH_PYTHON="$VENV/bin/python" cargo bench --bench refresh
//! ```
//!
//! `cargo bench --bench refresh -- line` (or `processors`, `keys`) measures one part alone.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark stops at the first surprise and prints its figures"
)]
#![allow(dead_code, reason = "each benchmark uses its part of the shared support")]

mod support;

#[path = "support/canned.rs"]
mod canned;
#[path = "support/spent.rs"]
mod spent;

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use canned::{Canned, GATEWAY_KEY, IDS, KEY};
use docket::gateway::{KeyError, PrivateKey};
use spent::Spent;
use support::Desk;

/// Forty rounds of the widest refresh.
const CASES: u32 = 2_560;
/// As many calls at a time as Python has threads.
const CONCURRENCY: u32 = 16;
/// The most that the config takes.
const WIDE: u32 = 64;
const ROUNDS: usize = 5;
/// So many times the cursor of an idle desk goes down and up.
const KEYS: usize = 50;
/// A fast hand.
const BETWEEN_KEYS: Duration = Duration::from_millis(30);
/// How long signing and checking is measured for.
const ARITHMETIC: Duration = Duration::from_secs(1);

/// A way of signing.
type Sign = fn(&PrivateKey, &[u8]) -> Result<String, KeyError>;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wants = |part: &str| wanted.is_empty() || wanted.iter().any(|word| word == part);
    let canned = Canned::serving(CASES as usize);
    println!("{CASES} cases, answers of {} bytes", canned.sample.body.len());
    let started = Instant::now();
    refresh(&canned, CONCURRENCY);
    println!("first refresh, every answer new: {:.0} cases/s", rate(CASES, started.elapsed()));
    if wants("processors") {
        processors(&canned);
    }
    if wants("line") {
        line(&canned);
    }
    if wants("keys") {
        keys(&canned);
    }
}

/// How long a key of the desk waits for its frame while a refresh takes all processors.
fn keys(canned: &Canned) {
    canned.write_config("refresh", CONCURRENCY);
    let mut desk = Desk::open(&canned.globals("refresh"));
    desk.wait_for("DISPUTE_INQUIRY");
    desk.settle();
    let idle: Vec<Duration> = (0..KEYS).map(|_| up_and_down(&mut desk)).collect();
    report("keys of an idle desk", idle);
    desk.press_until("\x12", under_way);
    let mut busy = Vec::new();
    while under_way(desk.screen.screen()) {
        busy.push(up_and_down(&mut desk));
    }
    report("keys during a refresh", busy);
}

/// Whether the header says how far a refresh has come.
fn under_way(screen: &vt100::Screen) -> bool {
    screen.contents().lines().take(2).any(|line| line.contains(" stops"))
}

/// Moves the cursor by one row and back; the longer of the two waits until it stands there.
fn up_and_down(desk: &mut Desk) -> Duration {
    let before = cursor(desk.screen.screen()).expect("the cursor shows");
    let down = desk.press_until("j", |screen| cursor(screen) == Some(before + 1));
    let up = desk.press_until("k", |screen| cursor(screen) == Some(before));
    std::thread::sleep(BETWEEN_KEYS);
    down.max(up)
}

/// The row of the sign before the case under the cursor.
fn cursor(screen: &vt100::Screen) -> Option<usize> {
    screen.contents().lines().position(|line| line.starts_with('▸'))
}

fn report(what: &str, mut waits: Vec<Duration>) {
    waits.sort();
    let at = |part: usize| waits.get(waits.len() * part / 100).or(waits.last()).copied().unwrap_or_default();
    println!(
        "{what}: {} of them, median {:?}, 99 % {:?}, longest {:?}",
        waits.len() * 2,
        at(50),
        at(99),
        at(100)
    );
}

/// Docket and Python against what the processors can sign and check, in rounds, since the machine is not always the same.
fn processors(canned: &Canned) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let python = python();
    if let Err(why) = &python {
        println!("no row for Python: {why}");
    }
    println!("a line without latency, {ROUNDS} rounds; cases a second, milliseconds of processor a case:");
    let rounds: Vec<Round> =
        (0..ROUNDS).map(|_| Round::of(canned, threads, python.as_deref().ok())).collect();
    let summary_against = |what: &str, arithmetic: fn(&Round) -> &Work| {
        let share = |round: &Round| round.docket.per_second / arithmetic(round).per_second;
        let of_processor = |round: &Round| arithmetic(round).spent / round.docket.spent;
        summary(&format!("docket against {what}, cases"), rounds.iter().map(share).collect());
        summary("  the same, processor time", rounds.iter().map(of_processor).collect());
    };
    summary_against("signing by rsa and checking", |round| &round.actions);
    summary_against("signing by ring, as questions are, and checking", |round| &round.questions);
    if python.is_ok() {
        summary("docket against Python, cases", rounds.iter().filter_map(Round::against_python).collect());
    }
}

/// Work that was done for some cases.
struct Work {
    per_second: f64,
    /// Milliseconds of processor time a case.
    spent: f64,
}

impl Work {
    fn of(cases: u32, taken: Duration, spent: Duration) -> Self {
        Self { per_second: rate(cases, taken), spent: spent.as_secs_f64() * 1e3 / f64::from(cases) }
    }

    /// What it would have been in the middle of two moments.
    fn between(before: &Self, after: &Self) -> Self {
        let middle = |of: fn(&Self) -> f64| f64::midpoint(of(before), of(after));
        Self { per_second: middle(|work| work.per_second), spent: middle(|work| work.spent) }
    }

    fn print(&self, what: &str) {
        println!("  {what:<36} {:6.0}/s {:7.3} ms", self.per_second, self.spent);
    }
}

/// The same cases by docket and by Python, one after the other.
struct Round {
    /// Signing as calls that change something are signed, by `rsa`, and checking an answer.
    actions: Work,
    /// Signing as questions are signed, by `ring`, and checking an answer.
    questions: Work,
    docket: Work,
    python: Option<Work>,
}

impl Round {
    fn of(canned: &Canned, threads: usize, python: Option<&str>) -> Self {
        let both = || {
            [PrivateKey::sign as Sign, PrivateKey::sign_question].map(|by| arithmetic(canned, threads, by))
        };
        let [acted, asked] = both();
        let (own, gateway) = (Spent::by_children(), Spent::by_this());
        let taken = refresh(canned, CONCURRENCY);
        let (docket, gateway) =
            (Work::of(CASES, taken, own.since()), Work::of(CASES, taken, gateway.since()));
        let [acts, asks] = both();
        let (actions, questions) = (Work::between(&acted, &acts), Work::between(&asked, &asks));
        let python = python.map(|python| {
            let spent = Spent::by_children();
            let taken = script(canned, python);
            Work::of(CASES, taken, spent.since())
        });
        actions.print(&format!("sign by rsa and check, {threads} threads"));
        questions.print(&format!("sign by ring and check, {threads} threads"));
        docket.print(&format!("docket refresh, {CONCURRENCY} at a time"));
        gateway.print("  beside it, the gateway");
        if let Some(python) = &python {
            python.print("Python, 16 threads");
        }
        Self { actions, questions, docket, python }
    }

    fn against_python(&self) -> Option<f64> {
        self.python.as_ref().map(|python| self.docket.per_second / python.per_second)
    }
}

/// The ratios of all rounds.
fn summary(what: &str, mut ratios: Vec<f64>) {
    ratios.sort_by(f64::total_cmp);
    let at = |index: usize| ratios.get(index).copied().unwrap_or_default();
    println!("{what}: {:.2} to {:.2}, median {:.2}", at(0), at(ratios.len() - 1), at(ratios.len() / 2));
}

/// How a line with latency is made use of.
fn line(canned: &Canned) {
    for latency in [50, 200] {
        canned.set_latency(latency);
        let ideal = f64::from(CASES.div_ceil(WIDE)) * Duration::from_millis(latency).as_secs_f64();
        let ratios = (0..ROUNDS).map(|_| refresh(canned, WIDE).as_secs_f64() / ideal).collect();
        summary(&format!("{latency} ms latency, {WIDE} at a time, against the ideal {ideal:.1} s"), ratios);
    }
    canned.set_latency(0);
}

/// Signs a question and checks an answer, again and again, on so many threads.
fn arithmetic(canned: &Canned, threads: usize, sign: Sign) -> Work {
    let question =
        br#"{"version":"1.5","keyVersion":"1","requestTime":"2026-11-21T00:00:00.000Z","appId":"bench"}"#;
    let (over, done) = (AtomicBool::new(false), AtomicU32::new(0));
    let work = || {
        while !over.load(Ordering::Relaxed) {
            sign(&canned.own, question).expect("the key signs");
            assert!(canned.gateway.verify(&canned.sample.body, &canned.sample.sign), "it is signed");
            done.fetch_add(1, Ordering::Relaxed);
        }
    };
    let (started, spent) = (Instant::now(), Spent::by_this());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
        std::thread::sleep(ARITHMETIC);
        over.store(true, Ordering::Relaxed);
    });
    Work::of(done.into_inner(), started.elapsed(), spent.since())
}

/// One refresh of everything, process start and storing included.
fn refresh(canned: &Canned, concurrency: u32) -> Duration {
    canned.write_config("refresh", concurrency);
    let started = Instant::now();
    assert!(canned.docket("refresh", &["refresh", "--all", "--quiet"]), "every case is refreshed");
    started.elapsed()
}

/// A Python that has what the script needs.
fn python() -> Result<String, String> {
    let python = std::env::var("DOCKET_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    match Command::new(&python).args(["-c", "import requests, cryptography"]).output() {
        Ok(output) if output.status.success() => Ok(python),
        Ok(_) => Err(format!(
            "{python} has no `requests` or no `cryptography` (see the head of benches/refresh.rs)"
        )),
        Err(error) => Err(format!("{python} does not run: {error}")),
    }
}

/// The same from Python; the time between its first request and its last answer.
fn script(canned: &Canned, python: &str) -> Duration {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/support/python.py");
    let files = [KEY, GATEWAY_KEY, IDS].map(|name| canned.path(name));
    let output =
        Command::new(python).arg(script).arg(canned.base_url()).args(files).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seconds: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().expect("it prints seconds");
    Duration::from_secs_f64(seconds)
}

fn rate(count: u32, taken: Duration) -> f64 {
    f64::from(count) / taken.as_secs_f64()
}
