//! A process that is killed, and a disk that is full, at every point of a refund (reliability.md section 1.5). What is
//! done here with futures that are dropped, `tests/processes/kill.rs` does with real processes.

use std::fmt::Write as _;

use pretty_assertions::assert_eq;

use super::*;
use crate::runtime::actions::refund::{Ready, prepare, ready, take_down};
use crate::runtime::actions::road;

/// Where it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    Confirmed,
    BeforeSend,
    Sending,
    Executed,
    BeforeT2,
    AfterT2,
    WhileSettling,
    FullBeforeT1,
    FullAtT1,
    FullAtT2,
    FullAtT2ForGood,
    FullAtT2RunsOn,
}

struct Row {
    what: &'static str,
    point: Point,
    executed: bool,
    /// In the journal when it has happened.
    on_disk: Option<State>,
    /// The same once docket is started again.
    restarted: Option<State>,
    /// From then on; `None` when there is nothing to settle.
    settles: Option<Settles>,
}

const fn row(
    what: &'static str,
    point: Point,
    executed: bool,
    states: (Option<State>, Option<State>),
    settles: Option<Settles>,
) -> Row {
    Row { what, point, executed, on_disk: states.0, restarted: states.1, settles }
}

const SENDING: Option<State> = Some(State::Sending);
const UNKNOWN: Option<State> = Some(State::Unknown);
const ACCEPTED: Option<State> = Some(State::Accepted);

/// Every point, in the order of the road.
const ROWS: [Row; 12] = [
    row("kill -9 before T1", Point::Confirmed, false, (None, None), None),
    row(
        "kill -9 between T1 and the send",
        Point::BeforeSend,
        false,
        (SENDING, UNKNOWN),
        Some(Settles::NotReceived),
    ),
    row(
        "kill -9 while it is sent, not executed",
        Point::Sending,
        false,
        (SENDING, UNKNOWN),
        Some(Settles::NotReceived),
    ),
    row(
        "kill -9 while it is answered, executed",
        Point::Executed,
        true,
        (SENDING, UNKNOWN),
        Some(Settles::Paid),
    ),
    row(
        "kill -9 after the answer, before T2",
        Point::BeforeT2,
        true,
        (SENDING, UNKNOWN),
        Some(Settles::Paid),
    ),
    row("kill -9 after T2", Point::AfterT2, true, (ACCEPTED, ACCEPTED), Some(Settles::Paid)),
    row(
        "kill -9 between two looks",
        Point::WhileSettling,
        false,
        (UNKNOWN, UNKNOWN),
        Some(Settles::NotReceived),
    ),
    row("the disk is full before T1", Point::FullBeforeT1, false, (None, None), None),
    row("the disk is full in the middle of T1", Point::FullAtT1, false, (None, None), None),
    row(
        "the disk is full at T2, for a moment",
        Point::FullAtT2,
        true,
        (ACCEPTED, ACCEPTED),
        Some(Settles::Paid),
    ),
    row(
        "T2 fails for good; the answer is told",
        Point::FullAtT2ForGood,
        true,
        (SENDING, UNKNOWN),
        Some(Settles::Paid),
    ),
    row(
        "the same, and docket runs on: the answer is kept, and written down before the next action or look",
        Point::FullAtT2RunsOn,
        true,
        (SENDING, ACCEPTED),
        Some(Settles::Paid),
    ),
];

/// The rows in Markdown.
pub(super) fn print() -> String {
    let mut text = String::from(
        "\n| what happens | executed | journal | after a restart | same order again | settling makes of it |\n\
         |---|---|---|---|---|---|\n",
    );
    let word = |state: Option<State>| state.map_or("nothing", State::word);
    for row in &ROWS {
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            row.what,
            if row.executed { "once" } else { "no" },
            word(row.on_disk),
            word(row.restarted),
            if is_free(row) { "free, same number" } else { "blocked" },
            row.settles.map_or("nothing left to ask", Settles::words)
        )
        .unwrap();
    }
    text
}

fn is_free(row: &Row) -> bool {
    row.restarted.is_none()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_cut_short_anywhere_leaves_at_worst_a_doubt_that_asking_ends() {
    for row in &ROWS {
        play(row).await;
    }
}

async fn play(row: &Row) {
    let what = row.what;
    let mut site = Site::new().await;
    let seen = [site.put_order("O1", ORDER, "CASE_CLOSED")];
    happens(&site, row.point, &seen).await;
    let newest = |site: &Site| site.journal().pop().map(|record| record.state);
    assert_eq!(newest(&site), row.on_disk, "{what}");
    assert_eq!(site.refunded(ORDER), u32::from(row.executed), "{what}");
    let runs_on = row.point == Point::FullAtT2RunsOn;
    if !runs_on {
        site.restart();
    }
    site.bench.recover().await.unwrap();
    assert_eq!(newest(&site), row.restarted, "{what}");
    let calls = site.between.calls();
    let outcome = refund(&site.bench, confirmed(&site.bench, &seen, "1000").await).await;
    let expected =
        if is_free(row) { (State::Accepted, "APPLY_SUCCESS") } else { (State::Refused, codes::OCCUPIED) };
    assert_eq!((outcome.state, outcome.code.as_str()), expected, "{what}: {outcome:?}");
    assert_eq!(site.between.calls(), calls + usize::from(is_free(row)), "{what}");
    let mut states = Vec::new();
    for _ in 0..4 {
        // Each look by a process of its own.
        if !runs_on {
            site.restart();
        }
        settle(&site.bench).await.unwrap();
        let state = site.journal()[0].state;
        if states.last() != Some(&state) {
            states.push(state);
        }
        site.pass(5);
    }
    if let Some(settles) = row.settles {
        assert_eq!(states, settles.states(), "{what}");
    }
    assert_eq!(site.refunded(ORDER), 1 - u32::from(row.settles == Some(Settles::NotReceived)), "{what}");
    site.sound();
}

/// Gets a refund to a point and no further.
async fn happens(site: &Site, point: Point, seen: &[Seen]) {
    let order = confirmed(&site.bench, seen, AMOUNT).await;
    match point {
        Point::Sending | Point::Executed => killed(site, point, order).await,
        Point::FullBeforeT1
        | Point::FullAtT1
        | Point::FullAtT2
        | Point::FullAtT2ForGood
        | Point::FullAtT2RunsOn => {
            on_a_full_disk(site, point, order).await;
        }
        Point::AfterT2 => assert_eq!(refund(&site.second_bench(), order).await.state, State::Accepted),
        Point::WhileSettling => {
            site.between.set(Some(Deed { executed: false, reply: Reply::Close }));
            let victim = site.second_bench();
            assert_eq!(refund(&victim, order).await.state, State::Unknown);
            site.between.set(None);
            settle(&victim).await.unwrap();
        }
        Point::Confirmed | Point::BeforeSend | Point::BeforeT2 => {
            steps(site, point, order).await;
        }
    }
}

/// The steps of the road one by one, as far as they go; with their process they leave their session behind.
async fn steps(site: &Site, point: Point, order: RefundOrder) {
    let victim = site.second_bench();
    let ready: Ready = ready(&victim, order).await.unwrap_or_else(|outcome| panic!("{outcome:?}"));
    let number = victim.number(ORDER, 1);
    let (intent, signed) = prepare(&victim, &ready, &number).await.unwrap();
    if point != Point::Confirmed {
        let begun = road::begin(&victim, take_down(&victim, &ready, intent, &signed)).await;
        assert_eq!(begun.unwrap(), 1);
    }
    if point == Point::BeforeT2 {
        let sent = ready.refunds.send(signed, &number).await;
        assert_eq!(sent.outcome.unwrap().status, "REFUND_PENDING");
    }
}

/// A process of its own, as far as a test can have one: its threads and tasks end where they are.
async fn killed(site: &Site, point: Point, order: RefundOrder) {
    let (arrived, hold) =
        if point == Point::Sending { site.between.halt_before() } else { site.between.halt_after() };
    if point == Point::Sending {
        site.between.set(Some(Deed { executed: false, reply: Reply::Close }));
    }
    let victim = site.second_bench();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let sending = runtime.spawn(async move { refund(&victim, order).await });
    arrived.await.unwrap();
    tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(20))).await.unwrap();
    assert!(sending.await.unwrap_err().is_cancelled());
    drop(hold);
    site.between.set(None);
}

async fn on_a_full_disk(site: &Site, point: Point, order: RefundOrder) {
    let raw = site.raw();
    let full = match point {
        Point::FullBeforeT1 => "INSERT ON actions",
        Point::FullAtT1 => "INSERT ON attempts",
        // For the first try to write the answer down, and a little longer.
        Point::FullAtT2 => {
            "UPDATE OF verdict ON attempts WHEN unixepoch('subsec') < (SELECT until FROM full_until)"
        }
        _ => "UPDATE OF verdict ON attempts",
    };
    let trigger = format!(
        "CREATE TABLE full_until (until REAL); INSERT INTO full_until VALUES (1e12);
         CREATE TRIGGER full BEFORE {full} BEGIN SELECT RAISE(ABORT, 'no room'); END;"
    );
    raw.execute_batch(&trigger).unwrap();
    let victim = if point == Point::FullAtT2RunsOn { site.bench.clone() } else { site.second_bench() };
    let (arrived, go) = site.between.halt_after();
    let answered = async {
        if point == Point::FullAtT2 {
            arrived.await.unwrap();
            raw.execute_batch("UPDATE full_until SET until = unixepoch('subsec') + 0.1").unwrap();
        }
        _ = go.send(());
    };
    let (outcome, ()) = tokio::join!(refund(&victim, order), answered);
    raw.execute_batch("DROP TRIGGER full; DROP TABLE full_until").unwrap();
    match point {
        Point::FullAtT2 => assert_eq!((outcome.state, outcome.unrecorded), (State::Accepted, None)),
        Point::FullAtT2ForGood | Point::FullAtT2RunsOn => {
            assert_eq!(outcome.state, State::Accepted, "what was heard is told");
            assert!(outcome.unrecorded.is_some_and(|why| why.contains("no room")));
        }
        _ => assert_eq!((outcome.state, outcome.code.as_str()), (State::Refused, codes::NOT_STORED)),
    }
}
