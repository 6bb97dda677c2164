//! Keys that come before the whole list is there. The most urgent cases stand on the screen at once and can be looked at;
//! whatever is about the list as a whole waits until it has been read, and so does every key after it, in order: nothing is
//! done to half a list, and nothing that was typed means something else.

use super::action::{Action, Place};
use super::effect::Effect;
use super::event::Event;
use super::key::Key;
use super::layout::Layout;
use super::model::Model;
use super::starting::counted;
use super::{relist, update};

/// More than anybody types in the seconds that a long list takes.
const MOST: usize = 1_000;

/// Whether a key has to wait, and now does.
pub(super) fn takes_key(model: &mut Model, key: Key) -> bool {
    if model.book.missing() == 0 {
        return false;
    }
    let place = model.place();
    let action = model.session.keymap.action(key, place);
    if !model.waiting.is_empty() && action == Some(Action::Back) {
        let dropped = counted(std::mem::take(&mut model.waiting).len(), "key");
        model.say(format!("{dropped} dropped"));
        return true;
    }
    let waits = !model.waiting.is_empty() || action.is_some_and(|action| !works_now(model, action));
    if waits {
        hold(model, Event::Key(key));
    }
    waits
}

/// Whether a paste has to wait for keys before it, and now does.
pub(super) fn takes_paste(model: &mut Model, text: &str) -> bool {
    let waits = !model.waiting.is_empty();
    if waits {
        hold(model, Event::Paste(text.to_owned()));
    }
    waits
}

fn hold(model: &mut Model, event: Event) {
    if model.waiting.len() < MOST {
        model.waiting.push(event);
    }
    let (here, keys) = (model.book.len(), counted(model.waiting.len(), "key"));
    let all = here + model.book.missing();
    let back = model.key_of(Action::Back);
    model.say(format!("{here} of {all} cases read; {keys} on hold until all are here, {back} drops them"));
}

/// Everything has been read: what has waited is done, each key to all that the ones before it find. Nobody has seen
/// anything in between that a key could be about.
pub(super) fn release(model: &mut Model) -> Vec<Effect> {
    let waiting = std::mem::take(&mut model.waiting);
    if !waiting.is_empty() {
        model.notice = None;
    }
    let mut effects = Vec::new();
    for event in waiting {
        relist::finish(model);
        effects.extend(update::route(model, event));
    }
    effects
}

/// Whether an action looks only at what is here.
fn works_now(model: &Model, action: Action) -> bool {
    let page = Layout::of(model.scene.width, model.scene.height).map_or(1, |layout| layout.table_rows());
    match action {
        // A page of its own scrolls to its end; the table goes on beyond what has been read.
        Action::Down | Action::HalfDown | Action::PageDown => {
            model.place() != Place::Desk
                || model.desk.listing.stop_at(model.desk.cursor.line) + page < model.desk.listing.stops()
        }
        Action::Bottom => model.place() != Place::Desk,
        Action::Up
        | Action::Top
        | Action::HalfUp
        | Action::PageUp
        | Action::Open
        | Action::NextPane
        | Action::CopyId
        | Action::CopyRow
        | Action::Help
        | Action::Redraw
        | Action::Calls
        | Action::Notice
        | Action::Money
        | Action::Suspend
        | Action::Back
        | Action::Quit => true,
        _ => false,
    }
}
