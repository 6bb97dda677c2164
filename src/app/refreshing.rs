//! The refresh that runs, seen from the desk: a ticket, how far it is, and what the last one brought.

use time::OffsetDateTime;

use super::event::Report;

/// Refresh state of the desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refreshing {
    /// The refresh that runs.
    pub run: Option<Run>,
    /// What the last finished one brought.
    pub last: Option<Report>,
    /// When the last one of everything open began, whatever became of it (UTC).
    pub began: Option<OffsetDateTime>,
    /// Tickets given out so far.
    tickets: u32,
}

/// A refresh that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Names it in events; events of another ticket are late.
    pub ticket: u32,
    /// Cases asked for.
    pub requested: usize,
    /// Cases answered or failed.
    pub done: usize,
    /// Of these, failed.
    pub failed: usize,
    /// Whether it was told to stop.
    pub stopping: bool,
}

impl Refreshing {
    /// Starts a run and gives its ticket.
    pub(crate) fn start(&mut self, requested: usize) -> u32 {
        self.tickets += 1;
        self.run = Some(Run { ticket: self.tickets, requested, done: 0, failed: 0, stopping: false });
        self.tickets
    }

    /// Notes how far the run is; a late event changes nothing.
    pub(crate) fn progress(&mut self, ticket: u32, done: usize, failed: usize) {
        if let Some(run) = self.run.as_mut().filter(|run| run.ticket == ticket) {
            (run.done, run.failed) = (done, failed);
        }
    }

    /// Ends the run; `false` when the event was late.
    pub(crate) fn end(&mut self, ticket: u32, report: Report) -> bool {
        let current = self.run.is_some_and(|run| run.ticket == ticket);
        if current {
            self.run = None;
            self.last = Some(report);
        }
        current
    }
}
