//! The real client against the sandbox, over a socket: two programs that share no rule and no line of crypto.

#![expect(
    clippy::unwrap_used,
    reason = "clippy allows unwrap only inside #[test] bodies, not in their helpers"
)]

mod support;

use docket::domain::case::Field;
use docket::domain::fault::{Fault, Signature, Skew};
use docket::domain::ids::CaseId;
use docket::domain::reply::{CONTENT_MAX_CHARS, Reply, Target, Version, Written};
use docket::gateway::{Gateway, PrivateKey, ReplyAnswer, Sent, reply_data};
use docket::sandbox::{Faults, Sandbox, SandboxCase};
use support::{PAIR, client, merchant, sandbox, settings};
use time::Duration;

fn id(text: &str) -> CaseId {
    CaseId::parse(text).unwrap()
}

#[tokio::test]
async fn all_sixteen_fields_arrive_exactly_as_the_gateway_has_them() {
    let sandbox = sandbox(merchant(), Faults::none()).await;
    sandbox.state().hold_still();
    let gateway = client(settings(sandbox.base_url()), Duration::ZERO);
    for case_id in sandbox.case_ids() {
        let answer = gateway.case_search(&id(&case_id)).await.unwrap();
        let state = sandbox.state();
        let theirs = state.case(&case_id).unwrap();
        for field in Field::ALL {
            assert_eq!(answer.value.get(field), theirs.get(field), "{case_id} {}", field.wire());
        }
    }
    assert_eq!(sandbox.state().violations(), [], "a right request breaks no rule");
}

#[tokio::test]
async fn an_unknown_case_is_refused_with_the_gateways_code() {
    let sandbox = sandbox(merchant(), Faults::none()).await;
    let gateway = client(settings(sandbox.base_url()), Duration::ZERO);
    let fault = gateway.case_search(&id(&sandbox.refused_id())).await.unwrap_err();
    assert_eq!(fault.code(), "ORDER_NOT_EXIST");
    assert!(matches!(fault, Fault::Refused { signature: Signature::Valid, .. }));
}

#[tokio::test]
async fn a_wrong_clock_is_refused_and_named_with_its_size() {
    let sandbox = sandbox(merchant(), Faults::none()).await;
    let gateway = client(settings(sandbox.base_url()), Duration::seconds(303));
    let first = sandbox.case_ids().remove(0);
    let fault = gateway.case_search(&id(&first)).await.unwrap_err();
    assert_eq!(fault.code(), "REQ_TIME_OVER_TIME");
    let Fault::Refused { skew: Some(Skew(seconds)), .. } = fault else {
        panic!("the skew is known: {fault:?}")
    };
    assert!((300..=304).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_foreign_key_is_refused_by_the_gateway() {
    let sandbox = sandbox(merchant(), Faults::none()).await;
    let gateway = docket::gateway::Gateway::new(
        settings(sandbox.base_url()),
        PrivateKey::parse(&PAIR.gateway_pem).unwrap(),
        support::gateway_key(),
        std::sync::Arc::new(|| support::NOW),
    )
    .unwrap();
    let fault = gateway.case_search(&id(&sandbox.case_ids()[0])).await.unwrap_err();
    assert_eq!(fault.code(), "SIGN_VERIFY_FAILED");
}

#[tokio::test]
async fn a_service_provider_names_itself_and_carries_its_token() {
    let mut provider = merchant();
    provider.sp_merchant_no = Some("010229810189302".into());
    provider.auth_token = Some("token-1".into());
    let sandbox = sandbox(provider, Faults::none()).await;
    let mut own = settings(sandbox.base_url());
    let case_id = id(&sandbox.case_ids()[0]);
    assert!(
        client(own.clone(), Duration::ZERO).case_search(&case_id).await.is_err(),
        "without, it is refused"
    );
    own.sp_merchant_no = Some("010229810189302".into());
    own.auth_token = Some("token-1".into());
    assert!(client(own, Duration::ZERO).case_search(&case_id).await.is_ok());
}

#[tokio::test]
async fn every_misbehaviour_ends_in_its_own_fault_and_never_in_a_believed_answer() {
    let sandbox = sandbox(merchant(), Faults::none()).await;
    let mut own = settings(sandbox.base_url());
    own.timeout = std::time::Duration::from_millis(400);
    let gateway = client(own, Duration::ZERO);
    let case_id = id(&sandbox.case_ids()[0]);
    for (flag, code) in [
        ("drop-before", "DROPPED"),
        ("drop-after", "DROPPED"),
        ("http-503", "HTTP_503"),
        ("http-503-after", "HTTP_503"),
        ("http-404", "HTTP_404"),
        ("http-429(7)", "TOO_MANY_REQUEST"),
        ("truncated", "DROPPED"),
        ("foreign", "GARBLED"),
        ("oversized(2)", "GARBLED"),
        ("missing-sign", "UNVERIFIED"),
        ("wrong-sign", "UNVERIFIED"),
        ("skew=200", "REQ_TIME_OVER_TIME"),
        ("redirect=http://127.0.0.1:9/", "HTTP_307"),
        ("latency=5000", "TIMED_OUT"),
    ] {
        sandbox.set_faults(Faults::parse(flag).unwrap());
        let fault = gateway.case_search(&case_id).await.unwrap_err();
        assert_eq!(fault.code(), code, "{flag}: {fault}");
    }
    sandbox.set_faults(Faults::none());
    assert!(gateway.case_search(&case_id).await.is_ok(), "and afterwards all is well");
}

#[tokio::test]
async fn an_odd_case_is_read_as_it_is() {
    let sandbox = sandbox(merchant(), Faults::none()).await;
    let odd = [
        (Field::CaseId, "O-ODD"),
        (Field::Status, "PRE_ARBITRATION"),
        (Field::OutTradeNo, "202301030655459164371077"),
    ];
    sandbox.state().put_case(SandboxCase::from_fields(odd));
    let gateway = client(settings(sandbox.base_url()), Duration::ZERO);
    let case = gateway.case_search(&id("O-ODD")).await.unwrap().value;
    assert_eq!(
        case.text(Field::OutTradeNo),
        "202301030655459164371077",
        "24 digits are a text, not a number"
    );
    assert_eq!((case.get(Field::Amount), case.get(Field::Currency)), (None, None));
}

#[tokio::test]
async fn hostile_text_arrives_raw_and_is_harmless_once_shown() {
    let sandbox = sandbox(merchant(), Faults::parse("hostile(all)").unwrap()).await;
    let gateway = client(settings(sandbox.base_url()), Duration::ZERO);
    let mut hostile = 0;
    for case_id in sandbox.case_ids().iter().take(12) {
        let Ok(answer) = gateway.case_search(&id(case_id)).await else { continue };
        for field in Field::ALL {
            let text = answer.value.text(field);
            let shown = docket::domain::shown::line(text);
            hostile += usize::from(text != shown);
            assert!(!shown.chars().any(docket::domain::shown::is_hostile), "{shown:?}");
        }
    }
    assert!(hostile > 0, "the sandbox did send hostile text");
}

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
