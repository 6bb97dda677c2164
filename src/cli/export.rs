//! Writes the whole list for a spreadsheet or a program: what is handed on outside docket.

use std::path::Path;

use crate::domain::filter::Lens;
use crate::domain::order::SortBy;
use crate::domain::view::View;
use crate::runtime::session::Session;
use crate::runtime::sheet;
use crate::store::Store as _;

use super::args::Export;
use super::error::{CliError, Exit};
use super::json::{self, CaseJson};
use super::list::{self, counted};
use super::output;

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
            sheet::write_new(file, &text).map_err(|why| CliError::failed(why.to_string(), why.hint()))?;
            output::say(&format!("{} written to {}\n", counted(cases.len()), sheet::shown(file)));
        }
        None => output::print(&text)?,
    }
    Ok(Exit::Done)
}
