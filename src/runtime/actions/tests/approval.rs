//! Four eyes on the road itself: above the limit nothing leaves without the word of a second person, whatever the form or
//! the command line thinks of it.

use std::collections::BTreeMap;
use std::path::Path;

use pretty_assertions::assert_eq;
use rust_decimal::Decimal;

use super::*;
use crate::domain::refund::Rule;
use crate::runtime::approvals::tests::{another, directory, own, tray};
use crate::runtime::approvals::{Approval, Waiting};

fn above(value: i64) -> BTreeMap<String, Rule<Decimal>> {
    [("IDR".to_owned(), Rule { value: Decimal::from(value), source: "/etc/x".into() })].into()
}

/// A bench on which refunds above 1,000 need a second person.
fn limited(mut bench: Bench, dir: &Path, operator: &str) -> Bench {
    bench.setup.limits.approval_above = above(1000);
    bench.setup.limits.requests_dir = Some(dir.to_owned());
    operator.clone_into(&mut bench.operator);
    bench
}

/// Somebody asks for what is in the order.
fn asked(dir: &Path, order: &RefundOrder) -> Waiting {
    tray(dir, own()).ask(order.refund.clone(), order.case.clone(), order.slot, NOW).unwrap()
}

/// Somebody else approves it.
fn approval(dir: &Path, waiting: &Waiting) -> Approval {
    let tray = tray(dir, another());
    tray.approve(tray.find(&waiting.request.number).unwrap(), NOW).unwrap()
}

/// The case on the list of another host, too.
fn on_list(bench: &Bench, seen: &Seen) {
    let mut store = bench.store.lock().unwrap();
    store.track(&[NewCase::new(seen.id.clone())], NOW).unwrap();
    let seen = Observation { id: seen.id.clone(), at: NOW, outcome: Ok(seen.case.clone()) };
    store.record(&[seen]).unwrap();
}

#[tokio::test]
async fn above_the_limit_nothing_leaves_without_a_second_person() {
    let (dir, site) = (directory(), Site::new().await);
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let bench = limited(site.second_bench(), dir.path(), "ben");
    let order = confirmed(&bench, &seen, "2000").await;
    let alone = refund(&bench, order.clone()).await;
    assert_eq!((alone.state, alone.code.as_str()), (State::Refused, codes::APPROVAL_NEEDED));
    let msg = "above 1,000.00 IDR a second person must approve it, by refund_approval_above in /etc/x; nothing \
               was sent";
    assert_eq!(alone.msg, msg);
    assert_eq!(
        (site.between.calls(), site.journal()),
        (0, vec![]),
        "nothing was sent and nothing taken down"
    );
    let waiting = asked(dir.path(), &order);
    let approved = Some(approval(dir.path(), &waiting));
    let outcome = refund(&bench, RefundOrder { approved, ..order }).await;
    assert_eq!(outcome.state, State::Accepted, "{outcome:?}");
    assert_eq!(outcome.out_refund_no.as_deref(), Some(waiting.request.number.as_str()));
    let by = site.journal().pop().unwrap().intent.operator;
    assert_eq!(by, format!("ben (asked by {})", waiting.asker));
    assert_eq!(site.refunded(ORDER), 1);
    site.sound();
}

#[tokio::test]
async fn at_the_limit_one_person_is_enough() {
    let (dir, site) = (directory(), Site::new().await);
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let bench = limited(site.second_bench(), dir.path(), "ana");
    let outcome = refund(&bench, confirmed(&bench, &seen, "1000").await).await;
    assert_eq!(outcome.state, State::Accepted, "{outcome:?}");
    assert_eq!(site.journal().pop().unwrap().intent.operator, "ana");
}

#[tokio::test]
async fn an_approval_is_good_for_one_refund_as_it_was_asked_for() {
    let (dir, site) = (directory(), Site::new().await);
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let bench = limited(site.second_bench(), dir.path(), "ben");
    let order = confirmed(&bench, &seen, "2000").await;
    let waiting = asked(dir.path(), &order);
    let approved = Some(approval(dir.path(), &waiting));
    for amount in ["2001", "500"] {
        let other = RefundOrder { approved: approved.clone(), ..confirmed(&bench, &seen, amount).await };
        let outcome = refund(&bench, other).await;
        assert_eq!(outcome.code, codes::NOT_APPROVED, "{amount}: also below the limit");
        assert!(outcome.msg.contains("asks for another refund"), "{}", outcome.msg);
    }
    tray(dir.path(), own()).withdraw(&waiting.request.number).unwrap();
    let outcome = refund(&bench, RefundOrder { approved, ..order }).await;
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::NOT_APPROVED));
    assert!(outcome.msg.starts_with("no request DK"), "withdrawn in the last moment: {}", outcome.msg);
    assert_eq!((site.between.calls(), site.journal()), (0, vec![]));
}

#[tokio::test]
async fn two_who_approve_at_once_pay_once() {
    for seed in 0..4 {
        let (dir, site) = (directory(), Site::new().await);
        let seen = site.put_order("O1", ORDER, "CASE_CLOSED");
        let (left, right) = (site.second_bench(), site.other_host());
        let hosts = [limited(left, dir.path(), "ben"), limited(right, dir.path(), "cem")];
        on_list(&hosts[1], &seen);
        let seen = [seen];
        let mut orders = Vec::new();
        for host in &hosts {
            orders.push(confirmed(host, &seen, "2000").await);
        }
        let waiting = asked(dir.path(), &orders[0]);
        for order in &mut orders {
            order.approved = Some(approval(dir.path(), &waiting));
        }
        if seed % 2 == 1 {
            orders.reverse();
        }
        let [one, two] = [orders.remove(0), orders.remove(0)];
        let (one, two) = tokio::join!(refund(&hosts[0], one), refund(&hosts[1], two));
        assert_eq!(site.refunded(ORDER), 1, "{one:?} {two:?}");
        let numbers = [one.out_refund_no, two.out_refund_no];
        let used: Vec<_> = numbers.into_iter().flatten().collect();
        assert!(used.iter().all(|number| *number == waiting.request.number), "{used:?}");
        assert!([one.state, two.state].contains(&State::Accepted), "{} {}", one.msg, two.msg);
    }
}

#[tokio::test]
async fn the_same_request_approved_once_more_meets_its_own_number() {
    let (dir, site) = (directory(), Site::new().await);
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let bench = limited(site.second_bench(), dir.path(), "ben");
    let order = confirmed(&bench, &seen, "2000").await;
    let approved = Some(approval(dir.path(), &asked(dir.path(), &order)));
    let order = RefundOrder { approved, ..order };
    assert_eq!(refund(&bench, order.clone()).await.state, State::Accepted);
    let again = refund(&bench, order.clone()).await;
    assert_eq!((again.state, again.code.as_str()), (State::Refused, codes::OCCUPIED), "{again:?}");
    settle(&bench).await.unwrap();
    settle(&bench).await.unwrap();
    let paid = refund(&bench, order.clone()).await;
    assert_eq!((paid.state, paid.code.as_str()), (State::Refused, codes::MOVED), "{paid:?}");
    // With the next number in its place it is not what was approved.
    let next = refund(&bench, RefundOrder { slot: 2, ..order }).await;
    assert_eq!((next.state, next.code.as_str()), (State::Refused, codes::NOT_APPROVED), "{next:?}");
    assert_eq!(site.refunded(ORDER), 1);
}

#[tokio::test]
async fn one_that_was_not_received_is_sent_again_by_whoever_approved_it_and_by_nobody_alone() {
    let (dir, site) = (directory(), Site::new().await);
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    let bench = limited(site.second_bench(), dir.path(), "ben");
    let order = confirmed(&bench, &seen, "2000").await;
    let approved = Some(approval(dir.path(), &asked(dir.path(), &order)));
    site.faults("drop-before@refund=1");
    let lost = refund(&bench, RefundOrder { approved: approved.clone(), ..order }).await;
    assert_eq!(lost.state, State::Unknown, "{lost:?}");
    for _ in 0..4 {
        site.pass(6);
        settle(&bench).await.unwrap();
    }
    assert_eq!(site.journal().pop().unwrap().state, State::NotReceived);
    let again = confirmed(&bench, &seen, "2000").await;
    assert!(again.again.is_some());
    let alone = refund(&bench, again.clone()).await;
    assert_eq!((alone.state, alone.code.as_str()), (State::Refused, codes::APPROVAL_NEEDED));
    let outcome = refund(&bench, RefundOrder { approved, ..again }).await;
    assert_eq!(outcome.state, State::Accepted, "{outcome:?}");
    assert_eq!((site.refunded(ORDER), site.journal().len()), (1, 1));
}
