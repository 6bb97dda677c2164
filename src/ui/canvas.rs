//! What the parts of the screen draw on: rows of styled pieces in, cells out. Every piece becomes a [`Shown`].

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::layout::Area;

use super::Look;
use super::text::{self, Shown, cells};
use super::theme::Theme;

/// The signs of a locale: box drawing where UTF-8 is sure, plain ASCII elsewhere.
#[derive(Debug)]
pub(super) struct Signs {
    /// Before the row of the cursor.
    pub(super) cursor: &'static str,
    /// In place of what does not fit.
    pub(super) ellipsis: &'static str,
    /// Between facts on one line.
    pub(super) dot: &'static str,
    /// A day without cases, a field without a value.
    pub(super) nothing: &'static str,
    /// Before what was taken, or is right.
    pub(super) good: &'static str,
    /// Before a case that is due soon.
    pub(super) soon: &'static str,
    /// Horizontal and vertical rule.
    pub(super) rule: &'static str,
    /// Vertical rule.
    pub(super) bar: &'static str,
    /// Corners: top left, top right, bottom left, bottom right.
    pub(super) corners: [&'static str; 4],
}

const UNICODE: Signs = Signs {
    cursor: "▸",
    ellipsis: "…",
    dot: " · ",
    nothing: "·",
    good: "✓",
    soon: "·",
    rule: "─",
    bar: "│",
    corners: ["┌", "┐", "└", "┘"],
};
const ASCII: Signs = Signs {
    cursor: ">",
    ellipsis: "..",
    dot: " | ",
    nothing: ".",
    good: "+",
    soon: ".",
    rule: "-",
    bar: "|",
    corners: ["+", "+", "+", "+"],
};

/// One line of styled pieces.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pieces: Vec<(Shown, Style)>,
}

impl Row {
    /// A row of one piece.
    pub(super) fn of(text: &str, style: Style) -> Self {
        Self::default().and(text, style)
    }

    /// A row of one plain piece.
    pub(super) fn plain(text: &str) -> Self {
        Self::of(text, Style::new())
    }

    /// With one more piece at its end.
    #[must_use]
    pub(super) fn and(mut self, text: &str, style: Style) -> Self {
        self.push(text, style);
        self
    }

    /// Puts one more piece at the end.
    pub(super) fn push(&mut self, text: &str, style: Style) {
        self.pieces.push((Shown::of(text), style));
    }

    /// With one more piece that was made showable before.
    #[must_use]
    pub(super) fn and_shown(mut self, text: Shown, style: Style) -> Self {
        self.pieces.push((text, style));
        self
    }

    /// Puts another row at the end.
    pub(super) fn append(&mut self, other: Self) {
        self.pieces.extend(other.pieces);
    }

    /// With another row at its end.
    #[must_use]
    pub(super) fn joined(mut self, other: Self) -> Self {
        self.append(other);
        self
    }

    /// How many columns it takes.
    pub(super) fn width(&self) -> usize {
        self.pieces.iter().map(|(piece, _)| piece.width()).sum()
    }
}

/// A buffer to draw on, with the look of this run. Positions count from the area's own corner.
pub(super) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    /// The styles of this run.
    pub(super) theme: Theme,
    /// The signs of this run.
    pub(super) signs: &'static Signs,
    /// How far the page that is drawn can be scrolled.
    pub(super) page_end: Option<usize>,
}

impl<'a> Canvas<'a> {
    /// A canvas over a whole buffer.
    pub(super) fn new(buffer: &'a mut Buffer, look: &Look) -> Self {
        let theme = if look.colour { look.theme } else { Theme::mono() };
        Self { buffer, theme, signs: if look.ascii { &ASCII } else { &UNICODE }, page_end: None }
    }

    /// Notes that what is drawn can be scrolled this far; of two columns the longer one counts.
    pub(super) fn ends_at(&mut self, line: usize) {
        self.page_end = self.page_end.max(Some(line));
    }

    /// Writes a text, cut to so many columns, and gives the columns it took.
    pub(super) fn put(&mut self, x: u16, y: u16, width: u16, text: &Shown, style: Style) -> u16 {
        let area = self.buffer.area;
        if x >= area.width || y >= area.height {
            return 0;
        }
        let width = width.min(area.width - x);
        let text = text.cut(usize::from(width), self.signs.ellipsis);
        self.buffer.set_stringn(area.x + x, area.y + y, text.as_str(), usize::from(width), style);
        cells(text.width())
    }

    /// Writes a row, cut to so many columns.
    pub(super) fn row(&mut self, x: u16, y: u16, width: u16, row: &Row) {
        let mut used = 0;
        for (piece, style) in &row.pieces {
            let room = width.saturating_sub(used);
            if room == 0 {
                break;
            }
            used = used.saturating_add(self.put(x.saturating_add(used), y, room, piece, *style));
            if cells(piece.width()) > room {
                break;
            }
        }
    }

    /// Writes a row so that it ends at the right edge of a line, and gives the column it begins in.
    pub(super) fn row_right(&mut self, x: u16, y: u16, width: u16, row: &Row) -> u16 {
        let taken = cells(row.width()).min(width);
        let start = x.saturating_add(width - taken);
        self.row(start, y, taken, row);
        start
    }

    /// Draws a horizontal rule.
    pub(super) fn rule(&mut self, x: u16, y: u16, width: u16, style: Style) {
        let rule = self.signs.rule.repeat(usize::from(width));
        self.put(x, y, width, &Shown::of(&rule), style);
    }

    /// Draws a vertical rule.
    pub(super) fn bar(&mut self, x: u16, y: u16, height: u16, style: Style) {
        for row in 0..height {
            self.put(x, y.saturating_add(row), 1, &Shown::of(self.signs.bar), style);
        }
    }

    /// Empties an area for a window. A wide glyph that reaches into it from the left goes as a whole.
    fn clear(&mut self, area: Area) {
        let origin = self.buffer.area;
        for y in area.y..area.y.saturating_add(area.height) {
            for back in 1..=area.x {
                let Some(cell) = self.buffer.cell_mut((origin.x + area.x - back, origin.y + y)) else {
                    break;
                };
                let columns: usize = text::graphemes(cell.symbol()).map(|(_, width)| width).sum();
                if columns > usize::from(back) {
                    cell.set_symbol(" ");
                }
            }
        }
        let rect = Rect::new(origin.x + area.x, origin.y + area.y, area.width, area.height);
        for position in rect.intersection(origin).positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.reset();
            }
        }
    }

    /// Draws an empty window with a title and gives its inside.
    pub(super) fn window(&mut self, area: Area, title: &str) -> Area {
        self.clear(area);
        let (style, [tl, tr, bl, br]) = (self.theme.rule, self.signs.corners);
        let (right, bottom) =
            ((area.x + area.width).saturating_sub(1), (area.y + area.height).saturating_sub(1));
        for y in [area.y, bottom] {
            self.rule(area.x, y, area.width, style);
        }
        self.bar(area.x, area.y, area.height, style);
        self.bar(right, area.y, area.height, style);
        for (x, y, sign) in
            [(area.x, area.y, tl), (right, area.y, tr), (area.x, bottom, bl), (right, bottom, br)]
        {
            self.put(x, y, 1, &Shown::of(sign), style);
        }
        let title = Row::of(&format!(" {title} "), self.theme.title);
        self.row(area.x + 2, area.y, area.width.saturating_sub(4), &title);
        Area {
            x: area.x + 2,
            y: area.y + 1,
            width: area.width.saturating_sub(4),
            height: area.height.saturating_sub(2),
        }
    }
}
