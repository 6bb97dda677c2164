//! The refund form and its pages: the stop before an order under dispute, writing, preview, confirm, the pause, the way
//! and the outcome. Drawn where the case page stands, so that the word of the environment is always above it.

mod asked;
mod confirm;
pub(super) mod earlier;
mod fields;
mod order;
mod outcome;
mod preview;
mod stopped;
mod write;

use super::canvas::Canvas;
use super::form::{UNREAD, confirming};
use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::refunding::{self, Focus, RefundForm, Step};

/// Draws the page of the form that is open and gives the place of its cursor.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    model: &Model,
    form: &RefundForm,
    area: Area,
) -> Option<(u16, u16)> {
    match &form.step {
        Step::Stopped => stopped::draw(canvas, model, form, area),
        Step::Write => return write::draw(canvas, model, form, area),
        Step::Preview { body, scroll } => preview::draw(canvas, model, form, body.as_ref(), *scroll, area),
        Step::Confirm { typed, page } => return confirm::draw(canvas, model, form, typed, page, area),
        Step::Pausing { left, .. } => outcome::pausing(canvas, model, form, *left, area),
        Step::Sending => outcome::sending(canvas, model, form, area),
        Step::Done(answer) => outcome::done(canvas, model, form, answer, area),
        Step::Asked(asked) => asked::draw(canvas, model, form, asked.as_ref(), area),
    }
    None
}

/// The keys of the page for the footer, where the page that was drawn can be scrolled so far. But for the actions on the
/// first page they belong to the form and cannot be remapped. The most needed first: the last but one goes first when there
/// is no room.
pub(super) fn keys(model: &Model, form: &RefundForm, end: Option<usize>) -> Vec<(String, &'static str)> {
    let owned = |(key, label): (&str, &'static str)| (key.to_owned(), label);
    match &form.step {
        Step::Stopped => {
            let go_on = refunding::may_go_on(model, form).then_some(stopped::GO_ON);
            let others = go_on.into_iter().chain([stopped::BACK]).map(owned);
            stopped::instead(model, &form.file(model).order).chain(others).collect()
        }
        _ => fixed(model, form, end).into_iter().map(owned).collect(),
    }
}

fn fixed(model: &Model, form: &RefundForm, end: Option<usize>) -> Vec<(&'static str, &'static str)> {
    match &form.step {
        Step::Stopped => Vec::new(),
        Step::Write => keys_of_writing(form),
        Step::Preview { .. } => vec![("j k", "scroll"), ("ctrl-x", "confirm"), ("Esc", "back")],
        Step::Confirm { page, .. } if !page.is_over_at(end.unwrap_or_default()) => UNREAD.to_vec(),
        Step::Confirm { .. } => {
            let alone = refunding::needs_approval(model, form).is_none();
            let enter = if alone { "sends behind the amount" } else { "asks behind the amount" };
            confirming(("Enter", enter), end)
        }
        Step::Pausing { .. } => vec![("any key", "stops it")],
        Step::Sending => vec![("Esc", "leaves the page")],
        Step::Done(answer) => outcome::keys(answer),
        Step::Asked(_) => vec![("Esc", "closes")],
    }
}

fn keys_of_writing(form: &RefundForm) -> Vec<(&'static str, &'static str)> {
    let mut keys = vec![("Tab", "next"), ("ctrl-x", "confirm")];
    match form.focus {
        Focus::Amount if !form.is_locked() => keys.push(("=", "all that is left")),
        Focus::Reason => keys.push(("a digit", "chooses")),
        Focus::Road => keys.push(("Space", "choose")),
        Focus::Comment => keys.push(("ctrl-e", "editor")),
        Focus::Amount | Focus::NotifyUrl | Focus::Email => {}
    }
    keys.extend([("ctrl-p", "preview"), ("Esc", "leaves")]);
    keys
}
