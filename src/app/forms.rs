//! Prompts: keys that belong to a text being typed. Enter never sends anything to the gateway.

use crate::domain::filter::Filter;
use crate::domain::ids::{self, CaseId};
use crate::domain::local as words;
use crate::domain::snooze::day_of;
use crate::domain::tracked::WONT_CONTEST_TAG;

use super::action::{Action, Place};
use super::choosing;
use super::completion::{self, Completion};
use super::effect::Effect;
use super::field::TextField;
use super::key::{Code, Key};
use super::model::Model;
use super::overlay::{Overlay, Prompt, Purpose};
use super::starting::counted;
use super::undo::Undo;
use super::{movement, palette, refunding, relist, replying, snoozing, starting, waiting, wording};

/// Opens a prompt over what is on the screen.
pub(super) fn open(model: &mut Model, purpose: Purpose) {
    let found = wording::words(model, &purpose);
    let initial = match (&purpose, &found[..]) {
        (Purpose::Filter(text), _) => text.clone(),
        (Purpose::Add, _) => std::mem::take(&mut model.desk.unadded),
        // The reason of a decision not yet made; words that several cases have differ.
        (Purpose::WontContest(_), _) => String::new(),
        // A case that is awake again is put off anew.
        (Purpose::Snooze(_), [(id, _)]) if !snoozing::is_asleep(model, id) => String::new(),
        (_, [(_, word)]) => word.text(),
        _ => String::new(),
    };
    let typed = model.desk.unfinished.take_if(|(of, _)| *of == purpose).map(|(_, text)| text);
    let back = Box::new(std::mem::take(&mut model.overlay));
    let field = TextField::new(typed.unwrap_or_else(|| initial.clone()));
    let known = found.clone();
    model.overlay = Overlay::Prompt(Prompt {
        purpose,
        field,
        initial,
        found,
        known,
        problem: None,
        completion: None,
        back,
    });
}

/// Takes a key while a prompt or the palette is open.
pub(super) fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    match std::mem::take(&mut model.overlay) {
        Overlay::Prompt(prompt) => press_prompt(model, prompt, key),
        Overlay::Palette(open) => palette::press(model, open, key),
        Overlay::Chooser(chooser) => {
            let again = model.session.keymap.action(key, Place::Desk) == Some(chooser.choice.action());
            choosing::press(model, chooser, key, again)
        }
        Overlay::Reply(form) => replying::press(model, form, key),
        Overlay::Refund(form) => refunding::press(model, form, key),
        other => {
            model.overlay = other;
            Vec::new()
        }
    }
}

fn press_prompt(model: &mut Model, mut prompt: Prompt, key: Key) -> Vec<Effect> {
    match (key.ctrl, key.code) {
        (false, Code::Esc) | (true, Code::Char('c')) => return leave(model, prompt),
        (false, Code::Enter) => return submit(model, prompt),
        (true, Code::Char('e')) if matches!(prompt.purpose, Purpose::Note(_)) => {
            let text = prompt.field.value().to_owned();
            model.overlay = Overlay::Prompt(prompt);
            return vec![Effect::Edit(text)];
        }
        (false, Code::Down | Code::Up) if matches!(prompt.purpose, Purpose::Filter(_)) => {
            movement::go(model, if key.code == Code::Down { Action::Down } else { Action::Up });
        }
        (false, Code::Tab | Code::BackTab) if matches!(prompt.purpose, Purpose::Filter(_)) => {
            complete(model, &mut prompt, key.code == Code::Tab);
            return typed(model, prompt);
        }
        _ => _ = prompt.field.press(key),
    }
    prompt.completion = None;
    typed(model, prompt)
}

/// Completes the last word of a filter, or goes on to the next thing that it could become.
fn complete(model: &Model, prompt: &mut Prompt, forward: bool) {
    let begun = prompt.completion.take();
    if let Some((text, completion)) = Completion::next(begun, model, prompt.field.value(), forward) {
        prompt.field = TextField::new(text);
        prompt.completion = completion;
    }
}

/// The text of a prompt has changed: the filter works while it is typed.
fn typed(model: &mut Model, mut prompt: Prompt) -> Vec<Effect> {
    prompt.problem = None;
    if matches!(prompt.purpose, Purpose::Filter(_)) {
        let (filter, error) = Filter::parse_while_typed(prompt.field.value());
        apply_filter(model, filter, prompt.field.value());
        // A name whose value is still to be typed is no mistake yet.
        let begun = completion::begun(prompt.field.value()).is_some();
        prompt.problem = error.filter(|_| !begun).map(|error| error.to_string());
    }
    model.overlay = Overlay::Prompt(prompt);
    Vec::new()
}

fn apply_filter(model: &mut Model, filter: Filter, text: &str) {
    text.trim().clone_into(&mut model.desk.filter_text);
    if model.desk.filter != filter {
        model.desk.filter = filter;
        relist::relist(model);
    }
}

/// Leaves a prompt without taking its text. What was typed into a note is not lost: it is stored like a local change,
/// and `z` takes it away again. Nor is anything else: the next prompt for the same begins with it.
fn leave(model: &mut Model, prompt: Prompt) -> Vec<Effect> {
    match prompt.purpose {
        Purpose::Note(_) => return wording::leave_note(model, prompt),
        Purpose::Filter(before) => {
            model.overlay = *prompt.back;
            apply_filter(model, Filter::parse(&before).unwrap_or_default(), &before);
        }
        Purpose::Add => {
            model.overlay = *prompt.back;
            if !prompt.field.value().trim().is_empty() {
                prompt.field.value().clone_into(&mut model.desk.unadded);
                model
                    .say(format!("nothing added; {} goes on with what you typed", model.key_of(Action::Add)));
            }
        }
        Purpose::Tags(_)
        | Purpose::Owner(_)
        | Purpose::WontContest(_)
        | Purpose::Snooze(_)
        | Purpose::Resolve(_)
        | Purpose::Export
        | Purpose::Unlock => put_aside(model, prompt),
    }
    Vec::new()
}

/// Leaves a prompt whose text goes on in the next one for the same, but for what must be typed in one go.
fn put_aside(model: &mut Model, prompt: Prompt) {
    let text = prompt.field.value();
    let in_one_go = matches!(prompt.purpose, Purpose::Resolve(_) | Purpose::Unlock);
    model.overlay = *prompt.back;
    if !in_one_go && text.trim() != prompt.initial.trim() {
        model.desk.unfinished = Some((prompt.purpose, text.to_owned()));
        model.say("nothing changed; the same prompt goes on with what you typed");
    }
}

/// The end comes from outside: a note being written is kept as if it had been left, and a confirmed refund that waits is
/// stopped.
pub(super) fn interrupted(model: &mut Model) -> Vec<Effect> {
    choosing::leave_table(model);
    let mut effects = match std::mem::take(&mut model.overlay) {
        Overlay::Prompt(prompt) if matches!(prompt.purpose, Purpose::Note(_)) => {
            wording::leave_note(model, prompt)
        }
        Overlay::Refund(form) => {
            refunding::interrupted(model, form);
            Vec::new()
        }
        _ => Vec::new(),
    };
    effects.push(Effect::Quit);
    effects
}

/// Somebody comes back to a desk that was stopped: a confirmed refund that waited is not sent into their face.
pub(super) fn resumed(model: &mut Model) -> Vec<Effect> {
    match std::mem::take(&mut model.overlay) {
        Overlay::Refund(form) => refunding::interrupted(model, form),
        other => model.overlay = other,
    }
    vec![Effect::Redraw]
}

/// Takes the text of a prompt, or says what is wrong with it.
fn submit(model: &mut Model, prompt: Prompt) -> Vec<Effect> {
    let text = prompt.field.value().to_owned();
    let problem = match &prompt.purpose {
        Purpose::Filter(_) => Filter::parse(&text).err().map(|error| error.to_string()),
        Purpose::Add => problem_with_ids(&text),
        Purpose::Export if text.trim().is_empty() => Some("name a new file, such as today.csv".into()),
        Purpose::WontContest(_) if text.trim().is_empty() => {
            Some("a reason is needed; Esc leaves the case as it is".into())
        }
        Purpose::Snooze(_) => day_of(&text, &model.scene.calendar).err(),
        Purpose::Tags(_) if words::names_decision(&text) => Some(format!(
            "{WONT_CONTEST_TAG} has a reason; {} asks for it",
            model.key_of(Action::WontContest)
        )),
        Purpose::Owner(_) if words::owner_of(&text, &model.session.operator).is_none() => {
            Some("the system does not say who you are; type a name".into())
        }
        _ => None,
    };
    if problem.is_some() {
        model.overlay = Overlay::Prompt(Prompt { problem, ..prompt });
        return Vec::new();
    }
    match prompt.purpose {
        Purpose::Filter(_) => {
            model.overlay = *prompt.back;
            Vec::new()
        }
        Purpose::Add => {
            model.overlay = *prompt.back;
            add(model, &text)
        }
        Purpose::Resolve(_) => refunding::resolve(model, prompt),
        Purpose::Unlock => refunding::unlock(model, prompt),
        Purpose::Export => {
            model.overlay = *prompt.back;
            vec![Effect::Export(text.trim().to_owned())]
        }
        Purpose::Note(_)
        | Purpose::Tags(_)
        | Purpose::Owner(_)
        | Purpose::WontContest(_)
        | Purpose::Snooze(_) => wording::submit(model, prompt),
    }
}

/// A text with no usable id at all is not taken; a text with some good ones is, and the bad ones are named.
fn problem_with_ids(text: &str) -> Option<String> {
    let pasted = ids::parse_pasted(text);
    match (pasted.ids.is_empty(), pasted.bad.first()) {
        (true, Some(bad)) => Some(format!("line {}: {}", bad.line, bad.why)),
        (true, None) => Some("type or paste case ids, one a line or with commas between".into()),
        _ => None,
    }
}

/// Puts the good ids on the list and fetches the new ones at once.
fn add(model: &mut Model, text: &str) -> Vec<Effect> {
    let pasted = ids::parse_pasted(text);
    let (known, new): (Vec<CaseId>, Vec<CaseId>) =
        pasted.ids.into_iter().partition(|id| model.book.get(id).is_some());
    let mut parts = vec![format!("{} new", new.len()), format!("{} known", known.len())];
    if let Some(first) = pasted.bad.first() {
        let lines: Vec<_> = pasted.bad.iter().map(|bad| bad.line.to_string()).collect();
        let add = model.key_of(Action::Add);
        let (count, lines, why) = (pasted.bad.len(), lines.join(", "), &first.why);
        parts.push(format!("{count} bad (line {lines}: {why}); {add} has them for you to correct"));
        model.desk.unadded = lines_of(text, &pasted.bad);
    }
    let mut effects = Vec::new();
    if !new.is_empty() {
        model.book.expect(&new);
        model.undo.push(Undo::Tracked(new.clone()));
        effects.push(Effect::Track(new.clone()));
        effects.extend(starting::refresh(model, new));
    }
    if pasted.bad.is_empty() {
        model.say(parts.join(", "));
    } else {
        model.warn(parts.join(", "));
    }
    effects
}

/// The lines of a text that could not be read as ids.
fn lines_of(text: &str, bad: &[ids::BadLine]) -> String {
    let lines = text.lines().enumerate().filter(|(index, _)| bad.iter().any(|one| one.line == index + 1));
    lines.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

/// Answers the prompt that an action has just opened; one that is off has opened none.
pub(super) fn answer(model: &mut Model, text: &str, mut effects: Vec<Effect>) -> Vec<Effect> {
    match std::mem::take(&mut model.overlay) {
        Overlay::Prompt(mut prompt) => {
            prompt.field = TextField::new(text);
            effects.extend(typed(model, prompt));
            if let Overlay::Prompt(prompt) = std::mem::take(&mut model.overlay) {
                effects.extend(submit(model, prompt));
            }
        }
        other => model.overlay = other,
    }
    effects
}

/// A paste goes into the open field, as text. On the desk it does nothing: no key is ever triggered by it.
pub(super) fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    if waiting::takes_paste(model, text) {
        return Vec::new();
    }
    match std::mem::take(&mut model.overlay) {
        Overlay::Prompt(prompt) if prompt.purpose == Purpose::Unlock => {
            model.overlay = Overlay::Prompt(prompt);
            model.warn("a paste unlocks nothing: type it");
            Vec::new()
        }
        Overlay::Prompt(mut prompt) => {
            let lines = prompt.purpose.takes_lines();
            let fits = prompt.field.paste(text, lines);
            let effects = typed(model, prompt);
            if !fits {
                model.warn("the paste was too long and has been cut");
            }
            effects
        }
        Overlay::Reply(form) => replying::paste(model, form, text),
        Overlay::Refund(form) => refunding::paste(model, form, text),
        Overlay::Palette(open) => {
            palette::paste(model, open, text);
            Vec::new()
        }
        other => {
            model.overlay = other;
            let count = counted(text.chars().count(), "character");
            model.say(format!("paste ignored ({count}); {} adds cases", model.key_of(Action::Add)));
            Vec::new()
        }
    }
}

/// The editor is done with the text of a prompt.
pub(super) fn edited(model: &mut Model, result: Result<String, String>) -> Vec<Effect> {
    let mut effects = vec![Effect::Redraw];
    match (result, std::mem::take(&mut model.overlay)) {
        (Ok(text), Overlay::Prompt(mut prompt)) => {
            prompt.field = TextField::new(text.trim_end());
            prompt.problem = None;
            model.overlay = Overlay::Prompt(prompt);
        }
        (Ok(text), Overlay::Reply(form)) => effects.extend(replying::edited(model, form, &text)),
        (Ok(text), Overlay::Refund(form)) => effects.extend(refunding::edited(model, form, &text)),
        (Ok(_), other) => {
            model.overlay = other;
            model.fail("the editor's text was not taken: the prompt it was for is closed");
        }
        (Err(why), other) => {
            model.overlay = other;
            model.fail(format!("the editor's text was not taken: {why}"));
        }
    }
    effects
}
