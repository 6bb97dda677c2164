//! What has moved is found, whoever moved it and back again; put together it is the list.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::store::{Known, Moved};

#[derive(Clone, Debug)]
enum Write {
    Track(u8),
    Untrack(u8),
    Answer(u8, &'static str),
    Fail(u8),
    Note(u8, &'static str),
    See(u8),
    Unsee,
    Reason(u8),
}

fn any_write() -> impl Strategy<Value = Write> {
    let case = 0..6_u8;
    prop_oneof![
        3 => case.clone().prop_map(Write::Track),
        1 => case.clone().prop_map(Write::Untrack),
        4 => (case.clone(), prop::sample::select(vec!["A", "B"])).prop_map(|(n, status)| Write::Answer(n, status)),
        1 => case.clone().prop_map(Write::Fail),
        2 => (case.clone(), prop::sample::select(vec!["", "call"])).prop_map(|(n, note)| Write::Note(n, note)),
        2 => case.clone().prop_map(Write::See),
        1 => Just(Write::Unsee),
        1 => case.prop_map(Write::Reason),
    ]
}

fn carry_out(store: &mut SqliteStore, write: &Write, at: i64) {
    let (now, name) = (minute(at), |n: u8| format!("O{n}"));
    match write {
        Write::Track(n) => _ = store.track(&[new(&name(*n))], now).unwrap(),
        Write::Untrack(n) => _ = store.untrack(&[id(&name(*n))], now).unwrap(),
        Write::Answer(n, status) => {
            _ = store.record(&[answer(&name(*n), now, case(status, "1"))]).unwrap();
        }
        Write::Fail(n) => _ = store.record(&[failed(&name(*n), now, "DROPPED")]).unwrap(),
        // A case that never was on the list has no note.
        Write::Note(n, note) => {
            _ = store.set_local(&[(id(&name(*n)), LocalChange::Note((*note).into()))], now);
        }
        Write::See(n) => store.mark_seen(&[(id(&name(*n)), now)], minute(9_999)).unwrap(),
        Write::Unsee => store.unmark_seen(minute(9_999)).unwrap(),
        Write::Reason(n) => {
            let mut entry = new(&name(*n));
            entry.reason_code = Some("4853".into());
            _ = store.track(&[entry], now).unwrap();
        }
    }
}

fn list(store: &SqliteStore) -> BTreeMap<String, crate::domain::tracked::Tracked> {
    store.tracked().unwrap().into_iter().map(|tracked| (tracked.id.to_string(), tracked)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn what_has_moved_makes_the_list_of_the_one_before(
        writes in prop::collection::vec((any_write(), any::<bool>()), 1..40)
    ) {
        let mut store = SqliteStore::in_memory().unwrap();
        let (mut known, mut seen) = (Known::default(), BTreeMap::new());
        for (at, (write, look)) in (0..).zip(writes) {
            carry_out(&mut store, &write, at);
            if !look {
                continue;
            }
            let Moved { rows, gone } = store.moved(&mut known, usize::MAX).unwrap().unwrap();
            for tracked in rows {
                prop_assert_ne!(seen.insert(tracked.id.to_string(), tracked.clone()), Some(tracked), "read in vain");
            }
            for id in gone {
                prop_assert!(seen.remove(&id.to_string()).is_some(), "{} was not on the list", id);
            }
            prop_assert_eq!(&seen, &list(&store));
            prop_assert_eq!(store.moved(&mut known, 0).unwrap(), Some(Moved::default()), "nothing has moved since");
        }
    }
}

#[test]
fn what_was_written_in_between_and_taken_back_is_read_when_in_doubt() {
    let mut store = SqliteStore::in_memory().unwrap();
    store.track(&[new("O1"), new("O2")], minute(0)).unwrap();
    let mut known = Known::default();
    store.moved(&mut known, usize::MAX).unwrap();
    for note in ["ours", ""] {
        store.set_local(&[(id("O1"), LocalChange::Note(note.into()))], minute(1)).unwrap();
    }
    let mut in_doubt = known.clone();
    in_doubt.doubt([&id("O1")]);
    assert_eq!(store.moved(&mut known, usize::MAX).unwrap(), Some(Moved::default()));
    let moved = store.moved(&mut in_doubt, usize::MAX).unwrap().unwrap();
    assert_eq!(moved.rows.iter().map(|tracked| tracked.id.as_str()).collect::<Vec<_>>(), ["O1"]);
    assert_eq!(
        store.moved(&mut in_doubt, usize::MAX).unwrap(),
        Some(Moved::default()),
        "and not a second time"
    );
}

#[test]
fn more_than_can_be_put_in_place_is_not_read() {
    let mut store = SqliteStore::in_memory().unwrap();
    store.track(&[new("O1"), new("O2")], minute(0)).unwrap();
    assert_eq!(store.moved(&mut Known::default(), 1).unwrap(), None);
    assert_eq!(store.moved(&mut Known::default(), 2).unwrap().unwrap().rows.len(), 2);
}
