//! Opening the file: rights from the first moment, settings that survive a power cut, and migrations that two processes
//! may start at once.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use rusqlite_migration::{M, Migrations};

use super::ground::Ground;
use super::tail::Tail;
use super::{backup, derived, reading, rights};
use crate::store::StoreError;
use crate::store::config::NetworkDisk;

/// How long a writer waits for another process.
pub(super) const BUSY: Duration = Duration::from_secs(10);

/// How often a process that waits for another one's migration looks again.
const LOCK_LOOK: Duration = Duration::from_millis(20);

/// "dock" in the file's header.
const APPLICATION_ID: i64 = 0x646f_636b;

/// "docc" in the header of a backup: whoever puts one in the place of a list means to go back to it, and what came after is
/// not missed.
const COPY_ID: i64 = 0x646f_6363;

/// Every format there ever was, oldest first; a published one is never edited.
fn formats() -> Vec<M<'static>> {
    vec![
        M::up(include_str!("v1.sql")),
        M::up(include_str!("v2.sql")),
        M::up(include_str!("v3.sql")),
        M::up(include_str!("v4.sql")),
        M::up(include_str!("v5.sql")),
        // What the fourth asks for is worked out from columns of the sixth.
        M::up_with_hook(include_str!("v6.sql"), |file: &Transaction<'_>| Ok(derived::fill_empty(file)?)),
    ]
}

/// How many formats this docket knows, and so the number of the newest.
pub(super) const NEWEST: u64 = 6;

/// What every connection is set to. FULL, because in WAL mode NORMAL may lose the last commits when the power goes; no
/// memory map, because an I/O error under one kills the process instead of being reported.
const SETTINGS: &str = "
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA cell_size_check = ON;
    PRAGMA mmap_size = 0;
    PRAGMA wal_autocheckpoint = 1000;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA secure_delete = FAST;
";

/// On a network file system instead of the write-ahead log, whose shared memory there is not shared (reliability.md
/// section 2.4): one process has the file to itself from here on, and the directory is synced too.
const NETWORK_SETTINGS: &str = "
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA synchronous = EXTRA;
    BEGIN EXCLUSIVE;
    COMMIT;
";

/// The journal mode of a list on a local disk, and of one that lies on such a file system.
const fn mode_on(network: Option<&str>) -> &'static str {
    if network.is_some() { "delete" } else { "wal" }
}

/// Opens, and where needed makes and migrates, the file; says what network file system it lies on.
pub(super) fn for_writing(
    path: &Path,
    ground: Ground,
) -> Result<(Connection, Option<&'static str>), StoreError> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(|error| StoreError::from_io(directory, &error))?;
    }
    // The directory, and the file behind it should that be a link.
    let home = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    let home = home.unwrap_or(Path::new("."));
    let network = network_under(if path.exists() { path } else { home }, ground)?;
    rights::check(path, home)?;
    let opened = ready(path, network).map_err(|error| match (error, network) {
        (StoreError::Busy { path }, Some(what)) => StoreError::Alone { path, what },
        (error, _) => error,
    });
    Ok((opened?, network))
}

/// A connection to a file of the newest format, which is made or migrated where needed.
fn ready(path: &Path, network: Option<&str>) -> Result<Connection, StoreError> {
    if path.exists() {
        if let Some(barrier) = reading::barrier(path) {
            return Err(barrier);
        }
        let mut conn = connect(path, network)?;
        if is_ready(&conn, path, network)? {
            return Ok(conn);
        }
        let _only_one = lock(path)?;
        migrate(&mut conn, path, network)?;
        return Ok(conn);
    }
    let _only_one = lock(path)?;
    create(path)?;
    let mut conn = connect(path, network)?;
    migrate(&mut conn, path, network)?;
    Ok(conn)
}

/// The network file system under a path, if that is to be put up with.
fn network_under(path: &Path, ground: Ground) -> Result<Option<&'static str>, StoreError> {
    match ground.network_under(path) {
        Some(what) if ground.network == NetworkDisk::Refuse => {
            Err(StoreError::Remote { path: path.to_owned(), what })
        }
        network => Ok(network),
    }
}

/// A list without a file.
pub(super) fn in_memory() -> Result<Connection, StoreError> {
    let place = Path::new("memory");
    let mut conn = Connection::open_in_memory().map_err(|error| StoreError::from_sqlite(place, &error))?;
    apply_settings(&mut conn).map_err(|error| StoreError::from_sqlite(place, &error))?;
    run_migrations(&mut conn, place)?;
    Ok(conn)
}

/// Makes an empty file that is private from its first moment; SQLite gives its side files the same rights.
fn create(path: &Path) -> Result<(), StoreError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::from_io(path, &error)),
    }
}

fn connect(path: &Path, network: Option<&str>) -> Result<Connection, StoreError> {
    let attempt = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut conn = Connection::open_with_flags(path, flags)?;
        apply_settings(&mut conn)?;
        if network.is_some() {
            conn.execute_batch(NETWORK_SETTINGS)?;
        }
        Ok(conn)
    };
    attempt().map_err(|error| StoreError::from_sqlite(path, &error))
}

/// Settings live in the connection, so each one gets them. The guards keep a doctored file from doing harm.
fn apply_settings(conn: &mut Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY)?;
    conn.set_transaction_behavior(TransactionBehavior::Immediate);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    conn.execute_batch(SETTINGS)
}

/// Whether the file needs nothing done before it can be used.
fn is_ready(conn: &Connection, path: &Path, network: Option<&str>) -> Result<bool, StoreError> {
    Ok(format_of(conn, path)? == NEWEST && journal_mode(conn, path)? == mode_on(network))
}

/// The format number of a file of docket; 0 for an empty one. Read under one snapshot: a file that another process
/// is just making would otherwise look half like nobody's.
pub(super) fn format_of(conn: &Connection, path: &Path) -> Result<u64, StoreError> {
    let read = || {
        let snapshot = Transaction::new_unchecked(conn, TransactionBehavior::Deferred)?;
        let number = |name| snapshot.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let things: i64 = snapshot.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((number("application_id")?, number("user_version")?, things))
    };
    match read().map_err(|error| StoreError::from_sqlite(path, &error))? {
        (0, 0, 0) => Ok(0),
        (APPLICATION_ID | COPY_ID, found, _) => match u64::try_from(found) {
            Ok(found) if found <= NEWEST => Ok(found),
            Ok(found) => Err(StoreError::Newer { path: path.to_owned(), found, known: NEWEST }),
            Err(_) => {
                Err(StoreError::Damaged { path: path.to_owned(), detail: format!("its format is {found}") })
            }
        },
        _ => Err(StoreError::Foreign { path: path.to_owned() }),
    }
}

fn journal_mode(conn: &Connection, path: &Path) -> Result<String, StoreError> {
    conn.pragma_query_value(None, "journal_mode", |row| row.get(0))
        .map_err(|error| StoreError::from_sqlite(path, &error))
}

/// Brings the file to the newest format. The caller holds the lock; another process may have been here first.
fn migrate(conn: &mut Connection, path: &Path, network: Option<&str>) -> Result<(), StoreError> {
    let found = format_of(conn, path)?;
    if (1..NEWEST).contains(&found) {
        backup::before_migration(conn, path, found)?;
    }
    take_for_the_list(conn, path)?;
    let wanted = mode_on(network);
    let mode: String = conn
        .pragma_update_and_check(None, "journal_mode", wanted, |row| row.get(0))
        .map_err(|error| StoreError::from_sqlite(path, &error))?;
    if mode != wanted {
        let detail = format!("its file system keeps no journal as it should (journal mode {mode})");
        return Err(StoreError::Other { path: path.to_owned(), detail });
    }
    if found < NEWEST { run_migrations(conn, path) } else { Ok(()) }
}

/// Marks a finished copy as one.
pub(super) fn mark_as_copy(copy: &Path) -> rusqlite::Result<()> {
    let conn = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    conn.pragma_update(None, "application_id", COPY_ID)
}

/// A backup that was put in the place of a list is the list from now on; where the other one ended is forgotten.
fn take_for_the_list(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |error| StoreError::from_sqlite(path, &error);
    let id: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(failed)?;
    if id == COPY_ID {
        Tail::beside(path).forget().map_err(|error| StoreError::from_io(path, &error))?;
        conn.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
    }
    Ok(())
}

fn run_migrations(conn: &mut Connection, path: &Path) -> Result<(), StoreError> {
    Migrations::new(formats()).to_latest(conn).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => StoreError::from_sqlite(path, &err),
        other => StoreError::Other { path: path.to_owned(), detail: other.to_string() },
    })
}

/// Waits until no other process makes or migrates this file, and keeps others waiting until the result is dropped.
fn lock(path: &Path) -> Result<File, StoreError> {
    let beside = lock_path(path);
    let refused = |error: &std::io::Error| StoreError::from_io(&beside, error);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&beside)
        .map_err(|error| refused(&error))?;
    let looks = BUSY.as_millis() / LOCK_LOOK.as_millis();
    for _ in 0..looks {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_LOOK),
            Err(TryLockError::Error(error)) => return Err(refused(&error)),
        }
    }
    Err(StoreError::Busy { path: path.to_owned() })
}

/// The file that stands for "someone is making or migrating this database".
fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}
