//! Refunds from the case page: what is written, what stands in the way, what leaves, and what is known afterwards.

mod chaos;
mod four_eyes;
mod hand;
mod open;
mod send;
mod unlock;
mod watch;
mod write;

use super::*;
use crate::app::overlay::Overlay;
use crate::app::refunding::{Answer, Confirmed, RefundForm, Step};
use crate::domain::action::State;
use crate::domain::record::{ActionId, ActionRecord, Finding, Intent, Kind};
use crate::domain::refund::{Earlier, Fate, Limits, Rule};

/// A case of an order of 5000.00 IDR.
pub(super) fn order_case(text: &str, status: &str, order: &str) -> Tracked {
    let mut tracked = case(text, status, "2026-11-20", "5000.00", "IDR");
    if let Some(case) = tracked.case.as_mut() {
        for (field, value) in [
            (Field::OutTradeNo, order),
            (Field::OriginTradeAmount, "5000.00"),
            (Field::OriginTradeCurrency, "IDR"),
            (Field::TradeCreateTime, "2026-06-01T00:00:00Z"),
        ] {
            case.set(field, Some(value.to_owned()));
        }
    }
    tracked
}

/// One open case and two closed ones, each of its own order.
pub(super) fn shop() -> Vec<Tracked> {
    vec![
        order_case("O5", "DISPUTE_INQUIRY", "P5"),
        order_case("O7", "CASE_CLOSED", "P7"),
        order_case("O8", "CASE_CLOSED", "P8"),
    ]
}

/// A refund in the journal.
pub(super) fn record(order: &str, slot: u8, amount: &str, state: State) -> ActionRecord {
    ActionRecord {
        intent: Intent {
            id: ActionId(format!("A-{order}-{slot}")),
            kind: Kind::Refund,
            case_id: Some(id(&order.replace('P', "O"))),
            batch_id: None,
            order: Some(order.to_owned()),
            out_refund_no: Some(format!("DKAAAAAAAAAAAAAAAAAAAAAAAAAA{slot:02}")),
            amount: Some(amount.to_owned()),
            currency: Some("IDR".into()),
            data: Vec::new(),
            operator: "ben".into(),
        },
        state,
        finding: Finding::default(),
        created_at: NOW - time::Duration::days(3),
        sent_at: Some(NOW - time::Duration::days(3)),
        answered_at: None,
        settled_at: None,
    }
}

/// The same, paid.
pub(super) fn paid(order: &str, slot: u8, amount: &str) -> ActionRecord {
    let mut record = record(order, slot, amount, State::Settled);
    record.finding.status = Some("REFUND_SUCCESS".into());
    record
}

/// A refund that another host made.
pub(super) fn elsewhere(number: &str, amount: i64, fate: Fate) -> Earlier {
    Earlier {
        action: None,
        number: number.into(),
        amount: Some(amount.into()),
        currency: "IDR".into(),
        fate,
        at: None,
        by: None,
    }
}

pub(super) fn answer(state: State, code: &str, may_pass: bool) -> Answer {
    let status = (state == State::Accepted).then(|| "REFUND_PENDING".to_owned());
    Answer { state, number: None, code: code.into(), msg: String::new(), status, may_pass }
}

/// Opens the page of a case.
pub(super) fn page<'s>(script: &'s mut Script, case: &str) -> &'s mut Script {
    script.keys("5 g");
    while script.cursor() != case {
        script.keys("j");
    }
    script.keys("Enter")
}

/// Opens the form from the page of a case; PayerMax knows of nothing else.
pub(super) fn opened<'s>(script: &'s mut Script, case: &str) -> &'s mut Script {
    page(script, case).keys("$");
    let order = form(script).order.clone();
    script.event(Event::RefundsSeen(order, Ok(Vec::new())))
}

/// A form on the confirm page: 3000.00 IDR of the order P7.
pub(super) fn confirming(script: &mut Script) -> &mut Script {
    opened(script, "O7").typed("3000").keys("ctrl-x")
}

/// The same, confirmed and sent.
pub(super) fn sending(script: &mut Script) -> &mut Script {
    confirming(script).typed("3000.00 IDR").keys("Enter");
    seconds(script)
}

/// Lets the pause pass.
pub(super) fn seconds(script: &mut Script) -> &mut Script {
    while let Step::Pausing { ticket, .. } = form(script).step {
        script.event(Event::SecondPassed(ticket));
    }
    script
}

pub(super) fn form(script: &Script) -> &RefundForm {
    let Overlay::Refund(form) = &script.model.overlay else { panic!("the form is open") };
    form
}

pub(super) fn is_writing(script: &Script) -> bool {
    matches!(form(script).step, Step::Write)
}

/// The refunds among the effects so far.
pub(super) fn sent(script: &mut Script) -> Vec<Confirmed> {
    let refund = |effect| if let Effect::SendRefund(one) = effect { Some(*one) } else { None };
    script.done().into_iter().filter_map(refund).collect()
}

/// A policy that blocks refunds on open cases.
pub(super) fn blocking() -> Limits {
    let rule = Rule { value: (), source: "/etc/docket/policy.toml".into() };
    Limits { open_case_blocked: Some(rule), ..Limits::default() }
}
