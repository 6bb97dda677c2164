//! Drafts and actions in words: their states, their detail panes, and what the pages of a case say of them.

use ratatui::style::Style;

use crate::app::action::Action;
use crate::app::model::Model;
use crate::domain::action::State;
use crate::domain::call;
use crate::domain::case::{Case, Field};
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionRecord, Draft, Kind};
use crate::domain::refund::{Earlier, Fate};
use crate::domain::reply::{CONTENT_MAX_CHARS, Target, chars};
use crate::domain::shown;
use crate::domain::tracked::Tracked;

use super::canvas::{Canvas, Row};
use super::facts::{Facts, LABEL};
use super::refund::earlier;
use super::reply::target;
use super::text::Shown;
use super::{list, words};

/// Sign and words of how an action stands: `✓ accepted`, `? unknown`; of a refund `· accepted, not yet paid`.
pub(super) fn state(canvas: &Canvas<'_>, record: &ActionRecord) -> String {
    if let Some(refund) = Earlier::of(record) {
        return format!("{} {}", earlier::sign(canvas, refund.fate), refund.fate.words());
    }
    let sign = match record.state {
        State::Draft | State::Intended => canvas.signs.nothing,
        State::Sending => canvas.signs.cursor,
        State::Accepted | State::Settled => canvas.signs.good,
        State::Refused | State::NotReceived => "x",
        State::Unknown => "?",
    };
    format!("{sign} {}", record.state.word())
}

/// How that looks.
pub(super) fn style(canvas: &Canvas<'_>, record: &ActionRecord) -> Style {
    if let Some(refund) = Earlier::of(record) {
        return earlier::style(canvas, refund.fate);
    }
    match record.state {
        State::Draft | State::Intended | State::Sending => canvas.theme.title,
        State::Accepted | State::Settled => canvas.theme.good,
        State::Refused | State::NotReceived => canvas.theme.warning,
        State::Unknown => canvas.theme.alarm,
    }
}

/// What unknown means; the key that asks is given.
pub(super) fn unknown_means(settle: &str) -> String {
    format!("nobody knows whether it arrived; {settle} asks PayerMax; docket will not send it again")
}

/// What unknown means of a refund; the keys that ask and that write down what the portal shows are given.
fn unknown_refund_means(settle: &str, mark: &str) -> String {
    format!("nobody knows whether it was refunded. {}", after_unknown_refund(settle, mark))
}

/// What to do about it.
pub(super) fn after_unknown_refund(settle: &str, mark: &str) -> String {
    format!(
        "Do not refund this order again; {settle} asks PayerMax, or {mark} when the merchant portal shows it"
    )
}

/// What a state means for the operator, where the word alone does not say it.
fn means(model: &Model, record: &ActionRecord) -> Option<String> {
    if let Some(refund) = Earlier::of(record) {
        return refund_means(model, refund.fate);
    }
    Some(match record.state {
        State::Draft | State::Accepted => return None,
        State::Intended => "confirmed, nothing was sent yet".into(),
        State::Sending => "on its way; if docket was stopped meanwhile, it reads as unknown".into(),
        State::Refused => "certainly not carried out".into(),
        State::Unknown => unknown_means(&model.key_of(Action::Settle)),
        State::Settled => "PayerMax has it".into(),
        State::NotReceived => "asked for long enough, and PayerMax never heard of it".into(),
    })
}

fn refund_means(model: &Model, fate: Fate) -> Option<String> {
    let settle = model.key_of(Action::Settle);
    Some(match fate {
        Fate::Open(State::Intended) => "confirmed, nothing was sent yet".into(),
        Fate::Open(State::Sending) => {
            "on its way; if docket was stopped meanwhile, it reads as unknown".into()
        }
        Fate::Open(_) => unknown_refund_means(&settle, &model.key_of(Action::MarkSeen)),
        Fate::Pending => format!("PayerMax has taken it; {settle} asks whether it is paid"),
        Fate::Failed => "PayerMax could not pay it; the money is with you".into(),
        Fate::NotReceived => "PayerMax never heard of it; the same refund may be sent again".into(),
        Fate::Paid | Fate::Refused => return None,
    })
}

/// What an action is about: its case, its batch, or the order of a refund.
pub(super) fn subject(record: &ActionRecord) -> String {
    let intent = &record.intent;
    match (&intent.case_id, &intent.batch_id, &intent.order) {
        (_, _, Some(order)) if intent.kind == Kind::Refund => shown::id(order).into_owned(),
        (Some(id), ..) => shown::id(id.as_str()).into_owned(),
        (None, Some(batch), _) => format!("batch {}", shown::id(batch)),
        (None, None, order) => shown::id(order.as_deref().unwrap_or_default()).into_owned(),
    }
}

/// The amount of a refund with its currency; nothing for a reply.
pub(super) fn amount(record: &ActionRecord) -> String {
    Earlier::of(record).map(|refund| earlier::amount(&refund)).unwrap_or_default()
}

/// Everything that was attempted for a case, its batch's replies and its order's refunds included, newest first.
pub(super) fn of_case<'m>(model: &'m Model, tracked: &'m Tracked) -> impl Iterator<Item = &'m ActionRecord> {
    let (batch, order) = (batch_of(tracked), order_of(tracked));
    model.book.journal().iter().filter(move |record| {
        let intent = &record.intent;
        intent.case_id.as_ref() == Some(&tracked.id)
            || batch.is_some_and(|batch| intent.batch_id.as_deref() == Some(batch))
            || order.is_some_and(|order| intent.order.as_deref() == Some(order))
    })
}

fn batch_of(tracked: &Tracked) -> Option<&str> {
    tracked.case.as_ref().map(|case: &Case| case.text(Field::BatchId)).filter(|batch| !batch.is_empty())
}

fn order_of(tracked: &Tracked) -> Option<&str> {
    tracked.case.as_ref().map(|case: &Case| case.text(Field::OutTradeNo)).filter(|order| !order.is_empty())
}

/// The draft, the open action, the last reply of a case and the refunds of its order; nothing where there is none.
pub(super) fn facts(facts: &mut Facts<'_>, canvas: &Canvas<'_>, model: &Model, tracked: &Tracked) {
    let calendar = &model.scene.calendar;
    let open = of_case(model, tracked).find(|record| record.state.is_open());
    if let Some(record) = open {
        let since = words::as_of(record.sent_at.unwrap_or(record.created_at), calendar);
        let settle = model.key_of(Action::Settle);
        let what = record.intent.kind.word();
        let text = match record.state {
            State::Unknown => format!("{what} unknown since {since}, {settle} settles"),
            state => format!("{what} {state} since {since}"),
        };
        facts.long("? Open", &text, style(canvas, record));
    }
    let replied = of_case(model, tracked).find(|record| {
        matches!(record.state, State::Accepted | State::Settled) && record.intent.kind != Kind::Refund
    });
    if let Some(record) = replied {
        let when = words::stamp_with_age(record.sent_at.unwrap_or(record.created_at), calendar);
        facts.long("Replied", &format!("{} {when}", record.state), canvas.theme.good);
    }
    if let Some(text) = draft(model, tracked) {
        facts.long("Draft", &text, canvas.theme.soon);
    }
    let mut label = "Refunds";
    for refund in order_of(tracked).map(|order| earlier::of_order(model, order)).unwrap_or_default() {
        let text = format!("{} {}", earlier::amount(&refund), earlier::told(model, &refund));
        facts.long(label, &text, earlier::style(canvas, refund.fate));
        label = " ";
    }
}

/// `from 08:12, r opens it`; one for several cases is opened on its tab.
fn draft(model: &Model, tracked: &Tracked) -> Option<String> {
    let own = Target::Case(tracked.id.clone());
    let batch = batch_of(tracked).map(|batch| Target::Batch(batch.to_owned()));
    let of_case = |draft: &&Draft| draft.targets.iter().any(|t| *t == own || Some(t) == batch.as_ref());
    let draft = model.book.drafts().iter().find(of_case)?;
    let when = words::as_of(draft.changed_at, &model.scene.calendar);
    Some(if draft.targets == [own] {
        format!("from {when}, {} opens it", model.key_of(Action::Reply))
    } else {
        let named = target::named(model, &draft.targets);
        format!("from {when} for {named}, {} lists it", model.key_of(Action::View(6)))
    })
}

/// What was attempted for a case, newest first, for its journal.
pub(super) fn history(facts: &mut Facts<'_>, canvas: &Canvas<'_>, model: &Model, tracked: &Tracked) {
    let theme = canvas.theme;
    let mut none = true;
    for record in of_case(model, tracked) {
        none = false;
        let when = words::stamp(record.created_at, &model.scene.calendar);
        let what = format!("  {} {}", record.intent.kind.word(), amount(record));
        let row = Row::of(&format!("{when:<LABEL$}"), theme.dim)
            .and(&state(canvas, record), style(canvas, record))
            .and(&format!("{}  ", what.trim_end()), theme.title)
            .and(format!("{}  ", earlier::signed(&record.intent.operator)).trim_start(), theme.dim)
            .and(record.finding.code.as_deref().unwrap_or_default(), theme.label);
        let took = record.took().map(|took| format!("  in {}", call::told(took))).unwrap_or_default();
        facts.rows.push(row.and(&took, theme.dim));
        facts.continued(record.finding.msg.as_deref().unwrap_or_default());
        if let (Some(order), Some(number)) = (&record.intent.order, &record.intent.out_refund_no) {
            facts.continued(&format!("order {}, number {}", shown::id(order), shown::id(number)));
        }
        facts.continued(&means(model, record).unwrap_or_default());
    }
    if none {
        facts.sentence("no reply or refund yet", theme.dim);
    }
}

fn name(target: &Target) -> String {
    match target {
        Target::Case(id) => shown::id(id.as_str()).into_owned(),
        batch @ Target::Batch(_) => batch.to_string(),
    }
}

/// Everything of a draft for the detail pane.
pub(super) fn of_draft(canvas: &Canvas<'_>, model: &Model, draft: &Draft, width: usize) -> Vec<Row> {
    let mut facts = Facts::new(canvas, model, width);
    let calendar = &model.scene.calendar;
    facts.one("Reply to", &target::named(model, &draft.targets));
    if let [_, _, ..] = draft.targets.as_slice() {
        let names: Vec<_> = draft.targets.iter().map(name).collect();
        facts.flow(&names);
    }
    facts.styled("Due date", &list::due(model, draft), canvas.theme.warning);
    facts.one("Changed", &words::stamp_with_age(draft.changed_at, calendar));
    facts.sentence(&format!("{} opens it", model.key_of(Action::Open)), canvas.theme.dim);
    let typed = chars(&draft.written.content);
    facts.heading(&format!("Text, {typed} typed of {CONTENT_MAX_CHARS}"));
    facts.sentence(&draft.written.content, Style::new());
    facts.heading(&words::counted(draft.written.files.len(), "file"));
    for (index, file) in draft.written.files.iter().enumerate() {
        facts.address(index + 1, file);
    }
    facts.rows
}

/// Every field of an action for the detail pane.
pub(super) fn of_action(canvas: &Canvas<'_>, model: &Model, record: &ActionRecord, width: usize) -> Vec<Row> {
    let mut facts = Facts::new(canvas, model, width);
    let (intent, finding, calendar) = (&record.intent, &record.finding, &model.scene.calendar);
    facts.long("State", &state(canvas, record), style(canvas, record));
    if let Some(means) = means(model, record) {
        facts.long("", &means, canvas.theme.dim);
    }
    let mut given = |label: &str, text: Option<&str>| {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            facts.long(label, text, Style::new());
        }
    };
    let id = |text: Option<&str>| text.map(|text| shown::id(text).into_owned());
    let case = id(intent.case_id.as_ref().map(CaseId::as_str));
    let stamp = |at: Option<time::OffsetDateTime>| at.map(|at| words::stamp_with_age(at, calendar));
    given("Amount", Some(&amount(record)));
    given("Order", id(intent.order.as_deref()).as_deref());
    given("Refund no", id(intent.out_refund_no.as_deref()).as_deref());
    given("Code", finding.code.as_deref());
    given("Message", finding.msg.as_deref());
    given("Status", finding.status.as_deref());
    given("Taken", Some(&finding.success_case_ids.join(", ")));
    given("x Not taken", Some(&finding.fail_case_ids.join(", ")));
    given("Kind", Some(intent.kind.word()));
    given("Case", case.as_deref());
    given("Batch", id(intent.batch_id.as_deref()).as_deref());
    given("Confirmed", stamp(Some(record.created_at)).as_deref());
    given("Sent", stamp(record.sent_at).as_deref());
    given("Took", record.took().map(call::told).as_deref());
    given("Settled", stamp(record.settled_at).as_deref());
    given("By", Some(&intent.operator));
    given("Action", Some(&intent.id.0));
    facts.heading("Request, as kept");
    facts.sentence(&String::from_utf8_lossy(&intent.data), Style::new());
    facts.rows
}

/// The name of a draft or an action for the title of its pane.
pub(super) fn title_of(kind: Kind, subject: &str) -> Shown {
    let what = match kind {
        Kind::Reply | Kind::ReplyBatch => "Reply to",
        Kind::Refund => "Refund of order",
    };
    Shown::of(&format!("{what} {subject}"))
}
