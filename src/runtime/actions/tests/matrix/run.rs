//! Plays cells, several at a time, and tells which of them failed and how to play one again.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, LazyLock, Mutex, Once};
use std::time::{Duration, Instant};

use super::super::PEMS;
use super::cell::{Cell, Fault};
use super::invariants::{Broken, Invariant};
use super::{play_disk, play_line};
use crate::runtime::simulated::virtually;

/// What is drawn unless `DOCKET_MATRIX_SEED` says otherwise.
const SEED: u64 = 20_261_120;
/// Longer than any story takes, in virtual time.
const STORY_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// So long nothing at all ends, in real time: something hangs that virtual time cannot see.
const STUCK: Duration = Duration::from_secs(120);
/// How the threads are called whose panics count.
const THREAD: &str = "matrix";

/// Cells with this in their name alone are played, and what they tell is printed.
const CELL: &str = "DOCKET_MATRIX_CELL";

/// Whether cells are played to be looked at.
pub(super) fn is_replay() -> bool {
    std::env::var_os(CELL).is_some()
}

/// Panics of the matrix's threads and of those that work for them: a task's panic is caught long before a test sees it.
static PANICS: LazyLock<Mutex<Vec<String>>> = LazyLock::new(Mutex::default);

/// Plays all cells, or those that were asked for, and fails with the list of those that broke something.
pub(super) fn all(matrix: &str, cells: &[Cell], count: usize) {
    assert_eq!(cells.len(), count, "the matrix has lost cells");
    let seed = std::env::var("DOCKET_MATRIX_SEED").ok().map_or(SEED, |seed| seed.parse().unwrap());
    let wanted = std::env::var(CELL).unwrap_or_default();
    let cells: Vec<Cell> = cells.iter().enumerate().map(|(number, cell)| cell.seeded(seed, number)).collect();
    let cells: Vec<Cell> = cells.into_iter().filter(|cell| cell.to_string().contains(&wanted)).collect();
    // Made before the clock runs.
    LazyLock::force(&PEMS);
    watch_for_panics();
    let began = Instant::now();
    let failed = played(&cells);
    let told = format!(
        "fault matrix of the {matrix}: {} cells, seed {seed}, {:.1} s, {} failed\n",
        cells.len(),
        began.elapsed().as_secs_f32(),
        failed.len()
    );
    // Past the capture of the test harness: the run is to say what was proven.
    std::io::stderr().write_all(told.as_bytes()).unwrap();
    let lines: Vec<String> = failed
        .iter()
        .flat_map(|(cell, broken)| broken.iter().map(move |one| (cell, one)))
        .map(|(cell, one)| format!("{}: {cell}, seed {seed}\n    {}", one.invariant, one.how))
        .collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

/// The cells that broke something, and what.
fn played(cells: &[Cell]) -> BTreeMap<String, Vec<Broken>> {
    let several = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    let threads = if is_replay() { 1 } else { several };
    let next = AtomicUsize::new(0);
    let playing: Mutex<BTreeMap<usize, String>> = Mutex::default();
    let (ended, ends) = mpsc::channel();
    let mut failed = BTreeMap::new();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (ended, next, playing) = (ended.clone(), &next, &playing);
            let work = move || {
                while let Some(cell) = cells.get(next.fetch_add(1, Ordering::SeqCst)) {
                    playing.lock().unwrap().insert(thread, cell.to_string());
                    let broken = play(cell);
                    playing.lock().unwrap().remove(&thread);
                    ended.send((cell.to_string(), broken)).unwrap();
                }
            };
            std::thread::Builder::new().name(THREAD.to_owned()).spawn_scoped(scope, work).unwrap();
        }
        drop(ended);
        loop {
            match ends.recv_timeout(STUCK) {
                Ok((_, broken)) if broken.is_empty() => {}
                Ok((cell, broken)) => _ = failed.insert(cell, broken),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    let stuck: Vec<String> = playing.lock().unwrap().values().cloned().collect();
                    eprintln!("{}: one of {}", Invariant::NoHang, stuck.join("; "));
                    // Its threads can be neither joined nor ended.
                    std::process::abort();
                }
            }
        }
    });
    failed
}

fn play(cell: &Cell) -> Vec<Broken> {
    if is_replay() {
        println!("{cell}");
    }
    let story = async {
        let told = match cell.fault {
            Fault::Line(fault) => tokio::time::timeout(STORY_MAX, play_line::play(cell, fault)).await,
            Fault::Disk(fault) => tokio::time::timeout(STORY_MAX, play_disk::play(cell, fault)).await,
        };
        let hang = |_| vec![Broken { invariant: Invariant::NoHang, how: "the story did not end".to_owned() }];
        told.unwrap_or_else(hang)
    };
    let mut broken = catch_unwind(AssertUnwindSafe(|| virtually(story))).unwrap_or_default();
    let panics = std::mem::take(&mut *PANICS.lock().unwrap());
    broken.extend(panics.into_iter().map(|how| Broken { invariant: Invariant::NoPanic, how }));
    broken
}

/// Notes the panics of this thread's kind, on whichever thread they happen; those of other tests are theirs.
fn watch_for_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = Arc::new(std::panic::take_hook());
        std::panic::set_hook(Box::new(move |panic| {
            let thread = std::thread::current();
            if matches!(thread.name(), Some(THREAD | crate::runtime::simulated::THREAD)) {
                PANICS.lock().unwrap().push(panic.to_string());
            }
            before(panic);
        }));
    });
}
