//! What an answer's headers say about time: how far the clocks are apart, and how long to wait.
//!
//! The gateway refuses a request whose `requestTime` is two minutes off (protocol.md section 1), so the distance
//! is measured on every answer and shown before it becomes a refusal (reliability.md section 1.6).

use std::time::Duration;

use time::OffsetDateTime;

use crate::domain::fault::Skew;

/// When a request left and how long the answer's head took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trip {
    /// This host's clock as the request left.
    pub(super) sent: OffsetDateTime,
    /// Until the head of the answer was here, by the monotonic clock.
    pub(super) round_trip: Duration,
}

/// This host's clock against a `Date` header. The header is cut to whole seconds, so half a second is added; the
/// gateway is taken to have written it halfway through the trip.
pub(super) fn skew(date: Option<&str>, trip: Trip) -> Option<Skew> {
    let gateway = http_date(date?)?.checked_add(time::Duration::milliseconds(500))?;
    let here = trip.sent.checked_add((trip.round_trip / 2).try_into().ok()?)?;
    let apart_ms = (here - gateway).whole_milliseconds();
    let rounded = (apart_ms + 500 * apart_ms.signum()) / 1000;
    i64::try_from(rounded).ok().map(Skew)
}

/// The wait a `Retry-After` header asks for: seconds, or a date counted from the answer's own `Date`, so that a
/// wrong clock here does not stretch it. A date in the past is no wait.
pub(super) fn retry_after(value: Option<&str>, date: Option<&str>, now: OffsetDateTime) -> Option<Duration> {
    let value = value?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let from = date.and_then(http_date).unwrap_or(now);
    Some((http_date(value)? - from).try_into().unwrap_or(Duration::ZERO))
}

fn http_date(text: &str) -> Option<OffsetDateTime> {
    httpdate::parse_http_date(text.trim()).ok().map(OffsetDateTime::from)
}

#[cfg(test)]
#[path = "tests/times.rs"]
mod tests;
