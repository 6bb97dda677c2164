//! The only road from a text to the screen. `Shown` makes hostile characters visible and knows how many columns
//! a text takes; nothing else in this folder may write a symbol into a cell.

use std::borrow::Cow;
use std::fmt::Write as _;

use ratatui::buffer::{Buffer, CellWidth};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::shown;

/// A number of columns or rows as the terminal counts them.
pub(super) fn cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// One line of text that cannot steer a terminal: what was hostile in it is written out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown(String);

impl Shown {
    /// Makes any text showable.
    pub(super) fn of(raw: &str) -> Self {
        Self::columned(shown::line(raw))
    }

    /// What people write: joiners stay between the letters and pictures that they join.
    pub(super) fn prose(raw: &str) -> Self {
        Self::columned(shown::prose(raw))
    }

    /// An identifier: nothing but printable ASCII shows as itself, and whatever has more is marked.
    pub(super) fn id(raw: &str) -> Self {
        Self(if shown::is_unusual(raw) {
            format!("{}{}", shown::MARK, shown::id(raw))
        } else {
            raw.to_owned()
        })
    }

    fn columned(safe: Cow<'_, str>) -> Self {
        if safe.is_ascii() || graphemes(&safe).all(|(_, width)| width > 0) {
            return Self(safe.into_owned());
        }
        let mut out = String::with_capacity(safe.len());
        for (symbol, width) in graphemes(&safe) {
            if width > 0 {
                out.push_str(symbol);
            } else {
                // A glyph without a column would be dropped on the way to the screen, and so hide.
                // Writing to a String cannot fail.
                symbol.chars().for_each(|c| _ = write!(out, "<U+{:04X}>", u32::from(c)));
            }
        }
        Self(out)
    }

    /// How many columns a text takes once it is showable.
    pub(super) fn width_of(raw: &str) -> usize {
        let plain = raw.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if plain { raw.len() } else { Self::of(raw).width() }
    }

    /// The text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Without blanks at its end.
    pub(super) fn trimmed(&self) -> Self {
        Self(self.0.trim_end().to_owned())
    }

    /// The text, to keep.
    pub(super) fn into_string(self) -> String {
        self.0
    }

    /// How many columns it takes.
    pub(super) fn width(&self) -> usize {
        if self.0.is_ascii() { self.0.len() } else { graphemes(&self.0).map(|(_, width)| width).sum() }
    }

    /// The text in at most so many columns; what does not fit is replaced by the ellipsis. No glyph is split.
    #[must_use]
    pub(super) fn cut(&self, width: usize, ellipsis: &str) -> Self {
        if self.width() <= width {
            return self.clone();
        }
        let room = width.saturating_sub(Self::of(ellipsis).width());
        let mut out = head(&self.0, room).to_owned();
        out.push_str(head(ellipsis, width));
        Self(out)
    }

    /// Like [`Shown::cut`], but the middle goes: two ids often differ only at their end.
    #[must_use]
    pub(super) fn cut_middle(&self, width: usize, ellipsis: &str) -> Self {
        let gap = Self::of(ellipsis).width();
        if self.width() <= width || width < gap + 4 {
            return self.cut(width, ellipsis);
        }
        let left = (width - gap) / 2;
        let reversed: Vec<(&str, usize)> = graphemes(&self.0).collect();
        let mut room = width - gap - left;
        let mut tail: Vec<&str> = Vec::new();
        for (symbol, width) in reversed.into_iter().rev() {
            let Some(rest) = room.checked_sub(width) else { break };
            room = rest;
            tail.push(symbol);
        }
        let tail: String = tail.into_iter().rev().collect();
        Self(format!("{}{ellipsis}{tail}", head(&self.0, left)))
    }

    /// The text in lines of so many columns, each filled to its end: no blank of it is lost.
    pub(super) fn chunks(&self, width: usize) -> Vec<Self> {
        let mut lines = vec![String::new()];
        let mut used = 0;
        for (symbol, columns) in graphemes(&self.0) {
            if used > 0 && used + columns > width {
                lines.push(String::new());
                used = 0;
            }
            lines.iter_mut().last().into_iter().for_each(|line| line.push_str(symbol));
            used += columns;
        }
        lines.into_iter().map(Self).collect()
    }

    /// The text in lines of at most so many columns, broken at spaces where there are any.
    pub(super) fn wrap(&self, width: usize) -> Vec<Self> {
        let mut lines = vec![String::new()];
        let mut used = 0;
        for word in self.0.split_inclusive(' ') {
            let long = Self(word.trim_end().to_owned()).width();
            if used > 0 && used + long > width {
                lines.push(String::new());
                used = 0;
            }
            for (symbol, columns) in graphemes(word) {
                if used > 0 && used + columns > width {
                    if symbol == " " {
                        continue;
                    }
                    lines.push(String::new());
                    used = 0;
                }
                if let Some(line) = lines.last_mut() {
                    line.push_str(symbol);
                }
                used += columns;
            }
        }
        lines.into_iter().map(Self).collect()
    }
}

/// The glyphs of a safe text with the columns each takes, as ratatui counts them.
pub(super) fn graphemes(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.graphemes(true).map(|symbol| (symbol, usize::from(symbol.cell_width())))
}

/// The longest beginning that fits into so many columns.
fn head(text: &str, width: usize) -> &str {
    let mut used = 0;
    let mut end = 0;
    for (symbol, columns) in graphemes(text) {
        used += columns;
        if used > width {
            break;
        }
        end += symbol.len();
    }
    text.get(..end).unwrap_or_default()
}

/// The last look before a screen leaves: whatever hostile character still stands in a cell becomes `�`. Gives
/// their number, which is zero unless a text went around `Shown`.
pub fn guard(buffer: &mut Buffer) -> usize {
    let mut found = 0;
    for cell in &mut buffer.content {
        if shown::has_hostile(cell.symbol()) {
            cell.set_symbol("\u{fffd}");
            found += 1;
        }
    }
    found
}

/// Replaces every character a terminal without UTF-8 cannot show, column by column.
pub(super) fn to_ascii(buffer: &mut Buffer) {
    let mut covered = 0usize;
    for cell in &mut buffer.content {
        if covered > 0 {
            covered -= 1;
            cell.set_symbol("?");
        } else if !cell.symbol().is_ascii() {
            covered = usize::from(cell.symbol().cell_width()).saturating_sub(1);
            cell.set_symbol("?");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::layout::Rect;

    #[test]
    fn a_cut_never_splits_a_wide_glyph() {
        let text = Shown::of("陈大文 order");
        assert_eq!(text.width(), 12);
        assert_eq!(text.cut(5, "…").as_str(), "陈大…");
        assert_eq!(text.cut(4, "…").as_str(), "陈…");
        assert_eq!(text.cut(0, "…").as_str(), "");
        assert_eq!(Shown::of("O20230103065545").cut_middle(9, "…").as_str(), "O202…5545");
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_anywhere() {
        let wrapped = |text: &str, width| -> Vec<String> {
            Shown::of(text).wrap(width).into_iter().map(|line| line.as_str().trim_end().to_owned()).collect()
        };
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("abcdefgh", 3), ["abc", "def", "gh"]);
    }

    #[test]
    fn the_guard_finds_what_went_around_the_road() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 1));
        buffer.content[2].set_symbol("a\u{202e}");
        assert_eq!(guard(&mut buffer), 1);
        assert_eq!(guard(&mut buffer), 0);
    }

    proptest! {
        #[test]
        fn what_is_cut_or_wrapped_fits(raw in "\\PC{0,40}", width in 0usize..50) {
            let text = Shown::of(&raw);
            prop_assert!(!text.as_str().chars().any(shown::is_hostile));
            prop_assert!(text.cut(width, "…").width() <= width);
            prop_assert!(text.cut_middle(width, "..").width() <= width);
            if width >= 20 {
                prop_assert!(text.wrap(width).iter().all(|line| line.as_str().trim_end().is_empty() || Shown(line.as_str().trim_end().to_owned()).width() <= width));
            }
        }
    }
}
