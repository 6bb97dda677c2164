//! How fast a whole refresh may ask. When the gateway says "too many", the run as a whole slows down: a brake on one
//! case alone would leave the other fifteen calls hammering on.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::domain::fault::Fault;

/// Without a `Retry-After`, everybody waits this long after a "too many".
const HOLD: Duration = Duration::from_secs(1);
/// A burst is at most one twentieth of a second's calls.
const BURSTS_PER_SECOND: u32 = 20;

/// The shared pace of one run.
pub(super) struct Pace {
    state: Mutex<State>,
    burst_max: u32,
    longest_hold: Duration,
}

struct State {
    per_second: NonZeroU32,
    limiter: Arc<DefaultDirectRateLimiter>,
    hold_until: Option<Instant>,
}

impl Pace {
    /// A pace of `per_second` calls, smooth: never more than `burst_max` of them at once.
    pub(super) fn new(per_second: u32, burst_max: usize, longest_hold: Duration) -> Self {
        let burst_max = u32::try_from(burst_max).unwrap_or(u32::MAX).max(1);
        let per_second = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
        let state = State { per_second, limiter: limiter(per_second, burst_max), hold_until: None };
        Self { state: Mutex::new(state), burst_max, longest_hold }
    }

    /// Waits until the next call may begin.
    pub(super) async fn turn(&self) {
        loop {
            let hold_until = self.state().hold_until;
            if let Some(until) = hold_until.filter(|&until| until > Instant::now()) {
                tokio::time::sleep_until(until.into()).await;
                continue;
            }
            let limiter = Arc::clone(&self.state().limiter);
            limiter.until_ready().await;
            // Somebody may have been told to slow down while this call waited for its turn.
            if self.state().hold_until.is_none_or(|until| until <= Instant::now()) {
                return;
            }
        }
    }

    /// Takes note of how a call ended. "Too many" holds every call back and halves the pace for the rest of the
    /// run; the calls that were under way when it was said count as one.
    pub(super) fn heard(&self, fault: Option<&Fault>) {
        let Some(asked) = fault.filter(|fault| fault.is_too_many()).map(Fault::retry_after) else { return };
        let now = Instant::now();
        let mut state = self.state();
        if state.hold_until.is_none_or(|until| until <= now) {
            state.per_second = NonZeroU32::new(state.per_second.get() / 2).unwrap_or(NonZeroU32::MIN);
            state.limiter = limiter(state.per_second, self.burst_max);
            tracing::info!(per_second = state.per_second.get(), "the gateway asks to slow down");
        }
        let until = now + asked.unwrap_or(HOLD).min(self.longest_hold);
        state.hold_until = state.hold_until.max(Some(until));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn limiter(per_second: NonZeroU32, burst_max: u32) -> Arc<DefaultDirectRateLimiter> {
    let burst = (per_second.get() / BURSTS_PER_SECOND).clamp(1, burst_max);
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    Arc::new(RateLimiter::direct(Quota::per_second(per_second).allow_burst(burst)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn too_many(retry_after: Option<Duration>) -> Fault {
        Fault::Http { status: 429, retry_after }
    }

    #[test]
    fn too_many_slows_the_whole_run_once_per_wave() {
        let pace = Pace::new(40, 16, Duration::from_secs(300));
        for _ in 0..16 {
            pace.heard(Some(&too_many(None)));
        }
        assert_eq!(pace.state().per_second.get(), 20, "sixteen calls under way are one wave");
        assert!(pace.state().hold_until.unwrap() > Instant::now());
        pace.state().hold_until = Some(Instant::now());
        pace.heard(Some(&too_many(None)));
        assert_eq!(pace.state().per_second.get(), 10);
    }

    #[test]
    fn other_faults_and_answers_change_nothing() {
        let pace = Pace::new(40, 16, Duration::from_secs(300));
        pace.heard(None);
        pace.heard(Some(&Fault::TimedOut));
        pace.heard(Some(&Fault::Http { status: 503, retry_after: Some(HOLD) }));
        assert_eq!(pace.state().per_second.get(), 40);
        assert_eq!(pace.state().hold_until, None);
    }

    #[test]
    fn retry_after_is_granted_within_reason_and_the_pace_never_stops() {
        let pace = Pace::new(0, 0, Duration::from_secs(5));
        pace.heard(Some(&too_many(Some(Duration::from_secs(86_400)))));
        let until = pace.state().hold_until.unwrap();
        assert!(until <= Instant::now() + Duration::from_secs(5));
        assert_eq!(pace.state().per_second.get(), 1);
    }
}
