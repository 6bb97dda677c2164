//! Finding the rows of the table: among all cases once, then among what was found before, or by moving what has changed.
//! Long searches go in steps, so that the first matches stand on the screen while the others are looked for.

use crate::domain::deadline::Calendar;
use crate::domain::filter::{Filter, Lens};
use crate::domain::ids::CaseId;
use crate::domain::order::SortBy;
use crate::domain::tracked::Tracked;
use crate::domain::view::View;

use super::super::book::Book;
use super::super::ranks::{self, Touched};
use super::super::signs::Signs;
use super::super::stock::Stock;
use super::Listing;

/// What a step of a search may cost: one for a look at a case, more for a filter that reads it. In tests every search
/// takes several steps.
const STEP: usize = if cfg!(test) { 4 * READ } else { 4_096 * READ };
/// What it costs to hold a filter against a case, in looks.
const READ: usize = 32;

/// So many marks are each held against the filter while a search goes on.
const FEW_MARKS: usize = if cfg!(test) { 1 } else { 1_000 };

/// How many steps are worth it to find a line as far down as the cursor was.
const STEPS_NEAR: usize = 2;

/// Which cases a tab holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) enum Members {
    /// Those of a view.
    View(View),
    /// Those of a view from the config; `None` when that is gone.
    Saved(Option<Filter>),
}

/// What decides which rows there are, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) struct Basis {
    /// Which reading of the book.
    pub(in crate::app) edition: u64,
    pub(in crate::app) members: Members,
    pub(in crate::app) filter: Filter,
    pub(in crate::app) sort: SortBy,
    pub(in crate::app) grouped: bool,
    pub(in crate::app) calendar: Calendar,
}

impl Basis {
    /// Whether a case is among the rows.
    fn holds(&self, stock: &Stock, slot: u32, lens: &Lens<'_>) -> bool {
        let matches = |filter: &Filter| stock.at(slot).is_some_and(|tracked| filter.matches(tracked, lens));
        let member = match &self.members {
            Members::View(view) => stock.holds(slot, *view, &self.calendar),
            Members::Saved(saved) => saved.as_ref().is_some_and(matches),
        };
        member && (self.filter.is_empty() || matches(&self.filter))
    }

    /// As [`Basis::holds`], of a case that is not in the book as this any more.
    fn held(&self, before: &Tracked, lens: &Lens<'_>) -> bool {
        let member = match &self.members {
            Members::View(view) => view.holds(before, &self.calendar),
            Members::Saved(saved) => saved.as_ref().is_some_and(|filter| filter.matches(before, lens)),
        };
        member && self.filter.matches(before, lens)
    }

    /// What it costs to look at a case.
    fn cost(&self, stock: &Stock, slot: u32) -> usize {
        match &self.members {
            Members::View(view) if self.filter.is_empty() || !stock.holds(slot, *view, &self.calendar) => 1,
            Members::View(_) | Members::Saved(_) => READ,
        }
    }

    /// Whether it differs from another one in the filter alone, which finds fewer.
    fn narrows(&self, wider: &Self) -> bool {
        self.filter.narrows(&wider.filter) && *self == Self { filter: self.filter.clone(), ..wider.clone() }
    }
}

/// How far the search for the rows is.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    basis: Option<Basis>,
    /// What is looked through, where that is not everything.
    among: Option<Vec<u32>>,
    /// The next place to look at; `None` when all is found.
    next: Option<usize>,
}

impl Search {
    pub(super) fn sort(&self) -> SortBy {
        self.basis.as_ref().map(|basis| basis.sort).unwrap_or_default()
    }
}

impl Listing {
    /// Brings the lines in line with the book: `touched` is what has changed in it since the last time. `true` when the
    /// rows are other ones altogether.
    pub(in crate::app) fn renew(
        &mut self,
        book: &Book,
        basis: Basis,
        in_view: usize,
        lens: &Lens<'_>,
        touched: &Touched,
    ) -> bool {
        let stock = book.stock();
        self.in_view = in_view;
        self.records = None;
        let is_same = self.search.basis.as_ref() == Some(&basis);
        if is_same {
            if !touched.is_empty() {
                // What has not been looked at yet cannot be told from what has changed.
                self.search_all(book, lens);
                let holds = |slot| basis.holds(stock, slot, lens);
                ranks::follow(stock, basis.sort, &mut self.rows, touched, holds);
            }
        } else {
            let refines = self.is_complete()
                && touched.is_empty()
                && self.search.basis.as_ref().is_some_and(|wider| basis.narrows(wider));
            let before = std::mem::take(&mut self.rows);
            self.search.among = refines.then_some(before);
            self.search.next = Some(0);
            self.search.basis = Some(basis);
            self.go_on(book, lens);
        }
        self.renew_headings(book);
        !is_same
    }

    /// Whether every row is found.
    pub fn is_complete(&self) -> bool {
        self.search.next.is_none()
    }

    /// Looks a step further.
    pub(in crate::app) fn go_on(&mut self, book: &Book, lens: &Lens<'_>) {
        let Self { rows, search, .. } = self;
        let Search { basis: Some(basis), among, next: Some(next) } = search else { return };
        let everything = book.stock().order(basis.sort);
        let candidates = among.as_deref().or(everything).unwrap_or_default();
        let mut cost = 0;
        while let Some(slot) = candidates.get(*next).filter(|_| cost < STEP) {
            cost += basis.cost(book.stock(), *slot);
            if basis.holds(book.stock(), *slot, lens) {
                rows.push(*slot);
            }
            *next += 1;
        }
        if *next >= candidates.len() {
            (search.next, search.among) = (None, None);
        }
    }

    /// Whether a case is among the rows, or will be once all is found.
    pub fn holds(&self, book: &Book, id: &CaseId, lens: &Lens<'_>) -> bool {
        let slot = book.stock().slot_of(id);
        let basis = self.search.basis.as_ref();
        slot.is_some_and(|slot| basis.is_some_and(|basis| basis.holds(book.stock(), slot, lens)))
    }

    /// Whether a case that was in the book as this would have been among the rows.
    pub(in crate::app) fn held(&self, before: &Tracked, lens: &Lens<'_>) -> bool {
        self.search.basis.as_ref().is_some_and(|basis| basis.held(before, lens))
    }

    /// How many of the marked cases are among the rows; of many marks and a search that is not at its end, only those it
    /// has found.
    pub(in crate::app) fn marked(&self, book: &Book, lens: &Lens<'_>) -> usize {
        let (stock, board) = (book.stock(), book.stock().board());
        let marked = board.count(Signs::MARKED);
        match &self.search.basis {
            _ if marked == 0 => 0,
            Some(basis @ Basis { members: Members::View(view), filter, .. }) if filter.is_empty() => {
                let marked = Signs::MARKED.and(Signs::in_view(*view));
                let put_off = board.bearing(marked.and(Signs::PUT_OFF));
                let asleep = put_off.filter(|slot| !basis.holds(stock, *slot, lens)).count();
                board.count(marked) - asleep
            }
            Some(basis) if !self.is_complete() && marked <= FEW_MARKS => {
                board.bearing(Signs::MARKED).filter(|slot| basis.holds(stock, *slot, lens)).count()
            }
            _ => self.rows.iter().filter(|slot| board.get(**slot).has(Signs::MARKED)).count(),
        }
    }

    /// Looks at everything that is left.
    fn search_all(&mut self, book: &Book, lens: &Lens<'_>) {
        while !self.is_complete() {
            self.go_on(book, lens);
        }
    }

    /// Looks for rows until there are as many lines as down to this one; any near it will do where that takes long.
    pub(in crate::app) fn reach(&mut self, book: &Book, line: usize, lens: &Lens<'_>) {
        for _ in 0..STEPS_NEAR {
            if self.is_complete() || self.len() > line {
                break;
            }
            self.go_on(book, lens);
            self.renew_headings(book);
        }
    }

    /// Puts the headings where the rows found so far want them.
    pub(in crate::app) fn renew_headings(&mut self, book: &Book) {
        match self.search.basis.as_ref().filter(|basis| basis.grouped).map(|basis| basis.calendar) {
            Some(calendar) => self.put_headings(book, &calendar),
            None => self.headings.clear(),
        }
    }
}
