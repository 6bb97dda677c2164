//! The case ids that a shell offers behind `docket show `. The completion scripts call it at every press of Tab, so it
//! reads the disk alone, makes nothing, and never says why it has nothing to offer. It is no command of the command
//! line: a person has `docket list`, and the scripts would offer it.

mod hooks;

use std::ffi::OsString;
use std::path::PathBuf;

use crate::domain::order::SortBy;
use crate::domain::tracked::Tracked;
use crate::runtime::session::{Place, Session, SessionError, system_clock};
use crate::store::Store as _;

use super::error::{CliError, Exit};
use super::output;

pub(super) use hooks::with_ids;

/// What the scripts write behind the program's name, before the words typed so far.
const WORD: &str = "complete-ids";

/// The words typed so far, when a completion script is asking.
pub(super) fn line(args: &[OsString]) -> Option<&[OsString]> {
    match args {
        [_, word, line @ ..] if word == WORD => Some(line),
        _ => None,
    }
}

/// Prints an id a line: those that need a reply first, the soonest on top.
pub(super) fn ids(line: &[OsString]) -> Result<Exit, CliError> {
    let words: Vec<String> = line.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let mut cases = on_list(&named(&words)).unwrap_or_default();
    let due = |case: &Tracked| !case.needs_reply();
    cases.sort_by(|a, b| due(a).cmp(&due(b)).then_with(|| SortBy::Due.compare(a, b)));
    let ids = cases.iter().map(|case| case.id.as_str()).filter(|id| is_plain(id));
    output::print(&ids.flat_map(|id| [id, "\n"]).collect::<String>())?;
    Ok(Exit::Done)
}

fn on_list(place: &Place) -> Result<Vec<Tracked>, SessionError> {
    let session = Session::open(place, system_clock())?;
    if !session.database().exists() {
        return Ok(Vec::new());
    }
    Ok(session.store()?.tracked()?)
}

/// Whether a shell takes an id for one word and nothing else, quoted or not. What PayerMax hands out is; what somebody
/// has pasted may not be.
fn is_plain(id: &str) -> bool {
    id.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) && !id.starts_with('-')
}

/// The place that a half-typed command line names: a shell may hand over `--profile uat`, `--profile=uat`, or, as bash
/// does, the equals sign as a word of its own.
fn named(words: &[String]) -> Place {
    let mut place = Place::default();
    let mut rest = words.iter().filter(|word| *word != "=").map(String::as_str);
    while let Some(word) = rest.next() {
        let (flag, joined) = word.split_once('=').map_or((word, None), |(flag, value)| (flag, Some(value)));
        if !["--profile", "--config", "--data-dir"].contains(&flag) {
            continue;
        }
        let Some(value) = joined.or_else(|| rest.next()) else { break };
        match flag {
            "--profile" => place.profile = Some(value.to_owned()),
            "--config" => place.config = Some(PathBuf::from(value)),
            _ => place.data_dir = Some(PathBuf::from(value)),
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_read_however_a_shell_cuts_the_line() {
        for line in [
            "docket --profile uat --data-dir d show O1",
            "docket --profile=uat show --data-dir=d O1",
            "docket show --profile = uat --data-dir = d O",
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let place = named(&words);
            assert_eq!((place.profile.as_deref(), place.data_dir), (Some("uat"), Some("d".into())), "{line}");
        }
        assert_eq!(named(&["docket".into(), "--config".into()]), Place::default());
    }

    #[test]
    fn nothing_that_a_shell_could_run_is_offered() {
        assert!(is_plain("O20230103065545916437107761"));
        for id in ["$(id)", "`id`", "a;b", "O1'", "a*", "-rf", "陈"] {
            assert!(!is_plain(id), "{id}");
        }
    }
}
