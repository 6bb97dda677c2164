//! Puts cases on the list and takes them off it.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::domain::ids::{BadLine, CaseId};
use crate::domain::shown;
use crate::runtime::session::{self, Session};
use crate::store::{Added, Store as _};

use super::args::{Track, Untrack};
use super::error::{CliError, Exit};
use super::import::{self, Import, Reading, Seals};
use super::json::{self, BadJson, TrackJson, UntrackJson};
use super::list::counted;
use super::output::{self, Output};
use super::refresh;

/// Larger files are a mistake: a hundred thousand ids take three of these megabytes.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Cases are put on the list in steps of this many.
const STEP: usize = 2_000;
/// So many bad lines are listed by number; the rest is counted.
const LINES_LISTED_MAX: usize = 20;

/// What became of the readable ids.
#[derive(Debug, Default)]
struct Outcome {
    new: Vec<CaseId>,
    known: Vec<CaseId>,
}

/// `docket track`.
pub(super) async fn track(session: &Session, args: &Track, output: Output) -> Result<Exit, CliError> {
    let (import, checked) = match &args.file {
        Some(file) => from_file(session, args, file)?,
        None => (import::arguments(&args.ids), 0),
    };
    if import.is_empty() {
        return Err(CliError::usage(
            "there is no case id in it",
            "give ids, one per line; see docket track --help",
        ));
    }
    let outcome =
        if args.dry_run { look(session, &import)? } else { store(session, &import, output).await? };
    if args.json {
        output::print(&json::document(&track_json(&outcome, &import.bad, checked, args.dry_run)))?;
    } else {
        output::print(&summary(&outcome, &import.bad, checked, args.dry_run))?;
        output::say(&listed(&import.bad));
    }
    match import.entries.len() - outcome.new.len() - outcome.known.len() {
        0 => verdict(&import.bad),
        left => Err(stopped(import.entries.len() - left, import.entries.len())),
    }
}

/// What a file says, and how many signatures in it were checked and good.
fn from_file(session: &Session, args: &Track, file: &Path) -> Result<(Import, usize), CliError> {
    let key = || session.gateway_key();
    let seals = Seals::new(&key);
    let reading = Reading { format: args.format, sign: args.sign.as_deref(), me: &session.me, seals: &seals };
    let import = import::file(&read(file)?, &reading).map_err(|why| unusable(file, &why))?;
    Ok((import, seals.count()?))
}

/// What was put on the list before somebody stopped it stays there.
fn stopped(done: usize, all: usize) -> CliError {
    let message = format!("stopped: {done} of {} are on the list, the rest was not touched", counted(all));
    CliError::new(
        Exit::Refused,
        message,
        "track the same file again for the rest; what is known stays as it is",
    )
}

/// A bad line is a failure of the whole only in its exit code; the good ones are kept.
fn verdict(bad: &[BadLine]) -> Result<Exit, CliError> {
    let message = match bad {
        [] => return Ok(Exit::Done),
        [one] => format!("line {} was not taken: {}", one.line, one.why),
        many => format!("{} lines were not taken: {}", many.len(), numbers(many)),
    };
    let hint = if bad.iter().any(|bad| bad.why == import::WRONG) {
        "a body that was cut or reformatted is no longer what was signed; if none is taken, docket doctor looks the key over"
    } else {
        "correct them and track them again; the good ones are kept"
    };
    Err(CliError::new(Exit::Refused, message, hint))
}

fn read(file: &Path) -> Result<Vec<u8>, CliError> {
    let unreadable = |error: io::Error| unusable(file, &error.to_string());
    let mut bytes = Vec::new();
    let source: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(file).map_err(unreadable)?)
    };
    source.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(unusable(file, "it is larger than 64 MiB"));
    }
    Ok(bytes)
}

fn unusable(file: &Path, why: &str) -> CliError {
    let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
    CliError::usage(
        format!("{name} cannot be imported: {why}"),
        "give a text file with one id per line, a csv with a caseId column, or json; see docket track --help",
    )
}

/// What tracking would come to.
fn look(session: &Session, import: &Import) -> Result<Outcome, CliError> {
    let store = session.store()?;
    let mut outcome = Outcome::default();
    for entry in &import.entries {
        let list = if store.find(&entry.id)?.is_some() { &mut outcome.known } else { &mut outcome.new };
        list.push(entry.id.clone());
    }
    Ok(outcome)
}

/// Tracks in steps, so that ctrl-c can end it between two of them and no other process waits long.
async fn store(session: &Session, import: &Import, output: Output) -> Result<Outcome, CliError> {
    let mut store = session.store()?;
    let mut outcome = Outcome::default();
    let told = session::told_to_stop();
    tokio::pin!(told);
    let is_long = import.entries.len() > STEP;
    let bar = refresh::bar(if is_long { import.entries.len() } else { 0 }, output);
    for step in import.entries.chunks(STEP) {
        let stop = tokio::select! {
            biased;
            () = &mut told => true,
            () = std::future::ready(()) => false,
        };
        if stop {
            break;
        }
        let added = store.track(step, session.now())?;
        for (entry, added) in step.iter().zip(added) {
            let list = match added {
                Added::New | Added::Restored => &mut outcome.new,
                Added::Known => &mut outcome.known,
            };
            list.push(entry.id.clone());
        }
        bar.inc(step.len() as u64);
        // The signal is heard by a task of its own.
        tokio::task::yield_now().await;
    }
    bar.finish_and_clear();
    Ok(outcome)
}

fn texts(ids: &[CaseId]) -> Vec<&str> {
    ids.iter().map(CaseId::as_str).collect()
}

fn track_json<'a>(outcome: &'a Outcome, bad: &'a [BadLine], checked: usize, dry_run: bool) -> TrackJson<'a> {
    TrackJson {
        new: texts(&outcome.new),
        known: texts(&outcome.known),
        bad: bad.iter().map(|bad| BadJson { line: bad.line, why: &bad.why }).collect(),
        signatures_checked: (checked > 0).then_some(checked),
        dry_run,
    }
}

/// `31 new, 4 known, 2 bad (lines 7, 19), 12 signatures checked`.
fn summary(outcome: &Outcome, bad: &[BadLine], checked: usize, dry_run: bool) -> String {
    let mut out = format!("{} new, {} known", outcome.new.len(), outcome.known.len());
    if !bad.is_empty() {
        // Writing to a String cannot fail, here and below.
        _ = write!(out, ", {} bad ({})", bad.len(), numbers(bad));
    }
    match checked {
        0 => {}
        1 => out.push_str(", 1 signature checked"),
        many => _ = write!(out, ", {many} signatures checked"),
    }
    out.push_str(if dry_run { " (dry run: nothing was stored)\n" } else { "\n" });
    out
}

fn numbers(bad: &[BadLine]) -> String {
    let shown: Vec<String> = bad.iter().take(LINES_LISTED_MAX).map(|bad| bad.line.to_string()).collect();
    let word = if bad.len() == 1 { "line" } else { "lines" };
    match bad.len().saturating_sub(LINES_LISTED_MAX) {
        0 => format!("{word} {}", shown.join(", ")),
        more => format!("{word} {} and {more} more", shown.join(", ")),
    }
}

/// Each bad line with its reason; a single one is said by the error itself.
fn listed(bad: &[BadLine]) -> String {
    let mut out = String::new();
    for bad in bad.iter().take(LINES_LISTED_MAX).filter(|_| bad.len() > 1) {
        _ = writeln!(out, "line {}: {}", bad.line, shown::line(&bad.why));
    }
    out
}

/// `docket untrack`.
pub(super) fn untrack(session: &Session, args: &Untrack) -> Result<Exit, CliError> {
    let ids = ids(&args.ids)?;
    let removed = session.store()?.untrack(&ids, session.now())?;
    let unknown: Vec<CaseId> = ids.into_iter().filter(|id| !removed.contains(id)).collect();
    if args.json {
        output::print(&json::document(&UntrackJson { removed: texts(&removed), unknown: texts(&unknown) }))?;
    } else {
        output::print(&format!("{} taken off the list\n", removed.len()))?;
    }
    match unknown.as_slice() {
        [] => Ok(Exit::Done),
        unknown => Err(not_listed(unknown, Exit::Refused, "docket list --view all shows what is on it")),
    }
}

/// Ids given as arguments of a command that takes no bad one.
pub(super) fn ids(args: &[String]) -> Result<Vec<CaseId>, CliError> {
    let import = import::arguments(args);
    match import.bad.first() {
        Some(bad) => Err(CliError::usage(
            format!("argument {} is no case id: {}", bad.line, bad.why),
            "give the id as PayerMax spells it",
        )),
        None => Ok(import.entries.into_iter().map(|entry| entry.id).collect()),
    }
}

/// Names ids that are not on the list.
pub(super) fn not_listed(ids: &[CaseId], exit: Exit, hint: &str) -> CliError {
    let names: Vec<&str> = ids.iter().take(LINES_LISTED_MAX).map(CaseId::as_str).collect();
    let verb = if ids.len() == 1 { "is" } else { "are" };
    let more = match ids.len().saturating_sub(LINES_LISTED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    CliError::new(exit, format!("{}{more} {verb} not on the list", names.join(", ")), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(count: usize) -> Vec<BadLine> {
        (0..count).map(|index| BadLine { line: 7 + 12 * index, why: "the id is blank".into() }).collect()
    }

    #[test]
    fn the_summary_counts_and_names_lines() {
        let id = |n: usize| CaseId::parse(&format!("O{n}")).unwrap();
        let outcome = Outcome { new: (0..31).map(id).collect(), known: (31..35).map(id).collect() };
        assert_eq!(summary(&outcome, &bad(2), 0, false), "31 new, 4 known, 2 bad (lines 7, 19)\n");
        let signed = "31 new, 4 known, 2 bad (lines 7, 19), 1 signature checked\n";
        assert_eq!(summary(&outcome, &bad(2), 1, false), signed);
        assert!(summary(&outcome, &[], 2, true).contains(" known, 2 signatures checked (dry run"));
        assert_eq!(summary(&outcome, &[], 0, true), "31 new, 4 known (dry run: nothing was stored)\n");
        assert!(summary(&outcome, &bad(25), 0, false).ends_with("and 5 more)\n"));
    }

    #[test]
    fn being_stopped_says_how_far_it_came() {
        let error = stopped(4_000, 200_000);
        assert_eq!(error.exit, Exit::Refused);
        assert_eq!(error.message, "stopped: 4000 of 200000 cases are on the list, the rest was not touched");
    }

    #[test]
    fn bad_lines_make_the_exit_code() {
        assert_eq!(verdict(&[]), Ok(Exit::Done));
        let one = verdict(&bad(1)).unwrap_err();
        assert_eq!(
            (one.exit, one.message.as_str()),
            (Exit::Refused, "line 7 was not taken: the id is blank")
        );
        assert!(listed(&bad(1)).is_empty());
        assert_eq!(listed(&bad(2)).lines().count(), 2);
    }
}
