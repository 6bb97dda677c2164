//! Keys that no hand can have meant: those before the page stood, and those of a paste that does not say it is one.

use time::Duration;

use super::*;
use crate::app::update;

/// Types into the core so many milliseconds apart; nothing here waits as [`Script`] does.
fn typed(script: &mut Script, text: &str, apart: i64) {
    for c in text.chars() {
        script.now += Duration::milliseconds(apart);
        let key = if c == '\n' { "Enter".parse().unwrap() } else { Key::char(c) };
        let effects = update(&mut script.model, Event::Key(key), script.now);
        script.effects.extend(effects);
    }
}

fn is_pausing(script: &Script) -> bool {
    matches!(form(script).step, Step::Pausing { .. })
}

#[test]
fn what_was_typed_ahead_of_the_page_counts_for_nothing() {
    let mut script = Script::with(shop());
    confirming(&mut script);
    typed(&mut script, "3000", 90);
    assert!(script.notice().contains("this page has just opened"), "{}", script.notice());
    typed(&mut script, "3000 IDR\n", 100);
    assert!(is_pausing(&script), "what was typed too soon does not stand before it: {}", script.notice());
    let mut script = Script::with(shop());
    confirming(&mut script);
    script.event(Event::Key("Esc".parse().unwrap()));
    assert!(is_writing(&script), "going back is always right");
    confirming(&mut script);
    script.done();
    script.event(Event::Key("ctrl-z".parse().unwrap()));
    assert!(script.done().contains(&Effect::Suspend), "so is a moment in the shell");
}

#[test]
fn more_than_five_keys_at_once_confirm_nothing() {
    for (apart, counts) in [(0, false), (3, false), (4, false), (5, true), (40, true)] {
        let mut script = Script::with(shop());
        confirming(&mut script);
        script.now += Duration::seconds(1);
        typed(&mut script, "3000 IDR\n", apart);
        assert_eq!(is_pausing(&script), counts, "{apart} ms apart");
        if !counts {
            assert!(script.notice().contains("are a paste"), "{}", script.notice());
            typed(&mut script, "3000 IDR\n", 40);
            assert!(is_pausing(&script), "typed by hand it counts");
        }
    }
}

#[test]
fn a_clock_that_is_set_back_locks_nobody_out() {
    let mut script = Script::with(shop());
    confirming(&mut script);
    script.now -= Duration::hours(1);
    typed(&mut script, "3000 IDR\n", 30);
    assert!(is_pausing(&script), "{}", script.notice());
}

#[test]
fn the_first_key_of_many_that_were_read_at_once_sends_no_reply() {
    for (keys, sends) in [(1, true), (5, true), (6, false), (40, false)] {
        let mut script = Script::with(six());
        script.keys("j r").typed("delivered").keys("Tab").typed("https://x.example/O2.pdf").keys("ctrl-x");
        script.done();
        script.event(Event::KeysRead(keys)).event(Event::Key(Key::char('y')));
        let sent = script.done().iter().any(|effect| matches!(effect, Effect::SendReply { .. }));
        assert_eq!(sent, sends, "{keys} keys: {}", script.notice());
    }
}
