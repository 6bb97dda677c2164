//! Which cases the table shows, in which order, under which headings.

use crate::domain::case::Case;
use crate::domain::deadline::Calendar;
use crate::domain::ids::CaseId;
use crate::domain::tally::Tally;
use crate::domain::tracked::Tracked;

use super::book::Book;

mod build;

pub(super) use build::{Basis, Members};

/// How far off a due date is, as the headings of the Due view say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The due date cannot be read: look at once.
    NoDate,
    /// Past.
    Overdue,
    /// Today.
    Today,
    /// Tomorrow.
    Tomorrow,
    /// In two to seven days.
    ThisWeek,
    /// After that.
    Later,
}

impl Group {
    /// Which heading a case that needs a reply stands under.
    pub fn of(tracked: &Tracked, calendar: &Calendar) -> Self {
        Self::of_date(tracked.case.as_ref().and_then(Case::due), calendar)
    }

    fn of_date(due: Option<time::Date>, calendar: &Calendar) -> Self {
        match due.map(|date| calendar.days_until(date)) {
            None => Self::NoDate,
            Some(days) if days < 0 => Self::Overdue,
            Some(0) => Self::Today,
            Some(1) => Self::Tomorrow,
            Some(2..=7) => Self::ThisWeek,
            Some(_) => Self::Later,
        }
    }

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::NoDate => "NO READABLE DUE DATE",
            Self::Overdue => "OVERDUE",
            Self::Today => "TODAY",
            Self::Tomorrow => "TOMORROW",
            Self::ThisWeek => "THIS WEEK",
            Self::Later => "LATER",
        }
    }
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A heading with the number of cases under it.
    Heading(Group, usize),
    /// The case in this slot of the book.
    Case(usize),
    /// The draft at this place of the book.
    Draft(usize),
    /// The action at this place of the journal.
    Action(usize),
}

/// The lines of the table.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The cases, as slots of the book.
    rows: Vec<u32>,
    headings: Vec<Heading>,
    /// Drafts or actions, in place of cases.
    records: Option<Records>,
    in_view: usize,
    search: build::Search,
}

/// Lines that are no cases: how many, and what each is.
type Records = (usize, fn(usize) -> Line);

/// A heading above a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Heading {
    /// The row below it.
    row: usize,
    group: Group,
    cases: usize,
}

impl Listing {
    /// Drafts or actions, one a line, in the order of the book.
    pub fn plain(count: usize, line: fn(usize) -> Line) -> Self {
        Self { records: Some((count, line)), in_view: count, ..Self::default() }
    }

    /// The first cases that need a reply, under headings that count all of them.
    pub(super) fn opening(book: &Book, tally: &Tally, calendar: &Calendar) -> Self {
        let rows = book.stock().by_due().to_vec();
        let mut listing = Self {
            rows,
            in_view: tally.in_view(crate::domain::view::View::Due, calendar),
            ..Self::default()
        };
        listing.put_headings(book, calendar);
        for heading in &mut listing.headings {
            let days =
                tally.awake(calendar).filter(|(due, _)| Group::of_date(*due, calendar) == heading.group);
            heading.cases = days.map(|(_, cases)| cases).sum();
        }
        listing
    }

    /// Puts a heading before each run of rows of the same group. The rows are in order of due date, so the next group
    /// is found by halving.
    fn put_headings(&mut self, book: &Book, calendar: &Calendar) {
        self.headings.clear();
        let group = |slot: &u32| book.stock().at(*slot).map(|tracked| Group::of(tracked, calendar));
        let mut row = 0;
        while let Some(of) = self.rows.get(row).and_then(group) {
            let rest = self.rows.get(row..).unwrap_or_default();
            let cases = rest.partition_point(|slot| group(slot).is_some_and(|own| own <= of)).max(1);
            self.headings.push(Heading { row, group: of, cases });
            row += cases;
        }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.records.map_or(self.rows.len() + self.headings.len(), |(count, _)| count)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A line; `None` beyond the end.
    pub fn line(&self, at: usize) -> Option<Line> {
        if let Some((count, line)) = self.records {
            return (at < count).then(|| line(at));
        }
        let above = self.headings_above(at);
        match above.checked_sub(1).and_then(|last| self.headings.get(last).map(|heading| (last, heading))) {
            Some((last, heading)) if heading.row + last == at => {
                Some(Line::Heading(heading.group, heading.cases))
            }
            _ => self.rows.get(at - above).map(|slot| Line::Case(*slot as usize)),
        }
    }

    /// How many headings stand on a line or above it.
    fn headings_above(&self, line: usize) -> usize {
        self.headings.iter().zip(0..).take_while(|(heading, before)| heading.row + before <= line).count()
    }

    /// Lines from one on, to the end.
    pub fn lines_from(&self, first: usize) -> impl Iterator<Item = Line> + '_ {
        (first..self.len()).map_while(|at| self.line(at))
    }

    /// How many lines the cursor can stand on.
    pub fn stops(&self) -> usize {
        self.len() - self.headings.len()
    }

    /// The line of a stop.
    pub fn stop(&self, number: usize) -> Option<usize> {
        let line = number + self.headings.iter().take_while(|heading| heading.row <= number).count();
        (number < self.stops()).then_some(line)
    }

    /// The number of the first stop on a line or below it; beyond the last one where there is none.
    pub fn stop_at(&self, line: usize) -> usize {
        let above = self.headings_above(line);
        let on_heading = matches!(self.line(line), Some(Line::Heading(..)));
        (line + usize::from(on_heading) - above).min(self.stops())
    }

    /// The cases among the lines, as (line, slot).
    pub fn cases(&self) -> impl DoubleEndedIterator<Item = (usize, usize)> + Clone {
        let line = |(row, slot): (usize, &u32)| {
            (row + self.headings.iter().take_while(|heading| heading.row <= row).count(), *slot as usize)
        };
        self.rows.iter().enumerate().map(line)
    }

    /// The same without their lines.
    pub fn slots(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows.iter().map(|slot| *slot as usize)
    }

    /// How many cases are shown.
    pub fn shown(&self) -> usize {
        self.rows.len()
    }

    /// How many the view holds, filter or not.
    pub fn in_view(&self) -> usize {
        self.in_view
    }

    /// The slot of the case on a line; `None` for headings and beyond the end.
    pub fn slot_at(&self, line: usize) -> Option<usize> {
        match self.line(line) {
            Some(Line::Case(slot)) => Some(slot),
            _ => None,
        }
    }

    /// The line of a case.
    pub fn line_of(&self, book: &Book, id: &CaseId) -> Option<usize> {
        let slot = book.stock().slot_of(id)?;
        self.stop(self.row_of(book, slot)?)
    }

    fn row_of(&self, book: &Book, slot: u32) -> Option<usize> {
        let (stock, sort) = (book.stock(), self.search.sort());
        let tracked = stock.at(slot)?;
        let before = |own: &u32| stock.at(*own).is_some_and(|own| sort.compare(own, tracked).is_lt());
        let row = self.rows.partition_point(before);
        (self.rows.get(row) == Some(&slot)).then_some(row)
    }
}
