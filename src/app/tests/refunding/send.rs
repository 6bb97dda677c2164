//! Confirming, the pause, the one send, its answer, and sending again what was never received.

use super::*;

type Coming = Box<dyn Fn() -> Event>;

#[test]
fn amount_and_currency_send_exactly_once_after_the_pause() {
    let mut script = Script::with(shop());
    confirming(&mut script).typed("3000.00 IDR").keys("Enter");
    let mut left = Vec::new();
    while let Step::Pausing { left: seconds, ticket, .. } = form(&script).step {
        left.push(seconds);
        assert_eq!(script.done().pop(), Some(Effect::WaitASecond(ticket)));
        script.event(Event::SecondPassed(ticket + 7));
        script.event(Event::SecondPassed(ticket));
    }
    assert_eq!(left, [5, 4, 3, 2, 1]);
    let all = sent(&mut script);
    assert_eq!(all.len(), 1);
    let one = &all[0];
    assert_eq!((one.refund.order.as_str(), one.refund.amount.wire().as_str()), ("P7", "3000"));
    assert_eq!((&one.case, one.although_open, &one.again, one.slot), (&id("O7"), false, &None, 1));
    assert_eq!(one.seen.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["O7"]);
    script.event(Event::SecondPassed(1)).keys("Enter x ctrl-x y");
    assert!(sent(&mut script).is_empty(), "nothing sends it again");
    assert!(script.notice().contains("the answer is awaited"), "{}", script.notice());
}

#[test]
fn without_a_pause_it_leaves_at_once() {
    let mut session = session();
    session.refunds.pause_s = 0;
    let mut script = Script::of(session, shop());
    confirming(&mut script).typed("3000 IDR").keys("Enter");
    assert_eq!(sent(&mut script).len(), 1);
}

#[test]
fn enter_behind_anything_else_sends_nothing_and_says_what_to_type() {
    let mut script = Script::with(shop());
    confirming(&mut script);
    for typed in ["", "y", "3000", "3000IDR", "300 IDR", "3000 idr", "3000 USD", "3,000.00 IDR"] {
        script.keys("ctrl-u").typed(typed).keys("Enter");
        assert!(
            script.notice().contains("nothing was sent; type 3000.00 IDR to send"),
            "{typed}: {}",
            script.notice()
        );
        assert!(matches!(form(&script).step, Step::Confirm { .. }));
    }
    script.keys("Esc");
    assert!(is_writing(&script));
    script.keys("ctrl-x Enter");
    assert!(matches!(form(&script).step, Step::Confirm { .. }), "what was typed before is gone");
    script.keys("ctrl-c");
    assert!(is_writing(&script) && sent(&mut script).is_empty());
}

#[test]
fn what_was_said_of_a_send_that_did_not_happen_is_gone_when_one_does() {
    let mut script = Script::with(shop());
    opened(&mut script, "O7").keys("ctrl-x");
    assert!(script.notice().contains("cannot be sent yet"));
    script.typed("3000").keys("ctrl-x");
    assert_eq!(script.notice(), "");
    script.keys("Enter");
    assert!(script.notice().contains("nothing was sent"));
    script.typed("3000 IDR").keys("Enter");
    assert_eq!(script.notice(), "", "the pause says what happens");
    script.keys("x ctrl-x");
    assert_eq!(script.notice(), "");
    script.event(Event::Failed("the disk is full".into())).typed("3000 IDR").keys("Enter");
    assert_eq!(script.notice(), "the disk is full", "what others have said stays");
}

#[test]
fn a_paste_confirms_nothing() {
    let mut script = Script::with(shop());
    confirming(&mut script).event(Event::Paste("3000.00 IDR\n".into()));
    assert!(script.notice().contains("type it; nothing was sent"), "{}", script.notice());
    script.keys("Enter");
    assert!(matches!(form(&script).step, Step::Confirm { .. }) && sent(&mut script).is_empty());
}

#[test]
fn any_key_paste_or_stop_of_the_process_in_the_pause_stops_it() {
    for stop in [
        Event::Key("Esc".parse().unwrap()),
        Event::Key("Enter".parse().unwrap()),
        Event::Key(Key::char('x')),
        Event::Key("ctrl-z".parse().unwrap()),
        Event::Paste("x".into()),
        Event::Interrupted,
        Event::Resumed,
    ] {
        let mut script = Script::with(shop());
        confirming(&mut script).typed("3000 IDR").keys("Enter");
        script.event(Event::SecondPassed(1)).event(stop);
        assert!(is_writing(&script));
        assert!(script.notice().contains("stopped; nothing was sent"), "{}", script.notice());
        for _ in 0..9 {
            script.event(Event::SecondPassed(1));
        }
        assert!(sent(&mut script).is_empty(), "late seconds count no more");
    }
}

#[test]
fn a_second_that_comes_long_after_it_was_due_sends_nothing() {
    let seconds = time::Duration::seconds;
    for (took, counts) in [
        (seconds(1), true),
        (seconds(3), true),
        (seconds(4), false),
        (seconds(3600), false),
        (seconds(-1), false),
    ] {
        let mut script = Script::with(shop());
        confirming(&mut script).typed("3000 IDR").keys("Enter");
        for _ in 0..4 {
            script.now += seconds(1);
            script.event(Event::SecondPassed(1));
        }
        script.now += took;
        script.event(Event::SecondPassed(1));
        assert_eq!(sent(&mut script).len(), usize::from(counts), "{took}");
        if !counts {
            assert!(is_writing(&script));
            assert!(script.notice().contains("stopped; nothing was sent"), "{}", script.notice());
            script.event(Event::SecondPassed(1));
            assert!(sent(&mut script).is_empty(), "{took}");
        }
    }
}

#[test]
fn a_stop_of_the_process_changes_no_other_page_of_the_form() {
    let mut script = Script::with(shop());
    confirming(&mut script).typed("3000").event(Event::Resumed).typed(" IDR").keys("Enter");
    seconds(&mut script);
    assert_eq!(sent(&mut script).len(), 1);
    script.event(Event::Resumed);
    assert!(matches!(form(&script).step, Step::Sending));
    assert_eq!((script.notice().as_str(), script.done()), ("", vec![Effect::Redraw]));
}

#[test]
fn seconds_of_a_pause_that_was_stopped_do_not_shorten_the_next() {
    let mut script = Script::with(shop());
    confirming(&mut script).typed("3000 IDR").keys("Enter Esc ctrl-x").typed("3000 IDR").keys("Enter");
    for _ in 0..9 {
        script.event(Event::SecondPassed(1));
    }
    assert!(
        matches!(form(&script).step, Step::Pausing { left: 5, ticket: 2, .. }),
        "{:?}",
        form(&script).step
    );
}

#[test]
fn the_confirm_page_scrolls() {
    let mut script = Script::with(shop());
    confirming(&mut script).keys("Down Down PgDn Up").typed("3");
    assert_eq!(form(&script).scroll(), Some(35));
    script.keys("PgUp PgUp");
    assert_eq!(form(&script).scroll(), Some(0));
}

#[test]
fn nothing_is_sent_before_the_last_line_was_on_the_screen() {
    let mut script = Script::with(shop());
    confirming(&mut script).event(Event::PageEnd(6)).typed("3000 IDR").keys("Enter");
    assert_eq!(script.notice(), "nothing was sent; read to the end first: PgDn");
    let Step::Confirm { typed, .. } = &form(&script).step else { panic!("the page stays") };
    assert_eq!(typed.value(), "3000 IDR", "what was typed stays");
    script.keys("PgDn").event(Event::PageEnd(6));
    assert_eq!(script.notice(), "");
    script.keys("Enter");
    seconds(&mut script);
    assert_eq!(sent(&mut script).len(), 1, "{}", script.notice());
}

#[test]
fn what_comes_in_before_enter_or_in_the_pause_stops_the_send() {
    let moved = |status: &str| Event::Rows(vec![order_case("O7", status, "P7")]);
    let known = |number: &str, fate| Event::RefundsSeen("P7".into(), Ok(vec![elsewhere(number, 1, fate)]));
    let unknown = || Event::Journal(vec![record("P7", 1, "1", State::Unknown)]);
    let other = || Event::Journal(vec![paid("P7", 1, "1")]);
    let cases: [(Coming, &str); 5] = [
        (Box::new(move || moved("CASE_CANCEL")), "O7 of this order has moved"),
        (Box::new(move || moved("DISPUTE_INQUIRY")), "O7 of this order is open now: DISPUTE_INQUIRY"),
        (Box::new(unknown), "outcome unknown"),
        (Box::new(other), "another refund of this order has been made"),
        (Box::new(move || known("DK01", Fate::Paid)), "knows another refund"),
    ];
    for (coming, why) in cases {
        let mut script = Script::with(shop());
        confirming(&mut script).typed("3000 IDR").event(coming()).keys("Enter");
        let before = script.notice();
        assert!(sent(&mut script).is_empty());
        let mut script = Script::with(shop());
        confirming(&mut script).typed("3000 IDR").keys("Enter").event(coming());
        seconds(&mut script);
        assert!(sent(&mut script).is_empty());
        assert!(
            script.notice().contains(why) && script.notice().contains("nothing was sent"),
            "{}",
            script.notice()
        );
        assert!(before.contains(why) || why.contains("knows another"), "{before}");
    }
}

#[test]
fn a_case_that_opens_meanwhile_is_stopped_at() {
    let mut script = Script::with(shop());
    confirming(&mut script).event(Event::Rows(vec![order_case("O7", "DISPUTE_INQUIRY", "P7")]));
    script.typed("3000 IDR").keys("Enter");
    assert!(matches!(form(&script).step, Step::Stopped));
    script.keys("c ctrl-x").typed("3000 IDR").keys("Enter");
    seconds(&mut script);
    assert!(sent(&mut script)[0].although_open, "the operator went on");
}

#[test]
fn accepted_is_asked_about_at_once_and_its_words_are_forgotten() {
    let mut script = Script::with(shop());
    sending(&mut script).effects.clear();
    script.event(Event::Refunded("P7".into(), answer(State::Accepted, "APPLY_SUCCESS", false)));
    assert_eq!(script.effects, [Effect::LoadRecords, Effect::Settle]);
    let Step::Done(done) = &form(&script).step else { panic!("it is done") };
    assert_eq!(done.fate().words(), "accepted, not yet paid");
    script.keys("e");
    assert!(matches!(form(&script).step, Step::Done(_)), "what was taken is not written again");
    script.keys("Enter $");
    assert!(script.notice().contains("is being sent"), "until the journal is read: {}", script.notice());
    script.event(Event::Journal(vec![paid("P7", 1, "3000")])).keys("$");
    assert_eq!(form(&script).amount.value(), "");
    assert!(!script.notice().contains("is back"), "{}", script.notice());
}

#[test]
fn an_unknown_outcome_blocks_the_order() {
    let mut script = Script::with(shop());
    sending(&mut script).effects.clear();
    script.event(Event::Refunded("P7".into(), answer(State::Unknown, "TIMED_OUT", false)));
    assert_eq!(script.effects, [Effect::LoadRecords]);
    script.event(Event::Journal(vec![record("P7", 1, "3000", State::Unknown)]));
    script.keys("e Esc $");
    assert!(script.notice().contains("outcome unknown"), "{}", script.notice());
    assert!(matches!(script.model.overlay, Overlay::CasePage(_)));
}

#[test]
fn an_unknown_outcome_is_closed_by_esc_alone() {
    let mut script = Script::with(shop());
    sending(&mut script).event(Event::Refunded("P7".into(), answer(State::Unknown, "TIMED_OUT", false)));
    for key in ["Enter", "Enter", "q", "ctrl-c", "e", "Space"] {
        script.keys(key);
        assert!(matches!(form(&script).step, Step::Done(_)), "{key}");
    }
    script.keys("q");
    assert!(
        script.notice().contains("nobody knows whether it was refunded; Esc closes"),
        "{}",
        script.notice()
    );
    script.keys("Esc");
    assert!(matches!(script.model.overlay, Overlay::CasePage(_)));
    for (state, key) in [(State::Accepted, "Enter"), (State::Accepted, "q"), (State::Refused, "Enter")] {
        let mut script = Script::with(shop());
        sending(&mut script).event(Event::Refunded("P7".into(), answer(state, "CODE", false))).keys(key);
        assert!(matches!(script.model.overlay, Overlay::CasePage(_)), "what is known is closed by {key}");
    }
}

#[test]
fn a_refusal_that_can_pass_goes_back_to_what_was_written() {
    for key in ["e", "Esc"] {
        let mut script = Script::with(shop());
        sending(&mut script);
        script.event(Event::Refunded("P7".into(), answer(State::Refused, "UNSENT", true))).done();
        assert_eq!(script.keys(key).done(), [Effect::LookAtRefunds("P7".into())], "asked anew");
        assert!(is_writing(&script));
        assert_eq!(form(&script).amount.value(), "3000");
        assert_eq!(form(&script).slot(&script.model), Some(1), "a refusal keeps its number");
        script.event(Event::RefundsSeen("P7".into(), Ok(Vec::new())));
        script.keys("ctrl-x").typed("3000 IDR").keys("Enter");
        seconds(&mut script);
        assert_eq!(sent(&mut script).len(), 1);
    }
}

#[test]
fn a_refusal_for_good_closes_and_its_words_can_be_corrected() {
    let mut script = Script::with(shop());
    sending(&mut script);
    script.event(Event::Refunded("P7".into(), answer(State::Refused, "PARAMS_INVALID", false)));
    script.keys("Esc $");
    assert_eq!(form(&script).amount.value(), "3000");
}

#[test]
fn the_page_can_be_left_while_the_answer_is_awaited() {
    let mut script = Script::with(shop());
    sending(&mut script).keys("q");
    assert!(matches!(script.model.overlay, Overlay::CasePage(_)));
    assert!(script.notice().contains("goes on by itself"), "{}", script.notice());
    script.keys("$");
    assert!(script.notice().contains("being sent"), "one at a time: {}", script.notice());
    script.event(Event::Refunded("P7".into(), answer(State::Unknown, "DROPPED", false)));
    let stands = script.standing();
    for part in ["outcome unknown", "DROPPED", "do not refund order P7 again", "s asks"] {
        assert!(stands.concat().contains(part), "{part}: {stands:?}");
    }
}

#[test]
fn answers_of_other_orders_and_doubled_ones_change_nothing() {
    let mut script = Script::with(shop());
    sending(&mut script).event(Event::Refunded("P8".into(), answer(State::Accepted, "X", false)));
    assert!(matches!(form(&script).step, Step::Sending));
    script.event(Event::Refunded("P7".into(), answer(State::Unknown, "DROPPED", false)));
    script.event(Event::Refunded("P7".into(), answer(State::Accepted, "APPLY_SUCCESS", false)));
    let Step::Done(first) = &form(&script).step else { panic!("it is done") };
    assert_eq!(first.state, State::Unknown, "the first answer stands");
    assert!(!script.done().contains(&Effect::Settle));
}

#[test]
fn what_was_never_received_is_sent_again_as_it_was() {
    let mut script = Script::with(shop());
    script.event(Event::Journal(vec![record("P7", 1, "3000", State::NotReceived)]));
    page(&mut script, "O7").keys("$");
    assert!(matches!(form(&script).step, Step::Confirm { .. }));
    assert_eq!(form(&script).amount.value(), "3000.00");
    script.typed("3000 IDR").keys("Enter");
    assert!(script.notice().contains("still being asked"), "{}", script.notice());
    script.event(Event::RefundsSeen("P7".into(), Ok(Vec::new())));
    script.keys("ctrl-u").typed("3000 IDR").keys("Enter x");
    assert!(matches!(form(&script).step, Step::Confirm { .. }), "stopped, and to be typed anew");
    script.typed("3000 IDR").keys("Enter");
    seconds(&mut script);
    let all = sent(&mut script);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].again, Some(ActionId("A-P7-1".into())));
    assert_eq!(all[0].refund.amount.wire(), "3000");
}

#[test]
fn escape_on_a_refund_sent_again_goes_back_to_the_case() {
    let mut script = Script::with(shop());
    script.event(Event::Journal(vec![record("P7", 1, "3000", State::NotReceived)]));
    page(&mut script, "O7").keys("$ Esc");
    assert!(matches!(script.model.overlay, Overlay::CasePage(_)));
    script.keys("$");
    let found = elsewhere("DKAAAAAAAAAAAAAAAAAAAAAAAAAA01", 3000, Fate::Pending);
    script.event(Event::RefundsSeen("P7".into(), Ok(vec![found]))).typed("3000 IDR").keys("Enter");
    assert!(
        script.notice().contains("accepted, not yet paid"),
        "it was received after all: {}",
        script.notice()
    );
    assert!(sent(&mut script).is_empty());
}
