//! Random keys, pastes, seconds and answers around one form, late, doubled and failed: a refund leaves only behind the typed
//! amount, and never while another of its order is on its way.

use std::cell::Cell;
use std::collections::BTreeSet;

use super::*;
use crate::app::refunding::LegacyUse;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rust_decimal::Decimal;

#[derive(Clone, Debug)]
enum Move {
    /// A form of this order, up to its confirm page.
    Ready(&'static str),
    Keys(&'static str),
    Typed(&'static str),
    Comes(Event),
    /// The newest pause's second, or an older one's.
    Second(u32),
    /// What came of the refund of an order; with nothing on its way it is doubled or late.
    Answer(&'static str, State),
    /// The page says what is to be typed, and it is.
    Confirm,
}

const ORDERS: [&str; 3] = ["P5", "P7", "P8"];

fn orders() -> impl Strategy<Value = &'static str> {
    prop::sample::select(ORDERS.to_vec())
}

fn states() -> impl Strategy<Value = State> {
    prop::sample::select(State::ALL.to_vec())
}

fn any_move() -> impl Strategy<Value = Move> {
    let keys = vec![
        "Enter",
        "Esc",
        "q",
        "Tab",
        "Shift-Tab",
        "Space",
        "Down",
        "Up",
        "Left",
        "PgDn",
        "Backspace",
        "ctrl-u",
        "ctrl-c",
        "ctrl-p",
        "ctrl-e",
        "e",
        "c",
        "r",
        "n",
        "w",
        "m",
        "s",
        "$",
        "=",
        "1",
        "2",
    ];
    let scripts = vec!["5 g Enter $", "5 g j Enter $", "5 g j j Enter $", "7 g m", "$ c", "Esc Esc Esc"];
    let typed = vec!["1", "10", "3000", "paid", "not paid", "1 IDR", "10.00 IDR", "3000 IDR", "3000 USD"];
    prop_oneof![
        12 => orders().prop_map(Move::Ready),
        6 => prop::sample::select(keys).prop_map(Move::Keys),
        4 => prop::sample::select(scripts).prop_map(Move::Keys),
        4 => prop::sample::select(typed).prop_map(Move::Typed),
        5 => Just(Move::Keys("ctrl-x")),
        12 => Just(Move::Confirm),
        12 => (0u32..3).prop_map(Move::Second),
        4 => (orders(), states()).prop_map(|(order, state)| Move::Answer(order, state)),
        12 => any_news(),
    ]
}

/// What comes from outside.
fn any_news() -> impl Strategy<Value = Move> {
    let number = || prop::sample::select(vec!["DK01", "DK02"]);
    let fates = prop::sample::select(vec![Fate::Paid, Fate::Pending, Fate::Failed]);
    let seen = prop_oneof![
        4 => Just(Ok(Vec::new())),
        1 => (number(), fates).prop_map(|(number, fate)| Ok(vec![elsewhere(number, 1, fate)])),
        1 => Just(Err("no answer in time".to_owned())),
    ];
    let statuses = prop::sample::select(vec!["CASE_CLOSED", "CASE_CLOSED", "DISPUTE_INQUIRY", "NEW_WORD"]);
    prop_oneof![
        6 => (orders(), seen).prop_map(|(order, seen)| Move::Comes(Event::RefundsSeen(order.into(), seen))),
        1 => (orders(), statuses).prop_map(|(order, status)| {
            Move::Comes(Event::Rows(vec![order_case(&order.replace('P', "O"), status, order)]))
        }),
        2 => prop::collection::vec((orders(), 1u8..3, states()), 0..3).prop_map(|rows| {
            let rows: BTreeMap<_, _> = rows.into_iter().map(|(order, slot, state)| ((order, slot), state)).collect();
            let rows = rows.into_iter().map(|((order, slot), state)| record(order, slot, "1000", state));
            Move::Comes(Event::Journal(rows.collect()))
        }),
        1 => Just(Move::Comes(Event::Paste("3000.00 IDR\n".into()))),
        1 => Just(Move::Comes(Event::Edited(Ok("words".into())))),
        1 => Just(Move::Comes(Event::RefundPreviewed("{}".into()))),
        1 => Just(Move::Comes(Event::Tick)),
        1 => Just(Move::Comes(Event::PageEnd(3))),
        1 => Just(Move::Comes(Event::Failed("it failed".into()))),
        1 => Just(Move::Comes(Event::Resumed)),
    ]
}

/// What the test itself knows, beside the core.
#[derive(Default)]
struct Witness {
    /// What stood in the field of the confirm page when Enter was pressed, as long as nothing was pressed since.
    confirmed: Option<String>,
    under_way: BTreeSet<String>,
    sends: usize,
    /// Refunds that were asked for because one person alone must not send them.
    asks: usize,
}

impl Witness {
    fn step(&mut self, script: &mut Script, event: Event) {
        let before = confirm_text(script);
        match &event {
            Event::Key(key) if *key == "Enter".parse().unwrap() => self.confirmed = before.clone(),
            Event::Key(_) | Event::Paste(_) | Event::Resumed => self.confirmed = None,
            Event::Refunded(order, _) => _ = self.under_way.remove(order),
            _ => {}
        }
        let pasted = matches!(event, Event::Paste(_));
        script.event(event);
        if pasted {
            assert_eq!(confirm_text(script), before, "a paste confirms nothing");
        }
        for effect in script.done() {
            match effect {
                Effect::SendRefund(one) => self.judge(script, &one),
                Effect::AskForRefund(one) => self.judge_asked(script, &one),
                _ => {}
            }
        }
    }

    /// A refund is asked for: confirmed like one that leaves, and above the limit.
    fn judge_asked(&mut self, script: &Script, one: &Confirmed) {
        self.asks += 1;
        assert!(self.confirmed.take().is_some(), "nothing is asked for that was not confirmed by Enter");
        assert!(script.model.session.refunds.limits.approval_for(&one.refund.amount).is_some());
    }

    /// A refund is leaving.
    fn judge(&mut self, script: &Script, one: &Confirmed) {
        self.sends += 1;
        let limits = &script.model.session.refunds.limits;
        assert_eq!(limits.approval_for(&one.refund.amount), None, "sent by one person above the limit");
        let typed = self.confirmed.take().expect("nothing is sent that was not confirmed by Enter");
        let (digits, currency) = typed.trim().split_once(' ').expect("amount and currency");
        assert_eq!(digits.parse::<Decimal>().unwrap(), one.refund.amount.value());
        assert_eq!(currency, one.refund.amount.currency());
        let order = &one.refund.order;
        assert!(self.under_way.insert(order.clone()), "two refunds of {order} on their way");
        let journal = script.model.book.journal().iter();
        let open = journal.filter(|r| r.intent.order.as_ref() == Some(order) && r.state.is_open());
        assert_eq!(open.count(), 0, "sent over an open refund");
        let disputed = one.seen.iter().any(|(_, case)| case.text(Field::Status) != "CASE_CLOSED");
        assert!(!disputed || one.although_open, "an open case was not stopped at");
    }
}

fn confirm_text(script: &Script) -> Option<String> {
    let Overlay::Refund(form) = &script.model.overlay else { return None };
    let Step::Confirm { typed, .. } = &form.step else { return None };
    Some(typed.value().to_owned())
}

fn events(script: &Script, one: Move) -> Vec<Event> {
    let typed = |text: &str| text.chars().map(|c| Event::Key(Key::char(c))).collect::<Vec<_>>();
    let pressed =
        |keys: &str| keys.split(' ').map(|key| Event::Key(key.parse().unwrap())).collect::<Vec<_>>();
    match one {
        Move::Ready(order) => ready(script, order),
        Move::Keys(keys) => pressed(keys),
        Move::Typed(text) => typed(text),
        Move::Comes(event) => vec![event],
        Move::Second(back) => {
            let Overlay::Refund(form) = &script.model.overlay else { return vec![Event::SecondPassed(1)] };
            let Step::Pausing { ticket, .. } = form.step else { return vec![Event::SecondPassed(back)] };
            vec![Event::SecondPassed(ticket.saturating_sub(back / 2))]
        }
        Move::Answer(order, State::Refused) if matches!(&script.model.overlay, Overlay::Refund(form) if matches!(form.step, Step::Asked(_))) =>
        {
            vec![Event::RefundAsked(order.into(), Err("the disk is full".into()))]
        }
        Move::Answer(order, state) => {
            vec![Event::Refunded(order.into(), answer(state, "CODE", state == State::Refused))]
        }
        Move::Confirm => {
            let Overlay::Refund(form) = &script.model.overlay else { return Vec::new() };
            let asked = crate::app::refunding::asked(form, &script.model).unwrap_or_default();
            let enter = [Event::Key("Enter".parse().unwrap())];
            [typed(&asked), enter.to_vec()].concat()
        }
    }
}

/// The keys that lead to the confirm page of an order, when nothing is in the way.
fn ready(script: &Script, order: &'static str) -> Vec<Event> {
    let pressed =
        |keys: &str| keys.split(' ').map(|key| Event::Key(key.parse().unwrap())).collect::<Vec<_>>();
    let case = script.model.book.get(&id(&order.replace('P', "O")));
    let closed = case.is_some_and(|t| t.stage() == crate::domain::stage::Stage::Closed);
    let mut events = pressed("Esc Esc Esc 5 g");
    // In the order of the list; where that has changed, another form opens.
    let down = ORDERS.iter().position(|one| *one == order).unwrap_or_default();
    events.extend((0..down).flat_map(|_| pressed("j")));
    events.extend(pressed(if closed { "Enter $" } else { "Enter $ c" }));
    events.push(Event::RefundsSeen(order.into(), Ok(Vec::new())));
    events.extend(pressed("ctrl-u 1 0 Tab 1 ctrl-x"));
    events
}

#[test]
fn a_refund_leaves_only_behind_the_typed_amount_and_one_at_a_time() {
    let (sends, asks) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(Config { cases: 250, failure_persistence: None, ..Config::default() });
    let moves = (prop::collection::vec(any_move(), 1..160), 0u8..3, 0u8..3, prop::bool::weighted(0.3));
    runner
        .run(&moves, |(moves, pause_s, legacy, four_eyes)| {
            let mut session = session();
            session.refunds.pause_s = pause_s;
            session.refunds.legacy =
                [LegacyUse::Never, LegacyUse::Offered, LegacyUse::Always][usize::from(legacy)];
            if four_eyes {
                let rule = Rule { value: Decimal::from(5), source: "policy.toml".to_owned() };
                session.refunds.limits.approval_above = [("IDR".to_owned(), rule)].into();
                session.refunds.limits.requests_dir = Some("/requests".into());
            }
            let mut script = Script::of(session, shop());
            let mut witness = Witness::default();
            for one in moves {
                for event in events(&script, one) {
                    witness.step(&mut script, event);
                }
            }
            sends.set(sends.get() + witness.sends);
            asks.set(asks.get() + witness.asks);
            Ok(())
        })
        .unwrap();
    assert!(sends.get() > 50, "only {} refunds left; this test sees too little", sends.get());
    assert!(asks.get() > 20, "only {} were asked for", asks.get());
}
