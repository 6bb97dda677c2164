//! Prints a view of the list, from disk alone.

use crate::domain::deadline::Calendar;
use crate::domain::filter::{DueSpan, Filter, Lens};
use crate::domain::order::SortBy;
use crate::domain::tracked::Tracked;
use crate::domain::view::View;
use crate::runtime::session::Session;
use crate::store::{Opening, SqliteStore, Store as _, StoreError};

use super::args::List;
use super::error::{CliError, Exit};
use super::json::{self, CaseJson};
use super::output::{self, Output};
use super::table;
use crate::runtime::sheet;

/// `docket list`.
pub(super) fn list(session: &Session, args: &List, output: Output) -> Result<Exit, CliError> {
    let filter = parse_filter(args.filter.as_deref().unwrap_or_default())?;
    let store = session.store()?;
    let Opening { tally, as_of, .. } = store.opening(0, session.calendar().today)?;
    let on_list = tally.on_list();
    let calendar = session.calendar();
    let lens = Lens { calendar, me: &session.me };
    let among = candidates(&store, args.view, &filter, &calendar)?;
    let cases = selected(among, args.view, &filter, &lens, args.sort);
    if args.json {
        let cases: Vec<_> = cases.iter().map(|tracked| CaseJson { tracked, calendar: &calendar }).collect();
        return output::print_through(|out| json::write(out, &cases)).map(|()| Exit::Done);
    }
    let text = if args.csv {
        sheet::sheet(&cases, &calendar)
    } else if args.plain {
        table::plain(&cases, &calendar)
    } else if cases.is_empty() {
        nothing(args.view, on_list, tally.asleep(&calendar))
    } else {
        let as_of =
            as_of.map_or_else(|| "never refreshed".to_owned(), |at| format!("as of {}", json::instant(at)));
        let table = table::table(&cases, &calendar, output.colour, output.columns);
        let asleep = match tally.asleep(&calendar) {
            0 => String::new(),
            _ if args.view != View::Due => String::new(),
            asleep => format!(", {asleep} asleep"),
        };
        format!("{table}{} of {on_list}{asleep}, {as_of}\n", counted(cases.len()))
    };
    output::print(&text)?;
    Ok(Exit::Done)
}

/// Cases among which those that are asked for lie.
struct Candidates {
    cases: Vec<Tracked>,
    /// The order they are in, where that is one to ask for.
    sort: Option<SortBy>,
}

/// The cases among which all those of a view lie that match: of a long list no more is read than has to be.
fn candidates(
    store: &SqliteStore,
    view: View,
    filter: &Filter,
    calendar: &Calendar,
) -> Result<Candidates, StoreError> {
    let due = |span: &DueSpan| Ok(Candidates { cases: store.due(span)?, sort: Some(SortBy::Due) });
    match (view, filter.due_span(calendar)) {
        (_, Some(span)) => due(&span),
        (View::Due, None) => due(&DueSpan::ALL),
        (_, None) => Ok(Candidates { cases: store.tracked()?, sort: None }),
    }
}

/// Reads a filter as it is typed; one that means nothing is a usage error.
pub(super) fn parse_filter(text: &str) -> Result<Filter, CliError> {
    Filter::parse(text).map_err(|error| {
        CliError::usage(
            format!("the filter is not understood: {error}"),
            "see docket list --help for the words",
        )
    })
}

/// The cases of a view that match, sorted.
pub(super) fn select(
    all: Vec<Tracked>,
    view: View,
    filter: &Filter,
    lens: &Lens<'_>,
    sort: SortBy,
) -> Vec<Tracked> {
    selected(Candidates { cases: all, sort: None }, view, filter, lens, sort)
}

fn selected(among: Candidates, view: View, filter: &Filter, lens: &Lens<'_>, sort: SortBy) -> Vec<Tracked> {
    let Candidates { mut cases, sort: sorted } = among;
    cases.retain(|tracked| view.holds(tracked, &lens.calendar) && filter.matches(tracked, lens));
    if sorted != Some(sort) {
        cases.sort_by(|a, b| sort.compare(a, b));
    }
    cases
}

/// `1 case`, `12 cases`.
pub(super) fn counted(cases: usize) -> String {
    if cases == 1 { "1 case".to_owned() } else { format!("{cases} cases") }
}

/// What to print instead of a heading without rows.
fn nothing(view: View, on_list: usize, asleep: usize) -> String {
    match on_list {
        _ if view == View::Due && asleep > 0 => {
            format!(
                "no case to show in Due, {asleep} asleep ({} on the list); see --view all\n",
                counted(on_list)
            )
        }
        0 => "the list is empty; put cases on it with docket track\n".to_owned(),
        _ => format!("no case to show in {} ({} on the list)\n", view.title(), counted(on_list)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::case::{Case, Field};
    use crate::domain::ids::CaseId;
    use crate::store::{NewCase, Observation};
    use time::macros::{date, offset};

    fn case(id: &str, status: &str, due: &str) -> Tracked {
        let mut tracked = Tracked::new(CaseId::parse(id).unwrap());
        tracked.case = Some(Case::from_fields([
            (Field::Status, Some(status.to_owned())),
            (Field::ExpirationDate, Some(due.to_owned())),
        ]));
        tracked
    }

    #[test]
    fn a_view_is_filtered_and_sorted() {
        let all = vec![
            case("O3", "DISPUTE_INQUIRY", "2026-11-22"),
            case("O2", "CASE_CLOSED", "2026-11-20"),
            case("O1", "DISPUTE_INQUIRY", "2026-11-20"),
        ];
        let calendar = Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: offset!(+8) };
        let lens = Lens { calendar, me: "ana" };
        let ids = |view, filter: &str, sort| {
            let filter = Filter::parse(filter).unwrap();
            select(all.clone(), view, &filter, &lens, sort)
                .iter()
                .map(|c| c.id.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(View::Due, "", SortBy::Due), ["O1", "O3"]);
        assert_eq!(ids(View::Due, "due:today", SortBy::Due), ["O1"]);
        assert_eq!(ids(View::All, "", SortBy::Id), ["O1", "O2", "O3"]);
        assert_eq!(ids(View::Closed, "", SortBy::Due), ["O2"]);
    }

    #[test]
    fn what_is_not_read_would_not_have_matched() {
        let mut store = SqliteStore::in_memory().unwrap();
        let at = time::macros::datetime!(2026-11-20 01:00 UTC);
        let cases = [
            case("O1", "DISPUTE_INQUIRY", "2026-11-19"),
            case("O2", "DISPUTE_INQUIRY", "2026-11-20"),
            case("O3", "DISPUTE_INQUIRY", "soon"),
            case("O4", "DISPUTE_INQUIRY", "2026-11-25"),
            case("O5", "DISPUTE_RECEIVED", "2026-11-20"),
            case("O6", "CASE_CLOSED", "2026-11-20"),
        ];
        for one in cases {
            store.track(&[NewCase::new(one.id.clone())], at).unwrap();
            store.record(&[Observation { id: one.id, at, outcome: Ok(one.case.unwrap()) }]).unwrap();
        }
        let calendar = Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: offset!(+8) };
        let lens = Lens { calendar, me: "ana" };
        for view in View::ALL {
            for text in
                ["", "due:today", "due:overdue", "due:<6d !due:today", "due:2026-11-20", "o2", "!due:today"]
            {
                let filter = Filter::parse(text).unwrap();
                for sort in SortBy::ALL {
                    let among = candidates(&store, view, &filter, &calendar).unwrap();
                    let found = selected(among, view, &filter, &lens, sort);
                    let all = select(store.tracked().unwrap(), view, &filter, &lens, sort);
                    assert_eq!(found, all, "{view:?} {text} {sort:?}");
                }
            }
        }
    }

    #[test]
    fn a_filter_that_means_nothing_is_a_usage_error() {
        assert_eq!(parse_filter("due:someday").unwrap_err().exit, Exit::Usage);
    }
}
