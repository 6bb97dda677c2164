//! What the pages of the forms for replies and refunds share: title, lines, what is typed to confirm, whether it can go.

use std::fmt::Display;

use ratatui::style::Style;

use crate::app::field::TextField;
use crate::app::layout::Area;
use crate::app::model::{Environment, Model};

use super::canvas::{Canvas, Row};
use super::text::{Shown, cells};
use super::{facts, header, typed};

/// Columns in which a confirmation is typed, at least.
const CONFIRM_COLUMNS: usize = 12;

/// The keys of a page that confirms: scrolling only where there is something to scroll to.
pub(super) fn confirming(
    sends: (&'static str, &'static str),
    end: Option<usize>,
) -> Vec<(&'static str, &'static str)> {
    let scroll = end.is_some_and(|end| end > 0).then_some(("Up Down", "scroll"));
    [sends].into_iter().chain(scroll).chain([("Esc", "goes back")]).collect()
}

/// The keys of a page that confirms, before its last line has been on the screen.
pub(super) const UNREAD: [(&str, &str); 3] =
    [("PgDn", "more below, to be read first"), ("Up Down", "scroll"), ("Esc", "goes back")];

/// Draws the title of a page of a form, something at its right, and gives the room below.
pub(super) fn frame(canvas: &mut Canvas<'_>, area: Area, title: &Row, right: &Row) -> Area {
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

/// Draws a page of lines from a first one on under a title that says which of them show.
pub(super) fn scrolling(canvas: &mut Canvas<'_>, area: Area, title: &Row, rows: &[Row], scroll: usize) {
    scrolling_above(canvas, area, title, rows, scroll, 0);
}

/// The same, with so many lines at the bottom left alone. Gives the room of these.
pub(super) fn scrolling_above(
    canvas: &mut Canvas<'_>,
    area: Area,
    title: &Row,
    rows: &[Row],
    scroll: usize,
    bottom: u16,
) -> Area {
    let fit = area.height.saturating_sub(1 + bottom);
    let first = scroll.min(rows.len().saturating_sub(usize::from(fit)));
    let position = facts::position(first, fit, rows.len());
    let right = match position.as_str() {
        "" => Row::default(),
        position => Row::of(&format!(" {position} "), canvas.theme.dim),
    };
    let inside = frame(canvas, area, title, &right);
    facts::scrolled(canvas, Area { height: fit, ..inside }, rows, first);
    // Right below what it is about, or at the very bottom.
    let used = cells(rows.len()).min(fit);
    Area { y: inside.y + used, height: inside.height - used, ..inside }
}

/// Draws rows from the top of an area on, and gives the area left below them.
pub(super) fn stack(canvas: &mut Canvas<'_>, area: Area, rows: &[Row]) -> Area {
    let fit = rows.len().min(usize::from(area.height));
    for (y, row) in (area.y..).zip(rows.iter().take(fit)) {
        canvas.row(area.x, y, area.width, row);
    }
    Area { y: area.y + cells(fit), height: area.height - cells(fit), ..area }
}

/// An area without its first rows.
pub(super) fn skip(area: Area, rows: usize) -> Area {
    let rows = cells(rows).min(area.height);
    Area { y: area.y + rows, height: area.height - rows, ..area }
}

/// The rows without the blank ones when they are too many.
pub(super) fn tight(mut rows: Vec<Row>, fit: usize) -> Vec<Row> {
    if rows.len() > fit {
        rows.retain(|row| row.width() > 0);
    }
    rows
}

/// Text in lines of the width, indented.
pub(super) fn wrapped(text: &str, indent: &str, width: usize, style: Style) -> Vec<Row> {
    let room = width.saturating_sub(indent.len()).max(8);
    let lines = text.lines().flat_map(|line| Shown::of(line).wrap(room));
    lines.map(|line| Row::plain(indent).and(line.as_str().trim_end(), style)).collect()
}

/// As [`wrapped`], for what people write.
pub(super) fn wrapped_prose(text: &str, indent: &str, width: usize, style: Style) -> Vec<Row> {
    let room = width.saturating_sub(indent.len()).max(8);
    let lines = text.lines().flat_map(|line| Shown::prose(line).wrap(room));
    lines.map(|line| Row::plain(indent).and_shown(line.trimmed(), style)).collect()
}

/// A label and its text, in as many lines as it needs.
pub(super) fn labelled(
    canvas: &Canvas<'_>,
    label: &str,
    column: usize,
    text: &str,
    width: usize,
) -> Vec<Row> {
    let blank = " ".repeat(column);
    let mut rows = wrapped(text, &blank, width, Style::new());
    let lines = wrapped(text, "", width.saturating_sub(column), Style::new());
    if let (Some(first), Some(line)) = (rows.first_mut(), lines.into_iter().next()) {
        *first = padded(Row::of(label, canvas.theme.label), column);
        first.append(line);
    }
    rows
}

/// A row with blanks up to a column.
pub(super) fn padded(row: Row, column: usize) -> Row {
    let pad = " ".repeat(column.saturating_sub(row.width()));
    row.and(&pad, Style::new())
}

/// `187/256`, and in words what is too long.
pub(super) fn counter(chars: usize, max: usize) -> String {
    let long = if chars > max { " TOO LONG" } else { "" };
    format!("{chars}/{max}{long}")
}

/// The word before a field; the one with the cursor stands out without colour, too.
pub(super) fn head(canvas: &Canvas<'_>, word: &str, focused: bool) -> Row {
    let (sign, style) =
        if focused { (canvas.signs.cursor, canvas.theme.chosen) } else { (" ", canvas.theme.title) };
    Row::of(sign, canvas.theme.title).and(&format!(" {word} "), style)
}

/// Whether it can be sent, in words.
pub(super) fn readiness(canvas: &Canvas<'_>, why_not: Option<String>, width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let (text, style) = match why_not {
        None => (format!("{} ready: ctrl-x goes to the confirm page", canvas.signs.good), theme.good),
        Some(why) => (format!("x cannot be sent yet: {why}"), theme.warning),
    };
    let lines = Shown::of(&text).wrap(width.max(8));
    lines.iter().take(2).map(|line| Row::of(line.as_str(), style)).collect()
}

/// The request as it will leave, once it has been written.
pub(super) fn request(canvas: &Canvas<'_>, body: Option<&String>, width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let mut rows = vec![Row::of("Request", theme.title).and("  exactly these bytes, sign hidden", theme.dim)];
    match body {
        Some(body) => rows.extend(wrapped(body, "  ", width, Style::new())),
        None => rows.push(Row::of(&format!("  being written{}", canvas.signs.ellipsis), theme.dim)),
    }
    rows
}

/// Every reason why there is nothing to preview.
pub(super) fn cannot(canvas: &Canvas<'_>, head: &str, problems: &[impl Display], width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let mut rows = wrapped(head, "", width, theme.title);
    rows.extend(problems.iter().flat_map(|why| wrapped(&format!("x {why}"), "  ", width, theme.warning)));
    rows
}

/// Where it goes. The word looks as it does in the header.
pub(super) fn environment(canvas: &Canvas<'_>, model: &Model, live: &str) -> Row {
    let environment = model.session.environment;
    let means = match environment {
        Environment::Live => live,
        Environment::Uat => "PayerMax's test environment",
        Environment::Sandbox => "docket's stand-in here; PayerMax gets nothing",
        Environment::Custom => "the address in your config",
    };
    let (word, style) = (environment.word(), header::style_of(canvas, environment));
    if environment == Environment::Live {
        // One block, so that the words cannot be read apart.
        return Row::of(&format!(" {word}: {means} "), style);
    }
    Row::of(&format!(" {word} "), style).and(&format!(" {means}"), canvas.theme.title)
}

/// Draws the line in which `asked` must be typed, and gives the place of its cursor.
pub(super) fn to_type(
    canvas: &mut Canvas<'_>,
    asked: &str,
    what: &str,
    field: &TextField,
    area: Area,
) -> (u16, u16) {
    let theme = canvas.theme;
    let label = Row::of("type ", theme.title)
        .and(asked, theme.key)
        .and(&format!(" and Enter {what}: ["), theme.title);
    let start = area.x + cells(label.width());
    let most = CONFIRM_COLUMNS.max(asked.len() + 1);
    let room = usize::from(area.width).saturating_sub(label.width() + 1).clamp(1, most);
    let (text, cursor) = typed::one_line(field, room);
    let text = text.cut(room, canvas.signs.ellipsis);
    let pad = " ".repeat((asked.len().max(text.width()) + 1).saturating_sub(text.width()));
    let row = label.and(text.as_str(), theme.title).and(&pad, theme.title).and("]", theme.title);
    canvas.row(area.x, area.y, area.width, &row);
    (start + cells(cursor), area.y)
}
