//! Rules of the list itself: who is on it, and the operator's words.

use time::macros::date;

use super::{answer, case, id, minute, new};
use crate::domain::case::Field;
use crate::domain::change::HistoryEntry;
use crate::domain::snooze::Snooze;
use crate::domain::tracked::{Local, LocalChange};
use crate::store::{Added, NewCase, Store, StoreError};

pub(super) fn rules() -> [fn(&mut dyn Store); 10] {
    [
        a_list_keeps_the_order_in_which_it_was_made,
        an_entry_sets_what_it_gives_and_leaves_the_rest,
        what_was_taken_off_comes_back_with_notes_and_history,
        an_order_keeps_the_cases_that_were_taken_off,
        words_are_kept_exactly,
        a_word_leaves_the_others_as_they_are,
        words_on_an_unknown_case_are_refused,
        words_on_many_cases_are_one_write,
        desk_state_is_remembered_and_moves_no_version,
        every_write_to_the_list_moves_the_version,
    ]
}

fn a_list_keeps_the_order_in_which_it_was_made(store: &mut dyn Store) {
    assert_eq!(store.tracked().unwrap(), []);
    let added = store.track(&[new("O2"), new("O1"), new("O2")], minute(0)).unwrap();
    assert_eq!(added, [Added::New, Added::New, Added::Known]);
    let ids: Vec<_> = store.tracked().unwrap().into_iter().map(|tracked| tracked.id).collect();
    assert_eq!(ids, [id("O2"), id("O1")]);
    assert_eq!(store.find(&id("O3")).unwrap(), None);
    assert_eq!(store.track(&[], minute(1)).unwrap(), []);
}

fn an_entry_sets_what_it_gives_and_leaves_the_rest(store: &mut dyn Store) {
    let full = NewCase {
        note: Some("called the customer".into()),
        tags: Some(vec!["vip".into(), "fraud".into()]),
        owner: Some("mei".into()),
        reason_code: Some("10.4".into()),
        reason_message: Some("Fraud\u{1b}[2J".into()),
        card_scheme: Some("VISA".into()),
        ..new("O1")
    };
    store.track(&[full], minute(0)).unwrap();
    store.track(&[NewCase { owner: Some("anan".into()), ..new("O1") }], minute(1)).unwrap();
    let tracked = store.find(&id("O1")).unwrap().unwrap();
    assert_eq!(tracked.local.note, "called the customer");
    assert_eq!(tracked.local.tags, ["vip", "fraud"]);
    assert_eq!(tracked.local.owner, "anan");
    assert_eq!(tracked.reason_code.as_deref(), Some("10.4"));
    assert_eq!(tracked.reason_message.as_deref(), Some("Fraud\u{1b}[2J"), "foreign text is stored raw");
    assert_eq!(tracked.card_scheme.as_deref(), Some("VISA"));
    assert_eq!(store.tracked().unwrap(), [tracked]);
    let moved = NewCase { card_scheme: Some("JCB".into()), ..new("O1") };
    store.track(&[moved], minute(1)).unwrap();
    let tracked = store.find(&id("O1")).unwrap().unwrap();
    assert_eq!((tracked.card_scheme.as_deref(), tracked.reason_code.as_deref()), (Some("JCB"), Some("10.4")));
    store.track(&[NewCase { tags: Some(Vec::new()), ..new("O1") }], minute(2)).unwrap();
    assert!(store.find(&id("O1")).unwrap().unwrap().local.tags.is_empty(), "an empty list is a value");
}

fn an_order_keeps_the_cases_that_were_taken_off(store: &mut dyn Store) {
    let of_order = |order: &str| {
        let mut case = case("DISPUTE_INQUIRY", "1.00");
        case.set(Field::OutTradeNo, Some(order.into()));
        case
    };
    store.track(&[new("O1"), new("O2"), new("O3"), new("O4")], minute(0)).unwrap();
    let looks =
        [("O1", "P1"), ("O2", "P2"), ("O3", "P1")].map(|(id, order)| answer(id, minute(1), of_order(order)));
    store.record(&looks).unwrap();
    store.untrack(&[id("O3")], minute(2)).unwrap();
    let known: Vec<_> = store.cases_of_order("P1").unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(known, [id("O1"), id("O3")]);
    assert_eq!(store.cases_of_order("P").unwrap(), []);
}

fn what_was_taken_off_comes_back_with_notes_and_history(store: &mut dyn Store) {
    store.track(&[NewCase { note: Some("mine".into()), ..new("O1") }, new("O2")], minute(0)).unwrap();
    store.record(&[answer("O1", minute(1), case("DISPUTE_INQUIRY", "1.00"))]).unwrap();
    assert_eq!(store.untrack(&[id("O1"), id("O9")], minute(2)).unwrap(), [id("O1")]);
    assert_eq!(store.untrack(&[id("O1")], minute(3)).unwrap(), []);
    assert_eq!(store.find(&id("O1")).unwrap(), None);
    assert_eq!(store.tracked().unwrap().len(), 1);
    let first = HistoryEntry::First { at: minute(1), status: "DISPUTE_INQUIRY".into() };
    assert_eq!(store.history(&id("O1")).unwrap(), std::slice::from_ref(&first));
    assert_eq!(store.track(&[new("O1")], minute(4)).unwrap(), [Added::Restored]);
    let back = store.find(&id("O1")).unwrap().unwrap();
    assert_eq!((back.local.note.as_str(), back.refreshed_at), ("mine", Some(minute(1))));
    assert_eq!(back.case.unwrap().text(Field::Amount), "1.00");
    assert_eq!(store.history(&id("O1")).unwrap(), [first]);
}

fn words_are_kept_exactly(store: &mut dyn Store) {
    store.track(&[new("O1")], minute(0)).unwrap();
    let local = Local {
        note: "line one\nline two '; DROP TABLE cases; -- \u{0}\u{202e}".into(),
        tags: vec!["a \"quoted\" tag".into(), "陈, สมชาย".into()],
        owner: "mei".into(),
        wont_contest: Some(String::new()),
        snooze: Some(Snooze { until: date!(2026 - 11 - 25), known: Some(minute(7)) }),
    };
    write(store, &local);
    assert_eq!(store.find(&id("O1")).unwrap().unwrap().local, local);
    write(store, &Local::default());
    assert_eq!(store.find(&id("O1")).unwrap().unwrap().local, Local::default());
}

/// Writes every word, one by one.
fn write(store: &mut dyn Store, local: &Local) {
    for change in [
        LocalChange::Note(local.note.clone()),
        LocalChange::Tags(local.tags.clone()),
        LocalChange::Owner(local.owner.clone()),
        LocalChange::WontContest(local.wont_contest.clone()),
        LocalChange::Snooze(local.snooze),
    ] {
        store.set_local(&[(id("O1"), change)], minute(1)).unwrap();
    }
}

fn a_word_leaves_the_others_as_they_are(store: &mut dyn Store) {
    store.track(&[new("O1"), new("O2")], minute(0)).unwrap();
    let mut expected = Local {
        note: "n".into(),
        tags: vec!["t".into()],
        owner: "o".into(),
        wont_contest: Some("w".into()),
        snooze: Some(Snooze { until: date!(2026 - 11 - 25), known: None }),
    };
    write(store, &expected);
    for change in [
        LocalChange::Owner("mei".into()),
        LocalChange::Note("later".into()),
        LocalChange::WontContest(None),
        LocalChange::Snooze(Some(Snooze { until: date!(9999 - 12 - 31), known: Some(minute(1)) })),
        LocalChange::Tags(vec!["vip".into(), "a b".into()]),
        LocalChange::Snooze(None),
    ] {
        store.set_local(&[(id("O1"), change.clone())], minute(2)).unwrap();
        expected.apply(change);
        assert_eq!(store.find(&id("O1")).unwrap().unwrap().local, expected);
    }
    assert_eq!(store.find(&id("O2")).unwrap().unwrap().local, Local::default());
}

fn words_on_an_unknown_case_are_refused(store: &mut dyn Store) {
    let refused = store.set_local(&[(id("O1"), LocalChange::Note("x".into()))], minute(0)).unwrap_err();
    assert!(matches!(&refused, StoreError::NotTracked { id: named } if *named == id("O1")), "{refused:?}");
    assert_eq!(refused.to_string(), "O1 is not on the list");
}

fn words_on_many_cases_are_one_write(store: &mut dyn Store) {
    store.track(&[new("O1"), new("O2"), new("O3")], minute(0)).unwrap();
    let note = |name: &str, text: &str| (id(name), LocalChange::Note(text.into()));
    let before = store.version().unwrap();
    let tags = LocalChange::Tags(vec!["vip".into()]);
    let changes = [note("O1", "a"), note("O2", "b"), note("O1", "c"), (id("O2"), tags)];
    store.set_local(&changes, minute(1)).unwrap();
    assert_eq!(store.version().unwrap(), before + 1);
    let notes =
        |store: &dyn Store| store.tracked().unwrap().iter().map(|t| t.local.note.clone()).collect::<Vec<_>>();
    assert_eq!(notes(store), ["c", "b", ""], "the last word on a case is the one that stands");
    assert_eq!(store.find(&id("O2")).unwrap().unwrap().local.tags, ["vip"]);
    let refused =
        store.set_local(&[note("O3", "d"), note("O9", "e"), note("O1", "f")], minute(2)).unwrap_err();
    assert_eq!(refused.to_string(), "O9 is not on the list");
    assert_eq!(notes(store), ["c", "b", ""], "none of them was written");
    store.untrack(&[id("O2")], minute(3)).unwrap();
    store.set_local(&[note("O2", "g")], minute(4)).unwrap();
    store.set_local(&[], minute(5)).unwrap();
}

fn desk_state_is_remembered_and_moves_no_version(store: &mut dyn Store) {
    let before = store.version().unwrap();
    assert_eq!(store.recall("view").unwrap(), None);
    store.remember("view", "due").unwrap();
    store.remember("view", "all").unwrap();
    store.remember("sort", "id").unwrap();
    assert_eq!(store.recall("view").unwrap().as_deref(), Some("all"));
    assert_eq!(store.version().unwrap(), before);
}

fn every_write_to_the_list_moves_the_version(store: &mut dyn Store) {
    let mut last = store.version().unwrap();
    assert_eq!(store.written(), 0, "nothing was written yet");
    let writes: [fn(&mut dyn Store); 6] = [
        |store| drop(store.track(&[new("O1")], minute(0)).unwrap()),
        |store| drop(store.record(&[answer("O1", minute(1), case("A", "1"))]).unwrap()),
        |store| store.set_local(&[(id("O1"), LocalChange::Note("x".into()))], minute(2)).unwrap(),
        |store| store.mark_seen(&[(id("O1"), minute(3))], minute(3)).unwrap(),
        |store| store.unmark_seen(minute(3)).unwrap(),
        |store| drop(store.untrack(&[id("O1")], minute(4)).unwrap()),
    ];
    for write in writes {
        write(store);
        let now = store.version().unwrap();
        assert_eq!((now, store.written()), (last + 1, now), "one write is one step, and its own");
        last = now;
    }
    assert_eq!(store.version().unwrap(), last, "reading moves nothing");
}
