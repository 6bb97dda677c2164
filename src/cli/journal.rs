//! Prints what was ever sent or tried, and checks that nobody has changed it since.

use comfy_table::{Cell, ColumnConstraint, ContentArrangement, Row, Table, Width, presets};

use crate::domain::action::State;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionRecord, Kind};
use crate::domain::shown;
use crate::runtime::session::Session;
use crate::store::Store as _;

use super::args::Journal;
use super::error::{CliError, Exit};
use super::json::{self, ActionJson, instant};
use super::output::{self, Output};
use super::refund::records;

const HEADING: [&str; 7] = ["Confirmed", "State", "For", "Code", "Action", "Number", "Message"];
/// A message is cut at this many characters; `--json` has the whole of it.
const MESSAGE_MAX: usize = 60;
/// The column of what an action was for.
const TARGET: usize = 2;
/// The column of refund numbers; without a refund there is none.
const NUMBER: usize = 5;
/// A message that would have fewer columns than this says nothing and is left out.
const MESSAGE_COLUMNS_MIN: u16 = 12;

/// `docket journal`.
pub(super) fn journal(session: &Session, args: &Journal, output: Output) -> Result<Exit, CliError> {
    let mut store = session.store()?;
    if args.verify {
        return verify(&store, args);
    }
    let case = args.case.as_deref().map(CaseId::parse).transpose().map_err(|error| {
        CliError::usage(format!("this is no case id: {error}"), "give one id as PayerMax spells it")
    })?;
    // What a killed process has left half-done would otherwise read as being sent.
    let recovered = store.recover(session.now());
    let records = match &case {
        Some(id) => records::of_case(&store, id)?,
        None => store.actions()?,
    };
    // A list that cannot be written just now is read all the same.
    if let Err(error) = recovered
        && records.iter().any(|record| matches!(record.state, State::Intended | State::Sending))
    {
        output::say(&format!(
            "warning: what is under way may be of a docket that ended: {}\n",
            shown::line(&error.to_string())
        ));
    }
    let rows: Vec<ActionJson<'_>> = records.iter().map(ActionJson::new).collect();
    let text = if args.json {
        json::document(&rows)
    } else if args.csv {
        csv_of(&records)
    } else if args.plain {
        records.iter().map(sentence).collect()
    } else if records.is_empty() {
        "nothing was sent yet\n".to_owned()
    } else {
        table(&records, output.columns)
    };
    output::print(&text)?;
    Ok(Exit::Done)
}

fn verify(store: &impl crate::store::Store, args: &Journal) -> Result<Exit, CliError> {
    let check = store.verify_journal()?;
    if args.json {
        output::print(&json::document(&json::CheckJson::new(&check)))?;
    }
    match &check.broken {
        Some(broken) => Err(CliError::failed(
            format!("the journal is broken at entry {}: {}", broken.entry, broken.why),
            "keep the file and compare it with a backup; the merchant portal has what really happened",
        )),
        None if args.json => Ok(Exit::Done),
        None => {
            output::print(&format!("the journal is whole: {} entries\n", check.entries))?;
            Ok(Exit::Done)
        }
    }
}

/// The spreadsheet of these actions.
pub(crate) fn csv_of(records: &[ActionRecord]) -> String {
    let rows: Vec<ActionJson<'_>> = records.iter().map(ActionJson::new).collect();
    sheet(&rows)
}

fn sheet(rows: &[ActionJson<'_>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail, and every row has as many cells as the heading.
    _ = writer.write_record(ActionJson::HEADING);
    for row in rows {
        _ = writer.write_record(row.cells().map(|cell| shown::cell(cell).into_owned()));
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// The table, one line per action under a heading. Given the columns of a terminal, the message is cut first, then the
/// refund's number, the action's name and the code are left out; when, what became of it and what it was for stay.
fn table(records: &[ActionRecord], columns: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(one_line(HEADING.map(Cell::new)));
    for record in records {
        let text = |value: &Option<String>| {
            let cut: String = value.as_deref().unwrap_or_default().chars().take(MESSAGE_MAX).collect();
            shown::line(&cut).into_owned()
        };
        table.add_row(one_line([
            Cell::new(instant(record.created_at)),
            Cell::new(records::standing(record)),
            Cell::new(target(record)),
            Cell::new(text(&record.finding.code)),
            Cell::new(&record.intent.id.0),
            Cell::new(text(&record.intent.out_refund_no)),
            Cell::new(text(&record.finding.msg)),
        ]));
    }
    if let Some(first) = table.column_mut(0) {
        first.set_padding((0, 1));
    }
    if let Some(target) = table.column_mut(TARGET) {
        // Cut where it must be and not at the word before: half an order's number still says which one it may be.
        target.set_delimiter('\u{0}');
    }
    let numbered = records.iter().any(|record| record.intent.out_refund_no.is_some());
    if let Some(column) = table.column_mut(NUMBER).filter(|_| !numbered) {
        column.set_constraint(ColumnConstraint::Hidden);
    }
    if let Some(columns) = columns {
        fit(&mut table, columns, numbered);
    }
    let mut out = String::new();
    table.lines().for_each(|line| out.extend([line.trim_end(), "\n"]));
    out
}

fn one_line(cells: [Cell; 7]) -> Row {
    let mut row = Row::from(cells);
    row.max_height(1);
    row
}

/// Lets the table take no more than so many columns. What an action was for is cut before the line breaks.
fn fit(table: &mut Table, columns: u16, numbered: bool) {
    let widths = table.column_max_content_widths();
    let [at, state, target, code, name, number, message] = widths[..] else { return };
    // Each cell is followed by two blanks.
    let for_target = columns.saturating_sub(at + state + 4);
    let mut left = for_target.saturating_sub(target + 2);
    let mut take = |width: u16, beside: u16| {
        if width + 2 + beside > left {
            return ColumnConstraint::Hidden;
        }
        left -= width + 2;
        ColumnConstraint::ContentWidth
    };
    let code = take(code, 0);
    // Half a name finds nothing, and the message says more.
    let beside = message.min(MESSAGE_COLUMNS_MIN) + 2;
    let name = take(name, beside);
    let number = if numbered { take(number, beside) } else { ColumnConstraint::Hidden };
    let message = if left < MESSAGE_COLUMNS_MIN.min(message) {
        ColumnConstraint::Hidden
    } else {
        ColumnConstraint::UpperBoundary(Width::Fixed(left))
    };
    let keep = ColumnConstraint::ContentWidth;
    let target =
        if target > for_target { ColumnConstraint::UpperBoundary(Width::Fixed(for_target)) } else { keep };
    table
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(columns.saturating_add(1))
        .set_truncation_indicator("…")
        .set_constraints([keep, keep, target, code, name, number, message]);
}

/// One action in one line, the words before the numbers.
fn sentence(record: &ActionRecord) -> String {
    let ActionRecord { intent, finding, created_at, .. } = record;
    let mut parts = vec![
        format!("{}: {} {}", records::standing(record), verb(intent.kind), target(record)),
        format!("confirmed {}", instant(*created_at)),
    ];
    let named = [
        ("code ", finding.code.as_deref()),
        ("message: ", finding.msg.as_deref()),
        ("status ", finding.status.as_deref()),
        ("refund number ", intent.out_refund_no.as_deref()),
        ("by ", Some(intent.operator.as_str())),
        ("action ", Some(intent.id.0.as_str())),
    ];
    let given =
        named.into_iter().filter_map(|(name, text)| Some((name, text.filter(|text| !text.is_empty())?)));
    parts.extend(given.map(|(name, text)| format!("{name}{text}")));
    format!("{}\n", shown::line(&parts.join(", ")))
}

/// What was done, as it reads before what it was done to.
const fn verb(kind: Kind) -> &'static str {
    match kind {
        Kind::Reply | Kind::ReplyBatch => "reply to",
        Kind::Refund => "refund of",
    }
}

/// What an action is about, in words.
fn target(record: &ActionRecord) -> String {
    let intent = &record.intent;
    let name = match (intent.kind, &intent.case_id, &intent.batch_id) {
        (Kind::Refund, ..) => return records::about(intent),
        (_, Some(id), _) => format!("case {id}"),
        (_, None, Some(batch)) => format!("batch {batch}"),
        (_, None, None) => String::new(),
    };
    shown::line(&name).into_owned()
}

#[cfg(test)]
mod tests;
