//! A look at a database that leaves no trace: nothing is made, migrated, mended or locked. For `docket doctor`, which must
//! not heal what it is asked to describe.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Transaction, TransactionBehavior};

use super::tail::Tail;
use super::{guard, open, place};
use crate::domain::action::State;
use crate::domain::ids::CaseId;
use crate::store::{JournalCheck, StoreError};

/// How a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkup {
    /// The number of its format; 0 for an empty file.
    pub format: u64,
    /// The newest format that this docket knows.
    pub newest: u64,
    /// What SQLite's own check of every page and index found first; `None` when all is well.
    pub fault: Option<String>,
    /// What is in it; `None` for an older format, which the next start brings up to date.
    pub contents: Option<Contents>,
}

/// What is in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Cases on the list.
    pub cases: u64,
    /// Replies begun and not sent.
    pub drafts: u64,
    /// How many actions stand where.
    pub actions: Vec<(State, u64)>,
    /// The journal, every seal checked.
    pub journal: JournalCheck,
    /// A case of the list that was fetched before, or any other on it.
    pub case: Option<CaseId>,
}

/// Whether a directory can hold a list.
///
/// # Errors
/// [`StoreError::Remote`] on a network file system, which does not keep a database whole.
pub fn check_place(directory: &Path) -> Result<(), StoreError> {
    place::check(directory)
}

/// Looks a database over; reads all of it, so a million cases take some seconds. `None` when there is no file.
///
/// # Errors
/// [`StoreError`] when it cannot be read, is damaged beyond reading, another program's, or from a newer docket.
pub fn check_up(path: &Path) -> Result<Option<Checkup>, StoreError> {
    if !path.try_exists().map_err(|error| StoreError::from_io(path, &error))? {
        return Ok(None);
    }
    let log = beside(path, "-wal");
    if log.exists() {
        return examine(path, Trace::Shared).map(Some);
    }
    // Nobody has it open. SQLite would put two files beside it even to read, unless it is told that nobody writes.
    let alone = examine(path, Trace::Alone);
    // Somebody has come meanwhile, so that was not true.
    if log.exists() { examine(path, Trace::Shared).map(Some) } else { alone.map(Some) }
}

/// A connection for reading alone, which makes nothing beside the file. With a write-ahead log there, it needs the index
/// of that log there, too.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let trace = if beside(path, "-wal").exists() { Trace::Shared } else { Trace::Alone };
    connect(path, trace).map_err(|error| StoreError::from_sqlite(path, &error))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Who else may have the file open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trace {
    Alone,
    Shared,
}

fn examine(path: &Path, trace: Trace) -> Result<Checkup, StoreError> {
    let failed = |error: rusqlite::Error| StoreError::from_sqlite(path, &error);
    let conn = connect(path, trace).map_err(failed)?;
    let format = open::format_of(&conn, path)?;
    let fault = first_fault(&conn).map_err(failed)?;
    let contents = if format == open::NEWEST && fault.is_none() {
        Some(contents(&conn, path).map_err(failed)?)
    } else {
        None
    };
    Ok(Checkup { format, newest: open::NEWEST, fault, contents })
}

fn connect(path: &Path, trace: Trace) -> rusqlite::Result<Connection> {
    let mut address = "file:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        // Writing to a String cannot fail.
        _ = match byte {
            b'/' | b'.' | b'-' | b'_' => write!(address, "{}", char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => write!(address, "{}", char::from(*byte)),
            byte => write!(address, "%{byte:02X}"),
        };
    }
    if trace == Trace::Alone {
        address.push_str("?immutable=1");
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let conn = Connection::open_with_flags(address, flags)?;
    conn.busy_timeout(open::BUSY)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    Ok(conn)
}

fn first_fault(conn: &Connection) -> rusqlite::Result<Option<String>> {
    let said: String = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok(Some(said).filter(|said| said != "ok"))
}

/// Under one snapshot, so that the numbers agree with each other.
fn contents(conn: &Connection, path: &Path) -> rusqlite::Result<Contents> {
    let snapshot = Transaction::new_unchecked(conn, TransactionBehavior::Deferred)?;
    let count = |query: &str| snapshot.query_row(query, [], |row| row.get::<_, i64>(0)).map(number);
    let mut states = snapshot.prepare("SELECT state, count(*) FROM actions GROUP BY state")?;
    let states = states.query_map([], |row| Ok((row.get::<_, String>(0)?, number(row.get(1)?))))?;
    let actions = states
        .filter_map(|row| {
            row.map(|(word, count)| State::from_word(&word).map(|state| (state, count))).transpose()
        })
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let case = snapshot
        .query_row("SELECT id FROM cases WHERE tracked = 1 ORDER BY status IS NULL, row LIMIT 1", [], |row| {
            row.get::<_, String>(0)
        })
        .optional()?;
    Ok(Contents {
        cases: count("SELECT count(*) FROM cases WHERE tracked = 1")?,
        drafts: count("SELECT count(*) FROM drafts")?,
        actions,
        journal: guard::verify(&snapshot, &Tail::beside(path))?,
        case: case.and_then(|id| CaseId::parse(&id).ok()),
    })
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
