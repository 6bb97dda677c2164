//! Orders given and not yet carried out, and replies and refunds on their way. The desk says "saved" once a change is
//! ordered and "sending" once an action is confirmed, so no way out may be taken, not even the watchdog's, while one is
//! still under way; and whoever leaves is told how what was under way then ended.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::action::State;

/// What is under way; every copy counts the same.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Backlog(Arc<(Mutex<Count>, Condvar)>);

#[derive(Debug, Default)]
struct Count {
    orders: usize,
    /// Replies and refunds on their way, and those whose end has yet to be told.
    sent: Vec<Sent>,
    /// Whether the desk is being left: what ends from here on nobody sees on the screen.
    leaving: bool,
    /// The name of the next one.
    next: usize,
    /// Set when the desk is being left.
    halt: CancellationToken,
}

#[derive(Debug)]
struct Sent {
    name: usize,
    /// Such as `reply to case O1`.
    what: String,
    /// How it ended; `None` while it is under way.
    state: Option<State>,
}

/// A reply or refund on its way.
#[derive(Debug)]
pub(in super::super) struct UnderWay {
    backlog: Backlog,
    name: usize,
}

impl UnderWay {
    /// It has ended like this, and the journal has been written.
    pub(in super::super) fn ended(self, state: State) {
        let mut count = self.backlog.count();
        let told = !count.leaving && state != State::Unknown;
        if told {
            count.sent.retain(|sent| sent.name != self.name);
        } else if let Some(sent) = count.sent.iter_mut().find(|sent| sent.name == self.name) {
            sent.state = Some(state);
        }
        drop(count);
        self.backlog.0.1.notify_all();
    }
}

impl Backlog {
    /// One more order is under way.
    pub(in super::super) fn add(&self) {
        self.count().orders += 1;
    }

    /// One is carried out.
    pub(in super::super) fn done(&self) {
        let mut count = self.count();
        count.orders = count.orders.saturating_sub(1);
        drop(count);
        self.0.1.notify_all();
    }

    /// A reply or refund has been confirmed; `what` names it, such as `reply to case O1`.
    pub(in super::super) fn begin(&self, what: String) -> UnderWay {
        let mut count = self.count();
        let name = count.next;
        count.next += 1;
        count.sent.push(Sent { name, what, state: None });
        drop(count);
        UnderWay { backlog: self.clone(), name }
    }

    /// Whether a confirmed reply or refund has not ended yet, also while its keys are still being read.
    pub(in super::super) fn is_sending(&self) -> bool {
        self.count().sent.iter().any(|sent| sent.state.is_none())
    }

    /// Set once the desk is being left: the operator has ended it, and nothing more may be begun.
    pub(in super::super) fn halt(&self) -> CancellationToken {
        self.count().halt.clone()
    }

    /// Nothing is of unknown outcome any more.
    pub(in super::super) fn settled(&self) {
        self.count().sent.retain(|sent| sent.state != Some(State::Unknown));
    }

    /// The desk is being left; says what has to be waited for, if that may take a while.
    pub(in super::super) fn leave(&self) -> Option<String> {
        let mut count = self.count();
        count.leaving = true;
        let whats = count.of(|sent| sent.state.is_none());
        // What the journal does not have yet is not sent any more.
        count.halt.cancel();
        (!whats.is_empty()).then(|| format!("waiting for the outcome of the {whats}"))
    }

    /// Waits until everything is carried out and every action has ended; `false` when that took too long.
    pub(in super::super) fn wait(&self, within: Duration) -> bool {
        let some = |count: &mut Count| count.orders > 0 || count.sent.iter().any(|sent| sent.state.is_none());
        let (_count, waited) =
            self.0.1.wait_timeout_while(self.count(), within, some).unwrap_or_else(PoisonError::into_inner);
        !waited.timed_out()
    }

    /// What the operator has to know of actions that ended after the desk was left, or whose outcome nobody knows; a
    /// sentence each.
    pub(in super::super) fn last_words(&self) -> Vec<String> {
        let count = self.count();
        let mut words = Vec::new();
        for state in [State::Accepted, State::Refused] {
            let whats = count.of(|sent| sent.state == Some(state));
            words.extend((!whats.is_empty()).then(|| format!("{state}: {whats}")));
        }
        let whats = count.of(|sent| matches!(sent.state, None | Some(State::Unknown)));
        words.extend((count.orders > 0).then(|| "the last changes could not be saved".to_owned()));
        let sentence = format!("outcome unknown: {whats}; `docket settle` asks PayerMax how it ended");
        words.extend((!whats.is_empty()).then_some(sentence));
        words
    }

    /// Numbers and names are never half-written.
    fn count(&self) -> MutexGuard<'_, Count> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    /// Some of the actions by name.
    fn of(&self, some: impl Fn(&Sent) -> bool) -> String {
        let whats = self.sent.iter().filter(|sent| some(sent)).map(|sent| sent.what.as_str());
        whats.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Duration = Duration::from_millis(1);

    #[test]
    fn nothing_is_said_of_what_the_operator_saw_end() {
        let backlog = Backlog::default();
        backlog.begin("reply to case O1".to_owned()).ended(State::Accepted);
        assert_eq!(backlog.leave(), None);
        assert!(backlog.wait(MOMENT));
        assert!(backlog.last_words().is_empty());
    }

    #[test]
    fn what_ends_after_leaving_is_said_by_name() {
        let backlog = Backlog::default();
        let one = backlog.begin("reply to case O1".to_owned());
        let other = backlog.begin("refund of order P2".to_owned());
        assert_eq!(
            backlog.leave().as_deref(),
            Some("waiting for the outcome of the reply to case O1, refund of order P2")
        );
        one.ended(State::Accepted);
        assert!(!backlog.wait(MOMENT), "one is still under way");
        let unknown = "outcome unknown: refund of order P2; `docket settle` asks PayerMax how it ended";
        assert_eq!(backlog.last_words(), ["accepted: reply to case O1", unknown]);
        other.ended(State::Unknown);
        assert!(backlog.wait(MOMENT));
        assert_eq!(backlog.last_words(), ["accepted: reply to case O1", unknown]);
    }

    #[test]
    fn an_unknown_outcome_is_repeated_until_it_is_settled() {
        let backlog = Backlog::default();
        backlog.begin("reply to case O1".to_owned()).ended(State::Unknown);
        assert_eq!(backlog.last_words().len(), 1);
        backlog.settled();
        assert!(backlog.last_words().is_empty());
    }

    #[test]
    fn orders_are_waited_for_as_well() {
        let backlog = Backlog::default();
        backlog.add();
        assert!(!backlog.wait(MOMENT));
        assert_eq!(backlog.leave(), None, "a change is on disk in a moment, and nobody need know");
        assert_eq!(backlog.last_words(), ["the last changes could not be saved"]);
        backlog.done();
        assert!(backlog.wait(MOMENT));
    }
}
