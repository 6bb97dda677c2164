//! The keys that work in the place help was opened from, the operator's own ones included, each with the reason
//! when it is off; then the filter language.

use ratatui::style::Style;

use crate::app::action::{Action, BINDINGS, Binding, Place};
use crate::app::availability;
use crate::app::layout::Area;
use crate::app::model::{Availability, Model};
use crate::app::overlay::Overlay;
use crate::domain::filter;

use super::canvas::{Canvas, Row};
use super::text::Shown;

/// Columns of keys and label.
const KEYS: usize = 12;
const LABEL: usize = 14;

/// The groups of the page, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Topic {
    Moving,
    Looking,
    Gateway,
    Words,
    Program,
}

impl Topic {
    const ALL: [Self; 5] = [Self::Looking, Self::Gateway, Self::Words, Self::Moving, Self::Program];

    const fn title(self) -> &'static str {
        match self {
            Self::Moving => "Moving about",
            Self::Looking => "Looking at cases",
            Self::Gateway => "Asking and answering PayerMax",
            Self::Words => "Your list and your words (they stay on this host)",
            Self::Program => "docket itself",
        }
    }

    const fn of(action: Action) -> Self {
        use Action as A;
        match action {
            A::Down | A::Up | A::Top | A::Bottom | A::HalfDown | A::HalfUp | A::PageDown | A::PageUp => {
                Self::Moving
            }
            A::RefreshShown
            | A::RefreshOpen
            | A::Reply
            | A::ReplyBatch
            | A::Refund
            | A::Settle
            | A::Report
            | A::Calls => Self::Gateway,
            A::Add | A::Untrack | A::Note | A::Tags | A::Owner | A::WontContest | A::Snooze | A::Undo => {
                Self::Words
            }
            A::Palette | A::Help | A::Notice | A::Profile | A::Quit | A::Back | A::Suspend | A::Redraw => {
                Self::Program
            }
            _ => Self::Looking,
        }
    }
}

/// Draws the page of keys.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, scroll: usize, back: &Overlay, area: Area) {
    let place = back.place();
    let rows = lines(canvas, model, place, usize::from(area.width.saturating_sub(2)));
    super::page(canvas, area, title(place), &rows, scroll);
}

const fn title(place: Place) -> &'static str {
    match place {
        Place::Desk => "Keys of the desk",
        Place::CasePage => "Keys of the case page",
        Place::Pager | Place::Form => "Keys of this page",
    }
}

fn lines(canvas: &Canvas<'_>, model: &Model, place: Place, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for topic in Topic::ALL {
        let here = |row: &&Binding| {
            row.places.contains(&place)
                && Topic::of(row.action) == topic
                && !is_missing_view(row.action, model)
        };
        let mut bindings = BINDINGS.iter().filter(here).peekable();
        if bindings.peek().is_none() {
            continue;
        }
        if !rows.is_empty() {
            rows.push(Row::default());
        }
        rows.push(Row::of(topic.title(), canvas.theme.title));
        bindings.for_each(|row| {
            let label = if place == Place::Desk { row.on(model.desk.tab).0 } else { row.label };
            rows.extend(binding(canvas, model, row, label, width));
        });
    }
    if place == Place::Desk {
        rows.extend(proxy(canvas, model));
        rows.extend(filters(canvas));
    }
    rows
}

/// Whether it opens a view from the config that the config does not have.
fn is_missing_view(action: Action, model: &Model) -> bool {
    matches!(action, Action::View(number) if usize::from(number) > model.desk.tabs.len())
}

/// Keys, label, sentence; the reason below when it is off.
fn binding(canvas: &Canvas<'_>, model: &Model, row: &Binding, label: &str, width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let keys = match model.session.keymap.shown(row.action) {
        none if none.is_empty() => format!(": {}", row.name),
        keys => keys,
    };
    let keys = Shown::of(&keys).cut(KEYS - 1, canvas.signs.ellipsis);
    let room = width.saturating_sub(KEYS + LABEL).max(20);
    let off = match availability::of(row.action, model) {
        Availability::On => None,
        Availability::Off(why) => Some(format!("off: {why}")),
    };
    let style = if off.is_some() { theme.dim } else { Style::new() };
    let pad = " ".repeat(KEYS.saturating_sub(keys.width()));
    let first = Row::of(keys.as_str(), theme.key)
        .and(&pad, Style::new())
        .and(&format!("{label:<LABEL$}"), if off.is_some() { theme.dim } else { theme.label });
    let indent = " ".repeat(KEYS + LABEL);
    let said = Shown::of(row.help).wrap(room).into_iter();
    let off = off.map(|why| Shown::of(&why).wrap(room)).unwrap_or_default();
    let texts = said.chain(off).enumerate();
    texts
        .map(|(index, line)| {
            let start = if index == 0 { first.clone() } else { Row::plain(&indent) };
            start.and(line.as_str(), style)
        })
        .collect()
}

/// What stands between here and PayerMax, where something does.
fn proxy(canvas: &Canvas<'_>, model: &Model) -> Vec<Row> {
    let Some(address) = &model.session.proxy else { return Vec::new() };
    vec![
        Row::default(),
        Row::of("The way to PayerMax", canvas.theme.title),
        Row::plain(&format!("through the proxy {address}")),
    ]
}

/// The filter language, an example for every name.
fn filters(canvas: &Canvas<'_>) -> Vec<Row> {
    let theme = canvas.theme;
    let mut rows = vec![
        Row::default(),
        Row::of("Filter", theme.title),
        Row::plain("words match any column; spaces mean and; ! before a term means not; quotes keep spaces"),
    ];
    for (name, example) in filter::NAMES {
        let term = format!("{name}:");
        rows.push(Row::of(&format!("{term:<KEYS$}"), theme.key).and(example, Style::new()));
    }
    rows
}
