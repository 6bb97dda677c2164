//! Works out the lines and counts of the desk anew, and keeps the cursor on its case while doing so.

use time::OffsetDateTime;

use crate::domain::filter::{Filter, Lens};
use crate::domain::tally::Tally;
use crate::domain::tracked::Tracked;

use super::action::Tab;
use super::desk::Desk;
use super::effect::Effect;
use super::layout::Layout;
use super::listing::{Basis, Line, Listing, Members};
use super::model::{Model, Session};
use super::overlay::Overlay;
use super::ranks::Touched;
use super::signs::Signs;
use super::summary::Summary;

/// Brings what is derived from the book in line with it: counts, lines, cursor.
/// What it costs depends on what has changed, not on how much there is.
pub(super) fn relist(model: &mut Model) {
    if model.book.missing() > 0 {
        // The counts are the store's, and the lines the first of all: nothing to add until the rest is here.
        if !model.desk.listing.is_empty() {
            keep_cursor(model);
        }
        return close_orphans(model);
    }
    let Model { book, desk, session, scene, .. } = model;
    let lens = Lens { calendar: scene.calendar, me: &session.operator };
    let touched = book.settle();
    let fewer = !desk.summary.is_of(book) || touched.keys().any(|slot| book.stock().at(*slot).is_none());
    desk.summary.renew(book, &session.saved_views, &lens, &touched);
    let other_rows = match members(desk, session) {
        Some((members, in_view)) => {
            let sort = desk.sort();
            book.sort(sort);
            let basis = Basis {
                edition: book.edition(),
                members,
                filter: desk.filter.clone(),
                sort,
                grouped: desk.is_grouped(),
                calendar: lens.calendar,
            };
            desk.listing.renew(book, basis, in_view, &lens, &touched)
        }
        None if desk.tab == Tab::Drafts => {
            desk.listing = Listing::plain(book.drafts().len(), Line::Draft);
            true
        }
        None => {
            desk.listing = Listing::plain(book.journal().len(), Line::Action);
            true
        }
    };
    if other_rows || fewer {
        count_marks(model);
    } else {
        move_marks(model, &touched);
    }
    keep_cursor(model);
    close_orphans(model);
}

/// Counts the marks that stand in the table.
pub(super) fn count_marks(model: &mut Model) {
    model.desk.marks_shown = model.desk.listing.marked(&model.book, &model.lens());
}

/// Counts them anew where a search that was `under_way` has found everything: until then, not all can be counted.
fn count_marks_found(model: &mut Model, under_way: bool) {
    if under_way && model.desk.listing.is_complete() {
        count_marks(model);
    }
}

/// Counts them anew where a change can have brought one into the table, or taken it out.
fn move_marks(model: &mut Model, touched: &Touched) {
    let (lens, desk) = (model.lens(), &model.desk);
    let moved = touched.iter().filter(|(slot, before)| {
        let after = model.book.stock().at(**slot);
        let marked = model.book.stock().board().get(**slot).has(Signs::MARKED);
        let held = before.as_ref().is_some_and(|before| desk.listing.held(before, &lens));
        marked && held != after.is_some_and(|tracked| desk.listing.held(tracked, &lens))
    });
    if moved.count() > 0 {
        count_marks(model);
    }
}

/// Which cases the open tab holds, and how many that are; `None` when it holds none.
fn members(desk: &Desk, session: &Session) -> Option<(Members, usize)> {
    match desk.tab {
        Tab::Cases(view) => Some((Members::View(view), desk.summary.in_view(view))),
        Tab::Saved(at) => {
            let filter = session.saved_views.get(at).map(|view| view.filter.clone());
            Some((Members::Saved(filter), desk.summary.saved.get(at).copied().unwrap_or_default()))
        }
        Tab::Drafts | Tab::Journal => None,
    }
}

/// Shows the most urgent cases of a list that is still being read, with the counts of all of it.
pub(super) fn begin(model: &mut Model, tally: &Tally, as_of: Option<OffsetDateTime>, due: Vec<Tracked>) {
    let calendar = model.scene.calendar;
    model.book.begin(due, tally.on_list());
    model.desk.summary = Summary::on(tally, as_of, &calendar);
    let desk = &mut model.desk;
    if desk.is_grouped() && desk.filter.is_empty() {
        desk.listing = Listing::opening(&model.book, tally, &calendar);
        keep_cursor(model);
    } else {
        // What was looked at last is something else than the most urgent cases: it is found once all are here.
        desk.seeking = desk.cursor.id.take();
    }
}

/// Looks for more rows of the table, where not all are found yet.
pub(super) fn go_on(model: &mut Model) {
    let under_way = !model.desk.listing.is_complete();
    let Model { book, desk, session, scene, .. } = model;
    desk.listing.go_on(book, &Lens { calendar: scene.calendar, me: &session.operator });
    desk.listing.renew_headings(book);
    if model.desk.cursor.id.is_none() || model.desk.seeking.is_some() {
        keep_cursor(model);
    }
    count_marks_found(model, under_way);
}

/// Finds every row of the table: what is to be done next may be about all of them.
pub(super) fn finish(model: &mut Model) {
    while !model.desk.listing.is_complete() {
        go_on(model);
    }
}

/// Puts the cursor on its case; when that has left the view, on the case nearest to where it stood. A case that a search
/// has yet to come to is gone back to as soon as that has happened.
fn keep_cursor(model: &mut Model) {
    let under_way = !model.desk.listing.is_complete();
    let Model { book, desk, session, scene, .. } = model;
    let lens = Lens { calendar: scene.calendar, me: &session.operator };
    let wanted = desk.seeking.take().or_else(|| desk.cursor.id.clone());
    let stays = wanted.filter(|id| desk.listing.holds(book, id, &lens));
    if stays.is_none() {
        desk.listing.reach(book, desk.cursor.line, &lens);
    }
    let own = stays.as_ref().and_then(|id| desk.listing.line_of(book, id));
    let last = desk.listing.stops().checked_sub(1);
    let near = || last.and_then(|last| desk.listing.stop(desk.listing.stop_at(desk.cursor.line).min(last)));
    match own.or_else(near) {
        Some(line) => put_cursor(model, line),
        None => model.desk.cursor = super::desk::Cursor::default(),
    }
    if own.is_none() && !model.desk.listing.is_complete() {
        model.desk.seeking = stays;
    }
    count_marks_found(model, under_way);
}

/// Puts the cursor on a line that holds something, and scrolls just enough to show it.
pub(super) fn put_cursor(model: &mut Model, line: usize) {
    if matches!(model.desk.listing.line(line), None | Some(Line::Heading(..))) {
        return;
    }
    model.desk.seeking = None;
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
    let lines = &model.desk.listing;
    let line = model.desk.cursor.line;
    let above = line.checked_sub(1).filter(|&up| matches!(lines.line(up), Some(Line::Heading(..))));
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
