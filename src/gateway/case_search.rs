//! `caseSearch`: one case by its id (caseSearch page, version 1.5). The gateway has no list of cases.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::client::{Answer, Gateway};
use super::envelope::{Taken, unwritable};
use super::lenient::Object;
use super::witness::Course;
use crate::domain::call::{About, What};
use crate::domain::case::{Case, Field};
use crate::domain::fault::Fault;
use crate::domain::ids::CaseId;

/// The last part of the address.
const ENDPOINT: &str = "caseSearch";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Query<'a> {
    case_id: &'a str,
}

impl Gateway {
    /// Asks once for one case.
    ///
    /// # Errors
    /// Any [`Fault`]; [`Fault::Garbled`] also when the answer describes another case or has no status.
    pub async fn case_search(&self, id: &CaseId) -> Result<Answer<Case>, Fault> {
        let answer = self.case_search_in(id, std::future::ready(Some(()))).await?;
        answer.ok_or_else(|| unwritable("nobody wants the answer"))
    }

    /// As [`Self::case_search`], when many ask at once: the question is signed first, then waits for a place on the line,
    /// and gives it back before its answer is checked, so that the line never waits for arithmetic. `None` when there was
    /// no place for it any more; it was not sent then.
    ///
    /// # Errors
    /// As [`Self::case_search`].
    pub async fn case_search_in<P>(
        &self,
        id: &CaseId,
        place: impl Future<Output = Option<P>>,
    ) -> Result<Option<Answer<Case>>, Fault> {
        let mut course = self.course(What::CaseSearch, About::Case(id.clone()));
        let outcome = self.search(id, place, &mut course).await;
        if !matches!(outcome, Ok(None)) {
            course.ended(&outcome);
        }
        outcome
    }

    async fn search<P>(
        &self,
        id: &CaseId,
        place: impl Future<Output = Option<P>>,
        course: &mut Course,
    ) -> Result<Option<Answer<Case>>, Fault> {
        let data = to_raw_value(&Query { case_id: id.as_str() })
            .map_err(|_| unwritable("it cannot be written as JSON"))?;
        let taken = self.send_in(ENDPOINT, self.case_search_version(), data, place, course).await?;
        let Some(Taken { data, skew }) = taken else { return Ok(None) };
        let value = read_case(data.as_deref(), id).map_err(Fault::Garbled)?;
        Ok(Some(Answer { value, skew }))
    }
}

/// Reads the sixteen fields, each as it was sent; the reason is in words.
pub(super) fn read_case(data: Option<&RawValue>, asked: &CaseId) -> Result<Case, String> {
    let data = data.ok_or_else(|| "it carries no case".to_owned())?;
    let object = Object::parse(data.get()).map_err(|why| format!("in the case, {why}"))?;
    let mut case = Case::default();
    for field in Field::ALL {
        case.set(field, object.text(field.wire())?);
    }
    match (case.get(Field::CaseId), case.text(Field::Status).trim()) {
        (Some(id), _) if id != asked.as_str() => Err("it describes another case".to_owned()),
        (None, _) => Err("it does not say which case it describes".to_owned()),
        (Some(_), "") => Err("it gives the case no status".to_owned()),
        (Some(_), _) => Ok(case),
    }
}

#[cfg(test)]
#[path = "tests/case_search.rs"]
mod tests;
