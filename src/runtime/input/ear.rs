//! What a terminal sends, taken apart: keys, pastes, the mouse, and the answer to the one question that it is asked.
//!
//! docket does this itself because that answer may come late, in pieces, in the middle of typing or never, and must
//! neither become keys nor swallow any: crossterm 0.29 takes `CSI ? 2026 ; 2 $ y` for the beginning of something longer
//! and eats every key up to the next `c` or `u`. Whatever is not understood ends where ECMA-48 says that it ends.

#[cfg(test)]
mod tests;

use crate::app::event::Event;
use crate::app::key::{Code, Key};

use super::keys::{self, Held};

/// So many bytes are kept of a sequence without an end; none that is known has more.
const LONGEST: usize = 64;
/// Ends a bracketed paste.
const PASTE_END: &[u8] = b"\x1b[201~";

/// What was made of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Something for the desk.
    Event(Event),
    /// The terminal knows synchronised output, or says that it does not.
    Synchronises(bool),
    /// A paste begins.
    PasteBegins,
}

/// Hears what the terminal sends.
#[derive(Debug, Default)]
pub(super) struct Ear {
    /// Bytes of which more must come before they mean anything.
    held: Vec<u8>,
    /// What has come of a paste that is going on.
    paste: Option<Vec<u8>>,
}

impl Ear {
    /// Takes bytes as they come, cut anywhere.
    pub(super) fn hear(&mut self, bytes: &[u8], heard: &mut Vec<Heard>) {
        self.held.extend_from_slice(bytes);
        let held = std::mem::take(&mut self.held);
        let mut rest = held.as_slice();
        loop {
            rest = if let Some(paste) = self.paste.take() {
                let (rest, whole) = self.paste_on(paste, rest);
                heard.extend(whole.map(Heard::Event));
                rest
            } else {
                let Some((taken, meant)) = first(rest) else { break };
                if meant == Some(Heard::PasteBegins) {
                    self.paste = Some(Vec::new());
                } else {
                    heard.extend(meant);
                }
                rest.get(taken..).unwrap_or_default()
            };
            if self.paste.is_some() && rest.len() < PASTE_END.len() {
                break;
            }
        }
        // One that never ends takes no more room, and none of it becomes keys.
        self.held = rest.get(..LONGEST).unwrap_or(rest).to_vec();
    }

    /// Goes on with a paste: what is left over, and the paste if this is its end.
    fn paste_on<'b>(&mut self, mut paste: Vec<u8>, rest: &'b [u8]) -> (&'b [u8], Option<Event>) {
        if let Some(end) = rest.windows(PASTE_END.len()).position(|some| some == PASTE_END) {
            paste.extend(rest.iter().take(end));
            let text = String::from_utf8_lossy(&paste).into_owned();
            return (rest.get(end + PASTE_END.len()..).unwrap_or_default(), Some(Event::Paste(text)));
        }
        // Its end may be cut in two.
        let sure = rest.len().saturating_sub(PASTE_END.len() - 1);
        paste.extend(rest.iter().take(sure));
        self.paste = Some(paste);
        (rest.get(sure..).unwrap_or_default(), None)
    }

    /// Whether what came last may be the Esc key, or the beginning of another one.
    pub(super) fn hesitates(&self) -> bool {
        self.paste.is_none() && matches!(self.held.as_slice(), [0x1b] | [0x1b, 0x1b])
    }

    /// Nothing has come for a moment: it is the Esc key.
    pub(super) fn settle(&mut self, heard: &mut Vec<Heard>) {
        if self.hesitates() {
            heard.extend(self.held.drain(..).map(|_| key(Code::Esc)));
        }
    }
}

fn key(code: Code) -> Heard {
    Heard::Event(Event::Key(Key { code, ctrl: false }))
}

/// How many bytes the first thing takes, and what it means, if anything; `None` while more of it must come.
fn first(bytes: &[u8]) -> Option<(usize, Option<Heard>)> {
    match bytes {
        [] | [0x1b] | [0x1b, 0x1b | b'O'] => None,
        [0x1b, b'[', rest @ ..] => sequence(rest).map(|(taken, meant)| (taken + 2, meant)),
        [0x1b, b'O', letter @ b' '..=b'~', ..] => {
            Some((3, keys::arrow(*letter, Held::default()).map(|key| Heard::Event(Event::Key(key)))))
        }
        // With Alt, as older terminals send it.
        [0x1b, 0x1b, b'[' | b'O', ..] => first(bytes.get(1..)?).map(|(taken, _)| (taken + 1, None)),
        [0x1b, 0x1b, ..] => Some((1, Some(key(Code::Esc)))),
        // With Alt.
        [0x1b, rest @ ..] => first(rest).map(|(taken, _)| (taken + 1, None)),
        [byte @ (0..0x20 | 0x7f), ..] => Some((1, Some(Heard::Event(Event::Key(keys::control(*byte)))))),
        _ => character(bytes),
    }
}

fn character(bytes: &[u8]) -> Option<(usize, Option<Heard>)> {
    let some = bytes.get(..4).unwrap_or(bytes);
    let whole = match std::str::from_utf8(some) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() > 0 => {
            std::str::from_utf8(some.get(..error.valid_up_to())?).unwrap_or_default()
        }
        Err(error) => return error.error_len().map(|wrong| (wrong, None)),
    };
    let c = whole.chars().next()?;
    Some((c.len_utf8(), keys::with(c.into(), Held::default()).map(|key| Heard::Event(Event::Key(key)))))
}

/// The same for what follows `ESC [`.
fn sequence(rest: &[u8]) -> Option<(usize, Option<Heard>)> {
    let end = rest.iter().position(|byte| !(0x20..0x40).contains(byte))?;
    let (parameters, last) = (rest.get(..end)?, *rest.get(end)?);
    match (last, parameters) {
        // The Linux console's F1 to F5.
        (b'[', []) => rest.get(1).map(|_| (2, None)),
        (b'M', []) => {
            let [button, x, y] = *rest.get(1..4)?.first_chunk()?;
            let place = |byte: u8| u16::from(byte.saturating_sub(0x20));
            let event = keys::mouse(button.wrapping_sub(0x20).into(), place(x), place(y));
            Some((4, event.map(Heard::Event)))
        }
        (0x40..0x7f, _) => Some((end + 1, meaning(parameters, last))),
        // Cut off by something else, which is looked at next.
        _ => Some((end, None)),
    }
}

/// What a finished sequence means.
fn meaning(parameters: &[u8], last: u8) -> Option<Heard> {
    if let Some(answer) = parameters.strip_prefix(b"?2026;") {
        let known = matches!(answer, b"1$" | b"2$");
        return (last == b'y').then_some(Heard::Synchronises(known));
    }
    if let Some(mouse) = parameters.strip_prefix(b"<") {
        let [button, x, y] = *numbers(mouse).first_chunk()?;
        let event =
            (last == b'M').then(|| keys::mouse(button, u16::try_from(x).ok()?, u16::try_from(y).ok()?));
        return event.flatten().map(Heard::Event);
    }
    if !parameters.iter().all(|byte| matches!(byte, b'0'..=b'9' | b';' | b':')) {
        return None;
    }
    let numbers = numbers(parameters);
    let number = |place: usize| numbers.get(place).copied().unwrap_or_default();
    let held = Held::from_parameter(parameters.split(|byte| *byte == b';').nth(1).unwrap_or_default());
    let key = match (last, number(0)) {
        (b'~', 200) => return Some(Heard::PasteBegins),
        // As xterm and tmux send keys with modifiers that have no other way.
        (b'~', 27) => keys::with(number(2), held),
        (b'~', number) => keys::numbered(number, held),
        (b'u', code) => keys::with(code, held),
        (letter, _) => keys::arrow(letter, held),
    };
    key.map(|key| Heard::Event(Event::Key(key)))
}

/// Numbers between semicolons; what stands behind a colon is left out, and what is missing or too large is 0.
fn numbers(parameters: &[u8]) -> Vec<u32> {
    let number = |some: &[u8]| {
        let digits = some.split(|byte| *byte == b':').next().unwrap_or_default();
        std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()).unwrap_or_default()
    };
    parameters.split(|byte| *byte == b';').map(number).collect()
}
