//! Which order is meant: by a case, by its number, or by its token; and which cases of the list speak of it.

use crate::domain::case::{Case, Field};
use crate::domain::ids::CaseId;
use crate::domain::shown;
use crate::store::Store;

use super::super::args::Refund;
use super::super::error::{CliError, Exit};
use super::super::track;

/// So many cases that were never fetched are asked for when they could be of the order that is named.
const UNFETCHED_MAX: usize = 32;

/// An order as far as the list on disk knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    /// Its number; empty while the case that was named has never been fetched.
    pub(super) order: String,
    /// The cases to ask for before anything is said of the order.
    pub(super) cases: Vec<CaseId>,
    /// The case that was named, if one was.
    pub(super) case: Option<CaseId>,
}

impl Scope {
    /// The order that the operator means. What is not on the list is refused before anything is asked.
    pub(super) fn find(store: &dyn Store, args: &Refund) -> Result<Self, CliError> {
        match (&args.case, &args.order, &args.trade_token) {
            (Some(id), _, _) => Self::of_case(store, id),
            (None, Some(order), _) => Self::of_number(store, order),
            (None, None, token) => Self::of_token(store, token.as_deref().unwrap_or_default()),
        }
    }

    fn of_case(store: &dyn Store, id: &str) -> Result<Self, CliError> {
        let id = CaseId::parse(id).map_err(|error| {
            CliError::usage(format!("this is no case id: {error}"), "give one id as PayerMax spells it")
        })?;
        let Some(tracked) = store.find(&id)? else {
            let hint = format!("put it on the list with docket track {id}");
            return Err(track::not_listed(&[id], Exit::Usage, &hint));
        };
        let order = tracked.case.map(|case| case.text(Field::OutTradeNo).to_owned()).unwrap_or_default();
        if order.is_empty() {
            return Ok(Self { order, cases: vec![id.clone()], case: Some(id) });
        }
        Ok(Self { cases: cases_of(store, &order)?, order, case: Some(id) })
    }

    fn of_number(store: &dyn Store, order: &str) -> Result<Self, CliError> {
        let order = order.trim();
        if order.is_empty() {
            return Err(CliError::usage("the order number is empty", "give it as outTradeNo spells it"));
        }
        let cases = cases_of(store, order)?;
        if cases.is_empty()
            && let Some(other) = spelt_otherwise(store, order)?
        {
            return Err(CliError::usage(
                format!("no case is of order {}, and one is of {}", shown::line(order), shown::line(&other)),
                "give the order's number exactly as the case has it",
            ));
        }
        Ok(Self { order: order.to_owned(), cases, case: None })
    }

    /// The refund's number is made from the order's, so a token alone is not enough.
    fn of_token(store: &dyn Store, token: &str) -> Result<Self, CliError> {
        let token = token.trim();
        let cases = cases(store, |case| !token.is_empty() && case.text(Field::TradeToken) == token)?;
        let mut orders: Vec<&str> = cases.iter().map(|(_, case)| case.text(Field::OutTradeNo)).collect();
        orders.retain(|order| !order.is_empty());
        orders.sort_unstable();
        orders.dedup();
        match orders.as_slice() {
            [order] => Self::of_number(store, order),
            [one, other, ..] => Err(CliError::usage(
                format!(
                    "the trade token {} stands in cases of different orders, such as {} and {}",
                    shown::line(token),
                    shown::line(one),
                    shown::line(other)
                ),
                "name the order with --order",
            )),
            [] => Err(CliError::usage(
                format!("no case with the trade token {} is on the list", shown::line(token)),
                "the refund's number is made from the order's: name the order with --order, or track its case and refresh",
            )),
        }
    }
}

/// The cases of an order, as far as they were fetched, also those taken off the list.
pub(super) fn cases_of(store: &dyn Store, order: &str) -> Result<Vec<CaseId>, CliError> {
    Ok(store.cases_of_order(order)?.into_iter().map(|(id, _)| id).collect())
}

/// The cases on the list of which nobody knows yet what order they are of.
pub(super) fn unfetched(store: &dyn Store) -> Result<Vec<CaseId>, CliError> {
    let bare = store.tracked()?.into_iter().filter(|tracked| tracked.case.is_none());
    Ok(bare.map(|tracked| tracked.id).take(UNFETCHED_MAX).collect())
}

/// An order that differs from this one in capital letters alone: a slip that would give it a number of its own.
fn spelt_otherwise(store: &dyn Store, order: &str) -> Result<Option<String>, CliError> {
    let cases = cases(store, |case| case.text(Field::OutTradeNo).eq_ignore_ascii_case(order))?;
    Ok(cases.into_iter().next().map(|(_, case)| case.text(Field::OutTradeNo).to_owned()))
}

/// The fetched cases of the list that a test holds for.
fn cases(store: &dyn Store, test: impl Fn(&Case) -> bool) -> Result<Vec<(CaseId, Case)>, CliError> {
    let fetched = store.tracked()?.into_iter().filter_map(|tracked| Some((tracked.id, tracked.case?)));
    Ok(fetched.filter(|(_, case)| test(case)).collect())
}
