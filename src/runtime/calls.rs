//! The calls of this session: they leave their lines in the log, and the newest are kept for the desk. This is the one
//! place where the time that a call takes is measured.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tracing::Level;

use crate::app::calls::{KEPT, News};
use crate::domain::call::{Call, Heard, What};
use crate::domain::fault::Signature;
use crate::gateway::{Clock, Ended, Witness};

/// The calls nobody has been told of yet. Clones share them. A refresh of a hundred thousand cases that nobody looks at
/// takes no more room than one of a few hundred.
#[derive(Clone)]
pub struct Calls {
    clock: Clock,
    news: Arc<Mutex<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    newest: VecDeque<Call>,
    all: u64,
    failed: u64,
    unsent: u64,
    is_told: bool,
}

impl Calls {
    /// None so far.
    pub fn new(clock: Clock) -> Self {
        Self { clock, news: Arc::default() }
    }

    /// A call leaves now; to be called with what becomes of it.
    pub(super) fn begin(&self) -> impl FnOnce(Heard) + Send + use<> {
        let (calls, at, started) = (self.clone(), (self.clock)(), Instant::now());
        move |heard| calls.ended(Call { at, took: started.elapsed(), heard })
    }

    /// The same for whoever makes calls and knows no clock.
    pub(super) fn witness(&self) -> Witness {
        let calls = self.clone();
        Arc::new(move || -> Ended { Box::new(calls.begin()) })
    }

    /// What has come since it was asked for last; `None` when nothing has.
    pub(super) fn take(&self) -> Option<News> {
        let mut waiting = self.waiting();
        if waiting.is_told || waiting.all == 0 {
            return None;
        }
        waiting.is_told = true;
        let calls = waiting.newest.drain(..).collect();
        Some(News { calls, all: waiting.all, failed: waiting.failed, unsent: waiting.unsent })
    }

    fn ended(&self, call: Call) {
        log(&call);
        let mut waiting = self.waiting();
        waiting.all += 1;
        waiting.failed += u64::from(call.heard.outcome.is_failed());
        waiting.unsent += u64::from(call.heard.outcome.is_unsent());
        waiting.is_told = false;
        if waiting.newest.len() == KEPT {
            waiting.newest.pop_front();
        }
        waiting.newest.push_back(call);
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Counts and a queue: a panic elsewhere leaves nothing half-done that would matter.
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One line for the log: what a page of the desk shows, and nothing besides. A refresh may be a hundred thousand cases, of
/// which nobody reads that they are well; its counts are in a line of its own. So a good answer about a case is written
/// only where more is asked for.
fn log(call: &Call) {
    let Heard { what, about, outcome, signature, http_status, bytes } = &call.heard;
    let elapsed_ms = u64::try_from(call.took.as_millis()).unwrap_or(u64::MAX);
    let signature = signature.map(|signature| match signature {
        Signature::Valid => "valid",
        Signature::Wrong => "wrong",
        Signature::Absent => "absent",
    });
    macro_rules! line {
        ($level:expr) => {
            tracing::event!(
                $level,
                call = what.word(),
                about = about.id(),
                outcome = %outcome,
                http_status = http_status.map(u64::from),
                signature,
                bytes,
                elapsed_ms,
                "called"
            )
        };
    }
    if *what == What::CaseSearch && outcome.is_ok() { line!(Level::DEBUG) } else { line!(Level::INFO) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::call::{About, Outcome};
    use pretty_assertions::assert_eq;

    fn heard(number: usize, outcome: Outcome) -> Heard {
        let about = About::Order(number.to_string());
        let (signature, http_status) = (Some(Signature::Valid), Some(200));
        Heard { what: What::RefundQuery, about, outcome, signature, http_status, bytes: number }
    }

    #[test]
    fn a_call_leaves_one_line_in_the_log_with_its_duration_and_nothing_hostile() {
        let calls = Calls::new(crate::runtime::session::system_clock());
        let clock = crate::runtime::session::system_clock();
        let text = crate::runtime::log::written(clock, || {
            let refused = Outcome::Refused("ORDER_NOT_EXIST\u{1b}".into());
            calls.begin()(heard(7, refused));
        });
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 1, "{text}");
        let line = &lines[0];
        assert_eq!((&line["call"], &line["about"]), (&"refundQuery".into(), &"7".into()));
        assert_eq!(line["outcome"], "refused ORDER_NOT_EXIST␛");
        assert_eq!((&line["http_status"], &line["signature"]), (&200.into(), &"valid".into()));
        assert!(line["elapsed_ms"].is_u64() && line["bytes"] == 7, "{line}");
    }

    #[test]
    fn a_good_answer_about_a_case_leaves_a_line_only_where_more_is_asked_for() {
        let calls = Calls::new(crate::runtime::session::system_clock());
        let lines = |level, what, outcome: Outcome| {
            let clock = crate::runtime::session::system_clock();
            let says = || calls.begin()(Heard { what, ..heard(1, outcome.clone()) });
            crate::runtime::log::written_at(level, clock, says).lines().count()
        };
        assert_eq!(lines(Level::INFO, What::CaseSearch, Outcome::Ok), 0);
        assert_eq!(lines(Level::DEBUG, What::CaseSearch, Outcome::Ok), 1);
        let bad = [Outcome::Failed("TIMED_OUT".into()), Outcome::Refused("ORDER_NOT_EXIST".into())];
        for outcome in bad {
            assert_eq!(lines(Level::INFO, What::CaseSearch, outcome), 1);
        }
        for what in [What::CaseReplay, What::Refund, What::RefundQuery, What::LinkCheck] {
            assert_eq!(lines(Level::INFO, what, Outcome::Ok), 1, "{what:?}");
        }
        assert_eq!(calls.take().unwrap().all, 8, "the desk shows them all");
    }

    #[test]
    fn a_hundred_thousand_calls_that_nobody_looks_at_take_the_room_of_the_newest() {
        let calls = Calls::new(crate::runtime::session::system_clock());
        assert_eq!(calls.take(), None);
        for number in 0..100_000 {
            let outcome = match number % 1_000 {
                0 => Outcome::Failed("timed out".into()),
                1..=3 => Outcome::NotSent("the agent is gone".into()),
                _ => Outcome::Ok,
            };
            calls.begin()(heard(number, outcome));
        }
        let news = calls.take().unwrap();
        assert_eq!((news.calls.len(), news.all), (KEPT, 100_000));
        assert_eq!((news.failed, news.unsent), (100, 300), "what was not sent did not fail");
        assert_eq!(news.calls.last().unwrap().heard.bytes, 99_999, "the newest are kept");
        assert_eq!(calls.take(), None, "told once");
        calls.begin()(heard(1, Outcome::Ok));
        let news = calls.take().unwrap();
        assert_eq!((news.calls.len(), news.all), (1, 100_001));
    }
}
