//! What is crossed with what, and how a cell is called.

use std::fmt;

use super::kinds::Action;
use crate::runtime::simulated::NetFault;

/// Where a process is killed (reliability.md section 1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kill {
    /// While somebody types.
    K1,
    /// Confirmed, before docket is told that the journal has it.
    K2,
    /// The journal has it; no connection yet.
    K3,
    /// Its bytes are leaving.
    K4,
    /// Executed, and the answer is under way.
    K5,
    /// The answer is read; the journal does not have it yet.
    K6,
    /// The journal has it; nobody has been told.
    K7,
    /// While PayerMax is asked what became of it.
    K8,
}

impl Kill {
    const ALL: [Self; 8] = [Self::K1, Self::K2, Self::K3, Self::K4, Self::K5, Self::K6, Self::K7, Self::K8];

    /// Whether it dies before the line could do anything to its call.
    pub(super) fn is_before_the_line(self) -> bool {
        self <= Self::K3
    }
}

/// A fault of the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DiskFault {
    Full,
    WriteError,
    /// Everything is written, and reported as failed.
    FsyncError,
    ReadOnly,
    Busy,
    FlippedPage,
    MissingWal,
    WrongMode,
}

impl DiskFault {
    const ALL: [Self; 8] = [
        Self::Full,
        Self::WriteError,
        Self::FsyncError,
        Self::ReadOnly,
        Self::Busy,
        Self::FlippedPage,
        Self::MissingWal,
        Self::WrongMode,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Full => "disk full",
            Self::WriteError => "write error",
            Self::FsyncError => "fsync error",
            Self::ReadOnly => "read-only",
            Self::Busy => "busy",
            Self::FlippedPage => "flipped page",
            Self::MissingWal => "missing wal",
            Self::WrongMode => "wrong owner and mode",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Line(NetFault),
    Disk(DiskFault),
}

/// One cell of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) fault: Fault,
    pub(super) kill: Kill,
    pub(super) action: Action,
    /// Whether the gateway executes the call that the fault strikes, or that is under way when the process dies.
    pub(super) executed: bool,
    /// What is drawn by chance in it.
    pub(super) seed: u64,
}

impl Cell {
    pub(super) fn of_the_line() -> Vec<Self> {
        let faults = NetFault::ALL.into_iter().map(Fault::Line);
        let mut cells = crossed(faults);
        let others: Vec<Self> = cells.iter().map(|cell| Self { executed: true, ..*cell }).collect();
        cells.extend(others);
        cells
    }

    /// Whether the gateway executes is drawn here.
    pub(super) fn of_the_disk() -> Vec<Self> {
        crossed(DiskFault::ALL.into_iter().map(Fault::Disk))
    }

    /// The cell with its own chance.
    pub(super) fn seeded(self, seed: u64, number: usize) -> Self {
        let seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number as u64);
        let drawn = fastrand::Rng::with_seed(seed).bool();
        let executed = if matches!(self.fault, Fault::Disk(_)) { drawn } else { self.executed };
        Self { executed, seed, ..self }
    }
}

fn crossed(faults: impl Iterator<Item = Fault>) -> Vec<Cell> {
    let mut cells = Vec::new();
    for fault in faults {
        for kill in Kill::ALL {
            let cell = |action| Cell { fault, kill, action, executed: false, seed: 0 };
            cells.extend(Action::ALL.map(cell));
        }
    }
    cells
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            Fault::Line(fault) => fault.name(),
            Fault::Disk(fault) => fault.name(),
        };
        let executed = if self.executed { "executed" } else { "not executed" };
        write!(f, "{fault} x {:?} x {} x {executed}", self.kill, self.action.name())
    }
}
