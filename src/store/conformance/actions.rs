//! Rules of actions: what may follow what, what stands in the way of what, and that every step is kept.

use super::{answer, case, id, minute, new};
use crate::domain::action::State;
use crate::domain::case::Field;
use crate::domain::fault::Signature;
use crate::domain::record::{ActionId, Finding, Intent, Kind};
use crate::domain::reply::Target;
use crate::store::{Store, StoreError, StoredExchange};

pub(super) fn rules() -> [fn(&mut dyn Store); 12] {
    [
        an_action_lives_from_intention_to_its_end,
        whoever_comes_second_is_told_who_was_first,
        a_batch_and_its_cases_stand_in_each_others_way,
        only_an_intended_action_begins,
        only_its_own_attempt_is_concluded_and_once,
        an_end_that_came_with_the_answer_is_one_step,
        a_resend_is_deliberate_and_needs_room,
        what_has_moved_since_it_was_seen_stays,
        what_an_action_acts_on_must_be_named,
        what_the_living_have_begun_is_left_alone,
        what_the_living_have_given_up_is_in_doubt,
        the_journal_is_sound_and_every_step_moves_the_version,
    ]
}

/// A reply to a case that is in batch P1.
pub(in crate::store) fn reply(name: &str, case: &str) -> Intent {
    Intent {
        id: ActionId(name.into()),
        kind: Kind::Reply,
        case_id: Some(id(case)),
        batch_id: Some("P1".into()),
        order: None,
        out_refund_no: None,
        amount: None,
        currency: None,
        data: format!("{{\"caseId\":\"{case}\"}}").into_bytes(),
        operator: "mei".into(),
    }
}

/// A reply to a batch.
pub(in crate::store) fn batch(name: &str, batch: &str) -> Intent {
    Intent { kind: Kind::ReplyBatch, case_id: None, batch_id: Some(batch.into()), ..reply(name, "-") }
}

/// A refund of an order under a number.
pub(in crate::store) fn refund(name: &str, order: &str, number: &str) -> Intent {
    Intent {
        kind: Kind::Refund,
        order: Some(order.into()),
        out_refund_no: Some(number.into()),
        amount: Some("10.10".into()),
        currency: Some("USD".into()),
        batch_id: None,
        ..reply(name, "O1")
    }
}

pub(in crate::store) fn name(text: &str) -> ActionId {
    ActionId(text.into())
}

pub(in crate::store) fn finding(code: &str) -> Finding {
    Finding { code: Some(code.into()), ..Finding::default() }
}

pub(in crate::store) fn exchange(answer: &str) -> StoredExchange {
    StoredExchange {
        answer: Some(answer.as_bytes().to_vec()),
        http_status: Some(200),
        signature: Some(Signature::Valid),
    }
}

/// Intends and begins, and ends in this state.
pub(in crate::store) fn send(store: &mut dyn Store, intent: &Intent, state: State) {
    store.intend(intent, minute(0)).unwrap();
    let attempt = store.begin(&intent.id, b"{}", minute(1)).unwrap();
    store.conclude(&intent.id, attempt, state, &finding("X"), &exchange("{}"), minute(2)).unwrap();
}

pub(in crate::store) fn state(store: &dyn Store, text: &str) -> State {
    store.action(&name(text)).unwrap().unwrap().state
}

pub(in crate::store) fn occupied(outcome: Result<(), StoreError>) -> (String, State) {
    match outcome {
        Err(StoreError::Occupied { by, state, .. }) => (by.0, state),
        other => panic!("{other:?} is not Occupied"),
    }
}

pub(in crate::store) fn barred<T: std::fmt::Debug>(outcome: &Result<T, StoreError>) {
    assert!(matches!(outcome, Err(StoreError::Barred { .. })), "{outcome:?}");
}

fn an_action_lives_from_intention_to_its_end(store: &mut dyn Store) {
    let intent = Intent { data: b"{\"responseContent\":\"\xe6\xa1\x88\"}".to_vec(), ..reply("A-1", "O1") };
    assert_eq!(store.action(&name("A-1")).unwrap(), None);
    store.intend(&intent, minute(0)).unwrap();
    let found = store.action(&name("A-1")).unwrap().unwrap();
    assert_eq!((&found.intent, found.state, found.created_at), (&intent, State::Intended, minute(0)));
    assert_eq!((found.sent_at, found.settled_at), (None, None));
    assert_eq!(store.begin(&name("A-1"), b"request\0\xff", minute(1)).unwrap(), 1);
    let found = store.action(&name("A-1")).unwrap().unwrap();
    assert_eq!((found.state, found.sent_at), (State::Sending, Some(minute(1))));
    assert_eq!((found.answered_at, found.took()), (None, None));
    let learnt = Finding {
        code: Some("APPLY_SUCCESS".into()),
        msg: Some("Success.\u{202e}".into()),
        status: Some("DISPUTE_RECEIVED".into()),
        success_case_ids: vec!["O1".into()],
        fail_case_ids: vec!["O2".into(), "\"".into()],
    };
    store.conclude(&name("A-1"), 1, State::Accepted, &learnt, &exchange("{}\0"), minute(2)).unwrap();
    let found = store.action(&name("A-1")).unwrap().unwrap();
    assert_eq!((found.state, &found.finding), (State::Accepted, &learnt));
    assert_eq!(found.took(), Some(std::time::Duration::from_secs(60)));
    let attempts = store.attempts(&name("A-1")).unwrap();
    assert_eq!((attempts.len(), attempts[0].n), (1, 1));
    assert_eq!(attempts[0].request, b"request\0\xff");
    assert_eq!((attempts[0].started_at, attempts[0].ended_at), (minute(1), Some(minute(2))));
    assert_eq!((attempts[0].verdict, &attempts[0].exchange), (Some(State::Accepted), &exchange("{}\0")));
    store.resolve(&name("A-1"), State::Settled, &finding("SEEN"), minute(3)).unwrap();
    let found = store.action(&name("A-1")).unwrap().unwrap();
    assert_eq!((found.state, found.settled_at), (State::Settled, Some(minute(3))));
    assert_eq!((found.finding, found.intent), (finding("SEEN"), intent));
}

fn whoever_comes_second_is_told_who_was_first(store: &mut dyn Store) {
    let target = Target::Case(id("O1"));
    assert_eq!(store.open_action(&target).unwrap(), None);
    store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    store.intend(&reply("A-2", "O2"), minute(0)).unwrap();
    assert_eq!(occupied(store.intend(&reply("A-3", "O1"), minute(1))), ("A-1".into(), State::Intended));
    store.begin(&name("A-1"), b"{}", minute(2)).unwrap();
    assert_eq!(store.open_action(&target).unwrap().unwrap().intent.id, name("A-1"));
    let refused = store.intend(&reply("A-3", "O1"), minute(3)).unwrap_err();
    assert_eq!(refused.to_string(), "A-1 is in the way: sending since 2026-11-20 08:02 UTC");
    let unknown = State::Unknown;
    store.conclude(&name("A-1"), 1, unknown, &finding("X"), &StoredExchange::default(), minute(4)).unwrap();
    assert_eq!(occupied(store.intend(&reply("A-3", "O1"), minute(5))), ("A-1".into(), State::Unknown));
    assert_eq!(store.action(&name("A-3")).unwrap(), None, "nothing is left of the refused ones");
    store.resolve(&name("A-1"), State::NotReceived, &finding("X"), minute(6)).unwrap();
    store.intend(&reply("A-3", "O1"), minute(7)).unwrap();
    let ids: Vec<_> = store.actions().unwrap().into_iter().map(|action| action.intent.id.0).collect();
    assert_eq!(ids, ["A-1", "A-2", "A-3"]);
}

fn a_batch_and_its_cases_stand_in_each_others_way(store: &mut dyn Store) {
    store.intend(&batch("A-1", "P1"), minute(0)).unwrap();
    assert_eq!(occupied(store.intend(&batch("A-2", "P1"), minute(0))).0, "A-1");
    assert_eq!(occupied(store.intend(&reply("A-2", "O1"), minute(0))).0, "A-1");
    let elsewhere = Intent { batch_id: None, ..reply("A-2", "O1") };
    store.intend(&elsewhere, minute(0)).unwrap();
    store.intend(&Intent { batch_id: Some("P2".into()), ..reply("A-3", "O3") }, minute(0)).unwrap();
    assert_eq!(occupied(store.intend(&batch("A-4", "P2"), minute(0))).0, "A-3");
    assert_eq!(store.open_action(&Target::Batch("P1".into())).unwrap().unwrap().intent.id, name("A-1"));
    assert_eq!(store.open_action(&Target::Batch("P2".into())).unwrap(), None);
    // A batch is shown with the cases that were last seen in it.
    store.track(&[new("O9")], minute(0)).unwrap();
    let mut member = case("DISPUTE_INQUIRY", "1");
    member.set(Field::BatchId, Some("P1".into()));
    store.record(&[answer("O9", minute(1), member)]).unwrap();
    let of = |store: &dyn Store, case: &str| -> Vec<String> {
        store.actions_of(&id(case)).unwrap().into_iter().map(|action| action.intent.id.0).collect()
    };
    assert_eq!((of(store, "O9"), of(store, "O1")), (vec!["A-1".into()], vec!["A-2".into()]));
    assert!(of(store, "O7").is_empty());
    // No batch is the same as an empty one.
    let loose = |text: &str, case| Intent { batch_id: Some(String::new()), ..reply(text, case) };
    store.intend(&loose("A-5", "O5"), minute(0)).unwrap();
    store.intend(&loose("A-6", "O6"), minute(0)).unwrap();
}

fn only_an_intended_action_begins(store: &mut dyn Store) {
    let missing = store.begin(&name("A-1"), b"{}", minute(0));
    assert!(matches!(missing, Err(StoreError::NoSuchAction { .. })), "{missing:?}");
    store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    store.begin(&name("A-1"), b"{}", minute(1)).unwrap();
    barred(&store.begin(&name("A-1"), b"{}", minute(2)));
    for (number, state) in [State::Accepted, State::Unknown, State::Refused].into_iter().enumerate() {
        let intent = reply(&format!("A-9{number}"), &format!("O9{number}"));
        send(store, &intent, state);
        barred(&store.begin(&intent.id, b"{}", minute(3)));
        assert_eq!(store.attempts(&intent.id).unwrap().len(), 1);
    }
}

fn only_its_own_attempt_is_concluded_and_once(store: &mut dyn Store) {
    let (a, none) = (name("A-1"), StoredExchange::default());
    store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    barred(&store.conclude(&a, 0, State::Unknown, &finding("X"), &none, minute(1)));
    store.begin(&a, b"{}", minute(1)).unwrap();
    barred(&store.conclude(&a, 2, State::Unknown, &finding("X"), &none, minute(1)));
    barred(&store.conclude(&a, 1, State::NotReceived, &finding("X"), &none, minute(1)));
    barred(&store.resolve(&a, State::Unknown, &finding("X"), minute(1)));
    barred(&store.resolve(&a, State::Accepted, &finding("X"), minute(1)));
    store.conclude(&a, 1, State::Unknown, &finding("X"), &none, minute(2)).unwrap();
    barred(&store.conclude(&a, 1, State::Accepted, &finding("X"), &none, minute(3)));
    assert_eq!(state(store, "A-1"), State::Unknown);
}

fn an_end_that_came_with_the_answer_is_one_step(store: &mut dyn Store) {
    let intent = refund("A-1", "T1", "N1");
    store.intend(&intent, minute(0)).unwrap();
    store.begin(&intent.id, b"{}", minute(1)).unwrap();
    let before = store.version().unwrap();
    let paid = Finding { status: Some("REFUND_SUCCESS".into()), ..finding("APPLY_SUCCESS") };
    store.conclude(&intent.id, 1, State::Settled, &paid, &exchange("{}"), minute(2)).unwrap();
    assert_eq!(store.version().unwrap(), before + 1, "all or nothing");
    let record = store.action(&intent.id).unwrap().unwrap();
    assert_eq!((record.state, record.finding, record.settled_at), (State::Settled, paid, Some(minute(2))));
    assert_eq!(store.attempts(&intent.id).unwrap()[0].verdict, Some(State::Accepted));
    let check = store.verify_journal().unwrap();
    assert_eq!((check.entries, check.broken), (4, None), "taken, and then settled");
}

fn a_resend_is_deliberate_and_needs_room(store: &mut dyn Store) {
    send(store, &reply("A-1", "O1"), State::Refused);
    store.resolve(&name("A-1"), State::Intended, &finding("AGAIN"), minute(3)).unwrap();
    assert_eq!(store.begin(&name("A-1"), b"{2}", minute(4)).unwrap(), 2);
    store.conclude(&name("A-1"), 2, State::Refused, &finding("X"), &exchange("2"), minute(5)).unwrap();
    let requests: Vec<_> =
        store.attempts(&name("A-1")).unwrap().into_iter().map(|attempt| attempt.request).collect();
    assert_eq!(requests, [b"{}".to_vec(), b"{2}".to_vec()]);
    store.intend(&reply("A-2", "O1"), minute(6)).unwrap();
    let again = store.resolve(&name("A-1"), State::Intended, &finding("AGAIN"), minute(7));
    assert_eq!(occupied(again).0, "A-2");
    assert_eq!(state(store, "A-1"), State::Refused);
    send(store, &reply("A-3", "O3"), State::Unknown);
    barred(&store.resolve(&name("A-3"), State::Intended, &finding("AGAIN"), minute(8)));
    let missing = store.resolve(&name("A-9"), State::Settled, &finding("X"), minute(9));
    assert!(matches!(missing, Err(StoreError::NoSuchAction { .. })), "{missing:?}");
}

fn what_has_moved_since_it_was_seen_stays(store: &mut dyn Store) {
    let seen = |store: &dyn Store| store.action(&name("A-1")).unwrap().unwrap();
    send(store, &reply("A-1", "O1"), State::Unknown);
    let first = seen(store);
    store.resolve_seen(&first, State::NotReceived, &finding("X"), minute(3)).unwrap();
    barred(&store.resolve_seen(&first, State::Settled, &finding("X"), minute(4)));
    store.resolve(&name("A-1"), State::Intended, &finding("AGAIN"), minute(5)).unwrap();
    store.begin(&name("A-1"), b"{}", minute(6)).unwrap();
    let none = StoredExchange::default();
    store.conclude(&name("A-1"), 2, State::Unknown, &finding("X"), &none, minute(7)).unwrap();
    barred(&store.resolve_seen(&first, State::NotReceived, &finding("X"), minute(8)));
    assert_eq!(state(store, "A-1"), State::Unknown, "it is the second attempt that is unknown now");
    store.resolve_seen(&seen(store), State::NotReceived, &finding("X"), minute(9)).unwrap();
}

fn what_an_action_acts_on_must_be_named(store: &mut dyn Store) {
    for nameless in [
        Intent { case_id: None, ..reply("A-1", "O1") },
        Intent { batch_id: None, ..batch("A-1", "P1") },
        batch("A-1", ""),
        Intent { kind: Kind::Refund, ..reply("A-1", "O1") },
    ] {
        let refused = store.intend(&nameless, minute(0));
        assert!(matches!(refused, Err(StoreError::NoTarget { .. })), "{refused:?}");
    }
    assert_eq!(store.actions().unwrap(), []);
}

fn what_the_living_have_begun_is_left_alone(store: &mut dyn Store) {
    store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    store.intend(&reply("A-2", "O2"), minute(0)).unwrap();
    store.begin(&name("A-2"), b"{}", minute(1)).unwrap();
    assert_eq!(store.recover(minute(2)).unwrap(), []);
    let both = [name("A-1"), name("A-2")];
    assert_eq!(store.recover_own(&both, minute(2)).unwrap(), []);
    assert_eq!((state(store, "A-1"), state(store, "A-2")), (State::Intended, State::Sending));
}

fn what_the_living_have_given_up_is_in_doubt(store: &mut dyn Store) {
    store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    for (action, case) in [("A-2", "O2"), ("A-3", "O3")] {
        store.intend(&reply(action, case), minute(0)).unwrap();
        store.begin(&name(action), b"{}", minute(1)).unwrap();
    }
    let recovered = store.recover_own(&[name("A-3")], minute(2)).unwrap();
    let now: Vec<_> = recovered.into_iter().map(|record| (record.intent.id.0, record.state)).collect();
    assert_eq!(now, [("A-1".to_owned(), State::Refused), ("A-2".to_owned(), State::Unknown)]);
    assert_eq!(state(store, "A-3"), State::Sending);
}

fn the_journal_is_sound_and_every_step_moves_the_version(store: &mut dyn Store) {
    assert_eq!(store.verify_journal().unwrap().entries, 0);
    let steps: [fn(&mut dyn Store); 5] = [
        |store| store.intend(&reply("A-1", "O1"), minute(0)).unwrap(),
        |store| assert_eq!(store.begin(&name("A-1"), b"{}", minute(1)).unwrap(), 1),
        |store| {
            let answer = exchange("{}");
            store.conclude(&name("A-1"), 1, State::Refused, &finding("X"), &answer, minute(2)).unwrap();
        },
        |store| store.resolve(&name("A-1"), State::Intended, &finding("AGAIN"), minute(3)).unwrap(),
        |store| store.resolve(&name("A-1"), State::Refused, &finding("STOPPED"), minute(4)).unwrap(),
    ];
    for (done, step) in steps.into_iter().enumerate() {
        let before = store.version().unwrap();
        step(store);
        assert!(store.version().unwrap() > before, "step {done}");
        let check = store.verify_journal().unwrap();
        assert_eq!((check.entries, check.broken), (done as u64 + 1, None));
    }
}
