//! The last page before a refund leaves: in words what goes to whom, what speaks against it, and what must be typed. It
//! scrolls; the line to type at stays.

use ratatui::style::Style;
use time::Duration;

use crate::app::field::TextField;
use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::reading::Reading;
use crate::app::refunding::{self, RefundForm};
use crate::domain::money;
use crate::domain::record::ActionRecord;
use crate::domain::refund::{Amount, OrderFile, Refund};
use crate::domain::shown;

use crate::ui::canvas::{Canvas, Row};
use crate::ui::form::{environment, labelled, scrolling_above, tight, to_type, wrapped};
use crate::ui::words;

use super::{earlier, fields, order};

/// What LIVE means here.
const LIVE: &str = "real money leaves this account";
/// The safety that needs no reading before a send.
const LOOKED_AT_AGAIN: &str = "Just before it is sent PayerMax is asked again about the cases and the refunds of the \
                               order; if one has moved, nothing is sent and it says so.";
/// So long after the first attempt the merchant portal comes before a second one (reliability.md section 1.3).
const LONG_AGO: Duration = Duration::hours(24);
/// What stands instead where another person sends it.
const ANOTHER_SENDS: &str = "Nothing leaves now. Whoever approves it sees the order as it is then, and every rule is asked \
                             again.";
/// Columns of a label, the blank behind it included.
const LABEL: usize = 12;

/// Draws the page as far as it has been read and gives the place of its cursor.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    model: &Model,
    form: &RefundForm,
    typed: &TextField,
    page: &Reading,
    area: Area,
) -> Option<(u16, u16)> {
    let verb = if form.again.is_some() { "Once more: confirm" } else { "Confirm" };
    let title =
        Row::of(&format!(" {verb} the refund of order {} ", shown::id(&form.order)), canvas.theme.title);
    let width = usize::from(area.width.saturating_sub(2));
    let fit = usize::from(area.height.saturating_sub(2));
    let file = form.file(model);
    let Some(asked) = refunding::asked(form, model) else {
        let why = refunding::why_not(model, form).unwrap_or_default();
        let rows = wrapped(&format!("x cannot be sent: {why}"), "", width, canvas.theme.warning);
        scrolling_above(canvas, area, &title, &rows, page.scroll(), 0);
        return None;
    };
    let needed = refunding::needs_approval(model, form);
    let live = if needed.is_some() { "somebody else lets real money leave" } else { LIVE };
    let mut rows = vec![environment(canvas, model, live)];
    if let Ok(amount) = form.amount_typed(model) {
        rows.extend(what_leaves(canvas, model, form, &amount, width));
        if let Some(needed) = &needed {
            let text = format!("! It is asked for and not sent: {needed}");
            rows.extend(wrapped(&text, "", width, canvas.theme.warning));
        }
        rows.extend(warnings(canvas, model, form, &file, &amount, width));
    }
    rows.push(Row::default());
    rows.extend(facts(canvas, model, form, &file, width));
    rows.push(Row::default());
    let closing = if needed.is_some() { ANOTHER_SENDS } else { LOOKED_AT_AGAIN };
    rows.extend(wrapped(closing, "", width, canvas.theme.dim));
    rows.push(Row::default());
    let bottom = scrolling_above(canvas, area, &title, &tight(rows, fit), page.scroll(), 1);
    Some(to_type(
        canvas,
        &asked,
        if needed.is_some() { "to ask for it" } else { "to send" },
        typed,
        Area { height: 1, ..bottom },
    ))
}

/// How much leaves, from where, to whom.
fn what_leaves(
    canvas: &Canvas<'_>,
    model: &Model,
    form: &RefundForm,
    amount: &Amount,
    width: usize,
) -> Vec<Row> {
    let profile = &model.session.profile;
    let order = shown::id(&form.order);
    let text = match refunding::needs_approval(model, form) {
        None => format!(
            "Money leaving profile {profile}: {amount}, to the customer of order {order}. It cannot be undone."
        ),
        Some(_) => format!("Asking for {amount} of profile {profile}, to the customer of order {order}."),
    };
    wrapped(&text, "", width, canvas.theme.title)
}

/// What speaks against it, the weightiest first.
fn warnings(
    canvas: &Canvas<'_>,
    model: &Model,
    form: &RefundForm,
    file: &OrderFile,
    amount: &Amount,
    width: usize,
) -> Vec<Row> {
    let theme = canvas.theme;
    let mut warnings = Vec::new();
    warnings.extend(order::unusual(model, form).map(|text| (text, theme.alarm)));
    let risks = [order::dispute(&file.order), order::lost(&file.order)];
    let disputed = risks.iter().any(Option::is_some);
    warnings.extend(risks.into_iter().flatten().map(|risk| (risk, theme.alarm)));
    if disputed {
        let lost = order::sums(&file.total_loss(amount));
        warnings.push((format!("You could lose in all: {lost}"), theme.alarm));
    }
    if let Some(same) = file.same_again(amount).filter(|_| form.again.is_none()) {
        let told = earlier::told(model, same);
        warnings.push((format!("The same sum of this order before: {amount} {told}"), theme.warning));
    }
    if let Some(record) = record(model, form) {
        warnings.extend(once_more(model, record).into_iter().map(|text| (text, theme.warning)));
    }
    let (window, few) = order::window(model, &file.order);
    warnings.extend(few.then_some((window, theme.warning)));
    let lines = |(text, style): (String, Style)| wrapped(&format!("! {text}"), "", width, style);
    warnings.into_iter().flat_map(lines).collect()
}

/// What it means to send the same refund a second time.
fn once_more(model: &Model, record: &ActionRecord) -> Vec<String> {
    let calendar = &model.scene.calendar;
    let number = shown::id(record.intent.out_refund_no.as_deref().unwrap_or_default());
    let first = words::stamp_with_age(record.created_at, calendar);
    let mut texts = vec![format!(
        "Once more: same number {number}, same contents, first sent {first}; PayerMax never heard of it"
    )];
    if model.scene.now - record.created_at > LONG_AGO {
        texts.push(
            "More than 24 hours ago: look into the merchant portal before you send it again".to_owned(),
        );
    }
    texts
}

/// The refund that is sent again, as the journal has it.
fn record<'m>(model: &'m Model, form: &RefundForm) -> Option<&'m ActionRecord> {
    let id = form.again.as_ref()?;
    model.book.journal().iter().find(|record| record.intent.id == *id)
}

/// Everything else that is known of it, by label.
fn facts(canvas: &Canvas<'_>, model: &Model, form: &RefundForm, file: &OrderFile, width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let mut rows: Vec<Row> = file.order.cases.iter().map(|case| order::case(canvas, model, case)).collect();
    let fact = |label: &str, text: &str| labelled(canvas, label, LABEL, text, width);
    rows.extend(fact("Order", &order::left(model, file)));
    rows.extend(order::earlier(canvas, model, file, width));
    if let Some((text, style)) = order::elsewhere(canvas, form) {
        rows.extend(wrapped(&text, &" ".repeat(LABEL), width, style));
    }
    if let Ok(refund) = form.refund(model) {
        let after = file.left().map(|left| left - refund.amount.value());
        if let (Some(after), Some(currency)) = (after, &file.order.currency) {
            rows.extend(fact("Left after", &order::money(after, currency)));
        }
        if record(model, form).is_none() {
            rows.extend(contents(canvas, &refund, width));
        }
    }
    let (window, few) = order::window(model, &file.order);
    if !few {
        rows.extend(fact("Paid", &window));
    }
    if let Some(record) = record(model, form) {
        rows.push(Row::of("Contents, as kept", theme.title));
        rows.extend(wrapped(&String::from_utf8_lossy(&record.intent.data), "  ", width, Style::new()));
    }
    rows
}

/// What the operator wrote.
fn contents(canvas: &Canvas<'_>, refund: &Refund, width: usize) -> Vec<Row> {
    let fact = |label: &str, text: &str| labelled(canvas, label, LABEL, text, width);
    let mut rows = Vec::new();
    if refund.amount.wire() != money::plain(refund.amount.value()) {
        rows.extend(fact("Amount", &fields::sent_as(&refund.amount, refund.road)));
    }
    rows.extend(fact("Comment", refund.comment.as_deref().unwrap_or("none")));
    if let Some(url) = &refund.notify_url {
        rows.extend(fact("Notify URL", url));
    }
    rows.extend(fact("Interface", fields::interface(refund.road)));
    if let Some(email) = &refund.email {
        rows.extend(fact("Email", email));
    }
    rows
}
