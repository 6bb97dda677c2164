//! The head of the screen: where the operator is, how much is open, how old the data is. The word of the
//! environment and what runs out today are the last to go when there is no room. The word stands first on every page,
//! and where money is real the rest of the line is filled with its colour.

use crate::app::action::{Action, Place, Tab};
use crate::app::layout::Area;
use crate::app::model::{Environment, Model};
use crate::app::refunding;
use crate::domain::action::State;

use super::canvas::{Canvas, Row};
use super::words;

/// Draws the head into one or two lines.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, area: Area) {
    if area.height == 0 {
        return;
    }
    first(canvas, model, area);
    if area.height > 1 && model.book.is_loaded() {
        second(canvas, model, area);
    }
}

/// Part of the first line, with its rank: the highest number goes first.
type Part = (u8, Row);

fn first(canvas: &mut Canvas<'_>, model: &Model, area: Area) {
    let right = freshness(canvas, model);
    let room = usize::from(area.width).saturating_sub(right.width() + 2);
    let mut parts = place(canvas, model);
    if model.book.is_loaded() {
        parts.extend(counts(canvas, model));
    }
    let whole = |parts: &[Part]| parts.iter().map(|(_, row)| row.width()).sum::<usize>();
    while whole(&parts) > room {
        let last = parts.iter().map(|(rank, _)| *rank).max().unwrap_or_default();
        if last == 0 {
            break;
        }
        parts.retain(|(rank, _)| *rank != last);
    }
    // What must be said goes before how old it is.
    let right = if whole(&parts) > room { Row::default() } else { right };
    let mut row = Row::default();
    for (_, part) in parts {
        row.append(part);
    }
    canvas.row(area.x, area.y, area.width, &row);
    canvas.row_right(area.x, area.y, area.width, &right);
    if model.session.environment == Environment::Live {
        band(canvas, area, row.width(), right.width());
    }
}

/// Fills what is left of the line between the facts at its left and at its right.
fn band(canvas: &mut Canvas<'_>, area: Area, left: usize, right: usize) {
    let blank = usize::from(left > 0);
    let right = if right > 0 { right + 1 } else { 0 };
    let room = usize::from(area.width).saturating_sub(left + blank + right);
    let x = area.x + super::text::cells(left + blank);
    canvas.row(x, area.y, super::text::cells(room), &Row::of(&" ".repeat(room), canvas.theme.live));
}

/// How the word of an environment looks, here and on every page that sends.
pub(super) fn style_of(canvas: &Canvas<'_>, environment: Environment) -> ratatui::style::Style {
    match environment {
        Environment::Live => canvas.theme.live,
        Environment::Uat => canvas.theme.uat,
        Environment::Sandbox | Environment::Custom => canvas.theme.other,
    }
}

/// Program, profile, environment, read-only mark.
fn place(canvas: &Canvas<'_>, model: &Model) -> Vec<Part> {
    let theme = canvas.theme;
    let environment = model.session.environment;
    let style = style_of(canvas, environment);
    let mut parts = vec![(0, Row::of(&format!(" {}", environment.word()), style))];
    if environment == Environment::Live {
        parts.push((8, Row::of(": real money", style)));
    }
    parts.extend([
        (0, Row::of(" ", style).and(" ", theme.dim)),
        (7, Row::of("docket ", theme.title)),
        (5, Row::plain(&model.session.profile).and("  ", theme.dim)),
    ]);
    if model.session.read_only.is_some() {
        parts.push((0, Row::of("RO", theme.warning).and("  ", theme.dim)));
    }
    if let Some(minutes) = refunding::minutes_left(model) {
        let left = if minutes > 1 { format!("{minutes} min") } else { "last minute".to_owned() };
        parts.push((0, Row::of(&format!("REFUNDS ON {left}"), theme.alarm).and("  ", theme.dim)));
    }
    if model.requests > 0 {
        parts.push((
            2,
            Row::of(&format!("{} to approve", model.requests), theme.warning).and("  ", theme.dim),
        ));
    }
    let unknown = model.book.journal().iter().filter(|record| record.state == State::Unknown).count();
    if unknown > 0 {
        parts.push((0, Row::of(&format!("{unknown} UNKNOWN"), theme.alarm).and("  ", theme.dim)));
    }
    parts
}

/// What is open, due today, overdue, failing, unknown. The separator stands before each but the first.
fn counts(canvas: &Canvas<'_>, model: &Model) -> Vec<Part> {
    let (theme, dot) = (canvas.theme, canvas.signs.dot);
    let summary = &model.desk.summary;
    let mut parts = vec![(2, Row::plain(&format!("open {}", summary.open)).and(dot, theme.dim))];
    let today = if summary.today > 0 { theme.warning } else { theme.dim };
    parts.push((0, Row::of(&format!("due today {}", summary.today), today)));
    let mut more = |rank, text: String, style| parts.push((rank, Row::of(dot, theme.dim).and(&text, style)));
    let overdue = if summary.overdue > 0 { (1, theme.alarm) } else { (4, theme.dim) };
    more(overdue.0, format!("overdue {}", summary.overdue), overdue.1);
    if summary.failing > 0 {
        more(3, format!("x {} failing", summary.failing), theme.alarm);
    }
    if summary.unknown > 0 {
        more(6, format!("{} stage unknown", summary.unknown), theme.warning);
    }
    parts
}

/// How far a refresh is, or how old the list is.
fn freshness(canvas: &Canvas<'_>, model: &Model) -> Row {
    let (theme, dot) = (canvas.theme, canvas.signs.dot);
    if let Some(run) = &model.refreshing.run {
        let mut row = Row::of(&format!("{}/{}", run.done, run.requested), theme.title);
        if run.failed > 0 {
            row.push(&format!(" x{}", run.failed), theme.alarm);
        }
        row.push(dot, theme.dim);
        if run.stopping {
            row.push("stopping", theme.dim);
        } else {
            row.push(&model.key_of(Action::Back), theme.key);
            row.push(" stops", theme.dim);
        }
        return row;
    }
    if !model.book.is_loaded() {
        return Row::default();
    }
    if model.book.missing() > 0 {
        let (here, all) = (model.book.len(), model.book.len() + model.book.missing());
        return Row::of("reading ", theme.dim).and(&format!("{here}/{all}"), theme.title);
    }
    match model.desk.summary.as_of {
        Some(at) => Row::of("as of ", theme.dim).and(&words::as_of(at, &model.scene.calendar), theme.title),
        None => Row::of("never refreshed", theme.dim),
    }
}

/// Money at risk per currency, and the order of the table.
fn second(canvas: &mut Canvas<'_>, model: &Model, area: Area) {
    let theme = canvas.theme;
    let order = match model.desk.tab {
        Tab::Drafts | Tab::Journal => "newest first".to_owned(),
        Tab::Cases(_) | Tab::Saved(_) => format!("by {}", model.desk.sort().word()),
    };
    let right = Row::of(&order, theme.dim);
    let room = usize::from(area.width).saturating_sub(right.width() + 2);
    let row = at_risk(canvas, model, room);
    canvas.row(area.x, area.y + 1, super::text::cells(room), &row);
    canvas.row_right(area.x, area.y + 1, area.width, &right);
}

/// As many sums as fit whole: a sum that is cut would be a wrong sum.
fn at_risk(canvas: &Canvas<'_>, model: &Model, room: usize) -> Row {
    let theme = canvas.theme;
    let sums = words::sums(&model.desk.summary.at_risk);
    if sums.is_empty() {
        return Row::of("nothing at risk", theme.dim);
    }
    let mut row = Row::of("at risk  ", theme.dim);
    for (index, sum) in sums.iter().enumerate() {
        let left = sums.len() - index;
        let mut next = row.clone();
        if index > 0 {
            next.push(canvas.signs.dot, theme.dim);
        }
        next.push(sum, theme.title);
        let more = |left: usize| {
            let more = Row::of(&format!(" {} +{left}", canvas.signs.ellipsis), theme.dim);
            // Elsewhere the key means something else.
            if model.place() != Place::Desk {
                return more;
            }
            more.and(" ", theme.dim).and(&model.key_of(Action::Money), theme.key)
        };
        let needed = next.width() + if left > 1 { more(left - 1).width() } else { 0 };
        if needed > room {
            row.append(more(left));
            return row;
        }
        row = next;
    }
    row
}
