//! The figures, from lists made for the purpose.

use time::macros::{date, datetime, offset};

use super::*;
use crate::domain::change::Change;
use crate::domain::record::{ActionId, Finding, Intent};

const CALENDAR: Calendar = Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: offset!(+8) };

fn case(id: &str, fields: &[(Field, &str)]) -> Tracked {
    let mut tracked = Tracked::new(CaseId::parse(id).unwrap());
    tracked.case = Some(Case::from_fields(fields.iter().map(|(field, text)| (*field, Some((*text).into())))));
    tracked
}

fn due(id: &str, day: &str, amount: &str, currency: &str) -> Tracked {
    case(
        id,
        &[
            (Field::Status, "DISPUTE_INQUIRY"),
            (Field::ExpirationDate, day),
            (Field::Amount, amount),
            (Field::Currency, currency),
        ],
    )
}

fn closed(id: &str, result: &str, amount: &str) -> Tracked {
    let fields = [
        (Field::Status, "CASE_CLOSED"),
        (Field::CaseResult, result),
        (Field::Amount, amount),
        (Field::Currency, "IDR"),
    ];
    case(id, &fields)
}

fn record(id: &str, kind: Kind, state: State, sent_at: OffsetDateTime) -> ActionRecord {
    let (case_id, batch_id) = match kind {
        Kind::ReplyBatch => (None, Some(id.to_owned())),
        _ => (Some(CaseId::parse(id).unwrap()), None),
    };
    let intent = Intent {
        id: ActionId("A-1".into()),
        kind,
        case_id,
        batch_id,
        order: None,
        out_refund_no: None,
        amount: None,
        currency: None,
        data: Vec::new(),
        operator: "ana".into(),
    };
    ActionRecord {
        intent,
        state,
        finding: Finding::default(),
        created_at: sent_at,
        sent_at: Some(sent_at),
        answered_at: None,
        settled_at: None,
    }
}

#[test]
fn a_list_is_counted_and_currencies_stay_apart() {
    let mut given_up = due("O6", "2026-11-20", "1", "USD");
    given_up.local.wont_contest = Some("too small".into());
    let cases = [
        due("O1", "2026-11-19", "10.10", "USD"),
        due("O2", "2026-11-20", "5000.00", "IDR"),
        due("O3", "nobody can read this", "5", "USD"),
        due("O4", "2026-11-22", "x", "USD"),
        due("O5", "2026-12-22", "1", "IDR"),
        given_up,
        closed("O7", "WIN", "7"),
        closed("O8", "FAI", "3"),
        closed("O9", "fail", "4"),
        closed("O10", "", "9"),
        Tracked::new(CaseId::parse("O11").unwrap()),
    ];
    let stats = Stats::of(&cases, &CALENDAR);
    assert_eq!((stats.on_list, stats.open), (11, 7));
    assert_eq!((stats.due, stats.overdue, stats.today, stats.soon, stats.later), (5, 1, 2, 1, 1));
    assert_eq!((stats.won, stats.lost, stats.decided()), (1, 2, 3));
    let sums = |sums: &Sums| sums.iter().map(|(c, sum)| format!("{c} {sum}")).collect::<Vec<_>>();
    assert_eq!(sums(&stats.at_risk), ["IDR 5001.00", "USD 16.10"]);
    assert_eq!(
        (sums(&stats.won_amount), sums(&stats.lost_amount)),
        (vec!["IDR 7".into()], vec!["IDR 7".into()])
    );
    assert_eq!(Stats::of(&[], &CALENDAR), Stats::default());
}

#[test]
fn a_case_that_came_back_is_no_longer_decided() {
    let mut back = due("O1", "2026-11-20", "1", "IDR");
    if let Some(case) = &mut back.case {
        case.set(Field::CaseResult, Some("WIN".into()));
    }
    assert_eq!(Stats::of(&[back], &CALENDAR).decided(), 0);
}

#[test]
fn the_span_begins_when_the_case_first_asks() {
    let at = |hour| datetime!(2026-11-20 00:00 UTC) + Duration::hours(hour);
    let first = |status: &str| HistoryEntry::First { at: at(0), status: status.into() };
    let moved = |field, to: &str, hour| {
        HistoryEntry::Changed(Change { field, from: None, to: Some(to.into()), at: at(hour) })
    };
    assert_eq!(first_asked(&[first("DISPUTE_INQUIRY")]), Some(at(0)));
    let history = [
        first("DISPUTE_RECEIVED"),
        moved(Field::OutTradeNo, "DISPUTE_INQUIRY", 1),
        moved(Field::Status, "DISPUTE_INQUIRY", 2),
        moved(Field::Status, "DISPUTE_INQUIRY", 3),
    ];
    assert_eq!(first_asked(&history), Some(at(2)));
    assert_eq!(first_asked(&history[..2]), None);
    assert_eq!(first_asked(&[]), None);
}

#[test]
fn the_span_ends_with_the_first_reply_that_was_taken() {
    let at = |hour| datetime!(2026-11-20 00:00 UTC) + Duration::hours(hour);
    let one = case("O1", &[(Field::BatchId, "P1")]);
    let lone = case("O2", &[]);
    let mut batch = record("P1", Kind::ReplyBatch, State::Settled, at(2));
    let journal = [
        record("O1", Kind::Reply, State::Refused, at(0)),
        record("O1", Kind::Refund, State::Settled, at(1)),
        record("O1", Kind::Reply, State::Accepted, at(3)),
        record("O1", Kind::Reply, State::Settled, at(4)),
    ];
    assert_eq!(first_answered(&one, &journal), Some(at(3)));
    assert_eq!(first_answered(&lone, &journal), None);
    assert_eq!(first_answered(&one, &[batch.clone()]), Some(at(2)));
    assert_eq!(first_answered(&lone, &[batch.clone()]), None, "no batch is no batch in common");
    batch.finding.fail_case_ids = vec!["O1".into()];
    batch.finding.success_case_ids = vec!["O2".into()];
    assert_eq!(first_answered(&one, &[batch.clone()]), None);
    assert_eq!(first_answered(&lone, &[batch]), Some(at(2)));
}

#[test]
fn the_middle_is_the_middle() {
    let hours = |all: &[i64]| all.iter().map(|hours| Duration::hours(*hours)).collect::<Vec<_>>();
    assert_eq!(median(Vec::new()), None);
    assert_eq!(median(hours(&[9])), Some(Duration::hours(9)));
    assert_eq!(median(hours(&[90, 1, 5])), Some(Duration::hours(5)));
    assert_eq!(median(hours(&[90, 1, 5, 7])), Some(Duration::hours(6)));
}

#[test]
fn days_have_one_decimal() {
    for (hours, text) in [(0, "0.0"), (36, "1.5"), (24 * 100, "100.0"), (1, "0.0"), (2, "0.1"), (-5, "0.0")] {
        assert_eq!(days(Duration::hours(hours)), text, "{hours}");
    }
}

#[test]
fn what_a_dead_process_left_is_in_doubt_after_ten_minutes() {
    let now = datetime!(2026-11-20 08:00 UTC);
    let doubt = |state, minutes| {
        is_in_doubt(&record("O1", Kind::Reply, state, now - Duration::minutes(minutes)), now)
    };
    assert!(doubt(State::Unknown, 0));
    assert!(!doubt(State::Sending, 9) && doubt(State::Sending, 11));
    assert!(doubt(State::Intended, 11));
    assert!(!doubt(State::Accepted, 11) && !doubt(State::Refused, 11));
}
