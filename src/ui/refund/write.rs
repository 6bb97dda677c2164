//! The page on which a refund is written: what is left of the order, the fields with their verdicts, and in one line
//! what still keeps it from being sent.

use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::refunding::{self, RefundForm};
use crate::domain::refund::OrderFile;
use crate::domain::shown;

use crate::ui::canvas::{Canvas, Row};
use crate::ui::facts;
use crate::ui::field::{self, Focused};
use crate::ui::form::{frame, readiness, stack, tight, wrapped};

use super::{fields, order};

/// Draws the page and gives the place of its cursor.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    model: &Model,
    form: &RefundForm,
    area: Area,
) -> Option<(u16, u16)> {
    let width = usize::from(area.width.saturating_sub(2));
    let foot = readiness(canvas, refunding::why_not(model, form), width);
    let fit = area.height.saturating_sub(1 + u16::try_from(foot.len()).unwrap_or(0));
    let file = form.file(model);
    let fields = fields::lines(canvas, model, form, &file, width);
    // Blank lines where there is room for them.
    let mut head = head(canvas, model, form, &file, width);
    if head.len() + fields.rows.len() > usize::from(fit) {
        head = tight(head, 0);
    }
    let focus = fields.focus.map(|focus| Focused { line: focus.line + head.len(), ..focus });
    let rows: Vec<Row> = head.into_iter().chain(fields.rows).collect();
    let first = field::first_shown(rows.len(), focus, usize::from(fit));
    let position = facts::position(first, fit, rows.len());
    let right = match position.as_str() {
        "" => Row::default(),
        position => Row::of(&format!(" {position} "), canvas.theme.dim),
    };
    let title = Row::of(&format!(" Refund of order {} ", shown::id(&form.order)), canvas.theme.title);
    let inside = frame(canvas, area, &title, &right);
    let cursor = field::around(canvas, &rows, focus, Area { height: fit, ..inside });
    stack(canvas, Area { y: inside.y + fit, height: inside.height.saturating_sub(fit), ..inside }, &foot);
    cursor.filter(|_| form.field().is_some())
}

/// What is known of the order.
fn head(canvas: &Canvas<'_>, model: &Model, form: &RefundForm, file: &OrderFile, width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let mut rows: Vec<Row> = file.order.cases.iter().map(|case| order::case(canvas, model, case)).collect();
    if form.again.is_some() {
        let text = "! once more: it was never received; same number, same contents";
        rows.extend(wrapped(text, "", width, theme.warning));
    }
    if let Some(dispute) = order::dispute(&file.order) {
        rows.extend(wrapped(&format!("! {dispute}"), "", width, theme.warning));
    }
    let (window, few) = order::window(model, &file.order);
    let window = if few { format!("! {window}") } else { window };
    rows.extend(wrapped(&window, "", width, if few { theme.warning } else { theme.dim }));
    rows.extend(wrapped(&order::left(model, file), "", width, theme.title));
    rows.extend(order::earlier(canvas, model, file, width));
    if let Some((text, style)) = order::elsewhere(canvas, form) {
        rows.extend(wrapped(&text, "", width, style));
    }
    rows.push(Row::default());
    rows
}
