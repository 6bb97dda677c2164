//! The keys that work here and now. The least important go first when there is no room; how to leave and where
//! help is stay.

use ratatui::style::Style;

use crate::app::action::{Action, BINDINGS, Binding, Place};
use crate::app::availability;
use crate::app::choosing::Choice;
use crate::app::completion::Completion;
use crate::app::layout::Area;
use crate::app::model::{Availability, Model};
use crate::app::overlay::{Overlay, Palette, Prompt, Purpose};

use super::canvas::{Canvas, Row};
use super::{refund, reply};

/// Draws the footer.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, area: Area) {
    let mut pairs = match &model.overlay {
        Overlay::Prompt(Prompt { completion: Some(completion), .. })
        | Overlay::Palette(Palette { completion: Some(completion), .. }) => {
            canvas.row(area.x, area.y, area.width, &offered(canvas, completion, usize::from(area.width)));
            return;
        }
        Overlay::Prompt(prompt) => of_prompt(&prompt.purpose),
        Overlay::Palette(_) => {
            pairs(&[("Enter", "do it"), ("Tab", "complete"), ("Up Down", "choose"), ("Esc", "back")])
        }
        Overlay::Chooser(chooser) => of_chooser(model, chooser.choice),
        Overlay::Reply(form) => pairs(&reply::keys(model, form, canvas.page_end)),
        Overlay::Refund(form) => pairs(&refund::keys(model, form, canvas.page_end)),
        _ => of_place(model, model.place()),
    };
    let mut row = joined(canvas, &pairs);
    // In a form the last one is how to leave it; elsewhere the last two are leaving and help.
    let staying = if model.place() == Place::Form { 1 } else { 2 };
    while row.width() > usize::from(area.width) && pairs.len() > staying {
        pairs.remove(pairs.len() - 1 - staying);
        row = joined(canvas, &pairs);
    }
    canvas.row(area.x, area.y, area.width, &row);
}

type Pair = (String, String);

fn pairs<K: AsRef<str>>(texts: &[(K, &str)]) -> Vec<Pair> {
    texts.iter().map(|(key, label)| (key.as_ref().to_owned(), (*label).to_owned())).collect()
}

/// The keys of a list to choose from. The one that opened it goes on to the next row.
fn of_chooser(model: &Model, choice: Choice) -> Vec<Pair> {
    let (again, enter, esc) = match choice {
        Choice::Sort(_) => (Action::Sort, "keep", "as it was"),
        Choice::Widths(_) => return of_widths(),
        Choice::Day => (Action::Day, "show the day", "back"),
        Choice::Profile => return pairs(&[("Enter", "opens its list"), ("j k", "choose"), ("Esc", "back")]),
    };
    pairs(&[("Enter", enter), ("j k", "choose"), (&model.key_of(again), "next"), ("Esc", esc)])
}

/// The keys of the list of columns.
fn of_widths() -> Vec<Pair> {
    pairs(&[
        ("Enter", "keep"),
        ("h l", "width"),
        ("0", "docket's own"),
        ("j k", "choose"),
        ("Esc", "as it was"),
    ])
}

/// What a word can become, the chosen one always in sight.
fn offered(canvas: &Canvas<'_>, completion: &Completion, width: usize) -> Row {
    let name = completion.name();
    let row_from = |first: usize| {
        let mut row = Row::of("Tab", canvas.theme.key);
        if !name.is_empty() {
            row.push(&format!("  {name}"), canvas.theme.dim);
        }
        for (index, option) in completion.options.iter().enumerate().skip(first) {
            let style = if index == completion.chosen { canvas.theme.chosen } else { Style::new() };
            row.push("  ", Style::new());
            row.push(option.strip_prefix(name).unwrap_or(option), style);
            if index == completion.chosen && row.width() > width {
                return None;
            }
        }
        Some(row)
    };
    (0..=completion.chosen).find_map(row_from).unwrap_or_default()
}

/// The keys of a prompt: they belong to the text field and cannot be remapped.
fn of_prompt(purpose: &Purpose) -> Vec<Pair> {
    match purpose {
        Purpose::Filter(_) => pairs(&[
            ("Enter", "keep"),
            ("Tab", "complete"),
            ("Up Down", "move"),
            ("ctrl-u", "clear"),
            ("Esc", "undo"),
        ]),
        Purpose::Add => pairs(&[("Enter", "add and fetch"), ("ctrl-u", "clear"), ("Esc", "drop")]),
        Purpose::Note(_) => pairs(&[("Enter", "save"), ("ctrl-e", "editor"), ("Esc", "keep and leave")]),
        Purpose::Export => pairs(&[("Enter", "write it"), ("ctrl-u", "clear"), ("Esc", "leave")]),
        Purpose::Unlock => pairs(&[("Enter", "unlock"), ("ctrl-u", "clear"), ("Esc", "leave")]),
        Purpose::Resolve(_) => pairs(&[("Enter", "write down"), ("ctrl-u", "clear"), ("Esc", "leave")]),
        Purpose::Snooze(_) => pairs(&[("Enter", "put off"), ("ctrl-u", "clear"), ("Esc", "leave as it was")]),
        Purpose::Tags(_) | Purpose::Owner(_) | Purpose::WontContest(_) => {
            pairs(&[("Enter", "save"), ("ctrl-u", "clear"), ("Esc", "leave as it was")])
        }
    }
}

/// The keys of a place by rank, with leaving and help at the end.
fn of_place(model: &Model, place: Place) -> Vec<Pair> {
    // The journal leads to the calls; they are reached from other pages, too, and need no room there.
    let leads_there = matches!(model.overlay, Overlay::Journal { .. });
    let on_desk = place == Place::Desk;
    let told = |row: &Binding| {
        if on_desk { row.on(model.desk.tab) } else { (row.label, row.footer) }
    };
    let works = |row: &&Binding| {
        told(row).1 > 0
            && (leads_there || row.action != Action::Calls)
            && row.places.contains(&place)
            && availability::of(row.action, model) == Availability::On
    };
    let mut rows: Vec<&Binding> = BINDINGS.iter().filter(works).collect();
    rows.sort_by_key(|row| (row.action == Action::Help, row.action == Action::Quit, told(row).1));
    let mut pairs: Vec<Pair> = Vec::new();
    if !on_desk {
        let moves = format!("{} {}", model.key_of(Action::Down), model.key_of(Action::Up));
        pairs.push((moves, "scroll".to_owned()));
    }
    pairs.extend(rows.into_iter().map(|row| {
        let label = match row.action {
            Action::Quit if !on_desk => "back",
            _ => told(row).0,
        };
        (model.key_of(row.action), label.to_owned())
    }));
    pairs
}

fn joined(canvas: &Canvas<'_>, pairs: &[Pair]) -> Row {
    let mut row = Row::default();
    for (index, (key, label)) in pairs.iter().enumerate() {
        if index > 0 {
            row.push("  ", Style::new());
        }
        row.push(key, canvas.theme.key);
        row.push(&format!(" {label}"), Style::new());
    }
    row
}
