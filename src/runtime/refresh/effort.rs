//! How much trouble a whole refresh takes upon itself. Case by case every retry looks cheap; a thousand cases against a
//! gateway that is down would cost an hour.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::domain::fault::Fault;
use crate::domain::shown;

/// A run may ask this often again, however small it is; a large one, once for every ten cases.
const RETRIES_MIN: usize = 10;
/// At least so many calls in a row must fail alike before asking stops; one bad case with its retries is not enough.
const PATIENCE_MIN: usize = 10;

/// So many characters of what the last call said stand in the reason.
const LAST_MAX: usize = 160;

/// What one run may still do.
pub(super) struct Effort {
    /// Set once a request was not signed.
    unsigned: CancellationToken,
    state: Mutex<State>,
    /// So many calls in a row that fail alike are the end.
    patience: usize,
}

struct State {
    /// What was said when a request was not signed.
    unsigned: Option<String>,
    retries_left: usize,
    /// How many calls in a row have failed alike, with what code, and what the newest of them said.
    row: usize,
    code: String,
    last: String,
}

impl Effort {
    pub(super) fn new(requested: usize, concurrency: usize) -> Self {
        let retries_left = RETRIES_MIN.max(requested / 10);
        let state = State { unsigned: None, retries_left, row: 0, code: String::new(), last: String::new() };
        Self {
            unsigned: CancellationToken::new(),
            state: Mutex::new(state),
            patience: PATIENCE_MIN.max(concurrency.saturating_mul(2)),
        }
    }

    /// Takes one retry from what is left; `false` when there is none, or no point in one.
    pub(super) fn take_retry(&self) -> bool {
        if self.is_over() {
            return false;
        }
        let mut state = self.state();
        let left = state.retries_left > 0;
        state.retries_left = state.retries_left.saturating_sub(1);
        left
    }

    /// Whoever signs does not, or not this time: every further call would only ask somebody once more, who may be a person.
    pub(super) fn unsigned(&self, fault: &Fault) {
        if let Fault::Signing(_) = fault {
            self.state()
                .unsigned
                .get_or_insert_with(|| shown::clipped(&fault.to_string(), LAST_MAX).into_owned());
            self.unsigned.cancel();
        }
    }

    /// Does something for as long as requests are signed.
    pub(super) async fn while_signed(&self, work: impl Future<Output = ()>) {
        self.unsigned.run_until_cancelled(work).await;
    }

    /// Takes note of how a call ended. What has been given up stays so: the calls still under way change nothing.
    pub(super) fn heard(&self, fault: Option<&Fault>) {
        let mut state = self.state();
        if state.row >= self.patience {
            return;
        }
        match fault.filter(|fault| fault.concerns_every_case()) {
            Some(fault) => {
                let code = fault.code();
                state.row = if state.code == code { state.row + 1 } else { 1 };
                (state.code, state.last) = (code, shown::clipped(&fault.to_string(), LAST_MAX).into_owned());
            }
            None => state.row = 0,
        }
    }

    /// Whether asking on would only bring more of the same. Whoever begins a call looks here: the end of the run by
    /// [`Self::while_signed`] is one step behind when several processors are at it.
    pub(super) fn is_over(&self) -> bool {
        let state = self.state();
        state.unsigned.is_some() || state.row >= self.patience
    }

    /// Why asking stopped early, in a sentence; `None` when it did not.
    pub(super) fn why_over(&self) -> Option<String> {
        let State { row, code, last, unsigned, .. } = &*self.state();
        if let Some(why) = unsigned {
            return Some(format!("{why}, so docket stopped asking"));
        }
        (*row >= self.patience)
            .then(|| format!("{row} calls in a row ended in {code} ({last}), so docket stopped asking"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_are_one_in_ten_and_ten_at_least() {
        for (requested, retries) in [(0, 10), (99, 10), (1_000, 100)] {
            let effort = Effort::new(requested, 16);
            assert_eq!((0..2_000).filter(|_| effort.take_retry()).count(), retries);
        }
    }

    #[test]
    fn whoever_did_not_sign_ends_the_run_from_that_moment() {
        let effort = Effort::new(100, 1);
        effort.unsigned(&Fault::TimedOut);
        assert!(!effort.is_over() && effort.take_retry());
        effort.unsigned(&Fault::Signing("sh signed nothing".to_owned()));
        effort.heard(None);
        assert!(effort.is_over() && !effort.take_retry());
        assert!(effort.why_over().unwrap().ends_with("sh signed nothing, so docket stopped asking"));
    }

    #[test]
    fn only_the_same_fault_of_everybody_without_a_break_ends_the_run() {
        let timed_out = Some(&Fault::TimedOut);
        for interruption in [None, Some(&Fault::Garbled(String::new())), Some(&Fault::Dropped(String::new()))]
        {
            let effort = Effort::new(100, 6);
            let almost = [timed_out; 11];
            for outcome in almost.into_iter().chain([interruption]).chain(almost) {
                effort.heard(outcome);
                assert!(!effort.is_over());
            }
            assert_eq!(effort.why_over(), None);
            effort.heard(timed_out);
            effort.heard(None);
            assert_eq!(
                effort.why_over().as_deref(),
                Some("12 calls in a row ended in TIMED_OUT (no answer in time), so docket stopped asking")
            );
            assert!(effort.is_over() && !effort.take_retry());
        }
    }
}
