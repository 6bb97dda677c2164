//! The replies on their way: one row each with its end, and what may be done about those that did not arrive.

use ratatui::style::Style;

use crate::app::action::Action;
use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::replying::{Answer, ReplyForm, Row as Reply, RowProgress, Sending};
use crate::domain::action::State;
use crate::domain::reply::Target;
use crate::domain::return_code;

use crate::ui::canvas::{Canvas, Row};
use crate::ui::text::Shown;
use crate::ui::{records, words};

use super::review::padded;
use super::{frame, stack, target, wrapped};

/// Columns of the word of a state and of a code.
const WORD: usize = 11;
const CODE: usize = 20;

/// Draws the page.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, form: &ReplyForm, sending: &Sending, area: Area) {
    let over = sending.is_over();
    let named = target::named(model, &form.targets);
    let verb = if over { "Sent" } else { "Sending" };
    let title = Row::of(&format!(" {verb}: reply to {named} "), canvas.theme.title);
    let inside = frame(canvas, area, title, &Row::default());
    let width = usize::from(inside.width);
    let mut below = explained(canvas, model, sending, width);
    below.push(next(canvas, sending));
    let room = usize::from(inside.height).saturating_sub(below.len() + 3).max(1);
    let mut rows = vec![counts(canvas, sending), Row::default()];
    rows.extend(visible(canvas, sending, width, room));
    rows.push(Row::default());
    rows.extend(below);
    // What must not be missed stands last; the blank lines and the counts give way to it.
    let fit = usize::from(inside.height);
    if rows.len() > fit {
        rows.retain(|row| row.width() > 0);
    }
    let first = rows.len().saturating_sub(fit);
    stack(canvas, inside, rows.get(first..).unwrap_or_default());
}

/// `3 accepted · 1 refused · 1 waiting`.
fn counts(canvas: &Canvas<'_>, sending: &Sending) -> Row {
    let mut row = Row::default();
    for rank in Rank::ALL {
        let count = sending.rows.iter().filter(|row| Rank::of(row) == rank).count();
        if count > 0 {
            if row.width() > 0 {
                row.push(canvas.signs.dot, canvas.theme.dim);
            }
            row.push(&format!("{count} {}", rank.word()), rank.style(canvas));
        }
    }
    row
}

/// How far a row is; in this order when not all rows can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Unknown,
    UnderWay,
    Refused,
    Waiting,
    Accepted,
}

impl Rank {
    const ALL: [Self; 5] = [Self::Accepted, Self::Unknown, Self::Refused, Self::UnderWay, Self::Waiting];

    fn of(row: &Reply) -> Self {
        match &row.progress {
            RowProgress::Waiting => Self::Waiting,
            RowProgress::UnderWay => Self::UnderWay,
            RowProgress::Answered(answer) => match answer.state {
                State::Accepted | State::Settled => Self::Accepted,
                State::Refused | State::NotReceived | State::Draft => Self::Refused,
                State::Unknown | State::Intended | State::Sending => Self::Unknown,
            },
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::UnderWay => "sending",
            Self::Refused => "refused",
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
        }
    }

    fn sign(self, canvas: &Canvas<'_>) -> &'static str {
        match self {
            Self::Unknown => "?",
            Self::UnderWay => canvas.signs.cursor,
            Self::Refused => "x",
            Self::Waiting => canvas.signs.nothing,
            Self::Accepted => canvas.signs.good,
        }
    }

    fn style(self, canvas: &Canvas<'_>) -> Style {
        match self {
            Self::Unknown => canvas.theme.alarm,
            Self::UnderWay => canvas.theme.title,
            Self::Refused => canvas.theme.warning,
            Self::Waiting => canvas.theme.dim,
            Self::Accepted => canvas.theme.good,
        }
    }
}

/// The rows in so many lines: all of them, or those around the one under way, or once it is over those first that
/// need the operator.
fn visible(canvas: &Canvas<'_>, sending: &Sending, width: usize, room: usize) -> Vec<Row> {
    let column = sending.rows.iter().map(|row| name(row).width()).max().unwrap_or(0);
    let column = column.min(width.saturating_sub(WORD + 4)) + 2;
    let draw = |row: &Reply| line(canvas, row, column, width);
    let blocks: Vec<Vec<Row>> = sending.rows.iter().map(draw).collect();
    if blocks.iter().map(Vec::len).sum::<usize>() <= room {
        return blocks.concat();
    }
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    if sending.is_over() {
        order.sort_by_key(|at| sending.rows.get(*at).map(Rank::of));
    } else {
        let now = sending.rows.iter().position(|row| row.progress == RowProgress::UnderWay).unwrap_or(0);
        order.rotate_left(now.saturating_sub(room / 3));
    }
    let mut rows = Vec::new();
    for (shown, at) in order.iter().enumerate() {
        let block = blocks.get(*at).map(Vec::as_slice).unwrap_or_default();
        if rows.len() + block.len() + 1 > room {
            let more =
                format!("{} {} more; the journal has all", canvas.signs.ellipsis, blocks.len() - shown);
            rows.push(Row::of(&more, canvas.theme.dim));
            break;
        }
        rows.extend_from_slice(block);
    }
    rows
}

fn name(row: &Reply) -> Shown {
    match &row.reply.target {
        Target::Case(id) => Shown::of(id.as_str()),
        batch @ Target::Batch(_) => Shown::of(&batch.to_string()),
    }
}

/// Sign, word, id, code and message; the message below where there is no room beside.
fn line(canvas: &Canvas<'_>, row: &Reply, column: usize, width: usize) -> Vec<Row> {
    let (theme, rank) = (canvas.theme, Rank::of(row));
    let sign = Row::of(&format!("{} {}", rank.sign(canvas), rank.word()), rank.style(canvas));
    let mut first = padded(sign, WORD);
    let name = name(row).cut_middle(column - 2, canvas.signs.ellipsis);
    first.append(padded(Row::of(name.as_str(), theme.title), column));
    let RowProgress::Answered(answer) = &row.progress else { return vec![first] };
    first.append(padded(Row::of(&answer.code, theme.label), CODE));
    let mut rows = Vec::new();
    if first.width() + Shown::width_of(&answer.msg) < width || answer.msg.is_empty() {
        rows.push(first.and(" ", theme.dim).and(&answer.msg, Style::new()));
    } else {
        rows.push(first);
        rows.extend(wrapped(&answer.msg, "    ", width, Style::new()));
    }
    if rank == Rank::Refused
        && let Some(hint) = return_code::hint_for(&answer.code)
    {
        rows.extend(wrapped(hint, "    ", width, theme.dim));
    }
    if let Target::Batch(_) = row.reply.target {
        rows.extend(of_batch(canvas, answer, width));
    }
    rows
}

/// Which cases of the batch were taken.
fn of_batch(canvas: &Canvas<'_>, answer: &Answer, width: usize) -> Vec<Row> {
    let (good, alarm) = (canvas.theme.good, canvas.theme.alarm);
    let mut rows = Vec::new();
    for (ids, word, style) in
        [(&answer.success_case_ids, "taken", good), (&answer.fail_case_ids, "NOT TAKEN", alarm)]
    {
        if !ids.is_empty() {
            let text = format!("{} {word}: {}", words::counted(ids.len(), "case"), ids.join(", "));
            rows.extend(wrapped(&text, "    ", width, style));
        }
    }
    rows
}

/// What unknown means, once.
fn explained(canvas: &Canvas<'_>, model: &Model, sending: &Sending, width: usize) -> Vec<Row> {
    if !sending.rows.iter().any(|row| Rank::of(row) == Rank::Unknown) {
        return Vec::new();
    }
    let text = format!("unknown: {}", records::unknown_means(&model.key_of(Action::Settle)));
    wrapped(&text, "", width, canvas.theme.alarm)
}

/// What can be done now.
fn next(canvas: &Canvas<'_>, sending: &Sending) -> Row {
    let theme = canvas.theme;
    let waiting = sending.rows.iter().filter(|row| row.progress == RowProgress::Waiting).count();
    if !sending.is_over() {
        let dots = canvas.signs.ellipsis;
        return if sending.stopping {
            Row::of(
                &format!("stopping: waits for the one under way, {waiting} will not be sent{dots}"),
                theme.warning,
            )
        } else {
            Row::of("Esc", theme.key).and(" stops before the next", Style::new())
        };
    }
    let retryable = sending.retryable().count();
    let mut row = Row::default();
    if waiting > 0 {
        row.push(&format!("stopped: {waiting} not sent{}", canvas.signs.dot), theme.warning);
    }
    if retryable > 0 {
        row.push("f", theme.key);
        row.push(&format!(" once more ({retryable}){}", canvas.signs.dot), Style::new());
    }
    row.and("Esc", theme.key).and(" closes", Style::new())
}
