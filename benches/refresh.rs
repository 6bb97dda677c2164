//! How near a refresh comes to the ideal: `cargo bench --bench refresh`.
//!
//! 1,000 cases, 16 calls at a time, 50 ms latency in the sandbox: nobody can be faster than 1000 / 16 x 50 ms.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark stops at the first surprise and prints its figures"
)]
#![allow(dead_code, reason = "each benchmark uses its part of the shared support")]

mod support;

use std::time::{Duration, Instant};

use support::{Home, median};

const CASES: u32 = 1_000;
const CONCURRENCY: u32 = 16;
const LATENCY_MS: u32 = 50;

fn main() {
    let home = Home::with_cases(CASES as usize, LATENCY_MS);
    let ideal = Duration::from_millis(u64::from(CASES.div_ceil(CONCURRENCY) * LATENCY_MS));
    let rounds: Vec<Duration> = (0..5).map(|_| refresh(&home)).collect();
    let taken = median(rounds);
    println!("refresh of {CASES} cases, {CONCURRENCY} at a time, {LATENCY_MS} ms latency: {taken:?}");
    println!("  ideal {ideal:?}, ratio {:.2}", taken.as_secs_f64() / ideal.as_secs_f64());
}

/// One refresh of everything, process start and storing included.
fn refresh(home: &Home) -> Duration {
    let started = Instant::now();
    home.docket(&["refresh", "--all", "--quiet"]);
    started.elapsed()
}
