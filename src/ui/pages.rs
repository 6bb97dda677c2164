//! Pages of text over the desk that are about the whole session: its calls, what went wrong in it, the money at risk.

use ratatui::style::Style;

use crate::app::action::Action;
use crate::app::layout::Area;
use crate::app::model::{Model, Notice, Tone};
use crate::app::overlay::{Page, PageOf};
use crate::app::standing::Standing;
use crate::domain::call::Call;
use crate::domain::money;

use super::canvas::{Canvas, Row};
use super::form::{self, padded, wrapped};
use super::text::Shown;
use super::{calls, notice, words};

/// Draws a page.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, page: &Page, area: Area) {
    let width = usize::from(area.width.saturating_sub(2));
    match page.of {
        PageOf::Calls => draw_calls(canvas, model, page.scroll, area),
        PageOf::Notices => {
            let rows = notices(canvas, model, width);
            super::page(canvas, area, "What went wrong", &rows, page.scroll);
        }
        PageOf::Money => {
            let rows = at_risk(canvas, model, width);
            super::page(canvas, area, "Money at risk", &rows, page.scroll);
        }
    }
}

/// The calls, and below them, always in sight, what they come to.
fn draw_calls(canvas: &mut Canvas<'_>, model: &Model, scroll: usize, area: Area) {
    let title = Row::of(" Calls of this session, newest first ", canvas.theme.title);
    let width = usize::from(area.width.saturating_sub(2));
    let newest: Vec<&Call> = model.calls.newest().collect();
    if newest.is_empty() {
        let rows = [Row::of("no call yet since docket was opened", canvas.theme.dim)];
        return form::scrolling(canvas, area, &title, &rows, 0);
    }
    let rows = calls::table(canvas, &model.scene.calendar, &newest, width);
    let told = calls::counted(&model.calls.counts(), model.calls.forgotten());
    let told = wrapped(&told, "", width, canvas.theme.title);
    let bottom = super::text::cells(told.len());
    let below = form::scrolling_above(canvas, area, &title, &rows, scroll, bottom);
    form::stack(canvas, below, &told);
}

/// What stands, oldest first, and what was dismissed, newest first; each in full.
fn notices(canvas: &Canvas<'_>, model: &Model, width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let mut rows = Vec::new();
    if let Some(answer) = model.notice.as_ref().filter(|notice| notice.tone != Tone::Info) {
        rows.extend(said(canvas, None, answer, width));
        rows.push(Row::default());
    }
    let at = |one: &Standing| words::as_of(one.at, &model.scene.calendar);
    if model.standing.is_empty() {
        rows.push(Row::of("Nothing is waiting to be read.", theme.dim));
    }
    for one in model.standing.iter() {
        rows.extend(said(canvas, Some(at(one)), &one.notice, width));
    }
    if !model.standing.is_empty() {
        let text = format!(" dismisses them one by one, {} leaves", model.key_of(Action::Quit));
        rows.push(Row::default());
        rows.push(Row::of(&model.key_of(Action::Back), theme.key).and(&text, theme.dim));
    }
    if model.standing.earlier().next().is_some() {
        rows.extend([Row::default(), Row::of("Dismissed before", theme.title)]);
        for one in model.standing.earlier() {
            rows.extend(said(canvas, Some(at(one)), &one.notice, width));
        }
    }
    rows
}

fn said(canvas: &Canvas<'_>, at: Option<String>, notice: &Notice, width: usize) -> Vec<Row> {
    let (word, style) = notice::word_of(canvas, notice.tone);
    let mut first = Row::of(word, style);
    if let Some(at) = at {
        first.push(&at, canvas.theme.dim);
    }
    let mut rows = vec![first];
    rows.extend(wrapped(&notice.text, "  ", width, Style::new()));
    rows
}

/// Every currency with its sum and its cases. Sums of different currencies are never added up.
fn at_risk(canvas: &Canvas<'_>, model: &Model, width: usize) -> Vec<Row> {
    let (theme, summary) = (canvas.theme, &model.desk.summary);
    let cases = |currency: &str| summary.at_risk_cases.get(currency).copied().unwrap_or_default();
    let rows_of = |(currency, sum): (&str, _)| {
        let name = if currency.is_empty() { "no currency" } else { currency };
        (Shown::of(name), money::of_currency(sum, currency), cases(currency))
    };
    let lines: Vec<_> = summary.at_risk.iter().map(rows_of).collect();
    let widest = |of: &dyn Fn(&(Shown, String, usize)) -> usize, least: usize| {
        lines.iter().map(of).max().unwrap_or_default().max(least)
    };
    let name = widest(&|line| line.0.width(), 8).min(width / 3) + 2;
    let sum = widest(&|line| line.1.len(), 6);
    let count = widest(&|line| line.2.to_string().len(), 5);
    let mut rows = vec![
        padded(Row::of("currency", theme.dim), name)
            .and(&format!("{:>sum$}  {:>count$}", "frozen", "cases"), theme.dim),
    ];
    for (currency, total, cases) in &lines {
        let cut = currency.cut(name - 2, canvas.signs.ellipsis);
        let row = padded(Row::default().and_shown(cut, theme.label), name);
        rows.push(
            row.and(&format!("{total:>sum$}"), theme.title).and(&format!("  {cases:>count$}"), Style::new()),
        );
    }
    let counted: usize = lines.iter().map(|line| line.2).sum();
    let without = summary.open.saturating_sub(counted);
    let currencies =
        if lines.len() == 1 { "1 currency".to_owned() } else { format!("{} currencies", lines.len()) };
    let more = if without > 0 { format!("; {without} more without an amount") } else { String::new() };
    let counted = words::counted(counted, "open case");
    let text = format!("{counted} in {currencies} with a frozen payment; the fee comes on top{more}");
    rows.push(Row::default());
    rows.extend(wrapped(&text, "", width, theme.dim));
    rows
}
