//! The page behind the confirm page of a refund that one person alone must not send: it is asked for, and another person
//! lets it out.

use ratatui::style::Style;

use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::refunding::{Asked, RefundForm};
use crate::domain::refund::REQUEST_HOLDS;

use crate::ui::canvas::{Canvas, Row};
use crate::ui::form::{environment, labelled, wrapped};

use super::outcome;

/// Columns of a label, the blank behind it included.
const LABEL: usize = 12;

/// Draws it; without a request it is still being written.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    model: &Model,
    form: &RefundForm,
    asked: Option<&Asked>,
    area: Area,
) {
    let theme = canvas.theme;
    let width = usize::from(area.width.saturating_sub(2));
    let mut rows = vec![environment(canvas, model, "no money has left"), Row::default()];
    rows.extend(wrapped(&outcome::what(model, form), "", width, theme.title));
    if let Some(Asked { number, code }) = asked {
        let fact = |label: &str, text: &str| labelled(canvas, label, LABEL, text, width);
        rows.extend(fact("Number", number));
        rows.extend(fact("Code", code));
        rows.push(Row::default());
        rows.extend(wrapped(
            "Asked for. Nothing was sent; the journal has nothing of it.",
            "",
            width,
            theme.warning,
        ));
        let hours = REQUEST_HOLDS.whole_hours();
        let text = format!(
            "Another person sends it with: docket approve {number}. Tell them the code: if theirs is another, the request \
             is not yours any more. It holds for {hours} hours; docket approve --withdraw {number} takes it back."
        );
        rows.extend(wrapped(&text, "", width, Style::new()));
    } else {
        rows.push(Row::default());
        let text = format!("writing the request{}", canvas.signs.ellipsis);
        rows.extend(wrapped(&text, "", width, theme.dim));
    }
    outcome::page(canvas, " Asked for: refund of order ", form, rows, area);
}
