//! From a finished picture to the fewest bytes that turn what the terminal shows into it.
//!
//! Operators work over slow SSH lines, so every byte counts, and an unchanged picture costs none at all. ratatui's
//! own encoder spends a full cursor move after every wide character and eleven bytes on each of its sixteen colours,
//! and writes a whole table anew when it scrolls by one row; ARCHITECTURE.md has the figures of both. This is also
//! the second wall against control characters (design.md section 4).

mod brush;
mod links;
mod pen;
mod shift;
mod stroke;
mod tidy;

#[cfg(test)]
mod tests;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use crate::ui::{Frame, Link};

use brush::{Brush, Drawn};

/// Synchronised output (DEC private mode 2026): the terminal shows what lies between the two at once.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
/// Fewer bytes arrive together anyway: a character typed into a prompt is not worth two sequences around it.
const AT_ONCE: usize = 96;
/// A change that costs fewer bytes cannot be made cheaper by moving lines.
const WORTH_A_SEARCH: usize = 80;
/// Lines are moved when that saves so many bytes; for fewer the screen had better stand still.
const WORTH_A_SHIFT: usize = 64;

/// What the terminal shows, and how to change it.
#[derive(Debug)]
pub(super) struct Painter {
    shown: Option<Buffer>,
    /// The links on what it shows.
    links: Vec<Link>,
    /// The links on the frame that is painted next.
    coming: Vec<Link>,
    cursor_visible: bool,
    /// Cells of the last frame that should never have come here, so that one fault is told once.
    faults: usize,
    brush: Brush,
}

impl Painter {
    /// A painter for a terminal that has just been entered: nothing is known of what it shows.
    pub(super) fn new() -> Self {
        Self {
            shown: None,
            links: Vec::new(),
            coming: Vec::new(),
            cursor_visible: false,
            faults: 0,
            brush: Brush::default(),
        }
    }

    /// Forgets what the terminal shows: the next frame clears it and draws everything.
    pub(super) fn forget(&mut self) {
        *self = Self::new();
    }

    /// The frame that is painted next has these addresses for the terminal to open.
    pub(super) fn link(&mut self, links: Vec<Link>) {
        self.coming = links;
    }

    /// Writes into `out` what turns the terminal into `frame`; nothing when it shows the frame already. As one picture
    /// where the terminal `synchronises`.
    pub(super) fn paint(&mut self, frame: Frame, synchronises: bool, out: &mut Vec<u8>) {
        let Frame { buffer: mut next, cursor, faults, .. } = frame;
        let faults = faults + tidy::tidy(&mut next);
        if faults > self.faults {
            tracing::error!(
                failed = faults,
                "bug: text went around the road to the screen and was made harmless"
            );
        }
        let mut bytes = Vec::new();
        let shown = self.prepare(next.area, &mut bytes);
        self.faults = faults;
        let links = std::mem::take(&mut self.coming);
        let drawn = if links.is_empty() && self.links.is_empty() {
            self.cheapest(shown, &next)
        } else {
            links::draw(self.brush, shown, &next, &self.links, &links)
        };
        self.links = links;
        bytes.extend(drawn.bytes);
        self.brush = drawn.brush;
        self.place_cursor(cursor, next.area, &mut bytes);
        self.shown = Some(next);
        if bytes.len() < AT_ONCE || !synchronises {
            out.extend(bytes);
        } else {
            out.extend([BEGIN, &bytes, END].concat());
        }
    }

    /// What the terminal shows, after clearing it where that is unknown or of another size.
    fn prepare(&mut self, area: Rect, out: &mut Vec<u8>) -> Buffer {
        if let Some(shown) = self.shown.take().filter(|shown| shown.area == area) {
            return shown;
        }
        // Mode 7 (wrap) and the scroll region may be anything after another program; SGR and cursor too.
        out.extend_from_slice(b"\x1b[r\x1b[m\x1b[?25l\x1b[H\x1b[2J");
        let coming = std::mem::take(&mut self.coming);
        *self = Self { coming, brush: Brush { at: Some((0, 0)), ..Brush::default() }, ..Self::new() };
        Buffer::empty(area)
    }

    /// Cell by cell, or after moving the lines that have only moved: whatever takes fewer bytes.
    fn cheapest(&self, mut shown: Buffer, next: &Buffer) -> Drawn {
        let in_place = self.brush.draw(&shown, next);
        if in_place.bytes.len() < WORTH_A_SEARCH {
            return in_place;
        }
        let Some(shift) = shift::find(&shown, next) else { return in_place };
        let mut bytes = Vec::new();
        shift.write(&mut bytes);
        shift.apply(&mut shown);
        let Drawn { bytes: mut rest, brush } = Brush { at: None, ..self.brush }.draw(&shown, next);
        bytes.append(&mut rest);
        if bytes.len() + WORTH_A_SHIFT <= in_place.bytes.len() { Drawn { bytes, brush } } else { in_place }
    }

    fn place_cursor(&mut self, cursor: Option<(u16, u16)>, area: Rect, out: &mut Vec<u8>) {
        let cursor = cursor.filter(|&(x, y)| x < area.width && y < area.height);
        if let Some((x, y)) = cursor {
            self.brush.go(x, y, &[], out);
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
