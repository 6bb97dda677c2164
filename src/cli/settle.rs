//! Asks the gateway what became of replies, and says so. Nothing is ever sent again.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use crate::domain::shown;
use crate::runtime::actions::{self, Bench, SettleReport, Settled};
use crate::runtime::session::Session;

use super::args::Settle;
use super::error::{CliError, Exit};
use super::{json, output};

/// `docket settle`.
pub(super) async fn settle(session: &Session, args: &Settle) -> Result<Exit, CliError> {
    let gateway = session.gateway()?;
    let bench = Bench::new(session, gateway, Arc::new(Mutex::new(session.store()?)));
    let report = actions::settle(&bench).await?;
    if args.json {
        output::print(&json::document(&json::SettleJson::new(&report)))?;
    } else {
        output::print(&text(&report))?;
    }
    verdict(&report)
}

fn text(report: &SettleReport) -> String {
    if report.entries.is_empty() {
        return "nothing to settle\n".to_owned();
    }
    report.entries.iter().map(line).collect()
}

fn line(entry: &Settled) -> String {
    let mut out = format!("{}  {}", entry.id.0, what(entry));
    // Writing to a String cannot fail.
    _ = if entry.from == entry.to {
        writeln!(out, "  {}: {}", entry.to, shown::line(&entry.msg))
    } else {
        writeln!(out, "  {} -> {}: {}", entry.from, entry.to, shown::line(&entry.msg))
    };
    out
}

fn what(entry: &Settled) -> String {
    match (&entry.case_id, &entry.batch_id) {
        (Some(id), _) => format!("case {}", shown::line(id.as_str())),
        (None, Some(batch)) => format!("batch {}", shown::line(batch)),
        (None, None) => String::new(),
    }
}

/// Doubt says more than what could not be asked.
fn verdict(report: &SettleReport) -> Result<Exit, CliError> {
    if report.unknown() > 0 {
        let message = match report.unknown() {
            1 => "the outcome of one reply is still unknown".to_owned(),
            many => format!("the outcome of {many} replies is still unknown"),
        };
        return Err(CliError::new(Exit::Unknown, message, "run docket settle again in a few minutes"));
    }
    let fault = report.entries.iter().find_map(|entry| entry.fault.as_ref());
    match fault {
        Some(fault) => {
            let message = format!("{} of {} could not be asked about", report.failed(), report.entries.len());
            Err(CliError::new(Exit::Refused, message, fault.hint()))
        }
        None => Ok(Exit::Done),
    }
}
