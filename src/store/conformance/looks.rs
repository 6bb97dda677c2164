//! Rules of what was seen: answers, failures, history, and what the operator has looked at.

use time::Duration;

use super::{answer, case, failed, id, minute, new};
use crate::domain::case::{Case, Field};
use crate::domain::change::Change;
use crate::domain::change::HistoryEntry;
use crate::store::{Observed, Store};

pub(super) fn rules() -> [fn(&mut dyn Store); 10] {
    [
        the_first_answer_is_stored_as_received_and_changes_nothing,
        a_second_answer_tells_what_moved,
        a_failure_keeps_the_data_until_an_answer_succeeds,
        a_late_answer_changes_nothing,
        an_answer_after_the_clock_was_set_back_is_not_late,
        an_id_that_was_never_tracked_is_passed_over,
        a_case_taken_off_the_list_is_still_recorded,
        looking_is_undone_for_exactly_that_look,
        only_what_was_shown_is_seen,
        hundreds_of_answers_are_all_kept,
    ]
}

fn moved(field: Field, from: &str, to: &str, at: time::OffsetDateTime) -> Change {
    Change { field, from: Some(from.to_owned()), to: Some(to.to_owned()), at }
}

fn the_first_answer_is_stored_as_received_and_changes_nothing(store: &mut dyn Store) {
    store.track(&[new("O1"), new("O2")], minute(0)).unwrap();
    let mut odd = case("DISPUTE_INQUIRY", "5000.00");
    odd.set(Field::BatchId, None);
    odd.set(Field::Fee, Some(String::new()));
    odd.set(Field::OutUserId, Some("\u{1b}]0;x\u{7} สมชาย\u{0}".into()));
    let observed = store.record(&[answer("O1", minute(1), odd.clone())]).unwrap();
    assert_eq!(observed, [Observed { id: id("O1"), changes: Vec::new(), first: true }]);
    let tracked = store.find(&id("O1")).unwrap().unwrap();
    assert_eq!(tracked.case, Some(odd));
    assert_eq!((tracked.refreshed_at, tracked.changed_at), (Some(minute(1)), None));
    assert_eq!(store.find(&id("O2")).unwrap().unwrap().case, None);
    // A gateway that knows nothing but the key has still answered.
    store.record(&[answer("O2", minute(2), Case::default())]).unwrap();
    assert_eq!(store.find(&id("O2")).unwrap().unwrap().case, Some(Case::default()));
}

fn a_second_answer_tells_what_moved(store: &mut dyn Store) {
    store.track(&[new("O1")], minute(0)).unwrap();
    store.record(&[answer("O1", minute(1), case("DISPUTE_INQUIRY", "1.00"))]).unwrap();
    let at = minute(2) + Duration::nanoseconds(123_456_789);
    let observed = store.record(&[answer("O1", at, case("DISPUTE_RECEIVED", "2.00"))]).unwrap();
    let kept = minute(2) + Duration::milliseconds(123);
    let changes = vec![
        moved(Field::Status, "DISPUTE_INQUIRY", "DISPUTE_RECEIVED", kept),
        moved(Field::Amount, "1.00", "2.00", kept),
    ];
    assert_eq!(observed, [Observed { id: id("O1"), changes: changes.clone(), first: false }]);
    let tracked = store.find(&id("O1")).unwrap().unwrap();
    assert_eq!(tracked.unseen, changes);
    assert_eq!(store.tracked().unwrap().first(), Some(&tracked), "the list and the single case agree");
    assert_eq!((tracked.refreshed_at, tracked.changed_at), (Some(kept), Some(kept)));
    store.record(&[answer("O1", minute(3), case("DISPUTE_RECEIVED", "2.00"))]).unwrap();
    let again = store.find(&id("O1")).unwrap().unwrap();
    assert_eq!((again.refreshed_at, again.changed_at), (Some(minute(3)), Some(kept)));
    let history = store.history(&id("O1")).unwrap();
    let mut expected = vec![HistoryEntry::First { at: minute(1), status: "DISPUTE_INQUIRY".into() }];
    expected.extend(changes.into_iter().map(HistoryEntry::Changed));
    assert_eq!(history, expected);
}

fn a_failure_keeps_the_data_until_an_answer_succeeds(store: &mut dyn Store) {
    store.track(&[new("O1")], minute(0)).unwrap();
    store.record(&[failed("O1", minute(1), "TIMED_OUT")]).unwrap();
    let never = store.find(&id("O1")).unwrap().unwrap();
    assert_eq!((&never.case, never.refreshed_at), (&None, None));
    assert_eq!(never.failure.as_ref().unwrap().line(), "TIMED_OUT: no answer");
    store.record(&[answer("O1", minute(2), case("A", "1"))]).unwrap();
    assert_eq!(store.find(&id("O1")).unwrap().unwrap().failure, None);
    let observed = store.record(&[failed("O1", minute(3), "DROPPED")]).unwrap();
    assert_eq!(observed, [Observed { id: id("O1"), changes: Vec::new(), first: false }]);
    let kept = store.find(&id("O1")).unwrap().unwrap();
    assert_eq!(kept.case, Some(case("A", "1")));
    assert_eq!(kept.refreshed_at, Some(minute(2)), "the data is as old as it is");
    let failure = kept.failure.as_ref().unwrap();
    assert_eq!((failure.code.as_str(), failure.at), ("DROPPED", minute(3)));
}

fn a_late_answer_changes_nothing(store: &mut dyn Store) {
    store.track(&[new("O1")], minute(0)).unwrap();
    store.record(&[answer("O1", minute(5), case("B", "2"))]).unwrap();
    let before = store.find(&id("O1")).unwrap();
    let late = [answer("O1", minute(4), case("A", "1")), failed("O1", minute(4), "TIMED_OUT")];
    for observed in store.record(&late).unwrap() {
        assert_eq!(observed, Observed { id: id("O1"), changes: Vec::new(), first: false });
    }
    assert_eq!(store.find(&id("O1")).unwrap(), before);
    assert_eq!(store.history(&id("O1")).unwrap().len(), 1);
}

fn an_answer_after_the_clock_was_set_back_is_not_late(store: &mut dyn Store) {
    store.track(&[new("O1")], minute(0)).unwrap();
    store.record(&[answer("O1", minute(50), case("A", "1"))]).unwrap();
    let observed = store.record(&[answer("O1", minute(20), case("B", "1"))]).unwrap();
    assert_eq!(observed[0].changes.len(), 1);
    assert_eq!(store.find(&id("O1")).unwrap().unwrap().refreshed_at, Some(minute(20)));
}

fn an_id_that_was_never_tracked_is_passed_over(store: &mut dyn Store) {
    store.track(&[new("O2")], minute(0)).unwrap();
    let observed = store
        .record(&[answer("O1", minute(1), case("A", "1")), answer("O2", minute(1), case("A", "1"))])
        .unwrap();
    assert_eq!(observed.iter().map(|o| o.first).collect::<Vec<_>>(), [false, true]);
    assert_eq!(store.tracked().unwrap().len(), 1);
    assert_eq!(store.history(&id("O1")).unwrap(), []);
}

fn a_case_taken_off_the_list_is_still_recorded(store: &mut dyn Store) {
    store.track(&[new("O1")], minute(0)).unwrap();
    store.untrack(&[id("O1")], minute(1)).unwrap();
    assert!(store.record(&[answer("O1", minute(2), case("A", "1"))]).unwrap()[0].first);
    assert_eq!(store.tracked().unwrap(), []);
    assert_eq!(store.history(&id("O1")).unwrap().len(), 1);
}

fn looking_is_undone_for_exactly_that_look(store: &mut dyn Store) {
    store.track(&[new("O1"), new("O2")], minute(0)).unwrap();
    for (n, status) in [(1, "A"), (2, "B")] {
        let both = ["O1", "O2"].map(|id| answer(id, minute(n), case(status, "1")));
        store.record(&both).unwrap();
    }
    let unseen = |store: &dyn Store| {
        store.tracked().unwrap().iter().map(|tracked| tracked.unseen.len()).collect::<Vec<_>>()
    };
    assert_eq!(unseen(store), [1, 1]);
    store.mark_seen(&[(id("O1"), minute(2))], minute(3)).unwrap();
    assert_eq!(unseen(store), [0, 1]);
    store.mark_seen(&[(id("O1"), minute(2)), (id("O2"), minute(2))], minute(4)).unwrap();
    assert_eq!(unseen(store), [0, 0]);
    store.unmark_seen(minute(4)).unwrap();
    assert_eq!(unseen(store), [0, 1], "what an earlier look has seen stays seen");
    store.unmark_seen(minute(3)).unwrap();
    assert_eq!(unseen(store), [1, 1]);
    assert!(store.find(&id("O1")).unwrap().unwrap().changed_at.is_some());
}

fn only_what_was_shown_is_seen(store: &mut dyn Store) {
    store.track(&[new("O1")], minute(0)).unwrap();
    for (n, status) in [(1, "A"), (2, "B")] {
        store.record(&[answer("O1", minute(n), case(status, "1"))]).unwrap();
    }
    let shown = store.find(&id("O1")).unwrap().unwrap().unseen.clone();
    // Another process asks the gateway between the look and the key.
    store.record(&[answer("O1", minute(3), case("C", "1"))]).unwrap();
    store.mark_seen(&[(id("O1"), shown[0].at)], minute(4)).unwrap();
    let left = store.find(&id("O1")).unwrap().unwrap().unseen.clone();
    assert_eq!(*left, [moved(Field::Status, "B", "C", minute(3))]);
    store.unmark_seen(minute(4)).unwrap();
    assert_eq!(store.find(&id("O1")).unwrap().unwrap().unseen.len(), 2);
}

fn hundreds_of_answers_are_all_kept(store: &mut dyn Store) {
    let names: Vec<String> = (0..450).map(|n| format!("O{n}")).collect();
    let entries: Vec<_> = names.iter().map(|name| new(name)).collect();
    store.track(&entries, minute(0)).unwrap();
    for (n, status) in [(1, "A"), (2, "B")] {
        let answers: Vec<_> = names.iter().map(|name| answer(name, minute(n), case(status, "1"))).collect();
        assert_eq!(store.record(&answers).unwrap().len(), 450);
    }
    let tracked = store.tracked().unwrap();
    assert_eq!(tracked.len(), 450);
    assert!(tracked.iter().all(|one| one.unseen.len() == 1 && one.refreshed_at == Some(minute(2))));
}
