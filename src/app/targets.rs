//! Which cases an action is about: the page's, the marked ones, the one under the cursor, or all shown.

use crate::domain::ids::CaseId;
use crate::domain::order::SortBy;
use crate::domain::record::ActionRecord;
use crate::domain::tracked::Tracked;
use crate::domain::view::View;

use super::action::Tab;
use super::listing::Line;
use super::model::Model;
use super::overlay::Overlay;

/// The cases of an action on cases: the page's; else the marked ones, hidden or not; else the one at the cursor.
pub fn cases(model: &Model) -> Vec<CaseId> {
    each(model).cloned().collect()
}

/// The same, one after the other.
pub fn each(model: &Model) -> impl Iterator<Item = &CaseId> {
    let page = page_case(&model.overlay);
    let marks = Some(&model.desk.marks).filter(|marks| page.is_none() && !marks.is_empty());
    let one = page.or(model.desk.cursor.id.as_ref()).filter(|_| marks.is_none());
    one.into_iter().chain(marks.into_iter().flatten())
}

/// The one case of an action that takes only one: the page's, else the one at the cursor.
pub fn one(model: &Model) -> Option<&Tracked> {
    let id = page_case(&model.overlay).or(model.desk.cursor.id.as_ref())?;
    model.book.get(id)
}

/// The cases of a refresh: the page's; else the marked ones; else all shown, as they stand on the screen.
pub fn shown(model: &Model) -> Vec<CaseId> {
    if page_case(&model.overlay).is_some() || !model.desk.marks.is_empty() {
        return cases(model);
    }
    let slots = model.desk.listing.cases();
    slots.filter_map(|(_, slot)| model.book.at(slot)).map(|tracked| tracked.id.clone()).collect()
}

/// Every case a plain refresh asks for, most urgent first.
pub fn open(model: &Model) -> Vec<CaseId> {
    let days = model.session.closed_refresh_days;
    let mut open: Vec<&Tracked> =
        model.book.iter().filter(|t| t.wants_refresh(model.scene.now, days)).collect();
    open.sort_by(|a, b| SortBy::Due.compare(a, b));
    open.into_iter().map(|tracked| tracked.id.clone()).collect()
}

/// Those of [`shown`] with changes nobody has looked at.
pub fn unseen(model: &Model) -> Vec<CaseId> {
    let has_unseen = |id: &CaseId| model.book.get(id).is_some_and(|t| !t.unseen.is_empty());
    shown(model).into_iter().filter(has_unseen).collect()
}

// Whether there are any, without building the lists: the footer asks with every picture.

/// Whether [`cases`] would name any.
pub fn has_cases(model: &Model) -> bool {
    page_case(&model.overlay).is_some() || !model.desk.marks.is_empty() || model.desk.cursor.id.is_some()
}

/// Whether [`shown`] would name any.
pub fn has_shown(model: &Model) -> bool {
    has_cases(model) || model.desk.listing.shown() > 0
}

/// Whether [`open`] would name any.
pub fn has_open(model: &Model) -> bool {
    let days = model.session.closed_refresh_days;
    // Every open case does; only among closed ones does it depend.
    model.book.tally().open() > 0
        || model.book.iter().any(|tracked| tracked.wants_refresh(model.scene.now, days))
}

/// Whether [`unseen`] would name any.
pub fn has_unseen(model: &Model) -> bool {
    if !model.book.has_any(View::Changed) {
        return false;
    }
    if page_case(&model.overlay).is_some() || !model.desk.marks.is_empty() {
        let ids = page_case(&model.overlay).into_iter().chain(&model.desk.marks);
        return ids.filter_map(|id| model.book.get(id)).any(|tracked| !tracked.unseen.is_empty());
    }
    model.desk.listing.cases().any(|(_, slot)| model.book.holds(slot, View::Changed))
}

/// The case whose page is open, also below a prompt.
pub fn page(model: &Model) -> Option<&CaseId> {
    page_case(&model.overlay)
}

/// Whether the list on the screen is the journal, so that the keys are about actions.
pub fn in_journal(model: &Model) -> bool {
    model.desk.tab == Tab::Journal && page(model).is_none()
}

/// The action under the cursor, in the journal.
pub fn action(model: &Model) -> Option<&ActionRecord> {
    match model.desk.listing.line(model.desk.cursor.line) {
        Some(Line::Action(index)) if in_journal(model) => model.book.journal().get(index),
        _ => None,
    }
}

fn page_case(overlay: &Overlay) -> Option<&CaseId> {
    match overlay {
        Overlay::CasePage(page) => Some(&page.id),
        Overlay::Prompt(prompt) => page_case(&prompt.back),
        Overlay::Palette(palette) => page_case(&palette.back),
        Overlay::Help { back, .. } | Overlay::Journal { back, .. } | Overlay::Plain { back, .. } => {
            page_case(back)
        }
        Overlay::Reply(form) => page_case(&form.back),
        Overlay::Refund(form) => page_case(&form.back),
        Overlay::None | Overlay::Report { .. } | Overlay::Chooser(_) => None,
    }
}
