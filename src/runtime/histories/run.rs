//! Many histories, on every core: 10,000 of them with every test run, a million by
//! `DOCKET_HISTORIES=1000000 cargo test --release --lib histories -- --nocapture`, one again by
//! `DOCKET_HISTORY_SEED=4711 cargo test --lib histories -- --nocapture`.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::coverage::Coverage;
use super::history::History;
use super::shape::{Broken, Sabotage, Shape};
use super::world::World;

/// How many there are unless somebody asks for more.
const HISTORIES: u64 = 10_000;
/// Steps of a history, unless it is a short one.
const STEPS: u64 = 200;
/// Steps of most of them: a debug build has a minute on two cores for all.
const SHORT: u64 = 12;
/// Every so many-th history is no short one; none is where somebody asks for a number of steps.
const LONG: u64 = 40;
/// Every so many-th history has keys of everyday, and waits for every doubt to end.
const THOROUGH: u64 = 100;

/// The numbers a run is asked for in the environment.
fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

fn shape(seed: u64) -> Shape {
    let mut rng = fastrand::Rng::with_seed(seed ^ 0x5eed);
    let steps = if seed.is_multiple_of(LONG) { STEPS } else { SHORT };
    Shape {
        seed,
        steps: usize::try_from(asked("DOCKET_HISTORY_STEPS").unwrap_or(steps)).unwrap(),
        thorough: seed.is_multiple_of(THOROUGH),
        two_hosts: rng.bool(),
        pause_s: rng.u8(0..3),
        sabotage: Sabotage::None,
    }
}

fn play(world: &mut World, shape: Shape) -> Result<Coverage, Broken> {
    let mut history = History::new(world, shape);
    let played = catch_unwind(AssertUnwindSafe(|| history.play()));
    let what = match played {
        Ok(Ok(())) => return Ok(std::mem::take(&mut history.cover)),
        Ok(Err(what)) => what,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            format!("a panic: {}", text.unwrap_or_default())
        }
    };
    Err(Broken { what, step: history.step, tail: history.tail.iter().cloned().collect() })
}

impl Broken {
    fn print(&self, seed: u64) -> String {
        format!(
            "{}: seed {seed}, step {}\n{}\nagain: DOCKET_HISTORY_SEED={seed} cargo test --lib histories -- --nocapture",
            self.what,
            self.step,
            self.tail.join("\n")
        )
    }
}

/// Plays the seeds from `first` on, on every core; what happened, and what broke first.
fn run(first: u64, count: u64) -> (Coverage, Vec<String>) {
    let (next, all) = (AtomicU64::new(first), Mutex::new((Coverage::default(), Vec::new())));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                let (mut world, mut cover) = (World::new(), Coverage::default());
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= first + count {
                        break;
                    }
                    match play(&mut world, shape(seed)) {
                        Ok(more) => cover.add(&more),
                        Err(broken) => {
                            all.lock().unwrap().1.push(broken.print(seed));
                            // What a panic has left behind is not worth another history.
                            world = World::new();
                            next.fetch_add(count / 50, Ordering::SeqCst);
                        }
                    }
                }
                all.lock().unwrap().0.add(&cover);
            });
        }
    });
    all.into_inner().unwrap()
}

#[test]
fn no_history_breaks_an_invariant() {
    let started = std::time::Instant::now();
    let only = asked("DOCKET_HISTORY_SEED");
    let count = if only.is_some() { 1 } else { asked("DOCKET_HISTORIES").unwrap_or(HISTORIES) };
    let first = only.or_else(|| asked("DOCKET_HISTORY_FIRST")).unwrap_or(1);
    let (cover, broken) = run(first, count);
    let told = format!("{count} histories in {:.0?}\n", started.elapsed());
    // Past the capture of the test harness: the run is to say what was proven.
    std::io::stderr().write_all(told.as_bytes()).unwrap();
    println!("{cover}");
    assert!(broken.is_empty(), "{} broke:\n\n{}", broken.len(), broken.join("\n\n"));
    let missing = cover.missing(count);
    assert!(only.is_some() || missing.is_empty(), "too little happened: {missing:#?}");
}

#[test]
fn what_is_wrong_on_purpose_is_found_by_its_name() {
    let mut world = World::new();
    for (sabotage, name) in [
        (Sabotage::Twice, "I1 "),
        (Sabotage::Lies, "I2 "),
        (Sabotage::NothingOnDisk, "I4 "),
        (Sabotage::DropsDrafts, "I6 "),
        (Sabotage::Unconfirmed, "U1 "),
    ] {
        let shapes = (1..100).map(|seed| Shape { steps: 100, sabotage, thorough: false, ..shape(seed) });
        let found = shapes.map(|shape| play(&mut world, shape)).find_map(Result::err);
        let what = found.map(|broken| broken.what).unwrap_or_default();
        assert!(what.starts_with(name), "{sabotage:?}: {what:?}");
    }
}
