//! What differs between two pictures, as strokes: cells that are written side by side with one pen.

use ratatui::buffer::{Buffer, Cell, CellWidth as _};

use super::pen::Pen;
use super::{row_of, tidy};

/// A tail of at least this many changed blanks is erased with three bytes instead of being written out.
const ERASE_FROM: usize = 4;

/// Cells of one row to write, or an end of a row to erase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stroke<'a> {
    /// The row.
    pub(super) y: u16,
    /// Its first column.
    pub(super) x: usize,
    /// The column behind its last one.
    pub(super) end: usize,
    /// What its cells are written with.
    pub(super) pen: Pen,
    /// Whether the rest of the row is erased instead of written.
    pub(super) erases: bool,
    /// Whether wide glyphs are touched in its row: then it matters what is written first.
    pub(super) ordered: bool,
    /// The row as it is to be.
    pub(super) row: &'a [Cell],
}

impl Stroke<'_> {
    /// The cells to write; the ones that a wide glyph covers are among them.
    pub(super) fn cells(&self) -> &[Cell] {
        self.row.get(self.x..self.end).unwrap_or_default()
    }

    /// Goes on over the cell at a column, if that is next to it and takes the same pen; blanks at the start leave the
    /// choice of the pen to what follows.
    fn takes(&mut self, x: usize, cell: &Cell) -> bool {
        let own = Pen::of(cell);
        let free = || self.cells().iter().all(|before| before.symbol() == " " && own.suits(before));
        if self.end != x {
            return false;
        }
        if !self.pen.suits(cell) {
            if !free() {
                return false;
            }
            self.pen = own;
        }
        self.end += usize::from(cell.cell_width());
        true
    }
}

/// What has to be written to turn one picture into another of the same size, row by row, left to right.
pub(super) fn between<'a>(shown: &Buffer, next: &'a Buffer) -> Vec<Stroke<'a>> {
    let mut strokes = Vec::new();
    for y in 0..next.area.height {
        let (shown, next) = (row_of(shown, y), row_of(next, y));
        if shown != next {
            in_row(shown, next, y, &mut strokes);
        }
    }
    strokes
}

fn in_row<'a>(shown: &[Cell], next: &'a [Cell], y: u16, strokes: &mut Vec<Stroke<'a>>) {
    let blank_from = next.iter().rposition(|cell| *cell != Cell::EMPTY).map_or(0, |last| last + 1);
    let changed = |x: usize| shown.get(x) != next.get(x);
    let stale = (blank_from..next.len()).filter(|&x| changed(x)).count();
    let erase = (stale >= ERASE_FROM).then(|| (blank_from..next.len()).find(|&x| changed(x))).flatten();
    let end = if erase.is_some() { blank_from } else { next.len() };
    let wide = |row: &[Cell]| row.iter().enumerate().any(|(x, cell)| changed(x) && tidy::is_tail(cell));
    let ordered = wide(shown) || wide(next);
    let first = strokes.len();
    let written = |&(x, cell): &(usize, &Cell)| changed(x) && !tidy::is_tail(cell);
    for (x, cell) in next.iter().enumerate().take(end).filter(written) {
        let last = strokes.get_mut(first..).and_then(<[Stroke<'_>]>::last_mut);
        if !last.is_some_and(|last| last.takes(x, cell)) {
            let (pen, end) = (Pen::of(cell), x + usize::from(cell.cell_width()));
            strokes.push(Stroke { y, x, end, pen, erases: false, ordered, row: next });
        }
    }
    let pen = Pen::default();
    strokes.extend(erase.map(|x| Stroke { y, x, end: next.len(), pen, erases: true, ordered, row: next }));
}
