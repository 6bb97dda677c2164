//! Random keys, pastes, resizes and answers, late and doubled: nothing panics and the desk stays whole.

use super::refunding::record;
use super::*;
use crate::app::event::Report;
use crate::app::layout::Layout;
use crate::app::overlay::Overlay;
use crate::app::refunding;
use crate::app::replying::{Answer, RowProgress, Step};
use crate::domain::action::State;
use crate::domain::record::ActionRecord;
use crate::domain::reply::Target;
use proptest::prelude::*;

fn any_key() -> impl Strategy<Value = Event> {
    let named = prop::sample::select(vec![
        "Enter",
        "Esc",
        "Tab",
        "Shift-Tab",
        "Space",
        "Up",
        "Down",
        "PgUp",
        "PgDn",
        "Home",
        "End",
        "Backspace",
        "Delete",
        "Left",
        "Right",
        "ctrl-d",
        "ctrl-u",
        "ctrl-r",
        "ctrl-c",
        "ctrl-e",
        "ctrl-l",
        "ctrl-z",
        "ctrl-w",
        "ctrl-x",
        "ctrl-p",
    ]);
    prop_oneof![
        4 => prop::sample::select("jkgGVu/oRaxrBntwyYLsmez:?q$0123456789<>!WhlS".chars().collect::<Vec<_>>())
            .prop_map(|c| Event::Key(Key::char(c))),
        2 => named.prop_map(|name| Event::Key(name.parse().unwrap())),
    ]
}

fn any_case() -> impl Strategy<Value = Tracked> {
    let status =
        prop::sample::select(vec!["DISPUTE_INQUIRY", "DISPUTE_RECEIVED", "CASE_CLOSED", "NEW_WORD", ""]);
    let due = prop::sample::select(vec!["2026-11-18", "2026-11-20", "2026-11-21", "2026-12-24", "soon", ""]);
    (0u8..12, status, due).prop_map(|(n, status, due)| case(&format!("O{n}"), status, due, "1.00", "USD"))
}

fn any_event() -> impl Strategy<Value = Event> {
    let ticket = 0u32..5;
    prop_oneof![
        12 => any_key(),
        1 => "\\PC{0,12}".prop_map(Event::Paste),
        1 => (0u16..150, 0u16..60).prop_map(|(w, h)| Event::Resized(w, h)),
        1 => (0usize..200).prop_map(Event::PageEnd),
        1 => Just(Event::Tick),
        1 => prop::collection::vec(any_case(), 0..6).prop_map(|cases| Event::Rows(once_each(cases))),
        1 => prop::collection::vec(any_case(), 0..12).prop_map(|cases| Event::Loaded(once_each(cases))),
        1 => any_case().prop_map(|t| Event::History(t.id, Vec::new())),
        1 => (ticket.clone(), 0usize..20).prop_map(|(ticket, done)| Event::Progress { ticket, done, failed: 0 }),
        1 => ticket.prop_map(|ticket| Event::RefreshEnded { ticket, report: Report::default() }),
        1 => "\\PC{0,12}".prop_map(|text| Event::Edited(Ok(text))),
        2 => Just(Event::Paste("https://ev.example/{caseId}.PDF".into())),
        4 => (0u8..12, 0u8..3).prop_map(|(n, kind)| Event::Replied(Target::Case(id(&format!("O{n}"))), answer(kind))),
        1 => Just(Event::Resumed),
        1 => (1u32..4).prop_map(Event::SecondPassed),
        1 => "\\PC{0,12}".prop_map(Event::RefundPreviewed),
        1 => any_journal().prop_map(Event::Journal),
        2 => prop_oneof![Just(Ok(Vec::new())), Just(Err("no answer".to_owned()))]
            .prop_map(|seen| Event::RefundsSeen(ORDER.into(), seen)),
        2 => (0u8..3).prop_map(|kind| Event::Refunded(ORDER.into(), refund_answer(kind))),
    ]
}

/// The order of every case here.
const ORDER: &str = "P1642410680681";

fn refund_answer(kind: u8) -> refunding::Answer {
    let Answer { state, code, msg, may_pass, .. } = answer(kind);
    refunding::Answer { state, number: None, code, msg, status: None, may_pass }
}

/// No refund of the order, or one in any state.
fn any_journal() -> impl Strategy<Value = Vec<ActionRecord>> {
    let state = prop::sample::select(State::ALL.to_vec());
    prop::collection::vec(state, 0..2)
        .prop_map(|states| states.into_iter().map(|state| record(ORDER, 1, "1", state)).collect())
}

/// Accepted, unknown or refused.
fn answer(kind: u8) -> Answer {
    let state = [State::Accepted, State::Unknown, State::Refused][usize::from(kind)];
    let code = "CODE".to_owned();
    let none = Vec::new;
    Answer {
        state,
        code,
        msg: String::new(),
        success_case_ids: none(),
        fail_case_ids: none(),
        may_pass: kind == 2,
    }
}

fn once_each(cases: Vec<Tracked>) -> Vec<Tracked> {
    let by_id: BTreeMap<_, _> = cases.into_iter().map(|tracked| (tracked.id.clone(), tracked)).collect();
    by_id.into_values().collect()
}

/// What must hold after every single event.
fn check(script: &Script) {
    let desk = &script.model.desk;
    assert_eq!(script.model.book.marks().count(), script.model.book.marked(), "a mark without a case");
    match &desk.cursor.id {
        Some(id) => {
            assert_eq!(script.model.desk.listing.line_of(&script.model.book, id), Some(desk.cursor.line));
        }
        None => assert_eq!(desk.listing.shown(), 0, "cases are shown and the cursor is on none"),
    }
    if let Some(layout) = Layout::of(script.model.scene.width, script.model.scene.height)
        && desk.cursor.id.is_some()
    {
        let rows = layout.table_rows();
        assert!((desk.cursor.top..desk.cursor.top + rows).contains(&desk.cursor.line), "{:?}", desk.cursor);
    }
    assert!(desk.tabs.contains(&desk.tab));
    scale::check_by_looking_at_everything(script);
}

fn is_confirming(script: &Script) -> bool {
    matches!(&script.model.overlay, Overlay::Reply(form) if matches!(form.step, Step::Confirm { .. }))
}

/// Whether the sending page is open, where `f` sends refused ones once more.
fn is_retry(script: &Script) -> bool {
    matches!(&script.model.overlay, Overlay::Reply(form) if matches!(form.step, Step::Sending(_)))
}

/// Replies on their way, as the page shows them.
fn under_way(script: &Script) -> usize {
    let Overlay::Reply(form) = &script.model.overlay else { return 0 };
    let Step::Sending(sending) = &form.step else { return 0 };
    sending.rows.iter().filter(|row| row.progress == RowProgress::UnderWay).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn the_desk_survives_any_sequence(events in prop::collection::vec(any_event(), 1..120)) {
        let mut script = Script::with(six());
        let mut tickets = std::collections::BTreeSet::new();
        for event in events {
            let confirming = is_confirming(&script);
            let answering = matches!(event, Event::Replied(..));
            script.event(event);
            check(&script);
            for effect in script.done() {
                if let Effect::SendReply { .. } = &effect {
                    prop_assert!(confirming || answering || is_retry(&script), "a send without a confirm page");
                    prop_assert_eq!(under_way(&script), 1, "one reply at a time");
                }
                if let Effect::Refresh { ticket, ids } = effect {
                    prop_assert!(tickets.insert(ticket), "a ticket is given once");
                    prop_assert!(!ids.is_empty());
                }
            }
        }
    }
}
