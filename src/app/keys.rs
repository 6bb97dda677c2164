//! From a key to an action: forms first, then the table of bindings for the place the operator is in.

use super::action::{Action, Place};
use super::availability;
use super::effect::Effect;
use super::key::Key;
use super::model::{Availability, Model, Tone};
use super::{forms, perform, plain, refunding, relist, waiting};

/// Takes a key.
pub(super) fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    if !keeps_answer(model, key) {
        model.notice = None;
    }
    if waiting::takes_key(model, key) {
        return Vec::new();
    }
    let place = model.place();
    if place == Place::Form {
        // In the pause before a refund every key means stop.
        let terminal =
            if refunding::is_pausing(model) { None } else { model.session.keymap.of_the_terminal(key) };
        return match terminal {
            Some(action) => act(model, action),
            None => forms::press(model, key),
        };
    }
    match model.session.keymap.action(key, place) {
        Some(action) => act(model, action),
        None => unbound(model, key),
    }
}

/// Whether the answer to the last key is still to be read: a warning, while somebody only moves about, reads it in full or
/// dismisses it. To anything else it would seem the answer. Beside something that stands it has the line of the keys, which
/// are needed again.
fn keeps_answer(model: &Model, key: Key) -> bool {
    let place = model.place();
    let is_warning = model.notice.as_ref().is_some_and(|notice| notice.tone != Tone::Info);
    let about_it = |action| action == Action::Notice || (action == Action::Back && place == Place::Desk);
    let action = model.session.keymap.action(key, place).filter(|_| place != Place::Form);
    is_warning && model.standing.is_empty() && action.is_some_and(|action| about_it(action) || moves(action))
}

/// Does an action, or says why it cannot be done here.
pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    if !plain::keeps_copy(action) {
        model.copied = None;
    }
    if !only_looks(action) {
        // What is done is done to every case that matches, found already or not.
        relist::finish(model);
    }
    match availability::of(action, model) {
        Availability::On => perform::perform(model, action),
        Availability::Off(why) => {
            model.warn(why);
            Vec::new()
        }
    }
}

/// Whether an action needs no more rows than those on the screen, or looks for other ones.
fn only_looks(action: Action) -> bool {
    use Action::{
        Back, Bottom, Calls, Filter, Help, Money, NextView, Notice, Palette, PreviousView, Profile, Quit,
        Report, ResetView, Sort, Suspend, View, Widths,
    };
    (moves(action) && action != Bottom)
        || matches!(action, View(_) | NextView | PreviousView | Filter | Sort | Widths | ResetView)
        || matches!(action, Back | Help | Palette | Profile | Quit | Report | Suspend)
        || matches!(action, Calls | Money | Notice)
}

fn moves(action: Action) -> bool {
    use Action::{Bottom, Down, HalfDown, HalfUp, PageDown, PageUp, Redraw, Top, Up};
    matches!(action, Down | Up | Top | Bottom | HalfDown | HalfUp | PageDown | PageUp | Redraw)
}

/// A key without a meaning here does nothing, and says where the meanings are.
fn unbound(model: &mut Model, key: Key) -> Vec<Effect> {
    let help = model.key_of(Action::Help);
    let elsewhere =
        model.session.keymap.action(key, Place::CasePage).filter(|_| model.place() == Place::Desk);
    let text = match elsewhere.and_then(super::action::binding) {
        Some(row) => {
            let open = model.key_of(Action::Open);
            format!("{key} ({}) works on the page of one case; {open} opens it", row.label)
        }
        None => format!("{key} does nothing here; {help} shows the keys"),
    };
    model.say(text);
    Vec::new()
}
