//! The only road from foreign text to a screen, a table or a spreadsheet: hostile characters are shown, not dropped.
//!
//! Dropping would let a text look like another one; escaping makes the attempt visible (Trojan Source, CWE-150).

use std::borrow::Cow;
use std::fmt::Write as _;

/// At most this many combining marks ride on one character; the rest is written out.
const COMBINING_MAX: usize = 4;

/// Whether a character could steer a terminal or deceive a reader: controls, bidi and other format
/// characters, invisible fillers, variation selectors, tags, line separators, private use.
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0x00AD | 0x034F | 0x061C | 0x0600..=0x0605 | 0x06DD | 0x070F | 0x0890 | 0x0891 | 0x08E2
            | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164
            | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
            | 0x110BD | 0x110CD | 0x13430..=0x1345F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
            | 0xE000..=0xF8FF | 0xE0000..=0xE0FFF | 0xF0000..=0x0010_FFFF)
}

/// Whether a character sits on the one before it and takes no column of its own.
fn is_combining(c: char) -> bool {
    unicode_width::UnicodeWidthChar::width(c) == Some(0)
}

/// Makes a one-line text safe to show: every hostile character becomes visible (`␛`, `⏎`, `<U+202E>`).
pub fn line(raw: &str) -> Cow<'_, str> {
    if raw.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut marks = 0;
    for c in raw.chars() {
        marks = if is_combining(c) { marks + 1 } else { 0 };
        if is_hostile(c) || marks > COMBINING_MAX || (marks > 0 && out.is_empty()) {
            push_visible(&mut out, c);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Writes one hostile character so that a reader sees what it was.
fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' | '\r' => out.push('⏎'),
        '\t' => out.push('→'),
        '\u{00}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('�')),
        '\u{7f}' => out.push('␡'),
        // Writing to a String cannot fail.
        other => _ = write!(out, "<U+{:04X}>", u32::from(other)),
    }
}

/// A text of at most `max` characters; a longer one is cut and ends in an ellipsis. `max` is at least 1.
pub fn clipped(raw: &str, max: usize) -> Cow<'_, str> {
    // The byte after which one character less than `max` stands, if more than `max` do.
    let cut = raw.char_indices().nth(max.saturating_sub(1)).map(|(at, _)| at);
    match (raw.char_indices().nth(max), cut.and_then(|at| raw.get(..at))) {
        (Some(_), Some(head)) => Cow::Owned(format!("{head}…")),
        _ => Cow::Borrowed(raw),
    }
}

/// Makes a text safe for a spreadsheet cell: as [`line()`], and no leading character that starts a formula.
pub fn cell(raw: &str) -> Cow<'_, str> {
    let safe = line(raw);
    let starts_formula = safe.trim_start().starts_with(['=', '+', '@'])
        || (safe.trim_start().starts_with('-') && !is_plain_number(safe.trim()));
    if starts_formula { Cow::Owned(format!("'{safe}")) } else { safe }
}

/// A negative number is no formula and must survive as it is.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && digits.matches('.').count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The twelve characters of Unicode's `Bidi_Control` property.
    const BIDI: [char; 12] = [
        '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
        '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
    ];

    #[test]
    fn every_bidi_control_is_written_out() {
        for c in BIDI {
            let text = format!("a{c}b");
            assert_eq!(line(&text), format!("a<U+{:04X}>b", u32::from(c)));
        }
    }

    #[test]
    fn controls_are_visible_and_ordinary_scripts_untouched() {
        assert_eq!(line("\u{1b}[2Jx\ny\tz\u{7f}\u{9b}"), "␛[2Jx⏎y→z␡<U+009B>");
        assert_eq!(line("陈 สมชาย مرحبا é"), "陈 สมชาย مرحبا é");
        assert_eq!(line("plain"), "plain");
    }

    #[test]
    fn a_long_text_is_cut_at_a_character_and_a_fitting_one_is_not() {
        assert_eq!(clipped("", 3), "");
        assert_eq!(clipped("陈陈陈", 3), "陈陈陈");
        assert_eq!(clipped("陈陈陈陈", 3), "陈陈…");
        assert_eq!(clipped("ab", 1), "…");
    }

    #[test]
    fn a_tower_of_marks_is_cut_to_four_and_none_may_start_a_text() {
        let tower = format!("a{}", "\u{301}".repeat(6));
        assert_eq!(line(&tower).matches("<U+0301>").count(), 2);
        assert!(line("\u{301}x").starts_with("<U+0301>"));
    }

    #[test]
    fn spreadsheet_cells_never_start_a_formula() {
        for raw in ["=1+1", "+1", "@x", "-cmd", " =1"] {
            assert!(cell(raw).starts_with('\''), "{raw:?}");
        }
        assert_eq!(cell("-12.50"), "-12.50");
        assert_eq!(cell("O1"), "O1");
    }
}
