//! The only road from foreign text to a screen, a table or a spreadsheet: hostile characters are shown, not dropped.
//!
//! Dropping would let a text look like another one; escaping makes the attempt visible (Trojan Source, CWE-150). There
//! are three ways of writing: [`line()`] for whatever stands on a line, [`prose`] for what people write, in which
//! joiners belong to the script, and [`id`] for identifiers, in which nothing but printable ASCII belongs at all.

mod script;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

pub use script::is_hostile;

/// At most this many combining marks ride on one character; the rest is written out.
const COMBINING_MAX: usize = 4;

/// What is said of an identifier that is not what it may look like.
pub const UNUSUAL: &str = "unusual characters";
/// Stands before one in a table.
pub const MARK: &str = "unusual: ";

/// Makes a one-line text safe to show: every hostile character becomes visible (`␛`, `⏎`, `<U+202E>`), and so does a
/// letter that passes for another one in a word of Latin letters (`O1<U+0430>`).
pub fn line(raw: &str) -> Cow<'_, str> {
    written(raw, Kind::Line)
}

/// As [`line()`], for what people write: joiners stay between the letters that they join and inside emoji, and words may
/// mix their scripts.
pub fn prose(raw: &str) -> Cow<'_, str> {
    written(raw, Kind::Prose)
}

/// Makes an identifier (`caseId`, `outTradeNo`, `outRefundNo`, `tradeToken`) unmistakable: whatever is not printable
/// ASCII, blanks included, is written out, so that two that look alike are one.
pub fn id(raw: &str) -> Cow<'_, str> {
    if !is_unusual(raw) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        if c.is_ascii_graphic() { out.push(c) } else { push_code(&mut out, c) }
    }
    Cow::Owned(out)
}

/// Whether an identifier has anything in it besides printable ASCII, a blank included. PayerMax's own have not.
pub fn is_unusual(raw: &str) -> bool {
    !raw.bytes().all(|byte| byte.is_ascii_graphic())
}

/// How many columns of a terminal [`line()`] of a text takes.
pub fn width(raw: &str) -> usize {
    if raw.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return raw.len();
    }
    let safe = line(raw);
    // Sound marks of half width have a column of their own on terminals, though the tables of widths say none.
    safe.width() + safe.matches(['\u{ff9e}', '\u{ff9f}']).count()
}

/// How many columns [`id`] of an identifier takes, with its [`MARK`] where it has one.
pub fn width_of_id(raw: &str) -> usize {
    if is_unusual(raw) { MARK.len() + id(raw).len() } else { raw.len() }
}

/// Whether a finished text, or the glyph of one cell, has a hostile character where it does not belong.
pub fn has_hostile(text: &str) -> bool {
    let mut before = None;
    text.chars().any(|c| {
        let belongs = script::belongs(before.replace(c), c);
        is_hostile(c) && !belongs
    })
}

/// The two ways of writing that look at neighbours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Line,
    Prose,
}

fn written(raw: &str, kind: Kind) -> Cow<'_, str> {
    if raw.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let (mut marks, mut before) = (0, None);
    let (mut word_end, mut mixed) = (0, false);
    for (at, c) in raw.char_indices() {
        let rest = raw.get(at + c.len_utf8()..).unwrap_or_default();
        if kind == Kind::Line && at >= word_end {
            let word = script::word(raw.get(at..).unwrap_or_default());
            (word_end, mixed) = (at + word.len(), script::is_mixed(word));
        }
        let joins = || kind == Kind::Prose && script::joins(before, c, rest.chars().next());
        marks = if script::is_combining(c) { marks + 1 } else { 0 };
        let kept = if is_hostile(c) {
            joins()
        } else {
            // A mark needs something to sit on, which a blank or a sign of ours is not.
            let rides = marks <= COMBINING_MAX && before.is_some_and(|c| c != ' ');
            (marks == 0 || rides) && !(mixed && script::passes_for_latin(c))
        };
        if kept {
            out.push(c);
            before = Some(c);
        } else {
            push_visible(&mut out, c);
            before = None;
        }
    }
    Cow::Owned(out)
}

/// Writes one character so that a reader sees what it was.
fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' | '\r' => out.push('⏎'),
        '\t' => out.push('→'),
        '\u{00}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('�')),
        '\u{7f}' => out.push('␡'),
        other => push_code(out, other),
    }
}

fn push_code(out: &mut String, c: char) {
    // Writing to a String cannot fail.
    _ = write!(out, "<U+{:04X}>", u32::from(c));
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

/// Makes a text safe for a spreadsheet cell: as [`line()`], and no leading character that starts a formula. What was
/// received, to the letter, is in the JSON.
pub fn cell(raw: &str) -> Cow<'_, str> {
    let safe = line(raw);
    let text = safe.trim_start();
    // The wide forms too: spreadsheets of East Asian locales take them for the narrow ones.
    let starts_formula = text.starts_with(['=', '+', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff20}', '\u{ff0d}'])
        || (text.starts_with('-') && !is_plain_number(safe.trim()));
    if starts_formula { Cow::Owned(format!("'{safe}")) } else { safe }
}

/// A negative number is no formula and must survive as it is.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.contains(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && digits.matches('.').count() <= 1
}
