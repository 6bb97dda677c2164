//! A reply on the wire: what leaves, how often, and what is kept of what comes back.

use std::time::Duration;

use pretty_assertions::assert_eq;

use super::merchant_public;
use super::stub::{Act, Stub, answer, gateway, settings, sign_line, signed};
use crate::domain::fault::{Fault, Signature};
use crate::domain::ids::CaseId;
use crate::domain::reply::{Reply, Target, Version};
use crate::gateway::one_off::ANSWER_KEPT_MAX;
use crate::gateway::{ReplyAnswer, Sent, reply_data};

const TAKEN: &str =
    r#"{"code":"APPLY_SUCCESS","msg":"Success.","data":{"successCaseIds":["O1",2],"failCaseIds":null}}"#;

fn reply(files: &[&str]) -> Reply {
    Reply {
        target: Target::Case(CaseId::parse("O1").unwrap()),
        out_user_id: "u1".into(),
        content: "delivered \"on time\"".into(),
        files: files.iter().map(|&file| file.to_owned()).collect(),
    }
}

async fn send(act: Act) -> Sent<ReplyAnswer> {
    Stub::start(act).gateway().case_reply(&reply_data(&reply(&[])), Version::V14).await
}

#[test]
fn the_data_names_one_target_and_leaves_out_what_is_empty() {
    let one = reply_data(&reply(&["http://x/O1.ZIP"]));
    assert_eq!(
        String::from_utf8(one).unwrap(),
        concat!(
            r#"{"caseId":"O1","outUserId":"u1","responseContent":"delivered \"on time\"","#,
            r#""representmentFile":["http://x/O1.ZIP"]}"#
        )
    );
    let batch = reply_data(&Reply { target: Target::Batch("P1".into()), ..reply(&[]) });
    assert_eq!(
        String::from_utf8(batch).unwrap(),
        r#"{"batchId":"P1","outUserId":"u1","responseContent":"delivered \"on time\""}"#
    );
}

#[tokio::test]
async fn the_signed_bytes_are_the_sent_and_the_kept_bytes() {
    let stub = Stub::start(signed(TAKEN));
    let gateway = stub.gateway();
    let data = reply_data(&reply(&["http://x/O1.ZIP"]));
    let ready = gateway.sign_reply(&data, Version::V15).await.unwrap();
    assert_eq!(stub.requests().len(), 0, "signing sends nothing");
    assert_eq!(ready.body(), gateway.preview("1.5", &data).unwrap(), "the clock of this test stands still");
    let sent = gateway.send_reply(ready.clone()).await;
    let seen = stub.requests().remove(0);
    assert_eq!((seen.body.as_slice(), sent.exchange.request.as_slice()), (ready.body(), ready.body()));
    let body = String::from_utf8(seen.body.clone()).unwrap();
    let (head, tail) = body.split_once(r#""data":"#).unwrap();
    assert!(
        head.starts_with(r#"{"version":"1.5","keyVersion":"1","requestTime":"2026-11-20T08:00:00.500Z","#)
    );
    assert_eq!(tail.as_bytes().strip_suffix(b"}"), Some(data.as_slice()), "data goes in as it is");
    assert!(merchant_public().verify(&seen.body, seen.header("sign").unwrap()));
    assert!(
        seen.head.starts_with("POST /aggregate-pay/api/gateway/caseReplay HTTP/1.1\r\n"),
        "{}",
        seen.head
    );
    let shown = format!("{ready:?} {sent:?}");
    assert!(!shown.contains(seen.header("sign").unwrap()), "{shown}");
}

#[tokio::test]
async fn a_signed_success_is_believed_and_kept() {
    let sent = send(signed(TAKEN)).await;
    let answer = sent.outcome.unwrap();
    assert_eq!((answer.success_case_ids, answer.fail_case_ids), (vec!["O1".into(), "2".into()], vec![]));
    assert_eq!(sent.exchange.answer.as_deref(), Some(TAKEN.as_bytes()));
    assert_eq!((sent.exchange.http_status, sent.exchange.signature), (Some(200), Some(Signature::Valid)));
    for empty in [r#"{"code":"APPLY_SUCCESS"}"#, r#"{"code":"APPLY_SUCCESS","data":{}}"#] {
        assert_eq!(send(signed(empty)).await.outcome, Ok(ReplyAnswer::default()), "{empty}");
    }
}

#[tokio::test]
async fn every_reply_has_a_connection_of_its_own() {
    let stub = Stub::start(signed(TAKEN));
    let gateway = stub.gateway();
    for _ in 0..3 {
        gateway.case_reply(&reply_data(&reply(&[])), Version::V14).await.outcome.unwrap();
    }
    assert_eq!((stub.requests().len(), stub.connections()), (3, 3));
}

#[tokio::test]
async fn an_unsigned_success_is_no_success_and_its_bytes_are_kept() {
    for (headers, verdict) in
        [(vec![], Signature::Absent), (vec![sign_line(b"something else")], Signature::Wrong)]
    {
        let sent = send(Act::Write(answer("200 OK", &headers, TAKEN.as_bytes()))).await;
        assert_eq!(sent.outcome, Err(Fault::Unverified(verdict)));
        assert_eq!(sent.exchange.signature, Some(verdict));
        assert_eq!(sent.exchange.answer.as_deref(), Some(TAKEN.as_bytes()));
    }
}

#[tokio::test]
async fn lists_of_the_wrong_shape_are_no_answer() {
    for data in [
        r#"{"successCaseIds":"O1"}"#,
        r#"{"successCaseIds":[["O1"]]}"#,
        r#"{"failCaseIds":[null]}"#,
        r#"["O1"]"#,
    ] {
        let body = format!(r#"{{"code":"APPLY_SUCCESS","data":{data}}}"#);
        let sent = send(signed(&body)).await;
        assert!(matches!(sent.outcome, Err(Fault::Garbled(_))), "{data}: {sent:?}");
    }
}

#[tokio::test]
async fn trouble_is_never_tried_again() {
    let redirect = answer("307 Temporary Redirect", &["Location: /elsewhere".into()], b"");
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"code\":".to_vec();
    for (act, code, kept) in [
        (Act::WriteAndClose(Vec::new()), "DROPPED", None),
        (Act::WriteAndClose(half), "DROPPED", Some(&b"{\"code\":"[..])),
        (Act::Write(answer("503 Service Unavailable", &[], b"<html>")), "HTTP_503", Some(b"<html>")),
        (Act::Write(redirect), "HTTP_307", Some(b"")),
        (Act::Hold, "TIMED_OUT", None),
    ] {
        let stub = Stub::start(act);
        // Long enough for a loaded machine to read an answer, short enough to wait for the one that never comes.
        let limit = Duration::from_secs(if code == "TIMED_OUT" { 2 } else { 30 });
        let gateway = stub.gateway().with_reply_limit(limit);
        let sent = gateway.case_reply(&reply_data(&reply(&[])), Version::V14).await;
        assert_eq!(sent.outcome.unwrap_err().code(), code);
        assert_eq!(sent.exchange.answer.as_deref(), kept, "{code}");
        assert_eq!(sent.exchange.signature.filter(|_| code != "HTTP_503"), None, "{code}");
        assert_eq!(stub.requests().len(), 1, "{code}");
        assert!(!sent.exchange.request.is_empty());
    }
}

#[tokio::test]
async fn a_long_answer_is_kept_in_part_and_read_whole() {
    let body = format!(
        r#"{{"code":"APPLY_SUCCESS","msg":"{}","data":{{"successCaseIds":["O1"]}}}}"#,
        "x".repeat(ANSWER_KEPT_MAX)
    );
    let sent = send(signed(&body)).await;
    assert_eq!(sent.outcome.unwrap().success_case_ids, ["O1"]);
    assert_eq!(sent.exchange.answer.unwrap(), &body.as_bytes()[..ANSWER_KEPT_MAX]);
}

#[tokio::test]
async fn nothing_leaves_when_nobody_listens_or_the_data_is_none() {
    let gateway = gateway(settings("http://127.0.0.1:1/"));
    let sent = gateway.case_reply(b"{}", Version::V15).await;
    assert!(matches!(sent.outcome, Err(Fault::Unsent(_))), "{sent:?}");
    assert_eq!(sent.exchange.http_status, None);
    for no_data in [&b"{"[..], b"\xff", b""] {
        let sent = gateway.case_reply(no_data, Version::V15).await;
        assert!(matches!(sent.outcome, Err(Fault::Signing(_))), "{sent:?}");
        assert!(gateway.preview("1.5", no_data).is_err());
    }
}
