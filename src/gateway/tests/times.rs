//! The sums behind skew and waits.

use time::macros::datetime;

use super::*;

const DATE: &str = "Fri, 20 Nov 2026 08:00:00 GMT";

fn skew_at(sent: OffsetDateTime, round_trip_ms: u64) -> Option<i64> {
    let trip = Trip { sent, round_trip: Duration::from_millis(round_trip_ms) };
    skew(Some(DATE), trip).map(|skew| skew.0)
}

#[test]
fn skew_is_this_host_against_the_middle_of_the_gateways_second() {
    for (sent, round_trip_ms, expected) in [
        (datetime!(2026-11-20 08:00:00.5 UTC), 0, 0),
        (datetime!(2026-11-20 08:00:00.9 UTC), 0, 0),
        (datetime!(2026-11-20 08:00:01.0 UTC), 0, 1),
        (datetime!(2026-11-20 07:59:59.9 UTC), 0, -1),
        (datetime!(2026-11-20 07:59:00.5 UTC), 120_000, 0),
        (datetime!(2026-11-20 16:02:00.5 +08:00), 0, 120),
        (datetime!(2026-11-20 07:57:00.5 UTC), 2_000, -179),
    ] {
        assert_eq!(skew_at(sent, round_trip_ms), Some(expected), "{sent}");
    }
}

#[test]
fn no_or_an_unreadable_date_gives_no_skew() {
    let trip = Trip { sent: OffsetDateTime::UNIX_EPOCH, round_trip: Duration::ZERO };
    assert_eq!(skew(None, trip), None);
    assert_eq!(skew(Some("yesterday"), trip), None);
}

#[test]
fn a_wait_is_seconds_or_a_date_by_the_gateways_own_clock() {
    let late = datetime!(2026-11-20 09:00 UTC);
    let wait = |value: &str, date| retry_after(Some(value), date, late).map(|wait| wait.as_secs());
    assert_eq!(wait("7", None), Some(7));
    assert_eq!(wait(" 0 ", None), Some(0));
    assert_eq!(wait("99999999999999999999999", None), Some(u64::MAX));
    assert_eq!(wait("Fri, 20 Nov 2026 08:01:30 GMT", Some(DATE)), Some(90));
    assert_eq!(wait("Fri, 20 Nov 2026 09:01:30 GMT", None), Some(90));
    assert_eq!(wait("Fri, 20 Nov 2026 08:01:30 GMT", None), Some(0), "past by this clock");
    for unreadable in ["", "-1", "1.5", "soon"] {
        assert_eq!(wait(unreadable, None), None, "{unreadable}");
    }
    assert_eq!(retry_after(None, Some(DATE), late), None);
}
