//! Prompts and the palette: keys that belong to a text being typed. Enter never sends anything to the gateway.

use crate::domain::filter::Filter;
use crate::domain::ids::{self, CaseId};
use crate::domain::local as words;
use crate::domain::tracked::{Local, WONT_CONTEST_TAG};

use super::action::Action;
use super::effect::Effect;
use super::field::TextField;
use super::key::{Code, Key};
use super::model::Model;
use super::overlay::{Overlay, Palette, Prompt, Purpose};
use super::starting::counted;
use super::undo::Undo;
use super::{keys, local, movement, relist, starting};

/// Opens a prompt over what is on the screen.
pub(super) fn open(model: &mut Model, purpose: Purpose) {
    let of_one = match &purpose {
        Purpose::Tags(ids) | Purpose::Owner(ids) if ids.len() == 1 => ids.first(),
        Purpose::Note(id) => Some(id),
        _ => None,
    };
    let local = of_one.and_then(|id| model.book.get(id)).map(|tracked| tracked.local.clone());
    let field = TextField::new(purpose.initial(&local.unwrap_or_default()));
    let back = Box::new(std::mem::take(&mut model.overlay));
    model.overlay = Overlay::Prompt(Prompt { purpose, field, problem: None, back });
}

/// Takes a key while a prompt or the palette is open.
pub(super) fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    match std::mem::take(&mut model.overlay) {
        Overlay::Prompt(prompt) => press_prompt(model, prompt, key),
        Overlay::Palette(palette) => press_palette(model, palette, key),
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
        _ => _ = prompt.field.press(key),
    }
    typed(model, prompt)
}

/// The text of a prompt has changed: the filter works while it is typed.
fn typed(model: &mut Model, mut prompt: Prompt) -> Vec<Effect> {
    prompt.problem = None;
    if matches!(prompt.purpose, Purpose::Filter(_)) {
        let (filter, error) = Filter::parse_while_typed(prompt.field.value());
        apply_filter(model, filter, prompt.field.value());
        prompt.problem = error.map(|error| error.to_string());
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

/// Leaves a prompt without taking its text. What was typed into a note or a list of ids is not lost: it is
/// stored like a local change, and `z` takes it away again.
fn leave(model: &mut Model, prompt: Prompt) -> Vec<Effect> {
    model.overlay = *prompt.back;
    match prompt.purpose {
        Purpose::Filter(before) => {
            apply_filter(model, Filter::parse(&before).unwrap_or_default(), &before);
            Vec::new()
        }
        Purpose::Note(id) => {
            let effects = save_note(model, &id, prompt.field.value());
            if !effects.is_empty() {
                model.say(format!("kept what you typed; {} takes it back", model.key_of(Action::Undo)));
            }
            effects
        }
        Purpose::Add | Purpose::Tags(_) | Purpose::Owner(_) | Purpose::WontContest(_) => Vec::new(),
    }
}

/// Takes the text of a prompt, or says what is wrong with it.
fn submit(model: &mut Model, prompt: Prompt) -> Vec<Effect> {
    let text = prompt.field.value().to_owned();
    let problem = match &prompt.purpose {
        Purpose::Filter(_) => Filter::parse(&text).err().map(|error| error.to_string()),
        Purpose::Add => problem_with_ids(&text),
        Purpose::WontContest(_) if text.trim().is_empty() => {
            Some("a reason is needed; Esc leaves the case as it is".into())
        }
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
    model.overlay = *prompt.back;
    match prompt.purpose {
        Purpose::Filter(_) => Vec::new(),
        Purpose::Add => add(model, &text),
        Purpose::Note(id) => save_note(model, &id, &text),
        Purpose::Tags(ids) => local::change(model, "tags", &ids, |local| local.tags = words::tags_of(&text)),
        Purpose::Owner(ids) => {
            let owner = words::owner_of(&text, &model.session.operator).unwrap_or_default();
            local::change(model, "owner", &ids, |local| local.owner.clone_from(&owner))
        }
        Purpose::WontContest(ids) => local::change(model, "decision", &ids, |local| {
            local.wont_contest = Some(text.trim().to_owned());
        }),
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
    if !pasted.bad.is_empty() {
        let lines: Vec<_> = pasted.bad.iter().map(|bad| bad.line.to_string()).collect();
        parts.push(format!("{} bad (line {})", pasted.bad.len(), lines.join(", ")));
    }
    let mut effects = Vec::new();
    if !new.is_empty() {
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

fn save_note(model: &mut Model, id: &CaseId, text: &str) -> Vec<Effect> {
    let note = text.trim_end().to_owned();
    local::change(model, "note", std::slice::from_ref(id), |local: &mut Local| local.note.clone_from(&note))
}

fn press_palette(model: &mut Model, mut palette: Palette, key: Key) -> Vec<Effect> {
    let rows = palette.rows();
    match (key.ctrl, key.code) {
        (false, Code::Esc) | (true, Code::Char('c')) => {
            model.overlay = *palette.back;
            return Vec::new();
        }
        (false, Code::Enter) => {
            model.overlay = *palette.back;
            return rows.get(palette.chosen).map_or_else(Vec::new, |&action| keys::act(model, action));
        }
        (false, Code::Down | Code::Tab) | (true, Code::Char('n')) => {
            palette.chosen = (palette.chosen + 1).min(rows.len().saturating_sub(1));
        }
        (false, Code::Up | Code::BackTab) | (true, Code::Char('p')) => {
            palette.chosen = palette.chosen.saturating_sub(1);
        }
        _ if palette.field.press(key) => palette.chosen = 0,
        _ => {}
    }
    model.overlay = Overlay::Palette(palette);
    Vec::new()
}

/// A paste goes into the open field, as text. On the desk it does nothing: no key is ever triggered by it.
pub(super) fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    match std::mem::take(&mut model.overlay) {
        Overlay::Prompt(mut prompt) => {
            let lines = prompt.purpose.takes_lines();
            let fits = prompt.field.paste(text, lines);
            let effects = typed(model, prompt);
            if !fits {
                model.warn("the paste was too long and has been cut");
            }
            effects
        }
        Overlay::Palette(mut palette) => {
            palette.field.paste(text, false);
            palette.chosen = 0;
            model.overlay = Overlay::Palette(palette);
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
    match result {
        Ok(text) => {
            if let Overlay::Prompt(prompt) = &mut model.overlay {
                prompt.field = TextField::new(text.trim_end());
            }
        }
        Err(why) => model.fail(format!("the editor's text was not taken: {why}")),
    }
    vec![Effect::Redraw]
}
