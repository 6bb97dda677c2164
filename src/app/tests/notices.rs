//! What went wrong stays until somebody dismisses it; what a key was answered gives way to the next answer.

use super::*;
use crate::app::event::Report;
use crate::app::model::Tone;
use crate::app::overlay::{Overlay, PageOf};
use crate::domain::record::Draft;
use crate::domain::reply::{Target, Written};
use crate::domain::tracked::Failure;
use proptest::prelude::*;

fn failed(text: &str) -> Event {
    Event::Failed(text.into())
}

fn troubled(ticket: u32, code: &str) -> Event {
    let failure = Failure { code: code.into(), message: "x".into(), at: NOW };
    let failures = vec![(id("O1"), failure)];
    Event::RefreshEnded { ticket, report: Report { requested: 1, failures, ..Report::default() } }
}

#[test]
fn an_error_outlives_everything_but_escape() {
    let mut script = Script::with(six());
    script.event(failed("the disk is full"));
    script.keys("j k G g ctrl-d Space V u r Esc");
    assert_eq!(script.standing().len(), 1, "the form was left with Esc, not the error");
    script.event(Event::Tick).event(Event::Resized(80, 24)).event(Event::Copied("O1".into()));
    script.event(Event::Settled { told: "nothing to settle".into(), alarm: false });
    script.keys("R").event(Event::RefreshEnded { ticket: 1, report: Report::default() });
    assert_eq!(script.standing(), ["the disk is full"]);
    script.keys("Esc");
    assert_eq!(script.standing(), [""; 0]);
}

#[test]
fn several_wait_in_their_order_and_each_takes_one_escape() {
    let mut script = Script::with(six());
    for text in ["first", "second", "second", "third"] {
        script.event(failed(text));
    }
    assert_eq!(script.standing(), ["first", "second", "third"], "the same words count once");
    script.keys("Esc");
    assert_eq!(script.standing(), ["second", "third"]);
    script.keys("Esc Esc");
    assert!(script.standing().is_empty());
    let earlier: Vec<_> = script.model.standing.earlier().map(|one| one.notice.text.as_str()).collect();
    assert_eq!(earlier, ["third", "second", "first"], "they can be read again");
}

#[test]
fn of_refreshes_only_the_newest_word_stands_and_of_the_config_none_once_it_is_right() {
    let mut script = Script::with(six());
    script.keys("R").event(troubled(1, "TIMED_OUT")).keys("R").event(troubled(2, "HTTP_503"));
    assert_eq!(script.standing().len(), 1);
    assert!(script.standing()[0].contains("HTTP_503"), "{:?}", script.standing());
    script.keys("R").event(Event::RefreshEnded { ticket: 3, report: Report::default() });
    assert_eq!(script.standing().len(), 1, "a good one takes nothing away unread");
    script.event(Event::Reloaded(Err("line 3".into()))).event(Event::Reloaded(Err("line 4".into())));
    assert_eq!(script.standing().len(), 2);
    assert!(script.standing()[1].starts_with("line 4"));
}

#[test]
fn the_answer_to_a_key_gives_way_to_the_next_answer_and_hides_no_error() {
    let mut script = Script::with(six());
    script.keys("z");
    let answer = script.model.notice.clone().unwrap();
    assert_eq!((answer.tone, script.standing().len()), (Tone::Warning, 0));
    script.keys("j");
    assert_eq!(script.model.notice, Some(answer), "moving about leaves it");
    script.keys("Enter");
    assert_eq!(script.model.notice, None, "on another page it would seem to be about that");
    script.keys("q V");
    assert_eq!(script.notice(), "4 marked");
    script.event(failed("the disk is full")).keys("z");
    assert!(script.model.notice.is_some(), "said beside the error");
    assert_eq!(script.standing(), ["the disk is full"]);
    script.keys("j");
    assert_eq!(script.model.notice, None, "the line of the keys is needed again");
}

#[test]
fn over_a_page_escape_reads_first_and_leaves_then() {
    let mut script = Script::with(six());
    script.keys("Enter").event(failed("the disk is full")).keys("Esc");
    assert!(script.standing().is_empty() && matches!(script.model.overlay, Overlay::CasePage(_)));
    script.keys("Esc");
    assert!(matches!(script.model.overlay, Overlay::None));
}

#[test]
fn what_went_wrong_is_read_in_full_on_its_own_page() {
    let mut script = Script::with(six());
    script.keys("!");
    assert!(script.notice().contains("nothing went wrong"), "{}", script.notice());
    script.event(failed("the disk is full")).keys("!");
    assert!(matches!(&script.model.overlay, Overlay::Page(page) if page.of == PageOf::Notices));
    script.keys("q :").typed("notice").keys("Enter");
    assert!(matches!(&script.model.overlay, Overlay::Page(page) if page.of == PageOf::Notices));
}

#[test]
fn too_many_are_told_as_too_many() {
    let mut script = Script::with(six());
    for number in 0..1_000 {
        script.event(failed(&format!("error {number}")));
    }
    let standing = script.standing();
    assert_eq!((standing.len(), standing[0].as_str()), (99, "error 0"));
    assert!(standing[98].contains("more went wrong"), "{}", standing[98]);
}

proptest! {
    /// No event and no key but Esc and the ones that dismiss in its stead takes an error away.
    #[test]
    fn nothing_but_escape_takes_an_error_away(steps in prop::collection::vec(0usize..12, 1..40)) {
        let mut script = Script::with(six());
        script.event(failed("the disk is full"));
        for step in steps {
            match step {
                0 => script.keys("j"),
                1 => script.keys("k"),
                2 => script.keys("r"),
                3 => script.keys("/"),
                4 => script.event(Event::Tick),
                5 => script.event(Event::Resized(60, 15)),
                6 => script.event(Event::Copied("O1".into())),
                7 => script.keys("Enter"),
                8 => script.event(Event::Rows(six())),
                9 => script.event(failed("another")),
                10 => script.keys("z"),
                _ => script.event(Event::Paste("O9".into())),
            };
            prop_assert_eq!(&script.standing()[0], "the disk is full");
        }
    }
}

#[test]
fn refunds_that_wait_for_approval_are_told_once_and_again_when_there_are_more() {
    let mut script = Script::with(six());
    let notice = |script: &Script| script.model.notice.as_ref().map(|notice| notice.text.clone());
    script.event(Event::Requests(0));
    assert_eq!(notice(&script), None);
    script.event(Event::Requests(1));
    assert_eq!(notice(&script).unwrap(), "1 refund waits for approval: docket approve");
    script.keys("u").event(Event::Requests(1));
    assert_ne!(notice(&script).unwrap_or_default(), "1 refund waits for approval: docket approve");
    script.keys("R").event(Event::RefreshEnded { ticket: 1, report: Report::default() });
    let said = notice(&script).unwrap();
    script.event(Event::Requests(2));
    let both = format!("{said} · 2 refunds wait for approval: docket approve");
    assert_eq!(notice(&script).unwrap(), both, "what the refresh brought stays");
    script.keys("z").event(Event::Requests(3));
    assert_eq!(script.model.notice.as_ref().unwrap().tone, Tone::Warning, "a warning stays alone");
    script.event(Event::Requests(0));
    assert_eq!(script.model.requests, 0);
}

#[test]
fn drafts_and_refunds_that_wait_are_both_told_at_the_opening_in_either_order() {
    let draft = || {
        let targets = vec![Target::Case(id("O1"))];
        Event::Drafts(vec![Draft { targets, written: Written::default(), changed_at: NOW }])
    };
    let told = |events: [Event; 2]| {
        let mut script = Script::with(six());
        for event in events {
            script.event(event);
        }
        script.model.notice.clone().unwrap().text
    };
    for text in [told([draft(), Event::Requests(2)]), told([Event::Requests(2), draft()])] {
        assert!(text.contains("1 draft kept") && text.contains("2 refunds wait for approval"), "{text}");
    }
}
