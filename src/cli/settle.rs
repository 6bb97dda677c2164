//! Asks the gateway what became of replies and refunds, or takes the operator's word for it, and says so. Nothing is
//! ever sent again.

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::marking::Found;
use crate::domain::record::{ActionId, ActionRecord, Kind};
use crate::domain::shown;
use crate::runtime::actions::{self, Bench, MarkError, SettleReport, Settled};
use crate::runtime::session::Session;

use super::args::{Mark, Settle};
use super::error::{CliError, Exit};
use super::refund::records;
use super::{json, output};

/// `docket settle`.
pub(super) async fn settle(session: &Session, args: &Settle) -> Result<Exit, CliError> {
    let gateway = session.gateway()?;
    let bench = Bench::new(session, gateway, Arc::new(Mutex::new(session.store()?)));
    let (report, stopped) = if args.marks.is_empty() {
        (actions::settle(&bench).await?, None)
    } else {
        let marks = check(&args.marks, &journal(&bench)?)?;
        mark(&bench, &marks).await
    };
    let journal = journal(&bench)?;
    if args.json {
        output::print(&json::document(&json::SettleJson::new(&report, &journal)))?;
    } else {
        output::print(&text(&report, &journal, stopped.is_some()))?;
    }
    match stopped {
        Some(error) => Err(error.into()),
        None => verdict(&report),
    }
}

fn journal(bench: &Bench) -> Result<Vec<ActionRecord>, CliError> {
    Ok(bench.store.lock().unwrap_or_else(PoisonError::into_inner).actions()?)
}

/// Every mark must name an action by a word that fits it; else none is made.
fn check(marks: &[Mark], journal: &[ActionRecord]) -> Result<Vec<(ActionId, Found)>, CliError> {
    let check = |mark: &Mark| {
        let Some(record) = journal.iter().find(|record| record.intent.id == mark.id) else {
            return Err(MarkError::NoSuchAction(mark.id.clone()).into());
        };
        let kind = record.intent.kind;
        mark.found(kind).map(|found| (mark.id.clone(), found)).ok_or_else(|| {
            let (what, words) = match kind {
                Kind::Refund => ("refund", "paid, not-paid or failed"),
                Kind::Reply | Kind::ReplyBatch => ("reply", "received or not-received"),
            };
            CliError::usage(
                format!("{} is a {what}; the word for it is {words}", mark.id.0),
                "docket journal shows what it is about",
            )
        })
    };
    marks.iter().map(check).collect()
}

/// Writes the marks down, one after the other, until one is refused.
async fn mark(bench: &Bench, marks: &[(ActionId, Found)]) -> (SettleReport, Option<MarkError>) {
    let mut report = SettleReport::default();
    for (id, found) in marks {
        match actions::mark(bench, id, *found).await {
            Ok(settled) => report.entries.push(settled),
            Err(error) => return (report, Some(error)),
        }
    }
    (report, None)
}

impl From<MarkError> for CliError {
    fn from(error: MarkError) -> Self {
        let exit = match error {
            MarkError::NoSuchAction(_) => Exit::Usage,
            MarkError::Store(error) => return error.into(),
            MarkError::Unmarkable(_) => Exit::Refused,
        };
        Self::new(exit, error.to_string(), error.hint())
    }
}

fn text(report: &SettleReport, journal: &[ActionRecord], stopped: bool) -> String {
    if report.entries.is_empty() && !stopped {
        return "nothing to settle\n".to_owned();
    }
    report.entries.iter().map(|entry| line(entry, journal)).collect()
}

fn line(entry: &Settled, journal: &[ActionRecord]) -> String {
    let moved = match (entry.from, entry.to) {
        // The sentence begins with the same word.
        (from, to) if from == to && entry.msg.starts_with(to.word()) => String::new(),
        (from, to) if from == to => format!("{to}: "),
        (from, to) => format!("{from} -> {to}: "),
    };
    let alarm = if entry.is_alarm { "ALARM: " } else { "" };
    format!("{}  {}  {moved}{alarm}{}\n", entry.id.0, what(entry, journal), shown::line(&entry.msg))
}

fn what(entry: &Settled, journal: &[ActionRecord]) -> String {
    let record = journal.iter().find(|record| record.intent.id == entry.id);
    match (record, &entry.case_id, &entry.batch_id) {
        (Some(record), ..) if entry.kind == Kind::Refund => {
            let number = entry.out_refund_no.as_deref().unwrap_or_default();
            format!("{}, {}", records::about(&record.intent), shown::line(number))
        }
        (_, Some(id), _) => format!("case {}", shown::line(id.as_str())),
        (_, None, Some(batch)) => format!("batch {}", shown::line(batch)),
        (_, None, None) => String::new(),
    }
}

/// Doubt says more than what could not be asked.
fn verdict(report: &SettleReport) -> Result<Exit, CliError> {
    if report.alarms() > 0 {
        let message = match report.alarms() {
            1 => "PayerMax contradicts the journal on one action".to_owned(),
            many => format!("PayerMax contradicts the journal on {many} actions"),
        };
        let hint = "look at it in the merchant portal, and ask PayerMax; do not refund the order again";
        return Err(CliError::new(Exit::Unknown, message, hint));
    }
    if report.unknown() > 0 {
        let message = match report.unknown() {
            1 => "the outcome of one action is still unknown".to_owned(),
            many => format!("the outcome of {many} actions is still unknown"),
        };
        let hint =
            "run docket settle again in a few minutes; --mark takes down what the merchant portal shows";
        return Err(CliError::new(Exit::Unknown, message, hint));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::action::State;
    use crate::domain::fault::Fault;
    use crate::domain::record::ActionId;
    use pretty_assertions::assert_eq;

    fn entry(from: State, to: State, msg: &str) -> Settled {
        Settled {
            id: ActionId("A-1".into()),
            kind: Kind::Refund,
            case_id: None,
            batch_id: Some("P1\u{1b}".into()),
            order: None,
            out_refund_no: None,
            from,
            to,
            status: None,
            msg: msg.into(),
            fault: None,
            is_alarm: false,
        }
    }

    fn ended(entries: Vec<Settled>) -> Result<Exit, Exit> {
        verdict(&SettleReport { recovered: 0, entries }).map_err(|error| error.exit)
    }

    #[test]
    fn each_action_says_once_where_it_stands() {
        let said = |from, to, msg| line(&entry(from, to, msg), &[]);
        assert_eq!(
            said(State::Accepted, State::Accepted, "accepted, not yet paid"),
            "A-1  batch P1␛  accepted, not yet paid\n"
        );
        assert_eq!(said(State::Unknown, State::Unknown, "not found"), "A-1  batch P1␛  unknown: not found\n");
        let alarm = Settled { is_alarm: true, ..entry(State::Unknown, State::Settled, "odd\u{7}") };
        assert_eq!(line(&alarm, &[]), "A-1  batch P1␛  unknown -> settled: ALARM: odd␇\n");
    }

    #[test]
    fn doubt_outweighs_what_could_not_be_asked_about() {
        let open = || entry(State::Accepted, State::Accepted, "");
        let unknown = || entry(State::Unknown, State::Unknown, "");
        let silent = || Settled { fault: Some(Fault::TimedOut), ..open() };
        let alarm = || Settled { is_alarm: true, ..open() };
        assert_eq!(ended(vec![]), Ok(Exit::Done));
        assert_eq!(ended(vec![open()]), Ok(Exit::Done));
        assert_eq!(ended(vec![open(), silent()]), Err(Exit::Refused));
        assert_eq!(ended(vec![silent(), unknown()]), Err(Exit::Unknown));
        assert_eq!(ended(vec![alarm()]), Err(Exit::Unknown), "a contradiction is no certainty");
    }
}
