//! What a list comes to: counts and sums that hold whichever day it is, moved by what changes. Counting a million cases
//! anew for every key, or before the first picture, would be felt; adding and taking away one case is not.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use time::Date;

use super::case::Case;
use super::deadline::{Calendar, Urgency, parse_date};
use super::money::Sums;
use super::stage::Stage;
use super::tracked::Tracked;
use super::view::View;

/// Amounts with more decimals, or from this many whole digits on, are not added up here; see [`Tally::at_risk`].
const EXACT_SCALE: u32 = 4;
const EXACT_DIGITS: u32 = 16;

/// What one case adds to the counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where it stands.
    pub stage: Stage,
    /// Whether the operator has to reply, and by when; the inner `None` is a date nobody can read.
    pub due: Option<Option<Date>>,
    /// The day on which it wakes, if it was put off; see [`Tracked::wakes_on`].
    pub wakes: Option<Date>,
    /// Whether its newest refresh failed.
    pub failing: bool,
    /// Whether it has changes nobody has looked at.
    pub changed: bool,
    /// The frozen payment while it is open, and its currency.
    pub at_risk: Option<(String, Decimal)>,
}

impl Standing {
    /// How a case stands.
    pub fn of(tracked: &Tracked) -> Self {
        let stage = tracked.stage();
        let case = tracked.case.as_ref();
        let at_risk = case
            .filter(|_| stage != Stage::Closed)
            .and_then(|case| case.amount().map(|amount| (case.currency().to_owned(), amount)));
        Self {
            stage,
            due: case.filter(|_| tracked.needs_reply()).map(Case::due),
            wakes: tracked.wakes_on(),
            failing: tracked.failure.is_some(),
            changed: !tracked.unseen.is_empty(),
            at_risk,
        }
    }
}

/// One count of a [`Tally`] as it can be kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What is counted.
    pub kind: Kind,
    /// Stage word, date (`yyyy-MM-dd`, empty for an unreadable one), due date and waking day with a blank between, or
    /// currency; empty for the others.
    pub key: String,
    /// How many cases; negative in a difference.
    pub cases: i64,
    /// The sum, of [`Kind::AtRisk`].
    pub sum: Decimal,
}

/// What an [`Entry`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Cases of a stage.
    Stage,
    /// Cases that need a reply by a date.
    Due,
    /// Those of them that sleep until a day.
    Asleep,
    /// Cases whose newest refresh failed.
    Failing,
    /// Cases with changes nobody has looked at.
    Changed,
    /// Open cases with a frozen payment in a currency.
    AtRisk,
    /// Open cases with an amount that is not added up.
    Inexact,
}

impl Kind {
    const ALL: [Kind; 7] =
        [Self::Stage, Self::Due, Self::Asleep, Self::Failing, Self::Changed, Self::AtRisk, Self::Inexact];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Due => "due",
            Self::Asleep => "asleep",
            Self::Failing => "failing",
            Self::Changed => "changed",
            Self::AtRisk => "at-risk",
            Self::Inexact => "inexact",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// The counts of a list, or the difference between two of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    stages: [i64; 4],
    due: BTreeMap<Option<Date>, i64>,
    /// By due date and the day on which they wake, so that midnight changes nothing here.
    asleep: BTreeMap<(Date, Date), i64>,
    failing: i64,
    changed: i64,
    at_risk: BTreeMap<String, (i64, Decimal)>,
    inexact: i64,
}

impl Tally {
    /// Counts a list once.
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a Tracked>) -> Self {
        let mut tally = Self::default();
        cases.into_iter().for_each(|tracked| tally.add(&Standing::of(tracked)));
        tally
    }

    /// One case more.
    pub fn add(&mut self, standing: &Standing) {
        self.count(standing, 1);
    }

    /// One case less.
    pub fn remove(&mut self, standing: &Standing) {
        self.count(standing, -1);
    }

    fn count(&mut self, standing: &Standing, by: i64) {
        if let Some(count) = self.stages.get_mut(place(standing.stage)) {
            *count += by;
        }
        if let Some(due) = standing.due {
            shift(&mut self.due, due, by);
        }
        if let (Some(Some(due)), Some(wakes)) = (standing.due, standing.wakes) {
            shift(&mut self.asleep, (due, wakes), by);
        }
        self.failing += if standing.failing { by } else { 0 };
        self.changed += if standing.changed { by } else { 0 };
        match &standing.at_risk {
            Some((currency, amount)) if is_exact(*amount) => {
                self.move_sum(currency, by, if by < 0 { -*amount } else { *amount });
            }
            Some(_) => self.inexact += by,
            None => {}
        }
    }

    fn move_sum(&mut self, currency: &str, by: i64, amount: Decimal) {
        let zero = (0, Decimal::ZERO);
        let (cases, sum) = self.at_risk.get(currency).copied().unwrap_or(zero);
        // Exact amounts of fewer than a hundred million cases cannot overflow.
        let moved = (cases + by, sum.checked_add(amount).unwrap_or(sum));
        if moved == zero {
            self.at_risk.remove(currency);
        } else {
            self.at_risk.insert(currency.to_owned(), moved);
        }
    }

    /// Every count that is not zero.
    pub fn entries(&self) -> Vec<Entry> {
        let entry = |kind, key: String, cases| Entry { kind, key, cases, sum: Decimal::ZERO };
        let mut entries: Vec<Entry> = Stage::ALL
            .into_iter()
            .map(|stage| entry(Kind::Stage, stage.word().to_owned(), self.stage(stage)))
            .collect();
        let date = |date: &Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        entries.extend(self.due.iter().map(|(due, &cases)| entry(Kind::Due, date(due), cases)));
        let days = |(due, wakes): &(Date, Date)| format!("{due} {wakes}");
        entries.extend(self.asleep.iter().map(|(key, &cases)| entry(Kind::Asleep, days(key), cases)));
        entries.push(entry(Kind::Failing, String::new(), self.failing));
        entries.push(entry(Kind::Changed, String::new(), self.changed));
        entries.push(entry(Kind::Inexact, String::new(), self.inexact));
        entries.extend(self.at_risk.iter().map(|(currency, &(cases, sum))| Entry {
            kind: Kind::AtRisk,
            key: currency.clone(),
            cases,
            sum,
        }));
        entries.retain(|entry| entry.cases != 0 || !entry.sum.is_zero());
        entries
    }

    /// Adds a count that was kept elsewhere; `false` for a key that means nothing.
    #[must_use]
    pub fn put(&mut self, entry: &Entry) -> bool {
        match entry.kind {
            Kind::Stage => {
                let stage = Stage::ALL.into_iter().find(|stage| stage.word() == entry.key);
                let Some(count) = stage.and_then(|stage| self.stages.get_mut(place(stage))) else {
                    return false;
                };
                *count += entry.cases;
            }
            Kind::Due => {
                let date = parse_date(&entry.key);
                if date.is_none() && !entry.key.is_empty() {
                    return false;
                }
                *self.due.entry(date).or_default() += entry.cases;
            }
            Kind::Asleep => {
                let days =
                    entry.key.split_once(' ').and_then(|(due, wakes)| parse_date(due).zip(parse_date(wakes)));
                let Some(days) = days else { return false };
                shift(&mut self.asleep, days, entry.cases);
            }
            Kind::Failing => self.failing += entry.cases,
            Kind::Changed => self.changed += entry.cases,
            Kind::Inexact => self.inexact += entry.cases,
            Kind::AtRisk => self.move_sum(&entry.key, entry.cases, entry.sum),
        }
        true
    }

    fn stage(&self, stage: Stage) -> i64 {
        self.stages.get(place(stage)).copied().unwrap_or_default()
    }

    /// Cases on the list.
    pub fn on_list(&self) -> usize {
        count(self.stages.iter().sum())
    }

    /// Cases that are not settled.
    pub fn open(&self) -> usize {
        self.on_list() - count(self.stage(Stage::Closed)).min(self.on_list())
    }

    /// Cases of a stage.
    pub fn in_stage(&self, stage: Stage) -> usize {
        count(self.stage(stage))
    }

    /// Cases whose newest refresh failed.
    pub fn failing(&self) -> usize {
        count(self.failing)
    }

    /// Whether any case has changes nobody has looked at.
    pub fn changed(&self) -> usize {
        count(self.changed)
    }

    /// Cases that need a reply and sleep today.
    pub fn asleep(&self, calendar: &Calendar) -> usize {
        let sleeps = self.asleep.iter().filter(|((_, wakes), _)| calendar.today < *wakes);
        count(sleeps.map(|(_, cases)| cases).sum())
    }

    /// Cases of a view today.
    pub fn in_view(&self, view: View, calendar: &Calendar) -> usize {
        match view {
            View::Due => count(self.due.values().sum()).saturating_sub(self.asleep(calendar)),
            View::Changed => self.changed(),
            View::Waiting => self.in_stage(Stage::Waiting),
            View::Closed => self.in_stage(Stage::Closed),
            View::All => self.on_list(),
        }
    }

    /// Cases that need a reply and are this urgent.
    pub fn urgent(&self, urgency: Urgency, calendar: &Calendar) -> usize {
        count(self.due.iter().filter(|(due, _)| calendar.urgency(**due) == urgency).map(|(_, n)| n).sum())
    }

    /// The cases that need a reply, by due date; those with a date nobody can read come first.
    pub fn due(&self) -> impl Iterator<Item = (Option<Date>, usize)> + '_ {
        self.due.iter().map(|(date, cases)| (*date, count(*cases)))
    }

    /// The same without those that sleep today.
    pub fn awake(&self, calendar: &Calendar) -> impl Iterator<Item = (Option<Date>, usize)> + '_ {
        let calendar = *calendar;
        self.due.iter().map(move |(due, cases)| {
            let asleep = due.map_or(0, |due| self.asleep_by(due, &calendar));
            (*due, count(*cases).saturating_sub(asleep))
        })
    }

    /// Cases that sleep today and run out on a day.
    pub fn asleep_by(&self, due: Date, calendar: &Calendar) -> usize {
        let pairs = self.asleep.range((due, Date::MIN)..=(due, Date::MAX));
        count(pairs.filter(|((_, wakes), _)| calendar.today < *wakes).map(|(_, cases)| cases).sum())
    }

    /// Frozen payments of the open cases, per currency. `None` when one of them has so many digits that the sum depends
    /// on the order of adding: then the cases themselves must be added up.
    pub fn at_risk(&self) -> Option<Sums> {
        let mut sums = Sums::default();
        self.at_risk.iter().for_each(|(currency, (_, sum))| sums.add(currency, *sum));
        (self.inexact == 0).then_some(sums)
    }

    /// Open cases with a frozen payment, per currency; of those with so many digits none.
    pub fn at_risk_cases(&self) -> BTreeMap<String, usize> {
        self.at_risk.iter().map(|(currency, (cases, _))| (currency.clone(), count(*cases))).collect()
    }
}

/// Moves one count of many; one that comes to nothing is not kept.
fn shift<K: Ord>(counts: &mut BTreeMap<K, i64>, key: K, by: i64) {
    let moved = counts.get(&key).copied().unwrap_or_default() + by;
    if moved == 0 {
        counts.remove(&key);
    } else {
        counts.insert(key, moved);
    }
}

fn count(cases: i64) -> usize {
    usize::try_from(cases).unwrap_or_default()
}

fn is_exact(amount: Decimal) -> bool {
    amount.scale() <= EXACT_SCALE && amount.abs() < Decimal::from(10_u64.pow(EXACT_DIGITS))
}

const fn place(stage: Stage) -> usize {
    stage as usize
}
