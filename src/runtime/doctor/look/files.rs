//! Files and directories as they lie there: whose they are, what others may do with them, how much room is left.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access, statvfs};

/// A file or directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Entry {
    pub(in super::super) path: PathBuf,
    /// The mode bits, the sticky one too.
    pub(in super::super) mode: u32,
    /// The owner's user id.
    pub(in super::super) owner: u32,
    pub(in super::super) is_dir: bool,
}

impl Entry {
    fn of(path: &Path, metadata: &Metadata) -> Self {
        let mode = metadata.mode() & 0o7777;
        Self { path: path.to_owned(), mode, owner: metadata.uid(), is_dir: metadata.is_dir() }
    }

    /// `None` for what is not there, or cannot be asked about. A link is followed.
    pub(in super::super) fn at(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().map(|metadata| Self::of(path, &metadata))
    }
}

/// The directory a file lies in and all those around it, the nearest first, links resolved.
fn around(path: &Path) -> Vec<Entry> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(real) = nearest(parent).canonicalize() else { return Vec::new() };
    real.ancestors().filter_map(Entry::at).collect()
}

/// A file or directory with what is [`around`] it, links resolved; empty when it is not there.
pub(in super::super) fn with_around(path: &Path) -> Vec<Entry> {
    let Ok(real) = path.canonicalize() else { return Vec::new() };
    Entry::at(&real).into_iter().chain(around(&real)).collect()
}

/// The path itself, or the nearest directory above it that is there.
pub(in super::super) fn nearest(path: &Path) -> &Path {
    let named = path.ancestors().filter(|path| !path.as_os_str().is_empty());
    named.into_iter().find(|path| path.exists()).unwrap_or(Path::new("."))
}

/// Whether this user may write to a file, or make files in a directory.
pub(in super::super) fn can_write(path: &Path) -> bool {
    let needed = if path.is_dir() { Access::WRITE_OK | Access::EXEC_OK } else { Access::WRITE_OK };
    access(path, needed).is_ok()
}

/// The bytes this user may still write where a path lies.
pub(in super::super) fn free_bytes(path: &Path) -> Option<u64> {
    let found = statvfs(nearest(path)).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// This user's id.
pub(in super::super) fn me() -> u32 {
    rustix::process::geteuid().as_raw()
}
