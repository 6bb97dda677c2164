//! What a terminal sends, taken apart: keys, pastes, the mouse, and the answer to the one question that it is asked.
//!
//! docket does this itself because that answer may come late, in pieces, in the middle of typing or never, and must
//! neither become keys nor swallow any: crossterm 0.29 takes `CSI ? 2026 ; 2 $ y` for the beginning of something longer
//! and eats every key up to the next `c` or `u`. Whatever is not understood ends where ECMA-48 says that it ends, strings
//! (OSC, DCS and their like) included; what never ends takes no room, and keys only until the line falls silent.

#[cfg(test)]
mod tests;

use rustix::event::Timespec;

use crate::app::event::Event;
use crate::app::key::{Code, Key};

use super::keys::{self, Held};

/// So many bytes are kept of a sequence without an end; none that is known has more.
const LONGEST: usize = 64;
/// Ends a bracketed paste.
const PASTE_END: &[u8] = b"\x1b[201~";
/// So many bytes are taken of a paste; no field takes as many, and what comes beyond is dropped.
const LONGEST_PASTE: usize = 8 << 20;
/// How long an Esc stands alone before it is the key and not the beginning of something that the line has cut in two.
const ALONE: Timespec = Timespec { tv_sec: 0, tv_nsec: 25_000_000 };
/// How long nothing comes of a string before it has no end: it was no string, but Alt with a key and then others.
const SILENT: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// What was made of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Something for the desk.
    Event(Event),
    /// The terminal knows synchronised output, or says that it does not.
    Synchronises(bool),
    /// What comes next is part of this.
    Next(Inside),
}

/// What the bytes that come next are part of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Inside {
    /// Nothing in particular: each thing is one by itself.
    #[default]
    Nothing,
    /// A paste; what has come of it.
    Paste(Vec<u8>),
    /// A string that nobody asked for, of which nothing is kept.
    String {
        /// Whether BEL ends it, too.
        bell: bool,
    },
}

/// Hears what the terminal sends.
#[derive(Debug, Default)]
pub(super) struct Ear {
    /// Bytes of which more must come before they mean anything.
    held: Vec<u8>,
    inside: Inside,
}

impl Ear {
    /// Takes bytes as they come, cut anywhere.
    pub(super) fn hear(&mut self, bytes: &[u8], heard: &mut Vec<Heard>) {
        self.held.extend_from_slice(bytes);
        let held = std::mem::take(&mut self.held);
        let mut rest = held.as_slice();
        loop {
            let step = match &mut self.inside {
                Inside::Nothing => first(rest),
                Inside::Paste(paste) => paste_on(paste, rest),
                Inside::String { bell } => string_on(*bell, rest),
            };
            let Some((taken, meant)) = step else { break };
            rest = rest.get(taken..).unwrap_or_default();
            match meant {
                Some(Heard::Next(inside)) => self.inside = inside,
                Some(whole @ Heard::Event(Event::Paste(_))) => {
                    self.inside = Inside::Nothing;
                    heard.push(whole);
                }
                meant => heard.extend(meant),
            }
        }
        // One that never ends takes no more room, and none of it becomes keys.
        self.held = rest.get(..LONGEST).unwrap_or(rest).to_vec();
    }

    /// How long nothing may follow what came last before [`Ear::settle`] says what it was: it may be the Esc key or the
    /// beginning of another one, Alt with a key or a string. `None` where time tells nothing.
    pub(super) fn hesitates(&self) -> Option<&'static Timespec> {
        match (&self.inside, self.held.as_slice()) {
            (Inside::Nothing, [0x1b] | [0x1b, b']' | b'P' | b'X' | b'^' | b'_']) => Some(&ALONE),
            (Inside::String { .. }, _) => Some(&SILENT),
            _ => None,
        }
    }

    /// Nothing has come for that long: a lone Esc is the key, and anything else nothing.
    pub(super) fn settle(&mut self, heard: &mut Vec<Heard>) {
        if self.hesitates().is_some() {
            let (inside, held) = (std::mem::take(&mut self.inside), std::mem::take(&mut self.held));
            heard.extend((inside == Inside::Nothing && held == [0x1b]).then(|| key(Code::Esc)));
        }
    }
}

/// Goes on with a paste: how many bytes are part of it, and all of it if this is its end.
fn paste_on(paste: &mut Vec<u8>, rest: &[u8]) -> Option<(usize, Option<Heard>)> {
    let end = rest.windows(PASTE_END.len()).position(|some| some == PASTE_END);
    // Its end may be cut in two.
    let sure = end.unwrap_or_else(|| rest.len().saturating_sub(PASTE_END.len() - 1));
    let room = LONGEST_PASTE.saturating_sub(paste.len());
    paste.extend(rest.iter().take(sure.min(room)));
    if end.is_some() {
        let text = String::from_utf8_lossy(paste).into_owned();
        return Some((sure + PASTE_END.len(), Some(Heard::Event(Event::Paste(text)))));
    }
    (sure > 0).then_some((sure, None))
}

/// Goes on with a string: how many bytes are part of it, and whether it ends with them.
fn string_on(bell: bool, rest: &[u8]) -> Option<(usize, Option<Heard>)> {
    const OVER: Option<Heard> = Some(Heard::Next(Inside::Nothing));
    // CAN and SUB break it off.
    let ends = |byte: &u8| matches!(byte, 0x18 | 0x1a | 0x1b) || bell && *byte == 0x07;
    let Some(end) = rest.iter().position(ends) else {
        return (!rest.is_empty()).then_some((rest.len(), None));
    };
    match rest.get(end..)? {
        // Its end may be cut in two.
        [0x1b] => (end > 0).then_some((end, None)),
        [0x1b, b'\\', ..] => Some((end + 2, OVER)),
        // Cut off by something else, which is looked at next.
        [0x1b, ..] => Some((end, OVER)),
        _ => Some((end + 1, OVER)),
    }
}

fn key(code: Code) -> Heard {
    Heard::Event(Event::Key(Key { code, ctrl: false }))
}

/// How many bytes the first thing takes, and what it means, if anything; `None` while more of it must come.
fn first(bytes: &[u8]) -> Option<(usize, Option<Heard>)> {
    match bytes {
        [] | [0x1b] | [0x1b, b'O' | b']' | b'P' | b'X' | b'^' | b'_'] => None,
        [0x1b, b'[', rest @ ..] => sequence(rest).map(|(taken, meant)| (taken + 2, meant)),
        [0x1b, b'O', letter @ b' '..=b'~', ..] => {
            Some((3, keys::arrow(*letter, Held::default()).map(|key| Heard::Event(Event::Key(key)))))
        }
        // What follows is read by itself: taken for Alt with an arrow, as some terminals send that, Esc and a paste in one
        // go would lose the Esc and turn the paste into keys.
        [0x1b, 0x1b, ..] => Some((1, Some(key(Code::Esc)))),
        [0x1b, kind @ (b']' | b'P' | b'X' | b'^' | b'_'), ..] => {
            Some((2, Some(Heard::Next(Inside::String { bell: *kind == b']' }))))
        }
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
        (b'~', 200) => return Some(Heard::Next(Inside::Paste(Vec::new()))),
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
