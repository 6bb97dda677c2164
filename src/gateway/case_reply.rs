//! `caseReplay`, so spelled on the wire: the reply to a case or a batch (caseReplay pages, versions 1.5 and 1.4).
//!
//! Sent twice, a reply may replace or spoil the first. So one call here is one attempt on a connection of its own, and
//! whatever became of it is returned with the bytes of both sides, for the journal. A request can be had signed before
//! it is sent, because those bytes must be on disk before the first of them leaves (design.md section 5, rule 3).

use std::fmt;

use serde::Serialize;
use serde_json::value::RawValue;

use super::client::Gateway;
use super::envelope::{Taken, unwritable};
use super::lenient::Object;
use super::transport::Arrived;
use crate::domain::fault::{Fault, Signature, Skew};
use crate::domain::reply::{Reply, Target, Version};

/// The last part of the address.
const ENDPOINT: &str = "caseReplay";

/// How much of an answer is kept for the journal, in bytes.
pub(super) const ANSWER_KEPT_MAX: usize = 64 * 1024;

/// What went out and what came back, for the journal. Neither holds a key, a token or a `sign` value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The exact body that was signed; empty when it could not be.
    pub request: Vec<u8>,
    /// The first 64 KiB of the body that came, however much did; `None` when no answer began.
    pub answer: Option<Vec<u8>>,
    /// The HTTP status; `None` when no answer began.
    pub http_status: Option<u16>,
    /// What the answer's signature is worth; `None` when no whole answer came.
    pub signature: Option<Signature>,
    /// This host's clock against the answer's `Date`, when it had a usable one.
    pub skew: Option<Skew>,
}

/// What the gateway did with a reply, case by case. An id in neither list is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplyAnswer {
    /// `successCaseIds`; empty when missing or null.
    pub success_case_ids: Vec<String>,
    /// `failCaseIds`; empty when missing or null.
    pub fail_case_ids: Vec<String>,
}

/// The end of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent<T> {
    /// The believed answer, or why there is none.
    pub outcome: Result<T, Fault>,
    /// The bytes of it.
    pub exchange: Exchange,
}

/// A request that is written and signed and has not left. PayerMax takes it for two minutes.
#[derive(Clone)]
pub struct SignedReply {
    body: Vec<u8>,
    sign: String,
}

impl SignedReply {
    /// The exact body that will leave.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Debug for SignedReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedReply").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
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
    pub async fn sign_reply(&self, data: &[u8], version: Version) -> Result<SignedReply, Fault> {
        let (body, sign) = self.signed(version.word().to_owned(), raw(data)?).await?;
        Ok(SignedReply { body, sign })
    }

    /// Sends a signed reply, once. Nothing in here or below ever sends it again.
    pub async fn send_reply(&self, signed: SignedReply) -> Sent<ReplyAnswer> {
        let SignedReply { body, sign } = signed;
        let mut exchange = Exchange { request: body.clone(), ..Exchange::default() };
        let outcome = match self.send_once(ENDPOINT, body, &sign).await {
            Ok(arrived) => self.read_reply(arrived, &mut exchange).await,
            Err(fault) => Err(fault),
        };
        Sent { outcome, exchange }
    }

    /// Signs and sends a reply in one go: one attempt, never repeated. For a reply that is in the journal,
    /// [`Gateway::sign_reply`] and [`Gateway::send_reply`] leave room in between to write its bytes down.
    pub async fn case_reply(&self, data: &[u8], version: Version) -> Sent<ReplyAnswer> {
        match self.sign_reply(data, version).await {
            Ok(signed) => self.send_reply(signed).await,
            Err(fault) => Sent { outcome: Err(fault), exchange: Exchange::default() },
        }
    }

    /// The exact body as it would be written now, to be shown; nothing is signed or sent.
    ///
    /// # Errors
    /// [`Fault::Signing`].
    pub fn preview(&self, version_word: &str, data: &[u8]) -> Result<Vec<u8>, Fault> {
        self.written(version_word, &raw(data)?)
    }

    /// Keeps what came, and believes it if it is whole, signed and readable.
    async fn read_reply(&self, arrived: Arrived, exchange: &mut Exchange) -> Result<ReplyAnswer, Fault> {
        let Arrived { received, broken } = arrived;
        exchange.http_status = Some(received.status);
        exchange.skew = received.skew;
        exchange.answer = Some(received.body.iter().take(ANSWER_KEPT_MAX).copied().collect());
        if let Some(fault) = broken {
            return Err(fault);
        }
        let (signature, outcome) = self.judged(received).await;
        exchange.signature = signature;
        let Taken { data, .. } = outcome?;
        data.map_or_else(|| Ok(ReplyAnswer::default()), |data| read(&data)).map_err(Fault::Garbled)
    }
}

fn raw(data: &[u8]) -> Result<Box<RawValue>, Fault> {
    let text = String::from_utf8(data.to_vec()).map_err(|_| unwritable("it is no text"))?;
    RawValue::from_string(text).map_err(|_| unwritable("it cannot be written as JSON"))
}

/// Reads the two lists; the reason is in words.
fn read(data: &RawValue) -> Result<ReplyAnswer, String> {
    let object = Object::parse(data.get()).map_err(|why| format!("in the result, {why}"))?;
    Ok(ReplyAnswer {
        success_case_ids: object.texts("successCaseIds")?,
        fail_case_ids: object.texts("failCaseIds")?,
    })
}
