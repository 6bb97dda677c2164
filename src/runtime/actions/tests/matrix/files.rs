//! Files as a dead process has left them, and what may have become of them since.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::cell::DiskFault;
use crate::store::SqliteStore;

/// Whom the files are given to, where we may: `nobody`.
const NOBODY: u32 = 65_534;

/// Does something to a database that nobody has open.
pub(super) fn damage(database: &Path, fault: DiskFault) {
    match fault {
        DiskFault::FlippedPage => flip(database),
        DiskFault::MissingWal => fs::remove_file(beside(database, "-wal")).unwrap(),
        DiskFault::WrongMode => {
            fs::set_permissions(database, Permissions::from_mode(if is_root() { 0o666 } else { 0o400 }))
                .unwrap();
            if is_root() {
                chown(database, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        _ => {}
    }
}

/// Inverts every bit of the page on which the journal's actions begin. What the write-ahead log has is written home
/// first: it has checksums of its own.
fn flip(database: &Path) {
    let conn = Connection::open(database).unwrap();
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let root: usize = conn
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'actions'", [], |row| {
            row.get::<_, i64>(0)
        })
        .unwrap()
        .try_into()
        .unwrap();
    let size: i64 = conn.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    drop(conn);
    let size = usize::try_from(size).unwrap();
    let mut bytes = fs::read(database).unwrap();
    for byte in &mut bytes[(root - 1) * size..root * size] {
        *byte = !*byte;
    }
    fs::write(database, bytes).unwrap();
}

/// What the hint says: the file is moved away, and the cases are tracked again.
pub(super) fn begin_anew(database: &Path) {
    for ending in ["", "-wal", "-shm", ".tail"] {
        let path = beside(database, ending);
        if path.exists() {
            fs::rename(&path, beside(&path, ".damaged")).unwrap();
        }
    }
}

/// Whether something remembers a journal that has lost its end.
pub(super) fn is_missed(database: &Path) -> bool {
    beside(database, ".tail").exists()
}

/// What README says of a list that has lost its end and is to be used all the same.
pub(super) fn accept(database: &Path) {
    fs::remove_file(beside(database, ".tail")).unwrap();
}

/// What the hint of a file says that cannot be written; root can write it all the same, and hears nothing.
pub(super) fn give_back(database: &Path, mut reads: impl FnMut(&str)) {
    if is_root() {
        chown(database, Some(0), Some(0)).unwrap();
        return;
    }
    match SqliteStore::open(database) {
        Ok(_) => reads(""),
        Err(error) => reads(&format!("{error}; {}", error.hint())),
    }
    fs::set_permissions(database, Permissions::from_mode(0o600)).unwrap();
}

/// Whether nobody else may read it.
pub(super) fn is_private(database: &Path) -> bool {
    fs::metadata(database).unwrap().mode() & 0o777 == 0o600
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
