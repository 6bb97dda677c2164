//! The page before the form: this order's money is frozen already, and what can be done instead of paying it twice.

use ratatui::style::Style;

use crate::app::action;
use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::refunding::{self, RefundForm};
use crate::domain::refund::Order;
use crate::domain::shown;

use crate::ui::canvas::{Canvas, Row};
use crate::ui::form::{frame, labelled, stack, tight, wrapped};

use super::order;

/// What can be done instead, as the case stands that decides it.
pub(super) fn instead(model: &Model, order: &Order) -> impl Iterator<Item = (String, &'static str)> {
    refunding::instead(order)
        .iter()
        .map(|action| (model.key_of(*action), action::binding(*action).map_or("", |binding| binding.label)))
}

/// The key that goes on, and what it says.
pub(super) const GO_ON: (&str, &str) = ("c", "go on");
/// Goes back to the case.
pub(super) const BACK: (&str, &str) = ("q", "back");

/// Columns of a label, the blanks behind it included.
const LABEL: usize = 9;

/// Draws the page.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, form: &RefundForm, area: Area) {
    let theme = canvas.theme;
    let title = Row::of(" STOP ", theme.alarm)
        .and(&format!("before the refund of order {} ", shown::id(&form.order)), theme.title);
    let inside = frame(canvas, area, &title, &Row::default());
    let width = usize::from(inside.width);
    let file = form.file(model);
    let mut rows = vec![Row::default()];
    let risks: Vec<String> =
        [order::dispute(&file.order), order::lost(&file.order)].into_iter().flatten().collect();
    for risk in &risks {
        rows.extend(wrapped(risk, "", width, theme.alarm));
    }
    if risks.is_empty() {
        rows.extend(wrapped("No case of this order is open any more.", "", width, theme.title));
    }
    rows.push(Row::default());
    let blocked = !refunding::may_go_on(model, form);
    let forbidden = refunding::forbidden(model, form).filter(|_| blocked).map(|rule| format!("x {rule}"));
    if let Some(forbidden) = &forbidden {
        rows.extend(wrapped(forbidden, "", width, theme.warning));
        rows.push(Row::default());
    }
    if file.order.cases.len() > 1 {
        rows.extend(file.order.cases.iter().map(|case| order::case(canvas, model, case)));
        rows.push(Row::default());
    }
    if let Some(case) = file.order.deciding_case() {
        rows.extend(labelled(canvas, "next", LABEL, case.stage.next_step(), width));
    }
    rows.push(choices(canvas, model, &file.order));
    if !blocked {
        let (key, label) = GO_ON;
        let row = Row::of("or       ", theme.label).and(key, theme.key);
        rows.push(row.and(&format!(" {label}"), Style::new()).and(" all the same", Style::new()));
    }
    stack(canvas, inside, &tight(rows, usize::from(inside.height)));
}

fn choices(canvas: &Canvas<'_>, model: &Model, order: &Order) -> Row {
    let mut row = Row::of("instead  ", canvas.theme.label);
    let back = (BACK.0.to_owned(), BACK.1);
    for (index, (key, label)) in instead(model, order).chain([back]).enumerate() {
        if index > 0 {
            row.push(canvas.signs.dot, canvas.theme.dim);
        }
        row = row.and(&key, canvas.theme.key).and(&format!(" {label}"), Style::new());
    }
    row
}
