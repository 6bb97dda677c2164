//! Asks the gateway how cases stand, with a progress bar for a person and an exit code for cron.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use tokio_util::sync::CancellationToken;

use crate::domain::deadline::{Calendar, Urgency};
use crate::domain::ids::CaseId;
use crate::domain::shown;
use crate::domain::tracked::Tracked;
use crate::runtime::refresh::{self, RefreshReport, SharedStore};
use crate::runtime::session::{self, Session};
use crate::store::Store as _;

use super::args::Refresh;
use super::error::{CliError, Exit};
use super::json::{self, ChangeJson, FailureJson, RefreshJson};
use super::list::counted;
use super::output::{self, Output};
use super::{table, track};

/// So many changes and failures are listed; the rest is counted. `--json` has them all.
const LISTED_MAX: usize = 20;

/// `docket refresh`.
pub(super) async fn refresh(session: &Session, args: &Refresh, output: Output) -> Result<Exit, CliError> {
    let gateway = session.gateway()?;
    let store = session.store()?;
    store.may_write()?;
    let ids = choose(store.tracked()?, args, session)?;
    let store: SharedStore = Arc::new(Mutex::new(store));
    let output = Output { progress: output.progress && !args.quiet, ..output };
    let report = run(session, gateway, Arc::clone(&store), ids, output).await?;
    if args.json {
        output::print(&json::document(&document(&report)))?;
    } else if !args.quiet {
        output::print(&summary(&report))?;
    }
    output::say(&listed(&report));
    let tracked = store.lock().unwrap_or_else(PoisonError::into_inner).tracked()?;
    verdict(&report, &tracked, &session.calendar(), args.fail_on_due)
}

/// The cases to ask for. An id that is not on the list is refused before anything is asked.
fn choose(tracked: Vec<Tracked>, args: &Refresh, session: &Session) -> Result<Vec<CaseId>, CliError> {
    if args.ids.is_empty() {
        let (now, days) = (session.now(), session.config.desk.closed_refresh_days);
        let wanted = tracked.into_iter().filter(|case| args.all || case.wants_refresh(now, days));
        return Ok(wanted.map(|case| case.id).collect());
    }
    let ids = track::ids(&args.ids)?;
    let on_list: std::collections::HashSet<CaseId> = tracked.into_iter().map(|case| case.id).collect();
    let (listed, missing): (Vec<CaseId>, Vec<CaseId>) = ids.into_iter().partition(|id| on_list.contains(id));
    match missing.as_slice() {
        [] => Ok(listed),
        missing => Err(track::not_listed(missing, Exit::Usage, "put them on the list with docket track")),
    }
}

/// Runs a refresh with a bar on a terminal; the first ctrl-c stops it and keeps what was answered.
pub(super) async fn run(
    session: &Session,
    gateway: crate::gateway::Gateway,
    store: SharedStore,
    ids: Vec<CaseId>,
    output: Output,
) -> Result<RefreshReport, CliError> {
    let bar = bar(ids.len(), output);
    let cancel = CancellationToken::new();
    let shown = bar.clone();
    let progress = move |reached: refresh::Progress| {
        shown.set_position(reached.answered as u64);
        if reached.failed > 0 {
            shown.set_message(format!("{} failed", reached.failed));
        }
    };
    let running =
        refresh::run(gateway, store, ids, session.limits(), session.clock(), cancel.clone(), progress);
    tokio::pin!(running);
    let report = tokio::select! {
        report = &mut running => report,
        () = session::told_to_stop() => {
            cancel.cancel();
            running.await
        }
    };
    bar.finish_and_clear();
    Ok(report?)
}

/// A bar with rate and time left, for a terminal alone.
pub(super) fn bar(cases: usize, output: Output) -> ProgressBar {
    if !output.progress || cases == 0 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(cases as u64);
    let style = ProgressStyle::with_template("{pos}/{len} {bar:20} {rate}, {eta} left {msg}  ctrl-c stops");
    if let Ok(style) = style {
        let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            // Nobody needs the fractions; a bar that cannot be drawn is no matter either.
            _ = write!(out, "{:.0}/s", state.per_sec());
        };
        bar.set_style(style.progress_chars("##-").with_key("rate", rate));
    }
    bar
}

fn document(report: &RefreshReport) -> RefreshJson<'_> {
    RefreshJson {
        requested: report.requested,
        succeeded: report.succeeded,
        failed: report.failed,
        changed: report.changed.iter().map(|(id, change)| ChangeJson::new(id, change)).collect(),
        failures: report.failures.iter().map(|(id, failure)| FailureJson::new(id, failure)).collect(),
        elapsed_ms: report.elapsed.as_millis(),
    }
}

/// What was done and what moved.
fn summary(report: &RefreshReport) -> String {
    let RefreshReport { requested, succeeded, first, changed, elapsed, .. } = report;
    let (seconds, tenths) = (elapsed.as_secs(), elapsed.subsec_millis() / 100);
    let mut out = format!("{succeeded} of {} refreshed in {seconds}.{tenths} s", counted(*requested));
    // Writing to a String cannot fail, here and below.
    if *first > 0 {
        _ = write!(out, ", {first} for the first time");
    }
    _ = match changed.len() {
        0 => writeln!(out, ", nothing changed"),
        1 => writeln!(out, ", 1 change"),
        many => writeln!(out, ", {many} changes"),
    };
    for (id, change) in changed.iter().take(LISTED_MAX) {
        _ = writeln!(out, "  {}  {}", shown::line(id.as_str()), table::moved(change));
    }
    more(&mut out, changed.len());
    out
}

/// What went wrong, case by case, and a word on a clock that is off.
fn listed(report: &RefreshReport) -> String {
    let mut out = String::new();
    for (id, failure) in report.failures.iter().take(LISTED_MAX) {
        _ = writeln!(out, "{}: {}", shown::line(id.as_str()), shown::line(&failure.line()));
    }
    more(&mut out, report.failures.len());
    if let Some(skew) = report.skew {
        _ = writeln!(out, "warning: this host's clock is {skew}; PayerMax refuses calls two minutes off");
    }
    out
}

fn more(out: &mut String, all: usize) {
    if all > LISTED_MAX {
        _ = writeln!(out, "  and {} more", all - LISTED_MAX);
    }
}

/// How the command ends: what is due says more than what failed.
fn verdict(
    report: &RefreshReport,
    tracked: &[Tracked],
    calendar: &Calendar,
    fail_on_due: Option<u16>,
) -> Result<Exit, CliError> {
    let due =
        fail_on_due.map_or(0, |days| tracked.iter().filter(|case| is_due(case, calendar, days)).count());
    if let (Some(days), 1..) = (fail_on_due, due) {
        let verb = if due == 1 { "is" } else { "are" };
        let when = match days {
            0 => "today".to_owned(),
            1 => "by tomorrow".to_owned(),
            _ => format!("within {days} days"),
        };
        let message = format!("{} {verb} due {when} or overdue", counted(due));
        return Err(CliError::new(Exit::Due, message, "docket list shows them, soonest first"));
    }
    let RefreshReport { requested, succeeded, failed, cancelled, .. } = report;
    if let (Some(why), 1..) = (&report.gave_up, *cancelled) {
        let message = format!(
            "{}; {cancelled} of {} were not asked for and keep their old data",
            shown::line(why),
            counted(*requested)
        );
        return Err(CliError::new(Exit::Refused, message, report.hint.unwrap_or("run docket refresh again")));
    }
    if *cancelled > 0 {
        let message = format!(
            "stopped: {succeeded} of {} refreshed, {cancelled} left as they were",
            counted(*requested)
        );
        return Err(CliError::new(Exit::Refused, message, "run docket refresh again for the rest"));
    }
    if *failed > 0 {
        let message =
            format!("{failed} of {} could not be refreshed; their old data is kept", counted(*requested));
        return Err(CliError::new(Exit::Refused, message, report.hint.unwrap_or("run docket refresh again")));
    }
    Ok(Exit::Done)
}

/// Whether a case needs a reply within so many days. A date nobody can read counts as today.
fn is_due(tracked: &Tracked, calendar: &Calendar, days: u16) -> bool {
    match tracked.days_left(calendar) {
        Some(left) => left <= i64::from(days),
        None => tracked.urgency(calendar) == Urgency::Today,
    }
}

#[cfg(test)]
mod tests;
