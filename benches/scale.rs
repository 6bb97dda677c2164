//! Whether the size of the list can be felt: `cargo bench --bench scale`, and `cargo bench --bench scale -- 1000000`.
//!
//! Fills a database through the store itself, then measures the program in a terminal of 120 by 40. What starts a process
//! is also printed as a ratio to `docket --version` of the same run, which is process start and nothing else; a key as a
//! ratio to the same key over a list of 1,000 cases in the same run.
//! With a directory as second argument the filled database is kept there and used again.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark stops at the first surprise and prints its figures"
)]
#![allow(dead_code, reason = "each benchmark uses its part of the shared support")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use docket::domain::case::{Case, Field};
use docket::domain::ids::CaseId;
use docket::sandbox::generate;
use docket::store::{NewCase, Observation, SqliteStore, Store as _};
use support::{DOCKET, Desk, median};
use time::{OffsetDateTime, UtcOffset};

const CASES: usize = 100_000;
/// The list that a long one is held against.
const FEW: usize = 1_000;
const ROUNDS: usize = 9;
/// Keys that come at once, as when one was held while the line stood still.
const BURST: usize = 200;
/// Cases put on the list, and answers recorded, in one go.
const STEP: usize = 10_000;

fn main() {
    let numbers: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let cases = numbers.first().and_then(|word| word.parse().ok()).unwrap_or(CASES);
    let own = tempfile::tempdir().expect("a temporary directory");
    let kept = numbers.get(1).map(PathBuf::from);
    let list = List::at(kept.as_deref().unwrap_or(own.path()), cases);
    let bare = median((0..ROUNDS).map(|_| run(&["--version".to_owned()])).collect());
    println!("{cases} cases, 120x40; the baseline, docket --version: {bare:?}");
    let say = |what: &str, taken: Duration| say(what, taken, bare);

    let first = || Desk::open(&list.globals()).wait_for("DISPUTE_INQUIRY");
    say("first frame after process start", median((0..ROUNDS).map(|_| first()).collect()));
    let listed = list.command(&["list", "--filter", "due:today", "--json"]);
    say("list --filter due:today --json", median((0..ROUNDS).map(|_| run(&listed)).collect()));
    say("motd", median((0..ROUNDS).map(|_| run(&list.command(&["motd"]))).collect()));

    let mut desk = Desk::open(&list.globals());
    say("all cases in memory after process start", desk.wait_without("reading "));
    desk.settle();
    println!("{:<44} {:>9} KiB", "resident, most so far", desk.most_resident());
    let long = keys(&mut desk);
    println!("{:<44} {:>9} KiB", "resident, most after all was marked", desk.most_resident());
    say("a write of another process on the screen", list.written_elsewhere(&mut desk, cases));
    println!("{:<44} {:>9} KiB", "resident, most after that", desk.most_resident());
    drop(desk);

    let few = tempfile::tempdir().expect("a temporary directory");
    let mut desk = Desk::open(&List::at(few.path(), FEW).globals());
    desk.wait_for("DISPUTE_INQUIRY");
    desk.settle();
    println!(
        "keys, against the same over {FEW} cases: first bytes of the answer, and until the screen stands"
    );
    for ((name, taken), (_, baseline)) in long.into_iter().zip(keys(&mut desk)) {
        self::say(name, taken.0, baseline.0);
        self::say("", taken.1, baseline.1);
    }
}

fn say(what: &str, taken: Duration, baseline: Duration) {
    println!("{what:<44} {taken:>12.2?}  ratio {:>8.1}", taken.as_secs_f64() / baseline.as_secs_f64());
}

/// How long the answer to a key begins and ends after it.
type Answer = (Duration, Duration);

/// Presses the keys whose cost must not depend on the size of the list.
fn keys(desk: &mut Desk) -> Vec<(&'static str, Answer)> {
    let mut all = Vec::new();
    for (name, key, times) in [
        ("down", "j", 20),
        ("page down", "\x1b[6~", 10),
        ("bottom", "G", 1),
        ("top", "g", 1),
        ("mark", " ", 5),
        ("take the marks away", "u", 1),
        ("won't contest, asked", "w", 1),
        ("won't contest, why", "w", 1),
        ("won't contest, done", "\r", 1),
        ("undo", "z", 1),
        ("view All", "5", 1),
        ("page down in All", "\x1b[6~", 5),
        ("order by amount", "o", 1),
        ("order by id", "o", 1),
        ("that order", "\r", 1),
        ("open the filter", "/", 1),
        ("filter, letter 1 (i)", "i", 1),
        ("filter, letter 2 (d)", "d", 1),
        ("filter, letter 3 (r)", "r", 1),
        ("filter, letter taken away", "\x7f", 1),
        ("leave the filter", "\x1b", 1),
    ] {
        let taken: Vec<_> = (0..times).map(|_| desk.answer_to(key)).collect();
        let (first, last): (Vec<_>, Vec<_>) = taken.into_iter().unzip();
        all.push((name, (median(first), median(last))));
    }
    desk.press("g");
    all.push(("200 times down at once", desk.answer_to(&"j".repeat(BURST))));
    println!("{:<44} {:>9} KiB", "resident, most after these keys", desk.most_resident());
    for (name, key) in [
        ("mark all", "V"),
        ("down, all marked", "j"),
        ("take the marks away", "u"),
        ("bring them back", "z"),
        ("mark none again", "z"),
    ] {
        all.push((name, desk.answer_to(key)));
    }
    all
}

/// Runs the program to its end.
fn run(arguments: &[String]) -> Duration {
    let started = Instant::now();
    let ended = Command::new(DOCKET).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(ended.is_ok_and(|status| status.success()), "docket {arguments:?} works");
    started.elapsed()
}

/// A home directory with a long list in it.
struct List {
    home: PathBuf,
}

impl List {
    /// The list in a directory, filled where it is not there yet.
    fn at(home: &Path, cases: usize) -> Self {
        let list = Self { home: home.to_owned() };
        let config = "default_profile = \"scale\"\n[profiles.scale]\nenvironment = \"custom\"\n\
             base_url = \"http://127.0.0.1:9\"\napp_id = \"a\"\nmerchant_no = \"m\"\nprivate_key_file = \"k\"\n\
             gateway_public_key_file = \"p\"\ndue_zone = \"+08:00\"\n[refresh]\nevery_minutes = 0\n";
        std::fs::create_dir_all(home).expect("a home directory");
        std::fs::write(home.join("config.toml"), config).expect("a config");
        list.docket(&["motd"]);
        let database = home.join("data/scale.db");
        // Each run begins where the first one did, not where the last one left off.
        _ = std::fs::remove_file(home.join("data/scale.desk.json"));
        if !database.exists() {
            let started = Instant::now();
            fill(&database, cases);
            println!("filled {} with {cases} cases in {:.1?}", database.display(), started.elapsed());
        }
        list
    }

    fn globals(&self) -> [String; 4] {
        let text = |name: &str| self.home.join(name).display().to_string();
        ["--config".into(), text("config.toml"), "--data-dir".into(), text("data")]
    }

    fn command(&self, arguments: &[&str]) -> Vec<String> {
        self.globals().into_iter().chain(arguments.iter().map(|&word| word.to_owned())).collect()
    }

    /// How long it takes until a desk counts a case that another process has put on the list. It looks every second.
    fn written_elsewhere(&self, desk: &mut Desk, cases: usize) -> Duration {
        let mut store = SqliteStore::open(&self.home.join("data/scale.db")).expect("a database");
        let (id, now) = (CaseId::parse("O-ANOTHER").expect("an id"), OffsetDateTime::now_utc());
        let started = Instant::now();
        store.track(&[NewCase::new(id.clone())], now).expect("the list takes a case");
        desk.wait_for(&format!("All {}", cases + 1));
        let taken = started.elapsed();
        store.untrack(&[id], now).expect("and gives it back");
        taken
    }

    fn docket(&self, arguments: &[&str]) {
        run(&self.command(arguments));
    }
}

/// Puts lifelike cases on the list, each fetched once.
fn fill(database: &Path, cases: usize) {
    let now = OffsetDateTime::now_utc();
    let today = now.to_offset(UtcOffset::from_hms(8, 0, 0).expect("a zone")).date();
    let mut store = SqliteStore::open(database).expect("a database");
    for step in generate(cases, 7, today).chunks(STEP) {
        let (entries, answers): (Vec<_>, Vec<_>) = step
            .iter()
            .map(|made| {
                let case =
                    Case::from_fields(Field::ALL.map(|field| (field, made.get(field).map(str::to_owned))));
                let id = CaseId::parse(case.text(Field::CaseId)).expect("an id");
                (NewCase::new(id.clone()), Observation { id, at: now, outcome: Ok(case) })
            })
            .unzip();
        store.track(&entries, now).expect("the list takes cases");
        store.record(&answers).expect("the list takes answers");
    }
}
