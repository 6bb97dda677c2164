//! From a finished picture to the fewest bytes that turn what the terminal shows into it.
//!
//! Operators work over slow SSH lines, so every byte counts, and an unchanged picture costs none at all. ratatui's
//! own encoder spends a full cursor move after every wide character and eleven bytes on each of its sixteen colours;
//! this one stays under a third of that, and is the second wall against control characters (design.md section 4).

mod pen;
mod tidy;

#[cfg(test)]
mod tests;

use std::io::Write as _;

use ratatui::buffer::{Buffer, Cell, CellWidth as _};
use ratatui::layout::Rect;

use crate::ui::Frame;

use pen::Pen;

/// Synchronised output (DEC private mode 2026): the terminal shows what lies between the two at once.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
/// A tail of at least this many changed blanks is erased with three bytes instead of being written out.
const ERASE_FROM: usize = 4;
/// Unchanged cells up to this many are written again rather than jumped over: a jump costs about as much.
const REWRITE_UP_TO: u16 = 3;

/// What the terminal shows, and how to change it.
#[derive(Debug)]
pub(super) struct Painter {
    shown: Option<Buffer>,
    cursor_visible: bool,
    /// Where the terminal's cursor is, as far as that is certain.
    at: Option<(u16, u16)>,
    pen: Pen,
}

impl Painter {
    /// A painter for a terminal that has just been entered: nothing is known of what it shows.
    pub(super) fn new() -> Self {
        Self { shown: None, cursor_visible: false, at: None, pen: Pen::default() }
    }

    /// Forgets what the terminal shows: the next frame clears it and draws everything.
    pub(super) fn forget(&mut self) {
        *self = Self::new();
    }

    /// Writes into `out` what turns the terminal into `frame`; nothing when it shows the frame already.
    pub(super) fn paint(&mut self, frame: Frame, out: &mut Vec<u8>) {
        let Frame { buffer: mut next, cursor, .. } = frame;
        tidy::tidy(&mut next);
        let start = out.len();
        out.extend_from_slice(BEGIN);
        let shown = self.prepare(next.area, out);
        for y in 0..next.area.height {
            self.row(row_of(&shown, y), row_of(&next, y), y, out);
        }
        self.pen.reset(out);
        self.place_cursor(cursor, next.area, out);
        self.shown = Some(next);
        if out.len() == start + BEGIN.len() {
            out.truncate(start);
        } else {
            out.extend_from_slice(END);
        }
    }

    /// What the terminal shows, after clearing it where that is unknown or of another size.
    fn prepare(&mut self, area: Rect, out: &mut Vec<u8>) -> Buffer {
        if let Some(shown) = self.shown.take().filter(|shown| shown.area == area) {
            return shown;
        }
        // Mode 7 (wrap) and the scroll region may be anything after another program; SGR and cursor too.
        out.extend_from_slice(b"\x1b[m\x1b[?25l\x1b[H\x1b[2J");
        *self = Self { at: Some((0, 0)), ..Self::new() };
        Buffer::empty(area)
    }

    fn row(&mut self, shown: &[Cell], next: &[Cell], y: u16, out: &mut Vec<u8>) {
        let blank_from = next.iter().rposition(|cell| *cell != Cell::EMPTY).map_or(0, |last| last + 1);
        let changed = |x: usize| shown.get(x) != next.get(x);
        let stale = (blank_from..next.len()).filter(|&x| changed(x)).count();
        let erase = (stale >= ERASE_FROM).then(|| (blank_from..next.len()).find(|&x| changed(x))).flatten();
        let end = if erase.is_some() { blank_from } else { next.len() };
        for (x, cell) in
            next.iter().enumerate().take(end).filter(|&(x, cell)| changed(x) && !tidy::is_tail(cell))
        {
            self.go(column(x), y, Some(next), out);
            self.put(cell, next.len(), out);
        }
        if let Some(x) = erase {
            self.go(column(x), y, Some(next), out);
            self.pen.reset(out);
            out.extend_from_slice(b"\x1b[K");
        }
    }

    /// Writes one cell where the cursor stands.
    fn put(&mut self, cell: &Cell, columns: usize, out: &mut Vec<u8>) {
        self.pen.change_to(cell, out);
        let symbol = cell.symbol();
        out.extend_from_slice(symbol.as_bytes());
        // At the right edge terminals differ on where the cursor is, and on what a cluster of several characters
        // takes up; from there on it must be placed anew, so that one odd glyph cannot push a row aside.
        let single = symbol.chars().nth(1).is_none();
        self.at = self
            .at
            .map(|(x, y)| (x + cell.cell_width(), y))
            .filter(|&(x, _)| single && usize::from(x) < columns);
    }

    /// Brings the cursor to a place the cheapest way.
    fn go(&mut self, x: u16, y: u16, row: Option<&[Cell]>, out: &mut Vec<u8>) {
        match self.at {
            Some(at) if at == (x, y) => return,
            Some((from, same)) if same == y && from < x && self.rewrite(from, x, row, out) => {}
            // A column is cheaper than a place, and unlike a distance it is right whatever the width of what
            // was written before.
            Some((_, same)) if same == y => _ = write!(out, "\x1b[{}G", x + 1),
            _ if x == 0 => _ = write!(out, "\x1b[{}H", y + 1),
            _ => _ = write!(out, "\x1b[{};{}H", y + 1, x + 1),
        }
        self.at = Some((x, y));
    }

    /// Writes the few plain cells between two places again, when the pen is the right one for all of them.
    fn rewrite(&self, from: u16, to: u16, row: Option<&[Cell]>, out: &mut Vec<u8>) -> bool {
        let between = row.and_then(|row| row.get(usize::from(from)..usize::from(to)));
        let plain =
            |cell: &Cell| cell.symbol().is_ascii() && cell.symbol().len() == 1 && self.pen.suits(cell);
        match between {
            Some(cells) if to - from <= REWRITE_UP_TO && cells.iter().all(plain) => {
                out.extend(cells.iter().flat_map(|cell| cell.symbol().bytes()));
                true
            }
            _ => false,
        }
    }

    fn place_cursor(&mut self, cursor: Option<(u16, u16)>, area: Rect, out: &mut Vec<u8>) {
        let cursor = cursor.filter(|&(x, y)| x < area.width && y < area.height);
        if let Some((x, y)) = cursor {
            self.go(x, y, None, out);
        }
        if self.cursor_visible != cursor.is_some() {
            out.extend_from_slice(if cursor.is_some() { b"\x1b[?25h" } else { b"\x1b[?25l" });
            self.cursor_visible = cursor.is_some();
        }
    }
}

fn row_of(buffer: &Buffer, y: u16) -> &[Cell] {
    let width = usize::from(buffer.area.width);
    let start = usize::from(y) * width;
    buffer.content.get(start..start + width).unwrap_or_default()
}

/// A column as a number for the terminal; rows are never wider than `u16` counts.
fn column(x: usize) -> u16 {
    u16::try_from(x).unwrap_or(u16::MAX)
}
