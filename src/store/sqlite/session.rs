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
const ENDING: &str = ".lock";
/// Long enough that no two sessions ever draw the same name.
const NAME_CHARS: usize = 26;

/// What one store knows of the sessions. Called only while the database is held for writing, so that no session is
/// judged while it is being made.
#[derive(Debug)]
pub(super) struct Session {
    /// `None` for a list in memory, which nobody shares.
    place: Option<Place>,
    mine: Option<Mine>,
}

/// Where the files of one database's sessions are. Several databases share the folder and nothing else.
#[derive(Debug)]
struct Place {
    folder: PathBuf,
    /// How the names begin that belong to this database.
    prefix: String,
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
        let prefix = format!("{}-", database.file_name().unwrap_or_default().to_string_lossy());
        Self { place: Some(Place { folder, prefix }), mine: None }
    }

    /// A session on a list in memory.
    pub(super) fn alone() -> Self {
        Self { place: None, mine: None }
    }

    /// The name of this session; from now on it counts as alive until this store is dropped.
    pub(super) fn name(&mut self) -> Result<String, StoreError> {
        if let Some(mine) = &self.mine {
            return Ok(mine.name.clone());
        }
        let name: String = std::iter::repeat_with(fastrand::alphanumeric).take(NAME_CHARS).collect();
        let held = self.place.as_ref().map(|place| place.hold(&name)).transpose()?;
        self.mine = Some(Mine { name: name.clone(), held });
        Ok(name)
    }

    /// Whether this is the name of this session.
    pub(super) fn is_mine(&self, name: &str) -> bool {
        self.mine.as_ref().is_some_and(|mine| mine.name == name)
    }

    /// Whether the process behind a session still runs.
    pub(super) fn is_alive(&self, name: &str) -> Result<bool, StoreError> {
        if self.is_mine(name) {
            return Ok(true);
        }
        let is_name = name.len() == NAME_CHARS && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match &self.place {
            Some(place) if is_name => is_held(&place.file_of(name)),
            _ => Ok(false),
        }
    }

    /// Removes what sessions that were killed have left. What cannot be removed does no harm.
    pub(super) fn sweep(&self) {
        for path in self.place.as_ref().map(Place::files).unwrap_or_default() {
            let is_mine = self.held().is_some_and(|(mine, _)| *mine == path);
            if !is_mine && matches!(is_held(&path), Ok(false)) {
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

impl Place {
    fn file_of(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{}{name}{ENDING}", self.prefix))
    }

    /// The files of this database's sessions, whoever made them.
    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let ours = entries.filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let middle = name.strip_prefix(&self.prefix).and_then(|rest| rest.strip_suffix(ENDING));
            middle.is_some_and(|middle| middle.len() == NAME_CHARS)
        });
        ours.map(|entry| entry.path()).collect()
    }

    fn hold(&self, name: &str) -> Result<(PathBuf, File), StoreError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .map_err(|error| StoreError::from_io(&self.folder, &error))?;
        let path = self.file_of(name);
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = made.map_err(|error| StoreError::from_io(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok((path, file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy { path }),
            Err(TryLockError::Error(error)) => Err(StoreError::from_io(&path, &error)),
        }
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
