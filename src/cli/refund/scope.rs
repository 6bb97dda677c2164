//! Which order is meant: by a case, by its number, or by its token; and which cases of the list speak of it.

use crate::domain::case::{Case, Field};
use crate::domain::ids::CaseId;
use crate::domain::shown;
use crate::store::Store;

use super::super::args::Refund;
use super::super::error::{CliError, Exit};
use super::super::track;

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
        Ok(Self { order: order.to_owned(), cases: cases_of(store, order)?, case: None })
    }

    /// The refund's number is made from the order's, so a token alone is not enough.
    fn of_token(store: &dyn Store, token: &str) -> Result<Self, CliError> {
        let token = token.trim();
        let cases = cases(store, |case| !token.is_empty() && case.text(Field::TradeToken) == token)?;
        let order =
            cases.iter().map(|(_, case)| case.text(Field::OutTradeNo)).find(|order| !order.is_empty());
        match order {
            Some(order) => Self::of_number(store, order),
            None => Err(CliError::usage(
                format!("no case with the trade token {} is on the list", shown::line(token)),
                "the refund's number is made from the order's: name the order with --order, or track its case and refresh",
            )),
        }
    }
}

/// The cases of an order, as far as they were fetched.
pub(super) fn cases_of(store: &dyn Store, order: &str) -> Result<Vec<CaseId>, CliError> {
    let cases = cases(store, |case| case.text(Field::OutTradeNo) == order)?;
    Ok(cases.into_iter().map(|(id, _)| id).collect())
}

/// The fetched cases of the list that a test holds for.
fn cases(store: &dyn Store, test: impl Fn(&Case) -> bool) -> Result<Vec<(CaseId, Case)>, CliError> {
    let fetched = store.tracked()?.into_iter().filter_map(|tracked| Some((tracked.id, tracked.case?)));
    Ok(fetched.filter(|(_, case)| test(case)).collect())
}
