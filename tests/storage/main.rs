//! Disks that are full, read-only, broken, remote or held by somebody else, and the real program on them: one sentence and
//! a hint each, nothing sent that could not be written down, and nothing lost.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fall over")]

#[path = "../cli/bench.rs"]
#[expect(dead_code, reason = "the tests of the command line need more of it")]
mod bench;
mod clock;
mod corrupt;
mod desk;
mod full;
mod host;
mod network;
mod rights;
