//! Whether an action works here and now, and if not, why: asked by the footer, the palette, help and the key itself.

use crate::domain::action::State;
use crate::domain::record::{ActionRecord, Kind};
use crate::domain::stage::Stage;

use super::action::{Action, Tab};
use super::model::{Availability, Model, Tone};
use super::overlay::{Overlay, PageOf};
use super::{refunding, snoozing, targets};

/// Whether an action works on the desk as it stands.
pub fn of(action: Action, model: &Model) -> Availability {
    reason_against(action, model).map_or(Availability::On, Availability::Off)
}

/// The reason why an action cannot be done, when there is one.
fn reason_against(action: Action, model: &Model) -> Option<String> {
    match action {
        Action::Reply if targets::draft(model).is_some() => read_only(model),
        Action::Reply => no_case(model).or_else(|| not_answerable(model)).or_else(|| all_over(model)),
        Action::ReplyBatch => no_case(model).or_else(|| no_batch(model)),
        Action::Refund => refunding::off(model),
        Action::Unlock => refunding::unlock_off(model),
        Action::Lock => refunding::lock_off(model),
        Action::Settle => nothing_open(model),
        Action::Open => (model.desk.listing.stops() == 0 && !targets::has_cases(model))
            .then(|| "there is nothing under the cursor".into()),
        Action::Untrack if targets::in_drafts(model) => super::replying::not_to_discard(model),
        Action::Mark
        | Action::Note
        | Action::CopyId
        | Action::CopyRow
        | Action::Journal
        | Action::Tags
        | Action::Owner
        | Action::Untrack => no_case(model),
        Action::Plain if model.copied.is_none() => no_case(model),
        Action::WontContest => no_case(model).or_else(|| not_contestable(model)),
        Action::Snooze => no_case(model).or_else(|| nothing_to_put_off(model)),
        Action::RefreshShown | Action::RefreshOpen => no_refresh(action, model),
        Action::MarkAll => {
            (model.desk.listing.shown() == 0).then(|| "nothing is shown, so nothing can be marked".into())
        }
        Action::UnmarkAll => (model.book.marked() == 0).then(|| "nothing is marked".into()),
        Action::MarkSeen if targets::in_journal(model) => refunding::unmarkable(model),
        Action::MarkSeen => {
            (!targets::has_unseen(model)).then(|| "nothing here has changed since you last looked".into())
        }
        Action::Report => {
            model.refreshing.last.is_none().then(|| "no refresh yet since docket was opened".into())
        }
        Action::Calls => model
            .calls
            .is_empty()
            .then(|| "no call has been made since docket was opened".into())
            .filter(|_| !matches!(&model.overlay, Overlay::Page(page) if page.of == PageOf::Calls)),
        Action::Notice => no_notice(model),
        Action::Money => no_money(model),
        Action::Undo => model.undo.is_empty().then(|| nothing_to_undo(model)),
        Action::Filter | Action::Sort | Action::ResetView => no_cases_here(model),
        Action::Widths => no_cases_here(model).or_else(|| no_columns(model)),
        Action::View(number) => no_tab(model, number),
        Action::Profile => model.session.others.is_empty().then(|| "the config has no other profile".into()),
        Action::NextPane => no_pane(model),
        _ => None,
    }
}

fn no_notice(model: &Model) -> Option<String> {
    if matches!(&model.overlay, Overlay::Page(page) if page.of == PageOf::Notices) {
        return Some("this is the page of what went wrong".into());
    }
    let answer = model.notice.as_ref().is_some_and(|notice| notice.tone != Tone::Info);
    let none = !answer && model.standing.is_empty() && model.standing.earlier().next().is_none();
    none.then(|| "nothing went wrong since docket was opened".into())
}

fn no_money(model: &Model) -> Option<String> {
    model.desk.summary.at_risk.is_empty().then(|| "nothing is at risk: no open case has an amount".into())
}

fn no_case(model: &Model) -> Option<String> {
    (!targets::has_cases(model)).then(|| "there is no case under the cursor".into())
}

fn read_only(model: &Model) -> Option<String> {
    model.session.read_only.as_ref().map(|reason| format!("read-only: {reason}"))
}

/// Read-only says no; a case never fetched has nothing to answer with.
fn not_answerable(model: &Model) -> Option<String> {
    if let Some(why) = read_only(model) {
        return Some(why);
    }
    // A case without an answer has no stage that is known.
    let any = model.book.tally().in_stage(Stage::Unknown) > 0;
    let bare = any.then(|| targets::bare(model)).flatten();
    bare.map(|id| format!("{id} was never fetched; {} asks the gateway", model.key_of(Action::RefreshShown)))
}

/// A case that is over takes no reply. One among several that are not is told of on the confirm page.
fn all_over(model: &Model) -> Option<String> {
    if !targets::all_closed(model) {
        return None;
    }
    let refresh = model.key_of(Action::RefreshShown);
    Some(match targets::cases(model).as_slice() {
        [id] => format!("{}; {refresh} asks whether it came back", super::replying::over(model, id)?),
        many => format!(
            "all {} marked cases are closed and take no reply; {refresh} asks whether one came back",
            many.len()
        ),
    })
}

fn no_batch(model: &Model) -> Option<String> {
    not_answerable(model).or_else(|| {
        let several = targets::each(model).nth(1).is_some();
        let why = if several {
            "the marked cases are not all of one batch"
        } else {
            "this case belongs to no batch"
        };
        super::replying::batch_of(model).is_none().then(|| why.into())
    })
}

fn nothing_open(model: &Model) -> Option<String> {
    // A refund that was given up may turn up all the same.
    let given_up =
        |record: &ActionRecord| record.intent.kind == Kind::Refund && record.state == State::NotReceived;
    let open = |state: State| state.is_open() || state == State::Accepted;
    let any = model.book.journal().iter().any(|record| open(record.state) || given_up(record));
    (!any).then(|| "no reply or refund is of unknown or open outcome".into())
}

/// Giving a case up makes sense only while a reply is asked for; taking that back always does.
fn not_contestable(model: &Model) -> Option<String> {
    (!targets::can_be_given_up(model))
        .then(|| "only a case that needs a reply (DISPUTE_INQUIRY) can be left uncontested".into())
}

/// What is due today or overdue is never hidden, and what needs no reply is not in the way.
fn nothing_to_put_off(model: &Model) -> Option<String> {
    if targets::any_due(model, |tracked| snoozing::may_put_off(model, tracked)) {
        return None;
    }
    Some(if targets::any_due(model, |_| true) {
        "only a case that is due after today can be put off".into()
    } else {
        "only a case that needs a reply (DISPUTE_INQUIRY) can be put off".into()
    })
}

fn no_refresh(action: Action, model: &Model) -> Option<String> {
    if model.refreshing.run.is_some() {
        return Some(format!("a refresh is running; {} stops it", model.key_of(Action::Back)));
    }
    let any =
        if action == Action::RefreshOpen { targets::has_open(model) } else { targets::has_shown(model) };
    (!any).then(|| "there is nothing to refresh here".into())
}

fn nothing_to_undo(model: &Model) -> String {
    match model.undo.sent() {
        Some(what) => format!("{what} was sent, and what was sent cannot be undone"),
        None => super::local::NOTHING.into(),
    }
}

fn no_tab(model: &Model, number: u8) -> Option<String> {
    let tabs = model.desk.tabs.len();
    (usize::from(number) > tabs)
        .then(|| format!("there is no view {number}; [[views]] in the config adds some"))
}

fn no_cases_here(model: &Model) -> Option<String> {
    let records = matches!(model.desk.tab, Tab::Drafts | Tab::Journal);
    records.then(|| "filter, order and widths are for cases; this list is newest first".into())
}

fn no_columns(model: &Model) -> Option<String> {
    model.desk.listing.is_empty().then(|| "nothing is shown, so no column has a width".into())
}

fn no_pane(model: &Model) -> Option<String> {
    let roomy =
        super::layout::Layout::of(model.scene.width, model.scene.height).is_some_and(|l| l.has_detail());
    let open = model.key_of(Action::Open);
    (!roomy).then(|| format!("the terminal is too small for a detail pane; {open} opens the case"))
}
