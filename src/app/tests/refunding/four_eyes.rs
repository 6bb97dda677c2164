//! Above the limit of one person: what was confirmed is asked for, and nothing leaves.

use rust_decimal::Decimal;

use super::*;
use crate::app::refunding::Asked;

/// A desk on which refunds above 1,000 need a second person.
fn script() -> Script {
    let mut session = session();
    let rule = Rule { value: Decimal::from(1000), source: "policy.toml".to_owned() };
    session.refunds.limits.approval_above = [("IDR".to_owned(), rule)].into();
    session.refunds.limits.requests_dir = Some("/requests".into());
    Script::of(session, shop())
}

fn asks(script: &mut Script) -> (usize, Vec<Confirmed>) {
    let done = script.done();
    let sends = done.iter().filter(|effect| matches!(effect, Effect::SendRefund(_))).count();
    let asks = done.into_iter().filter_map(|effect| match effect {
        Effect::AskForRefund(one) => Some(*one),
        _ => None,
    });
    (sends, asks.collect())
}

fn told() -> Asked {
    Asked { number: "DK01".into(), code: "7F3A".into() }
}

#[test]
fn what_is_confirmed_above_the_limit_is_asked_for_and_never_sent() {
    let mut script = script();
    confirming(&mut script).typed("3000 IDR").keys("Enter");
    assert!(
        matches!(form(&script).step, Step::Asked(None)),
        "no pause: nothing leaves that could be stopped"
    );
    let (sends, all) = asks(&mut script);
    assert_eq!((sends, all.len()), (0, 1));
    assert_eq!((all[0].refund.amount.wire().as_str(), all[0].slot), ("3000", 1));
    script.keys("x Enter");
    assert_eq!(asks(&mut script), (0, Vec::new()), "and not asked for twice");
}

#[test]
fn the_request_is_shown_and_the_words_are_gone_with_it() {
    let mut script = script();
    confirming(&mut script).typed("3000 IDR").keys("Enter");
    script.event(Event::RefundAsked("P7".into(), Ok(told())));
    assert!(matches!(&form(&script).step, Step::Asked(Some(asked)) if *asked == told()));
    script.event(Event::Paste("y".into())).keys("Esc");
    assert!(matches!(script.model.overlay, Overlay::CasePage(_)));
    opened(&mut script, "O7");
    assert_eq!(form(&script).amount.value(), "", "it is no draft any more");
}

#[test]
fn at_the_limit_it_leaves_as_ever() {
    let mut script = script();
    opened(&mut script, "O7").typed("1000").keys("ctrl-x").typed("1000 IDR").keys("Enter");
    seconds(&mut script);
    let (sends, all) = asks(&mut script);
    assert_eq!((sends, all.len()), (1, 0));
}

#[test]
fn a_request_that_cannot_be_made_says_why_and_keeps_the_words() {
    let mut script = script();
    confirming(&mut script).typed("3000 IDR").keys("Enter");
    script.event(Event::RefundAsked("P7".into(), Err("the directory is full".into())));
    assert!(is_writing(&script));
    assert_eq!(script.notice(), "nothing was sent: the directory is full");
    assert_eq!(form(&script).amount.value(), "3000");
}

#[test]
fn whoever_left_the_page_is_told_where_they_are() {
    let mut script = script();
    confirming(&mut script).typed("3000 IDR").keys("Enter Esc");
    script.event(Event::RefundAsked("P7".into(), Ok(told())));
    assert!(script.notice().contains("another person runs docket approve DK01"), "{}", script.notice());
    confirming(&mut script).typed("3000 IDR").keys("Enter Esc");
    script.event(Event::RefundAsked("P7".into(), Err("no".into())));
    let standing = script.standing();
    assert!(standing.last().unwrap().contains("is not asked for: no"), "{standing:?}");
}

#[test]
fn without_a_place_to_ask_the_policy_forbids_it() {
    let mut script = script();
    script.model.session.refunds.limits.requests_dir = None;
    confirming(&mut script);
    assert!(is_writing(&script));
    assert!(script.notice().contains("no refund_requests_dir says where to ask one"), "{}", script.notice());
    assert_eq!(asks(&mut script), (0, Vec::new()));
}
