//! Answering cases: the form, the draft, the confirm page, and what late, lost and mixed answers do.

use super::*;
use crate::app::overlay::Overlay;
use crate::app::replying::{Answer, Focus, RowProgress, Sending, Step};
use crate::domain::action::State;
use crate::domain::record::{ActionId, ActionRecord, Finding, Intent, Kind};
use crate::domain::reply::{Reply, Target};
use crate::domain::stage::Stage;

pub(super) fn target(text: &str) -> Target {
    Target::Case(id(text))
}

fn answer(state: State, code: &str, may_pass: bool) -> Answer {
    Answer {
        state,
        code: code.into(),
        msg: String::new(),
        success_case_ids: Vec::new(),
        fail_case_ids: Vec::new(),
        may_pass,
    }
}

pub(super) fn accepted() -> Answer {
    answer(State::Accepted, "APPLY_SUCCESS", false)
}

/// The replies among the effects so far.
pub(super) fn sent(script: &mut Script) -> Vec<Reply> {
    let reply = |effect| if let Effect::SendReply { reply, .. } = effect { Some(reply) } else { None };
    script.done().into_iter().filter_map(reply).collect()
}

pub(super) fn step(script: &Script) -> &Step {
    let Overlay::Reply(form) = &script.model.overlay else { panic!("the form is open") };
    &form.step
}

pub(super) fn sending(script: &Script) -> &Sending {
    let Step::Sending(sending) = step(script) else { panic!("replies are on their way") };
    sending
}

/// Opens the form on the first case and fills it in.
pub(super) fn written(script: &mut Script) -> &mut Script {
    script.keys("r").typed("delivered").keys("Tab");
    script.event(Event::Paste("https://ev.example/{caseId}.PDF\n".into()))
}

#[test]
fn one_case_is_answered_with_y_and_exactly_once() {
    let mut script = Script::with(six());
    written(&mut script).keys("ctrl-x y y Enter y");
    let replies = sent(&mut script);
    assert_eq!(replies.len(), 1);
    assert_eq!(replies[0].target, target("O1"));
    assert_eq!(replies[0].files, ["https://ev.example/O1.PDF"]);
    assert_eq!((replies[0].content.as_str(), replies[0].out_user_id.as_str()), ("delivered", "10042"));
}

#[test]
fn what_payermax_made_of_an_accepted_reply_is_asked_at_once() {
    let mut script = Script::with(six());
    written(&mut script).keys("ctrl-x y");
    script.done();
    script.event(Event::Replied(target("O1"), accepted()));
    let effects = script.done();
    assert!(
        effects.contains(&Effect::Settle) && effects.contains(&Effect::DeleteDraft(vec![target("O1")])),
        "{effects:?}"
    );
}

#[test]
fn the_journal_is_read_after_every_answer_so_that_an_unknown_one_can_be_settled() {
    let mut script = Script::with(six());
    written(&mut script).keys("ctrl-x y");
    script.effects.clear();
    script.event(Event::Replied(target("O1"), answer(State::Unknown, "DROPPED", false)));
    assert!(script.effects.contains(&Effect::LoadRecords), "{:?}", script.effects);
}

#[test]
fn enter_never_sends() {
    let mut script = Script::with(six());
    written(&mut script).keys("Enter Enter Enter ctrl-x Enter Enter Enter Enter");
    assert!(sent(&mut script).is_empty());
    assert!(matches!(step(&script), Step::Confirm { .. }));
    script.event(Event::Paste("y\n".into()));
    assert!(sent(&mut script).is_empty(), "a paste confirms nothing");
}

#[test]
fn what_is_wrong_is_said_and_the_confirm_page_stays_shut() {
    let mut script = Script::with(six());
    script.keys("r ctrl-x");
    assert!(script.notice().contains("the text is empty"), "{}", script.notice());
    script.typed("x").keys("ctrl-x");
    assert!(script.notice().contains("at least one evidence file"), "{}", script.notice());
    script.keys("Tab").typed("http://x/a.jpeg").keys("ctrl-x");
    assert!(script.notice().contains("file 1 ends in .jpeg"), "{}", script.notice());
    assert!(matches!(step(&script), Step::Write));
}

#[test]
fn files_are_added_by_paste_reordered_and_removed() {
    let mut script = Script::with(six());
    script.keys("r Tab");
    script.event(Event::Paste("http://x/1.pdf\r\nhttp://x/2.pdf\n\nhttp://x/3.pdf\n".into()));
    script.keys("PgUp");
    let Overlay::Reply(form) = &script.model.overlay else { panic!("the form is open") };
    assert_eq!(form.written().files, ["http://x/1.pdf", "http://x/3.pdf", "http://x/2.pdf"]);
    assert_eq!(form.focus, Focus::File(1));
    script.keys("ctrl-u Backspace");
    let Overlay::Reply(form) = &script.model.overlay else { panic!("the form is open") };
    assert_eq!(form.written().files, ["http://x/1.pdf", "http://x/2.pdf"]);
}

#[test]
fn several_cases_are_filled_one_by_one_and_confirmed_by_their_number() {
    let mut script = Script::with(six());
    script.keys("V r ctrl-t Enter Tab");
    script.event(Event::Paste("https://ev.example/{caseId}.PDF".into()));
    script.keys("ctrl-x Enter y");
    assert_eq!(script.notice(), "nothing was sent; type 4 to send", "a habitual y is answered, too");
    script.keys("5 Enter");
    assert!(sent(&mut script).is_empty(), "y and a wrong number send nothing");
    assert!(script.notice().contains("type 4"), "{}", script.notice());
    script.keys("Esc ctrl-x 4 Enter");
    let mut all = sent(&mut script);
    assert_eq!(all.len(), 1, "one at a time");
    while let Some(reply) = all.last().cloned().filter(|_| all.len() < 4) {
        script.event(Event::Replied(reply.target, accepted()));
        all.extend(sent(&mut script));
    }
    let files: Vec<_> = all.iter().map(|reply| reply.files[0].clone()).collect();
    assert_eq!(files, ["O1", "O2", "O3", "O4"].map(|id| format!("https://ev.example/{id}.PDF")));
    assert!(all.iter().all(|reply| reply.content == "goods for P1642410680681 delivered"));
}

#[test]
fn of_marked_cases_those_that_wait_for_no_reply_are_left_out() {
    let mut script = Script::with(six());
    script.keys("5 V r");
    let Overlay::Reply(form) = &script.model.overlay else { panic!("the form is open") };
    let waiting = script.model.book.iter().filter(|tracked| tracked.stage() == Stage::Due).count();
    assert_eq!(form.targets.len(), waiting);
    assert_eq!(script.notice(), "2 of 6 marked cases wait for no reply and are left out");
    script.keys("Esc u 3 V r");
    assert!(matches!(script.model.overlay, Overlay::Reply(_)), "one alone may be answered with a warning");
}

#[test]
fn f_offers_only_refusals_that_can_pass_never_the_unknown() {
    let mut script = Script::with(six());
    script.keys("V r").typed("x").keys("Tab");
    script.event(Event::Paste("https://ev.example/{caseId}.PDF".into()));
    script.keys("ctrl-x 4 Enter");
    for (case, answer) in [
        ("O1", accepted()),
        ("O2", answer(State::Unknown, "TIMED_OUT", false)),
        ("O3", answer(State::Refused, "TOO_MANY_REQUEST", true)),
        ("O4", answer(State::Refused, "MOVED", false)),
    ] {
        script.event(Event::Replied(target(case), answer));
    }
    assert!(sending(&script).is_over());
    script.done();
    script.keys("f");
    let again: Vec<_> = sent(&mut script).into_iter().map(|reply| reply.target).collect();
    assert_eq!(again, [target("O3")]);
    script.event(Event::Replied(target("O3"), accepted())).keys("f");
    assert!(sent(&mut script).is_empty());
    script.keys("Esc");
    assert!(
        script.notice().contains("1 unknown") && script.notice().contains("2 replies accepted"),
        "{}",
        script.notice()
    );
}

#[test]
fn escape_stops_before_the_next_and_the_one_under_way_is_waited_for() {
    let mut script = Script::with(six());
    script.keys("V r").typed("x").keys("Tab");
    script.event(Event::Paste("https://ev.example/{caseId}.PDF".into()));
    script.keys("ctrl-x 4 Enter Esc");
    assert!(!sending(&script).is_over());
    script.done();
    script.event(Event::Replied(target("O1"), accepted()));
    assert!(sent(&mut script).is_empty());
    assert!(sending(&script).is_over());
    assert_eq!(sending(&script).rows[1].progress, RowProgress::Waiting);
}

#[test]
fn what_forbids_sending_stops_before_the_next_and_sends_nothing_again() {
    let mut script = Script::with(six());
    script.keys("V r").typed("x").keys("Tab");
    script.event(Event::Paste("https://ev.example/{caseId}.PDF".into()));
    script.keys("ctrl-x 4 Enter").done();
    script.model.session.read_only = Some("nothing may be sent: [policy] read_only in the config".into());
    script.event(Event::Replied(target("O1"), answer(State::Refused, "TOO_MANY_REQUEST", true)));
    assert!(sent(&mut script).is_empty() && sending(&script).is_over());
    script.keys("f");
    assert!(sent(&mut script).is_empty());
    assert!(script.notice().contains("read_only"), "{}", script.notice());
}

#[test]
fn a_doubled_or_foreign_answer_changes_nothing() {
    let mut script = Script::with(six());
    written(&mut script).keys("ctrl-x y");
    script.event(Event::Replied(target("O1"), answer(State::Unknown, "DROPPED", false)));
    script.event(Event::Replied(target("O1"), accepted()));
    script.event(Event::Replied(target("O9"), accepted()));
    let RowProgress::Answered(first) = &sending(&script).rows[0].progress else { panic!("it is answered") };
    assert_eq!(first.state, State::Unknown, "the first answer stands");
}

#[test]
fn an_open_action_blocks_the_next_reply_and_is_named() {
    let mut script = Script::with(six());
    let intent = Intent {
        id: ActionId("A-1".into()),
        kind: Kind::Reply,
        case_id: Some(id("O1")),
        batch_id: None,
        order: None,
        out_refund_no: None,
        amount: None,
        currency: None,
        data: Vec::new(),
        operator: "ben".into(),
    };
    let record = ActionRecord {
        intent,
        state: State::Unknown,
        finding: Finding::default(),
        created_at: NOW,
        sent_at: Some(NOW),
        answered_at: None,
        settled_at: None,
    };
    let mut refund = record.clone();
    (refund.intent.kind, refund.state) = (Kind::Refund, State::Accepted);
    script.event(Event::Journal(vec![refund]));
    written(&mut script).keys("ctrl-x");
    assert!(!script.notice().contains("settle it first"), "a refund is no reply: {}", script.notice());
    script.keys("Esc Esc").event(Event::Journal(vec![record]));
    written(&mut script).keys("ctrl-x");
    assert!(script.notice().contains("unknown; settle it first"), "{}", script.notice());
    script.keys("Esc s");
    assert!(script.done().contains(&Effect::Settle));
}

#[test]
fn a_batch_is_confirmed_by_the_number_tracked_here() {
    let mut cases = six();
    for tracked in cases.iter_mut().take(3) {
        tracked.case.as_mut().unwrap().set(Field::BatchId, Some("P20210702104937".into()));
    }
    let mut script = Script::with(cases);
    script.keys("B").typed("one for all").keys("Tab");
    script.event(Event::Paste("https://ev.example/P20210702104937.ZIP".into()));
    script.keys("ctrl-x y Enter 3 Enter");
    let replies = sent(&mut script);
    assert_eq!(replies.len(), 1);
    assert_eq!(replies[0].target, Target::Batch("P20210702104937".into()));
    script.event(Event::Replied(replies[0].target.clone(), accepted())).keys("Esc j j j B");
    assert!(script.notice().contains("no batch"), "{}", script.notice());
}

#[test]
fn after_a_send_the_cursor_is_on_the_next_due_case() {
    let mut script = Script::with(six());
    written(&mut script).keys("ctrl-x y");
    script.event(Event::Replied(target("O1"), accepted()));
    let mut received = six()[0].clone();
    received.case.as_mut().unwrap().set(Field::Status, Some("DISPUTE_RECEIVED".into()));
    script.event(Event::Rows(vec![received])).keys("Esc");
    assert_eq!(script.cursor(), "O3");
    assert!(script.notice().contains("next: 1 of 3"), "{}", script.notice());
}

#[test]
fn read_only_and_unfetched_cases_cannot_be_answered_and_say_why() {
    let mut session = session();
    session.read_only = Some("started with --read-only".into());
    let mut script = Script::of(session, six());
    script.keys("r");
    assert!(script.notice().contains("read-only: started with --read-only"));
    let mut script = Script::with(vec![Tracked::new(id("O7"))]);
    script.keys("5 r");
    assert!(script.notice().contains("never fetched"), "{}", script.notice());
}

#[test]
fn a_closed_case_takes_no_reply_and_an_unknown_status_may() {
    for (result, words) in [("WIN", "closed and won, "), ("FAI", "closed and lost, "), ("", "closed ")] {
        let mut closed = six()[5].clone();
        closed.case.as_mut().unwrap().set(Field::CaseResult, Some(result.into()));
        let mut script = Script::with(vec![closed]);
        script.keys("5 r");
        let told = format!("this case is {words}and takes no reply; R asks whether it came back");
        assert_eq!(script.notice(), told);
    }
    for status in ["DISPUTE_RECEIVED", "DISPUTE_END", "NEW_WORD", ""] {
        let mut script = Script::with(vec![case("O9", status, "2026-11-20", "1.00", "USD")]);
        script.keys("5");
        written(&mut script).keys("ctrl-x y");
        assert_eq!(sent(&mut script).len(), 1, "{status}: {}", script.notice());
    }
}

#[test]
fn marked_cases_take_a_reply_while_one_of_them_is_not_closed() {
    let mut cases = six();
    cases.push(case("O7", "CASE_CANCEL", "2026-10-01", "1.00", "USD"));
    let mut script = Script::with(cases);
    script.keys("4 V r");
    assert!(script.notice().contains("all 2 marked cases are closed"), "{}", script.notice());
    script.keys("1 Space r");
    assert!(matches!(step(&script), Step::Write), "{}", script.notice());
}

#[test]
fn a_case_that_closes_under_the_form_stops_its_reply() {
    let mut script = Script::with(six());
    written(&mut script).keys("ctrl-x");
    let mut over = six()[0].clone();
    over.case.as_mut().unwrap().set(Field::Status, Some("CASE_CLOSED".into()));
    script.event(Event::Rows(vec![over])).keys("y");
    assert!(sent(&mut script).is_empty());
    assert!(
        script.notice().contains("nothing was sent: this case is closed and takes no reply"),
        "{}",
        script.notice()
    );
}

#[test]
fn preview_asks_for_the_exact_bodies_and_checks_links_once() {
    let mut script = Script::with(six());
    written(&mut script).keys("ctrl-p");
    let effects = script.done();
    assert!(effects.iter().any(|e| matches!(e, Effect::PreviewReplies(replies) if replies.len() == 1)));
    script.event(Event::Previewed(vec!["{}".into()])).keys("ctrl-k ctrl-k");
    let checks: Vec<_> = script.done().into_iter().filter(|e| matches!(e, Effect::CheckLinks(_))).collect();
    assert_eq!(checks, [Effect::CheckLinks(vec!["https://ev.example/O1.PDF".into()])]);
    script.event(Event::LinksChecked(vec![("https://ev.example/O1.PDF".into(), "answered 200".into())]));
    let Step::Preview(page) = step(&script) else { panic!("the preview is open") };
    assert_eq!((page.links.len(), page.checking), (1, false));
}

#[test]
fn the_editors_text_becomes_the_reply() {
    let mut script = Script::with(six());
    script.keys("r").typed("a").keys("ctrl-e");
    assert!(script.done().contains(&Effect::Edit("a".into())));
    script.event(Event::Edited(Ok("two\nlines\n".into())));
    let Overlay::Reply(form) = &script.model.overlay else { panic!("the form is open") };
    assert_eq!(form.content.value(), "two lines");
}
