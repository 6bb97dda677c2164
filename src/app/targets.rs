//! Which cases an action is about: the page's, the marked ones, the one under the cursor, or all shown.

use crate::domain::ids::CaseId;
use crate::domain::order::SortBy;
use crate::domain::record::{ActionRecord, Draft};
use crate::domain::stage::Stage;
use crate::domain::tracked::Tracked;
use crate::domain::view::View;

use super::action::Tab;
use super::listing::Line;
use super::model::Model;
use super::overlay::Overlay;
use super::signs::Signs;

/// The cases of an action on cases: the page's; else the marked ones, hidden or not; else the one at the cursor.
pub fn cases(model: &Model) -> Vec<CaseId> {
    let mut ids: Vec<CaseId> = if are_marks(model) {
        model.book.marks().map(|tracked| tracked.id.clone()).collect()
    } else {
        at_hand(model).cloned().into_iter().collect()
    };
    ids.sort();
    ids
}

/// The same, one after the other and in no order, for those who need not look at all.
pub fn each(model: &Model) -> impl Iterator<Item = &Tracked> {
    let marks = are_marks(model).then(|| model.book.marks());
    let one = if marks.is_none() { one(model) } else { None };
    marks.into_iter().flatten().chain(one)
}

/// Whether an action on cases is about the marked ones. Drafts and journal cannot show marks, so it is not from there.
fn are_marks(model: &Model) -> bool {
    let shows_marks = !matches!(model.desk.tab, Tab::Drafts | Tab::Journal);
    page_case(&model.overlay).is_none() && shows_marks && model.book.marked() > 0
}

/// The case of a page, or else the one at the cursor.
fn at_hand(model: &Model) -> Option<&CaseId> {
    page_case(&model.overlay).or(model.desk.cursor.id.as_ref())
}

/// A case of [`cases`] that was never fetched, if there is one.
pub fn bare(model: &Model) -> Option<&CaseId> {
    if are_marks(model) {
        return model.book.marked_with(Signs::BARE).map(|tracked| &tracked.id).next();
    }
    one(model).filter(|tracked| tracked.case.is_none()).map(|tracked| &tracked.id)
}

/// Whether all of [`cases`] can be left uncontested, or are.
pub fn can_be_given_up(model: &Model) -> bool {
    if are_marks(model) {
        return model.book.marked_with(Signs::NOT_TO_GIVE_UP).next().is_none();
    }
    one(model).is_some_and(|tracked| !Signs::of(tracked).has(Signs::NOT_TO_GIVE_UP))
}

/// Whether all of [`cases`] are over, so that none takes a reply.
pub fn all_closed(model: &Model) -> bool {
    if are_marks(model) {
        return model.book.marked_bearing(Signs::in_view(View::Closed)) == model.book.marked();
    }
    one(model).is_some_and(|tracked| tracked.stage() == Stage::Closed)
}

/// Whether any of [`cases`] needs a reply and is as asked for.
pub fn any_due(model: &Model, is: impl Fn(&Tracked) -> bool) -> bool {
    if are_marks(model) {
        return model.book.marked_with(Signs::in_view(View::Due)).any(is);
    }
    one(model).is_some_and(|tracked| tracked.needs_reply() && is(tracked))
}

/// The one case of an action that takes only one: the page's, else the one at the cursor.
pub fn one(model: &Model) -> Option<&Tracked> {
    model.book.get(at_hand(model)?)
}

/// The cases of a refresh: the page's; else the marked ones; else all shown, as they stand on the screen.
pub fn shown(model: &Model) -> Vec<CaseId> {
    if page_case(&model.overlay).is_some() || are_marks(model) {
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
    at_hand(model).is_some() || are_marks(model)
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
    if model.book.tally().changed() == 0 {
        return false;
    }
    if page_case(&model.overlay).is_some() {
        return one(model).is_some_and(|tracked| !tracked.unseen.is_empty());
    }
    if are_marks(model) {
        return model.book.marked_with(Signs::in_view(View::Changed)).next().is_some();
    }
    model.desk.listing.slots().any(|slot| model.book.has_unseen(slot))
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

/// Whether the list on the screen is that of the drafts, so that the keys are about one of these.
pub fn in_drafts(model: &Model) -> bool {
    model.desk.tab == Tab::Drafts && page(model).is_none()
}

/// The draft under the cursor, among the drafts.
pub fn draft(model: &Model) -> Option<&Draft> {
    match model.desk.listing.line(model.desk.cursor.line) {
        Some(Line::Draft(index)) if in_drafts(model) => model.book.drafts().get(index),
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
        Overlay::Page(page) => page_case(&page.back),
        Overlay::Reply(form) => page_case(&form.back),
        Overlay::Refund(form) => page_case(&form.back),
        Overlay::None | Overlay::Report { .. } | Overlay::Chooser(_) => None,
    }
}
