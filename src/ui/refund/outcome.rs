//! The pause, the way, and what came of it. Taken is never called refunded, and what nobody knows is said loudest.

use ratatui::style::Style;

use crate::app::action::Action;
use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::refunding::{Answer, RefundForm};
use crate::app::underway::Subject;
use crate::domain::action::State;
use crate::domain::refund::{Amount, Fate};
use crate::domain::return_code;
use crate::domain::shown;

use crate::ui::canvas::{Canvas, Row};
use crate::ui::form::{environment, frame, labelled, stack, tight, wrapped};
use crate::ui::records;

use super::earlier;

/// Columns of a label, the blank behind it included.
const LABEL: usize = 12;

/// Draws the pause before the send.
pub(super) fn pausing(canvas: &mut Canvas<'_>, model: &Model, form: &RefundForm, left: u8, area: Area) {
    let theme = canvas.theme;
    let width = usize::from(area.width.saturating_sub(2));
    let what = what(model, form);
    let mut rows = vec![environment(canvas, model, "real money leaves"), Row::default()];
    rows.push(
        Row::of(&format!("sending in {left} {} ", canvas.signs.ellipsis), theme.warning)
            .and("any key", theme.key)
            .and(" stops it", theme.title),
    );
    rows.push(Row::default());
    rows.extend(wrapped(&what, "", width, theme.title));
    rows.extend(wrapped("nothing has been sent yet", "", width, theme.dim));
    page(canvas, " Sending soon: refund of order ", form, rows, area);
}

/// Draws the page that waits for the answer.
pub(super) fn sending(canvas: &mut Canvas<'_>, model: &Model, form: &RefundForm, area: Area) {
    let theme = canvas.theme;
    let width = usize::from(area.width.saturating_sub(2));
    let mut rows = vec![environment(canvas, model, "real money leaves"), Row::default()];
    let text = format!("{} {}", canvas.signs.cursor, what(model, form));
    rows.extend(wrapped(&text, "", width, theme.title));
    if let Some(number) = number(model, form) {
        rows.extend(labelled(canvas, "Number", LABEL, &number, width));
    }
    rows.push(Row::default());
    let one = model.under_way.of(&Subject::Refund(form.order.clone()));
    let waits = one.map_or_else(|| "on its way".to_owned(), |one| one.told(model.scene.now));
    rows.extend(wrapped(&waits, "", width, theme.title));
    let text = "It cannot be stopped any more, and is not sent twice. Esc leaves the page; the answer is said wherever \
                you are.";
    rows.extend(wrapped(text, "", width, theme.dim));
    page(canvas, " Sending: refund of order ", form, rows, area);
}

/// Draws what came of it.
pub(super) fn done(canvas: &mut Canvas<'_>, model: &Model, form: &RefundForm, answer: &Answer, area: Area) {
    let theme = canvas.theme;
    let width = usize::from(area.width.saturating_sub(2));
    let fate = answer.fate();
    let mut rows = headline(canvas, fate, width);
    rows.push(Row::default());
    rows.extend(wrapped(&what(model, form), "", width, theme.title));
    let fact = |label: &str, text: &str| labelled(canvas, label, LABEL, text, width);
    if let Some(number) = answer.number.clone().or_else(|| number(model, form)) {
        rows.extend(fact("Number", &number));
    }
    let status = answer.status.as_deref().filter(|status| !status.is_empty());
    let code = [Some(answer.code.as_str()), status].into_iter().flatten().collect::<Vec<_>>().join(", ");
    rows.extend(fact("Code", &code));
    if !answer.msg.trim().is_empty() {
        rows.extend(fact("Message", &answer.msg));
    }
    rows.push(Row::default());
    rows.extend(wrapped(&advice(model, answer), "", width, advice_style(canvas, fate)));
    if let Some(hint) = return_code::hint_for(&answer.code).filter(|_| fate == Fate::Refused) {
        rows.extend(wrapped(hint, "", width, Style::new()));
    }
    rows.push(Row::default());
    rows.push(next(canvas, answer));
    page(canvas, " Outcome: refund of order ", form, rows, area);
}

pub(super) fn page(canvas: &mut Canvas<'_>, title: &str, form: &RefundForm, rows: Vec<Row>, area: Area) {
    let title = Row::of(&format!("{title}{} ", shown::id(&form.order)), canvas.theme.title);
    let inside = frame(canvas, area, &title, &Row::default());
    stack(canvas, inside, &tight(rows, usize::from(inside.height)));
}

/// `3,000.00 IDR to order P1`. What the journal says by now does not matter: the amount is what was confirmed.
pub(super) fn what(model: &Model, form: &RefundForm) -> String {
    let currency = form.file(model).order.currency.unwrap_or_default();
    let amount = Amount::parse(form.amount.value(), &currency);
    let amount = amount.map_or_else(|_| format!("{} {currency}", form.amount.value()), |a| a.shown());
    format!("{} to the customer of order {}", amount.trim(), shown::id(&form.order))
}

/// The number under which the journal has the newest refund of the order, once it is there.
fn number(model: &Model, form: &RefundForm) -> Option<String> {
    let newest = earlier::of_order(model, &form.order).pop()?;
    (newest.fate.is_open() && !newest.number.is_empty()).then_some(newest.number)
}

fn headline(canvas: &Canvas<'_>, fate: Fate, width: usize) -> Vec<Row> {
    let text = match fate {
        Fate::Open(_) => "UNKNOWN: nobody knows whether it was refunded".to_owned(),
        Fate::Refused => "refused: nothing was refunded".to_owned(),
        other => other.words().to_owned(),
    };
    let style = if matches!(fate, Fate::Open(_)) { canvas.theme.alarm } else { earlier::style(canvas, fate) };
    let sign = if matches!(fate, Fate::Open(_)) { "?" } else { earlier::sign(canvas, fate) };
    wrapped(&format!("{sign} {text}"), "", width, style)
}

fn advice_style(canvas: &Canvas<'_>, fate: Fate) -> Style {
    match fate {
        Fate::Open(_) => canvas.theme.alarm,
        _ => Style::new(),
    }
}

/// What it means, and what to do.
fn advice(model: &Model, answer: &Answer) -> String {
    let settle = model.key_of(Action::Settle);
    match answer.fate() {
        Fate::Pending => format!(
            "PayerMax has taken the refund. Until it is paid no other refund of this order can be sent; Esc, then \
             {settle} asks whether it is paid, and docket asks by itself, too."
        ),
        Fate::Paid => "PayerMax says that it is paid.".to_owned(),
        Fate::Failed => "PayerMax took the refund and could not pay it. The money is with you; a new refund of this \
                         order gets a new number."
            .to_owned(),
        Fate::Open(_) => {
            let journal = model.key_of(Action::View(7));
            let mark = format!("{} in the Journal ({journal})", model.key_of(Action::MarkSeen));
            records::after_unknown_refund(&format!("Esc, then {settle}"), &mark)
        }
        Fate::Refused if answer.may_pass => {
            "Nothing was carried out. The reason can pass by itself: wait a little, then send the same refund again; \
             it keeps its number."
                .to_owned()
        }
        Fate::Refused | Fate::NotReceived => {
            "Nothing was carried out. A corrected refund of this order keeps the number.".to_owned()
        }
    }
}

/// The keys that go on from here.
pub(super) fn keys(answer: &Answer) -> Vec<(&'static str, &'static str)> {
    if matches!(answer.fate(), Fate::Open(_)) {
        return vec![("Esc", "alone closes")];
    }
    match (answer.state == State::Refused, answer.may_pass) {
        (true, true) => vec![("q", "closes"), ("Esc", "back to the form")],
        (true, false) => vec![("e", "back to the form"), ("Esc", "closes")],
        (false, _) => vec![("Esc", "closes")],
    }
}

fn next(canvas: &Canvas<'_>, answer: &Answer) -> Row {
    let mut row = Row::default();
    for (index, (key, label)) in keys(answer).into_iter().enumerate() {
        if index > 0 {
            row.push(canvas.signs.dot, canvas.theme.dim);
        }
        row = row.and(key, canvas.theme.key).and(&format!(" {label}"), Style::new());
    }
    row
}
