//! What the operator looks at: tab, filter, order, cursor, marks, and how far things are scrolled.

use std::collections::BTreeMap;

use crate::domain::change::HistoryEntry;
use crate::domain::filter::Filter;
use crate::domain::ids::CaseId;
use crate::domain::order::SortBy;
use crate::domain::view::View;

use super::action::Tab;
use super::listing::Listing;
use super::overlay::Purpose;
use super::summary::Summary;
use super::widths::Widths;

/// Which half of the desk the movement keys act on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// The list of cases.
    #[default]
    Table,
    /// The fields of the case under the cursor.
    Detail,
}

/// What is looked at.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Every tab, in order.
    pub tabs: Vec<Tab>,
    /// The tab that is open.
    pub tab: Tab,
    /// The filter as typed; empty for none.
    pub filter_text: String,
    /// The filter as understood; a term that means nothing (yet) is left out.
    pub filter: Filter,
    /// What was chosen for the views: one that is not here is arranged by docket.
    arranged: BTreeMap<Tab, Arrangement>,
    /// Where the cursor is.
    pub cursor: Cursor,
    /// Derived: how many of the marked cases stand in the table, as far as that is found.
    pub marks_shown: usize,
    /// Which half the movement keys act on.
    pub pane: Pane,
    /// Lines of the detail pane scrolled out at the top.
    pub detail_scroll: usize,
    /// The case whose history was asked for, and the history, oldest first, once it has been read.
    pub history: Option<(CaseId, Option<Vec<HistoryEntry>>)>,
    /// Ids that were typed or pasted and not added; the next prompt for ids begins with them.
    pub unadded: String,
    /// What was typed into a prompt that was left; the next one for the same goes on with it.
    pub(super) unfinished: Option<(Purpose, String)>,
    /// The case that the cursor goes back to once a search that goes on has found it; nobody has moved the cursor since.
    pub(super) seeking: Option<CaseId>,
    /// Derived: the lines of the table.
    pub listing: Listing,
    /// Derived: the counts of header, strip and tabs.
    pub summary: Summary,
}

/// How the table of one view is arranged. What suits one is wrong in another: closed cases in order of amount must not
/// hide tomorrow what runs out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// Its order.
    pub sort: SortBy,
    /// The widths that were asked for.
    pub widths: Widths,
}

/// Where the cursor is: it belongs to a case, and remembers its line for when that case leaves the view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The case under it.
    pub id: Option<CaseId>,
    /// Its line in the listing, headings counted.
    pub line: usize,
    /// The first line on the screen.
    pub top: usize,
}

impl Desk {
    /// A desk open on Due, with this many saved views behind the seven tabs.
    pub fn new(saved_views: usize) -> Self {
        Self {
            tabs: Self::tabs(saved_views),
            tab: Self::FIRST,
            filter_text: String::new(),
            filter: Filter::default(),
            arranged: BTreeMap::new(),
            cursor: Cursor::default(),
            marks_shown: 0,
            pane: Pane::default(),
            detail_scroll: 0,
            history: None,
            unadded: String::new(),
            unfinished: None,
            seeking: None,
            listing: Listing::default(),
            summary: Summary::default(),
        }
    }

    /// The tab that is open at first.
    pub const FIRST: Tab = Tab::Cases(View::Due);

    /// Every tab, with this many saved views behind the seven.
    pub fn tabs(saved_views: usize) -> Vec<Tab> {
        let cases = View::ALL.into_iter().map(Tab::Cases);
        cases.chain([Tab::Drafts, Tab::Journal]).chain((0..saved_views).map(Tab::Saved)).collect()
    }

    /// How the open view is arranged.
    pub fn arrangement(&self) -> Arrangement {
        self.arranged.get(&self.tab).copied().unwrap_or_default()
    }

    /// The order of the table.
    pub fn sort(&self) -> SortBy {
        self.arrangement().sort
    }

    /// The widths that were asked for in the open view.
    pub fn widths(&self) -> Widths {
        self.arrangement().widths
    }

    /// Every view that is not arranged by docket.
    pub(super) fn arranged(&self) -> impl Iterator<Item = (Tab, Arrangement)> + '_ {
        self.arranged.iter().map(|(tab, arrangement)| (*tab, *arrangement))
    }

    /// Arranges the open view.
    pub(super) fn arrange(&mut self, arrangement: Arrangement) {
        self.arrange_tab(self.tab, arrangement);
    }

    /// Arranges a view; the tables of drafts and actions have one arrangement only.
    pub(super) fn arrange_tab(&mut self, tab: Tab, arrangement: Arrangement) {
        if arrangement == Arrangement::default() || matches!(tab, Tab::Drafts | Tab::Journal) {
            self.arranged.remove(&tab);
        } else {
            self.arranged.insert(tab, arrangement);
        }
    }

    /// Arranges every view anew.
    pub(super) fn arrange_all(&mut self, all: impl Iterator<Item = (Tab, Arrangement)>) {
        self.arranged.clear();
        all.for_each(|(tab, arrangement)| self.arrange_tab(tab, arrangement));
    }

    /// Puts the open view in an order.
    pub(super) fn order_by(&mut self, sort: SortBy) {
        self.arrange(Arrangement { sort, ..self.arrangement() });
    }

    /// Gives the columns of the open view other widths.
    pub(super) fn widen(&mut self, widths: Widths) {
        self.arrange(Arrangement { widths, ..self.arrangement() });
    }

    /// Whether the table has headings: in the Due view, while it is in order of due date.
    pub fn is_grouped(&self) -> bool {
        self.tab == Tab::Cases(View::Due) && self.sort() == SortBy::Due
    }
}
