//! One line for the login message. It reads the disk and asks nobody, and it says nothing to people who have not set
//! docket up: it runs in everybody's login.

use serde::Serialize;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::domain::deadline::{Calendar, Urgency};
use crate::domain::record::{ActionRecord, Kind};
use crate::domain::stats::{self, Stats};
use crate::runtime::session::{Place, Session, SessionError, system_clock};
use crate::store::config::ConfigError;
use crate::store::{Opening, Store as _};

use super::args::Motd;
use super::error::{CliError, Exit};
use super::json::{self, instant};
use super::list::counted;
use super::output;

/// What the line is made of.
#[derive(Debug)]
struct News {
    counts: Stats,
    calendar: Calendar,
    replies_in_doubt: usize,
    refunds_in_doubt: usize,
}

/// `docket motd`. Opens no log: a login is no work.
pub(super) fn motd(place: &Place, args: &Motd) -> Result<Exit, CliError> {
    let session = match Session::open(place, system_clock()) {
        Err(SessionError::Config(ConfigError::Missing { .. } | ConfigError::NoHome)) if !args.json => {
            return Ok(Exit::Config);
        }
        session => session?,
    };
    let (Opening { tally, as_of, .. }, journal) = if session.database().exists() {
        let store = session.store()?;
        (store.opening(0, session.calendar().today)?, store.actions()?)
    } else {
        Default::default()
    };
    let (now, calendar) = (session.now(), session.calendar());
    let urgent = |urgency| tally.urgent(urgency, &calendar);
    let doubtful = |is_refund| {
        let in_doubt = |record: &&ActionRecord| {
            stats::is_in_doubt(record, now) && (record.intent.kind == Kind::Refund) == is_refund
        };
        journal.iter().filter(in_doubt).count()
    };
    let news = News {
        counts: Stats {
            on_list: tally.on_list(),
            today: urgent(Urgency::Today),
            overdue: urgent(Urgency::Overdue),
            soon: urgent(Urgency::Soon),
            as_of,
            ..Stats::default()
        },
        calendar,
        replies_in_doubt: doubtful(false),
        refunds_in_doubt: doubtful(true),
    };
    if args.json {
        output::print(&json::document(&MotdJson::new(&news)))?;
    } else if let Some(line) = line(&news) {
        output::print(&format!("{line}\n"))?;
    }
    Ok(Exit::Done)
}

/// The line; `None` when there is nothing to speak of.
fn line(news: &News) -> Option<String> {
    let doubt = doubt(news);
    let counts = &news.counts;
    if counts.on_list == 0 {
        return doubt.map(|doubt| format!("docket: {doubt}"));
    }
    let as_of = match counts.as_of {
        Some(at) => format!("as of {}", clock(at, &news.calendar)),
        None => "never refreshed".to_owned(),
    };
    let doubt = doubt.map(|doubt| format!("; {doubt}")).unwrap_or_default();
    Some(format!("docket: {} ({as_of}){doubt}", due(news)))
}

fn due(news: &News) -> String {
    let Stats { today, overdue, soon, .. } = news.counts;
    match (today, overdue, soon) {
        (0, 0, 0) if news.counts.as_of.is_none() => {
            format!("{} on the list and nothing fetched yet", counted(news.counts.on_list))
        }
        (0, 0, 0) => "nothing due".to_owned(),
        (0, 0, soon) => format!("nothing due today, {soon} due soon"),
        (today, 0, _) => format!("{today} due today"),
        (0, overdue, _) => format!("{overdue} overdue"),
        (today, overdue, _) => format!("{today} due today, {overdue} overdue"),
    }
}

fn doubt(news: &News) -> Option<String> {
    let counted = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    };
    let parts = [
        counted(news.refunds_in_doubt, "refund", "refunds"),
        counted(news.replies_in_doubt, "reply", "replies"),
    ];
    let named = parts.into_iter().flatten().collect::<Vec<_>>().join(" and ");
    (!named.is_empty()).then(|| format!("{named} of unknown outcome: docket settle"))
}

/// `07:30` for an instant of today, `19 Nov 07:30` for an earlier one; days and hours as in the due zone, like the desk.
fn clock(at: OffsetDateTime, calendar: &Calendar) -> String {
    let there = at.to_offset(calendar.due_zone);
    let text = if calendar.date_of(at) == calendar.today {
        there.format(format_description!("[hour]:[minute]"))
    } else {
        there.format(format_description!("[day padding:none] [month repr:short] [hour]:[minute]"))
    };
    text.unwrap_or_default()
}

/// What `motd --json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MotdJson {
    line: Option<String>,
    today: usize,
    overdue: usize,
    soon: usize,
    unknown: usize,
    as_of: Option<String>,
}

impl MotdJson {
    fn new(news: &News) -> Self {
        Self {
            line: line(news),
            today: news.counts.today,
            overdue: news.counts.overdue,
            soon: news.counts.soon,
            unknown: news.replies_in_doubt + news.refunds_in_doubt,
            as_of: news.counts.as_of.map(instant),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime, offset};

    fn news(today: usize, overdue: usize, soon: usize) -> News {
        News {
            counts: Stats {
                on_list: 9,
                today,
                overdue,
                soon,
                as_of: Some(datetime!(2026-11-19 23:30 UTC)),
                ..Stats::default()
            },
            calendar: Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: offset!(+8) },
            replies_in_doubt: 0,
            refunds_in_doubt: 0,
        }
    }

    #[test]
    fn the_line_names_what_runs_out_and_how_old_it_is() {
        for ((today, overdue, soon), expected) in [
            ((3, 1, 2), "docket: 3 due today, 1 overdue (as of 07:30)"),
            ((0, 1, 2), "docket: 1 overdue (as of 07:30)"),
            ((2, 0, 0), "docket: 2 due today (as of 07:30)"),
            ((0, 0, 4), "docket: nothing due today, 4 due soon (as of 07:30)"),
            ((0, 0, 0), "docket: nothing due (as of 07:30)"),
        ] {
            assert_eq!(line(&news(today, overdue, soon)).as_deref(), Some(expected));
        }
    }

    #[test]
    fn old_data_carries_its_date_and_a_new_list_says_so() {
        let mut old = news(0, 0, 0);
        old.counts.as_of = Some(datetime!(2026-11-08 23:30 UTC));
        assert_eq!(line(&old).as_deref(), Some("docket: nothing due (as of 9 Nov 07:30)"));
        old.counts.as_of = None;
        assert_eq!(
            line(&old).as_deref(),
            Some("docket: 9 cases on the list and nothing fetched yet (never refreshed)")
        );
    }

    #[test]
    fn doubt_is_said_even_when_nothing_else_is() {
        let mut doubtful = news(1, 0, 0);
        (doubtful.refunds_in_doubt, doubtful.replies_in_doubt) = (1, 0);
        assert_eq!(
            line(&doubtful).as_deref(),
            Some("docket: 1 due today (as of 07:30); 1 refund of unknown outcome: docket settle")
        );
        doubtful.replies_in_doubt = 2;
        doubtful.counts = Stats::default();
        assert_eq!(
            line(&doubtful).as_deref(),
            Some("docket: 1 refund and 2 replies of unknown outcome: docket settle")
        );
        (doubtful.refunds_in_doubt, doubtful.replies_in_doubt) = (0, 0);
        assert_eq!(line(&doubtful), None);
    }
}
