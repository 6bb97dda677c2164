//! Looking a database over tells the truth about it and leaves no trace.

use super::*;
use crate::store::{Checkup, check_up};
use std::collections::BTreeMap;
use std::time::SystemTime;

/// Every file beside a database, with its bytes and its time.
fn files(path: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let files = fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().path());
    let plain = files.filter(|file| file.is_file());
    plain
        .map(|file| (file.clone(), (fs::read(&file).unwrap(), file.metadata().unwrap().modified().unwrap())))
        .collect()
}

fn looked_over(path: &Path) -> Checkup {
    check_up(path).unwrap().unwrap()
}

#[test]
fn a_closed_database_is_told_and_left_byte_for_byte() {
    let (_keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    store.track(&[new("O1"), new("O2"), new("O3")], minute(0)).unwrap();
    store.record(&[answer("O2", minute(1), case("A", "1"))]).unwrap();
    store.untrack(&[id("O3")], minute(2)).unwrap();
    store.intend(&reply("R1", "O1"), minute(3)).unwrap();
    drop(store);
    let before = files(&path);
    let found = looked_over(&path);
    assert_eq!(files(&path), before);
    let contents = found.contents.unwrap();
    assert_eq!((found.format, found.fault), (found.newest, None));
    assert_eq!((contents.cases, contents.drafts, contents.case), (2, 0, Some(id("O2"))));
    assert_eq!(contents.actions.iter().map(|(_, count)| count).sum::<u64>(), 1);
    assert_eq!((contents.journal.entries, contents.journal.broken), (1, None));
}

#[test]
fn an_open_database_is_read_with_what_its_log_holds() {
    let (_keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    store.track(&[new("O1")], minute(0)).unwrap();
    let before = files(&path).into_keys().collect::<Vec<_>>();
    assert_eq!(looked_over(&path).contents.unwrap().cases, 1);
    assert_eq!(files(&path).into_keys().collect::<Vec<_>>(), before, "no file more, no file less");
    store.track(&[new("O2")], minute(1)).unwrap();
    assert_eq!(looked_over(&path).contents.unwrap().cases, 2);
}

#[test]
fn what_a_killed_process_left_is_read_and_not_swept_up() {
    let (keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    store.track(&[new("O1")], minute(0)).unwrap();
    let left = keep.path().join("left/live.db");
    fs::create_dir(left.parent().unwrap()).unwrap();
    for ending in ["", "-wal", "-shm"] {
        fs::copy(format!("{}{ending}", path.display()), format!("{}{ending}", left.display())).unwrap();
    }
    let before = files(&left);
    assert_eq!(looked_over(&left).contents.unwrap().cases, 1);
    let after = files(&left);
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    for ending in ["", "-wal"] {
        let name = PathBuf::from(format!("{}{ending}", left.display()));
        assert_eq!(after[&name], before[&name], "{ending}");
    }
}

#[test]
fn what_is_missing_foreign_newer_or_older_is_told_and_not_made() {
    let (_keep, path) = place();
    assert_eq!(check_up(&path).unwrap(), None);
    assert!(!path.parent().unwrap().exists());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "").unwrap();
    assert_eq!(looked_over(&path).format, 0);
    Connection::open(&path).unwrap().execute_batch(V1_AS_PUBLISHED).unwrap();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 1).unwrap();
    let before = files(&path);
    let old = looked_over(&path);
    assert_eq!((old.format, old.fault, old.contents), (1, None, None));
    assert_eq!(files(&path), before, "nothing was migrated");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(check_up(&path), Err(StoreError::Newer { found: 99, .. })));
    Connection::open(&path).unwrap().pragma_update(None, "application_id", 7).unwrap();
    assert!(matches!(check_up(&path), Err(StoreError::Foreign { .. })));
    fs::write(&path, "this is no database, however long one looks at it").unwrap();
    assert!(matches!(check_up(&path), Err(StoreError::Damaged { .. })));
}

#[test]
fn a_broken_page_and_a_changed_journal_are_found() {
    let (_keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    store.intend(&reply("R1", "O1"), minute(3)).unwrap();
    drop(store);
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("DROP TRIGGER journal_is_not_edited; UPDATE journal SET at = at + 1;").unwrap();
    drop(raw);
    assert_eq!(looked_over(&path).contents.unwrap().journal.broken.unwrap().entry, 1);

    let raw = Connection::open(&path).unwrap();
    raw.execute_batch(
        "PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = replace(sql, 'case_id)', 'batch_id)') WHERE name = 'actions_of_case';",
    )
    .unwrap();
    drop(raw);
    let found = looked_over(&path);
    assert!(found.fault.is_some() && found.contents.is_none(), "{found:?}");
}

#[test]
fn a_name_that_looks_like_an_option_is_a_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a?mode=memory#%41 b.db");
    drop(SqliteStore::open(&path).unwrap());
    assert!(looked_over(&path).contents.is_some());
}
