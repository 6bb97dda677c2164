//! Prints the figures a manager asks for, from disk alone. What each one counts is said beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::value::RawValue;
use unicode_width::UnicodeWidthStr as _;

use crate::domain::money::{self, Sums};
use crate::domain::record::ActionRecord;
use crate::domain::shown;
use crate::domain::stats::{self, Stats as Counts};
use crate::domain::tracked::Tracked;
use crate::runtime::session::Session;
use crate::store::{Store, StoreError};

use super::args::Stats;
use super::error::{CliError, Exit};
use super::json::{self, instant};
use super::list::counted;
use super::output;

/// Everything `stats` tells.
#[derive(Debug)]
struct Figures {
    counts: Counts,
    /// The median of the days to reply, and the number of cases it is of.
    days: Option<String>,
    replied: usize,
    in_doubt: usize,
    /// How many days count as soon.
    soon_days: u16,
}

/// `docket stats`.
pub(super) fn stats(session: &Session, args: &Stats) -> Result<Exit, CliError> {
    let store = session.store()?;
    let (cases, journal) = (store.tracked()?, store.actions()?);
    let spans = spans(&store, &cases, &journal)?;
    let figures = Figures {
        counts: Counts::of(&cases, &session.calendar()),
        replied: spans.len(),
        days: stats::median(spans).map(stats::days),
        in_doubt: journal.iter().filter(|record| stats::is_in_doubt(record, session.now())).count(),
        soon_days: session.config.desk.soon_days,
    };
    output::print(&if args.json {
        json::document(&StatsJson::new(&figures))
    } else if args.plain {
        plain(&figures)
    } else {
        table(&figures)
    })?;
    Ok(Exit::Done)
}

/// How long the first reply took, of each case that was seen asking and then answered from here.
fn spans(
    store: &impl Store,
    cases: &[Tracked],
    journal: &[ActionRecord],
) -> Result<Vec<time::Duration>, StoreError> {
    let answered =
        cases.iter().filter_map(|case| stats::first_answered(case, journal).map(|at| (&case.id, at)));
    let mut spans = Vec::new();
    for (id, answered) in answered {
        let asked = stats::first_asked(&store.history(id)?);
        spans.extend(asked.map(|asked| answered - asked).filter(|span| !span.is_negative()));
    }
    Ok(spans)
}

/// A figure: its name, the number, and what it means.
type Row = (String, String, String);

fn rows(figures: &Figures) -> Vec<Row> {
    let counts = &figures.counts;
    let number = |name: &str, count: usize, more: &str| (name.to_owned(), count.to_string(), more.to_owned());
    let as_of =
        counts.as_of.map_or_else(|| "never refreshed".to_owned(), |at| format!("as of {}", instant(at)));
    let soon = format!("in 1 to {} days", figures.soon_days);
    let share = match counts.decided() {
        0 => "no closed case with a result yet".to_owned(),
        all => format!("won {} of {all} decided", counts.won),
    };
    let mut rows = vec![
        number("On the list", counts.on_list, &as_of),
        number("Open", counts.open, "not settled"),
        number("Due", counts.due, "need a reply"),
        number("Overdue", counts.overdue, "of those, past their due date"),
        number("Today", counts.today, "of those"),
        number("Soon", counts.soon, &soon),
        number("Later", counts.later, ""),
    ];
    rows.extend(money("At risk", &counts.at_risk, "frozen payments of the open cases"));
    rows.push(number("Won", counts.won, &share));
    rows.extend(money("Won", &counts.won_amount, ""));
    rows.push(number("Lost", counts.lost, ""));
    rows.extend(money("Lost", &counts.lost_amount, ""));
    let days = figures.days.clone().unwrap_or_else(|| "-".to_owned());
    let of = match figures.replied {
        0 => "no case was both seen asking and answered from here".to_owned(),
        replied => format!("median of {}, first seen asking to first reply taken", counted(replied)),
    };
    rows.push(("Days to reply".to_owned(), days, of));
    if figures.in_doubt > 0 {
        rows.push(number(
            "Unknown",
            figures.in_doubt,
            "replies or refunds of unknown outcome: docket settle",
        ));
    }
    rows
}

/// A row for each currency: sums of two are never added up. What they are stands beside the first.
fn money(name: &str, sums: &Sums, more: &str) -> Vec<Row> {
    let row = |(index, (currency, sum)): (usize, (&str, rust_decimal::Decimal))| {
        let named = if currency.is_empty() { "no currency" } else { currency };
        let more = if index == 0 { more } else { "" };
        (format!("{name} {}", shown::line(named)), money::of_currency(sum, currency), more.to_owned())
    };
    sums.iter().enumerate().map(row).collect()
}

/// Three columns; the figures are aligned on the right.
fn table(figures: &Figures) -> String {
    let rows = rows(figures);
    let wide = |cell: fn(&Row) -> &String| rows.iter().map(|row| cell(row).width()).max().unwrap_or_default();
    let (names, numbers) = (wide(|row| &row.0), wide(|row| &row.1));
    let mut out = String::new();
    for (name, number, more) in &rows {
        let gap = " ".repeat(names - name.width());
        let line = format!("{name}{gap}  {number:>numbers$}  {more}");
        // Writing to a String cannot fail, here and below.
        _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// A figure a line, words before the number, nothing that depends on columns.
fn plain(figures: &Figures) -> String {
    let mut out = String::new();
    for (name, number, more) in rows(figures) {
        _ = match more.as_str() {
            "" => writeln!(out, "{name}: {number}"),
            more => writeln!(out, "{name}: {number}, {more}"),
        };
    }
    out
}

/// What `stats --json` prints. Money stays exact decimal text, by currency.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StatsJson {
    as_of: Option<String>,
    on_list: usize,
    open: usize,
    due: usize,
    overdue: usize,
    today: usize,
    soon: usize,
    later: usize,
    at_risk: BTreeMap<String, String>,
    won: usize,
    lost: usize,
    decided: usize,
    won_amount: BTreeMap<String, String>,
    lost_amount: BTreeMap<String, String>,
    median_days_to_reply: Option<Box<RawValue>>,
    replied: usize,
    unknown: usize,
}

impl StatsJson {
    fn new(figures: &Figures) -> Self {
        let Figures { counts, days, replied, in_doubt, .. } = figures;
        let sums = |sums: &Sums| sums.iter().map(|(name, sum)| (name.to_owned(), sum.to_string())).collect();
        Self {
            as_of: counts.as_of.map(instant),
            on_list: counts.on_list,
            open: counts.open,
            due: counts.due,
            overdue: counts.overdue,
            today: counts.today,
            soon: counts.soon,
            later: counts.later,
            at_risk: sums(&counts.at_risk),
            won: counts.won,
            lost: counts.lost,
            decided: counts.decided(),
            won_amount: sums(&counts.won_amount),
            lost_amount: sums(&counts.lost_amount),
            // A number that never was a float.
            median_days_to_reply: days.clone().and_then(|days| RawValue::from_string(days).ok()),
            replied: *replied,
            unknown: *in_doubt,
        }
    }
}

#[cfg(test)]
mod tests;
