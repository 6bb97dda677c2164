//! What a case says of itself: urgency, sleep, age, and what is kept of a failure.

use super::super::case::Field;
use super::super::fault::Signature;
use super::*;
use time::macros::{date, datetime};

fn tracked(status: &str, due: &str) -> Tracked {
    let mut tracked = Tracked::new(CaseId::parse("O1").unwrap());
    tracked.case = Some(Case::from_fields([
        (Field::Status, Some(status.to_owned())),
        (Field::ExpirationDate, Some(due.to_owned())),
    ]));
    tracked
}

const CALENDAR: Calendar =
    Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: time::UtcOffset::UTC };

#[test]
fn a_failure_keeps_no_more_than_a_screen_can_use() {
    let refused = Fault::Refused {
        status: 200,
        code: "陈".repeat(1_000_000).into(),
        msg: "界".repeat(1_000_000),
        signature: Signature::Absent,
        retry_after: None,
        skew: None,
    };
    let failure = Failure::of(&refused, datetime!(2026-11-20 08:00 UTC));
    assert_eq!((failure.code.chars().count(), failure.message.chars().count()), (64, 411));
    assert!(failure.code.ends_with('…') && failure.message.ends_with("界… (unsigned)"));
    let garbled = Fault::Garbled("x".repeat(1_000));
    let failure = Failure::of(&garbled, datetime!(2026-11-20 08:00 UTC));
    assert_eq!(failure.message.chars().count(), 512);
}

#[test]
fn a_case_takes_no_more_room_than_a_million_of_them_can_have() {
    assert_eq!((size_of::<Tracked>(), size_of::<Option<Tracked>>(), size_of::<Beside>()), (104, 104, 48));
    let plain = tracked("DISPUTE_INQUIRY", "2026-11-20");
    let mut noted = plain.clone();
    noted.local.note = "call".into();
    assert!(noted != plain && plain.beside.is_usual() && !noted.beside.is_usual());
    noted.local.note.clear();
    assert_eq!(noted, plain, "it is the value that counts");
}

#[test]
fn only_a_case_that_needs_a_reply_is_urgent() {
    assert_eq!(tracked("DISPUTE_INQUIRY", "2026-11-20").urgency(&CALENDAR), Urgency::Today);
    assert_eq!(tracked("DISPUTE_RECEIVED", "2026-11-20").urgency(&CALENDAR), Urgency::None);
    let mut decided = tracked("DISPUTE_INQUIRY", "2026-11-19");
    assert_eq!(decided.days_left(&CALENDAR), Some(-1));
    decided.local.wont_contest = Some("valid claim".into());
    assert_eq!(decided.urgency(&CALENDAR), Urgency::None);
    assert_eq!(decided.days_left(&CALENDAR), None);
    assert_eq!(decided.tags().collect::<Vec<_>>(), [WONT_CONTEST_TAG]);
}

#[test]
fn a_case_sleeps_until_its_day_and_never_when_it_is_due() {
    let on = |today| Calendar { today, ..CALENDAR };
    let mut case = tracked("DISPUTE_INQUIRY", "2026-11-25");
    let put_off = |until| Some(Snooze { until, known: None });
    case.local.snooze = put_off(date!(2026 - 11 - 23));
    for (today, until) in [
        (date!(2026 - 11 - 20), Some(date!(2026 - 11 - 23))),
        (date!(2026 - 11 - 22), Some(date!(2026 - 11 - 23))),
        (date!(2026 - 11 - 23), None),
    ] {
        assert_eq!(case.asleep_until(&on(today)), until, "{today}");
    }
    case.local.snooze = put_off(date!(2027 - 01 - 01));
    assert_eq!(case.asleep_until(&on(date!(2026 - 11 - 24))), Some(date!(2026 - 11 - 25)));
    assert!(!case.is_asleep(&on(date!(2026 - 11 - 25))), "due today");
    assert!(!case.is_asleep(&on(date!(2026 - 11 - 26))), "overdue");
    assert!(case.may_sleep(&CALENDAR) && !case.may_sleep(&on(date!(2026 - 11 - 25))));
    case.changed_at = Some(datetime!(2026-11-20 08:00 UTC));
    assert_eq!(case.wakes_on(), None, "it has changed since");
    let change = LocalChange::Snooze(case.local.snooze).knowing(&case);
    case.local.apply(change);
    assert!(case.is_asleep(&CALENDAR), "put off by somebody who knows that");
    case.local.wont_contest = Some(String::new());
    assert_eq!(case.wakes_on(), None, "it needs no reply");
    for (status, due) in
        [("DISPUTE_INQUIRY", "soon"), ("DISPUTE_RECEIVED", "2026-11-25"), ("ODD", "2026-11-25")]
    {
        let mut other = tracked(status, due);
        other.local.snooze = put_off(date!(2027 - 01 - 01));
        assert_eq!(other.wakes_on(), None, "{status} {due}");
    }
}

#[test]
fn a_settled_case_is_asked_for_while_it_is_fresh() {
    let now = datetime!(2026-11-20 08:00 UTC);
    let mut closed = tracked("CASE_CLOSED", "2026-01-01");
    assert!(closed.wants_refresh(now, 30), "never dated: ask");
    closed.first_at = Some(now - Duration::days(31));
    assert!(!closed.wants_refresh(now, 30), "closed when first seen, long ago");
    closed.changed_at = Some(now - Duration::days(30));
    assert!(closed.wants_refresh(now, 30));
    closed.changed_at = Some(now - Duration::days(31));
    assert!(!closed.wants_refresh(now, 30));
    let mut unknown = tracked("BRAND_NEW", "2026-01-01");
    unknown.changed_at = closed.changed_at;
    assert!(unknown.wants_refresh(now, 30), "an unknown status is not settled");
}

#[test]
fn a_list_is_as_old_as_its_oldest_open_case() {
    let now = datetime!(2026-11-20 08:00 UTC);
    let aged = |status: &str, hours: i64| {
        let mut one = tracked(status, "2026-11-25");
        one.refreshed_at = Some(now - Duration::hours(hours));
        one
    };
    let mut cases = vec![aged("CASE_CLOSED", 90), aged("CASE_CLOSED", 70)];
    cases.push(Tracked::new(CaseId::parse("O2").unwrap()));
    assert_eq!(as_of(&[]), None);
    assert_eq!(as_of(&cases[2..]), None, "never fetched has no age");
    assert_eq!(as_of(&cases), Some(now - Duration::hours(70)), "nothing open was fetched");
    cases.extend([aged("DISPUTE_INQUIRY", 20), aged("DISPUTE_RECEIVED", 1)]);
    assert_eq!(as_of(&cases), Some(now - Duration::hours(20)));
}
