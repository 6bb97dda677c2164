//! A terminal too small to show a page: nothing is done there but to go back or to leave.

use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::app::overlay::Overlay;

use super::{Script, six};

fn small(script: &mut Script) -> &mut Script {
    script.event(Event::Resized(59, 40)).done();
    script
}

#[test]
fn nothing_is_sent_untracked_or_typed_that_nobody_sees() {
    let mut script = Script::with(six());
    script.keys("r").typed("delivered").keys("Tab");
    script.event(Event::Paste("https://ev.example/1.PDF".into())).keys("ctrl-x").done();
    small(&mut script).keys("y");
    script.event(Event::Paste("y".into()));
    assert!(script.done().is_empty());
    assert!(script.notice().starts_with("nothing was done"), "{}", script.notice());
    script.event(Event::Resized(60, 15)).done();
    script.keys("y");
    assert!(matches!(script.done()[..], [Effect::SendReply { .. }]), "the page is there again");

    let mut script = Script::with(six());
    let before = script.model.book.len();
    small(&mut script).keys("x r $ Space z");
    assert!(script.done().is_empty());
    assert!(matches!(script.model.overlay, Overlay::None));
    assert_eq!(script.model.book.len(), before);
}

#[test]
fn one_can_go_back_and_leave() {
    let mut script = Script::with(six());
    script.keys("r");
    small(&mut script).keys("Esc");
    assert!(matches!(script.model.overlay, Overlay::None));
    script.keys("q");
    assert!(script.done().contains(&Effect::Quit));
}
