//! Asks the gateway about many cases at once and stores what it says, for the desk and the command line alike.
//!
//! A refresh may be stopped at any moment and may fail half-way; whatever was answered by then is stored, and
//! whatever was not keeps its old data.

mod effort;
mod line;
mod pace;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::domain::case::Case;
use crate::domain::change::Change;
use crate::domain::fault::{Fault, Skew};
use crate::domain::ids::CaseId;
use crate::domain::tracked::Failure;
use crate::gateway::retry::{RetryPolicy, read_within_budget};
use crate::gateway::{Answer, Clock, Gateway};
use crate::store::{Observation, Observed, Store, StoreError};

use effort::Effort;
use line::Line;
use pace::Pace;

/// At most this many observations go to the store in one step (reliability.md section 2).
const BATCH_MAX: usize = 200;
/// No answer waits longer than this to be stored.
const BATCH_AGE: Duration = Duration::from_millis(250);
/// So many calls may have their question signed or their answer checked beside those on the line, where docket signs
/// itself. An agent or a command is not asked for more signatures at a time than there are calls.
pub const BESIDE: usize = 16;
/// This far off, in seconds, a clock is worth a word; the gateway refuses requests at 120.
const SKEW_WORTH_A_WORD_S: u64 = 90;

/// A store that several threads of this process use in turn.
pub type SharedStore = Arc<Mutex<dyn Store>>;

/// How hard to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls on the line at the same time, at least 1.
    pub concurrency: usize,
    /// Calls that are signed or checked beside those; see [`BESIDE`].
    pub beside: usize,
    /// Calls begun per second, at least 1.
    pub per_second: u32,
    /// How often a case is asked for again when its call fails.
    pub retry: RetryPolicy,
}

/// One case's answer, or its last fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Which case.
    pub id: CaseId,
    /// When this host had the answer (UTC).
    pub at: time::OffsetDateTime,
    /// What the gateway said, or why nothing could be believed.
    pub outcome: Result<Case, Fault>,
    /// This host's clock against the gateway's, where the answer tells.
    pub skew: Option<Skew>,
}

impl Fetched {
    /// What the store takes down of it.
    pub fn observation(&self) -> Observation {
        let outcome = self.outcome.clone().map_err(|fault| Failure::of(&fault, self.at));
        Observation { id: self.id.clone(), at: self.at, outcome }
    }
}

/// How far a refresh has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Cases asked for altogether.
    pub requested: usize,
    /// Cases with an outcome, good or bad.
    pub answered: usize,
    /// Cases whose outcome is a failure.
    pub failed: usize,
    /// Cases whose outcome is on disk.
    pub stored: usize,
}

/// What a refresh came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefreshReport {
    /// Cases asked for altogether.
    pub requested: usize,
    /// Cases with a believed answer.
    pub succeeded: usize,
    /// Cases whose call failed.
    pub failed: usize,
    /// Cases left as they were because the refresh was stopped, by the operator or by [`RefreshReport::gave_up`].
    pub cancelled: usize,
    /// Why the rest was not asked for, when every call failed alike; a sentence without a full stop.
    pub gave_up: Option<String>,
    /// Cases with a believed answer for the first time.
    pub first: usize,
    /// Every field that moved. A first answer is no change.
    pub changed: Vec<(CaseId, Change)>,
    /// Every failure, in the order in which they happened.
    pub failures: Vec<(CaseId, Failure)>,
    /// What to do about the most frequent failure.
    pub hint: Option<&'static str>,
    /// This host's clock, when it is so far off that calls begin to fail.
    pub skew: Option<Skew>,
    /// From the first call to the last stored answer.
    pub elapsed: Duration,
}

/// Fetches cases and stores what comes, in small steps, from a thread that may block.
///
/// `progress` is called after every answer and after every stored step; it must not block. Stopping through
/// `cancel` drops the calls under way (they only read) and stores what was answered before.
///
/// # Errors
/// [`StoreError`] when an answer cannot be stored; the refresh then stops, and earlier steps are kept.
pub async fn run(
    gateway: Gateway,
    store: SharedStore,
    ids: Vec<CaseId>,
    limits: Limits,
    clock: Clock,
    cancel: CancellationToken,
    progress: impl FnMut(Progress),
) -> Result<RefreshReport, StoreError> {
    let fetch = move |id: CaseId, line: Arc<Line>| {
        let gateway = gateway.clone();
        async move { gateway.case_search_in(&id, line.place()).await }
    };
    run_with(fetch, store, ids, limits, clock, cancel, progress).await
}

/// [`run`] with any way to fetch, so that tests need no socket. Whatever it sends, it must have a place on the line for;
/// without one, it answers `None`.
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
    F: Fn(CaseId, Arc<Line>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Option<Answer<Case>>, Fault>> + Send + 'static,
{
    let started = Instant::now();
    // Stops the calls when the store fails, without stopping anything else of the caller's.
    let stop = cancel.child_token();
    let (outcomes, answers) = mpsc::channel(BATCH_MAX);
    let mut collector = Collector::new(store, ids.len(), progress);
    let effort = Arc::new(Effort::new(ids.len(), limits.concurrency));
    let asking = fetch_all(fetch, ids, limits, Arc::clone(&effort), clock, stop.clone(), outcomes);
    let collecting = async {
        let result = collector.collect(answers).await;
        stop.cancel();
        result
    };
    let ((), collected) = tokio::join!(asking, collecting);
    collected?;
    let report = RefreshReport { gave_up: effort.why_over(), ..collector.report(started.elapsed()) };
    log(&report);
    Ok(report)
}

/// One line for the log, however many cases there were.
fn log(report: &RefreshReport) {
    let RefreshReport { requested, succeeded, failed, cancelled, changed, elapsed, gave_up, .. } = report;
    let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let changed = changed.len();
    let code = gave_up.as_deref();
    tracing::info!(requested, succeeded, failed, cancelled, changed, elapsed_ms, code, "refreshed");
}

/// Asks for every case, at most `concurrency` on the line at a time, and sends each outcome as it comes. Returns early when
/// it is stopped, when nobody listens any more, or when asking has no point.
async fn fetch_all<F, Fut>(
    fetch: F,
    ids: Vec<CaseId>,
    limits: Limits,
    effort: Arc<Effort>,
    clock: Clock,
    cancel: CancellationToken,
    outcomes: mpsc::Sender<Fetched>,
) where
    F: Fn(CaseId, Arc<Line>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Option<Answer<Case>>, Fault>> + Send + 'static,
{
    let pace = Pace::new(limits.per_second, limits.concurrency, limits.retry.longest_wait);
    let line = Arc::new(Line::new(limits.concurrency, pace, Arc::clone(&effort)));
    // Dropping the set on the way out ends the calls under way.
    let mut under_way = JoinSet::new();
    let everything = async {
        for id in ids {
            if under_way.len() >= limits.concurrency.max(1) + limits.beside {
                under_way.join_next().await;
            }
            if effort.is_over() {
                break;
            }
            let asker = Asker { fetch: fetch.clone(), line: Arc::clone(&line), effort: Arc::clone(&effort) };
            let (outcomes, clock) = (outcomes.clone(), Arc::clone(&clock));
            under_way.spawn(async move {
                let Some((answer, skew)) = asker.ask(&id, &limits.retry).await else { return };
                let fault = answer.as_ref().err().cloned();
                let fetched = Fetched { id, at: clock(), outcome: answer, skew };
                // Nobody listens any more when the store has failed; there is nothing left to do then.
                _ = outcomes.send(fetched).await;
                if let Some(fault) = &fault {
                    asker.effort.unsigned(fault);
                }
            });
        }
        while under_way.join_next().await.is_some() {}
    };
    cancel.run_until_cancelled(effort.while_signed(everything)).await;
}

/// Asks for one case at a time, at the pace and within the effort of the whole run.
struct Asker<F> {
    fetch: F,
    line: Arc<Line>,
    effort: Arc<Effort>,
}

impl<F, Fut> Asker<F>
where
    F: Fn(CaseId, Arc<Line>) -> Fut,
    Fut: Future<Output = Result<Option<Answer<Case>>, Fault>>,
{
    /// Asks for one case, as often as the policy and the run allow; `None` when the run was over before.
    async fn ask(&self, id: &CaseId, retry: &RetryPolicy) -> Option<(Result<Case, Fault>, Option<Skew>)> {
        let answer = read_within_budget(retry, || self.effort.take_retry(), || self.call(id)).await;
        let skew = match &answer {
            Ok(answer) => answer.as_ref()?.skew,
            Err(Fault::Refused { skew, .. }) => *skew,
            Err(_) => None,
        };
        Some((answer.map(|answer| answer.map(|answer| answer.value)).transpose()?, skew))
    }

    async fn call(&self, id: &CaseId) -> Result<Option<Answer<Case>>, Fault> {
        self.line.pace().turn().await;
        let answer = (self.fetch)(id.clone(), Arc::clone(&self.line)).await;
        // Whoever had no place on the line has heard nothing.
        if !matches!(answer, Ok(None)) {
            self.line.pace().heard(answer.as_ref().err());
            self.effort.heard(answer.as_ref().err());
        }
        answer
    }
}

/// Takes outcomes, stores them in steps and keeps the report.
struct Collector<P> {
    store: SharedStore,
    progress: P,
    reached: Progress,
    first: usize,
    changed: Vec<(CaseId, Change)>,
    failures: Vec<(CaseId, Failure)>,
    hints: BTreeMap<&'static str, usize>,
    skew: Option<Skew>,
}

impl<P: FnMut(Progress)> Collector<P> {
    fn new(store: SharedStore, requested: usize, progress: P) -> Self {
        Self {
            store,
            progress,
            reached: Progress { requested, ..Progress::default() },
            first: 0,
            changed: Vec::new(),
            failures: Vec::new(),
            hints: BTreeMap::new(),
            skew: None,
        }
    }

    async fn collect(&mut self, mut answers: mpsc::Receiver<Fetched>) -> Result<(), StoreError> {
        while let Some(first) = answers.recv().await {
            let batch = self.batch(first, &mut answers).await;
            let size = batch.len();
            for observed in store_batch(Arc::clone(&self.store), batch).await? {
                let Observed { id, changes, first } = observed;
                self.first += usize::from(first);
                self.changed.extend(changes.into_iter().map(|change| (id.clone(), change)));
            }
            self.reached.stored += size;
            (self.progress)(self.reached);
        }
        Ok(())
    }

    /// What is to be stored next: until it is many, or the first of it is a quarter of a second old.
    async fn batch(&mut self, first: Fetched, answers: &mut mpsc::Receiver<Fetched>) -> Vec<Observation> {
        let deadline = tokio::time::Instant::now() + BATCH_AGE;
        let mut batch = vec![self.note(&first)];
        while batch.len() < BATCH_MAX {
            match tokio::time::timeout_at(deadline, answers.recv()).await {
                Ok(Some(fetched)) => batch.push(self.note(&fetched)),
                Ok(None) | Err(_) => break,
            }
        }
        batch
    }

    fn note(&mut self, fetched: &Fetched) -> Observation {
        let observation = fetched.observation();
        self.reached.answered += 1;
        if let (Err(fault), Err(failure)) = (&fetched.outcome, &observation.outcome) {
            self.reached.failed += 1;
            *self.hints.entry(fault.hint()).or_default() += 1;
            self.failures.push((fetched.id.clone(), failure.clone()));
            tracing::info!(case_id = fetched.id.as_str(), code = failure.code, "case not refreshed");
        }
        let size = |skew: &Skew| skew.0.unsigned_abs();
        self.skew = self.skew.into_iter().chain(fetched.skew).max_by_key(size);
        (self.progress)(self.reached);
        observation
    }

    fn report(self, elapsed: Duration) -> RefreshReport {
        let Progress { requested, answered, failed, .. } = self.reached;
        RefreshReport {
            requested,
            succeeded: answered - failed,
            failed,
            cancelled: requested.saturating_sub(answered),
            gave_up: None,
            first: self.first,
            changed: self.changed,
            failures: self.failures,
            hint: self.hints.into_iter().max_by_key(|(_, count)| *count).map(|(hint, _)| hint),
            skew: self.skew.filter(|skew| skew.0.unsigned_abs() > SKEW_WORTH_A_WORD_S),
            elapsed,
        }
    }
}

/// Stores one step from a thread that may wait for the disk.
async fn store_batch(store: SharedStore, batch: Vec<Observation>) -> Result<Vec<Observed>, StoreError> {
    let work = move || {
        // A panic elsewhere while it was locked cannot have left the store half-written: it is transactional.
        store.lock().unwrap_or_else(PoisonError::into_inner).record(&batch)
    };
    // The thread is only ever lost when the process ends, and then there is nobody left to tell.
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Ok(Vec::new()))
}

#[cfg(test)]
mod tests;
