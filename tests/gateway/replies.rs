//! Answering a case or a batch.

use docket::domain::case::Field;
use docket::domain::fault::Signature;
use docket::domain::reply::{CONTENT_MAX_CHARS, Reply, Target, Version, Written};
use docket::gateway::{Gateway, ReplyAnswer, Sent, reply_data};
use docket::sandbox::{Faults, Sandbox, SandboxCase};
use time::Duration;

use crate::support::{client, id, merchant, sandbox, settings};

/// A sandbox whose case O-1 waits for a reply, alone; O-2 and O-3 do too, in batch B-1 with O-4, which was answered.
async fn waiting() -> (Sandbox, Gateway) {
    let sandbox = sandbox(merchant(), Faults::none()).await;
    for (case_id, batch, status) in [
        ("O-1", "", "DISPUTE_INQUIRY"),
        ("O-2", "B-1", "DISPUTE_INQUIRY"),
        ("O-3", "B-1", "DISPUTE_INQUIRY"),
        ("O-4", "B-1", "DISPUTE_RECEIVED"),
    ] {
        sandbox.state().put_case(SandboxCase::from_fields([
            (Field::CaseId, case_id),
            (Field::BatchId, batch),
            (Field::Status, status),
            (Field::OutUserId, "user-1"),
            (Field::OutTradeNo, case_id),
        ]));
    }
    let gateway = client(settings(sandbox.base_url()), Duration::ZERO);
    (sandbox, gateway)
}

/// A reply as the desk makes one: the case is asked for, the words are filled in and judged.
async fn reply(gateway: &Gateway, target: Target, case: &str, words: &Written, version: Version) -> Reply {
    let case = gateway.case_search(&id(case)).await.unwrap().value;
    words.for_case(target, &case, version).unwrap()
}

fn one() -> Target {
    Target::Case(id("O-1"))
}

fn words(content: &str, files: &[&str]) -> Written {
    Written { content: content.into(), files: files.iter().map(|&file| file.to_owned()).collect() }
}

async fn send(gateway: &Gateway, reply: &Reply, version: Version) -> Sent<ReplyAnswer> {
    gateway.case_reply(&reply_data(reply), version).await
}

#[tokio::test]
async fn a_reply_arrives_as_it_was_written_in_both_versions() {
    for (version, files) in [
        (Version::V15, &["https://ev.example/{caseId}.PDF"][..]),
        (Version::V14, &[]),
        (Version::V14, &["http://x/a.ZIP"]),
    ] {
        let (sandbox, gateway) = waiting().await;
        let reply = reply(&gateway, one(), "O-1", &words("for {outUserId}", files), version).await;
        let sent = send(&gateway, &reply, version).await;
        let answer = sent.outcome.unwrap();
        assert_eq!((answer.success_case_ids, answer.fail_case_ids), (vec!["O-1".into()], vec![]));
        assert_eq!((sent.exchange.http_status, sent.exchange.signature), (Some(200), Some(Signature::Valid)));
        let state = sandbox.state();
        let [taken] = state.replies("O-1") else { panic!("one reply") };
        assert_eq!((taken.version.as_str(), taken.content.as_str()), (version.word(), "for user-1"));
        assert_eq!((&taken.files, &taken.batch_id), (&reply.files, &None));
        assert_eq!(state.violations(), []);
    }
}

#[tokio::test]
async fn a_batch_says_which_of_its_cases_were_taken() {
    let (sandbox, gateway) = waiting().await;
    let target = Target::Batch("B-1".into());
    let reply =
        reply(&gateway, target, "O-2", &words("delivered", &["http://x/B-1.ZIP"]), Version::V15).await;
    let answer = send(&gateway, &reply, Version::V15).await.outcome.unwrap();
    assert_eq!(answer.success_case_ids, ["O-2", "O-3"]);
    assert_eq!(answer.fail_case_ids, ["O-4"]);
    let state = sandbox.state();
    assert_eq!(state.replies("O-3")[0].batch_id.as_deref(), Some("B-1"));
    assert!(state.replies("O-4").is_empty() && state.violations().is_empty());
}

#[tokio::test]
async fn the_largest_reply_there_can_be_is_taken() {
    let many: Vec<String> = (0..1024).map(|n| format!("https://ev.example/O-1/{n}.jpg")).collect();
    let texts =
        ["案".repeat(CONTENT_MAX_CHARS), "😀".repeat(CONTENT_MAX_CHARS), "é\n\"\\\u{200d}".repeat(51)];
    for content in texts {
        let (sandbox, gateway) = waiting().await;
        let words = Written { content: content.clone(), files: many.clone() };
        let reply = reply(&gateway, one(), "O-1", &words, Version::V15).await;
        send(&gateway, &reply, Version::V15).await.outcome.unwrap();
        let state = sandbox.state();
        assert_eq!((&state.replies("O-1")[0].content, &state.replies("O-1")[0].files), (&content, &many));
        assert_eq!(state.violations(), []);
    }
}

#[tokio::test]
async fn no_misbehaviour_makes_a_success_or_a_second_reply() {
    for (flag, code, executed) in [
        ("drop-before@caseReplay", "DROPPED", 0),
        ("drop-after@caseReplay", "DROPPED", 1),
        ("http-503@caseReplay", "HTTP_503", 0),
        ("http-503-after@caseReplay", "HTTP_503", 1),
        ("http-404@caseReplay", "HTTP_404", 0),
        ("http-429(7)@caseReplay", "TOO_MANY_REQUEST", 0),
        ("truncated@caseReplay", "DROPPED", 1),
        ("foreign@caseReplay", "GARBLED", 1),
        ("oversized(2)@caseReplay", "GARBLED", 1),
        ("missing-sign@caseReplay", "UNVERIFIED", 1),
        ("wrong-sign@caseReplay", "UNVERIFIED", 1),
        ("skew(200)@caseReplay", "REQ_TIME_OVER_TIME", 0),
        ("redirect(http://127.0.0.1:9/)@caseReplay", "HTTP_307", 0),
        ("latency(60000)@caseReplay", "TIMED_OUT", 1),
    ] {
        let (sandbox, gateway) = waiting().await;
        let words = words("delivered", &["http://x/O-1.ZIP"]);
        let reply = reply(&gateway, one(), "O-1", &words, Version::V15).await;
        sandbox.set_faults(Faults::parse(flag).unwrap());
        let limit = std::time::Duration::from_secs(if code == "TIMED_OUT" { 1 } else { 30 });
        let sent = send(&gateway.with_reply_limit(limit), &reply, Version::V15).await;
        let fault = sent.outcome.unwrap_err();
        assert_eq!(fault.code(), code, "{flag}: {fault}");
        assert!(!sent.exchange.request.is_empty());
        let certain = docket::domain::action::verdict(&fault) == docket::domain::action::State::Refused;
        assert!(!(certain && executed > 0), "{flag} would be called refused, and was executed");
        // A machine in a hurry may run out of time before the sandbox has read anything.
        let done = sandbox.state().replies("O-1").len();
        assert!(done == executed || (code == "TIMED_OUT" && done == 0), "{flag}: {done} executed");
    }
}

#[tokio::test]
async fn hostile_text_around_a_success_changes_nothing() {
    let (sandbox, gateway) = waiting().await;
    let reply = reply(&gateway, one(), "O-1", &words("delivered", &["http://x/O-1.ZIP"]), Version::V15).await;
    sandbox.set_faults(Faults::parse("hostile(all),latency=100").unwrap());
    let sent = send(&gateway, &reply, Version::V15).await;
    assert_eq!(sent.outcome.unwrap().success_case_ids, ["O-1"]);
    assert_eq!(sandbox.state().replies("O-1").len(), 1);
}

#[tokio::test]
async fn a_case_that_was_answered_elsewhere_is_in_the_failed_list() {
    let (sandbox, gateway) = waiting().await;
    let reply = reply(&gateway, one(), "O-1", &words("delivered", &["http://x/O-1.ZIP"]), Version::V15).await;
    sandbox.state().set_status("O-1", "DISPUTE_RECEIVED");
    let answer = send(&gateway, &reply, Version::V15).await.outcome.unwrap();
    assert_eq!((answer.success_case_ids, answer.fail_case_ids), (vec![], vec!["O-1".into()]));
    assert!(sandbox.state().replies("O-1").is_empty());
}
