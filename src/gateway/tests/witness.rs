//! Whoever asked is told of every call how it went: once, when it left and when it had ended, and with no secret in it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use pretty_assertions::assert_eq;

use super::stub::{Act, Stub, answer, settings, signed};
use crate::domain::call::{About, Heard, Outcome, What};
use crate::domain::fault::Signature;
use crate::domain::ids::CaseId;
use crate::domain::refund::Refund;
use crate::domain::reply::{Reply, Target, Version};
use crate::gateway::{Ended, Gateway, Refunds, Witness, reply_data};

type Said = Arc<Mutex<Vec<Heard>>>;

/// A gateway that is listened to.
fn heard(gateway: Gateway) -> (Gateway, Said) {
    let said = Said::default();
    let into = Arc::clone(&said);
    let witness: Witness = Arc::new(move || -> Ended {
        let into = Arc::clone(&into);
        Box::new(move |heard| into.lock().unwrap().push(heard))
    });
    (gateway.told_to(witness), said)
}

fn id() -> CaseId {
    CaseId::parse("O1").unwrap()
}

async fn search(act: Act) -> Heard {
    let (gateway, said) = heard(Stub::start(act).gateway());
    _ = gateway.case_search(&id()).await;
    let mut said = said.lock().unwrap();
    assert_eq!(said.len(), 1, "told once");
    said.remove(0)
}

const CASE: &str = r#"{"code":"APPLY_SUCCESS","msg":"","data":{"caseId":"O1","status":"DISPUTE_INQUIRY"}}"#;

#[tokio::test]
async fn a_question_is_told_with_its_end() {
    let good = search(signed(CASE)).await;
    let expected = Heard {
        what: What::CaseSearch,
        about: About::Case(id()),
        outcome: Outcome::Ok,
        signature: Some(Signature::Valid),
        http_status: Some(200),
        bytes: CASE.len(),
    };
    assert_eq!(good, expected);
    let other = search(signed(&CASE.replace("O1", "O2"))).await;
    assert!(matches!(other.outcome, Outcome::Failed(_)), "it was about another case: {other:?}");
    assert_eq!(other.signature, Some(Signature::Valid));
    let unsigned = search(Act::Write(answer("200 OK", &[], CASE.as_bytes()))).await;
    assert_eq!(unsigned.outcome.to_string(), "failed: the answer is unsigned");
    assert_eq!(unsigned.signature, Some(Signature::Absent));
    let refused = search(signed(r#"{"code":"ORDER_NOT_EXIST","msg":"x"}"#)).await;
    assert_eq!(refused.outcome.to_string(), "refused ORDER_NOT_EXIST");
    let page = search(Act::Write(answer("502 Bad Gateway", &[], b"<html>"))).await;
    assert_eq!((page.outcome.to_string().as_str(), page.http_status), ("failed: HTTP 502", Some(502)));
    let moved =
        search(Act::Write(answer("307 Moved", &["Location: http://x/?sign=s3cret".into()], b""))).await;
    assert_eq!(moved.http_status, Some(307));
    assert!(!format!("{moved:?}").contains("s3cret"));
    let cut = search(Act::WriteAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec())).await;
    assert_eq!(cut.outcome.to_string(), "failed: the connection broke");
}

#[tokio::test]
async fn what_nobody_answers_is_a_doubt_for_a_reply_and_a_failure_for_a_question() {
    let stub = Stub::start(Act::Hold);
    let gateway = stub.gateway().with_reply_limit(Duration::from_millis(300));
    let (gateway, said) = heard(gateway);
    let reply = |target| Reply {
        target,
        out_user_id: "u1".into(),
        content: "delivered".into(),
        files: vec!["https://x/a.zip".into()],
    };
    gateway.case_reply(&reply_data(&reply(Target::Case(id()))), Version::V15).await;
    gateway.case_reply(&reply_data(&reply(Target::Batch("B7".into()))), Version::V15).await;
    let said = said.lock().unwrap().clone();
    let told: Vec<_> = said.iter().map(|one| (one.what, one.about.id(), one.outcome.to_string())).collect();
    let timed_out = || "unknown: timed out".to_owned();
    assert_eq!(told, [(What::CaseReplay, "O1", timed_out()), (What::CaseReplay, "B7", timed_out())]);
    assert_eq!((said[0].http_status, said[0].signature, said[0].bytes), (None, None, 0));
}

#[tokio::test]
async fn a_refund_is_about_its_order_and_one_that_found_no_way_was_not_sent() {
    // Nobody listens there.
    let mut nowhere = settings("http://127.0.0.1:1/aggregate-pay/api/gateway");
    nowhere.connect_timeout = Duration::from_secs(5);
    let (gateway, said) = heard(super::stub::gateway(nowhere));
    let refunds = Refunds::current(&gateway, "1.5", "1.4");
    let refund = Refund::plain("P7", "10.10", "USD");
    let call = refunds.sign(&refunds.data(&refund, "R1")).await.unwrap();
    refunds.send(call, "R1").await;
    _ = refunds.query("R1").await;
    _ = refunds.of_order("P7").query("R1").await;
    let said = said.lock().unwrap().clone();
    let about: Vec<_> = said.iter().map(|one| (one.what, one.about.clone())).collect();
    assert_eq!(
        about,
        [
            (What::Refund, About::Order("P7".into())),
            (What::RefundQuery, About::Number("R1".into())),
            (What::RefundQuery, About::Order("P7".into())),
        ]
    );
    assert!(said.iter().all(|one| matches!(one.outcome, Outcome::NotSent(_))), "{said:?}");
}
