//! Who else may put something in a file's place. A key in a directory that others may write to can be exchanged, however
//! well the file itself is closed.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::KeyFileError;

/// Refuses a file of somebody who is neither this user nor root.
pub(super) fn owner(path: &Path, metadata: &Metadata) -> Result<(), KeyFileError> {
    let owner = metadata.uid();
    if owner == me() || owner == 0 {
        Ok(())
    } else {
        Err(KeyFileError::Foreign { path: path.to_owned(), owner })
    }
}

/// Refuses a file around which a directory is open to other writers: of its path as it is written, and as it is with its
/// links resolved.
pub(super) fn around(path: &Path) -> Result<(), KeyFileError> {
    let written = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let real = written.parent().and_then(|parent| parent.canonicalize().ok());
    let directories = written.ancestors().skip(1).chain(real.iter().flat_map(|real| real.ancestors()));
    for directory in directories {
        // What cannot be asked about cannot be written to from here either.
        let Ok(metadata) = directory.metadata() else { continue };
        // In a sticky directory everybody may only touch what is his own.
        if is_open_to_writers(&metadata) && metadata.mode() & 0o1000 == 0 {
            return Err(KeyFileError::Around {
                path: path.to_owned(),
                directory: directory.to_owned(),
                mode: metadata.mode() & 0o7777,
            });
        }
    }
    Ok(())
}

/// Whether others may write. A group with the number of this user is the user's own: most systems make one for each, and
/// let it write by default.
pub(super) fn is_open_to_writers(metadata: &Metadata) -> bool {
    let mode = metadata.mode();
    mode & 0o002 != 0 || (mode & 0o020 != 0 && metadata.gid() != me())
}

fn me() -> u32 {
    rustix::process::geteuid().as_raw()
}
