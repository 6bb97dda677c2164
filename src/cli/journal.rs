//! Prints what was ever sent or tried, and checks that nobody has changed it since.

use comfy_table::{ContentArrangement, Table, presets};

use crate::domain::ids::CaseId;
use crate::domain::record::{ActionRecord, Kind};
use crate::domain::shown;
use crate::runtime::session::Session;
use crate::store::Store as _;

use super::args::Journal;
use super::error::{CliError, Exit};
use super::json::{self, ActionJson, instant};
use super::output;
use super::refund::records;

const HEADING: [&str; 6] = ["Confirmed", "State", "For", "Code", "Action", "Message"];
/// A message is cut at this many characters; `--json` has the whole of it.
const MESSAGE_MAX: usize = 60;

/// `docket journal`.
pub(super) fn journal(session: &Session, args: &Journal) -> Result<Exit, CliError> {
    let mut store = session.store()?;
    if args.verify {
        return verify(&store, args);
    }
    let case = args.case.as_deref().map(CaseId::parse).transpose().map_err(|error| {
        CliError::usage(format!("this is no case id: {error}"), "give one id as PayerMax spells it")
    })?;
    // What a killed process has left half-done would otherwise read as being sent.
    store.recover(session.now())?;
    let records = match &case {
        Some(id) => records::of_case(&store, id)?,
        None => store.actions()?,
    };
    let rows: Vec<ActionJson<'_>> = records.iter().map(ActionJson::new).collect();
    let text = if args.json {
        json::document(&rows)
    } else if args.csv {
        sheet(&rows)
    } else if records.is_empty() {
        "nothing was sent yet\n".to_owned()
    } else {
        table(&records)
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

fn sheet(rows: &[ActionJson<'_>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail, and every row has as many cells as the heading.
    _ = writer.write_record(ActionJson::HEADING);
    for row in rows {
        _ = writer.write_record(row.cells().map(|cell| shown::cell(cell).into_owned()));
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

fn table(records: &[ActionRecord]) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(HEADING);
    for record in records {
        let text = |value: &Option<String>| {
            let cut: String = value.as_deref().unwrap_or_default().chars().take(MESSAGE_MAX).collect();
            shown::line(&cut).into_owned()
        };
        table.add_row([
            instant(record.created_at),
            records::standing(record),
            target(record),
            text(&record.finding.code),
            record.intent.id.0.clone(),
            text(&record.finding.msg),
        ]);
    }
    if let Some(first) = table.column_mut(0) {
        first.set_padding((0, 1));
    }
    let mut out = String::new();
    table.lines().for_each(|line| out.extend([line.trim_end(), "\n"]));
    out
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
