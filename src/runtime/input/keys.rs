//! The terminal's keys to docket's: only what terminals agree on over SSH and tmux.

use crate::app::event::Event;
use crate::app::key::{Code, Key};

/// What was held down with a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    shift: bool,
    ctrl: bool,
    /// Alt or whatever else docket does not use, or a key that was let go. Alt is left out because many terminals send it
    /// as Esc and the key: taken apart, `Alt-x` would close a form and then act on the desk.
    foreign: bool,
}

impl Held {
    /// Reads the parameter for what is held, `5` or `5:3`: one more than the sum of its bits, and what happened.
    pub(super) fn from_parameter(text: &[u8]) -> Self {
        let mut parts = text.split(|byte| *byte == b':').map(|part| {
            std::str::from_utf8(part).ok().and_then(|text| text.parse::<u32>().ok()).unwrap_or_default()
        });
        let bits = parts.next().unwrap_or_default().saturating_sub(1);
        // Lock keys hold nothing down.
        let foreign = bits & 0b11_1010 != 0 || parts.next() == Some(3);
        Self { shift: bits & 1 != 0, ctrl: bits & 4 != 0, foreign }
    }

    fn key(self, code: Code) -> Option<Key> {
        let code = if self.shift && code == Code::Tab { Code::BackTab } else { code };
        (!self.foreign).then_some(Key { code, ctrl: self.ctrl })
    }
}

/// The key of a control code.
pub(super) fn control(byte: u8) -> Key {
    let plain = |code| Key { code, ctrl: false };
    let ctrl = |c: u8| Key { code: Code::Char(char::from(c)), ctrl: true };
    match byte {
        // The line leaves both as they are; some terminals send a line feed in a paste without brackets.
        b'\r' | b'\n' => plain(Code::Enter),
        b'\t' => plain(Code::Tab),
        0x7f => plain(Code::Backspace),
        0 => ctrl(b' '),
        1..=26 => ctrl(byte - 1 + b'a'),
        _ => ctrl(byte.wrapping_sub(0x1c).wrapping_add(b'4')),
    }
}

/// The key of a character by its number.
pub(super) fn with(number: u32, held: Held) -> Option<Key> {
    let code = match (char::from_u32(number)?, held.ctrl, held.shift) {
        ('\r', ..) => Code::Enter,
        ('\x1b', ..) => Code::Esc,
        ('\t', ..) => Code::Tab,
        ('\x7f' | '\x08', ..) => Code::Backspace,
        (c, ..) if c.is_control() || ('\u{e000}'..='\u{f8ff}').contains(&c) => return None,
        (c, true, _) => Code::Char(c.to_ascii_lowercase()),
        (c, false, true) => Code::Char(c.to_ascii_uppercase()),
        (c, false, false) => Code::Char(c),
    };
    held.key(code)
}

/// The keys that end with a letter of their own.
pub(super) fn arrow(letter: u8, held: Held) -> Option<Key> {
    held.key(match letter {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'F' => Code::End,
        b'H' => Code::Home,
        b'Z' => Code::BackTab,
        _ => return None,
    })
}

/// The keys that have a number.
pub(super) fn numbered(number: u32, held: Held) -> Option<Key> {
    held.key(match number {
        1 | 7 => Code::Home,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        _ => return None,
    })
}

/// A click or a turn of the wheel, its place counted from 1; `None` for everything else the mouse does.
pub(super) fn mouse(button: u32, x: u16, y: u16) -> Option<Event> {
    // What is held on the keyboard meanwhile stands in three bits.
    match button & !0b1_1100 {
        0 => Some(Event::Clicked(x.checked_sub(1)?, y.checked_sub(1)?)),
        64 => Some(Event::Wheel { down: false }),
        65 => Some(Event::Wheel { down: true }),
        _ => None,
    }
}
