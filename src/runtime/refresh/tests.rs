//! A refresh against every kind of gateway, without a socket: what it stores, what it reports, and that it stops.

mod line;

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use pretty_assertions::assert_eq;
use time::OffsetDateTime;
use time::macros::datetime;

use super::*;
use crate::domain::case::Field;
use crate::domain::fault::Signature;
use crate::store::{NewCase, SqliteStore};

const AT: OffsetDateTime = datetime!(2026-11-20 08:00 UTC);

fn clock() -> Clock {
    Arc::new(|| AT)
}

fn limits(concurrency: usize) -> Limits {
    let retry = RetryPolicy {
        base: Duration::ZERO,
        cap: Duration::ZERO,
        tries: 3,
        longest_wait: Duration::from_millis(1),
    };
    Limits { concurrency, beside: BESIDE, per_second: 100_000, retry }
}

fn ids(count: usize) -> Vec<CaseId> {
    (0..count).map(|n| CaseId::parse(&format!("O{n}")).unwrap()).collect()
}

fn store_with(ids: &[CaseId]) -> Arc<Mutex<SqliteStore>> {
    let mut store = SqliteStore::in_memory().unwrap();
    let cases: Vec<NewCase> = ids.iter().cloned().map(NewCase::new).collect();
    store.track(&cases, AT - time::Duration::days(1)).unwrap();
    Arc::new(Mutex::new(store))
}

/// As the run itself does it, with calls that have their place on the line for as long as they last.
async fn run_with<F, Fut>(
    fetch: F,
    store: SharedStore,
    ids: Vec<CaseId>,
    limits: Limits,
    clock: Clock,
    cancel: CancellationToken,
    progress: impl FnMut(Progress),
) -> Result<RefreshReport, StoreError>
where
    F: Fn(CaseId) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Answer<Case>, Fault>> + Send + 'static,
{
    let fetch = move |id: CaseId, line: Arc<Line>| {
        let fetch = fetch.clone();
        async move {
            let Some(_place) = line.place().await else { return Ok(None) };
            fetch(id).await.map(Some)
        }
    };
    super::run_with(fetch, store, ids, limits, clock, cancel, progress).await
}

fn answer(status: &str) -> Answer<Case> {
    Answer { value: Case::from_fields([(Field::Status, Some(status.to_owned()))]), skew: None }
}

fn refused(code: &str, skew: Option<Skew>) -> Fault {
    let (code, msg) = (code.into(), "no".to_owned());
    Fault::Refused { status: 200, code, msg, signature: Signature::Valid, retry_after: None, skew }
}

/// A gateway that does not know `O7`, and of which everything else waits for a reply.
async fn all_but_one(id: CaseId) -> Result<Answer<Case>, Fault> {
    if id.as_str() == "O7" { Err(refused("ORDER_NOT_EXIST", None)) } else { Ok(answer("DISPUTE_INQUIRY")) }
}

#[tokio::test]
async fn answers_and_failures_are_stored_and_reported() {
    let ids = ids(450);
    let store = store_with(&ids);
    let reached = Arc::new(Mutex::new(Progress::default()));
    let seen = Arc::clone(&reached);
    let report = run_with(
        all_but_one,
        store.clone(),
        ids,
        limits(16),
        clock(),
        CancellationToken::new(),
        move |now| {
            *seen.lock().unwrap() = now;
        },
    )
    .await
    .unwrap();
    assert_eq!((report.requested, report.succeeded, report.failed, report.cancelled), (450, 449, 1, 0));
    assert_eq!((report.changed, report.first), (vec![], 449), "a first answer is no change");
    assert_eq!(report.failures[0].0.as_str(), "O7");
    assert_eq!(report.failures[0].1.line(), "ORDER_NOT_EXIST: no");
    assert_eq!(report.hint, Some(refused("ORDER_NOT_EXIST", None).hint()));
    let all = Progress { requested: 450, answered: 450, failed: 1, stored: 450 };
    assert_eq!(*reached.lock().unwrap(), all);
    let tracked = store.lock().unwrap().tracked().unwrap();
    assert_eq!(tracked.iter().filter(|case| case.case.is_some()).count(), 449);
    assert_eq!(tracked.iter().filter(|case| case.failure.is_some()).count(), 1);
}

#[test]
fn the_log_has_a_line_for_the_run_and_one_for_each_failure() {
    let ids = ids(300);
    let store = store_with(&ids);
    let text = crate::runtime::log::written(clock(), || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let run = run_with(all_but_one, store, ids, limits(16), clock(), CancellationToken::new(), |_| {});
        runtime.block_on(run).unwrap();
    });
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [failed, run] = &lines[..] else { panic!("{text}") };
    assert_eq!((&failed["case_id"], &failed["code"]), (&"O7".into(), &"ORDER_NOT_EXIST".into()));
    assert_eq!(run["message"], "refreshed");
    let counts =
        ["requested", "succeeded", "failed", "cancelled", "changed"].map(|field| run[field].as_u64());
    assert_eq!(counts, [300, 299, 1, 0, 0].map(Some));
    assert!(run["elapsed_ms"].is_u64(), "{run}");
}

#[tokio::test]
async fn a_second_look_reports_what_moved_and_a_failure_keeps_the_data() {
    let ids = ids(3);
    let store = store_with(&ids);
    let first = |_| async { Ok(answer("DISPUTE_INQUIRY")) };
    let stop = CancellationToken::new;
    run_with(first, store.clone(), ids.clone(), limits(2), clock(), stop(), |_| {}).await.unwrap();
    let second = |id: CaseId| async move {
        match id.as_str() {
            "O0" => Ok(answer("DISPUTE_RECEIVED")),
            "O1" => Err(Fault::Unverified(Signature::Wrong)),
            _ => Ok(answer("DISPUTE_INQUIRY")),
        }
    };
    let later: Clock = Arc::new(|| AT + time::Duration::hours(1));
    let report =
        run_with(second, store.clone(), ids.clone(), limits(2), later, stop(), |_| {}).await.unwrap();
    let moved: Vec<_> =
        report.changed.iter().map(|(id, change)| (id.as_str(), change.to.as_deref())).collect();
    assert_eq!(moved, [("O0", Some("DISPUTE_RECEIVED"))]);
    let kept = store.lock().unwrap().find(&ids[1]).unwrap().unwrap();
    assert_eq!(kept.case.as_ref().unwrap().text(Field::Status), "DISPUTE_INQUIRY");
    assert_eq!(kept.refreshed_at, Some(AT));
    assert_eq!(kept.failure.as_ref().unwrap().code, "UNVERIFIED");
}

#[tokio::test]
async fn stopping_leaves_the_rest_as_it_was() {
    let ids = ids(100);
    let store = store_with(&ids);
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let fetch = move |id: CaseId| {
        let stop = stop.clone();
        async move {
            if id.as_str() == "O9" {
                stop.cancel();
                // This call never ends by itself.
                std::future::pending::<()>().await;
            }
            Ok(answer("DISPUTE_INQUIRY"))
        }
    };
    let report = run_with(fetch, store.clone(), ids, limits(1), clock(), cancel, |_| {}).await.unwrap();
    assert_eq!((report.succeeded, report.failed, report.cancelled), (9, 0, 91));
    let tracked = store.lock().unwrap().tracked().unwrap();
    assert_eq!(tracked.iter().filter(|case| case.case.is_some()).count(), 9, "what was answered is kept");
    assert!(tracked.iter().all(|case| case.failure.is_none()), "not asked is not failed");
}

#[tokio::test]
async fn no_more_calls_than_allowed_are_under_way() {
    static NOW: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let ids = ids(60);
    let fetch = |_| async {
        MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        NOW.fetch_sub(1, Ordering::SeqCst);
        Ok(answer("DISPUTE_INQUIRY"))
    };
    let stop = CancellationToken::new();
    let report = run_with(fetch, store_with(&ids), ids, limits(5), clock(), stop, |_| {}).await.unwrap();
    assert_eq!(report.succeeded, 60);
    assert!((2..=5).contains(&MOST.load(Ordering::SeqCst)), "{MOST:?}");
}

#[tokio::test]
async fn passing_trouble_is_asked_again_and_lasting_trouble_is_not() {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&asked);
    let fetch = move |id: CaseId| {
        log.lock().unwrap().push(id.to_string());
        let again = log.lock().unwrap().iter().filter(|known| *known == id.as_str()).count() > 1;
        async move {
            match id.as_str() {
                "O0" if again => Ok(answer("DISPUTE_INQUIRY")),
                "O0" => Err(Fault::TimedOut),
                "O1" => Err(refused("SIGN_VERIFY_FAILED", None)),
                _ => Err(Fault::Http { status: 503, retry_after: None }),
            }
        }
    };
    let ids = ids(3);
    let stop = CancellationToken::new();
    let report = run_with(fetch, store_with(&ids), ids, limits(1), clock(), stop, |_| {}).await.unwrap();
    let asked = asked.lock().unwrap();
    let times = |id: &str| asked.iter().filter(|known| *known == id).count();
    assert_eq!((times("O0"), times("O1"), times("O2")), (2, 1, 3));
    let failed: HashSet<&str> = report.failures.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(failed, HashSet::from(["O1", "O2"]));
}

#[tokio::test]
async fn a_clock_that_is_off_is_named_and_a_small_difference_is_not() {
    for (seconds, named) in [(-303, true), (91, true), (90, false), (2, false)] {
        let fetch = move |_| async move { Err(refused("REQ_TIME_OVER_TIME", Some(Skew(seconds)))) };
        let ids = ids(1);
        let stop = CancellationToken::new();
        let report = run_with(fetch, store_with(&ids), ids, limits(1), clock(), stop, |_| {}).await.unwrap();
        assert_eq!(report.skew, named.then_some(Skew(seconds)));
    }
}

#[tokio::test]
async fn a_dead_gateway_costs_two_rounds_and_not_a_thousand() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let fetch = move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        async { Err(Fault::Unsent("connection refused".into())) }
    };
    let (ids, stop) = (ids(1000), CancellationToken::new());
    let store = store_with(&ids);
    let report = run_with(fetch, store.clone(), ids, limits(4), clock(), stop.clone(), |_| {}).await.unwrap();
    // Those under way when it was enough may end by themselves.
    assert!((10..=18).contains(&asked.load(Ordering::SeqCst)), "{asked:?}");
    assert!((1..=16).contains(&report.failed), "{report:?}");
    assert_eq!((report.succeeded, report.failed + report.cancelled), (0, 1000));
    let why = report.gave_up.unwrap();
    assert!(why.contains("UNREACHABLE (the gateway could not be reached: connection refused)"), "{why}");
    assert!(!stop.is_cancelled());
    let tracked = store.lock().unwrap().tracked().unwrap();
    assert_eq!(tracked.iter().filter(|case| case.failure.is_some()).count(), report.failed);
}

#[tokio::test]
async fn retries_come_out_of_one_purse() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    // Never the same trouble twice in a row, so that nothing is given up.
    let fetch = move |_| {
        let even = count.fetch_add(1, Ordering::SeqCst).is_multiple_of(2);
        async move { Err(if even { Fault::TimedOut } else { Fault::Dropped("reset".into()) }) }
    };
    let (ids, stop) = (ids(500), CancellationToken::new());
    let report = run_with(fetch, store_with(&ids), ids, limits(1), clock(), stop, |_| {}).await.unwrap();
    assert_eq!((report.failed, asked.load(Ordering::SeqCst), report.gave_up), (500, 550, None));
}

#[tokio::test]
async fn a_store_that_fails_stops_the_refresh() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("live.db");
    let ids = ids(2000);
    let cases: Vec<NewCase> = ids.iter().cloned().map(NewCase::new).collect();
    let mut store = SqliteStore::open(&path).unwrap();
    store.track(&cases, AT).unwrap();
    // Behind its back, the file becomes one that no answer can be written to.
    rusqlite::Connection::open(&path).unwrap().execute_batch("DROP TABLE edition").unwrap();
    let broken: SharedStore = Arc::new(Mutex::new(store));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let fetch = move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        async { Ok(answer("DISPUTE_INQUIRY")) }
    };
    let stop = CancellationToken::new();
    let result = run_with(fetch, broken, ids, limits(4), clock(), stop.clone(), |_| {}).await;
    assert!(result.is_err());
    assert!(asked.load(Ordering::SeqCst) < 2000, "the rest was not asked for");
    assert!(!stop.is_cancelled(), "the caller's own token is the caller's");
}
