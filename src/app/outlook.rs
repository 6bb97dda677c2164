//! What was looked at when the desk was left, so that it opens there next time: tab, filter, the case under the cursor, and
//! order and widths of every view. In words rather than in numbers: views may be added or renamed in the config meanwhile, and what is no longer
//! there is passed over.

use crate::domain::column::Column;
use crate::domain::filter::Filter;
use crate::domain::ids::CaseId;
use crate::domain::order::SortBy;

use super::action::Tab;
use super::desk::Arrangement;
use super::model::Model;
use super::widths::Widths;

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// The word of a view, `drafts`, `journal`, or the title of a saved view.
    pub tab: String,
    /// The filter as typed.
    pub filter: String,
    /// The word of the order of that tab. All that was kept of orders while there was one for all views.
    pub sort: String,
    /// The case under the cursor, if there was one.
    pub case: Option<String>,
    /// The views that are not arranged by docket.
    pub views: Vec<Arranged>,
}

/// How one view is arranged, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arranged {
    /// As [`Outlook::tab`].
    pub view: String,
    /// The word of its order.
    pub sort: String,
    /// Words of columns with the cells that are asked for.
    pub widths: Vec<(String, u16)>,
}

impl Arranged {
    fn of(view: String, arrangement: Arrangement) -> Self {
        let widths = arrangement.widths.iter().map(|(column, width)| (column.word().to_owned(), width));
        Self { view, sort: arrangement.sort.word().to_owned(), widths: widths.collect() }
    }

    fn arrangement(&self) -> Arrangement {
        let mut widths = Widths::default();
        for (word, width) in &self.widths {
            if let Some(column) = Column::from_word(word) {
                widths.ask(column, Some(*width));
            }
        }
        Arrangement { sort: order(&self.sort).unwrap_or_default(), widths }
    }
}

impl Outlook {
    /// What is looked at now.
    pub fn of(model: &Model) -> Self {
        let desk = &model.desk;
        Self {
            tab: name(model, desk.tab),
            filter: desk.filter_text.clone(),
            sort: desk.sort().word().to_owned(),
            case: desk.cursor.id.as_ref().map(ToString::to_string),
            views: desk.arranged().map(|(tab, how)| Arranged::of(name(model, tab), how)).collect(),
        }
    }
}

impl Model {
    /// Looks where it was looked the last time; to be called before the list is read.
    pub fn look_again(&mut self, outlook: &Outlook) {
        let views =
            outlook.views.iter().filter_map(|view| Some((tab(self, &view.view)?, view.arrangement())));
        let views: Vec<_> = views.collect();
        self.desk.arrange_all(views.into_iter());
        if let Some(tab) = tab(self, &outlook.tab) {
            self.desk.tab = tab;
            if let Some(sort) = order(&outlook.sort) {
                self.desk.order_by(sort);
            }
        }
        if let Ok(filter) = Filter::parse(&outlook.filter) {
            self.desk.filter = filter;
            self.desk.filter_text.clone_from(&outlook.filter);
        }
        self.desk.cursor.id = outlook.case.as_deref().and_then(|id| CaseId::parse(id).ok());
    }
}

fn order(word: &str) -> Option<SortBy> {
    SortBy::ALL.into_iter().find(|sort| sort.word() == word)
}

/// The tab of a name.
pub(super) fn tab(model: &Model, called: &str) -> Option<Tab> {
    model.desk.tabs.iter().copied().find(|tab| name(model, *tab) == called)
}

/// The name of a tab, which stays while others come and go.
pub(super) fn name(model: &Model, tab: Tab) -> String {
    match tab {
        Tab::Cases(view) => view.word().to_owned(),
        Tab::Drafts => "drafts".to_owned(),
        Tab::Journal => "journal".to_owned(),
        Tab::Saved(index) => {
            let view = model.session.saved_views.get(index);
            view.map(|view| format!("[[views]] {}", view.title)).unwrap_or_default()
        }
    }
}
