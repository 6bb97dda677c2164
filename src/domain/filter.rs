//! The filter language, the same in `/`, `--filter` and `[[views]]`.
//!
//! Words match any column; `name:value` tests one thing; `!` negates; spaces mean "and"; quotes keep spaces.

mod terms;

#[cfg(test)]
mod tests;

use time::Date;

use terms::{ChangedTest, Compare, DueTest, SnoozedTest, Test};

use super::case::Field;
use super::deadline::{Calendar, Urgency, parse_date};
use super::money;
use super::stage::Stage;
use super::tracked::Tracked;

/// Every `name:` the language knows, with an example of its value, for help and completion.
pub const NAMES: [(&str, &str); 12] = [
    ("status", "INQUIRY"),
    ("stage", "due|waiting|closed|unknown"),
    ("due", "today|tomorrow|overdue|soon|later|<3d|2026-11-20"),
    ("amt", ">100"),
    ("cur", "IDR"),
    ("order", "P1642"),
    ("user", "10042"),
    ("result", "WIN"),
    ("tag", "urgent"),
    ("owner", "@me"),
    ("changed", "yes|no|today|<3d"),
    ("snoozed", "yes|no|<3d|2026-11-25"),
];

/// What a filter needs to know besides the case.
#[derive(Clone, Copy, Debug)]
pub struct Lens<'a> {
    /// Which day it is.
    pub calendar: Calendar,
    /// Who `@me` is.
    pub me: &'a str,
}

/// Some of the cases that need a reply, by due date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueSpan {
    /// Whether those with a date nobody can read are among them.
    pub undated: bool,
    /// The first date; `None` for no first one.
    pub from: Option<Date>,
    /// The last date; `None` for no last one.
    pub until: Option<Date>,
}

impl DueSpan {
    /// Every case that needs a reply.
    pub const ALL: Self = Self { undated: true, from: None, until: None };

    /// What lies in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let until = match (self.until, other.until) {
            (Some(own), Some(theirs)) => Some(own.min(theirs)),
            (own, theirs) => own.or(theirs),
        };
        Self { undated: self.undated && other.undated, from: self.from.max(other.from), until }
    }
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

impl Filter {
    /// Reads a filter text.
    ///
    /// # Errors
    /// [`FilterError`] names the first term that means nothing and says what would.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        match Self::parse_while_typed(text) {
            (filter, None) => Ok(filter),
            (_, Some(error)) => Err(error),
        }
    }

    /// Reads a filter text that is still being typed: the terms that mean something, and what is wrong with
    /// the first that does not. A half-typed `due:` must not empty the table.
    pub fn parse_while_typed(text: &str) -> (Self, Option<FilterError>) {
        let mut filter = Self::default();
        let mut first_error = (text.matches('"').count() % 2 == 1)
            .then(|| FilterError { term: "\"".to_owned(), why: "a quote is not closed".to_owned() });
        for term in written(text) {
            match parse_term(term) {
                Ok(term) => filter.terms.push(term),
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        (filter, first_error)
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether every case that passes this filter passes the other one too, as far as the terms alone can tell. What a
    /// letter more adds to a filter can then be found among what was found before it.
    pub fn narrows(&self, wider: &Self) -> bool {
        wider.terms.iter().all(|term| self.terms.iter().any(|own| own.implies(term)))
    }

    /// The due dates among which every case lies that passes, and that every such case needs a reply; `None` when the
    /// filter does not say that.
    pub fn due_span(&self, calendar: &Calendar) -> Option<DueSpan> {
        let tests = self.terms.iter().filter(|term| !term.negated).filter_map(|term| match &term.test {
            Test::Due(test) => test.span(calendar),
            _ => None,
        });
        tests.reduce(DueSpan::and)
    }

    /// Whether a case passes every term.
    pub fn matches(&self, tracked: &Tracked, lens: &Lens<'_>) -> bool {
        self.terms.iter().all(|term| term.test.holds(tracked, lens) != term.negated)
    }
}

impl Term {
    /// Whether whatever passes this term passes the other.
    fn implies(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        let contains = |own: &str, part: &str| !self.negated && !other.negated && own.contains(part);
        match (&self.test, &other.test) {
            (Test::Word(own), Test::Word(part)) => contains(own, part),
            (Test::Contains(field, own), Test::Contains(of, part)) => field == of && contains(own, part),
            _ => false,
        }
    }
}

/// A term as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Written<'t> {
    /// With its quotes and its `!`.
    pub raw: &'t str,
}

/// The terms of a filter: blanks within double quotes part none.
pub fn written(text: &str) -> impl Iterator<Item = Written<'_>> {
    let mut quoted = false;
    let parts = move |c: char| {
        quoted ^= c == '"';
        c.is_whitespace() && !quoted
    };
    text.split(parts).map(|raw| Written { raw }).filter(|term| !term.text().is_empty())
}

impl Written<'_> {
    /// Without its quotes.
    fn text(&self) -> String {
        self.raw.replace('"', "")
    }

    /// Whether it begins with a quote: then a colon in it names nothing.
    fn is_word(&self) -> bool {
        self.raw.strip_prefix('!').unwrap_or(self.raw).starts_with('"')
    }

    /// Whether it asks for this name, which stands in [`NAMES`].
    pub fn asks(&self, name: &str) -> bool {
        let text = self.text();
        let asked = text.strip_prefix('!').unwrap_or(&text).split_once(':');
        !self.is_word() && asked.is_some_and(|(asked, _)| asked.eq_ignore_ascii_case(name))
    }
}

fn parse_term(written: Written<'_>) -> Result<Term, FilterError> {
    let term = written.text();
    let term = term.as_str();
    let (negated, body) = term.strip_prefix('!').map_or((false, term), |rest| (true, rest));
    let fail = |why: &str| FilterError { term: term.to_owned(), why: why.to_owned() };
    if body.is_empty() {
        return Err(fail("`!` needs something to negate"));
    }
    let test = match body.split_once(':').filter(|_| !written.is_word()) {
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
        "snoozed" => Test::Snoozed(parse_snoozed(&lower)?),
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

fn parse_snoozed(value: &str) -> Result<SnoozedTest, String> {
    let (compare, rest) = Compare::split(value);
    match value {
        "yes" => Ok(SnoozedTest::Asleep(true)),
        "no" => Ok(SnoozedTest::Asleep(false)),
        _ => parse_days(rest)
            .map(|days| SnoozedTest::Days(compare, days))
            .or_else(|| parse_date(rest).map(|date| SnoozedTest::Until(compare, date)))
            .ok_or_else(|| "is yes, no, days like <3d, or a date like 2026-11-25".to_owned()),
    }
}

/// A whole number of days: `3d`.
fn parse_days(text: &str) -> Option<i64> {
    text.strip_suffix('d')?.parse().ok()
}
