//! One of a few things to choose from: the order of the table, which follows the choice while it is made, or a day of the
//! strip, to see what runs out on it.

use crate::domain::deadline::parse_date;
use crate::domain::filter::Filter;
use crate::domain::order::SortBy;

use super::action::Action;
use super::effect::Effect;
use super::key::{Code, Key};
use super::model::Model;
use super::overlay::Overlay;
use super::starting::counted;
use super::{movement, relist};

/// A list with one chosen row.
#[derive(Clone, Debug)]
pub struct Chooser {
    /// What is chosen.
    pub choice: Choice,
    /// The chosen row.
    pub chosen: usize,
}

/// What is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The order of the table; carries the one to go back to.
    Sort(SortBy),
    /// A day of the strip.
    Day,
}

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What it is.
    pub name: String,
    /// What there is to say about it.
    pub about: String,
}

impl Chooser {
    /// What can be chosen, in order.
    pub fn offers(&self, model: &Model) -> Vec<Offer> {
        match self.choice {
            Choice::Sort(_) => {
                let offer =
                    |sort: SortBy| Offer { name: sort.word().to_owned(), about: sort.about().to_owned() };
                SortBy::ALL.map(offer).into()
            }
            Choice::Day => days(model).into_iter().map(|(_, offer)| offer).collect(),
        }
    }
}

/// Overdue and the days of the strip: what the filter calls them, and what is offered.
fn days(model: &Model) -> Vec<(String, Offer)> {
    let (summary, calendar) = (&model.desk.summary, &model.scene.calendar);
    let offer = |name: String, count: usize| {
        let about = if count == 0 { "nothing".to_owned() } else { count.to_string() };
        Offer { name, about }
    };
    let overdue = ("overdue".to_owned(), offer("overdue".to_owned(), summary.overdue));
    let of_the_strip = summary.days(calendar).map(|(date, count)| {
        let weekday: String = date.weekday().to_string().chars().take(3).collect();
        let today = if date == calendar.today { " today" } else { "" };
        (date.to_string(), offer(format!("{weekday} {date}{today}"), count))
    });
    std::iter::once(overdue).chain(of_the_strip).collect()
}

/// Opens the list of orders. The next order is chosen at once, so that the key alone goes through them all.
pub(super) fn open_sort(model: &mut Model) {
    let before = model.desk.sort;
    choose(model, Chooser { choice: Choice::Sort(before), chosen: place(before.next()) });
}

/// Opens the list of days, on the first one with something to do.
pub(super) fn open_day(model: &mut Model) {
    let summary = &model.desk.summary;
    let counts = std::iter::once(summary.overdue).chain(summary.days(&model.scene.calendar).map(|(_, n)| n));
    let first = counts.into_iter().position(|count| count > 0).unwrap_or(1);
    model.overlay = Overlay::Chooser(Chooser { choice: Choice::Day, chosen: first });
}

fn place(sort: SortBy) -> usize {
    SortBy::ALL.iter().position(|other| *other == sort).unwrap_or_default()
}

/// Shows a choice; that of an order is followed at once.
fn choose(model: &mut Model, chooser: Chooser) {
    if let Choice::Sort(_) = chooser.choice {
        order_by(model, SortBy::ALL.get(chooser.chosen).copied().unwrap_or_default());
    }
    model.overlay = Overlay::Chooser(chooser);
}

fn order_by(model: &mut Model, sort: SortBy) {
    if model.desk.sort != sort {
        model.desk.sort = sort;
        relist::relist(model);
    }
}

/// Takes a key while something is chosen. `again` is the key that opened the list: it goes on to the next row.
pub(super) fn press(model: &mut Model, chooser: Chooser, key: Key, again: bool) -> Vec<Effect> {
    let count = chooser.offers(model).len();
    let to = |chosen: usize| Chooser { chosen, ..chooser.clone() };
    match (key.ctrl, key.code) {
        (false, Code::Esc) | (true, Code::Char('c')) => leave(model, &chooser),
        (false, Code::Enter | Code::Char('q')) => take(model, &chooser),
        (false, Code::Down | Code::Tab | Code::Char('j')) => choose(model, to((chooser.chosen + 1) % count)),
        (false, Code::Up | Code::BackTab | Code::Char('k')) => {
            choose(model, to((chooser.chosen + count - 1) % count));
        }
        _ if again => choose(model, to((chooser.chosen + 1) % count)),
        (false, Code::Char(digit)) => match digit.to_digit(10).and_then(|digit| digit.checked_sub(1)) {
            Some(index) if (index as usize) < count => {
                let chooser = to(index as usize);
                choose(model, chooser.clone());
                take(model, &chooser);
            }
            _ => model.overlay = Overlay::Chooser(chooser),
        },
        _ => model.overlay = Overlay::Chooser(chooser),
    }
    Vec::new()
}

fn leave(model: &mut Model, chooser: &Chooser) {
    model.overlay = Overlay::None;
    if let Choice::Sort(before) = chooser.choice {
        order_by(model, before);
    }
}

fn take(model: &mut Model, chooser: &Chooser) {
    model.overlay = Overlay::None;
    match chooser.choice {
        Choice::Sort(_) => model.say(format!("in order of {}", model.desk.sort.word())),
        Choice::Day => {
            if let Some((day, _)) = days(model).into_iter().nth(chooser.chosen) {
                show_day(model, &day);
            }
        }
    }
}

/// Shows what runs out on a day, whatever else the filter asks for; Esc shows everything again, as after any filter.
fn show_day(model: &mut Model, day: &str) {
    let others = model.desk.filter_text.split_whitespace();
    let kept = others.filter(|term| !term.trim_start_matches('!').starts_with("due:"));
    let text = kept.chain([format!("due:{day}").as_str()]).collect::<Vec<_>>().join(" ");
    movement::open_tab(model, 1);
    model.desk.filter = Filter::parse_while_typed(&text).0;
    model.desk.filter_text = text;
    relist::relist(model);
    // The strip counts what runs out, asleep or not.
    let asleep = parse_date(day).map_or(0, |due| model.book.tally().asleep_by(due, &model.scene.calendar));
    if asleep > 0 {
        let all = model.key_of(Action::View(5));
        model.say(format!("{} due then asleep; {all} shows all", counted(asleep, "case")));
    }
}
