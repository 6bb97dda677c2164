//! Keeps what was looked at in a small file beside the list, from one desk to the next. It is a convenience: a file that is
//! missing, garbled or cannot be written is none, and nobody is bothered with that.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::outlook::{Arranged, Outlook};

/// A larger file is not ours.
const BYTES_MAX: u64 = 64 * 1024;

#[derive(Deserialize, Serialize)]
struct Saved {
    tab: String,
    filter: String,
    sort: String,
    case: Option<String>,
    /// Not there before views had an order and widths each.
    #[serde(default)]
    views: Vec<SavedView>,
}

#[derive(Deserialize, Serialize)]
struct SavedView {
    view: String,
    sort: String,
    /// Words of columns; whatever is no number is no width.
    #[serde(default)]
    widths: BTreeMap<String, Value>,
}

impl SavedView {
    fn of(Arranged { view, sort, widths }: Arranged) -> Self {
        Self { view, sort, widths: widths.into_iter().map(|(word, width)| (word, width.into())).collect() }
    }

    fn read(self) -> Arranged {
        let cells = |value: &Value| value.as_u64().map(|cells| u16::try_from(cells).unwrap_or(u16::MAX));
        let widths = self.widths.into_iter().filter_map(|(word, value)| Some((word, cells(&value)?)));
        Arranged { view: self.view, sort: self.sort, widths: widths.collect() }
    }
}

/// The file of a profile in the folder of its list: whoever works on a copy of the list looks at the copy.
pub(super) fn file(data_dir: &Path, profile: &str) -> PathBuf {
    data_dir.join(format!("{profile}.desk.json"))
}

/// What was looked at last; `None` where that is not known.
pub(super) fn read(file: &Path) -> Option<Outlook> {
    let fits = fs::metadata(file).is_ok_and(|found| found.is_file() && found.len() <= BYTES_MAX);
    let text = fits.then(|| fs::read(file).ok()).flatten()?;
    let Saved { tab, filter, sort, case, views } = serde_json::from_slice(&text).ok()?;
    Some(Outlook { tab, filter, sort, case, views: views.into_iter().map(SavedView::read).collect() })
}

/// Keeps what is looked at, whole or not at all, in a file of the user's own.
///
/// # Errors
/// Fails when the folder cannot be written to.
pub(super) fn write(file: &Path, outlook: Outlook) -> std::io::Result<()> {
    let Outlook { tab, filter, sort, case, views } = outlook;
    let views = views.into_iter().map(SavedView::of).collect();
    let text = serde_json::to_vec(&Saved { tab, filter, sort, case, views })?;
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
            views: vec![Arranged {
                view: "[[views]] 大".into(),
                sort: "id".into(),
                widths: vec![("id".into(), 15), ("order".into(), 40)],
            }],
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
    fn one_of_the_version_before_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(dir.path(), "live");
        let text = r#"{"tab":"waiting","filter":"cur:IDR \"a b\"","sort":"amount","case":"O7"}"#;
        fs::write(&file, text).unwrap();
        assert_eq!(read(&file), Some(Outlook { views: Vec::new(), ..outlook() }));
    }

    #[test]
    fn what_is_no_width_is_passed_over_and_the_rest_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(dir.path(), "live");
        let widths =
            r#"{"id":-3,"order":99999999999,"user":1.5,"due":"wide","tags":null,"amount":1e40,"status":20}"#;
        let views = format!(
            r#"[{{"view":"due","sort":"id","widths":{widths},"new":1}},{{"view":"all","sort":"id"}}]"#
        );
        let text = format!(r#"{{"tab":"due","filter":"","sort":"id","case":null,"views":{views}}}"#);
        fs::write(&file, text).unwrap();
        let [due, all] = &read(&file).unwrap().views[..] else { panic!("two views") };
        assert_eq!(due.widths, [("order".to_owned(), u16::MAX), ("status".to_owned(), 20)]);
        assert_eq!((all.sort.as_str(), all.widths.len()), ("id", 0));
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
