//! The detail pane: the case, draft or action under the cursor in the operator's words, what is urgent first.

use ratatui::style::Style;

use crate::app::action::Action;
use crate::app::desk::Pane;
use crate::app::layout::Area;
use crate::app::listing::Line;
use crate::app::model::Model;
use crate::domain::case::{Case, Field};
use crate::domain::record::{ActionRecord, Draft};
use crate::domain::tracked::Tracked;

use super::canvas::{Canvas, Row};
use super::facts::{self, Facts};
use super::reply::target;
use super::text::{Shown, cells};
use super::{records, words};

/// The width from which a pane below the table has three columns instead of two.
const THREE_COLUMNS: u16 = 105;

/// Draws the pane beside or below the table.
pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, area: Area) {
    if area.height == 0 || !model.book.is_loaded() {
        return;
    }
    let focused = model.desk.pane == Pane::Detail;
    let rule = if focused { canvas.theme.title } else { canvas.theme.rule };
    let beside = area.x > 0;
    if beside {
        canvas.bar(area.x, area.y, area.height, rule);
    } else {
        canvas.rule(area.x, area.y, area.width, rule);
    }
    let Some(subject) = Subject::of(model) else { return };
    title(canvas, model, &subject.title(model), area, focused);
    let inside = Area {
        x: area.x + if beside { 2 } else { 1 },
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(1),
    };
    let columns = match inside.width {
        _ if beside => 1,
        THREE_COLUMNS.. => 3,
        _ => 2,
    };
    body(canvas, model, &subject, inside, columns);
}

/// What the cursor stands on.
enum Subject<'m> {
    Case(&'m Tracked),
    Draft(&'m Draft),
    Action(&'m ActionRecord),
}

impl<'m> Subject<'m> {
    fn of(model: &'m Model) -> Option<Self> {
        match model.desk.listing.line(model.desk.cursor.line) {
            Some(Line::Draft(at)) => model.book.drafts().get(at).map(Self::Draft),
            Some(Line::Action(at)) => model.book.journal().get(at).map(Self::Action),
            _ => model.desk.cursor.id.as_ref().and_then(|id| model.book.get(id)).map(Self::Case),
        }
    }

    fn title(&self, model: &Model) -> Shown {
        match self {
            Self::Case(tracked) => Shown::id(tracked.id.as_str()),
            Self::Draft(draft) => Shown::of(&format!("Draft for {}", target::named(model, &draft.targets))),
            Self::Action(record) => records::title_of(record.intent.kind, &records::subject(record)),
        }
    }

    fn lines(&self, canvas: &Canvas<'_>, model: &Model, width: usize) -> Vec<Row> {
        match self {
            Self::Case(tracked) => of_case(canvas, model, tracked, width),
            Self::Draft(draft) => records::of_draft(canvas, model, draft, width),
            Self::Action(record) => records::of_action(canvas, model, record, width),
        }
    }
}

/// The name, and which key moves where.
fn title(canvas: &mut Canvas<'_>, model: &Model, name: &Shown, area: Area, focused: bool) {
    let theme = canvas.theme;
    let pane = model.key_of(Action::NextPane);
    let hint = if focused { format!(" {pane} back to the list ") } else { format!(" {pane} scrolls ") };
    let room = usize::from(area.width).saturating_sub(hint.len() + 6);
    let id = name.cut_middle(room, canvas.signs.ellipsis);
    let style = if focused { theme.chosen } else { theme.title };
    let title = Row::of(&format!(" {} ", id.as_str()), style);
    canvas.row(area.x + 2, area.y, area.width.saturating_sub(2), &title);
    canvas.row_right(area.x, area.y, area.width.saturating_sub(1), &Row::of(&hint, theme.dim));
}

/// The lines, in columns that are read top to bottom.
fn body(canvas: &mut Canvas<'_>, model: &Model, subject: &Subject<'_>, area: Area, columns: u16) {
    let width = (area.width / columns).saturating_sub(u16::from(columns > 1));
    let rows = subject.lines(canvas, model, usize::from(width));
    let fit = usize::from(area.height);
    let end = rows.len().saturating_sub(fit * usize::from(columns));
    canvas.ends_at(end);
    let first = model.desk.detail_scroll.min(end);
    for (column, chunk) in rows.get(first..).unwrap_or_default().chunks(fit.max(1)).enumerate() {
        if column >= usize::from(columns) {
            break;
        }
        let x = area.x + cells(column) * (width + 1);
        facts::scrolled(canvas, Area { x, width, ..area }, chunk, 0);
    }
}

/// Every fact of the case, what is urgent first.
fn of_case(canvas: &Canvas<'_>, model: &Model, tracked: &Tracked, width: usize) -> Vec<Row> {
    let theme = canvas.theme;
    let mut facts = Facts::new(canvas, model, width);
    facts.unusual(tracked);
    facts.failure(tracked);
    records::facts(&mut facts, canvas, model, tracked);
    if !tracked.unseen.is_empty() {
        facts.long("Changes", &words::unseen(tracked), theme.soon);
    }
    if let Some(case) = &tracked.case {
        fields(&mut facts, model, tracked, case);
    } else {
        facts.sentence("Not fetched yet.", theme.title);
        let key = model.key_of(Action::RefreshShown);
        facts.sentence(&format!("{key} asks the gateway for it."), Style::new());
        facts.own_words(tracked, false);
        facts.freshness(tracked);
    }
    facts.brief_history(tracked);
    facts.rows
}

/// The fields that decide, amounts with their currency, and the operator's words among them; the case page has every
/// field. A table that scrolls takes the lines of the pane beside it along, and each is written again: what can share
/// a line does.
fn fields(facts: &mut Facts<'_>, model: &Model, tracked: &Tracked, case: &Case) {
    let urgency = words::urgency_words(tracked, &model.scene.calendar);
    let due = format!("{}  {urgency}", case.text(Field::ExpirationDate));
    let result = Some(case.text(Field::CaseResult)).filter(|result| !result.is_empty());
    let result = result.map(|result| format!("  result {result}")).unwrap_or_default();
    facts.long(Field::Status.label(), &format!("{}{result}", case.text(Field::Status)), Style::new());
    facts.one(Field::ExpirationDate.label(), due.trim_end());
    facts.one(Field::Amount.label(), &words::money(case, Field::Amount, Field::Currency));
    facts.long(Field::TotalAmount.label(), &total(case), Style::new());
    let origin = words::money(case, Field::OriginTradeAmount, Field::OriginTradeCurrency);
    facts.one(Field::OriginTradeAmount.label(), &origin);
    facts.id(Field::OutTradeNo.label(), case.text(Field::OutTradeNo));
    facts.one(Field::OutUserId.label(), case.text(Field::OutUserId));
    facts.own_words(tracked, false);
    facts.freshness(tracked);
    for field in [Field::BatchId, Field::TradeCreateTime] {
        let text = case.text(field);
        if field.is_identifier() { facts.id(field.label(), text) } else { facts.one(field.label(), text) }
    }
    // Beside an amount each currency stands already.
    for (currency, amount) in
        [(Field::Currency, Field::Amount), (Field::OriginTradeCurrency, Field::OriginTradeAmount)]
    {
        if case.text(currency).trim().is_empty() || case.text(amount).is_empty() {
            facts.one(currency.label(), case.text(currency));
        }
    }
}

/// All that is frozen, and how much of it is the fee.
fn total(case: &Case) -> String {
    let total = words::money(case, Field::TotalAmount, Field::Currency);
    match (total.is_empty(), case.text(Field::Fee)) {
        (_, "") => total,
        (true, _) => format!("fee {}", words::money(case, Field::Fee, Field::Currency)),
        (false, fee) => format!("{total}, fee {fee}"),
    }
}
