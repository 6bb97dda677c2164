//! A confirmation holds for a minute. A process that is stopped between it and the sending, by SIGSTOP or a lid that is
//! closed, goes on where it was; what somebody had in mind hours ago must not leave then.

use time::{Duration, OffsetDateTime};

use super::{Stop, codes};

/// How long after its confirmation an action may be taken down.
const HOLDS: Duration = Duration::MINUTE;
/// How much longer for each case that is looked at before.
const PER_CASE: Duration = Duration::seconds(2);

/// When something was confirmed, and how long that holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Freshness {
    confirmed_at: OffsetDateTime,
    holds: Duration,
}

impl Freshness {
    /// Of something whose way begins now and leads past so many cases.
    pub(super) fn new(confirmed_at: OffsetDateTime, cases: usize) -> Self {
        let cases = i32::try_from(cases).unwrap_or(i32::MAX);
        Self { confirmed_at, holds: HOLDS.saturating_add(PER_CASE.saturating_mul(cases)) }
    }

    /// Why it is not to be sent any more, by the clock on the wall: the other one stands still while a machine sleeps.
    pub(super) fn stop(self, now: OffsetDateTime) -> Option<Stop> {
        let age = now - self.confirmed_at;
        let msg = if age.is_negative() {
            "this host's clock was set back since it was confirmed".to_owned()
        } else {
            format!("it was confirmed {} and docket was held up since", ago(age))
        };
        (age.abs() > self.holds).then_some(Stop { code: codes::HELD_UP, msg })
    }
}

fn ago(age: Duration) -> String {
    match (age.whole_hours(), age.whole_minutes()) {
        (0, minutes) => format!("{minutes} min ago"),
        (hours, minutes) => format!("{hours} h {} min ago", minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use time::macros::datetime;

    #[test]
    fn a_confirmation_holds_for_a_minute_and_longer_with_more_cases() {
        let at = datetime!(2026-11-20 04:00:00 UTC);
        let told = |cases, after| Freshness::new(at, cases).stop(at + after).map(|stop| stop.msg);
        assert_eq!(told(0, Duration::seconds(60)), None);
        assert_eq!(
            told(0, Duration::seconds(61)).unwrap(),
            "it was confirmed 1 min ago and docket was held up since"
        );
        assert_eq!(told(50, Duration::seconds(160)), None);
        assert!(told(50, Duration::minutes(185)).unwrap().contains("3 h 5 min ago"));
        assert_eq!(told(usize::MAX, Duration::days(1)), None, "no overflow");
        assert_eq!(told(1, -Duration::seconds(30)), None, "clocks are corrected by a little all the time");
        assert!(told(1, -Duration::hours(1)).unwrap().contains("set back"));
    }
}
