//! The next fourteen days as a strip of counts: on which day the work falls.

use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::summary::STRIP_DAYS;

use super::canvas::{Canvas, Row};
use super::text::cells;

/// Columns of a day: the first that leaves room for all of them, or the last, which still keeps two days apart.
const STEPS: [u16; 3] = [9, 7, 5];

/// Draws as many whole days as fit, today first.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, area: Area) {
    if area.height < 2 {
        return;
    }
    let fits = |step: u16| step.saturating_mul(cells(STRIP_DAYS)) <= area.width;
    let [.., tight] = STEPS;
    let step = STEPS.into_iter().find(|&step| fits(step)).unwrap_or(tight);
    let fit = usize::from(area.width / step);
    let (theme, calendar) = (canvas.theme, model.scene.calendar);
    for (index, (date, count)) in model.desk.summary.days(&calendar).take(fit).enumerate() {
        let x = area.x + cells(index) * step;
        let label = label(date, step);
        let today = index == 0;
        let style = if today { theme.chosen } else { theme.dim };
        canvas.row(x, area.y, step, &Row::of(&label, style));
        let (text, style) = match count {
            0 => (canvas.signs.nothing.to_owned(), theme.dim),
            _ if today => (count.to_string(), theme.warning),
            _ => (count.to_string(), theme.title),
        };
        canvas.row(x, area.y + 1, step, &Row::of(&format!("{text:>width$}", width = label.len()), style));
    }
}

/// `Fri 20`, or `Fr20` where it is tight.
fn label(date: time::Date, step: u16) -> String {
    let (letters, gap) = if step > 5 { (3, " ") } else { (2, "") };
    let weekday: String = date.weekday().to_string().chars().take(letters).collect();
    format!("{weekday}{gap}{:>2}", date.day())
}
