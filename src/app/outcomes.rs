//! What comes back from outside: rows, histories, the progress and the end of a refresh, failures.

use time::{Duration, OffsetDateTime};

use crate::domain::change::HistoryEntry;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionRecord, Draft};
use crate::domain::tracked::Tracked;

use super::action::Action;
use super::calls::News;
use super::effect::Effect;
use super::event::Report;
use super::model::{Model, Tone};
use super::overlay::Overlay;
use super::standing::Topic;
use super::starting::{self, counted};
use super::stock::Stock;
use super::underway::{Phase, Subject};
use super::{reading, refunding, relist, replying, requests, targets, waiting};

/// The list as the store has it.
pub(super) fn loaded(model: &mut Model, stock: Stock) -> Vec<Effect> {
    model.undo.follow(model.book.stock(), &stock);
    model.book.replace(stock);
    relist::relist(model);
    let effects: Vec<Effect> = history_again(model).into_iter().chain([Effect::LoadRecords]).collect();
    effects.into_iter().chain(waiting::release(model)).collect()
}

/// Some cases as the store has them now.
pub(super) fn rows(model: &mut Model, rows: Vec<Tracked>) -> Vec<Effect> {
    let looked_at = model.desk.history.as_ref().map(|(id, _)| id);
    let again = rows.iter().any(|tracked| Some(&tracked.id) == looked_at);
    model.book.upsert(rows);
    relist::relist(model);
    if again { history_again(model).into_iter().collect() } else { Vec::new() }
}

/// What has moved on the list. Whoever wrote to it may have written drafts and journal as well.
pub(super) fn moved(model: &mut Model, rows: Vec<Tracked>, gone: &[CaseId]) -> Vec<Effect> {
    model.book.leave(gone);
    let history = self::rows(model, rows);
    history.into_iter().chain([Effect::LoadRecords]).collect()
}

/// The case that is looked at may have a longer history now; the one on the screen stays until it is read.
fn history_again(model: &Model) -> Option<Effect> {
    model.desk.history.as_ref().map(|(id, _)| Effect::LoadHistory(id.clone()))
}

/// The drafts as the store has them. Those found at the start are offered in a sentence.
pub(super) fn drafts(model: &mut Model, drafts: Vec<Draft>) -> Vec<Effect> {
    // What was read of the form on the screen may be older than what became of it.
    let is_writing = matches!(model.overlay, Overlay::Reply(_));
    let looked_at = targets::draft(model).map(|draft| draft.targets.clone());
    let first = model.book.replace_drafts(drafts) && requests::nothing_else_said(model) && !is_writing;
    relist::relist(model);
    // Another one may stand above it now, and a key is about the draft that was looked at.
    if let Some(targets) = looked_at {
        replying::point_at(model, &targets);
    }
    if let Some(newest) = model.book.drafts().first().filter(|_| first) {
        let named = replying::named(model, &newest.targets);
        let count = counted(model.book.drafts().len(), "draft");
        let key = model.key_of(Action::View(6));
        requests::say_besides(model, &format!("{count} kept, the newest for {named}; {key} shows them"));
    }
    Vec::new()
}

/// The journal as the store has it.
pub(super) fn journal(model: &mut Model, journal: Vec<ActionRecord>) -> Vec<Effect> {
    refunding::journal_read(model, &journal);
    model.book.replace_journal(journal);
    relist::relist(model);
    Vec::new()
}

/// What the notice says while the operator waits for that.
pub(super) const ASKING: &str = "asking how open replies and refunds ended";

/// What asking for the end of actions brought; said only where the operator asked and still waits. An alarm is for
/// everybody.
pub(super) fn settled(model: &mut Model, sentence: String, alarm: bool) -> Vec<Effect> {
    let waited = stop_waiting(model);
    if alarm {
        model.fail(sentence);
    } else if waited {
        model.say(sentence);
    }
    vec![Effect::LoadRecords]
}

/// Nobody could be asked; the log has it. What the desk asks by itself it will ask again.
pub(super) fn not_settled(model: &mut Model, why: String) -> Vec<Effect> {
    if stop_waiting(model) {
        model.fail(why);
    }
    Vec::new()
}

/// Takes away the word that something is waited for; `false` where it was not said, or has been left.
fn stop_waiting(model: &mut Model) -> bool {
    let waits = |text: &str| text == ASKING || text == refunding::WRITING;
    model.notice.take_if(|notice| waits(&notice.text)).is_some()
}

/// The history of a case; a late one, of a case no longer looked at, is dropped.
pub(super) fn history(model: &mut Model, id: CaseId, entries: Vec<HistoryEntry>) -> Vec<Effect> {
    if model.desk.history.as_ref().is_some_and(|(current, _)| *current == id) {
        model.desk.history = Some((id, Some(entries)));
    }
    Vec::new()
}

/// The terminal has another size.
pub(super) fn resized(model: &mut Model, width: u16, height: u16) -> Vec<Effect> {
    (model.scene.width, model.scene.height) = (width, height);
    reading::resized(model);
    relist::show_cursor(model);
    vec![Effect::Redraw]
}

/// Calls have been made.
pub(super) fn called(model: &mut Model, news: News) -> Vec<Effect> {
    model.calls.take(news);
    Vec::new()
}

/// A reply or refund waits for something else now.
pub(super) fn reached(model: &mut Model, subject: &Subject, phase: Phase) -> Vec<Effect> {
    model.under_way.reached(subject, phase, model.scene.now);
    Vec::new()
}

/// Time has passed: perhaps an action is to be asked about, or a refresh is due by itself, because the data is old and the last refresh began long enough
/// ago. A gateway that fails leaves the data old, and is not asked again every minute for that.
pub(super) fn tick(model: &mut Model) -> Vec<Effect> {
    let every = Duration::minutes(i64::from(model.session.every_minutes));
    let now = model.scene.now;
    // Either way: an instant ahead of a clock that was set back counts as long ago.
    let long_ago = |at: Option<OffsetDateTime>| at.is_none_or(|at| (now - at).abs() >= every);
    let due = every.is_positive()
        && model.book.is_loaded()
        && model.book.missing() == 0
        && long_ago(model.desk.summary.as_of)
        && long_ago(model.refreshing.began);
    let mut effects: Vec<Effect> = refunding::tick(model).into_iter().collect();
    if due {
        effects.extend(starting::refresh_open(model));
    }
    effects
}

/// How far the refresh is.
pub(super) fn progress(model: &mut Model, ticket: u32, done: usize, failed: usize) -> Vec<Effect> {
    model.refreshing.progress(ticket, done, failed);
    Vec::new()
}

/// The refresh is over: one sentence on what it brought.
pub(super) fn refresh_ended(model: &mut Model, ticket: u32, report: Report) -> Vec<Effect> {
    let sentence = report_sentence(model, &report);
    let troubled = !report.failures.is_empty() || report.clock.is_some();
    if model.refreshing.end(ticket, report) {
        let unread = !model.standing.is_empty()
            || model.notice.as_ref().is_some_and(|notice| notice.tone != Tone::Info);
        match (troubled, unread) {
            (true, _) => model.say_of(Topic::Refresh, Tone::Warning, sentence),
            (false, false) => model.say(sentence),
            // What went wrong before stays readable; the header tells that the refresh is over.
            (false, true) => {}
        }
    }
    Vec::new()
}

fn report_sentence(model: &Model, report: &Report) -> String {
    let first = match report.first {
        0 => String::new(),
        first => format!(", {first} seen for the first time"),
    };
    let (changed, failed) = (report.changed_cases(), report.failures.len());
    let mut parts = vec![format!("{changed} changed, {failed} failed{first}")];
    let left = report.not_reached();
    if left > 0 {
        parts.insert(0, format!("{} of {} refreshed", report.succeeded, report.requested));
    }
    let code = report.failures.first().map(|(_, failure)| failure.code.clone());
    let why: Vec<_> = code.into_iter().chain((left > 0).then(|| format!("{left} not reached"))).collect();
    if !why.is_empty() {
        let kept = counted(report.failures.len() + left, "case");
        let key = model.key_of(Action::Report);
        parts.push(format!("{kept} kept as before ({}); {key} shows why", why.join(", ")));
    }
    parts.extend(report.clock.clone());
    parts.join(" · ")
}

/// The list was written into a file.
pub(super) fn exported(model: &mut Model, count: usize, file: &str) -> Vec<Effect> {
    model.say(format!("{} written to {file}", counted(count, "case")));
    Vec::new()
}

/// Something outside failed; the operator is told, and what the store has is read again.
pub(super) fn failed(model: &mut Model, why: String) -> Vec<Effect> {
    stop_waiting(model);
    model.fail(why);
    Vec::new()
}
