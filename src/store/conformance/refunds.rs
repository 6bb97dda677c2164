//! Rules of refunds: one at a time for an order, one for a number, and the same bytes whenever it is sent again.

use super::actions::{barred, exchange, finding, name, occupied, refund, reply, send, state};
use super::{id, minute};
use crate::domain::action::State;
use crate::domain::fault::Signature;
use crate::domain::record::{Finding, Intent};
use crate::store::{Held, Store, StoreError, StoredExchange};

pub(super) fn rules() -> [fn(&mut dyn Store); 8] {
    [
        a_refund_holds_its_order_until_its_end_is_known,
        a_refund_keeps_its_number_unless_it_was_refused,
        a_refund_and_a_reply_do_not_stand_in_each_others_way,
        a_refund_is_sent_again_with_the_same_contents_only,
        a_refusal_after_doubt_leaves_the_doubt_where_it_was,
        a_signed_refusal_ends_a_doubt_that_was_cleared_before,
        the_journal_is_asked_before_a_refund_is_taken_down,
        a_status_is_kept_with_the_end,
    ]
}

/// Settles with a status.
fn settle(store: &mut dyn Store, text: &str, status: &str) {
    let end = Finding { status: Some(status.into()), ..finding("X") };
    store.resolve(&name(text), State::Settled, &end, minute(9)).unwrap();
}

fn a_refund_holds_its_order_until_its_end_is_known(store: &mut dyn Store) {
    let second = refund("A-2", "T1", "N2");
    let first = refund("A-1", "T1", "N1");
    store.intend(&first, minute(0)).unwrap();
    assert_eq!(occupied(store.intend(&second, minute(1))), ("A-1".into(), State::Intended));
    store.begin(&name("A-1"), b"{}", minute(1)).unwrap();
    assert_eq!(occupied(store.intend(&second, minute(1))), ("A-1".into(), State::Sending));
    let none = StoredExchange::default();
    store.conclude(&name("A-1"), 1, State::Unknown, &finding("X"), &none, minute(2)).unwrap();
    assert_eq!(occupied(store.intend(&second, minute(3))), ("A-1".into(), State::Unknown));
    store.resolve(&name("A-1"), State::Accepted, &finding("X"), minute(4)).unwrap();
    assert_eq!(occupied(store.intend(&second, minute(5))), ("A-1".into(), State::Accepted));
    assert!(store.action(&name("A-1")).unwrap().unwrap().is_open());
    store.intend(&refund("A-3", "T3", "N3"), minute(5)).unwrap();
    settle(store, "A-1", "REFUND_SUCCESS");
    store.intend(&second, minute(10)).unwrap();
    assert_eq!(store.action(&name("A-1")).unwrap().unwrap().intent, first);
}

fn a_refund_keeps_its_number_unless_it_was_refused(store: &mut dyn Store) {
    send(store, &refund("A-1", "T1", "N1"), State::Accepted);
    settle(store, "A-1", "REFUND_FAILED");
    let taken = store.intend(&refund("A-2", "T1", "N1"), minute(10));
    assert_eq!(occupied(taken), ("A-1".into(), State::Settled));
    send(store, &refund("A-2", "T1", "N2"), State::Refused);
    send(store, &refund("A-3", "T1", "N2"), State::Unknown);
    store.resolve(&name("A-3"), State::NotReceived, &finding("X"), minute(11)).unwrap();
    let taken = store.intend(&refund("A-4", "T1", "N2"), minute(12));
    assert_eq!(occupied(taken), ("A-3".into(), State::NotReceived));
    assert_eq!(store.action(&name("A-4")).unwrap(), None);
}

fn a_refund_and_a_reply_do_not_stand_in_each_others_way(store: &mut dyn Store) {
    store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    let in_batch = Intent { batch_id: Some("P1".into()), ..refund("A-2", "O1", "N1") };
    store.intend(&in_batch, minute(1)).unwrap();
    store.intend(&reply("A-3", "O3"), minute(2)).unwrap();
}

fn a_refund_is_sent_again_with_the_same_contents_only(store: &mut dyn Store) {
    let intent = refund("A-1", "T1", "N1");
    send(store, &intent, State::Unknown);
    barred(&store.intend(&intent, minute(3)));
    store.resolve(&name("A-1"), State::NotReceived, &finding("X"), minute(4)).unwrap();
    for other in [
        Intent { data: b"{}".to_vec(), ..intent.clone() },
        Intent { amount: Some("10.20".into()), ..intent.clone() },
        Intent { operator: "eve".into(), ..intent.clone() },
    ] {
        barred(&store.intend(&other, minute(5)));
    }
    let before = store.action(&name("A-1")).unwrap().unwrap();
    store.intend(&intent, minute(5)).unwrap();
    assert_eq!(store.begin(&name("A-1"), b"{2}", minute(6)).unwrap(), 2);
    store.conclude(&name("A-1"), 2, State::Accepted, &finding("X"), &exchange("2"), minute(7)).unwrap();
    let after = store.action(&name("A-1")).unwrap().unwrap();
    assert_eq!((after.intent, after.created_at), (before.intent, before.created_at));
    assert_eq!(after.sent_at, Some(minute(6)));
    let requests: Vec<_> = store.attempts(&name("A-1")).unwrap().into_iter().map(|one| one.request).collect();
    assert_eq!(requests, [b"{}".to_vec(), b"{2}".to_vec()]);
    assert_eq!(store.verify_journal().unwrap().broken, None);
}

fn a_refusal_after_doubt_leaves_the_doubt_where_it_was(store: &mut dyn Store) {
    let intent = refund("A-1", "T1", "N1");
    send(store, &intent, State::Unknown);
    store.resolve(&name("A-1"), State::NotReceived, &finding("X"), minute(4)).unwrap();
    for attempt in [2, 3] {
        store.intend(&intent, minute(5)).unwrap();
        store.begin(&name("A-1"), b"{}", minute(6)).unwrap();
        // One that anybody could have written, and one that may pass by itself.
        let unsigned = StoredExchange { signature: Some(Signature::Absent), ..exchange("no") };
        let (code, answer) = match attempt {
            2 => ("PARAMS_INVALID", unsigned),
            _ => ("REFUND_INSUFFICIENT_BALANCE", exchange("no")),
        };
        store.conclude(&name("A-1"), attempt, State::Refused, &finding(code), &answer, minute(7)).unwrap();
        assert_eq!(state(store, "A-1"), State::NotReceived);
        let attempts = store.attempts(&name("A-1")).unwrap();
        assert_eq!(attempts.last().unwrap().verdict, Some(State::Refused));
    }
    // Nor does one that was not begun.
    store.intend(&intent, minute(8)).unwrap();
    store.resolve(&name("A-1"), State::Refused, &finding("STOPPED"), minute(8)).unwrap();
    assert_eq!(state(store, "A-1"), State::NotReceived);
    let taken = store.intend(&refund("A-2", "T1", "N1"), minute(8));
    assert_eq!(occupied(taken), ("A-1".into(), State::NotReceived));
    assert_eq!(store.verify_journal().unwrap().broken, None);
}

fn a_signed_refusal_ends_a_doubt_that_was_cleared_before(store: &mut dyn Store) {
    let intent = refund("A-1", "T1", "N1");
    send(store, &intent, State::Unknown);
    store.resolve(&name("A-1"), State::NotReceived, &finding("X"), minute(4)).unwrap();
    store.intend(&intent, minute(5)).unwrap();
    store.begin(&name("A-1"), b"{}", minute(6)).unwrap();
    let refused = finding("PARAMS_INVALID");
    store.conclude(&name("A-1"), 2, State::Refused, &refused, &exchange("no"), minute(7)).unwrap();
    assert_eq!(state(store, "A-1"), State::Refused);
    let corrected = Intent { data: b"{}".to_vec(), amount: Some("9.00".into()), ..refund("A-2", "T1", "N1") };
    store.intend(&corrected, minute(8)).unwrap();
    assert_eq!(store.verify_journal().unwrap().broken, None);
}

fn the_journal_is_asked_before_a_refund_is_taken_down(store: &mut dyn Store) {
    let go = |store: &mut dyn Store, intent: &Intent, may: &mut dyn FnMut(&dyn Held) -> bool| {
        store.intend_and_begin(intent, b"{}", minute(0), &mut |held| Ok(may(held)))
    };
    let intent = refund("A-1", "T1", "N1");
    let is_empty = |held: &dyn Held| held.actions().unwrap().is_empty();
    assert_eq!(go(store, &intent, &mut |held| !is_empty(held)).unwrap(), None);
    assert_eq!((store.actions().unwrap(), store.verify_journal().unwrap().entries), (vec![], 0));
    assert_eq!(go(store, &intent, &mut |held| is_empty(held)).unwrap(), Some(1));
    assert_eq!((state(store, "A-1"), store.attempts(&name("A-1")).unwrap().len()), (State::Sending, 1));
    let mut shown = Vec::new();
    let mut look = |held: &dyn Held| {
        shown = held.actions().unwrap();
        let attempts = held.attempts(&name("A-1")).unwrap();
        assert_eq!((held.actions_of(&id("O1")).unwrap(), attempts.len()), (shown.clone(), 1));
        true
    };
    assert_eq!(go(store, &refund("A-2", "T2", "N2"), &mut look).unwrap(), Some(1));
    assert_eq!(shown, [store.action(&name("A-1")).unwrap().unwrap()], "as it was before");
    let taken = go(store, &refund("A-3", "T1", "N3"), &mut |_| true);
    assert_eq!(occupied(taken.map(drop)).0, "A-1", "agreeing is not enough");
    let nameless = store.intend_and_begin(&refund("A-4", "T4", "N4"), b"{}", minute(0), &mut |_| {
        Err(StoreError::NoSuchAction { id: name("A-9") })
    });
    assert!(matches!(nameless, Err(StoreError::NoSuchAction { .. })), "{nameless:?}");
    assert_eq!(store.actions().unwrap().len(), 2, "nothing is left of those");
    assert_eq!(store.verify_journal().unwrap().broken, None);
}

fn a_status_is_kept_with_the_end(store: &mut dyn Store) {
    send(store, &refund("A-1", "T1", "N1"), State::Accepted);
    settle(store, "A-1", "REFUND_SUCCESS");
    let found = store.action(&name("A-1")).unwrap().unwrap();
    assert_eq!(found.finding.status.as_deref(), Some("REFUND_SUCCESS"));
    assert_eq!((found.is_open(), found.settled_at), (false, Some(minute(9))));
}
