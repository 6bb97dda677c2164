//! Arithmetic off the event loop, with no more hands than there are processors: more signatures at a time would be no
//! faster, and whoever draws or sends would wait in a crowd. A hand that is done takes the next piece at once; to wake
//! another thread for each would leave a processor idle meanwhile.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

/// As many hands as the runtime has workers, which is one for each processor.
pub(super) struct Hands(Arc<Shared>);

struct Shared {
    most: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    busy: usize,
    waiting: VecDeque<Work>,
}

impl Hands {
    /// All of them idle.
    pub(super) fn new() -> Self {
        let most = Handle::try_current().map_or(1, |runtime| runtime.metrics().num_workers());
        Self(Arc::new(Shared { most, state: Mutex::default() }))
    }

    /// Has something done and brings its outcome back; `None` when docket is stopping. What nobody waits for any more
    /// when its turn comes is not begun, and what was begun is done to its end.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (done, outcome) = oneshot::channel();
        self.give(Box::new(move || {
            if !done.is_closed() {
                _ = done.send(work());
            }
        }));
        outcome.await.ok()
    }

    fn give(&self, work: Work) {
        let mut state = self.0.state();
        if state.busy == self.0.most {
            state.waiting.push_back(work);
            return;
        }
        state.busy += 1;
        drop(state);
        let shared = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || shared.work_through(work));
    }
}

impl Shared {
    fn work_through(&self, first: Work) {
        let mut next = Some(first);
        while let Some(work) = next {
            // A panic is told where panics are told; whoever waits for it hears that nothing came, and the hand goes on.
            _ = catch_unwind(AssertUnwindSafe(work));
            next = self.next();
        }
    }

    /// The next piece, or an idle hand.
    fn next(&self) -> Option<Work> {
        let mut state = self.state();
        let next = state.waiting.pop_front();
        if next.is_none() {
            state.busy -= 1;
        }
        next
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::task::Poll;

    use tokio::task::JoinSet;

    use super::*;

    /// Polls once, so that the work is asked for.
    async fn ask_only<T>(outcome: &mut (impl Future<Output = T> + Unpin)) {
        let polled =
            std::future::poll_fn(|context| Poll::Ready(std::pin::Pin::new(&mut *outcome).poll(context)));
        assert!(polled.await.is_pending());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 3)]
    async fn never_more_at_a_time_than_there_are_hands_and_none_is_forgotten() {
        let hands = Arc::new(Hands::new());
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let one = |number: usize| {
            let (hands, now, most) = (Arc::clone(&hands), Arc::clone(&now), Arc::clone(&most));
            let work = move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::yield_now();
                now.fetch_sub(1, Ordering::SeqCst);
                number
            };
            async move { hands.ask(work).await }
        };
        for _ in 0..50 {
            let mut outcomes = (0..40).map(one).collect::<JoinSet<_>>().join_all().await;
            outcomes.sort_unstable();
            assert_eq!(outcomes, (0..40).map(Some).collect::<Vec<_>>());
        }
        assert!((1..=3).contains(&most.load(Ordering::SeqCst)), "{most:?}");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_not_begun_and_a_panic_costs_no_hand() {
        let hands = Hands::new();
        assert_eq!(hands.0.most, 1);
        let (go, gate) = mpsc::channel::<()>();
        let begun = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&begun);
        let mut first = Box::pin(hands.ask(move || {
            gate.recv().unwrap();
            panic!("on purpose");
        }));
        let mut given_up = Box::pin(hands.ask(move || count.fetch_add(1, Ordering::SeqCst)));
        ask_only(&mut first).await;
        ask_only(&mut given_up).await;
        drop(given_up);
        go.send(()).unwrap();
        assert_eq!(first.await, None::<()>);
        assert_eq!(hands.ask(|| 7).await, Some(7));
        assert_eq!(begun.load(Ordering::SeqCst), 0);
    }
}
