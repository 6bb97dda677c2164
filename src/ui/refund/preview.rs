//! What will leave this host: the refund in words, then the request, byte for byte.

use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::refunding::{self, RefundForm};
use crate::domain::refund::Refund;
use crate::domain::shown;

use crate::ui::canvas::{Canvas, Row};
use crate::ui::form::{cannot, labelled, request, scrolling};

use super::fields::sent_as;

/// Draws the page from a line on.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    model: &Model,
    form: &RefundForm,
    body: Option<&String>,
    scroll: usize,
    area: Area,
) {
    let width = usize::from(area.width.saturating_sub(2));
    let head = "The refund cannot be written yet:";
    let rows = match (form.refund(model), body) {
        (Err(problems), _) => cannot(canvas, head, &problems, width),
        (Ok(refund), Some(_)) => whole(canvas, &refund, body, width),
        (Ok(refund), None) => match refunding::why_not(model, form).filter(|_| form.slot(model).is_none()) {
            Some(why) if form.again.is_none() => cannot(canvas, head, &[why], width),
            _ => whole(canvas, &refund, body, width),
        },
    };
    let title =
        Row::of(&format!(" Preview: refund of order {} ", shown::id(&form.order)), canvas.theme.title);
    scrolling(canvas, area, &title, &rows, scroll);
}

fn whole(canvas: &Canvas<'_>, refund: &Refund, body: Option<&String>, width: usize) -> Vec<Row> {
    let line = |label: &str, text: &str| labelled(canvas, label, LABEL, text, width);
    let mut rows = Vec::new();
    if let Some(number) = body.and_then(|body| number_in(body)) {
        rows.extend(line("Number", number));
    }
    rows.extend(line("Amount", &format!("{}, {}", refund.amount, sent_as(&refund.amount, refund.road))));
    if let Some(comment) = &refund.comment {
        rows.extend(line("Comment", comment));
    }
    rows.push(Row::default());
    rows.extend(request(canvas, body, width));
    rows
}

/// Columns of a label.
const LABEL: usize = 10;

/// The number of the refund in a body: letters and digits alone, so that nothing of it can be escaped.
fn number_in(body: &str) -> Option<&str> {
    let after = |name: &str| body.split_once(&format!("\"{name}\"")).map(|(_, rest)| rest);
    let rest = after("outRefundNo").or_else(|| after("refundId"))?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    value.split_once('"').map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_read_from_either_body() {
        let new = r#"{"data":{"outRefundNo":"DKAB01","refundAmount":3000}}"#;
        assert_eq!(number_in(new), Some("DKAB01"));
        assert_eq!(number_in("{\n \"refundId\" : \"DKAB02\"\n}"), Some("DKAB02"));
        assert_eq!(number_in(r#"{"outRefundNo":7}"#), None);
    }
}
