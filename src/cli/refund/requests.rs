//! Refunds that wait for a second person: asking for one instead of sending it, and the list of those that wait.

use comfy_table::{Cell, ContentArrangement, Table, presets};
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use crate::domain::refund::Unapprovable;
use crate::domain::shown;
use crate::runtime::actions::{RefundOutcome, Stop, codes};
use crate::runtime::approvals::{Listed, RequestError, Tray, Waiting};
use crate::runtime::session::Session;

use super::super::args::Refund;
use super::super::error::{CliError, Exit};
use super::super::json::{self, instant};
use super::super::output::{self, Output};
use super::plan::Plan;

/// Asks for what one person alone must not send. Nothing is sent, so that a script which waits for money is not told that
/// all is well.
pub(super) fn ask(session: &Session, plan: Plan, args: &Refund) -> Result<Exit, CliError> {
    let number = plan.number.clone();
    let amount = plan.order.refund.amount.clone();
    let tray = Tray::of(session)?;
    let (asked, hint) = match tray.ask_for(plan.order, session.now()) {
        Ok(waiting) => (
            format!("asked for {amount} under {number}, code {}; nothing was sent", waiting.code()),
            format!("another person runs docket approve {number}; the request holds for 24 hours"),
        ),
        Err(error @ RequestError::Asked { .. }) => (format!("{error}; nothing was sent"), error.hint()),
        Err(error) => return Err(error.into()),
    };
    let outcome = RefundOutcome {
        out_refund_no: Some(number),
        ..RefundOutcome::stopped(Stop { code: codes::APPROVAL_NEEDED, msg: format!("{asked}; {hint}") })
    };
    args.manner().document(&json::RefundJson::of(&outcome))?;
    if args.json {
        return Err(CliError::failed(asked, hint));
    }
    output::print(&format!("{}\n{}\n", shown::line(&asked), shown::line(&hint)))?;
    Ok(Exit::Failed)
}

/// One request as `approve --json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestJson<'a> {
    out_refund_no: &'a str,
    /// `waiting`, or `void` when nobody can approve it here.
    state: &'static str,
    code: Option<String>,
    order: Option<&'a str>,
    case_id: Option<String>,
    amount: Option<String>,
    currency: Option<&'a str>,
    comments: Option<&'a str>,
    asked_by: Option<&'a str>,
    asked_at: Option<String>,
    /// Why you cannot approve it; `null` when you can.
    why: Option<String>,
}

/// What `approve --withdraw --json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Withdrawn<'a> {
    out_refund_no: &'a str,
    state: &'static str,
}

impl<'a> Withdrawn<'a> {
    pub(super) fn of(number: &'a str) -> Self {
        Self { out_refund_no: number, state: "withdrawn" }
    }
}

/// Prints what waits.
pub(super) fn list(session: &Session, tray: &Tray, json: bool, output: Output) -> Result<Exit, CliError> {
    let listed = tray.list()?;
    let why = |one: &Listed| match &one.found {
        Ok(waiting) => tray.against(waiting, session.now()),
        Err(error) => Some(error.clone()),
    };
    let rows: Vec<(&Listed, Option<RequestError>)> = listed.iter().map(|one| (one, why(one))).collect();
    if json {
        let rows: Vec<_> = rows.iter().map(|(one, why)| row_json(one, why.as_ref())).collect();
        output::print(&json::document(&rows))?;
    } else if rows.is_empty() {
        output::print("no refund waits for a second person\n")?;
    } else {
        output::print(&table(&rows, output.columns))?;
    }
    Ok(Exit::Done)
}

fn row_json<'a>(one: &'a Listed, why: Option<&RequestError>) -> RequestJson<'a> {
    let found = one.found.as_ref().ok();
    let request = found.map(|waiting| &waiting.request);
    let mine = matches!(why, Some(RequestError::Unapprovable { why: Unapprovable::OnePerson, .. }));
    RequestJson {
        out_refund_no: &one.id,
        state: if why.is_none() || mine { "waiting" } else { "void" },
        code: found.map(Waiting::code),
        order: request.map(|request| request.refund.order.as_str()),
        case_id: request.and_then(|request| request.case.as_ref()).map(ToString::to_string),
        amount: request.map(|request| request.refund.amount.wire()),
        currency: request.map(|request| request.refund.amount.currency()),
        comments: request.and_then(|request| request.refund.comment.as_deref()),
        asked_by: found.map(|waiting| waiting.asker.as_str()),
        asked_at: request.map(|request| instant(request.asked_at)),
        why: why.map(ToString::to_string),
    }
}

/// What a person reads of a request.
struct Words {
    number: String,
    code: String,
    amount: String,
    order: String,
    by: String,
    at: String,
    standing: String,
}

impl Words {
    fn of((one, why): &(&Listed, Option<RequestError>)) -> Self {
        let standing = why.as_ref().map_or_else(|| "waits for you".to_owned(), standing);
        let [code, amount, order, by, at] = match &one.found {
            Ok(waiting) => [
                waiting.code(),
                waiting.request.refund.amount.shown(),
                shown::id(&waiting.request.refund.order).into_owned(),
                waiting.asker.clone(),
                instant(waiting.request.asked_at),
            ],
            Err(_) => Default::default(),
        };
        let safe = |text: String| shown::line(&text).into_owned();
        Self { number: one.id.clone(), code, amount, order, by: safe(by), at, standing: safe(standing) }
    }

    /// A request in lines of its own, none of which is cut. One that cannot be read has its number and the reason.
    fn block(&self, columns: usize) -> String {
        let Self { number, code, amount, order, by, at, standing } = self;
        let mut lines = vec![if code.is_empty() { number.clone() } else { format!("{number}  code {code}") }];
        if !code.is_empty() {
            lines.push(format!("{amount} of order {order}"));
            lines.push(format!("asked for by {by}, {at}"));
        }
        lines.push(standing.clone());
        let mut out = String::new();
        for (index, line) in lines.iter().enumerate() {
            let indent = if index == 0 { "" } else { "  " };
            for part in output::wrapped(line, columns.saturating_sub(indent.len())) {
                out.extend([indent, &part, "\n"]);
            }
        }
        out
    }
}

/// A line for each under a heading; where the terminal is too narrow for the longest, a block for each. Nothing is
/// cut.
fn table(rows: &[(&Listed, Option<RequestError>)], columns: Option<u16>) -> String {
    let rows: Vec<Words> = rows.iter().map(Words::of).collect();
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["Number", "Amount", "Order", "Asked by", "Asked", "Code", "For you"]);
    for Words { number, code, amount, order, by, at, standing } in &rows {
        table.add_row([number, amount, order, by, at, code, standing].map(Cell::new));
    }
    if let Some(first) = table.column_mut(0) {
        first.set_padding((0, 1));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let widest = lines.iter().map(|line| line.width()).max().unwrap_or_default();
    match columns.map(usize::from).filter(|columns| widest > *columns) {
        Some(columns) => rows.iter().map(|row| row.block(columns)).collect::<Vec<_>>().join("\n"),
        None => lines.into_iter().map(|line| line + "\n").collect(),
    }
}

/// Why it does not wait for this person, in two words or a sentence.
fn standing(why: &RequestError) -> String {
    match why {
        RequestError::Unapprovable { why: Unapprovable::OnePerson, .. } => "yours".to_owned(),
        RequestError::Unapprovable { why, .. } => why.to_string(),
        RequestError::Wrong { why, .. } => why.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
