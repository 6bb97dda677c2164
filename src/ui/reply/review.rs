//! The review table of several replies: one row each, so that a wrong one stands out.

use ratatui::style::Style;

use crate::app::model::Model;
use crate::domain::case::{Case, Field};
use crate::domain::reply::{Reply, Target, chars};

use crate::ui::canvas::{Canvas, Row};
use crate::ui::form::padded;
use crate::ui::text::Shown;
use crate::ui::words;

/// Columns of due date and urgency, of characters, of files.
const DUE: usize = 24;
const CHARS: usize = 7;
const FILES: usize = 6;
/// Columns from which the beginning of the text says something.
const TEXT: usize = 10;

/// One row per reply under its titles.
pub(super) fn table(canvas: &Canvas<'_>, model: &Model, replies: &[(Reply, Case)], width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let ids = replies.iter().map(|(reply, _)| Shown::of(&id(reply)).width());
    let column = ids.max().unwrap_or(0).clamp(4, width.saturating_sub(DUE + CHARS + FILES + 2).max(4)) + 2;
    let titles = format!("{:<column$}{:<DUE$}{:>CHARS$}{:>FILES$}", "Case", "Due date", "Chars", "Files");
    let mut rows = vec![Row::of(&titles, theme.dim)];
    for (reply, case) in replies {
        let tracked = match &reply.target {
            Target::Case(id) => model.book.get(id),
            Target::Batch(_) => None,
        };
        let urgency = tracked.map(|t| words::urgency_words(t, &model.scene.calendar)).unwrap_or_default();
        let mut due = Row::of(case.text(Field::ExpirationDate), Style::new());
        due.push(&format!("  {urgency}"), theme.warning);
        let numbers = format!("{:>CHARS$}{:>FILES$}", chars(&reply.content), reply.files.len());
        let mut row = padded(
            Row::of(
                Shown::of(&id(reply)).cut_middle(column - 2, canvas.signs.ellipsis).as_str(),
                theme.title,
            ),
            column,
        );
        row.append(padded(due, DUE));
        row.push(&numbers, Style::new());
        if row.width() + TEXT <= width {
            row = row.and("  ", theme.dim).and(&reply.content, theme.dim);
        }
        rows.push(row);
    }
    rows
}

fn id(reply: &Reply) -> String {
    match &reply.target {
        Target::Case(id) => id.to_string(),
        Target::Batch(batch) => batch.clone(),
    }
}
