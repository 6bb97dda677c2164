//! The next fourteen days as a strip of counts: on which day the work falls.

use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::summary::STRIP_DAYS;

use super::canvas::{Canvas, Row};
use super::text::cells;

/// Columns of a day when there is room for all of them, and the fewest that keep two days apart.
const WIDE: u16 = 9;
const NARROW: u16 = 7;

/// Draws as many whole days as fit, today first.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, area: Area) {
    if area.height < 2 {
        return;
    }
    let wide = WIDE.saturating_mul(cells(STRIP_DAYS)) <= area.width;
    let step = if wide { WIDE } else { NARROW };
    let fit = usize::from(area.width / step);
    let (theme, calendar) = (canvas.theme, model.scene.calendar);
    for (index, (date, count)) in model.desk.summary.days(&calendar).take(fit).enumerate() {
        let x = area.x + cells(index) * step;
        let weekday: String = date.weekday().to_string().chars().take(3).collect();
        let label = format!("{weekday} {:>2}", date.day());
        let today = index == 0;
        let style = if today { theme.chosen } else { theme.dim };
        canvas.row(x, area.y, step, &Row::of(&label, style));
        let (text, style) = match count {
            0 => (canvas.signs.nothing.to_owned(), theme.dim),
            _ if today => (count.to_string(), theme.warning),
            _ => (count.to_string(), theme.title),
        };
        canvas.row(x, area.y + 1, step, &Row::of(&format!("{text:>6}"), style));
    }
}
