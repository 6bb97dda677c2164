//! Reads JSON one level at a time, forgiving about types and strict about everything that could be a guess.
//!
//! PayerMax's pages disagree on whether a field is a text or a number (protocol.md section 9), so both are
//! taken. A number keeps the digits it was sent with: it never passes through a float. What could be read in
//! two ways (a key given twice, an object where a text belongs) is refused instead.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::domain::shown;

/// How much of a foreign key is repeated in a message, in characters.
const KEY_SHOWN_MAX: usize = 64;

/// A JSON object whose values are still text; unknown keys are kept and never looked at.
#[derive(Debug)]
pub(super) struct Object<'a> {
    fields: BTreeMap<String, &'a RawValue>,
}

impl<'a> Object<'a> {
    /// Reads an object.
    ///
    /// # Errors
    /// In words: the text is no JSON, no object, or names a key twice.
    pub(super) fn parse(json: &'a str) -> Result<Self, String> {
        if json.trim().is_empty() {
            return Err("it is empty".to_owned());
        }
        let members: Members = serde_json::from_str(json).map_err(|error| reason(&error))?;
        match members.twice {
            Some(key) => Err(format!("it gives {} twice", shown_key(&key))),
            None => Ok(Self { fields: members.fields }),
        }
    }

    /// The raw text of a value; `None` when it is missing or null.
    pub(super) fn raw(&self, key: &str) -> Option<&'a RawValue> {
        self.fields.get(key).copied().filter(|raw| raw.get().trim() != "null")
    }

    /// A value as text: a string without its quotes, a number or a truth value exactly as it was sent.
    /// `None` when it is missing or null.
    ///
    /// # Errors
    /// In words, for an object, a list, or a string with an unpaired surrogate.
    pub(super) fn text(&self, key: &str) -> Result<Option<String>, String> {
        let Some(raw) = self.raw(key).map(|raw| raw.get().trim()) else { return Ok(None) };
        match raw.as_bytes().first() {
            Some(b'{' | b'[') => Err(format!("{} is no plain value", shown_key(key))),
            Some(b'"') => serde_json::from_str(raw)
                .map(Some)
                .map_err(|_| format!("{} is no readable text", shown_key(key))),
            _ => Ok(Some(raw.to_owned())),
        }
    }

    /// Every value that is not null, as [`Object::text`] reads it, by name.
    ///
    /// # Errors
    /// As [`Object::text`].
    pub(super) fn pairs(&self) -> Result<Vec<(&str, String)>, String> {
        let pairs = self.fields.keys().map(|key| Ok(self.text(key)?.map(|text| (key.as_str(), text))));
        pairs.filter_map(Result::transpose).collect()
    }

    /// A list of values as texts, each as [`Object::text`] reads it; empty when the list is missing or null.
    ///
    /// # Errors
    /// In words, for anything but a list of plain values.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>, String> {
        let Some(raw) = self.raw(key) else { return Ok(Vec::new()) };
        let wrong = || format!("{} is no list of plain values", shown_key(key));
        let items: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(|_| wrong())?;
        items.into_iter().map(|item| item_text(item.get().trim()).ok_or_else(wrong)).collect()
    }
}

/// One value of a list as text; `None` for null, an object, a list and an unreadable text.
fn item_text(raw: &str) -> Option<String> {
    match raw.as_bytes().first() {
        Some(b'{' | b'[' | b'n') => None,
        Some(b'"') => serde_json::from_str(raw).ok(),
        _ => Some(raw.to_owned()),
    }
}

/// What came out of one pass over an object.
struct Members<'a> {
    fields: BTreeMap<String, &'a RawValue>,
    twice: Option<String>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Members { fields: BTreeMap::new(), twice: None };
        while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
            if members.fields.insert(key.clone(), value).is_some() {
                members.twice = Some(key);
            }
        }
        Ok(members)
    }
}

/// Why a text is no object, without repeating any of it.
fn reason(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Eof => "it ends in the middle".to_owned(),
        Category::Data => "it is no JSON object".to_owned(),
        Category::Syntax | Category::Io => {
            format!("it is no JSON (line {}, column {})", error.line(), error.column())
        }
    }
}

/// A key for a message: cut to a bearable length and made safe to show.
fn shown_key(key: &str) -> String {
    let cut: String = key.chars().take(KEY_SHOWN_MAX).collect();
    format!("`{}`", shown::line(&cut))
}
