//! Who else may put something in a file's place. A key in a directory that others may write to can be exchanged, however
//! well the file itself is closed.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

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

/// Refuses a file when somebody else may write to a directory on the way to it, through all links: the names in such a
/// directory mean whatever that somebody wants.
pub(super) fn around(path: &Path) -> Result<(), KeyFileError> {
    for directory in on_the_way(path) {
        // What cannot be asked about cannot be written to from here either.
        let Ok(metadata) = directory.symlink_metadata() else { continue };
        let (mode, owner) = (metadata.mode() & 0o7777, metadata.uid());
        if owner != me() && owner != 0 {
            return Err(KeyFileError::AroundForeign { path: path.to_owned(), directory, owner });
        }
        // In a sticky directory everybody may only touch what is his own.
        if is_open_to_writers(&metadata) && mode & 0o1000 == 0 {
            return Err(KeyFileError::Around { path: path.to_owned(), directory, mode });
        }
    }
    Ok(())
}

/// So many links does the system follow.
const LINKS_MAX: usize = 40;

/// Every directory in which a part of a path is looked up, with the links in it followed as the system follows them.
fn on_the_way(path: &Path) -> Vec<PathBuf> {
    let written = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let parts = |path: &Path| path.iter().map(OsStr::to_owned).collect::<VecDeque<_>>();
    let (mut here, mut directories, mut links) = (PathBuf::from("/"), Vec::new(), 0);
    let mut ahead = parts(&written);
    while let Some(part) = ahead.pop_front() {
        match part.to_str() {
            Some("/") => here = PathBuf::from("/"),
            Some(".") => {}
            Some("..") => _ = here.pop(),
            _ => {
                let next = here.join(&part);
                directories.push(here.clone());
                match next.read_link() {
                    Ok(target) if links < LINKS_MAX => {
                        links += 1;
                        let mut target = parts(&target);
                        target.append(&mut ahead);
                        ahead = target;
                    }
                    _ => here = next,
                }
            }
        }
    }
    directories.dedup();
    directories
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
