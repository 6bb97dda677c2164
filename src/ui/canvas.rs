//! What the parts of the screen draw on: rows of styled pieces in, cells out. Every piece becomes a [`Shown`].

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::layout::Area;
use crate::app::model::Environment;

use super::link::Link;
use super::text::{self, Shown, cells};
use super::theme::Theme;
use super::{Look, Marks};

/// The signs of a locale: box drawing where UTF-8 is sure, plain ASCII elsewhere.
#[derive(Clone, Copy, Debug)]
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

/// Rules, bars and corners, in both locales: double lines around real money, broken ones in PayerMax's test environment.
/// So every page and window says without a word or a colour where it is.
fn drawn_in(signs: Signs, environment: Environment, ascii: bool) -> Signs {
    match (environment, ascii) {
        (Environment::Live, false) => {
            Signs { rule: "═", bar: "║", corners: ["╔", "╗", "╚", "╝"], ..signs }
        }
        (Environment::Live, true) => Signs { rule: "=", bar: "#", corners: ["#"; 4], ..signs },
        (Environment::Uat, false) => Signs { rule: "╌", bar: "╎", ..signs },
        (Environment::Uat, true) => Signs { rule: "~", bar: ":", ..signs },
        (Environment::Sandbox | Environment::Custom, _) => signs,
    }
}

/// One line of styled pieces.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pieces: Vec<Piece>,
}

/// A piece of a row: what it says, how it looks, and the address that it stands for, if it does.
#[derive(Clone, Debug)]
struct Piece {
    text: Shown,
    style: Style,
    link: Option<String>,
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
        self.pieces.push(Piece { text: Shown::of(text), style, link: None });
    }

    /// With one more piece that was made showable before.
    #[must_use]
    pub(super) fn and_shown(mut self, text: Shown, style: Style) -> Self {
        self.pieces.push(Piece { text, style, link: None });
        self
    }

    /// With one more piece that stands for an evidence address; one that breaks a rule of evidence is a text like any
    /// other.
    #[must_use]
    pub(super) fn and_address(mut self, text: &str, style: Style, address: &str) -> Self {
        self.pieces.push(Piece { text: Shown::of(text), style, link: super::link::target(address) });
        self
    }

    /// All of it standing for an evidence address.
    #[must_use]
    pub(super) fn for_address(mut self, address: &str) -> Self {
        let link = super::link::target(address);
        self.pieces.iter_mut().for_each(|piece| piece.link.clone_from(&link));
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
        self.pieces.iter().map(|piece| piece.text.width()).sum()
    }
}

/// A buffer to draw on, with the look of this run. Positions count from the area's own corner.
pub(super) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    /// The styles of this run.
    pub(super) theme: Theme,
    /// The signs of this run.
    pub(super) signs: Signs,
    /// How far the page that is drawn can be scrolled.
    pub(super) page_end: Option<usize>,
    /// What is known of places besides what stands there.
    pub(super) marks: Marks,
}

impl<'a> Canvas<'a> {
    /// A canvas over a whole buffer, for a desk on this environment.
    pub(super) fn new(buffer: &'a mut Buffer, look: &Look, environment: Environment) -> Self {
        let theme = if look.colour { look.theme } else { Theme::mono() };
        let signs = drawn_in(if look.ascii { ASCII } else { UNICODE }, environment, look.ascii);
        Self { buffer, theme: theme.on(environment), signs, page_end: None, marks: Marks::default() }
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
        // What stood there before is gone with its look: a title on a rule is no fainter than another.
        let under = Rect::new(area.x + x, area.y + y, cells(text.width()).min(width), 1);
        self.buffer.set_style(under, Style::reset());
        self.buffer.set_stringn(area.x + x, area.y + y, text.as_str(), usize::from(width), style);
        cells(text.width())
    }

    /// Writes a row, cut to so many columns.
    pub(super) fn row(&mut self, x: u16, y: u16, width: u16, row: &Row) {
        let mut used = 0;
        for Piece { text, style, link } in &row.pieces {
            let room = width.saturating_sub(used);
            if room == 0 {
                break;
            }
            let start = x.saturating_add(used);
            let taken = self.put(start, y, room, text, *style);
            used = used.saturating_add(taken);
            if let Some(target) = link.clone().filter(|_| taken > 0) {
                self.marks.links.push(Link { x: start, y, width: taken, target });
            }
            if cells(text.width()) > room {
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
        self.marks.links.retain(|link| !link.meets(area));
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
