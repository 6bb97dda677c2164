//! A small window with a few things to choose from.

use ratatui::style::Style;

use crate::app::choosing::{Choice, Chooser};
use crate::app::layout::Area;
use crate::app::model::Model;

use super::canvas::{Canvas, Row};
use super::text::cells;

/// Columns of the window.
const WIDTH: u16 = 48;

/// Draws the window.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, chooser: &Chooser, body: Area) {
    let offers = chooser.offers(model);
    let height = cells(offers.len() + 2).min(body.height);
    let width = WIDTH.min(body.width);
    let area =
        Area { x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 2, width, height };
    let title = match chooser.choice {
        Choice::Sort(_) => "Order",
        Choice::Day => "Runs out on",
    };
    let inside = canvas.window(area, title);
    let longest = offers.iter().map(|offer| offer.name.len()).max().unwrap_or_default();
    let fit = usize::from(inside.height);
    let first = (chooser.chosen + 1).saturating_sub(fit);
    for (index, offer) in offers.iter().enumerate().skip(first).take(fit) {
        let chosen = index == chooser.chosen;
        let sign = if chosen { canvas.signs.cursor } else { " " };
        let style = if chosen { canvas.theme.chosen } else { Style::new() };
        let row = Row::of(sign, canvas.theme.title)
            .and(" ", Style::new())
            .and(&offer.name, style)
            .and(&" ".repeat(longest + 2 - offer.name.len()), Style::new())
            .and(&offer.about, canvas.theme.dim);
        canvas.row(inside.x, inside.y + cells(index - first), inside.width, &row);
    }
}
