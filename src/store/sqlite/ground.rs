//! What a list stands on: the room beside it and the file system under it. Asked of the system, unless whoever opens the
//! list says otherwise: a full disk and a network share can then be played on any host.

use std::path::Path;

use super::place;
use crate::store::config::NetworkDisk;

/// What is known of the ground before it is asked about, and what is allowed on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ground {
    /// The bytes that are free, instead of what statvfs(2) says.
    pub free_bytes: Option<u64>,
    /// The number of the file system, instead of what statfs(2) says.
    pub file_system: Option<u64>,
    /// What to do on a network file system.
    pub network: NetworkDisk,
}

impl Ground {
    /// The bytes this user may still write in a directory; `None` where that cannot be told.
    pub(super) fn free(&self, directory: &Path) -> Option<u64> {
        self.free_bytes.or_else(|| {
            let found = rustix::fs::statvfs(directory).ok()?;
            Some(found.f_bavail.saturating_mul(found.f_frsize))
        })
    }

    /// What a directory or file lies on, with its article, where that is a file system behind a network or a helper
    /// process.
    pub(super) fn network_under(&self, path: &Path) -> Option<&'static str> {
        self.file_system.or_else(|| place::kind_of(path)).and_then(place::remote)
    }
}
