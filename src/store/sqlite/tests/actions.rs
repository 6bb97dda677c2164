//! Actions when several processes work on one file, and when one of them dies.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::place;
use crate::domain::action::State;
use crate::domain::record::Intent;
use crate::store::conformance::actions::{batch, exchange, finding, name, refund, reply, send};
use crate::store::conformance::drafts::draft;
use crate::store::conformance::minute;
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, StoreError, StoredExchange};

fn state(store: &dyn Store, text: &str) -> State {
    store.action(&name(text)).unwrap().unwrap().state
}

fn sessions(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().unwrap().join("sessions");
    fs::read_dir(folder).map_or(Vec::new(), |files| files.map(|file| file.unwrap().path()).collect())
}

#[test]
fn of_many_who_want_one_target_exactly_one_gets_it() {
    race(reply);
}

#[test]
fn of_many_who_refund_one_order_exactly_one_may() {
    // On each host its own number, as if they had found different ones free.
    race(|action, order| refund(action, order, &format!("N-{action}")));
}

fn race(intent: impl Fn(&str, &str) -> Intent + Sync) {
    const TARGETS: usize = 25;
    let (_keep, path) = place();
    drop(SqliteStore::open(&path).unwrap());
    let wins: usize = std::thread::scope(|scope| {
        let desks: Vec<_> = (0..4)
            .map(|desk| {
                let (path, intent) = (&path, &intent);
                scope.spawn(move || {
                    let mut store = SqliteStore::open(path).unwrap();
                    (0..TARGETS)
                        .filter(|n| {
                            let intent = intent(&format!("A-{desk}-{n}"), &format!("O{n}"));
                            match store.intend(&intent, minute(0)) {
                                Ok(()) => true,
                                Err(StoreError::Occupied { .. }) => false,
                                Err(other) => panic!("{other:?}"),
                            }
                        })
                        .count()
                })
            })
            .collect();
        desks.into_iter().map(|desk| desk.join().unwrap()).sum()
    });
    assert_eq!(wins, TARGETS);
    let store = SqliteStore::open(&path).unwrap();
    let check = store.verify_journal().unwrap();
    assert_eq!(
        (store.actions().unwrap().len(), check.entries, check.broken),
        (TARGETS, TARGETS as u64, None)
    );
}

#[test]
fn a_limit_of_all_orders_together_lets_no_two_pass() {
    const LIMIT: usize = 3;
    let (_keep, path) = place();
    drop(SqliteStore::open(&path).unwrap());
    let passed: usize = std::thread::scope(|scope| {
        let desks: Vec<_> = (0..4)
            .map(|desk| {
                let path = &path;
                scope.spawn(move || {
                    let mut store = SqliteStore::open(path).unwrap();
                    let mut may = |n: &usize| {
                        let intent =
                            refund(&format!("A-{desk}-{n}"), &format!("T-{desk}-{n}"), &format!("{desk}{n}"));
                        store
                            .intend_and_begin(&intent, b"{}", minute(0), &mut |held| {
                                Ok(held.actions()?.len() < LIMIT)
                            })
                            .unwrap()
                            .is_some()
                    };
                    (0..5).filter(|n| may(n)).count()
                })
            })
            .collect();
        desks.into_iter().map(|desk| desk.join().unwrap()).sum()
    });
    assert_eq!(passed, LIMIT);
}

#[test]
fn one_attempt_is_begun_however_many_try() {
    let (_keep, path) = place();
    SqliteStore::open(&path).unwrap().track(&[], minute(0)).unwrap();
    let mut owner = SqliteStore::open(&path).unwrap();
    owner.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    let begun: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut store = SqliteStore::open(&path).unwrap();
                    let begun = usize::from(store.begin(&name("A-1"), b"{}", minute(1)).is_ok());
                    (begun, store)
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap().0).sum()
    });
    assert_eq!((begun, owner.attempts(&name("A-1")).unwrap().len()), (1, 1));
}

#[test]
fn what_the_dead_were_sending_is_unknown_and_what_they_intended_was_never_sent() {
    let (_keep, path) = place();
    let mut dead = SqliteStore::open(&path).unwrap();
    let mut living = SqliteStore::open(&path).unwrap();
    dead.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    dead.intend(&reply("A-2", "O2"), minute(0)).unwrap();
    dead.begin(&name("A-1"), b"{}", minute(1)).unwrap();
    living.intend(&batch("A-3", "P3"), minute(1)).unwrap();
    let mut next = SqliteStore::open(&path).unwrap();
    assert_eq!(next.recover(minute(2)).unwrap(), [], "all are alive");
    drop(dead);
    let before = next.version().unwrap();
    let recovered = next.recover(minute(3)).unwrap();
    let found: Vec<_> = recovered
        .iter()
        .map(|action| (action.intent.id.0.as_str(), action.state, action.finding.code.as_deref().unwrap()))
        .collect();
    assert_eq!(
        found,
        [("A-1", State::Unknown, "INTERRUPTED"), ("A-2", State::Refused, "NEVER_SENT")],
        "the batch of the living is left alone"
    );
    assert!(next.version().unwrap() > before);
    assert_eq!(next.recover(minute(4)).unwrap(), [], "once");
    assert_eq!(state(&next, "A-3"), State::Intended);
    let attempt = next.attempts(&name("A-1")).unwrap().remove(0);
    assert_eq!((attempt.ended_at, attempt.verdict), (None, None), "nobody knows when it ended");
    assert_eq!(next.verify_journal().unwrap().broken, None);
}

#[test]
fn a_resend_that_died_before_it_began_is_as_it_was() {
    let (_keep, path) = place();
    let mut dead = SqliteStore::open(&path).unwrap();
    let intent = refund("A-1", "T1", "N1");
    send(&mut dead, &intent, State::Unknown);
    dead.resolve(&name("A-1"), State::NotReceived, &finding("X"), minute(3)).unwrap();
    dead.intend(&intent, minute(4)).unwrap();
    drop(dead);
    let mut next = SqliteStore::open(&path).unwrap();
    let recovered: Vec<_> = next.recover(minute(5)).unwrap().iter().map(|action| action.state).collect();
    assert_eq!(recovered, [State::NotReceived]);
    assert_eq!(next.verify_journal().unwrap().broken, None);
}

#[test]
fn a_killed_process_leaves_doubt_and_nothing_else() {
    let (_keep, path) = place();
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::sqlite::tests::actions::victim", "--ignored", "--nocapture"])
        .env("DOCKET_TEST_VICTIM", &path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("begun")), "the victim began");
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.recover(minute(2)).unwrap(), [], "it is alive");
    assert_eq!(state(&store, "A-1"), State::Sending);
    victim.kill().unwrap();
    victim.wait().unwrap();
    assert_eq!(sessions(&path).len(), 1, "a killed process cleans nothing up");
    assert_eq!(store.recover(minute(3)).unwrap().len(), 1);
    assert_eq!(state(&store, "A-1"), State::Unknown);
    assert_eq!(sessions(&path), [] as [PathBuf; 0], "recovery does");
    assert_eq!(store.attempts(&name("A-1")).unwrap()[0].request, b"the bytes");
}

/// The other process of the test above; by itself it does nothing.
#[test]
#[ignore = "run by a_killed_process_leaves_doubt_and_nothing_else"]
fn victim() {
    let Some(path) = std::env::var_os("DOCKET_TEST_VICTIM") else { return };
    let mut store = SqliteStore::open(Path::new(&path)).unwrap();
    store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    store.begin(&name("A-1"), b"the bytes", minute(1)).unwrap();
    println!("begun");
    // Until it is killed, or its parent is.
    _ = std::io::stdin().read_line(&mut String::new());
}

#[test]
fn who_was_taken_for_dead_can_still_say_what_was_heard() {
    let (_keep, path) = place();
    let mut sender = SqliteStore::open(&path).unwrap();
    for (action, case) in [("A-1", "O1"), ("A-2", "O2")] {
        sender.intend(&reply(action, case), minute(0)).unwrap();
        sender.begin(&name(action), b"{}", minute(1)).unwrap();
    }
    for file in sessions(&path) {
        fs::remove_file(file).unwrap();
    }
    let mut other = SqliteStore::open(&path).unwrap();
    assert_eq!(other.recover(minute(2)).unwrap().len(), 2);
    let answer = exchange("{}");
    sender.conclude(&name("A-1"), 1, State::Accepted, &finding("X"), &answer, minute(3)).unwrap();
    assert_eq!(state(&other, "A-1"), State::Accepted);
    let refused = sender.conclude(&name("A-2"), 1, State::Refused, &finding("X"), &answer, minute(3));
    assert!(matches!(refused, Err(StoreError::Barred { .. })), "doubt only ends by asking: {refused:?}");
    assert_eq!(other.verify_journal().unwrap().broken, None);
}

#[test]
fn sessions_are_private_and_go_with_their_store() {
    let (_keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(sessions(&path).len(), 0, "whoever begins nothing holds nothing");
    store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    store.intend(&reply("A-2", "O2"), minute(0)).unwrap();
    let held = sessions(&path);
    assert_eq!(held.len(), 1);
    for (place, mode) in [(held[0].as_path(), 0o600), (held[0].parent().unwrap(), 0o700)] {
        assert_eq!(fs::metadata(place).unwrap().permissions().mode() & 0o777, mode, "{}", place.display());
    }
    drop(store);
    assert_eq!(sessions(&path).len(), 0);
}

#[test]
fn another_databases_sessions_are_not_swept_up() {
    let (_keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    let foreign = path.parent().unwrap().join("sessions").join(format!("sandbox.db-{}.lock", "x".repeat(26)));
    fs::write(&foreign, "").unwrap();
    store.recover(minute(1)).unwrap();
    assert!(foreign.exists());
}

#[test]
fn what_cannot_be_written_down_is_not_begun() {
    let (_keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    let pages: i64 = store.conn.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    let error = store.begin(&name("A-1"), &vec![b'x'; 1 << 20], minute(1)).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert_eq!((state(&store, "A-1"), store.attempts(&name("A-1")).unwrap()), (State::Intended, vec![]));
    let mut reader = SqliteStore::open(&path).unwrap();
    reader.conn.pragma_update(None, "query_only", true).unwrap();
    let error = reader.begin(&name("A-1"), b"{}", minute(1)).unwrap_err();
    assert!(matches!(error, StoreError::Unwritable { .. }), "{error:?}");
}

#[test]
fn actions_and_drafts_are_there_after_a_restart() {
    let (_keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    store.begin(&name("A-1"), b"{}", minute(1)).unwrap();
    let nothing = StoredExchange::default();
    store.conclude(&name("A-1"), 1, State::Unknown, &finding("TIMED_OUT"), &nothing, minute(2)).unwrap();
    store.save_draft(&draft(&["O1", "O2"], "half a sen", 3)).unwrap();
    let before = (store.actions().unwrap(), store.attempts(&name("A-1")).unwrap(), store.drafts().unwrap());
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    let after = (store.actions().unwrap(), store.attempts(&name("A-1")).unwrap(), store.drafts().unwrap());
    assert_eq!(after, before);
}
