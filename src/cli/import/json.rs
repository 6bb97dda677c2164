//! JSON: an array of ids, objects with a `caseId` (what `list --json` prints, for one), or saved chargeback
//! notifications (protocol.md 4.3), as one document or as one per line.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::domain::ids::CaseId;
use crate::domain::local;
use crate::store::NewCase;

use super::Import;

/// Reads a document; what cannot be read is a bad line.
pub(super) fn read(text: &str) -> Import {
    let mut import = Import::default();
    if text.trim().is_empty() {
        return import;
    }
    match serde_json::from_str::<&RawValue>(text) {
        Ok(_) => document(&mut import, text, text),
        Err(error) if !each_line_is_a_document(text) => import.refuse(error.line(), why(&error)),
        Err(_) => lines(&mut import, text),
    }
    import
}

/// Whether the first line with something on it is complete in itself.
fn each_line_is_a_document(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    first.is_some_and(|line| serde_json::from_str::<&RawValue>(line).is_ok())
}

fn lines(import: &mut Import, text: &str) {
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<&RawValue>(line) {
            Ok(_) => document(import, text, line),
            Err(error) => import.refuse(index + 1, why(&error)),
        }
    }
}

/// Reads one document, which is a part of the whole text: the items of an array, or itself.
fn document(import: &mut Import, whole: &str, part: &str) {
    let items = serde_json::from_str::<Vec<&RawValue>>(part);
    let items: Vec<&str> =
        items.map_or_else(|_| vec![part.trim()], |items| items.into_iter().map(RawValue::get).collect());
    for item in items {
        let parsed = serde_json::from_str::<Value>(item).map_err(|error| why(&error));
        import.take(line_of(whole, item), parsed.and_then(|value| entry(&value)));
    }
}

/// The line of the whole text, from 1, on which a part of it begins.
fn line_of(whole: &str, part: &str) -> usize {
    let offset = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    1 + whole.bytes().take(offset).filter(|&byte| byte == b'\n').count()
}

/// What is wrong with a document, without the position: that is said by the line number beside it.
fn why(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let plain = text.split(" at line ").next().unwrap_or_default();
    format!("not JSON: {plain}")
}

/// One case of any of the shapes.
fn entry(value: &Value) -> Result<NewCase, String> {
    if let Some(id) = value.as_str() {
        return parse(id).map(NewCase::new);
    }
    let object = value.as_object().ok_or("neither an id in quotes nor an object with a caseId")?;
    // A notification carries the case in `data`, beside its envelope.
    let data = object.get("data").and_then(Value::as_object).unwrap_or(object);
    let text = |name: &str| data.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let id = data.get("caseId").ok_or("there is no caseId")?;
    let id = parse(id.as_str().ok_or("its caseId is not a text")?)?;
    let tags = match data.get("tags") {
        Some(Value::String(text)) => local::tags_of(text),
        Some(Value::Array(items)) => {
            items.iter().filter_map(Value::as_str).flat_map(local::tags_of).collect()
        }
        _ => Vec::new(),
    };
    Ok(NewCase {
        note: text("note").map(str::to_owned),
        tags: (!tags.is_empty()).then_some(tags),
        owner: text("owner").map(str::to_owned),
        reason_code: text("reasonCode").map(str::to_owned),
        reason_message: text("reasonMessage").map(str::to_owned),
        card_scheme: text("cardOrg").map(str::to_owned),
        ..NewCase::new(id)
    })
}

fn parse(id: &str) -> Result<CaseId, String> {
    CaseId::parse(id).map_err(|error| error.to_string())
}
