//! The replies on their way: one row each with its end, and what may be done about those that did not arrive.

use ratatui::style::Style;

use crate::app::action::Action;
use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::replying::{Answer, ReplyForm, Row as Reply, RowProgress, Sending};
use crate::app::underway::Subject;
use crate::domain::action::State;
use crate::domain::reply::Target;
use crate::domain::return_code;

use crate::ui::canvas::{Canvas, Row};
use crate::ui::form::{frame, padded, stack, wrapped};
use crate::ui::text::Shown;
use crate::ui::{records, words};

use super::target;

/// Columns of the word of a state and of a code.
const WORD: usize = 11;
const CODE: usize = 20;

/// Draws the page.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, form: &ReplyForm, sending: &Sending, area: Area) {
    let over = sending.is_over();
    let named = target::named(model, &form.targets);
    let verb = if over { "Outcome" } else { "Sending" };
    let title = Row::of(&format!(" {verb}: reply to {named} "), canvas.theme.title);
    let inside = frame(canvas, area, &title, &Row::default());
    let width = usize::from(inside.width);
    let mut below = explained(canvas, model, sending, width);
    below.push(next(canvas, model, sending));
    let fit = usize::from(inside.height);
    let room = fit.saturating_sub(below.len() + 1);
    let listed = visible(canvas, sending, width, room);
    // Blank lines where there is room for them.
    let airy = listed.len() + 2 <= room;
    let mut rows = vec![counts(canvas, sending)];
    rows.extend(airy.then(Row::default));
    rows.extend(listed);
    rows.extend(airy.then(Row::default));
    rows.extend(below);
    stack(canvas, inside, &rows);
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
    let whole = blocks.concat();
    if whole.len() <= room || blocks.len() < 2 {
        return whole.into_iter().take(room).collect();
    }
    let mut order: Vec<&Reply> = sending.rows.iter().collect();
    if order.len() > room && sending.is_over() {
        order.sort_by_key(|row| Rank::of(row));
    } else if order.len() > room {
        let now = order.iter().position(|row| row.progress == RowProgress::UnderWay).unwrap_or(0);
        order.rotate_left(now.saturating_sub(room / 3));
    }
    let fit = if order.len() > room { room.saturating_sub(1) } else { room };
    let mut rows: Vec<Row> = order.iter().take(fit).map(|row| one_line(canvas, row, column)).collect();
    if order.len() > fit {
        let more = format!("{} {} more; the journal has all", canvas.signs.ellipsis, order.len() - fit);
        rows.push(Row::of(&more, canvas.theme.dim));
    }
    rows
}

fn name(row: &Reply) -> Shown {
    match &row.reply.target {
        Target::Case(id) => Shown::of(id.as_str()),
        batch @ Target::Batch(_) => Shown::of(&batch.to_string()),
    }
}

/// Sign, word and id.
fn begun(canvas: &Canvas<'_>, row: &Reply, column: usize) -> Row {
    let rank = Rank::of(row);
    let sign = Row::of(&format!("{} {}", rank.sign(canvas), rank.word()), rank.style(canvas));
    let name = name(row).cut_middle(column - 2, canvas.signs.ellipsis);
    let mut begun = padded(sign, WORD);
    begun.append(padded(Row::of(name.as_str(), canvas.theme.title), column));
    begun
}

/// A reply on one line, whatever of its message fits.
fn one_line(canvas: &Canvas<'_>, row: &Reply, column: usize) -> Row {
    let begun = begun(canvas, row, column);
    let RowProgress::Answered(answer) = &row.progress else { return begun };
    begun.and(&answer.code, canvas.theme.label).and("  ", canvas.theme.dim).and(&answer.msg, Style::new())
}

/// A reply with its code and message; the message below where there is no room beside.
fn line(canvas: &Canvas<'_>, row: &Reply, column: usize, width: usize) -> Vec<Row> {
    let (theme, rank) = (canvas.theme, Rank::of(row));
    let mut first = begun(canvas, row, column);
    let RowProgress::Answered(answer) = &row.progress else { return vec![first] };
    let code = Row::of(&answer.code, theme.label);
    let mut rows = Vec::new();
    let beside = first.width() + CODE.max(code.width()) + 1 + Shown::width_of(&answer.msg);
    if beside <= width {
        first.append(padded(code, CODE));
        rows.push(first.and(" ", theme.dim).and(&answer.msg, Style::new()));
    } else {
        first.append(code);
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
    let text = format!(
        "unknown: {}",
        records::unknown_means(&format!("Esc, then {}", model.key_of(Action::Settle)))
    );
    wrapped(&text, "", width, canvas.theme.alarm)
}

/// What the one under way waits for.
fn waits(canvas: &Canvas<'_>, model: &Model, sending: &Sending) -> Row {
    let now = sending.rows.iter().find(|row| row.progress == RowProgress::UnderWay);
    let one = now.and_then(|row| model.under_way.of(&Subject::Reply(row.reply.target.clone())));
    let told = one.map_or_else(String::new, |one| one.told(model.scene.now));
    Row::of(&told, canvas.theme.title)
}

/// What can be done now.
fn next(canvas: &Canvas<'_>, model: &Model, sending: &Sending) -> Row {
    let theme = canvas.theme;
    let waiting = sending.rows.iter().filter(|row| row.progress == RowProgress::Waiting).count();
    if !sending.is_over() && sending.stopping {
        let text = format!("stopping: waits for the one under way; {waiting} will not be sent");
        return Row::of(&text, theme.warning);
    }
    if !sending.is_over() && waiting > 0 {
        let esc = Row::of("Esc", theme.key).and(" stops before the next", Style::new());
        return waits(canvas, model, sending).and(canvas.signs.dot, theme.dim).joined(esc);
    }
    if !sending.is_over() {
        return waits(canvas, model, sending);
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
