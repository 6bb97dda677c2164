//! Typing a refund: fields and choices, what is refused with its reason, pastes, the editor, the preview, and the legacy
//! interface.

use super::*;
use crate::app::refunding::{Elsewhere, Focus, LegacyUse};
use crate::domain::refund::Road;

fn legacy(how: LegacyUse) -> Script {
    let mut session = session();
    session.refunds.legacy = how;
    Script::of(session, shop())
}

#[test]
fn over_what_is_left_is_refused_with_the_difference() {
    let mut script = Script::with(shop());
    script.event(Event::Journal(vec![paid("P7", 1, "2000")]));
    opened(&mut script, "O7").typed("3500").keys("ctrl-x");
    assert!(script.notice().contains("cannot be sent yet: over by 500.00 IDR"), "{}", script.notice());
    script.keys("ctrl-u").typed("3000").keys("Tab 3 ctrl-x");
    assert!(matches!(form(&script).step, Step::Confirm { .. }), "{}", script.notice());
    assert_eq!(crate::app::refunding::asked(form(&script), &script.model).as_deref(), Some("3000.00 IDR"));
    let refund = form(&script).refund(&script.model).unwrap();
    assert_eq!(
        (refund.amount.wire().as_str(), refund.comment.as_deref()),
        ("3000", Some("requested by customer"))
    );
    assert_eq!(form(&script).slot(&script.model), Some(2));
}

#[test]
fn what_could_be_read_two_ways_is_refused() {
    let mut script = Script::with(shop());
    opened(&mut script, "O7");
    for (typed, why) in [
        ("", "the amount is empty"),
        ("3,000", "without grouping"),
        ("3e3", "exponent"),
        ("+3", "sign"),
        ("0", "zero"),
        ("3000.50", "IDR has no decimals"),
    ] {
        script.keys("ctrl-u").typed(typed).keys("ctrl-x");
        assert!(script.notice().contains(why), "{typed}: {}", script.notice());
        assert!(is_writing(&script));
    }
}

#[test]
fn equals_fills_what_is_left_and_is_text_elsewhere() {
    let mut script = Script::with(shop());
    script.event(Event::Journal(vec![paid("P7", 1, "2000")]));
    opened(&mut script, "O7").typed("1=");
    assert_eq!(form(&script).amount.value(), "3000.00");
    script.keys("Tab Tab").typed("a=b");
    assert_eq!(form(&script).comment.value(), "a=b");
}

#[test]
fn keys_move_from_field_to_field_and_enter_never_sends() {
    let mut script = Script::with(shop());
    opened(&mut script, "O7").typed("3000");
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(form(&script).focus);
        script.keys("Enter");
    }
    assert_eq!(seen, [Focus::Amount, Focus::Reason, Focus::Comment, Focus::NotifyUrl, Focus::Amount]);
    script.keys("Shift-Tab");
    assert_eq!(form(&script).focus, Focus::Amount);
    script.keys("Up Up Up Down");
    assert_eq!(form(&script).focus, Focus::Reason, "on the reasons arrows choose");
    assert_eq!(form(&script).reason, Some(0));
    assert!(sent(&mut script).is_empty() && is_writing(&script));
}

#[test]
fn reasons_are_chosen_by_digit_and_arrow_and_taken_back() {
    let mut script = Script::with(shop());
    opened(&mut script, "O7").keys("Tab");
    let mut at = |keys: &str| {
        script.keys(keys);
        form(&script).reason
    };
    assert_eq!(at("3"), Some(2));
    assert_eq!(at("Down"), Some(2));
    assert_eq!(at("Up"), Some(1));
    assert_eq!(at("Left Left Left"), Some(0));
    assert_eq!(at("Right"), Some(1));
    assert_eq!(at("9"), Some(1));
    assert_eq!(at("0"), Some(1));
    assert_eq!(at("x"), Some(1));
    assert_eq!(at("Space"), None);
    assert_eq!(at("Up"), Some(2));
    assert_eq!(at("Backspace"), None);
    script.keys("7");
    assert!(script.notice().contains("1 to 3 choose a reason"), "{}", script.notice());
}

#[test]
fn the_comment_is_the_reason_the_words_or_both() {
    let mut script = Script::with(shop());
    opened(&mut script, "O7").keys("Tab 1");
    assert_eq!(form(&script).comment_sent(&script.model), "duplicate");
    script.keys("Tab").typed("order 7 ");
    assert_eq!(form(&script).comment_sent(&script.model), "duplicate: order 7");
    script.keys("Shift-Tab Space");
    assert_eq!(form(&script).comment_sent(&script.model), "order 7");
}

#[test]
fn a_form_without_reasons_has_no_such_field() {
    let mut session = session();
    session.refunds.reasons.clear();
    let mut script = Script::of(session, shop());
    opened(&mut script, "O7").keys("Tab");
    assert_eq!(form(&script).focus, Focus::Comment);
}

#[test]
fn a_paste_is_text_in_the_field_and_chooses_nothing() {
    let mut script = Script::with(shop());
    opened(&mut script, "O7").event(Event::Paste("3000\n".into()));
    assert_eq!(form(&script).amount.value(), "3000");
    script.keys("Tab").event(Event::Paste("2\n".into()));
    assert_eq!(form(&script).reason, None);
    assert!(script.notice().contains("paste ignored"));
    script.keys("Tab").event(Event::Paste("two\r\nlines\n".into()));
    script.keys("Tab").event(Event::Paste("https://shop.example/n".into()));
    let written = form(&script).written(&script.model);
    assert_eq!(
        (written.comment.as_str(), written.notify_url.as_str()),
        ("two lines", "https://shop.example/n")
    );
    assert!(is_writing(&script));
}

#[test]
fn the_editors_text_becomes_the_comment() {
    let mut script = Script::with(shop());
    opened(&mut script, "O7").keys("Tab Tab").typed("a").keys("ctrl-e");
    assert!(script.done().contains(&Effect::Edit("a".into())));
    script.event(Event::Edited(Ok("two\nlines\n".into())));
    assert_eq!(form(&script).comment.value(), "two lines");
    script.event(Event::Edited(Err("vi was killed".into())));
    assert_eq!(form(&script).comment.value(), "two lines");
    assert!(script.notice().contains("vi was killed"));
}

#[test]
fn the_preview_asks_for_the_exact_body_under_its_ordinal() {
    let mut script = Script::with(shop());
    script.event(Event::Journal(vec![paid("P7", 1, "2000")]));
    opened(&mut script, "O7").keys("ctrl-p");
    assert!(script.notice().contains("nothing to preview yet: the amount is empty"), "{}", script.notice());
    script.typed("10").done();
    let refund = form(&script).refund(&script.model).unwrap();
    assert_eq!(script.keys("ctrl-p").done(), [Effect::PreviewRefund(Box::new(refund), 2)]);
    script.event(Event::RefundPreviewed("{}".into())).keys("j PgDn k");
    let Step::Preview { body, scroll } = &form(&script).step else { panic!("the preview is open") };
    assert_eq!((body.as_deref(), *scroll), (Some("{}"), 34));
    script.event(Event::PageEnd(5));
    assert_eq!(form(&script).scroll(), Some(5), "no further than there are lines");
    script.keys("ctrl-x");
    assert!(matches!(form(&script).step, Step::Confirm { .. }));
    script.keys("Esc ctrl-p q");
    assert!(is_writing(&script));
    script.event(Event::RefundPreviewed("late".into()));
    assert!(is_writing(&script));
}

#[test]
fn payermax_is_asked_first_and_when_it_does_not_answer_the_way_is_open() {
    let mut script = Script::with(shop());
    page(&mut script, "O7").keys("$").typed("10").keys("ctrl-x");
    assert!(script.notice().contains("still being asked"), "{}", script.notice());
    script.event(Event::RefundsSeen("P8".into(), Ok(Vec::new()))).keys("ctrl-x");
    assert!(is_writing(&script), "the answer is about another order");
    script.event(Event::RefundsSeen("P7".into(), Err("no answer in time".into()))).keys("ctrl-x");
    assert!(matches!(form(&script).step, Step::Confirm { .. }));
    assert_eq!(form(&script).elsewhere, Elsewhere::NotAsked("no answer in time".into()));
}

#[test]
fn what_was_refunded_elsewhere_counts() {
    let mut script = Script::with(shop());
    page(&mut script, "O7").keys("$");
    let other = elsewhere("DKAAAAAAAAAAAAAAAAAAAAAAAAAA01", 4000, Fate::Paid);
    script.event(Event::RefundsSeen("P7".into(), Ok(vec![other]))).typed("2000").keys("ctrl-x");
    assert!(script.notice().contains("over by 1,000.00 IDR"), "{}", script.notice());
    assert_eq!(form(&script).slot(&script.model), Some(2));
    script.event(Event::RefundsSeen("P7".into(), Err("a late failure".into())));
    assert_eq!(form(&script).others().len(), 1, "what is known stays known");
    let open = elsewhere("DKAAAAAAAAAAAAAAAAAAAAAAAAAA02", 1, Fate::Pending);
    script.event(Event::RefundsSeen("P7".into(), Ok(vec![open]))).keys("ctrl-u").typed("1").keys("ctrl-x");
    assert!(script.notice().contains("accepted, not yet paid"), "{}", script.notice());
}

#[test]
fn the_policy_names_its_rule_and_its_file() {
    let mut session = session();
    let rule = Rule { value: 100.into(), source: "/etc/docket/policy.toml".into() };
    session.refunds.limits.max.insert("IDR".into(), rule);
    let mut script = Script::of(session, shop());
    opened(&mut script, "O7").typed("101").keys("ctrl-x");
    assert!(script.notice().contains("refund_max in /etc/docket/policy.toml"), "{}", script.notice());
    script.keys("Backspace").typed("0").keys("ctrl-x");
    assert!(matches!(form(&script).step, Step::Confirm { .. }));
}

#[test]
fn the_legacy_road_is_a_choice_and_fixes_the_amount() {
    let mut script = legacy(LegacyUse::Offered);
    opened(&mut script, "O7").typed("100").keys("Shift-Tab");
    assert_eq!(form(&script).focus, Focus::Road);
    script.keys("Space");
    assert_eq!((form(&script).road, form(&script).amount.value()), (Road::Legacy, "5000.00"));
    script.keys("Tab").typed("a@b.br").keys("Tab").typed("9=").event(Event::Paste("9".into()));
    assert_eq!(form(&script).amount.value(), "5000.00", "it cannot be typed over");
    script.keys("ctrl-x");
    assert!(script.notice().contains("a legacy refund needs a comment"), "{}", script.notice());
    script.keys("Tab 1 ctrl-x");
    assert!(matches!(form(&script).step, Step::Confirm { .. }), "{}", script.notice());
    let refund = form(&script).refund(&script.model).unwrap();
    assert_eq!((refund.road, refund.email.as_deref()), (Road::Legacy, Some("a@b.br")));
    script.keys("Esc Shift-Tab Shift-Tab Left");
    assert_eq!(form(&script).road, Road::Legacy, "the cursor was in the email address");
    script.keys("Shift-Tab Left");
    assert_eq!((form(&script).road, form(&script).amount.value()), (Road::Current, ""));
    assert!(!form(&script).fields(&script.model).contains(&Focus::Email));
}

#[test]
fn a_profile_that_is_legacy_always_has_no_choice() {
    let mut script = legacy(LegacyUse::Always);
    opened(&mut script, "O7");
    assert_eq!((form(&script).road, form(&script).amount.value()), (Road::Legacy, "5000.00"));
    assert_eq!(form(&script).focus, Focus::Reason);
    assert!(!form(&script).fields(&script.model).contains(&Focus::Road));
    script.keys("1 Esc $");
    assert_eq!(form(&script).reason, Some(0));
    let mut script = legacy(LegacyUse::Never);
    opened(&mut script, "O7");
    assert!(!form(&script).fields(&script.model).contains(&Focus::Road));
}
