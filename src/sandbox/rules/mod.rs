//! The rules of the pages, one file per call, written from the pages alone.

mod case_reply;
mod case_search;
mod legacy;
mod order;
mod refund;
mod refund_query;

use time::OffsetDateTime;

use super::{
    Endpoint, State,
    answer::{Answer, Refusal},
    envelope::Call,
};

pub(super) use legacy::{Account, answer as answer_legacy};

/// Answers a call of the newer interface whose envelope is right.
pub(super) fn answer(
    endpoint: Endpoint,
    call: &Call,
    state: &mut State,
    now: OffsetDateTime,
) -> Result<Answer, Refusal> {
    match endpoint {
        Endpoint::CaseSearch => case_search::answer(&call.data, state),
        Endpoint::CaseReplay => case_reply::answer(call, state),
        Endpoint::Refund => refund::answer(&call.data, state, now),
        Endpoint::RefundQuery => refund_query::answer(&call.data, state, now),
        Endpoint::Legacy | Endpoint::Unknown => {
            Err(Refusal::params("address", "known", "nothing is served here"))
        }
    }
}
