//! A field of one line with the verdict on what stands in it: beside it where both are whole, else below it.

use ratatui::style::Style;

use crate::app::field::TextField;
use crate::app::layout::Area;

use super::canvas::{Canvas, Row};
use super::text::{Shown, cells};
use super::typed;

/// What is said of a text that is right, when there is nothing else to say.
pub(super) const OK: &str = "ok";

/// How a text does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grade {
    /// It can go out.
    Good,
    /// It can go out; something about it could be better.
    Advice,
    /// It cannot go out.
    Bad,
}

impl Grade {
    /// Its sign and how that looks.
    pub(super) fn mark(self, canvas: &Canvas<'_>) -> (&'static str, Style) {
        match self {
            Self::Good | Self::Advice => (canvas.signs.good, canvas.theme.good),
            Self::Bad => ("x", canvas.theme.alarm),
        }
    }

    /// How its reason looks.
    pub(super) fn style(self, canvas: &Canvas<'_>) -> Style {
        match self {
            Self::Good => canvas.theme.dim,
            Self::Advice => canvas.theme.soon,
            Self::Bad => canvas.theme.alarm,
        }
    }
}

/// A field and what is said of it.
pub(super) struct Field<'f> {
    /// What stands before it.
    pub(super) prefix: Row,
    /// The text.
    pub(super) text: &'f TextField,
    /// The evidence address that it stands for, where it is one.
    pub(super) address: Option<&'f str>,
    /// Whether the cursor is in it.
    pub(super) focused: bool,
    /// What is said, with its grade; the grade of a hint for an empty field is `None`.
    pub(super) says: (&'f str, Option<Grade>),
    /// Columns of the text where the verdict stands beside it.
    pub(super) column: usize,
    /// Columns the text may take.
    pub(super) room: usize,
}

/// The lines of a field, and the column of the cursor in the first of them.
pub(super) fn lines(canvas: &Canvas<'_>, field: &Field<'_>) -> (Vec<Row>, usize) {
    let (says, grade) = field.says;
    let style = grade.map_or(canvas.theme.dim, |grade| grade.style(canvas));
    // Beside the text when both are whole.
    let taken = Shown::width_of(field.text.value()) + usize::from(field.focused);
    let fits = taken <= field.column && field.column + 2 + Shown::width_of(says) <= field.room;
    let beside = grade.is_some() && fits;
    let space = if beside { field.column } else { field.room };
    let (text, cursor) = if field.focused {
        typed::one_line(field.text, space)
    } else {
        (Shown::of(field.text.value()).cut_middle(space, canvas.signs.ellipsis), 0)
    };
    let text = text.cut(space, canvas.signs.ellipsis);
    let indent = field.prefix.width();
    let address = field.address.unwrap_or_default();
    let mut first = field.prefix.clone().and_address(text.as_str(), Style::new(), address);
    if beside {
        first.push(&" ".repeat((field.column + 2).saturating_sub(text.width())), Style::new());
    }
    if beside || grade.is_none() {
        first.push(says, style);
        return (vec![first], indent + cursor);
    }
    let mut rows = vec![first];
    // That a long text is right, its sign says alone.
    if says != OK {
        let blank = " ".repeat(indent);
        let lines = Shown::of(says).wrap(field.room);
        rows.extend(lines.iter().map(|line| Row::plain(&blank).and(line.as_str(), style)));
    }
    (rows, indent + cursor)
}

/// Where the field with the cursor stands among the lines of its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Focused {
    /// Its first line.
    pub(super) line: usize,
    /// How many lines it has.
    pub(super) lines: usize,
    /// The column of the cursor.
    pub(super) column: usize,
}

/// The first line to show in so many: the field with the cursor stands in the middle, so that those around it can be
/// read.
pub(super) fn first_shown(all: usize, focus: Option<Focused>, fit: usize) -> usize {
    let end = focus.map_or(0, |focus| focus.line + focus.lines);
    let middle = focus.map_or(0, |focus| focus.line.saturating_sub(fit / 2));
    let whole = end.saturating_sub(fit).min(focus.map_or(0, |focus| focus.line));
    middle.max(whole).min(all.saturating_sub(fit))
}

/// Draws the lines around the field with the cursor, and gives the place of the cursor.
pub(super) fn around(
    canvas: &mut Canvas<'_>,
    rows: &[Row],
    focus: Option<Focused>,
    area: Area,
) -> Option<(u16, u16)> {
    let fit = usize::from(area.height);
    let first = first_shown(rows.len(), focus, fit);
    for (y, row) in (area.y..).zip(rows.iter().skip(first).take(fit)) {
        canvas.row(area.x, y, area.width, row);
    }
    let focus = focus?;
    Some((area.x + cells(focus.column), area.y + cells(focus.line.saturating_sub(first))))
}
