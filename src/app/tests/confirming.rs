//! Pages that confirm a reply, and how far they must have been read.

use super::replying::{sent, step};
use super::*;
use crate::app::replying::Step;

#[test]
fn nothing_is_sent_before_the_last_line_was_on_the_screen() {
    let unread = "nothing was sent; read to the end first: PgDn";
    for (marks, typed, sends) in [("", "", "y"), ("Space j Space j Space", "3", "Enter")] {
        let mut script = Script::with(six());
        script.keys("j");
        if !marks.is_empty() {
            script.keys(marks);
        }
        script.keys("r").typed("delivered").keys("Tab");
        script.event(Event::Paste("https://ev.example/{caseId}.PDF".into())).keys("ctrl-x");
        script.event(Event::PageEnd(4));
        script.typed(typed).keys(sends);
        assert_eq!((script.notice().as_str(), sent(&mut script).len()), (unread, 0));
        let Step::Confirm { typed: kept, .. } = step(&script) else { panic!("the page stays") };
        assert_eq!(kept.value(), typed, "what was typed stays");
        script.keys("Down Down Down").event(Event::PageEnd(4)).keys(sends);
        assert_eq!((script.notice().as_str(), sent(&mut script).len()), (unread, 0), "a line is missing");
        script.keys("Down").keys(sends);
        assert!(sent(&mut script).is_empty(), "scrolled to, and not drawn yet");
        script.event(Event::PageEnd(4));
        assert_eq!(script.notice(), "", "what is not so any more does not stand");
        script.keys("PgUp").event(Event::PageEnd(4)).keys(sends);
        assert_eq!(sent(&mut script).len(), 1, "{}: {}", sends, script.notice());
    }
}

#[test]
fn a_page_that_grew_or_was_resized_is_read_on() {
    let mut script = Script::with(six());
    script.keys("r").typed("delivered").keys("Tab");
    script.event(Event::Paste("https://ev.example/{caseId}.PDF".into())).keys("ctrl-x");
    script.event(Event::PageEnd(2)).keys("PgDn").event(Event::PageEnd(2));
    script.event(Event::PageEnd(3)).keys("y");
    assert!(sent(&mut script).is_empty(), "a line has come in");
    script.event(Event::Resized(60, 15)).event(Event::PageEnd(9)).keys("y");
    assert!(sent(&mut script).is_empty(), "fewer lines fit");
    script.keys("PgDn PgDn").event(Event::PageEnd(9)).keys("y");
    assert_eq!(sent(&mut script).len(), 1, "{}", script.notice());
}
