//! Many real processes on one list: killed at random moments, racing for the same money, and side by side for minutes.
//!
//! Every loop prints what it did and its seed. How long each runs comes from variables, which its own page names.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fall over")]

#[path = "../cli/bench.rs"]
#[expect(dead_code, reason = "what the tests of the command line need besides")]
mod bench;
mod host;
mod kill;
mod pipe;
#[path = "../terminal/pty/mod.rs"]
#[expect(dead_code, reason = "what the tests of the terminal need besides")]
mod pty;
mod race;
mod side_by_side;

use std::io::Write as _;

/// A number from a variable.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// Tells what was done, past the harness, which keeps what a test prints to itself.
fn tell(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}
