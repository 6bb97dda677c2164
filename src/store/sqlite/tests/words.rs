//! Words on many cases at once, and what sleeping costs the first screenful.

use super::{id, minute, new, place};
use crate::domain::ids::CaseId;
use crate::domain::tracked::LocalChange;
use crate::store::{SqliteStore, Store as _, StoreError};

#[test]
fn words_on_many_cases_that_do_not_fit_leave_none() {
    let (_keep, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    let ids: Vec<CaseId> = (0..500).map(|n| id(&format!("O{n}"))).collect();
    store.track(&ids.iter().map(|id| new(id.as_str())).collect::<Vec<_>>(), minute(0)).unwrap();
    let pages: i64 = store.conn.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.conn.pragma_update_and_check(None, "max_page_count", pages + 9, |_| Ok(())).unwrap();
    let note = |id: &CaseId| (id.clone(), LocalChange::Note("x".repeat(3_000)));
    let error = store.set_local(&ids.iter().map(note).collect::<Vec<_>>(), minute(1)).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert!(store.tracked().unwrap().iter().all(|tracked| tracked.local.note.is_empty()));
    let few = SqliteStore::open(&path).unwrap().tracked().unwrap();
    assert!(few.iter().all(|tracked| tracked.local.note.is_empty()), "nor does another desk see one");
}

#[test]
fn the_first_screenful_is_found_in_an_index_that_knows_who_sleeps() {
    let store = SqliteStore::in_memory().unwrap();
    let plan: Vec<String> = store
        .conn
        .prepare(
            "EXPLAIN QUERY PLAN SELECT id FROM cases
             WHERE due_rank >= x'01' AND due_rank < x'02' AND (wakes_on IS NULL OR wakes_on <= 2461000)
             ORDER BY due_rank, id LIMIT 50",
        )
        .unwrap()
        .query_map([], |row| row.get(3))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(plan, ["SEARCH cases USING COVERING INDEX cases_due (due_rank>? AND due_rank<?)"]);
}
