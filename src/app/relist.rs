//! Works out the lines and counts of the desk anew, and keeps the cursor on its case while doing so.

use crate::domain::filter::Filter;

use super::action::Tab;
use super::effect::Effect;
use super::layout::Layout;
use super::listing::{Line, Listing};
use super::model::Model;
use super::overlay::Overlay;
use super::summary::Summary;

/// Rebuilds what is derived from the book: counts, lines, cursor; marks of cases that are gone are dropped.
pub(super) fn relist(model: &mut Model) {
    let summary = Summary::of(&model.book, &model.session.saved_views, &model.lens());
    let listing = listing(model);
    model.desk.summary = summary;
    model.desk.listing = listing;
    let book = &model.book;
    model.desk.marks.retain(|id| book.get(id).is_some());
    keep_cursor(model);
    close_orphans(model);
}

fn listing(model: &Model) -> Listing {
    let (book, desk, lens) = (&model.book, &model.desk, model.lens());
    let build = |holds: &dyn Fn(&crate::domain::tracked::Tracked) -> bool| {
        Listing::build(book, holds, &desk.filter, desk.sort, desk.is_grouped(), &lens)
    };
    match desk.tab {
        Tab::Cases(view) => build(&|tracked| view.holds(tracked)),
        Tab::Saved(index) => {
            let saved = model.session.saved_views.get(index);
            build(&|tracked| saved.is_some_and(|view| view.filter.matches(tracked, &lens)))
        }
        Tab::Drafts => Listing::plain(book.drafts().len(), Line::Draft),
        Tab::Journal => Listing::plain(book.journal().len(), Line::Action),
    }
}

/// Puts the cursor on its case; when that has left the view, on the case nearest to where it stood.
fn keep_cursor(model: &mut Model) {
    let desk = &model.desk;
    let own = desk.cursor.id.as_ref().and_then(|id| desk.listing.line_of(&model.book, id));
    let near = || {
        let mut stops = desk.listing.stops();
        stops.clone().find(|line| *line >= desk.cursor.line).or_else(|| stops.next_back())
    };
    match own.or_else(near) {
        Some(line) => put_cursor(model, line),
        None => model.desk.cursor = super::desk::Cursor::default(),
    }
}

/// Puts the cursor on a line that holds something, and scrolls just enough to show it.
pub(super) fn put_cursor(model: &mut Model, line: usize) {
    if !model.desk.listing.stops().any(|stop| stop == line) {
        return;
    }
    let slot = model.desk.listing.slot_at(line);
    let id = slot.and_then(|slot| model.book.at(slot)).map(|tracked| tracked.id.clone());
    if model.desk.cursor.id != id {
        model.desk.detail_scroll = 0;
    }
    model.desk.cursor.id = id;
    model.desk.cursor.line = line;
    show_cursor(model);
}

/// Scrolls just enough that the cursor's line, and the heading right above it, are on the screen.
pub(super) fn show_cursor(model: &mut Model) {
    let rows =
        Layout::of(model.scene.width, model.scene.height).map_or(1, |layout| layout.table_rows()).max(1);
    let lines = model.desk.listing.lines();
    let line = model.desk.cursor.line;
    let above = line.checked_sub(1).filter(|&up| matches!(lines.get(up), Some(Line::Heading(..))));
    let first = above.unwrap_or(line);
    let lowest = (line + 1).saturating_sub(rows);
    let top = model.desk.cursor.top.min(first).max(lowest).min(lines.len().saturating_sub(rows));
    model.desk.cursor.top = top;
}

/// Closes the page of a case that is no longer on the list.
pub(super) fn close_orphans(model: &mut Model) {
    if let Overlay::CasePage(page) = &model.overlay
        && model.book.get(&page.id).is_none()
    {
        model.overlay = Overlay::None;
    }
}

/// Shows everything in the view again.
pub(super) fn clear_filter(model: &mut Model) {
    model.desk.filter_text.clear();
    model.desk.filter = Filter::default();
    relist(model);
}

/// Asks for the history of the case that is looked at, unless it is there or asked for.
pub(super) fn want_history(model: &mut Model) -> Option<Effect> {
    let looked_at = super::targets::one(model).map(|tracked| tracked.id.clone());
    let known = model.desk.history.as_ref().map(|(id, _)| id);
    if looked_at.as_ref() == known {
        return None;
    }
    model.desk.history = looked_at.clone().map(|id| (id, None));
    looked_at.map(Effect::LoadHistory)
}
