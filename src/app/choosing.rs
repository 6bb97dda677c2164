//! One of a few things to choose from: the order of the table, which follows the choice while it is made, or a day, to see
//! what runs out on it. What is chosen from a list can be named in the palette, too.

use crate::domain::order::SortBy;

use super::action::Action;
use super::days;
use super::effect::Effect;
use super::key::{Code, Key};
use super::model::{Environment, Model};
use super::overlay::Overlay;
use super::widths::Widths;
use super::{relist, widths};

/// A list with one chosen row.
#[derive(Clone, Debug)]
pub struct Chooser {
    /// What is chosen.
    pub choice: Choice,
    /// What can be chosen, in order: what there was when the list was opened, so that no row moves under the hand.
    pub offers: Vec<Offer>,
    /// The chosen row.
    pub chosen: usize,
}

/// What is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The order of the table; carries the one to go back to.
    Sort(SortBy),
    /// The widths of its columns; carries those to go back to.
    Widths(Widths),
    /// A day.
    Day,
    /// Another profile.
    Profile,
}

impl Choice {
    /// The action that lets choose.
    pub(super) const fn action(self) -> Action {
        match self {
            Self::Sort(_) => Action::Sort,
            Self::Widths(_) => Action::Widths,
            Self::Day => Action::Day,
            Self::Profile => Action::Profile,
        }
    }
}

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What it is.
    pub name: String,
    /// What there is to say about it.
    pub about: String,
    /// What it is called where all are named in one line.
    pub(super) brief: String,
    /// What names it, in lower case: the first is what Tab writes.
    pub(super) words: Vec<String>,
    /// Whether it stands in the list, or is there for those who name it in full.
    pub(super) is_listed: bool,
}

impl Offer {
    /// The word for it.
    pub fn word(&self) -> &str {
        self.words.first().map(String::as_str).unwrap_or_default()
    }

    /// How well a text in lower case names it: 0 in full, 1 by a beginning.
    fn rank(&self, text: &str) -> Option<usize> {
        // `2` is a day of the month, and no beginning of a year.
        let is_day = text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
        let begins =
            |word: &String| word.starts_with(text) && (!is_day || word.bytes().all(|b| b.is_ascii_digit()));
        if self.words.iter().any(|word| word == text) {
            return Some(0);
        }
        (self.is_listed && self.words.iter().any(begins)).then_some(1)
    }
}

/// What an action lets choose; `None` for one that lets choose nothing.
pub(super) fn offers(model: &Model, action: Action) -> Option<Vec<Offer>> {
    match action {
        Action::Sort => Some(SortBy::ALL.map(order).into()),
        Action::Day => Some(days::offers(model)),
        Action::Profile => Some(model.session.others.iter().map(profile).collect()),
        _ => None,
    }
}

fn order(sort: SortBy) -> Offer {
    let word = sort.word().to_owned();
    let about = sort.about().to_owned();
    Offer { name: word.clone(), about, brief: word.clone(), words: vec![word], is_listed: true }
}

fn profile((name, environment): &(String, Environment)) -> Offer {
    let about = environment.word().to_owned();
    Offer {
        name: name.clone(),
        about,
        brief: name.clone(),
        words: vec![name.to_lowercase()],
        is_listed: true,
    }
}

/// Those that a text names, the ones it names in full first; all in the list for an empty one.
pub(super) fn fitting<'a>(offers: &'a [Offer], text: &str) -> Vec<&'a Offer> {
    if text.is_empty() {
        return offers.iter().filter(|offer| offer.is_listed).collect();
    }
    let text = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let mut fitting: Vec<_> = offers.iter().filter_map(|offer| Some((offer.rank(&text)?, offer))).collect();
    fitting.sort_by_key(|(rank, _)| *rank);
    fitting.into_iter().map(|(_, offer)| offer).collect()
}

/// Why a text names nothing that can be chosen, and what can.
pub(super) fn no_fit<'a>(action: Action, text: &str, offers: impl Iterator<Item = &'a Offer>) -> String {
    let known: Vec<&str> = offers.filter(|offer| offer.is_listed).map(|offer| offer.brief.as_str()).collect();
    match (action, &known[..]) {
        (Action::Day, []) => days::NOTHING.to_owned(),
        (Action::Day, _) => {
            format!("no case shown is due on `{text}`; days with cases: {}", known.join(", "))
        }
        (Action::Profile, _) => {
            format!("there is no other profile `{text}`; there are {}", known.join(", "))
        }
        _ => format!("there is no order `{text}`; there are {}", known.join(", ")),
    }
}

/// Does what is chosen.
pub(super) fn pick(model: &mut Model, action: Action, offer: &Offer) -> Vec<Effect> {
    match action {
        Action::Profile => return vec![Effect::GoTo(offer.name.clone())],
        Action::Day => days::show(model, offer.word()),
        _ => {
            let sort = SortBy::ALL.into_iter().find(|sort| sort.word() == offer.word());
            order_by(model, sort.unwrap_or_default());
            model.say(format!("in order of {}", model.desk.sort().word()));
        }
    }
    Vec::new()
}

/// Opens the list of orders. The next order is chosen at once, so that the key alone goes through them all.
pub(super) fn open_sort(model: &mut Model) {
    let before = model.desk.sort();
    let chosen = SortBy::ALL.iter().position(|other| *other == before.next()).unwrap_or_default();
    let offers = SortBy::ALL.map(order).into();
    choose(model, Chooser { choice: Choice::Sort(before), offers, chosen });
}

/// Opens the list of days with something to do, on the first of them.
pub(super) fn open_day(model: &mut Model) {
    let mut offers = days::offers(model);
    offers.retain(|offer| offer.is_listed);
    if offers.is_empty() {
        model.say(days::nothing(model));
    } else {
        model.overlay = Overlay::Chooser(Chooser { choice: Choice::Day, offers, chosen: 0 });
    }
}

/// Opens the list of the other profiles.
pub(super) fn open_profile(model: &mut Model) {
    let offers = model.session.others.iter().map(profile).collect();
    model.overlay = Overlay::Chooser(Chooser { choice: Choice::Profile, offers, chosen: 0 });
}

/// Shows a choice; that of an order is followed at once.
fn choose(model: &mut Model, chooser: Chooser) {
    if let Choice::Sort(_) = chooser.choice {
        order_by(model, SortBy::ALL.get(chooser.chosen).copied().unwrap_or_default());
    }
    model.overlay = Overlay::Chooser(chooser);
}

fn order_by(model: &mut Model, sort: SortBy) {
    if model.desk.sort() != sort {
        model.desk.order_by(sort);
        relist::relist(model);
    }
}

/// Takes a key while something is chosen. `again` is the key that opened the list: it goes on to the next row.
pub(super) fn press(model: &mut Model, chooser: Chooser, key: Key, again: bool) -> Vec<Effect> {
    if matches!(chooser.choice, Choice::Widths(_)) {
        return widths::press(model, chooser, key, again);
    }
    let count = chooser.offers.len().max(1);
    let to = |chosen: usize| Chooser { chosen, ..chooser.clone() };
    match (key.ctrl, key.code) {
        (false, Code::Esc | Code::Char('q')) | (true, Code::Char('c')) => leave(model, &chooser),
        (false, Code::Enter) => return take(model, &chooser),
        (false, Code::Down | Code::Tab | Code::Char('j')) => choose(model, to((chooser.chosen + 1) % count)),
        (false, Code::Up | Code::BackTab | Code::Char('k')) => {
            choose(model, to((chooser.chosen + count - 1) % count));
        }
        _ if again => choose(model, to((chooser.chosen + 1) % count)),
        (false, Code::Char(digit)) => match digit.to_digit(10).and_then(|digit| digit.checked_sub(1)) {
            Some(index) if (index as usize) < count => return take(model, &to(index as usize)),
            _ => model.overlay = Overlay::Chooser(chooser),
        },
        _ => model.overlay = Overlay::Chooser(chooser),
    }
    Vec::new()
}

/// Closes the list; what followed the choice goes back to what it was.
pub(super) fn leave(model: &mut Model, chooser: &Chooser) {
    model.overlay = Overlay::None;
    match chooser.choice {
        Choice::Sort(before) => order_by(model, before),
        Choice::Widths(before) => model.desk.widen(before),
        Choice::Day | Choice::Profile => {}
    }
}

/// Leaves a list that the table follows: the end comes from outside, or the table is about to be another one.
pub(super) fn leave_table(model: &mut Model) {
    if let Overlay::Chooser(chooser) = &model.overlay
        && matches!(chooser.choice, Choice::Sort(_) | Choice::Widths(_))
    {
        let chooser = chooser.clone();
        leave(model, &chooser);
    }
}

fn take(model: &mut Model, chooser: &Chooser) -> Vec<Effect> {
    model.overlay = Overlay::None;
    let offer = chooser.offers.get(chooser.chosen);
    offer.map(|offer| pick(model, chooser.choice.action(), offer)).unwrap_or_default()
}
