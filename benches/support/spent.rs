//! Processor time, which says more than a clock while other programs work on the same machine.

use std::time::Duration;

/// The parts of a second in which Linux counts it.
const TICKS_PER_SECOND: u64 = 100;

/// Processor time from a moment on.
pub(crate) struct Spent {
    /// The column of `/proc/self/stat` that counts it for the program; the next one counts it for the system.
    column: usize,
    before: u64,
}

impl Spent {
    /// By this process.
    pub(crate) fn by_this() -> Self {
        Self::of(13)
    }

    /// By its children that have ended.
    pub(crate) fn by_children() -> Self {
        Self::of(15)
    }

    fn of(column: usize) -> Self {
        Self { column, before: ticks(column) }
    }

    /// What was spent since; nothing where the system does not say.
    pub(crate) fn since(&self) -> Duration {
        Duration::from_millis((ticks(self.column) - self.before) * 1_000 / TICKS_PER_SECOND)
    }
}

fn ticks(column: usize) -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second column is a name in parentheses that may hold spaces.
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let columns = after_name.split_whitespace().skip(column - 2).take(2);
    columns.filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}
