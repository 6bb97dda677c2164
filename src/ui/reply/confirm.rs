//! The last page before a reply leaves: in words who gets what, what speaks against it, and what must be typed. It
//! scrolls; the line to type at stays.

use ratatui::style::Style;

use crate::app::field::TextField;
use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::reading::Reading;
use crate::app::replying::{self, ReplyForm};
use crate::domain::case::Case;
use crate::domain::reply::{Reply, Target, chars};

use crate::ui::canvas::{Canvas, Row};
use crate::ui::form::{environment, scrolling_above, tight, to_type, wrapped, wrapped_prose};
use crate::ui::text::Shown;
use crate::ui::words;

use super::{review, target, warnings};

/// What LIVE means here.
const LIVE: &str = "a real case, real money";
/// The safety that needs no reading before a send.
const LOOKED_AT_AGAIN: &str =
    "Just before it is sent a case is fetched again; if it has moved, its reply stops and says so.";

/// Draws the page as far as it has been read and gives the place of its cursor, where a number is asked for.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    model: &Model,
    form: &ReplyForm,
    field: &TextField,
    page: &Reading,
    area: Area,
) -> Option<(u16, u16)> {
    let named = target::named(model, &form.targets);
    let title = Row::of(&format!(" Confirm the reply to {named} "), canvas.theme.title);
    let width = usize::from(area.width.saturating_sub(2));
    let fit = usize::from(area.height.saturating_sub(2));
    let replies: Vec<(Reply, Case)> =
        form.replies(model).into_iter().filter_map(|(_, reply)| reply.ok()).collect();
    let mut rows = vec![environment(canvas, model, LIVE), target::facts(canvas, model, &form.targets, width)];
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
    rows.push(Row::default());
    let rows = tight(rows, fit);
    let bottom = scrolling_above(canvas, area, &title, &rows, page.scroll(), 1);
    let is_read = page.is_over_at(rows.len().saturating_sub(fit));
    ask(canvas, model, form, (field, is_read), Area { height: 1, ..bottom })
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
    rows.extend(wrapped_prose(&reply.content, "  ", width, Style::new()));
    if !reply.files.is_empty() {
        rows.push(Row::of(&words::counted(reply.files.len(), "file"), theme.title));
    }
    for (index, file) in reply.files.iter().enumerate() {
        let number = format!("{:>3} ", index + 1);
        let text = Shown::of(file).cut_middle(width.saturating_sub(number.len()), canvas.signs.ellipsis);
        rows.push(Row::of(&number, theme.label).and_address(text.as_str(), Style::new(), file));
    }
    rows
}

/// What must be typed.
fn ask(
    canvas: &mut Canvas<'_>,
    model: &Model,
    form: &ReplyForm,
    (field, is_read): (&TextField, bool),
    area: Area,
) -> Option<(u16, u16)> {
    let theme = canvas.theme;
    let asked = replying::asked(model, form);
    if asked == "y" {
        let dot = || Row::of(canvas.signs.dot, theme.dim);
        let mut row = Row::of("y", theme.key).and(" sends", theme.title);
        if !is_read {
            let more = Row::of("PgDn", theme.key).and(" shows the rest", theme.title);
            row = more.joined(dot()).joined(row).and(" behind it", theme.title);
        }
        let row = row.joined(dot()).and("Esc", theme.key).and(" goes back", theme.title);
        canvas.row(area.x, area.y, area.width, &row);
        return None;
    }
    let what = match form.targets.as_slice() {
        [Target::Batch(_)] => "to answer the whole batch".to_owned(),
        many => format!("to send {} replies", many.len()),
    };
    Some(to_type(canvas, &asked, &what, field, area))
}
