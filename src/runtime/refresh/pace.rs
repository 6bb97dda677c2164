//! How fast a whole refresh may ask. When the gateway says "too many", the run as a whole slows down: a brake on one
//! case alone would leave the other fifteen calls hammering on.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::domain::fault::Fault;

/// After a "too many", everybody waits at least this long, whatever `Retry-After` says: calls that were under way when
/// it was said keep coming back with it for a while, and are no second wave.
const HOLD: Duration = Duration::from_secs(1);
/// After this long without another "too many", the pace grows by a tenth of what was configured.
const RECOVERY: Duration = Duration::from_secs(10);
/// A burst is at most one twentieth of a second's calls.
const BURSTS_PER_SECOND: u32 = 20;

/// The shared pace of one run.
pub(super) struct Pace {
    /// Whoever came first goes first.
    queue: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    configured: NonZeroU32,
    burst_max: u32,
    longest_hold: Duration,
}

struct State {
    per_second: NonZeroU32,
    limiter: Arc<DefaultDirectRateLimiter>,
    hold_until: Option<Instant>,
    /// When a slowed pace may grow again.
    grows_at: Instant,
}

impl Pace {
    /// A pace of `per_second` calls, smooth: never more than `burst_max` of them at once.
    pub(super) fn new(per_second: u32, burst_max: usize, longest_hold: Duration) -> Self {
        let burst_max = u32::try_from(burst_max).unwrap_or(u32::MAX).max(1);
        let configured = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
        let state = State {
            per_second: configured,
            limiter: limiter(configured, burst_max),
            hold_until: None,
            grows_at: Instant::now(),
        };
        Self {
            queue: tokio::sync::Mutex::default(),
            state: Mutex::new(state),
            configured,
            burst_max,
            longest_hold,
        }
    }

    /// Waits until the next call may begin.
    pub(super) async fn turn(&self) {
        let _first = self.queue.lock().await;
        loop {
            if let Some(until) = self.held_until() {
                tokio::time::sleep_until(until.into()).await;
                continue;
            }
            let limiter = Arc::clone(&self.state().limiter);
            limiter.until_ready().await;
            // Somebody may have been told to slow down while this call waited for its turn.
            if self.held_until().is_none() {
                return;
            }
        }
    }

    /// Until when every call is held back; `None` when none is.
    pub(super) fn held_until(&self) -> Option<Instant> {
        self.state().hold_until.filter(|&until| until > Instant::now())
    }

    /// Takes note of how a call ended. "Too many" holds every call back and halves the pace, which then recovers
    /// slowly; the calls that were under way when it was said count as one. Any other fault with a `Retry-After`
    /// holds every call back too: the gateway is down for all cases alike.
    pub(super) fn heard(&self, fault: Option<&Fault>) {
        self.heard_at(Instant::now(), fault);
    }

    fn heard_at(&self, now: Instant, fault: Option<&Fault>) {
        let asked = fault.and_then(Fault::retry_after);
        let too_many = fault.is_some_and(Fault::is_too_many);
        let mut state = self.state();
        let held = state.hold_until.is_some_and(|until| until > now);
        match (too_many, held) {
            (true, false) => self.slow_down(&mut state),
            (false, false) if state.grows_at <= now && state.per_second < self.configured => {
                self.speed_up(&mut state);
                state.grows_at = now + RECOVERY;
            }
            _ => {}
        }
        if too_many || asked.is_some() {
            let until = now + asked.unwrap_or(HOLD).min(self.longest_hold).max(HOLD);
            state.hold_until = state.hold_until.max(Some(until));
            state.grows_at = state.grows_at.max(until + RECOVERY);
        }
    }

    fn slow_down(&self, state: &mut State) {
        self.set(state, state.per_second.get() / 2);
        tracing::info!(per_second = state.per_second.get(), "the gateway asks to slow down");
    }

    fn speed_up(&self, state: &mut State) {
        let step = (self.configured.get() / 10).max(1);
        self.set(state, state.per_second.get().saturating_add(step).min(self.configured.get()));
    }

    fn set(&self, state: &mut State, per_second: u32) {
        state.per_second = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
        state.limiter = limiter(state.per_second, self.burst_max);
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
        pace.heard(Some(&Fault::Http { status: 503, retry_after: None }));
        assert_eq!(pace.state().per_second.get(), 40);
        assert_eq!(pace.state().hold_until, None);
    }

    #[test]
    fn no_wait_at_all_is_still_one_wave() {
        let pace = Pace::new(50, 16, Duration::from_secs(300));
        let start = Instant::now();
        for call in 0..16 {
            pace.heard_at(start + Duration::from_millis(call * 10), Some(&too_many(Some(Duration::ZERO))));
        }
        assert_eq!(pace.state().per_second.get(), 25);
    }

    #[test]
    fn a_slowed_pace_recovers_step_by_step_and_not_beyond_what_is_configured() {
        let pace = Pace::new(50, 16, Duration::from_secs(300));
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        pace.heard_at(start, Some(&too_many(None)));
        pace.heard_at(after(2), Some(&too_many(None)));
        for (seconds, per_second) in [(4, 12), (12, 12), (13, 17), (14, 17), (23, 22), (33, 27)] {
            pace.heard_at(after(seconds), None);
            assert_eq!(pace.state().per_second.get(), per_second, "{seconds} s");
        }
        for seconds in 34..200 {
            pace.heard_at(after(seconds), None);
        }
        assert_eq!(pace.state().per_second.get(), 50);
    }

    #[test]
    fn a_gateway_that_is_down_holds_every_call_and_keeps_the_pace() {
        let pace = Pace::new(40, 16, Duration::from_secs(300));
        let now = Instant::now();
        pace.heard_at(now, Some(&Fault::Http { status: 503, retry_after: Some(HOLD * 30) }));
        let state = pace.state();
        assert_eq!((state.per_second.get(), state.hold_until), (40, Some(now + HOLD * 30)));
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
