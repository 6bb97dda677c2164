//! Where the terminal's cursor is and what it writes with, and the cheapest way to put strokes on the screen.

use std::io::Write as _;

use ratatui::buffer::{Buffer, Cell, CellWidth as _};

use super::column;
use super::pen::Pen;
use super::stroke::{self, Stroke};

/// What the next character will look like and where it will stand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Brush {
    /// Where the terminal's cursor is, as far as that is certain.
    pub(super) at: Option<(u16, u16)>,
    pub(super) pen: Pen,
}

/// Bytes for the terminal, and how they leave it.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) bytes: Vec<u8>,
    pub(super) brush: Brush,
}

impl Brush {
    /// Turns one picture into another of the same size; ends with the terminal's own look.
    pub(super) fn draw(self, shown: &Buffer, next: &Buffer) -> Drawn {
        let mut strokes = stroke::between(shown, next);
        let by_row = self.put_all(&strokes);
        let mut pens: Vec<Pen> = Vec::new();
        for stroke in strokes.iter().filter(|stroke| !stroke.ordered) {
            if !pens.contains(&stroke.pen) {
                pens.push(stroke.pen);
            }
        }
        if pens.len() < 2 {
            return by_row;
        }
        // Labels in one colour and values in another, line after line: changing places is often cheaper than
        // changing colours. Where wide glyphs meet others, left to right is the only order all terminals agree on.
        strokes.sort_by_key(|stroke| {
            let pen = pens.iter().position(|pen| *pen == stroke.pen && !stroke.ordered);
            pen.map_or(0, |pen| pen + 1)
        });
        let by_pen = self.put_all(&strokes);
        if by_pen.bytes.len() < by_row.bytes.len() { by_pen } else { by_row }
    }

    fn put_all(self, strokes: &[Stroke<'_>]) -> Drawn {
        let (mut brush, mut bytes) = (self, Vec::new());
        for stroke in strokes {
            brush.put(stroke, &mut bytes);
        }
        brush.pen.reset(&mut bytes);
        Drawn { bytes, brush }
    }

    fn put(&mut self, stroke: &Stroke<'_>, out: &mut Vec<u8>) {
        self.go(column(stroke.x), stroke.y, stroke.row, out);
        if stroke.erases {
            self.pen.reset(out);
            out.extend_from_slice(b"\x1b[K");
            return;
        }
        for cell in stroke.cells() {
            if !self.pen.suits(cell) {
                self.pen.change_to(stroke.pen, out);
            }
            self.write(cell, stroke.row.len(), out);
        }
    }

    /// Writes one cell where the cursor stands, with its own pen.
    pub(super) fn write_in_its_pen(&mut self, cell: &Cell, columns: usize, out: &mut Vec<u8>) {
        if !self.pen.suits(cell) {
            self.pen.change_to(Pen::of(cell), out);
        }
        self.write(cell, columns, out);
    }

    /// Writes one cell where the cursor stands; the cells that a wide glyph covers have nothing to write.
    fn write(&mut self, cell: &Cell, columns: usize, out: &mut Vec<u8>) {
        let symbol = cell.symbol();
        if symbol.is_empty() {
            return;
        }
        out.extend_from_slice(symbol.as_bytes());
        // At the right edge terminals differ on where the cursor is, and on what a cluster of several characters
        // takes up; from there on it must be placed anew, so that one odd glyph cannot push a row aside.
        let single = symbol.chars().nth(1).is_none();
        self.at = self
            .at
            .map(|(x, y)| (x + cell.cell_width(), y))
            .filter(|&(x, _)| single && usize::from(x) < columns);
    }

    /// Brings the cursor to a place the cheapest way. A column is right whatever the width of what was written
    /// before, a distance would not be; so it goes down by line feeds, but never sideways by distances.
    pub(super) fn go(&mut self, x: u16, y: u16, row: &[Cell], out: &mut Vec<u8>) {
        if self.at == Some((x, y)) {
            return;
        }
        let mut way = match (y, x) {
            (0, 0) => b"\x1b[H".to_vec(),
            (_, 0) => format!("\x1b[{}H", y + 1).into_bytes(),
            _ => format!("\x1b[{};{}H", y + 1, x + 1).into_bytes(),
        };
        if let Some((from, above)) = self.at.filter(|&(_, above)| above <= y) {
            let mut down = vec![b'\n'; usize::from(y - above)];
            if x == 0 {
                down.push(b'\r');
            } else {
                _ = write!(down, "\x1b[{}G", x + 1);
            }
            let again = (above == y && from < x).then(|| self.again(row, from, x)).flatten();
            for other in [Some(down), again].into_iter().flatten() {
                if other.len() < way.len() {
                    way = other;
                }
            }
        }
        out.append(&mut way);
        self.at = Some((x, y));
    }

    /// The plain cells between two places, where the pen is the right one to write them again.
    fn again(&self, row: &[Cell], from: u16, to: u16) -> Option<Vec<u8>> {
        let plain =
            |cell: &Cell| cell.symbol().is_ascii() && cell.symbol().len() == 1 && self.pen.suits(cell);
        let cells = row.get(usize::from(from)..usize::from(to))?;
        cells.iter().all(plain).then(|| cells.iter().flat_map(|cell| cell.symbol().bytes()).collect())
    }
}
