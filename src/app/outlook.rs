//! What was looked at when the desk was left, so that it opens there next time: tab, filter, order and the case under the
//! cursor. In words rather than in numbers: views may be added or renamed in the config meanwhile, and what is no longer
//! there is passed over.

use crate::domain::filter::Filter;
use crate::domain::ids::CaseId;
use crate::domain::order::SortBy;

use super::action::Tab;
use super::model::Model;

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// The word of a view, `drafts`, `journal`, or the title of a saved view.
    pub tab: String,
    /// The filter as typed.
    pub filter: String,
    /// The word of an order.
    pub sort: String,
    /// The case under the cursor, if there was one.
    pub case: Option<String>,
}

impl Outlook {
    /// What is looked at now.
    pub fn of(model: &Model) -> Self {
        let desk = &model.desk;
        Self {
            tab: name(model, desk.tab),
            filter: desk.filter_text.clone(),
            sort: desk.sort.word().to_owned(),
            case: desk.cursor.id.as_ref().map(ToString::to_string),
        }
    }
}

impl Model {
    /// Looks where it was looked the last time; to be called before the list is read.
    pub fn look_again(&mut self, outlook: &Outlook) {
        if let Some(tab) = self.desk.tabs.iter().copied().find(|tab| name(self, *tab) == outlook.tab) {
            self.desk.tab = tab;
        }
        if let Ok(filter) = Filter::parse(&outlook.filter) {
            self.desk.filter = filter;
            self.desk.filter_text.clone_from(&outlook.filter);
        }
        if let Some(sort) = SortBy::ALL.into_iter().find(|sort| sort.word() == outlook.sort) {
            self.desk.sort = sort;
        }
        self.desk.cursor.id = outlook.case.as_deref().and_then(|id| CaseId::parse(id).ok());
    }
}

fn name(model: &Model, tab: Tab) -> String {
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
