//! The readers of answers, laid open for the probes: what any bytes at all are taken for.

use std::time::Duration;

use serde_json::value::RawValue;
use time::OffsetDateTime;

use super::envelope::Received;
use super::times::{self, Trip};
use super::{case_reply, case_search, legacy_refund, refund};
use crate::domain::case::Field;
use crate::domain::fault::{Fault, Signature};
use crate::domain::ids::CaseId;
use crate::domain::refund::Road;

/// The calls whose answers are read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    CaseSearch,
    CaseReplay,
    Refund,
    RefundQuery,
    LegacyRefund,
    LegacyQuery,
}

impl Call {
    pub(crate) const ALL: [Self; 6] = [
        Self::CaseSearch,
        Self::CaseReplay,
        Self::Refund,
        Self::RefundQuery,
        Self::LegacyRefund,
        Self::LegacyQuery,
    ];

    const fn road(self) -> Road {
        match self {
            Self::LegacyRefund | Self::LegacyQuery => Road::Legacy,
            _ => Road::Current,
        }
    }
}

/// The id and the number that are asked for.
pub(crate) const ASKED: &str = "O1";

/// Reads an answer as if its signature had been right, and gives every text that was taken from it.
pub(crate) fn read(call: Call, status: u16, body: &[u8]) -> Result<Vec<String>, Fault> {
    let received = Received { status, sign: None, body: body.to_vec(), retry_after: None, skew: None };
    let taken = received.open(call.road(), Signature::Valid)?;
    texts(call, taken.data.as_deref()).map_err(Fault::Garbled)
}

fn texts(call: Call, data: Option<&RawValue>) -> Result<Vec<String>, String> {
    let present = |texts: Vec<Option<String>>| texts.into_iter().flatten().collect();
    let answer = |answer: super::RefundAnswer| {
        present(vec![answer.refund_trade_no, Some(answer.status), answer.result_msg])
    };
    let found = |found: super::RefundFound| {
        let amounts = [found.amount, found.total].map(|amount| amount.map(|amount| amount.to_string()));
        let rest = [found.refund_trade_no, found.currency, found.order, Some(found.status), found.result_msg];
        present(amounts.into_iter().chain(rest).chain([found.finished_at]).collect())
    };
    match call {
        Call::CaseSearch => {
            let asked = CaseId::parse(ASKED).map_err(|error| error.to_string())?;
            let case = case_search::read_case(data, &asked)?;
            Ok(Field::ALL.iter().filter_map(|&field| case.get(field).map(str::to_owned)).collect())
        }
        Call::CaseReplay => {
            let answer = data.map(case_reply::read).transpose()?.unwrap_or_default();
            Ok([answer.success_case_ids, answer.fail_case_ids].concat())
        }
        Call::Refund => refund::read_answer(data, ASKED).map(answer),
        Call::LegacyRefund => legacy_refund::read_answer(data, ASKED).map(answer),
        Call::RefundQuery => refund::read_found(data, ASKED).map(found),
        Call::LegacyQuery => legacy_refund::read_found(data, ASKED).map(found),
    }
}

/// How far the clocks are apart and how long to wait, from headers of any text, at any time.
pub(crate) fn times(text: &str, date: &str, now: OffsetDateTime) -> (Option<i64>, Option<Duration>) {
    let trip = Trip { sent: now, round_trip: Duration::from_millis(70) };
    let skew = times::skew(Some(text), trip).map(|skew| skew.0);
    (skew, times::retry_after(Some(text), Some(date), now))
}
