//! Prints everything known about one case: what the gateway said, what the operator noted, what moved when.

use std::fmt::Write as _;

use crate::domain::case::Field;
use crate::domain::change::HistoryEntry;
use crate::domain::deadline::Calendar;
use crate::domain::ids::CaseId;
use crate::domain::refund::Earlier;
use crate::domain::shown;
use crate::domain::tracked::{Failure, Tracked};
use crate::runtime::session::Session;
use crate::store::Store as _;

use super::args::Show;
use super::error::{CliError, Exit};
use super::json::{self, CaseJson, instant};
use super::output;
use super::refund::{self, records};
use super::{table, track};

/// `docket show`.
pub(super) fn show(session: &Session, args: &Show) -> Result<Exit, CliError> {
    let id = CaseId::parse(&args.id).map_err(|error| {
        CliError::usage(format!("this is no case id: {error}"), "give one id as PayerMax spells it")
    })?;
    let store = session.store()?;
    let calendar = session.calendar();
    let Some(tracked) = store.find(&id)? else {
        return Err(track::not_listed(&[id], Exit::Usage, "put it on the list with docket track"));
    };
    if args.json {
        output::print(&json::document(&CaseJson { tracked: &tracked, calendar: &calendar }))?;
    } else {
        let refunds = records::of_order(&store, &id)?;
        output::print(&page(&tracked, &calendar, &refunds, &store.history(&id)?))?;
    }
    Ok(Exit::Done)
}

/// The page for a person: raw values under their labels, nothing rounded or translated.
fn page(tracked: &Tracked, calendar: &Calendar, refunds: &[Earlier], history: &[HistoryEntry]) -> String {
    let mut out = String::new();
    push(&mut out, Field::CaseId.label(), tracked.id.as_str());
    push(&mut out, "When", &table::when(tracked, calendar));
    if let Some(case) = &tracked.case {
        for field in Field::ALL.into_iter().filter(|&field| field != Field::CaseId) {
            let value = Some(case.text(field)).filter(|text| !text.trim().is_empty());
            push(&mut out, field.label(), value.unwrap_or("-"));
        }
    }
    out.push('\n');
    local(&mut out, tracked, calendar);
    if !refunds.is_empty() {
        out.push_str("\nRefunds of its order\n");
        for one in refunds {
            // Writing to a String cannot fail.
            _ = writeln!(out, "{}", refund::line(one));
        }
    }
    if !history.is_empty() {
        out.push_str("\nHistory\n");
        for entry in history {
            out.push_str(&history_line(entry));
        }
    }
    out
}

fn local(out: &mut String, tracked: &Tracked, calendar: &Calendar) {
    let when = |at: Option<time::OffsetDateTime>| at.map(instant);
    let tags = tracked.tags().collect::<Vec<_>>().join(" ");
    let rows = [
        ("Refreshed", when(tracked.refreshed_at).or_else(|| Some("never".to_owned()))),
        ("Changed", when(tracked.changed_at)),
        ("Last error", tracked.failure.as_deref().map(failure)),
        ("Won't contest", tracked.local.wont_contest.clone()),
        ("Snoozed", tracked.asleep_until(calendar).map(|day| format!("asleep until {day}"))),
        ("Owner", Some(tracked.local.owner.clone())),
        ("Tags", Some(tags)),
        ("Reason code", tracked.reason_code.clone().into_value()),
        ("Reason", tracked.reason_message.clone().into_value()),
        ("Card scheme", tracked.card_scheme.clone().into_value()),
    ];
    for (label, value) in rows {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            push(out, label, &value);
        }
    }
    for (index, line) in tracked.local.note.lines().enumerate() {
        push(out, if index == 0 { "Note" } else { "" }, line);
    }
}

fn failure(failure: &Failure) -> String {
    format!("{} ({})", failure.line(), instant(failure.at))
}

/// One labelled line; nothing foreign is printed by any other way.
fn push(out: &mut String, label: &str, value: &str) {
    // Writing to a String cannot fail.
    _ = writeln!(out, "{label:<15} {}", shown::line(value));
}

fn history_line(entry: &HistoryEntry) -> String {
    match entry {
        HistoryEntry::First { at, status } => {
            format!("{}  first seen as {}\n", instant(*at), shown::line(status))
        }
        HistoryEntry::Changed(change) => format!("{}  {}\n", instant(change.at), table::moved(change)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::case::Case;
    use crate::domain::change::Change;
    use crate::domain::refund::Fate;
    use pretty_assertions::assert_eq;
    use time::macros::{date, datetime, offset};

    #[test]
    fn the_page_has_every_field_and_nothing_that_steers_a_terminal() {
        let mut tracked = Tracked::new(CaseId::parse("O1").unwrap());
        let mut case = Case::from_fields(Field::ALL.map(|field| (field, Some(field.wire().to_owned()))));
        case.set(Field::Amount, Some("5000.00".into()));
        case.set(Field::OutUserId, Some("\u{1b}]0;x\u{7}".into()));
        case.set(Field::BatchId, None);
        tracked.case = Some(case);
        tracked.local.note = "one\ntwo".into();
        let at = datetime!(2026-11-20 08:00 UTC);
        let change =
            Change { field: Field::Status, from: Some("A\u{202e}".into()), to: Some(String::new()), at };
        let history = [HistoryEntry::First { at, status: "A".into() }, HistoryEntry::Changed(change)];
        let calendar = Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: offset!(+8) };
        let refunds = [Earlier {
            action: None,
            number: "DK01\u{1b}".into(),
            amount: None,
            currency: "IDR".into(),
            fate: Fate::Pending,
            at: None,
            by: None,
        }];
        let expected = "\
Case id         O1
When            status unknown
Batch           -
Status          status
Result          caseResult
Order           outTradeNo
Trade token     tradeToken
User            ␛]0;x␇
Frozen          5000.00
Fee             fee
Total frozen    totalAmount
Currency        currency
Order amount    originTradeAmount
Order currency  originTradeCurrency
Opened          retrievalDate
Due date        expirationDate
Paid at         tradeCreateTime

Refreshed       never
Note            one
                two

Refunds of its order
an unreadable amount of IDR, accepted, not yet paid, made elsewhere, DK01␛

History
2026-11-20T08:00:00Z  first seen as A
2026-11-20T08:00:00Z  Status: A<U+202E> -> -
";
        assert_eq!(page(&tracked, &calendar, &refunds, &history), expected);
    }
}
