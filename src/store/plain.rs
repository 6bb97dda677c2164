//! Opening files that must be what they look like: a plain file, reached through no link, of a sane size. Everything is
//! asked of the open file and not of its name, so that nobody can swap it in between.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;
use zeroize::Zeroizing;

/// Why a file is not what it must be.
#[derive(Debug)]
pub(super) enum NotPlain {
    /// There is none.
    Missing,
    /// A symbolic link.
    Link,
    /// A directory, a pipe, a device.
    OtherKind,
    /// More bytes than allowed.
    TooBig,
    /// Anything else the system reports.
    Io(io::Error),
}

/// Opens a plain file for reading. Never blocks on a pipe and never follows a link in the last part of the path.
pub(super) fn open(path: &Path) -> Result<(File, Metadata), NotPlain> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(i32::from_ne_bytes(flags.bits().to_ne_bytes()))
        .open(path)
        .map_err(|error| sort(path, error))?;
    let metadata = file.metadata().map_err(NotPlain::Io)?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(NotPlain::OtherKind) }
}

/// Reads at most `cap` bytes; a buffer that held a key is wiped when it is dropped.
pub(super) fn read(file: File, cap: usize) -> Result<Zeroizing<Vec<u8>>, NotPlain> {
    // All the room at once: a growing buffer would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(cap + 1));
    file.take(cap as u64 + 1).read_to_end(&mut bytes).map_err(NotPlain::Io)?;
    if bytes.len() > cap { Err(NotPlain::TooBig) } else { Ok(bytes) }
}

fn sort(path: &Path, error: io::Error) -> NotPlain {
    let is_link = || path.symlink_metadata().is_ok_and(|found| found.file_type().is_symlink());
    match error.kind() {
        ErrorKind::NotFound => NotPlain::Missing,
        _ if is_link() => NotPlain::Link,
        _ => NotPlain::Io(error),
    }
}
