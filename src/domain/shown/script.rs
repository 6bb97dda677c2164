//! What a character is to a reader: one that steers or hides, a mark, a joiner in its place, a letter that passes for
//! a Latin one.

use unicode_width::UnicodeWidthChar;

/// Whether a character could steer a terminal or deceive a reader: controls, bidi and other format characters,
/// invisible fillers, variation selectors, tags, line separators, private use, what is no character at all.
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0x00AD | 0x034F | 0x061C | 0x0600..=0x0605 | 0x06DD | 0x070F | 0x0890 | 0x0891 | 0x08E2
            | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164
            | 0xFDD0..=0xFDEF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
            | 0x110BD | 0x110CD | 0x13430..=0x1345F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
            | 0xE000..=0xF8FF | 0xE0000..=0xE0FFF | 0xF0000..=0x0010_FFFF)
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// Whether a character sits on the one before it and takes no column of its own.
pub(super) fn is_combining(c: char) -> bool {
    UnicodeWidthChar::width(c) == Some(0)
}

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
const AS_EMOJI: char = '\u{fe0f}';

/// Whether a joiner or an emoji selector stands behind a character that it can belong to.
pub(super) fn belongs(before: Option<char>, c: char) -> bool {
    let Some(before) = before else { return false };
    match c {
        NON_JOINER => is_of_joining_script(before),
        JOINER => is_of_joining_script(before) || is_emoji(before) || before == AS_EMOJI,
        AS_EMOJI => is_emoji(before),
        _ => false,
    }
}

/// Whether it also stands before one: at the end of a text it would only be invisible.
pub(super) fn joins(before: Option<char>, c: char, after: Option<char>) -> bool {
    let fits = |after: char| {
        let emoji = before.is_some_and(|before| is_emoji(before) || before == AS_EMOJI);
        if emoji { is_emoji(after) } else { is_of_joining_script(after) && !is_combining(after) }
    };
    belongs(before, c) && (c == AS_EMOJI || after.is_some_and(fits))
}

/// Scripts whose letters change with their neighbours: Arabic, Syriac, those of India, Burmese, Khmer, Mongolian.
fn is_of_joining_script(c: char) -> bool {
    !is_hostile(c)
        && matches!(u32::from(c),
            0x0620..=0x06D3 | 0x06D5 | 0x06EE..=0x06FF | 0x0710..=0x074F | 0x0750..=0x077F | 0x08A0..=0x08FF
            | 0x0900..=0x0DFF | 0x1000..=0x109F | 0x1780..=0x17DF | 0x1820..=0x18AA)
}

/// Pictures, with those that are signs unless a selector follows.
fn is_emoji(c: char) -> bool {
    matches!(u32::from(c),
        0x00A9 | 0x00AE | 0x203C | 0x2049 | 0x2122 | 0x2139 | 0x2194..=0x21AA | 0x231A..=0x23FF | 0x24C2
        | 0x25AA..=0x25FE | 0x2600..=0x27BF | 0x2934 | 0x2935 | 0x2B05..=0x2B55 | 0x3030 | 0x303D | 0x3297
        | 0x3299 | 0x1F000..=0x1FAFF)
}

/// The word a text begins with, or its first character where that is in no word. What cannot be seen ends no word.
pub(super) fn word(text: &str) -> &str {
    let inside = |c: char| c.is_alphanumeric() || is_combining(c) || is_hostile(c);
    let end = text.find(|c| !inside(c)).filter(|&end| end > 0);
    let one = text.chars().next().map_or(0, char::len_utf8);
    let end = end.unwrap_or(if text.starts_with(inside) { text.len() } else { one });
    text.get(..end).unwrap_or_default()
}

/// Whether Latin letters stand in a word beside others that pass for them.
pub(super) fn is_mixed(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_alphabetic()) && word.chars().any(passes_for_latin)
}

/// Letters and digits of scripts that are taken for Latin ones: Greek, Cyrillic, Armenian, Cherokee, Lisu, the wide
/// forms and those of mathematics.
pub(super) fn passes_for_latin(c: char) -> bool {
    matches!(u32::from(c),
        0x0370..=0x058F | 0x13A0..=0x13FF | 0x1C80..=0x1C8F | 0x1F00..=0x1FFF | 0x2DE0..=0x2DFF
        | 0xA4D0..=0xA4FF | 0xA640..=0xA69F | 0xAB70..=0xABBF | 0xFF01..=0xFF5E | 0x1D400..=0x1D7FF)
}
