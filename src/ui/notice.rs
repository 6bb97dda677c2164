//! The line above the footer: what just happened, with a word beside the colour.

use ratatui::style::Style;

use crate::app::layout::Area;
use crate::app::model::{Model, Tone};

use super::canvas::{Canvas, Row};

/// Draws the notice, when there is one.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, area: Area) {
    let Some(notice) = &model.notice else { return };
    let (word, style) = match notice.tone {
        Tone::Info => ("", Style::new()),
        Tone::Warning => ("warning: ", canvas.theme.warning),
        Tone::Error => ("error: ", canvas.theme.alarm),
    };
    canvas.row(area.x, area.y, area.width, &Row::of(word, style).and(&notice.text, Style::new()));
}
