//! Cases for the eye: an aligned table, and for screen readers and grep one sentence per case.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Row, Table, Width, presets};
use unicode_width::UnicodeWidthChar;

use crate::domain::case::{Case, Field, Verdict};
use crate::domain::change::Change;
use crate::domain::deadline::{Calendar, Urgency};
use crate::domain::stage::Stage;
use crate::domain::tracked::Tracked;
use crate::domain::{money, shown};

/// A cell is cut at this many columns; `show` and the other shapes have the whole text.
const CELL_COLUMNS_MAX: usize = 64;

/// A cell that would have fewer columns than this says nothing and is left out.
const CELL_COLUMNS_MIN: u16 = 6;

/// The status of a case that needs a reply takes so many columns.
const STATUS_COLUMNS: u16 = 15;

const HEADING: [&str; 6] = ["When", "Due date", "Case", "Amount", "Status", "Order"];

/// How near the due date is, in words.
pub(super) fn when(tracked: &Tracked, calendar: &Calendar) -> String {
    match (tracked.days_left(calendar), tracked.stage()) {
        (Some(-1), _) => "1 day overdue".to_owned(),
        (Some(days), _) if days < 0 => format!("{} days overdue", days.unsigned_abs()),
        (Some(0), _) => "today".to_owned(),
        (Some(1), _) => "tomorrow".to_owned(),
        (Some(days), _) => format!("in {days} days"),
        (None, Stage::Due) if tracked.needs_reply() => "date unreadable".to_owned(),
        (None, Stage::Due) => "won't contest".to_owned(),
        (None, Stage::Waiting) => "waiting".to_owned(),
        (None, Stage::Closed) => match tracked.case.as_ref().map(Case::verdict) {
            Some(Verdict::Won) => "closed, won".to_owned(),
            Some(Verdict::Lost) => "closed, lost".to_owned(),
            _ => "closed".to_owned(),
        },
        (None, Stage::Unknown) if tracked.case.is_none() => "never fetched".to_owned(),
        (None, Stage::Unknown) => "status unknown".to_owned(),
    }
}

/// Amount and currency for the eye; empty when nothing is frozen.
pub(super) fn amount(case: &Case) -> String {
    let amount = money::grouped(case.text(Field::Amount));
    format!("{amount} {}", case.currency()).trim().to_owned()
}

/// A field that moved, in one line: `Status: DISPUTE_INQUIRY -> DISPUTE_RECEIVED`.
pub(super) fn moved(change: &Change) -> String {
    let text = |value: Option<&str>| {
        shown::line(value.filter(|value| !value.is_empty()).unwrap_or("-")).into_owned()
    };
    let (from, to) = (text(change.from.as_deref()), text(change.to.as_deref()));
    format!("{}: {from} -> {to}", change.field.label())
}

/// The table, one line per case under a heading. Given the columns of a terminal, the last two cells give way first:
/// they are cut, then left out; case, date and amount never are.
pub(super) fn table(cases: &[Tracked], calendar: &Calendar, colour: bool, columns: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(one_line(HEADING.map(Cell::new)));
    for tracked in cases {
        let text = |field| tracked.case.as_ref().map(|case| case.text(field)).unwrap_or_default();
        let amount = tracked.case.as_ref().map(amount).unwrap_or_default();
        table.add_row(one_line([
            cell(&when(tracked, calendar)),
            cell(text(Field::ExpirationDate)),
            id_cell(tracked.id.as_str()),
            cell(&amount).set_alignment(CellAlignment::Right),
            cell(&status(tracked)),
            id_cell(text(Field::OutTradeNo)),
        ]));
    }
    if let Some(first) = table.column_mut(0) {
        first.set_padding((0, 1));
    }
    if let Some(columns) = columns {
        fit(&mut table, columns);
    }
    let mut out = String::new();
    for (index, line) in table.lines().enumerate() {
        let urgency = index.checked_sub(1).and_then(|row| cases.get(row)).map(|case| case.urgency(calendar));
        push_line(&mut out, line.trim_end(), colour.then(|| style(urgency)).flatten());
    }
    out
}

fn one_line(cells: [Cell; 6]) -> Row {
    let mut row = Row::from(cells);
    row.max_height(1);
    row
}

/// Lets a table take no more than so many columns, as far as its first four cells allow.
fn fit(table: &mut Table, columns: u16) {
    let widths = table.column_max_content_widths();
    let [when, due, case, amount, status, _] = widths[..] else { return };
    // Each cell is followed by two blanks.
    let left = columns.saturating_sub([when, due, case, amount].iter().map(|width| width + 2).sum());
    let keep = ColumnConstraint::ContentWidth;
    let narrow = |room: u16, least| {
        if room < least {
            ColumnConstraint::Hidden
        } else {
            ColumnConstraint::UpperBoundary(Width::Fixed(room))
        }
    };
    let order = left.saturating_sub(status.min(STATUS_COLUMNS) + 2);
    table
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(columns.saturating_add(1))
        .set_truncation_indicator("…")
        .set_constraints([
            keep,
            keep,
            keep,
            keep,
            narrow(left, CELL_COLUMNS_MIN),
            narrow(order, CELL_COLUMNS_MIN),
        ]);
}

/// The status as received, with a word when the last refresh failed.
fn status(tracked: &Tracked) -> String {
    let status = tracked.case.as_ref().map(|case| case.text(Field::Status)).unwrap_or_default();
    match &tracked.failure {
        Some(failure) => format!("{status} (not refreshed: {})", failure.code).trim_start().to_owned(),
        None => status.to_owned(),
    }
}

fn cell(text: &str) -> Cell {
    Cell::new(cut(&shown::line(text)))
}

/// An identifier, marked when it is not what it may look like.
fn id_cell(id: &str) -> Cell {
    let marked = if shown::is_unusual(id) { format!("unusual: {}", shown::id(id)) } else { id.to_owned() };
    Cell::new(cut(&marked))
}

/// The part of a text that fits, marked when something is missing.
fn cut(text: &str) -> String {
    let mut columns = 0;
    let mut out = String::new();
    for c in text.chars() {
        columns += c.width().unwrap_or(0);
        if columns > CELL_COLUMNS_MAX {
            out.push('…');
            return out;
        }
        out.push(c);
    }
    out
}

/// The colour of a line; `None` inside is the heading, which has none.
fn style(urgency: Option<Urgency>) -> Option<&'static str> {
    match urgency? {
        Urgency::Overdue => Some("\u{1b}[1;31m"),
        Urgency::Today => Some("\u{1b}[31m"),
        Urgency::Soon => Some("\u{1b}[33m"),
        Urgency::Later | Urgency::None => None,
    }
}

fn push_line(out: &mut String, line: &str, style: Option<&str>) {
    match style {
        Some(style) => out.extend([style, line, "\u{1b}[0m\n"]),
        None => out.extend([line, "\n"]),
    }
}

/// One sentence per case, the words before the numbers.
pub(super) fn plain(cases: &[Tracked], calendar: &Calendar) -> String {
    cases.iter().map(|tracked| sentence(tracked, calendar) + "\n").collect()
}

fn sentence(tracked: &Tracked, calendar: &Calendar) -> String {
    let mut parts = vec![format!("{}: case {}", when(tracked, calendar), shown::id(tracked.id.as_str()))];
    if let Some(case) = &tracked.case {
        let named = [
            ("due ", case.text(Field::ExpirationDate).to_owned()),
            ("", amount(case)),
            ("status ", case.text(Field::Status).to_owned()),
            ("result ", case.text(Field::CaseResult).to_owned()),
            ("order ", shown::id(case.text(Field::OutTradeNo)).into_owned()),
            ("user ", case.text(Field::OutUserId).to_owned()),
        ];
        let named = named.into_iter().filter(|(_, text)| !text.trim().is_empty());
        parts.extend(named.map(|(name, text)| format!("{name}{text}")));
    }
    if let Some(failure) = &tracked.failure {
        parts.push(format!("not refreshed: {}", failure.code));
    }
    parts.extend(tracked.unusual_told());
    let tags = tracked.tags().collect::<Vec<_>>().join(" ");
    let own = [("tags ", tags.as_str()), ("owner ", &tracked.local.owner), ("note: ", &tracked.local.note)];
    let own = own.into_iter().filter(|(_, text)| !text.trim().is_empty());
    parts.extend(own.map(|(name, text)| format!("{name}{text}")));
    shown::line(&parts.join(", ")).into_owned()
}

#[cfg(test)]
mod tests;
