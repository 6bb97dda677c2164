//! Refunds: what goes right, and what is stopped before it leaves.

use pretty_assertions::assert_eq;
use rust_decimal::Decimal;

use super::between::{Deed, Reply, Signer};
use super::*;
use crate::domain::refund::{Fate, Rule};

/// A site with a closed case, and the refund of 2,000 of its order.
async fn site() -> (Site, Seen) {
    let site = Site::new().await;
    let seen = site.put_order("O1", ORDER, "CASE_CLOSED");
    (site, seen)
}

fn told(outcome: &RefundOutcome) -> (State, &str) {
    (outcome.state, outcome.code.as_str())
}

#[tokio::test]
async fn a_refund_is_sent_once_and_the_journal_has_it_before_and_after() {
    let (site, seen) = site().await;
    let order = confirmed(&site.bench, std::slice::from_ref(&seen), "2000").await;
    let outcome = refund(&site.bench, order).await;
    assert_eq!(told(&outcome), (State::Accepted, "APPLY_SUCCESS"), "{outcome:?}");
    assert_eq!(
        (outcome.status.as_deref(), outcome.msg.as_str()),
        (Some("REFUND_PENDING"), "accepted, not yet paid")
    );
    let number = outcome.out_refund_no.unwrap();
    assert_eq!(number, site.bench.number(ORDER, 1));
    let paid = site.sandbox.state().ledger().get(&number).unwrap().clone();
    assert_eq!((paid.out_trade_no.as_str(), paid.amount_text.as_str(), paid.executed), (ORDER, "2000", 1));
    assert_eq!(outcome.refund_trade_no, Some(paid.refund_trade_no));
    assert_eq!(*site.at_call.lock().unwrap(), [vec![State::Sending]]);
    let record = site.journal().pop().unwrap();
    assert_eq!(Some(&record.intent.id), outcome.action_id.as_ref());
    assert_eq!(record.intent.order.as_deref(), Some(ORDER), "verbatim");
    assert_eq!(record.intent.out_refund_no.as_ref(), Some(&number));
    assert_eq!(
        (record.intent.amount.as_deref(), record.intent.currency.as_deref()),
        (Some("2000"), Some("IDR"))
    );
    let attempts = site.bench.store.lock().unwrap().attempts(&record.intent.id).unwrap();
    let request = String::from_utf8(attempts[0].request.clone()).unwrap();
    assert!(request.contains(&String::from_utf8(record.intent.data).unwrap()), "{request}");
    assert!(request.contains(r#""refundAmount":2000,"#), "{request}");
    site.sound();
}

#[tokio::test]
async fn the_next_refund_takes_the_next_number_once_the_last_is_paid() {
    let (site, seen) = site().await;
    let seen = [seen];
    for (amount, slot) in [("2000", 1), ("2500", 2)] {
        let outcome = refund(&site.bench, confirmed(&site.bench, &seen, amount).await).await;
        assert_eq!(outcome.out_refund_no, Some(site.bench.number(ORDER, slot)), "{outcome:?}");
        let busy =
            refund(&site.bench, RefundOrder { slot: slot + 1, ..confirmed(&site.bench, &seen, "1").await })
                .await;
        assert_eq!(told(&busy), (State::Refused, codes::OCCUPIED), "accepted is not paid");
        assert!(busy.msg.contains("accepted, not yet paid") && busy.msg.contains("by ana"), "{}", busy.msg);
        settle(&site.bench).await.unwrap();
        settle(&site.bench).await.unwrap();
        assert_eq!(site.journal().last().unwrap().state, State::Settled);
    }
    assert_eq!(site.refunded(ORDER), 2);
    let mut over = confirmed(&site.bench, &seen, "500").await;
    over.refund.amount = crate::domain::refund::Amount::parse("501", "IDR").unwrap();
    let outcome = refund(&site.bench, over).await;
    assert_eq!(told(&outcome), (State::Refused, codes::OVER), "{}", outcome.msg);
    assert_eq!((site.between.calls(), site.journal().len()), (2, 2));
    site.sound();
}

#[tokio::test]
async fn a_case_that_moved_stops_the_refund_of_its_order() {
    let (site, seen) = site().await;
    let order = confirmed(&site.bench, std::slice::from_ref(&seen), "2000").await;
    for (field, now) in [
        (Field::Status, "DISPUTE_INQUIRY"),
        (Field::Amount, "4000.00"),
        (Field::Currency, "USD"),
        (Field::OriginTradeAmount, "4000.00"),
        (Field::OriginTradeCurrency, "USD"),
        (Field::OutTradeNo, "OTHER"),
    ] {
        let mut case = site.sandbox.state().case("O1").unwrap().clone();
        let before = case.clone();
        case.set(field, Some(now.to_owned()));
        site.sandbox.state().put_case(case);
        let outcome = refund(&site.bench, order.clone()).await;
        assert_eq!(told(&outcome), (State::Refused, codes::MOVED), "{field:?}: {outcome:?}");
        assert!(outcome.msg.contains(now), "{}", outcome.msg);
        site.sandbox.state().put_case(before);
    }
    let other = site.put_order("O2", ORDER, "DISPUTE_INQUIRY");
    let outcome = refund(&site.bench, order.clone()).await;
    assert_eq!(told(&outcome), (State::Refused, codes::MOVED), "a case that was not on the screen");
    assert!(outcome.msg.contains(other.id.as_str()), "{}", outcome.msg);
    assert_eq!((site.between.calls(), site.journal()), (0, vec![]));
}

#[tokio::test]
async fn an_open_case_needs_the_override_and_the_policy_may_forbid_even_that() {
    let mut site = Site::new().await;
    let seen = [site.put_order("O1", ORDER, "DISPUTE_INQUIRY")];
    let order = confirmed(&site.bench, &seen, "2000").await;
    let outcome = refund(&site.bench, order.clone()).await;
    assert_eq!(told(&outcome), (State::Refused, codes::OPEN_CASE));
    let insisting = RefundOrder { although_open: true, ..order };
    site.bench.setup.limits.open_case_blocked = Some(Rule { value: (), source: "/etc/x".into() });
    let outcome = refund(&site.bench, insisting.clone()).await;
    assert_eq!(told(&outcome), (State::Refused, codes::POLICY));
    assert!(outcome.msg.contains("/etc/x"), "{}", outcome.msg);
    site.bench.setup.limits.open_case_blocked = None;
    assert_eq!(refund(&site.bench, insisting).await.state, State::Accepted);
    assert_eq!(site.refunded(ORDER), 1);
}

#[tokio::test]
async fn limits_hold_for_one_refund_and_for_the_day() {
    let (mut site, seen) = site().await;
    let second = site.put_order("O2", "T2", "CASE_CLOSED");
    let rule =
        |value: i64| [("IDR".to_owned(), Rule { value: Decimal::from(value), source: "x".into() })].into();
    site.bench.setup.limits.max = rule(3000);
    site.bench.setup.limits.daily_max = rule(4000);
    let first = [seen];
    let outcome = refund(&site.bench, confirmed(&site.bench, &first, "3001").await).await;
    assert_eq!(told(&outcome), (State::Refused, codes::POLICY), "{}", outcome.msg);
    assert_eq!(
        refund(&site.bench, confirmed(&site.bench, &first, "3000").await).await.state,
        State::Accepted
    );
    let second = [second];
    let order = confirmed(&site.bench, &second, "1001").await;
    let outcome = refund(&site.bench, order.clone()).await;
    assert_eq!(told(&outcome), (State::Refused, codes::POLICY), "{}", outcome.msg);
    assert!(outcome.msg.contains("refund_daily_max in x"), "{}", outcome.msg);
    site.pass(24 * 60);
    assert_eq!(refund(&site.bench, order).await.state, State::Accepted, "tomorrow");
}

#[tokio::test]
async fn the_limit_of_the_day_is_held_against_what_came_in_between() {
    let (mut site, seen) = site().await;
    let other = site.put_order("O2", "T2", "CASE_CLOSED");
    let limit = [("IDR".to_owned(), Rule { value: Decimal::from(4000), source: "x".into() })];
    site.bench.setup.limits.daily_max = limit.into();
    let ready = super::super::refund::ready(&site.bench, confirmed(&site.bench, &[seen], "3000").await).await;
    let order = confirmed(&site.bench, &[other], "2000").await;
    assert_eq!(refund(&site.second_bench(), order).await.state, State::Accepted);
    let Ok(ready) = ready else { panic!("it was free when it was looked at") };
    let outcome = super::super::refund::carry_out(site.bench.clone(), ready).await;
    assert_eq!(told(&outcome), (State::Refused, codes::POLICY), "{}", outcome.msg);
    assert_eq!((site.between.calls(), site.journal().len()), (1, 1));
    site.sound();
}

#[tokio::test]
async fn two_desks_that_refund_one_order_make_one_refund() {
    let (site, seen) = site().await;
    let other = site.second_bench();
    let order = confirmed(&site.bench, &[seen], "2000").await;
    let another = RefundOrder {
        refund: crate::domain::refund::Refund {
            amount: crate::domain::refund::Amount::parse("1000", "IDR").unwrap(),
            ..order.refund.clone()
        },
        ..order.clone()
    };
    let (one, two, three) =
        tokio::join!(refund(&site.bench, order.clone()), refund(&other, order), refund(&other, another));
    let outcomes = [one, two, three];
    let accepted = outcomes.iter().filter(|outcome| outcome.state == State::Accepted).count();
    // Whoever comes late enough finds it at PayerMax before it finds it in the journal.
    let stopped =
        outcomes.iter().filter(|one| [codes::OCCUPIED, codes::MOVED].contains(&one.code.as_str())).count();
    assert_eq!((accepted, stopped), (1, 2), "{outcomes:?}");
    assert_eq!((site.refunded(ORDER), site.between.calls(), site.journal().len()), (1, 1, 1));
    site.sound();
}

#[tokio::test]
async fn a_refund_made_between_the_page_and_the_send_is_not_doubled() {
    let (site, seen) = site().await;
    let seen = [seen];
    let late = confirmed(&site.bench, &seen, "2000").await;
    assert_eq!(refund(&site.bench, late.clone()).await.state, State::Accepted);
    settle(&site.bench).await.unwrap();
    settle(&site.bench).await.unwrap();
    let outcome = refund(&site.second_bench(), late).await;
    assert_eq!(told(&outcome), (State::Refused, codes::MOVED), "{}", outcome.msg);
    assert!(outcome.msg.contains("would be refund 2"), "{}", outcome.msg);
    assert_eq!(site.refunded(ORDER), 1);
}

#[tokio::test]
async fn a_refund_made_on_another_host_is_found_before_anything_is_sent() {
    let (site, seen) = site().await;
    let host = site.other_host();
    let seen = [seen];
    let order = confirmed(&site.bench, &seen, "3000").await;
    assert_eq!(
        refund(&host, RefundOrder { case: None, ..confirmed(&host, &seen, "2000").await }).await.state,
        State::Accepted
    );
    let outcome = refund(&site.bench, order).await;
    assert_eq!(told(&outcome), (State::Refused, codes::MOVED), "{outcome:?}");
    assert!(outcome.msg.contains("2,000.00 IDR"), "{}", outcome.msg);
    assert_eq!((site.between.calls(), site.journal()), (1, vec![]));
    // Once it is on the screen and paid, the next number is free, and what is left is less.
    let known = refunds_elsewhere(&site.bench, ORDER).await.unwrap();
    assert_eq!(
        known.iter().map(|one| (one.fate, one.amount)).collect::<Vec<_>>(),
        [(Fate::Paid, Some(2000.into()))]
    );
    let next = confirmed(&site.bench, &seen, "3000").await;
    assert_eq!((next.slot, next.elsewhere.len()), (2, 1));
    assert_eq!(refund(&site.bench, next).await.state, State::Accepted);
    assert_eq!(site.refunded(ORDER), 2);
    site.sound();
}

#[tokio::test]
async fn a_forged_refusal_cannot_bring_about_a_second_refund() {
    let (site, seen) = site().await;
    let seen = [seen];
    let forged = r#"{"code":"PARAMS_INVALID","msg":"amount"}"#.to_owned();
    let reply = Reply::Answer { status: 200, body: forged, signer: Signer::Nobody, headers: "" };
    site.between.set(Some(Deed { executed: true, reply }));
    let order = confirmed(&site.bench, &seen, "2000").await;
    assert_eq!(refund(&site.bench, order.clone()).await.state, State::Refused);
    site.between.set(None);
    let outcome = refund(&site.bench, order).await;
    assert_eq!(told(&outcome), (State::Refused, codes::FOUND_LATER), "PayerMax has it: {outcome:?}");
    assert!(outcome.msg.contains("taken for refused") && outcome.msg.ends_with("nothing was sent"));
    let outcome = refund(&site.bench, confirmed(&site.bench, &seen, "2000").await).await;
    assert_ne!(outcome.out_refund_no, Some(site.bench.number(ORDER, 1)));
    let record = site.journal().remove(0);
    assert_eq!((record.state, record.finding.code.as_deref()), (State::Accepted, Some(codes::FOUND_LATER)));
    site.sound();
    let first = site.sandbox.state().ledger().get(&site.bench.number(ORDER, 1)).unwrap().clone();
    assert_eq!((first.received, first.executed), (1, 1));
}

#[tokio::test]
async fn a_number_below_the_own_ones_is_asked_for_as_well() {
    let (site, seen) = site().await;
    let (host, seen) = (site.other_host(), [seen]);
    refund(&host, confirmed(&host, &seen, "1000").await).await;
    settle(&host).await.unwrap();
    settle(&host).await.unwrap();
    assert_eq!(refund(&site.bench, confirmed(&site.bench, &seen, "1000").await).await.state, State::Accepted);
    let known = refunds_elsewhere(&site.bench, ORDER).await.unwrap();
    assert_eq!(known.len(), 1, "number 1 is the other host's, number 2 this one's");
    let file = order_file(&site.bench, ORDER, &known).await.unwrap();
    assert_eq!(file.left(), Some(3000.into()));
}

#[tokio::test]
async fn a_refund_needs_an_answer_to_whether_there_is_another_one() {
    let (site, seen) = site().await;
    let order = confirmed(&site.bench, &[seen], "2000").await;
    for (fault, code) in [
        ("http-503", "HTTP_503"),
        ("http-429(0)", "TOO_MANY_REQUEST"),
        ("drop-before", "DROPPED"),
        ("foreign", "GARBLED"),
        ("redirect(http://127.0.0.1:9/)", "HTTP_307"),
        ("skew(300)", "REQ_TIME_OVER_TIME"),
        ("wrong-sign", "ORDER_NOT_EXIST"),
    ] {
        site.faults(&format!("{fault}@refundQuery"));
        let outcome = refund(&site.bench, order.clone()).await;
        assert_eq!(told(&outcome), (State::Refused, code), "{fault}: {outcome:?}");
        assert!(outcome.action_id.is_none() && outcome.fault.is_some());
    }
    assert_eq!((site.between.calls(), site.journal()), (0, vec![]));
    site.faults("http-404@refundQuery");
    assert_eq!(
        refund(&site.bench, order).await.state,
        State::Accepted,
        "where there is no such call, the number protects"
    );
}

#[tokio::test]
async fn nothing_leaves_a_read_only_bench_or_one_that_cannot_look() {
    let (mut site, seen) = site().await;
    let order = confirmed(&site.bench, &[seen], "2000").await;
    site.bench.read_only = true;
    assert_eq!(refund(&site.bench, order.clone()).await.code, codes::READ_ONLY);
    site.bench.read_only = false;
    site.faults("http-503@caseSearch");
    let outcome = refund(&site.bench, order.clone()).await;
    assert_eq!(told(&outcome), (State::Refused, "HTTP_503"));
    assert!(outcome.retry_may_help);
    site.faults("none");
    let legacy = crate::domain::refund::Refund { road: Road::Legacy, ..order.refund.clone() };
    let outcome = refund(&site.bench, RefundOrder { refund: legacy.clone(), ..order.clone() }).await;
    assert_eq!(told(&outcome), (State::Refused, codes::RULE), "a legacy refund is for the whole order");
    site.bench.setup.legacy = Err("there is none".to_owned());
    let outcome = refund(&site.bench, RefundOrder { refund: legacy, ..order }).await;
    assert_eq!((told(&outcome), outcome.msg.as_str()), ((State::Refused, codes::NO_LEGACY), "there is none"));
    assert_eq!((site.between.calls(), site.journal()), (0, vec![]));
}

#[tokio::test]
async fn a_legacy_refund_travels_the_same_road() {
    let (site, seen) = site().await;
    let mut order = confirmed(&site.bench, &[seen], "5000").await;
    order.refund.road = Road::Legacy;
    let outcome = refund(&site.bench, order).await;
    assert_eq!(told(&outcome), (State::Accepted, "APPLY_SUCCESS"), "{outcome:?}");
    assert_eq!((site.refunded(ORDER), site.between.calls()), (1, 0));
    assert_eq!(*site.at_call.lock().unwrap().last().unwrap(), [State::Sending]);
    let attempt = {
        let store = site.bench.store.lock().unwrap();
        store.attempts(&outcome.action_id.unwrap()).unwrap().remove(0)
    };
    let request = String::from_utf8(attempt.request).unwrap();
    assert!(request.contains(r#""bizType":"refundApply""#) && request.contains("<hidden>"), "{request}");
    for expected in [State::Accepted, State::Settled] {
        settle(&site.bench).await.unwrap();
        assert_eq!(site.journal()[0].state, expected);
    }
    site.sound();
}

#[tokio::test]
async fn an_accepted_refund_does_not_stop_a_reply_to_its_case() {
    let site = Site::new().await;
    let seen = site.put_order("O1", ORDER, "DISPUTE_INQUIRY");
    let order = confirmed(&site.bench, std::slice::from_ref(&seen), "2000").await;
    assert_eq!(
        refund(&site.bench, RefundOrder { although_open: true, ..order }).await.state,
        State::Accepted
    );
    assert_eq!(reply(&site.bench, single(&seen)).await.state, State::Accepted);
    site.sound();
}

#[tokio::test]
async fn the_preview_is_the_body_that_goes_out() {
    let (site, seen) = site().await;
    let order = confirmed(&site.bench, &[seen], "2000").await;
    let shown = preview_refund(&site.bench, &order.refund, order.slot).await.unwrap();
    let id = refund(&site.bench, order).await.action_id.unwrap();
    let sent = site.bench.store.lock().unwrap().attempts(&id).unwrap().remove(0).request;
    assert_eq!(String::from_utf8(shown), String::from_utf8(sent));
}

#[tokio::test]
async fn a_refund_made_through_the_other_interface_is_found_before_anything_is_sent() {
    for taken in [Road::Legacy, Road::Current] {
        let (site, seen) = site().await;
        let (host, seen) = (site.other_host(), [seen]);
        let mut order = confirmed(&site.bench, &seen, "5000").await;
        order.refund.road = if taken == Road::Legacy { Road::Current } else { Road::Legacy };
        // PayerMax need not know on one interface what was refunded through the other.
        let mut first = order.clone();
        first.refund.road = taken;
        assert_eq!(refund(&host, first).await.state, State::Accepted, "{taken:?}");
        let calls = site.between.calls();
        if taken == Road::Legacy {
            site.faults("http-404@refundQuery");
        } else {
            site.faults("http-404@legacy");
        }
        let outcome = refund(&site.bench, order.clone()).await;
        assert_eq!(told(&outcome), (State::Refused, codes::MOVED), "{taken:?}: {outcome:?}");
        let known = refunds_elsewhere_by(&site.bench, ORDER, order.refund.road).await.unwrap();
        assert_eq!((known.len(), site.between.calls(), site.refunded(ORDER)), (1, calls, 1), "{taken:?}");
    }
}

#[tokio::test]
async fn an_interface_that_cannot_be_asked_stops_the_refund_through_the_other_one() {
    let (mut site, seen) = site().await;
    let order = confirmed(&site.bench, &[seen], "2000").await;
    site.faults("http-503@legacy");
    let outcome = refund(&site.bench, order.clone()).await;
    assert_eq!((told(&outcome), outcome.retry_may_help), ((State::Refused, "HTTP_503"), true), "{outcome:?}");
    assert_eq!(site.between.calls(), 0);
    site.bench.setup.legacy = Err("there is none".to_owned());
    assert_eq!(
        refund(&site.bench, order).await.state,
        State::Accepted,
        "a profile without it has nobody to ask"
    );
}
