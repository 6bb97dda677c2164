//! What an empty table says: why nothing is there, and which key comes next.

use crate::app::action::{Action, Tab};
use crate::app::layout::Area;
use crate::app::model::Model;
use crate::domain::view::View;

use super::canvas::{Canvas, Row};
use super::text::Shown;

/// Draws the sentences of an empty table.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, area: Area) {
    let width = area.width.saturating_sub(4);
    let bottom = area.y.saturating_add(area.height);
    let mut y = area.y + 1;
    for (index, sentence) in sentences(model).iter().enumerate() {
        let style = if index == 0 { canvas.theme.title } else { ratatui::style::Style::new() };
        for line in Shown::of(sentence).wrap(usize::from(width)) {
            if y < bottom {
                canvas.row(area.x + 2, y, width, &Row::of(line.as_str(), style));
            }
            y = y.saturating_add(1);
        }
    }
}

/// Why nothing is there, then what to do.
fn sentences(model: &Model) -> [String; 2] {
    let key = |action| model.key_of(action);
    let desk = &model.desk;
    if model.book.is_empty() {
        let next = format!(
            "Press {} and paste case ids, one a line; or run `docket track --file ids.txt` in a shell.",
            key(Action::Add)
        );
        return ["No cases on the list yet.".into(), next];
    }
    if model.book.missing() > 0 {
        let all = model.book.len() + model.book.missing();
        return [format!("{all} cases are being read."), "What you looked at last comes back then.".into()];
    }
    if !desk.filter_text.is_empty() && desk.listing.in_view() > 0 {
        let why = format!("Nothing here matches `{}` (0 of {}).", desk.filter_text, desk.listing.in_view());
        let asleep = match (desk.tab, desk.summary.asleep) {
            (Tab::Cases(View::Due), 1..) => {
                format!(" {} asleep: {} shows every case.", desk.summary.asleep, key(Action::View(5)))
            }
            _ => String::new(),
        };
        let (back, filter) = (key(Action::Back), key(Action::Filter));
        let next = format!("{back} shows all again; {filter} changes the filter.{asleep}");
        return [why, next];
    }
    let refresh = format!("{} asks the gateway what is new.", key(Action::RefreshOpen));
    match desk.tab {
        Tab::Cases(View::Due) => {
            let all = format!("{} {} shows every case.", refresh, key(Action::View(5)));
            let summary = &model.desk.summary;
            match summary.asleep {
                _ if summary.unknown > 0 && summary.in_view(View::All) == summary.unknown => {
                    ["Nothing is known of these cases yet.".into(), all]
                }
                0 => ["Nothing needs a reply.".into(), all],
                asleep => [format!("Nothing needs a reply now; {asleep} asleep."), all],
            }
        }
        Tab::Cases(View::Changed) => ["Nothing has changed since you last looked.".into(), refresh],
        Tab::Cases(View::Waiting) => ["No case waits for the issuer.".into(), refresh],
        Tab::Cases(View::Closed) => ["No case is closed.".into(), refresh],
        Tab::Cases(View::All) | Tab::Saved(_) => {
            let all = format!("{} shows every case.", key(Action::View(5)));
            ["No case belongs to this view.".into(), all]
        }
        Tab::Drafts => begin_one("No reply has been begun.", model),
        Tab::Journal => begin_one("No reply and no refund has been sent yet.", model),
    }
}

fn begin_one(why: &str, model: &Model) -> [String; 2] {
    let next = format!(
        "{} shows the cases that need a reply; {} on one of them begins it, {} answers its whole batch.",
        model.key_of(Action::View(1)),
        model.key_of(Action::Reply),
        model.key_of(Action::ReplyBatch)
    );
    [why.to_owned(), next]
}
