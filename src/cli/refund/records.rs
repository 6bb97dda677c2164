//! Refunds as the journal has them, in words. Taken is not paid, and the words never say that it is.

use crate::domain::action::State;
use crate::domain::case::Field;
use crate::domain::ids::CaseId;
use crate::domain::money;
use crate::domain::record::{ActionRecord, Intent, Kind};
use crate::domain::refund::Earlier;
use crate::domain::shown;
use crate::store::{Store, StoreError};

/// Everything that was sent for a case: to it, to its batch, and the refunds of its order.
pub(in super::super) fn of_case(store: &dyn Store, id: &CaseId) -> Result<Vec<ActionRecord>, StoreError> {
    let own = store.actions_of(id)?;
    let order = order_of(store, id)?;
    let mut all = store.actions()?;
    all.retain(|record| {
        own.iter().any(|own| own.intent.id == record.intent.id) || is_of(&record.intent, order.as_deref())
    });
    Ok(all)
}

/// The refunds of a case's order, in the order in which they were made here.
pub(in super::super) fn of_order(store: &dyn Store, id: &CaseId) -> Result<Vec<Earlier>, StoreError> {
    let order = order_of(store, id)?;
    let all = store.actions()?;
    Ok(all.iter().filter(|record| is_of(&record.intent, order.as_deref())).filter_map(Earlier::of).collect())
}

fn order_of(store: &dyn Store, id: &CaseId) -> Result<Option<String>, StoreError> {
    let case = store.find(id)?.and_then(|tracked| tracked.case);
    Ok(case.map(|case| case.text(Field::OutTradeNo).to_owned()).filter(|order| !order.is_empty()))
}

fn is_of(intent: &Intent, order: Option<&str>) -> bool {
    intent.kind == Kind::Refund && order.is_some() && intent.order.as_deref() == order
}

/// Where an action stands, in the words of the journal; a refund says whether its money has moved.
pub(in super::super) fn standing(record: &ActionRecord) -> String {
    match (record.state, Earlier::of(record)) {
        (State::Accepted, Some(refund)) => refund.fate.words().to_owned(),
        (State::Settled, Some(refund)) => format!("settled, {}", refund.fate.words()),
        (state, _) => state.word().to_owned(),
    }
}

/// What a refund is about: `order P1, 3,000.00 IDR`.
pub(in super::super) fn about(intent: &Intent) -> String {
    let Intent { order, amount, currency, .. } = intent;
    let sum = amount.as_deref().map(|amount| {
        let shown = money::parse_received(amount).map_or_else(|| amount.to_owned(), money::shown);
        format!("{shown} {}", currency.as_deref().unwrap_or_default())
    });
    let order = order.as_deref().map(|order| format!("order {order}"));
    let parts: Vec<String> = [order, sum].into_iter().flatten().collect();
    shown::line(&parts.join(", ")).into_owned()
}
