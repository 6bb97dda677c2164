//! From a key to an action: forms first, then the table of bindings for the place the operator is in.

use super::action::{Action, Place};
use super::availability;
use super::effect::Effect;
use super::key::Key;
use super::model::{Availability, Model};
use super::{forms, perform, plain, refunding, relist, waiting};

/// Takes a key.
pub(super) fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    // It was the answer to another key, and would be taken for one to what comes now.
    model.notice = None;
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
    use Action::{Back, Calls, Filter, Help, Palette, Quit, Report, Sort, Suspend, View};
    use Action::{Down, HalfDown, HalfUp, PageDown, PageUp, Redraw, Top, Up};
    use Action::{Money, Notice};
    matches!(action, Down | Up | Top | HalfDown | HalfUp | PageDown | PageUp | Redraw)
        || matches!(action, Back | Filter | Help | Palette | Quit | Report | Sort | Suspend | View(_))
        || matches!(action, Calls | Money | Notice)
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
