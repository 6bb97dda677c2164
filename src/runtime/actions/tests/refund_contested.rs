//! Refunds that are not where the journal has them: somebody else's under our number, ours when it was given up, and what
//! another docket has moved in the meantime.

use pretty_assertions::assert_eq;

use super::between::{Deed, Reply, Signer};
use super::refund_settling::{lost, not_received, settled};
use super::*;

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

#[tokio::test]
async fn two_settles_at_once_do_not_stop_each_other() {
    let site = Site::new().await;
    let (seen, asked) = ([site.put_order("O1", ORDER, "CASE_CLOSED")], site.put("O2", "DISPUTE_INQUIRY", ""));
    site.between.set(Some(Deed { executed: true, reply: Reply::Close }));
    refund(&site.bench, confirmed(&site.bench, &seen, "2000").await).await;
    site.between.set(None);
    site.pass(1);
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
    // Both were confirmed in the same millisecond of this clock, so that either may come first.
    let moved = report.entries.iter().find(|entry| entry.out_refund_no.is_some()).unwrap();
    assert!(moved.msg.starts_with("moved meanwhile"), "{}", moved.msg);
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
