//! How facts read on the screen: instants, ages, urgency, changes. One wording for table, pane and pages.
//!
//! Ages are told in calendar days and clock times, never in minutes: an idle desk must not redraw by itself.

use time::{Date, OffsetDateTime};

use crate::app::model::Model;
use crate::domain::case::{Case, Field};
use crate::domain::change::{Change, HistoryEntry};
use crate::domain::deadline::{Calendar, Urgency};
use crate::domain::money::{self, Sums};
use crate::domain::stage::Stage;
use crate::domain::tracked::Tracked;

/// `20 Nov`, with the year when it is not this one.
pub(super) fn day(date: Date, calendar: &Calendar) -> String {
    calendar.named(date)
}

/// `07:30`, in the due zone.
pub(super) fn clock(at: OffsetDateTime, calendar: &Calendar) -> String {
    let at = at.to_offset(calendar.due_zone);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `+08`, `+05:30` or `UTC`: the due zone, in which every page of the desk tells the time.
pub(super) fn zone(calendar: &Calendar) -> String {
    match calendar.due_zone.as_hms() {
        (0, 0, _) => "UTC".to_owned(),
        (hours, minutes, _) => {
            let sign = if calendar.due_zone.is_negative() { '-' } else { '+' };
            let (hours, minutes) = (hours.unsigned_abs(), minutes.unsigned_abs());
            if minutes == 0 { format!("{sign}{hours:02}") } else { format!("{sign}{hours:02}:{minutes:02}") }
        }
    }
}

/// `20 Nov 07:30`, in the due zone.
pub(super) fn stamp(at: OffsetDateTime, calendar: &Calendar) -> String {
    format!("{} {}", day(calendar.date_of(at), calendar), clock(at, calendar))
}

/// `07:30` for an instant of today, the date with it otherwise.
pub(super) fn as_of(at: OffsetDateTime, calendar: &Calendar) -> String {
    if calendar.date_of(at) == calendar.today { clock(at, calendar) } else { stamp(at, calendar) }
}

/// Whole days since an instant, as days are counted in the due zone.
pub(super) fn days_ago(at: OffsetDateTime, calendar: &Calendar) -> i64 {
    -calendar.days_until(calendar.date_of(at))
}

/// `07:30` for data of today, `3d` for older data.
pub(super) fn data_age(tracked: &Tracked, calendar: &Calendar) -> String {
    match tracked.refreshed_at {
        None => "none".to_owned(),
        Some(at) if days_ago(at, calendar) <= 0 => clock(at, calendar),
        Some(at) => format!("{}d", days_ago(at, calendar)),
    }
}

/// `20 Nov 07:30 (today)`.
pub(super) fn stamp_with_age(at: OffsetDateTime, calendar: &Calendar) -> String {
    let age = match days_ago(at, calendar) {
        ..=0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    };
    format!("{} ({age})", stamp(at, calendar))
}

/// `today 07:30`, or `20 Nov 07:30 (3 days ago)`.
pub(super) fn when(at: OffsetDateTime, calendar: &Calendar) -> String {
    match days_ago(at, calendar) {
        0 => format!("today {}", stamp(at, calendar).rsplit(' ').next().unwrap_or_default()),
        _ => stamp_with_age(at, calendar),
    }
}

/// How trustworthy the data of a case is: `x` when its last refresh failed, `~` when it is of another day.
pub(super) fn health(tracked: &Tracked, calendar: &Calendar) -> &'static str {
    let old = tracked.refreshed_at.is_some_and(|at| days_ago(at, calendar) > 0);
    match (&tracked.failure, old && tracked.stage() != Stage::Closed) {
        (Some(_), _) => "x",
        (None, true) => "~",
        (None, false) => "",
    }
}

/// What stands in place of an urgency while a case sleeps; it may sleep only while nothing is urgent.
const ASLEEP: &str = "z";

/// The sign of an urgency alone, for narrow tables.
pub(super) fn urgency_sign(tracked: &Tracked, calendar: &Calendar, soon: &'static str) -> &'static str {
    match tracked.urgency(calendar) {
        _ if tracked.is_asleep(calendar) => ASLEEP,
        Urgency::Overdue => "!!",
        Urgency::Today => "!",
        Urgency::Soon => soon,
        Urgency::Later | Urgency::None => "",
    }
}

/// `!! 2d over`, `! today`, `· 1d`, `  9d`, `z 9d`; nothing for a case that needs no reply.
pub(super) fn urgency(tracked: &Tracked, calendar: &Calendar, soon: &'static str) -> String {
    if tracked.stage() == Stage::Due && tracked.local.wont_contest.is_some() {
        return "won't".to_owned();
    }
    let sign = urgency_sign(tracked, calendar, soon);
    match tracked.days_left(calendar) {
        Some(days) if sign.is_empty() => format!("  {days}d"),
        None if sign.is_empty() => String::new(),
        None => format!("{sign} no date"),
        Some(days) if days < -99 => format!("{sign} 99d+"),
        Some(days) if days < 0 => format!("{sign} {}d over", -days),
        Some(0) => format!("{sign} today"),
        Some(days) => format!("{sign} {days}d"),
    }
}

/// The same in words, for the pane and the page: `in 3 days`.
pub(super) fn urgency_words(tracked: &Tracked, calendar: &Calendar) -> String {
    if tracked.stage() == Stage::Due && tracked.local.wont_contest.is_some() {
        return "won't".to_owned();
    }
    match (tracked.needs_reply(), tracked.days_left(calendar)) {
        (false, _) => String::new(),
        (true, None) => "! no date".to_owned(),
        (true, Some(0)) => "! due today".to_owned(),
        (true, Some(days)) if tracked.is_asleep(calendar) => {
            let when = if days == 1 { "tomorrow".to_owned() } else { format!("in {days} days") };
            format!("{when}, asleep")
        }
        (true, Some(1)) => "due tomorrow".to_owned(),
        (true, Some(days)) if days < 0 => format!("!! {}d over", -days),
        (true, Some(days)) => format!("in {days} days"),
    }
}

/// `asleep until 25 Nov`; nothing for a case that is awake.
pub(super) fn asleep(tracked: &Tracked, calendar: &Calendar) -> String {
    tracked
        .asleep_until(calendar)
        .map(|day| format!("asleep until {}", self::day(day, calendar)))
        .unwrap_or_default()
}

/// A status without the words every status begins with: `INQUIRY`.
fn short_status(status: &str) -> &str {
    let status = status.trim();
    status.strip_prefix("DISPUTE_").or_else(|| status.strip_prefix("CASE_")).unwrap_or(status)
}

/// What changed, in the width of a column: `INQUIRY -> RECEIVED`, `result WIN`.
pub(super) fn change_short(change: &Change) -> String {
    let from = change.from.as_deref().unwrap_or_default();
    let to = change.to.as_deref().unwrap_or_default();
    match change.field {
        Field::Status if !from.is_empty() && !to.is_empty() => {
            format!("{} -> {}", short_status(from), short_status(to))
        }
        Field::CaseResult if from.is_empty() => format!("result {to}"),
        field => format!("{} {}", field.label().to_lowercase(), from_to(from, to)),
    }
}

/// What changed, in full and as received.
pub(super) fn change_full(change: &Change) -> String {
    let from = change.from.as_deref().unwrap_or_default();
    let to = change.to.as_deref().unwrap_or_default();
    format!("{} {}", change.field.label().to_lowercase(), from_to(from, to))
}

fn from_to(from: &str, to: &str) -> String {
    let or_nothing = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
    format!("{} -> {}", or_nothing(from), or_nothing(to))
}

/// How many changes that nobody has looked at are told; the history has them all.
const UNSEEN_MAX: usize = 3;

/// The changes nobody has looked at, newest first. Only so many: a case that nobody has looked at for long would have
/// nothing else in its pane.
pub(super) fn unseen(tracked: &Tracked) -> String {
    let mut told: Vec<String> = tracked.unseen.iter().rev().take(UNSEEN_MAX).map(change_short).collect();
    let left = tracked.unseen.len() - told.len();
    if left > 0 {
        told.push(format!("{left} more"));
    }
    told.join(", ")
}

/// One line of a history: when and what.
pub(super) fn history(entry: &HistoryEntry, calendar: &Calendar) -> (String, String) {
    match entry {
        HistoryEntry::First { at, status } => {
            let status = if status.is_empty() { "no status" } else { status };
            (stamp(*at, calendar), format!("first seen as {status}"))
        }
        HistoryEntry::Changed(change) => (stamp(change.at, calendar), change_full(change)),
    }
}

/// An amount with its currency, both as received.
pub(super) fn money(case: &Case, amount: Field, currency: Field) -> String {
    let amount = case.text(amount);
    let own = case.text(currency).trim();
    let currency = if own.is_empty() { case.currency() } else { own };
    if amount.is_empty() { String::new() } else { format!("{amount} {currency}").trim_end().to_owned() }
}

/// One sum per currency: `IDR 1,205,000`. Sums of different currencies are never added up.
pub(super) fn sums(sums: &Sums) -> Vec<String> {
    let named = |currency: &str| if currency.is_empty() { "no currency" } else { currency }.to_owned();
    let sum = |(currency, sum): (&str, rust_decimal::Decimal)| {
        format!("{} {}", named(currency), money::of_currency(sum, currency))
    };
    sums.iter().map(sum).collect()
}

/// The history of a case, newest first; `None` until it has been read.
pub(super) fn history_of<'m>(model: &'m Model, tracked: &Tracked) -> Option<Vec<&'m HistoryEntry>> {
    match &model.desk.history {
        Some((id, Some(entries))) if *id == tracked.id => Some(entries.iter().rev().collect()),
        _ => None,
    }
}

/// A number with its word in singular or plural: `1 case`, `3 cases`.
pub(super) fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::CaseId;
    use pretty_assertions::assert_eq;
    use time::macros::{date, datetime, offset};

    #[test]
    fn a_zone_is_named_as_short_as_it_can_be() {
        let named =
            |zone| super::zone(&Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: zone });
        let zones = [offset!(+8), offset!(+5:30), offset!(-3:30), offset!(-4), offset!(UTC)];
        assert_eq!(zones.map(named), ["+08", "+05:30", "-03:30", "-04", "UTC"]);
    }

    #[test]
    fn many_changes_leave_room_for_the_case() {
        let mut tracked = Tracked::new(CaseId::parse("O1").unwrap());
        let change = |n: u32| Change {
            field: Field::Fee,
            from: Some(n.to_string()),
            to: Some((n + 1).to_string()),
            at: datetime!(2026-11-20 04:00:00 UTC),
        };
        tracked.unseen = (0..3).map(change).collect::<Vec<_>>().into();
        assert_eq!(unseen(&tracked), "fee 2 -> 3, fee 1 -> 2, fee 0 -> 1");
        tracked.unseen = (0..30).map(change).collect::<Vec<_>>().into();
        assert_eq!(unseen(&tracked), "fee 29 -> 30, fee 28 -> 29, fee 27 -> 28, 27 more");
    }
}
