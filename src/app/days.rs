//! The days on which something runs out, of what the view and the rest of the filter leave: what is offered to jump to is
//! never empty.

use std::collections::BTreeMap;

use time::Date;

use crate::domain::case::Case;
use crate::domain::deadline::{Calendar, Urgency, parse_date};
use crate::domain::filter::{self, Filter};
use crate::domain::tracked::Tracked;
use crate::domain::view::View;

use super::action::Tab;
use super::choosing::Offer;
use super::model::Model;
use super::starting::counted;
use super::summary::STRIP_DAYS;
use super::{movement, relist};

/// Said where no day has anything.
pub(super) const NOTHING: &str = "no case shown is overdue or due in the next 14 days";

/// What passed its due date, by the word of the filter.
const OVERDUE: &str = "overdue";

/// A day without its year is not meant further away than this.
const NEAR_DAYS: i64 = 183;

/// Overdue and the days of the strip with something, then the others for those who name them.
pub(super) fn offers(model: &Model) -> Vec<Offer> {
    let counts = Counts::of(model);
    let calendar = &model.scene.calendar;
    let overdue = (counts.overdue > 0).then(|| Offer {
        name: OVERDUE.to_owned(),
        about: counts.overdue.to_string(),
        brief: OVERDUE.to_owned(),
        words: vec![OVERDUE.to_owned()],
        is_listed: true,
    });
    let days = counts.on.iter().map(|(date, count)| offer(*date, *count, calendar));
    overdue.into_iter().chain(days).collect()
}

fn offer(date: Date, count: usize, calendar: &Calendar) -> Offer {
    let weekday: String = date.weekday().to_string().chars().take(3).collect();
    let ahead = calendar.days_until(date);
    let today = if ahead == 0 { " today" } else { "" };
    let strip = usize::try_from(ahead).is_ok_and(|ahead| ahead < STRIP_DAYS);
    Offer {
        name: format!("{weekday} {date}{today}"),
        about: count.to_string(),
        brief: format!("{weekday} {}", date.day()),
        words: words(date, ahead, strip),
        is_listed: strip,
    }
}

/// How a day is written, as for putting a case off; the number alone, or the name of a weekday, is one of the strip.
fn words(date: Date, ahead: i64, strip: bool) -> Vec<String> {
    let mut words = vec![date.to_string()];
    if !(0..=NEAR_DAYS).contains(&ahead) {
        return words;
    }
    let (day, weekday, month) = (date.day(), date.weekday().to_string(), date.month().to_string());
    let short: String = month.chars().take(3).collect();
    words.push(format!("{ahead}d"));
    for month in [short, month] {
        words.extend([format!("{day} {month}"), format!("{month} {day}")]);
    }
    if strip {
        let brief: String = weekday.chars().take(3).collect();
        words.extend([format!("{day}"), format!("{day:02}"), format!("{brief} {day}"), brief, weekday]);
    }
    let named = [(0, "today"), (1, "tomorrow")].into_iter().filter(|(at, _)| *at == ahead);
    words.extend(named.map(|(_, name)| name.to_owned()));
    words.iter().map(|word| word.to_lowercase()).collect()
}

/// How many cases there are, by due date.
#[derive(Default)]
struct Counts {
    overdue: usize,
    on: BTreeMap<Date, usize>,
}

impl Counts {
    /// Counts what the view shows under the filter without its own due date.
    fn of(model: &Model) -> Self {
        let mut counts = Self::default();
        let rest = rest(&model.desk.filter_text);
        if rest.is_empty() && view(model) == Some(View::Due) {
            // Of most lists this is known, however long they are.
            counts.take(model.book.tally().awake(&model.scene.calendar), &model.scene.calendar);
        } else if has_cases(model) && rest == model.desk.filter_text {
            let slots = model.desk.listing.slots();
            slots.filter_map(|slot| model.book.at(slot)).for_each(|tracked| counts.add(tracked, model));
        } else {
            let (filter, lens) = (Filter::parse_while_typed(&rest).0, model.lens());
            let shown = |tracked: &&Tracked| in_view(model, tracked) && filter.matches(tracked, &lens);
            model.book.iter().filter(shown).for_each(|tracked| counts.add(tracked, model));
        }
        counts
    }

    fn take(&mut self, due: impl Iterator<Item = (Option<Date>, usize)>, calendar: &Calendar) {
        for (date, cases) in
            due.filter_map(|(date, cases)| Some((date?, cases))).filter(|(_, cases)| *cases > 0)
        {
            self.overdue += if date < calendar.today { cases } else { 0 };
            self.on.insert(date, cases);
        }
    }

    fn add(&mut self, tracked: &Tracked, model: &Model) {
        self.overdue += usize::from(tracked.urgency(&model.scene.calendar) == Urgency::Overdue);
        if let Some(due) = tracked.case.as_ref().and_then(Case::due) {
            *self.on.entry(due).or_default() += 1;
        }
    }
}

/// Whether the open tab holds cases; a day is looked for in Due where it does not.
fn has_cases(model: &Model) -> bool {
    !matches!(model.desk.tab, Tab::Drafts | Tab::Journal)
}

/// The view that is looked at; `None` for one from the config.
fn view(model: &Model) -> Option<View> {
    match model.desk.tab {
        Tab::Cases(view) => Some(view),
        Tab::Saved(_) => None,
        Tab::Drafts | Tab::Journal => Some(View::Due),
    }
}

fn in_view(model: &Model, tracked: &Tracked) -> bool {
    let saved = |at: usize| model.session.saved_views.get(at).map(|view| &view.filter);
    match (view(model), model.desk.tab) {
        (Some(view), _) => view.holds(tracked, &model.scene.calendar),
        (None, Tab::Saved(at)) => saved(at).is_some_and(|filter| filter.matches(tracked, &model.lens())),
        (None, _) => false,
    }
}

/// A filter without what it asks of the due date.
fn rest(filter: &str) -> String {
    let others = filter::written(filter).filter(|term| !term.asks("due"));
    others.map(|term| term.raw).collect::<Vec<_>>().join(" ")
}

/// Why there is no day to choose, and where there may be one.
pub(super) fn nothing(model: &Model) -> String {
    let due = model.key_of(super::action::Action::View(1));
    match model.desk.tab {
        Tab::Cases(View::Due) | Tab::Drafts | Tab::Journal => NOTHING.to_owned(),
        _ => format!("{NOTHING}; {due} shows Due"),
    }
}

/// Shows what of the view runs out on a day, whatever else the filter asks for; Esc shows everything again, as after any
/// filter.
pub(super) fn show(model: &mut Model, day: &str) {
    if !has_cases(model) {
        movement::open_tab(model, 1);
    }
    let rest = rest(&model.desk.filter_text);
    let text = format!("{rest} due:{day}").trim_start().to_owned();
    model.desk.filter = Filter::parse_while_typed(&text).0;
    model.desk.filter_text = text;
    relist::relist(model);
    let asleep = asleep(model, day, &rest);
    if asleep > 0 {
        let all = model.key_of(super::action::Action::View(5));
        model.say(format!("{} due then asleep; {all} shows all", counted(asleep, "case")));
    }
}

/// How many of Due run out then that sleep: the strip counts them too.
fn asleep(model: &Model, day: &str, rest: &str) -> usize {
    let calendar = &model.scene.calendar;
    let Some(due) = parse_date(day).filter(|_| model.desk.tab == Tab::Cases(View::Due)) else { return 0 };
    let all = model.book.tally().asleep_by(due, calendar);
    if all == 0 || rest.is_empty() {
        return all;
    }
    let (filter, lens) = (Filter::parse_while_typed(rest).0, model.lens());
    let then = |tracked: &&Tracked| {
        tracked.case.as_ref().and_then(Case::due) == Some(due)
            && tracked.is_asleep(calendar)
            && filter.matches(tracked, &lens)
    };
    model.book.iter().filter(then).count()
}
