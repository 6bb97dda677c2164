//! Puts a finished picture into the one form in which equal cells look equal, and lets nothing through that could
//! steer the terminal: what reaches this point unsafe is a fault of the screen code, and is shown as such.

use ratatui::buffer::{Buffer, Cell, CellDiffOption, CellWidth as _};

use crate::domain::shown;

use super::pen::Pen;

/// Shown instead of a cell that must not be written.
const REFUSED: &str = "\u{fffd}";

/// Makes every cell safe and comparable; cells covered by a wide glyph become empty. Gives the number of cells that
/// should never have come here.
pub(super) fn tidy(buffer: &mut Buffer) -> usize {
    let width = usize::from(buffer.area.width).max(1);
    let mut faults = 0;
    // Buffers are laid out from 0,0 here, whatever part of a larger one they were.
    (buffer.area.x, buffer.area.y) = (0, 0);
    for row in buffer.content.chunks_mut(width) {
        let mut x = 0;
        while let Some((cell, rest)) = row.get_mut(x..).and_then(<[Cell]>::split_first_mut) {
            let covered = usize::from(settle(cell, rest.len(), &mut faults)) - 1;
            for tail in rest.iter_mut().take(covered) {
                *tail = Cell::EMPTY;
                tail.set_symbol("");
            }
            x += covered + 1;
        }
    }
    faults
}

/// Whether a wide glyph to the left covers this cell.
pub(super) fn is_tail(cell: &Cell) -> bool {
    cell.symbol().is_empty()
}

/// Makes one cell safe and gives its width, at least 1; `room` is the number of cells to its right.
fn settle(cell: &mut Cell, room: usize, faults: &mut usize) -> u16 {
    cell.set_diff_option(CellDiffOption::None);
    if shown::has_hostile(cell.symbol()) {
        cell.set_symbol(REFUSED);
        *faults += 1;
    }
    let width = cell.cell_width();
    if width == 0 || usize::from(width) > room + 1 {
        cell.set_symbol(" ");
    }
    if cell.symbol() == " " {
        Pen::of(cell).on_blank().give(cell);
    }
    cell.cell_width().max(1)
}
