//! Every way in which a call can fail, and what is known afterwards: never two executions, never a false certainty.

use pretty_assertions::assert_eq;

use super::*;

/// A fault of `caseReplay`, what docket must say of it, and how often the reply was executed.
const FAULTS: [(&str, State, usize, bool); 14] = [
    ("drop-before", State::Unknown, 0, false),
    ("drop-after", State::Unknown, 1, false),
    ("http-500", State::Unknown, 0, false),
    ("http-404", State::Unknown, 0, false),
    ("http-503-after", State::Unknown, 1, false),
    ("http-429(1)", State::Refused, 0, true),
    ("redirect(http://127.0.0.1:9/)", State::Unknown, 0, false),
    ("truncated", State::Unknown, 1, false),
    ("foreign", State::Unknown, 1, false),
    ("oversized(2)", State::Unknown, 1, false),
    ("missing-sign", State::Unknown, 1, false),
    ("wrong-sign", State::Unknown, 1, false),
    ("hostile(all)", State::Accepted, 1, false),
    ("latency(3000)", State::Unknown, 1, false),
];

fn at_reply(spec: &str) -> String {
    format!("{spec}@caseReplay")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_has_its_verdict_and_no_reply_is_executed_twice() {
    for (spec, state, executed, may_retry) in FAULTS {
        let mut site = Site::new().await;
        if spec.starts_with("latency") {
            site.bench.gateway = site.bench.gateway.clone().with_reply_limit(Duration::from_millis(700));
        }
        let seen = site.put("O1", "DISPUTE_INQUIRY", "");
        site.faults(&at_reply(spec));
        let outcome = reply(&site.bench, single(&seen)).await;
        assert_eq!(outcome.state, state, "{spec}: {outcome:?}");
        assert_eq!(outcome.retry_may_help, may_retry, "{spec}");
        if executed == 1 {
            site.wait_for_execution("O1").await;
        }
        assert_eq!(site.executed("O1"), executed, "{spec}");
        let journal = site.journal();
        assert_eq!(journal.iter().map(|record| record.state).collect::<Vec<_>>(), [state], "{spec}");
        assert_eq!(journal[0].finding.code.as_deref(), Some(outcome.code.as_str()), "{spec}");
        for states in site.at_call.lock().unwrap().iter() {
            assert_eq!(states, &[State::Sending], "{spec}: on disk before it left");
        }
        site.sound();

        // Whatever happened: the same order again never makes a second execution, and settling finds the truth.
        site.faults("none");
        site.pass(1);
        let again = reply(&site.bench, single(&seen)).await;
        let expected = match (state, executed) {
            (State::Refused, _) => (State::Accepted, "APPLY_SUCCESS"),
            (_, 1) => (State::Refused, codes::MOVED),
            _ => (State::Refused, codes::OCCUPIED),
        };
        assert_eq!((again.state, again.code.as_str()), expected, "{spec}: {again:?}");
        assert!(site.executed("O1") <= 1, "{spec}");
        settle(&site.bench).await.unwrap();
        let settled = site.journal().pop().unwrap().state;
        let truth = if site.executed("O1") == 1 { State::Settled } else { State::Unknown };
        assert_eq!(settled, truth, "{spec}");
    }
}

#[tokio::test]
async fn a_wrong_clock_is_a_refusal() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    site.faults("skew(300)@caseReplay");
    let outcome = reply(&site.bench, single(&seen)).await;
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, "REQ_TIME_OVER_TIME"));
    assert_eq!((outcome.retry_may_help, site.executed("O1")), (false, 0));
    assert_eq!(site.journal()[0].state, State::Refused);
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_stops_the_reply() {
    let site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    let full = rusqlite::Connection::open(site.dir.path().join("test.db")).unwrap();
    full.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON attempts BEGIN SELECT RAISE(ABORT, 'no room'); END;",
    )
    .unwrap();
    let outcome = reply(&site.bench, single(&seen)).await;
    assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::NOT_STORED), "{outcome:?}");
    assert_eq!(site.at_call.lock().unwrap().len(), 0, "nothing left");
    assert_eq!(site.journal(), [], "and nothing was taken down");
    full.execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(reply(&site.bench, single(&seen)).await.state, State::Accepted);
    site.sound();
}

#[tokio::test]
async fn an_outcome_that_cannot_be_written_is_told_and_reads_as_unknown_later() {
    let mut site = Site::new().await;
    let seen = site.put("O1", "DISPUTE_INQUIRY", "");
    let full = rusqlite::Connection::open(site.dir.path().join("test.db")).unwrap();
    full.execute_batch(
        "CREATE TRIGGER full BEFORE UPDATE OF verdict ON attempts BEGIN SELECT RAISE(ABORT, 'no room'); END;",
    )
    .unwrap();
    let outcome = reply(&site.bench, single(&seen)).await;
    assert_eq!(outcome.state, State::Accepted, "what was heard is told");
    assert!(outcome.unrecorded.is_some_and(|why| why.contains("no room")));
    full.execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(site.journal()[0].state, State::Sending);
    assert_eq!(site.second_bench().recover().await.unwrap(), 0, "its process lives");
    site.restart();
    assert_eq!(site.bench.recover().await.unwrap(), 1);
    assert_eq!(site.journal()[0].state, State::Unknown);
    let report = settle(&site.bench).await.unwrap();
    assert_eq!((report.entries[0].to, site.executed("O1")), (State::Settled, 1));
}

#[tokio::test]
async fn an_answer_that_could_not_be_written_is_written_by_whatever_comes_next() {
    for next in ["settle", "reply"] {
        let site = Site::new().await;
        let seen = [site.put("O1", "DISPUTE_INQUIRY", ""), site.put("O2", "DISPUTE_INQUIRY", "")];
        let full = site.raw();
        full.execute_batch(
            "CREATE TRIGGER full BEFORE UPDATE OF verdict ON attempts BEGIN SELECT RAISE(ABORT, 'no room'); END;",
        )
        .unwrap();
        site.faults("http-429(1)@caseReplay");
        let outcome = reply(&site.bench, single(&seen[0])).await;
        assert_eq!((outcome.state, outcome.unrecorded.is_some()), (State::Refused, true), "{outcome:?}");
        assert_eq!(settle(&site.bench).await.unwrap().recovered, 0, "nor can it be given up");
        assert_eq!(site.journal()[0].state, State::Sending);
        full.execute_batch("DROP TRIGGER full").unwrap();
        site.faults("none");
        if next == "settle" {
            assert_eq!(settle(&site.bench).await.unwrap().entries, []);
        } else {
            assert_eq!(reply(&site.bench, single(&seen[1])).await.state, State::Accepted);
        }
        assert_eq!(site.journal()[0].state, State::Refused, "{next}: what was heard, and no doubt");
        assert_eq!(reply(&site.bench, single(&seen[0])).await.state, State::Accepted, "{next}");
        site.sound();
    }
}

#[tokio::test]
async fn a_refund_that_slept_on_its_way_to_the_journal_is_looked_at_again_first() {
    for (minutes, is_sent) in [(1, true), (2, false), (60 * 24 * 3, false), (-5, false)] {
        let site = Site::new().await;
        let seen = site.put_order("O1", ORDER, "CASE_CLOSED");
        let order = confirmed(&site.bench, std::slice::from_ref(&seen), "2000").await;
        let ready =
            super::super::refund::ready(&site.bench, order).await.unwrap_or_else(|_| panic!("not ready"));
        site.pass(minutes);
        let outcome = super::super::refund::carry_out(site.bench.clone(), ready).await;
        let told = if is_sent { "APPLY_SUCCESS" } else { codes::HELD_UP };
        assert_eq!(outcome.code, told, "{minutes}: {outcome:?}");
        let executed = usize::from(is_sent);
        assert_eq!(
            (site.sandbox.state().ledger().len(), site.journal().len()),
            (executed, executed),
            "{minutes}"
        );
    }
}
