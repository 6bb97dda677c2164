//! Refunding an order through the present gateway, and asking how the refund stands.

use std::time::Duration;

use docket::domain::action::{State, verdict};
use docket::domain::case::Field;
use docket::domain::fault::{Fault, Signature};
use docket::domain::refund::{Amount, Fate, Refund, Road};
use docket::gateway::{RefundAnswer, Refunds, Sent, is_not_found, refund_no};
use docket::sandbox::{Faults, RefundEnding, Sandbox, SandboxCase};

use crate::support::{client, merchant, sandbox, settings};

/// The order that was paid for with this, and its case.
pub(crate) const ORDER: &str = "P1642410680681";

/// A sandbox with one order, paid for with this much.
pub(crate) async fn paid(merchant: docket::sandbox::Merchant, amount: &str, currency: &str) -> Sandbox {
    let sandbox = sandbox(merchant, Faults::none()).await;
    sandbox.state().hold_still();
    sandbox.state().put_case(SandboxCase::from_fields([
        (Field::CaseId, "O-1"),
        (Field::Status, "DISPUTE_INQUIRY"),
        (Field::OutTradeNo, ORDER),
        (Field::TradeToken, "T2025020713159038685354"),
        (Field::OriginTradeAmount, amount),
        (Field::OriginTradeCurrency, currency),
        (Field::TradeCreateTime, "2026-11-10T04:00:00.000Z"),
    ]));
    sandbox
}

pub(crate) fn refund(amount: &str, currency: &str) -> Refund {
    Refund {
        order: ORDER.into(),
        trade_token: None,
        amount: Amount::parse(amount, currency).unwrap(),
        comment: None,
        notify_url: None,
        road: Road::Current,
        email: None,
    }
}

fn refunds(sandbox: &Sandbox) -> Refunds {
    Refunds::current(&client(settings(sandbox.base_url()), time::Duration::ZERO), "1.5", "1.5")
}

pub(crate) fn number(slot: u8) -> String {
    refund_no("custom", "app-1", "010213834784554", ORDER, slot)
}

pub(crate) async fn send(refunds: &Refunds, refund: &Refund, slot: u8) -> Sent<RefundAnswer> {
    let data = refunds.data(refund, &number(slot));
    let signed = refunds.sign(&data).await.unwrap();
    refunds.send(signed, &number(slot)).await
}

#[tokio::test]
async fn a_refund_moves_its_money_once_in_exactly_these_digits() {
    for (paid_with, currency, amount, digits) in [
        ("5000.00", "IDR", "5000.00", "5000"),
        ("10.10", "USD", "10.10", "10.10"),
        ("99.99", "EUR", "0.05", "0.05"),
        ("9007199254740993.25", "USD", "9007199254740993.25", "9007199254740993.25"),
    ] {
        let sandbox = paid(merchant(), paid_with, currency).await;
        let refunds = refunds(&sandbox);
        let full = Refund {
            trade_token: Some("T2025020713159038685354".into()),
            comment: Some("sent \"twice\"\n案".into()),
            notify_url: Some("https://shop.example/n".into()),
            ..refund(amount, currency)
        };
        let sent = send(&refunds, &full, 1).await;
        let answer = sent.outcome.unwrap();
        assert_eq!(answer.status, "REFUND_PENDING");
        assert_eq!((sent.exchange.http_status, sent.exchange.signature), (Some(200), Some(Signature::Valid)));
        {
            let state = sandbox.state();
            let done = state.ledger().get(&number(1)).unwrap();
            assert_eq!(
                (done.amount_text.as_str(), done.currency.as_str(), done.executed),
                (digits, currency, 1)
            );
            assert_eq!(Some(done.refund_trade_no.clone()), answer.refund_trade_no);
            assert_eq!(state.violations(), []);
        }
        let pending = refunds.query(&number(1)).await.unwrap().value;
        assert_eq!((pending.status.as_str(), &pending.finished_at), ("REFUND_PENDING", &None));
        let found = refunds.query(&number(1)).await.unwrap().value;
        assert_eq!(Fate::of_status(&found.status), Some(Fate::Paid));
        assert_eq!(found.amount, Some(full.amount.value()));
        assert_eq!((found.currency.as_deref(), found.order.as_deref()), (Some(currency), Some(ORDER)));
        assert_eq!(found.refund_trade_no, answer.refund_trade_no);
        assert!(found.finished_at.is_some() && found.result_msg.is_none());
    }
}

#[tokio::test]
async fn a_number_moves_money_once_however_often_it_comes() {
    let sandbox = paid(merchant(), "5000.00", "IDR").await;
    let refunds = refunds(&sandbox);
    send(&refunds, &refund("2000", "IDR"), 1).await.outcome.unwrap();
    let again = send(&refunds, &refund("2000", "IDR"), 1).await.outcome.unwrap_err();
    assert_eq!((again.code().as_str(), verdict(&again)), ("ORDER_REPEAT", State::Unknown));
    let beside = send(&refunds, &refund("2000", "IDR"), 2).await.outcome.unwrap_err();
    assert_eq!((beside.code().as_str(), verdict(&beside)), ("PAYMENT_PROCESSING", State::Unknown));
    let unknown = refunds.query(&number(2)).await.unwrap_err();
    assert!(is_not_found(&unknown), "{unknown}");
    assert!(matches!(unknown, Fault::Refused { signature: Signature::Valid, .. }));
    for _ in 0..2 {
        refunds.query(&number(1)).await.unwrap();
    }
    send(&refunds, &refund("3000", "IDR"), 2).await.outcome.unwrap();
    let over = send(&refunds, &refund("1", "IDR"), 3).await.outcome.unwrap_err();
    assert_eq!(over.code(), "PAYMENT_PROCESSING", "the second one is not paid yet");
    let state = sandbox.state();
    assert!(state.ledger().iter().all(|done| done.executed == 1) && state.ledger().len() == 2);
}

#[tokio::test]
async fn a_refusal_is_certain_and_says_what_to_do() {
    for (amount, currency, order, code) in [
        ("5001", "IDR", ORDER, "AMOUNT_INVALID"),
        ("50", "USD", ORDER, "CURRENCY_INVALID"),
        ("5000", "IDR", "P-404", "ORDER_NOT_EXIST"),
    ] {
        let sandbox = paid(merchant(), "5000.00", "IDR").await;
        let other = Refund { order: order.into(), ..refund(amount, currency) };
        let fault = send(&refunds(&sandbox), &other, 1).await.outcome.unwrap_err();
        assert_eq!((fault.code().as_str(), verdict(&fault)), (code, State::Refused));
        assert_ne!(fault.hint(), "look the code up with PayerMax");
        assert!(sandbox.state().ledger().is_empty());
    }
}

#[tokio::test]
async fn a_refund_may_fail_at_once_or_later() {
    for (ending, first) in
        [(RefundEnding::FailsAtOnce, "REFUND_FAILED"), (RefundEnding::FailsLater, "REFUND_PENDING")]
    {
        let sandbox = paid(merchant(), "10.00", "USD").await;
        sandbox.state().ledger_mut().end_next(ending);
        let refunds = refunds(&sandbox);
        assert_eq!(send(&refunds, &refund("10", "USD"), 1).await.outcome.unwrap().status, first);
        refunds.query(&number(1)).await.unwrap();
        let found = refunds.query(&number(1)).await.unwrap().value;
        assert_eq!(Fate::of_status(&found.status), Some(Fate::Failed));
        assert_eq!(found.result_msg.as_deref(), Some("PAYMENT_FAILED"));
    }
}

/// What goes wrong, under which code it is told, and how often money has moved by then.
pub(crate) const TROUBLE: [(&str, &str, usize); 14] = [
    ("drop-before", "DROPPED", 0),
    ("drop-after", "DROPPED", 1),
    ("http-503", "HTTP_503", 0),
    ("http-503-after", "HTTP_503", 1),
    ("http-404", "HTTP_404", 0),
    ("http-429(7)", "TOO_MANY_REQUEST", 0),
    ("truncated", "DROPPED", 1),
    ("foreign", "GARBLED", 1),
    ("oversized(2)", "GARBLED", 1),
    ("missing-sign", "UNVERIFIED", 1),
    ("wrong-sign", "UNVERIFIED", 1),
    ("skew(200)", "REQ_TIME_OVER_TIME", 0),
    ("redirect(http://127.0.0.1:9/)", "HTTP_307", 0),
    ("latency(60000)", "TIMED_OUT", 1),
];

/// Sends a refund into trouble: no success, no second one, nothing executed is called refused, and asking tells.
pub(crate) async fn meets(
    sandbox: &Sandbox,
    refunds: &Refunds,
    refund: &Refund,
    (flag, code, executed): (&str, &str, usize),
) {
    sandbox.set_faults(Faults::parse(flag).unwrap());
    let sent = send(refunds, refund, 1).await;
    let fault = sent.outcome.unwrap_err();
    assert_eq!(fault.code(), code, "{flag}: {fault}");
    assert!(!sent.exchange.request.is_empty());
    let certain = verdict(&fault) == State::Refused;
    assert!(!(certain && executed > 0), "{flag} would be called refused, and was executed");
    sandbox.set_faults(Faults::none());
    let found = refunds.query(&number(1)).await;
    let state = sandbox.state();
    let done = state.ledger().len();
    // A machine in a hurry may run out of time before the sandbox has read anything.
    if code != "TIMED_OUT" {
        assert_eq!((done, found.is_ok()), (executed, executed == 1), "{flag}: a question clears it up");
    }
    assert!(state.ledger().iter().all(|done| done.executed == 1 && done.received == 1), "{flag}");
}

/// How long to wait for an answer: for ever, as a machine under load counts, but for the one that never comes.
pub(crate) fn patience(code: &str) -> Duration {
    Duration::from_secs(if code == "TIMED_OUT" { 1 } else { 30 })
}

#[tokio::test]
async fn no_misbehaviour_makes_a_success_or_a_second_refund() {
    for trouble in TROUBLE {
        let sandbox = paid(merchant(), "5000.00", "IDR").await;
        let gateway = client(settings(sandbox.base_url()), time::Duration::ZERO);
        let impatient = Refunds::current(&gateway.with_reply_limit(patience(trouble.1)), "1.5", "1.5");
        meets(&sandbox, &impatient, &refund("5000", "IDR"), trouble).await;
    }
}

#[tokio::test]
async fn no_misbehaviour_makes_an_answer_to_a_question() {
    let sandbox = paid(merchant(), "5000.00", "IDR").await;
    let mut own = settings(sandbox.base_url());
    own.timeout = Duration::from_secs(1);
    let impatient = Refunds::current(&client(own, time::Duration::ZERO), "1.5", "1.5");
    send(&refunds(&sandbox), &refund("5000", "IDR"), 1).await.outcome.unwrap();
    for (flag, code, _) in TROUBLE {
        sandbox.set_faults(Faults::parse(flag).unwrap());
        let asker = if code == "TIMED_OUT" { &impatient } else { &refunds(&sandbox) };
        let fault = asker.query(&number(1)).await.unwrap_err();
        assert_eq!(fault.code(), code, "{flag}: {fault}");
        assert!(!is_not_found(&fault), "{flag}");
    }
    sandbox.set_faults(Faults::none());
    assert!(refunds(&sandbox).query(&number(1)).await.is_ok(), "and afterwards all is well");
}

#[tokio::test]
async fn hostile_text_around_a_success_changes_nothing() {
    let sandbox = paid(merchant(), "5000.00", "IDR").await;
    let refunds = refunds(&sandbox);
    sandbox.set_faults(Faults::parse("hostile(all)").unwrap());
    assert_eq!(send(&refunds, &refund("5000", "IDR"), 1).await.outcome.unwrap().status, "REFUND_PENDING");
    let found = refunds.query(&number(1)).await.unwrap().value;
    assert_eq!((found.status.as_str(), found.amount), ("REFUND_PENDING", Some(5000.into())));
    let order = found.order.unwrap();
    assert_ne!(order, ORDER, "it arrives as it was sent; whoever shows it makes it harmless");
    assert!(!docket::domain::shown::line(&order).chars().any(docket::domain::shown::is_hostile));
}
