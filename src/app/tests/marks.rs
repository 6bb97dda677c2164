//! Marks and taking them back: what a slip costs, and what remembering it costs.

use super::replying::accepted;
use super::*;
use crate::app::undo::Undo;
use crate::domain::reply::Target;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn marked(script: &Script) -> Vec<String> {
    let mut ids: Vec<String> = script.model.book.marks().map(|tracked| tracked.id.to_string()).collect();
    ids.sort();
    ids
}

#[test]
fn a_slip_on_the_key_that_takes_all_marks_away_costs_nothing() {
    let mut script = Script::with(six());
    script.keys("Space j Space j Space u");
    assert_eq!(
        (script.notice().as_str(), marked(&script).len()),
        ("3 marks taken away; z brings them back", 0)
    );
    script.keys("z");
    assert_eq!(script.notice(), "undone: 3 marks back");
    assert_eq!(
        (marked(&script), script.model.desk.marks_shown),
        (vec!["O1".into(), "O2".into(), "O3".into()], 3)
    );
    assert_eq!(script.done(), [], "marks are no words: nothing is stored");
}

#[test]
fn every_mark_is_a_step_of_its_own() {
    let mut script = Script::with(six());
    script.keys("Space j Space Space j Space");
    assert_eq!(marked(&script), ["O1", "O2"]);
    for (notice, left) in [
        ("undone: mark of O2 taken away", vec!["O1"]),
        ("undone: mark of O3 back", vec!["O1", "O3"]),
        ("undone: mark of O3 taken away", vec!["O1"]),
        ("undone: mark of O1 taken away", vec![]),
        ("there is no local change to undo", vec![]),
    ] {
        script.keys("z");
        assert_eq!(
            (script.notice(), marked(&script)),
            (notice.to_owned(), left.into_iter().map(String::from).collect())
        );
    }
}

#[test]
fn all_that_was_marked_at_once_goes_at_once_and_what_was_marked_before_stays() {
    let mut script = Script::with(six());
    script.keys("j Space V z");
    assert_eq!(
        (script.notice(), marked(&script)),
        ("undone: 3 marks taken away".into(), vec!["O3".to_owned()])
    );
    script.keys("V V z");
    assert_eq!(marked(&script), ["O3"], "a key that has changed nothing is no step");
}

#[test]
fn no_mark_comes_back_to_a_case_that_has_left_the_list() {
    let mut script = Script::with(six());
    script.keys("V u g x z").event(Event::Rows(six()[..1].to_vec()));
    script.keys("z");
    assert_eq!(marked(&script), ["O2", "O3", "O4"], "it was off the list meanwhile");
    assert_eq!(script.notice(), "undone: 3 marks back");
    let mut script = Script::with(six());
    script.keys("Space u").event(Event::Moved { rows: Vec::new(), gone: vec![id("O1")] });
    script.keys("z");
    assert_eq!(script.notice(), "there is no local change to undo");
}

#[test]
fn marks_are_found_again_in_a_list_that_was_read_anew() {
    let mut script = Script::with(six());
    script.keys("Space j Space u");
    let mut anew: Vec<Tracked> = six().into_iter().skip(1).rev().collect();
    anew.insert(0, case("O0", "DISPUTE_INQUIRY", "2026-11-18", "1.00", "USD"));
    script.event(Event::Loaded(anew)).keys("z");
    assert_eq!((marked(&script), script.notice()), (vec!["O3".to_owned()], "undone: mark of O3 back".into()));
}

#[test]
fn a_mark_that_ended_with_the_reply_does_not_come_back() {
    let mut script = Script::with(six());
    script.keys("Space j Space u");
    script.event(Event::Replied(Target::Case(id("O1")), accepted()));
    script.keys("z");
    assert!(
        script.notice().starts_with("the reply to case O1 was sent and cannot be undone"),
        "{}",
        script.notice()
    );
    script.keys("z");
    assert_eq!((marked(&script), script.notice()), (vec!["O3".to_owned()], "undone: mark of O3 back".into()));
    // The mark of O1 itself was a step, and is none any more.
    script.keys("z z");
    assert_eq!((marked(&script).len(), script.notice().as_str()), (0, "there is no local change to undo"));
}

#[test]
fn what_a_batch_has_answered_is_not_marked_again_and_what_it_left_out_is() {
    let mut script = Script::with(six());
    script.keys("Space j Space u");
    let answer = crate::app::replying::Answer { success_case_ids: vec!["O1".into()], ..accepted() };
    script.event(Event::Replied(Target::Batch("B1".into()), answer));
    script.keys("z z");
    assert_eq!((marked(&script), script.notice()), (vec!["O3".to_owned()], "undone: mark of O3 back".into()));
}

#[test]
fn what_was_sent_is_told_of_where_it_stands_among_the_marks() {
    let mut script = Script::with(six());
    script.keys("n").typed("x").keys("Enter");
    script.event(Event::Replied(Target::Case(id("O1")), accepted()));
    script.keys("G Space z");
    assert_eq!(script.notice(), "undone: mark of O4 taken away");
    script.done();
    script.keys("z");
    assert!(script.notice().contains("was sent and cannot be undone; z again"), "{}", script.notice());
    assert_eq!(script.done(), []);
    assert!(matches!(script.keys("z").done()[..], [Effect::SaveLocal(_)]));
}

#[test]
fn marks_push_no_word_out_of_what_is_remembered() {
    let mut script = Script::with(six());
    script.keys("n").typed("x").keys("Enter");
    for _ in 0..70 {
        script.keys("Space");
    }
    script.done();
    let mut saved = Vec::new();
    for _ in 0..60 {
        saved.extend(script.keys("z").done());
    }
    assert!(matches!(saved[..], [Effect::SaveLocal(_)]), "{saved:?}");
}

#[test]
fn remembering_marks_of_a_long_list_takes_a_bit_for_a_case() {
    let count = 20_000;
    let cases = (0..count).map(|n| case(&format!("O{n}"), "DISPUTE_INQUIRY", "2026-11-20", "1.00", "USD"));
    let mut script = Script::with(cases.collect());
    for _ in 0..30 {
        script.keys("V u");
    }
    assert!(matches!(script.model.undo.newest(), Some(Undo::Marks { marked: false, .. })));
    let bytes = script.model.undo.bytes_of_marks();
    assert!(bytes <= 50 * (count / 8 + 8), "{bytes} bytes");
    script.keys("z");
    assert_eq!((script.model.book.marked(), script.notice()), (count, format!("undone: {count} marks back")));
}

#[derive(Clone, Debug)]
enum Happening {
    Keys(&'static str),
    Loaded(Vec<u8>),
    Gone(u8),
    Rows(u8),
}

fn any_happening() -> impl Strategy<Value = Happening> {
    let keys =
        prop::sample::select(vec!["Space", "Space", "V", "u", "j", "k", "1", "3", "5", "/ o 1 Enter", "Esc"]);
    let some = prop::collection::vec(1u8..7, 0..6).prop_shuffle();
    prop_oneof![
        6 => keys.prop_map(Happening::Keys),
        4 => Just(Happening::Keys("z")),
        1 => some.prop_map(Happening::Loaded),
        1 => (1u8..7).prop_map(Happening::Gone),
        1 => (1u8..7).prop_map(Happening::Rows),
    ]
}

fn numbered(number: u8) -> Tracked {
    six().swap_remove(usize::from(number) - 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// Held against sets of ids, a whole one for every step.
    #[test]
    fn undo_goes_back_through_the_marks_as_they_were(happenings in prop::collection::vec(any_happening(), 1..60)) {
        let mut script = Script::with(six());
        let ids = |script: &Script| marked(script).into_iter().collect::<BTreeSet<_>>();
        // What each step has changed, of cases that have been on the list ever since.
        let mut steps: Vec<(bool, BTreeSet<String>)> = Vec::new();
        for happening in happenings {
            let before = ids(&script);
            match happening {
                Happening::Keys("z") => {
                    script.keys("z");
                    let done = |marks: &BTreeSet<String>, on: bool, set: &BTreeSet<String>| -> BTreeSet<String> {
                        if on { marks - set } else { marks | set }
                    };
                    let mut expected = before.clone();
                    while let Some((on, set)) = steps.pop() {
                        expected = done(&before, on, &set);
                        if expected != before { break; }
                    }
                    prop_assert_eq!(ids(&script), expected);
                }
                Happening::Keys(keys) => {
                    script.keys(keys);
                    let after = ids(&script);
                    let (on, off) = (&after - &before, &before - &after);
                    prop_assert!(on.is_empty() || off.is_empty());
                    if after != before { steps.push((off.is_empty(), &on | &off)); }
                }
                Happening::Loaded(numbers) => {
                    let all: BTreeSet<u8> = numbers.iter().copied().collect();
                    let mut once = numbers.clone();
                    once.retain({ let mut left = all.clone(); move |n| left.remove(n) });
                    script.event(Event::Loaded(once.into_iter().map(numbered).collect()));
                }
                Happening::Gone(number) => {
                    script.event(Event::Moved { rows: Vec::new(), gone: vec![numbered(number).id] });
                }
                Happening::Rows(number) => _ = script.event(Event::Rows(vec![numbered(number)])),
            }
            let on_list: BTreeSet<String> = script.model.book.iter().map(|t| t.id.to_string()).collect();
            for (_, set) in &mut steps { *set = &*set & &on_list; }
            steps.retain(|(_, set)| !set.is_empty());
            super::scale::check_by_looking_at_everything(&script);
        }
    }
}
