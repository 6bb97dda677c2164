//! The last page before a reply leaves: in words who gets what, what speaks against it, and what must be typed.

use ratatui::style::Style;

use crate::app::field::TextField;
use crate::app::layout::Area;
use crate::app::model::{Environment, Model};
use crate::app::replying::{self, ReplyForm};
use crate::domain::case::Case;
use crate::domain::reply::{Reply, Target, chars};

use crate::ui::canvas::{Canvas, Row};
use crate::ui::text::{Shown, cells};
use crate::ui::{header, typed, words};

use super::{frame, review, stack, target, warnings, wrapped};

/// The safety that needs no reading before a send.
const LOOKED_AT_AGAIN: &str =
    "Just before it is sent a case is fetched again; if it has moved, its reply stops and says so.";

/// Draws the page and gives the place of its cursor, where a number is asked for.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    model: &Model,
    form: &ReplyForm,
    field: &TextField,
    area: Area,
) -> Option<(u16, u16)> {
    let named = target::named(model, &form.targets);
    let title = Row::of(&format!(" Confirm the reply to {named} "), canvas.theme.title);
    let inside = frame(canvas, area, &title, &Row::default());
    let width = usize::from(inside.width);
    let replies: Vec<(Reply, Case)> =
        form.replies(model).into_iter().filter_map(|(_, reply)| reply.ok()).collect();
    let mut rows = vec![environment(canvas, model), target::facts(canvas, model, &form.targets, width)];
    rows.extend(wrapped(&what_happens(model, form, &replies), "", width, Style::new()));
    for warning in warnings::of(model, form, &replies) {
        rows.extend(wrapped(&format!("! {warning}"), "", width, canvas.theme.warning));
    }
    rows.push(Row::default());
    match replies.as_slice() {
        [(one, _)] => rows.extend(quoted(canvas, one, width)),
        many => rows.extend(review::table(canvas, model, many, width)),
    }
    rows.push(Row::default());
    rows.extend(wrapped(LOOKED_AT_AGAIN, "", width, canvas.theme.dim));
    let fit = usize::from(inside.height).saturating_sub(1);
    let rows = fitted(canvas, rows, fit);
    stack(canvas, Area { height: cells(fit), ..inside }, &rows);
    // Right below what it is about, or at the very bottom.
    let y = inside.y + cells((rows.len() + 1).min(fit));
    ask(canvas, model, form, field, Area { y, height: 1, ..inside })
}

/// Where it goes. The word looks as it does in the header.
fn environment(canvas: &Canvas<'_>, model: &Model) -> Row {
    let environment = model.session.environment;
    let means = match environment {
        Environment::Live => "real cases, real money",
        Environment::Uat => "PayerMax's test environment",
        Environment::Sandbox => "docket's stand-in on this machine; PayerMax gets nothing",
        Environment::Custom => "the address in your config",
    };
    Row::of(&format!(" {} ", environment.word()), header::style_of(canvas, environment))
        .and(&format!(" {means}"), canvas.theme.title)
}

/// The rows in so many lines; what stands last goes first, and it is said that it went.
fn fitted(canvas: &Canvas<'_>, mut rows: Vec<Row>, fit: usize) -> Vec<Row> {
    if rows.len() > fit {
        rows.retain(|row| row.width() > 0);
    }
    if rows.len() > fit {
        let hidden = rows.len() - fit.saturating_sub(1);
        rows.truncate(fit.saturating_sub(1));
        let more = format!("{} {hidden} more lines: Esc, then ctrl-p shows all", canvas.signs.ellipsis);
        rows.push(Row::of(&more, canvas.theme.title));
    }
    rows
}

fn what_happens(model: &Model, form: &ReplyForm, replies: &[(Reply, Case)]) -> String {
    match (form.targets.as_slice(), replies) {
        ([Target::Case(_)], [(reply, _)]) => {
            format!("Sends this text and {} as your answer. It cannot be undone.", amount_of(reply))
        }
        ([batch @ Target::Batch(_)], [(reply, _)]) => format!(
            "Sends this text and {}, once, for the whole batch: {} of it on your list, and the others in it get the \
             same answer, too. It cannot be undone.",
            amount_of(reply),
            words::counted(replying::tracked_in(model, batch).len(), "case"),
        ),
        (many, _) => format!(
            "Sends {} replies one after the other, text and files filled in for each case. It cannot be undone.",
            many.len()
        ),
    }
}

fn amount_of(reply: &Reply) -> String {
    match reply.files.len() {
        0 => "no file".to_owned(),
        files => words::counted(files, "file"),
    }
}

/// The whole text and the files of one reply.
fn quoted(canvas: &Canvas<'_>, reply: &Reply, width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let head = format!("Text, {}", words::counted(chars(&reply.content), "character"));
    let mut rows = vec![Row::of(&head, theme.title)];
    rows.extend(wrapped(&reply.content, "  ", width, Style::new()));
    if !reply.files.is_empty() {
        rows.push(Row::of(&words::counted(reply.files.len(), "file"), theme.title));
    }
    for (index, file) in reply.files.iter().enumerate() {
        let number = format!("{:>3} ", index + 1);
        let file = Shown::of(file).cut_middle(width.saturating_sub(number.len()), canvas.signs.ellipsis);
        rows.push(Row::of(&number, theme.label).and(file.as_str(), Style::new()));
    }
    rows
}

/// What must be typed.
fn ask(
    canvas: &mut Canvas<'_>,
    model: &Model,
    form: &ReplyForm,
    field: &TextField,
    area: Area,
) -> Option<(u16, u16)> {
    let theme = canvas.theme;
    let asked = replying::asked(model, form);
    if asked == "y" {
        let row = Row::of("y", theme.key).and(" sends", theme.title).and(canvas.signs.dot, theme.dim);
        let row = row.and("Esc", theme.key).and(" goes back", theme.title);
        canvas.row(area.x, area.y, area.width, &row);
        return None;
    }
    let what = match form.targets.as_slice() {
        [Target::Batch(_)] => "to answer the whole batch".to_owned(),
        many => format!("to send {} replies", many.len()),
    };
    let label = Row::of("type ", theme.title)
        .and(&asked, theme.key)
        .and(&format!(" and Enter {what}: ["), theme.title);
    let start = area.x + cells(label.width());
    let room = usize::from(area.width).saturating_sub(label.width() + 1).clamp(1, 12);
    let (text, cursor) = typed::one_line(field, room);
    let text = text.cut(room, canvas.signs.ellipsis);
    let pad = " ".repeat(asked.len().max(text.width()) + 1 - text.width());
    let row = label.and(text.as_str(), theme.title).and(&pad, theme.title).and("]", theme.title);
    canvas.row(area.x, area.y, area.width, &row);
    Some((start + cells(cursor), area.y))
}
