//! How the domain's values lie in columns. Foreign text is stored as it came: making it safe is the screen's work, and
//! evidence must stay what the gateway said.

use std::sync::LazyLock;

use rusqlite::Row;
use rusqlite::types::Type;
use time::{Date, OffsetDateTime};

use crate::domain::case::{Case, Field};
use crate::domain::change::Change;
use crate::domain::ids::CaseId;
use crate::domain::seldom::Seldom;
use crate::domain::snooze::Snooze;
use crate::domain::tracked::{Beside, Failure, Local, Tracked};

/// The sixteen columns of an answer, in field order, joined by commas.
pub(super) static FIELD_COLUMNS: LazyLock<String> = LazyLock::new(|| Field::ALL.map(column).join(", "));

/// The columns that [`tracked`] reads, in its order.
pub(super) static CASE_COLUMNS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "id, note, tags, owner, wont_contest, reason_code, reason_message, first_at, refreshed_at, changed_at, \
         failed_at, failure_code, failure_message, card_scheme, snoozed_until, snoozed_known, {}, row",
        *FIELD_COLUMNS
    )
});

/// The place of the first field in [`CASE_COLUMNS`], and of the row number behind the last.
const FIRST_FIELD: usize = 16;
pub(super) const ROW_NUMBER: usize = FIRST_FIELD + Field::ALL.len();

/// The column that holds a field of the last believed answer.
pub(super) const fn column(field: Field) -> &'static str {
    match field {
        Field::CaseId => "case_id",
        Field::BatchId => "batch_id",
        Field::Status => "status",
        Field::CaseResult => "case_result",
        Field::OutTradeNo => "out_trade_no",
        Field::TradeToken => "trade_token",
        Field::OutUserId => "out_user_id",
        Field::Amount => "amount",
        Field::Fee => "fee",
        Field::TotalAmount => "total_amount",
        Field::Currency => "currency",
        Field::OriginTradeAmount => "origin_trade_amount",
        Field::OriginTradeCurrency => "origin_trade_currency",
        Field::RetrievalDate => "retrieval_date",
        Field::ExpirationDate => "expiration_date",
        Field::TradeCreateTime => "trade_create_time",
    }
}

/// A case from a row of [`CASE_COLUMNS`]; its unseen changes are added by the caller.
pub(super) fn tracked(row: &Row<'_>) -> rusqlite::Result<Tracked> {
    let refreshed_at = instant(row, 8)?;
    let local = Local {
        note: row.get(1)?,
        tags: texts(row, 2)?,
        owner: row.get(3)?,
        wont_contest: row.get(4)?,
        snooze: snooze(row, 14)?,
    };
    let beside = Beside {
        local: local.into(),
        reason_code: row.get::<_, Option<String>>(5)?.into(),
        reason_message: row.get::<_, Option<String>>(6)?.into(),
        card_scheme: row.get::<_, Option<String>>(13)?.into(),
        unseen: Seldom::default(),
        failure: failure(row)?,
    };
    let mut tracked = Tracked::with(id(row, 0)?, beside);
    tracked.case = refreshed_at.map(|_| case(row, FIRST_FIELD)).transpose()?;
    (tracked.first_at, tracked.refreshed_at, tracked.changed_at) =
        (instant(row, 7)?, refreshed_at, instant(row, 9)?);
    Ok(tracked)
}

/// The sixteen fields from the columns that start at `first`.
pub(super) fn case(row: &Row<'_>, first: usize) -> rusqlite::Result<Case> {
    let mut values = [None; 16];
    for (offset, value) in values.iter_mut().enumerate() {
        *value = row.get_ref(first + offset)?.as_str_or_null()?;
    }
    Ok(Case::from_values(&values))
}

/// A change from the columns `field, old, new, at` that start at `first`.
pub(super) fn change(row: &Row<'_>, first: usize) -> rusqlite::Result<Change> {
    let name: String = row.get(first)?;
    let field = Field::ALL
        .into_iter()
        .find(|field| field.wire() == name)
        .ok_or_else(|| unreadable(first, format!("there is no field {name:?}")))?;
    Ok(Change {
        field,
        from: row.get(first + 1)?,
        to: row.get(first + 2)?,
        at: instant(row, first + 3)?.ok_or_else(|| unreadable(first + 3, "a change without a time"))?,
    })
}

fn failure(row: &Row<'_>) -> rusqlite::Result<Option<Box<Failure>>> {
    let Some(at) = instant(row, 10)? else { return Ok(None) };
    let message: Option<String> = row.get(12)?;
    Ok(Some(Box::new(Failure { code: row.get(11)?, message: message.unwrap_or_default(), at })))
}

/// Until when a case is put off, from the column of the day and the one behind it.
pub(super) fn snooze(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Snooze>> {
    let Some(day) = row.get::<_, Option<i32>>(at)? else { return Ok(None) };
    let until = Date::from_julian_day(day).map_err(|error| unreadable(at, error))?;
    Ok(Some(Snooze { until, known: instant(row, at + 1)? }))
}

pub(super) fn id(row: &Row<'_>, at: usize) -> rusqlite::Result<CaseId> {
    case_id(row.get_ref(at)?.as_str()?, at)
}

/// An id from the text of a column.
pub(super) fn case_id(text: &str, at: usize) -> rusqlite::Result<CaseId> {
    CaseId::parse(text).map_err(|error| unreadable(at, error))
}

/// A list of texts from its column.
pub(super) fn texts(row: &Row<'_>, at: usize) -> rusqlite::Result<Vec<String>> {
    match row.get_ref(at)?.as_str()? {
        "[]" => Ok(Vec::new()),
        text => serde_json::from_str(text).map_err(|error| unreadable(at, error)),
    }
}

/// A list of texts as it lies in its column.
pub(super) fn texts_text(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}

/// An instant as it lies in its column: milliseconds since 1970.
pub(super) fn millis(at: OffsetDateTime) -> i64 {
    // Every instant that `time` can hold fits.
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX)
}

/// An instant from its column.
pub(super) fn instant(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<OffsetDateTime>> {
    let Some(millis) = row.get::<_, Option<i64>>(at)? else { return Ok(None) };
    let part = std::time::Duration::from_millis(millis.rem_euclid(1_000).unsigned_abs());
    OffsetDateTime::from_unix_timestamp(millis.div_euclid(1_000))
        .map(|second| Some(second + part))
        .map_err(|error| unreadable(at, error))
}

/// A value in the file that docket never wrote.
pub(super) fn unreadable(
    at: usize,
    why: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(at, Type::Text, why.into())
}
