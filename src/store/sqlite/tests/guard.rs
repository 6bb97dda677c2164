//! Nothing new is sent from a list that could not take down what comes of it, and what is under way is taken down all the
//! same.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use super::{mode, place};
use crate::domain::action::State;
use crate::store::config::NetworkDisk;
use crate::store::conformance::actions::{exchange, finding, name, refund, reply, send, state};
use crate::store::conformance::{minute, new};
use crate::store::sqlite::ballast;
use crate::store::{Ground, SqliteStore, Store, StoreError, check_up};

const MIB: u64 = 1 << 20;

fn beside(path: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", path.display()))
}

fn with_room(path: &Path, free_bytes: u64) -> SqliteStore {
    SqliteStore::open_on(path, Ground { free_bytes: Some(free_bytes), ..Ground::default() }).unwrap()
}

/// A list with one action that was sent and has no answer yet.
fn one_under_way() -> (TempDir, PathBuf, SqliteStore) {
    let (keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    store.begin(&name("A-1"), b"request", minute(1)).unwrap();
    (keep, path, store)
}

fn conclude(store: &mut SqliteStore, action: &str, answer: &str) -> Result<(), StoreError> {
    store.conclude(&name(action), 1, State::Accepted, &finding("OK"), &exchange(answer), minute(2))
}

/// The refusal of a new reply, which leaves nothing behind.
#[track_caller]
fn refused(store: &mut SqliteStore) -> StoreError {
    let before = store.actions().unwrap().len();
    let intent = reply("A-9", "O9");
    let error = store.intend(&intent, minute(9)).unwrap_err();
    let both = store.intend_and_begin(&intent, b"request", minute(9), &mut |_| Ok(true)).unwrap_err();
    assert_eq!(both.to_string(), error.to_string());
    assert_eq!(store.actions().unwrap().len(), before);
    assert!(!error.hint().is_empty() && !error.hint().ends_with('.') && !error.to_string().ends_with('.'));
    error
}

#[test]
fn below_64_mib_nothing_new_begins_and_everything_else_goes_on() {
    let (_keep, path, store) = one_under_way();
    drop(store);
    let mut full = with_room(&path, 64 * MIB - 1);
    let error = refused(&mut full);
    assert!(error.to_string().starts_with("only 63 MiB are free beside "), "{error}");
    // What was intended before the disk filled up may not leave either.
    assert!(matches!(full.begin(&name("A-1"), b"x", minute(3)), Err(StoreError::Low { free_mib: 63, .. })));
    conclude(&mut full, "A-1", "answer").unwrap();
    full.resolve(&name("A-1"), State::Settled, &finding("SEEN"), minute(3)).unwrap();
    full.track(&[new("O5")], minute(4)).unwrap();
    assert_eq!(state(&full, "A-1"), State::Settled);
    drop(full);
    with_room(&path, 64 * MIB).intend(&reply("A-2", "O2"), minute(5)).unwrap();
}

#[test]
fn the_ballast_is_real_private_and_made_for_the_first_send() {
    let (_keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    store.track(&[new("O1")], minute(0)).unwrap();
    let file = beside(&path, ".ballast");
    assert!(!file.exists(), "whoever only reads needs none");
    store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
    let found = fs::metadata(&file).unwrap();
    assert_eq!((found.len(), mode(&file)), (ballast::BYTES, 0o600));
    assert!(found.blocks() * 512 >= ballast::BYTES, "a hole is no room: {} blocks", found.blocks());
    // One that was cut short is made anew.
    fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(7).unwrap();
    store.intend(&reply("A-2", "O2"), minute(0)).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().len(), ballast::BYTES);
}

#[test]
fn on_a_full_disk_the_ballast_goes_before_the_answer_does() {
    let (_keep, path, mut store) = one_under_way();
    let file = beside(&path, ".ballast");
    let pages: i64 = store.conn.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    let limit = |store: &SqliteStore, pages: i64| {
        store.conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    };
    limit(&store, pages);
    // What is new gives nothing up.
    let many: Vec<_> = (0..2000).map(|n| new(&format!("M{n}"))).collect();
    assert!(matches!(store.track(&many, minute(1)), Err(StoreError::Full { .. })));
    assert!(file.exists());
    let long = "x".repeat(60_000);
    let error = conclude(&mut store, "A-1", &long).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert!(!file.exists(), "given up, and not enough on this disk");
    limit(&store, i64::from(i32::MAX));
    conclude(&mut store, "A-1", &long).unwrap();
    assert_eq!(state(&store, "A-1"), State::Accepted);
    store.intend(&reply("A-2", "O2"), minute(3)).unwrap();
    assert!(file.exists(), "made again once there was room");
}

#[test]
fn a_journal_that_lost_its_end_is_noticed() {
    let (keep, path, mut store) = one_under_way();
    drop(store);
    let earlier = keep.path().join("earlier.db");
    fs::copy(&path, &earlier).unwrap();
    store = SqliteStore::open(&path).unwrap();
    conclude(&mut store, "A-1", "answer").unwrap();
    drop(store);
    let tail = fs::read_to_string(beside(&path, ".tail")).unwrap();
    assert!(tail.starts_with("docket journal tail 00000000000000000003 "), "{tail}");
    assert_eq!(mode(&beside(&path, ".tail")), 0o600);
    fs::copy(&earlier, &path).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    let error = refused(&mut store);
    assert!(
        error.to_string().contains("broken at entry 3 (it was written, and is gone"),
        "an older copy is sound in itself: {error}"
    );
    assert_eq!(
        store.verify_journal().unwrap().broken.unwrap().entry,
        3,
        "whoever looks closer is told the same"
    );
    let checkup = check_up(&path).unwrap().unwrap();
    assert!(checkup.contents.unwrap().journal.broken.is_some(), "and so is the doctor's patient");
    assert!(store.is_fit().is_err() && store.tracked().is_ok());
    // What the operator does after looking at it.
    fs::remove_file(beside(&path, ".tail")).unwrap();
    store.intend(&reply("A-9", "O9"), minute(9)).unwrap();
}

#[test]
fn a_backup_that_was_put_back_is_the_list_and_another_copy_is_not() {
    let (keep, path, mut store) = one_under_way();
    let (copy, plain) = (keep.path().join("copy.db"), keep.path().join("plain.db"));
    store.backup(&copy).unwrap();
    conclude(&mut store, "A-1", "answer").unwrap();
    drop(store);
    fs::copy(&path, &plain).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    store.intend(&reply("A-2", "O2"), minute(3)).unwrap();
    drop(store);
    // An old file that nobody made for this: perhaps a disk that was set back.
    fs::copy(&plain, &path).unwrap();
    refused(&mut SqliteStore::open(&path).unwrap());
    // As the manual says: `cp copy.db live.db`.
    fs::copy(&copy, &path).unwrap();
    for _ in 0..2 {
        let mut restored = SqliteStore::open(&path).unwrap();
        assert_eq!(restored.verify_journal().unwrap().broken, None);
        assert_eq!(state(&restored, "A-1"), State::Sending);
        restored.track(&[new("O5")], minute(4)).unwrap();
    }
    SqliteStore::open(&path).unwrap().intend(&reply("A-3", "O3"), minute(5)).unwrap();
    let checkup = check_up(&copy).unwrap().unwrap();
    assert_eq!(checkup.contents.unwrap().journal.broken, None, "the copy itself can be looked at");
}

#[test]
fn a_tail_that_says_nothing_stops_nothing() {
    for nonsense in
        ["", "\0\0\0\0", "docket journal tail", "docket journal tail x y", "docket journal tail 1 \u{e9}"]
    {
        let (_keep, path, mut store) = one_under_way();
        fs::write(beside(&path, ".tail"), nonsense).unwrap();
        store.intend(&reply("A-2", "O2"), minute(3)).unwrap();
        let tail = fs::read_to_string(beside(&path, ".tail")).unwrap();
        assert!(tail.starts_with("docket journal tail 00000000000000000003 "), "{nonsense:?}: {tail:?}");
    }
}

/// A list whose journal has entries for `actions` actions, with the guards of the database taken off.
fn unguarded(actions: usize) -> (TempDir, SqliteStore, Connection) {
    let (keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    for n in 1..=actions {
        send(&mut store, &reply(&format!("A-{n}"), &format!("O{n}")), State::Accepted);
    }
    let raw = Connection::open(&path).unwrap();
    let guards: Vec<String> = raw
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for guard in guards {
        raw.execute_batch(&format!("DROP TRIGGER {guard}")).unwrap();
    }
    (keep, store, raw)
}

#[test]
fn a_changed_journal_stops_every_send() {
    for (edit, says) in [
        ("UPDATE journal SET at = at + 1 WHERE seq = 6", "at entry 6 (it was changed after it was written)"),
        (
            "UPDATE journal SET session = 'eve' WHERE seq = 2",
            "at entry 2 (it was changed after it was written)",
        ),
        ("UPDATE journal SET prev = x'00' WHERE seq = 1", "at entry 1 (it does not follow"),
        ("DELETE FROM journal WHERE seq = 4", "at entry 5 (an entry before it is missing)"),
        ("DELETE FROM journal WHERE seq = 1", "at entry 2 (an entry before it is missing)"),
        ("DELETE FROM journal WHERE seq >= 5", "(the state of A-2 was changed)"),
        (
            "UPDATE actions SET state = 'refused' WHERE id = 'A-1'",
            "at entry 3 (the state of A-1 was changed)",
        ),
    ] {
        let (_keep, mut store, raw) = unguarded(2);
        assert!(store.is_fit().is_ok());
        raw.execute_batch(edit).unwrap();
        let error = refused(&mut store).to_string();
        assert!(error.contains(says), "{edit}: {error}");
        assert!(store.verify_journal().unwrap().broken.is_some(), "{edit}");
        // The answer of what is under way is still taken down, and reading goes on.
        assert!(store.actions().is_ok() && store.track(&[new("O7")], minute(8)).is_ok());
    }
}

#[test]
fn the_look_at_the_seals_is_bounded() {
    let (_keep, mut store, raw) = unguarded(40);
    raw.execute_batch("UPDATE journal SET at = at + 1 WHERE seq = 120 - 64").unwrap();
    store.is_fit().unwrap();
    assert!(store.verify_journal().unwrap().broken.is_some(), "all of it is verify's to check");
    raw.execute_batch("UPDATE journal SET at = at + 1 WHERE seq = 120 - 63").unwrap();
    assert!(refused(&mut store).to_string().contains("at entry 57"));
}

#[test]
fn on_a_network_disk_one_process_works_and_refunds_need_leave() {
    let (_keep, path) = place();
    let on = |network| {
        SqliteStore::open_on(&path, Ground { file_system: Some(0x6969), network, ..Ground::default() })
    };
    let error = on(NetworkDisk::Refuse).unwrap_err();
    assert!(matches!(error, StoreError::Remote { what: "NFS", .. }), "{error:?}");
    assert!(error.hint().contains("--data-dir") && error.hint().contains("network_disk"));
    assert!(!path.exists(), "nothing was made there");

    let mut store = on(NetworkDisk::NoRefunds).unwrap();
    let pragma = |store: &SqliteStore, name: &str| {
        let text = |row: &rusqlite::Row<'_>| row.get::<_, rusqlite::types::Value>(0);
        format!("{:?}", store.conn.pragma_query_value(None, name, text).unwrap())
    };
    assert_eq!(pragma(&store, "journal_mode"), "Text(\"delete\")");
    assert_eq!(pragma(&store, "synchronous"), "Integer(3)");
    assert_eq!(pragma(&store, "locking_mode"), "Text(\"exclusive\")");
    send(&mut store, &reply("A-1", "O1"), State::Accepted);
    let refunded = store.intend(&refund("A-2", "T1", "N1"), minute(3)).unwrap_err();
    assert!(matches!(refunded, StoreError::NetworkRefund { what: "NFS", .. }), "{refunded:?}");
    assert!(!beside(&path, "-wal").exists() && !beside(&path, "-shm").exists());
    let other = Connection::open(&path).unwrap();
    other.busy_timeout(std::time::Duration::ZERO).unwrap();
    assert!(other.query_row("SELECT count(*) FROM cases", [], |_| Ok(())).is_err(), "not even read");
    drop((store, other));

    let mut store = on(NetworkDisk::Allow).unwrap();
    send(&mut store, &refund("A-2", "T1", "N1"), State::Accepted);
    drop(store);
    // Back on a local disk it is as it always was.
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(pragma(&store, "journal_mode"), "Text(\"wal\")");
    assert_eq!(store.actions().unwrap().len(), 2);
}

#[test]
fn a_clock_that_is_set_back_leaves_the_journal_in_order() {
    let (_keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    let hours = |hours: i64| minute(60 * hours);
    for (action, at) in [("A-1", hours(5)), ("A-2", hours(2)), ("A-3", hours(90)), ("A-4", hours(-30))] {
        let order = format!("O{action}");
        store.intend(&reply(action, &order), at).unwrap();
        store.begin(&name(action), b"request", at).unwrap();
        // Its answer comes an hour before it was sent.
        let at = at - time::Duration::hours(1);
        store.conclude(&name(action), 1, State::Accepted, &finding("OK"), &exchange("x"), at).unwrap();
    }
    let names: Vec<String> = store.actions().unwrap().into_iter().map(|one| one.intent.id.0).collect();
    assert_eq!(names, ["A-1", "A-2", "A-3", "A-4"], "as confirmed, whatever the clock said");
    assert_eq!(store.verify_journal().unwrap().broken, None);
    store.is_fit().unwrap();
}

#[test]
fn a_directory_open_to_everybody_is_named_with_the_command() {
    let (_keep, path) = place();
    drop(SqliteStore::open(&path).unwrap());
    let home = path.parent().unwrap();
    for (mode, is_refused) in [(0o777, true), (0o702, true), (0o1777, false), (0o755, false), (0o770, false)]
    {
        fs::set_permissions(home, fs::Permissions::from_mode(mode)).unwrap();
        match SqliteStore::open(&path) {
            Err(error) if is_refused => {
                let (said, command) = (error.to_string(), format!("run `chmod 700 {}`", home.display()));
                assert!(
                    said.contains(&format!("its mode is {mode:04o}")) && said.ends_with(&command),
                    "{said}"
                );
            }
            other => assert_eq!(other.is_err(), is_refused, "{mode:o}"),
        }
    }
}
