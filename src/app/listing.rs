//! Which cases the table shows, in which order, under which headings.

use crate::domain::case::Case;
use crate::domain::deadline::Calendar;
use crate::domain::filter::{Filter, Lens};
use crate::domain::ids::CaseId;
use crate::domain::order::SortBy;
use crate::domain::tracked::Tracked;

use super::book::Book;

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
        match tracked.case.as_ref().and_then(Case::due).map(|date| calendar.days_until(date)) {
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
    lines: Vec<Line>,
    cases: usize,
    in_view: usize,
}

impl Listing {
    /// Builds the lines: the cases that `holds` lets into the view and that pass the filter.
    pub fn build(
        book: &Book,
        holds: impl Fn(&Tracked) -> bool,
        filter: &Filter,
        sort: SortBy,
        grouped: bool,
        lens: &Lens<'_>,
    ) -> Self {
        let in_view: Vec<(usize, &Tracked)> = book.iter().enumerate().filter(|(_, t)| holds(t)).collect();
        let total = in_view.len();
        let mut rows: Vec<_> = in_view.into_iter().filter(|(_, t)| filter.matches(t, lens)).collect();
        rows.sort_by(|(_, a), (_, b)| sort.compare(a, b));
        let cases = rows.len();
        let lines = if grouped {
            with_headings(&rows, &lens.calendar)
        } else {
            rows.into_iter().map(|(slot, _)| Line::Case(slot)).collect()
        };
        Self { lines, cases, in_view: total }
    }

    /// Drafts or actions, one a line, in the order of the book.
    pub fn plain(count: usize, line: fn(usize) -> Line) -> Self {
        Self { lines: (0..count).map(line).collect(), cases: 0, in_view: count }
    }

    /// The lines the cursor can stand on.
    pub fn stops(&self) -> impl DoubleEndedIterator<Item = usize> + Clone {
        let stop = |(line, entry): (usize, &Line)| (!matches!(entry, Line::Heading(..))).then_some(line);
        self.lines.iter().enumerate().filter_map(stop)
    }

    /// Every line.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The cases among the lines, as (line, slot).
    pub fn cases(&self) -> impl DoubleEndedIterator<Item = (usize, usize)> + Clone {
        self.lines.iter().enumerate().filter_map(|(line, entry)| match entry {
            Line::Case(slot) => Some((line, *slot)),
            Line::Heading(..) | Line::Draft(_) | Line::Action(_) => None,
        })
    }

    /// How many cases are shown.
    pub fn shown(&self) -> usize {
        self.cases
    }

    /// How many the view holds, filter or not.
    pub fn in_view(&self) -> usize {
        self.in_view
    }

    /// The slot of the case on a line; `None` for headings and beyond the end.
    pub fn slot_at(&self, line: usize) -> Option<usize> {
        match self.lines.get(line) {
            Some(Line::Case(slot)) => Some(*slot),
            _ => None,
        }
    }

    /// The line of a case.
    pub fn line_of(&self, book: &Book, id: &CaseId) -> Option<usize> {
        self.cases().find(|(_, slot)| book.at(*slot).is_some_and(|t| t.id == *id)).map(|(line, _)| line)
    }
}

/// Puts a heading before each run of rows of the same group.
fn with_headings(rows: &[(usize, &Tracked)], calendar: &Calendar) -> Vec<Line> {
    rows.chunk_by(|(_, a), (_, b)| Group::of(a, calendar) == Group::of(b, calendar))
        .flat_map(|run| {
            let heading = run.first().map(|(_, t)| Line::Heading(Group::of(t, calendar), run.len()));
            heading.into_iter().chain(run.iter().map(|(slot, _)| Line::Case(*slot)))
        })
        .collect()
}
