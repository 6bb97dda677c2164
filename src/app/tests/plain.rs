//! What was copied can always be had: by the terminal's clipboard, or by hand.

use super::*;
use crate::app::overlay::Overlay;

fn shown(script: &Script) -> Option<String> {
    match &script.model.overlay {
        Overlay::Plain { text, .. } => Some(text.clone()),
        _ => None,
    }
}

/// Carries copies out as the terminal's side does.
fn copies(script: &mut Script) {
    for effect in script.done() {
        if let Effect::Copy(text) = effect {
            script.event(Event::Copied(text));
        }
    }
}

#[test]
fn the_same_copy_once_more_shows_it_plain() {
    for (key, part) in [("y", "O1"), ("Y", "O1\t2026-11-18")] {
        let mut script = Script::with(six());
        script.keys(key);
        copies(&mut script);
        assert!(script.notice().contains("sent to your terminal; once more shows it plain"));
        assert_eq!(shown(&script), None);
        script.keys(key);
        assert_eq!(script.done(), [], "it is not sent again");
        assert!(shown(&script).unwrap().starts_with(part), "{key}");
        assert!(script.model.leaves_mouse_alone());
        script.keys("Esc");
        assert_eq!(shown(&script), None);
        assert!(!script.model.leaves_mouse_alone());
    }
}

#[test]
fn a_copy_after_something_else_is_a_new_one() {
    let mut script = Script::with(six());
    script.keys("y");
    copies(&mut script);
    script.keys("j k y");
    assert_eq!(script.done(), [Effect::Copy("O1".into())]);
    assert_eq!(shown(&script), None);
}

#[test]
fn the_palette_shows_what_was_copied_or_else_the_case() {
    let mut script = Script::with(six());
    script.keys("y");
    copies(&mut script);
    script.keys(":").typed("plain").keys("Enter");
    assert_eq!(shown(&script).as_deref(), Some("O1"));
    script.keys("q j :").typed("plain").keys("Enter");
    let text = shown(&script).unwrap();
    assert!(text.starts_with("caseId              O3\n"), "{text}");
    assert!(text.contains("outTradeNo          P1642410680681\n") && !text.contains("batchId"), "{text}");
}

#[test]
fn what_could_not_be_copied_is_shown_at_once_with_the_reason() {
    let mut script = Script::with(six());
    script.keys("Enter y");
    script.event(Event::NotCopied { text: "O1".into(), why: "[desk] clipboard is off".into() });
    assert_eq!(shown(&script).as_deref(), Some("O1"));
    assert_eq!(script.notice(), "select it here: not copied, [desk] clipboard is off");
    script.keys("q");
    assert!(matches!(script.model.overlay, Overlay::CasePage(_)), "back to where it was copied");
}

#[test]
fn with_nothing_under_the_cursor_there_is_nothing_to_show() {
    let mut script = Script::with(Vec::new());
    script.keys(":").typed("plain").keys("Enter");
    assert_eq!(shown(&script), None);
    assert!(script.notice().contains("no case"), "{}", script.notice());
}

#[test]
fn a_click_on_a_tab_opens_it_unless_something_lies_over_the_desk() {
    let mut script = Script::with(six());
    script.event(Event::ClickedTab(5));
    assert_eq!(script.shown().len(), 6);
    script.keys("?").event(Event::ClickedTab(1)).keys("q");
    assert_eq!(script.shown().len(), 6);
}
