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

/// A header, when the call left, how long the head of the answer took, and what comes of it; in seconds.
const VECTORS: &[(&str, OffsetDateTime, u64, Option<i64>)] = &[
    // The three spellings of a date that HTTP knows.
    ("Fri, 20 Nov 2026 08:00:00 GMT", datetime!(2026-11-20 08:05:00.5 UTC), 0, Some(300)),
    ("Friday, 20-Nov-26 08:00:00 GMT", datetime!(2026-11-20 08:05:00.5 UTC), 0, Some(300)),
    ("Fri Nov 20 08:00:00 2026", datetime!(2026-11-20 08:05:00.5 UTC), 0, Some(300)),
    ("  Fri, 20 Nov 2026 08:00:00 GMT ", datetime!(2026-11-20 07:55:00.5 UTC), 0, Some(-300)),
    // Half a round trip belongs to each direction.
    ("Fri, 20 Nov 2026 08:00:00 GMT", datetime!(2026-11-20 08:00:00.5 UTC), 30_000, Some(15)),
    ("Fri, 20 Nov 2026 08:00:15 GMT", datetime!(2026-11-20 08:00:00.5 UTC), 30_000, Some(0)),
    ("Fri, 20 Nov 2026 08:00:30 GMT", datetime!(2026-11-20 08:00:00.5 UTC), 30_000, Some(-15)),
    // Midnight, the end of a year, a leap day, and clocks of another age.
    ("Sat, 21 Nov 2026 00:00:00 GMT", datetime!(2026-11-20 23:58:30.5 UTC), 0, Some(-90)),
    ("Fri, 01 Jan 2027 00:00:05 GMT", datetime!(2026-12-31 23:59:55.5 UTC), 0, Some(-10)),
    ("Tue, 29 Feb 2028 23:59:59 GMT", datetime!(2028-03-01 00:01:30.5 UTC), 0, Some(91)),
    ("Thu, 01 Jan 1970 00:00:00 GMT", datetime!(2026-11-20 08:00:00.5 UTC), 0, Some(1_795_161_600)),
    ("Fri, 20 Nov 2026 08:00:00 GMT", datetime!(1970-01-01 00:00:00.5 UTC), 0, Some(-1_795_161_600)),
    // What is no date is no clock.
    ("", datetime!(2026-11-20 08:00 UTC), 0, None),
    ("0", datetime!(2026-11-20 08:00 UTC), 0, None),
    ("2026-11-20T08:00:00Z", datetime!(2026-11-20 08:00 UTC), 0, None),
    ("Fri, 20 Nov 2026 08:00:00 +0800", datetime!(2026-11-20 08:00 UTC), 0, None),
    ("Fri, 32 Nov 2026 08:00:00 GMT", datetime!(2026-11-20 08:00 UTC), 0, None),
    ("Fri, 20 Nov 2026 25:00:00 GMT", datetime!(2026-11-20 08:00 UTC), 0, None),
    ("Fri, 20 Nov 99999 08:00:00 GMT", datetime!(2026-11-20 08:00 UTC), 0, None),
];

#[test]
fn every_date_there_can_be_gives_its_distance_or_none() {
    for &(date, sent, round_trip_ms, expected) in VECTORS {
        let trip = Trip { sent, round_trip: Duration::from_millis(round_trip_ms) };
        assert_eq!(skew(Some(date), trip).map(|skew| skew.0), expected, "{date:?}, sent {sent}");
    }
    // A clock as far away as can be, and a round trip longer than time.
    for (sent, round_trip) in [
        (datetime!(9999-12-31 23:59:59 UTC), Duration::MAX),
        (datetime!(-9999-01-01 0:00 UTC), Duration::ZERO),
    ] {
        _ = skew(Some(DATE), Trip { sent, round_trip });
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
