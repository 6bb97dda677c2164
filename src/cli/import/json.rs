//! JSON: an array of ids, objects with a `caseId` (what `list --json` prints, for one), or saved chargeback
//! notifications (protocol.md 4.3), bare or with the headers they came with, as one document or as one per line.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::domain::ids::CaseId;
use crate::domain::local;
use crate::store::NewCase;

use super::signed::{self, Seals};
use super::{Import, text_of};

/// Reads a document; what cannot be read is a bad line.
pub(super) fn read(text: &str, seals: &Seals<'_>) -> Import {
    let mut import = Import::default();
    if text.trim().is_empty() {
        return import;
    }
    match serde_json::from_str::<&RawValue>(text) {
        Ok(_) => document(&mut import, &mut Lines::of(text), text, seals),
        Err(error) if !each_line_is_a_document(text) => import.refuse(error.line(), why(&error)),
        Err(_) => lines(&mut import, text, seals),
    }
    import
}

/// Whether the first line with something on it is complete in itself.
fn each_line_is_a_document(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    first.is_some_and(|line| serde_json::from_str::<&RawValue>(line).is_ok())
}

fn lines(import: &mut Import, text: &str, seals: &Seals<'_>) {
    let mut counted = Lines::of(text);
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<&RawValue>(line) {
            Ok(_) => document(import, &mut counted, line, seals),
            Err(error) => import.refuse(index + 1, why(&error)),
        }
    }
}

/// Reads one document, which is a part of the whole text: the items of an array, or itself.
fn document(import: &mut Import, lines: &mut Lines<'_>, part: &str, seals: &Seals<'_>) {
    let items = serde_json::from_str::<Vec<&RawValue>>(part);
    let items: Vec<&str> =
        items.map_or_else(|_| vec![part.trim()], |items| items.into_iter().map(RawValue::get).collect());
    for item in items {
        import.take(lines.number_of(item), parsed(item).and_then(|value| record(&value, seals)));
    }
}

/// Reads the body of one notification, whose signature counts when it is given.
pub(super) fn notification(body: &[u8], sign: Option<&str>, seals: &Seals<'_>) -> Result<NewCase, String> {
    sign.map_or(Ok(()), |sign| seals.check(body, sign))?;
    entry(&parsed(text_of(body)?)?)
}

fn parsed(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| why(&error))
}

/// Line numbers of parts of a text that come in its order: every byte is looked at once, however many parts there are.
struct Lines<'a> {
    whole: &'a str,
    offset: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn of(whole: &'a str) -> Self {
        Self { whole, offset: 0, line: 1 }
    }

    /// The line, from 1, on which a part begins.
    fn number_of(&mut self, part: &str) -> usize {
        let offset = (part.as_ptr() as usize).saturating_sub(self.whole.as_ptr() as usize);
        let between = self.whole.as_bytes().get(self.offset..offset).unwrap_or_default();
        self.line += between.split(|&byte| byte == b'\n').count().saturating_sub(1);
        self.offset = self.offset.max(offset);
        self.line
    }
}

/// What is wrong with a document, without the position: that is said by the line number beside it.
fn why(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let plain = text.split(" at line ").next().unwrap_or_default();
    format!("not JSON: {plain}")
}

/// One item of a document: a case, or a notification together with the headers it came with.
fn record(value: &Value, seals: &Seals<'_>) -> Result<NewCase, String> {
    let saved = value.as_object().filter(|object| !object.contains_key("caseId"));
    let Some((saved, body)) = saved.and_then(|saved| Some((saved, saved.get("body")?))) else {
        return entry(value);
    };
    match (body, sign_of(saved)?) {
        (Value::String(body), sign) => notification(body.as_bytes(), sign, seals),
        (_, Some(_)) => Err("its body is not the raw text, so its signature cannot be checked".to_owned()),
        (body, None) => entry(body),
    }
}

/// The signature saved with a body. What is not understood is refused: it might have been one.
fn sign_of(saved: &Map<String, Value>) -> Result<Option<&str>, String> {
    let headers = match saved.get("headers") {
        None | Some(Value::Null) => None,
        Some(Value::Object(headers)) => Some(headers),
        Some(_) => return Err("its headers are not an object of names and values".to_owned()),
    };
    let mut signs = Vec::new();
    for (name, value) in headers.into_iter().flatten().filter(|(name, _)| signed::is_header(name)) {
        // Some servers keep a list of values for each name.
        for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            signs.push((name.as_str(), value.as_str().ok_or("its `sign` header is not a text")?));
        }
    }
    signed::one_of(signs.into_iter())
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
    let id = data.get("caseId").filter(|id| !id.is_null()).ok_or_else(|| no_case(object, data))?;
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

/// Why there is no case in it. PayerMax's other notifications are told by their shape: the `notifyType` of a chargeback
/// may be `FRAUD` too (protocol.md 4.3).
fn no_case(envelope: &Map<String, Value>, data: &Map<String, Value>) -> &'static str {
    let is_notification = envelope.contains_key("notifyType");
    if is_notification && data.contains_key("outRefundNo") {
        "it is the notification of a refund: it names no case"
    } else if is_notification && data.contains_key("outTradeNo") {
        "it is a fraud notification: it names an order and no case"
    } else {
        "there is no caseId"
    }
}

fn parse(id: &str) -> Result<CaseId, String> {
    CaseId::parse(id).map_err(|error| error.to_string())
}
