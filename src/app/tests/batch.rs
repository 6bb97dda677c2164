//! Cases of one batch: answered one by one or all at once, and turned from the one to the other without losing a word.

use super::replying::{accepted, sent, target};
use super::*;
use crate::app::action::Tab;
use crate::app::overlay::Overlay;
use crate::app::replying::{Answer, ReplyForm};
use crate::domain::action::State;
use crate::domain::record::Draft;
use crate::domain::reply::{Target, Written};
use crate::domain::view::View;

const BATCH: &str = "P20210702104937";

/// Six cases of which the first three are of one batch.
fn three_of_a_batch() -> Script {
    let mut cases = six();
    for tracked in cases.iter_mut().take(3) {
        tracked.case.as_mut().unwrap().set(Field::BatchId, Some(BATCH.into()));
    }
    Script::with(cases)
}

fn form(script: &Script) -> &ReplyForm {
    let Overlay::Reply(form) = &script.model.overlay else { panic!("the form is open") };
    form
}

fn batch() -> Target {
    Target::Batch(BATCH.into())
}

#[test]
fn marked_cases_of_a_batch_can_be_answered_at_once_and_back() {
    let mut script = three_of_a_batch();
    script.keys("Space j Space r").typed("one for all");
    assert_eq!(form(&script).instead, [batch()]);
    script.keys("ctrl-g");
    assert_eq!(form(&script).targets, [batch()]);
    assert_eq!(form(&script).content.value(), "one for all");
    assert!(script.notice().contains("(3 tracked)"), "{}", script.notice());
    let drafts = script.model.book.drafts();
    assert_eq!((drafts.len(), &drafts[0].targets[..]), (1, &[batch()][..]), "the words have gone along");
    let kept = script.done();
    let place = |wanted: fn(&Effect) -> bool| kept.iter().rposition(wanted).unwrap();
    assert!(
        place(|effect| matches!(effect, Effect::SaveDraft(_)))
            < place(|effect| matches!(effect, Effect::DeleteDraft(_))),
        "stored under the new name before the old one goes"
    );
    script.keys("ctrl-g");
    assert_eq!(form(&script).targets, [target("O1"), target("O3")]);
    assert_eq!((form(&script).content.value(), &form(&script).instead[..]), ("one for all", &[batch()][..]));
}

#[test]
fn a_draft_of_the_other_way_comes_back_and_this_one_stays() {
    let mut script = three_of_a_batch();
    let written = Written { content: "for the batch".into(), files: vec!["https://ev.example/b.ZIP".into()] };
    script.event(Event::Drafts(vec![Draft { targets: vec![batch()], written, changed_at: NOW }]));
    script.keys("Space j Space r");
    assert_eq!(
        (form(&script).content.value(), &form(&script).targets[..]),
        ("for the batch", &[batch()][..])
    );
    assert!(script.notice().contains("for the whole batch is back"), "{}", script.notice());
    script.keys("ctrl-g ctrl-u").typed("for these two").keys("ctrl-g");
    assert_eq!(form(&script).content.value(), "for these two", "the words have gone along and back");
    script.keys("Esc");
    assert_eq!(script.model.book.drafts().len(), 1);
    // Each way has a draft of its own now.
    let written = Written { content: "one by one".into(), files: Vec::new() };
    let both = vec![target("O1"), target("O3")];
    let draft = Draft { targets: both, written, changed_at: NOW };
    script.event(Event::Drafts(vec![draft, script.model.book.drafts()[0].clone()]));
    script.keys("r");
    assert_eq!(form(&script).content.value(), "one by one");
    assert_eq!(form(script.keys("ctrl-g")).content.value(), "for these two");
    assert!(script.notice().ends_with("is back, and the other one is kept"), "{}", script.notice());
    assert_eq!(script.model.book.drafts().len(), 2);
}

#[test]
fn a_batch_none_of_which_waits_cannot_be_sent_and_says_so() {
    let mut script = three_of_a_batch();
    script.keys("B").typed("one for all").keys("Tab");
    script.event(Event::Paste("https://ev.example/b.ZIP".into())).keys("Esc");
    let mut received = six();
    received.truncate(3);
    for tracked in &mut received {
        let case = tracked.case.as_mut().unwrap();
        case.set(Field::BatchId, Some(BATCH.into()));
        case.set(Field::Status, Some("DISPUTE_RECEIVED".into()));
    }
    script.event(Event::Rows(received)).keys("6 r ctrl-x");
    assert!(
        script.notice().ends_with("none of the 3 tracked cases of batch P20210702104937 waits for a reply"),
        "{}",
        script.notice()
    );
}

#[test]
fn marks_that_are_not_shown_are_not_answered_from_drafts_and_journal() {
    let mut script = Script::with(six());
    script.keys("r").typed("half").keys("Esc j Space j Space 6 r");
    assert_eq!((form(&script).content.value(), &form(&script).targets[..]), ("half", &[target("O1")][..]));
    script.keys("Esc t");
    assert!(script.notice().contains("no case under the cursor"), "{}", script.notice());
    script.done();
    assert_eq!(script.keys("R").done(), []);
    script.keys("7 r");
    assert!(script.notice().contains("no case under the cursor"), "{}", script.notice());
}

#[test]
fn after_a_draft_was_sent_the_first_case_that_waits_is_next_and_after_a_refusal_the_draft_stays() {
    for (state, tab, cursor) in
        [(State::Accepted, Tab::Cases(View::Due), Some("O1")), (State::Refused, Tab::Drafts, None)]
    {
        let mut script = Script::with(six());
        script.keys("G r").typed("delivered").keys("Tab");
        script.event(Event::Paste("https://ev.example/O4.PDF".into())).keys("Esc g 6 r ctrl-x y");
        script.event(Event::Replied(target("O4"), Answer { state, ..accepted() })).keys("Esc");
        assert_eq!(script.model.desk.tab, tab);
        let id = script.model.desk.cursor.id.as_ref().map(CaseId::as_str);
        assert_eq!(id, cursor, "{}", script.notice());
    }
}

#[test]
fn a_batch_is_sent_once_and_what_was_taken_is_not_marked_any_longer() {
    let mut script = three_of_a_batch();
    script.keys("Space j Space r").typed("one for all").keys("ctrl-g Tab");
    script.event(Event::Paste("https://ev.example/b.ZIP".into())).keys("ctrl-x 2 Enter");
    assert!(sent(&mut script).is_empty(), "two are marked, and three are tracked");
    script.keys("Backspace 3 Enter");
    let replies = sent(&mut script);
    assert_eq!(replies.iter().map(|reply| &reply.target).collect::<Vec<_>>(), [&batch()]);
    let answer =
        Answer { success_case_ids: vec!["O1".into()], fail_case_ids: vec!["O3".into()], ..accepted() };
    script.event(Event::Replied(batch(), answer));
    let marked: Vec<_> = script.model.book.marks().map(|tracked| tracked.id.as_str()).collect();
    assert_eq!(marked, ["O3"]);
}

#[test]
fn only_what_is_of_one_batch_is_offered_as_one() {
    let mut script = three_of_a_batch();
    script.keys("r");
    assert!(form(&script).instead.is_empty(), "one case");
    script.keys("ctrl-g Esc V r");
    assert!(form(&script).instead.is_empty(), "O4 is of no batch");
    let mut stranger = script.model.book.get(&id("O3")).unwrap().clone();
    stranger.case.as_mut().unwrap().set(Field::OutUserId, Some("10043".into()));
    script.event(Event::Rows(vec![stranger])).keys("Esc u g Space j Space r");
    assert_eq!(form(&script).targets, [target("O1"), target("O3")]);
    assert!(form(&script).instead.is_empty(), "a reply to a batch names one user");
    script.keys("Esc V B");
    assert!(script.notice().contains("the marked cases are not all of one batch"), "{}", script.notice());
}

#[test]
fn the_batch_of_the_marked_ones_is_answered_and_not_that_of_the_cursor() {
    let mut script = three_of_a_batch();
    script.keys("Space j Space G");
    assert_eq!(script.cursor(), "O4");
    script.keys("B");
    assert_eq!((&form(&script).targets[..], form(&script).instead.len()), (&[batch()][..], 3));
}
