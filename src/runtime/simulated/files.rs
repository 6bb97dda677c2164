//! The files of a host: an empty database to begin with, and copies of a disk as it was at one moment.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use tempfile::TempDir;

use crate::store::SqliteStore;

/// The name of the database.
pub(super) const DATABASE: &str = "docket.db";

/// An empty database of the newest format: making one takes longer than a cell does.
static EMPTY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = folder();
    let path = folder.path().join(DATABASE);
    drop(SqliteStore::open(&path).unwrap());
    fs::read(path).unwrap()
});

/// A folder in memory where there is one: what is proven here is what the system has been told, not what the disk keeps.
pub(super) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Makes a host's folder with an empty database.
pub(super) fn make(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(DATABASE), EMPTY.as_slice()).unwrap();
}

/// Copies a folder as it is. Not the index of the write-ahead log, which lives in memory and dies with its processes.
pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else if !path.to_string_lossy().ends_with("-shm") {
            fs::copy(&path, &target).unwrap();
        }
    }
}
