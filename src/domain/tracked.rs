//! A case on the operator's list: what the gateway says of it, and what the operator says of it.

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

#[cfg(test)]
mod tests {
    use super::super::case::Field;
    use super::super::fault::Signature;
    use super::*;
    use time::macros::{date, datetime};

    fn tracked(status: &str, due: &str) -> Tracked {
        let mut tracked = Tracked::new(CaseId::parse("O1").unwrap());
        tracked.case = Some(Case::from_fields([
            (Field::Status, Some(status.to_owned())),
            (Field::ExpirationDate, Some(due.to_owned())),
        ]));
        tracked
    }

    const CALENDAR: Calendar =
        Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: time::UtcOffset::UTC };

    #[test]
    fn a_failure_keeps_no_more_than_a_screen_can_use() {
        let refused = Fault::Refused {
            status: 200,
            code: "陈".repeat(1_000_000).into(),
            msg: "界".repeat(1_000_000),
            signature: Signature::Absent,
            retry_after: None,
            skew: None,
        };
        let failure = Failure::of(&refused, datetime!(2026-11-20 08:00 UTC));
        assert_eq!((failure.code.chars().count(), failure.message.chars().count()), (64, 411));
        assert!(failure.code.ends_with('…') && failure.message.ends_with("界… (unsigned)"));
        let garbled = Fault::Garbled("x".repeat(1_000));
        let failure = Failure::of(&garbled, datetime!(2026-11-20 08:00 UTC));
        assert_eq!(failure.message.chars().count(), 512);
    }

    #[test]
    fn a_case_takes_no_more_room_than_a_million_of_them_can_have() {
        assert_eq!((size_of::<Tracked>(), size_of::<Option<Tracked>>(), size_of::<Beside>()), (104, 104, 48));
        let plain = tracked("DISPUTE_INQUIRY", "2026-11-20");
        let mut noted = plain.clone();
        noted.local.note = "call".into();
        assert!(noted != plain && plain.beside.is_usual() && !noted.beside.is_usual());
        noted.local.note.clear();
        assert_eq!(noted, plain, "it is the value that counts");
    }

    #[test]
    fn only_a_case_that_needs_a_reply_is_urgent() {
        assert_eq!(tracked("DISPUTE_INQUIRY", "2026-11-20").urgency(&CALENDAR), Urgency::Today);
        assert_eq!(tracked("DISPUTE_RECEIVED", "2026-11-20").urgency(&CALENDAR), Urgency::None);
        let mut decided = tracked("DISPUTE_INQUIRY", "2026-11-19");
        assert_eq!(decided.days_left(&CALENDAR), Some(-1));
        decided.local.wont_contest = Some("valid claim".into());
        assert_eq!(decided.urgency(&CALENDAR), Urgency::None);
        assert_eq!(decided.days_left(&CALENDAR), None);
        assert_eq!(decided.tags().collect::<Vec<_>>(), [WONT_CONTEST_TAG]);
    }

    #[test]
    fn a_case_sleeps_until_its_day_and_never_when_it_is_due() {
        let on = |today| Calendar { today, ..CALENDAR };
        let mut case = tracked("DISPUTE_INQUIRY", "2026-11-25");
        let put_off = |until| Some(Snooze { until, known: None });
        case.local.snooze = put_off(date!(2026 - 11 - 23));
        for (today, until) in [
            (date!(2026 - 11 - 20), Some(date!(2026 - 11 - 23))),
            (date!(2026 - 11 - 22), Some(date!(2026 - 11 - 23))),
            (date!(2026 - 11 - 23), None),
        ] {
            assert_eq!(case.asleep_until(&on(today)), until, "{today}");
        }
        case.local.snooze = put_off(date!(2027 - 01 - 01));
        assert_eq!(case.asleep_until(&on(date!(2026 - 11 - 24))), Some(date!(2026 - 11 - 25)));
        assert!(!case.is_asleep(&on(date!(2026 - 11 - 25))), "due today");
        assert!(!case.is_asleep(&on(date!(2026 - 11 - 26))), "overdue");
        assert!(case.may_sleep(&CALENDAR) && !case.may_sleep(&on(date!(2026 - 11 - 25))));
        case.changed_at = Some(datetime!(2026-11-20 08:00 UTC));
        assert_eq!(case.wakes_on(), None, "it has changed since");
        let change = LocalChange::Snooze(case.local.snooze).knowing(&case);
        case.local.apply(change);
        assert!(case.is_asleep(&CALENDAR), "put off by somebody who knows that");
        case.local.wont_contest = Some(String::new());
        assert_eq!(case.wakes_on(), None, "it needs no reply");
        for (status, due) in
            [("DISPUTE_INQUIRY", "soon"), ("DISPUTE_RECEIVED", "2026-11-25"), ("ODD", "2026-11-25")]
        {
            let mut other = tracked(status, due);
            other.local.snooze = put_off(date!(2027 - 01 - 01));
            assert_eq!(other.wakes_on(), None, "{status} {due}");
        }
    }

    #[test]
    fn a_settled_case_is_asked_for_while_it_is_fresh() {
        let now = datetime!(2026-11-20 08:00 UTC);
        let mut closed = tracked("CASE_CLOSED", "2026-01-01");
        assert!(closed.wants_refresh(now, 30), "never dated: ask");
        closed.first_at = Some(now - Duration::days(31));
        assert!(!closed.wants_refresh(now, 30), "closed when first seen, long ago");
        closed.changed_at = Some(now - Duration::days(30));
        assert!(closed.wants_refresh(now, 30));
        closed.changed_at = Some(now - Duration::days(31));
        assert!(!closed.wants_refresh(now, 30));
        let mut unknown = tracked("BRAND_NEW", "2026-01-01");
        unknown.changed_at = closed.changed_at;
        assert!(unknown.wants_refresh(now, 30), "an unknown status is not settled");
    }

    #[test]
    fn a_list_is_as_old_as_its_oldest_open_case() {
        let now = datetime!(2026-11-20 08:00 UTC);
        let aged = |status: &str, hours: i64| {
            let mut one = tracked(status, "2026-11-25");
            one.refreshed_at = Some(now - Duration::hours(hours));
            one
        };
        let mut cases = vec![aged("CASE_CLOSED", 90), aged("CASE_CLOSED", 70)];
        cases.push(Tracked::new(CaseId::parse("O2").unwrap()));
        assert_eq!(as_of(&[]), None);
        assert_eq!(as_of(&cases[2..]), None, "never fetched has no age");
        assert_eq!(as_of(&cases), Some(now - Duration::hours(70)), "nothing open was fetched");
        cases.extend([aged("DISPUTE_INQUIRY", 20), aged("DISPUTE_RECEIVED", 1)]);
        assert_eq!(as_of(&cases), Some(now - Duration::hours(20)));
    }
}
