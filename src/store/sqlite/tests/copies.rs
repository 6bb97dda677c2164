//! A file of an older format is copied before it is changed.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{
    V1_AS_PUBLISHED, V2_AS_PUBLISHED, V3_AS_PUBLISHED, V4_AS_PUBLISHED, V5_AS_PUBLISHED, mode, place,
};
use crate::store::{SqliteStore, Store as _, StoreError};

/// Makes a file of an older format with a case and an edition.
fn old(path: &Path, number: usize) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let old = Connection::open(path).unwrap();
    let formats = [V1_AS_PUBLISHED, V2_AS_PUBLISHED, V3_AS_PUBLISHED, V4_AS_PUBLISHED, V5_AS_PUBLISHED];
    for format in formats.into_iter().take(number) {
        old.execute_batch(format).unwrap();
    }
    old.execute_batch(
        "INSERT INTO cases (id, tracked, tracked_at, note) VALUES ('O1', 1, 0, 'kept');
         UPDATE edition SET number = 41",
    )
    .unwrap();
    if number >= 4 {
        // What that docket counted.
        old.execute_batch("INSERT INTO tally (kind, key, cases, sum) VALUES ('stage', 'unknown', 1, '0')")
            .unwrap();
    }
    old.pragma_update(None, "user_version", i64::try_from(number).unwrap()).unwrap();
}

fn copies(path: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().path());
    let mut copies: Vec<_> = files.filter(|file| file.to_string_lossy().contains(".format-")).collect();
    copies.sort();
    copies
}

#[test]
fn every_older_format_leaves_a_whole_copy_of_itself() {
    for number in 1..=5 {
        let (_keep, path) = place();
        old(&path, number);
        drop(SqliteStore::open(&path).unwrap());
        let [copy] = &copies(&path)[..] else { panic!("{number}: {:?}", copies(&path)) };
        assert!(copy.to_string_lossy().ends_with(&format!("live.db.format-{number}.edition-41")), "{copy:?}");
        assert_eq!(mode(copy), 0o600);
        let raw = Connection::open(copy).unwrap();
        let format: i64 = raw.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        let note: String = raw.query_row("SELECT note FROM cases", [], |row| row.get(0)).unwrap();
        assert_eq!((format, note.as_str()), (i64::try_from(number).unwrap(), "kept"));
        drop(raw);
        // The copy put back is the list that it was.
        drop(SqliteStore::open(&path).unwrap());
        assert_eq!(copies(&path).len(), 1, "a list of this format needs none");
        fs::remove_file(&path).unwrap();
        fs::copy(copy, &path).unwrap();
        assert_eq!(SqliteStore::open(&path).unwrap().tracked().unwrap().len(), 1);
        assert_eq!(copies(&path).len(), 1, "and the same list needs no second one");
    }
}

#[test]
fn a_new_list_needs_no_copy() {
    let (_keep, path) = place();
    drop(SqliteStore::open(&path).unwrap());
    assert_eq!(copies(&path), [] as [PathBuf; 0]);
}

#[test]
fn two_that_start_at_once_make_one_copy() {
    let (_keep, path) = place();
    old(&path, 4);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| SqliteStore::open(&path).unwrap().tracked().unwrap().len());
        }
    });
    assert_eq!(copies(&path).len(), 1);
    let left = fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().file_name());
    let half: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with(".docket-backup")).collect();
    assert!(half.is_empty(), "{half:?}");
}

#[test]
fn a_damaged_list_of_an_older_format_is_not_touched() {
    let (_keep, path) = place();
    old(&path, 4);
    let whole = fs::read(&path).unwrap();
    let mut broken = whole.clone();
    for byte in broken.iter_mut().skip(8192).take(4096) {
        *byte = 0xff;
    }
    fs::write(&path, &broken).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::NoCopy { .. } | StoreError::Damaged { .. }), "{error:?}");
    assert_eq!(fs::read(&path).unwrap(), broken);
}
