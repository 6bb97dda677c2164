//! The clipboard of the operator's own terminal, reached through the line (OSC 52): it works over SSH, where the
//! clipboard of this host would be of no use. Only ever written; never asked for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::shown;

/// The longest text that is sent, in bytes; terminals cut or drop longer ones.
pub(super) const MAX_BYTES: usize = 8 * 1024;
/// GNU screen takes no longer string than this in one piece, its own wrapping left out.
const SCREEN_PIECE: usize = 240;

/// What stands between docket and the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Between {
    /// Nothing that is known of.
    Nothing,
    /// tmux, which passes on what is wrapped for it, or takes the plain form, depending on its settings.
    Tmux,
    /// GNU screen, or tmux further up under screen's name.
    Screen,
}

impl Between {
    /// Reads it from the environment (`TMUX`, `STY`, `TERM`).
    pub(super) fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| var(name).is_some_and(|value| !value.is_empty());
        let term = var("TERM").unwrap_or_default();
        match () {
            () if set("TMUX") || term.starts_with("tmux") => Self::Tmux,
            () if set("STY") || term.starts_with("screen") => Self::Screen,
            () => Self::Nothing,
        }
    }
}

/// The sequence that puts a text on the clipboard; `None` when the text is too long.
pub(super) fn sequence(text: &str, between: Between) -> Option<Vec<u8>> {
    let safe = safe(text);
    if safe.len() > MAX_BYTES {
        return None;
    }
    // BEL ends the sequence: inside the wrapping of tmux and screen the longer form would end the wrapping.
    let plain = format!("\x1b]52;c;{}\x07", STANDARD.encode(&safe));
    let wrapped = match between {
        Between::Nothing => String::new(),
        Between::Tmux => format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")),
        Between::Screen => pieces(&plain).flat_map(|piece| ["\x1bP", piece, "\x1b\\"]).collect(),
    };
    Some([plain, wrapped].concat().into_bytes())
}

/// What a paste of the text elsewhere may contain: no character that steers a terminal or deceives, tabs kept.
fn safe(text: &str) -> String {
    text.split('\t').map(shown::line).collect::<Vec<_>>().join("\t")
}

/// An ASCII text in pieces that GNU screen takes.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    (0..text.len()).step_by(SCREEN_PIECE).filter_map(move |start| {
        let end = text.len().min(start + SCREEN_PIECE);
        text.get(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        |name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn a_text_is_sent_plain_and_wrapped_for_what_is_between() {
        let sent = |between| String::from_utf8(sequence("O1", between).unwrap()).unwrap();
        assert_eq!(sent(Between::Nothing), "\x1b]52;c;TzE=\x07");
        assert_eq!(
            sent(Between::Tmux),
            "\x1b]52;c;TzE=\x07\x1bPtmux;\x1b\x1b]52;c;TzE=\x07\x1b\\",
            "escapes are doubled inside"
        );
        assert_eq!(sent(Between::Screen), "\x1b]52;c;TzE=\x07\x1bP\x1b]52;c;TzE=\x07\x1b\\");
    }

    #[test]
    fn screen_gets_short_pieces_that_add_up() {
        let text = "x".repeat(1000);
        let sent = String::from_utf8(sequence(&text, Between::Screen).unwrap()).unwrap();
        let (plain, wrapped) = sent.split_once('\x07').unwrap();
        let pieces: Vec<_> = wrapped.split("\x1b\\").filter(|piece| !piece.is_empty()).collect();
        assert!(pieces.iter().all(|piece| piece.len() <= SCREEN_PIECE + 2), "a piece is too long");
        let joined: String = pieces.iter().map(|piece| piece.strip_prefix("\x1bP").unwrap()).collect();
        assert_eq!(joined, format!("{plain}\x07"));
    }

    #[test]
    fn hostile_characters_are_shown_and_long_texts_refused() {
        let sent = sequence("a\x1b]0;x\x07\tb\n", Between::Nothing).unwrap();
        let payload = String::from_utf8(sent).unwrap();
        let payload = payload.strip_prefix("\x1b]52;c;").unwrap().strip_suffix('\x07').unwrap();
        assert_eq!(String::from_utf8(STANDARD.decode(payload).unwrap()).unwrap(), "a␛]0;x␇\tb⏎");
        assert!(sequence(&"x".repeat(MAX_BYTES + 1), Between::Nothing).is_none());
    }

    #[test]
    fn what_is_between_is_read_from_the_environment() {
        assert_eq!(Between::detect(env(&[("TERM", "xterm")])), Between::Nothing);
        assert_eq!(Between::detect(env(&[("TERM", "screen-256color"), ("TMUX", "/tmp/x")])), Between::Tmux);
        assert_eq!(Between::detect(env(&[("TERM", "screen"), ("STY", "1.x")])), Between::Screen);
        assert_eq!(Between::detect(env(&[("TERM", "tmux-256color"), ("TMUX", "")])), Between::Tmux);
    }
}
