//! The page of one case: every field as PayerMax sent it, under its own name, and everything docket knows besides.

use ratatui::style::Style;

use crate::app::action::{Action, BINDINGS, Binding, Place};
use crate::app::availability;
use crate::app::layout::Area;
use crate::app::model::{Availability, Model};
use crate::app::overlay::CasePage;
use crate::domain::case::{Case, Field};
use crate::domain::shown;
use crate::domain::tracked::Tracked;

use super::canvas::{Canvas, Row};
use super::facts::{self, Facts};
use super::text::Shown;
use super::{records, words};

/// The width from which the fields stand beside the rest.
const TWO_COLUMNS: u16 = 110;
/// The width from which the operator's word for a field stands beside its wire name.
const WITH_LABELS: usize = 68;
/// Columns of a wire name, the blank behind it included.
const WIRE: usize = 20;

/// Draws the page.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, page: &CasePage, area: Area) {
    let Some(tracked) = model.book.get(&page.id) else { return };
    let inside = Area {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(1),
    };
    if area.width >= TWO_COLUMNS {
        let half = inside.width / 2;
        let left = received(canvas, model, tracked, usize::from(half) - 2);
        let right = known(canvas, model, tracked, usize::from(inside.width - half));
        title(canvas, model, tracked, area, "");
        facts::scrolled(canvas, Area { width: half - 2, ..inside }, &left, page.scroll);
        let beside = Area { x: inside.x + half, width: inside.width - half, ..inside };
        facts::scrolled(canvas, beside, &right, page.scroll);
        return;
    }
    let width = usize::from(inside.width);
    let mut rows = received(canvas, model, tracked, width);
    rows.push(Row::default());
    rows.extend(known(canvas, model, tracked, width));
    let first = facts::scrolled(canvas, inside, &rows, page.scroll);
    title(canvas, model, tracked, area, &facts::position(first, inside.height, rows.len()));
}

/// The id with its urgency, and at the right how far the page is scrolled.
fn title(canvas: &mut Canvas<'_>, model: &Model, tracked: &Tracked, area: Area, position: &str) {
    let theme = canvas.theme;
    canvas.rule(area.x, area.y, area.width, theme.rule);
    let mut end = area.x + area.width;
    if !position.is_empty() {
        let row = Row::of(&format!(" {position} "), theme.dim);
        end = canvas.row_right(area.x, area.y, area.width.saturating_sub(1), &row);
    }
    let urgency = words::urgency_words(tracked, &model.scene.calendar);
    let mut title = Row::of(&format!(" Case {} ", shown::id(tracked.id.as_str())), theme.title);
    if !urgency.is_empty() {
        title.push(&format!("{urgency} "), theme.warning);
    }
    canvas.row(area.x + 1, area.y, end.saturating_sub(area.x + 1), &title);
}

/// The failure if there is one, and the sixteen fields under their wire names.
fn received(canvas: &Canvas<'_>, model: &Model, tracked: &Tracked, width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let mut facts = Facts::new(canvas, model, width);
    facts.unusual(tracked);
    facts.failure(tracked);
    records::facts(&mut facts, canvas, model, tracked);
    facts.heading("As received");
    let Some(case) = &tracked.case else {
        let key = model.key_of(Action::RefreshShown);
        facts.sentence(&format!("not fetched yet; {key} asks the gateway for it"), theme.dim);
        return facts.rows;
    };
    for field in Field::ALL {
        let mut name = Row::of(&format!("{:<WIRE$}", field.wire()), theme.label);
        if width >= WITH_LABELS {
            name.push(&format!("{:<width$}", field.label(), width = facts::LABEL), theme.dim);
        }
        let value = match case.get(field) {
            None => Row::of("missing", theme.dim),
            Some("") => Row::of("empty", theme.dim),
            Some(_) => Row::default(),
        };
        let room = width.saturating_sub(name.width()).max(8);
        for (index, line) in value_of(case, field).wrap(room).iter().enumerate() {
            let mut row = if index == 0 { name.clone() } else { indent(name.width()) };
            row.append(value.clone());
            facts.rows.push(row.and(line.as_str(), Style::new()));
        }
    }
    facts.rows
}

/// A field as received; of an identifier with everything written out that could deceive.
fn value_of(case: &Case, field: Field) -> Shown {
    let text = case.text(field);
    if field.is_identifier() { Shown::of(&shown::id(text)) } else { Shown::of(text) }
}

fn indent(width: usize) -> Row {
    Row::plain(&" ".repeat(width))
}

/// The operator's words, how old the data is, the batch, the history, and what can be done.
fn known(canvas: &Canvas<'_>, model: &Model, tracked: &Tracked, width: usize) -> Vec<Row> {
    let mut facts = Facts::new(canvas, model, width);
    facts.heading("On this host");
    facts.own_words(tracked, true);
    facts.freshness(tracked);
    if let Some(batch) = batch(model, tracked) {
        facts.sentence(&batch, Style::new());
    }
    facts.heading("History");
    facts.history(tracked);
    facts.heading("What you can do");
    can_do(&mut facts, canvas, model);
    facts.rows
}

/// How much of the case's batch is on the list.
fn batch(model: &Model, tracked: &Tracked) -> Option<String> {
    let id = tracked.case.as_ref().map(|case| case.text(Field::BatchId)).filter(|id| !id.is_empty())?;
    let same = |other: &&Tracked| other.case.as_ref().is_some_and(|case| case.text(Field::BatchId) == id);
    let tracked = model.book.iter().filter(same).count();
    let id = shown::id(id);
    Some(format!("Batch {id}: {} of it on your list; others may exist", words::counted(tracked, "case")))
}

/// What works on this case now, and why the rest does not. Moving about is left to the help page.
fn can_do(facts: &mut Facts<'_>, canvas: &Canvas<'_>, model: &Model) {
    let general =
        [Action::Palette, Action::Help, Action::Back, Action::Quit, Action::Suspend, Action::Redraw];
    let (mut on, mut off) = (Vec::new(), Vec::new());
    let own = |row: &&Binding| row.places.contains(&Place::CasePage) && !row.places.contains(&Place::Pager);
    for row in BINDINGS.iter().filter(own).filter(|row| !general.contains(&row.action)) {
        let keys = model.session.keymap.shown(row.action);
        let keys = if keys.is_empty() { format!(":{}", row.name) } else { keys };
        match availability::of(row.action, model) {
            Availability::On => on.push(format!("{keys} {}", row.label)),
            Availability::Off(why) => off.push(format!("{keys} {}: {why}", row.label)),
        }
    }
    facts.flow(&on);
    for why in off {
        facts.sentence(&why, canvas.theme.dim);
    }
}
