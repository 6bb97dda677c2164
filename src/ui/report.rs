//! What the last refresh brought, and the journal of a case: pages of text.

use ratatui::style::Style;

use crate::app::action::Action;
use crate::app::calls::Counts;
use crate::app::event::Report;
use crate::app::layout::Area;
use crate::app::model::Model;
use crate::domain::ids::CaseId;
use crate::domain::tracked::{Failure, Tracked};
use crate::domain::{return_code, shown};

use super::canvas::{Canvas, Row};
use super::facts::Facts;
use super::text::Shown;
use super::{calls, form, records, words};

/// Draws the report of the last refresh.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, scroll: usize, area: Area) {
    let width = usize::from(area.width.saturating_sub(2));
    let rows = match &model.refreshing.last {
        Some(report) => lines(canvas, report, width),
        None => vec![Row::plain(&format!(
            "No refresh yet since docket was opened; {} asks the gateway.",
            model.key_of(Action::RefreshOpen)
        ))],
    };
    super::page(canvas, area, "Last refresh", &rows, scroll);
}

fn lines(canvas: &Canvas<'_>, report: &Report, width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let dot = canvas.signs.dot;
    let asked = words::counted(report.requested, "case");
    let first =
        if report.first > 0 { format!(" ({} for the first time)", report.first) } else { String::new() };
    let mut rows = vec![Row::plain(&format!(
        "{asked}{dot}{} answered{first}{dot}{} changed{dot}{} failed",
        report.succeeded,
        report.changed_cases(),
        report.failures.len()
    ))];
    let left = report.not_reached();
    if let (Some(first), 1..) = (rows.first_mut(), left) {
        first.push(&format!("{dot}{left} not reached"), Style::new());
        let sentence =
            "It ended before all were reached: what was answered is stored, the rest keeps its old data.";
        rows.extend(form::wrapped(sentence, "", width, theme.warning));
    }
    if let Some(clock) = &report.clock {
        rows.extend(Shown::of(clock).wrap(width).iter().map(|line| Row::of(line.as_str(), theme.warning)));
    }
    if !report.failures.is_empty() {
        rows.extend([Row::default(), Row::of("Failed: these keep their old data", theme.title)]);
        rows.extend(failures(canvas, &report.failures, width));
    }
    rows.extend([Row::default(), Row::of("Changed", theme.title)]);
    if report.changed.is_empty() {
        rows.push(Row::of("nothing", theme.dim));
    }
    for (id, change) in &report.changed {
        let row = Row::of(&shown::id(id.as_str()), theme.label).and("  ", theme.dim);
        rows.push(row.and(&words::change_full(change), Style::new()));
    }
    rows
}

/// The failures by code, so that fifty cases with one cause read as one cause.
fn failures(canvas: &Canvas<'_>, failures: &[(CaseId, Failure)], width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let mut codes: Vec<&str> = Vec::new();
    for (_, failure) in failures {
        if !codes.contains(&failure.code.as_str()) {
            codes.push(&failure.code);
        }
    }
    let mut rows = Vec::new();
    for code in codes {
        let same: Vec<_> = failures.iter().filter(|(_, failure)| failure.code == code).collect();
        let count = words::counted(same.len(), "case");
        rows.push(Row::of(&format!("x {code}"), theme.alarm).and(&format!("  {count}"), theme.dim));
        if let Some(hint) = return_code::hint_for(code) {
            let lines = Shown::of(hint).wrap(width.saturating_sub(2).max(8));
            rows.extend(lines.iter().map(|line| Row::plain("  ").and(line.as_str(), theme.title)));
        }
        for (id, failure) in same {
            let row = Row::plain("  ").and(&shown::id(id.as_str()), theme.label).and("  ", theme.dim);
            rows.push(row.and(&failure.message, Style::new()));
        }
    }
    rows
}

/// The calls of this session about a case.
fn calls_of(canvas: &Canvas<'_>, model: &Model, tracked: &Tracked, width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let calls: Vec<_> = calls::of_case(model, tracked).collect();
    let mut rows = vec![Row::default(), Row::of("Calls of this session, newest first", theme.title)];
    if calls.is_empty() {
        rows.push(Row::of("none about this case", theme.dim));
        return rows;
    }
    rows.extend(calls::table(canvas, &model.scene.calendar, &calls, width));
    let told = calls::counted(&Counts::of(calls.into_iter()), 0);
    rows.extend(form::wrapped(&told, "", width, theme.title));
    rows
}

/// Draws the journal of a case.
pub(super) fn draw_journal(canvas: &mut Canvas<'_>, model: &Model, id: &CaseId, scroll: usize, area: Area) {
    let rows = match model.book.get(id) {
        Some(tracked) => {
            let width = usize::from(area.width.saturating_sub(2));
            let mut facts = Facts::new(canvas, model, width);
            facts.heading("Replies and refunds");
            records::history(&mut facts, canvas, model, tracked);
            facts.heading("What the gateway said, newest first");
            facts.history(tracked);
            let mut rows = facts.rows;
            rows.extend(calls_of(canvas, model, tracked, width));
            rows
        }
        None => vec![Row::of("this case is no longer on the list", canvas.theme.dim)],
    };
    super::page(canvas, area, &format!("Journal of {}", shown::id(id.as_str())), &rows, scroll);
}
