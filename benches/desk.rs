//! How fast the desk stands, and how many bytes its keys cost: `cargo bench --bench desk`.
//!
//! Prints ratios against baselines of the same run: the time `docket --version` takes (process start alone), and
//! the bytes that ratatui's own diff of the same two screens would have sent.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark stops at the first surprise and prints its figures"
)]
#![allow(dead_code, reason = "each benchmark uses its part of the shared support")]

mod support;

use std::process::Command;
use std::time::{Duration, Instant};

use docket::domain::case::{Case, Field};
use docket::domain::ids::CaseId;
use docket::store::{NewCase, Observation, SqliteStore, Store as _};
use ratatui::backend::{Backend as _, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use support::{DOCKET, Desk, Home, median};
use time::OffsetDateTime;

const CASES: usize = 1_000;
const MANY: usize = 100_000;
const ROUNDS: usize = 15;
/// Where the detail pane begins, its border left out.
const PANE: u16 = 73;
/// How often a key that shows nothing yet is waited for.
const PATIENCE: usize = 30;
const PAGE_DOWN: &str = "\x1b[6~";
/// What a slow line carries, in bytes a second.
const LINE: u32 = 32 * 1024;
/// How often a key repeats that is held down, a second, and for how long it is held.
const RATE: u32 = 30;
const HELD: Duration = Duration::from_secs(4);
/// Begins a frame.
const BEGIN: &[u8] = b"\x1b[?2026h";

fn main() {
    let home = Home::with_cases(CASES, 0);
    home.docket(&["refresh", "--all", "--quiet"]);
    let bare = median((0..ROUNDS).map(|_| start_alone()).collect());
    let first =
        median((0..ROUNDS).map(|_| Desk::open(&home.globals()).wait_for("DISPUTE_INQUIRY")).collect());
    println!("first frame, {CASES} cases, 120x40: {first:?} after process start; docket --version: {bare:?}");
    println!("  ratio {:.1}", first.as_secs_f64() / bare.as_secs_f64());
    keys(&home, CASES);

    let home = Home::with_cases(1, 0);
    fill(&home, MANY);
    keys(&home, MANY);
    held(&home);
}

fn start_alone() -> Duration {
    let started = Instant::now();
    let output = Command::new(DOCKET).arg("--version").output();
    assert!(output.is_ok_and(|output| output.status.success()), "docket --version runs");
    started.elapsed()
}

/// Puts fetched cases on the list without asking any gateway for them.
fn fill(home: &Home, cases: usize) {
    let data = std::fs::read_dir(home.path().join("data")).expect("the data directory is there");
    let files = data.map(|entry| entry.expect("it can be listed").path());
    let database = files.filter(|path| path.extension().is_some_and(|end| end == "db")).max();
    let mut store = SqliteStore::open(&database.expect("there is a list")).expect("the list opens");
    let now = OffsetDateTime::now_utc();
    for made in docket::sandbox::generate(cases, 7, now.date()).chunks(1_000) {
        let seen: Vec<Observation> = made
            .iter()
            .map(|case| Observation {
                at: now,
                id: CaseId::parse(case.text(Field::CaseId)).expect("an id"),
                outcome: Ok(Case::from_fields(
                    Field::ALL.map(|field| (field, case.get(field).map(str::to_owned))),
                )),
            })
            .collect();
        let ids: Vec<NewCase> = seen.iter().map(|seen| NewCase::new(seen.id.clone())).collect();
        store.track(&ids, now).expect("they are tracked");
        store.record(&seen).expect("they are stored");
    }
}

/// The bytes of the keys that move through the table.
fn keys(home: &Home, cases: usize) {
    let mut desk = Desk::open(&home.globals());
    desk.wait_for("DISPUTE_INQUIRY");
    all_is_read(&mut desk);
    println!("{cases} cases at 120x40, bytes with the detail pane:");
    let moves: Vec<Cost> = (0..20).map(|_| Cost::of(&mut desk, "j")).collect();
    report("cursor down", &moves);
    report("a page down", &[Cost::of(&mut desk, PAGE_DOWN)]);
    let scrolls: Vec<Cost> = (0..20).map(|_| Cost::of(&mut desk, "j")).collect();
    report("cursor down, scrolling by one row", &scrolls);
    let pages: Vec<Cost> = (0..5).map(|_| Cost::of(&mut desk, PAGE_DOWN)).collect();
    report("a page down, scrolling", &pages);
    let (first, last): (Vec<_>, Vec<_>) = (0..ROUNDS)
        .map(|round| desk.answer_to(&["j", "k"].get(round % 2).copied().unwrap_or_default().repeat(200)))
        .unzip();
    println!(
        "  200 keys at once: first byte {:?}, last byte {:?} after the last of them",
        median(first),
        median(last)
    );
    println!("  idle for two seconds: {} bytes", (0..6).map(|_| desk.settle()).sum::<usize>());
}

/// A long list opens before all of it is read; what that adds to the picture is no key's.
fn all_is_read(desk: &mut Desk) {
    desk.settle();
    while desk.screen.screen().contents().contains("reading ") {
        desk.settle();
    }
}

/// A slow line: so many bytes have come through when their time is over.
fn slow_line(bytes: usize) {
    std::thread::sleep(Duration::from_secs(1) * u32::try_from(bytes).unwrap_or(u32::MAX) / LINE);
}

/// Keys that are held down over a slow line: how long the screen lags behind the last of them.
fn held(home: &Home) {
    let mut desk = Desk::open_behind(&home.globals(), slow_line);
    desk.wait_for("DISPUTE_INQUIRY");
    all_is_read(&mut desk);
    println!(
        "{MANY} cases at 120x40 over a line of {} KiB a second, keys held at {RATE} a second:",
        LINE / 1024
    );
    desk.press(PAGE_DOWN);
    desk.press(PAGE_DOWN);
    for (what, key) in [("Down", "\x1b[B"), ("PgDn", PAGE_DOWN)] {
        let costs: Vec<Cost> = (0..10).map(|_| Cost::of(&mut desk, key)).collect();
        let diff = costs.iter().map(|cost| cost.diff).sum::<usize>() / costs.len();
        let (lag, came, keys) = desk.hold(key, RATE, HELD);
        // Every picture sent, as a table does that draws after each key.
        let sent = Duration::from_secs(1) * u32::try_from(diff).unwrap_or(u32::MAX) * keys / LINE;
        println!(
            "  {what}, {keys} times: {lag:?} behind the last key, {} frames, {} bytes; ratatui's own diff: {} bytes, {:?} behind",
            came.windows(BEGIN.len()).filter(|some| *some == BEGIN).count(),
            came.len(),
            diff * usize::try_from(keys).unwrap_or_default(),
            sent.saturating_sub(HELD),
        );
    }
}

/// What one key cost.
struct Cost {
    bytes: usize,
    /// What ratatui's own diff would have sent.
    diff: usize,
    /// The text that changed in the detail pane.
    pane: usize,
    /// All text on the screen afterwards.
    text: usize,
}

impl Cost {
    fn of(desk: &mut Desk, key: &str) -> Self {
        let before = buffer(desk.screen.screen());
        let mut bytes = desk.press(key);
        for _ in 0..PATIENCE {
            bytes += if bytes == 0 { desk.settle() } else { 0 };
        }
        let after = buffer(desk.screen.screen());
        let mut diff = Vec::new();
        CrosstermBackend::new(&mut diff)
            .draw(before.diff(&after).into_iter())
            .expect("memory can be written to");
        let (mut pane, mut text) = (0, 0);
        let all = after.content.iter().zip(&before.content);
        for (x, (cell, was)) in (0..after.area.width).cycle().zip(all) {
            text += cell.symbol().trim().len();
            pane += if x >= PANE && cell != was { cell.symbol().len() } else { 0 };
        }
        Self { bytes, diff: diff.len(), pane, text }
    }
}

fn report(what: &str, costs: &[Cost]) {
    let mean = |of: fn(&Cost) -> usize| costs.iter().map(of).sum::<usize>() / costs.len().max(1);
    let most = costs.iter().map(|cost| cost.bytes).max().unwrap_or_default();
    let beside = costs.iter().map(|cost| cost.bytes.saturating_sub(cost.pane * 12 / 10)).max();
    let (bytes, diff) = (mean(|cost| cost.bytes), mean(|cost| cost.diff));
    println!(
        "  {what}: {bytes} on average, {most} at most; ratatui's own diff: {diff}, {}",
        ratio(bytes, diff)
    );
    println!(
        "    {} at most beside 1.2 times the text that changed in the pane ({} on average); {} of the screen's text",
        beside.unwrap_or_default(),
        mean(|cost| cost.pane),
        ratio(bytes, mean(|cost| cost.text)),
    );
}

/// A ratio with two decimals.
fn ratio(a: usize, b: usize) -> String {
    let hundredths = a * 100 / b.max(1);
    format!("{}.{:02} times", hundredths / 100, hundredths % 100)
}

/// What an emulated terminal shows, as ratatui would hold it.
fn buffer(screen: &vt100::Screen) -> Buffer {
    let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    for (y, row) in (0..rows).zip(buffer.content.chunks_mut(columns.into())) {
        for (x, cell) in (0..columns).zip(row) {
            if let Some(shown) = screen.cell(y, x).filter(|shown| !shown.is_wide_continuation()) {
                become_cell(cell, shown);
            }
        }
    }
    buffer
}

fn become_cell(cell: &mut Cell, shown: &vt100::Cell) {
    if shown.has_contents() {
        cell.set_symbol(shown.contents());
    }
    (cell.fg, cell.bg) = (colour(shown.fgcolor()), colour(shown.bgcolor()));
    for (is, modifier) in [
        (shown.bold(), Modifier::BOLD),
        (shown.dim(), Modifier::DIM),
        (shown.inverse(), Modifier::REVERSED),
        (shown.underline(), Modifier::UNDERLINED),
    ] {
        cell.modifier.set(modifier, is);
    }
}

fn colour(colour: vt100::Color) -> Color {
    match colour {
        vt100::Color::Default => Color::Reset,
        vt100::Color::Idx(index) => Color::Indexed(index),
        vt100::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}
