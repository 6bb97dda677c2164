//! Whose the list is. What others may write they may also exchange, and a journal that others may exchange proves nothing.

use std::fs::{Metadata, Permissions, metadata, set_permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use crate::store::StoreError;
use crate::store::keyfile::shell_word;

/// Takes the rights of others away from the file, and refuses a directory in which anybody may exchange it, and a file of
/// somebody else's.
///
/// # Errors
/// [`StoreError::Exposed`] names the command that mends it; [`StoreError::Unwritable`] when the rights cannot be taken away.
pub(super) fn check(path: &Path, home: &Path) -> Result<(), StoreError> {
    if let Ok(found) = metadata(home) {
        check_home(home, &found)?;
    }
    let me = rustix::process::geteuid().as_raw();
    for file in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
        let Ok(found) = metadata(&file) else { continue };
        // Root opens what it is given, and SQLite hands its side files on to the owner of the database.
        if found.uid() != me && me != 0 {
            let text = format!("{} belongs to user {} and not to you ({me})", file.display(), found.uid());
            return Err(StoreError::Exposed {
                found: text,
                command: format!("sudo chown {me} {}", shell_word(&file)),
            });
        }
    }
    keep_private(path, me)
}

/// In a directory that everybody may write to, everybody may put another file in the place of the list. A sticky one is
/// another matter.
fn check_home(home: &Path, found: &Metadata) -> Result<(), StoreError> {
    let mode = found.mode() & 0o7777;
    if mode & 0o002 == 0 || mode & 0o1000 != 0 {
        return Ok(());
    }
    let text = format!("{} can be changed by everybody (its mode is {mode:04o})", home.display());
    Err(StoreError::Exposed { found: text, command: format!("chmod 700 {}", shell_word(home)) })
}

/// A backup copied back often comes with the rights of others. By path and never through an open file, because closing one
/// would drop the locks that this process holds on the database.
fn keep_private(path: &Path, me: u32) -> Result<(), StoreError> {
    let Ok(found) = metadata(path) else { return Ok(()) };
    if found.is_file() && found.uid() == me && found.mode() & 0o077 != 0 {
        set_permissions(path, Permissions::from_mode(0o600))
            .map_err(|error| StoreError::from_io(path, &error))?;
    }
    Ok(())
}

fn beside(path: &Path, ending: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
