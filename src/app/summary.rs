//! The counts of header, strip and tabs, worked out from the book whenever it changes.

use time::{Date, Duration};

use crate::domain::case::Case;
use crate::domain::deadline::{Calendar, Urgency};
use crate::domain::filter::Lens;
use crate::domain::money::Sums;
use crate::domain::stage::Stage;
use crate::domain::tracked::{self, Tracked};
use crate::domain::view::View;

use super::book::Book;
use super::model::SavedView;

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
    /// Cases per view, in the order of [`View::ALL`].
    pub views: [usize; 5],
    /// Cases per saved view.
    pub saved: Vec<usize>,
    /// Cases that need a reply, by days from today.
    pub strip: [usize; STRIP_DAYS],
    /// How old the list is; see [`tracked::as_of`] (UTC).
    pub as_of: Option<time::OffsetDateTime>,
}

impl Summary {
    /// Counts everything once.
    pub fn of(book: &Book, saved: &[SavedView], lens: &Lens<'_>) -> Self {
        let mut summary =
            Self { saved: vec![0; saved.len()], as_of: tracked::as_of(book.iter()), ..Self::default() };
        for tracked in book.iter() {
            summary.count(tracked, &lens.calendar);
            for (count, view) in summary.saved.iter_mut().zip(saved) {
                *count += usize::from(view.filter.matches(tracked, lens));
            }
        }
        summary
    }

    fn count(&mut self, tracked: &Tracked, calendar: &Calendar) {
        for (count, view) in self.views.iter_mut().zip(View::ALL) {
            *count += usize::from(view.holds(tracked));
        }
        self.failing += usize::from(tracked.failure.is_some());
        self.unknown += usize::from(tracked.stage() == Stage::Unknown);
        if tracked.stage() != Stage::Closed {
            self.open += 1;
            if let Some((case, amount)) = tracked.case.as_ref().and_then(|c| c.amount().map(|a| (c, a))) {
                self.at_risk.add(case.currency(), amount);
            }
        }
        match tracked.urgency(calendar) {
            Urgency::Overdue => self.overdue += 1,
            Urgency::Today => self.today += 1,
            Urgency::Soon | Urgency::Later | Urgency::None => {}
        }
        self.count_day(tracked, calendar);
    }

    fn count_day(&mut self, tracked: &Tracked, calendar: &Calendar) {
        let due = tracked.case.as_ref().filter(|_| tracked.needs_reply()).and_then(Case::due);
        let day = due.and_then(|date| usize::try_from(calendar.days_until(date)).ok());
        if let Some(count) = day.and_then(|day| self.strip.get_mut(day)) {
            *count += 1;
        }
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
