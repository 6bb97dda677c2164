//! The operator's word: what the merchant portal shows of an action that nobody else can tell the end of. One rule for the
//! desk and the command line.

use std::fmt;

use time::{Duration, OffsetDateTime};

use super::action::State;
use super::record::{ActionId, ActionRecord, Kind, MISMATCH};

/// So long after a send "it was not executed" says nothing: a request that PayerMax has not taken within two minutes is too
/// old for it, and it may take a while to show one that it has.
pub const QUIET: Duration = Duration::minutes(5);

/// What the merchant portal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It was executed: a refund is paid, a reply received.
    Executed,
    /// It was not.
    NotExecuted,
    /// A refund was taken and has failed; its money is with the merchant.
    Failed,
}

impl Found {
    /// The words for a kind of action.
    pub const fn of_kind(kind: Kind) -> &'static [(&'static str, Self)] {
        match kind {
            Kind::Refund => {
                &[("paid", Self::Executed), ("not paid", Self::NotExecuted), ("failed", Self::Failed)]
            }
            Kind::Reply | Kind::ReplyBatch => {
                &[("received", Self::Executed), ("not received", Self::NotExecuted)]
            }
        }
    }

    /// Reads a word; case, spaces and hyphens do not matter.
    pub fn from_word(kind: Kind, text: &str) -> Option<Self> {
        let text = text.replace('-', " ").to_lowercase();
        let said: Vec<&str> = text.split_whitespace().collect();
        let is_said = |word: &str| word.split(' ').eq(said.iter().copied());
        Self::of_kind(kind).iter().find(|(word, _)| is_said(word)).map(|(_, found)| *found)
    }

    /// The word for it.
    pub fn word(self, kind: Kind) -> &'static str {
        let own = Self::of_kind(kind).iter().find(|(_, found)| *found == self);
        own.map_or("failed", |(word, _)| word)
    }
}

/// Why the operator's word is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmarkable {
    /// Its end is known, or it is under way.
    Known(ActionId, State),
    /// PayerMax said that it took it, so that it cannot have gone missing.
    Accepted(ActionId),
    /// What the portal shows under its number is another refund.
    Mismatch(ActionId),
    /// It may still arrive; in so long it can be marked.
    TooEarly(ActionId, Duration),
}

impl fmt::Display for Unmarkable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(id, state) => {
                write!(f, "{} is {state}, and only what nobody can be sure of is marked by hand", id.0)
            }
            Self::Accepted(id) => {
                write!(
                    f,
                    "{} was accepted by PayerMax, so that it has not gone missing; it may have failed",
                    id.0
                )
            }
            Self::Mismatch(id) => write!(
                f,
                "PayerMax has another refund under the number of {}, so that what the portal shows is not this one",
                id.0
            ),
            Self::TooEarly(id, wait) => {
                let minutes = match (*wait + Duration::seconds(59)).whole_minutes().max(1) {
                    1 => "1 minute".to_owned(),
                    many => format!("{many} minutes"),
                };
                write!(
                    f,
                    "{} was sent less than 5 minutes ago and may still arrive; it can be marked in {minutes}",
                    id.0
                )
            }
        }
    }
}

/// Whether the operator's word is taken for this action now.
///
/// # Errors
/// Why it is not.
pub fn may_mark(record: &ActionRecord, found: Found, now: OffsetDateTime) -> Result<(), Unmarkable> {
    let id = || record.intent.id.clone();
    let is_another = record.finding.code.as_deref() == Some(MISMATCH);
    match (record.state, found) {
        (_, Found::Failed) if record.intent.kind != Kind::Refund => {
            Err(Unmarkable::Known(id(), record.state))
        }
        (State::Unknown | State::Accepted | State::NotReceived, Found::Executed | Found::Failed) => {
            if is_another {
                Err(Unmarkable::Mismatch(id()))
            } else {
                Ok(())
            }
        }
        (State::Unknown, Found::NotExecuted) => {
            let wait = record.sent_at.unwrap_or(record.created_at) + QUIET - now;
            if wait.is_positive() { Err(Unmarkable::TooEarly(id(), wait)) } else { Ok(()) }
        }
        (State::Accepted, Found::NotExecuted) => Err(Unmarkable::Accepted(id())),
        (state, _) => Err(Unmarkable::Known(id(), state)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::{Finding, Intent};
    use pretty_assertions::assert_eq;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-20 08:00 UTC);

    fn record(kind: Kind, state: State) -> ActionRecord {
        let intent = Intent {
            id: ActionId("A-1".into()),
            kind,
            case_id: None,
            batch_id: None,
            order: None,
            out_refund_no: None,
            amount: None,
            currency: None,
            data: Vec::new(),
            operator: String::new(),
        };
        let finding = Finding::default();
        let (created_at, sent_at) = (NOW - Duration::hours(1), Some(NOW - QUIET));
        ActionRecord { intent, state, finding, created_at, sent_at, answered_at: None, settled_at: None }
    }

    #[test]
    fn words_are_read_in_every_spelling_and_only_those_of_the_kind() {
        for (text, found) in [
            ("paid", Some(Found::Executed)),
            (" Not  Paid ", Some(Found::NotExecuted)),
            ("not-paid", Some(Found::NotExecuted)),
            ("failed", Some(Found::Failed)),
            ("received", None),
            ("notpaid", None),
            ("", None),
        ] {
            assert_eq!(Found::from_word(Kind::Refund, text), found, "{text}");
        }
        assert_eq!(Found::from_word(Kind::ReplyBatch, "not-received"), Some(Found::NotExecuted));
        assert_eq!(Found::from_word(Kind::Reply, "failed"), None);
        assert_eq!(Found::NotExecuted.word(Kind::Reply), "not received");
    }

    #[test]
    fn a_word_is_taken_where_nobody_else_knows_better() {
        use State::{Accepted, Intended, NotReceived, Refused, Sending, Settled, Unknown};
        for state in State::ALL {
            let taken = |kind, found| may_mark(&record(kind, state), found, NOW).is_ok();
            let seen = matches!(state, Unknown | Accepted | NotReceived);
            assert_eq!(taken(Kind::Refund, Found::Executed), seen, "{state}");
            assert_eq!(taken(Kind::Refund, Found::Failed), seen, "{state}");
            assert_eq!(taken(Kind::Refund, Found::NotExecuted), state == Unknown, "{state}");
            assert_eq!(taken(Kind::Reply, Found::Executed), seen, "{state}");
            assert!(!taken(Kind::Reply, Found::Failed), "{state}");
        }
        for state in [Intended, Sending, Refused, Settled] {
            let why = may_mark(&record(Kind::Refund, state), Found::Executed, NOW);
            assert_eq!(why, Err(Unmarkable::Known(ActionId("A-1".into()), state)));
        }
    }

    #[test]
    fn what_may_still_arrive_and_what_is_another_refund_is_not_marked() {
        let mut unknown = record(Kind::Refund, State::Unknown);
        unknown.sent_at = Some(NOW - Duration::seconds(299));
        let early = may_mark(&unknown, Found::NotExecuted, NOW).unwrap_err();
        assert!(early.to_string().ends_with("it can be marked in 1 minute"), "{early}");
        assert_eq!(may_mark(&unknown, Found::Executed, NOW), Ok(()));
        unknown.finding.code = Some(MISMATCH.to_owned());
        for found in [Found::Executed, Found::Failed] {
            assert!(matches!(may_mark(&unknown, found, NOW), Err(Unmarkable::Mismatch(_))));
        }
        assert_eq!(may_mark(&unknown, Found::NotExecuted, NOW + QUIET), Ok(()));
    }
}
