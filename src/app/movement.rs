//! The cursor, the scrolling of pages, and the tabs.

use super::action::{Action, Tab};
use super::desk::Pane;
use super::effect::Effect;
use super::layout::Layout;
use super::model::Model;
use super::overlay::Overlay;
use super::{reading, relist};

/// Carries out a movement where the operator is.
pub(super) fn go(model: &mut Model, action: Action) {
    if let Some(scroll) = scrolled_page(model) {
        let page = usize::from(model.scene.height.saturating_sub(4)).max(1);
        // Where the page ends is said once it is drawn; see `page_end`.
        let next = moved(scroll, usize::MAX, page, action);
        set_scroll(model, next);
    } else {
        move_cursor(model, action);
    }
}

/// Where a movement leads, from a position among `0..=last`, with `page` rows on the screen.
fn moved(from: usize, last: usize, page: usize, action: Action) -> usize {
    let half = (page / 2).max(1);
    let to = match action {
        Action::Down => from.saturating_add(1),
        Action::Up => from.saturating_sub(1),
        Action::HalfDown => from.saturating_add(half),
        Action::HalfUp => from.saturating_sub(half),
        Action::PageDown => from.saturating_add(page),
        Action::PageUp => from.saturating_sub(page),
        Action::Top => 0,
        _ => last,
    };
    to.min(last)
}

/// How far the page that the keys act on is scrolled; `None` for the table.
fn scrolled_page(model: &Model) -> Option<usize> {
    match &model.overlay {
        Overlay::CasePage(page) => Some(page.scroll),
        Overlay::Help { scroll, .. }
        | Overlay::Report { scroll }
        | Overlay::Plain { scroll, .. }
        | Overlay::Journal { scroll, .. } => Some(*scroll),
        Overlay::Page(page) => Some(page.scroll),
        Overlay::Reply(form) => form.scroll(),
        Overlay::Refund(form) => form.scroll(),
        Overlay::None if model.desk.pane == Pane::Detail => Some(model.desk.detail_scroll),
        Overlay::None | Overlay::Prompt(_) | Overlay::Palette(_) | Overlay::Chooser(_) => None,
    }
}

/// The page that was drawn ends there: what lies beyond was never on the screen, and the way back starts at the end.
pub(super) fn page_end(model: &mut Model, line: usize) -> Vec<Effect> {
    if scrolled_page(model).is_some_and(|scroll| scroll > line) {
        set_scroll(model, line);
    }
    reading::drawn(model, line);
    Vec::new()
}

fn set_scroll(model: &mut Model, to: usize) {
    match &mut model.overlay {
        Overlay::CasePage(page) => page.scroll = to,
        Overlay::Help { scroll, .. }
        | Overlay::Report { scroll }
        | Overlay::Plain { scroll, .. }
        | Overlay::Journal { scroll, .. } => *scroll = to,
        Overlay::Page(page) => page.scroll = to,
        Overlay::Reply(form) => form.scroll_to(to),
        Overlay::Refund(form) => form.scroll_to(to),
        Overlay::None | Overlay::Prompt(_) | Overlay::Palette(_) | Overlay::Chooser(_) => {
            model.desk.detail_scroll = to;
        }
    }
}

/// Moves the cursor from case to case; headings are passed over.
fn move_cursor(model: &mut Model, action: Action) {
    let listing = &model.desk.listing;
    let Some(last) = listing.stops().checked_sub(1) else { return };
    let at = listing.stop_at(model.desk.cursor.line).min(last);
    let rows = Layout::of(model.scene.width, model.scene.height).map_or(1, |layout| layout.table_rows());
    if let Some(line) = listing.stop(moved(at, last, rows.max(1), action)) {
        relist::put_cursor(model, line);
    }
}

/// Opens the tab with this number, from 1; the journal is read anew.
pub(super) fn open_tab(model: &mut Model, number: usize) -> Vec<Effect> {
    let tab = number.checked_sub(1).and_then(|index| model.desk.tabs.get(index)).copied();
    if let Some(tab) = tab.filter(|tab| *tab != model.desk.tab) {
        model.desk.tab = tab;
        model.desk.pane = Pane::Table;
        relist::relist(model);
        if matches!(tab, Tab::Drafts | Tab::Journal) {
            relist::put_cursor(model, 0);
            return vec![Effect::LoadRecords];
        }
    }
    Vec::new()
}

/// Opens the tab so many to the right, or to the left for fewer than none; behind the last comes the first.
pub(super) fn open_tab_beside(model: &mut Model, by: isize) -> Vec<Effect> {
    let count = model.desk.tabs.len();
    let here = model.desk.tabs.iter().position(|tab| *tab == model.desk.tab).unwrap_or_default();
    let next = here.checked_add_signed(by).unwrap_or(count.saturating_sub(1));
    open_tab(model, if next < count { next + 1 } else { 1 })
}

/// Goes from the table to the detail pane and back.
pub(super) fn next_pane(model: &mut Model) {
    model.desk.pane = match model.desk.pane {
        Pane::Table => Pane::Detail,
        Pane::Detail => Pane::Table,
    };
}
