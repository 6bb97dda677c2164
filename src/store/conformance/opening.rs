//! Rules of what is known before the list is read: it says what the list itself would say, whatever happened to it.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use time::Date;
use time::macros::date;

use super::{answer, case, failed, id, minute, new};
use crate::domain::case::{Case, Field};
use crate::domain::deadline::Calendar;
use crate::domain::filter::DueSpan;
use crate::domain::order::SortBy;
use crate::domain::snooze::Snooze;
use crate::domain::tally::Tally;
use crate::domain::tracked::{self, LocalChange, Tracked};
use crate::domain::view::View;
use crate::store::{Opening, Store};

pub(super) fn rules() -> [fn(&mut dyn Store); 3] {
    [
        an_opening_says_what_the_list_says_after_anything,
        the_first_rows_are_the_most_urgent_ones,
        a_span_of_due_dates_is_read_alone,
    ]
}

/// Something that happens to one of five cases, or to all of them.
fn happen(store: &mut dyn Store, n: u8, what: u8, at: i64) {
    let name = format!("O{n}");
    let one = id(&name);
    let odd = |status: &str, due: &str, amount: &str| {
        let mut case = case(status, amount);
        case.set(Field::ExpirationDate, Some(due.to_owned()));
        case.set(Field::Currency, Some(if n.is_multiple_of(2) { "USD" } else { "" }.to_owned()));
        case
    };
    match what {
        0 => _ = store.track(&[new(&name), new(&name), new("O0")], minute(at)).unwrap(),
        1 => _ = store.untrack(&[one.clone(), one], minute(at)).unwrap(),
        2 => _ = store.record(&[failed(&name, minute(at), "TIMED_OUT")]).unwrap(),
        3 => store.mark_seen(&[(one.clone(), minute(at)), (one, minute(at))], minute(at)).unwrap(),
        4 => store.unmark_seen(minute(at - 1)).unwrap(),
        5 => {
            let change = LocalChange::WontContest((at % 2 == 0).then(String::new));
            _ = store.set_local(&[(one, change)], minute(at));
        }
        10..13 => {
            let due = format!("2026-11-2{}", at % 6);
            store.track(&[new(&name), new("O0")], minute(at)).unwrap();
            store.record(&[answer(&name, minute(at), odd("DISPUTE_INQUIRY", &due, "100.25"))]).unwrap();
            // Some of them know the case as it stands, some as it stood, and some wake it.
            let changed_at = store.find(&one).unwrap().and_then(|tracked| tracked.changed_at);
            let known = if at % 4 == 0 { None } else { changed_at };
            let until = TODAY + time::Duration::days(at % 5 - 1);
            let snooze = (at % 7 > 0).then_some(Snooze { until, known });
            let all = [(one, LocalChange::Snooze(snooze)), (id("O0"), LocalChange::Snooze(snooze))];
            store.set_local(&all, minute(at)).unwrap();
        }
        6 => {
            _ = store.record(&[answer(&name, minute(at), odd("CASE_CLOSED", "2026-11-20", "7.50"))]).unwrap();
        }
        7 => {
            let answers = [
                answer(&name, minute(at), odd("DISPUTE_INQUIRY", "2026-11-21", "0.000001")),
                answer(&name, minute(at), odd(" dispute_inquiry ", "soon", "-12")),
            ];
            store.record(&answers).unwrap();
        }
        8 => _ = store.record(&[answer(&name, minute(at), odd("DISPUTE_END", "", "n/a"))]).unwrap(),
        9 => _ = store.record(&[answer(&name, minute(at), Case::default())]).unwrap(),
        _ => {
            let due = format!("2026-11-2{}", at % 4);
            store.record(&[answer(&name, minute(at), odd("DISPUTE_INQUIRY", &due, "100.25"))]).unwrap();
        }
    }
}

const TODAY: Date = date!(2026 - 11 - 20);

fn on(today: Date) -> Calendar {
    Calendar { today, soon_days: 2, due_zone: time::UtcOffset::UTC }
}

/// What an opening must say of a list on a day.
fn of(list: &[Tracked], today: Date) -> Opening {
    let calendar = on(today);
    let mut due: Vec<Tracked> =
        list.iter().filter(|tracked| View::Due.holds(tracked, &calendar)).cloned().collect();
    due.sort_by(|a, b| SortBy::Due.compare(a, b));
    Opening { tally: Tally::of(list), as_of: tracked::as_of(list), due }
}

fn an_opening_says_what_the_list_says_after_anything(store: &mut dyn Store) {
    assert_eq!(store.opening(9, TODAY).unwrap(), Opening::default());
    let script = prop::collection::vec((0u8..5, 0u8..19), 60);
    let mut runner = TestRunner::deterministic();
    let (mut at, mut slept) = (0, 0);
    for _ in 0..6 {
        for (n, what) in script.new_tree(&mut runner).unwrap().current() {
            at += 1;
            happen(store, n, what, at);
            let list = store.tracked().unwrap();
            for day in 0..4 {
                let today = TODAY + time::Duration::days(day);
                let opening = store.opening(9, today).unwrap();
                slept += usize::from(opening.tally.asleep(&on(today)) > 0);
                assert_eq!(opening, of(&list, today), "after {what} of O{n} at {at}, on {today}");
            }
        }
    }
    assert!(slept > 50, "a case slept in only {slept} openings");
}

fn the_first_rows_are_the_most_urgent_ones(store: &mut dyn Store) {
    for (n, due) in ["2026-11-22", "2026-11-20", "soon", "2026-11-21", "2026-11-20"].into_iter().enumerate() {
        let name = format!("O{n}");
        store.track(&[new(&name)], minute(0)).unwrap();
        let mut asked = case("DISPUTE_INQUIRY", "5.00");
        asked.set(Field::ExpirationDate, Some(due.to_owned()));
        store.record(&[answer(&name, minute(1), asked)]).unwrap();
    }
    let mut moved = case("DISPUTE_INQUIRY", "6.00");
    moved.set(Field::ExpirationDate, Some("2026-11-20".to_owned()));
    store.record(&[answer("O4", minute(2), moved)]).unwrap();
    let opening = store.opening(3, TODAY).unwrap();
    assert_eq!(opening.due.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(), ["O2", "O4", "O1"]);
    assert_eq!(opening.due.get(1), store.find(&id("O4")).unwrap().as_ref(), "with its unseen changes");
    assert_eq!(opening.tally.on_list(), 5, "the counts are those of the whole list");
    assert_eq!(store.opening(0, TODAY).unwrap().due, []);
}

fn a_span_of_due_dates_is_read_alone(store: &mut dyn Store) {
    for (name, due) in [("O1", "2026-11-19"), ("O2", "2026-11-20"), ("O3", "2026-11-21"), ("O4", "soon")] {
        store.track(&[new(name)], minute(0)).unwrap();
        let mut asked = case("DISPUTE_INQUIRY", "5.00");
        asked.set(Field::ExpirationDate, Some(due.to_owned()));
        store.record(&[answer(name, minute(1), asked)]).unwrap();
    }
    let (first, last) = (date!(2026 - 11 - 20), date!(2026 - 11 - 20));
    for (span, expected) in [
        (DueSpan::ALL, vec!["O4", "O1", "O2", "O3"]),
        (DueSpan { undated: false, ..DueSpan::ALL }, vec!["O1", "O2", "O3"]),
        (DueSpan { undated: true, from: Some(first), until: Some(last) }, vec!["O4", "O2"]),
        (DueSpan { undated: false, from: Some(first), until: None }, vec!["O2", "O3"]),
        (DueSpan { undated: false, from: None, until: Some(last) }, vec!["O1", "O2"]),
        (DueSpan { undated: false, from: Some(date!(2026 - 11 - 21)), until: Some(last) }, vec![]),
    ] {
        let found = store.due(&span).unwrap();
        assert_eq!(found.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(), expected, "{span:?}");
    }
}
