//! Keeps what was looked at in a small file beside the list, from one desk to the next. It is a convenience: a file that is
//! missing, garbled or cannot be written is none, and nobody is bothered with that.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::app::outlook::Outlook;

/// A larger file is not ours.
const BYTES_MAX: u64 = 16 * 1024;

#[derive(Deserialize, Serialize)]
struct Saved {
    tab: String,
    filter: String,
    sort: String,
    case: Option<String>,
}

/// The file of a profile in the folder of its list: whoever works on a copy of the list looks at the copy.
pub(super) fn file(data_dir: &Path, profile: &str) -> PathBuf {
    data_dir.join(format!("{profile}.desk.json"))
}

/// What was looked at last; `None` where that is not known.
pub(super) fn read(file: &Path) -> Option<Outlook> {
    let fits = fs::metadata(file).is_ok_and(|found| found.is_file() && found.len() <= BYTES_MAX);
    let text = fits.then(|| fs::read(file).ok()).flatten()?;
    let Saved { tab, filter, sort, case } = serde_json::from_slice(&text).ok()?;
    Some(Outlook { tab, filter, sort, case })
}

/// Keeps what is looked at, whole or not at all, in a file of the user's own.
///
/// # Errors
/// Fails when the folder cannot be written to.
pub(super) fn write(file: &Path, outlook: Outlook) -> std::io::Result<()> {
    let Outlook { tab, filter, sort, case } = outlook;
    let text = serde_json::to_vec(&Saved { tab, filter, sort, case })?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut begun = tempfile::Builder::new().prefix(".docket-desk-").tempfile_in(folder)?;
    begun.write_all(&text)?;
    begun.persist(file).map(drop).map_err(|refused| refused.error)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn outlook() -> Outlook {
        Outlook {
            tab: "waiting".into(),
            filter: "cur:IDR \"a b\"".into(),
            sort: "amount".into(),
            case: Some("O7".into()),
        }
    }

    #[test]
    fn what_is_written_is_read_and_nobody_else_can() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(dir.path(), "live");
        assert_eq!(read(&file), None);
        write(&file, outlook()).unwrap();
        write(&file, outlook()).unwrap();
        assert_eq!(read(&file), Some(outlook()));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_garbled_file_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(dir.path(), "live");
        for text in ["", "{", "[]", "{\"tab\":7}"] {
            fs::write(&file, text).unwrap();
            assert_eq!(read(&file), None, "{text}");
        }
        fs::write(&file, "[".repeat(100_000)).unwrap();
        assert_eq!(read(&file), None);
    }
}
