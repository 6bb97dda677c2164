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

use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::replying::{self, Focus, ReplyForm, RowProgress, Step};
use crate::domain::reply::Target;

use super::canvas::Canvas;
use super::form::{UNREAD, confirming};

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
        Step::Confirm { typed, page } => return confirm::draw(canvas, model, form, typed, page, area),
        Step::Sending(sending) => sending::draw(canvas, model, form, sending, area),
    }
    None
}

/// The keys of the page for the footer, where the page that was drawn can be scrolled so far. They belong to the form and
/// cannot be remapped.
pub(super) fn keys(model: &Model, form: &ReplyForm, end: Option<usize>) -> Vec<(&'static str, &'static str)> {
    match &form.step {
        Step::Write => keys_of_writing(form),
        Step::Templates(_) => vec![("Enter", "takes it"), ("j k", "choose"), ("Esc", "back")],
        Step::Preview(_) => keys_of_preview(form),
        Step::Confirm { page, .. } if !page.is_over_at(end.unwrap_or_default()) => UNREAD.to_vec(),
        Step::Confirm { .. } if replying::asked(model, form) == "y" => confirming(("y", "sends"), end),
        Step::Confirm { .. } => confirming(("Enter", "sends behind the number"), end),
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
fn keys_of_writing(form: &ReplyForm) -> Vec<(&'static str, &'static str)> {
    let mut keys = vec![("Tab", "next"), ("ctrl-x", "confirm"), ("ctrl-p", "preview")];
    match form.instead.as_slice() {
        [] => {}
        [Target::Batch(_)] => keys.push(("ctrl-g", "whole batch")),
        _ => keys.push(("ctrl-g", "one by one")),
    }
    if let Focus::File(_) = form.focus {
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
