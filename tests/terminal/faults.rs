//! Every fault of a session in every state of the desk, through the real program: whatever happens, the terminal is given
//! back, nothing typed and nothing sent is lost, nothing is sent twice, and nobody is kept waiting.
//!
//! `DOCKET_CELLS=all` stalls for a minute where the ordinary run stalls for seconds. Where the machine is slow, the limits
//! are stretched by `DOCKET_TEST_PATIENCE`.

mod scene;
mod states;
mod strikes;
mod world;

use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use scene::{Scene, Seat};
use states::State;
use world::World;

/// Something that happens to a session.
struct Fault {
    name: &'static str,
    seat: Seat,
    /// Brings it about, waits for what comes of it, checks it, and says how long the end took.
    strike: fn(Scene<'_>) -> Duration,
}

const FAULTS: [Fault; 18] = [
    Fault { name: "quit", seat: Seat::Alone, strike: strikes::quit },
    Fault { name: "panic in the core", seat: Seat::Falling("core"), strike: strikes::panic },
    Fault { name: "panic in a worker", seat: Seat::Falling("worker"), strike: strikes::panic },
    Fault { name: "SIGTERM", seat: Seat::Alone, strike: |scene| strikes::signal(scene, "TERM", 143) },
    Fault { name: "SIGHUP", seat: Seat::Alone, strike: |scene| strikes::signal(scene, "HUP", 129) },
    Fault { name: "SIGINT", seat: Seat::Alone, strike: |scene| strikes::signal(scene, "INT", 130) },
    Fault { name: "ctrl-z and fg", seat: Seat::InShell, strike: strikes::ctrl_z },
    Fault { name: "SIGTSTP and fg", seat: Seat::InShell, strike: strikes::stop_signal },
    Fault { name: "SIGSTOP and SIGCONT", seat: Seat::Alone, strike: strikes::external_stop },
    Fault { name: "editor crash", seat: Seat::Alone, strike: strikes::editor_crash },
    Fault { name: "closed terminal", seat: Seat::Alone, strike: strikes::closed_terminal },
    Fault { name: "stalled reader", seat: Seat::Alone, strike: strikes::stalled_reader },
    Fault { name: "stalled reader and SIGTERM", seat: Seat::Alone, strike: strikes::stalled_and_told_to_end },
    Fault { name: "resize storm", seat: Seat::Alone, strike: strikes::resize_storm },
    Fault { name: "0x0", seat: Seat::Alone, strike: strikes::no_size },
    Fault { name: "TERM=dumb and no terminal", seat: Seat::Alone, strike: strikes::dumb_terminal },
    Fault { name: "late answer", seat: Seat::Alone, strike: strikes::late_answer },
    Fault { name: "paste of a megabyte", seat: Seat::Alone, strike: strikes::paste_bomb },
];

/// Cells that run at the same time; they mostly wait.
const AT_ONCE: usize = 12;

/// Only debug builds can be made to panic.
fn can_be_had(fault: &Fault) -> bool {
    cfg!(debug_assertions) || !matches!(fault.seat, Seat::Falling(_))
}

#[test]
fn every_fault_in_every_state() {
    let only = std::env::var("DOCKET_CELL").unwrap_or_default();
    let all = FAULTS.iter().filter(|fault| can_be_had(fault)).flat_map(|fault| {
        State::ALL.into_iter().map(move |state| (format!("{} x {}", fault.name, state.name()), fault, state))
    });
    let cells: Vec<_> = all.filter(|(name, ..)| name.contains(&only)).collect();
    let (world, next, outcomes) = (World::new(), AtomicUsize::new(0), Mutex::new(Vec::new()));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::SeqCst);
                    let Some((name, fault, state)) = cells.get(index) else { return };
                    let outcome = run(&world, index, name, fault, *state);
                    outcomes.lock().unwrap().push((name, outcome));
                }
            });
        }
    });
    let outcomes = outcomes.into_inner().unwrap();
    let failed: Vec<_> =
        outcomes.iter().filter_map(|(name, outcome)| Some((name, outcome.as_ref().err()?))).collect();
    let ends = outcomes.iter().filter_map(|(name, outcome)| Some((outcome.as_ref().ok()?, name)));
    let slowest = ends.filter(|(_, name)| !name.ends_with("sending")).max();
    // Past the harness, which keeps what a test prints to itself.
    let told = format!(
        "terminal: {} cells in {:.0?}, {} failed; slowest end with nothing on its way: {slowest:.1?}\n",
        outcomes.len(),
        begun.elapsed(),
        failed.len()
    );
    std::io::stderr().write_all(told.as_bytes()).unwrap();
    for (name, why) in &failed {
        eprintln!("== {name}\n{why}\n");
    }
    let names: Vec<_> = failed.iter().map(|(name, _)| name).collect();
    assert!(failed.is_empty(), "cells failed: {names:#?}");
    let sent = cells.iter().filter(|(_, _, state)| *state == State::Sending).count();
    assert_eq!(world.replies(), sent, "calls of caseReplay at the gateway");
    world.end();
}

/// Runs a cell on a thread of its own name; why it failed, if it did.
fn run(world: &World, index: usize, name: &str, fault: &Fault, state: State) -> Result<Duration, String> {
    std::thread::scope(|scope| {
        let cell = || (fault.strike)(Scene::open(world, index, fault.seat, state));
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, cell).unwrap();
        thread.join().map_err(|why| {
            let text = why.downcast_ref::<String>().cloned();
            text.or_else(|| why.downcast_ref::<&str>().map(|&text| text.to_owned())).unwrap_or_default()
        })
    })
}
