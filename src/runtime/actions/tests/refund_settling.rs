//! What settling learns of refunds, how long it doubts, and when the same refund goes out again.

use pretty_assertions::assert_eq;
use rust_decimal::Decimal;

use super::between::{Deed, Reply, Signer};
use super::*;
use crate::domain::refund::Rule;
use crate::sandbox::RefundEnding;

/// A refund that never arrived, and a gateway that works again.
async fn lost() -> (Site, [Seen; 1]) {
    let site = Site::new().await;
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    site.between.set(Some(Deed { executed: false, reply: Reply::Close }));
    let outcome = refund(&site.bench, confirmed(&site.bench, &seen, "2000").await).await;
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Unknown, "DROPPED"));
    site.between.set(None);
    (site, seen)
}

/// Settles, and says where the newest action stands and what is said of it.
async fn settled(site: &Site) -> (State, String) {
    let report = settle(&site.bench).await.unwrap();
    let said = report.entries.last().map(|entry| entry.msg.clone()).unwrap_or_default();
    (site.journal().last().unwrap().state, said)
}

/// The refund is given up as not received.
async fn not_received(site: &Site) {
    for _ in 0..3 {
        site.pass(5);
        settle(&site.bench).await.unwrap();
    }
    assert_eq!(site.journal().last().unwrap().state, State::NotReceived);
}

#[tokio::test]
async fn three_signed_looks_five_minutes_apart_make_a_refund_not_received() {
    let (site, seen) = lost().await;
    let says = |state, text: &str| (state, format!("PayerMax does not know it ({text}"));
    assert_eq!(settled(&site).await, says(State::Unknown, "0 of 3 looks); the next one counts in 5 minutes"));
    site.pass(4);
    assert_eq!(settled(&site).await, says(State::Unknown, "0 of 3 looks); the next one counts in 1 minute"));
    site.pass(1);
    for _ in 0..3 {
        let said = says(State::Unknown, "1 of 3 looks); the next one counts in 5 minutes");
        assert_eq!(settled(&site).await, said, "many looks at once are one");
    }
    site.pass(60);
    assert_eq!(settled(&site).await.0, State::Unknown);
    let busy =
        refund(&site.bench, RefundOrder { again: None, ..confirmed(&site.bench, &seen, "2000").await }).await;
    assert_eq!(busy.code, codes::OCCUPIED);
    site.pass(5);
    let report = settle(&site.bench).await.unwrap();
    let entry = &report.entries[0];
    assert_eq!((entry.from, entry.to, entry.is_alarm), (State::Unknown, State::NotReceived, false));
    assert_eq!(
        (entry.order.as_deref(), entry.out_refund_no.clone()),
        (Some(ORDER), Some(site.bench.number(ORDER, 1)))
    );
    assert_eq!(site.journal()[0].finding.code.as_deref(), Some("ORDER_NOT_EXIST"));
    assert_eq!(site.refunded(ORDER), 0);
    site.sound();
}

#[tokio::test]
async fn a_not_found_that_nobody_signed_proves_nothing() {
    let (site, _) = lost().await;
    for fault in ["missing-sign", "wrong-sign"] {
        site.faults(&format!("{fault}@refundQuery"));
        for _ in 0..4 {
            site.pass(6);
            let (state, said) = settled(&site).await;
            assert_eq!(state, State::Unknown, "{fault}");
            assert!(said.contains("not signed"), "{fault}: {said}");
        }
    }
    site.faults("http-503@refundQuery");
    let report = settle(&site.bench).await.unwrap();
    assert_eq!((report.unknown(), report.failed()), (1, 1));
    site.faults("none");
    not_received(&site).await;
}

#[tokio::test]
async fn a_refund_goes_out_again_with_its_own_bytes_and_number() {
    let (site, seen) = lost().await;
    not_received(&site).await;
    let id = site.journal()[0].intent.id.clone();
    let order = confirmed(&site.bench, &seen, "2000").await;
    assert_eq!(order.again.as_ref(), Some(&id));
    // Neither another amount nor a new refund takes its place.
    let fresh = RefundOrder { again: None, slot: 1, ..order.clone() };
    let outcome = refund(&site.bench, fresh).await;
    assert_eq!(
        (outcome.state, outcome.code.as_str()),
        (State::Refused, codes::SEND_AGAIN),
        "{}",
        outcome.msg
    );
    let other = RefundOrder { again: Some(id.clone()), ..confirmed(&site.bench, &seen, "1999").await };
    assert_eq!(refund(&site.bench, other).await.code, codes::MOVED);
    let calls = site.between.calls();
    let mut second = order;
    second.refund.comment = Some("something else".into());
    let shown = preview_refund(&site.bench, &second.refund, 1).await.unwrap();
    let outcome = refund(&site.bench, second).await;
    assert_eq!((outcome.state, outcome.action_id.as_ref()), (State::Accepted, Some(&id)), "{outcome:?}");
    assert_eq!((site.between.calls(), site.journal().len(), site.refunded(ORDER)), (calls + 1, 1, 1));
    let attempts = site.bench.store.lock().unwrap().attempts(&id).unwrap();
    let data = |n: usize| -> String {
        let request: serde_json::Value = serde_json::from_slice(&attempts[n].request).unwrap();
        request["data"].to_string()
    };
    assert_eq!((attempts.len(), data(0)), (2, data(1)));
    assert_eq!(shown, attempts[1].request, "the preview shows what goes out");
    site.sound();
}

#[tokio::test]
async fn a_resend_counts_on_the_day_it_goes_out_and_is_held_against_its_limit() {
    let (mut site, seen) = lost().await;
    not_received(&site).await;
    site.pass(24 * 60);
    let other = [site.put_order("O2", "T2", "CASE_CLOSED")];
    let rule = |value| Rule { value: Decimal::from(value), source: "x".into() };
    site.bench.setup.limits.daily_max = [("IDR".to_owned(), rule(3000))].into();
    let again = confirmed(&site.bench, &seen, "2000").await;
    let both = confirmed(&site.bench, &other, "1001").await;
    assert_eq!(refund(&site.bench, again.clone()).await.state, State::Accepted);
    assert_eq!(refund(&site.bench, both).await.code, codes::POLICY, "the one of yesterday went out today");
    settle(&site.bench).await.unwrap();
    settle(&site.bench).await.unwrap();
    assert_eq!(refund(&site.bench, again).await.code, codes::MOVED, "it is paid");
    assert_eq!(site.refunded(ORDER), 1);
}

#[tokio::test]
async fn a_newer_attempt_begins_its_looks_from_nothing() {
    let (site, seen) = lost().await;
    not_received(&site).await;
    site.between.set(Some(Deed { executed: false, reply: Reply::Close }));
    let order = confirmed(&site.bench, &seen, "2000").await;
    assert_eq!(refund(&site.bench, order).await.state, State::Unknown);
    site.between.set(None);
    assert!(settled(&site).await.1.contains("0 of 3"));
    site.pass(5);
    assert_eq!(settled(&site).await.0, State::Unknown);
    site.pass(5);
    assert_eq!(settled(&site).await.0, State::Unknown);
    site.pass(5);
    assert_eq!(settled(&site).await.0, State::NotReceived);
}

#[tokio::test]
async fn a_refused_resend_keeps_its_bytes() {
    let (site, seen) = lost().await;
    not_received(&site).await;
    site.sandbox.state().ledger_mut().set_balance("IDR", Decimal::ZERO);
    let order = confirmed(&site.bench, &seen, "2000").await;
    let outcome = refund(&site.bench, order).await;
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, "REFUND_INSUFFICIENT_BALANCE"));
    assert!(outcome.retry_may_help);
    assert_eq!(site.journal()[0].state, State::NotReceived, "the refusal says nothing of the first attempt");
    site.sandbox.state().ledger_mut().set_balance("IDR", Decimal::from(9000));
    let order = confirmed(&site.bench, &seen, "2000").await;
    assert!(order.again.is_some());
    assert_eq!(refund(&site.bench, order).await.state, State::Accepted);
    assert_eq!((site.refunded(ORDER), site.journal().len()), (1, 1));
    assert_eq!(site.bench.store.lock().unwrap().verify_journal().unwrap().broken, None);
}

#[tokio::test]
async fn a_resend_that_payermax_refuses_for_good_frees_the_number_for_other_words() {
    for (signer, free) in [(Signer::PayerMax, true), (Signer::Nobody, false)] {
        let (site, seen) = lost().await;
        not_received(&site).await;
        let body = r#"{"code":"AMOUNT_INVALID","msg":"too much"}"#.to_owned();
        let reply = Reply::Answer { status: 200, body, signer, headers: "" };
        site.between.set(Some(Deed { executed: false, reply }));
        assert_eq!(
            refund(&site.bench, confirmed(&site.bench, &seen, "2000").await).await.state,
            State::Refused
        );
        site.between.set(None);
        let next = confirmed(&site.bench, &seen, "1000").await;
        assert_eq!((next.again.is_none(), next.slot), (free, u8::from(free)), "{signer:?}");
        let outcome = refund(&site.bench, next).await;
        assert_eq!(outcome.state == State::Accepted, free, "{outcome:?}");
        assert!(!free || outcome.out_refund_no == Some(site.bench.number(ORDER, 1)));
        site.sound();
    }
}

#[tokio::test]
async fn a_refund_that_was_executed_is_found_and_settled_with_its_end() {
    for (ending, status) in
        [(RefundEnding::Paid, "REFUND_SUCCESS"), (RefundEnding::FailsLater, "REFUND_FAILED")]
    {
        let site = Site::new().await;
        let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
        site.sandbox.state().ledger_mut().end_next(ending);
        site.between.set(Some(Deed { executed: true, reply: Reply::Close }));
        refund(&site.bench, confirmed(&site.bench, &seen, "2000").await).await;
        site.between.set(None);
        assert_eq!(settled(&site).await, (State::Accepted, "accepted, not yet paid".to_owned()));
        assert_eq!(settled(&site).await.0, State::Settled);
        let record = site.journal().pop().unwrap();
        assert_eq!(record.finding.status.as_deref(), Some(status));
        assert_eq!(record.settled_at, Some((site.bench.clock)()));
        assert_eq!(settle(&site.bench).await.unwrap().entries, [], "there is nothing left to ask");
        let next = refund(&site.bench, confirmed(&site.bench, &seen, "2000").await).await;
        assert_eq!((next.state, next.out_refund_no), (State::Accepted, Some(site.bench.number(ORDER, 2))));
        assert_eq!(site.refunded(ORDER), 2, "the second was decided anew");
    }
}

#[tokio::test]
async fn an_accepted_refund_that_payermax_does_not_know_is_an_alarm() {
    let site = Site::new().await;
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let body =
        r#"{"code":"APPLY_SUCCESS","msg":"","data":{"outRefundNo":"{number}","status":"REFUND_PENDING"}}"#;
    let reply = Reply::Answer { status: 200, body: body.into(), signer: Signer::PayerMax, headers: "" };
    site.between.set(Some(Deed { executed: false, reply }));
    assert_eq!(refund(&site.bench, confirmed(&site.bench, &seen, "2000").await).await.state, State::Accepted);
    for _ in 0..4 {
        site.pass(6);
        let report = settle(&site.bench).await.unwrap();
        assert_eq!((report.alarms(), report.entries[0].to), (1, State::Accepted), "{report:?}");
    }
}

#[tokio::test]
async fn another_refund_under_our_number_is_an_alarm_and_no_success() {
    let (site, seen) = lost().await;
    let host = site.other_host();
    let other = confirmed(&host, &seen, "3000").await;
    assert_eq!(refund(&host, other).await.state, State::Accepted);
    for _ in 0..3 {
        site.pass(6);
        let report = settle(&site.bench).await.unwrap();
        assert_eq!((report.alarms(), report.unknown()), (1, 1));
        assert!(report.entries[0].msg.contains("3,000.00 instead of 2000"), "{}", report.entries[0].msg);
        let record = site.journal().pop().unwrap();
        assert_eq!(
            (record.state, record.finding.code.as_deref(), record.finding.msg),
            (State::Unknown, Some(codes::MISMATCH), Some(report.entries[0].msg.clone()))
        );
    }
    let steps = site.bench.store.lock().unwrap().verify_journal().unwrap();
    assert_eq!((steps.entries, steps.broken), (4, None), "it is written down once");
    let id = site.journal()[0].intent.id.clone();
    let denied = mark(&site.bench, &id, Found::Executed).await.unwrap_err();
    assert!(
        matches!(denied, MarkError::Unmarkable(Unmarkable::Mismatch(_)))
            && denied.hint().contains("ask PayerMax"),
        "{denied}"
    );
    assert_eq!(mark(&site.bench, &id, Found::NotExecuted).await.unwrap().to, State::NotReceived);
    assert_eq!(site.refunded(ORDER), 1);
}

#[tokio::test]
async fn a_refund_that_was_given_up_and_turns_up_is_put_right_by_whoever_looks() {
    let ours = r#""refundAmount":2000,"refundCurrency":"IDR","#;
    for looks in ["settle", "send", "page"] {
        let (site, seen) = lost().await;
        not_received(&site).await;
        assert_eq!(settle(&site.bench).await.unwrap().entries, [], "nothing new");
        let again = confirmed(&site.bench, &seen, "2000").await;
        let calls = site.between.calls();
        answers(&site, ours);
        match looks {
            "settle" => {
                let report = settle(&site.bench).await.unwrap();
                let entry = &report.entries[0];
                assert_eq!((report.alarms(), entry.from, entry.to), (1, State::NotReceived, State::Accepted));
                assert!(entry.msg.contains("after all"), "{}", entry.msg);
            }
            "send" => {
                let outcome = refund(&site.bench, again).await;
                assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::FOUND_LATER));
            }
            _ => assert_eq!(refunds_elsewhere(&site.bench, ORDER).await, Ok(vec![]), "it is our own"),
        }
        assert_eq!(site.between.calls(), calls, "{looks}: nothing was sent");
        let record = site.journal().remove(0);
        assert_eq!(
            (record.state, record.finding.code.as_deref(), record.finding.status.as_deref()),
            (State::Accepted, Some(codes::FOUND_LATER), Some("REFUND_PENDING")),
            "{looks}"
        );
        let file = order_file(&site.bench, ORDER, &[]).await.unwrap();
        assert_eq!((file.left(), file.today.of("IDR")), (Some(3000.into()), 2000.into()), "it counts");
        site.sound();
    }
}

#[tokio::test]
async fn what_was_given_up_is_asked_for_a_day_and_taken_only_when_it_is_ours() {
    for members in [r#""refundAmount":1999,"#, r#""refundAmount":2000,"outTradeNo":"OTHER","#, ""] {
        let (site, _) = lost().await;
        not_received(&site).await;
        answers(&site, members);
        let report = settle(&site.bench).await.unwrap();
        assert_eq!((report.alarms(), site.journal()[0].state), (1, State::NotReceived), "{members}");
    }
    let (site, _) = lost().await;
    not_received(&site).await;
    answers(&site, r#""refundAmount":2000,"#);
    site.pass(24 * 60);
    assert_eq!(settle(&site.bench).await.unwrap().entries, [], "it is not asked for any more");
    let id = site.journal()[0].intent.id.clone();
    assert_eq!(
        mark(&site.bench, &id, Found::Executed).await.unwrap().to,
        State::Settled,
        "by hand it can be"
    );
    assert_eq!(order_file(&site.bench, ORDER, &[]).await.unwrap().left(), Some(3000.into()));
}

/// The answer to every question from now on, with these members besides the number and the status.
fn answers(site: &Site, members: &str) {
    let data = format!(r#"{{"outRefundNo":"{{number}}",{members}"status":"REFUND_PENDING"}}"#);
    let body = format!(r#"{{"code":"APPLY_SUCCESS","msg":"","data":{data}}}"#);
    site.between.answer_queries(Some(Reply::Answer {
        status: 200,
        body,
        signer: Signer::PayerMax,
        headers: "",
    }));
}

#[tokio::test]
async fn a_total_that_is_not_our_amount_is_no_alarm_and_ours_is_taken() {
    for members in ["", r#""totalAmount":5000,"#, r#""totalAmount":2000,"refundCurrency":"IDR","#] {
        let (site, _) = lost().await;
        answers(&site, members);
        let report = settle(&site.bench).await.unwrap();
        assert_eq!((report.alarms(), report.entries[0].to), (0, State::Accepted), "{members}");
    }
}

#[tokio::test]
async fn a_number_that_was_taken_is_ours_only_when_the_amount_says_so() {
    for (members, alarms, state) in [
        ("", 1, State::Unknown),
        (r#""totalAmount":5000,"#, 1, State::Unknown),
        (r#""refundAmount":5000,"#, 1, State::Unknown),
        (r#""refundAmount":2000,"refundCurrency":"USD","#, 1, State::Unknown),
        (r#""refundAmount":2000,"outTradeNo":"OTHER","#, 1, State::Unknown),
        (r#""totalAmount":2000,"#, 0, State::Accepted),
        (r#""refundAmount":2000,"#, 0, State::Accepted),
    ] {
        let site = Site::new().await;
        let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
        let body = r#"{"code":"ORDER_REPEAT","msg":""}"#.to_owned();
        let reply = Reply::Answer { status: 200, body, signer: Signer::PayerMax, headers: "" };
        site.between.set(Some(Deed { executed: false, reply }));
        refund(&site.bench, confirmed(&site.bench, &seen, "2000").await).await;
        answers(&site, members);
        for _ in 0..2 {
            let report = settle(&site.bench).await.unwrap();
            assert_eq!((report.alarms(), report.entries[0].to), (alarms, state), "{members}: {report:?}");
        }
        answers(&site, "");
        let last = settle(&site.bench).await.unwrap();
        assert_eq!(last.entries[0].to, state, "{members}: what was said before is not forgotten");
        site.sound();
    }
}

#[tokio::test]
async fn a_legacy_refund_that_is_not_known_stays_in_doubt() {
    let site = Site::new().await;
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let mut order = confirmed(&site.bench, &seen, "5000").await;
    order.refund.road = Road::Legacy;
    // The walk asks on the same address first.
    site.faults("drop-before@legacy=every-2");
    assert_eq!(refund(&site.bench, order).await.state, State::Unknown);
    site.faults("none");
    for _ in 0..5 {
        site.pass(6);
        let (state, said) = settled(&site).await;
        assert_eq!(state, State::Unknown);
        assert!(said.contains("mark it by hand"), "{said}");
    }
    let id = site.journal()[0].intent.id.clone();
    assert_eq!(mark(&site.bench, &id, Found::NotExecuted).await.unwrap().to, State::NotReceived);
    let again = confirmed(&site.bench, &seen, "5000").await;
    let outcome = refund(&site.bench, again).await;
    assert_eq!(
        (outcome.state, site.refunded(ORDER)),
        (State::Accepted, 1),
        "on its own interface: {outcome:?}"
    );
    assert_eq!(site.between.calls(), 0);
}

#[tokio::test]
async fn two_settles_at_once_do_not_stop_each_other() {
    let site = Site::new().await;
    let (seen, asked) = ([site.put_order("O1", ORDER, "CASE_CLOSED")], site.put("O2", "DISPUTE_INQUIRY", ""));
    site.between.set(Some(Deed { executed: true, reply: Reply::Close }));
    refund(&site.bench, confirmed(&site.bench, &seen, "2000").await).await;
    site.between.set(None);
    site.faults("drop-after@caseReplay");
    assert_eq!(reply(&site.bench, single(&asked)).await.state, State::Unknown);
    site.faults("none");
    let (arrived, go) = site.between.halt_query();
    let other = async {
        arrived.await.unwrap();
        // Its reply is left to the slower one.
        let second = site.second_bench();
        let id = site.journal()[0].intent.id.clone();
        assert_eq!(mark(&second, &id, Found::Executed).await.unwrap().to, State::Settled);
        go.send(()).unwrap();
    };
    let (report, ()) = tokio::join!(settle(&site.bench), other);
    let report = report.unwrap();
    let told: Vec<_> = report.entries.iter().map(|entry| (entry.from, entry.to)).collect();
    assert_eq!(told, [(State::Unknown, State::Settled), (State::Unknown, State::Settled)]);
    assert!(report.entries[0].msg.starts_with("moved meanwhile"), "{}", report.entries[0].msg);
    assert_eq!(site.journal()[0].finding.code.as_deref(), Some(codes::BY_OPERATOR));
    site.sound();
}

#[tokio::test]
async fn an_answer_about_an_earlier_attempt_says_nothing_of_the_next_one() {
    let (site, seen) = lost().await;
    for _ in 0..2 {
        site.pass(5);
        settle(&site.bench).await.unwrap();
    }
    site.pass(5);
    let (arrived, go) = site.between.halt_query();
    let other = async {
        arrived.await.unwrap();
        let second = site.second_bench();
        let id = site.journal()[0].intent.id.clone();
        mark(&second, &id, Found::NotExecuted).await.unwrap();
        site.between.set(Some(Deed { executed: true, reply: Reply::Close }));
        let again = confirmed(&second, &seen, "2000").await;
        assert_eq!(refund(&second, again).await.state, State::Unknown);
        go.send(()).unwrap();
    };
    let (report, ()) = tokio::join!(settle(&site.bench), other);
    assert_eq!(report.unwrap().entries[0].to, State::Unknown);
    let record = site.journal().remove(0);
    assert_eq!(record.state, State::Unknown, "the third look was one at the first attempt: {record:?}");
    assert_eq!(settled(&site).await.0, State::Accepted);
}

#[tokio::test]
async fn a_look_counts_from_when_it_began() {
    let (site, _) = lost().await;
    site.pass(4);
    let (arrived, go) = site.between.halt_query();
    let slow = async {
        arrived.await.unwrap();
        site.pass(6);
        go.send(()).unwrap();
    };
    let (report, ()) = tokio::join!(settle(&site.bench), slow);
    let said = &report.unwrap().entries[0].msg;
    assert!(said.contains("0 of 3"), "it was asked 4 minutes after the send: {said}");
    assert!(settled(&site).await.1.contains("1 of 3"));
}
