//! What was copied, plain on a page of its own: terminals that take no copies say nothing of it, so there has to be a way
//! to select the text by hand. On that page nothing stands beside the text, and the mouse is the terminal's.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::domain::case::Field;
use crate::domain::shown;
use crate::domain::tracked::Tracked;

use super::action::Action;
use super::effect::Effect;
use super::model::Model;
use super::overlay::Overlay;
use super::targets;

/// Columns of a name before its value, the blank behind it included.
const NAME: usize = 20;

/// Copies a text. The same text once more means that the terminal did not take it: it is shown.
pub(super) fn copy(model: &mut Model, text: Option<String>) -> Vec<Effect> {
    match text {
        Some(text) if model.copied.as_ref() == Some(&text) => open(model, text),
        Some(text) => return vec![Effect::Copy(text)],
        None => {}
    }
    Vec::new()
}

/// Shows what was copied last, or else everything that is known of the case.
pub(super) fn show(model: &mut Model) -> Vec<Effect> {
    let text = model.copied.clone().or_else(|| targets::one(model).map(of_case));
    if let Some(text) = text {
        open(model, text);
    }
    Vec::new()
}

/// A text went to the terminal's clipboard. Whether it took it, no terminal says.
pub(super) fn copied(model: &mut Model, text: String) -> Vec<Effect> {
    model.say(format!("copied (sent to your terminal; once more shows it plain): {text}"));
    model.copied = Some(text);
    Vec::new()
}

/// A text could not go to the clipboard.
pub(super) fn not_copied(model: &mut Model, text: String, why: &str) -> Vec<Effect> {
    open(model, text);
    model.say(format!("select it here: not copied, {why}"));
    Vec::new()
}

/// Whether a copy is still the last thing that was done after this action.
pub(super) fn keeps_copy(action: Action) -> bool {
    use Action::{CopyCommand, CopyId, CopyRow, Palette, Plain, Redraw, Suspend};
    matches!(action, CopyCommand | CopyId | CopyRow | Palette | Plain | Redraw | Suspend)
}

fn open(model: &mut Model, text: String) {
    if let Overlay::Plain { text: shown, scroll, .. } = &mut model.overlay {
        (*shown, *scroll) = (text, 0);
        return;
    }
    let back = Box::new(std::mem::take(&mut model.overlay));
    model.overlay = Overlay::Plain { text, scroll: 0, back };
}

/// Every field that has a value under its wire name, one a line, and the operator's words.
fn of_case(tracked: &Tracked) -> String {
    let local = &tracked.local;
    let value = |field: Field| tracked.case.as_ref().map(|case| case.text(field)).unwrap_or_default();
    let fields = Field::ALL.into_iter().filter(|field| *field != Field::CaseId).map(|field| {
        let text = value(field);
        (field.wire(), if field.is_identifier() { shown::id(text) } else { shown::line(text) })
    });
    let tags = local.tags.join(" ");
    let own = [("owner", &local.owner), ("tags", &tags), ("note", &local.note)];
    let own = own.into_iter().map(|(name, text)| (name, lines(text)));
    let id = std::iter::once((Field::CaseId.wire(), shown::id(tracked.id.as_str())));
    let all = id.chain(fields).chain(own).filter(|(_, text)| !text.is_empty());
    let mut out = String::new();
    for (name, text) in all {
        // Writing to a String cannot fail.
        _ = writeln!(out, "{name:<NAME$}{text}");
    }
    out
}

/// What people write, with its own lines below each other.
fn lines(text: &str) -> Cow<'_, str> {
    let lines: Vec<_> = text.lines().map(shown::prose).collect();
    lines.join(&format!("\n{}", " ".repeat(NAME))).into()
}
