//! Who is alive: each store that has begun an action holds a lock on a file of its own beside the database. The system
//! drops the lock however the process ends, so a lock that can be taken is proof of death; process numbers are reused
//! and prove nothing.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// The folder beside the database.
const FOLDER: &str = "sessions";
/// How the files in it end.
const ENDING: &str = "lock";
/// Long enough that no two sessions ever draw the same name.
const NAME_CHARS: usize = 26;

/// What one store knows of the sessions. Called only while the database is held for writing, so that no session is
/// judged while it is being made.
#[derive(Debug)]
pub(super) struct Session {
    /// `None` for a list in memory, which nobody shares.
    folder: Option<PathBuf>,
    mine: Option<Mine>,
}

#[derive(Debug)]
struct Mine {
    name: String,
    /// The file and the lock on it; `None` for a list in memory.
    held: Option<(PathBuf, File)>,
}

impl Session {
    /// A session that has begun nothing, on a database file.
    pub(super) fn beside(database: &Path) -> Self {
        let folder = database.parent().unwrap_or_else(|| Path::new("")).join(FOLDER);
        Self { folder: Some(folder), mine: None }
    }

    /// A session on a list in memory.
    pub(super) fn alone() -> Self {
        Self { folder: None, mine: None }
    }

    /// The name of this session; from now on it counts as alive until this store is dropped.
    pub(super) fn name(&mut self) -> Result<String, StoreError> {
        if let Some(mine) = &self.mine {
            return Ok(mine.name.clone());
        }
        let name: String = std::iter::repeat_with(fastrand::alphanumeric).take(NAME_CHARS).collect();
        let held = self.folder.as_deref().map(|folder| hold(folder, &name)).transpose()?;
        self.mine = Some(Mine { name: name.clone(), held });
        Ok(name)
    }

    /// Whether the process behind a session still runs.
    pub(super) fn is_alive(&self, name: &str) -> Result<bool, StoreError> {
        if self.mine.as_ref().is_some_and(|mine| mine.name == name) {
            return Ok(true);
        }
        let is_name = name.len() == NAME_CHARS && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match &self.folder {
            Some(folder) if is_name => is_held(&file_of(folder, name)),
            _ => Ok(false),
        }
    }

    /// Removes what sessions that were killed have left. What cannot be removed does no harm.
    pub(super) fn sweep(&self) {
        let Some(entries) = self.folder.as_deref().and_then(|folder| fs::read_dir(folder).ok()) else {
            return;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let is_mine = self.held().is_some_and(|(mine, _)| *mine == path);
            if !is_mine
                && path.extension().is_some_and(|it| it == ENDING)
                && matches!(is_held(&path), Ok(false))
            {
                _ = fs::remove_file(&path);
            }
        }
    }

    fn held(&self) -> Option<&(PathBuf, File)> {
        self.mine.as_ref()?.held.as_ref()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some((path, _)) = self.held() {
            // A file that stays is swept up by the next recovery.
            _ = fs::remove_file(path);
        }
    }
}

fn file_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(name).with_extension(ENDING)
}

fn hold(folder: &Path, name: &str) -> Result<(PathBuf, File), StoreError> {
    let refused = |path: &Path, error: &std::io::Error| StoreError::from_io(path, error);
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| refused(folder, &error))?;
    let path = file_of(folder, name);
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    let file = made.map_err(|error| refused(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok((path, file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::Busy { path }),
        Err(TryLockError::Error(error)) => Err(refused(&path, &error)),
    }
}

/// Whether someone holds the lock; a file that is gone is held by nobody.
fn is_held(path: &Path) -> Result<bool, StoreError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(StoreError::from_io(path, &error)),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(StoreError::from_io(path, &error)),
    }
}
