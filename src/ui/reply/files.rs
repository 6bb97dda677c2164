//! The evidence list: a numbered field per file, the verdict beside it, or below it where there is no room.

use crate::app::model::Model;
use crate::app::replying::{Focus, ReplyForm};

use crate::ui::canvas::{Canvas, Row};
use crate::ui::field::{self, Field, Focused, Grade};
use crate::ui::text::Shown;

use super::verdict::{self, Verdict};

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
        let line = lines.rows.len();
        let field = Field {
            prefix: prefix(canvas, verdict, focused),
            text: field,
            // While an address is typed it leads nowhere yet.
            address: verdict.filter(|_| !focused).map(|verdict| verdict.file.as_str()),
            focused,
            says: said(verdict, form.files.len()),
            column,
            room,
        };
        let (rows, column) = field::lines(canvas, &field);
        let taken = rows.len();
        lines.rows.extend(rows);
        lines.bad += usize::from(verdict.is_some_and(|verdict| verdict.grade == Grade::Bad));
        if focused {
            lines.focus = Some(Focused { line, lines: taken, column });
        }
    }
    lines
}

/// Cursor, number and sign.
fn prefix(canvas: &Canvas<'_>, verdict: Option<&Verdict>, focused: bool) -> Row {
    let theme = canvas.theme;
    let sign = if focused { canvas.signs.cursor } else { " " };
    let number = verdict.map(|verdict| verdict.place.to_string()).unwrap_or_default();
    let (mark, style) = verdict.map_or(("+", theme.dim), |verdict| verdict.grade.mark(canvas));
    Row::of(sign, theme.title)
        .and(&" ".repeat(5usize.saturating_sub(number.len())), theme.dim)
        .and(&number, if focused { theme.chosen } else { theme.label })
        .and(" ", theme.dim)
        .and(mark, style)
        .and(" ", theme.dim)
}

/// The reason; for the empty field at the end, what belongs there.
fn said(verdict: Option<&Verdict>, fields: usize) -> (&str, Option<Grade>) {
    match verdict {
        None if fields == 1 => ("type or paste an address: https://host/CASE.PDF", None),
        None => ("next file: type or paste, one a line", None),
        Some(verdict) => (&verdict.says, Some(verdict.grade)),
    }
}
