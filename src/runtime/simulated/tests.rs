//! The world itself is held to what its users rely on: time that moves by itself, faults that strike once, deaths after
//! which nothing happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pretty_assertions::assert_eq;

use super::*;
use crate::domain::action::State;
use crate::runtime::actions::tests::{ORDER, confirmed};
use crate::runtime::actions::{Outcome, refund, settle};

async fn order(process: &Process, seen: &crate::runtime::actions::Seen) -> Outcome {
    let order = confirmed(&process.bench, std::slice::from_ref(seen), "1000").await;
    refund(&process.bench, order).await
}

#[test]
fn a_refund_takes_the_real_road_and_no_time() {
    let began = std::time::Instant::now();
    virtually(async {
        let world = World::new();
        let (desk, seen) = (world.start("a"), world.put_order("O1", ORDER));
        desk.knows(std::slice::from_ref(&seen));
        world.line.strike(Deed { fault: NetFault::NoAnswer, executed: true });
        let outcome = order(&desk, &seen).await;
        assert_eq!((outcome.state, outcome.code.as_str()), (State::Unknown, "TIMED_OUT"), "{outcome:?}");
        assert_eq!(world.now() - NOW, time::Duration::seconds(20), "the limit of the real client");
        world.pass(60).await;
        assert_eq!(settle(&desk.bench).await.unwrap().entries[0].to, State::Accepted);
        assert_eq!(world.refunded(ORDER), 1);
        let rules: Vec<_> = world.gateway.state().violations().iter().map(|one| one.rule.clone()).collect();
        assert!(rules.iter().all(|rule| rule == "outRefundNo.known"), "{rules:?}");
    });
    assert!(began.elapsed().as_secs() < 60, "nobody waited an hour");
}

#[test]
fn the_dead_do_nothing_and_the_next_process_finds_the_disk_as_it_was() {
    for (phase, executed) in [(Phase::Connecting, 0), (Phase::Leaving, 1), (Phase::Answering, 1)] {
        virtually(async {
            let world = World::new();
            let (desk, seen) = (world.start("a"), world.put_order("O1", ORDER));
            desk.knows(std::slice::from_ref(&seen));
            world.line.watch(move |at, call, life| {
                if at == phase && call.is_mutation() {
                    life.kill();
                }
            });
            assert_eq!(desk.until_killed(order(&desk, &seen)).await, None);
            world.pass(60).await;
            assert_eq!(world.refunded(ORDER), executed, "{phase:?}");
            let next = world.restart(&desk);
            let state =
                |process: &Process| process.bench.store.lock().unwrap().actions().map(|all| all[0].state);
            assert_eq!(state(&next).unwrap(), State::Sending);
            assert_eq!(next.bench.recover().await.unwrap(), 1, "its owner is known to be dead");
            assert_eq!(state(&next).unwrap(), State::Unknown);
            assert!(state(&desk).is_err(), "the dead read nothing either");
        });
    }
}

#[test]
fn a_store_can_fail_at_any_operation_and_say_so_after_the_commit() {
    for (moment, left) in [(Moment::Before, 0), (Moment::Within, 0), (Moment::After, 1)] {
        virtually(async {
            let world = World::new();
            let (desk, seen) = (world.start("a"), world.put_order("O1", ORDER));
            desk.knows(std::slice::from_ref(&seen));
            let asked = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&asked);
            desk.on_store(move |name, at, life| {
                let here = name == "intend_and_begin" && at == moment;
                count.fetch_add(usize::from(here), Ordering::SeqCst);
                here.then(|| crate::store::StoreError::Full { path: life.folder.clone() })
            });
            let outcome = order(&desk, &seen).await;
            assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, "NOT_STORED"), "{outcome:?}");
            assert_eq!(asked.load(Ordering::SeqCst), 1);
            assert_eq!(world.line.mutations().len(), 0, "nothing left");
            desk.mend_store();
            assert_eq!(desk.bench.store.lock().unwrap().actions().unwrap().len(), left, "{moment:?}");
        });
    }
}
