//! Due dates and urgency. A due date is a bare `yyyy-MM-dd`; it ends at midnight in the profile's `due_zone`.

use std::fmt;

use time::{Date, OffsetDateTime, UtcOffset, macros::format_description};

/// Reads `yyyy-MM-dd`; spaces around it are ignored, a trailing time (`T…` or ` …`) too.
pub fn parse_date(text: &str) -> Option<Date> {
    as_written(text.as_bytes()).or_else(|| leniently(text))
}

/// A date that is nothing but `yyyy-MM-dd`, as all but a few are: a list of a million is sorted by them.
fn as_written(text: &[u8]) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let number = |digits: &[u8]| {
        digits
            .iter()
            .try_fold(0_u16, |all, digit| digit.is_ascii_digit().then(|| all * 10 + u16::from(digit - b'0')))
    };
    let (year, month) = (number(&[*y1, *y2, *y3, *y4])?, number(&[*m1, *m2])?);
    let (month, day) = (u8::try_from(month).ok()?, u8::try_from(number(&[*d1, *d2])?).ok()?);
    Date::from_calendar_date(year.into(), time::Month::try_from(month).ok()?, day).ok()
}

fn leniently(text: &str) -> Option<Date> {
    let text = text.trim();
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    // A sign before the year would be taken, too.
    if !day.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Date::parse(day, format_description!("[year]-[month]-[day]")).ok()
}

/// The day the operator works in: today's date in `due_zone`, and how many days ahead count as soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Today in `due_zone`.
    pub today: Date,
    /// Due in 1 to this many days is `soon`.
    pub soon_days: u16,
    /// The zone in which a bare due date ends.
    pub due_zone: UtcOffset,
}

impl Calendar {
    /// The calendar at an instant, for a due zone.
    pub fn at(now: OffsetDateTime, due_zone: UtcOffset, soon_days: u16) -> Self {
        Self { today: now.to_offset(due_zone).date(), soon_days, due_zone }
    }

    /// The date of an instant, as this calendar's days are counted.
    pub fn date_of(&self, at: OffsetDateTime) -> Date {
        at.to_offset(self.due_zone).date()
    }

    /// `25 Nov`, with the year when it is not this one.
    pub fn named(&self, date: Date) -> String {
        let month: String = date.month().to_string().chars().take(3).collect();
        if date.year() == self.today.year() {
            format!("{} {month}", date.day())
        } else {
            format!("{} {month} {}", date.day(), date.year())
        }
    }

    /// Whole days from today to a date; negative once it is past.
    pub fn days_until(&self, date: Date) -> i64 {
        (date - self.today).whole_days()
    }

    /// How urgent a case is that needs a reply by `due`. A date nobody can read counts as today: the case must
    /// not sink to the bottom of the list because of a malformed field.
    pub fn urgency(&self, due: Option<Date>) -> Urgency {
        match due.map(|date| self.days_until(date)) {
            None | Some(0) => Urgency::Today,
            Some(days) if days < 0 => Urgency::Overdue,
            Some(days) if days <= i64::from(self.soon_days) => Urgency::Soon,
            Some(_) => Urgency::Later,
        }
    }
}

/// How near the due date of a case is. Only a case that needs a reply has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Its due date has passed.
    Overdue,
    /// It runs out today.
    Today,
    /// It runs out within `soon_days` days.
    Soon,
    /// It runs out after that.
    Later,
    /// No reply is needed.
    None,
}

impl Urgency {
    /// The word in JSON and filters.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Today => "today",
            Self::Soon => "soon",
            Self::Later => "later",
            Self::None => "none",
        }
    }
}

impl fmt::Display for Urgency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::{date, datetime, offset};

    #[test]
    fn today_is_counted_in_the_due_zone() {
        let now = datetime!(2026-11-20 17:30 UTC);
        assert_eq!(Calendar::at(now, offset!(+8), 2).today, date!(2026 - 11 - 21));
        assert_eq!(Calendar::at(now, offset!(UTC), 2).today, date!(2026 - 11 - 20));
    }

    #[test]
    fn urgency_has_exact_edges() {
        let calendar = Calendar::at(datetime!(2026-11-20 08:00 UTC), offset!(+8), 2);
        for (due, expected) in [
            (date!(2026 - 11 - 19), Urgency::Overdue),
            (date!(2026 - 11 - 20), Urgency::Today),
            (date!(2026 - 11 - 21), Urgency::Soon),
            (date!(2026 - 11 - 22), Urgency::Soon),
            (date!(2026 - 11 - 23), Urgency::Later),
        ] {
            assert_eq!(calendar.urgency(Some(due)), expected, "{due}");
        }
        assert_eq!(calendar.urgency(None), Urgency::Today, "an unreadable date must not hide a case");
    }

    proptest! {
        #[test]
        fn a_plain_date_is_read_as_any_other(
            text in prop_oneof!["[0-9]{4}-[01][0-9]-[0-3][0-9]", "[0-9 -]{8,11}", "\\PC{10}"]
        ) {
            prop_assert_eq!(parse_date(&text), leniently(&text));
        }
    }

    #[test]
    fn dates_are_read_leniently_but_not_guessed() {
        assert_eq!(parse_date(" 2026-11-20 "), Some(date!(2026 - 11 - 20)));
        assert_eq!(parse_date("2026-11-20T00:00:00Z"), Some(date!(2026 - 11 - 20)));
        for bad in ["", "20/11/2026", "2026-13-01", "2026-02-30", "soon"] {
            assert_eq!(parse_date(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn urgency_only_rises_as_days_pass(due in 0i64..400, first in 0i64..400, more in 0i64..400) {
            let base = date!(2026 - 01 - 01);
            let day = |n| Calendar { today: base + time::Duration::days(n), soon_days: 2, due_zone: UtcOffset::UTC };
            let due = Some(base + time::Duration::days(due));
            prop_assert!(day(first + more).urgency(due) <= day(first).urgency(due));
        }
    }
}
