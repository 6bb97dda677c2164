//! The filter language, the same in `/`, `--filter` and `[[views]]`.
//!
//! Words match any column; `name:value` tests one thing; `!` negates; spaces mean "and"; quotes keep spaces.

use rust_decimal::Decimal;
use time::Date;

use super::case::{Case, Field};
use super::deadline::{Calendar, Urgency, parse_date};
use super::money;
use super::stage::Stage;
use super::tracked::Tracked;

/// Every `name:` the language knows, with an example of its value, for help and completion.
pub const NAMES: [(&str, &str); 11] = [
    ("status", "INQUIRY"),
    ("stage", "due|waiting|closed|unknown"),
    ("due", "today|tomorrow|overdue|soon|<3d|2026-11-20"),
    ("amt", ">100"),
    ("cur", "IDR"),
    ("order", "P1642"),
    ("user", "10042"),
    ("result", "WIN"),
    ("tag", "urgent"),
    ("owner", "@me"),
    ("changed", "yes|no|today|<3d"),
];

/// What a filter needs to know besides the case.
#[derive(Clone, Copy, Debug)]
pub struct Lens<'a> {
    /// Which day it is.
    pub calendar: Calendar,
    /// Who `@me` is.
    pub me: &'a str,
}

/// A term that means nothing in the language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{term}`: {why}")]
pub struct FilterError {
    /// The term as typed.
    pub term: String,
    /// What is wrong and what would be right.
    pub why: String,
}

/// A parsed filter; the empty one lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    negated: bool,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Word(String),
    Contains(Field, String),
    Currency(String),
    Stage(Stage),
    Due(DueTest),
    Amount(Compare, Decimal),
    Tag(String),
    Owner(String),
    Changed(ChangedTest),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum DueTest {
    Urgency(Urgency),
    Days(Compare, i64),
    On(Compare, Date),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ChangedTest {
    Unseen(bool),
    DaysAgo(Compare, i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

impl Compare {
    /// Splits `<=5` into the comparison and the rest; no sign means equal.
    fn split(text: &str) -> (Self, &str) {
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

impl Filter {
    /// Reads a filter text.
    ///
    /// # Errors
    /// [`FilterError`] names the first term that means nothing and says what would.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let terms = split_terms(text).into_iter().map(|term| parse_term(&term)).collect::<Result<_, _>>()?;
        Ok(Self { terms })
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a case passes every term.
    pub fn matches(&self, tracked: &Tracked, lens: &Lens<'_>) -> bool {
        self.terms.iter().all(|term| term.test.holds(tracked, lens) != term.negated)
    }
}

/// Splits at spaces outside double quotes; the quotes themselves are dropped.
fn split_terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    let mut term = String::new();
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => terms.push(std::mem::take(&mut term)),
            c => term.push(c),
        }
    }
    terms.push(term);
    terms.retain(|term| !term.is_empty());
    terms
}

fn parse_term(term: &str) -> Result<Term, FilterError> {
    let (negated, body) = term.strip_prefix('!').map_or((false, term), |rest| (true, rest));
    let fail = |why: &str| FilterError { term: term.to_owned(), why: why.to_owned() };
    if body.is_empty() {
        return Err(fail("`!` needs something to negate"));
    }
    let test = match body.split_once(':') {
        Some((name, value)) if NAMES.iter().any(|(known, _)| *known == name.to_lowercase()) => {
            parse_named(&name.to_lowercase(), value.trim()).map_err(|why| fail(&why))?
        }
        Some((name, _)) if !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase()) => {
            return Err(fail(&format!("there is no `{name}:`; known are {}", names())));
        }
        _ => Test::Word(body.to_lowercase()),
    };
    Ok(Term { negated, test })
}

/// The known names in one line, for error texts.
fn names() -> String {
    NAMES.map(|(name, _)| format!("{name}:")).join(" ")
}

fn parse_named(name: &str, value: &str) -> Result<Test, String> {
    if value.is_empty() {
        let example = NAMES.iter().find(|(known, _)| *known == name).map_or("", |(_, example)| example);
        return Err(format!("needs a value, like {name}:{example}"));
    }
    let lower = value.to_lowercase();
    Ok(match name {
        "status" => Test::Contains(Field::Status, lower),
        "order" => Test::Contains(Field::OutTradeNo, lower),
        "user" => Test::Contains(Field::OutUserId, lower),
        "result" => Test::Contains(Field::CaseResult, lower),
        "cur" => Test::Currency(lower),
        "tag" => Test::Tag(lower),
        "owner" => Test::Owner(lower),
        "stage" => Test::Stage(parse_stage(&lower)?),
        "due" => Test::Due(parse_due(&lower)?),
        "changed" => Test::Changed(parse_changed(&lower)?),
        _ => {
            let (compare, number) = Compare::split(value);
            let amount = money::parse_received(number)
                .ok_or("needs a plain amount, like amt:>100 or amt:<=9.99, without grouping signs")?;
            Test::Amount(compare, amount)
        }
    })
}

fn parse_stage(value: &str) -> Result<Stage, String> {
    Stage::ALL
        .into_iter()
        .find(|stage| stage.word() == value)
        .ok_or_else(|| "is one of due, waiting, closed, unknown".to_owned())
}

fn parse_due(value: &str) -> Result<DueTest, String> {
    let named = match value {
        "today" => Some(DueTest::Urgency(Urgency::Today)),
        "overdue" => Some(DueTest::Urgency(Urgency::Overdue)),
        "soon" => Some(DueTest::Urgency(Urgency::Soon)),
        "later" => Some(DueTest::Urgency(Urgency::Later)),
        "tomorrow" => Some(DueTest::Days(Compare::Equal, 1)),
        _ => None,
    };
    let (compare, rest) = Compare::split(value);
    named
        .or_else(|| parse_days(rest).map(|days| DueTest::Days(compare, days)))
        .or_else(|| parse_date(rest).map(|date| DueTest::On(compare, date)))
        .ok_or_else(|| {
            "is today, tomorrow, overdue, soon, later, days like <3d, or a date like 2026-11-20".to_owned()
        })
}

fn parse_changed(value: &str) -> Result<ChangedTest, String> {
    let (compare, rest) = Compare::split(value);
    match value {
        "yes" => Ok(ChangedTest::Unseen(true)),
        "no" => Ok(ChangedTest::Unseen(false)),
        "today" => Ok(ChangedTest::DaysAgo(Compare::Equal, 0)),
        _ => parse_days(rest)
            .map(|days| ChangedTest::DaysAgo(compare, days))
            .ok_or_else(|| "is yes, no, today, or days like <3d".to_owned()),
    }
}

/// A whole number of days: `3d`.
fn parse_days(text: &str) -> Option<i64> {
    text.strip_suffix('d')?.parse().ok()
}

impl Test {
    fn holds(&self, tracked: &Tracked, lens: &Lens<'_>) -> bool {
        let contains = |field, part: &str| case_text(tracked, field).to_lowercase().contains(part);
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
                let wanted = if owner == "@me" { lens.me.to_lowercase() } else { owner.replace('@', "") };
                tracked.local.owner.to_lowercase() == wanted
            }
            Self::Changed(test) => test.holds(tracked, &lens.calendar),
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

fn case_text(tracked: &Tracked, field: Field) -> &str {
    tracked.case.as_ref().map(|case| case.text(field)).unwrap_or_default()
}

/// Whether a lower-case word stands in anything the operator can see of a case.
fn any_column(tracked: &Tracked, word: &str) -> bool {
    let contains = |text: &str| text.to_lowercase().contains(word);
    contains(tracked.id.as_str())
        || Field::ALL.into_iter().any(|field| contains(case_text(tracked, field)))
        || contains(&tracked.local.note)
        || contains(&tracked.local.owner)
        || tracked.tags().any(contains)
        || tracked.reason_code.as_deref().is_some_and(contains)
        || tracked.reason_message.as_deref().is_some_and(contains)
}

#[cfg(test)]
mod tests {
    use super::super::ids::CaseId;
    use super::*;
    use proptest::prelude::*;
    use time::macros::{datetime, offset};

    fn case() -> Tracked {
        let mut tracked = Tracked::new(CaseId::parse("O20230103").unwrap());
        tracked.case = Some(Case::from_fields(
            [
                (Field::Status, "DISPUTE_INQUIRY"),
                (Field::ExpirationDate, "2026-11-21"),
                (Field::Amount, "150.50"),
                (Field::Currency, "IDR"),
                (Field::OutTradeNo, "P1642410680681"),
                (Field::OutUserId, "陈小明"),
            ]
            .map(|(field, value)| (field, Some(value.to_owned()))),
        ));
        tracked.local.tags = vec!["VIP".into()];
        tracked.local.owner = "ana".into();
        tracked.changed_at = Some(datetime!(2026-11-18 08:00 UTC));
        tracked
    }

    fn passes(filter: &str) -> bool {
        let calendar = Calendar::at(datetime!(2026-11-20 08:00 UTC), offset!(UTC), 2);
        Filter::parse(filter).unwrap().matches(&case(), &Lens { calendar, me: "ana" })
    }

    #[test]
    fn what_passes() {
        for filter in [
            "",
            "o2023",
            "p1642",
            "陈",
            "vip",
            "status:inquiry",
            "stage:due",
            "due:tomorrow",
            "due:soon",
            "due:<3d",
            "due:<=1d",
            "due:>0d",
            "due:2026-11-21",
            "due:>=2026-11-21",
            "amt:>100",
            "amt:150.5",
            "amt:<=150.50",
            "cur:IDR",
            "cur:idr",
            "order:P1642",
            "user:小明",
            "tag:vip",
            "owner:@me",
            "owner:ana",
            "owner:@ana",
            "!due:today",
            "!nonsense",
            "changed:no",
            "changed:<3d",
            "idr ana !usd",
            "\"O2023\"",
            "150.50",
        ] {
            assert!(passes(filter), "{filter} should let the case through");
        }
    }

    #[test]
    fn what_does_not() {
        for filter in [
            "usd",
            "status:closed",
            "stage:waiting",
            "due:today",
            "due:overdue",
            "due:<1d",
            "due:2026-11-20",
            "amt:>150.50",
            "cur:ID",
            "!cur:idr",
            "owner:ben",
            "tag:vi",
            "changed:yes",
            "changed:today",
            "idr usd",
        ] {
            assert!(!passes(filter), "{filter} should keep the case out");
        }
    }

    #[test]
    fn mistakes_are_named_with_the_remedy() {
        for (filter, part) in [
            ("due:someday", "<3d"),
            ("amt:>1,000", "without grouping"),
            ("stage:open", "due, waiting"),
            ("colour:red", "status:"),
            ("cur:", "cur:IDR"),
            ("!", "negate"),
        ] {
            let error = Filter::parse(filter).unwrap_err();
            assert!(error.to_string().contains(part), "{filter}: {error}");
        }
    }

    #[test]
    fn a_colon_in_ordinary_text_is_a_word() {
        assert!(!passes("2023-01-03T06:32"));
        assert!(Filter::parse("12:30").is_ok());
    }

    proptest! {
        #[test]
        fn no_text_panics_and_a_negated_word_is_the_opposite(text in "\\PC{0,40}", word in "[a-z0-9]{1,6}") {
            let _ = Filter::parse(&text);
            let negated = format!("!{word}");
            prop_assert_ne!(passes(&word), passes(&negated));
        }
    }
}
