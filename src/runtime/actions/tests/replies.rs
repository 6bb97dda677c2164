//! What goes right, and what is stopped before it leaves.

use pretty_assertions::assert_eq;

use super::*;

#[tokio::test]
async fn a_reply_is_sent_once_and_the_journal_has_it_before_and_after() {
    let mut site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    for (version, files) in
        [(Version::V15, vec!["https://ev.example/O1.PDF".to_owned()]), (Version::V14, vec![])]
    {
        site.sandbox.state().set_status("O1", "DISPUTE_INQUIRY");
        site.bench.version = version;
        let mut order = single(&seen);
        order.reply.files = files;
        // The second answers again what the gateway has not shown yet, which only the operator may want.
        order.although = version == Version::V14;
        let outcome = reply(&site.bench, order).await;
        assert_eq!((outcome.state, outcome.code.as_str()), (State::Accepted, "APPLY_SUCCESS"), "{outcome:?}");
        assert_eq!((outcome.success_case_ids, outcome.fail_case_ids), (vec!["O1".to_owned()], vec![]));
        assert_eq!((outcome.retry_may_help, outcome.unrecorded), (false, None));
        let record = site.journal().pop().unwrap();
        assert_eq!(Some(record.intent.id), outcome.action_id);
        assert_eq!((record.state, record.intent.operator.as_str()), (State::Accepted, "ana"));
        let taken = site.sandbox.state().replies("O1").last().unwrap().clone();
        assert_eq!(
            (taken.version.as_str(), taken.content.as_str()),
            (version.word(), "delivered, see the receipt")
        );
        // The case has to be the same at the next look.
        site.pass(1);
    }
    assert_eq!(*site.at_call.lock().unwrap(), [vec![State::Sending], vec![State::Accepted, State::Sending]]);
    assert_eq!(site.executed("O1"), 2);
    site.sound();
}

#[tokio::test]
async fn a_case_that_was_answered_from_this_list_is_not_answered_again() {
    // The gateway's status lags behind, or another desk still shows the case as it was.
    for (status, said) in [
        ("DISPUTE_INQUIRY", "case O1 was answered from this list already"),
        ("DISPUTE_RECEIVED", "; ana answered it from this list"),
    ] {
        let site = Site::new().await;
        let seen = site.put("O1", "DISPUTE_INQUIRY", "");
        assert_eq!(reply(&site.bench, single(&seen)).await.state, State::Accepted);
        site.sandbox.state().set_status("O1", status);
        site.pass(60);
        let again = reply(&site.bench, single(&seen)).await;
        assert_eq!((again.state, again.code.as_str()), (State::Refused, codes::MOVED), "{again:?}");
        assert!(again.msg.contains(said), "{}", again.msg);
        assert_eq!(site.executed("O1"), 1);
        site.sound();
    }
}

#[tokio::test]
async fn the_bytes_in_the_journal_are_those_of_the_request() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    let id = reply(&site.bench, single(&seen)).await.action_id.unwrap();
    let attempts = site.bench.store.lock().unwrap().attempts(&id).unwrap();
    let request: serde_json::Value = serde_json::from_slice(&attempts[0].request).unwrap();
    assert_eq!(request["data"]["caseId"], "O1");
    assert_eq!(request["requestTime"], "2026-11-20T04:00:00.000Z");
    let answer = String::from_utf8(attempts[0].exchange.answer.clone().unwrap()).unwrap();
    assert!(answer.contains("successCaseIds"), "{answer}");
    assert_eq!((attempts.len(), attempts[0].exchange.http_status), (1, Some(200)));
}

#[tokio::test]
async fn a_case_that_moved_stops_its_reply_and_every_desk_sees_why() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    site.sandbox.state().set_status("O1", "DISPUTE_RECEIVED");
    let outcome = reply(&site.bench, single(&seen)).await;
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::MOVED));
    assert!(outcome.msg.contains("DISPUTE_INQUIRY -> DISPUTE_RECEIVED"), "{}", outcome.msg);
    assert_eq!(outcome.action_id, None);
    assert_eq!((site.executed("O1"), site.journal()), (0, vec![]));
    let listed = site.bench.store.lock().unwrap().find(&seen.id).unwrap().unwrap();
    assert_eq!(listed.case.unwrap().text(Field::Status), "DISPUTE_RECEIVED");
}

#[tokio::test]
async fn a_case_that_does_not_ask_needs_the_override() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_RECEIVED", "");
    let outcome = reply(&site.bench, single(&seen)).await;
    assert_eq!((outcome.code.as_str(), site.journal().len()), (codes::NOT_ASKED, 0));
    let outcome = reply(&site.bench, ReplyOrder { although: true, ..single(&seen) }).await;
    assert_eq!((outcome.state, outcome.fail_case_ids), (State::Refused, vec!["O1".to_owned()]));
    assert_eq!((site.journal()[0].state, site.executed("O1")), (State::Refused, 0));
    assert_eq!(site.at_call.lock().unwrap().len(), 1);
    site.sound();
}

#[tokio::test]
async fn nothing_leaves_a_read_only_bench_or_one_that_cannot_look() {
    let mut site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    site.bench.read_only = true;
    assert_eq!(reply(&site.bench, single(&seen)).await.code, codes::READ_ONLY);
    site.bench.read_only = false;
    site.faults("http-503@caseSearch");
    let outcome = reply(&site.bench, single(&seen)).await;
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, "HTTP_503"));
    assert!(outcome.retry_may_help && outcome.action_id.is_none());
    site.faults("http-503@caseSearch=2");
    assert_eq!(reply(&site.bench, single(&seen)).await.state, State::Accepted, "a look may be repeated");
    assert_eq!((site.executed("O1"), site.journal().len()), (1, 1));
}

#[tokio::test]
async fn a_batch_says_which_of_its_cases_took_the_reply() {
    let site = Site::new().await;
    let seen = [
        site.put("O1", "DISPUTE_INQUIRY", "P1"),
        site.put("O2", "DISPUTE_RECEIVED", "P1"),
        site.put("O3", "DISPUTE_INQUIRY", "P1"),
    ];
    let listed = [seen[0].clone(), seen[1].clone()];
    let outcome = reply(&site.bench, order(&listed, Target::Batch("P1".into()))).await;
    assert_eq!(outcome.state, State::Accepted);
    assert_eq!(outcome.success_case_ids, ["O1", "O3"], "the one that is not on the list, too");
    assert_eq!(outcome.fail_case_ids, ["O2"]);
    assert_eq!(site.journal()[0].finding.fail_case_ids, ["O2"]);
    let again = reply(&site.bench, order(&listed, Target::Batch("P1".into()))).await;
    assert_eq!(again.code, codes::MOVED, "{again:?}");
    site.sound();
}

#[tokio::test]
async fn two_orders_for_one_case_make_one_reply() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "P1");
    site.faults("latency(50)@caseReplay");
    let other = site.second_bench();
    let batch = order(std::slice::from_ref(&seen), Target::Batch("P1".into()));
    let (one, two, three) =
        tokio::join!(reply(&site.bench, single(&seen)), reply(&other, single(&seen)), reply(&other, batch));
    let outcomes = [one, two, three];
    let accepted = outcomes.iter().filter(|outcome| outcome.state == State::Accepted).count();
    let stopped = |outcome: &&ReplyOutcome| [codes::OCCUPIED, codes::MOVED].contains(&outcome.code.as_str());
    assert_eq!((accepted, outcomes.iter().filter(stopped).count()), (1, 2), "{outcomes:?}");
    assert_eq!((site.executed("O1"), site.at_call.lock().unwrap().len()), (1, 1));
    site.sound();
}

#[tokio::test]
async fn an_answer_given_between_the_look_and_the_journal_stops_the_second() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    let looked_at = (site.bench.clock)();
    assert_eq!(reply(&site.bench, single(&seen)).await.state, State::Accepted);
    let late = site.second_bench();
    let ready = super::super::reply::Ready {
        asking: vec![seen.id.clone()],
        batch: None,
        looked_at,
        freshness: Freshness::new(looked_at, 1),
        although: false,
    };
    let outcome = super::super::reply::carry_out(late, single(&seen).reply, ready).await;
    assert_eq!(outcome.code, codes::MOVED, "{outcome:?}");
    assert_eq!(site.at_call.lock().unwrap().len(), 1, "the second call was never made");
    site.sound();
}

#[tokio::test]
async fn a_host_that_slept_between_the_look_and_the_journal_looks_again_first() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    let mut bench = site.second_bench();
    // Whoever signs takes two minutes by this clock: the host slept meanwhile.
    let asked = AtomicI64::new(1);
    bench.clock = Arc::new(move || NOW + time::Duration::minutes(2 * asked.fetch_add(1, Ordering::SeqCst)));
    let ready = super::super::reply::Ready {
        asking: vec![seen.id.clone()],
        batch: None,
        looked_at: NOW,
        freshness: Freshness::new(NOW, 1),
        although: false,
    };
    let outcome = super::super::reply::carry_out(bench, single(&seen).reply, ready).await;
    assert_eq!(outcome.code, codes::HELD_UP, "{outcome:?}");
    assert_eq!((site.executed("O1"), site.journal()), (0, vec![]));
    assert_eq!(reply(&site.bench, single(&seen)).await.state, State::Accepted, "and the next one goes out");
    site.sound();
}

#[tokio::test]
async fn a_reply_nobody_waits_for_is_carried_to_its_end() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    site.faults("latency(50)@caseReplay");
    let bench = site.bench.clone();
    let waiting = tokio::spawn(async move { reply(&bench, single(&seen)).await });
    site.wait_for_execution("O1").await;
    waiting.abort();
    assert!(site.bench.finish(Duration::from_secs(20)).await);
    assert_eq!(site.journal()[0].state, State::Accepted);
    assert_eq!(site.bench.under_way(), 0);
}

#[tokio::test]
async fn hostile_text_in_a_case_is_carried_as_it_is_and_never_shown_raw() {
    let site = Site::new().await;
    let mut seen = site.put("O1", "DISPUTE_INQUIRY", "");
    let user = "u\u{202e}\u{1b}[2J😀";
    let mut case = site.sandbox.state().case("O1").unwrap().clone();
    case.set(Field::OutUserId, Some(user.to_owned()));
    site.sandbox.state().put_case(case.clone());
    let outcome = reply(&site.bench, single(&seen)).await;
    assert_eq!(outcome.code, codes::MOVED);
    assert!(!outcome.msg.contains(['\u{202e}', '\u{1b}']), "{}", outcome.msg);
    seen.case.set(Field::OutUserId, Some(user.to_owned()));
    assert_eq!(reply(&site.bench, single(&seen)).await.state, State::Accepted);
    assert_eq!(site.executed("O1"), 1);
    site.sound();
}

#[tokio::test]
async fn the_longest_reply_is_taken() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    let mut order = single(&seen);
    order.reply.content = "字".repeat(200) + &"😀".repeat(56);
    order.reply.files = (0..1024).map(|n| format!("https://ev.example/O1-{n}.PDF")).collect();
    let outcome = reply(&site.bench, order).await;
    assert_eq!(outcome.state, State::Accepted, "{outcome:?}");
    assert_eq!(site.sandbox.state().replies("O1")[0].files.len(), 1024);
    site.sound();
}
