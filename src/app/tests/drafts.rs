//! Drafts: offered once, back where they were left, and gone once they were sent.

use super::replying::{accepted, sent, target, written};
use super::*;
use crate::app::overlay::Overlay;
use crate::domain::record::Draft;
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
