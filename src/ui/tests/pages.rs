//! The pages about the session: its calls, what went wrong in it, the money at risk; and the line of notices, which is never
//! drawn over anything.

use std::time::Duration as Took;

use proptest::prelude::*;

use crate::app::calls::News;
use crate::app::underway::{Phase, Subject};
use crate::domain::call::{About, Call, Heard, Outcome, What};
use crate::domain::fault::Signature;
use crate::domain::reply::Target;

use super::screens::{SIZES, at_sizes};
use super::*;

fn call(second: i64, ms: u64, what: What, about: About, outcome: Outcome) -> Call {
    let (signature, http_status, bytes) = match &outcome {
        Outcome::Ok if what == What::LinkCheck => (None, Some(200), 0),
        Outcome::Ok => (Some(Signature::Valid), Some(200), 712),
        Outcome::Refused(_) => (Some(Signature::Absent), Some(200), 96),
        Outcome::Failed(why) if why.starts_with("the answer is wrongly") => {
            (Some(Signature::Wrong), Some(200), 700)
        }
        _ => (None, None, 0),
    };
    let heard = Heard { what, about, outcome, signature, http_status, bytes };
    Call { at: NOW + Duration::seconds(second), took: Took::from_millis(ms), heard }
}

/// A morning's calls about the first case and others.
fn calls() -> Event {
    let case = |number: u32| About::Case(id(&format!("O2026110306554591643710{number:04}")));
    let order = || About::Order("P1642410600001".into());
    let failed = |why: &str| Outcome::Failed(why.into());
    let calls = vec![
        call(1, 84, What::CaseSearch, case(1), Outcome::Ok),
        call(2, 91, What::CaseSearch, case(2), Outcome::Ok),
        call(3, 30_001, What::CaseSearch, case(3), failed("timed out")),
        call(4, 77, What::CaseSearch, case(4), Outcome::Refused("TOO_MANY_REQUEST".into())),
        call(5, 120, What::RefundQuery, order(), Outcome::Refused("ORDER_NOT_EXIST".into())),
        call(6, 88, What::CaseSearch, case(5), failed("the answer is wrongly signed")),
        call(7, 3, What::Refund, order(), Outcome::NotSent("no connection in time".into())),
        call(60, 20_000, What::CaseReplay, case(1), Outcome::Unknown("timed out".into())),
        call(61, 210, What::LinkCheck, About::Host("files.example".into()), Outcome::Ok),
        call(75, 65, What::CaseReplay, About::Batch("B77".into()), Outcome::Ok),
    ];
    Event::Called(News { calls, all: 10, failed: 5, unsent: 1 })
}

#[test]
fn the_calls_of_the_session() {
    at_sizes("calls", |script| _ = script.event(calls()).keys("L L"));
}

#[test]
fn the_journal_with_the_calls_about_its_case() {
    at_sizes("journal_calls", |script| {
        script.event(calls()).keys("L");
        tell_history(script);
        script.keys("G");
    });
}

#[test]
fn the_page_of_calls_is_reached_and_left_by_the_same_key() {
    let mut script = desk(80, 24);
    script.keys("L L");
    assert!(script.notice().contains("no call has been made"), "{}", script.notice());
    for keys in ["L", "Tab"] {
        script.event(calls()).keys(keys);
        assert!(picture(&script, &DARK).contains("Calls of this session, newest first"), "{keys}");
        script.keys(keys);
        assert!(picture(&script, &DARK).contains("Journal of"), "{keys}");
    }
    script.keys("q :").typed("calls").keys("Enter");
    assert!(picture(&script, &DARK).contains("10 calls, 5 failed, 1 not sent, median 91 ms, max 30.0 s"));
}

#[test]
fn of_a_long_refresh_the_newest_calls_are_there_and_all_are_counted() {
    let mut script = desk(120, 40);
    let one = |number: i64| call(number, 50, What::CaseSearch, About::Case(id("O1")), Outcome::Ok);
    for batch in 0..20 {
        let calls = (0..500).map(|number| one(batch * 500 + number)).collect();
        let all = u64::try_from(batch * 500 + 500).unwrap();
        script.event(Event::Called(News { calls, all, failed: 3, unsent: 0 }));
    }
    script.keys("L L G");
    let page = picture(&script, &DARK);
    assert!(page.contains("10000 calls, 3 failed; of the newest 500: median 50 ms"), "{page}");
    assert_eq!(script.model.calls.newest().count(), 500);
}

#[test]
fn hostile_text_in_a_call_is_written_out() {
    let mut script = desk(120, 40);
    let about = About::Order("P\u{1b}[2J\u{202e}".into());
    let evil = call(1, 1, What::RefundQuery, about, Outcome::Refused("A\u{9b}31m".into()));
    script.event(Event::Called(News { calls: vec![evil], all: 1, failed: 1, unsent: 0 })).keys("L L");
    let page = picture(&script, &DARK);
    assert!(page.contains("P<U+001B>[2J<U+202E>") && page.contains("A<U+009B>31m"), "{page}");
}

/// Nine currencies, which fit nowhere side by side.
fn rich() -> Vec<Tracked> {
    let currencies = ["USD", "IDR", "BRL", "JPY", "KWD", "VND", "SAR", "EUR", "TRY"];
    let mut cases = morning();
    for (number, currency) in (20..).zip(currencies) {
        let amount = format!("{number}12345.6");
        cases.push(full(number, "DISPUTE_INQUIRY", "2026-11-27", &amount, currency));
    }
    cases
}

#[test]
fn the_money_in_every_currency() {
    for (width, height) in SIZES {
        let mut script = Script::with(rich());
        script.event(Event::Resized(width, height));
        insta::assert_snapshot!(format!("money_header_{width}x{height}"), picture(&script, &DARK));
        script.keys("C");
        insta::assert_snapshot!(format!("money_{width}x{height}"), picture(&script, &DARK));
    }
}

#[test]
fn refunds_that_wait_for_approval_stand_in_the_head_and_are_said_once() {
    for (width, height) in SIZES {
        let mut script = Script::with(morning());
        script.event(Event::Resized(width, height)).event(Event::Requests(2));
        insta::assert_snapshot!(format!("requests_{width}x{height}"), picture(&script, &DARK));
    }
}

/// A sentence longer than any line.
const LONG: &str = "the database could not be written: disk I/O error while the outcome of A-01JCX2 was taken down; what \
                    PayerMax answered is kept in memory and offered to the journal again with the next action; free some \
                    space, then `docket journal --check` says whether all of it is there";

#[test]
fn what_went_wrong_on_the_desk_and_on_its_page() {
    let told = |script: &mut Script| {
        script.event(Event::Failed(LONG.into())).event(Event::Failed("the second".into()));
        script.event(Event::Failed("the third".into()));
    };
    at_sizes("notice", |script| told(script));
    at_sizes("notice_answered", |script| {
        told(script);
        script.keys("V");
    });
    at_sizes("notice_filter", |script| {
        told(script);
        script.keys("/");
    });
    at_sizes("notices", |script| {
        told(script);
        script.keys("Esc !");
    });
}

#[test]
fn what_a_reply_waits_for_is_said_with_the_seconds() {
    let mut script = desk(80, 24);
    let key = script.cursor();
    let subject = Subject::Reply(Target::Case(id(&key)));
    script.keys("r").typed("goods delivered").keys("Tab").typed("https://files.example/a.pdf");
    script.keys("ctrl-x y");
    let shows = |script: &mut Script, text: &str| {
        let page = picture(script, &DARK);
        assert!(page.contains(text), "{text}:\n{page}");
    };
    shows(&mut script, "checking once more before it leaves");
    script.event(Event::Reached(subject.clone(), Phase::Signing));
    shows(&mut script, "waiting for the signature");
    script.now += Duration::seconds(12);
    script.event(Event::Waited);
    shows(&mut script, "waiting for the signature, 12 s");
    script.event(Event::Reached(subject.clone(), Phase::Sending));
    shows(&mut script, "sending");
    script.event(Event::Reached(subject, Phase::Answer));
    script.now += Duration::seconds(3);
    script.event(Event::Waited);
    shows(&mut script, "waiting for the answer, 3 s");
    assert!(script.model.under_way.any());
    let answer = crate::app::replying::Answer {
        state: crate::domain::action::State::Accepted,
        code: "APPLY_SUCCESS".into(),
        msg: "Success.".into(),
        success_case_ids: vec![key.clone()],
        fail_case_ids: Vec::new(),
        may_pass: false,
    };
    script.event(Event::Replied(Target::Case(id(&key)), answer));
    assert!(!script.model.under_way.any(), "nothing to redraw for any more");
}

/// Ways to every kind of page and form.
const WAYS: [&str; 17] = [
    "j",
    "5 G",
    "2",
    "Enter",
    "j Enter n",
    "?",
    "L",
    ":",
    "o",
    "d",
    "r",
    "r ctrl-p",
    "B",
    "Enter $",
    "a",
    "w",
    "/",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// A notice changes its own line and the keys' at most: the row of the cursor, the field that is typed into and
    /// everything else are where they were.
    #[test]
    fn a_notice_covers_nothing(
        width in 60u16..=200,
        height in 15u16..=60,
        way in prop::sample::select(WAYS.to_vec()),
        down in 0usize..40,
        count in 1usize..4,
        text in super::chaos::hostile(),
        long: bool,
        answered: bool,
    ) {
        let cases = (1..40).map(|n| full(n, "DISPUTE_INQUIRY", "2026-11-20", "7.00", "USD")).collect();
        let mut script = Script::with(cases);
        // Help and palette say whether there is anything to read; here there is, before and after.
        script.event(Event::Failed("dismissed".into())).keys("Esc");
        script.event(Event::Resized(width, height));
        (0..down).for_each(|_| _ = script.keys("j"));
        script.keys(way);
        script.model.notice = None;
        let before = frame(&script, &DARK);
        for number in 0..count {
            let more = if long { LONG } else { "" };
            script.event(Event::Failed(format!("error {number} {more} {text}")));
        }
        if answered {
            script.event(Event::Copied(text));
        }
        let after = frame(&script, &DARK);
        let all = usize::from(width) * usize::from(height - 2);
        let same = before.buffer.content[..all] == after.buffer.content[..all];
        prop_assert!(same, "{}\n{}", super::text(&before.buffer), super::text(&after.buffer));
        prop_assert_eq!(before.cursor, after.cursor);
        let lines = super::text(&after.buffer);
        let rows: Vec<&str> = lines.lines().collect();
        prop_assert!(rows[usize::from(height) - 2..].iter().any(|row| row.contains("error: ")), "{}", lines);
        if let Some((_, y)) = after.cursor {
            prop_assert!(!rows[usize::from(y)].contains("error: "), "{}", lines);
        }
        let on_desk = matches!(script.model.overlay, crate::app::overlay::Overlay::None);
        if on_desk && script.model.desk.listing.stops() > 0 {
            let cursor = rows[..usize::from(height) - 2].iter().filter(|row| row.starts_with('▸')).count();
            prop_assert_eq!(cursor, 1, "{}", lines);
        }
    }
}
