//! The line above the footer: what went wrong and was not read yet, else what was said last, each with a word beside the
//! colour. It has a line of its own at every size, so that no row of a table and no field is ever under it; where two things
//! are to be said at once, or a prompt has the line, the keys of the footer give way until the next key.

use ratatui::style::Style;

use crate::app::action::{Action, Place};
use crate::app::layout::Area;
use crate::app::model::{Model, Notice, Tone};
use crate::app::overlay::{Overlay, Prompt};
use crate::app::underway::{Subject, UnderWay};
use crate::domain::shown;

use super::canvas::{Canvas, Row};
use super::reply::target;

/// What is to be said on the two lines at the bottom.
pub(super) struct Told {
    line: Row,
    /// What stands at the right end of the line; the text gives way to it.
    hint: Row,
    /// What stands in place of the keys.
    pub(super) below: Option<Row>,
}

impl Told {
    /// What there is to say.
    pub(super) fn of(canvas: &Canvas<'_>, model: &Model) -> Self {
        let first = model.standing.first().map(|standing| &standing.notice);
        let answer = model.notice.as_ref();
        let mut told = Self { line: Row::default(), hint: Row::default(), below: None };
        match (&model.overlay, first, answer) {
            // The prompt has the line, and what a word can become has the other.
            (Overlay::Prompt(Prompt { completion: Some(_), .. }), ..) => {}
            (Overlay::Prompt(prompt), first, answer) if !prompt.purpose.takes_lines() => {
                let loud = answer.filter(|answer| answer.tone != Tone::Info);
                told.below = first.or(loud).map(|notice| row_of(canvas, notice));
            }
            (_, Some(first), answer) => {
                told.line = row_of(canvas, first);
                told.hint = hint(canvas, model, told.line.width());
                told.below = answer.map(|answer| row_of(canvas, answer));
            }
            (_, None, Some(answer)) => {
                told.line = row_of(canvas, answer);
                if answer.tone != Tone::Info {
                    told.hint = whole(canvas, model, told.line.width());
                }
            }
            (overlay, None, None) => {
                let unseen = model.under_way.unseen(overlay);
                told.line = unseen.map(|one| under_way(canvas, model, one)).unwrap_or_default();
            }
        }
        told
    }

    /// Draws the line.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, area: Area) {
        let taken = super::text::cells(self.hint.width());
        let room = area.width.saturating_sub(if taken > 0 { taken + 2 } else { 0 });
        canvas.row(area.x, area.y, room, &self.line);
        canvas.row_right(area.x, area.y, area.width, &self.hint);
    }
}

/// The word of a tone and its look.
pub(super) fn word_of(canvas: &Canvas<'_>, tone: Tone) -> (&'static str, Style) {
    match tone {
        Tone::Info => ("", Style::new()),
        Tone::Warning => ("warning: ", canvas.theme.warning),
        Tone::Error => ("error: ", canvas.theme.alarm),
    }
}

fn row_of(canvas: &Canvas<'_>, notice: &Notice) -> Row {
    let (word, style) = word_of(canvas, notice.tone);
    Row::of(word, style).and(&notice.text, Style::new())
}

/// `1 of 3 · ! reads it · Esc`: how many there are, and how to read and dismiss them where keys do that.
fn hint(canvas: &Canvas<'_>, model: &Model, width: usize) -> Row {
    let theme = canvas.theme;
    let mut row = Row::default();
    if model.standing.len() > 1 {
        row.push(&format!("1 of {}", model.standing.len()), theme.title);
    }
    // In a form the keys are the form's.
    if model.place() == Place::Form {
        return row;
    }
    let whole = whole(canvas, model, width + row.width() + 6);
    // There, the key is about what is under way, and dismisses only after that.
    let stops = model.refreshing.run.as_ref().is_some_and(|run| !run.stopping);
    let is_taken = model.place() == Place::Desk && (stops || !model.waiting.is_empty());
    let back = if is_taken { Row::default() } else { Row::of(&model.key_of(Action::Back), theme.key) };
    for part in [whole, back] {
        if row.width() > 0 && part.width() > 0 {
            row.push(canvas.signs.dot, theme.dim);
        }
        row.append(part);
    }
    row
}

/// How to read a text that does not fit into the line.
fn whole(canvas: &Canvas<'_>, model: &Model, width: usize) -> Row {
    if width + 2 <= usize::from(model.scene.width) || model.place() == Place::Form {
        return Row::default();
    }
    Row::of(&model.key_of(Action::Notice), canvas.theme.key).and(" reads it", canvas.theme.dim)
}

/// What is on its way while another page is looked at.
fn under_way(canvas: &Canvas<'_>, model: &Model, one: &UnderWay) -> Row {
    let what = match &one.subject {
        Subject::Reply(target) => format!("reply to {}", target::named(model, std::slice::from_ref(target))),
        Subject::Refund(order) => format!("refund of order {}", shown::id(order)),
    };
    Row::of(&format!("{what}: {}", one.told(model.scene.now)), canvas.theme.dim)
}
