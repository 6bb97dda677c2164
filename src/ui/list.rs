//! The tables of the Drafts and Journal tabs: plain columns, the last one with what is left of the line.

use ratatui::style::{Modifier, Style};

use crate::app::columns::SIGNS_WIDTH;
use crate::app::desk::Pane;
use crate::app::layout::Area;
use crate::app::listing::Line;
use crate::app::model::Model;
use crate::domain::case::Field;
use crate::domain::record::{ActionRecord, Draft};

use super::canvas::{Canvas, Row};
use super::reply::target;
use super::text::{Shown, cells};
use super::{records, words};

/// Lines measured for the width of a column.
const MEASURED: usize = 500;

/// A column: title, widest, and rank; the highest rank goes first when there is no room.
type Column = (&'static str, usize, u8);

const DRAFTS: [Column; 5] =
    [(WHEN, 12, 1), ("Reply to", 40, 0), ("Due date", 24, 2), ("Files", 5, 4), ("Text", usize::MAX, 3)];
const JOURNAL: [Column; 9] = [
    (WHEN, 12, 2),
    ("State", 24, 0),
    (AMOUNT, 28, 1),
    (FOR, 40, 0),
    ("Kind", 11, 5),
    ("Code", 24, 3),
    ("Who", 16, 4),
    ("Refund no", 30, 7),
    ("Message", usize::MAX, 6),
];
/// The title names the zone, too.
const WHEN: &str = "At";
/// Numbers stand below each other at their right.
const AMOUNT: &str = "Amount";
/// What an action is about. It is cut before columns of this rank or a lower one go.
const FOR: &str = "For";
const RANK_KEPT: u8 = 2;
/// Columns of it that still tell two apart.
const FOR_LEAST: usize = 13;

/// The cells of a line, in the order of its columns.
type Cells = Vec<(String, Style)>;

/// Draws titles and the lines that fit.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, area: Area) {
    let lines = &model.desk.listing;
    let columns: &[Column] = match lines.line(0) {
        Some(Line::Draft(_)) => &DRAFTS,
        _ => &JOURNAL,
    };
    let all: Vec<Cells> =
        lines.lines_from(0).take(MEASURED).map(|line| cells_of(canvas, model, line)).collect();
    let when = format!("{WHEN} {}", words::zone(&model.scene.calendar));
    let titled = |title: &'static str| if title == WHEN { when.as_str() } else { title };
    let plan = plan(columns, titled, &all, usize::from(area.width.saturating_sub(SIGNS_WIDTH + 1)));
    let dim = canvas.theme.dim.add_modifier(Modifier::UNDERLINED);
    for &(column, x, width) in &plan {
        let title = columns.get(column).map(|(title, ..)| *title).unwrap_or_default();
        let row = Row::of(titled(title), dim);
        if title == AMOUNT {
            canvas.row_right(area.x + SIGNS_WIDTH + x, area.y, width, &row);
        } else {
            canvas.row(area.x + SIGNS_WIDTH + x, area.y, width, &row);
        }
    }
    let rows = usize::from(area.height.saturating_sub(1));
    let top = model.desk.cursor.top.min(lines.len().saturating_sub(rows));
    for (y, (index, line)) in (area.y + 1..).zip((top..).zip(lines.lines_from(top)).take(rows)) {
        let cursor = index == model.desk.cursor.line;
        let has_keys = cursor && model.desk.pane == Pane::Table;
        let style = if has_keys { canvas.theme.chosen } else { canvas.theme.title };
        if cursor {
            canvas.row(area.x, y, 1, &Row::of(canvas.signs.cursor, style));
        }
        let line = cells_of(canvas, model, line);
        for &(column, x, width) in &plan {
            let Some((text, own)) = line.get(column) else { continue };
            let title = columns.get(column).map(|(title, ..)| *title).unwrap_or_default();
            // What it is about carries the cursor, as the id does in the table of cases.
            let named = matches!(title, "Reply to" | FOR);
            let style = if cursor && named { style } else { *own };
            let text = Shown::of(text);
            let text = if named { text.cut_middle(usize::from(width), canvas.signs.ellipsis) } else { text };
            if title == AMOUNT {
                canvas.row_right(area.x + SIGNS_WIDTH + x, y, width, &Row::of(text.as_str(), style));
            } else {
                canvas.put(area.x + SIGNS_WIDTH + x, y, width, &text, style);
            }
        }
    }
}

/// The columns that fit, as (column, x, width). One that no line fills is left out.
fn plan<'t>(
    columns: &[Column],
    titled: impl Fn(&'static str) -> &'t str,
    lines: &[Cells],
    room: usize,
) -> Vec<(usize, u16, u16)> {
    let best = |column: usize, title: &'static str, most: usize| {
        let widths = lines.iter().filter_map(|line| line.get(column)).map(|(text, _)| Shown::width_of(text));
        widths.max().unwrap_or(0).max(titled(title).len()).min(most)
    };
    let filled = |column: usize| {
        lines.len() == MEASURED
            || lines.iter().any(|line| line.get(column).is_some_and(|(text, _)| !text.is_empty()))
    };
    let mut chosen: Vec<(usize, usize, u8)> = columns
        .iter()
        .enumerate()
        .filter(|(at, _)| filled(*at))
        .map(|(at, &(title, most, rank))| (at, best(at, title, most.min(48)), rank))
        .collect();
    let needed = |chosen: &[(usize, usize, u8)]| {
        // The last column takes what is left; a dozen characters of it say enough to be worth the line.
        let widths = chosen.iter().map(|(at, width, _)| if *at + 1 == columns.len() { 12 } else { *width });
        widths.map(|width| width + 2).sum::<usize>()
    };
    while needed(&chosen) > room + 2 {
        let Some(worst) = chosen.iter().map(|(.., rank)| *rank).max().filter(|rank| *rank > 0) else { break };
        let excess = needed(&chosen) - (room + 2);
        let is_named = |at: usize| columns.get(at).is_some_and(|(title, ..)| *title == FOR);
        match chosen.iter_mut().find(|(at, width, _)| is_named(*at) && *width >= FOR_LEAST + excess) {
            Some((_, width, _)) if worst <= RANK_KEPT => *width -= excess,
            _ => chosen.retain(|(.., rank)| *rank != worst),
        }
    }
    let mut x = 0;
    let mut placed = Vec::new();
    for (at, width, _) in chosen {
        let left = room.saturating_sub(x);
        let width = if at + 1 == columns.len() { left } else { width.min(left) };
        placed.push((at, cells(x), cells(width)));
        x += width + 2;
    }
    placed
}

fn cells_of(canvas: &Canvas<'_>, model: &Model, line: Line) -> Cells {
    match line {
        Line::Draft(at) => model.book.drafts().get(at).map(|draft| of_draft(canvas, model, draft)),
        Line::Action(at) => model.book.journal().get(at).map(|record| of_action(canvas, model, record)),
        Line::Heading(..) | Line::Case(_) => None,
    }
    .unwrap_or_default()
}

fn of_draft(canvas: &Canvas<'_>, model: &Model, draft: &Draft) -> Cells {
    let theme = canvas.theme;
    vec![
        (words::as_of(draft.changed_at, &model.scene.calendar), Style::new()),
        (target::named(model, &draft.targets), Style::new()),
        (due(model, draft), theme.warning),
        (format!("{:>5}", draft.written.files.len()), Style::new()),
        (draft.written.content.clone(), theme.dim),
    ]
}

/// The nearest due date of the cases of a draft.
pub(super) fn due(model: &Model, draft: &Draft) -> String {
    let cases = target::cases(model, &draft.targets);
    let Some(soonest) = target::soonest(model, &cases) else { return "no reply needed".into() };
    let date = soonest.case.as_ref().map(|case| case.text(Field::ExpirationDate)).unwrap_or_default();
    format!("{date} {}", words::urgency_words(soonest, &model.scene.calendar))
}

fn of_action(canvas: &Canvas<'_>, model: &Model, record: &ActionRecord) -> Cells {
    let theme = canvas.theme;
    let finding = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        (words::as_of(record.created_at, &model.scene.calendar), Style::new()),
        (records::state(canvas, record), records::style(canvas, record)),
        (records::amount(record), theme.title),
        (records::subject(record), Style::new()),
        (record.intent.kind.word().to_owned(), Style::new()),
        (finding(&record.finding.code), theme.label),
        (record.intent.operator.clone(), Style::new()),
        (Shown::id(record.intent.out_refund_no.as_deref().unwrap_or_default()).into_string(), theme.dim),
        (finding(&record.finding.msg), theme.dim),
    ]
}
