//! The fields of the refund form, each with the verdict on what stands in it.

use ratatui::style::Style;

use crate::app::field::TextField;
use crate::app::model::Model;
use crate::app::refunding::{self, Focus, LegacyUse, RefundForm};
use crate::domain::currency;
use crate::domain::money;
use crate::domain::refund::{Amount, COMMENT_MAX_CHARS, LEGACY_COMMENT_MAX_CHARS, OrderFile, Problem, Road};

use crate::ui::canvas::{Canvas, Row};
use crate::ui::field::{self, Field, Focused, Grade};
use crate::ui::form::{counter, head, padded};
use crate::ui::text::Shown;
use crate::ui::typed;

/// Columns of a label, its sign included, and of the mark behind it.
const LABEL: usize = 16;
const MARK: usize = 2;
/// Columns of a text beside which its verdict stands.
const TEXT: usize = 14;
/// Columns before the lines of the comment.
const BAR: usize = 4;

/// The lines of the fields.
#[derive(Debug, Default)]
pub(super) struct FieldLines {
    pub(super) rows: Vec<Row>,
    pub(super) focus: Option<Focused>,
}

/// What is fixed while the lines are made.
struct Sheet<'s> {
    canvas: &'s Canvas<'s>,
    model: &'s Model,
    form: &'s RefundForm,
    file: &'s OrderFile,
    problems: Vec<Problem>,
    width: usize,
    lines: FieldLines,
}

/// Lays the fields out for lines of so many columns.
pub(super) fn lines(
    canvas: &Canvas<'_>,
    model: &Model,
    form: &RefundForm,
    file: &OrderFile,
    width: usize,
) -> FieldLines {
    let problems = form.problems(model);
    let lines = FieldLines::default();
    let mut sheet = Sheet { canvas, model, form, file, problems, width, lines };
    for focus in form.fields(model) {
        match focus {
            Focus::Amount => sheet.amount(),
            Focus::Reason => sheet.reasons(),
            Focus::Comment => sheet.comment(),
            Focus::NotifyUrl => sheet.notify_url(),
            Focus::Road => sheet.road(),
            Focus::Email => sheet.email(),
        }
    }
    if model.session.refunds.legacy == LegacyUse::Always {
        sheet.fixed_road();
    }
    sheet.lines
}

impl Sheet<'_> {
    fn label(&self, word: &str, focus: Focus) -> Row {
        padded(head(self.canvas, word, self.form.focus == focus), LABEL)
    }

    /// A field of one line; its mark stands before the text.
    fn one(&mut self, word: &str, focus: Focus, text: &TextField, says: (&str, Option<Grade>)) {
        let (mark, style) = says.1.map_or((" ", Style::new()), |grade| grade.mark(self.canvas));
        let prefix = self.label(word, focus).and(mark, style).and(" ", Style::new());
        let room = self.width.saturating_sub(LABEL + MARK).max(TEXT);
        let focused = self.form.focus == focus;
        let column = TEXT.max(Shown::width_of(text.value()) + 1).min(room);
        let (rows, column) =
            field::lines(self.canvas, &Field { prefix, text, address: None, focused, says, column, room });
        self.push(rows, focused.then_some((0, column)));
    }

    /// Rows of a field; of the one with the cursor also its line and column in them.
    fn push(&mut self, rows: Vec<Row>, cursor: Option<(usize, usize)>) {
        if let Some((line, column)) = cursor {
            let lines = rows.len().saturating_sub(line).max(1);
            self.lines.focus = Some(Focused { line: self.lines.rows.len() + line, lines, column });
        }
        self.lines.rows.extend(rows);
    }

    /// The first problem of a kind.
    fn problem(&self, of: impl Fn(&Problem) -> bool) -> Option<String> {
        self.problems.iter().find(|problem| of(problem)).map(ToString::to_string)
    }

    fn amount(&mut self) {
        let form = self.form;
        let currency = self.file.order.currency.as_deref().unwrap_or_default();
        let (says, grade) = self.amount_says(currency);
        let word = format!("Amount in {currency}");
        self.one(word.trim_end(), Focus::Amount, &form.amount, (&says, grade));
        if !currency.is_empty() && !currency::is_listed(currency) {
            let note = format!("{currency} is not on PayerMax's list; two decimals are taken to be right");
            self.below(&note, self.canvas.theme.soon);
        }
    }

    fn amount_says(&self, currency: &str) -> (String, Option<Grade>) {
        let about_amount = |problem: &Problem| {
            matches!(
                problem,
                Problem::Order(_)
                    | Problem::Amount(_)
                    | Problem::NoCurrency
                    | Problem::OtherCurrency { .. }
                    | Problem::Over { .. }
                    | Problem::NotWhole(_)
                    | Problem::LegacyDigits
            )
        };
        let typed = self.form.amount.value().trim();
        let left = self.file.left().map(money::shown);
        if typed.is_empty() && !currency.is_empty() {
            let left = left.map(|left| format!("; = fills in all that is left, {left}"));
            return (format!("type it{}", left.unwrap_or_default()), None);
        }
        if let Some(why) = self.problem(about_amount) {
            return (why, Some(Grade::Bad));
        }
        if let Some(rule) = refunding::forbidden(self.model, self.form) {
            return (rule.to_string(), Some(Grade::Bad));
        }
        let Ok(amount) = Amount::parse(typed, currency) else { return (String::new(), None) };
        let mut says = vec![amount.shown()];
        if self.form.is_locked() {
            let why = if self.form.again.is_some() { "as it was" } else { "the whole order" };
            says.push(format!("{why}, fixed"));
        }
        if amount.wire() != typed {
            says.push(sent_as(&amount, self.form.road));
        }
        (says.join("; "), Some(Grade::Good))
    }

    /// A line under a field.
    fn below(&mut self, text: &str, style: Style) {
        let blank = " ".repeat(LABEL + MARK);
        let lines = Shown::of(text).wrap(self.width.saturating_sub(LABEL + MARK).max(TEXT));
        let rows = lines.iter().map(|line| Row::plain(&blank).and(line.as_str(), style));
        self.lines.rows.extend(rows);
    }

    /// Choices side by side, the chosen one in brackets, in as many lines as they need.
    fn choices(&mut self, word: &str, focus: Focus, choices: &[(String, bool)]) {
        let theme = self.canvas.theme;
        let mut rows = vec![padded(self.label(word, focus), LABEL + MARK - 1)];
        for (text, chosen) in choices {
            let (text, style) = if *chosen {
                (format!("[{text}]"), theme.chosen)
            } else {
                (format!(" {text} "), Style::new())
            };
            let needed = Shown::width_of(&text) + 1;
            let full = rows.last().is_some_and(|row| row.width() + needed > self.width);
            if full && rows.last().is_some_and(|row| row.width() > LABEL + MARK) {
                rows.push(Row::plain(&" ".repeat(LABEL + MARK - 1)));
            }
            if let Some(row) = rows.last_mut() {
                row.push(&text, style);
                row.push(" ", Style::new());
            }
        }
        let focused = self.form.focus == focus;
        self.push(rows, focused.then_some((0, LABEL)));
    }

    fn reasons(&mut self) {
        let reasons = self.model.session.refunds.reasons.iter().enumerate();
        let chosen = |at: usize| self.form.reason == Some(at);
        let choices: Vec<_> =
            reasons.map(|(at, reason)| (format!("{} {reason}", at + 1), chosen(at))).collect();
        self.choices("Reason", Focus::Reason, &choices);
    }

    fn comment(&mut self) {
        let theme = self.canvas.theme;
        let max = comment_max(self.form.road);
        let chars = self.form.comment_sent(self.model).trim().chars().count();
        let about =
            |problem: &Problem| matches!(problem, Problem::CommentUnprintable(_) | Problem::NoComment);
        let style = if chars > max { theme.alarm } else { theme.title };
        let mut first = padded(self.label("Comment", Focus::Comment), LABEL + MARK);
        first.push(&counter(chars, max), style);
        if self.form.reason.is_some() && chars <= max {
            first.push(" with the reason", theme.dim);
        }
        if let Some(why) = self.problem(about) {
            first.push(&format!("  x {why}"), theme.alarm);
        }
        let typed = typed::many_lines(&self.form.comment, self.width.saturating_sub(BAR).max(1));
        let bar = |text: &str, style| {
            Row::plain("  ").and(self.canvas.signs.bar, theme.rule).and(" ", theme.rule).and(text, style)
        };
        let mut rows = vec![first];
        rows.extend(typed.lines.iter().map(|line| bar(line.as_str(), Style::new())));
        if self.form.comment.value().is_empty() {
            rows.truncate(1);
            rows.push(bar("words for PayerMax's record of the refund; may stay empty", theme.dim));
        }
        let (column, line) = typed.cursor;
        let focused = self.form.focus == Focus::Comment;
        self.push(rows, focused.then_some((1 + line, BAR + column)));
    }

    fn notify_url(&mut self) {
        let form = self.form;
        let why = self.problem(|problem| matches!(problem, Problem::NotifyTooLong(_) | Problem::NotifyForm));
        let hint = "empty: the address set in the merchant portal is told";
        self.optional("Notify URL", Focus::NotifyUrl, &form.notify_url, hint, why.as_deref());
    }

    fn email(&mut self) {
        let form = self.form;
        let why = self.problem(|problem| matches!(problem, Problem::Email));
        let hint = "the customer's; for Lottery and Boleto in Brazil";
        self.optional("Email", Focus::Email, &form.email, hint, why.as_deref());
    }

    /// A field that may stay empty.
    fn optional(&mut self, word: &str, focus: Focus, text: &TextField, hint: &str, why: Option<&str>) {
        let says = match why {
            Some(why) => (why, Some(Grade::Bad)),
            None if text.value().trim().is_empty() => (hint, None),
            None => (field::OK, Some(Grade::Good)),
        };
        self.one(word, focus, text, says);
    }

    fn road(&mut self) {
        let road = self.form.road;
        let choice = |of: Road| (interface(of).to_owned(), road == of);
        self.choices("Interface", Focus::Road, &[choice(Road::Current), choice(Road::Legacy)]);
    }

    fn fixed_road(&mut self) {
        let row = padded(self.label("Interface", Focus::Road), LABEL + MARK);
        let text = format!("{}, by the config", interface(Road::Legacy));
        self.lines.rows.push(row.and(&text, self.canvas.theme.dim));
    }
}

/// The name of a road.
pub(super) const fn interface(road: Road) -> &'static str {
    match road {
        Road::Current => "v1.5",
        Road::Legacy => "legacy v2.1 (whole orders only)",
    }
}

/// The longest comment on a road, in characters.
pub(super) const fn comment_max(road: Road) -> usize {
    match road {
        Road::Current => COMMENT_MAX_CHARS,
        Road::Legacy => LEGACY_COMMENT_MAX_CHARS,
    }
}

/// `will be sent as 3000 (JSON number)`.
pub(super) fn sent_as(amount: &Amount, road: Road) -> String {
    let kind = match road {
        Road::Current => "JSON number",
        Road::Legacy => "text",
    };
    format!("will be sent as {} ({kind})", amount.wire())
}
