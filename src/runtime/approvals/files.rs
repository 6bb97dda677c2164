//! The directory of requests, in which others write as well. Everything is reached from the open directory and asked of
//! the open file, so that nobody can swap a name in between; and nothing is believed that more than one person can write.

use std::collections::HashSet;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::RequestError;

/// The most bytes a request has. The longest one that docket writes has about 3,000.
const BYTES_MAX: usize = 16 * 1024;
/// How a request's file ends.
const ENDING: &str = ".json";
/// How the file of one ends whose refund was taken.
const DONE: &str = ".done";
/// The longest number.
const ID_MAX: usize = 40;
/// Owner reads and writes, the group reads.
const MODE: Mode = Mode::from_raw_mode(0o640);
/// Write permission of group and others.
const OTHERS_WRITE: u32 = 0o022;

/// The open directory.
pub(super) struct Folder {
    path: PathBuf,
    dir: OwnedFd,
}

/// A request's bytes, and whose they are.
pub(super) struct Taken {
    pub(super) bytes: Vec<u8>,
    pub(super) owner: u32,
}

impl Folder {
    /// Opens the directory; it must not be reached through a link.
    pub(super) fn open(path: &Path) -> Result<Self, RequestError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let wrong = |why: String| RequestError::Dir { path: path.to_owned(), why };
        let dir = rustix::fs::open(path, flags, Mode::empty()).map_err(|error| match error {
            Errno::LOOP | Errno::NOTDIR => wrong("is a symbolic link or no directory".to_owned()),
            Errno::NOENT => wrong("does not exist".to_owned()),
            error => wrong(format!("cannot be opened: {error}")),
        })?;
        let mode = rustix::fs::fstat(&dir).map_err(|error| wrong(error.to_string()))?.st_mode;
        if mode & 0o1002 == 0o002 {
            return Err(wrong("can be written by everybody without the sticky bit".to_owned()));
        }
        Ok(Self { path: path.to_owned(), dir })
    }

    fn wrong(&self, why: impl std::fmt::Display) -> RequestError {
        RequestError::Dir { path: self.path.clone(), why: format!("cannot be used: {why}") }
    }

    /// The numbers of the requests that are not done, in order, at most so many.
    pub(super) fn ids(&self, most: usize) -> Result<Vec<String>, RequestError> {
        let entries = Dir::read_from(&self.dir).map_err(|error| self.wrong(error))?;
        let (mut ids, mut done) = (Vec::new(), HashSet::new());
        for entry in entries {
            let entry = entry.map_err(|error| self.wrong(error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            ids.extend(name.strip_suffix(ENDING).filter(|id| is_id(id)).map(str::to_owned));
            done.extend(name.strip_suffix(DONE).map(str::to_owned));
        }
        ids.retain(|id| !done.contains(id));
        ids.sort_unstable();
        ids.truncate(most);
        Ok(ids)
    }

    /// Reads a request: a plain file of one name, that nobody but its owner can write.
    pub(super) fn read(&self, id: &str) -> Result<Taken, RequestError> {
        let wrong = |why: String| RequestError::Wrong { id: id.to_owned(), why };
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(&self.dir, name(id)?, flags, Mode::empty());
        let file = opened.map_err(|error| match error {
            Errno::NOENT => RequestError::NoSuch(id.to_owned()),
            Errno::LOOP => wrong("is a symbolic link".to_owned()),
            Errno::ACCESS => wrong("cannot be read by you; its group must be one of yours".to_owned()),
            error => wrong(format!("cannot be opened: {error}")),
        })?;
        let found = rustix::fs::fstat(&file).map_err(|error| wrong(error.to_string()))?;
        if let Some(why) = not_a_request(&found) {
            return Err(wrong(why));
        }
        let mut bytes = Vec::new();
        let read = File::from(file).take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|error| wrong(format!("cannot be read: {error}")))?;
        if bytes.len() > BYTES_MAX {
            return Err(wrong("is larger than a request".to_owned()));
        }
        Ok(Taken { bytes, owner: found.st_uid })
    }

    /// Writes a new request and flushes it to disk. What is there already stays as it is.
    pub(super) fn create(&self, id: &str, bytes: &[u8]) -> Result<(), RequestError> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.dir, name(id)?, flags, MODE).map_err(|error| match error {
            Errno::EXIST => RequestError::Exists(id.to_owned()),
            error => self.wrong(error),
        })?;
        // The mask of this process may have left the group out, and then nobody could approve it.
        let written = rustix::fs::fchmod(&file, MODE).map_err(std::io::Error::from).and_then(|()| {
            let mut file = File::from(file);
            file.write_all(bytes)?;
            file.sync_all()?;
            Ok(rustix::fs::fsync(&self.dir)?)
        });
        written.map_err(|error| {
            // Half a request is none; what cannot be removed either cannot be read as one.
            _ = rustix::fs::unlinkat(&self.dir, name(id).unwrap_or_default(), AtFlags::empty());
            self.wrong(error)
        })
    }

    /// Removes what its owner has asked for. A link is removed and not followed.
    pub(super) fn remove(&self, id: &str, me: u32) -> Result<(), RequestError> {
        let name = name(id)?;
        let found = rustix::fs::statat(&self.dir, &name, AtFlags::SYMLINK_NOFOLLOW).map_err(|error| {
            if error == Errno::NOENT { RequestError::NoSuch(id.to_owned()) } else { self.wrong(error) }
        })?;
        if found.st_uid != me {
            return Err(RequestError::NotYours(id.to_owned()));
        }
        rustix::fs::unlinkat(&self.dir, &name, AtFlags::empty()).map_err(|error| self.wrong(error))
    }

    /// Takes a request whose refund was taken out of the list of those that wait.
    pub(super) fn put_aside(&self, id: &str) -> Result<(), RequestError> {
        self.put_aside_by(id, |from, to| rustix::fs::renameat(&self.dir, from, &self.dir, to))
    }

    /// As [`Folder::put_aside`]. In a sticky directory only its owner may rename it: there an empty file beside it says the
    /// same. It only shortens the list; who writes one in malice hides a request from it that can still be approved.
    pub(super) fn put_aside_by(
        &self,
        id: &str,
        rename: impl FnOnce(&str, &str) -> Result<(), Errno>,
    ) -> Result<(), RequestError> {
        let (name, done) = (name(id)?, format!("{id}{DONE}"));
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let aside = match rename(&name, &done) {
            Err(Errno::PERM | Errno::ACCESS) => match rustix::fs::openat(&self.dir, &done, flags, MODE) {
                Ok(_) | Err(Errno::EXIST) => Ok(()),
                Err(error) => Err(error),
            },
            other => other,
        };
        aside.map_err(|error| self.wrong(error))
    }
}

/// The name of a request's file. What could lead elsewhere is no number.
fn name(id: &str) -> Result<String, RequestError> {
    if is_id(id) { Ok(format!("{id}{ENDING}")) } else { Err(RequestError::NoSuch(id.to_owned())) }
}

fn is_id(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    (1..=ID_MAX).contains(&id.len()) && id.bytes().all(plain)
}

/// What speaks against a file by itself.
fn not_a_request(found: &Stat) -> Option<String> {
    let mode = found.st_mode;
    if FileType::from_raw_mode(mode) != FileType::RegularFile {
        return Some("is no plain file".to_owned());
    }
    if mode & OTHERS_WRITE != 0 {
        let mode = mode & 0o7777;
        return Some(format!("can be written by others than its owner (its mode is {mode:04o})"));
    }
    // A second name could bring back what was withdrawn, or somebody's file from elsewhere.
    (found.st_nlink != 1).then(|| "has a second name (a hard link)".to_owned())
}
