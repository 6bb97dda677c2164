//! The list in one SQLite file: every process that works on it (a desk, a second login, cron) opens the file itself,
//! and SQLite's locks keep them apart. One statement of intent per method; SQL stays inside this folder.

mod action_rows;
mod actions;
mod backup;
mod ballast;
mod checkup;
mod derived;
mod doubt;
mod drafts;
mod ground;
mod guard;
mod journal;
mod looks;
mod moves;
mod open;
mod place;
mod reading;
mod rights;
mod roster;
mod rows;
mod seals;
mod session;
mod tail;
mod transact;

#[cfg(test)]
mod tests;

pub use checkup::{Checkup, Contents, check_place, check_up};

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};
use time::{Date, OffsetDateTime};

pub use self::backup::{Backup, BackupError};
pub use self::ground::Ground;

use self::actions::End;
use self::guard::{Guard, Standing};
use self::session::Session;
use super::{
    Added, Attempt, Held, JournalCheck, Known, Moved, NewCase, Observation, Observed, Opening, Store,
    StoreError, StoredExchange,
};
use crate::domain::action::State;
use crate::domain::case::Case;
use crate::domain::change::HistoryEntry;
use crate::domain::filter::DueSpan;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionId, ActionRecord, Draft, Finding, Intent, Kind};
use crate::domain::reply::Target;
use crate::domain::tracked::{LocalChange, Tracked};

/// Observations per transaction: a writer beside this one (another desk, cron) waits for this many at most.
const RECORD_STEP: usize = 200;

/// The list of one profile, in a SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    conn: Connection,
    path: PathBuf,
    session: Session,
    guard: Guard,
    /// The edition that the newest write of this store made.
    written: u64,
}

impl SqliteStore {
    fn on((conn, standing): (Connection, Standing), path: &Path, ground: Ground) -> Self {
        let guard = Guard::of(path, ground, standing);
        Self { conn, path: path.to_owned(), session: Session::beside(path), guard, written: 0 }
    }

    /// Opens the list for reading and writing; makes the directory (mode 0700) and the file (0600) where they are
    /// missing, and brings an older file up to date, after copying it. Any number of processes may do this at once. A list
    /// that is there and cannot be written is opened for [reading alone](Self::may_write).
    ///
    /// # Errors
    /// [`StoreError`] when the file is damaged, another program's, from a newer docket, not there and not to be made, held
    /// for more than ten seconds, on a network file system, or the disk is full.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_on(path, Ground::default())
    }

    /// The same on a ground of which something is said beforehand.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_on(path: &Path, ground: Ground) -> Result<Self, StoreError> {
        let opened = match open::for_writing(path, ground) {
            Ok((conn, network)) => (conn, Standing { read_only: None, network }),
            Err(refused @ StoreError::Unwritable { .. }) => {
                let (conn, why) = reading::instead(path, refused)?;
                (conn, Standing { read_only: Some(why), network: None })
            }
            Err(error) => return Err(error),
        };
        Ok(Self::on(opened, path, ground))
    }

    /// A list that is gone when it is dropped, for tests.
    ///
    /// # Errors
    /// [`StoreError`] when there is no memory for it.
    pub fn in_memory() -> Result<Self, StoreError> {
        let path = PathBuf::from("the list in memory");
        let (conn, session) = (open::in_memory()?, Session::alone());
        Ok(Self { conn, path, session, guard: Guard::idle(), written: 0 })
    }

    /// The file behind this list.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Store for SqliteStore {
    fn track(&mut self, entries: &[NewCase], at: OffsetDateTime) -> Result<Vec<Added>, StoreError> {
        self.write_list(|conn| {
            let track = |entry: &NewCase| {
                derived::around(conn, std::iter::once(&entry.id), || roster::track(conn, entry, at))
            };
            entries.iter().map(track).collect()
        })
    }

    fn untrack(&mut self, ids: &[CaseId], at: OffsetDateTime) -> Result<Vec<CaseId>, StoreError> {
        self.write_list(|conn| {
            // An id that is given twice leaves the list once.
            let once: BTreeSet<&CaseId> = ids.iter().collect();
            derived::around(conn, once.iter().copied(), || roster::untrack(conn, ids, at))
        })
    }

    fn tracked(&self) -> Result<Vec<Tracked>, StoreError> {
        self.read(roster::tracked)
    }

    fn moved(&self, known: &mut Known, most: usize) -> Result<Option<Moved>, StoreError> {
        self.read(|conn| moves::moved(conn, known, most))
    }

    fn opening(&self, rows: usize, today: Date) -> Result<Opening, StoreError> {
        self.read(|conn| {
            Ok(Opening {
                tally: derived::tally(conn)?,
                as_of: derived::as_of(conn)?,
                due: derived::due(conn, &DueSpan::ALL, Some(today), rows)?,
            })
        })
    }

    fn due(&self, span: &DueSpan) -> Result<Vec<Tracked>, StoreError> {
        self.read(|conn| derived::due(conn, span, None, usize::MAX))
    }

    fn find(&self, id: &CaseId) -> Result<Option<Tracked>, StoreError> {
        self.read(|conn| roster::find(conn, id))
    }

    fn cases_of_order(&self, order: &str) -> Result<Vec<(CaseId, Case)>, StoreError> {
        self.read(|conn| roster::cases_of_order(conn, order))
    }

    fn record(&mut self, observations: &[Observation]) -> Result<Vec<Observed>, StoreError> {
        let mut observed = Vec::with_capacity(observations.len());
        for step in observations.chunks(RECORD_STEP) {
            // The counts move once a step; a case that is seen twice in it has one part in them.
            let once: BTreeSet<&CaseId> = step.iter().map(|one| &one.id).collect();
            observed.extend(self.write_list(|conn| {
                let record =
                    || step.iter().map(|one| looks::record(conn, one)).collect::<rusqlite::Result<Vec<_>>>();
                derived::around(conn, once.iter().copied(), record)
            })?);
        }
        Ok(observed)
    }

    fn history(&self, id: &CaseId) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read(|conn| looks::history(conn, id))
    }

    fn mark_seen(
        &mut self,
        shown: &[(CaseId, OffsetDateTime)],
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.write_list(|conn| {
            let once: BTreeSet<&CaseId> = shown.iter().map(|(id, _)| id).collect();
            derived::around(conn, once.iter().copied(), || looks::mark_seen(conn, shown, at))
        })
    }

    fn unmark_seen(&mut self, at: OffsetDateTime) -> Result<(), StoreError> {
        self.write_list(|conn| {
            let ids = derived::seen_at(conn, at)?;
            derived::around(conn, ids.iter(), || looks::unmark_seen(conn, at))
        })
    }

    fn set_local(&mut self, changes: &[(CaseId, LocalChange)], at: OffsetDateTime) -> Result<(), StoreError> {
        let unknown = self.write_list(|conn| {
            let once: BTreeSet<&CaseId> = changes.iter().map(|(id, _)| id).collect();
            if let Some(unknown) = roster::unknown(conn, once.iter().copied())? {
                return Ok(Some(unknown));
            }
            derived::around(conn, once.iter().copied(), || roster::set_local(conn, changes, at))?;
            Ok(None)
        })?;
        unknown.map_or(Ok(()), |id| Err(StoreError::NotTracked { id }))
    }

    fn version(&self) -> Result<u64, StoreError> {
        self.read(|conn| conn.prepare_cached("SELECT number FROM edition")?.query_row([], edition))
    }

    fn written(&self) -> u64 {
        self.written
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
    fn intend(&mut self, intent: &Intent, at: OffsetDateTime) -> Result<(), StoreError> {
        self.may_send(intent.kind == Kind::Refund)?;
        self.act(|conn, session| actions::intend(conn, session, intent, at))
    }

    fn intend_and_begin(
        &mut self,
        intent: &Intent,
        request: &[u8],
        at: OffsetDateTime,
        may: &mut dyn FnMut(&dyn Held) -> Result<bool, StoreError>,
    ) -> Result<Option<u32>, StoreError> {
        self.may_send(intent.kind == Kind::Refund)?;
        let path = self.path.clone();
        self.act(|conn, session| {
            if !may(&action_rows::Journal { conn, path: &path })? {
                return Ok(None);
            }
            actions::intend(conn, session, intent, at)?;
            actions::begin(conn, session, &intent.id, request, at).map(Some)
        })
    }

    fn begin(&mut self, id: &ActionId, request: &[u8], at: OffsetDateTime) -> Result<u32, StoreError> {
        // Whether it is a refund was asked when it was intended.
        self.may_send(false)?;
        self.act(|conn, session| actions::begin(conn, session, id, request, at))
    }

    fn conclude(
        &mut self,
        id: &ActionId,
        attempt: u32,
        state: State,
        finding: &Finding,
        exchange: &StoredExchange,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.take_down(|conn, _| actions::conclude(conn, id, &End { attempt, state, finding, exchange }, at))
    }

    fn resolve(
        &mut self,
        id: &ActionId,
        state: State,
        finding: &Finding,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.take_down(|conn, session| actions::resolve(conn, session, id, state, finding, at))
    }

    fn resolve_seen(
        &mut self,
        seen: &ActionRecord,
        state: State,
        finding: &Finding,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.take_down(|conn, session| actions::resolve_seen(conn, session, seen, state, finding, at))
    }

    fn actions(&self) -> Result<Vec<ActionRecord>, StoreError> {
        self.read(action_rows::all)
    }

    fn actions_of(&self, id: &CaseId) -> Result<Vec<ActionRecord>, StoreError> {
        self.read(|conn| action_rows::of_case(conn, id))
    }

    fn action(&self, id: &ActionId) -> Result<Option<ActionRecord>, StoreError> {
        self.read(|conn| action_rows::find(conn, id))
    }

    fn open_action(&self, target: &Target) -> Result<Option<ActionRecord>, StoreError> {
        self.read(|conn| action_rows::open(conn, target))
    }

    fn attempts(&self, id: &ActionId) -> Result<Vec<Attempt>, StoreError> {
        self.read(|conn| action_rows::attempts(conn, id))
    }

    fn recover(&mut self, at: OffsetDateTime) -> Result<Vec<ActionRecord>, StoreError> {
        self.take_over(|conn, session| actions::recover(conn, session, None, at))
    }

    fn recover_own(
        &mut self,
        under_way: &[ActionId],
        at: OffsetDateTime,
    ) -> Result<Vec<ActionRecord>, StoreError> {
        self.take_over(|conn, session| actions::recover(conn, session, Some(under_way), at))
    }

    fn verify_journal(&self) -> Result<JournalCheck, StoreError> {
        self.read(|conn| self.guard.verify(conn))
    }

    fn save_draft(&mut self, draft: &Draft) -> Result<(), StoreError> {
        self.write_if_new(|conn| drafts::save(conn, draft))
    }

    fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        self.read(drafts::all)
    }

    fn delete_draft(&mut self, targets: &[Target]) -> Result<(), StoreError> {
        self.write_if_new(|conn| drafts::delete(conn, targets))
    }

    fn discard_draft(&mut self, seen: &Draft) -> Result<bool, StoreError> {
        let mut is_gone = true;
        self.write_if_new(|conn| {
            is_gone = drafts::is_free_for(conn, seen)?;
            if is_gone { drafts::delete(conn, &seen.targets) } else { Ok(false) }
        })?;
        Ok(is_gone)
    }

    fn restore_draft(&mut self, draft: &Draft) -> Result<bool, StoreError> {
        let mut is_back = true;
        self.write_if_new(|conn| {
            is_back = drafts::is_free_for(conn, draft)?;
            if is_back { drafts::save(conn, draft) } else { Ok(false) }
        })?;
        Ok(is_back)
    }
}

/// The number of an edition, from a row of nothing else.
fn edition(row: &rusqlite::Row<'_>) -> rusqlite::Result<u64> {
    let number: i64 = row.get(0)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, number))
}
