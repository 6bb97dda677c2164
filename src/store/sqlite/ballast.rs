//! Room that is kept for answers. A disk that fills up while a refund is on its way must still take down what became of it:
//! a file of zeroes stands beside the database for that moment, is given up then, and made again when there is room.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// Hundreds of answers fit into it: one takes a few pages of the write-ahead log.
pub(super) const BYTES: u64 = 4 << 20;

/// The file beside a database.
#[derive(Debug)]
pub(super) struct Ballast(PathBuf);

impl Ballast {
    pub(super) fn beside(database: &Path) -> Self {
        let mut name = database.as_os_str().to_owned();
        name.push(".ballast");
        Self(PathBuf::from(name))
    }

    /// Makes the file, unless it is there; its blocks are the file system's word, not a hole.
    ///
    /// # Errors
    /// [`StoreError::Full`] where there is no room for it, and nothing is left behind then.
    pub(super) fn prepare(&self) -> Result<(), StoreError> {
        if fs::symlink_metadata(&self.0).is_ok_and(|found| found.len() >= BYTES) {
            return Ok(());
        }
        self.make().map_err(|error| {
            _ = fs::remove_file(&self.0);
            match error.kind() {
                // A limit on the size of files or a quota leaves no more room than a full disk does.
                ErrorKind::FileTooLarge => StoreError::Full { path: self.0.clone() },
                _ => StoreError::from_io(&self.0, &error),
            }
        })
    }

    fn make(&self) -> std::io::Result<()> {
        // One that is shorter was cut off by a crash; it is made anew.
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.0);
        let mut file = match file {
            // Another process is making it just now.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
            other => other?,
        };
        if allocate(&file)? {
            return Ok(());
        }
        // Nothing that a file system could store as a hole or squeeze together.
        let block: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..)).take(1 << 16).collect();
        for _ in 0..BYTES / (1 << 16) {
            file.write_all(&block)?;
        }
        file.sync_all()
    }

    /// Gives the room back; `true` if there was any to give.
    pub(super) fn give_up(&self) -> bool {
        fs::remove_file(&self.0).is_ok()
    }
}

/// Has the file system set the room aside; `false` where it cannot.
#[cfg(target_os = "linux")]
fn allocate(file: &File) -> std::io::Result<bool> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;
    match fallocate(file, FallocateFlags::empty(), 0, BYTES) {
        Ok(()) => Ok(true),
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn allocate(_: &File) -> std::io::Result<bool> {
    Ok(false)
}
