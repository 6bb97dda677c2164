//! The page on which a reply is written: the text with its counter, the files with their verdicts, and in one line
//! what still keeps it from being sent.

use ratatui::style::Style;

use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::replying::{self, Focus, ReplyForm};
use crate::domain::evidence::{FILES_MAX, TYPES};
use crate::domain::reply::{self, CHECKLIST, CONTENT_MAX_CHARS, Version};

use crate::ui::canvas::{Canvas, Row};
use crate::ui::field;
use crate::ui::form::{counter, frame, head, readiness, skip, stack, wrapped};
use crate::ui::text::{Shown, cells};
use crate::ui::typed::{self, Typed};
use crate::ui::words;

use super::files::{self, FileLines};
use super::target;

/// The rows of the two fields and what is left over below them.
struct Shares {
    text: usize,
    files: usize,
    spare: usize,
}

/// Draws the page and gives the place of its cursor.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, form: &ReplyForm, area: Area) -> (u16, u16) {
    let named = target::named(model, &form.targets);
    let title = Row::of(&format!(" Reply to {named} "), canvas.theme.title);
    let inside = frame(canvas, area, &title, &Row::default());
    let foot = readiness(canvas, replying::why_not(model, form), usize::from(inside.width));
    let top = top(canvas, model, form, usize::from(inside.width));
    let room = usize::from(inside.height).saturating_sub(2 + top.len() + foot.len());
    let text = typed::many_lines(&form.content, usize::from(inside.width.saturating_sub(2)));
    let files = files::lines(canvas, model, form, usize::from(inside.width));
    let shares = share(text.lines.len(), files.rows.len(), room, form.focus);
    let blank = usize::from(shares.spare > 0);

    let below = stack(canvas, inside, &top);
    let below = skip(below, blank);
    let below = stack(canvas, below, &[text_head(canvas, model, form)]);
    let in_text = draw_text(canvas, form, &text, Area { height: cells(shares.text), ..below });
    let below = skip(below, shares.text + usize::from(shares.spare > 1));
    let below = stack(canvas, below, &[files_head(canvas, model, form, &files, shares.files)]);
    let in_files =
        field::around(canvas, &files.rows, files.focus, Area { height: cells(shares.files), ..below });
    let below = skip(below, shares.files);
    let spare = Area { height: below.height.saturating_sub(cells(foot.len())), ..below };
    advice(canvas, model, form, spare);
    let bottom = inside.y + inside.height.saturating_sub(cells(foot.len()));
    stack(canvas, Area { y: bottom, height: cells(foot.len()), ..inside }, &foot);
    in_files.unwrap_or(in_text)
}

/// What is answered, and the other way to do it.
fn top(canvas: &Canvas<'_>, model: &Model, form: &ReplyForm, width: usize) -> Vec<Row> {
    let mut rows = vec![target::facts(canvas, model, &form.targets, width)];
    if let Some(offer) = target::other_way(model, form) {
        rows.extend(wrapped(&offer, "", width, canvas.theme.warning));
    }
    rows
}

/// The field with the cursor gets what it needs; the other one keeps two rows at least.
fn share(text: usize, files: usize, room: usize, focus: Focus) -> Shares {
    let (text, files) = match focus {
        Focus::Content => {
            let text = text.min(room.saturating_sub(files.min(2))).max(1);
            (text, files.min(room.saturating_sub(text)))
        }
        Focus::File(_) => {
            let files = files.min(room.saturating_sub(text.min(2))).max(1);
            (text.min(room.saturating_sub(files)), files)
        }
    };
    Shares { text, files, spare: room.saturating_sub(text + files) }
}

fn text_head(canvas: &Canvas<'_>, model: &Model, form: &ReplyForm) -> Row {
    let theme = canvas.theme;
    let (chars, longest) = form.longest(model);
    let style = if chars > CONTENT_MAX_CHARS { theme.alarm } else { theme.title };
    let mut row = head(canvas, "Text", form.focus == Focus::Content).and("  ", theme.dim);
    row.push(&counter(chars, CONTENT_MAX_CHARS), style);
    if let Some(target) = longest.filter(|_| form.targets.len() > 1) {
        row.push(&format!(" longest ({target})"), theme.dim);
    } else if form.content.value().contains('{') {
        row.push(" as filled in", theme.dim);
    }
    let filled =
        target::first_case(model, &form.targets).and_then(|c| reply::fill(form.content.value(), &c).ok());
    let units = filled.map_or(0, |text| text.encode_utf16().count());
    if chars <= CONTENT_MAX_CHARS && units > CONTENT_MAX_CHARS {
        row.push(&format!("; {units} if PayerMax counts UTF-16 units"), theme.warning);
    }
    row
}

fn draw_text(canvas: &mut Canvas<'_>, form: &ReplyForm, text: &Typed, area: Area) -> (u16, u16) {
    let rows = usize::from(area.height);
    let (column, line) = text.cursor;
    let first = (line + 1).saturating_sub(rows);
    canvas.bar(area.x, area.y, area.height, canvas.theme.rule);
    let room = area.width.saturating_sub(2);
    if form.content.value().is_empty() && rows > 0 {
        let hint = "what PayerMax is to know; ctrl-t takes a template, {caseId} and the like are filled in";
        canvas.row(area.x + 2, area.y, room, &Row::of(hint, canvas.theme.dim));
    }
    for (y, shown) in (area.y..).zip(text.lines.iter().skip(first).take(rows)) {
        canvas.put(area.x + 2, y, room, shown, Style::new());
    }
    (area.x + 2 + cells(column), area.y + cells(line - first.min(line)))
}

fn files_head(canvas: &Canvas<'_>, model: &Model, form: &ReplyForm, files: &FileLines, rows: usize) -> Row {
    let theme = canvas.theme;
    let count = form.written().files.len();
    let mut row = head(canvas, "Evidence", form.focus != Focus::Content).and("  ", theme.dim);
    let needed = count == 0 && model.session.reply_version == Version::V15;
    match count {
        0 if needed => row.push("no file yet; at least one is needed", theme.warning),
        0 => row.push("no file", theme.dim),
        many if many > FILES_MAX => {
            row.push(&format!("{many} files, {FILES_MAX} AT MOST"), theme.alarm);
        }
        many => row.push(&words::counted(many, "file"), theme.title),
    }
    let bad = files.bad;
    if bad > 0 {
        row.push(&format!("{}x {bad} cannot go out", canvas.signs.dot), theme.alarm);
    }
    let hidden = files.rows.len().saturating_sub(rows);
    if hidden > 0 {
        row.push(&format!("{}{hidden} more lines", canvas.signs.dot), theme.dim);
    }
    row
}

/// Where there is room: the text as it will go out, and what PayerMax usually asks for.
fn advice(canvas: &mut Canvas<'_>, model: &Model, form: &ReplyForm, area: Area) {
    let theme = canvas.theme;
    let width = usize::from(area.width).max(8);
    let filled =
        target::first_case(model, &form.targets).map(|case| reply::fill(form.content.value(), &case));
    let mut rows = Vec::new();
    if let Some(Ok(filled)) = filled.filter(|_| form.content.value().contains('{')) {
        let first = form.targets.first().map(ToString::to_string).unwrap_or_default();
        rows.extend([Row::default(), Row::of(&format!("Filled in for {first}"), theme.title)]);
        let lines = Shown::of(&filled).wrap(width.saturating_sub(2));
        rows.extend(lines.iter().map(|line| Row::plain("  ").and(line.as_str(), Style::new())));
    }
    let checklist = [Row::default(), Row::of("PayerMax usually asks for", theme.title)];
    let items = CHECKLIST.iter().map(|item| Row::of("  - ", theme.dim).and(item, Style::new()));
    let types =
        Row::of(&format!("files: {}; no special characters in the address", TYPES.join(" ")), theme.dim);
    let checklist: Vec<Row> = checklist.into_iter().chain(items).chain([types]).collect();
    if rows.len() + checklist.len() <= usize::from(area.height) {
        rows.extend(checklist);
    }
    stack(canvas, area, &rows);
}
