//! What must hold before anything new is sent: a list that can be written, a disk with room and without faults, a journal
//! that nobody has cut or changed. What is under way already is written down all the same, whatever it takes.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::ballast::Ballast;
use super::ground::Ground;
use super::tail::{End, Tail};
use super::{SqliteStore, journal};
use crate::store::config::NetworkDisk;
use crate::store::{JournalCheck, StoreError};

/// With less room than this, nothing new is sent (reliability.md section 2.4).
const ROOM_MIN: u64 = 64 << 20;
/// So many of the newest entries have their seals checked before each send; `docket journal --verify` checks all.
const SEALS: u32 = 64;

/// What a connection stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Why it is open for reading alone.
    pub(super) read_only: Option<String>,
    /// The network file system it lies on, with its article.
    pub(super) network: Option<&'static str>,
}

/// Watches over one list.
#[derive(Debug)]
pub(super) struct Guard {
    ground: Ground,
    standing: Standing,
    /// The directory and the ballast; `None` for a list in memory.
    beside: Option<(PathBuf, Ballast)>,
    tail: Tail,
    /// What went wrong in this process that does not mend itself while it runs.
    halted: Cell<Option<&'static str>>,
}

impl Guard {
    pub(super) fn of(path: &Path, ground: Ground, standing: Standing) -> Self {
        let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new(".")).to_owned();
        let beside = Some((directory, Ballast::beside(path)));
        Self { ground, standing, beside, tail: Tail::beside(path), halted: Cell::default() }
    }

    /// For a list in memory.
    pub(super) fn idle() -> Self {
        Self {
            ground: Ground::default(),
            standing: Standing::default(),
            beside: None,
            tail: Tail::nowhere(),
            halted: Cell::default(),
        }
    }

    /// Sorts what SQLite reports, and remembers what no later try mends: after a write that the disk did not take, nobody
    /// knows what it holds.
    pub(super) fn heed(&self, path: &Path, error: &rusqlite::Error) -> StoreError {
        let error = StoreError::from_sqlite(path, error);
        match &error {
            StoreError::Disk { .. } => self.halted.set(Some("the disk failed")),
            StoreError::Damaged { .. } => self.halted.set(Some("it is damaged")),
            _ => {}
        }
        error
    }

    pub(super) fn may_write(&self, path: &Path) -> Result<(), StoreError> {
        match &self.standing.read_only {
            Some(why) => Err(StoreError::ReadOnly { path: path.to_owned(), why: why.clone() }),
            None => Ok(()),
        }
    }

    /// What stays wrong until somebody mends it.
    fn lasting(&self, conn: &Connection, path: &Path) -> Result<(), StoreError> {
        self.may_write(path)?;
        if let Some(why) = self.halted.get() {
            return Err(StoreError::Halted { path: path.to_owned(), why });
        }
        let newest = journal::verify_newest(conn, SEALS).map_err(|error| self.heed(path, &error))?;
        let broken = match newest {
            None => self.tail.compare(conn).map_err(|error| self.heed(path, &error))?,
            broken => broken,
        };
        match broken {
            Some(broken) => {
                Err(StoreError::Broken { path: path.to_owned(), entry: broken.entry, why: broken.why })
            }
            None => Ok(()),
        }
    }

    fn has_room(&self, path: &Path) -> Result<(), StoreError> {
        let Some((directory, ballast)) = &self.beside else { return Ok(()) };
        match self.ground.free(directory) {
            Some(free) if free < ROOM_MIN => {
                Err(StoreError::Low { path: path.to_owned(), free_mib: free >> 20 })
            }
            _ => ballast.prepare(),
        }
    }

    /// Checks all of the journal, and that it has not lost its end.
    pub(super) fn verify(&self, conn: &Connection) -> rusqlite::Result<JournalCheck> {
        verify(conn, &self.tail)
    }

    fn bars_refunds(&self) -> bool {
        self.ground.network != NetworkDisk::Allow
    }

    /// Remembers where the journal ends.
    pub(super) fn note(&self, end: Option<End>) {
        self.tail.note(end);
    }

    /// Whether an error is one that more room may mend, and there was some to give.
    pub(super) fn made_room(&self, error: &StoreError) -> bool {
        let is_about_room = matches!(error, StoreError::Full { .. } | StoreError::Disk { .. });
        is_about_room && self.beside.as_ref().is_some_and(|(_, ballast)| ballast.give_up())
    }
}

/// Checks all of a journal, and holds it against the file that knows where it ended.
pub(super) fn verify(conn: &Connection, tail: &Tail) -> rusqlite::Result<JournalCheck> {
    let check = journal::verify(conn)?;
    let broken = match check.broken {
        None => tail.compare(conn)?,
        broken => broken,
    };
    Ok(JournalCheck { broken, ..check })
}

impl SqliteStore {
    /// Whether this list can be written: one that was there and could not be is open for reading alone.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] says why not.
    pub fn may_write(&self) -> Result<(), StoreError> {
        self.guard.may_write(&self.path)
    }

    /// Whether anything may be sent from this list as long as nobody mends something by hand: not while it cannot be
    /// written, or when its journal is broken. Reads the newest entries only.
    ///
    /// # Errors
    /// [`StoreError`] says why not.
    pub fn is_fit(&self) -> Result<(), StoreError> {
        self.guard.lasting(&self.conn, &self.path)
    }

    /// Whether a new action may be begun now; also sets aside the room for its answer. Asked again by everything that
    /// takes an action down.
    ///
    /// # Errors
    /// [`StoreError`] says why not; nothing was sent and nothing changed.
    pub fn may_send(&self, is_refund: bool) -> Result<(), StoreError> {
        self.is_fit()?;
        if let (true, Some(what)) = (is_refund && self.guard.bars_refunds(), self.guard.standing.network) {
            return Err(StoreError::NetworkRefund { path: self.path.clone(), what });
        }
        self.guard.has_room(&self.path)
    }
}
