//! A text as it is, from the first column to the last: no border, no indent and no line of ours in it, so that selecting
//! it by hand takes nothing else along.

use ratatui::style::Style;

use crate::app::layout::Area;

use super::canvas::{Canvas, Row};
use super::facts;
use super::text::Shown;

/// Draws the page from a line on.
pub(super) fn draw(canvas: &mut Canvas<'_>, text: &str, scroll: usize, area: Area) {
    let width = usize::from(area.width).max(1);
    // A tab cannot be seen on a screen of cells, nor selected.
    let lines = text.lines().map(|line| line.replace('\t', "  "));
    let lines = lines.flat_map(|line| Shown::prose(&line).chunks(width));
    let rows: Vec<Row> = lines.map(|line| Row::default().and_shown(line, Style::new())).collect();
    let room = Area { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    facts::scrolled(canvas, room, &rows, scroll);
}
