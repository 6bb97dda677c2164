//! The calls of this session as a table: when, what, for what, how it ended, how long it took. No secret is in it, since
//! none is in what the desk is told.

use ratatui::style::Style;
use time::OffsetDateTime;

use crate::app::calls::Counts;
use crate::app::model::Model;
use crate::domain::call::{self, About, Call, Outcome};
use crate::domain::case::Field;
use crate::domain::deadline::Calendar;
use crate::domain::fault::Signature;
use crate::domain::shown;
use crate::domain::tracked::Tracked;

use super::canvas::{Canvas, Row};
use super::form::{padded, wrapped};
use super::text::Shown;
use super::{records, words};

/// Columns of the time, the call, the HTTP status, the signature, the bytes and the duration, the blank behind included.
const TIME: usize = 9;
const WHAT: usize = 12;
const HTTP: usize = 5;
const SIGN: usize = 9;
const BYTES: usize = 8;
const TOOK: usize = 9;
/// From these widths on there is room for status and signature, and for the bytes.
const ROOMY: usize = 76;
const WIDE: usize = 100;
/// Under the call, where an outcome does not fit beside it.
const BELOW: &str = "         ";

/// The calls about one case: its own, those of its batch, and those of its order's refunds.
pub(super) fn of_case<'m>(model: &'m Model, tracked: &'m Tracked) -> impl Iterator<Item = &'m Call> {
    let text = |field| tracked.case.as_ref().map_or("", |case| case.text(field));
    let (batch, order) = (text(Field::BatchId), text(Field::OutTradeNo));
    model.calls.newest().filter(move |call| match &call.heard.about {
        About::Case(id) => *id == tracked.id,
        About::Batch(id) => !batch.is_empty() && id == batch,
        About::Order(id) => !order.is_empty() && id == order,
        About::Number(number) => {
            let numbers = records::of_case(model, tracked).map(|record| &record.intent.out_refund_no);
            numbers.into_iter().any(|one| one.as_ref() == Some(number))
        }
        About::Host(_) => false,
    })
}

/// `412 calls, 3 failed, 2 not sent, median 84 ms, max 1.2 s`.
pub(super) fn counted(counts: &Counts, forgotten: u64) -> String {
    let Counts { all, failed, unsent, median, slowest } = counts;
    let calls = if *all == 1 { "1 call".to_owned() } else { format!("{all} calls") };
    let times = format!("median {}, max {}", call::told(*median), call::told(*slowest));
    let unsent = if *unsent == 0 { String::new() } else { format!(", {unsent} not sent") };
    match forgotten {
        0 => format!("{calls}, {failed} failed{unsent}, {times}"),
        _ => format!("{calls}, {failed} failed{unsent}; of the newest {}: {times}", all - forgotten),
    }
}

/// The table, titles first.
pub(super) fn table(canvas: &Canvas<'_>, calendar: &Calendar, calls: &[&Call], width: usize) -> Vec<Row> {
    let plan = Plan::of(calendar, calls, width);
    let mut rows = vec![plan.titles(canvas)];
    rows.extend(calls.iter().flat_map(|call| plan.rows(canvas, call)));
    rows
}

/// Which columns there is room for.
struct Plan<'c> {
    calendar: &'c Calendar,
    width: usize,
    about: usize,
    outcome: usize,
}

impl<'c> Plan<'c> {
    fn of(calendar: &'c Calendar, calls: &[&Call], width: usize) -> Self {
        let fixed = TIME
            + WHAT
            + TOOK
            + if width >= ROOMY { HTTP + SIGN } else { 0 }
            + if width >= WIDE { BYTES } else { 0 };
        let room = width.saturating_sub(fixed);
        let longest = calls.iter().map(|call| shown_id(call).width()).max().unwrap_or_default();
        let about = (longest + 1).clamp(6, (room * 3 / 5).max(6));
        Self { calendar, width, about, outcome: room.saturating_sub(about) }
    }

    fn titles(&self, canvas: &Canvas<'_>) -> Row {
        let dim = canvas.theme.dim;
        let cell = |text: &str, width| padded(Row::of(text, dim), width);
        let mut row = cell(&format!("at {}", words::zone(self.calendar)), TIME);
        row.append(cell("call", WHAT));
        row.append(cell("for", self.about));
        if self.width >= ROOMY {
            row.append(cell("HTTP", HTTP));
            row.append(cell("answer", SIGN));
        }
        if self.width >= WIDE {
            row.append(Row::of(&format!("{:>1$} ", "bytes", BYTES - 1), dim));
        }
        row.append(Row::of(&format!("{:>1$}  ", "took", TOOK - 2), dim));
        row.append(Row::of("result", dim));
        row
    }

    /// A call on its line; the reason of a result that does not fit stands below.
    fn rows(&self, canvas: &Canvas<'_>, call: &Call) -> Vec<Row> {
        let theme = canvas.theme;
        let (heard, outcome) = (&call.heard, call.heard.outcome.to_string());
        let put = |text: &str, width, style| padded(Row::of(text, style), width);
        let mut row = put(&clock(call.at, self.calendar), TIME, theme.dim);
        row.append(put(heard.what.word(), WHAT, Style::new()));
        let id = shown_id(call).cut_middle(self.about - 1, canvas.signs.ellipsis);
        row.append(padded(Row::default().and_shown(id, theme.label), self.about));
        if self.width >= ROOMY {
            let status = heard.http_status.map_or_else(String::new, |status| status.to_string());
            row.append(put(&status, HTTP, Style::new()));
            let (word, style) = match heard.signature {
                Some(Signature::Valid) => ("signed", theme.dim),
                Some(Signature::Wrong) => ("WRONG", theme.alarm),
                Some(Signature::Absent) => ("unsigned", theme.warning),
                None => ("", theme.dim),
            };
            row.append(put(word, SIGN, style));
        }
        if self.width >= WIDE {
            row.append(Row::of(&format!("{:>1$} ", heard.bytes, BYTES - 1), theme.dim));
        }
        row.append(Row::of(&format!("{:>1$}  ", call::told(call.took), TOOK - 2), theme.title));
        let style = match &heard.outcome {
            Outcome::Ok => theme.good,
            Outcome::Unknown(_) => theme.alarm,
            Outcome::Refused(_) | Outcome::Failed(_) | Outcome::NotSent(_) => theme.warning,
        };
        if Shown::width_of(&outcome) <= self.outcome {
            return vec![row.and(&outcome, style)];
        }
        let parts = outcome.split_once(": ").or_else(|| outcome.split_once(' '));
        let (word, why) = parts.unwrap_or((&outcome, ""));
        let mut rows = vec![row.and(word, style)];
        rows.extend(wrapped(why, BELOW, self.width, style));
        rows
    }
}

fn shown_id(call: &Call) -> Shown {
    Shown::of(&shown::id(call.heard.about.id()))
}

/// `12:12:07`, in the due zone as on every page; the log has UTC.
fn clock(at: OffsetDateTime, calendar: &Calendar) -> String {
    let at = at.to_offset(calendar.due_zone);
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}
