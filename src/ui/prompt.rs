//! Questions answered with text: one line in place of the notice, or a small window over the desk.

use ratatui::style::Style;

use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::overlay::{Prompt, Purpose};
use crate::app::{completion, refunding, snoozing, targets};
use crate::domain::ids::{self, CaseId};
use crate::domain::record::{ActionId, Kind};
use crate::domain::{shown, snooze};

use super::canvas::{Canvas, Row};
use super::text::{Shown, cells};
use super::{records, typed, words};

/// Draws a prompt and gives the place of its cursor.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    model: &Model,
    prompt: &Prompt,
    body: Area,
    line: Area,
) -> (u16, u16) {
    if prompt.purpose.takes_lines() {
        window(canvas, model, prompt, body)
    } else {
        in_line(canvas, model, prompt, line)
    }
}

/// What stands before the text.
fn label(model: &Model, purpose: &Purpose, ellipsis: &str) -> String {
    let of = |ids: &[CaseId]| match ids {
        [one] => Shown::of(one.as_str()).cut_middle(12, ellipsis).as_str().to_owned(),
        many => words::counted(many.len(), "case"),
    };
    match purpose {
        Purpose::Filter(_) => "/".to_owned(),
        Purpose::Tags(ids) => format!("tags of {}: ", of(ids)),
        Purpose::Owner(ids) => format!("owner of {} (@me for yourself): ", of(ids)),
        Purpose::WontContest(ids) => format!("won't contest {}, why: ", of(ids)),
        Purpose::Snooze(ids) => {
            let all = if targets::page(model).is_some() { 1 } else { model.book.marked().max(1) };
            let others = if ids.len() < all { format!(" (of {all})") } else { String::new() };
            format!("snooze {}{others} until: ", of(ids))
        }
        Purpose::Resolve(id) => resolving(model, id, ellipsis),
        Purpose::Unlock => format!("type {} to unlock: ", refunding::phrase(model)),
        Purpose::Export => "export all cases to the new file: ".to_owned(),
        Purpose::Add => "Add cases".to_owned(),
        Purpose::Note(id) => format!("Note on {}", shown::id(id.as_str())),
    }
}

/// `paid or not paid? P1: `, as the merchant portal shows it. What can be answered stands first: a narrow screen cuts the
/// rest.
fn resolving(model: &Model, id: &ActionId, ellipsis: &str) -> String {
    let record = model.book.journal().iter().find(|record| record.intent.id == *id);
    let words = refunding::answers(record.map_or(Kind::Refund, |record| record.intent.kind));
    let what = Shown::of(&record.map(records::subject).unwrap_or_default()).cut_middle(14, ellipsis);
    format!("{words}? {}: ", what.as_str())
}

fn in_line(canvas: &mut Canvas<'_>, model: &Model, prompt: &Prompt, area: Area) -> (u16, u16) {
    let theme = canvas.theme;
    let right = match &prompt.problem {
        Some(problem) => Row::of(problem, theme.alarm),
        None => Row::of(&meaning(model, prompt), theme.dim),
    };
    let count = count(canvas, model, prompt);
    let most = usize::from(area.width) * 3 / 5;
    let mut label = Shown::of(&label(model, &prompt.purpose, canvas.signs.ellipsis));
    if label.width() > most {
        let cut = label.cut(most.saturating_sub(1), canvas.signs.ellipsis);
        label = Shown::of(&format!("{} ", cut.as_str()));
    }
    let needed = label.width() + Shown::of(prompt.field.value()).width() + 3;
    let least = usize::from(area.width).saturating_sub(needed).max(usize::from(area.width) / 4);
    let taken = cells((right.width() + count.width()).min(least));
    // What is said gives way; how many cases there are stays.
    let said = taken.saturating_sub(cells(count.width()));
    canvas.put(area.x, area.y, area.width, &label, theme.key);
    let start = area.x + cells(label.width());
    let room = area.width.saturating_sub(cells(label.width()) + if taken > 0 { taken + 1 } else { 0 });
    let (text, cursor) = typed::one_line(&prompt.field, usize::from(room));
    canvas.put(start, area.y, room, &text, Style::new());
    let x = area.x + area.width.saturating_sub(taken);
    canvas.row(x, area.y, said, &right);
    canvas.row(x + said, area.y, taken - said, &count);
    (start + cells(cursor), area.y)
}

/// `  12/48`: how many cases a filter leaves; nothing for other prompts.
fn count(canvas: &Canvas<'_>, model: &Model, prompt: &Prompt) -> Row {
    if !matches!(prompt.purpose, Purpose::Filter(_)) {
        return Row::default();
    }
    let listing = &model.desk.listing;
    let more = if listing.is_complete() { "" } else { canvas.signs.ellipsis };
    Row::of(&format!("  {}{more}/{}", listing.shown(), listing.in_view()), canvas.theme.title)
}

/// What a day comes to while it is typed, or what can stand behind a name; nothing for other prompts.
fn meaning(model: &Model, prompt: &Prompt) -> String {
    if matches!(prompt.purpose, Purpose::Filter(_)) {
        return completion::begun(prompt.field.value()).unwrap_or_default().to_owned();
    }
    let Purpose::Snooze(ids) = &prompt.purpose else { return String::new() };
    match snooze::day_of(prompt.field.value(), &model.scene.calendar) {
        Ok(Some(day)) => snoozing::foreseen(model, ids, day),
        Ok(None) if ids.iter().any(|id| snoozing::is_asleep(model, id)) => {
            "3d, mon, tomorrow, 25 Nov; empty wakes".to_owned()
        }
        Ok(None) => "3d, mon, tomorrow, 25 Nov, 2026-11-25".to_owned(),
        Err(_) => String::new(),
    }
}

fn window(canvas: &mut Canvas<'_>, model: &Model, prompt: &Prompt, body: Area) -> (u16, u16) {
    let theme = canvas.theme;
    let area = centred(body, 76, 14);
    let inside = canvas.window(area, &label(model, &prompt.purpose, canvas.signs.ellipsis));
    let below = below_the_text(canvas, model, prompt, usize::from(inside.width));
    let rows = inside.height.saturating_sub(cells(below.len()) + 1).max(1);
    let typed = typed::many_lines(&prompt.field, usize::from(inside.width));
    let first = (typed.cursor.1 + 1).saturating_sub(usize::from(rows));
    if prompt.field.value().is_empty() {
        let hint = match prompt.purpose {
            Purpose::Add => "paste or type case ids, one a line",
            _ => "type the note; it stays on this host",
        };
        canvas.row(inside.x, inside.y, inside.width, &Row::of(hint, theme.dim));
    }
    for (y, line) in (inside.y..).zip(typed.lines.iter().skip(first).take(usize::from(rows))) {
        canvas.put(inside.x, y, inside.width, line, Style::new());
    }
    let start = inside.y + inside.height.saturating_sub(cells(below.len()));
    for (y, row) in (start..).zip(&below) {
        canvas.row(inside.x, y, inside.width, row);
    }
    (inside.x + cells(typed.cursor.0), inside.y + cells(typed.cursor.1 - first))
}

/// What the text would do, and what is wrong with it.
fn below_the_text(canvas: &Canvas<'_>, model: &Model, prompt: &Prompt, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    if prompt.purpose == Purpose::Add && !prompt.field.value().trim().is_empty() {
        let preview = preview(canvas, model, prompt.field.value());
        let lines = Shown::of(&preview).wrap(width.max(8));
        rows.extend(lines.iter().take(3).map(|line| Row::of(line.as_str(), canvas.theme.title)));
    }
    if let Some(problem) = &prompt.problem {
        let lines = Shown::of(problem).wrap(width.max(8));
        rows.extend(lines.iter().take(4).map(|line| Row::of(line.as_str(), canvas.theme.alarm)));
    }
    rows
}

/// `12 ids: 9 new, 3 already here · 1 bad (line 4: the reason)`.
fn preview(canvas: &Canvas<'_>, model: &Model, text: &str) -> String {
    let pasted = ids::parse_pasted(text);
    let known = pasted.ids.iter().filter(|id| model.book.get(id).is_some()).count();
    let all = pasted.ids.len();
    let mut preview =
        format!("{}: {} new, {known} already here", words::counted(all, "id"), all.saturating_sub(known));
    if let Some(bad) = pasted.bad.first() {
        let rest = pasted.bad.len();
        let more = format!("{}{rest} bad (line {}: {})", canvas.signs.dot, bad.line, bad.why);
        preview.push_str(&more);
    }
    preview
}

/// A window in the middle of the body, never covering all of it.
pub(super) fn centred(body: Area, width: u16, height: u16) -> Area {
    // Nearly as wide as the screen: then all of it, rather than scraps of the desk at both sides.
    let width = if body.width < width + 12 { body.width } else { width };
    let height = height.min(body.height.saturating_sub(2));
    Area { x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 2, width, height }
}
