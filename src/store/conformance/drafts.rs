//! Rules of drafts: one for one set of targets, kept as it was written.

use super::{id, minute};
use crate::domain::record::Draft;
use crate::domain::reply::{Target, Written};
use crate::store::Store;

pub(super) fn rules() -> [fn(&mut dyn Store); 4] {
    [
        a_draft_is_kept_exactly_and_replaced_whole,
        typing_moves_no_version_but_a_new_draft_does,
        only_a_draft_that_was_seen_is_discarded,
        a_discarded_draft_comes_back_and_never_over_another_one,
    ]
}

/// A draft for these cases.
pub(in crate::store) fn draft(cases: &[&str], content: &str, at: i64) -> Draft {
    Draft {
        targets: cases.iter().map(|case| Target::Case(id(case))).collect(),
        written: Written { content: content.into(), files: vec!["http://x/{caseId}.pdf".into()] },
        changed_at: minute(at),
    }
}

fn a_draft_is_kept_exactly_and_replaced_whole(store: &mut dyn Store) {
    assert_eq!(store.drafts().unwrap(), []);
    let one = draft(&["O1"], "line one\nline \"two\" \u{0}\u{202e} 案😀 {amount}", 1);
    let both = draft(&["O2", "O1"], "", 2);
    let batch = Draft { targets: vec![Target::Batch("O1".into())], ..draft(&[], "b", 3) };
    for written in [&one, &both, &batch] {
        store.save_draft(written).unwrap();
    }
    assert_eq!(store.drafts().unwrap(), [batch.clone(), both.clone(), one.clone()], "the newest first");
    let again = draft(&["O1", "O2"], "other words", 4);
    store.save_draft(&again).unwrap();
    assert_eq!(store.drafts().unwrap(), [again, batch.clone(), one.clone()]);
    store.delete_draft(&both.targets).unwrap();
    store.delete_draft(&[Target::Case(id("O7"))]).unwrap();
    assert_eq!(store.drafts().unwrap(), [batch, one]);
}

fn typing_moves_no_version_but_a_new_draft_does(store: &mut dyn Store) {
    let start = store.version().unwrap();
    store.save_draft(&draft(&["O1"], "a", 1)).unwrap();
    let made = store.version().unwrap();
    assert!(made > start);
    store.save_draft(&draft(&["O1"], "ab", 2)).unwrap();
    store.delete_draft(&[Target::Case(id("O2"))]).unwrap();
    assert_eq!(store.version().unwrap(), made);
    store.delete_draft(&[Target::Case(id("O1"))]).unwrap();
    assert!(store.version().unwrap() > made);
}

fn only_a_draft_that_was_seen_is_discarded(store: &mut dyn Store) {
    let seen = draft(&["O1"], "seen", 1);
    store.save_draft(&seen).unwrap();
    let newer = draft(&["O1"], "seen, and more", 2);
    store.save_draft(&newer).unwrap();
    let version = store.version().unwrap();
    assert!(!store.discard_draft(&seen).unwrap(), "words nobody saw would be gone");
    assert_eq!((store.drafts().unwrap(), store.version().unwrap()), (vec![newer.clone()], version));
    // When it was written is no part of what was seen: the disk keeps less of an instant than the desk.
    assert!(store.discard_draft(&Draft { changed_at: seen.changed_at, ..newer.clone() }).unwrap());
    assert_eq!(store.drafts().unwrap(), []);
    assert_ne!(store.version().unwrap(), version, "other desks still show it");
    assert!(store.discard_draft(&newer).unwrap(), "it is gone already");
}

fn a_discarded_draft_comes_back_and_never_over_another_one(store: &mut dyn Store) {
    let old = Draft {
        written: Written { content: "old".to_owned(), files: vec!["https://e.example/1.PDF".to_owned()] },
        ..draft(&["O1", "O2"], "", 1)
    };
    assert!(store.restore_draft(&old).unwrap());
    assert_eq!(store.drafts().unwrap(), std::slice::from_ref(&old));
    assert!(store.restore_draft(&old).unwrap(), "it is there");
    let newer = draft(&["O2", "O1"], "begun since", 2);
    store.save_draft(&newer).unwrap();
    assert!(!store.restore_draft(&old).unwrap());
    assert_eq!(store.drafts().unwrap(), [newer]);
}
