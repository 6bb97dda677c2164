//! The tabs with their live counts, and what narrows the table: filter and marks.

use ratatui::style::Style;

use crate::app::action::Tab;
use crate::app::layout::Area;
use crate::app::model::Model;
use crate::domain::view::View;

use super::canvas::{Canvas, Row};
use super::text::{Shown, cells};

/// A tab: its number, title and count.
struct Label {
    number: usize,
    title: String,
    count: Option<usize>,
    open: bool,
    /// Title and all, or the number with its count.
    whole: bool,
    /// How many of its cases sleep, as far as there is room to say so.
    asleep: String,
}

/// Draws the tabs, and filter and marks at the right.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, area: Area) {
    let right = narrowing(canvas, model, usize::from(area.width) * 3 / 5);
    let room = usize::from(area.width).saturating_sub(if right.width() > 0 { right.width() + 2 } else { 0 });
    let mut labels = labels(model);
    let (mut row, mut places) = joined(canvas, &labels, "  ");
    if row.width() > room {
        for label in &mut labels {
            label.asleep = label.asleep.replace(" asleep", "z");
        }
        (row, places) = joined(canvas, &labels, "  ");
    }
    // What is not open loses its title from the right on, until all tabs can be seen. `Due` keeps its own.
    let mut next = labels.len();
    while row.width() > room && next > 1 {
        next -= 1;
        if let Some(label) = labels.get_mut(next).filter(|label| !label.open) {
            label.whole = false;
        }
        (row, places) = joined(canvas, &labels, "  ");
    }
    if row.width() > room {
        for label in &mut labels {
            label.asleep.clear();
        }
        (row, places) = joined(canvas, &labels, " ");
    }
    while row.width() > room && labels.len() > 2 {
        let least = labels.iter().rposition(|label| !label.open && label.number > 1).unwrap_or_default();
        labels.remove(least);
        (row, places) = joined(canvas, &labels, " ");
    }
    if row.width() > room
        && let Some(first) = labels.first_mut().filter(|label| !label.open)
    {
        first.whole = false;
        (row, places) = joined(canvas, &labels, " ");
    }
    for (from, to, number) in places.into_iter().filter(|(_, to, _)| *to <= room) {
        canvas.marks.tabs.push((area.y, area.x + cells(from), area.x + cells(to), number));
    }
    canvas.row(area.x, area.y, cells(room), &row);
    canvas.row_right(area.x, area.y, area.width, &right);
}

fn labels(model: &Model) -> Vec<Label> {
    let (desk, summary) = (&model.desk, &model.desk.summary);
    let label = |(index, tab): (usize, &Tab)| {
        let count = match tab {
            Tab::Cases(view) => Some(summary.in_view(*view)),
            Tab::Drafts => Some(model.book.drafts().len()),
            Tab::Journal => None,
            Tab::Saved(at) => summary.saved.get(*at).copied(),
        };
        let unread = matches!(tab, Tab::Drafts) && model.book.missing() > 0;
        let count = count.filter(|_| model.book.is_loaded() && !unread);
        let open = *tab == desk.tab;
        let asleep = match summary.asleep {
            0 => String::new(),
            asleep if open && *tab == Tab::Cases(View::Due) => format!(" +{asleep} asleep"),
            _ => String::new(),
        };
        Label { number: index + 1, title: model.title_of(*tab), count, open, whole: true, asleep }
    };
    desk.tabs.iter().enumerate().map(label).collect()
}

/// The labels in one row, and between which columns of it each stands.
fn joined(canvas: &Canvas<'_>, labels: &[Label], gap: &str) -> (Row, Vec<(usize, usize, u8)>) {
    let theme = canvas.theme;
    let mut row = Row::default();
    let mut places = Vec::new();
    for (index, label) in labels.iter().enumerate() {
        if index > 0 {
            row.push(gap, theme.dim);
        }
        let from = row.width();
        let count = label.count.map(|count| count.to_string());
        let title = Shown::of(&label.title).cut(16, canvas.signs.ellipsis);
        let text = match (&count, label.whole) {
            (Some(count), true) => format!("{} {} {count}", label.number, title.as_str()),
            (None, true) => format!("{} {}", label.number, title.as_str()),
            (Some(count), false) => format!("{}:{count}", label.number),
            (None, false) => label.number.to_string(),
        };
        if label.open {
            row.push(&format!("[{text}]"), theme.chosen);
            row.push(&label.asleep, theme.dim);
        } else {
            row.push(&text, if label.whole { Style::new() } else { theme.dim });
        }
        places.push((from, row.width(), u8::try_from(label.number).unwrap_or(u8::MAX)));
    }
    (row, places)
}

/// `filter: cur:IDR 5/48` and `5 marked (2 hidden)`, in at most so many columns.
fn narrowing(canvas: &Canvas<'_>, model: &Model, room: usize) -> Row {
    let theme = canvas.theme;
    let mut row = Row::default();
    let marks = marked(model);
    // Drafts and journal are not filtered.
    let filters = !matches!(model.desk.tab, Tab::Drafts | Tab::Journal);
    if filters && !model.desk.filter_text.is_empty() {
        let listing = &model.desk.listing;
        let more = if listing.is_complete() { "" } else { canvas.signs.ellipsis };
        let counts = format!(" {}{more}/{}", listing.shown(), listing.in_view());
        let taken = "filter: ".len() + counts.len() + if marks.is_empty() { 0 } else { marks.len() + 3 };
        let text =
            Shown::of(&model.desk.filter_text).cut(room.saturating_sub(taken).max(6), canvas.signs.ellipsis);
        row = Row::of("filter: ", theme.dim).and(text.as_str(), theme.key).and(&counts, theme.title);
    }
    if !marks.is_empty() {
        if row.width() > 0 {
            row.push(canvas.signs.dot, theme.dim);
        }
        row.push(&marks, theme.mark);
    }
    row
}

/// How many cases are marked, and how many of them the table does not show.
fn marked(model: &Model) -> String {
    let marked = model.book.marked();
    match marked.saturating_sub(model.desk.marks_shown) {
        _ if marked == 0 => String::new(),
        // Not all that the table shows is found yet, and nobody is told of too many.
        hidden if hidden == 0 || !model.desk.listing.is_complete() => format!("{marked} marked"),
        hidden => format!("{marked} marked ({hidden} hidden)"),
    }
}
