//! Two desks and `docket refresh` again and again, on one list, while the gateway keeps changing the cases: what either
//! writes stays written, each sees what the other wrote, and once nothing happens nothing is used.
//!
//! `DOCKET_SIDE_BY_SIDE_SECONDS` says for how long (8).

mod operator;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use docket::domain::action::State;
use docket::domain::case::Field;
use docket::domain::ids::CaseId;
use docket::domain::reply::Target;
use docket::store::Store as _;
use fastrand::Rng;

use crate::bench::Bench;
use crate::host::{ASKING, Host};
use crate::pty::{Pty, SECOND, patient};
use crate::{number, tell};
use operator::{Cases, Operator};

/// Cases on which both operators write.
const SHARED: usize = 16;
/// Cases that one operator answers, and as many for drafts.
const OWN: usize = 6;
/// Cases that change at the gateway between two refreshes.
const CHANGED: usize = 6;
/// What a desk may use in three seconds in which nothing happens, in hundredths of a second.
const IDLE_TICKS: u64 = 15;

/// What has been written, and so must be there.
#[derive(Default)]
struct Book {
    /// By case, with the operator who wrote it.
    notes: BTreeMap<String, (usize, String)>,
    tags: BTreeMap<String, (usize, String)>,
    drafts: BTreeMap<String, String>,
    replies: BTreeMap<String, String>,
    /// How often one operator has seen what the other wrote.
    looks: usize,
}

/// `docket refresh` in a loop, with changes at the gateway before each; the newest fee of each case.
fn cron(host: &Host<'_>, ids: &[String], over: &AtomicBool, runs: &AtomicU32) -> BTreeMap<String, String> {
    let (mut fees, mut rng) = (BTreeMap::new(), Rng::new());
    while !over.load(Ordering::SeqCst) {
        let run = runs.fetch_add(1, Ordering::SeqCst) + 1;
        for _ in 0..CHANGED {
            let (id, fee) = (&ids[rng.usize(..ids.len())], format!("{run}.00"));
            host.set_fee(id, &fee);
            fees.insert(id.clone(), fee);
        }
        host.line("refresh --quiet").good();
    }
    // What was changed while the last one ran.
    host.line("refresh --quiet").good();
    fees
}

#[test]
fn two_desks_and_a_refresh_lose_nothing_on_one_list() {
    let seconds = number("DOCKET_SIDE_BY_SIDE_SECONDS").unwrap_or(8);
    let bench = Bench::new();
    bench.faults("latency(5+10)");
    let mut host = Host::new(&bench, 0);
    let mut cases = |count: usize| (0..count).map(|_| host.new_case(ASKING)).collect::<Vec<_>>();
    let shared = cases(SHARED);
    let own: Vec<Cases> = (0..2)
        .map(|nth| {
            let mut halves = shared.chunks(SHARED / 2).map(<[String]>::to_vec).collect::<Vec<_>>();
            let (noted, tagged) = (halves.remove(nth), halves.remove(0));
            Cases { noted, tagged, drafted: cases(OWN), answered: cases(OWN) }
        })
        .collect();
    let ids: Vec<String> = host.ids().into_iter().collect();
    let (book, over, runs) = (Mutex::new(Book::default()), AtomicBool::new(false), AtomicU32::new(0));
    let desks = [Pty::desk(&host.home, 40, 120), Pty::desk(&host.home, 40, 120)];
    let end = Instant::now() + Duration::from_secs(seconds);
    let (desks, fees) = std::thread::scope(|scope| {
        let cron = scope.spawn(|| cron(&host, &ids, &over, &runs));
        let work = desks.into_iter().zip(own).enumerate().map(|(nth, (pty, cases))| {
            let (book, operator) = (&book, Operator { nth, pty, cases, texts: 0 });
            scope.spawn(move || operator.work(book, end))
        });
        let work: Vec<_> = work.collect();
        let done: Vec<_> = work.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        over.store(true, Ordering::SeqCst);
        let fees = cron.join().unwrap();
        (
            done.into_iter()
                .map(|desk| desk.unwrap_or_else(|_| panic!("an operator gave up")))
                .collect::<Vec<_>>(),
            fees,
        )
    });
    let book = book.into_inner().unwrap();
    check_list(&host, &book, &fees);
    let mut desks = desks;
    for desk in &mut desks {
        check_desk(desk, &fees);
    }
    tell(&format!(
        "side by side: 2 desks and {} refreshes in {seconds} s: {} changes, in the end {} notes, {} tags, {} drafts and {} \
         replies, all there; {} times one saw what the other wrote",
        runs.into_inner(),
        desks.iter().map(|desk| desk.texts).sum::<usize>(),
        book.notes.len(),
        book.tags.len(),
        book.drafts.len(),
        book.replies.len(),
        book.looks
    ));
}

/// Everything that anybody was told is saved is on disk, and everything sent was sent once.
fn check_list(host: &Host<'_>, book: &Book, fees: &BTreeMap<String, String>) {
    host.check_whole();
    let store = host.store();
    let find = |id: &str| store.find(&CaseId::parse(id).unwrap()).unwrap().unwrap();
    for (id, (_, note)) in &book.notes {
        assert_eq!(&find(id).local.note, note, "the note of {id}");
    }
    for (id, (_, tag)) in &book.tags {
        assert_eq!(&find(id).local.tags, &[tag.as_str()], "the tags of {id}");
    }
    for (id, fee) in fees {
        assert_eq!(find(id).case.unwrap().text(Field::Fee), fee, "the fee of {id}");
    }
    let drafts = store.drafts().unwrap();
    assert_eq!(drafts.len(), book.drafts.len(), "{drafts:?}");
    for (id, text) in &book.drafts {
        let target = Target::Case(CaseId::parse(id).unwrap());
        let draft = drafts.iter().find(|draft| draft.targets.contains(&target)).unwrap();
        assert_eq!(&draft.written.content, text, "the draft for {id}");
    }
    let actions = host.actions();
    assert_eq!(actions.len(), book.replies.len(), "{actions:?}");
    for (id, text) in &book.replies {
        let taken = host.replied(id);
        assert_eq!(taken.iter().map(|reply| &reply.content).collect::<Vec<_>>(), [text], "replies to {id}");
        let known =
            actions.iter().find(|one| one.intent.case_id.as_ref().is_some_and(|case| case.as_str() == id));
        assert!(matches!(known.unwrap().state, State::Accepted | State::Settled), "{known:?}");
    }
}

/// A desk shows what is newest, never said that a list is locked, idles, and leaves in good order.
fn check_desk(desk: &mut Operator, fees: &BTreeMap<String, String>) {
    for (id, fee) in fees.iter().take(3) {
        desk.go_to(id);
        let (label, fee) = ("Total frozen", format!("fee {fee} IDR"));
        desk.pty.wait("the newest fee", |screen| {
            screen.contents().lines().any(|line| line.contains(label) && line.contains(&fee))
        });
    }
    desk.pty.settle();
    let (used, began) = (desk.pty.cpu_ticks(), Instant::now());
    while began.elapsed() < SECOND * 3 {
        std::thread::park_timeout(SECOND / 10);
    }
    let used = desk.pty.cpu_ticks() - used;
    assert!(used <= IDLE_TICKS, "an idle desk used {used} hundredths of a second in 3 s");
    let said = desk.pty.raw();
    for word in ["locked", "held by another process"] {
        assert!(!said.contains(word), "the screen says that something is {word}");
    }
    desk.pty.type_in("q");
    let asked = Instant::now();
    assert_eq!(desk.pty.exit_code(), Some(0));
    assert!(asked.elapsed() < patient(SECOND * 2), "leaving took {:?}", asked.elapsed());
}
