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
    let middle =
        Area { x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 2, width, height };
    let area = match chooser.choice {
        // Where the pane is, as far as it goes: what one changes is the table.
        Choice::Widths(_) => corner(width, height, body),
        _ => middle,
    };
    let title = match chooser.choice {
        Choice::Sort(_) => "Order",
        Choice::Widths(_) => "Widths",
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

/// The corner below the right end of the table, half of the body at most.
fn corner(width: u16, height: u16, body: Area) -> Area {
    let height = height.min(body.height / 2);
    Area { x: body.x + body.width - width, y: body.y + body.height - height, width, height }
}
