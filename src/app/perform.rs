//! What each action does: a thin table; the doing lives with the part of the model it is about.

use crate::domain::case::Field;
use crate::domain::shown;
use crate::domain::tracked::Tracked;
use crate::domain::view::View;

use super::action::{Action, Tab};
use super::effect::Effect;
use super::listing::Line;
use super::model::Model;
use super::overlay::{CasePage, Overlay, Page, PageOf, Palette, Purpose};
use super::{
    choosing, forms, local, marks, movement, plain, refunding, relist, replying, resetting, snoozing,
    starting, targets, widths,
};

/// Carries out an action that is available.
pub(super) fn perform(model: &mut Model, action: Action) -> Vec<Effect> {
    use Action::{Bottom, Down, HalfDown, HalfUp, PageDown, PageUp, Top, Up};
    match action {
        Down | Up | Top | Bottom | HalfDown | HalfUp | PageDown | PageUp => movement::go(model, action),
        Action::View(number) => return movement::open_tab(model, usize::from(number)),
        Action::NextView => return movement::open_tab_beside(model, 1),
        Action::PreviousView => return movement::open_tab_beside(model, -1),
        Action::NextPane => movement::next_pane(model),
        Action::Open => return open(model),
        Action::Mark => marks::turn(model),
        Action::MarkAll => marks::set_all(model),
        Action::UnmarkAll => marks::drop_all(model),
        Action::Sort => choosing::open_sort(model),
        Action::Day => choosing::open_day(model),
        Action::Widths => widths::open(model),
        Action::ResetView => resetting::reset(model),
        Action::Filter => forms::open(model, Purpose::Filter(model.desk.filter_text.clone())),
        Action::Add => forms::open(model, Purpose::Add),
        Action::Tags => forms::open(model, Purpose::Tags(targets::cases(model))),
        Action::Owner => forms::open(model, Purpose::Owner(targets::cases(model))),
        Action::Note => open_note(model),
        Action::WontContest => return local::wont_contest(model),
        Action::Snooze => snoozing::open(model),
        Action::Untrack if targets::in_drafts(model) => return replying::discard(model),
        Action::Untrack => return local::untrack(model),
        Action::MarkSeen if targets::in_journal(model) => return refunding::open_resolve(model),
        Action::MarkSeen => return local::mark_seen(model),
        Action::Undo => return local::undo(model),
        Action::RefreshShown => return starting::refresh(model, targets::shown(model)),
        Action::RefreshOpen => return starting::refresh_open(model),
        Action::CopyId => return copy_of(model, |tracked| tracked.id.to_string()),
        Action::CopyRow => return copy_of(model, row_text),
        Action::Journal => open_journal(model),
        Action::Export => forms::open(model, Purpose::Export),
        Action::CopyCommand => return copy_command(model),
        Action::Plain => return plain::show(model),
        Action::Report => model.overlay = Overlay::Report { scroll: 0 },
        Action::Calls => turn_calls(model),
        Action::Notice => open_page(model, PageOf::Notices),
        Action::Money => open_page(model, PageOf::Money),
        Action::Palette => open_palette(model),
        Action::Help => open_help(model),
        Action::Quit => return quit(model),
        Action::Profile => choosing::open_profile(model),
        Action::Back => return back(model),
        Action::Suspend => return vec![Effect::Suspend],
        Action::Redraw => return vec![Effect::Redraw],
        Action::Reply => return replying::open(model),
        Action::ReplyBatch => return replying::open_batch(model),
        Action::Settle => return settle(model),
        Action::Refund => return refunding::open(model),
        Action::Unlock => refunding::open_unlock(model),
        Action::Lock => refunding::lock(model),
    }
    Vec::new()
}

/// Opens what the cursor stands on: a case's page, a draft's form, the page of the case an action was about.
fn open(model: &mut Model) -> Vec<Effect> {
    let id = match model.desk.listing.line(model.desk.cursor.line) {
        Some(Line::Draft(index)) => return replying::from_draft(model, index),
        Some(Line::Action(index)) => model.book.journal().get(index).and_then(|r| r.intent.case_id.clone()),
        _ => model.desk.cursor.id.clone(),
    };
    match id.filter(|id| model.book.get(id).is_some()) {
        Some(id) => model.overlay = Overlay::CasePage(CasePage { id, scroll: 0 }),
        None => model.say("its case is not on the list"),
    }
    Vec::new()
}

fn settle(model: &mut Model) -> Vec<Effect> {
    model.say(super::outcomes::ASKING);
    vec![Effect::Settle]
}

fn open_journal(model: &mut Model) {
    if let Some(id) = targets::one(model).map(|tracked| tracked.id.clone()) {
        let back = Box::new(std::mem::take(&mut model.overlay));
        model.overlay = Overlay::Journal { id, scroll: 0, back };
    }
}

/// Opens a page of text over what is on the screen.
fn open_page(model: &mut Model, of: PageOf) {
    let back = Box::new(std::mem::take(&mut model.overlay));
    model.overlay = Overlay::Page(Page { of, scroll: 0, back });
}

/// Goes to the calls of the session, and from there back.
fn turn_calls(model: &mut Model) {
    match std::mem::take(&mut model.overlay) {
        Overlay::Page(page) if page.of == PageOf::Calls => model.overlay = *page.back,
        other => {
            model.overlay = other;
            open_page(model, PageOf::Calls);
        }
    }
}

fn open_note(model: &mut Model) {
    if let Some(id) = targets::one(model).map(|tracked| tracked.id.clone()) {
        forms::open(model, Purpose::Note(id));
    }
}

fn open_palette(model: &mut Model) {
    model.overlay = Overlay::Palette(Palette::over(std::mem::take(&mut model.overlay)));
}

fn open_help(model: &mut Model) {
    if !matches!(model.overlay, Overlay::Help { .. }) {
        let back = Box::new(std::mem::take(&mut model.overlay));
        model.overlay = Overlay::Help { scroll: 0, back };
    }
}

fn copy_of(model: &mut Model, text_of: impl Fn(&Tracked) -> String) -> Vec<Effect> {
    let text = targets::one(model).map(text_of);
    plain::copy(model, text)
}

fn copy_command(model: &mut Model) -> Vec<Effect> {
    if model.desk.tab == Tab::Drafts && !matches!(model.overlay, Overlay::CasePage(_)) {
        model.warn("no command shows drafts: they are begun and sent on the desk");
        return Vec::new();
    }
    let text = command(model);
    plain::copy(model, Some(text))
}

/// The command line that shows in a shell what is looked at here.
fn command(model: &Model) -> String {
    let mut words = vec!["docket".to_owned()];
    words.extend(model.session.flags.iter().map(|word| quoted(word)));
    words.extend(["--profile".to_owned(), quoted(&model.session.profile)]);
    let mut add = |more: &[&str]| words.extend(more.iter().map(|word| quoted(word)));
    let desk = &model.desk;
    match (&model.overlay, desk.tab) {
        (Overlay::CasePage(page), _) => add(&["show", page.id.as_str()]),
        (_, Tab::Journal) => add(&["journal"]),
        (_, tab) => {
            let view = if let Tab::Cases(view) = tab { view } else { View::All };
            add(&["list", "--view", view.word(), "--sort", desk.sort().word()]);
            let saved = if let Tab::Saved(index) = tab { model.session.saved_views.get(index) } else { None };
            let filters = [saved.map_or("", |view| view.text.as_str()), &desk.filter_text];
            let filter = filters.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
            if !filter.is_empty() {
                add(&["--filter", &filter]);
            }
        }
    }
    words.join(" ")
}

/// A word as every shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/@%+=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// A case as one line of tab-separated, harmless text.
fn row_text(tracked: &Tracked) -> String {
    let fields = [
        Field::ExpirationDate,
        Field::Amount,
        Field::Currency,
        Field::Status,
        Field::CaseResult,
        Field::OutTradeNo,
        Field::OutUserId,
    ];
    let values = fields.map(|field| tracked.case.as_ref().map(|case| case.text(field)).unwrap_or_default());
    let cells = std::iter::once(tracked.id.as_str()).chain(values).map(shown::line);
    cells.collect::<Vec<_>>().join("\t")
}

fn quit(model: &mut Model) -> Vec<Effect> {
    match model.overlay {
        Overlay::None => vec![Effect::Quit],
        _ => close_overlay(model),
    }
}

/// One step back. On the desk: stop the refresh, dismiss a notice, leave the pane, clear the filter.
fn back(model: &mut Model) -> Vec<Effect> {
    if !matches!(model.overlay, Overlay::None) {
        // What is said over a page is read before the page is left.
        if model.standing.dismiss() {
            return Vec::new();
        }
        return close_overlay(model);
    }
    if let Some(run) = model.refreshing.run.as_mut().filter(|run| !run.stopping) {
        run.stopping = true;
        return vec![Effect::CancelRefresh];
    }
    if model.dismiss() {
        return Vec::new();
    }
    if model.desk.pane == super::desk::Pane::Detail {
        movement::next_pane(model);
    } else if model.desk.filter_text.is_empty() {
        let quit = model.key_of(Action::Quit);
        model.say(format!("{quit} quits"));
    } else {
        relist::clear_filter(model);
    }
    Vec::new()
}

fn close_overlay(model: &mut Model) -> Vec<Effect> {
    model.overlay = match std::mem::take(&mut model.overlay) {
        Overlay::Help { back, .. } | Overlay::Journal { back, .. } | Overlay::Plain { back, .. } => *back,
        Overlay::Page(page) => *page.back,
        _ => Overlay::None,
    };
    Vec::new()
}
