//! What a request says, as JSON, with a hash over all of it: whoever edits a word voids it, or gives it another code than
//! the one the asker was shown.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::ids::CaseId;
use crate::domain::refund::{Amount, Refund, Request, Road};

/// How these files are written. Another one is another docket's.
const FORMAT: u8 = 1;
/// Characters of the code.
const CODE: usize = 4;

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Paper {
    format: u8,
    refund_request: Words,
    hash: String,
}

/// What is hashed, in this order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Words {
    environment: String,
    fingerprint: String,
    out_refund_no: String,
    order: String,
    case_id: Option<String>,
    trade_token: Option<String>,
    amount: String,
    currency: String,
    comments: Option<String>,
    notify_url: Option<String>,
    legacy: bool,
    email: Option<String>,
    asked_by: String,
    asked_behind: Option<u32>,
    asked_at: String,
}

/// Which app of which merchant in which environment, without saying it.
pub(super) fn fingerprint(names: [&str; 3]) -> String {
    // With their lengths: ("a", "bc") and ("ab", "c") are two.
    let [environment, app_id, merchant_no] = names;
    let (one, two) = (environment.len(), app_id.len());
    hex(&Sha256::digest(format!("{one}:{environment}|{two}:{app_id}|{merchant_no}")))
}

/// What asker and approver compare: short enough for a telephone.
pub(super) fn code(hash: &str) -> String {
    hash.chars().take(CODE).collect::<String>().to_ascii_uppercase()
}

/// The file of a request, and its hash.
pub(super) fn write(request: &Request) -> (Vec<u8>, String) {
    let words = Words::of(request);
    let hash = words.hash();
    let paper = Paper { format: FORMAT, refund_request: words, hash: hash.clone() };
    // Texts and numbers alone: this cannot fail, and an empty file is no request.
    let mut bytes = serde_json::to_vec_pretty(&paper).unwrap_or_default();
    bytes.push(b'\n');
    (bytes, hash)
}

/// Reads a file, and its hash; or says what is wrong with it.
pub(super) fn read(bytes: &[u8]) -> Result<(Request, String), String> {
    let paper: Paper = serde_json::from_slice(bytes)
        .map_err(|error| format!("is no request (line {}, column {})", error.line(), error.column()))?;
    if paper.format != FORMAT {
        return Err(format!("was written by another docket (format {})", paper.format));
    }
    if paper.refund_request.hash() != paper.hash {
        return Err("was changed after it was written: its hash is not that of its words".to_owned());
    }
    Ok((paper.refund_request.request()?, paper.hash))
}

impl Words {
    fn of(request: &Request) -> Self {
        let refund = &request.refund;
        Self {
            environment: request.environment.clone(),
            fingerprint: request.fingerprint.clone(),
            out_refund_no: request.number.clone(),
            order: refund.order.clone(),
            case_id: request.case.as_ref().map(ToString::to_string),
            trade_token: refund.trade_token.clone(),
            amount: refund.amount.wire(),
            currency: refund.amount.currency().to_owned(),
            comments: refund.comment.clone(),
            notify_url: refund.notify_url.clone(),
            legacy: refund.road == Road::Legacy,
            email: refund.email.clone(),
            asked_by: request.asked_by.clone(),
            asked_behind: request.behind,
            asked_at: request.asked_at.format(&Rfc3339).unwrap_or_default(),
        }
    }

    fn hash(&self) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        hex(&Sha256::new().chain_update(b"docket refund request\n").chain_update(text).finalize())
    }

    fn request(self) -> Result<Request, String> {
        let amount = Amount::parse(&self.amount, &self.currency)
            .map_err(|fault| format!("says an amount that cannot go out: {fault}"))?;
        if amount.wire() != self.amount {
            return Err("says an amount that is not as it would go out".to_owned());
        }
        let case = self.case_id.map(|id| CaseId::parse(&id)).transpose();
        let asked_at = OffsetDateTime::parse(&self.asked_at, &Rfc3339);
        Ok(Request {
            environment: self.environment,
            fingerprint: self.fingerprint,
            number: self.out_refund_no,
            refund: Refund {
                order: self.order,
                trade_token: self.trade_token,
                amount,
                comment: self.comments,
                notify_url: self.notify_url,
                road: if self.legacy { Road::Legacy } else { Road::Current },
                email: self.email,
            },
            case: case.map_err(|_| "names a case that is none".to_owned())?,
            asked_by: self.asked_by,
            behind: self.asked_behind,
            asked_at: asked_at.map_err(|_| "does not say when it was asked for".to_owned())?,
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        _ = write!(out, "{byte:02x}");
    }
    out
}
