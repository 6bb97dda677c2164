//! The terminal's current colours and attributes, and the shortest way from one set to another.

use std::io::Write as _;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// What the next character will look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pen {
    fg: Color,
    bg: Color,
    underline: Color,
    modifier: Modifier,
}

/// Without one of these a blank looks the same in any colour and weight.
const SEEN_ON_BLANK: Modifier = Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);
/// With one of them, these change what it looks like.
const SEEN_BESIDE: Modifier = Modifier::BOLD.union(Modifier::DIM);

/// Each attribute with the codes that switch it on and off. Bold and dim share their off code.
const ATTRIBUTES: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

impl Pen {
    /// The pen that a cell is written with.
    pub(super) fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, underline: cell.underline_color, modifier: cell.modifier }
    }

    /// Whether a tidied cell would come out right without a change; a blank takes any pen with its ground.
    pub(super) fn suits(self, cell: &Cell) -> bool {
        self == Self::of(cell) || cell.symbol() == " " && self.on_blank() == Self::of(cell)
    }

    /// What of it shows on a blank.
    pub(super) fn on_blank(self) -> Self {
        if self.modifier.intersects(SEEN_ON_BLANK) {
            Self { modifier: self.modifier & SEEN_ON_BLANK.union(SEEN_BESIDE), ..self }
        } else {
            Self { bg: self.bg, ..Self::default() }
        }
    }

    /// Gives a cell this look.
    pub(super) fn give(self, cell: &mut Cell) {
        (cell.fg, cell.bg) = (self.fg, self.bg);
        (cell.underline_color, cell.modifier) = (self.underline, self.modifier);
    }

    /// Back to the terminal's own look.
    pub(super) fn reset(&mut self, out: &mut Vec<u8>) {
        self.change_to(Self::default(), out);
    }

    /// Takes on another look.
    pub(super) fn change_to(&mut self, next: Self, out: &mut Vec<u8>) {
        if *self == next {
            return;
        }
        let step = self.codes_to(next);
        let afresh = Self::default().codes_to(next);
        // `0` and a separator come before a fresh start; with nothing after it, even the `0` can go.
        if afresh.is_empty() {
            out.extend_from_slice(b"\x1b[m");
        } else if afresh.len() + 2 < step.len() {
            out.extend_from_slice(b"\x1b[0;");
            out.extend_from_slice(&afresh);
            out.push(b'm');
        } else {
            out.extend_from_slice(b"\x1b[");
            out.extend_from_slice(&step);
            out.push(b'm');
        }
        *self = next;
    }

    /// The codes from this pen to another, separated by semicolons.
    fn codes_to(self, next: Self) -> Vec<u8> {
        let mut out = Vec::new();
        let dropped = self.modifier - next.modifier;
        let mut kept = self.modifier & next.modifier;
        let mut last_off = 0;
        for (attribute, _, off) in ATTRIBUTES.into_iter().filter(|row| dropped.contains(row.0)) {
            if off != last_off {
                code(&mut out, off);
                last_off = off;
            }
            for (twin, _, _) in ATTRIBUTES.into_iter().filter(|row| row.2 == off && row.0 != attribute) {
                kept.remove(twin);
            }
        }
        for (_, on, _) in ATTRIBUTES.into_iter().filter(|row| (next.modifier - kept).contains(row.0)) {
            code(&mut out, on);
        }
        if self.fg != next.fg {
            colour(&mut out, next.fg, 30);
        }
        if self.bg != next.bg {
            colour(&mut out, next.bg, 40);
        }
        if self.underline != next.underline {
            colour(&mut out, next.underline, 50);
        }
        out
    }
}

fn code(out: &mut Vec<u8>, number: u8) {
    if !out.is_empty() {
        out.push(b';');
    }
    // Writing to a Vec cannot fail.
    _ = write!(out, "{number}");
}

/// A colour as SGR codes; `base` is 30 for text, 40 for the ground, 50 for underlines.
fn colour(out: &mut Vec<u8>, colour: Color, base: u8) {
    let mut put = |codes: &[u8]| {
        for &number in codes {
            code(out, number);
        }
    };
    match (ansi(colour), colour) {
        // Underlines have no short codes.
        (Some(index), _) if base == 50 => put(&[base + 8, 5, index]),
        (Some(index), _) if index < 8 => put(&[base + index]),
        (Some(index), _) => put(&[base + 60 + index - 8]),
        (None, Color::Indexed(index)) => put(&[base + 8, 5, index]),
        (None, Color::Rgb(r, g, b)) => put(&[base + 8, 2, r, g, b]),
        (None, _) => put(&[base + 9]),
    }
}

/// The place of one of the sixteen named colours in the terminal's palette.
pub(super) fn ansi(colour: Color) -> Option<u8> {
    Some(match colour {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        Color::Reset | Color::Rgb(..) | Color::Indexed(_) => return None,
    })
}
