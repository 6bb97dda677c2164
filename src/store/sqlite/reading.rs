//! A list that can be read and not written: a home on a disk that the system has set to read-only, a database of somebody
//! else's, a directory without rights. The cases and their due dates are worth showing all the same.

use std::path::Path;

use rusqlite::Connection;
use rustix::fs::{Access, access};

use super::{checkup, open};
use crate::store::StoreError;

/// Why a file or its directory cannot be written; `None` when both can.
pub(super) fn barrier(path: &Path) -> Option<StoreError> {
    let unwritable = |what: &Path, errno: rustix::io::Errno| {
        let error = std::io::Error::from(errno);
        StoreError::Unwritable { path: what.to_owned(), detail: error.to_string() }
    };
    let refused = |what: &Path, rights: Access| Some(unwritable(what, access(what, rights).err()?));
    let home = path.parent().filter(|home| !home.as_os_str().is_empty()).unwrap_or(Path::new("."));
    refused(path, Access::READ_OK | Access::WRITE_OK)
        .or_else(|| refused(home, Access::WRITE_OK | Access::EXEC_OK))
}

/// Opens a list for reading after opening it for writing was `refused`, and says why it is not written.
///
/// # Errors
/// The refusal itself when there is nothing to read; [`StoreError`] when it cannot be read either.
pub(super) fn instead(path: &Path, refused: StoreError) -> Result<(Connection, String), StoreError> {
    let StoreError::Unwritable { path: what, detail } = &refused else { return Err(refused) };
    if !path.is_file() || access(path, Access::READ_OK).is_err() {
        return Err(refused);
    }
    let why = if what == path { detail.clone() } else { format!("{}: {detail}", what.display()) };
    let conn = checkup::reader(path)?;
    match open::format_of(&conn, path)? {
        open::NEWEST => Ok((conn, why)),
        older => Err(StoreError::Unwritable {
            path: path.to_owned(),
            detail: format!(
                "{why}; and its format, {older}, must be brought up to date before it can be read"
            ),
        }),
    }
}
