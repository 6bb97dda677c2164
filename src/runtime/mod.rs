//! Where the program meets the world: clock, signals, tasks, files of a run, and the terminal.
//!
//! Everything else is told the time and handed its answers; only here is anything started or waited for.

pub mod log;
pub mod refresh;
pub mod session;
