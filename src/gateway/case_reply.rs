//! `caseReplay`, so spelled on the wire: the reply to a case or a batch (caseReplay pages, versions 1.5 and 1.4).
//!
//! Sent twice, a reply may replace or spoil the first. So one call here is one attempt on a connection of its own.

use serde::Serialize;
use serde_json::value::RawValue;

use super::client::Gateway;
use super::lenient::Object;
use super::one_off::{Sent, SignedCall};
use crate::domain::call::{About, What};
use crate::domain::fault::Fault;
use crate::domain::ids::CaseId;
use crate::domain::reply::{Reply, Target, Version};

/// The last part of the address.
const ENDPOINT: &str = "caseReplay";

/// What the gateway did with a reply, case by case. An id in neither list is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplyAnswer {
    /// `successCaseIds`; empty when missing or null.
    pub success_case_ids: Vec<String>,
    /// `failCaseIds`; empty when missing or null.
    pub fail_case_ids: Vec<String>,
}

/// The `data` object; the order of fields is the page's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case_id: Option<&'a str>,
    out_user_id: &'a str,
    response_content: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    representment_file: &'a [String],
}

/// The `data` object of a reply. Written once and kept: every attempt of one action carries these bytes.
pub fn reply_data(reply: &Reply) -> Vec<u8> {
    let (case_id, batch_id) = match &reply.target {
        Target::Case(id) => (Some(id.as_str()), None),
        Target::Batch(batch) => (None, Some(batch.as_str())),
    };
    let data = Data {
        batch_id,
        case_id,
        out_user_id: &reply.out_user_id,
        response_content: &reply.content,
        representment_file: &reply.files,
    };
    // Texts in memory can always be written; an empty body would be refused before it left.
    serde_json::to_vec(&data).unwrap_or_default()
}

impl Gateway {
    /// Stamps, writes and signs a reply around `data`, and sends nothing. To be sent at once: first its bytes into the
    /// journal, then [`Gateway::send_reply`].
    ///
    /// # Errors
    /// [`Fault::Signing`].
    pub async fn sign_reply(&self, data: &[u8], version: Version) -> Result<SignedCall, Fault> {
        let signed = self.sign_call(ENDPOINT, version.word(), data).await?;
        Ok(signed.about(What::CaseReplay, about(data)))
    }

    /// Sends a signed reply, once. Nothing in here or below ever sends it again.
    pub async fn send_reply(&self, signed: SignedCall) -> Sent<ReplyAnswer> {
        self.send_once(signed, |data| data.map_or_else(|| Ok(ReplyAnswer::default()), read)).await
    }

    /// Signs and sends a reply in one go: one attempt, never repeated. For a reply that is in the journal,
    /// [`Gateway::sign_reply`] and [`Gateway::send_reply`] leave room in between to write its bytes down.
    pub async fn case_reply(&self, data: &[u8], version: Version) -> Sent<ReplyAnswer> {
        match self.sign_reply(data, version).await {
            Ok(signed) => self.send_reply(signed).await,
            Err(fault) => Sent::unsigned(fault),
        }
    }
}

/// What a reply is about.
fn about(data: &[u8]) -> About {
    let object = std::str::from_utf8(data).ok().and_then(|text| Object::parse(text).ok());
    let text = |key| object.as_ref().and_then(|object| object.text(key).ok().flatten());
    match text("caseId").and_then(|id| CaseId::parse(&id).ok()) {
        Some(id) => About::Case(id),
        None => About::Batch(text("batchId").unwrap_or_default()),
    }
}

/// Reads the two lists; the reason is in words.
pub(super) fn read(data: &RawValue) -> Result<ReplyAnswer, String> {
    let object = Object::parse(data.get()).map_err(|why| format!("in the result, {why}"))?;
    Ok(ReplyAnswer {
        success_case_ids: object.texts("successCaseIds")?,
        fail_case_ids: object.texts("failCaseIds")?,
    })
}
