//! The keeper on a real list: what it answers, what it leaves out, and what it notices.

use std::sync::Arc;

use time::macros::datetime;
use tokio::sync::mpsc::Receiver;

use super::*;
use crate::domain::case::{Case, Field};
use crate::store::{Observation, SqliteStore};

const NOW: OffsetDateTime = datetime!(2026-11-20 08:00 UTC);

struct Bench {
    dir: tempfile::TempDir,
    keeper: Keeper,
    events: Receiver<Event>,
}

fn id(text: &str) -> CaseId {
    CaseId::parse(text).unwrap()
}

fn ids(cases: &[crate::domain::tracked::Tracked]) -> Vec<&str> {
    cases.iter().map(|case| case.id.as_str()).collect()
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (events, arrivals) = tokio::sync::mpsc::channel(16);
        let mut kept =
            Kept::new(Box::new(SqliteStore::open(&dir.path().join("t.db")).unwrap()), events.clone());
        assert_eq!(kept.open(time::macros::date!(2026 - 11 - 20)).unwrap(), Event::Stocked(Box::default()));
        let keeper = Keeper::start(kept, events, Arc::new(|| NOW), Backlog::default()).unwrap();
        Self { dir, keeper, events: arrivals }
    }

    /// Another process with the same list.
    fn elsewhere(&self) -> SqliteStore {
        SqliteStore::open(&self.dir.path().join("t.db")).unwrap()
    }

    /// The whole list, which the next event is.
    fn next_list(&mut self) -> Vec<crate::domain::tracked::Tracked> {
        let Event::Stocked(stock) = self.next() else { panic!("no list") };
        stock.iter().cloned().collect()
    }

    /// The next event; the keeper's own second is the longest it ever takes.
    fn next(&mut self) -> Event {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let event = runtime
            .block_on(async { tokio::time::timeout(Duration::from_secs(20), self.events.recv()).await });
        event.unwrap().unwrap()
    }
}

#[test]
fn what_is_written_comes_back_as_the_list_has_it() {
    let mut bench = Bench::new();
    bench.keeper.ask(Order::Track(vec![id("O1"), id("O2")]));
    let Event::Rows(rows) = bench.next() else { panic!("no rows") };
    assert_eq!(ids(&rows), ["O1", "O2"]);
    bench.keeper.ask(Order::SaveLocal(vec![(id("O2"), LocalChange::Note("call them".to_owned()))]));
    let Event::Rows(rows) = bench.next() else { panic!("no rows") };
    assert_eq!(rows[0].local.note, "call them");
    // Answered by itself with the whole list: only that can say that a case is gone.
    bench.keeper.ask(Order::Untrack(vec![id("O1")]));
    let cases = bench.next_list();
    assert_eq!(ids(&cases), ["O2"]);
}

#[test]
fn of_several_histories_only_the_newest_is_read() {
    let mut bench = Bench::new();
    // While the list is held, the orders pile up.
    let store = bench.keeper.store();
    let held = store.lock().unwrap();
    bench.keeper.ask(Order::Track(vec![id("O1")]));
    for number in 1..=50 {
        bench.keeper.ask(Order::History(id(&format!("O{number}"))));
    }
    drop(held);
    let mut histories = Vec::new();
    while histories.last().is_none_or(|last| *last != id("O50")) {
        if let Event::History(id, _) = bench.next() {
            histories.push(id);
        }
    }
    assert!(histories.len() <= 2, "{histories:?} were read");
}

#[test]
fn a_failed_write_is_told_and_the_truth_after_it() {
    let mut bench = Bench::new();
    bench.keeper.ask(Order::SaveLocal(vec![(id("O-never-tracked"), LocalChange::Note(String::new()))]));
    assert!(matches!(bench.next(), Event::Failed(why) if why.contains("O-never-tracked")));
    assert_eq!(bench.next_list(), []);
}

#[test]
fn a_refresh_shows_what_it_has_stored() {
    let mut bench = Bench::new();
    bench.keeper.ask(Order::Track(vec![id("O1")]));
    bench.next();
    let case = Case::from_fields([(Field::Status, Some("DISPUTE_INQUIRY".to_owned()))]);
    let seen = Observation { id: id("O1"), at: NOW, outcome: Ok(case.clone()) };
    bench.keeper.store().lock().unwrap().record(&[seen]).unwrap();
    let Event::Rows(rows) = bench.next() else { panic!("no rows") };
    assert_eq!(rows[0].case, Some(case));
}

#[test]
fn what_another_process_writes_is_noticed_and_our_own_is_not_read_twice() {
    let mut bench = Bench::new();
    bench.keeper.ask(Order::Track(vec![id("O1")]));
    bench.next();
    bench.elsewhere().track(&[NewCase::new(id("O2"))], NOW).unwrap();
    // Had our own write counted, a list without O2 could come first.
    let cases = bench.next_list();
    assert_eq!(ids(&cases), ["O1", "O2"]);
    let kept = bench.keeper.store.lock().unwrap();
    assert!(!kept.moved().unwrap());
}

#[test]
fn a_write_of_another_process_right_before_our_own_is_not_missed() {
    let dir = tempfile::tempdir().unwrap();
    let open = || SqliteStore::open(&dir.path().join("t.db")).unwrap();
    let (events, _arrivals) = tokio::sync::mpsc::channel(16);
    let (mut kept, mut elsewhere) = (Kept::new(Box::new(open()), events), open());
    kept.load().unwrap();
    kept.track(&[NewCase::new(id("O1"))], NOW).unwrap();
    assert!(!kept.moved().unwrap(), "our own write is known");
    kept.write(|ours| {
        // It held the list when we asked for it, and was done just before us.
        elsewhere.track(&[NewCase::new(id("O2"))], NOW)?;
        ours.track(&[NewCase::new(id("O3"))], NOW)
    })
    .unwrap();
    assert!(kept.moved().unwrap(), "the desk would never show O2");
    kept.load().unwrap();
    assert!(!kept.moved().unwrap());
}

#[test]
fn what_is_ordered_can_be_waited_for_though_nobody_listens() {
    let bench = Bench::new();
    let (store, backlog) = (bench.keeper.store(), bench.keeper.backlog.clone());
    assert!(backlog.wait(Duration::ZERO), "nothing was ordered");
    let held = store.lock().unwrap();
    // More than the queue of events takes, and some that are passed over.
    for number in 1..=20 {
        bench.keeper.ask(Order::Track(vec![id(&format!("O{number}"))]));
        bench.keeper.ask(Order::History(id("O1")));
    }
    assert!(!backlog.wait(Duration::from_millis(20)), "they cannot have been written");
    drop((held, bench.events));
    assert!(backlog.wait(Duration::from_secs(20)));
    let elsewhere = SqliteStore::open(&bench.dir.path().join("t.db")).unwrap();
    assert_eq!(elsewhere.tracked().unwrap().len(), 20);
}

#[test]
fn stopping_waits_for_what_was_asked_before() {
    let bench = Bench::new();
    bench.keeper.ask(Order::Track(vec![id("O1")]));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    // Nobody reads the answers any more, as when the desk is left.
    drop(bench.events);
    assert!(runtime.block_on(bench.keeper.stop(Duration::from_secs(20))));
    let elsewhere = SqliteStore::open(&bench.dir.path().join("t.db")).unwrap();
    assert_eq!(ids(&elsewhere.tracked().unwrap()), ["O1"]);
}

#[test]
fn a_change_waits_for_a_list_that_another_process_holds_however_long() {
    let mut bench = Bench::new();
    bench.keeper.ask(Order::Track(vec![id("O1")]));
    assert!(matches!(bench.next(), Event::Rows(_)));
    let other = rusqlite::Connection::open(bench.dir.path().join("t.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    bench.keeper.ask(Order::SaveLocal(vec![(id("O1"), LocalChange::Note("call them".to_owned()))]));
    let Event::Failed(why) = bench.next() else { panic!("nothing was said") };
    assert!(why.contains("held by another process") && why.contains("your change waits"), "{why}");
    other.execute_batch("ROLLBACK").unwrap();
    let Event::Rows(rows) = bench.next() else { panic!("the change was dropped") };
    assert_eq!(rows[0].local.note, "call them");
}

#[test]
fn of_a_long_list_only_what_another_process_has_moved_is_read_again() {
    let mut bench = Bench::new();
    let many: Vec<CaseId> = (1..=6).map(|number| id(&format!("O{number}"))).collect();
    bench.keeper.ask(Order::Track(many.clone()));
    bench.next();
    bench.keeper.ask(Order::Reload);
    assert_eq!(bench.next_list().len(), 6);
    let mut elsewhere = bench.elsewhere();
    elsewhere.set_local(&[(id("O4"), LocalChange::Note("theirs".to_owned()))], NOW).unwrap();
    let Event::Moved { rows, gone } = bench.next() else { panic!("the whole list") };
    assert_eq!((ids(&rows), rows[0].local.note.as_str(), gone), (vec!["O4"], "theirs", vec![]));
    // What we wrote ourselves and they have taken back looks as if nothing had been.
    bench.keeper.ask(Order::SaveLocal(vec![(id("O2"), LocalChange::Note("ours".to_owned()))]));
    bench.next();
    elsewhere.set_local(&[(id("O2"), LocalChange::Note(String::new()))], NOW).unwrap();
    let Event::Moved { rows, .. } = bench.next() else { panic!("the whole list") };
    assert_eq!((ids(&rows), rows[0].local.note.as_str()), (vec!["O2"], ""));
    bench.keeper.ask(Order::Untrack(vec![id("O3")]));
    let Event::Moved { rows, gone } = bench.next() else { panic!("the whole list") };
    assert_eq!((rows, gone), (vec![], vec![id("O3")]));
}

fn draft(content: &str) -> Draft {
    let written = crate::domain::reply::Written { content: content.to_owned(), files: Vec::new() };
    Draft { targets: vec![Target::Case(id("O1"))], written, changed_at: NOW }
}

#[test]
fn a_draft_that_another_process_has_written_on_is_not_discarded_and_not_written_over() {
    let mut bench = Bench::new();
    let mut elsewhere = bench.elsewhere();
    bench.keeper.ask(Order::SaveDraft(draft("seen")));
    bench.keeper.ask(Order::Drafts);
    assert_eq!(bench.next(), Event::Drafts(vec![draft("seen")]));
    // Typing moves no version: this desk cannot know of it.
    elsewhere.save_draft(&draft("seen, and more")).unwrap();
    bench.keeper.ask(Order::DiscardDraft(draft("seen")));
    assert_eq!(bench.next(), Event::DraftNotDiscarded(draft("seen")));
    bench.keeper.ask(Order::DiscardDraft(draft("seen, and more")));
    elsewhere_has(&bench, &[]);
    // Their form is still open, and they type on before it is taken back here.
    elsewhere.save_draft(&draft("theirs")).unwrap();
    bench.keeper.ask(Order::RestoreDraft(draft("seen, and more")));
    let event = std::iter::from_fn(|| Some(bench.next())).find(|event| !matches!(event, Event::Stocked(_)));
    assert_eq!(event, Some(Event::DraftNotRestored(draft("seen, and more"))));
    elsewhere_has(&bench, &[draft("theirs")]);
}

/// Waits for what was asked for and looks at the list with other eyes.
fn elsewhere_has(bench: &Bench, drafts: &[Draft]) {
    assert!(bench.keeper.backlog.wait(Duration::from_secs(20)));
    assert_eq!(bench.elsewhere().drafts().unwrap(), drafts);
}

#[test]
fn a_draft_that_is_discarded_right_behind_its_last_word_was_written_before() {
    let mut bench = Bench::new();
    bench.elsewhere().save_draft(&draft("a")).unwrap();
    let store = bench.keeper.store();
    let held = store.lock().unwrap();
    // These pile up, and the newest words overtake older ones, but not the ones that are discarded.
    for order in [
        Order::SaveDraft(draft("ab")),
        Order::SaveDraft(draft("abc")),
        Order::DiscardDraft(draft("abc")),
        Order::RestoreDraft(draft("abc")),
        Order::DiscardDraft(draft("abc")),
        Order::SaveDraft(draft("new")),
        Order::DiscardDraft(draft("new")),
    ] {
        bench.keeper.ask(order);
    }
    drop(held);
    elsewhere_has(&bench, &[]);
    let told: Vec<Event> = std::iter::from_fn(|| bench.events.try_recv().ok()).collect();
    assert!(told.iter().all(|event| matches!(event, Event::Stocked(_))), "{told:?}");
}
