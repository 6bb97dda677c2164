//! Refunds of an order that were made before, in words: for the form, the confirm page and the pages of a case.

use ratatui::style::Style;

use crate::app::model::Model;
use crate::domain::action::State;
use crate::domain::money;
use crate::domain::refund::{Earlier, Fate};

use crate::ui::canvas::{Canvas, Row};
use crate::ui::form::padded;
use crate::ui::text::Shown;
use crate::ui::words;

/// Columns of a number that still tell two apart.
const NUMBER_LEAST: usize = 9;

/// The sign before the words of a fate. Taken is not paid, and does not look like it.
pub(in crate::ui) fn sign(canvas: &Canvas<'_>, fate: Fate) -> &'static str {
    match fate {
        Fate::Paid => canvas.signs.good,
        Fate::Pending | Fate::Open(State::Intended) => canvas.signs.nothing,
        Fate::Open(State::Sending) => canvas.signs.cursor,
        Fate::Open(_) => "?",
        Fate::Failed | Fate::Refused | Fate::NotReceived => "x",
    }
}

/// How a fate looks.
pub(in crate::ui) fn style(canvas: &Canvas<'_>, fate: Fate) -> Style {
    match fate {
        Fate::Paid => canvas.theme.good,
        Fate::Pending => canvas.theme.soon,
        Fate::Open(State::Intended | State::Sending) => canvas.theme.title,
        Fate::Open(_) => canvas.theme.alarm,
        Fate::Failed | Fate::Refused | Fate::NotReceived => canvas.theme.warning,
    }
}

/// The refunds of an order in the journal, oldest first.
pub(in crate::ui) fn of_order(model: &Model, order: &str) -> Vec<Earlier> {
    let of_order = model.book.journal().iter().filter(|record| record.intent.order.as_deref() == Some(order));
    let mut earlier: Vec<Earlier> = of_order.filter_map(Earlier::of).collect();
    earlier.reverse();
    earlier
}

/// `2,000.00 IDR`.
pub(in crate::ui) fn amount(earlier: &Earlier) -> String {
    let amount = earlier.amount.map_or_else(|| "amount unreadable".to_owned(), money::shown);
    format!("{amount} {}", earlier.currency).trim_end().to_owned()
}

/// `refunded 2 Aug by ana`, `accepted, not yet paid, elsewhere`.
pub(in crate::ui) fn told(model: &Model, earlier: &Earlier) -> String {
    let mut told = earlier.fate.words().to_owned();
    match earlier.at {
        Some(at) => {
            let calendar = &model.scene.calendar;
            let comma = if told.contains(' ') { "," } else { "" };
            told = format!("{told}{comma} {}", words::day(calendar.date_of(at), calendar));
        }
        None => told.push_str(", elsewhere"),
    }
    format!("{told} {}", by(earlier)).trim_end().to_owned()
}

/// `by ana`; nothing where nobody is named.
fn by(earlier: &Earlier) -> String {
    signed(earlier.by.as_deref().unwrap_or_default())
}

/// The same of a name as the journal has it.
pub(in crate::ui) fn signed(name: &str) -> String {
    if name.trim().is_empty() { String::new() } else { format!("by {name}") }
}

/// One line each: when, how much, how it stands, who, and whatever of the number fits.
pub(super) fn table(canvas: &Canvas<'_>, model: &Model, earlier: &[Earlier], width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let calendar = &model.scene.calendar;
    let when = |one: &Earlier| match one.at {
        Some(at) => words::day(calendar.date_of(at), calendar),
        None => "elsewhere".to_owned(),
    };
    let widest = |text: &dyn Fn(&Earlier) -> String| {
        earlier.iter().map(|one| Shown::width_of(&text(one))).max().unwrap_or(0)
    };
    let (days, money) = (widest(&when), widest(&amount));
    let states = widest(&|one| one.fate.words().to_owned()) + 2;
    let names = widest(&by);
    let line = |one: &Earlier| {
        let mut row = padded(Row::of(" ", theme.dim).and(&when(one), theme.label), days + 3);
        let amount = amount(one);
        row.push(&" ".repeat(money.saturating_sub(Shown::width_of(&amount))), Style::new());
        row.push(&amount, theme.title);
        let state = Row::of("  ", theme.dim)
            .and(sign(canvas, one.fate), style(canvas, one.fate))
            .and(" ", theme.dim)
            .and(one.fate.words(), style(canvas, one.fate));
        row.append(padded(state, states + 2));
        row.append(padded(Row::of("  ", theme.dim).and(&by(one), theme.dim), names + 2));
        let room = width.saturating_sub(row.width() + 2);
        if room >= NUMBER_LEAST {
            let number = Shown::id(&one.number).cut_middle(room, canvas.signs.ellipsis);
            row = row.and("  ", theme.dim).and(number.as_str(), theme.dim);
        }
        row
    };
    earlier.iter().map(line).collect()
}
