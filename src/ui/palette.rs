//! Every action by name: what is typed narrows the list; what cannot be done here says why. Words behind a name narrow what
//! the action lets choose.

use ratatui::style::Style;

use crate::app::action::{self, Action, Place};
use crate::app::availability;
use crate::app::choosing::Offer;
use crate::app::layout::Area;
use crate::app::model::{Availability, Model};
use crate::app::overlay::Palette;

use super::canvas::{Canvas, Row};
use super::prompt::centred;
use super::text::{Shown, cells};
use super::typed;

/// Columns of a name with the words it takes, the blank behind it included: the longest is `filter [word]`.
const NAME: usize = 14;
const KEYS: usize = 12;

/// Draws the window and gives the place of its cursor.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, palette: &Palette, body: Area) -> (u16, u16) {
    let area = centred(body, 96, 22);
    let inside = canvas.window(area, "Actions");
    canvas.row(inside.x, inside.y, 1, &Row::of(":", canvas.theme.key));
    let room = inside.width.saturating_sub(1);
    let (text, cursor) = typed::one_line(&palette.field, usize::from(room));
    canvas.put(inside.x + 1, inside.y, room, &text, Style::new());
    let rows = rows(canvas, model, palette, usize::from(inside.width));
    let fit = usize::from(inside.height.saturating_sub(1));
    let first = (palette.chosen + 1).saturating_sub(fit);
    for (y, row) in (inside.y + 1..).zip(rows.iter().skip(first).take(fit)) {
        canvas.row(inside.x, y, inside.width, row);
    }
    (inside.x + 1 + cells(cursor), inside.y)
}

/// What can be done, or chosen, or why nothing can.
fn rows(canvas: &Canvas<'_>, model: &Model, palette: &Palette, width: usize) -> Vec<Row> {
    if let Some(problem) = palette.problem() {
        let lines = Shown::of(&problem).wrap(width.max(8));
        return lines.iter().map(|line| Row::of(line.as_str(), canvas.theme.dim)).collect();
    }
    if let Some(fitting) = palette.fitting() {
        let longest = fitting.iter().map(|offer| offer.name.len()).max().unwrap_or_default();
        let offers = fitting.iter().enumerate();
        return offers.map(|(at, offer)| self::offer(canvas, offer, longest, at == palette.chosen)).collect();
    }
    let place = palette.back.place();
    let actions = palette.rows();
    let row = |(at, action): (usize, &Action)| line(canvas, model, *action, place, at == palette.chosen);
    let mut rows: Vec<Row> = actions.iter().enumerate().map(row).collect();
    if let ([row], [action]) = (&rows[..], &actions[..])
        && row.width() > width
    {
        // Nothing else is in question, so there is room to say all of it.
        let said = said(model, *action);
        let lines = Shown::of(&said).wrap(width.saturating_sub(2).max(8));
        rows.extend(lines.iter().map(|line| Row::plain("  ").and(line.as_str(), canvas.theme.dim)));
    }
    rows
}

/// What an action does, or why it cannot be done here.
fn said(model: &Model, action: Action) -> String {
    match availability::of(action, model) {
        Availability::On => action::binding(action).map(|row| row.help.to_owned()).unwrap_or_default(),
        Availability::Off(why) => format!("off: {why}"),
    }
}

/// One thing to choose, what is said of it in a column of its own.
pub(super) fn offer(canvas: &Canvas<'_>, offer: &Offer, longest: usize, chosen: bool) -> Row {
    let sign = if chosen { canvas.signs.cursor } else { " " };
    let style = if chosen { canvas.theme.chosen } else { Style::new() };
    Row::of(sign, canvas.theme.title)
        .and(" ", Style::new())
        .and(&offer.name, style)
        .and(&" ".repeat((longest + 2).saturating_sub(offer.name.len())), Style::new())
        .and(&offer.about, canvas.theme.dim)
}

fn line(canvas: &Canvas<'_>, model: &Model, action: Action, place: Place, chosen: bool) -> Row {
    let theme = canvas.theme;
    let Some(binding) = action::binding(action) else { return Row::default() };
    let sign = if chosen { canvas.signs.cursor } else { " " };
    let style = if chosen { theme.chosen } else { theme.title };
    // A key of another page does something else here.
    let works = binding.places.contains(&place);
    let keys = if works { model.session.keymap.shown(action) } else { String::new() };
    let keys = Shown::of(&keys).cut(KEYS - 1, canvas.signs.ellipsis);
    let mut row = Row::of(sign, theme.title).and(" ", Style::new()).and(binding.name, style);
    if let Some(words) = action::words_of(action) {
        row.push(&format!(" [{words}]"), theme.dim);
    }
    let row = super::form::padded(row, NAME + 2);
    let pad = " ".repeat(KEYS.saturating_sub(keys.width()));
    let on = availability::of(action, model) == Availability::On;
    let (key, style) = if on { (theme.key, Style::new()) } else { (theme.dim, theme.dim) };
    row.and(keys.as_str(), key).and(&pad, style).and(&said(model, action), style)
}
