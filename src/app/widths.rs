//! How wide the operator wants the columns of a view: a page that lists them, while the table behind it follows. What is kept
//! is a wish in cells, not a layout: the table fits it into the room there is, and grows beyond it where an amount or
//! an id would turn into another one.

use crate::domain::column::Column;

use super::choosing::{Choice, Chooser, Offer};
use super::columns::{self, Measures, Placed};
use super::effect::Effect;
use super::key::{Code, Key};
use super::layout::Layout;
use super::model::Model;
use super::overlay::Overlay;

/// No column is asked to be wider than this.
pub const WIDEST: u16 = 120;

/// The widths asked for in one view, in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Widths([Option<u16>; Column::ALL.len()]);

impl Widths {
    /// docket's own measure for every column.
    pub const NONE: Self = Self([None; Column::ALL.len()]);

    /// What is asked for a column; `None` for docket's own measure.
    pub fn of(&self, column: Column) -> Option<u16> {
        self.0.get(column as usize).copied().flatten()
    }

    /// Asks for a width of a column, at most [`WIDEST`], or for docket's own measure.
    pub fn ask(&mut self, column: Column, width: Option<u16>) {
        if let Some(own) = self.0.get_mut(column as usize) {
            *own = width.map(|width| width.clamp(1, WIDEST));
        }
    }

    /// Every width that is asked for.
    pub fn iter(&self) -> impl Iterator<Item = (Column, u16)> + '_ {
        Column::ALL.into_iter().filter_map(|column| Some((column, self.of(column)?)))
    }

    /// Whether every column has docket's own measure.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Opens the list of columns, on the first whose width can be chosen.
pub(super) fn open(model: &mut Model) {
    let choice = Choice::Widths(model.desk.widths());
    let table = Table::of(model);
    let free = |column: &Column| table.measures.reach(*column).is_some() && table.shown(*column).is_some();
    let chosen = table.columns.iter().position(free).unwrap_or_default();
    let offers = table.offers(model);
    model.overlay = Overlay::Chooser(Chooser { choice, offers, chosen });
}

/// Takes a key while widths are chosen. `again` is the key that opened the list: it goes on to the next row.
pub(super) fn press(model: &mut Model, mut chooser: Chooser, key: Key, again: bool) -> Vec<Effect> {
    let count = chooser.offers.len().max(1);
    match (key.ctrl, key.code) {
        (false, Code::Esc | Code::Char('q')) | (true, Code::Char('c')) => {
            super::choosing::leave(model, &chooser);
            return Vec::new();
        }
        (false, Code::Enter) => return keep(model, &chooser),
        (false, Code::Left | Code::Char('h')) => change(model, chooser.chosen, -1),
        (false, Code::Right | Code::Char('l')) => change(model, chooser.chosen, 1),
        (false, Code::Char('0')) => give_back(model, chooser.chosen),
        (false, Code::Down | Code::Tab | Code::Char('j')) => chooser.chosen = (chooser.chosen + 1) % count,
        (false, Code::Up | Code::BackTab | Code::Char('k')) => {
            chooser.chosen = (chooser.chosen + count - 1) % count;
        }
        _ if again => chooser.chosen = (chooser.chosen + 1) % count,
        _ => {}
    }
    model.overlay = Overlay::Chooser(chooser);
    Vec::new()
}

/// Brings what the list says in line with the table, which also a refresh or another size of the terminal may have changed.
pub(super) fn renew(model: &mut Model) {
    if !matches!(&model.overlay, Overlay::Chooser(Chooser { choice: Choice::Widths(_), .. })) {
        return;
    }
    let renewed = Table::of(model).offers(model);
    if let Overlay::Chooser(chooser) = &mut model.overlay {
        chooser.offers = renewed;
    }
}

/// Makes a column so many cells wider, or narrower, than it stands there.
fn change(model: &mut Model, at: usize, by: isize) {
    let table = Table::of(model);
    let Some(&column) = table.columns.get(at) else { return };
    let Some((least, most)) = table.measures.reach(column).filter(|_| table.measures.fills(column)) else {
        return;
    };
    let (shown, asked) = (table.shown(column), model.desk.widths().of(column).map(usize::from));
    if shown.is_none() && by > 0 {
        // What has no room does not get any by being wider.
        return;
    }
    let now = shown.or(asked).unwrap_or(most);
    let to = match column {
        // A word that is cut says something else, so there are two widths only.
        Column::Urgency if by < 0 => least,
        Column::Urgency => most,
        _ => now.saturating_add_signed(by).clamp(least, most.max(least)),
    };
    if to != now {
        ask(model, column, u16::try_from(to).ok());
    }
}

fn give_back(model: &mut Model, at: usize) {
    if let Some(&column) = Table::of(model).columns.get(at) {
        ask(model, column, None);
    }
}

fn ask(model: &mut Model, column: Column, width: Option<u16>) {
    let mut widths = model.desk.widths();
    widths.ask(column, width);
    model.desk.widen(widths);
}

/// The widths stay as they stand there.
fn keep(model: &mut Model, chooser: &Chooser) -> Vec<Effect> {
    model.overlay = Overlay::None;
    let (view, widths) = (model.view_title(), model.desk.widths());
    model.say(if chooser.choice == Choice::Widths(widths) {
        "no width was changed".to_owned()
    } else if widths.is_empty() {
        format!("the columns of {view} have docket's own widths")
    } else {
        format!("widths of {view} kept; :reset-view gives docket's own back")
    });
    Vec::new()
}

/// The table behind the list, as it is drawn.
struct Table {
    columns: Vec<Column>,
    measures: Measures,
    plan: Vec<Placed>,
}

impl Table {
    fn of(model: &Model) -> Self {
        let (tab, own) = (model.desk.tab, &model.session.columns);
        let width = Layout::of(model.scene.width, model.scene.height).map_or(0, |layout| layout.table.width);
        let measures = Measures::of(model);
        let plan = columns::plan(tab, own, &measures, &model.desk.widths(), width);
        Self { columns: columns::of(tab, own), measures, plan }
    }

    /// How wide a column is; `None` for one that is not there.
    fn shown(&self, column: Column) -> Option<usize> {
        let placed = self.plan.iter().find(|placed| placed.column == column);
        placed.map(|placed| usize::from(placed.width))
    }

    fn offers(&self, model: &Model) -> Vec<Offer> {
        let widths = model.desk.widths();
        let offer = |column: &Column| Offer {
            name: column.title().to_owned(),
            about: self.about(*column, widths.of(*column)),
            brief: column.word().to_owned(),
            words: vec![column.word().to_owned()],
            is_listed: true,
        };
        self.columns.iter().map(offer).collect()
    }

    /// How wide a column is, whether that was asked for, and why it is no wider or narrower.
    fn about(&self, column: Column, asked: Option<u16>) -> String {
        if !self.measures.fills(column) {
            return "nothing in it here".to_owned();
        }
        let Some(shown) = self.shown(column) else {
            return asked.map_or("no room".to_owned(), |asked| format!("no room for your {asked}"));
        };
        let Some((least, most)) = self.measures.reach(column) else {
            return format!("{shown} always");
        };
        let yours = match asked.map(usize::from) {
            None => String::new(),
            Some(asked) if asked == shown => ", yours".to_owned(),
            Some(asked) => format!(", your {asked}"),
        };
        let why = match column {
            Column::Urgency if shown < most => ": the sign alone",
            Column::Urgency => "",
            _ if asked.is_some_and(|asked| shown < usize::from(asked)) && shown < most => ": no more room",
            Column::Amount if shown == least => ": money is never cut",
            Column::Id | Column::Order if shown == least && least == most => ": else two look alike",
            _ if shown == most => ": all of it",
            _ if shown == least => ": its least",
            _ => "",
        };
        format!("{shown}{yours}{why}")
    }
}
