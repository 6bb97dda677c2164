//! What holds for SQLite files alone: rights, several processes, formats, and files that are broken.

mod actions;
mod backup;
mod checkup;
mod copies;
mod guard;
mod journal;
mod moves;
mod words;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;
use time::Date;
use time::macros::date;

use super::SqliteStore;
use crate::domain::action::State;
use crate::domain::case::{Case, Field};
use crate::domain::order::due_rank;
use crate::domain::snooze::Snooze;
use crate::domain::tally::Tally;
use crate::domain::tracked::{LocalChange, Tracked};
use crate::store::conformance::actions::{refund, reply, send};
use crate::store::conformance::{answer, case, every_rule, failed, id, minute, new};
use crate::store::{Store, StoreError};

/// The first format as it was published; a later edit of `v1.sql` would strand every installed database.
const V1_AS_PUBLISHED: &str = include_str!("fixtures/v1.sql");
/// The same for the second.
const V2_AS_PUBLISHED: &str = include_str!("fixtures/v2.sql");
/// The same for the third.
const V3_AS_PUBLISHED: &str = include_str!("fixtures/v3.sql");
/// The same for the fourth.
const V4_AS_PUBLISHED: &str = include_str!("fixtures/v4.sql");
/// The same for the fifth.
const V5_AS_PUBLISHED: &str = include_str!("fixtures/v5.sql");
/// The same for the sixth.
const V6_AS_PUBLISHED: &str = include_str!("fixtures/v6.sql");

fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data/docket/live.db");
    (directory, path)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_list_in_memory_keeps_every_rule() {
    every_rule(|| SqliteStore::in_memory().unwrap());
}

#[test]
fn the_list_on_disk_keeps_every_rule() {
    let directory = tempfile::tempdir().unwrap();
    let next = std::cell::Cell::new(0);
    every_rule(|| {
        next.set(next.get() + 1);
        SqliteStore::open(&directory.path().join(format!("{}.db", next.get()))).unwrap()
    });
}

#[test]
fn what_was_written_is_there_after_a_restart() {
    let (_keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    store.track(&[new("O1")], minute(0)).unwrap();
    store.record(&[answer("O1", minute(1), case("A", "1"))]).unwrap();
    let before = store.tracked().unwrap();
    drop(store);
    assert_eq!(SqliteStore::open(&path).unwrap().tracked().unwrap(), before);
}

#[test]
fn every_file_and_directory_is_private() {
    let (keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    store.track(&[new("O1")], minute(0)).unwrap();
    for directory in ["data", "data/docket"] {
        assert_eq!(mode(&keep.path().join(directory)), 0o700, "{directory}");
    }
    let files: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|f| f.unwrap().path()).collect();
    assert!(files.len() >= 3, "the database, its log and the lock: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_restored_backup_loses_the_rights_it_came_with() {
    let (_keep, path) = place();
    drop(SqliteStore::open(&path).unwrap());
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    drop(SqliteStore::open(&path).unwrap());
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn a_backup_outside_wal_mode_is_taken_back_into_it() {
    let (_keep, path) = place();
    drop(SqliteStore::open(&path).unwrap());
    let raw = Connection::open(&path).unwrap();
    raw.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).unwrap();
    drop(raw);
    let store = SqliteStore::open(&path).unwrap();
    let mode: String = store.conn.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn the_settings_hold_on_every_connection() {
    let (_keep, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    for (name, expected) in [
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("mmap_size", 0),
        ("secure_delete", 2),
        ("busy_timeout", 10_000),
        ("user_version", 6),
        ("application_id", 0x646f_636b),
    ] {
        let found: i64 = store.conn.pragma_query_value(None, name, |row| row.get(0)).unwrap_or_default();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn two_writers_lose_nothing_and_see_each_other() {
    let (_keep, path) = place();
    std::thread::scope(|scope| {
        for writer in ["A", "B"] {
            let path = &path;
            scope.spawn(move || {
                // Both also race to make and migrate the file.
                let mut store = SqliteStore::open(path).unwrap();
                for n in 0..200 {
                    let name = format!("{writer}{n}");
                    store.track(&[new(&name)], minute(0)).unwrap();
                    store.record(&[answer(&name, minute(1), case("A", "1"))]).unwrap();
                }
            });
        }
    });
    let mut desk = SqliteStore::open(&path).unwrap();
    let tracked = desk.tracked().unwrap();
    assert_eq!(tracked.len(), 400);
    assert!(tracked.iter().all(|one| one.case.is_some()));
    let mut cron = SqliteStore::open(&path).unwrap();
    let before = desk.version().unwrap();
    cron.record(&[answer("A0", minute(2), case("B", "1"))]).unwrap();
    assert!(desk.version().unwrap() > before);
    assert_eq!(desk.find(&id("A0")).unwrap().unwrap().unseen.len(), 1);
    desk.untrack(&[id("A0")], minute(3)).unwrap();
    assert_eq!(cron.find(&id("A0")).unwrap(), None);
}

#[test]
fn many_may_make_the_file_at_once() {
    let (_keep, path) = place();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| SqliteStore::open(&path).unwrap().version().unwrap());
        }
    });
}

#[test]
fn a_file_that_is_just_being_made_is_never_taken_for_another_programs() {
    for round in 0..60 {
        let (_keep, path) = place();
        let start = std::sync::Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    // Later openers look at the file while the first one makes it.
                    for _ in 0..4 {
                        if let Err(error) = SqliteStore::open(&path) {
                            panic!("round {round}: {error}");
                        }
                    }
                });
            }
        });
    }
}

#[test]
fn a_published_format_is_never_edited() {
    assert_eq!(include_str!("v1.sql"), V1_AS_PUBLISHED);
    assert_eq!(include_str!("v2.sql"), V2_AS_PUBLISHED);
    assert_eq!(include_str!("v3.sql"), V3_AS_PUBLISHED);
    assert_eq!(include_str!("v4.sql"), V4_AS_PUBLISHED);
    assert_eq!(include_str!("v5.sql"), V5_AS_PUBLISHED);
    assert_eq!(include_str!("v6.sql"), V6_AS_PUBLISHED);
}

#[test]
fn every_historical_format_opens_and_takes_what_is_new() {
    let formats = [V1_AS_PUBLISHED, V2_AS_PUBLISHED, V3_AS_PUBLISHED, V4_AS_PUBLISHED, V5_AS_PUBLISHED];
    for number in 1..=formats.len() {
        let formats = &formats[..number];
        let (_keep, path) = place();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let old = Connection::open(&path).unwrap();
        for format in formats {
            old.execute_batch(format).unwrap();
        }
        old.execute_batch(
            "INSERT INTO cases (id, tracked, tracked_at, note) VALUES ('O1', 1, 0, 'kept');
             INSERT INTO cases (id, tracked, tracked_at, refreshed_at, status, expiration_date, amount, currency)
             VALUES ('O2', 1, 0, 1, 'DISPUTE_INQUIRY', '2026-11-20', '5.00', 'USD'),
                    ('O3', 0, 0, 1, 'DISPUTE_INQUIRY', '2026-11-20', '5.00', 'USD');
             UPDATE edition SET number = 41",
        )
        .unwrap();
        if number >= 4 {
            written_beside(&old);
        }
        old.pragma_update(None, "user_version", i64::try_from(number).unwrap()).unwrap();
        drop(old);
        let mut store = SqliteStore::open(&path).unwrap();
        let kept = store.find(&id("O1")).unwrap().unwrap();
        assert_eq!((kept.local.note.as_str(), kept.card_scheme.as_deref()), ("kept", None));
        assert_eq!(
            (store.version().unwrap(), store.actions().unwrap(), store.drafts().unwrap()),
            (41, vec![], vec![])
        );
        let opening = store.opening(9, TODAY).unwrap();
        assert_eq!(opening.tally, Tally::of(&store.tracked().unwrap()), "{number}");
        assert_eq!(opening.due.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(), ["O2"], "{number}");
        let snooze = Snooze { until: TODAY, known: None };
        store.set_local(&[(id("O2"), LocalChange::Snooze(Some(snooze)))], minute(0)).unwrap();
        let yesterday = TODAY.previous_day().unwrap();
        assert_eq!(store.opening(9, yesterday).unwrap().due, [], "{number}: it sleeps");
        assert_eq!(store.opening(9, TODAY).unwrap().due.len(), 1, "{number}: it is awake again");
        store.intend(&reply("A-1", "O1"), minute(0)).unwrap();
        send(&mut store, &refund("A-2", "T1", "N1"), State::Accepted);
        assert_eq!(store.verify_journal().unwrap().entries, 4);
        let raw = Connection::open(&path).unwrap();
        let second = "INSERT INTO actions (id, kind, target, data, operator, created_at, state, session)
            VALUES ('A-3', 'refund', 'T1', x'', '', 0, 'intended', '')";
        let refused = raw.execute(second, []).unwrap_err().to_string();
        assert!(refused.contains("UNIQUE constraint failed: actions.target"), "{number}: {refused}");
        drop((store, raw));
        assert!(SqliteStore::open(&path).is_ok());
    }
}

const TODAY: Date = date!(2026 - 11 - 20);

/// What dockets from the fourth format on had written beside the cases: rank and counts.
fn written_beside(old: &Connection) {
    let mut one = Tracked::new(id("O2"));
    one.case = Some(Case::from_fields(
        [
            (Field::Status, "DISPUTE_INQUIRY"),
            (Field::ExpirationDate, "2026-11-20"),
            (Field::Amount, "5.00"),
            (Field::Currency, "USD"),
        ]
        .map(|(field, text)| (field, Some(text.to_owned()))),
    ));
    old.execute("UPDATE cases SET due_rank = ?1 WHERE id = 'O2'", [due_rank(&one)]).unwrap();
    old.execute_batch(
        "INSERT INTO tally (kind, key, cases, sum) VALUES ('stage', 'due', 1, '0'), ('stage', 'unknown', 1, '0'),
            ('due', '2026-11-20', 1, '0'), ('at-risk', 'USD', 1, '5.00')",
    )
    .unwrap();
}

/// Opens a file holding these bytes and returns the refusal, as a sentence and its remedy.
fn refusal(prepare: impl FnOnce(&Path)) -> (StoreError, String) {
    let (_keep, path) = place();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    prepare(&path);
    let error = SqliteStore::open(&path).and_then(|store| store.tracked().map(drop)).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("live.db") || text.contains("docket"), "names the file: {text}");
    assert!(!text.ends_with('.') && !error.hint().ends_with('.'));
    (error, text)
}

#[test]
fn a_newer_format_asks_for_an_upgrade() {
    let (error, text) = refusal(|path| {
        drop(SqliteStore::open(path).unwrap());
        Connection::open(path).unwrap().pragma_update(None, "user_version", 7).unwrap();
    });
    assert!(text.ends_with("was written by a newer docket (its format is 7, this docket reads up to 6)"));
    assert!(error.hint().contains("upgrade docket"));
}

#[test]
fn what_is_no_database_is_named_with_a_remedy() {
    let (error, _) = refusal(|path| fs::write(path, "caseId,note\n".repeat(100)).unwrap());
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert!(error.hint().contains("restore a backup"));
    let (error, _) = refusal(|path| fs::write(path, "short").unwrap());
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

#[test]
fn a_truncated_database_is_damaged() {
    let (error, _) = refusal(|path| {
        let mut store = SqliteStore::open(path).unwrap();
        let entries: Vec<_> = (0..500).map(|n| new(&format!("O{n}"))).collect();
        store.track(&entries, minute(0)).unwrap();
        drop(store);
        let whole = fs::metadata(path).unwrap().len();
        fs::OpenOptions::new().write(true).open(path).unwrap().set_len(whole / 2).unwrap();
    });
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

#[test]
fn a_value_docket_never_wrote_is_damage_not_a_panic() {
    for change in ["id = ' '", "tags = '[1'", "refreshed_at = 9223372036854775807"] {
        let (error, _) = refusal(|path| {
            SqliteStore::open(path).unwrap().track(&[new("O1")], minute(0)).unwrap();
            Connection::open(path).unwrap().execute_batch(&format!("UPDATE cases SET {change}")).unwrap();
        });
        assert!(matches!(error, StoreError::Damaged { .. }), "{change}: {error:?}");
    }
}

#[test]
fn another_programs_database_is_left_alone() {
    let (error, _) = refusal(|path| {
        Connection::open(path).unwrap().execute_batch("CREATE TABLE other (a)").unwrap();
    });
    assert!(matches!(error, StoreError::Foreign { .. }), "{error:?}");
}

#[test]
fn a_file_where_the_directory_should_be_is_named() {
    let keep = tempfile::tempdir().unwrap();
    let blocker = keep.path().join("docket");
    fs::write(&blocker, "").unwrap();
    let error = SqliteStore::open(&blocker.join("live.db")).unwrap_err();
    assert!(matches!(&error, StoreError::Unwritable { path, .. } if *path == blocker), "{error:?}");
}

#[test]
fn a_list_held_by_another_process_is_said_to_be() {
    let (_keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    store.conn.busy_timeout(std::time::Duration::from_millis(1)).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.track(&[new("O1")], minute(0)).unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
    assert_eq!(store.tracked().unwrap(), [], "reading goes on");
    other.execute_batch("COMMIT").unwrap();
    store.track(&[new("O1")], minute(0)).unwrap();
}

#[test]
fn a_full_disk_loses_nothing_that_was_stored() {
    let (_keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    store.track(&[new("O1")], minute(0)).unwrap();
    let pages: i64 = store.conn.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    let many: Vec<_> = (0..2000).map(|n| new(&format!("M{n}"))).collect();
    let error = store.track(&many, minute(1)).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert_eq!(store.tracked().unwrap().len(), 1);
    store.set_local(&[(id("O1"), LocalChange::Owner("mei".into()))], minute(2)).unwrap();
}
