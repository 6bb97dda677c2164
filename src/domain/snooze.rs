//! Putting a case off: until when, and how operators write a day. A case that sleeps is out of the way and never lost: it
//! is back on its due date at the latest, and as soon as anything changes at PayerMax.

use time::{Date, Duration, Month, OffsetDateTime, Weekday};

use super::deadline::{Calendar, parse_date};

/// Until when a case is put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snooze {
    /// The day it is back, as the operator wrote it.
    pub until: Date,
    /// When the case had last changed as the operator knew it (UTC). Once it has changed since, nobody has decided that it
    /// can wait.
    pub known: Option<OffsetDateTime>,
}

/// What may be typed for a day.
const DAYS: &str = "type 3d, mon, 25 Nov or 2026-11-25";

/// A day without a year that is further off than this may as well be one that has passed.
const NEAR: Duration = Duration::days(183);

/// The day a text names, as seen from today; `None` for an empty one, which stands for no day.
///
/// # Errors
/// Why the text names no day to wait for, with the remedy.
pub fn day_of(text: &str, calendar: &Calendar) -> Result<Option<Date>, String> {
    let typed = text.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let lower = typed.to_lowercase();
    let day = match of_words(&lower, calendar.today) {
        Some(found) => found?,
        None => return Err(format!("`{typed}` is no day; {DAYS}")),
    };
    if day <= calendar.today {
        return Err(format!("{} is not after today; {DAYS}", calendar.named(day)));
    }
    Ok(Some(day))
}

/// A day in any of the ways it can be written; `None` for anything else.
fn of_words(text: &str, today: Date) -> Option<Result<Date, String>> {
    let ahead = match text {
        "today" => Some(0),
        "tomorrow" => Some(1),
        _ => text.strip_suffix('d').and_then(|days| days.parse().ok()),
    };
    let ahead = ahead.map(u16::into).or_else(|| weekday(text).map(|weekday| days_until(weekday, today)));
    ahead
        .and_then(|days| today.checked_add(Duration::days(days)))
        .map(Ok)
        // Of an instant, the day; of a day with something behind it, nothing.
        .or_else(|| parse_date(text).filter(|_| text.len() == "2026-11-25".len()).map(Ok))
        .or_else(|| of_a_month(text, today))
}

/// Days to the next one of this name; today is not meant.
fn days_until(weekday: Weekday, today: Date) -> i64 {
    let ahead = i64::from(weekday.number_from_monday()) - i64::from(today.weekday().number_from_monday());
    if ahead > 0 { ahead } else { ahead + 7 }
}

fn weekday(text: &str) -> Option<Weekday> {
    let first = Weekday::Monday;
    std::iter::successors(Some(first), |day| Some(day.next()).filter(|next| *next != first))
        .find(|day| begins(&day.to_string(), text))
}

/// `25 nov`, `nov 25`, either with a year. Without one it is the next such day, if that is near.
fn of_a_month(text: &str, today: Date) -> Option<Result<Date, String>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (one, other, year) = match words[..] {
        [one, other] => (one, other, None),
        [one, other, year] => (one, other, Some(year)),
        _ => return None,
    };
    let (month, day) = month(one).map(|month| (month, other)).or_else(|| Some((month(other)?, one)))?;
    let day: u8 = day.parse().ok()?;
    if let Some(year) = year {
        let year = year.parse().ok().filter(|_| year.len() == 4)?;
        return Date::from_calendar_date(year, month, day).ok().map(Ok);
    }
    let next = (0..=8)
        .filter_map(|years| Date::from_calendar_date(today.year() + years, month, day).ok())
        .find(|date| *date >= today)?;
    Some(if next - today <= NEAR {
        Ok(next)
    } else {
        Err(format!("`{text}` may be past or far off; write the year, like {next}"))
    })
}

fn month(text: &str) -> Option<Month> {
    (1..=12).filter_map(|number| Month::try_from(number).ok()).find(|month| begins(&month.to_string(), text))
}

/// Whether a text is a name or its first three letters and perhaps more.
fn begins(name: &str, text: &str) -> bool {
    text.len() >= 3 && name.to_lowercase().starts_with(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::UtcOffset;
    use time::macros::date;

    /// A Friday.
    const CALENDAR: Calendar =
        Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: UtcOffset::UTC };

    #[test]
    fn a_day_is_read_in_every_way_it_is_written() {
        for (text, day) in [
            (" 2026-11-25 ", date!(2026 - 11 - 25)),
            ("3d", date!(2026 - 11 - 23)),
            ("tomorrow", date!(2026 - 11 - 21)),
            ("sat", date!(2026 - 11 - 21)),
            ("Mon", date!(2026 - 11 - 23)),
            ("thursday", date!(2026 - 11 - 26)),
            ("fri", date!(2026 - 11 - 27)),
            ("25 Nov", date!(2026 - 11 - 25)),
            ("nov 25", date!(2026 - 11 - 25)),
            ("3 january", date!(2027 - 01 - 03)),
            ("1 sep 2027", date!(2027 - 09 - 01)),
        ] {
            assert_eq!(day_of(text, &CALENDAR), Ok(Some(day)), "{text}");
        }
        assert_eq!(day_of("  ", &CALENDAR), Ok(None));
    }

    #[test]
    fn what_names_no_day_to_wait_for_is_told_with_the_remedy() {
        for (text, part) in [
            ("someday", "`someday` is no day; type 3d"),
            ("11/25", "3d, mon"),
            ("5", "is no day"),
            ("d", "is no day"),
            ("-3d", "is no day"),
            ("99999999d", "is no day"),
            ("mo", "is no day"),
            ("30 feb", "is no day"),
            ("25 nov 26", "is no day"),
            ("2026-11-25 08:00", "is no day"),
            ("today", "20 Nov is not after today"),
            ("0d", "20 Nov is not after today"),
            ("2026-11-19", "19 Nov is not after today"),
            ("2025-12-01", "1 Dec 2025 is not after today"),
            ("19 nov", "write the year, like 2027-11-19"),
        ] {
            let why = day_of(text, &CALENDAR).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_no_day_has_passed(text in "\\PC{0,20}", days in 0u16..400, base in 0i64..800) {
            let today = CALENDAR.today + Duration::days(base);
            let calendar = Calendar { today, ..CALENDAR };
            for text in [text, format!("{days}d")] {
                if let Ok(Some(day)) = day_of(&text, &calendar) {
                    prop_assert!(day > today);
                }
            }
            for name in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] {
                let day = day_of(name, &calendar).unwrap().unwrap();
                prop_assert!((1..=7).contains(&calendar.days_until(day)));
                prop_assert!(day.weekday().to_string().to_lowercase().starts_with(name));
            }
        }
    }
}
