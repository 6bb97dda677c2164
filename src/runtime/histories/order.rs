//! The cases of every history: one table, made once; each history moves some of them at the gateway before it begins.

use time::OffsetDateTime;
use time::macros::datetime;

use crate::domain::case::{Case, Field};
use crate::domain::ids::CaseId;
use crate::sandbox::SandboxCase;
use crate::store::{NewCase, Observation, SqliteStore, Store as _};

/// When every history begins.
pub(super) const NOW: OffsetDateTime = datetime!(2026-11-20 04:00:00 UTC);

/// What an order may cost back, in its currency.
pub(super) const PAID: i64 = 5000;

/// Case, status, order, batch.
const ROWS: [(&str, &str, &str, &str); 8] = [
    ("C1", "DISPUTE_INQUIRY", "ORDER1", ""),
    ("C2", "CASE_CLOSED", "ORDER1", ""),
    ("C3", "CASE_CLOSED", "ORDER2", ""),
    ("C4", "CASE_CLOSED", "ORDER3", ""),
    ("C5", "DISPUTE_INQUIRY", "ORDER4", "B1"),
    ("C6", "DISPUTE_INQUIRY", "ORDER5", "B1"),
    ("C7", "DISPUTE_INQUIRY", "ORDER6", ""),
    ("C8", "DISPUTE_RECEIVED", "ORDER7", ""),
];

/// The orders of the table.
pub(super) const ORDERS: [&str; 7] = ["ORDER1", "ORDER2", "ORDER3", "ORDER4", "ORDER5", "ORDER6", "ORDER7"];

/// The ids of the table.
pub(super) fn ids() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.0)
}

/// A case the gateway knows and no list has.
pub(super) const UNTRACKED: &str = "C9";

fn fields(row: (&'static str, &'static str, &'static str, &'static str)) -> [(Field, &'static str); 12] {
    let (id, status, order, batch) = row;
    [
        (Field::CaseId, id),
        (Field::BatchId, batch),
        (Field::Status, status),
        (Field::OutTradeNo, order),
        (Field::TradeToken, order),
        (Field::OutUserId, "u1"),
        (Field::Amount, "5000.00"),
        (Field::Currency, "IDR"),
        (Field::OriginTradeAmount, "5000.00"),
        (Field::OriginTradeCurrency, "IDR"),
        (Field::TradeCreateTime, "2026-11-01T07:00:00.000Z"),
        (Field::ExpirationDate, "2026-11-25"),
    ]
}

/// The cases as the gateway has them.
pub(super) fn at_the_gateway() -> Vec<SandboxCase> {
    let more = [(UNTRACKED, "DISPUTE_INQUIRY", "ORDER8", "")];
    let rows = ROWS.into_iter().chain(more);
    rows.map(|row| SandboxCase::from_fields(fields(row).into_iter().filter(|(_, text)| !text.is_empty())))
        .collect()
}

/// Puts the cases on a list, as a refresh has found them.
pub(super) fn on_the_list(store: &mut SqliteStore) {
    let id = |row: &(&str, &str, &str, &str)| CaseId::parse(row.0).unwrap();
    let new: Vec<NewCase> = ROWS.iter().map(|row| NewCase::new(id(row))).collect();
    store.track(&new, NOW).unwrap();
    let seen = ROWS.iter().map(|row| {
        let known =
            fields(*row).map(|(field, text)| (field, Some(text.to_owned()).filter(|text| !text.is_empty())));
        Observation { id: id(row), at: NOW, outcome: Ok(Case::from_fields(known)) }
    });
    store.record(&seen.collect::<Vec<_>>()).unwrap();
}
