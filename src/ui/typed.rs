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

/// A whole text in lines of at most so many columns, broken at spaces where there are any. Spaces at the end of a full
/// line hang over and do not show, so that the next line begins with a word.
pub(super) fn many_lines(field: &TextField, width: usize) -> Typed {
    let width = width.max(1);
    let glyphs: Vec<Glyph> = glyphs(field.value(), true).collect();
    let (places, end) = laid_out(&glyphs, width);
    let mut lines = vec![String::new(); end.1 + 1];
    for (glyph, (column, line)) in glyphs.iter().zip(&places) {
        if let Some(line) = lines.get_mut(*line).filter(|_| *column < width) {
            line.push_str(glyph.text.as_str());
        }
    }
    let mut seen = 0;
    let at_cursor = glyphs.iter().zip(&places).find_map(|(glyph, place)| {
        let here = seen >= field.cursor();
        seen += glyph.chars;
        here.then_some((place.0.min(width - 1), place.1))
    });
    let mut cursor = at_cursor.unwrap_or(end);
    if cursor.0 >= width {
        cursor = (0, cursor.1 + 1);
        lines.push(String::new());
    }
    Typed { lines: lines.iter().map(|line| Shown::of(line)).collect(), cursor }
}

/// Column and line of every glyph, and of what would come next.
fn laid_out(glyphs: &[Glyph], width: usize) -> (Vec<(usize, usize)>, (usize, usize)) {
    let mut places: Vec<(usize, usize)> = Vec::with_capacity(glyphs.len());
    let (mut column, mut line, mut word) = (0, 0, 0);
    for (index, glyph) in glyphs.iter().enumerate() {
        let columns = glyph.text.width();
        let hangs = glyph.ends_line || glyph.text.as_str() == " ";
        if !hangs && column > 0 && column + columns > width {
            (column, line) = (0, line + 1);
            // The word that has begun goes along, unless it fills the line by itself.
            if places.get(word).is_some_and(|place| place.0 > 0) {
                for (place, glyph) in places.iter_mut().zip(glyphs).skip(word) {
                    *place = (column, line);
                    column += glyph.text.width();
                }
            }
            if column > 0 && column + columns > width {
                (column, line) = (0, line + 1);
            }
        }
        places.push((column, line));
        column += columns;
        if glyph.ends_line {
            (column, line) = (0, line + 1);
        }
        if hangs {
            word = index + 1;
        }
    }
    (places, (column, line))
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

    #[test]
    fn words_stay_whole_and_spaces_hang_over() {
        let lines = |text: &str, width| -> (Vec<String>, (usize, usize)) {
            let typed = many_lines(&TextField::new(text), width);
            (typed.lines.iter().map(|line| line.as_str().to_owned()).collect(), typed.cursor)
        };
        assert_eq!(lines("one two", 5), (vec!["one ".into(), "two".into()], (3, 1)));
        assert_eq!(lines("four  to", 4), (vec!["four".into(), "to".into()], (2, 1)));
        assert_eq!(
            lines("a longword", 4),
            (vec!["a ".into(), "long".into(), "word".into(), String::new()], (0, 3))
        );
        assert_eq!(lines("four ", 4), (vec!["four".into(), String::new()], (0, 1)));
    }

    proptest::proptest! {
        #[test]
        fn every_glyph_is_shown_and_the_cursor_stays_inside(text in "[a-c陈é\\n ]{0,40}", width in 2usize..9, left in 0usize..40) {
            let mut field = TextField::new(text.clone());
            (0..left).for_each(|_| _ = field.press(Key::plain(Code::Left)));
            let typed = many_lines(&field, width);
            let blank = |text: &str| text.replace([' ', '\n'], "");
            let shown: String = typed.lines.iter().map(Shown::as_str).collect();
            proptest::prop_assert_eq!(blank(&shown), blank(&text));
            proptest::prop_assert!(typed.lines.iter().all(|line| line.width() <= width));
            proptest::prop_assert!(typed.cursor.0 < width && typed.cursor.1 < typed.lines.len());
        }
    }
}
