//! `caseSearch`: one case by its id (page "Case Search", version 1.5).

use crate::domain::case::Field;
use crate::sandbox::{
    SandboxCase, State,
    answer::{Answer, Data, Out, Refusal},
    json::Object,
};

/// The fields in the order of the page's example.
const ORDER: [Field; 16] = [
    Field::Amount,
    Field::RetrievalDate,
    Field::Fee,
    Field::CaseResult,
    Field::BatchId,
    Field::OutUserId,
    Field::TradeCreateTime,
    Field::TotalAmount,
    Field::CaseId,
    Field::OutTradeNo,
    Field::Currency,
    Field::TradeToken,
    Field::Status,
    Field::ExpirationDate,
    Field::OriginTradeAmount,
    Field::OriginTradeCurrency,
];

pub(super) fn answer(data: &Object, state: &mut State) -> Result<Answer, Refusal> {
    data.only("data", &["caseId"])?;
    let id = data.required("caseId", 64)?;
    let case = state.ask(&id).ok_or_else(|| unknown_case("caseId"))?;
    Ok(Answer::success(fields_of(case)))
}

fn fields_of(case: &SandboxCase) -> Data {
    ORDER.iter().map(|&field| (field.wire(), Out::text_or_null(case.get(field)))).collect()
}

/// The refusal of a case or batch that is not there.
pub(super) fn unknown_case(field: &str) -> Refusal {
    Refusal::new("ORDER_NOT_EXIST", field, "known", "no such case")
}
