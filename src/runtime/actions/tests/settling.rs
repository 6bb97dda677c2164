//! What settling learns, and how long it doubts.

use pretty_assertions::assert_eq;

use super::*;

/// The states of the journal after settling.
async fn settled(site: &Site) -> Vec<State> {
    settle(&site.bench).await.unwrap();
    site.journal().iter().map(|record| record.state).collect()
}

#[tokio::test]
async fn an_accepted_reply_is_settled_once_its_case_is_received() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    reply(&site.bench, single(&seen)).await;
    site.sandbox.state().set_status("O1", "DISPUTE_INQUIRY");
    for _ in 0..4 {
        assert_eq!(settled(&site).await, [State::Accepted], "the gateway may be slow");
        site.pass(20);
    }
    site.sandbox.state().set_status("O1", "DISPUTE_RECEIVED");
    let report = settle(&site.bench).await.unwrap();
    assert_eq!((report.entries[0].from, report.entries[0].to), (State::Accepted, State::Settled));
    assert!(report.entries[0].msg.contains("cannot be checked"));
    let record = site.journal().pop().unwrap();
    assert_eq!(record.finding.status.as_deref(), Some("DISPUTE_RECEIVED"));
    assert_eq!(record.settled_at, Some((site.bench.clock)()));
    assert_eq!(settle(&site.bench).await.unwrap().entries, [], "there is nothing left to ask");
}

#[tokio::test]
async fn doubt_lasts_three_looks_and_a_quarter_of_an_hour() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    site.faults("drop-before@caseReplay");
    assert_eq!(reply(&site.bench, single(&seen)).await.state, State::Unknown);
    site.faults("none");
    for _ in 0..5 {
        assert_eq!(settled(&site).await, [State::Unknown], "many looks at once prove nothing");
    }
    site.pass(14);
    let report = settle(&site.bench).await.unwrap();
    assert_eq!((report.unknown(), report.failed()), (1, 0));
    assert_eq!(reply(&site.bench, single(&seen)).await.code, codes::OCCUPIED);
    site.pass(1);
    assert_eq!(settled(&site).await, [State::NotReceived]);
    assert_eq!(reply(&site.bench, single(&seen)).await.state, State::Accepted, "the way is free");
    assert_eq!(site.executed("O1"), 1);
    site.sound();
}

#[tokio::test]
async fn two_looks_prove_nothing_however_long_apart() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    site.faults("drop-before@caseReplay");
    reply(&site.bench, single(&seen)).await;
    site.faults("none");
    assert_eq!(settled(&site).await, [State::Unknown]);
    site.pass(600);
    assert_eq!(settled(&site).await, [State::Unknown]);
    assert_eq!(settled(&site).await, [State::NotReceived]);
}

#[tokio::test]
async fn what_cannot_be_asked_or_understood_changes_nothing() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    site.faults("drop-after@caseReplay");
    reply(&site.bench, single(&seen)).await;
    site.faults("wrong-sign@caseSearch");
    let report = settle(&site.bench).await.unwrap();
    assert_eq!((report.unknown(), report.failed()), (1, 1));
    site.faults("none");
    site.sandbox.state().set_status("O1", "PRE_ARBITRATION");
    for _ in 0..4 {
        site.pass(20);
        assert_eq!(settled(&site).await, [State::Unknown]);
    }
    site.sandbox.state().set_status("O1", "CASE_CLOSED");
    assert_eq!(settled(&site).await, [State::Settled]);
}

#[tokio::test]
async fn a_batch_is_settled_by_its_cases() {
    let site = Site::new().await;
    let seen = [site.put("O1", "DISPUTE_INQUIRY", "P1"), site.put("O2", "DISPUTE_INQUIRY", "P1")];
    site.faults("drop-before@caseReplay");
    let sent = reply(&site.bench, order(&seen, Target::Batch("P1".into()))).await;
    assert_eq!(sent.state, State::Unknown);
    site.faults("none");
    assert_eq!(reply(&site.bench, single(&seen[0])).await.code, codes::OCCUPIED, "its case is in doubt, too");
    site.sandbox.state().set_status("O1", "DISPUTE_RECEIVED");
    assert_eq!(settled(&site).await, [State::Unknown], "one of two says nothing yet");
    site.pass(20);
    assert_eq!(settled(&site).await, [State::Unknown]);
    assert_eq!(settled(&site).await, [State::Settled]);
    let record = site.journal().pop().unwrap();
    assert_eq!(record.finding.success_case_ids, ["O1"]);
    assert_eq!(record.finding.fail_case_ids, ["O2"]);
    site.sound();
}

#[tokio::test]
async fn a_case_that_had_its_reply_before_does_not_tell_of_another_one() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_RECEIVED", "");
    site.faults("drop-before@caseReplay");
    let again = ReplyOrder { although: true, ..single(&seen) };
    assert_eq!(reply(&site.bench, again.clone()).await.state, State::Unknown);
    site.faults("none");
    for _ in 0..4 {
        site.pass(20);
        let report = settle(&site.bench).await.unwrap();
        assert_eq!(report.entries[0].to, State::Unknown, "received it was already");
        assert!(report.entries[0].msg.contains("mark it by hand"), "{}", report.entries[0].msg);
    }
    let id = site.journal()[0].intent.id.clone();
    assert_eq!(mark(&site.bench, &id, Found::NotExecuted).await.unwrap().to, State::NotReceived);
    site.faults("drop-after@caseReplay");
    assert_eq!(reply(&site.bench, again).await.state, State::Unknown);
    site.faults("none");
    site.sandbox.state().set_status("O1", "DISPUTE_INQUIRY");
    settle(&site.bench).await.unwrap();
    site.sandbox.state().set_status("O1", "DISPUTE_RECEIVED");
    site.pass(1);
    settle(&site.bench).await.unwrap();
    assert_eq!(site.journal()[1].state, State::Settled, "it was asked for once more, and received");
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_hide_that_a_case_had_its_reply() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_RECEIVED", "");
    site.pass(-1);
    site.faults("drop-before@caseReplay");
    let again = ReplyOrder { although: true, ..single(&seen) };
    assert_eq!(reply(&site.bench, again).await.state, State::Unknown);
    site.faults("none");
    site.pass(2);
    assert_eq!(settled(&site).await, [State::Unknown], "it was received before anything was sent");
}
