//! Notes, tags, owners and reasons while they are typed.
//!
//! Several people write on one list. A text replaces what its writer saw when the prompt opened, and nothing else:
//! when somebody else has written there meanwhile, or the case has left the list, the prompt stays open and says so.

use crate::domain::ids::CaseId;
use crate::domain::local as spelling;
use crate::domain::snooze::{Snooze, day_of};
use crate::domain::tracked::LocalChange;

use super::action::Action;
use super::effect::Effect;
use super::local;
use super::model::Model;
use super::overlay::{Overlay, Prompt, Purpose};
use super::snoozing;
use super::starting::counted;

/// A word on a case, as the operator knows it.
type Word = (CaseId, LocalChange);

/// The words that a prompt is to replace, as the desk has them now; cases that are not on the list are left out.
pub(super) fn words(model: &Model, purpose: &Purpose) -> Vec<Word> {
    let ids = match purpose {
        Purpose::Note(id) => std::slice::from_ref(id),
        Purpose::Tags(ids) | Purpose::Owner(ids) | Purpose::WontContest(ids) | Purpose::Snooze(ids) => ids,
        Purpose::Filter(_) | Purpose::Add | Purpose::Resolve(_) | Purpose::Export | Purpose::Unlock => {
            return Vec::new();
        }
    };
    let Some(any) = change_of(model, purpose, "") else { return Vec::new() };
    let cases = ids.iter().filter_map(|id| model.book.get(id));
    cases.map(|tracked| (tracked.id.clone(), tracked.local.same_of(&any))).collect()
}

/// What a text writes; `None` for prompts that write nothing on cases.
fn change_of(model: &Model, purpose: &Purpose, text: &str) -> Option<LocalChange> {
    match purpose {
        Purpose::Note(_) => Some(LocalChange::Note(text.trim_end().to_owned())),
        Purpose::Tags(_) => Some(LocalChange::Tags(spelling::tags_of(text))),
        Purpose::Owner(_) => {
            Some(LocalChange::Owner(spelling::owner_of(text, &model.session.operator).unwrap_or_default()))
        }
        Purpose::WontContest(_) => Some(LocalChange::WontContest(Some(text.trim().to_owned()))),
        Purpose::Snooze(_) => {
            let until = day_of(text, &model.scene.calendar).ok()?;
            Some(LocalChange::Snooze(until.map(|until| Snooze { until, known: None })))
        }
        Purpose::Filter(_) | Purpose::Add | Purpose::Resolve(_) | Purpose::Export | Purpose::Unlock => None,
    }
}

/// Writes the text of a prompt, or keeps it open and says what stands against that. Having been told, the operator
/// may write over somebody else's words.
pub(super) fn submit(model: &mut Model, mut prompt: Prompt) -> Vec<Effect> {
    let Some(change) = change_of(model, &prompt.purpose, prompt.field.value()) else { return Vec::new() };
    // Of several cases that are put off until different days, an empty text wakes all.
    let wakes = change == LocalChange::Snooze(None)
        && prompt.known.iter().any(|(id, _)| snoozing::is_asleep(model, id));
    if prompt.field.value() == prompt.initial && !wakes {
        model.overlay = *prompt.back;
        if prompt.known.len() > 1 {
            model.say(format!("nothing typed, so the {} stay as they are", change.word()));
        }
        return Vec::new();
    }
    let now = words(model, &prompt.purpose);
    prompt.problem = obstacle(&prompt.known, &now, &change);
    if prompt.problem.is_some() {
        if !now.is_empty() {
            prompt.known = now;
        }
        model.overlay = Overlay::Prompt(prompt);
        return Vec::new();
    }
    model.overlay = *prompt.back;
    let ids: Vec<CaseId> = now.into_iter().map(|(id, _)| id).collect();
    local::change(model, &ids, &change)
}

/// Leaves a note. What was typed is written like any other change, unless that would replace somebody else's words:
/// then it is said first, and leaving once more drops it.
pub(super) fn leave_note(model: &mut Model, mut prompt: Prompt) -> Vec<Effect> {
    if prompt.field.value() == prompt.initial {
        model.overlay = *prompt.back;
        return Vec::new();
    }
    if prompt.problem.is_some() {
        model.overlay = *prompt.back;
        model.warn("what you typed was dropped");
        return Vec::new();
    }
    if prompt.field.value().trim().is_empty() {
        // A note is emptied with Enter, never by the key that means "back".
        model.overlay = *prompt.back;
        model.say("the note stays as it was; an emptied note is saved with Enter");
        return Vec::new();
    }
    let now = words(model, &prompt.purpose);
    let change = LocalChange::Note(prompt.field.value().trim_end().to_owned());
    prompt.problem = obstacle(&prompt.found, &now, &change);
    if prompt.problem.is_some() {
        if !now.is_empty() {
            prompt.known = now;
        }
        model.overlay = Overlay::Prompt(prompt);
        return Vec::new();
    }
    let effects = submit(model, prompt);
    if !effects.is_empty() {
        model.say(format!("kept what you typed; {} takes it back", model.key_of(Action::Undo)));
    }
    effects
}

/// What stands against writing a change over words that were known as they were. What is to be decided comes first:
/// a narrow screen cuts the rest.
fn obstacle(known: &[Word], now: &[Word], change: &LocalChange) -> Option<String> {
    const CHOICE: &str = "changed meanwhile; Enter writes yours over it, Esc drops yours";
    let word = change.word();
    let gone = known.len().saturating_sub(now.len());
    let moved: Vec<&Word> = now
        .iter()
        .filter(|(id, there)| there != change && known.iter().any(|(other, was)| other == id && was != there))
        .collect();
    match (&moved[..], now) {
        (_, []) => {
            Some(format!("not on the list any more, so no {word} can be kept; Esc drops what you typed"))
        }
        ([], _) if gone == 0 => None,
        ([], _) => {
            let gone = counted(gone, "case");
            Some(format!("{gone} left the list; Enter writes it on the other {}", now.len()))
        }
        ([(id, there)], [_]) => {
            let text = there.text();
            let text = if text.is_empty() { "nothing" } else { &text };
            Some(format!("{CHOICE}; the {word} of {id} is now: {text}"))
        }
        (many, _) => Some(format!("{CHOICE}; the {word} of {}", counted(many.len(), "case"))),
    }
}
