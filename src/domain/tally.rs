//! What a list comes to: counts and sums that hold whichever day it is, moved by what changes. Counting a million cases
//! anew for every key, or before the first picture, would be felt; adding and taking away one case is not.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use time::Date;

use super::case::Case;
use super::deadline::{Calendar, Urgency};
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
    /// Stage word, date (`yyyy-MM-dd`, empty for an unreadable one) or currency; empty for the others.
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
    const ALL: [Kind; 6] =
        [Self::Stage, Self::Due, Self::Failing, Self::Changed, Self::AtRisk, Self::Inexact];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Due => "due",
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
            let count = self.due.entry(due).or_default();
            *count += by;
            if *count == 0 {
                self.due.remove(&due);
            }
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
                let date = super::deadline::parse_date(&entry.key);
                if date.is_none() && !entry.key.is_empty() {
                    return false;
                }
                *self.due.entry(date).or_default() += entry.cases;
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

    /// Cases of a view.
    pub fn in_view(&self, view: View) -> usize {
        match view {
            View::Due => count(self.due.values().sum()),
            View::Changed => count(self.changed),
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

fn count(cases: i64) -> usize {
    usize::try_from(cases).unwrap_or_default()
}

fn is_exact(amount: Decimal) -> bool {
    amount.scale() <= EXACT_SCALE && amount.abs() < Decimal::from(10_u64.pow(EXACT_DIGITS))
}

const fn place(stage: Stage) -> usize {
    stage as usize
}

#[cfg(test)]
mod tests {
    use super::super::case::Field;
    use super::super::ids::CaseId;
    use super::*;
    use proptest::prelude::*;

    fn any_case() -> impl Strategy<Value = Tracked> {
        let status = prop::sample::select(vec!["DISPUTE_INQUIRY", "DISPUTE_END", "CASE_CLOSED", "ODD", ""]);
        let due = prop::sample::select(vec!["2026-11-18", "2026-11-20", "soon"]);
        let amount =
            prop::sample::select(vec!["0", "10.50", "-3.2", "9999999999999999.9999", "0.123456789", ""]);
        let currency = prop::sample::select(vec!["USD", "IDR", ""]);
        (status, due, amount, currency, any::<bool>()).prop_map(
            |(status, due, amount, currency, given_up)| {
                let mut tracked = Tracked::new(CaseId::parse("O1").unwrap());
                tracked.case = Some(Case::from_fields([
                    (Field::Status, Some(status.to_owned())),
                    (Field::ExpirationDate, Some(due.to_owned())),
                    (Field::Amount, Some(amount.to_owned())),
                    (Field::Currency, Some(currency.to_owned())),
                ]));
                tracked.local.wont_contest = given_up.then(String::new);
                tracked
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_added_and_taken_away_again_was_never_there(
            cases in prop::collection::vec(any_case(), 0..30), gone in prop::collection::vec(any_case(), 0..30)
        ) {
            let mut tally = Tally::of(&gone);
            for tracked in &cases {
                tally.add(&Standing::of(tracked));
            }
            for tracked in gone.iter().rev() {
                tally.remove(&Standing::of(tracked));
            }
            let once = Tally::of(&cases);
            prop_assert_eq!(&tally, &once);
            let mut kept = Tally::default();
            prop_assert!(once.entries().iter().all(|entry| kept.put(entry)));
            prop_assert_eq!(kept, once);
        }

        #[test]
        fn sums_are_those_of_adding_the_cases_up(cases in prop::collection::vec(any_case(), 0..40)) {
            let mut sums = Sums::default();
            let open = cases.iter().filter(|tracked| tracked.stage() != Stage::Closed);
            for case in open.filter_map(|tracked| tracked.case.as_ref()) {
                if let Some(amount) = case.amount() {
                    sums.add(case.currency(), amount);
                }
            }
            if let Some(own) = Tally::of(&cases).at_risk() {
                prop_assert_eq!(own, sums);
            }
        }
    }

    #[test]
    fn an_amount_with_many_digits_leaves_the_sum_to_others() {
        let mut tracked = Tracked::new(CaseId::parse("O1").unwrap());
        tracked.case = Some(Case::from_fields([(Field::Amount, Some("0.00001".to_owned()))]));
        assert_eq!(Tally::of([&tracked]).at_risk(), None);
        assert_eq!(Tally::default().at_risk(), Some(Sums::default()));
        let strange = Entry { kind: Kind::Due, key: "soon".into(), cases: 1, sum: Decimal::ZERO };
        assert!(!Tally::default().put(&strange));
    }
}
