//! The line of a run: who has a place on it, for how long, and who waits when everybody is told to slow down.

use pretty_assertions::assert_eq;
use tokio::sync::Barrier;

use super::*;

/// How long a call of these tests is on the line.
const ROUND: Duration = Duration::from_millis(10);
/// Longer than any of these tests may take.
const FOR_EVER: Duration = Duration::from_secs(60);

async fn run<F, Fut>(fetch: F, ids: Vec<CaseId>, limits: Limits) -> RefreshReport
where
    F: Fn(CaseId, Arc<Line>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Option<Answer<Case>>, Fault>> + Send + 'static,
{
    let (store, stop) = (store_with(&ids), CancellationToken::new());
    let run = super::super::run_with(fetch, store, ids, limits, clock(), stop, |_| {});
    tokio::time::timeout(FOR_EVER, run).await.expect("it ends").unwrap()
}

#[tokio::test]
async fn the_next_questions_are_ready_before_a_place_is_free() {
    // The first call is on the line until three others are signed.
    let signed = Arc::new(Barrier::new(4));
    let fetch = move |id: CaseId, line: Arc<Line>| {
        let signed = Arc::clone(&signed);
        async move {
            if id.as_str() == "O0" {
                let _place = line.place().await;
                signed.wait().await;
            } else {
                if ["O1", "O2", "O3"].contains(&id.as_str()) {
                    signed.wait().await;
                }
                let _place = line.place().await;
            }
            Ok(Some(answer("DISPUTE_INQUIRY")))
        }
    };
    assert_eq!(run(fetch, ids(8), limits(1)).await.succeeded, 8);
}

#[tokio::test]
async fn too_many_holds_what_is_ready_back_as_well_and_then_lets_it_go_at_half_the_pace() {
    let sent: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let refused: Arc<Mutex<Option<Instant>>> = Arc::default();
    let (log, told) = (Arc::clone(&sent), Arc::clone(&refused));
    let fetch = move |_, line: Arc<Line>| {
        let (log, told) = (Arc::clone(&log), Arc::clone(&told));
        async move {
            let Some(_place) = line.place().await else { return Ok(None) };
            let before = log.lock().unwrap().len();
            log.lock().unwrap().push(Instant::now());
            if before < 2 {
                // Meanwhile a dozen others get ready.
                tokio::time::sleep(ROUND * 15).await;
            }
            if before == 0 {
                *told.lock().unwrap() = Some(Instant::now());
                return Err(Fault::Http { status: 429, retry_after: None });
            }
            Ok(Some(answer("DISPUTE_INQUIRY")))
        }
    };
    let report = run(fetch, ids(24), Limits { per_second: 80, ..limits(2) }).await;
    assert_eq!((report.succeeded, report.failed), (24, 0));
    let (sent, told) = (sent.lock().unwrap(), refused.lock().unwrap().unwrap());
    assert_eq!(sent.len(), 25, "the refused one was asked for again");
    let held: Vec<_> = sent.iter().filter(|at| **at > told && **at < told + Duration::from_secs(1)).collect();
    assert!(held.is_empty(), "{held:?}");
    // Forty a second from then on, two at once at most.
    let late: Vec<_> = sent.iter().filter(|at| **at > told).collect();
    let taken = **late.last().unwrap() - **late.first().unwrap();
    let least = Duration::from_millis(25) * u32::try_from(late.len() - 2).unwrap();
    assert!(late.len() > 15 && taken + ROUND >= least, "{taken:?} for {}", late.len());
}

#[tokio::test]
async fn what_is_ready_when_asking_has_no_point_is_not_sent() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let fetch = move |_, line: Arc<Line>| {
        let count = Arc::clone(&count);
        async move {
            let Some(_place) = line.place().await else { return Ok(None) };
            count.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(ROUND).await;
            Err(refused("SIGN_VERIFY_FAILED", None))
        }
    };
    let report = run(fetch, ids(100), limits(1)).await;
    // Ten in a row are enough.
    assert_eq!((report.failed, report.cancelled, sent.load(Ordering::SeqCst)), (10, 90, 10));
    assert!(report.gave_up.is_some());
}
