//! Copies the list and the journal into one file, so that a broken disk costs a day and not a year.

use serde::Serialize;

use crate::domain::shown;
use crate::runtime::session::Session;
use crate::store::{Backup as Made, BackupError};

use super::args::Backup;
use super::error::{CliError, Exit};
use super::list::counted;
use super::{json, output};

/// `docket backup`.
pub(super) fn backup(session: &Session, args: &Backup) -> Result<Exit, CliError> {
    let database = session.database();
    if !database.exists() {
        // Opening it would make it, and a copy of nothing would look like a backup.
        return Err(CliError::failed(
            format!("there is no database {} yet", database.display()),
            "look at the profile and --data-dir; docket track makes one",
        ));
    }
    let made = session.store()?.backup(&args.file)?;
    let file = args.file.display().to_string();
    output::print(&if args.json {
        json::document(&BackupJson::new(&file, &made))
    } else {
        format!("{}\n", summary(&file, &made))
    })?;
    Ok(Exit::Done)
}

impl From<BackupError> for CliError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Store(error) => error.into(),
            other => Self::failed(other.to_string(), other.hint()),
        }
    }
}

fn summary(file: &str, made: &Made) -> String {
    let drafts = if made.drafts == 1 { "draft" } else { "drafts" };
    let entries = if made.journal_entries == 1 { "entry" } else { "entries" };
    format!(
        "{} written and checked: {}, {}, {} journal {entries}, {} {drafts}",
        shown::line(file),
        size(made.bytes),
        counted(usize::try_from(made.cases).unwrap_or(usize::MAX)),
        made.journal_entries,
        made.drafts,
    )
}

/// A size for the eye: whole KiB, or MiB with one decimal.
fn size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    if bytes < MIB {
        return format!("{} KiB", bytes.div_ceil(KIB));
    }
    let tenths = bytes * 10 / MIB;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// What `backup --json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct BackupJson<'a> {
    file: &'a str,
    bytes: u64,
    cases: u64,
    journal_entries: u64,
    drafts: u64,
}

impl<'a> BackupJson<'a> {
    fn new(file: &'a str, made: &Made) -> Self {
        Self {
            file,
            bytes: made.bytes,
            cases: made.cases,
            journal_entries: made.journal_entries,
            drafts: made.drafts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_has_words_for_every_number() {
        let made = Made { bytes: 1_300_000, cases: 48, journal_entries: 1, drafts: 0 };
        assert_eq!(
            summary("b\u{1b}.db", &made),
            "b␛.db written and checked: 1.2 MiB, 48 cases, 1 journal entry, 0 drafts"
        );
        assert_eq!((size(0), size(1), size(1024 * 1024)), ("0 KiB".into(), "1 KiB".into(), "1.0 MiB".into()));
    }
}
