//! Every wait is seen, none is waited.

use std::cell::Cell;
use std::future::ready;
use std::sync::{Arc, Mutex};

use super::*;

/// Runs calls that end in these faults, then well; tells the outcome, the number of calls, and the waits.
async fn run(policy: RetryPolicy, faults: &[Fault]) -> (Result<&'static str, Fault>, usize, Vec<Duration>) {
    let waits = Arc::new(Mutex::new(Vec::new()));
    let calls = Cell::new(0);
    let call = || {
        let outcome = faults.get(calls.get()).cloned().map_or(Ok("answer"), Err);
        calls.set(calls.get() + 1);
        ready(outcome)
    };
    let noted = Arc::clone(&waits);
    let sleep = move |wait| {
        noted.lock().unwrap().push(wait);
        ready(())
    };
    let outcome = read_with(&policy, || true, call, sleep).await;
    let waits = waits.lock().unwrap().clone();
    (outcome, calls.get(), waits)
}

fn busy(retry_after: Option<Duration>) -> Fault {
    Fault::Http { status: 503, retry_after }
}

#[tokio::test]
async fn passing_trouble_is_asked_again_and_other_faults_are_not() {
    let (outcome, calls, _) = run(RetryPolicy::default(), &[Fault::TimedOut, busy(None)]).await;
    assert_eq!((outcome, calls), (Ok("answer"), 3));
    let garbled = Fault::Garbled("x".into());
    let (outcome, calls, waits) = run(RetryPolicy::default(), std::slice::from_ref(&garbled)).await;
    assert_eq!((outcome, calls, waits), (Err(garbled), 1, Vec::new()));
}

#[tokio::test]
async fn four_tries_are_the_end_and_ceilings_double() {
    let second = Duration::from_secs(1);
    for _ in 0..50 {
        let (outcome, calls, waits) = run(RetryPolicy::default(), &vec![Fault::TimedOut; 9]).await;
        assert_eq!((outcome, calls), (Err(Fault::TimedOut), 4));
        assert_eq!(waits.len(), 3);
        for (wait, ceiling) in waits.iter().zip([second / 2, second, second * 2]) {
            assert!(*wait <= ceiling, "{waits:?}");
        }
    }
    let policy = RetryPolicy { base: second, cap: second * 3, tries: 20, ..RetryPolicy::default() };
    let (_, calls, waits) = run(policy, &vec![Fault::TimedOut; 30]).await;
    assert_eq!(calls, 20);
    assert!(waits.iter().all(|wait| *wait <= second * 3), "{waits:?}");
    assert!(waits.iter().any(|wait| *wait != waits[0]), "waits are spread: {waits:?}");
}

#[tokio::test]
async fn a_wait_the_gateway_asks_for_is_kept_up_to_five_minutes() {
    let asked = Duration::from_secs(7);
    let (_, _, waits) = run(RetryPolicy::default(), &[busy(Some(asked))]).await;
    assert!((asked..=asked + Duration::from_millis(500)).contains(&waits[0]), "{waits:?}");
    for endless in [Duration::from_secs(3600), Duration::MAX] {
        let (outcome, _, waits) = run(RetryPolicy::default(), &[busy(Some(endless))]).await;
        assert_eq!((outcome, waits), (Ok("answer"), vec![Duration::from_secs(300)]));
    }
}

#[tokio::test]
async fn one_try_or_none_means_no_second_one() {
    for tries in [0, 1] {
        let policy = RetryPolicy { tries, ..RetryPolicy::default() };
        let (outcome, calls, _) = run(policy, &[Fault::TimedOut]).await;
        assert_eq!((outcome, calls), (Err(Fault::TimedOut), 1));
    }
}

#[tokio::test]
async fn a_shared_budget_is_spent_on_second_tries_alone() {
    let policy = RetryPolicy { base: Duration::ZERO, cap: Duration::ZERO, ..RetryPolicy::default() };
    let (budget, calls) = (Cell::new(4), Cell::new(0));
    let may_retry = || {
        let left = budget.get();
        budget.set(left.max(1) - 1);
        left > 0
    };
    for (fault, after) in [(Fault::Garbled("x".into()), 4), (Fault::TimedOut, 1), (Fault::TimedOut, 0)] {
        let outcome = read_within_budget(&policy, may_retry, || {
            calls.set(calls.get() + 1);
            ready(Err::<(), _>(fault.clone()))
        });
        assert_eq!(outcome.await, Err(fault));
        assert_eq!(budget.get(), after);
    }
    assert_eq!(calls.get(), 1 + 4 + 2);
}

#[tokio::test]
async fn the_public_road_really_waits_and_asks_again() {
    let policy = RetryPolicy { base: Duration::from_millis(1), ..RetryPolicy::default() };
    let calls = Cell::new(0);
    let outcome = read_with_retries(&policy, || {
        calls.set(calls.get() + 1);
        ready(if calls.get() < 3 { Err(Fault::TimedOut) } else { Ok(calls.get()) })
    })
    .await;
    assert_eq!(outcome, Ok(3));
}
