//! The operator's hands: what they type, and how many keys that takes.

use super::*;

/// The terminal's answer that it knows synchronised output.
pub(crate) const SYNCHRONISES: &str = "\x1b[?2026;2$y";

impl Pty {
    /// Sends keys.
    pub(crate) fn type_in(&mut self, keys: &str) {
        self.pressed += presses(keys);
        self.slip(keys);
    }

    /// Sends keys that lead nowhere, such as habits that must do no harm, or bytes that are none.
    pub(crate) fn slip(&mut self, keys: &str) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Types what confirms, as a hand does: not before the page has stood for a moment, of which nothing on
    /// the screen tells, and key by key.
    pub(crate) fn confirm(&mut self, text: &str) {
        std::thread::sleep(patient(Duration::from_millis(450)));
        for c in text.chars() {
            let before = self.bytes();
            self.type_in(c.encode_utf8(&mut [0; 4]));
            self.wait_bytes(before);
            std::thread::sleep(Duration::from_millis(6));
        }
    }

    /// The terminal says that it knows synchronised output, once it is asked.
    pub(crate) fn say_that_it_synchronises(&mut self) {
        self.wait_sent(b"\x1b[?2026$p");
        self.slip(SYNCHRONISES);
    }
}

/// How many keys a hand presses for these bytes: a paste is one, and so is a key that sends several bytes.
pub(crate) fn presses(mut keys: &str) -> usize {
    let mut count = 0;
    while let Some(c) = keys.chars().next() {
        let taken = if keys.starts_with("\x1b[200~") {
            keys.find("\x1b[201~").unwrap() + 6
        } else if keys.starts_with("\x1b[") {
            keys.find(|c: char| c.is_ascii_alphabetic() || c == '~').unwrap() + 1
        } else {
            c.len_utf8()
        };
        keys = keys.get(taken..).unwrap();
        count += 1;
    }
    count
}
