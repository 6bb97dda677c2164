//! A copy of the list in one file, taken while others work on it. SQLite reads one snapshot for the whole copy, so no
//! transaction is in it by halves; and a copy is only called one after it was opened and checked.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};
use tempfile::TempPath;

use super::{SqliteStore, journal, open};
use crate::store::StoreError;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Its size in bytes.
    pub bytes: u64,
    /// Cases on the list.
    pub cases: u64,
    /// Entries of the journal, every seal of them whole.
    pub journal_entries: u64,
    /// Drafts of replies.
    pub drafts: u64,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The list itself cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something lies there already.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// The copy cannot be written.
    #[error("{} cannot be written: {detail}", path.display())]
    Unwritable {
        /// The file that was to be made.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// The copy was written and is not sound, so it was taken away again.
    #[error("the copy of {} is not sound: {why}", path.display())]
    Unsound {
        /// The database that was copied.
        path: PathBuf,
        /// What is wrong with the copy, and so most likely with the database.
        why: String,
    },
}

impl BackupError {
    /// What to do about it, one sentence without a full stop.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Store(error) => error.hint(),
            Self::Exists(_) => "a backup never overwrites anything; name another file",
            Self::Unwritable { .. } => "name a file in a directory that you may write to and that has room",
            Self::Unsound { .. } => {
                "keep the database as it is and restore an older backup; `docket journal --verify` says more"
            }
        }
    }
}

impl SqliteStore {
    /// Copies the list into a new file (mode 0600) that holds everything in itself, beside no other file, and checks
    /// the copy: the database's own integrity check, and every seal of the journal. Other processes go on reading and
    /// writing meanwhile. The file has its name only once it is whole and on disk.
    ///
    /// # Errors
    /// [`BackupError`]; there is then no new file, and one that was there is as it was.
    pub fn backup(&self, to: &Path) -> Result<Backup, BackupError> {
        let unwritable = |error: &dyn std::fmt::Display| BackupError::Unwritable {
            path: to.to_owned(),
            detail: error.to_string(),
        };
        // What cannot be asked about will be told when it is made.
        if to.symlink_metadata().is_ok() {
            return Err(BackupError::Exists(to.to_owned()));
        }
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let begun = tempfile::Builder::new().prefix(".docket-backup-").tempfile_in(folder);
        let begun = begun.map_err(|error| unwritable(&error))?.into_temp_path();
        let name = begun.to_str().ok_or_else(|| unwritable(&"its name is no UTF-8 text"))?;
        self.conn.execute("VACUUM INTO ?1", params![name]).map_err(|error| self.blame(&error, to))?;
        open::mark_as_copy(&begun).map_err(|error| unwritable(&error))?;
        let found = check(&begun).map_err(|why| BackupError::Unsound { path: self.path.clone(), why })?;
        let synced = File::open(&begun).and_then(|file| file.sync_all());
        synced.map_err(|error| unwritable(&error))?;
        keep(begun, to)?;
        // The name is there; a directory that cannot be synced takes nothing away from that.
        _ = File::open(folder).and_then(|folder| folder.sync_all());
        Ok(found)
    }

    /// Says whether the list cannot be read or the copy cannot be written.
    fn blame(&self, error: &rusqlite::Error, to: &Path) -> BackupError {
        match StoreError::from_sqlite(&self.path, error) {
            StoreError::Full { .. } => {
                BackupError::Unwritable { path: to.to_owned(), detail: "the disk is full".to_owned() }
            }
            StoreError::Unwritable { detail, .. } => BackupError::Unwritable { path: to.to_owned(), detail },
            other => other.into(),
        }
    }
}

/// Copies a file of an older format before it is brought up to date, once, and checks the copy: a migration is the one
/// moment in which all of a list is written anew. The name tells the format and the edition, so that no copy is made twice
/// and none is lost.
///
/// # Errors
/// [`StoreError::NoCopy`]; the file is then as it was.
pub(super) fn before_migration(conn: &Connection, path: &Path, format: u64) -> Result<(), StoreError> {
    let refused = |error: &dyn std::fmt::Display| StoreError::NoCopy {
        path: path.to_owned(),
        detail: error.to_string(),
    };
    let edition = conn.query_row("SELECT number FROM edition", [], super::edition);
    let edition = edition.map_err(|error| StoreError::from_sqlite(path, &error))?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".format-{format}.edition-{edition}"));
    let to = PathBuf::from(name);
    if to.exists() {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let begun = tempfile::Builder::new().prefix(".docket-backup-").tempfile_in(folder);
    let begun = begun.map_err(|error| refused(&error))?.into_temp_path();
    let text = begun.to_str().ok_or_else(|| refused(&"its name is no UTF-8 text"))?;
    conn.execute("VACUUM INTO ?1", params![text]).map_err(|error| {
        match StoreError::from_sqlite(path, &error) {
            damaged @ StoreError::Damaged { .. } => damaged,
            _ => refused(&error),
        }
    })?;
    is_whole(&begun, format).map_err(|why| refused(&why))?;
    let synced = File::open(&begun).and_then(|file| file.sync_all());
    synced.map_err(|error| refused(&error))?;
    begun.persist_noclobber(&to).map_err(|error| refused(&error.error))?;
    // As with every backup: the name is there, synced or not.
    _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Opens a copy of an older format and reads every page of it.
fn is_whole(path: &Path, format: u64) -> Result<(), String> {
    let said = |error: rusqlite::Error| error.to_string();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(said)?;
    let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(said)?;
    let found = open::format_of(&conn, path).map_err(|error| error.to_string())?;
    match (verdict.as_str(), found == format) {
        ("ok", true) => Ok(()),
        ("ok", false) => Err(format!("the copy has format {found}")),
        _ => Err(verdict),
    }
}

/// Gives the finished copy its name, unless something else has taken it meanwhile.
fn keep(begun: TempPath, to: &Path) -> Result<(), BackupError> {
    begun.persist_noclobber(to).map_err(|refused| match refused.error.kind() {
        ErrorKind::AlreadyExists => BackupError::Exists(to.to_owned()),
        _ => BackupError::Unwritable { path: to.to_owned(), detail: refused.error.to_string() },
    })
}

/// Opens a copy as a stranger would and looks through all of it, without writing a byte.
fn check(path: &Path) -> Result<Backup, String> {
    let said = |error: &dyn std::fmt::Display| error.to_string();
    let conn =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(|error| said(&error))?;
    open::format_of(&conn, path).map_err(|error| said(&error))?;
    let read = |error: rusqlite::Error| error.to_string();
    let verdict: String = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(read)?;
    if verdict != "ok" {
        return Err(verdict);
    }
    let strays = conn.prepare("PRAGMA foreign_key_check").and_then(|mut strays| strays.exists([]));
    if strays.map_err(read)? {
        return Err("a row belongs to a case that is not there".to_owned());
    }
    let journal = journal::verify(&conn).map_err(read)?;
    if let Some(broken) = journal.broken {
        return Err(format!("the journal is broken at entry {}: {}", broken.entry, broken.why));
    }
    let count = |sql: &str| conn.query_row(sql, [], super::edition).map_err(read);
    Ok(Backup {
        bytes: std::fs::metadata(path).map_err(|error| said(&error))?.len(),
        cases: count("SELECT count(*) FROM cases WHERE tracked")?,
        journal_entries: journal.entries,
        drafts: count("SELECT count(*) FROM drafts")?,
    })
}
