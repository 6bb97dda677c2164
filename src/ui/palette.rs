//! Every action by name: what is typed narrows the list; what cannot be done here says why.

use ratatui::style::Style;

use crate::app::action::{self, Action};
use crate::app::availability;
use crate::app::layout::Area;
use crate::app::model::{Availability, Model};
use crate::app::overlay::Palette;

use super::canvas::{Canvas, Row};
use super::prompt::centred;
use super::text::{Shown, cells};
use super::typed;

/// Columns of a name, the blank behind it included: the longest name is `view-waiting`.
const NAME: usize = 14;
const KEYS: usize = 11;

/// Draws the window and gives the place of its cursor.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, palette: &Palette, body: Area) -> (u16, u16) {
    let area = centred(body, 96, 22);
    let inside = canvas.window(area, "Actions");
    canvas.row(inside.x, inside.y, 1, &Row::of(":", canvas.theme.key));
    let room = inside.width.saturating_sub(1);
    let (text, cursor) = typed::one_line(&palette.field, usize::from(room));
    canvas.put(inside.x + 1, inside.y, room, &text, Style::new());
    let rows = palette.rows();
    let fit = usize::from(inside.height.saturating_sub(1));
    let first = (palette.chosen + 1).saturating_sub(fit);
    if rows.is_empty() {
        canvas.row(
            inside.x,
            inside.y + 1,
            inside.width,
            &Row::of("no action of that name", canvas.theme.dim),
        );
    }
    for (index, action) in rows.iter().enumerate().skip(first).take(fit) {
        let y = inside.y + 1 + cells(index - first);
        let row = line(canvas, model, *action, index == palette.chosen);
        canvas.row(inside.x, y, inside.width, &row);
    }
    (inside.x + 1 + cells(cursor), inside.y)
}

fn line(canvas: &Canvas<'_>, model: &Model, action: Action, chosen: bool) -> Row {
    let theme = canvas.theme;
    let Some(binding) = action::binding(action) else { return Row::default() };
    let sign = if chosen { canvas.signs.cursor } else { " " };
    let name = Shown::of(binding.name);
    let style = if chosen { theme.chosen } else { theme.title };
    let keys = Shown::of(&model.session.keymap.shown(action)).cut(KEYS - 1, canvas.signs.ellipsis);
    let row = Row::of(sign, theme.title)
        .and(" ", Style::new())
        .and(name.as_str(), style)
        .and(&" ".repeat(NAME.saturating_sub(name.width())), Style::new());
    let pad = " ".repeat(KEYS.saturating_sub(keys.width()));
    match availability::of(action, model) {
        Availability::On => {
            row.and(keys.as_str(), theme.key).and(&pad, Style::new()).and(binding.help, Style::new())
        }
        Availability::Off(why) => {
            row.and(keys.as_str(), theme.dim).and(&pad, theme.dim).and(&format!("off: {why}"), theme.dim)
        }
    }
}
