//! What will leave this host: the filled-in text and files of each target in words, then the request, byte for byte.

use ratatui::style::Style;

use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::replying::{Preview, ReplyForm};
use crate::domain::reply::{CONTENT_MAX_CHARS, Reply, chars};

use crate::ui::canvas::{Canvas, Row};
use crate::ui::form::{cannot, counter, request, scrolling, wrapped};
use crate::ui::words;

use super::target;

/// Draws the page of the chosen target.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, form: &ReplyForm, page: &Preview, area: Area) {
    let theme = canvas.theme;
    let replies = form.replies(model);
    let chosen = page.chosen.min(replies.len().saturating_sub(1));
    // Bodies are written for those replies alone that can be filled in.
    let body = replies.iter().take(chosen).filter(|(_, reply)| reply.is_ok()).count();
    let width = usize::from(area.width.saturating_sub(2));
    let of = if replies.len() > 1 { format!(" {} of {}", chosen + 1, replies.len()) } else { String::new() };
    let mut name = String::new();
    let mut rows = Vec::new();
    if let Some((target, reply)) = replies.get(chosen) {
        name = target::named(model, std::slice::from_ref(target));
        rows = match reply {
            Ok((reply, _)) => whole(canvas, reply, page, page.bodies.get(body), width),
            Err(problems) => {
                let head = format!("A reply to {target} cannot be filled in yet:");
                cannot(canvas, &head, problems, width)
            }
        };
    }
    let title = Row::of(&format!(" Preview{of}: {name} "), theme.title);
    scrolling(canvas, area, &title, &rows, page.scroll);
}

fn whole(
    canvas: &Canvas<'_>,
    reply: &Reply,
    page: &Preview,
    body: Option<&String>,
    width: usize,
) -> Vec<Row> {
    let theme = canvas.theme;
    let head = |text: &str, more: &str| Row::of(text, theme.title).and(more, theme.dim);
    let mut rows =
        vec![head("Text", &format!("  {}, as filled in", counter(chars(&reply.content), CONTENT_MAX_CHARS)))];
    rows.extend(wrapped(&reply.content, "  ", width, Style::new()));
    let checking = format!("  checking{}", canvas.signs.ellipsis);
    let asked = if page.checking { checking.as_str() } else { "" };
    rows.push(head(&words::counted(reply.files.len(), "file"), asked));
    for (index, file) in reply.files.iter().enumerate() {
        let number = format!("{:>3} ", index + 1);
        let lines = wrapped(file, "", width.saturating_sub(number.len()), Style::new());
        for (line, row) in lines.into_iter().enumerate() {
            let mut numbered = Row::of(if line == 0 { &number } else { "    " }, theme.label);
            numbered.append(row.for_address(file));
            rows.push(numbered);
        }
        if let Some((_, says)) = page.links.iter().find(|(url, _)| url == file) {
            rows.extend(wrapped(says, "      ", width, theme.soon));
        }
    }
    if !page.links.is_empty() {
        rows.push(Row::of("asked from this host; PayerMax fetches the files itself", theme.dim));
    }
    rows.push(Row::default());
    rows.extend(request(canvas, body, width));
    rows
}
