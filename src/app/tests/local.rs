//! Adding, untracking, notes, tags, decisions, seen marks, and undo.

use super::*;
use crate::app::overlay::Overlay;

#[test]
fn pasted_ids_are_tracked_and_fetched_and_the_bad_ones_named() {
    let mut script = Script::with(six());
    script.keys("a");
    script.event(Event::Paste(format!("O7\nO1\n{}\nO8", "x".repeat(65))));
    script.keys("Enter");
    let new = vec![id("O7"), id("O8")];
    assert_eq!(script.done(), [Effect::Track(new.clone()), Effect::Refresh { ticket: 1, ids: new }]);
    assert_eq!(script.notice(), "2 new, 1 known, 1 bad (line 3)");
}

#[test]
fn a_text_without_any_id_is_not_taken_and_not_lost() {
    let mut script = Script::with(six());
    script.keys("a").typed("not an id").keys("Enter");
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("the prompt stays open") };
    assert_eq!(prompt.field.value(), "not an id");
    assert!(prompt.problem.as_deref().unwrap().contains("a space"));
    assert_eq!(script.done(), []);
}

#[test]
fn untrack_takes_the_marked_ones_and_undo_brings_them_back() {
    let mut script = Script::with(six());
    script.keys("Space j Space x");
    assert_eq!(script.shown(), ["O2", "O4"]);
    let ids = vec![id("O1"), id("O3")];
    assert_eq!(script.keys("z").done(), [Effect::Untrack(ids.clone()), Effect::Track(ids)]);
    script.event(Event::Rows(six()[..3].to_vec()));
    assert_eq!(script.shown(), ["O1", "O3", "O2", "O4"]);
}

#[test]
fn a_note_is_stored_and_undone() {
    let mut script = Script::with(six());
    script.keys("n").typed("issuer called").keys("Enter");
    let saved = script.done();
    assert!(
        matches!(&saved[..], [Effect::SaveLocal(case, local)] if *case == id("O1") && local.note == "issuer called")
    );
    let undone = script.keys("z").done();
    assert!(matches!(&undone[..], [Effect::SaveLocal(_, local)] if local.note.is_empty()));
}

#[test]
fn escape_does_not_lose_a_note() {
    let mut script = Script::with(six());
    script.keys("n").typed("half a thought").keys("Esc");
    assert!(matches!(&script.done()[..], [Effect::SaveLocal(_, local)] if local.note == "half a thought"));
    assert!(script.notice().contains("kept what you typed"));
    script.keys("n Esc");
    assert_eq!(script.done(), [], "nothing typed, nothing stored");
}

#[test]
fn the_editor_gives_its_text_to_the_note() {
    let mut script = Script::with(six());
    script.keys("n").typed("a").keys("ctrl-e");
    assert_eq!(script.done(), [Effect::Edit("a".into())]);
    script.event(Event::Edited(Ok("two\nlines\n".into()))).keys("Enter");
    assert!(
        script.done().iter().any(|e| matches!(e, Effect::SaveLocal(_, local) if local.note == "two\nlines"))
    );
}

#[test]
fn tags_and_owner_go_to_every_marked_case() {
    let mut script = Script::with(six());
    script.keys("V t").typed("vip, urgent vip").keys("Enter");
    assert_eq!(script.done().len(), 4);
    assert_eq!(script.model.book.get(&id("O4")).unwrap().local.tags, ["vip", "urgent"]);
    script.keys(":").typed("owner").keys("Enter").typed("@me").keys("Enter");
    assert_eq!(script.model.book.get(&id("O2")).unwrap().local.owner, "ana");
}

#[test]
fn a_case_left_uncontested_leaves_due_with_a_reason_and_can_come_back() {
    let mut script = Script::with(six());
    script.keys("w Enter");
    assert!(matches!(script.model.overlay, Overlay::Prompt(_)), "a reason is needed");
    script.typed("valid claim").keys("Enter");
    assert_eq!(script.shown(), ["O3", "O2", "O4"]);
    assert_eq!(script.keys("5 g").shown().len(), 6, "it stays in All");
    script.keys("/").typed("tag:wont-contest").keys("Enter");
    assert_eq!(script.cursor(), "O1");
    script.keys("w Esc 1");
    assert_eq!(script.shown().len(), 4);
}

#[test]
fn only_a_case_that_needs_a_reply_can_be_left_uncontested() {
    let mut script = Script::with(six());
    script.keys("3 w");
    assert!(matches!(script.model.overlay, Overlay::None));
    assert!(script.notice().contains("DISPUTE_INQUIRY"));
}

#[test]
fn changes_are_seen_when_the_operator_says_so() {
    let mut script = Script::with(six());
    assert_eq!(script.keys("2").shown(), ["O5"]);
    script.keys("m");
    assert!(script.shown().is_empty());
    assert_eq!(script.done(), [Effect::MarkSeen(vec![id("O5")], NOW)]);
    assert_eq!(script.keys("z").done(), [Effect::UnmarkSeen(NOW), Effect::Reload]);
    script.keys("1 m");
    assert!(script.notice().contains("nothing here has changed"));
}

#[test]
fn copies_are_harmless_text() {
    let mut cases = six();
    cases[0].case.as_mut().unwrap().set(Field::OutUserId, Some("a\u{1b}]52;c;x\u{7}\tb".into()));
    let mut script = Script::with(cases);
    let effects = script.keys("y Y").done();
    assert_eq!(effects[0], Effect::Copy("O1".into()));
    let Effect::Copy(row) = &effects[1] else { panic!("a row is copied") };
    assert!(row.starts_with("O1\t2026-11-18\t5000.00\tIDR\t") && !row.contains('\u{1b}'), "{row:?}");
}

#[test]
fn the_decision_is_no_tag_to_be_typed() {
    let mut script = Script::with(six());
    script.keys("t").typed("vip wont-contest").keys("Enter");
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("the prompt stays open") };
    assert_eq!(prompt.problem.as_deref(), Some("wont-contest has a reason; w asks for it"));
    assert_eq!(script.done(), []);
}

#[test]
fn an_owner_keeps_the_sign_in_a_name_and_me_must_be_known() {
    let mut script = Script::with(six());
    script.keys(":").typed("owner").keys("Enter").typed("@ana@corp.com").keys("Enter");
    assert!(matches!(&script.done()[..], [Effect::SaveLocal(_, local)] if local.owner == "ana@corp.com"));
    let nobody = Session { operator: String::new(), ..session() };
    let mut script = Script::of(nobody, six());
    script.keys(":").typed("owner").keys("Enter").typed("@me").keys("Enter");
    assert_eq!(script.done(), []);
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("the prompt stays open") };
    assert!(prompt.problem.as_deref().is_some_and(|problem| problem.contains("who you are")));
}
