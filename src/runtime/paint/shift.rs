//! Rows that have only moved: the terminal can move them itself, which costs a few bytes instead of a screenful.
//!
//! A scroll region moves whole lines, so what stands beside a scrolled table moves along and has to be put right.
//! Where a shift promises to pay is estimated here; whether it does is for the caller to see, by trying it.

use std::collections::HashMap;
use std::io::Write as _;

use ratatui::buffer::{Buffer, Cell};

use super::row_of;

/// What setting and resetting the scroll region costs at least.
const OVERHEAD: i32 = 18;
/// What it costs to get from one change to the next.
const JUMP: i32 = 6;
/// Comparisons of cells that a search may take: large screens are searched for small shifts only.
const EFFORT: usize = 4_000_000;
/// The cell that needs no writing after an erasure.
const BLANK: u32 = 0;

/// Rows of the screen moved by some lines; the rows that this leaves are blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    /// The first row that takes part.
    pub(super) top: u16,
    /// The last one.
    pub(super) bottom: u16,
    /// By how many lines, fewer than take part.
    pub(super) lines: u16,
    /// Whether what they show moves up.
    pub(super) up: bool,
}

impl Shift {
    /// The bytes that make the terminal do it: margins, then line feeds at the lower or reverse ones at the upper
    /// margin, which every terminal with margins knows (the Linux console has no other way). The pen must be the
    /// terminal's own; where the cursor is afterwards is not certain.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let (top, bottom) = (self.top + 1, self.bottom + 1);
        // Writing to a Vec cannot fail.
        _ = write!(out, "\x1b[{top};{bottom}r\x1b[{}H", if self.up { bottom } else { top });
        let line: &[u8] = if self.up { b"\n" } else { b"\x1bM" };
        out.extend(std::iter::repeat_n(line, self.lines.into()).flatten());
        out.extend_from_slice(b"\x1b[r");
    }

    /// What the terminal shows afterwards.
    pub(super) fn apply(self, shown: &mut Buffer) {
        let width = usize::from(shown.area.width);
        let rows = usize::from(self.top) * width..(usize::from(self.bottom) + 1) * width;
        let moved = usize::from(self.lines) * width;
        let Some(cells) = shown.content.get_mut(rows).filter(|cells| moved <= cells.len()) else { return };
        let stays = cells.len() - moved;
        if self.up {
            cells.rotate_left(moved);
            cells.iter_mut().skip(stays).for_each(|cell| *cell = Cell::EMPTY);
        } else {
            cells.rotate_right(moved);
            cells.iter_mut().take(moved).for_each(|cell| *cell = Cell::EMPTY);
        }
    }
}

/// The shift that promises to save most between two pictures of the same size, if any does.
pub(super) fn find(shown: &Buffer, next: &Buffer) -> Option<Shift> {
    let mut numbers = HashMap::from([(&Cell::EMPTY, BLANK)]);
    let (before, after) = (shown, next);
    let mut shown = numbered(before, &mut numbers, None);
    let mut next = numbered(after, &mut numbers, Some((before, &shown)));
    let up = search(&shown, &next);
    // Upside down, down is up.
    shown.reverse();
    next.reverse();
    let last = shown.len().checked_sub(1)?;
    let down = search(&shown, &next);
    let best = if down.as_ref().map(|found| found.gain) > up.as_ref().map(|found| found.gain) {
        down.map(|found| Found { top: last - found.bottom, bottom: last - found.top, up: false, ..found })
    } else {
        up
    }?;
    let row = |row: usize| u16::try_from(row).ok();
    Some(Shift { top: row(best.top)?, bottom: row(best.bottom)?, lines: row(best.lines)?, up: best.up })
}

/// A shift and the bytes it promises to save.
struct Found {
    gain: i32,
    top: usize,
    bottom: usize,
    lines: usize,
    up: bool,
}

/// Equal cells get equal numbers, which compare faster. Most cells are those to their left or those in the same place of
/// the picture before, whose numbers need not be looked up.
fn numbered<'a>(
    buffer: &'a Buffer,
    numbers: &mut HashMap<&'a Cell, u32>,
    before: Option<(&Buffer, &[Vec<u32>])>,
) -> Vec<Vec<u32>> {
    let number_row = |y: u16| {
        let known = before.and_then(|(buffer, rows)| Some((row_of(buffer, y), rows.get(usize::from(y))?)));
        let mut left: Option<(&Cell, u32)> = None;
        let number = |(x, cell): (usize, &'a Cell)| {
            let in_place = || {
                let (cells, numbers) = known?;
                (cells.get(x)? == cell).then(|| numbers.get(x).copied())?
            };
            let beside = left.filter(|(left, _)| *left == cell).map(|(_, number)| number);
            let number = beside.or_else(in_place).unwrap_or_else(|| {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                *numbers.entry(cell).or_insert(next)
            });
            left = Some((cell, number));
            number
        };
        row_of(buffer, y).iter().enumerate().map(number).collect()
    };
    (0..buffer.area.height).map(number_row).collect()
}

/// The best shift upwards.
fn search(shown: &[Vec<u32>], next: &[Vec<u32>]) -> Option<Found> {
    let width = next.first()?.len();
    let in_place: Vec<i32> = shown.iter().zip(next).map(|(from, to)| cost(from, to)).collect();
    let blank = vec![BLANK; width];
    // Sums over the rows above: what rows that come in blank cost more than they would in place.
    let anew: Vec<i32> = sums(in_place.iter().zip(next).map(|(in_place, to)| in_place - cost(&blank, to)));
    let most = (EFFORT / (width * next.len()).max(1)).min(next.len().saturating_sub(1));
    (1..=most)
        .filter_map(|lines| best_rows(shown, next, lines, &in_place, &anew))
        .max_by_key(|found| found.gain)
}

/// The rows between which a shift upwards by some lines saves most.
fn best_rows(
    shown: &[Vec<u32>],
    next: &[Vec<u32>],
    lines: usize,
    in_place: &[i32],
    anew: &[i32],
) -> Option<Found> {
    let moved = shown.iter().skip(lines).zip(next).zip(in_place);
    let saved = sums(moved.map(|((from, to), in_place)| in_place - cost(from, to)));
    let mut best: Option<Found> = None;
    let mut start = (0, 0);
    // `middle` is the first row that comes in blank; `saved` and `anew` hold the sums up to a row.
    for (middle, &upto) in saved.iter().enumerate().skip(1) {
        let bottom = middle + lines - 1;
        let fresh = anew.get(bottom + 1)? - anew.get(middle)?;
        let gain = upto - start.1 + fresh - OVERHEAD - i32::try_from(lines).ok()?;
        if gain > best.as_ref().map_or(0, |found| found.gain) {
            best = Some(Found { gain, top: start.0, bottom, lines, up: true });
        }
        if upto < start.1 {
            start = (middle, upto);
        }
    }
    best
}

/// The sums of all numbers before each place, and of all of them.
fn sums(numbers: impl Iterator<Item = i32>) -> Vec<i32> {
    let mut sum = 0;
    let mut all = vec![0];
    all.extend(numbers.map(|number| {
        sum += number;
        sum
    }));
    all
}

/// About how many bytes turn one row into another.
fn cost(from: &[u32], to: &[u32]) -> i32 {
    if from == to {
        return 0;
    }
    let (mut bytes, mut unchanged, mut blanks) = (0, JUMP, 0);
    for (from, to) in from.iter().zip(to) {
        if from == to {
            unchanged += 1;
        } else {
            bytes += unchanged.min(JUMP) + 1;
            unchanged = 0;
        }
        blanks = if *to == BLANK { blanks + i32::from(from != to) } else { 0 };
    }
    // The blanks at the end can be erased together.
    bytes - (blanks - 3).max(0)
}
