//! What one history is: drawn from its seed, or put together by a test.

/// What is particular to one history, drawn from its seed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) seed: u64,
    pub(super) steps: usize,
    /// Whether every signature is made with a key of everyday, and the whole of it looked at more closely.
    pub(super) thorough: bool,
    /// Whether the two desks have a list each.
    pub(super) two_hosts: bool,
    pub(super) pause_s: u8,
    /// What is wrong on purpose.
    pub(super) sabotage: Sabotage,
}

/// A fault that no docket has: a history with one must find it, or its checks check nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sabotage {
    /// None.
    #[default]
    None,
    /// The gateway takes every reply twice.
    Twice,
    /// The gateway says that it took what it did not take.
    Lies,
    /// Nothing is on disk by the time it leaves.
    NothingOnDisk,
    /// The keeper drops drafts.
    DropsDrafts,
    /// What is sent was never confirmed.
    Unconfirmed,
}

/// A history that broke a rule.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub(super) what: String,
    pub(super) step: usize,
    pub(super) tail: Vec<String>,
}
