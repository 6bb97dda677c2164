//! How a refresh ends, and what is said about it.

use std::time::Duration;

use pretty_assertions::assert_eq;
use time::macros::{date, datetime, offset};

use super::*;
use crate::domain::case::{Case, Field};
use crate::domain::change::Change;
use crate::domain::fault::Skew;
use crate::domain::tracked::Failure;

const CALENDAR: Calendar = Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: offset!(+8) };

fn case(status: &str, due: &str) -> Tracked {
    let mut tracked = Tracked::new(CaseId::parse("O1").unwrap());
    tracked.case = Some(Case::from_fields([
        (Field::Status, Some(status.to_owned())),
        (Field::ExpirationDate, Some(due.to_owned())),
    ]));
    tracked
}

fn exit(report: &RefreshReport, tracked: &[Tracked], days: Option<u16>) -> Exit {
    verdict(report, tracked, &CALENDAR, days).unwrap_or_else(|error| error.exit)
}

#[test]
fn what_is_due_wins_over_what_failed() {
    let fine = RefreshReport { requested: 2, succeeded: 2, ..RefreshReport::default() };
    let failed = RefreshReport { requested: 2, succeeded: 1, failed: 1, ..RefreshReport::default() };
    let stopped = RefreshReport { requested: 2, succeeded: 1, cancelled: 1, ..RefreshReport::default() };
    let tomorrow = [case("DISPUTE_INQUIRY", "2026-11-21")];
    assert_eq!(exit(&fine, &tomorrow, None), Exit::Done);
    assert_eq!(exit(&fine, &tomorrow, Some(0)), Exit::Done);
    assert_eq!(exit(&fine, &tomorrow, Some(1)), Exit::Due);
    assert_eq!(exit(&failed, &tomorrow, Some(1)), Exit::Due);
    assert_eq!(exit(&failed, &tomorrow, Some(0)), Exit::Refused);
    assert_eq!(exit(&stopped, &tomorrow, None), Exit::Refused);
}

#[test]
fn what_was_given_up_is_said_with_its_reason_and_its_remedy() {
    let report = RefreshReport {
        requested: 1000,
        failed: 16,
        cancelled: 984,
        gave_up: Some("32 calls in a row ended in TIMED_OUT, so docket stopped asking".into()),
        hint: Some("check the link"),
        ..RefreshReport::default()
    };
    let error = verdict(&report, &[], &CALENDAR, None).unwrap_err();
    assert_eq!(error.exit, Exit::Refused);
    assert_eq!(
        error.to_string(),
        "32 calls in a row ended in TIMED_OUT, so docket stopped asking; 984 of 1000 cases were not asked for \
         and keep their old data"
    );
    assert_eq!(error.hint, "check the link");
}

#[test]
fn overdue_and_unreadable_dates_count_and_answered_cases_do_not() {
    let fine = RefreshReport::default();
    for (status, due, expected) in [
        ("DISPUTE_INQUIRY", "2026-11-01", Exit::Due),
        ("DISPUTE_INQUIRY", "soon", Exit::Due),
        ("DISPUTE_RECEIVED", "2026-11-20", Exit::Done),
        ("CASE_CLOSED", "2026-11-01", Exit::Done),
    ] {
        assert_eq!(exit(&fine, &[case(status, due)], Some(0)), expected, "{status} {due}");
    }
}

#[test]
fn the_report_is_said_in_words_without_control_characters() {
    let id = CaseId::parse("O1").unwrap();
    let at = datetime!(2026-11-20 08:00 UTC);
    let change = Change {
        field: Field::Status,
        from: Some("DISPUTE_INQUIRY".into()),
        to: Some("\u{1b}[2J".into()),
        at,
    };
    let failure = Failure { code: "ORDER_NOT_EXIST".into(), message: "no\u{7} case".into(), at };
    let report = RefreshReport {
        requested: 2,
        succeeded: 1,
        first: 1,
        failed: 1,
        changed: vec![(id.clone(), change)],
        failures: vec![(id, failure)],
        skew: Some(Skew(303)),
        elapsed: Duration::from_millis(1290),
        ..RefreshReport::default()
    };
    assert_eq!(
        summary(&report),
        "1 of 2 cases refreshed in 1.2 s, 1 for the first time, 1 change\n  O1  Status: DISPUTE_INQUIRY -> ␛[2J\n"
    );
    assert_eq!(
        listed(&report),
        "O1: ORDER_NOT_EXIST: no␇ case\nwarning: this host's clock is 5 min 3 s ahead of the gateway; \
         PayerMax refuses calls two minutes off\n"
    );
}
