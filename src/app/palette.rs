//! The palette's keys: a name does an action, and words behind it answer what the action would ask or let choose.

use super::action::{self, Action};
use super::choosing;
use super::completion::Completion;
use super::effect::Effect;
use super::field::TextField;
use super::key::{Code, Key};
use super::model::{Availability, Model};
use super::overlay::{Overlay, Palette};
use super::{availability, forms, keys, relist};

/// Takes a key while the palette is open.
pub(super) fn press(model: &mut Model, mut palette: Palette, key: Key) -> Vec<Effect> {
    let rows = palette.fitting().map_or_else(|| palette.rows().len(), |fitting| fitting.len());
    match (key.ctrl, key.code) {
        (false, Code::Esc) | (true, Code::Char('c')) => {
            model.overlay = *palette.back;
            return Vec::new();
        }
        (false, Code::Enter) => return enter(model, palette),
        (false, Code::Tab) => complete(model, &mut palette, true),
        (false, Code::BackTab) if palette.completion.is_some() => complete(model, &mut palette, false),
        (false, Code::Down) | (true, Code::Char('n')) => {
            palette.chosen = (palette.chosen + 1).min(rows.saturating_sub(1));
        }
        (false, Code::Up | Code::BackTab) | (true, Code::Char('p')) => {
            palette.chosen = palette.chosen.saturating_sub(1);
        }
        _ => {
            palette.completion = None;
            if palette.field.press(key) {
                renew(model, &mut palette);
            }
        }
    }
    model.overlay = Overlay::Palette(palette);
    Vec::new()
}

/// A paste goes into the text.
pub(super) fn paste(model: &mut Model, mut palette: Palette, text: &str) {
    palette.field.paste(text, false);
    palette.completion = None;
    renew(model, &mut palette);
    model.overlay = Overlay::Palette(palette);
}

/// The text is another one: what it lets choose is looked up once, when the action is named.
fn renew(model: &mut Model, palette: &mut Palette) {
    palette.chosen = 0;
    let named = palette.named().map(|(row, _)| row.action);
    let wanted = named.filter(|action| availability::of(*action, model) == Availability::On);
    if palette.offers.as_ref().map(|(action, _)| *action) != wanted {
        relist::finish(model);
        palette.offers = wanted.and_then(|action| Some((action, choosing::offers(model, action)?)));
    }
}

/// Does what stands at the cursor; where nothing does, the text stays to be corrected.
fn enter(model: &mut Model, palette: Palette) -> Vec<Effect> {
    if palette.problem().is_some() {
        model.overlay = Overlay::Palette(palette);
        return Vec::new();
    }
    let words = palette.named().map(|(_, words)| words.to_owned()).unwrap_or_default();
    let action = palette.rows().get(palette.chosen).copied();
    let offered = palette.fitting().map(|fitting| fitting.get(palette.chosen).copied().cloned());
    match (offered, palette.named(), action) {
        (Some(Some(offer)), Some((row, _)), _) => {
            model.overlay = Overlay::None;
            choosing::pick(model, row.action, &offer)
        }
        (None, _, Some(action)) => {
            model.overlay = *palette.back;
            let effects = keys::act(model, action);
            if words.is_empty() { effects } else { forms::answer(model, &words, effects) }
        }
        _ => {
            model.overlay = Overlay::Palette(palette);
            Vec::new()
        }
    }
}

/// Writes out what stands at the cursor. A blank follows only where words can.
fn complete(model: &mut Model, palette: &mut Palette, forward: bool) {
    if palette.named().is_some_and(|(row, _)| row.action == Action::Filter) {
        return complete_filter(model, palette, forward);
    }
    let text = match (palette.fitting(), palette.named()) {
        (Some(fitting), Some((row, _))) => {
            fitting.get(palette.chosen).map(|offer| format!("{} {}", row.name, offer.word()))
        }
        (_, Some((row, words))) => Some(format!("{} {words}", row.name)),
        (_, None) => {
            let row = palette.rows().get(palette.chosen).and_then(|&action| action::binding(action));
            row.map(|row| match action::words_of(row.action) {
                Some(_) => format!("{} ", row.name),
                None => row.name.to_owned(),
            })
        }
    };
    if let Some(text) = text {
        palette.field = TextField::new(text);
        renew(model, palette);
    }
}

/// Completes the last word of a filter, as its prompt does.
fn complete_filter(model: &Model, palette: &mut Palette, forward: bool) {
    let Some((row, words)) = palette.named() else { return };
    let name = row.name;
    let begun = if palette.field.value().ends_with(' ') && !words.is_empty() { " " } else { "" };
    let words = format!("{words}{begun}");
    if let Some((text, completion)) = Completion::next(palette.completion.take(), model, &words, forward) {
        palette.field = TextField::new(format!("{name} {text}"));
        palette.completion = completion;
    }
}
