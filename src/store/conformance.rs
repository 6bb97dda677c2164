//! What every store must do, whatever is behind it. A backend passes by calling [`every_rule`] with a way to make an
//! empty store.

pub(super) mod actions;
pub(super) mod drafts;
mod list;
mod looks;
mod opening;
mod refunds;

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::{NewCase, Observation, Store};
use crate::domain::case::{Case, Field};
use crate::domain::ids::CaseId;
use crate::domain::tracked::Failure;

/// Runs every rule, each on a store of its own.
pub(super) fn every_rule<S: Store>(make: impl Fn() -> S) {
    let rules = list::rules().into_iter().chain(looks::rules()).chain(opening::rules());
    for rule in rules.chain(actions::rules()).chain(refunds::rules()).chain(drafts::rules()) {
        rule(&mut make());
    }
}

pub(super) fn id(text: &str) -> CaseId {
    CaseId::parse(text).unwrap()
}

pub(super) fn new(text: &str) -> NewCase {
    NewCase::new(id(text))
}

/// An instant, some minutes after the tests' morning.
pub(super) fn minute(n: i64) -> OffsetDateTime {
    datetime!(2026-11-20 08:00 UTC) + Duration::minutes(n)
}

/// A case with all sixteen fields, each with its own text.
pub(super) fn case(status: &str, amount: &str) -> Case {
    let mut case = Case::from_fields(Field::ALL.map(|field| (field, Some(format!("a {}", field.wire())))));
    case.set(Field::Status, Some(status.to_owned()));
    case.set(Field::Amount, Some(amount.to_owned()));
    case
}

pub(super) fn answer(text: &str, at: OffsetDateTime, case: Case) -> Observation {
    Observation { id: id(text), at, outcome: Ok(case) }
}

pub(super) fn failed(text: &str, at: OffsetDateTime, code: &str) -> Observation {
    let failure = Failure { code: code.to_owned(), message: "no answer".to_owned(), at };
    Observation { id: id(text), at, outcome: Err(failure) }
}
