//! Marking by hand: what the merchant portal shows of an action that nobody else can tell the outcome of.

use time::Duration;

use crate::domain::action::State;
use crate::domain::record::{ActionRecord, Kind};

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::forms;
use crate::app::model::Model;
use crate::app::overlay::{Overlay, Prompt, Purpose};
use crate::app::targets;

/// So long after a send "it was not executed" says nothing: the gateway may still be at it (reliability.md section 1.5).
const TOO_EARLY: Duration = Duration::minutes(5);

/// Why nothing can be marked in the journal, when that is so.
pub(in crate::app) fn unmarkable(model: &Model) -> Option<String> {
    let Some(record) = targets::action(model) else {
        return Some("there is no action under the cursor".into());
    };
    (record.state != State::Unknown).then(|| {
        let state = record.state;
        format!("only an action of unknown outcome is marked by hand; this one is {state}")
    })
}

/// Asks what the merchant portal shows of the action under the cursor.
pub(in crate::app) fn open_resolve(model: &mut Model) -> Vec<Effect> {
    if let Some(id) = targets::action(model).map(|record| record.intent.id.clone()) {
        forms::open(model, Purpose::Resolve(id));
    }
    Vec::new()
}

/// The two answers for an action: executed, and not.
pub const fn answers(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Refund => ("paid", "not paid"),
        Kind::Reply | Kind::ReplyBatch => ("received", "not received"),
    }
}

/// Takes the answer, or says what is wrong with it.
pub(in crate::app) fn resolve(model: &mut Model, mut prompt: Prompt) -> Vec<Effect> {
    let Purpose::Resolve(id) = &prompt.purpose else { return Vec::new() };
    let id = id.clone();
    let record = model.book.journal().iter().find(|record| record.intent.id == id);
    match record.ok_or_else(gone).and_then(|record| executed(model, record, prompt.field.value())) {
        Ok(executed) => {
            model.overlay = *prompt.back;
            model.say(WRITING);
            vec![Effect::Resolve { id, executed }]
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

/// Whether the text says that the action was executed.
fn executed(model: &Model, record: &ActionRecord, text: &str) -> Result<bool, String> {
    if record.state != State::Unknown {
        return Err(format!("its outcome is known by now: {}; Esc leaves", record.state));
    }
    let (yes, no) = answers(record.intent.kind);
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    match words.join(" ") {
        said if said == yes => Ok(true),
        said if said != no => Err(format!("type {yes} or {no}, as the merchant portal shows it")),
        _ => match TOO_EARLY - (model.scene.now - record.sent_at.unwrap_or(record.created_at)) {
            left if left.is_positive() => {
                let settle = model.key_of(Action::Settle);
                let seconds = left.whole_seconds();
                Err(format!(
                    "too early to say: it may still be executed for {seconds} s; {settle} asks meanwhile"
                ))
            }
            _ => Ok(false),
        },
    }
}
