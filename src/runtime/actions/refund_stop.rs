//! Why a confirmed refund is not sent after all. Pure, because it is asked twice: after the last look, and once more
//! while the journal is held, where nobody else can take what is left of the order or of the day.

use crate::domain::case::Field;
use crate::domain::record::ActionId;
use crate::domain::refund::{Earlier, Fate, Limits, Next, OrderFile, Problem, Refund, Written};
use crate::domain::{money, shown};

use super::outcome::codes;
use super::stop::{difference, value};
use super::{RefundOrder, Seen, Stop};

/// The fields that must not have moved between what the operator saw and the sending.
const MUST_STAND: [Field; 6] = [
    Field::OutTradeNo,
    Field::Status,
    Field::Amount,
    Field::Currency,
    Field::OriginTradeAmount,
    Field::OriginTradeCurrency,
];

/// Holds a fresh look at the cases of an order against what the operator saw.
pub(super) fn moved(order: &RefundOrder, fresh: &[Seen]) -> Option<Stop> {
    let find = |now: &Seen| {
        let name = shown::line(now.id.as_str()).into_owned();
        match order.seen.iter().find(|before| before.id == now.id) {
            Some(before) => difference(before, &now.case, &MUST_STAND)
                .map(|what| format!("case {name} has moved since it was shown ({what})")),
            None if now.case.text(Field::OutTradeNo) == order.refund.order => {
                Some(format!("case {name} of this order was not on the screen; put it on the list to see it"))
            }
            None => None,
        }
    };
    fresh.iter().find_map(find).map(|msg| Stop { code: codes::MOVED, msg })
}

/// Holds the refunds that PayerMax knows against those the operator saw.
pub(super) fn made_elsewhere(order: &RefundOrder, found: &[Earlier]) -> Option<Stop> {
    let one = found.iter().find(|one| !order.elsewhere.contains(one))?;
    let msg = format!("PayerMax knows a refund of this order that was not on the screen: {}", told(one));
    Some(Stop { code: codes::MOVED, msg })
}

/// Everything that speaks against a refund, given all that is known of its order; `None` when nothing does.
pub(super) fn stop(limits: &Limits, order: &RefundOrder, file: &OrderFile) -> Option<Stop> {
    wrong_turn(order, file)
        .or_else(|| uncountable(file))
        .or_else(|| broken_rule(&order.refund, file))
        .or_else(|| forbidden(limits, order, file))
}

/// Whether it is this refund's turn: the number that was shown, or the action that is to be sent again.
fn wrong_turn(order: &RefundOrder, file: &OrderFile) -> Option<Stop> {
    let stop = |code, msg| Some(Stop { code, msg });
    match (file.next(), &order.again) {
        (Next::Slot(next), None) if next == order.slot => None,
        (Next::Again(next), Some(id)) if next == *id => None,
        (Next::Busy(one), _) => {
            stop(codes::OCCUPIED, format!("a refund of this order is in the way: {}", told(&one)))
        }
        (Next::Exhausted, _) => {
            stop(codes::EXHAUSTED, "every number for refunds of this order is used up".to_owned())
        }
        (Next::Slot(next), None) => stop(
            codes::MOVED,
            format!(
                "refund {} of this order was confirmed, and by now it would be refund {next}",
                order.slot
            ),
        ),
        (Next::Again(id), None) => stop(
            codes::SEND_AGAIN,
            format!("{} was never received; only that refund may be sent again, with its own contents", id.0),
        ),
        (_, Some(id)) => stop(codes::MOVED, not_again(id)),
    }
}

/// Why an action cannot be sent again.
pub(super) fn not_again(id: &ActionId) -> String {
    format!("{} is no longer a refund that can be sent again", shown::line(&id.0))
}

/// What went back under a number cannot be told, so that what is left cannot be told either.
fn uncountable(file: &OrderFile) -> Option<Stop> {
    let one = file.uncountable()?;
    let msg = format!("how much of this order is left cannot be told, because of this refund: {}", told(one));
    Some(Stop { code: codes::OVER, msg })
}

/// The rules of the form, on what is known now.
fn broken_rule(refund: &Refund, file: &OrderFile) -> Option<Stop> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let written = Written {
        amount: refund.amount.wire(),
        currency: Some(refund.amount.currency().to_owned()),
        comment: text(&refund.comment),
        notify_url: text(&refund.notify_url),
        road: refund.road,
        email: text(&refund.email),
        trade_token: refund.trade_token.clone(),
    };
    let problem = written.for_order(file).err()?.into_iter().next()?;
    let code = if matches!(problem, Problem::Over { .. }) { codes::OVER } else { codes::RULE };
    Some(Stop { code, msg: problem.to_string() })
}

fn forbidden(limits: &Limits, order: &RefundOrder, file: &OrderFile) -> Option<Stop> {
    if let Some(why) = limits.forbid(file, &order.refund.amount) {
        return Some(Stop { code: codes::POLICY, msg: why.to_string() });
    }
    let open = file.order.open_cases().next().filter(|_| !order.although_open)?;
    let msg = format!(
        "case {} of this order is still open ({}), so that the money could be lost twice",
        shown::line(open.id.as_str()),
        value(&open.status)
    );
    Some(Stop { code: codes::OPEN_CASE, msg })
}

/// An earlier refund in a sentence.
fn told(one: &Earlier) -> String {
    let amount = one.amount.map_or_else(|| "an unknown amount".to_owned(), money::shown);
    let by = one.by.as_deref().filter(|by| !by.is_empty()).map(|by| format!(" by {}", value(by)));
    let what = match one.fate {
        Fate::Open(state) => format!("{} ({state})", one.fate.words()),
        fate => fate.words().to_owned(),
    };
    format!(
        "{} {}{}, {what}, number {}",
        amount,
        value(&one.currency),
        by.unwrap_or_default(),
        value(&one.number)
    )
}
