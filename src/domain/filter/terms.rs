//! What a single term of the filter language tests, and how a case passes it.

use rust_decimal::Decimal;
use time::{Date, Duration};

use super::{DueSpan, Lens};
use crate::domain::case::{Case, Field};
use crate::domain::deadline::{Calendar, Urgency};
use crate::domain::local;
use crate::domain::stage::Stage;
use crate::domain::tracked::Tracked;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Word(String),
    Contains(Field, String),
    Currency(String),
    Stage(Stage),
    Due(DueTest),
    Amount(Compare, Decimal),
    Tag(String),
    Owner(String),
    Changed(ChangedTest),
    Snoozed(SnoozedTest),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DueTest {
    Urgency(Urgency),
    Days(Compare, i64),
    On(Compare, Date),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ChangedTest {
    Unseen(bool),
    DaysAgo(Compare, i64),
}

/// About the day on which a case that sleeps wakes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SnoozedTest {
    Asleep(bool),
    Days(Compare, i64),
    Until(Compare, Date),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

impl Compare {
    /// Splits `<=5` into the comparison and the rest; no sign means equal.
    pub(super) fn split(text: &str) -> (Self, &str) {
        const SIGNS: [(&str, Compare); 5] = [
            ("<=", Compare::LessOrEqual),
            (">=", Compare::GreaterOrEqual),
            ("<", Compare::Less),
            (">", Compare::Greater),
            ("=", Compare::Equal),
        ];
        SIGNS
            .into_iter()
            .find_map(|(sign, compare)| text.strip_prefix(sign).map(|rest| (compare, rest)))
            .unwrap_or((Self::Equal, text))
    }

    fn holds<T: Ord>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Equal => left == right,
            Self::GreaterOrEqual => left >= right,
            Self::Greater => left > right,
        }
    }
}

impl Test {
    pub(super) fn holds(&self, tracked: &Tracked, lens: &Lens<'_>) -> bool {
        let contains = |field, part: &str| has(case_text(tracked, field), part);
        match self {
            Self::Word(word) => any_column(tracked, word),
            Self::Contains(field, part) => contains(*field, part),
            Self::Currency(code) => {
                tracked.case.as_ref().is_some_and(|case| case.currency().to_lowercase() == *code)
            }
            Self::Stage(stage) => tracked.stage() == *stage,
            Self::Due(test) => test.holds(tracked, &lens.calendar),
            Self::Amount(compare, amount) => {
                tracked.case.as_ref().and_then(Case::amount).is_some_and(|own| compare.holds(&own, amount))
            }
            Self::Tag(tag) => tracked.tags().any(|own| own.to_lowercase() == *tag),
            Self::Owner(owner) => {
                // Where nobody knows who `@me` is, no case is theirs, least of all one without an owner.
                let wanted = local::owner_of(owner, &lens.me.to_lowercase()).unwrap_or_default();
                !wanted.is_empty() && tracked.local.owner.to_lowercase() == wanted
            }
            Self::Changed(test) => test.holds(tracked, &lens.calendar),
            Self::Snoozed(test) => test.holds(tracked, &lens.calendar),
        }
    }
}

impl DueTest {
    fn holds(&self, tracked: &Tracked, calendar: &Calendar) -> bool {
        match self {
            Self::Urgency(urgency) => tracked.urgency(calendar) == *urgency,
            Self::Days(compare, days) => {
                tracked.days_left(calendar).is_some_and(|left| compare.holds(&left, days))
            }
            Self::On(compare, date) => {
                tracked.case.as_ref().and_then(Case::due).is_some_and(|due| compare.holds(&due, date))
            }
        }
    }
}

impl DueTest {
    /// Among which due dates the cases lie that pass; `None` when it does not ask whether a reply is needed.
    pub(super) fn span(&self, calendar: &Calendar) -> Option<DueSpan> {
        let day = |days: i64| calendar.today.checked_add(Duration::days(days.clamp(-DAYS_MAX, DAYS_MAX)));
        let between = |from: Option<Date>, until: Option<Date>| DueSpan { undated: false, from, until };
        let soon = i64::from(calendar.soon_days);
        match self {
            Self::Urgency(Urgency::Overdue) => Some(between(None, day(-1))),
            Self::Urgency(Urgency::Today) => Some(DueSpan { undated: true, ..between(day(0), day(0)) }),
            Self::Urgency(Urgency::Soon) => Some(between(day(1), day(soon))),
            Self::Urgency(Urgency::Later) => Some(between(day(soon.saturating_add(1)), None)),
            Self::Days(compare, days) => Some(match compare {
                Compare::Less | Compare::LessOrEqual => between(None, day(*days)),
                Compare::Equal => between(day(*days), day(*days)),
                Compare::GreaterOrEqual | Compare::Greater => between(day(*days), None),
            }),
            Self::Urgency(Urgency::None) | Self::On(..) => None,
        }
    }
}

/// More days than there are between any two dates: a bound this far away is none.
const DAYS_MAX: i64 = 10_000_000;

impl ChangedTest {
    fn holds(&self, tracked: &Tracked, calendar: &Calendar) -> bool {
        match self {
            Self::Unseen(unseen) => tracked.unseen.is_empty() != *unseen,
            Self::DaysAgo(compare, days) => tracked
                .changed_at
                .is_some_and(|at| compare.holds(&-calendar.days_until(calendar.date_of(at)), days)),
        }
    }
}

impl SnoozedTest {
    fn holds(&self, tracked: &Tracked, calendar: &Calendar) -> bool {
        let until = tracked.asleep_until(calendar);
        match self {
            Self::Asleep(asleep) => until.is_some() == *asleep,
            Self::Days(compare, days) => {
                until.is_some_and(|until| compare.holds(&calendar.days_until(until), days))
            }
            Self::Until(compare, date) => until.is_some_and(|until| compare.holds(&until, date)),
        }
    }
}

fn case_text(tracked: &Tracked, field: Field) -> &str {
    tracked.case.as_ref().map(|case| case.text(field)).unwrap_or_default()
}

/// Whether a lower-case word stands in anything the operator can see of a case.
fn any_column(tracked: &Tracked, word: &str) -> bool {
    let contains = |text: &str| has(text, word);
    tracked.case.as_ref().is_some_and(|case| any_field(case, word))
        || contains(tracked.id.as_str())
        || contains(&tracked.local.note)
        || contains(&tracked.local.owner)
        || tracked.tags().any(contains)
        || tracked.reason_code.as_deref().is_some_and(contains)
        || tracked.reason_message.as_deref().is_some_and(contains)
        || tracked.card_scheme.as_deref().is_some_and(contains)
}

/// Whether it stands in a field. All of them are looked through at once, which a word with a control character, or one
/// that lower case could make of something else, does not allow.
fn any_field(case: &Case, word: &str) -> bool {
    let body = case.body();
    if body.is_ascii() && !word.contains(char::is_control) {
        return has(body, word);
    }
    Field::ALL.into_iter().any(|field| has(case.text(field), word))
}

/// Whether a lower-case word stands in a text, whatever the case of that.
fn has(text: &str, word: &str) -> bool {
    if text.is_ascii() {
        text.len() >= word.len() && text.to_ascii_lowercase().contains(word)
    } else {
        text.to_lowercase().contains(word)
    }
}
