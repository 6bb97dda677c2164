//! Drafts: offered once, back where they were left, and gone once they were sent.

use super::replying::{accepted, sent, target, written};
use super::*;
use crate::app::action::{Action, Tab};
use crate::app::availability;
use crate::app::model::Availability;
use crate::app::overlay::Overlay;
use crate::domain::action::State;
use crate::domain::record::{ActionRecord, Draft, Kind};
use crate::domain::reply::Written;

#[test]
fn every_change_is_kept_as_a_draft_and_escape_loses_nothing() {
    let mut script = Script::with(six());
    script.keys("r").typed("half").keys("Esc");
    let saved: Vec<_> = script.done().into_iter().filter(|e| matches!(e, Effect::SaveDraft(_))).collect();
    assert_eq!(saved.len(), 4, "one for every key");
    assert!(script.notice().contains("kept as draft (Drafts 1)"));
    script.keys("r");
    let Overlay::Reply(form) = &script.model.overlay else { panic!("the form is open") };
    assert_eq!(form.content.value(), "half");
    script.keys("ctrl-u Esc");
    assert_eq!(script.done(), [Effect::DeleteDraft(vec![target("O1")])], "an emptied form leaves no draft");
}

#[test]
fn drafts_are_offered_at_the_start_and_have_their_view() {
    let mut script = Script::with(six());
    let written = Written { content: "from yesterday".into(), files: Vec::new() };
    script.event(Event::Drafts(vec![Draft { targets: vec![target("O3")], written, changed_at: NOW }]));
    assert!(script.notice().contains("1 draft kept"), "{}", script.notice());
    script.keys("6 Enter");
    let Overlay::Reply(form) = &script.model.overlay else { panic!("the form is open") };
    assert_eq!((form.content.value(), &form.targets[..]), ("from yesterday", &[target("O3")][..]));
}

#[test]
fn a_draft_that_was_sent_is_gone_before_the_drafts_are_read_and_never_offered_again() {
    let mut script = Script::with(six());
    script.event(Event::Drafts(Vec::new()));
    script.keys("r").typed("goods delivered").keys("Tab");
    script.event(Event::Paste("https://ev.example/1.PDF".into())).keys("ctrl-x");
    let kept = script.model.book.drafts().to_vec();
    assert_eq!(kept.len(), 1);
    script.keys("y");
    let reply = sent(&mut script).remove(0);
    let effects = crate::app::update(&mut script.model, Event::Replied(reply.target, accepted()), NOW);
    let place = |wanted: fn(&Effect) -> bool| effects.iter().position(wanted).unwrap();
    assert!(
        place(|effect| matches!(effect, Effect::DeleteDraft(_)))
            < place(|effect| matches!(effect, Effect::LoadRecords)),
        "{effects:?}"
    );
    // What another process wrote, or what was asked for before: it is shown, and no news.
    script.event(Event::Drafts(kept));
    assert!(!script.notice().contains("draft kept"), "{}", script.notice());
}

#[test]
fn a_draft_that_was_read_before_its_reply_was_taken_is_not_told_of() {
    let draft = Draft {
        targets: vec![target("O1")],
        written: Written { content: "delivered".into(), files: Vec::new() },
        changed_at: NOW,
    };
    let mut script = Script::with(six());
    written(&mut script).keys("ctrl-x y").event(Event::Replied(target("O1"), accepted()));
    script.event(Event::Drafts(vec![draft.clone()]));
    assert!(!script.notice().contains("kept"), "{}", script.notice());
    let mut script = Script::with(six());
    script.event(Event::Drafts(vec![draft]));
    assert!(script.notice().contains("1 draft kept, the newest for case O1"), "{}", script.notice());
}

fn draft(case: &str, content: &str, minutes_ago: i64) -> Draft {
    let files = vec!["https://ev.example/1.PDF".to_owned()];
    let written = Written { content: content.into(), files };
    Draft { targets: vec![target(case)], written, changed_at: NOW - time::Duration::minutes(minutes_ago) }
}

/// The desk on its drafts, the newest first: for O1, O2 and O3.
fn three() -> (Script, Vec<Draft>) {
    let mut script = Script::with(six());
    let drafts = vec![draft("O1", "one", 1), draft("O2", "two", 2), draft("O3", "three", 3)];
    script.event(Event::Drafts(drafts.clone())).keys("6");
    script.done();
    (script, drafts)
}

fn looked_at(script: &Script) -> String {
    let draft = crate::app::targets::draft(&script.model);
    draft.map(|draft| draft.written.content.clone()).unwrap_or_default()
}

#[test]
fn a_draft_is_discarded_and_comes_back_as_it_was() {
    let (mut script, drafts) = three();
    script.keys("j x");
    assert_eq!(script.notice(), "draft discarded, z brings it back: case O2");
    assert_eq!(script.done(), [Effect::DiscardDraft(drafts[1].clone())]);
    assert_eq!((script.model.book.drafts().len(), looked_at(&script)), (2, "three".into()));
    script.keys("k z");
    assert_eq!(script.notice(), "undone: draft for case O2 is back");
    assert_eq!(script.done(), [Effect::RestoreDraft(drafts[1].clone())]);
    assert_eq!(script.model.book.drafts(), drafts, "text, files, time and place");
    assert_eq!(looked_at(&script), "two", "the next key is about it");
    script.keys("Enter");
    let Overlay::Reply(form) = &script.model.overlay else { panic!("the form is open") };
    assert_eq!(form.content.value(), "two");
}

#[test]
fn what_is_read_after_a_draft_was_discarded_is_read_behind_it() {
    let (mut script, _) = three();
    for key in ["x", "z"] {
        script.effects.clear();
        script.keys(key);
        assert_eq!(script.effects.last(), Some(&Effect::LoadRecords), "{key}");
    }
}

#[test]
fn among_the_drafts_no_key_takes_a_marked_case_off_the_list() {
    let (mut script, _) = three();
    script.keys("1 V 6 x x x");
    assert_eq!((script.model.book.len(), script.model.book.marked()), (6, 4));
    assert!(script.model.book.drafts().is_empty());
    script.keys("x");
    assert_eq!(script.notice(), "there is no draft under the cursor");
    script.keys("z z z 1 x");
    assert_eq!((script.model.book.len(), script.model.book.drafts().len()), (2, 3));
}

#[test]
fn a_key_is_about_the_draft_that_was_looked_at_wherever_it_stands_now() {
    let (mut script, mut drafts) = three();
    script.keys("j");
    drafts.insert(0, draft("O4", "from another desk", 0));
    script.event(Event::Drafts(drafts));
    assert_eq!(looked_at(&script), "two");
    // The one that is written on becomes the newest.
    script.keys("j Enter").typed("!").keys("Esc");
    assert_eq!(looked_at(&script), "three!");
    script.keys("x");
    assert_eq!(script.notice(), "draft discarded, z brings it back: case O3");
}

#[test]
fn a_draft_whose_reply_may_be_on_its_way_stays() {
    for (state, stays) in [
        (State::Intended, true),
        (State::Sending, true),
        (State::Unknown, true),
        (State::Refused, false),
        (State::Accepted, false),
    ] {
        let (mut script, _) = three();
        script.event(Event::Journal(vec![reply("O1", state)]));
        script.keys("x");
        assert_eq!(script.done().is_empty(), stays, "{state}");
        if stays {
            let why =
                format!("a reply to case O1 is {state}, and its draft stays until that is settled; s asks");
            assert_eq!(script.notice(), why);
        }
        script.keys("G x");
        assert!(script.notice().contains("discarded, z brings it back: case O3"), "{}", script.notice());
    }
}

fn reply(case: &str, state: State) -> ActionRecord {
    let mut record = super::refunding::record("P1", 1, "1", state);
    (record.intent.kind, record.intent.case_id) = (Kind::Reply, Some(id(case)));
    record
}

#[test]
fn a_newer_draft_stays_and_the_discarded_one_is_not_forgotten() {
    let (mut script, drafts) = three();
    script.keys("1 n").typed("before").keys("Enter 6 x 1 r").typed("anew").keys("Esc");
    script.done();
    script.keys("z");
    assert_eq!(
        script.notice(),
        "not undone: a newer draft is there; once it is sent or emptied, z can bring the old one back: case O1"
    );
    assert_eq!(script.done(), []);
    assert_eq!(script.model.book.drafts()[0].written.content, "anew");
    // It keeps no older change from being taken back.
    assert!(matches!(script.keys("z").done()[..], [Effect::SaveLocal(_)]));
    script.keys("r ctrl-u Esc");
    script.done();
    assert_eq!(script.keys("z").done(), [Effect::RestoreDraft(drafts[0].clone())]);
}

#[test]
fn words_that_another_desk_has_written_are_not_thrown_away() {
    let (mut script, mut drafts) = three();
    script.keys("x");
    script.event(Event::DraftNotDiscarded(drafts[0].clone()));
    assert_eq!(
        script.notice(),
        "not discarded: the draft was written on elsewhere since you saw it: case O1"
    );
    drafts[0].written.content = "one, and more".into();
    script.event(Event::Drafts(drafts.clone()));
    assert_eq!(script.model.book.drafts(), drafts);
    script.keys("Esc z");
    assert_eq!(script.notice(), "there is no local change to undo", "nothing was discarded");
    // And when it comes back too late, theirs stays and ours is kept for later.
    script.keys("x z").event(Event::DraftNotRestored(drafts[0].clone()));
    assert!(script.notice().starts_with("not undone: a newer draft"), "{}", script.notice());
    script.event(Event::Drafts(drafts[1..].to_vec())).keys("Esc");
    script.done();
    assert_eq!(script.keys("z").done(), [Effect::RestoreDraft(drafts[0].clone())]);
}

#[test]
fn a_form_that_is_open_keeps_its_words_though_another_desk_discards_the_draft() {
    for key in ["!", "Esc"] {
        let (mut script, drafts) = three();
        script.keys("Enter");
        script.event(Event::Drafts(drafts[1..].to_vec())).keys(key);
        let [Effect::SaveDraft(saved)] = &script.done()[..] else { panic!("{key}: nobody keeps it") };
        assert!(saved.written.content.starts_with("one"), "{key}");
        assert_eq!(script.model.book.drafts().len(), 3);
    }
}

#[test]
fn the_key_says_what_it_does_among_the_drafts() {
    let (mut script, _) = three();
    let untrack = crate::app::action::binding(Action::Untrack).unwrap();
    assert_eq!(untrack.on(script.model.desk.tab).0, "discard");
    assert_eq!(untrack.on(Tab::Journal).0, "untrack");
    script.event(Event::Drafts(Vec::new()));
    let off = Availability::Off("there is no draft under the cursor".into());
    assert_eq!(availability::of(Action::Untrack, &script.model), off);
}
