//! Adding, untracking, notes, tags, decisions, seen marks, and undo.

use super::*;
use crate::app::overlay::Overlay;
use crate::domain::tracked::LocalChange;

fn note(case: &str, text: &str) -> Effect {
    Effect::SaveLocal(vec![(id(case), LocalChange::Note(text.into()))])
}

/// On how many cases words are written.
fn saved(script: &mut Script) -> usize {
    let count = |effect: &Effect| if let Effect::SaveLocal(saved) = effect { saved.len() } else { 0 };
    script.done().iter().map(count).sum()
}

/// What another desk has made of the six cases, read by this one.
fn elsewhere(script: &mut Script, change: impl FnOnce(&mut Vec<Tracked>)) {
    let mut cases = script.model.book.iter().cloned().collect();
    change(&mut cases);
    script.event(Event::Loaded(cases));
}

fn problem(script: &Script) -> String {
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("the prompt is closed") };
    prompt.problem.clone().unwrap_or_default()
}

#[test]
fn what_was_typed_into_a_prompt_goes_on_in_the_next_one_for_the_same() {
    let mut script = Script::with(six());
    script.keys("t").typed("urgent ca").keys("Esc");
    assert!(script.notice().contains("goes on with what you typed"), "{}", script.notice());
    script.keys("j t").typed("x").keys("Backspace Esc");
    assert!(!script.notice().contains("goes on"), "nothing is left of it");
    script.keys("k t").typed("ll").keys("Enter");
    assert_eq!(script.model.book.get(&id("O1")).unwrap().local.tags, ["urgent", "call"]);
    script.keys("t");
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("the prompt is open") };
    assert_eq!(prompt.field.value(), "urgent call", "once");
}

#[test]
fn undo_names_the_case_and_goes_back_to_it() {
    let mut script = Script::with(six());
    script.keys("t").typed("urgent").keys("Enter j j");
    assert_ne!(script.cursor(), "O1");
    script.keys("z");
    assert_eq!((script.notice(), script.cursor()), ("undone: tags of O1 as before".into(), "O1".into()));
}

#[test]
fn pasted_ids_are_tracked_and_fetched_and_the_bad_ones_named() {
    let mut script = Script::with(six());
    script.keys("a");
    script.event(Event::Paste(format!("O7\nO1\n{}\nO8", "x".repeat(65))));
    script.keys("Enter");
    let new = vec![id("O7"), id("O8")];
    assert_eq!(script.done(), [Effect::Track(new.clone()), Effect::Refresh { ticket: 1, ids: new }]);
    let notice = script.notice();
    assert!(notice.starts_with("2 new, 1 known, 1 bad (line 3: the id has 65 characters"), "{notice}");
    script.event(Event::RefreshEnded { ticket: 1, report: crate::app::event::Report::default() });
    assert_eq!(script.notice(), notice, "a refresh that went well does not wipe it away");
    script.keys("a");
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("the prompt is open") };
    assert_eq!(prompt.field.value(), "x".repeat(65), "the bad line is not lost");
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
fn escape_keeps_pasted_ids_for_the_next_time() {
    let mut script = Script::with(six());
    script.keys("a").event(Event::Paste("O7\nO8".into())).keys("Esc");
    assert_eq!(script.done(), []);
    assert!(script.notice().contains("a goes on with what you typed"), "{}", script.notice());
    script.keys("a").typed("\nO9").keys("Enter");
    assert_eq!(script.done()[0], Effect::Track(vec![id("O7"), id("O8"), id("O9")]));
    script.keys("a");
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("it opens") };
    assert_eq!(prompt.field.value(), "", "what was added is done");
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
fn a_case_taken_off_the_list_does_not_come_back_with_a_late_answer() {
    let mut script = Script::with(six());
    script.keys("x");
    // Stored by a refresh before the store heard of it.
    script.event(Event::Rows(six()[..2].to_vec()));
    assert_eq!(script.shown(), ["O3", "O2", "O4"]);
    script.event(Event::Loaded(six()[1..].to_vec()));
    // Put on the list again: here, or by another process.
    script.keys("a").typed("O1").keys("Enter");
    script.event(Event::Rows(six()[..1].to_vec()));
    assert_eq!(script.shown().len(), 4);
    script.keys("x").event(Event::Loaded(six()));
    assert_eq!(script.shown().len(), 4, "the whole list is the truth");
}

#[test]
fn a_note_is_stored_and_undone() {
    let mut script = Script::with(six());
    script.keys("n").typed("issuer called").keys("Enter");
    assert_eq!(script.done(), [note("O1", "issuer called")]);
    assert_eq!(script.keys("z").done(), [note("O1", "")]);
}

#[test]
fn undo_takes_back_its_own_word_and_no_other() {
    let mut script = Script::with(six());
    script.keys("t").typed("mine").keys("Enter");
    elsewhere(&mut script, |cases| cases[0].local.note = "a colleague's page-long note".into());
    script.done();
    let back = Effect::SaveLocal(vec![(id("O1"), LocalChange::Tags(Vec::new()))]);
    assert_eq!(script.keys("z").done(), [back]);
    assert_eq!(script.model.book.get(&id("O1")).unwrap().local.note, "a colleague's page-long note");
}

#[test]
fn undo_leaves_what_somebody_has_written_since() {
    let mut script = Script::with(six());
    script.keys("Space j Space t").typed("mine").keys("Enter");
    elsewhere(&mut script, |cases| cases[0].local.tags = vec!["theirs".into()]);
    script.done();
    let back = |case| Effect::SaveLocal(vec![(id(case), LocalChange::Tags(Vec::new()))]);
    assert_eq!(script.keys("z").done(), [back("O3")]);
    assert!(script.notice().contains("1 case changed since"), "{}", script.notice());
    script.keys("u g n").typed("mine").keys("Enter");
    elsewhere(&mut script, |cases| cases[0].local.note = "theirs".into());
    script.done();
    assert_eq!(script.keys("z").done(), []);
    assert!(script.notice().starts_with("not undone"), "{}", script.notice());
}

#[test]
fn a_note_left_as_it_was_writes_nothing() {
    for key in ["Esc", "Enter"] {
        let mut script = Script::with(six());
        script.keys("n");
        elsewhere(&mut script, |cases| cases[0].local.note = "theirs".into());
        script.keys(key);
        assert_eq!(script.done(), [], "{key}");
        assert_eq!(script.model.book.get(&id("O1")).unwrap().local.note, "theirs");
    }
}

#[test]
fn a_note_that_was_changed_meanwhile_is_written_over_only_knowingly() {
    let mut script = Script::with(six());
    script.keys("n").typed("mine");
    elsewhere(&mut script, |cases| cases[0].local.note = "theirs".into());
    script.keys("Enter");
    assert_eq!(script.done(), []);
    assert!(problem(&script).contains("changed meanwhile") && problem(&script).ends_with("theirs"));
    // It moves once more before the second Enter: that is not known yet.
    elsewhere(&mut script, |cases| cases[0].local.note = "theirs too".into());
    script.keys("Enter");
    assert_eq!(script.done(), []);
    assert!(problem(&script).ends_with("theirs too"));
    script.typed("!").keys("Enter");
    assert_eq!(script.done(), [note("O1", "mine!")]);
    assert_eq!(script.keys("z").done(), [note("O1", "theirs too")], "and their words come back");
}

#[test]
fn escape_from_a_note_changed_meanwhile_asks_and_then_drops() {
    let mut script = Script::with(six());
    script.keys("n").typed("mine");
    elsewhere(&mut script, |cases| cases[0].local.note = "theirs".into());
    script.keys("Esc");
    assert!(problem(&script).contains("Esc drops yours"));
    script.typed("!").keys("Esc");
    assert!(problem(&script).contains("Esc drops yours"), "typing on is no answer");
    script.keys("Esc");
    assert_eq!(script.done(), []);
    assert!(matches!(script.model.overlay, Overlay::None) && script.notice().contains("dropped"));
}

#[test]
fn words_for_a_case_that_left_the_list_are_not_lost() {
    for (keys, enter) in [("n", "Enter"), ("n", "Esc"), ("t", "Enter"), ("w", "Enter")] {
        let mut script = Script::with(six());
        script.keys(keys).typed("long thought");
        elsewhere(&mut script, |cases| drop(cases.remove(0)));
        script.keys(enter);
        assert_eq!(script.done(), []);
        assert!(
            problem(&script).contains("not on the list any more"),
            "{keys} {enter}: {}",
            problem(&script)
        );
        // Back again, it takes them.
        script.event(Event::Loaded(six())).keys("Enter");
        assert_eq!(script.done().len(), 1, "{keys} {enter}");
    }
    let mut script = Script::with(six());
    script.keys("V t").typed("vip");
    elsewhere(&mut script, |cases| drop(cases.remove(0)));
    script.keys("Enter");
    assert!(problem(&script).contains("1 case left the list"));
    assert_eq!(saved(script.keys("Enter")), 3);
}

#[test]
fn an_empty_answer_for_several_cases_is_no_answer() {
    let mut script = Script::with(six());
    script.keys("V t").typed("vip").keys("Enter t Enter");
    assert_eq!(saved(&mut script), 4, "the tags just given");
    assert!(script.notice().contains("nothing typed"));
    assert_eq!(saved(script.keys("t Space Enter")), 4, "a blank is one: no tags");
}

#[test]
fn escape_does_not_lose_a_note() {
    let mut script = Script::with(six());
    script.keys("n").typed("half a thought").keys("Esc");
    assert_eq!(script.done(), [note("O1", "half a thought")]);
    assert!(script.notice().contains("kept what you typed"));
    script.keys("n Esc");
    assert_eq!(script.done(), [], "nothing typed, nothing stored");
}

#[test]
fn a_note_half_written_survives_the_loss_of_the_terminal() {
    let mut script = Script::with(six());
    script.keys("n").typed("half").event(Event::Interrupted);
    assert_eq!(script.done(), [note("O1", "half"), Effect::Quit]);
}

#[test]
fn escape_never_empties_a_note() {
    let mut cases = six();
    cases[0].local.note = "keep me".into();
    let mut script = Script::with(cases);
    script.keys("n ctrl-u Esc");
    assert_eq!(script.done(), []);
    assert_eq!(script.keys("n ctrl-u Enter").done(), [note("O1", "")]);
}

#[test]
fn the_editor_gives_its_text_to_the_note() {
    let mut script = Script::with(six());
    script.keys("n").typed("a").keys("ctrl-e");
    assert_eq!(script.done(), [Effect::Edit("a".into())]);
    script.event(Event::Edited(Ok("two\nlines\n".into()))).keys("Enter");
    assert_eq!(script.done(), [Effect::Redraw, note("O1", "two\nlines")]);
}

#[test]
fn a_text_from_the_editor_without_a_prompt_is_not_dropped_silently() {
    let mut script = Script::with(six());
    script.event(Event::Edited(Ok("a page".into())));
    assert!(script.notice().contains("was not taken"), "{}", script.notice());
}

#[test]
fn tags_and_owner_go_to_every_marked_case() {
    let mut script = Script::with(six());
    script.keys("V t").typed("vip, urgent vip").keys("Enter");
    let [Effect::SaveLocal(all)] = &script.done()[..] else { panic!("they are written at once") };
    assert_eq!(all.len(), 4);
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
    let mut cases = six();
    let moved = NOW - time::Duration::minutes(5);
    cases[4].unseen[0].at = moved;
    let mut script = Script::with(cases);
    assert_eq!(script.keys("2").shown(), ["O5"]);
    script.keys("m");
    assert!(script.shown().is_empty());
    assert_eq!(script.done(), [Effect::MarkSeen(vec![(id("O5"), moved)], NOW)]);
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
    assert!(
        matches!(&script.done()[..], [Effect::SaveLocal(saved)] if saved[0].1 == LocalChange::Owner("ana@corp.com".into()))
    );
    let nobody = Session { operator: String::new(), ..session() };
    let mut script = Script::of(nobody, six());
    script.keys(":").typed("owner").keys("Enter").typed("@me").keys("Enter");
    assert_eq!(script.done(), []);
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("the prompt stays open") };
    assert!(prompt.problem.as_deref().is_some_and(|problem| problem.contains("who you are")));
}
