//! Refreshing from the desk: what is asked, how it is stopped, what is said, what late answers do.

use super::*;
use crate::app::event::Report;
use crate::domain::tracked::Failure;

fn ids(texts: &[&str]) -> Vec<CaseId> {
    texts.iter().map(|text| id(text)).collect()
}

#[test]
fn refresh_asks_for_what_is_shown_marked_or_open() {
    let mut script = Script::with(six());
    assert_eq!(script.keys("R").done(), [Effect::Refresh { ticket: 1, ids: ids(&["O1", "O3", "O2", "O4"]) }]);
    script.event(Event::RefreshEnded { ticket: 1, report: Report::default() });
    assert_eq!(script.keys("j Space R").done(), [Effect::Refresh { ticket: 2, ids: ids(&["O3"]) }]);
    script.event(Event::RefreshEnded { ticket: 2, report: Report::default() });
    let Some(Effect::Refresh { ids: open, .. }) = script.keys("ctrl-r").done().pop() else {
        panic!("it refreshes")
    };
    assert_eq!(open.len(), 6, "the closed case is young enough to be asked for");
}

#[test]
fn only_one_refresh_runs_and_escape_stops_it() {
    let mut script = Script::with(six());
    script.keys("R R");
    assert_eq!(script.done().len(), 1);
    assert!(script.notice().contains("Esc stops it"));
    assert_eq!(script.keys("Esc").done(), [Effect::CancelRefresh]);
    assert_eq!(script.keys("Esc").done(), [], "told once");
    script.event(Event::Progress { ticket: 1, done: 2, failed: 1 });
    let failure = Failure { code: "TIMED_OUT".into(), message: "no answer in time".into(), at: NOW };
    let failures = vec![(id("O2"), failure)];
    let report = Report { requested: 4, succeeded: 1, first: 1, failures, ..Report::default() };
    script.event(Event::RefreshEnded { ticket: 1, report });
    assert_eq!(
        script.notice(),
        "1 of 4 refreshed · 0 changed, 1 failed, 1 seen for the first time · 3 cases kept as before (TIMED_OUT, 2 not reached); e shows why"
    );
}

#[test]
fn late_progress_changes_nothing() {
    let mut script = Script::with(six());
    script.keys("R");
    script.event(Event::RefreshEnded { ticket: 1, report: Report::default() });
    script.keys("R");
    script.event(Event::Progress { ticket: 1, done: 99, failed: 99 });
    script.event(Event::RefreshEnded { ticket: 1, report: Report::default() });
    let run = script.model.refreshing.run.unwrap();
    assert_eq!((run.ticket, run.done), (2, 0));
}

#[test]
fn the_cursor_stays_on_its_case_while_rows_change_around_it() {
    let mut script = Script::with(six());
    script.keys("j j");
    assert_eq!(script.cursor(), "O2");
    let mut moved = six()[0].clone();
    moved.case.as_mut().unwrap().set(Field::Status, Some("DISPUTE_RECEIVED".into()));
    script.event(Event::Rows(vec![moved]));
    assert_eq!(script.cursor(), "O2");
    assert_eq!(script.shown(), ["O3", "O2", "O4"]);
}

#[test]
fn when_the_case_leaves_the_view_the_cursor_goes_to_its_neighbour() {
    let mut script = Script::with(six());
    script.keys("j");
    let mut answered = six()[2].clone();
    answered.case.as_mut().unwrap().set(Field::Status, Some("DISPUTE_RECEIVED".into()));
    script.event(Event::Rows(vec![answered]));
    assert_eq!(script.cursor(), "O2");
}

#[test]
fn failures_and_a_wrong_clock_are_said_and_stay_until_dismissed() {
    let mut script = Script::with(six());
    script.keys("R");
    let failure = Failure { code: "TIMED_OUT".into(), message: "no answer in time".into(), at: NOW };
    let report = Report {
        requested: 4,
        succeeded: 3,
        failures: vec![(id("O1"), failure)],
        clock: Some("this host's clock is 5 min 3 s ahead of the gateway".into()),
        ..Report::default()
    };
    script.event(Event::RefreshEnded { ticket: 1, report });
    script.keys("j");
    for part in ["1 failed", "TIMED_OUT", "e shows why", "5 min 3 s ahead"] {
        assert!(script.notice().contains(part), "{part}: {}", script.notice());
    }
    script.keys("Esc");
    assert_eq!(script.notice(), "");
    script.keys("e");
    assert!(matches!(script.model.overlay, crate::app::overlay::Overlay::Report { .. }));
}

#[test]
fn a_desk_left_open_refreshes_by_itself_when_told_to() {
    let mut session = session();
    session.every_minutes = 60;
    let mut script = Script::of(session, six());
    assert_eq!(script.event(Event::Tick).done(), []);
    script.now += time::Duration::minutes(31);
    assert!(matches!(script.event(Event::Tick).done()[..], [Effect::Refresh { ticket: 1, .. }]));
}

#[test]
fn a_gateway_that_fails_is_not_asked_again_every_minute() {
    let mut session = session();
    session.every_minutes = 30;
    let mut script = Script::of(session, six());
    let mut asked = Vec::new();
    for minute in 0..=61 {
        script.now = NOW + time::Duration::minutes(minute);
        script.event(Event::Tick);
        for effect in script.done() {
            if let Effect::Refresh { ticket, .. } = effect {
                asked.push(minute);
                script.event(Event::RefreshEnded { ticket, report: Report::default() });
            }
        }
    }
    assert_eq!(asked, [0, 30, 60]);
}

#[test]
fn one_fresh_case_does_not_make_the_list_look_fresh() {
    let mut cases = six();
    cases[1].refreshed_at = Some(NOW);
    let script = Script::with(cases);
    assert_eq!(script.model.desk.summary.as_of, Some(NOW - time::Duration::minutes(30)));
}

#[test]
fn each_move_of_a_case_that_is_here_is_counted_once() {
    let mut script = Script::with(six());
    assert_eq!(script.model.book.moves(), 0, "what was read at the start is no news");
    let mut moved = six()[4].clone();
    script
        .event(Event::Rows(vec![moved.clone(), case("O9", "DISPUTE_INQUIRY", "2026-11-20", "1.00", "USD")]));
    assert_eq!(script.model.book.moves(), 0, "nothing that was not there before");
    let mut changes = moved.unseen.to_vec();
    changes.push(Change { at: NOW + time::Duration::minutes(1), ..changes[0].clone() });
    moved.unseen = changes.into();
    script.event(Event::Rows(vec![moved.clone()])).event(Event::Rows(vec![moved]));
    assert_eq!(script.model.book.moves(), 1, "it was among the changed ones before, and has moved again");
    script.event(Event::Loaded(six()));
    assert_eq!(script.model.book.moves(), 1);
    let mut other = six();
    other[0].unseen =
        vec![Change { at: NOW + time::Duration::hours(1), ..other[4].unseen[0].clone() }].into();
    script.event(Event::Loaded(other));
    assert_eq!(script.model.book.moves(), 2, "a list that is read anew counts once");
}
