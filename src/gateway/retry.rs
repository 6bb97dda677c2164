//! Asks again, for calls that only read. A reply or a refund must never come near this module: sent twice, it
//! may happen twice.
//!
//! Full jitter (a random wait up to a growing ceiling) keeps many cases from coming back in step after one
//! hiccup (reliability.md section 5).

use std::future::Future;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _, Sleeper};

use crate::domain::fault::Fault;

/// How often and how patiently to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The first wait is at most this; each further ceiling is twice the one before.
    pub base: Duration,
    /// No ceiling grows beyond this.
    pub cap: Duration,
    /// Tries altogether, the first one included.
    pub tries: usize,
    /// The longest wait a `Retry-After` is granted.
    pub longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(500),
            cap: Duration::from_secs(30),
            tries: 4,
            longest_wait: Duration::from_secs(300),
        }
    }
}

/// Makes a reading call, again while its fault may pass and tries are left.
///
/// # Errors
/// The last [`Fault`].
pub async fn read_with_retries<T, F, Fut>(policy: &RetryPolicy, call: F) -> Result<T, Fault>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Fault>>,
{
    read_with(policy, || true, call, tokio::time::sleep).await
}

/// As [`read_with_retries`], when many calls share a budget: `may_retry` is asked before every try but the first.
///
/// # Errors
/// The last [`Fault`].
pub async fn read_within_budget<T, F, Fut>(
    policy: &RetryPolicy,
    may_retry: impl FnMut() -> bool,
    call: F,
) -> Result<T, Fault>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Fault>>,
{
    read_with(policy, may_retry, call, tokio::time::sleep).await
}

/// The same with a way to wait of the caller's, so that tests see every wait and need none.
async fn read_with<T, F, Fut>(
    policy: &RetryPolicy,
    mut may_retry: impl FnMut() -> bool,
    call: F,
    sleep: impl Sleeper,
) -> Result<T, Fault>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Fault>>,
{
    let ceilings = ExponentialBuilder::new()
        .with_min_delay(policy.base)
        .with_max_delay(policy.cap)
        .with_max_times(policy.tries.saturating_sub(1));
    let longest_wait = policy.longest_wait;
    call.retry(ceilings)
        .sleep(sleep)
        .when(Fault::may_pass)
        .adjust(|fault, ceiling| {
            ceiling.filter(|_| may_retry()).map(|ceiling| wait(fault, ceiling, longest_wait))
        })
        .await
}

/// The wait before the next try: as long as the gateway asked for, within reason, and some jitter on top.
fn wait(fault: &Fault, ceiling: Duration, longest: Duration) -> Duration {
    let micros = u64::try_from(ceiling.as_micros()).unwrap_or(u64::MAX);
    let jitter = Duration::from_micros(fastrand::u64(0..=micros));
    match fault.retry_after() {
        Some(asked) => asked.saturating_add(jitter).min(longest),
        None => jitter,
    }
}

#[cfg(test)]
#[path = "tests/retry.rs"]
mod tests;
