//! The list in one SQLite file: every process that works on it (a desk, a second login, cron) opens the file itself,
//! and SQLite's locks keep them apart. One statement of intent per method; SQL stays inside this folder.

mod looks;
mod open;
mod place;
mod roster;
mod rows;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use time::OffsetDateTime;

use super::{Added, NewCase, Observation, Observed, Store, StoreError};
use crate::domain::change::HistoryEntry;
use crate::domain::ids::CaseId;
use crate::domain::tracked::{Local, Tracked};

/// Observations per transaction: a writer beside this one (another desk, cron) waits for this many at most.
const RECORD_STEP: usize = 200;

/// The list of one profile, in a SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    conn: Connection,
    path: PathBuf,
}

impl SqliteStore {
    /// Opens the list for reading and writing; makes the directory (mode 0700) and the file (0600) where they are
    /// missing, and brings an older file up to date. Any number of processes may do this at once.
    ///
    /// # Errors
    /// [`StoreError`] when the file is damaged, another program's, from a newer docket, not writable, held for more
    /// than ten seconds, or the disk is full.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { conn: open::for_writing(path)?, path: path.to_owned() })
    }

    /// Opens an existing list for reading; every write through it fails.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no file yet, [`StoreError::Older`] when it would have to be migrated, and
    /// as [`SqliteStore::open`].
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { conn: open::for_reading(path)?, path: path.to_owned() })
    }

    /// A list that is gone when it is dropped, for tests.
    ///
    /// # Errors
    /// [`StoreError`] when there is no memory for it.
    pub fn in_memory() -> Result<Self, StoreError> {
        Ok(Self { conn: open::in_memory()?, path: PathBuf::from("the list in memory") })
    }

    /// The file behind this list.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads under one snapshot, so that several queries agree with each other.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        Transaction::new_unchecked(&self.conn, TransactionBehavior::Deferred)
            .and_then(|snapshot| work(&snapshot))
            .map_err(|error| StoreError::from_sqlite(&self.path, &error))
    }

    /// Writes in one transaction that holds the write lock from its start (a lock taken later could deadlock).
    fn write<T>(&mut self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let Self { conn, path } = self;
        let attempt = || {
            let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let outcome = work(&transaction)?;
            transaction.commit()?;
            Ok(outcome)
        };
        attempt().map_err(|error: rusqlite::Error| StoreError::from_sqlite(path, &error))
    }

    /// As [`Self::write`], and tells every desk that the list is no longer what it was.
    fn write_list<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.write(|conn| {
            let outcome = work(conn)?;
            conn.prepare_cached("UPDATE edition SET number = number + 1")?.execute([])?;
            Ok(outcome)
        })
    }
}

impl Store for SqliteStore {
    fn track(&mut self, entries: &[NewCase], at: OffsetDateTime) -> Result<Vec<Added>, StoreError> {
        self.write_list(|conn| entries.iter().map(|entry| roster::track(conn, entry, at)).collect())
    }

    fn untrack(&mut self, ids: &[CaseId], at: OffsetDateTime) -> Result<Vec<CaseId>, StoreError> {
        self.write_list(|conn| roster::untrack(conn, ids, at))
    }

    fn tracked(&self) -> Result<Vec<Tracked>, StoreError> {
        self.read(roster::tracked)
    }

    fn find(&self, id: &CaseId) -> Result<Option<Tracked>, StoreError> {
        self.read(|conn| roster::find(conn, id))
    }

    fn record(&mut self, observations: &[Observation]) -> Result<Vec<Observed>, StoreError> {
        let mut observed = Vec::with_capacity(observations.len());
        for step in observations.chunks(RECORD_STEP) {
            observed.extend(self.write_list(|conn| {
                step.iter().map(|one| looks::record(conn, one)).collect::<rusqlite::Result<Vec<_>>>()
            })?);
        }
        Ok(observed)
    }

    fn history(&self, id: &CaseId) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read(|conn| looks::history(conn, id))
    }

    fn mark_seen(&mut self, ids: &[CaseId], at: OffsetDateTime) -> Result<(), StoreError> {
        self.write_list(|conn| looks::mark_seen(conn, ids, at))
    }

    fn unmark_seen(&mut self, at: OffsetDateTime) -> Result<(), StoreError> {
        self.write_list(|conn| looks::unmark_seen(conn, at))
    }

    fn set_local(&mut self, id: &CaseId, local: &Local, at: OffsetDateTime) -> Result<(), StoreError> {
        if self.write_list(|conn| roster::set_local(conn, id, local, at))? {
            Ok(())
        } else {
            Err(StoreError::NotTracked { id: id.clone() })
        }
    }

    fn last_refresh(&self) -> Result<Option<OffsetDateTime>, StoreError> {
        self.read(looks::last_refresh)
    }

    fn version(&self) -> Result<u64, StoreError> {
        self.read(|conn| {
            let number: i64 =
                conn.prepare_cached("SELECT number FROM edition")?.query_row([], |row| row.get(0))?;
            u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, number))
        })
    }

    fn remember(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        self.write(|conn| {
            conn.prepare_cached(
                "INSERT INTO desk_state (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![key, value])
            .map(drop)
        })
    }

    fn recall(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.read(|conn| {
            conn.prepare_cached("SELECT value FROM desk_state WHERE key = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()
        })
    }
}
