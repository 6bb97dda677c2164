//! What is known of the order's money, in words: what is left, how long it can be refunded, what is frozen.

use ratatui::style::Style;
use rust_decimal::Decimal;

use crate::app::model::Model;
use crate::app::refunding::{Elsewhere, RefundForm};
use crate::domain::case::Field;
use crate::domain::money::{self, Sums};
use crate::domain::refund::{Order, OrderCase, OrderFile, WINDOW_DAYS};
use crate::domain::shown;
use crate::domain::tracked::Tracked;

use crate::ui::canvas::{Canvas, Row};
use crate::ui::words;

use super::earlier;

/// Days left of the refund window from which it is worth a warning.
const FEW_DAYS: i64 = 14;
/// Open cases named in a sentence at most.
const NAMED: usize = 3;

/// `5,000.00 IDR`.
pub(super) fn money(amount: Decimal, currency: &str) -> String {
    format!("{} {currency}", money::shown(amount)).trim_end().to_owned()
}

/// `3,000.00 IDR and 50.00 USD`: different currencies are never added up.
pub(super) fn sums(sums: &Sums) -> String {
    sums.iter().map(|(currency, sum)| money(sum, currency)).collect::<Vec<_>>().join(" and ")
}

/// `This order is under dispute. 5,000.00 IDR is already frozen (case O1). A refund is paid on top.`
pub(super) fn dispute(order: &Order) -> Option<String> {
    let open: Vec<&OrderCase> = order.open_cases().collect();
    let word = if open.len() > 1 { "cases" } else { "case" };
    let mut names: Vec<String> =
        open.iter().take(NAMED).map(|case| shown::id(case.id.as_str()).into_owned()).collect();
    if open.len() > NAMED {
        names.push(format!("{} more", open.len() - NAMED));
    }
    let frozen = order.frozen();
    let frozen = match frozen.iter().count() {
        0 => "Its money is".to_owned(),
        1 => format!("{} is", sums(&frozen)),
        _ => format!("{} are", sums(&frozen)),
    };
    (!open.is_empty()).then(|| {
        format!(
            "This order is under dispute. {frozen} already frozen ({word} {}). A refund is paid on top.",
            names.join(", ")
        )
    })
}

/// `The dispute was lost (case O1): the customer has 5,000.00 IDR already. A refund is paid on top.`
pub(super) fn lost(order: &Order) -> Option<String> {
    let lost: Vec<String> = order.lost_cases().map(|case| shown::id(case.id.as_str()).into_owned()).collect();
    let word = if lost.len() > 1 { "disputes were" } else { "dispute was" };
    let sum = order.lost();
    let sum = if sum.is_empty() { "the money".to_owned() } else { sums(&sum) };
    (!lost.is_empty()).then(|| {
        format!(
            "The {word} lost (case {}): the customer has {sum} already. A refund is paid on top.",
            lost.join(", ")
        )
    })
}

/// What is said of identifiers that are not what they may look like.
pub(super) fn unusual(model: &Model, form: &RefundForm) -> Option<String> {
    let of_order = |tracked: &&Tracked| {
        tracked.case.as_ref().is_some_and(|case| case.text(Field::OutTradeNo) == form.order)
    };
    let told = model.book.iter().filter(of_order).find_map(Tracked::unusual_told);
    told.or_else(|| {
        shown::is_unusual(&form.order)
            .then(|| format!("{} in the order: compare with the merchant portal", shown::UNUSUAL))
    })
}

/// A case of the order on one line: its id, its status, its verdict, what it has frozen.
pub(super) fn case(canvas: &Canvas<'_>, model: &Model, case: &OrderCase) -> Row {
    let theme = canvas.theme;
    let mut row =
        Row::of("case ", theme.label).and(&shown::id(case.id.as_str()), theme.title).and(" ", theme.dim);
    row.push(&case.status, if case.is_open() { theme.warning } else { Style::new() });
    let known = model.book.get(&case.id).and_then(|tracked| tracked.case.as_ref());
    let result = known.map(|case| case.text(Field::CaseResult).trim()).filter(|result| !result.is_empty());
    if let Some(result) = result {
        row = row.and(" ", theme.dim).and(result, theme.title);
        if case.is_lost {
            row.push(" lost", theme.alarm);
        }
    }
    if let (true, Some((amount, currency))) = (case.is_open(), &case.frozen) {
        row = row.and(canvas.signs.dot, theme.dim).and(&money(*amount, currency), theme.warning);
        row.push(" frozen", theme.warning);
    }
    row
}

/// `paid 171 days ago, 9 of 180 days left`, and whether that is worth a warning.
pub(super) fn window(model: &Model, order: &Order) -> (String, bool) {
    let now = model.scene.now;
    let (Some(age), Some(left)) = (order.age_days(now), order.days_left(now)) else {
        return (format!("not known when it was paid; refunds end {WINDOW_DAYS} days after"), true);
    };
    let days = |days: i64| words::counted(usize::try_from(days).unwrap_or_default(), "day");
    let paid = match age {
        ..=0 => "paid today".to_owned(),
        age => format!("paid {} ago", days(age)),
    };
    if left < 0 {
        let beyond = days(-left);
        return (format!("{paid}, {beyond} beyond the {WINDOW_DAYS} days; PayerMax may refuse"), true);
    }
    (format!("{paid}, {} of {WINDOW_DAYS} days left", left.min(WINDOW_DAYS)), left < FEW_DAYS)
}

/// `left 3,000.00 of 5,000.00 IDR (2,000.00 refunded 2 Aug by ana)`.
pub(super) fn left(model: &Model, file: &OrderFile) -> String {
    let currency = file.order.currency.as_deref().unwrap_or_default();
    let left = match (file.left(), file.order.paid) {
        (Some(left), Some(paid)) => format!("left {} of {}", money::shown(left), money(paid, currency)),
        _ => "not known how much was paid".to_owned(),
    };
    match file.earlier.as_slice() {
        [] => left,
        [one] => {
            let amount = one.amount.map_or_else(|| "an unreadable amount".to_owned(), money::shown);
            format!("{left} ({amount} {})", earlier::told(model, one))
        }
        many => format!(
            "{left} ({} refunded or on its way; {} earlier)",
            money::shown(file.refunded()),
            many.len()
        ),
    }
}

/// What PayerMax says of refunds made elsewhere, unless those stand among the earlier ones.
pub(super) fn elsewhere(canvas: &Canvas<'_>, form: &RefundForm) -> Option<(String, Style)> {
    let theme = canvas.theme;
    match &form.elsewhere {
        Elsewhere::Asking => {
            Some((format!("elsewhere: asking PayerMax{}", canvas.signs.ellipsis), theme.dim))
        }
        Elsewhere::Known(others) if others.is_empty() => {
            Some(("elsewhere: none found; the portal may know others".to_owned(), theme.dim))
        }
        Elsewhere::Known(_) => None,
        Elsewhere::NotAsked(why) => {
            Some((format!("elsewhere: not asked: {why}; asked again just before the send"), theme.warning))
        }
    }
}

/// Every earlier refund in a table, when one sentence cannot hold them.
pub(super) fn earlier(canvas: &Canvas<'_>, model: &Model, file: &OrderFile, width: usize) -> Vec<Row> {
    match file.earlier.as_slice() {
        [] | [_] => Vec::new(),
        many => earlier::table(canvas, model, many, width),
    }
}
