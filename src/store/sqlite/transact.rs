//! How the list is read and written: every read under one snapshot, every write in one transaction, and what goes wrong is
//! told to the guard.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::actions::Trouble;
use super::session::Session;
use super::{SqliteStore, edition, tail};
use crate::store::StoreError;

impl SqliteStore {
    /// Reads under one snapshot, so that several queries agree with each other.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        Transaction::new_unchecked(&self.conn, TransactionBehavior::Deferred)
            .and_then(|snapshot| work(&snapshot))
            .map_err(|error| self.guard.heed(&self.path, &error))
    }

    /// Writes in one transaction that holds the write lock from its start (a lock taken later could deadlock).
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let Self { conn, path, guard, .. } = self;
        guard.may_write(path)?;
        let attempt = || {
            let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let outcome = work(&transaction)?;
            transaction.commit()?;
            Ok(outcome)
        };
        attempt().map_err(|error: rusqlite::Error| guard.heed(path, &error))
    }

    /// As [`Self::write_list`], for actions: they belong to a session, and may be refused for reasons of docket's own.
    pub(super) fn act<T>(
        &mut self,
        work: impl FnOnce(&Connection, &mut Session) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        self.act_if(work, |_| true)
    }

    /// The same; the list is what it was unless the outcome `moves` it. Nothing at all is written then: a disk without room
    /// must not stand in the way of finding nothing to do.
    fn act_if<T>(
        &mut self,
        work: impl FnOnce(&Connection, &mut Session) -> Result<T, Trouble>,
        moves: impl FnOnce(&T) -> bool,
    ) -> Result<T, StoreError> {
        let Self { conn, path, session, guard, .. } = self;
        guard.may_write(path)?;
        let attempt = || {
            let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let outcome = work(&transaction, session)?;
            let edition = if moves(&outcome) { Some(next_edition(&transaction)?) } else { None };
            let end = tail::end(&transaction)?;
            transaction.commit()?;
            Ok((outcome, edition, end))
        };
        let (outcome, edition, end) = attempt().map_err(|trouble: Trouble| match trouble {
            Trouble::Sql(error) => guard.heed(path, &error),
            Trouble::Said(error) => error,
        })?;
        guard.note(end);
        self.written = edition.unwrap_or(self.written);
        Ok(outcome)
    }

    /// Takes down what has become of the actions of others, if anything has.
    pub(super) fn take_over<T>(
        &mut self,
        work: impl Fn(&Connection, &mut Session) -> Result<Vec<T>, Trouble>,
    ) -> Result<Vec<T>, StoreError> {
        let moves = |found: &Vec<T>| !found.is_empty();
        match self.act_if(&work, moves) {
            Err(error) if self.guard.made_room(&error) => self.act_if(work, moves),
            outcome => outcome,
        }
    }

    /// As [`Self::act`], for what has happened already and must be on disk: on a full one the ballast is given up for it.
    pub(super) fn take_down<T>(
        &mut self,
        work: impl Fn(&Connection, &mut Session) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        match self.act(&work) {
            Err(error) if self.guard.made_room(&error) => self.act(work),
            outcome => outcome,
        }
    }

    /// As [`Self::write`], and tells every desk when `work` says that the list has changed for them.
    pub(super) fn write_if_new(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<bool>,
    ) -> Result<(), StoreError> {
        let edition = self.write(|conn| if work(conn)? { next_edition(conn).map(Some) } else { Ok(None) })?;
        self.written = edition.unwrap_or(self.written);
        Ok(())
    }

    /// As [`Self::write`], and tells every desk that the list is no longer what it was.
    pub(super) fn write_list<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let (outcome, edition) = self.write(|conn| {
            let outcome = work(conn)?;
            Ok((outcome, next_edition(conn)?))
        })?;
        self.written = edition;
        Ok(outcome)
    }
}

/// Moves the edition on, so that every desk knows the list is no longer what it was.
fn next_edition(conn: &Connection) -> rusqlite::Result<u64> {
    conn.prepare_cached("UPDATE edition SET number = number + 1 RETURNING number")?.query_row([], edition)
}
