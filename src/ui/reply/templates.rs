//! The texts from the config, to be taken into the reply.

use ratatui::style::Style;

use crate::app::layout::Area;
use crate::app::model::Model;

use crate::ui::canvas::{Canvas, Row};
use crate::ui::prompt::centred;
use crate::ui::text::{Shown, cells};

/// Columns of a name, at most.
const NAME: usize = 24;

/// Draws the window.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, chosen: usize, body: Area) {
    let templates = &model.session.templates;
    let height = cells(templates.len()).saturating_add(2).min(16);
    let inside = canvas.window(centred(body, 96, height), "Templates");
    let widest = templates.iter().map(|(name, _)| Shown::of(name).width()).max().unwrap_or(0).min(NAME);
    let fit = usize::from(inside.height);
    let first = (chosen + 1).saturating_sub(fit);
    for (index, (name, text)) in templates.iter().enumerate().skip(first).take(fit) {
        let is_chosen = index == chosen;
        let sign = if is_chosen { canvas.signs.cursor } else { " " };
        let name = Shown::of(name).cut(widest, canvas.signs.ellipsis);
        let pad = " ".repeat(widest.saturating_sub(name.width()) + 2);
        let style = if is_chosen { canvas.theme.chosen } else { canvas.theme.title };
        let row = Row::of(sign, canvas.theme.title)
            .and(&format!("{:>2} ", index + 1), canvas.theme.key)
            .and(name.as_str(), style)
            .and(&pad, Style::new())
            .and(text, if is_chosen { Style::new() } else { canvas.theme.dim });
        canvas.row(inside.x, inside.y + cells(index - first), inside.width, &row);
    }
}
