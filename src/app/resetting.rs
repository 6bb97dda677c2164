//! A view as docket makes it: without a filter, in order of due date, every column as wide as its contents want. `z`
//! brings back what there was.

use crate::domain::filter::Filter;
use crate::domain::ids::CaseId;
use crate::domain::order::SortBy;

use super::action::Action;
use super::desk::{Arrangement, Cursor, Pane};
use super::effect::Effect;
use super::model::Model;
use super::undo::Undo;
use super::{outlook, relist};

/// How a view was looked at before it was reset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// The view, by its name in the outlook: a saved one may stand elsewhere by now.
    view: String,
    arrangement: Arrangement,
    /// The filter as typed.
    filter: String,
    case: Option<CaseId>,
}

/// Gives the open view back to docket and goes to its first row.
pub(super) fn reset(model: &mut Model) {
    let title = model.view_title();
    let desk = &model.desk;
    let arrangement = desk.arrangement();
    let mut done = Vec::new();
    if !desk.filter_text.is_empty() {
        done.push("filter");
    }
    if arrangement.sort != SortBy::default() {
        done.push("order");
    }
    if !arrangement.widths.is_empty() {
        done.push("widths");
    }
    let before = Before {
        view: outlook::name(model, desk.tab),
        arrangement,
        filter: desk.filter_text.clone(),
        case: desk.cursor.id.clone(),
    };
    look(model, Arrangement::default(), "");
    (model.desk.cursor, model.desk.seeking) = (Cursor::default(), None);
    relist::relist(model);
    if done.is_empty() {
        model.say(format!("{title} was as docket makes it; the cursor is at the top"));
        return;
    }
    model.undo.push(Undo::Reset(Box::new(before)));
    let undo = model.key_of(Action::Undo);
    let done = match &done[..] {
        [first, second, third] => format!("{first}, {second} and {third}"),
        some => some.join(" and "),
    };
    model.say(format!("{title} reset: {done}; {undo} takes it back"));
}

/// Brings back what [`reset`] took.
pub(super) fn put_back(model: &mut Model, before: Before) -> Vec<Effect> {
    let Some(tab) = outlook::tab(model, &before.view) else {
        model.warn("not undone: that view is not there any more");
        return Vec::new();
    };
    (model.desk.tab, model.desk.pane) = (tab, Pane::Table);
    look(model, before.arrangement, &before.filter);
    model.desk.cursor.id = before.case;
    relist::relist(model);
    model.say(format!("undone: {} as before", model.view_title()));
    Vec::new()
}

fn look(model: &mut Model, arrangement: Arrangement, filter: &str) {
    model.desk.arrange(arrangement);
    model.desk.filter = Filter::parse(filter).unwrap_or_default();
    filter.clone_into(&mut model.desk.filter_text);
}
