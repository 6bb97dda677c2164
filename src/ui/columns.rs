//! Which columns the table has room for. They go in a fixed order as the terminal gets narrower, so that the same
//! width always shows the same things; the due date and the case id never go.

use crate::app::action::Tab;
use crate::app::model::Model;
use crate::domain::case::Field;
use crate::domain::column::{self, Column};
use crate::domain::tracked::Tracked;
use crate::domain::view::View;

use super::text::{Shown, cells};

/// Columns before the first real one: cursor, mark, health, a blank.
pub(super) const SIGNS_WIDTH: u16 = 4;
/// Widths of what always looks the same.
const URGENCY_WIDTH: usize = 10;
const URGENCY_SIGN_WIDTH: usize = 2;
const DUE_WIDTH: usize = 10;
const DATA_WIDTH: usize = 8;
/// Columns of a status that still tell it from the others, `DISPUTE_INQ…`, where there is no room for more.
const STATUS_LEAST: usize = 12;
/// Rows looked at for the width of a column; a long list need not be measured to its end at every key.
const MEASURED_ROWS: usize = 1_000;
/// Digits before the decimal point for which a long list has room from the start: it opens before its largest amounts are
/// read, and the whole table would move aside when they come.
const LONG_LIST_DIGITS: usize = 7;

/// A column with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) column: Column,
    pub(super) x: u16,
    pub(super) width: u16,
}

/// How wide the contents of a listing are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Measures {
    id: usize,
    /// Digits before the decimal point, and the point with what follows it.
    pub(super) whole: usize,
    pub(super) fraction: usize,
    /// The widest amount with its currency, decimal points left out of line.
    amount: usize,
    currency: usize,
    status: usize,
    result: usize,
    order: usize,
    user: usize,
    words: usize,
}

impl Measures {
    /// Measures the listing.
    pub(super) fn of(model: &Model) -> Self {
        let mut measures = Self::default();
        let slots = model.desk.listing.cases().take(MEASURED_ROWS);
        slots.filter_map(|(_, slot)| model.book.at(slot)).for_each(|tracked| measures.add(tracked));
        if model.book.len() + model.book.missing() > MEASURED_ROWS && measures.amount > 0 {
            measures.whole = measures.whole.max(LONG_LIST_DIGITS);
        }
        measures
    }

    fn add(&mut self, tracked: &Tracked) {
        let grow = |width: &mut usize, needed: usize| *width = needed.max(*width);
        grow(&mut self.id, Shown::width_of_id(tracked.id.as_str()));
        grow(&mut self.words, Shown::width_of(&words(tracked)));
        let Some(case) = &tracked.case else { return };
        let values = case.values();
        let text = |field: Field| values.get(field as usize).copied().flatten().unwrap_or_default();
        let (whole, fraction) = split_amount(text(Field::Amount));
        let [whole, fraction, currency] = [whole, fraction, case.currency()].map(Shown::width_of);
        grow(&mut self.amount, whole + fraction + currency + 1);
        grow(&mut self.whole, whole);
        grow(&mut self.fraction, fraction);
        grow(&mut self.currency, currency);
        grow(&mut self.status, Shown::width_of(text(Field::Status)));
        grow(&mut self.result, Shown::width_of(text(Field::CaseResult)));
        grow(&mut self.order, Shown::width_of_id(text(Field::OutTradeNo)));
        grow(&mut self.user, Shown::width_of(text(Field::OutUserId)));
    }

    /// The least and the best width of a column; a best width of 0 is a column with nothing in it.
    fn widths(&self, column: Column, room: usize) -> (usize, usize) {
        let at_least =
            |least: usize, width: usize| if width == 0 { (0, 0) } else { (width.min(least), width) };
        match column {
            Column::Urgency => (URGENCY_WIDTH, URGENCY_WIDTH),
            Column::Due => (DUE_WIDTH, DUE_WIDTH),
            Column::Data => (DATA_WIDTH, DATA_WIDTH),
            Column::Id => (self.id, self.id),
            Column::Amount => {
                let in_line = (self.whole + self.fraction + 1 + self.currency).min(34);
                (self.amount.min(in_line), if self.amount > 0 { in_line } else { 0 })
            }
            Column::Change => (16, room),
            Column::Status => at_least(22, self.status.min(32)),
            Column::Result => at_least(6, self.result.clamp(0, 12)),
            Column::Order => at_least(14, self.order),
            Column::User => at_least(10, self.user.min(32)),
            Column::Words => at_least(12, self.words.min(40)),
        }
    }
}

/// An amount before its decimal point, and from the point on.
pub(super) fn split_amount(amount: &str) -> (&str, &str) {
    let text = amount.trim();
    text.find('.').map_or((text, ""), |point| text.split_at(point))
}

/// Owner and tags in one text.
pub(super) fn words(tracked: &Tracked) -> String {
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
fn wishes(tab: Tab, own: &[Column]) -> (Vec<Column>, Vec<Column>) {
    if own.is_empty() {
        return (Column::ALL.to_vec(), wanted(tab).to_vec());
    }
    let order = column::with_kept(own);
    let rest = own.iter().copied().filter(|column| !Column::KEPT.contains(column)).collect();
    (order, rest)
}

/// The columns that fit into a table of this width; `own` are those of the config, empty where it names none. Widths
/// follow from the contents and the width alone, so that the same list looks the same the next time.
pub(super) fn plan(tab: Tab, own: &[Column], measures: &Measures, width: u16) -> Vec<Placed> {
    let (order, wanted) = wishes(tab, own);
    let sign = if wanted.contains(&Column::Urgency) { URGENCY_SIGN_WIDTH + 1 } else { 0 };
    let mut left = usize::from(width.saturating_sub(SIGNS_WIDTH)).saturating_sub(DUE_WIDTH + sign);
    let id = measures.widths(Column::Id, 0).1.max(Column::Id.title().len()).min(left.saturating_sub(1));
    left = left.saturating_sub(id + 1);
    let mut chosen = vec![(Column::Due, DUE_WIDTH), (Column::Id, id)];
    if sign > 0 {
        chosen.push((Column::Urgency, URGENCY_SIGN_WIDTH));
    }
    let mut grow = Vec::new();
    for column in wanted {
        let (least, best) = measures.widths(column, left);
        if best == 0 {
            continue;
        }
        let title = if column == Column::Urgency { 0 } else { column.title().len() };
        let (least, best) = (least.max(title), best.max(title));
        let least = if column == Column::Status && (STATUS_LEAST..=least).contains(&left.saturating_sub(1)) {
            left - 1
        } else {
            least
        };
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
            let width = cells(*width);
            placed.push(Placed { column, x, width });
            x = x.saturating_add(width + 1);
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEASURES: Measures = Measures {
        id: 27,
        whole: 8,
        fraction: 3,
        amount: 14,
        currency: 3,
        status: 15,
        result: 3,
        order: 14,
        user: 8,
        words: 11,
    };

    #[test]
    fn columns_go_in_one_order_and_due_and_id_stay() {
        for tab in View::ALL.map(Tab::Cases) {
            let mut before: Vec<Column> = Column::ALL.to_vec();
            for width in (0..=220).rev() {
                let now: Vec<Column> = plan(tab, &[], &MEASURES, width).iter().map(|p| p.column).collect();
                assert!(now.iter().all(|column| before.contains(column)), "{tab:?} at {width}: {now:?}");
                assert!(now.contains(&Column::Due) && now.contains(&Column::Id), "{tab:?} at {width}");
                before = now;
            }
        }
    }

    #[test]
    fn what_is_planned_fits() {
        for tab in View::ALL.map(Tab::Cases) {
            for width in 60..=220 {
                let last = plan(tab, &[], &MEASURES, width).pop().unwrap();
                assert!(last.x + last.width <= width, "{tab:?} at {width}: {last:?}");
            }
        }
    }

    #[test]
    fn at_sixty_columns_the_money_still_stands_beside_the_whole_id() {
        let columns = plan(Tab::Cases(View::Due), &[], &MEASURES, 60);
        assert!(columns.iter().any(|p| p.column == Column::Amount));
        assert!(columns.iter().any(|p| p.column == Column::Id && p.width == 27));
    }

    #[test]
    fn what_is_closed_shows_how_it_ended_at_every_width() {
        for width in 60..=220 {
            let has = |tab, column| plan(tab, &[], &MEASURES, width).iter().any(|p| p.column == column);
            assert!(has(Tab::Cases(View::Closed), Column::Result), "at {width}");
            // Beside a detail pane the table has 72 columns.
            assert!(width < 72 || has(Tab::Cases(View::Closed), Column::Amount), "at {width}");
            assert!(width < 72 || has(Tab::Cases(View::All), Column::Result), "at {width}");
        }
    }

    #[test]
    fn own_columns_stand_in_their_order_and_the_last_ones_go_first() {
        use Column::{Amount, Due, Id, Order, Status, Urgency, User};
        let own = [Order, Id, Status, Due, User, Urgency, Amount];
        let at = |width| -> Vec<Column> {
            plan(Tab::Cases(View::Due), &own, &MEASURES, width).iter().map(|placed| placed.column).collect()
        };
        assert_eq!(at(220), own);
        let whole = (60..220).find(|&width| at(width) == own).unwrap();
        assert_eq!(at(whole - 12), [Order, Id, Status, Due, User, Urgency], "the amount goes first");
        assert_eq!(at(60), [Order, Id, Due, Urgency], "of the urgency its sign is left");
        for width in 60..=220 {
            let placed = plan(Tab::Cases(View::Due), &own, &MEASURES, width);
            let last = placed.last().unwrap();
            assert!(last.x + last.width <= width, "at {width}: {last:?}");
            assert!(placed.iter().any(|p| p.column == Due) && placed.iter().any(|p| p.column == Id));
        }
        let bare = plan(Tab::Cases(View::Due), &[Order], &MEASURES, 120);
        assert_eq!(bare.iter().map(|placed| placed.column).collect::<Vec<_>>(), [Due, Id, Order]);
    }
}
