//! How fast the desk stands, and how many bytes its keys cost: `cargo bench --bench desk`.
//!
//! Prints ratios against two baselines of the same run: the time `docket --version` takes (process start alone),
//! and the bytes of the first frame.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark stops at the first surprise and prints its figures"
)]
#![allow(dead_code, reason = "each benchmark uses its part of the shared support")]

mod support;

use std::process::Command;
use std::time::Instant;

use support::{DOCKET, Desk, Home, median};

const CASES: usize = 1_000;
const ROUNDS: usize = 15;

fn main() {
    let home = Home::with_cases(CASES, 0);
    home.docket(&["refresh", "--all", "--quiet"]);
    let bare = median((0..ROUNDS).map(|_| start_alone()).collect());
    let first =
        median((0..ROUNDS).map(|_| Desk::open(&home.globals()).wait_for("DISPUTE_INQUIRY")).collect());
    println!("first frame, {CASES} cases, 120x40: {first:?} after process start; docket --version: {bare:?}");
    println!("  ratio {:.1}", first.as_secs_f64() / bare.as_secs_f64());

    let mut desk = Desk::open(&home.globals());
    desk.wait_for("DISPUTE_INQUIRY");
    let frame = desk.settle();
    let whole = desk.screen.screen().contents_formatted().len();
    println!(
        "the whole screen has {whole} bytes; {frame} of the first frame came after its first line of cases"
    );
    let downs: Vec<usize> = (0..20).map(|_| desk.press("j")).collect();
    let (most, sum) = (downs.iter().max().copied().unwrap_or_default(), downs.iter().sum::<usize>());
    println!("cursor down, detail pane included: {} bytes on average, {most} at most", sum / downs.len());
    println!("a page down: {} bytes", desk.press("\x1b[6~"));
    println!("idle for two seconds: {} bytes", (0..6).map(|_| desk.settle()).sum::<usize>());
}

fn start_alone() -> std::time::Duration {
    let started = Instant::now();
    let output = Command::new(DOCKET).arg("--version").output();
    assert!(output.is_ok_and(|output| output.status.success()), "docket --version runs");
    started.elapsed()
}
