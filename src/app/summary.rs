//! The counts of header, strip and tabs, moved by what changes in the book.

use std::collections::BTreeMap;

use time::{Date, Duration, OffsetDateTime};

use crate::domain::deadline::{Calendar, Urgency};
use crate::domain::filter::Lens;
use crate::domain::money::Sums;
use crate::domain::stage::Stage;
use crate::domain::tally::Tally;
use crate::domain::tracked::Tracked;
use crate::domain::view::View;

use super::book::Book;
use super::model::SavedView;
use super::ranks::Touched;

/// Days the strip shows, today first.
pub const STRIP_DAYS: usize = 14;

/// What header, strip and tabs say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Cases that are not settled.
    pub open: usize,
    /// Cases that run out today.
    pub today: usize,
    /// Cases whose due date has passed without a reply.
    pub overdue: usize,
    /// Cases whose newest refresh failed.
    pub failing: usize,
    /// Cases with a status nobody has documented, or never fetched.
    pub unknown: usize,
    /// Frozen payments of the open cases, per currency.
    pub at_risk: Sums,
    /// Cases that need a reply and sleep.
    pub asleep: usize,
    /// How many cases that are, per currency.
    pub at_risk_cases: BTreeMap<String, usize>,
    /// Cases per view, in the order of [`View::ALL`].
    pub views: [usize; 5],
    /// Cases per saved view.
    pub saved: Vec<usize>,
    /// Cases that need a reply, by days from today. Those that sleep run out all the same.
    pub strip: [usize; STRIP_DAYS],
    /// How old the list is; see [`crate::domain::tracked::as_of`] (UTC).
    pub as_of: Option<OffsetDateTime>,
    /// Which reading of the book, on which day, with which saved views.
    counted_for: Option<(u64, Calendar, Vec<SavedView>)>,
}

impl Summary {
    /// What the counts of a list come to on a day.
    pub(super) fn on(tally: &Tally, as_of: Option<OffsetDateTime>, calendar: &Calendar) -> Self {
        let mut summary = Self {
            open: tally.open(),
            today: tally.urgent(Urgency::Today, calendar),
            overdue: tally.urgent(Urgency::Overdue, calendar),
            failing: tally.failing(),
            unknown: tally.in_stage(Stage::Unknown),
            at_risk: tally.at_risk().unwrap_or_default(),
            asleep: tally.asleep(calendar),
            at_risk_cases: tally.at_risk_cases(),
            views: View::ALL.map(|view| tally.in_view(view, calendar)),
            as_of,
            ..Self::default()
        };
        for (due, cases) in tally.due() {
            let day = due.and_then(|date| usize::try_from(calendar.days_until(date)).ok());
            if let Some(count) = day.and_then(|day| summary.strip.get_mut(day)) {
                *count = cases;
            }
        }
        summary
    }

    /// What a book comes to, after `touched` has changed in it since this summary was made.
    pub(super) fn renew(&mut self, book: &Book, saved: &[SavedView], lens: &Lens<'_>, touched: &Touched) {
        let counted_for = Some((book.edition(), lens.calendar, saved.to_vec()));
        let counts = if self.counted_for == counted_for {
            let mut counts = std::mem::take(&mut self.saved);
            for (slot, before) in touched {
                let after = book.stock().at(*slot);
                for (count, view) in counts.iter_mut().zip(saved) {
                    let of =
                        |tracked: Option<&Tracked>| tracked.is_some_and(|t| view.filter.matches(t, lens));
                    *count =
                        (*count + usize::from(of(after))).saturating_sub(usize::from(of(before.as_ref())));
                }
            }
            counts
        } else {
            let count =
                |view: &SavedView| book.iter().filter(|tracked| view.filter.matches(tracked, lens)).count();
            saved.iter().map(count).collect()
        };
        let changed = self.counted_for != counted_for || !touched.is_empty();
        if changed {
            *self = Self::on(book.tally(), book.as_of(), &lens.calendar);
            if book.tally().at_risk().is_none() {
                (self.at_risk, self.at_risk_cases) = added_up(book);
            }
        }
        (self.saved, self.counted_for) = (counts, counted_for);
    }

    /// Whether this reading of the book is what was counted.
    pub(super) fn is_of(&self, book: &Book) -> bool {
        self.counted_for.as_ref().is_some_and(|(edition, ..)| *edition == book.edition())
    }

    /// The days of the strip with their counts.
    pub fn days<'a>(&'a self, calendar: &Calendar) -> impl Iterator<Item = (Date, usize)> + 'a {
        let today = calendar.today;
        (0i64..).zip(self.strip).map(move |(day, count)| (today.saturating_add(Duration::days(day)), count))
    }

    /// Cases in a view.
    pub fn in_view(&self, view: View) -> usize {
        View::ALL.into_iter().zip(self.views).find(|(v, _)| *v == view).map_or(0, |(_, count)| count)
    }
}

/// Frozen payments of the open cases and how many those are, one after the other.
fn added_up(book: &Book) -> (Sums, BTreeMap<String, usize>) {
    let (mut sums, mut cases) = (Sums::default(), BTreeMap::new());
    let open = book.iter().filter(|tracked| tracked.stage() != Stage::Closed);
    for case in open.filter_map(|tracked| tracked.case.as_ref()) {
        if let Some(amount) = case.amount() {
            sums.add(case.currency(), amount);
            *cases.entry(case.currency().to_owned()).or_default() += 1;
        }
    }
    (sums, cases)
}
