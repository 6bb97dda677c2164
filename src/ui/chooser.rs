//! A small window with a few things to choose from.

use crate::app::choosing::{Choice, Chooser};
use crate::app::layout::Area;

use super::canvas::Canvas;
use super::palette;
use super::text::cells;

/// Columns of the window.
const WIDTH: u16 = 48;

/// Draws the window.
pub(super) fn draw(canvas: &mut Canvas<'_>, chooser: &Chooser, body: Area) {
    let offers = &chooser.offers;
    let height = cells(offers.len() + 2).min(body.height);
    let width = WIDTH.min(body.width);
    let area =
        Area { x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 2, width, height };
    let title = match chooser.choice {
        Choice::Sort(_) => "Order",
        Choice::Day => "Runs out on",
        Choice::Profile => "Go on in",
    };
    let inside = canvas.window(area, title);
    let longest = offers.iter().map(|offer| offer.name.len()).max().unwrap_or_default();
    let fit = usize::from(inside.height);
    let first = (chooser.chosen + 1).saturating_sub(fit);
    for (y, (index, offer)) in (inside.y..).zip(offers.iter().enumerate().skip(first).take(fit)) {
        let row = palette::offer(canvas, offer, longest, index == chooser.chosen);
        canvas.row(inside.x, y, inside.width, &row);
    }
}
