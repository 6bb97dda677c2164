//! Why a confirmed refund is not sent after all. Pure, because it is asked twice: after the last look, and once more
//! while the journal is held, where nobody else can take what is left of the order or of the day.

use crate::domain::case::Field;
use crate::domain::record::ActionId;
use crate::domain::refund::{Against, Earlier, Fate, Limits, Meant, OrderFile, Problem, Turn, Written};
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

/// What stands against a refund, given all that is known of its order; `None` when nothing does.
pub(super) fn stop(limits: &Limits, order: &RefundOrder, file: &OrderFile) -> Option<Stop> {
    let turn = order.again.as_ref().map_or(Turn::Slot(order.slot), Turn::Again);
    let written = Written::from(&order.refund);
    let meant = Meant { written: &written, turn, although_open: order.although_open };
    file.against(limits, meant).map(|against| stopped(&against))
}

/// Why an action cannot be sent again.
pub(super) fn not_again(id: &ActionId) -> Stop {
    stopped(&Against::NotAgain(id.clone()))
}

/// The same with its code.
fn stopped(against: &Against) -> Stop {
    let code = match against {
        Against::Busy(_) => codes::OCCUPIED,
        Against::Exhausted => codes::EXHAUSTED,
        Against::ComesFirst(_) => codes::SEND_AGAIN,
        Against::OtherSlot { .. } | Against::NotAgain(_) => codes::MOVED,
        Against::Uncountable(_) | Against::Broken(Problem::Over { .. }) => codes::OVER,
        Against::Broken(_) => codes::RULE,
        Against::Forbidden(_) => codes::POLICY,
        Against::OpenCase { .. } => codes::OPEN_CASE,
    };
    Stop { code, msg: against.to_string() }
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
