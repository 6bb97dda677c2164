//! Actions whose end is not known: marked by hand, asked about by themselves, and said when they end.

use super::*;
use crate::app::overlay::{Prompt, Purpose};
use crate::domain::marking::Found;
use time::Duration;

fn journal(record: ActionRecord) -> Script {
    let mut script = Script::with(shop());
    script.event(Event::Journal(vec![record]));
    script.keys("7").effects.clear();
    script
}

fn prompt(script: &Script) -> &Prompt {
    let Overlay::Prompt(prompt) = &script.model.overlay else { panic!("a prompt is open") };
    prompt
}

fn quiet(told: &str) -> Event {
    Event::Settled { told: told.into(), alarm: false }
}

#[test]
fn an_unknown_refund_is_marked_as_the_portal_shows_it() {
    for (text, found) in [
        ("paid", Found::Executed),
        ("not paid", Found::NotExecuted),
        (" Not  Paid ", Found::NotExecuted),
        ("failed", Found::Failed),
    ] {
        let mut script = journal(record("P7", 1, "3000", State::Unknown));
        script.keys("m");
        assert_eq!(prompt(&script).purpose, Purpose::Resolve(ActionId("A-P7-1".into())));
        script.typed("maybe").keys("Enter");
        assert_eq!(
            prompt(&script).problem.as_deref(),
            Some("type paid, not paid or failed, as the merchant portal shows it")
        );
        script.keys("ctrl-u").typed(text).keys("Enter");
        assert_eq!(script.done(), [Effect::Resolve { id: ActionId("A-P7-1".into()), found }], "{text}");
        script.event(quiet("written down"));
        assert_eq!(script.notice(), "written down");
    }
}

#[test]
fn a_reply_is_received_or_not() {
    let mut reply = record("P7", 1, "3000", State::Unknown);
    reply.intent.kind = Kind::Reply;
    let mut script = journal(reply);
    script.keys("m").typed("paid").keys("Enter");
    assert!(prompt(&script).problem.as_deref().is_some_and(|why| why.contains("received or not received")));
    script.keys("ctrl-u").typed("received").keys("Enter");
    assert!(matches!(script.done()[..], [Effect::Resolve { found: Found::Executed, .. }]));
}

#[test]
fn not_paid_is_not_believed_right_after_the_send() {
    let mut young = record("P7", 1, "3000", State::Unknown);
    young.sent_at = Some(NOW - Duration::minutes(4));
    let mut script = journal(young);
    script.keys("m").typed("not paid").keys("Enter");
    assert!(
        prompt(&script)
            .problem
            .as_deref()
            .is_some_and(|why| why.contains("too early") && why.contains("60 s")),
        "{:?}",
        prompt(&script).problem
    );
    script.now += Duration::minutes(1);
    script.keys("Enter");
    assert!(matches!(script.done()[..], [Effect::Resolve { found: Found::NotExecuted, .. }]));
}

#[test]
fn what_is_known_is_not_marked_and_escape_marks_nothing() {
    let mut script = journal(paid("P7", 1, "3000"));
    script.keys("m");
    assert!(script.notice().contains("only an action of unknown or open outcome"), "{}", script.notice());
    let mut script = journal(record("P7", 1, "3000", State::Unknown));
    script.keys("m").typed("paid").event(Event::Journal(vec![paid("P7", 1, "3000")]));
    script.keys("Enter");
    assert!(prompt(&script).problem.as_deref().is_some_and(|why| why.contains("known by now")));
    script.keys("Esc");
    assert_eq!(script.done(), []);
    let mut script = Script::with(shop());
    script.keys("7 m");
    assert!(script.notice().contains("no action under the cursor"), "{}", script.notice());
    script.keys("5 m");
    assert!(script.notice().contains("nothing here has changed"), "elsewhere it marks changes as seen");
}

#[test]
fn s_asks_about_refunds_too() {
    let mut script = Script::with(shop());
    script.keys("s");
    assert!(script.notice().contains("no reply or refund"), "{}", script.notice());
    script.event(Event::Journal(vec![record("P7", 1, "1", State::Accepted)])).done();
    assert_eq!(script.keys("s").done(), [Effect::Settle]);
    script.event(quiet("1 settled"));
    assert_eq!(script.notice(), "1 settled");
}

/// The minutes at which a desk asks by itself about an action sent at the start, over so many minutes.
fn asked_at(state: State, kind: Kind, minutes: i64) -> Vec<i64> {
    let mut action = record("P7", 1, "1", state);
    action.intent.kind = kind;
    action.sent_at = Some(NOW);
    let mut script = journal(action);
    let asked = |minute: &i64| {
        script.now = NOW + Duration::minutes(*minute) + Duration::seconds(7);
        let effects = script.event(Event::Tick).done();
        assert!(effects.len() <= 1 && script.notice().is_empty(), "quietly, and once");
        effects == [Effect::Settle]
    };
    (0..minutes).filter(asked).collect()
}

#[test]
fn unknown_and_accepted_actions_are_asked_about_by_themselves() {
    let half_hours = (50..1440).step_by(30);
    let unknown: Vec<i64> = [1, 3, 8, 14, 20].into_iter().chain(half_hours).chain([1440, 2880]).collect();
    assert_eq!(asked_at(State::Unknown, Kind::Refund, 3000), unknown);
    assert_eq!(asked_at(State::Sending, Kind::Refund, 3000), unknown, "its answer may wait to be written");
    assert_eq!(asked_at(State::Unknown, Kind::Reply, 100), [1, 3, 8, 14, 20, 50, 80]);
    assert_eq!(asked_at(State::Accepted, Kind::Refund, 3000), [1, 5, 15, 60, 1440, 2880]);
    for (state, kind) in
        [(State::Accepted, Kind::Reply), (State::Settled, Kind::Refund), (State::Refused, Kind::Refund)]
    {
        assert_eq!(asked_at(state, kind, 100), [0; 0], "{state}");
    }
}

#[test]
fn what_was_sent_before_the_desk_opened_is_asked_about_at_the_first_tick() {
    let mut script = journal(record("P7", 1, "1", State::Unknown));
    assert_eq!(script.event(Event::Tick).done(), [Effect::Settle]);
    assert_eq!(script.event(Event::Tick).done(), []);
    script.now -= Duration::days(9);
    assert_eq!(script.event(Event::Tick).done(), [], "a clock that was set back asks nothing");
}

#[test]
fn how_an_action_ended_is_said_when_nothing_else_is() {
    let mut script = journal(record("P7", 1, "3000", State::Accepted));
    script.event(quiet("1 settled"));
    assert_eq!(script.notice(), "", "nobody asked");
    script.event(Event::Journal(vec![paid("P7", 1, "3000")]));
    assert!(script.notice().ends_with("of order P7: refunded"), "{}", script.notice());
    let mut failed = record("P7", 1, "3000", State::Settled);
    failed.finding.status = Some("REFUND_FAILED".into());
    let mut script = journal(record("P7", 1, "3000", State::Accepted));
    script.event(Event::Journal(vec![failed])).keys("j");
    assert!(script.notice().ends_with("failed, not paid"), "it stays until dismissed: {}", script.notice());
    let mut script = journal(record("P7", 1, "3000", State::Accepted));
    script.event(Event::Failed("the disk is full".into())).event(Event::Journal(vec![paid("P7", 1, "3000")]));
    assert_eq!(script.notice(), "the disk is full", "what went wrong stays readable");
}

#[test]
fn an_alarm_is_said_to_whoever_sits_there() {
    let mut script = journal(record("P7", 1, "3000", State::Unknown));
    script.event(Event::Settled { told: "1 contradicted by PayerMax".into(), alarm: true });
    script.event(Event::Journal(vec![paid("P7", 1, "3000")])).keys("j");
    assert_eq!(script.notice(), "1 contradicted by PayerMax", "nobody asked, and it stays");
    let stands = script.model.standing.first().map(|one| one.notice.tone);
    assert_eq!(stands, Some(crate::app::model::Tone::Error));
}

#[test]
fn a_refund_that_turns_up_after_all_is_an_error_on_the_screen() {
    for before in [State::NotReceived, State::Refused] {
        let mut script = journal(record("P7", 1, "3000", before));
        let mut found = record("P7", 1, "3000", State::Accepted);
        found.finding.code = Some("FOUND_LATER".into());
        script.event(Event::Journal(vec![found.clone()])).keys("j");
        let notice = script.notice();
        assert!(notice.starts_with("PayerMax has it after all: refund "), "{before}: {notice}");
        script.keys("Esc").event(Event::Journal(vec![found]));
        assert_eq!(script.notice(), "", "it is said once");
    }
    let mut script = journal(record("P7", 1, "3000", State::NotReceived));
    assert_eq!(script.keys("s").done(), [Effect::Settle], "it may turn up");
}

#[test]
fn an_accepted_refund_can_be_marked_as_failed_and_not_as_missing() {
    let mut script = journal(record("P7", 1, "3000", State::Accepted));
    script.keys("m").typed("not paid").keys("Enter");
    assert!(prompt(&script).problem.as_deref().is_some_and(|why| why.contains("PayerMax took it")));
    script.keys("ctrl-u").typed("failed").keys("Enter");
    assert!(matches!(script.done()[..], [Effect::Resolve { found: Found::Failed, .. }]));
    let mut another = record("P7", 1, "3000", State::Unknown);
    another.finding.code = Some("MISMATCH".into());
    let mut script = journal(another);
    script.keys("m").typed("paid").keys("Enter");
    assert!(prompt(&script).problem.as_deref().is_some_and(|why| why.contains("another refund")));
}

#[test]
fn that_nobody_could_be_asked_is_said_to_whoever_asked() {
    let why = || Event::NotSettled("there is no key".into());
    let mut script = journal(record("P7", 1, "1", State::Unknown));
    assert_eq!(script.event(Event::Tick).done(), [Effect::Settle]);
    script.event(why());
    assert_eq!(script.notice(), "", "nobody asked");
    script.keys("s").event(why());
    assert_eq!(script.notice(), "there is no key");
}
