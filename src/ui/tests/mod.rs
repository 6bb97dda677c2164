//! The screen as text: what the operator reads, at four sizes, in every place.

mod chaos;
mod looks;
mod pages;
mod reading;
mod refund_chaos;
mod refund_policy;
mod refunds;
mod replies;
mod reply_chaos;
mod screens;
mod wide;
mod widths;

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use time::Duration;

use crate::app::event::{Event, Report};
use crate::app::model::{Environment, Model};
use crate::app::tests::{NOW, Script, id, session};
use crate::domain::case::{Case, Field};
use crate::domain::change::{Change, HistoryEntry};
use crate::domain::tracked::{Failure, Tracked};

use super::{Frame, Look, Theme, draw};

/// The look of most screens here.
const DARK: Look = Look { theme: Theme::dark(), ascii: false, colour: true, links: false };

/// A case with all sixteen fields, like the gateway's.
fn full(number: u32, status: &str, due: &str, amount: &str, currency: &str) -> Tracked {
    let key = format!("O2026110306554591643710{number:04}");
    let mut tracked = Tracked::new(id(&key));
    let order = format!("P16424106{number:05}");
    let values = [
        (Field::CaseId, key.as_str()),
        (Field::BatchId, if number.is_multiple_of(2) { "B77" } else { "" }),
        (Field::Status, status),
        (Field::CaseResult, if status == "CASE_CLOSED" { "WIN" } else { "" }),
        (Field::OutTradeNo, &order),
        (Field::TradeToken, "T2026101711021091600013"),
        (Field::OutUserId, if number == 4 { "สมชาย陈大文" } else { "10042" }),
        (Field::Amount, amount),
        (Field::Fee, "15.00"),
        (Field::TotalAmount, amount),
        (Field::Currency, currency),
        (Field::OriginTradeAmount, amount),
        (Field::OriginTradeCurrency, currency),
        (Field::RetrievalDate, "2026-11-13"),
        (Field::ExpirationDate, due),
        (Field::TradeCreateTime, "2026-10-17T11:02:10.916+08:00"),
    ];
    tracked.case = Some(Case::from_fields(values.map(|(field, value)| (field, Some(value.to_owned())))));
    tracked.refreshed_at = Some(NOW - Duration::minutes(30));
    tracked
}

/// A morning: overdue, today, later, moved, failed, decided, closed, never fetched, undocumented.
fn morning() -> Vec<Tracked> {
    let due = "DISPUTE_INQUIRY";
    let mut noted = full(2, due, "2026-11-20", "1200000.00", "IDR");
    noted.local.note = "issuer called, wait\nthen reply".into();
    noted.local.tags = vec!["urgent".into()];
    noted.local.owner = "ana".into();
    noted.reason_code = Some("4837".to_owned()).into();
    noted.reason_message = Some("No cardholder authorisation".to_owned()).into();
    noted.card_scheme = Some("MASTERCARD".to_owned()).into();
    let mut failed = full(3, due, "2026-11-20", "30.5900", "USD");
    failed.refreshed_at = Some(NOW - Duration::days(2));
    failed.failure = Some(Box::new(Failure {
        code: "TOO_MANY_REQUEST".into(),
        message: "too many requests".into(),
        at: NOW - Duration::minutes(30),
    }));
    let mut moved = full(6, "DISPUTE_RECEIVED", "2026-11-19", "940.00", "USD");
    moved.changed_at = Some(NOW - Duration::minutes(30));
    moved.unseen = vec![status_change("DISPUTE_INQUIRY", "DISPUTE_RECEIVED")].into();
    let mut decided = full(7, due, "2026-11-22", "7", "JPY");
    decided.local.wont_contest = Some("valid claim".into());
    vec![
        full(1, due, "2026-11-18", "5000.00", "IDR"),
        noted,
        failed,
        full(4, due, "2026-11-21", "10.10", "USD"),
        full(5, due, "2026-11-30", "129.90", "BRL"),
        moved,
        decided,
        full(8, "CASE_CLOSED", "2026-10-01", "99.00", "USD"),
        Tracked::new(id("O20261103065545916437100009")),
        full(10, "PRE_ARBITRATION", "2026-11-25", "61.00", "USD"),
    ]
}

fn status_change(from: &str, to: &str) -> Change {
    Change {
        field: Field::Status,
        from: Some(from.into()),
        to: Some(to.into()),
        at: NOW - Duration::minutes(30),
    }
}

/// The desk of that morning, with the history of the case under the cursor.
fn desk(width: u16, height: u16) -> Script {
    let mut script = Script::with(morning());
    script.event(Event::Resized(width, height));
    tell_history(&mut script);
    script
}

fn tell_history(script: &mut Script) {
    let case = id(&script.cursor());
    let entries = vec![
        HistoryEntry::First { at: NOW - Duration::days(3), status: "DISPUTE_RECEIVED".into() },
        HistoryEntry::Changed(status_change("DISPUTE_RECEIVED", "DISPUTE_INQUIRY")),
    ];
    script.event(Event::History(case, entries));
}

fn frame(script: &Script, look: &Look) -> Frame {
    let scene = script.model.scene;
    draw(&script.model, look, Rect::new(0, 0, scene.width, scene.height))
}

/// The screen, a line a row, blanks at the ends dropped.
fn text(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let mut out = String::new();
    for row in buffer.content.chunks(width) {
        let mut covered = 0;
        let mut line = String::new();
        for cell in row {
            if covered == 0 {
                line.push_str(cell.symbol());
                covered = super::text::graphemes(cell.symbol()).map(|(_, width)| width).sum::<usize>();
            }
            covered = covered.saturating_sub(1);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The screen as text, and below it the place of the cursor.
fn picture(script: &Script, look: &Look) -> String {
    let frame = frame(script, look);
    let mut out = text(&frame.buffer);
    if let Some((x, y)) = frame.cursor {
        _ = writeln!(out, "cursor at {x},{y}");
    }
    out
}

/// Where which style stands, without the plain cells.
fn styles(buffer: &Buffer) -> String {
    let mut out = String::new();
    for (y, row) in buffer.content.chunks(usize::from(buffer.area.width).max(1)).enumerate() {
        let look = |cell: &ratatui::buffer::Cell| (cell.fg, cell.bg, cell.modifier);
        let mut x = 0;
        for run in row.chunk_by(|a, b| look(a) == look(b)) {
            let (fg, bg, modifier) = look(&run[0]);
            if fg != Color::Reset || bg != Color::Reset || !modifier.is_empty() {
                let text: String = run.iter().map(ratatui::buffer::Cell::symbol).collect();
                if !text.trim().is_empty() {
                    _ = writeln!(out, "{y}:{x} {fg}/{bg} {modifier:?} {}", text.trim());
                }
            }
            x += run.len();
        }
    }
    out
}

fn report() -> Report {
    let failure = |code: &str, message: &str| Failure { code: code.into(), message: message.into(), at: NOW };
    Report {
        requested: 10,
        succeeded: 7,
        first: 2,
        changed: vec![(
            id("O20261103065545916437100006"),
            status_change("DISPUTE_INQUIRY", "DISPUTE_RECEIVED"),
        )],
        failures: vec![
            (id("O1"), failure("TOO_MANY_REQUEST", "too many requests")),
            (id("O2"), failure("TOO_MANY_REQUEST", "too many requests")),
            (id("O3"), failure("ORDER_NOT_EXIST", "order not exist")),
        ],
        clock: Some("this host's clock is 5 min 3 s ahead of the gateway".into()),
    }
}

fn live() -> crate::app::model::Session {
    crate::app::model::Session {
        environment: Environment::Live,
        read_only: Some("--read-only".into()),
        ..session()
    }
}
