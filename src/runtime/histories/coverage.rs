//! What happened in the histories, counted: a run in which nothing is sent proves nothing.

use std::collections::BTreeMap;
use std::fmt;

/// Counts by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Coverage(BTreeMap<&'static str, u64>);

/// What at least must have happened in ten thousand histories, or the generator has gone astray.
const AT_LEAST: [(&str, u64); 20] = [
    ("steps", 120_000),
    ("replies confirmed", 2_000),
    ("refunds confirmed", 1_500),
    ("replies executed", 700),
    ("refunds executed", 500),
    ("kills", 1_500),
    ("kills while sending", 30),
    ("told accepted", 800),
    ("told refused", 900),
    ("told unknown", 500),
    ("settled", 500),
    ("not received", 20),
    ("resends", 30),
    ("answers late", 100),
    ("requests lingering", 50),
    ("drafts back after a kill", 1_000),
    ("drafts brought back", 60),
    ("clock jumps", 700),
    ("events doubled", 1_500),
    ("frames", 2_000),
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
