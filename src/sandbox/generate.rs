//! Lifelike cases, the same for the same seed and day.
//!
//! The first sixteen cases hold one of every kind, so that a small desk shows everything; from there on a fixed
//! cycle of thirty-two keeps the mix: about half wait for a reply. Only the details are drawn by the seed.

mod amounts;
mod life;
mod people;

use time::{Date, Duration, macros::format_description};

use super::SandboxCase;
use crate::domain::case::Field;

/// What a case is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plot {
    Overdue,
    Today,
    Tomorrow,
    Week,
    Later,
    Batch,
    Received,
    Ended,
    Won,
    Lost,
    Cancelled,
    Completed,
    /// A status nobody has documented.
    Unheard,
    /// A second case on the order of the case before.
    Again,
}

use Plot::{
    Again, Batch, Cancelled, Completed, Ended, Later, Lost, Overdue, Received, Today, Tomorrow, Unheard,
    Week, Won,
};

const FIRST: [Plot; 16] = [
    Today, Overdue, Later, Tomorrow, Week, Batch, Batch, Batch, Batch, Received, Ended, Lost, Unheard,
    Cancelled, Won, Again,
];
const CYCLE: [Plot; 32] = [
    Later, Received, Today, Won, Week, Later, Received, Tomorrow, Lost, Week, Received, Overdue, Won, Later,
    Ended, Today, Received, Lost, Week, Completed, Later, Won, Received, Tomorrow, Ended, Week, Received,
    Later, Lost, Overdue, Won, Received,
];

/// The batch is in the currency of this place in the list of currencies.
const BATCH_CURRENCY: usize = 7;

/// Days from today to the due date of the batch's cases.
const BATCH_DUE: i64 = 5;

/// Makes `n` cases with dates relative to `today`, the day in +08:00. Every id differs, up to a million cases.
pub fn generate(n: usize, seed: u64, today: Date) -> Vec<SandboxCase> {
    let mut maker = Maker { dice: fastrand::Rng::with_seed(seed), today, seed };
    let batch_user = people::user(&mut maker.dice, 0);
    let batch_id = format!("P{}{:06}", compact(today - Duration::days(3)), maker.dice.u32(0..240_000));
    let mut cases: Vec<SandboxCase> = Vec::with_capacity(n);
    for index in 0..n {
        let plot = plot_of(index);
        let mut case = maker.case(index, plot);
        match plot {
            Batch => {
                case.set(Field::BatchId, Some(batch_id.clone()));
                case.set(Field::OutUserId, Some(batch_user.clone()));
            }
            Again => share_order(&mut case, cases.last()),
            _ => {}
        }
        cases.push(case);
    }
    life::give(&mut cases, today, &mut maker.dice);
    cases
}

/// An id of the same form as the generated ones that is none of them.
pub fn refused_id(seed: u64, today: Date) -> String {
    let mut dice = fastrand::Rng::with_seed(seed ^ 0x5eed);
    // Generated ids are opened today at the latest; this one says tomorrow.
    format!(
        "O{}{:06}{:012}",
        compact(today + Duration::days(1)),
        clock(&mut dice),
        dice.u64(0..1_000_000_000_000)
    )
}

fn plot_of(index: usize) -> Plot {
    let later = || CYCLE.get((index - FIRST.len()) % CYCLE.len());
    FIRST.get(index).or_else(later).copied().unwrap_or(Later)
}

/// Which currency comes next: a batch is one user's in one currency, so its cases count as one.
fn ordinal(index: usize, plot: Plot) -> usize {
    let batch = FIRST.iter().take(index).filter(|plot| **plot == Batch).count();
    if plot == Batch { BATCH_CURRENCY } else { index - batch }
}

/// A second chargeback on the same order keeps everything that belongs to the order.
fn share_order(case: &mut SandboxCase, first: Option<&SandboxCase>) {
    let Some(first) = first else { return };
    for field in [
        Field::OutTradeNo,
        Field::TradeToken,
        Field::OutUserId,
        Field::Amount,
        Field::Fee,
        Field::TotalAmount,
        Field::Currency,
        Field::OriginTradeAmount,
        Field::OriginTradeCurrency,
        Field::TradeCreateTime,
    ] {
        case.set(field, first.get(field).map(str::to_owned));
    }
}

struct Maker {
    dice: fastrand::Rng,
    today: Date,
    seed: u64,
}

/// The dates of a case.
struct Dates {
    due: Date,
    opened: Date,
    paid: Date,
}

impl Maker {
    fn case(&mut self, index: usize, plot: Plot) -> SandboxCase {
        let dates = self.dates(plot);
        let money = amounts::draw(&mut self.dice, ordinal(index, plot));
        let (status, result) = outcome(plot);
        let serial = self.serial(index);
        let dice = &mut self.dice;
        let id = format!("O{}{:06}{:06}{serial}", compact(dates.opened), clock(dice), dice.u32(0..1_000_000));
        let token = format!("T{}{:08}{serial}", compact(dates.paid), dice.u32(0..100_000_000));
        let user = people::user(dice, index);
        let order = people::order(dice, &compact(dates.paid), &serial);
        let paid = format!("{}T{}Z", dates.paid, people::time_of_day(dice));
        let mut case = SandboxCase::from_fields([
            (Field::CaseId, id),
            (Field::BatchId, String::new()),
            (Field::Status, status.to_owned()),
            (Field::OutTradeNo, order),
            (Field::TradeToken, token),
            (Field::OutUserId, user),
            (Field::Amount, money.amount),
            (Field::Fee, money.fee),
            (Field::TotalAmount, money.total),
            (Field::Currency, money.currency.to_owned()),
            (Field::OriginTradeAmount, money.origin_amount),
            (Field::OriginTradeCurrency, money.origin_currency.to_owned()),
            (Field::RetrievalDate, dates.opened.to_string()),
            (Field::ExpirationDate, dates.due.to_string()),
            (Field::TradeCreateTime, paid),
        ]);
        case.set(Field::CaseResult, result.map(str::to_owned));
        case
    }

    /// Six digits that no other index below a million has: 7919 shares no factor with a million.
    fn serial(&self, index: usize) -> String {
        let offset = self.seed % 1_000_000;
        let serial = (index as u64 % 1_000_000 * 7_919 + offset) % 1_000_000;
        format!("{serial:06}")
    }

    fn dates(&mut self, plot: Plot) -> Dates {
        let dice = &mut self.dice;
        let due_in = match plot {
            Overdue => -dice.i64(1..=4),
            Today => 0,
            Tomorrow => 1,
            Week => dice.i64(2..=6),
            Later | Again => dice.i64(7..=20),
            Batch => BATCH_DUE,
            Received | Unheard => dice.i64(1..=12),
            Ended => -dice.i64(0..=6),
            Won | Lost | Cancelled | Completed => -dice.i64(3..=40),
        };
        let due = self.today + Duration::days(due_in);
        let opened = due.min(self.today) - Duration::days(dice.i64(2..=9));
        // Issuers take their time over the lost ones: some were paid too long ago to be refunded.
        let age = if plot == Lost { dice.i64(165..=260) } else { dice.i64(4..=100) };
        Dates { due, opened, paid: opened - Duration::days(age) }
    }
}

fn outcome(plot: Plot) -> (&'static str, Option<&'static str>) {
    match plot {
        Overdue | Today | Tomorrow | Week | Later | Batch | Again => ("DISPUTE_INQUIRY", None),
        Received => ("DISPUTE_RECEIVED", None),
        Ended => ("DISPUTE_END", None),
        Won => ("CASE_CLOSED", Some("WIN")),
        Lost => ("CASE_CLOSED", Some("FAI")),
        Cancelled => ("CASE_CANCEL", None),
        Completed => ("DISPUTE_COMPLETED", Some("WIN")),
        Unheard => ("PRE_ARBITRATION_REVIEW", None),
    }
}

/// `yyyyMMdd`.
fn compact(date: Date) -> String {
    date.format(&format_description!("[year][month][day]")).unwrap_or_default()
}

/// A time of day as the six digits `HHmmss`.
fn clock(dice: &mut fastrand::Rng) -> u32 {
    dice.u32(0..24) * 10_000 + dice.u32(0..60) * 100 + dice.u32(0..60)
}
