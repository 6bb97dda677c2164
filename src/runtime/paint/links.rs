//! Addresses that the terminal may open (OSC 8), written over a finished picture. A terminal keeps a link with the cells
//! that carry it, and drops it where they are written again: so with links on the screen, nothing is moved by scrolling,
//! and all of them are written anew with every picture that differs. Without any, not a byte is other than before.

use ratatui::buffer::{Buffer, Cell};

use crate::ui::Link;

use super::brush::{Brush, Drawn};
use super::{row_of, tidy};

const OPEN: &[u8] = b"\x1b]8;;";
const END: &[u8] = b"\x1b\\";
/// Stands in no picture: whatever comes next differs from it.
const STALE: &str = "\u{1}";

/// Turns one picture with links into another of the same size.
pub(super) fn draw(brush: Brush, mut shown: Buffer, next: &Buffer, old: &[Link], new: &[Link]) -> Drawn {
    if shown == *next && old == new {
        return Drawn { bytes: Vec::new(), brush };
    }
    let width = usize::from(shown.area.width);
    for link in old.iter().filter(|link| !new.contains(link)) {
        let start = usize::from(link.y) * width + usize::from(link.x);
        let cells = shown.content.get_mut(start..start + usize::from(link.width)).unwrap_or_default();
        cells.iter_mut().filter(|cell| !tidy::is_tail(cell)).for_each(|cell| _ = cell.set_symbol(STALE));
    }
    let Drawn { mut bytes, mut brush } = brush.draw(&shown, next);
    for link in new {
        write(&mut brush, link, row_of(next, link.y), &mut bytes);
    }
    Drawn { bytes, brush }
}

/// Writes the cells of a link once more, as a link. What could steer the terminal is none.
fn write(brush: &mut Brush, link: &Link, row: &[Cell], out: &mut Vec<u8>) {
    let from = usize::from(link.x);
    let cells = row.get(from..from + usize::from(link.width)).unwrap_or_default();
    let safe = link.target.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    if !safe || cells.first().is_none_or(tidy::is_tail) {
        return;
    }
    brush.go(link.x, link.y, &[], out);
    out.extend([OPEN, link.target.as_bytes(), END].concat());
    for cell in cells {
        brush.write_in_its_pen(cell, row.len(), out);
    }
    brush.pen.reset(out);
    out.extend([OPEN, END].concat());
}
