//! `caseReplay`: the reply to a case or a batch (pages "Case Replay" 1.5 and 案件回复 1.4).
//!
//! A case that no longer waits for a reply lands in `failCaseIds`, also when it was the only one: the call itself
//! was taken. A due date that has passed does not matter here; the pages do not say that it does.

use std::collections::HashSet;

use super::case_search::unknown_case;
use crate::domain::case::Field;
use crate::sandbox::{
    Reply, State,
    answer::{Answer, Out, Refusal},
    envelope::Call,
    json::Object,
};

const FILES_MAX: usize = 1024;
const KINDS: [&str; 6] = ["PNG", "JPG", "ZIP", "DOC", "XLS", "PDF"];
const FILES: &str = "representmentFile";

pub(super) fn answer(call: &Call, state: &mut State) -> Result<Answer, Refusal> {
    let data = &call.data;
    data.only("data", &["batchId", "caseId", "outUserId", "responseContent", FILES])?;
    let (case_id, batch_id) = (data.optional("caseId", 64)?, data.optional("batchId", 64)?);
    let user = data.required("outUserId", 64)?;
    let content = data.required("responseContent", 256)?;
    let files = check_files(data, &call.version)?;
    let ids = match (&case_id, &batch_id) {
        (Some(_), Some(_)) => return Err(Refusal::params("batchId", "case-or-batch", "blank for one case")),
        (None, None) => return Err(Refusal::params("caseId", "case-or-batch", "give caseId or batchId")),
        (Some(id), None) => vec![id.clone()],
        (None, Some(batch)) => state.batch(batch).to_vec(),
    };
    check_users(&ids, batch_id.is_some(), &user, state)?;
    let reply = Reply { batch_id, version: call.version.clone(), content, files };
    let (done, failed): (Vec<_>, Vec<_>) = ids.into_iter().partition(|id| take(id, &reply, state));
    Ok(Answer::success(vec![
        ("successCaseIds", Out::texts_or_null(done)),
        ("failCaseIds", Out::texts_or_null(failed)),
    ]))
}

fn check_users(ids: &[String], batch: bool, user: &str, state: &State) -> Result<(), Refusal> {
    let field = if batch { "batchId" } else { "caseId" };
    if ids.is_empty() {
        return Err(unknown_case(field));
    }
    for id in ids {
        let case = state.case(id).ok_or_else(|| unknown_case(field))?;
        if case.text(Field::OutUserId) != user {
            return Err(Refusal::params("outUserId", "of-case", "is not the user of the case"));
        }
    }
    Ok(())
}

/// Takes the reply for one case if it waits for one.
fn take(id: &str, reply: &Reply, state: &mut State) -> bool {
    if state.case(id).is_none_or(|case| case.text(Field::Status) != "DISPUTE_INQUIRY") {
        return false;
    }
    state.set_status(id, "DISPUTE_RECEIVED");
    state.replies.entry(id.to_owned()).or_default().push(reply.clone());
    true
}

/// Version 1.5 asks for files and for the form of their names; 1.4 lets both be.
fn check_files(data: &Object, version: &str) -> Result<Vec<String>, Refusal> {
    let strict = version != "1.4";
    let Some(files) = data.texts(FILES)? else {
        return if strict { Err(Refusal::params(FILES, "required", "is missing")) } else { Ok(Vec::new()) };
    };
    if files.is_empty() || files.len() > FILES_MAX {
        return Err(Refusal::params(FILES, "count", "1 to 1024 addresses"));
    }
    let mut seen = HashSet::new();
    for file in &files {
        if !seen.insert(file) {
            return Err(Refusal::params(FILES, "unique", "an address occurs twice"));
        }
        let rest = file.strip_prefix("https://").or_else(|| file.strip_prefix("http://"));
        let rest = rest.ok_or_else(|| Refusal::params(FILES, "address", "must be a complete address"))?;
        if strict {
            check_name(rest)?;
        }
    }
    Ok(files)
}

/// `host/…/name.ext` in letters, digits and `- . _ ~ : /`.
fn check_name(rest: &str) -> Result<(), Refusal> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/".contains(c);
    if !rest.chars().all(plain) {
        return Err(Refusal::params(FILES, "characters", "no Chinese characters or special symbols"));
    }
    let name = rest.rsplit_once('/').and_then(|(host, name)| (!host.is_empty()).then_some(name));
    let (stem, kind) = name.and_then(|name| name.rsplit_once('.')).unwrap_or_default();
    if stem.is_empty() || !KINDS.contains(&kind.to_ascii_uppercase().as_str()) {
        let says = "must end in name.ext with PNG, JPG, ZIP, DOC, XLS or PDF";
        return Err(Refusal::params(FILES, "extension", says));
    }
    Ok(())
}
