//! The reply form and the pages behind it: writing, templates, preview, confirm, sending. The form is drawn where the
//! case page stands, so that the header with the word of the environment is always above it.

mod confirm;
mod files;
mod preview;
mod review;
mod sending;
pub(super) mod target;
mod templates;
mod verdict;
mod warnings;
mod write;

use ratatui::style::Style;

use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::replying::{self, Focus, ReplyForm, RowProgress, Step};
use crate::domain::reply::CONTENT_MAX_CHARS;

use super::canvas::{Canvas, Row};
use super::text::{Shown, cells};

/// Draws the page of the form that is open and gives the place of its cursor.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    model: &Model,
    form: &ReplyForm,
    area: Area,
) -> Option<(u16, u16)> {
    match &form.step {
        Step::Write => return Some(write::draw(canvas, model, form, area)),
        Step::Templates(chosen) => {
            write::draw(canvas, model, form, area);
            templates::draw(canvas, model, *chosen, area);
        }
        Step::Preview(page) => preview::draw(canvas, model, form, page, area),
        Step::Confirm(typed) => return confirm::draw(canvas, model, form, typed, area),
        Step::Sending(sending) => sending::draw(canvas, model, form, sending, area),
    }
    None
}

/// The keys of the page for the footer. They belong to the form and cannot be remapped.
pub(super) fn keys(model: &Model, form: &ReplyForm) -> Vec<(&'static str, &'static str)> {
    match &form.step {
        Step::Write => keys_of_writing(form.focus),
        Step::Templates(_) => vec![("Enter", "takes it"), ("j k", "choose"), ("Esc", "back")],
        Step::Preview(_) => keys_of_preview(form),
        Step::Confirm(_) if replying::asked(model, form) == "y" => vec![("y", "sends"), ("Esc", "goes back")],
        Step::Confirm(_) => vec![("Enter", "sends behind the number"), ("Esc", "goes back")],
        Step::Sending(sending) if !sending.is_over() => {
            let waiting = sending.rows.iter().any(|row| row.progress == RowProgress::Waiting);
            if waiting { vec![("Esc", "stops before the next")] } else { Vec::new() }
        }
        Step::Sending(sending) if sending.retryable().next().is_some() => {
            vec![("f", "sends the refused ones once more"), ("Esc", "closes")]
        }
        Step::Sending(_) => vec![("Esc", "closes")],
    }
}

/// The most needed first: the last but one goes first when there is no room.
fn keys_of_writing(focus: Focus) -> Vec<(&'static str, &'static str)> {
    let mut keys = vec![("Tab", "next"), ("ctrl-x", "confirm"), ("ctrl-p", "preview")];
    if let Focus::File(_) = focus {
        keys.push(("PgUp PgDn", "move file"));
    }
    keys.extend([("ctrl-t", "template"), ("ctrl-e", "editor"), ("Esc", "keeps the draft")]);
    keys
}

fn keys_of_preview(form: &ReplyForm) -> Vec<(&'static str, &'static str)> {
    let mut keys = vec![("j k", "scroll")];
    if form.targets.len() > 1 {
        keys.push(("Tab", "next case"));
    }
    keys.extend([("ctrl-x", "confirm"), ("ctrl-k", "check links"), ("Esc", "back")]);
    keys
}

/// Draws the title of a page of the form, something at its right, and gives the room below.
fn frame(canvas: &mut Canvas<'_>, area: Area, title: &Row, right: &Row) -> Area {
    canvas.rule(area.x, area.y, area.width, canvas.theme.rule);
    let end = if right.width() > 0 {
        canvas.row_right(area.x, area.y, area.width.saturating_sub(1), right)
    } else {
        area.x + area.width
    };
    canvas.row(area.x + 1, area.y, end.saturating_sub(area.x + 1), title);
    Area {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(1),
    }
}

/// Draws rows from the top of an area on, and gives the area left below them.
fn stack(canvas: &mut Canvas<'_>, area: Area, rows: &[Row]) -> Area {
    let fit = rows.len().min(usize::from(area.height));
    for (y, row) in (area.y..).zip(rows.iter().take(fit)) {
        canvas.row(area.x, y, area.width, row);
    }
    Area { y: area.y + cells(fit), height: area.height - cells(fit), ..area }
}

/// Text in lines of the width, indented.
fn wrapped(text: &str, indent: &str, width: usize, style: Style) -> Vec<Row> {
    let room = width.saturating_sub(indent.len()).max(8);
    let lines = text.lines().flat_map(|line| Shown::of(line).wrap(room));
    lines.map(|line| Row::plain(indent).and(line.as_str().trim_end(), style)).collect()
}

/// `187/256`, and in words what is too long.
fn counter(chars: usize) -> String {
    let long = if chars > CONTENT_MAX_CHARS { " TOO LONG" } else { "" };
    format!("{chars}/{CONTENT_MAX_CHARS}{long}")
}
