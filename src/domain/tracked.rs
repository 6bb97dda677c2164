//! A case on the operator's list: what the gateway says of it, and what the operator says of it.

#[cfg(test)]
mod tests;

use std::ops::{Deref, DerefMut};

use time::{Date, Duration, OffsetDateTime};

use super::case::{Case, Field};
use super::change::Change;
use super::deadline::{Calendar, Urgency};
use super::fault::Fault;
use super::ids::CaseId;
use super::seldom::{Seldom, Usual};
use super::shown;
use super::snooze::Snooze;
use super::stage::Stage;

/// The tag that marks a case the operator has decided not to contest, in filters and in JSON.
pub const WONT_CONTEST_TAG: &str = "wont-contest";

/// What the operator has written on a case; it never leaves this host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Local {
    /// Free text, several lines allowed.
    pub note: String,
    /// Short words, each once, in the order given.
    pub tags: Vec<String>,
    /// Who looks after it.
    pub owner: String,
    /// Why it will not be contested; `None` while that is open.
    pub wont_contest: Option<String>,
    /// Until when it is put off; see [`Tracked::wakes_on`] for what becomes of that.
    pub snooze: Option<Snooze>,
}

/// One thing the operator writes on a case. Changes travel one by one, so that writing a tag never puts an old note
/// back over what a colleague wrote meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalChange {
    /// [`Local::note`].
    Note(String),
    /// [`Local::tags`].
    Tags(Vec<String>),
    /// [`Local::owner`].
    Owner(String),
    /// [`Local::wont_contest`].
    WontContest(Option<String>),
    /// [`Local::snooze`].
    Snooze(Option<Snooze>),
}

impl LocalChange {
    /// What is written, in one word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Note(_) => "note",
            Self::Tags(_) => "tags",
            Self::Owner(_) => "owner",
            Self::WontContest(_) => "decision",
            Self::Snooze(_) => "snooze",
        }
    }

    /// The text as it stands in a field; tags are separated by blanks, an open decision is empty, a day is `yyyy-MM-dd`.
    pub fn text(&self) -> String {
        match self {
            Self::Note(text) | Self::Owner(text) => text.clone(),
            Self::Tags(tags) => tags.join(" "),
            Self::WontContest(why) => why.clone().unwrap_or_default(),
            Self::Snooze(snooze) => snooze.map(|snooze| snooze.until.to_string()).unwrap_or_default(),
        }
    }

    /// The same change, made by somebody who knows this case as it stands here.
    #[must_use]
    pub fn knowing(self, tracked: &Tracked) -> Self {
        match self {
            Self::Snooze(Some(snooze)) => Self::Snooze(Some(Snooze { known: tracked.changed_at, ..snooze })),
            other => other,
        }
    }
}

impl Local {
    /// What these words hold in the place that a change is about.
    #[must_use]
    pub fn same_of(&self, change: &LocalChange) -> LocalChange {
        match change {
            LocalChange::Note(_) => LocalChange::Note(self.note.clone()),
            LocalChange::Tags(_) => LocalChange::Tags(self.tags.clone()),
            LocalChange::Owner(_) => LocalChange::Owner(self.owner.clone()),
            LocalChange::WontContest(_) => LocalChange::WontContest(self.wont_contest.clone()),
            LocalChange::Snooze(_) => LocalChange::Snooze(self.snooze),
        }
    }

    /// Makes a change.
    pub fn apply(&mut self, change: LocalChange) {
        match change {
            LocalChange::Note(note) => self.note = note,
            LocalChange::Tags(tags) => self.tags = tags,
            LocalChange::Owner(owner) => self.owner = owner,
            LocalChange::WontContest(why) => self.wont_contest = why,
            LocalChange::Snooze(snooze) => self.snooze = snooze,
        }
    }
}

/// Why the last refresh of a case failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// PayerMax's code, or one of docket's own ([`Fault::code`]), up to 64 characters.
    pub code: String,
    /// The message, as received or in docket's words, up to 512 characters.
    pub message: String,
    /// When it happened (UTC).
    pub at: OffsetDateTime,
}

/// The longest code that is kept, in characters; PayerMax's own end at about 30.
const CODE_MAX: usize = 64;
/// The longest message that is kept, in characters. An answer may carry a megabyte, and every desk would draw it.
const MESSAGE_MAX: usize = 512;

impl Failure {
    /// What is kept of a fault.
    pub fn of(fault: &Fault, at: OffsetDateTime) -> Self {
        let code = shown::clipped(&fault.code(), CODE_MAX).into_owned();
        let message = shown::clipped(&fault.to_string(), MESSAGE_MAX).into_owned();
        Self { code, message, at }
    }

    /// One line for JSON and screens.
    pub fn line(&self) -> String {
        format!("{}: {}", self.code, self.message)
    }
}

/// One case on the list. What it is about it [also holds](Beside) can be used as if it stood here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracked {
    /// The key.
    pub id: CaseId,
    /// The last believed answer of the gateway; `None` until the first one.
    pub case: Option<Case>,
    /// When the first believed answer came (UTC).
    pub first_at: Option<OffsetDateTime>,
    /// When the last believed answer came (UTC).
    pub refreshed_at: Option<OffsetDateTime>,
    /// When a field was last seen to have changed (UTC).
    pub changed_at: Option<OffsetDateTime>,
    /// What most cases have nothing of.
    beside: Seldom<Beside>,
}

/// What stands beside the answer of the gateway, and most cases have nothing of: one pointer for all of it, where six
/// would take forty bytes more in each of a million cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// The operator's own words.
    pub local: Seldom<Local>,
    /// Scheme reason code from a chargeback notification (`reasonCode`), as received.
    pub reason_code: Seldom<Option<String>>,
    /// Its text (`reasonMessage`), as received.
    pub reason_message: Seldom<Option<String>>,
    /// The card scheme of the disputed payment, from the same notification (`cardOrg`), as received.
    pub card_scheme: Seldom<Option<String>>,
    /// Changes the operator has not looked at yet, oldest first.
    pub unseen: Seldom<Vec<Change>>,
    /// Set while the newest refresh of this case failed; the data is then older than it looks.
    pub failure: Option<Box<Failure>>,
}

impl Usual for Local {
    fn usual() -> &'static Self {
        static NONE: Local = Local {
            note: String::new(),
            tags: Vec::new(),
            owner: String::new(),
            wont_contest: None,
            snooze: None,
        };
        &NONE
    }
}

impl Usual for Beside {
    fn usual() -> &'static Self {
        static NOTHING: Beside = Beside {
            local: Seldom::usual(),
            reason_code: Seldom::usual(),
            reason_message: Seldom::usual(),
            card_scheme: Seldom::usual(),
            unseen: Seldom::usual(),
            failure: None,
        };
        &NOTHING
    }
}

impl Deref for Tracked {
    type Target = Beside;

    fn deref(&self) -> &Beside {
        &self.beside
    }
}

impl DerefMut for Tracked {
    fn deref_mut(&mut self) -> &mut Beside {
        &mut self.beside
    }
}

impl Tracked {
    /// The identifiers that are not what they may look like ([`shown::is_unusual`]).
    pub fn unusual(&self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(|field| field.is_identifier()).filter(|&field| {
            let received = self.case.as_ref().map(|case| case.text(field)).unwrap_or_default();
            shown::is_unusual(received) || field == Field::CaseId && shown::is_unusual(self.id.as_str())
        })
    }

    /// What is said of them in a sentence; `None` when all are plain.
    pub fn unusual_told(&self) -> Option<String> {
        let labels: Vec<&str> = self.unusual().map(Field::label).collect();
        (!labels.is_empty())
            .then(|| format!("{} in {}: compare with the merchant portal", shown::UNUSUAL, labels.join(", ")))
    }

    /// A case that is on the list and was never fetched.
    pub fn new(id: CaseId) -> Self {
        Self::with(id, Beside::default())
    }

    /// The same with what stands beside the answers.
    pub fn with(id: CaseId, beside: Beside) -> Self {
        let (first_at, refreshed_at, changed_at) = (None, None, None);
        Self { id, case: None, first_at, refreshed_at, changed_at, beside: beside.into() }
    }

    /// Where it stands; unknown until the first answer.
    pub fn stage(&self) -> Stage {
        self.case.as_ref().map_or(Stage::Unknown, Case::stage)
    }

    /// Whether the operator still has to reply: the status asks for it and nobody decided against it.
    pub fn needs_reply(&self) -> bool {
        self.stage() == Stage::Due && self.local.wont_contest.is_none()
    }

    /// How near its due date is.
    pub fn urgency(&self, calendar: &Calendar) -> Urgency {
        match &self.case {
            Some(case) if self.needs_reply() => calendar.urgency(case.due()),
            _ => Urgency::None,
        }
    }

    /// The day on which it is back, whichever day it is now: the one it was put off to, and its due date at the latest.
    /// `None` for a case that cannot sleep: it needs no reply, nobody can read its due date, or it has changed since it was
    /// put off.
    pub fn wakes_on(&self) -> Option<Date> {
        let snooze = self.local.snooze.filter(|snooze| snooze.known == self.changed_at)?;
        let due = self.case.as_ref().filter(|_| self.needs_reply())?.due()?;
        Some(snooze.until.min(due))
    }

    /// The day until which it sleeps; `None` while it is awake. What is due today or overdue never sleeps.
    pub fn asleep_until(&self, calendar: &Calendar) -> Option<Date> {
        self.wakes_on().filter(|day| calendar.today < *day)
    }

    /// Whether it sleeps.
    pub fn is_asleep(&self, calendar: &Calendar) -> bool {
        self.asleep_until(calendar).is_some()
    }

    /// Whether it could be put off: it needs a reply by a date after today.
    pub fn may_sleep(&self, calendar: &Calendar) -> bool {
        self.days_left(calendar).is_some_and(|days| days > 0)
    }

    /// Days left to reply, negative once overdue; `None` unless a reply is needed and the date is readable.
    pub fn days_left(&self, calendar: &Calendar) -> Option<i64> {
        let due = self.case.as_ref().filter(|_| self.needs_reply())?.due()?;
        Some(calendar.days_until(due))
    }

    /// The tags as shown and filtered: the operator's own, and one for the decision not to contest.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        let decided = self.local.wont_contest.is_some().then_some(WONT_CONTEST_TAG);
        self.local.tags.iter().map(String::as_str).filter(|tag| *tag != WONT_CONTEST_TAG).chain(decided)
    }

    /// Whether a plain refresh asks for it: everything not settled, and what was settled less than `closed_days`
    /// days ago, because a closed case can come back (pre-arbitration).
    pub fn wants_refresh(&self, now: OffsetDateTime, closed_days: u16) -> bool {
        let settled_since = self.changed_at.or(self.first_at);
        self.stage() != Stage::Closed
            || settled_since.is_none_or(|at| now - at <= Duration::days(i64::from(closed_days)))
    }
}

/// How old a list is (UTC): the age of its oldest data among the open cases, so that one case fetched a minute ago does
/// not make yesterday's list look fresh. Where nothing is open, the newest data counts; `None` while nothing was fetched.
pub fn as_of<'a>(cases: impl IntoIterator<Item = &'a Tracked>) -> Option<OffsetDateTime> {
    let (mut open, mut settled) = (None::<OffsetDateTime>, None);
    for tracked in cases {
        let Some(at) = tracked.refreshed_at else { continue };
        if tracked.stage() == Stage::Closed {
            settled = settled.max(Some(at));
        } else {
            open = Some(open.map_or(at, |oldest| oldest.min(at)));
        }
    }
    open.or(settled)
}
