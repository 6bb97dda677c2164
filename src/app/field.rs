//! A text being typed: a cursor in a string, moved by the usual editing keys. Pastes go in as text, never as keys.

use tui_input::{Input, InputRequest};

use super::key::{Code, Key};

/// Most characters a field takes; what a paste brings beyond is cut, and the form says so.
pub const FIELD_MAX_CHARS: usize = 100_000;

/// A text with a cursor.
#[derive(Clone, Debug, Default)]
pub struct TextField {
    input: Input,
}

impl TextField {
    /// A field with this text and the cursor behind it.
    pub fn new(text: impl Into<String>) -> Self {
        Self { input: Input::new(text.into()) }
    }

    /// The text so far.
    pub fn value(&self) -> &str {
        self.input.value()
    }

    /// The cursor, in characters from the start.
    pub fn cursor(&self) -> usize {
        self.input.cursor()
    }

    /// Takes an editing key; `false` when the key means nothing here.
    pub fn press(&mut self, key: Key) -> bool {
        let Some(request) = request_of(key) else { return false };
        self.input.handle(request);
        true
    }

    /// Puts a pasted text in at the cursor. Line ends are unified; with `lines` off they become spaces.
    /// `false` when it had to be cut.
    pub fn paste(&mut self, text: &str, lines: bool) -> bool {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = if lines { text } else { text.trim_end_matches('\n').replace('\n', " ") };
        let room = FIELD_MAX_CHARS.saturating_sub(self.value().chars().count());
        let taken: String = text.chars().take(room).collect();
        let before: String = self.value().chars().take(self.cursor()).collect();
        let after: String = self.value().chars().skip(self.cursor()).collect();
        let cursor = self.cursor() + taken.chars().count();
        let fits = taken.len() == text.len();
        self.input = Input::new(format!("{before}{taken}{after}")).with_cursor(cursor);
        fits
    }
}

/// The editing keys of every text field. ctrl-a and ctrl-b belong to screen and tmux and are left alone.
fn request_of(key: Key) -> Option<InputRequest> {
    Some(match (key.ctrl, key.code) {
        (false, Code::Char(c)) => InputRequest::InsertChar(c),
        (false, Code::Backspace) | (true, Code::Char('h')) => InputRequest::DeletePrevChar,
        (false, Code::Delete) => InputRequest::DeleteNextChar,
        (false, Code::Left) => InputRequest::GoToPrevChar,
        (false, Code::Right) => InputRequest::GoToNextChar,
        (true, Code::Left) => InputRequest::GoToPrevWord,
        (true, Code::Right) => InputRequest::GoToNextWord,
        (false, Code::Home) => InputRequest::GoToStart,
        (false, Code::End) => InputRequest::GoToEnd,
        (true, Code::Char('w')) => InputRequest::DeletePrevWord,
        (true, Code::Char('u')) => InputRequest::DeleteFromStart,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_goes_in_at_the_cursor_as_text() {
        let mut field = TextField::new("ad");
        field.press(Key::plain(Code::Left));
        assert!(field.paste("b\r\nc", false));
        assert_eq!(field.value(), "ab cd");
        field.press(Key::char('!'));
        assert_eq!(field.value(), "ab c!d");
    }

    #[test]
    fn a_field_has_an_end() {
        let mut field = TextField::default();
        assert!(!field.paste(&"x".repeat(FIELD_MAX_CHARS + 5), true));
        assert_eq!(field.value().len(), FIELD_MAX_CHARS);
    }
}
