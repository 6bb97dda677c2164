//! What the sandbox says back: a return code, a message, and the data of the page in the page's order.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// Code of a taken call.
pub(super) const APPLY_SUCCESS: &str = "APPLY_SUCCESS";
/// Code of a field that is missing, too long, of the wrong type or of the wrong form.
pub(super) const PARAMS_INVALID: &str = "PARAMS_INVALID";
/// Code of a missing or wrong signature.
pub(super) const SIGN_VERIFY_FAILED: &str = "SIGN_VERIFY_FAILED";

/// A broken rule: what the caller is told, and the name of the rule for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) rule: String,
    pub(super) msg: String,
}

impl Refusal {
    /// A refusal with a code of its own; the rule reads `subject.rule`.
    pub(super) fn new(code: &'static str, subject: &str, rule: &str, says: &str) -> Self {
        Self { code, rule: format!("{subject}.{rule}"), msg: format!("{subject}: {says}") }
    }

    /// A refusal as `PARAMS_INVALID` that names the field.
    pub(super) fn params(field: &str, rule: &str, says: &str) -> Self {
        Self::new(PARAMS_INVALID, field, rule, says)
    }
}

/// One value of an answer's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Out {
    Null,
    Text(String),
    /// A JSON number in exactly these digits.
    Number(String),
    Texts(Vec<String>),
}

impl Out {
    /// A text, or null where there is none.
    pub(super) fn text_or_null(text: Option<&str>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.to_owned()))
    }

    /// A list, or null where it is empty, as caseReplay answers.
    pub(super) fn texts_or_null(texts: Vec<String>) -> Self {
        if texts.is_empty() { Self::Null } else { Self::Texts(texts) }
    }
}

impl Serialize for Out {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(digits) => RawValue::from_string(digits.clone())
                .map_err(serde::ser::Error::custom)?
                .serialize(serializer),
            Self::Texts(texts) => texts.serialize(serializer),
        }
    }
}

/// Fields in the order in which they are written.
pub(super) type Data = Vec<(&'static str, Out)>;

/// Which of the two interfaces is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `code`, `msg`, `data`.
    Modern,
    /// `bizCode`, `message`, `data` (v2.1).
    Legacy,
}

/// An answer before it is written and signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) dialect: Dialect,
    pub(super) code: Cow<'static, str>,
    pub(super) msg: String,
    pub(super) data: Option<Data>,
}

impl Answer {
    /// The answer to a taken call.
    pub(super) fn success(data: Data) -> Self {
        Self {
            dialect: Dialect::Modern,
            code: APPLY_SUCCESS.into(),
            msg: "Success.".into(),
            data: Some(data),
        }
    }

    /// The answer to a refused call.
    pub(super) fn refused(refusal: &Refusal) -> Self {
        Self { dialect: Dialect::Modern, code: refusal.code.into(), msg: refusal.msg.clone(), data: None }
    }

    /// The bytes that go out and are signed.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (code, msg) = match self.dialect {
            Dialect::Modern => ("code", "msg"),
            Dialect::Legacy => ("bizCode", "message"),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(msg, &self.msg)?;
        map.serialize_entry(code, &self.code)?;
        if let Some(data) = &self.data {
            map.serialize_entry("data", &Pairs(data))?;
        }
        map.end()
    }
}

struct Pairs<'a>(&'a Data);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
