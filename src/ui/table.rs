//! The table of cases. The cursor shows in three small cells, not as a bar across the row: moving it over a slow
//! link costs a few bytes.

use ratatui::style::{Modifier, Style};

use crate::app::columns::{self, Measures, Placed};
use crate::app::desk::Pane;
use crate::app::layout::Area;
use crate::app::listing::{Group, Line};
use crate::app::model::Model;
use crate::domain::case::{Case, Field, Verdict};
use crate::domain::column::Column;
use crate::domain::deadline::Urgency;
use crate::domain::shown;
use crate::domain::tracked::Tracked;

use super::canvas::{Canvas, Row};
use super::text::{Shown, cells};
use super::{empty, list, words};

/// Draws column titles and the lines that fit.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, area: Area) {
    if !model.book.is_loaded() {
        let reading = format!("reading{}", canvas.signs.ellipsis);
        canvas.row(area.x + 2, area.y + 1, area.width, &Row::of(&reading, canvas.theme.dim));
        return;
    }
    let lines = &model.desk.listing;
    if lines.is_empty() {
        empty::draw(canvas, model, area);
        return;
    }
    if let Some(Line::Draft(_) | Line::Action(_)) = lines.line(0) {
        list::draw(canvas, model, area);
        return;
    }
    let measures = Measures::of(model);
    let (tab, own) = (model.desk.tab, &model.session.columns);
    let plan = columns::plan(tab, own, &measures, &model.desk.widths(), area.width);
    titles(canvas, &plan, area);
    let rows = usize::from(area.height.saturating_sub(1));
    let top = model.desk.cursor.top.min(lines.len().saturating_sub(rows));
    for (y, line) in (area.y + 1..).zip(lines.lines_from(top).take(rows)) {
        match line {
            Line::Heading(group, count) => heading(canvas, group, count, area, y),
            Line::Case(slot) => {
                if let Some(tracked) = model.book.at(slot) {
                    let view = CaseRow { model, tracked, plan: &plan, measures: &measures };
                    view.draw(canvas, area, y);
                }
            }
            Line::Draft(_) | Line::Action(_) => {}
        }
    }
    let shown = lines.len().saturating_sub(top);
    if model.book.missing() > 0 && shown < rows {
        let text = format!("reading {} more{}", model.book.missing(), canvas.signs.ellipsis);
        canvas.row(area.x + 2, area.y + 1 + cells(shown), area.width, &Row::of(&text, canvas.theme.dim));
    }
}

fn titles(canvas: &mut Canvas<'_>, plan: &[Placed], area: Area) {
    let style = canvas.theme.dim.add_modifier(Modifier::UNDERLINED);
    for placed in plan {
        let title = match placed.column {
            Column::Urgency if placed.width < 7 => continue,
            Column::Amount => format!("{:>1$}", placed.column.title(), usize::from(placed.width)),
            column => column.title().to_owned(),
        };
        canvas.row(area.x + placed.x, area.y, placed.width, &Row::of(&title, style));
    }
}

fn heading(canvas: &mut Canvas<'_>, group: Group, count: usize, area: Area, y: u16) {
    let theme = canvas.theme;
    let style = match group {
        Group::NoDate | Group::Overdue => theme.alarm,
        Group::Today => theme.warning,
        Group::Tomorrow | Group::ThisWeek | Group::Later => theme.title,
    };
    canvas.row(area.x, y, area.width, &Row::of(&format!("{} {count}", group.title()), style));
}

/// One case on one line.
struct CaseRow<'a> {
    model: &'a Model,
    tracked: &'a Tracked,
    plan: &'a [Placed],
    measures: &'a Measures,
}

impl CaseRow<'_> {
    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, y: u16) {
        self.signs(canvas, area, y);
        for placed in self.plan {
            let (x, width) = (area.x + placed.x, placed.width);
            match (placed.column, &self.tracked.case) {
                (Column::Id, _) => {
                    let id = Shown::id(self.tracked.id.as_str());
                    let id = id.cut_middle(usize::from(width), canvas.signs.ellipsis);
                    let style = if self.has_keys() { canvas.theme.chosen } else { self.emphasis(canvas) };
                    canvas.put(x, y, width, &id, style);
                }
                (Column::Words | Column::Data, _) => self.own(canvas, placed.column, x, y, width),
                (Column::Due, None) => self.not_fetched(canvas, area, y),
                (_, None) => {}
                (Column::Amount, Some(case)) => self.amount(canvas, case, x, y, width),
                (column, Some(case)) => {
                    let (text, style) = self.cell(canvas, column, case, width);
                    canvas.put(x, y, width, &Shown::of(&text), style);
                }
            }
        }
    }

    fn is_cursor(&self) -> bool {
        self.model.desk.cursor.id.as_ref() == Some(&self.tracked.id)
    }

    /// Whether it is the cursor's row and the movement keys act on the table.
    fn has_keys(&self) -> bool {
        self.is_cursor() && self.model.desk.pane == Pane::Table
    }

    /// The style of the cells that show the cursor.
    fn emphasis(&self, canvas: &Canvas<'_>) -> Style {
        if self.is_cursor() { canvas.theme.title } else { Style::new() }
    }

    /// Cursor, mark, health.
    fn signs(&self, canvas: &mut Canvas<'_>, area: Area, y: u16) {
        let theme = canvas.theme;
        if self.is_cursor() {
            let style = if self.has_keys() { theme.chosen } else { theme.title };
            canvas.row(area.x, y, 1, &Row::of(canvas.signs.cursor, style));
        }
        if self.model.book.is_marked(&self.tracked.id) {
            canvas.row(area.x + 1, y, 1, &Row::of("*", theme.mark));
        }
        let health = words::health(self.tracked, &self.model.scene.calendar);
        let style = if health == "x" { theme.alarm } else { theme.dim };
        canvas.row(area.x + 2, y, 1, &Row::of(health, style));
    }

    /// What stands in place of the fields of a case that was never fetched.
    fn not_fetched(&self, canvas: &mut Canvas<'_>, area: Area, y: u16) {
        let id = self.plan.iter().find(|placed| placed.column == Column::Id).map_or(area.width, |p| p.x);
        let start = self.plan.first().map_or(0, |placed| placed.x);
        let width = id.saturating_sub(start + 1);
        canvas.row(area.x + start, y, width, &Row::of("not fetched yet", canvas.theme.dim));
    }

    /// Columns of what docket itself knows.
    fn own(&self, canvas: &mut Canvas<'_>, column: Column, x: u16, y: u16, width: u16) {
        let calendar = &self.model.scene.calendar;
        let health = words::health(self.tracked, calendar);
        let row = match column {
            Column::Words => Row::of(&columns::words(self.tracked), canvas.theme.label),
            _ => Row::of(
                &format!("{health:<2}{}", words::data_age(self.tracked, calendar)),
                match health {
                    "x" => canvas.theme.alarm,
                    _ => canvas.theme.dim,
                },
            ),
        };
        canvas.row(x, y, width, &row);
    }

    /// Amount and currency as received, the decimal points of all rows in one line.
    fn amount(&self, canvas: &mut Canvas<'_>, case: &Case, x: u16, y: u16, width: u16) {
        let (whole, fraction) = columns::split_amount(case.text(Field::Amount));
        let (whole, fraction) = (Shown::of(whole), Shown::of(fraction));
        let before = " ".repeat(self.measures.whole.saturating_sub(whole.width()));
        let after = " ".repeat(self.measures.fraction.saturating_sub(fraction.width()));
        let in_line = format!("{before}{}{}{after} {}", whole.as_str(), fraction.as_str(), case.currency());
        let in_line = Shown::of(&in_line);
        let room = usize::from(width);
        if in_line.width() <= room {
            // In a column that is wider than all amounts they stand at its right, as its title does.
            let blank = (room - in_line.width()).min(room.saturating_sub(self.measures.in_line()));
            canvas.put(x + cells(blank), y, width, &in_line, Style::new());
            return;
        }
        let together = format!("{}{} {}", whole.as_str(), fraction.as_str(), case.currency());
        let together = Row::plain(&together);
        // An amount without its end would be another amount.
        let fits = together.width() <= room;
        let row = if fits { together } else { Row::of(canvas.signs.ellipsis, canvas.theme.dim) };
        canvas.row_right(x, y, width, &row);
    }

    /// Text and style of a plain cell.
    fn cell(&self, canvas: &Canvas<'_>, column: Column, case: &Case, width: u16) -> (String, Style) {
        let (theme, calendar) = (canvas.theme, &self.model.scene.calendar);
        let text = |field: Field| case.text(field).to_owned();
        let ends = |name: &Shown| name.cut_middle(usize::from(width), canvas.signs.ellipsis).into_string();
        match column {
            Column::Urgency => {
                let style = self.urgency_style(canvas);
                if width < 7 {
                    let sign = words::urgency_sign(self.tracked, calendar, canvas.signs.soon);
                    return (sign.to_owned(), style);
                }
                (words::urgency(self.tracked, calendar, canvas.signs.soon), style)
            }
            Column::Due => (text(Field::ExpirationDate), self.emphasis(canvas)),
            Column::Change => {
                let change = words::unseen(self.tracked);
                let fits = Shown::of(&change).width() <= usize::from(width);
                let change = if fits { change } else { change.replace(" -> ", "->") };
                (whole_numbers(&change, usize::from(width), canvas.signs.ellipsis), theme.soon)
            }
            Column::Status => (text(Field::Status), Style::new()),
            Column::Result => {
                let style = match case.verdict() {
                    Verdict::Won => theme.good,
                    Verdict::Lost => theme.alarm,
                    Verdict::Open => Style::new(),
                };
                (text(Field::CaseResult), style)
            }
            Column::Order => {
                let order = case.text(Field::OutTradeNo);
                // What says that it is unusual stands before it and stays.
                let (id, unusual) = (Shown::id(order), shown::is_unusual(order));
                (if unusual { id.into_string() } else { ends(&id) }, Style::new())
            }
            Column::User => (ends(&Shown::of(case.text(Field::OutUserId))), Style::new()),
            Column::Id | Column::Amount | Column::Words | Column::Data => (String::new(), Style::new()),
        }
    }

    fn urgency_style(&self, canvas: &Canvas<'_>) -> Style {
        let theme = canvas.theme;
        match self.tracked.urgency(&self.model.scene.calendar) {
            Urgency::Overdue => theme.alarm,
            Urgency::Today => theme.warning,
            Urgency::Soon => theme.soon,
            Urgency::Later | Urgency::None => theme.dim,
        }
    }
}

/// A text that is cut, if it must be, before a number rather than in it: an amount without its end would be another one.
fn whole_numbers(text: &str, width: usize, ellipsis: &str) -> String {
    let shown = Shown::of(text);
    let cut = shown.cut(width, ellipsis);
    let Some(kept) = cut.as_str().strip_suffix(ellipsis).filter(|_| cut != shown) else {
        return cut.into_string();
    };
    let begun = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-');
    let number = kept.trim_end_matches(begun);
    let goes_on = shown.as_str().get(kept.len()..).is_some_and(|rest| rest.starts_with(begun));
    format!("{}{ellipsis}", if goes_on { number } else { kept })
}
