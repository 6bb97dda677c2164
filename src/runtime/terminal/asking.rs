//! The one question that the terminal is asked: whether it knows synchronised output (DEC private mode 2026), by DECRQM.
//!
//! It is asked once, before the first picture, which clears away what an old terminal makes of it. Nobody waits for the
//! answer: frames are plain until it comes, and stay so where none does, as in `screen` and older `tmux`. It is not asked
//! again, so that no answer can come while something is confirmed but one that was on its way for that long.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// DECRQM for mode 2026.
pub(crate) const QUESTION: &[u8] = b"\x1b[?2026$p";
/// How long after the question leaving waits for its answer, which would otherwise be typed into the shell.
const ON_ITS_WAY: Duration = Duration::from_millis(300);
const LOOK: Duration = Duration::from_millis(5);

/// What the terminal has answered so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    asked: OnceLock<Instant>,
    synchronises: OnceLock<bool>,
}

impl Answer {
    /// The question, the first time.
    pub(crate) fn question(&self) -> &'static [u8] {
        if self.0.asked.set(Instant::now()).is_ok() { QUESTION } else { &[] }
    }

    /// Takes the answer; the first one counts.
    pub(crate) fn take(&self, synchronises: bool) {
        _ = self.0.synchronises.set(synchronises);
    }

    /// Whether the terminal has said that it knows.
    pub(crate) fn synchronises(&self) -> bool {
        self.0.synchronises.get().copied().unwrap_or_default()
    }

    /// Waits for an answer that may be on its way, a moment after the question at most.
    pub(crate) async fn hear_out(&self) {
        let due = |asked: &Instant| asked.elapsed() >= ON_ITS_WAY;
        while self.0.synchronises.get().is_none() && self.0.asked.get().is_some_and(|asked| !due(asked)) {
            tokio::time::sleep(LOOK).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_asked_once_and_the_first_answer_counts() {
        let answer = Answer::default();
        assert_eq!((answer.question(), answer.question()), (QUESTION, &b""[..]));
        assert!(!answer.synchronises());
        answer.take(true);
        answer.take(false);
        assert!(answer.synchronises());
    }

    #[tokio::test]
    async fn leaving_waits_for_an_answer_and_not_for_one_that_does_not_come() {
        let begun = Instant::now();
        Answer::default().hear_out().await;
        assert!(begun.elapsed() < ON_ITS_WAY, "nobody asked");
        let answer = Answer::default();
        answer.question();
        tokio::join!(answer.hear_out(), async { answer.take(false) });
        assert!(begun.elapsed() < ON_ITS_WAY, "it was there");
        let silent = Answer::default();
        silent.question();
        silent.hear_out().await;
        assert!(begun.elapsed() >= ON_ITS_WAY, "it was not waited for");
    }
}
