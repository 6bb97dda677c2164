//! Writes the whole list for a spreadsheet or a program: what is handed on outside docket.

use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use crate::domain::filter::Lens;
use crate::domain::order::SortBy;
use crate::domain::view::View;
use crate::runtime::session::Session;
use crate::store::Store as _;

use super::args::Export;
use super::error::{CliError, Exit};
use super::json::{self, CaseJson};
use super::list::{self, counted};
use super::{output, sheet};

/// `docket export`.
pub(super) fn export(session: &Session, args: &Export) -> Result<Exit, CliError> {
    let filter = list::parse_filter(args.filter.as_deref().unwrap_or_default())?;
    let calendar = session.calendar();
    let lens = Lens { calendar, me: &session.me };
    let cases = list::select(session.store()?.tracked()?, View::All, &filter, &lens, SortBy::Due);
    let text = if args.json {
        let rows: Vec<_> = cases.iter().map(|tracked| CaseJson { tracked, calendar: &calendar }).collect();
        json::document(&rows)
    } else {
        sheet::sheet(&cases, &calendar)
    };
    match args.output.as_deref().filter(|file| *file != Path::new("-")) {
        Some(file) => {
            write_new(file, &text).map_err(|error| unwritten(file, &error))?;
            output::say(&format!("{} written to {}\n", counted(cases.len()), shown(file)));
        }
        None => output::print(&text)?,
    }
    Ok(Exit::Done)
}

/// Writes a file that is private, whole, and new: it has its name only once every byte is on disk.
fn write_new(file: &Path, text: &str) -> io::Result<()> {
    if file.symlink_metadata().is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut begun = tempfile::Builder::new().prefix(".docket-export-").tempfile_in(folder)?;
    begun.write_all(text.as_bytes())?;
    begun.as_file().sync_all()?;
    begun.persist_noclobber(file).map(drop).map_err(|refused| refused.error)
}

fn unwritten(file: &Path, error: &io::Error) -> CliError {
    if error.kind() == ErrorKind::AlreadyExists {
        return CliError::failed(
            format!("{} exists already", shown(file)),
            "an export never overwrites anything; name another file, or - for standard output",
        );
    }
    CliError::failed(
        format!("{} could not be written: {error}", shown(file)),
        "name a file in a directory that you may write to",
    )
}

fn shown(file: &Path) -> String {
    crate::domain::shown::line(&file.display().to_string()).into_owned()
}
