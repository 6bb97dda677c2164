//! The evidence list: a numbered field per file, the verdict beside it, or below it where there is no room.

use ratatui::style::Style;

use crate::app::model::Model;
use crate::app::replying::{Focus, ReplyForm};

use crate::ui::canvas::{Canvas, Row};
use crate::ui::text::Shown;
use crate::ui::typed;

use super::verdict::{self, Grade, Verdict};

/// Columns before an address: cursor, number, sign, and blanks.
const INDENT: usize = 9;
/// Columns an address needs at least.
const LEAST: usize = 16;

/// The lines of the list.
#[derive(Debug, Default)]
pub(super) struct FileLines {
    pub(super) rows: Vec<Row>,
    /// How many cannot go out.
    pub(super) bad: usize,
    pub(super) focus: Option<Focused>,
}

/// Where the field with the cursor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Focused {
    /// Its first line.
    pub(super) line: usize,
    /// How many lines it has.
    pub(super) lines: usize,
    /// The column of the cursor.
    pub(super) column: usize,
}

/// Lays the list out for lines of so many columns.
pub(super) fn lines(canvas: &Canvas<'_>, model: &Model, form: &ReplyForm, width: usize) -> FileLines {
    let verdicts = verdict::of_fields(model, form);
    let room = width.saturating_sub(INDENT).max(LEAST);
    let widest = form.files.iter().map(|field| Shown::width_of(field.value())).max().unwrap_or(0);
    let column = (widest + 1).min(room.saturating_sub(30)).max(LEAST);
    let mut lines = FileLines::default();
    for (index, (field, verdict)) in form.files.iter().zip(verdicts).enumerate() {
        let focused = form.focus == Focus::File(index);
        let verdict = verdict.as_ref();
        let first = lines.rows.len();
        let (says, style) = said(canvas, verdict, form.files.len());
        // Beside the address when both are whole.
        let taken = Shown::width_of(field.value()) + usize::from(focused);
        let beside = verdict.is_some() && taken <= column && column + 2 + says.len() <= room;
        let space = if beside { column } else { room };
        let (address, cursor) = if focused {
            typed::one_line(field, space)
        } else {
            (Shown::of(field.value()).cut_middle(space, canvas.signs.ellipsis), 0)
        };
        let address = address.cut(space, canvas.signs.ellipsis);
        let mut row = prefix(canvas, verdict, focused).and(address.as_str(), Style::new());
        if beside || verdict.is_none() {
            let gap = if verdict.is_some() { column + 2 - address.width().min(column) } else { 0 };
            row.push(&" ".repeat(gap), Style::new());
            row.push(says, style);
            lines.rows.push(row);
        } else {
            lines.rows.push(row);
            lines.rows.extend(below(verdict, says, style, room));
        }
        lines.bad += usize::from(verdict.is_some_and(|verdict| verdict.grade == Grade::Bad));
        if focused {
            lines.focus =
                Some(Focused { line: first, lines: lines.rows.len() - first, column: INDENT + cursor });
        }
    }
    lines
}

/// Cursor, number and sign.
fn prefix(canvas: &Canvas<'_>, verdict: Option<&Verdict>, focused: bool) -> Row {
    let theme = canvas.theme;
    let sign = if focused { canvas.signs.cursor } else { " " };
    let number = verdict.map(|verdict| verdict.place.to_string()).unwrap_or_default();
    let (mark, style) = match verdict.map(|verdict| verdict.grade) {
        None => ("+", theme.dim),
        Some(Grade::Good | Grade::Advice) => (canvas.signs.good, theme.good),
        Some(Grade::Bad) => ("x", theme.alarm),
    };
    Row::of(sign, theme.title)
        .and(&" ".repeat(5usize.saturating_sub(number.len())), theme.dim)
        .and(&number, if focused { theme.chosen } else { theme.label })
        .and(" ", theme.dim)
        .and(mark, style)
        .and(" ", theme.dim)
}

/// The reason; for the empty field at the end, what belongs there.
fn said<'v>(canvas: &Canvas<'_>, verdict: Option<&'v Verdict>, fields: usize) -> (&'v str, Style) {
    let theme = canvas.theme;
    match verdict {
        None if fields == 1 => ("type or paste an address: https://host/CASE.PDF", theme.dim),
        None => ("next file: type or paste, one a line", theme.dim),
        Some(Verdict { grade: Grade::Good, says, .. }) => (says, theme.dim),
        Some(Verdict { grade: Grade::Advice, says, .. }) => (says, theme.soon),
        Some(Verdict { grade: Grade::Bad, says, .. }) => (says, theme.alarm),
    }
}

/// The reason under the address; that a long address is right, its sign says alone.
fn below(verdict: Option<&Verdict>, says: &str, style: Style, room: usize) -> Vec<Row> {
    if verdict.is_some_and(|verdict| verdict.grade == Grade::Good) {
        return Vec::new();
    }
    let indent = " ".repeat(INDENT);
    let lines = Shown::of(says).wrap(room);
    lines.iter().map(|line| Row::plain(&indent).and(line.as_str(), style)).collect()
}
