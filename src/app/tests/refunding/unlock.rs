//! A desk that is left open refunds nobody: the phrase, the minutes, and what happens to a form when they are over.

use time::Duration;

use super::*;
use crate::app::refunding::minutes_left;
use crate::app::update;

/// A desk whose refunds are locked, and unlocked for five minutes.
fn script() -> Script {
    let mut session = session();
    session.refunds.limits.unlock_minutes = 5;
    Script::of(session, shop())
}

fn unlocked() -> Script {
    let mut script = script();
    script.keys(":").typed("unlock").keys("Enter").typed("REFUNDS live").keys("Enter");
    script
}

fn pass(script: &mut Script, seconds: i64) {
    script.now += Duration::seconds(seconds);
    script.event(Event::Tick);
}

#[test]
fn a_locked_desk_says_how_to_unlock_and_opens_no_form() {
    let mut script = script();
    page(&mut script, "O7").keys("$");
    assert!(matches!(script.model.overlay, Overlay::CasePage(_)));
    assert_eq!(script.notice(), "refunds are locked; :unlock opens them for 5 min");
    assert_eq!(minutes_left(&script.model), None);
}

#[test]
fn only_the_phrase_as_it_stands_there_unlocks() {
    for wrong in ["", "REFUNDS", "refunds live", "REFUNDS uat", "REFUNDS  live"] {
        let mut script = script();
        script.keys(":").typed("unlock").keys("Enter").typed(wrong).keys("Enter");
        let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("{wrong}: {}", script.notice()) };
        assert_eq!(prompt.problem.as_deref(), Some("not this phrase"));
        assert_eq!(minutes_left(&script.model), None, "{wrong}");
    }
    let mut script = script();
    script.keys(":").typed("unlock").keys("Enter").event(Event::Paste("REFUNDS live".into()));
    assert_eq!(script.notice(), "a paste unlocks nothing: type it");
    script.keys("Enter");
    assert_eq!(minutes_left(&script.model), None);
    script.event(Event::KeysRead(12)).typed("REFUNDS live").keys("Enter");
    assert_eq!(minutes_left(&script.model), None, "so many keys at once are a paste as well");
    script.keys("ctrl-u").typed("REFUNDS live").keys("Enter");
    assert_eq!(minutes_left(&script.model), Some(5));
}

#[test]
fn the_palette_takes_no_phrase_however_it_got_there() {
    let mut script = script();
    script.keys(":").event(Event::Paste("unlock REFUNDS live".into())).keys("Enter Enter");
    assert_eq!(minutes_left(&script.model), None);
    script.keys("Esc Esc :").typed("unlock REFUNDS live").keys("Enter Enter");
    assert_eq!(minutes_left(&script.model), None, "typed there it counts no more");
    // A paste that does not say it is one, in one read or key by key.
    for read in [21, 1] {
        let mut script = self::script();
        script.event(Event::KeysRead(read));
        for key in ":unlock REFUNDS live".chars().map(Key::char).chain(["Enter".parse().unwrap()]) {
            let effects = update(&mut script.model, Event::Key(key), script.now);
            assert!(effects.is_empty(), "{effects:?}");
        }
        script.keys("Enter");
        assert_eq!(minutes_left(&script.model), None);
        script.keys("Esc Esc :").typed("unlock").keys("Enter").typed("REFUNDS live").keys("Enter");
        assert_eq!(minutes_left(&script.model), Some(5), "typed where it is asked for: {}", script.notice());
    }
}

#[test]
fn the_minutes_run_down_and_end_by_themselves() {
    let mut script = unlocked();
    assert!(script.notice().contains("unlocked for 5 min; :lock ends it"), "{}", script.notice());
    let mut seen = Vec::new();
    for _ in 0..11 {
        seen.push(minutes_left(&script.model));
        pass(&mut script, 30);
    }
    let minutes = [5, 5, 4, 4, 3, 3, 2, 2, 1, 1].map(Some);
    assert_eq!(seen, minutes.into_iter().chain([None]).collect::<Vec<_>>());
    assert_eq!(script.notice(), "the time for refunds is over; they are locked again");
}

#[test]
fn it_is_locked_at_once_and_by_a_clock_that_was_set_back() {
    let mut script = unlocked();
    script.keys(":").typed("lock").keys("Enter");
    assert_eq!((minutes_left(&script.model), script.notice()), (None, "refunds are locked".into()));
    script.keys(":").typed("lock").keys("Enter");
    assert!(script.notice().contains("refunds are not unlocked"), "{}", script.notice());
    let mut script = unlocked();
    script.now -= Duration::HOUR;
    script.event(Event::Tick);
    assert_eq!(minutes_left(&script.model), None);
}

#[test]
fn the_end_in_the_middle_of_a_form_keeps_the_words_and_sends_nothing() {
    let mut script = unlocked();
    confirming(&mut script).typed("3000 IDR");
    pass(&mut script, 301);
    script.keys("Enter");
    assert!(is_writing(&script));
    let notice = "nothing was sent: refunds are locked; :unlock opens them for 5 min";
    assert_eq!(script.notice(), notice);
    script.keys("ctrl-x");
    assert!(is_writing(&script) && script.notice().starts_with("cannot be sent yet: refunds are locked"));
    assert_eq!(form(&script).amount.value(), "3000");
    script.keys("Esc :").typed("unlock").keys("Enter").typed("REFUNDS live").keys("Enter");
    opened(&mut script, "O7");
    assert_eq!(form(&script).amount.value(), "3000", "the words are still there");
    assert!(sent(&mut script).is_empty());
}

#[test]
fn the_end_in_the_pause_sends_nothing() {
    let mut script = unlocked();
    confirming(&mut script).typed("3000 IDR");
    script.now += Duration::seconds(290);
    script.keys("Enter");
    for _ in 0..30 {
        let Step::Pausing { ticket, .. } = form(&script).step else { break };
        script.now += Duration::seconds(2);
        script.event(Event::SecondPassed(ticket));
    }
    assert!(is_writing(&script) && script.notice().contains("refunds are locked"), "{}", script.notice());
    assert!(sent(&mut script).is_empty());
}

#[test]
fn a_desk_without_the_policy_needs_no_unlocking() {
    let mut script = Script::with(shop());
    script.keys(":").typed("unlock").keys("Enter");
    assert!(script.notice().contains("refunds need no unlocking here"), "{}", script.notice());
    sending(&mut script);
    assert_eq!(sent(&mut script).len(), 1);
    let mut read_only = script_read_only();
    read_only.keys(":").typed("unlock").keys("Enter");
    assert!(read_only.notice().contains("read-only"), "{}", read_only.notice());
}

fn script_read_only() -> Script {
    let mut session = session();
    session.refunds.limits.unlock_minutes = 5;
    session.read_only = Some("started with --read-only".into());
    Script::of(session, shop())
}
