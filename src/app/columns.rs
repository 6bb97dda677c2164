//! Which columns the table has room for, and how wide they are: numbers only, so that core and screen agree on them. Columns
//! go in a fixed order as the terminal gets narrower, so that the same width always shows the same things; the due date
//! and the case id never go. A width that the operator wants is a wish: it is followed as far as there is room, and as
//! far as nothing becomes something else by it, such as an amount that has lost its last digits.

use std::collections::HashMap;

use crate::domain::case::Field;
use crate::domain::column::{self, Column};
use crate::domain::shown;
use crate::domain::tracked::Tracked;
use crate::domain::view::View;

use super::action::Tab;
use super::model::Model;
use super::widths::{WIDEST, Widths};

#[cfg(test)]
mod tests;

/// Columns before the first real one: cursor, mark, health, a blank.
pub const SIGNS_WIDTH: u16 = 4;
/// Widths of what always looks the same.
const URGENCY_WIDTH: usize = 10;
const URGENCY_SIGN_WIDTH: usize = 2;
const DUE_WIDTH: usize = 10;
const DATA_WIDTH: usize = 8;
/// Columns of a status that still tell it from the others, `DISPUTE_INQ…`, where there is no room for more.
const STATUS_LEAST: usize = 12;
/// Columns of an id or an order that still tell it from most others; its middle goes.
const ID_LEAST: usize = 13;
/// Columns of a change that say more than that there is one.
const CHANGE_LEAST: usize = 16;
/// Rows looked at for the width of a column; a long list need not be measured to its end at every key.
const MEASURED_ROWS: usize = 1_000;
/// Digits before the decimal point for which a long list has room from the start: it opens before its largest amounts are
/// read, and the whole table would move aside when they come.
const LONG_LIST_DIGITS: usize = 7;

/// A column with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which.
    pub column: Column,
    /// Where it begins, counted from the left edge of the table.
    pub x: u16,
    /// How wide it is.
    pub width: u16,
}

/// How wide the contents of a listing are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    id: usize,
    /// Columns in which no two ids look the same.
    id_least: usize,
    /// Digits before the decimal point.
    pub whole: usize,
    /// The point with what follows it.
    pub fraction: usize,
    /// The widest amount with its currency, decimal points left out of line.
    amount: usize,
    currency: usize,
    status: usize,
    result: usize,
    order: usize,
    order_least: usize,
    user: usize,
    words: usize,
}

impl Measures {
    /// Measures the listing.
    pub fn of(model: &Model) -> Self {
        let mut measures = Self::default();
        rows(model).for_each(|tracked| measures.add(tracked));
        if model.book.len() + model.book.missing() > MEASURED_ROWS && measures.amount > 0 {
            measures.whole = measures.whole.max(LONG_LIST_DIGITS);
        }
        let wishes = model.desk.widths();
        let ids = || rows(model).map(|tracked| tracked.id.as_str());
        measures.id_least = least(wishes.of(Column::Id), measures.id, ids);
        let cases = || rows(model).filter_map(|tracked| tracked.case.as_ref());
        let orders = || cases().map(|case| case.text(Field::OutTradeNo));
        measures.order_least = least(wishes.of(Column::Order), measures.order, orders);
        measures
    }

    fn add(&mut self, tracked: &Tracked) {
        let grow = |width: &mut usize, needed: usize| *width = needed.max(*width);
        grow(&mut self.id, shown::width_of_id(tracked.id.as_str()));
        grow(&mut self.words, shown::width(&words(tracked)));
        let Some(case) = &tracked.case else { return };
        let values = case.values();
        let text = |field: Field| values.get(field as usize).copied().flatten().unwrap_or_default();
        let (whole, fraction) = split_amount(text(Field::Amount));
        let [whole, fraction, currency] = [whole, fraction, case.currency()].map(shown::width);
        grow(&mut self.amount, whole + fraction + currency + 1);
        grow(&mut self.whole, whole);
        grow(&mut self.fraction, fraction);
        grow(&mut self.currency, currency);
        grow(&mut self.status, shown::width(text(Field::Status)));
        grow(&mut self.result, shown::width(text(Field::CaseResult)));
        grow(&mut self.order, shown::width_of_id(text(Field::OutTradeNo)));
        grow(&mut self.user, shown::width(text(Field::OutUserId)));
    }

    /// Columns of the amounts with their decimal points in line.
    pub fn in_line(&self) -> usize {
        self.whole + self.fraction + 1 + self.currency
    }

    /// docket's own least and best width of a column; a best width of 0 is a column with nothing in it.
    fn widths(&self, column: Column, room: usize) -> (usize, usize) {
        let at_least =
            |least: usize, width: usize| if width == 0 { (0, 0) } else { (width.min(least), width) };
        match column {
            Column::Urgency => (URGENCY_WIDTH, URGENCY_WIDTH),
            Column::Due => (DUE_WIDTH, DUE_WIDTH),
            Column::Data => (DATA_WIDTH, DATA_WIDTH),
            Column::Id => (self.id, self.id),
            Column::Amount => {
                let in_line = self.in_line().min(34);
                (self.amount.min(in_line), if self.amount > 0 { in_line } else { 0 })
            }
            Column::Change => (CHANGE_LEAST, room),
            Column::Status => at_least(22, self.status.min(32)),
            Column::Result => at_least(6, self.result.clamp(0, 12)),
            Column::Order => at_least(14, self.order),
            Column::User => at_least(10, self.user.min(32)),
            Column::Words => at_least(12, self.words.min(40)),
        }
    }

    /// Whether there is anything in a column.
    pub(super) fn fills(&self, column: Column) -> bool {
        self.widths(column, CHANGE_LEAST).1 > 0
    }

    /// Between which widths the operator can choose: a narrower column would cut what must not be cut, a wider one would
    /// add blanks. `None` for a column of one width.
    pub(super) fn reach(&self, column: Column) -> Option<(usize, usize)> {
        let (least, most) = match column {
            Column::Due | Column::Data => return None,
            Column::Urgency => return Some((URGENCY_SIGN_WIDTH, URGENCY_WIDTH)),
            Column::Amount => (self.amount, self.in_line().max(self.amount)),
            Column::Id => (self.id_least, self.id),
            Column::Order => (self.order_least, self.order),
            Column::Status => (self.status.min(STATUS_LEAST), self.status),
            Column::Change => (CHANGE_LEAST, usize::from(WIDEST)),
            Column::Result => (self.widths(column, 0).0, self.result),
            Column::User => (self.widths(column, 0).0, self.user),
            Column::Words => (self.widths(column, 0).0, self.words),
        };
        let title = column.title().len();
        Some((least.max(title), most.max(title).min(usize::from(WIDEST).max(least))))
    }

    /// The width that the operator asked for, as far as it can be had.
    fn asked(&self, column: Column, wishes: &Widths) -> Option<usize> {
        let (least, most) = self.reach(column)?;
        wishes.of(column).map(|width| usize::from(width).clamp(least, most.max(least)))
    }

    /// The least and the best width of a column where so much room is left; `None` where it is not to be there.
    fn span(&self, column: Column, wishes: &Widths, left: usize) -> Option<(usize, usize)> {
        let (least, best) = self.widths(column, left);
        let asked = self.asked(column, wishes);
        if best == 0 || (column == Column::Urgency && asked.is_some_and(|width| width < URGENCY_WIDTH)) {
            return None;
        }
        let title = if column == Column::Urgency { 0 } else { column.title().len() };
        let (least, best) = (least.max(title), best.max(title));
        let room = left.saturating_sub(1);
        if let Some(asked) = asked.filter(|_| column != Column::Urgency) {
            // Where there is no room for a wish, the column goes no sooner than it would without one.
            let own = if column == Column::Status { least.min(STATUS_LEAST) } else { least };
            let width = asked.min(room).max(asked.min(own));
            return Some((width, width));
        }
        let squeezed = column == Column::Status && (STATUS_LEAST..=least).contains(&room);
        Some((if squeezed { room } else { least }, best))
    }
}

/// The cases that are measured.
fn rows(model: &Model) -> impl Iterator<Item = &Tracked> {
    let slots = model.desk.listing.cases().take(MEASURED_ROWS);
    slots.filter_map(|(_, slot)| model.book.at(slot))
}

/// How narrow identifiers may get: whole where two of them would look the same otherwise.
fn least<'a, I: Iterator<Item = &'a str>>(wish: Option<u16>, whole: usize, texts: impl Fn() -> I) -> usize {
    let least = whole.min(ID_LEAST);
    let Some(wish) = wish.map(usize::from).filter(|wish| *wish < whole) else { return least };
    if look_alike(texts(), wish.max(least)) { whole } else { least }
}

/// Whether two of these look the same in so many columns, their middles replaced by an ellipsis of up to two.
fn look_alike<'a>(texts: impl Iterator<Item = &'a str>, width: usize) -> bool {
    let kept = width.saturating_sub(2) / 2;
    let mut seen: HashMap<(&str, &str), &str> = HashMap::new();
    for text in texts {
        if shown::is_unusual(text) {
            return true;
        }
        let cut = text.get(..kept).zip(text.len().checked_sub(kept).and_then(|at| text.get(at..)));
        let ends = if text.len() > width { cut.unwrap_or((text, "")) } else { (text, "") };
        if seen.insert(ends, text).is_some_and(|other| other != text) {
            return true;
        }
    }
    false
}

/// An amount before its decimal point, and from the point on.
pub fn split_amount(amount: &str) -> (&str, &str) {
    let text = amount.trim();
    text.find('.').map_or((text, ""), |point| text.split_at(point))
}

/// Owner and tags in one text.
pub fn words(tracked: &Tracked) -> String {
    let owner = Some(tracked.local.owner.as_str()).filter(|owner| !owner.is_empty());
    let owner = owner.map(|owner| format!("@{owner}"));
    owner.into_iter().chain(tracked.tags().map(str::to_owned)).collect::<Vec<_>>().join(" ")
}

/// What a tab adds to due date and id, the most needed first; the last ones go first.
fn wanted(tab: Tab) -> &'static [Column] {
    use Column::{Amount, Change, Data, Order, Result, Status, Urgency, User, Words};
    match tab {
        Tab::Cases(View::Due) => &[Amount, Urgency, Words, Order, Data, User, Status],
        Tab::Cases(View::Changed) => &[Change, Amount, Order, Words, Data],
        Tab::Cases(View::Waiting) => &[Amount, Status, Order, Words, User, Data],
        // How it ended is what one looks for; that it has, the view says.
        Tab::Cases(View::Closed) => &[Result, Amount, Order, Status, Words, User, Data],
        // The sign of the urgency tells what is open from what is not, the result how the latter ended.
        _ => &[Amount, Result, Status, Urgency, Order, Words, User, Data],
    }
}

/// What the operator asks for, or else what the tab needs: the columns left to right, and the same without due date and
/// id, the most needed first.
fn chosen(tab: Tab, own: &[Column]) -> (Vec<Column>, Vec<Column>) {
    if own.is_empty() {
        return (Column::ALL.to_vec(), wanted(tab).to_vec());
    }
    let order = column::with_kept(own);
    let rest = own.iter().copied().filter(|column| !Column::KEPT.contains(column)).collect();
    (order, rest)
}

/// The columns that the table of a tab can show, left to right; `own` are those of the config.
pub(super) fn of(tab: Tab, own: &[Column]) -> Vec<Column> {
    let (mut order, wanted) = chosen(tab, own);
    order.retain(|column| Column::KEPT.contains(column) || wanted.contains(column));
    order
}

/// The columns that fit into a table of this width; `own` are those of the config, empty where it names none. Widths
/// follow from the contents, the wishes and the width alone, so that the same list looks the same the next time.
pub fn plan(tab: Tab, own: &[Column], measures: &Measures, wishes: &Widths, width: u16) -> Vec<Placed> {
    let (order, wanted) = chosen(tab, own);
    let sign = if wanted.contains(&Column::Urgency) { URGENCY_SIGN_WIDTH + 1 } else { 0 };
    let mut left = usize::from(width.saturating_sub(SIGNS_WIDTH)).saturating_sub(DUE_WIDTH + sign);
    let id = measures.asked(Column::Id, wishes).unwrap_or(measures.id).max(Column::Id.title().len());
    let id = id.min(left.saturating_sub(1));
    left = left.saturating_sub(id + 1);
    let mut chosen = vec![(Column::Due, DUE_WIDTH), (Column::Id, id)];
    if sign > 0 {
        chosen.push((Column::Urgency, URGENCY_SIGN_WIDTH));
    }
    let mut grow = Vec::new();
    for column in wanted {
        let Some((least, best)) = measures.span(column, wishes, left) else { continue };
        let needed = if column == Column::Urgency { least - URGENCY_SIGN_WIDTH } else { least + 1 };
        if needed > left {
            break;
        }
        left -= needed;
        chosen.retain(|(known, _)| *known != column);
        chosen.push((column, least));
        grow.push((column, best));
    }
    for (column, best) in grow {
        if let Some((_, width)) = chosen.iter_mut().find(|(known, _)| *known == column) {
            let more = best.saturating_sub(*width).min(left);
            *width += more;
            left -= more;
        }
    }
    place(&order, &chosen)
}

/// Puts the chosen columns side by side, one blank between them.
fn place(order: &[Column], chosen: &[(Column, usize)]) -> Vec<Placed> {
    let mut x = SIGNS_WIDTH;
    let mut placed = Vec::new();
    for &column in order {
        if let Some((_, width)) = chosen.iter().find(|(known, _)| *known == column) {
            let width = u16::try_from(*width).unwrap_or(u16::MAX);
            placed.push(Placed { column, x, width });
            x = x.saturating_add(width + 1);
        }
    }
    placed
}
