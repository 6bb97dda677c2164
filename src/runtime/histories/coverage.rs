//! What happened in the histories, counted: a run in which nothing is sent proves nothing.

use std::collections::BTreeMap;
use std::fmt;

/// Counts by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Coverage(BTreeMap<&'static str, u64>);

/// What at least must have happened in ten thousand histories, or the generator has gone astray.
const AT_LEAST: [(&str, u64); 20] = [
    ("steps", 300_000),
    ("replies confirmed", 1_000),
    ("refunds confirmed", 2_000),
    ("refunds executed", 1_000),
    ("replies executed", 1_000),
    ("kills", 5_000),
    ("kills while sending", 300),
    ("told accepted", 1_000),
    ("told refused", 500),
    ("told unknown", 500),
    ("settled", 500),
    ("not received", 20),
    ("resends", 5),
    ("answers late", 200),
    ("requests lingering", 50),
    ("numbers met twice", 10),
    ("drafts back after a kill", 200),
    ("clock jumps", 1_000),
    ("events doubled", 1_000),
    ("frames", 1_000),
];

impl Coverage {
    pub(super) fn count(&mut self, what: &'static str) {
        self.more(what, 1);
    }

    pub(super) fn more(&mut self, what: &'static str, times: usize) {
        *self.0.entry(what).or_default() += times as u64;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (what, times) in &other.0 {
            *self.0.entry(what).or_default() += times;
        }
    }

    pub(super) fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or_default()
    }

    /// What so many histories have not done often enough.
    pub(super) fn missing(&self, histories: u64) -> Vec<String> {
        let wanted = AT_LEAST.iter().map(|(what, least)| (*what, least * histories / 10_000));
        let short = wanted.filter(|(what, least)| self.of(what) < *least);
        short.map(|(what, least)| format!("{what}: {}, not {least}", self.of(what))).collect()
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(what, times)| writeln!(f, "{times:>10} {what}"))
    }
}
