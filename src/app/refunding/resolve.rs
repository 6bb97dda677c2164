//! Marking by hand: what the merchant portal shows of an action that nobody else can tell the outcome of.

use crate::domain::marking::{Found, Unmarkable, may_mark};
use crate::domain::record::{ActionRecord, Kind};

use crate::app::effect::Effect;
use crate::app::forms;
use crate::app::model::Model;
use crate::app::overlay::{Overlay, Prompt, Purpose};
use crate::app::targets;

/// Why nothing can be marked in the journal, when that is so.
pub(in crate::app) fn unmarkable(model: &Model) -> Option<String> {
    let Some(record) = targets::action(model) else {
        return Some("there is no action under the cursor".into());
    };
    // That it is too early is said of the answer, not of the question.
    let may =
        |found| matches!(may_mark(record, found, model.scene.now), Ok(()) | Err(Unmarkable::TooEarly(..)));
    let any = Found::of_kind(record.intent.kind).iter().any(|(_, found)| may(*found));
    (!any).then(|| match may_mark(record, Found::Executed, model.scene.now) {
        Err(Unmarkable::Mismatch(_)) => ANOTHER.to_owned(),
        _ => {
            let state = record.state;
            format!("only an action of unknown or open outcome is marked by hand; this one is {state}")
        }
    })
}

const ANOTHER: &str = "PayerMax has another refund under its number: ask PayerMax whose it is";

/// Asks what the merchant portal shows of the action under the cursor.
pub(in crate::app) fn open_resolve(model: &mut Model) -> Vec<Effect> {
    if let Some(id) = targets::action(model).map(|record| record.intent.id.clone()) {
        forms::open(model, Purpose::Resolve(id));
    }
    Vec::new()
}

/// The answers for an action, as they are typed: `paid, not paid or failed`.
pub fn answers(kind: Kind) -> String {
    let words: Vec<&str> = Found::of_kind(kind).iter().map(|(word, _)| *word).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// Takes the answer, or says what is wrong with it.
pub(in crate::app) fn resolve(model: &mut Model, mut prompt: Prompt) -> Vec<Effect> {
    let Purpose::Resolve(id) = &prompt.purpose else { return Vec::new() };
    let id = id.clone();
    let record = model.book.journal().iter().find(|record| record.intent.id == id);
    match record.ok_or_else(gone).and_then(|record| found(model, record, prompt.field.value())) {
        Ok(found) => {
            model.overlay = *prompt.back;
            model.say(WRITING);
            vec![Effect::Resolve { id, found }]
        }
        Err(problem) => {
            prompt.problem = Some(problem);
            model.overlay = Overlay::Prompt(prompt);
            Vec::new()
        }
    }
}

/// What the notice says until it is written down.
pub(in crate::app) const WRITING: &str = "writing it down";

fn gone() -> String {
    "this action is not in the journal any more".to_owned()
}

/// What the text says of the action, if that may be written down.
fn found(model: &Model, record: &ActionRecord, text: &str) -> Result<Found, String> {
    let kind = record.intent.kind;
    let said = Found::from_word(kind, text);
    match may_mark(record, said.unwrap_or(Found::Executed), model.scene.now) {
        Err(Unmarkable::Known(_, state)) => Err(format!("its outcome is known by now: {state}; Esc leaves")),
        Err(Unmarkable::Mismatch(_)) if said.is_some() => Err(ANOTHER.to_owned()),
        Err(Unmarkable::Accepted(_)) => {
            Err("PayerMax took it, so it has not gone missing; it may have failed".to_owned())
        }
        Err(Unmarkable::TooEarly(_, wait)) => {
            Err(format!("too early, it may go through yet: wait {} s", wait.whole_seconds()))
        }
        Ok(()) | Err(Unmarkable::Mismatch(_)) => {
            said.ok_or_else(|| format!("type {}, as the merchant portal shows it", answers(kind)))
        }
    }
}
