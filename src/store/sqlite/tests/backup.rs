//! A backup is whole, private, checked, and never in anybody's way.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;

use super::{mode, place};
use crate::domain::action::State;
use crate::store::conformance::actions::{exchange, finding, name, reply};
use crate::store::conformance::drafts::draft;
use crate::store::conformance::{answer, case, minute, new};
use crate::store::{Backup, BackupError, SqliteStore, Store};

/// A list with two cases, one of them taken off, a reply and a draft.
fn filled(path: &Path) -> SqliteStore {
    let mut store = SqliteStore::open(path).unwrap();
    store.track(&[new("O1"), new("O2")], minute(0)).unwrap();
    store.untrack(&[crate::domain::ids::CaseId::parse("O2").unwrap()], minute(0)).unwrap();
    store.record(&[answer("O1", minute(1), case("A", "1"))]).unwrap();
    store.intend(&reply("A-1", "O1"), minute(2)).unwrap();
    store.begin(&name("A-1"), b"request", minute(3)).unwrap();
    store.conclude(&name("A-1"), 1, State::Accepted, &finding("OK"), &exchange("answer"), minute(4)).unwrap();
    store.save_draft(&draft(&["O1"], "half a sentence", 5)).unwrap();
    store
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_copied_back_file_is_the_list_it_was_taken_of() {
    let (keep, path) = place();
    let store = filled(&path);
    let away = keep.path().join("away");
    fs::create_dir(&away).unwrap();
    let copy = away.join("monday.db");
    let made = store.backup(&copy).unwrap();
    let bytes = fs::metadata(&copy).unwrap().len();
    assert_eq!(made, Backup { bytes, cases: 1, journal_entries: 3, drafts: 1 });
    assert_eq!(
        (names(&away), mode(&copy)),
        (vec!["monday.db".to_owned()], 0o600),
        "one file and nothing beside it"
    );

    let elsewhere = keep.path().join("elsewhere/live.db");
    fs::create_dir(elsewhere.parent().unwrap()).unwrap();
    fs::copy(&copy, &elsewhere).unwrap();
    let back = SqliteStore::open(&elsewhere).unwrap();
    assert_eq!(back.tracked().unwrap(), store.tracked().unwrap());
    assert_eq!(back.actions().unwrap(), store.actions().unwrap());
    assert_eq!(back.attempts(&name("A-1")).unwrap(), store.attempts(&name("A-1")).unwrap());
    assert_eq!(back.drafts().unwrap(), store.drafts().unwrap());
    assert_eq!(back.verify_journal().unwrap(), store.verify_journal().unwrap());
}

#[test]
fn nothing_is_overwritten_and_nothing_is_left_behind() {
    let (keep, path) = place();
    let store = filled(&path);
    let copy = keep.path().join("copy.db");
    fs::write(&copy, "mine").unwrap();
    assert!(matches!(store.backup(&copy), Err(BackupError::Exists(_))));
    let dangling = keep.path().join("dangling.db");
    std::os::unix::fs::symlink(keep.path().join("nowhere"), &dangling).unwrap();
    assert!(matches!(store.backup(&dangling), Err(BackupError::Exists(_))));
    let nowhere = store.backup(&keep.path().join("no/such/folder/copy.db")).unwrap_err();
    assert!(matches!(nowhere, BackupError::Unwritable { .. }), "{nowhere}");
    assert_eq!(fs::read_to_string(&copy).unwrap(), "mine");
    assert!(names(keep.path()).iter().all(|name| !name.starts_with('.')), "{:?}", names(keep.path()));
}

#[test]
fn a_journal_that_was_tampered_with_makes_no_backup() {
    let (keep, path) = place();
    let store = filled(&path);
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("DROP TRIGGER journal_is_not_edited; UPDATE journal SET at = at + 1 WHERE seq = 2")
        .unwrap();
    let copy = keep.path().join("copy.db");
    let refused = store.backup(&copy).unwrap_err();
    assert!(matches!(refused, BackupError::Unsound { .. }), "{refused}");
    assert!(refused.to_string().contains("entry 2"), "{refused}");
    assert!(!copy.exists());
}

#[test]
fn a_writer_goes_on_while_the_copy_is_made() {
    let (keep, path) = place();
    let store = filled(&path);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut other = SqliteStore::open(&path).unwrap();
            let mut written = 0_u64;
            while !stop.load(Ordering::Relaxed) {
                let pair = [new(&format!("W{written}a")), new(&format!("W{written}b"))];
                other.track(&pair, minute(6)).unwrap();
                written += 1;
            }
            written
        });
        let mut last = 0;
        for n in 0..5 {
            // At least one write between two copies, or nobody wrote meanwhile.
            while store.tracked().unwrap().len() as u64 == last {
                std::thread::yield_now();
            }
            let made = store.backup(&keep.path().join(format!("{n}.db"))).unwrap();
            assert_eq!(made.cases % 2, 1, "a pair was tracked at once, so it is in the copy at once");
            assert!(made.cases > last || last == 0, "{made:?}");
            last = made.cases;
        }
        stop.store(true, Ordering::Relaxed);
        assert!(writer.join().unwrap() > 0);
    });
}
