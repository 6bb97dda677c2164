//! Nobody edits the journal: the database refuses it, and whoever gets around that is found out.

use rusqlite::Connection;
use tempfile::TempDir;

use super::place;
use crate::domain::action::State;
use crate::store::conformance::actions::{exchange, finding, name, reply};
use crate::store::conformance::minute;
use crate::store::sqlite::SqliteStore;
use crate::store::{JournalBreak, Store};

/// A file with two actions, seven entries, and a connection past docket.
fn two_actions() -> (TempDir, SqliteStore, Connection) {
    let (keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    for (action, case) in [("A-1", "O1"), ("A-2", "O2")] {
        store.intend(&reply(action, case), minute(0)).unwrap();
        store.begin(&name(action), b"request", minute(1)).unwrap();
        let (code, answer) = (finding("APPLY_SUCCESS"), exchange("answer"));
        store.conclude(&name(action), 1, State::Accepted, &code, &answer, minute(2)).unwrap();
    }
    store.resolve(&name("A-1"), State::Settled, &finding("SEEN"), minute(3)).unwrap();
    let raw = Connection::open(&path).unwrap();
    (keep, store, raw)
}

#[test]
fn the_database_refuses_every_edit() {
    let (_keep, mut store, raw) = two_actions();
    store.intend(&reply("A-3", "O3"), minute(4)).unwrap();
    store.begin(&name("A-3"), b"under way", minute(5)).unwrap();
    for (edit, says) in [
        ("UPDATE journal SET to_state = 'refused' WHERE seq = 3", "the journal is never edited"),
        ("DELETE FROM journal WHERE seq = 7", "the journal is never cut"),
        ("REPLACE INTO journal SELECT * FROM journal WHERE seq = 7", "the journal only grows"),
        (
            "INSERT INTO journal SELECT 11, action, at, from_state, to_state, attempt, session, finding, digest, prev,
                hash FROM journal WHERE seq = 7",
            "the journal only grows",
        ),
        ("UPDATE actions SET data = x'00' WHERE id = 'A-1'", "what was intended is never edited"),
        ("UPDATE actions SET operator = 'eve'", "what was intended is never edited"),
        ("UPDATE actions SET target = 'O3'", "what was intended is never edited"),
        ("UPDATE actions SET created_at = 0", "what was intended is never edited"),
        ("DELETE FROM actions", "an action is never deleted"),
        ("REPLACE INTO actions SELECT * FROM actions WHERE id = 'A-1'", "an action is never replaced"),
        ("UPDATE attempts SET request = x'00' WHERE ended_at IS NULL", "what was sent is never edited"),
        ("UPDATE attempts SET started_at = 0 WHERE ended_at IS NULL", "what was sent is never edited"),
        ("UPDATE attempts SET answer = x'00'", "what came back is never edited"),
        ("UPDATE attempts SET verdict = 'refused'", "what came back is never edited"),
        ("DELETE FROM attempts", "an attempt is never deleted"),
        ("REPLACE INTO attempts SELECT * FROM attempts", "an attempt is never replaced"),
    ] {
        let refused = raw.execute(edit, []).unwrap_err().to_string();
        assert!(refused.contains(says), "{edit}: {refused}");
    }
    let check = store.verify_journal().unwrap();
    assert_eq!((check.entries, check.broken), (9, None));
}

/// What is found after someone has taken the guards off and made this edit.
fn after(edit: &str) -> JournalBreak {
    let (_keep, store, raw) = two_actions();
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
    assert_eq!(store.verify_journal().unwrap().broken, None);
    raw.execute_batch(&format!("PRAGMA foreign_keys = OFF; {edit}")).unwrap();
    store.verify_journal().unwrap().broken.unwrap_or_else(|| panic!("not found out: {edit}"))
}

#[test]
fn every_edit_of_an_entry_is_found_at_its_place() {
    for change in [
        "action = 'A-2'",
        "at = at + 1",
        "from_state = NULL",
        "to_state = 'refused'",
        "attempt = 2",
        "session = ''",
        "finding = replace(finding, 'APPLY', 'APPLX')",
        "digest = NULL",
        "hash = zeroblob(32)",
    ] {
        let broken = after(&format!("UPDATE journal SET {change} WHERE seq = 3"));
        assert_eq!(
            (broken.entry, broken.why.as_str()),
            (3, "it was changed after it was written"),
            "{change}"
        );
    }
    let broken = after("UPDATE journal SET prev = zeroblob(32) WHERE seq = 3");
    assert_eq!((broken.entry, broken.why.as_str()), (3, "it does not follow from the entry before it"));
}

#[test]
fn a_missing_entry_is_found_even_at_the_end() {
    let broken = after("DELETE FROM journal WHERE seq = 3");
    assert_eq!((broken.entry, broken.why.as_str()), (4, "an entry before it is missing"));
    let broken = after("DELETE FROM journal WHERE seq = 7");
    assert_eq!((broken.entry, broken.why.as_str()), (3, "the state of A-1 was changed"));
    assert_eq!(after("DELETE FROM journal").why, "the journal of A-1 was changed");
}

#[test]
fn an_edited_byte_anywhere_else_is_found_too() {
    for (edit, entry, why) in [
        ("actions SET data = x'20'", 1, "the intent of A-1 was changed"),
        ("actions SET operator = 'eve'", 1, "the intent of A-1 was changed"),
        ("actions SET out_refund_no = 'N1' WHERE id = 'A-2'", 4, "the intent of A-2 was changed"),
        ("actions SET state = 'accepted' WHERE id = 'A-1'", 7, "the state of A-1 was changed"),
        ("actions SET code = 'OTHER' WHERE id = 'A-2'", 6, "the state of A-2 was changed"),
        ("attempts SET request = x'00'", 2, "a request of A-1 was changed"),
        ("attempts SET answer = NULL", 3, "an answer of A-1 was changed"),
        ("attempts SET http_status = 201 WHERE action_row = 2", 6, "an answer of A-2 was changed"),
        ("attempts SET signature = 'absent'", 3, "an answer of A-1 was changed"),
        ("attempts SET ended_at = NULL, verdict = NULL", 3, "an answer of A-1 was changed"),
    ] {
        let broken = after(&format!("UPDATE {edit}"));
        assert_eq!((broken.entry, broken.why.as_str()), (entry, why), "{edit}");
    }
    assert_eq!(after("DELETE FROM attempts").why, "the number of attempts of A-1 was changed");
    let broken = after("DELETE FROM actions WHERE id = 'A-2'; DELETE FROM attempts WHERE action_row = 2");
    assert_eq!((broken.entry, broken.why.as_str()), (4, "its action is gone"));
}
