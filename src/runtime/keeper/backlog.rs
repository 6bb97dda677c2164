//! Orders given and not yet carried out. The desk says "saved" once a change is ordered, so no way out may be taken,
//! not even the watchdog's, while one is still on its way to the disk.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The number of orders under way; every copy counts the same ones.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Backlog(Arc<(Mutex<usize>, Condvar)>);

impl Backlog {
    /// One more is under way.
    pub(in super::super) fn add(&self) {
        *self.count() += 1;
    }

    /// One is carried out.
    pub(in super::super) fn done(&self) {
        let mut count = self.count();
        *count = count.saturating_sub(1);
        self.0.1.notify_all();
    }

    /// Waits until everything ordered is carried out; `false` when that took too long.
    pub(in super::super) fn wait(&self, within: Duration) -> bool {
        let some = |count: &mut usize| *count > 0;
        let (_count, waited) =
            self.0.1.wait_timeout_while(self.count(), within, some).unwrap_or_else(PoisonError::into_inner);
        !waited.timed_out()
    }

    /// A number is never half-written.
    fn count(&self) -> MutexGuard<'_, usize> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
