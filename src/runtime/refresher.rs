//! The desk's refreshes: one at a time, beside the loop, with the keys read when the first one starts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use crate::app::event::{Event, Report};
use crate::domain::ids::CaseId;

use super::connection::Connection;
use super::refresh::{self, Progress, RefreshReport, SharedStore};

/// Progress is shown this often at most.
const PROGRESS_EVERY: Duration = Duration::from_millis(250);

/// Starts and stops refreshes.
pub(super) struct Refresher {
    asker: Asker,
    cancel: CancellationToken,
}

/// What a refresh needs; shared by all of them.
#[derive(Clone)]
struct Asker {
    connection: Connection,
    store: SharedStore,
    events: Sender<Event>,
}

impl Refresher {
    /// Nothing is read and nothing is asked yet.
    pub(super) fn new(connection: Connection, events: Sender<Event>, store: SharedStore) -> Self {
        let asker = Asker { connection, store, events };
        Self { asker, cancel: CancellationToken::new() }
    }

    /// Starts a refresh; one that still runs is stopped, since the core knows of one alone.
    pub(super) fn start(&mut self, ticket: u32, ids: Vec<CaseId>) {
        self.cancel.cancel();
        self.cancel = CancellationToken::new();
        let (asker, cancel) = (self.asker.clone(), self.cancel.clone());
        tokio::spawn(async move { asker.refresh(ticket, ids, cancel).await });
    }

    /// Stops the refresh that runs; what is answered is kept.
    pub(super) fn cancel(&self) {
        self.cancel.cancel();
    }
}

impl Asker {
    async fn refresh(self, ticket: u32, ids: Vec<CaseId>, cancel: CancellationToken) {
        let requested = ids.len();
        let (report, failed) = match self.run(ticket, ids, cancel).await {
            Ok(report) => (told(&report), given_up(&report)),
            Err(sentence) => (Report { requested, ..Report::default() }, Some(Event::Failed(sentence))),
        };
        let ended = Event::RefreshEnded { ticket, report };
        for event in std::iter::once(ended).chain(failed) {
            // Closed only when the desk is left.
            _ = self.events.send(event).await;
        }
    }

    async fn run(
        &self,
        ticket: u32,
        ids: Vec<CaseId>,
        cancel: CancellationToken,
    ) -> Result<RefreshReport, String> {
        let gateway = self.connection.gateway().await?;
        let session = self.connection.session();
        let (limits, clock) = (session.limits(), session.clock());
        let progress = now_and_then(ticket, self.events.clone());
        refresh::run(gateway, Arc::clone(&self.store), ids, limits, clock, cancel, progress)
            .await
            .map_err(|error| format!("{error}; {}", error.hint()))
    }
}

/// Passes progress on, now and then; it never waits, since the next one says more.
fn now_and_then(ticket: u32, events: Sender<Event>) -> impl FnMut(Progress) {
    let mut last: Option<Instant> = None;
    move |reached| {
        let now = Instant::now();
        if last.is_none_or(|last| now.duration_since(last) >= PROGRESS_EVERY) {
            last = Some(now);
            let Progress { answered: done, failed, .. } = reached;
            _ = events.try_send(Event::Progress { ticket, done, failed });
        }
    }
}

/// What the operator is told beside the report when asking had no point any more.
fn given_up(report: &RefreshReport) -> Option<Event> {
    let why = report.gave_up.as_ref().filter(|_| report.cancelled > 0)?;
    let hint = report.hint.unwrap_or("refresh again when ready");
    Some(Event::Failed(format!("{why}; {hint}")))
}

fn told(report: &RefreshReport) -> Report {
    let clock = report
        .skew
        .map(|skew| format!("this host's clock is {skew}; PayerMax refuses calls two minutes off"));
    Report {
        requested: report.requested,
        succeeded: report.succeeded,
        first: report.first,
        changed: report.changed.clone(),
        failures: report.failures.clone(),
        clock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_answers_are_told_four_times_a_second_at_most() {
        let (events, mut told) = tokio::sync::mpsc::channel(2_000);
        let mut progress = now_and_then(1, events);
        let started = Instant::now();
        for answered in 1..=1_000 {
            progress(Progress { requested: 1_000, answered, ..Progress::default() });
        }
        let quarters = started.elapsed().as_millis() / 250;
        let first = told.try_recv();
        assert!(matches!(first, Ok(Event::Progress { done: 1, .. })), "{first:?}");
        let more = std::iter::from_fn(|| told.try_recv().ok()).count();
        assert!(more as u128 <= quarters, "{more} more in {quarters} quarters of a second");
    }

    #[test]
    fn a_refresh_that_gave_up_says_why_and_one_that_had_nothing_left_to_ask_does_not() {
        let report = RefreshReport {
            requested: 100,
            failed: 16,
            cancelled: 84,
            gave_up: Some("32 calls in a row ended in TIMED_OUT".into()),
            hint: Some("check the link"),
            ..RefreshReport::default()
        };
        let sentence = "32 calls in a row ended in TIMED_OUT; check the link".to_owned();
        assert_eq!(given_up(&report), Some(Event::Failed(sentence)));
        let through = RefreshReport { failed: 100, cancelled: 0, ..report };
        assert_eq!(given_up(&through), None);
    }
}
