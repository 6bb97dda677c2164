//! A text being typed, laid out for the screen: which part of it shows, and where its cursor stands.

use unicode_segmentation::UnicodeSegmentation;

use crate::app::field::TextField;

use super::text::Shown;

/// The visible lines of a text field and the cursor among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    /// The lines, each at most as wide as asked for.
    pub(super) lines: Vec<Shown>,
    /// Column and line of the cursor.
    pub(super) cursor: (usize, usize),
}

/// One glyph of the text as it shows.
struct Glyph {
    text: Shown,
    /// Characters of the text it stands for.
    chars: usize,
    ends_line: bool,
}

fn glyphs(text: &str, lines: bool) -> impl Iterator<Item = Glyph> + '_ {
    text.graphemes(true).map(move |raw| {
        let ends_line = lines && raw.ends_with('\n');
        let text = if ends_line { Shown::default() } else { Shown::of(raw) };
        Glyph { text, chars: raw.chars().count(), ends_line }
    })
}

/// One line of a field: the part around the cursor that fits into so many columns.
pub(super) fn one_line(field: &TextField, width: usize) -> (Shown, usize) {
    let room = width.saturating_sub(1);
    let (mut before, mut used, mut seen) = (Vec::new(), 0, 0);
    let mut after = String::new();
    for glyph in glyphs(field.value(), false) {
        if seen < field.cursor() {
            used += glyph.text.width();
            before.push(glyph.text);
        } else if after.len() < 4 * width {
            after.push_str(glyph.text.as_str());
        }
        seen += glyph.chars;
    }
    let mut dropped = 0;
    while used > room && dropped < before.len() {
        used -= before.get(dropped).map_or(0, Shown::width);
        dropped += 1;
    }
    let text: String = before.iter().skip(dropped).map(Shown::as_str).chain([after.as_str()]).collect();
    (Shown::of(&text), used)
}

/// A whole text in lines of at most so many columns.
pub(super) fn many_lines(field: &TextField, width: usize) -> Typed {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    let (mut used, mut seen) = (0, 0);
    let mut cursor = None;
    for glyph in glyphs(field.value(), true) {
        let columns = glyph.text.width();
        if used > 0 && used + columns > width {
            lines.push(String::new());
            used = 0;
        }
        if seen >= field.cursor() {
            cursor = cursor.or(Some((used, lines.len() - 1)));
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(glyph.text.as_str());
        }
        used += columns;
        if glyph.ends_line {
            lines.push(String::new());
            used = 0;
        }
        seen += glyph.chars;
    }
    let cursor = cursor.unwrap_or((used, lines.len() - 1));
    if cursor.0 >= width {
        lines.push(String::new());
        return Typed {
            cursor: (0, cursor.1 + 1),
            lines: lines.iter().map(|line| Shown::of(line)).collect(),
        };
    }
    Typed { lines: lines.iter().map(|line| Shown::of(line)).collect(), cursor }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::key::{Code, Key};

    #[test]
    fn a_long_line_shows_the_part_around_the_cursor() {
        let mut field = TextField::new("abcdefghij");
        assert_eq!(one_line(&field, 5), (Shown::of("ghij"), 4));
        field.press(Key::plain(Code::Home));
        let (text, cursor) = one_line(&field, 5);
        assert_eq!((text.cut(5, "…").as_str(), cursor), ("abcd…", 0));
    }

    #[test]
    fn lines_break_where_they_were_typed_and_where_they_are_full() {
        let typed = many_lines(&TextField::new("ab\ncdef陈"), 4);
        let lines: Vec<_> = typed.lines.iter().map(Shown::as_str).collect();
        assert_eq!(lines, ["ab", "cdef", "陈"]);
        assert_eq!(typed.cursor, (2, 2));
        let full = many_lines(&TextField::new("abcd"), 4);
        assert_eq!(full.cursor, (0, 1), "the cursor never stands outside");
    }
}
