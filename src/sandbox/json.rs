//! Reading a request body strictly: every key once, every value with its type, numbers as they were written.
//!
//! `serde_json` alone keeps the last of two equal keys and turns `5000.00` into a float. Two programs that
//! read a doubled key differently can be played against each other, and a decimal that went through a float is no
//! longer what was signed; so the sandbox keeps each value as its raw text.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::answer::Refusal;

/// A JSON object whose keys are all different.
pub(super) struct Object(Vec<(String, Box<RawValue>)>);

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Vec<(String, Box<RawValue>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pairs).map(Object)
    }
}

impl Object {
    /// Reads the object called `name` in messages.
    pub(super) fn parse(name: &'static str, text: &str) -> Result<Self, Refusal> {
        let object: Self =
            serde_json::from_str(text).map_err(|_| Refusal::params(name, "json", "no JSON object"))?;
        let mut names: Vec<&str> = object.0.iter().map(|(key, _)| key.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(Refusal::params(name, "duplicate-key", "a key occurs twice"));
        }
        Ok(object)
    }

    /// Refuses keys that the page does not list: a misspelt optional field would otherwise vanish silently.
    pub(super) fn only(&self, name: &'static str, known: &[&str]) -> Result<(), Refusal> {
        if self.0.iter().all(|(key, _)| known.contains(&key.as_str())) {
            return Ok(());
        }
        Err(Refusal::params(name, "unknown-field", "has a field that the page does not list"))
    }

    /// Whether the key is there, with whatever value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// The raw text of a value; `None` where it is missing or null.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        Some(value.get()).filter(|text| *text != "null")
    }

    /// Every key with its value, texts without their quotes, without those that are null.
    pub(super) fn plain_pairs(&self) -> Vec<(String, String)> {
        let plain = |raw: &str| serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned());
        let given = self.0.iter().filter(|(_, value)| value.get() != "null");
        given.map(|(key, value)| (key.clone(), plain(value.get()))).collect()
    }

    fn text(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        serde_json::from_str(raw).map(Some).map_err(|_| Refusal::params(name, "type", "must be a string"))
    }

    /// A text that may be missing; a blank one counts as missing. `max` counts characters.
    pub(super) fn optional(&self, name: &'static str, max: usize) -> Result<Option<String>, Refusal> {
        let text = self.text(name)?;
        match &text {
            Some(text) if text.chars().count() > max => {
                Err(Refusal::params(name, "max-length", &format!("at most {max} characters")))
            }
            Some(text) if text.trim().is_empty() => Ok(None),
            _ => Ok(text),
        }
    }

    /// A text that must be there and not blank. `max` counts characters.
    pub(super) fn required(&self, name: &'static str, max: usize) -> Result<String, Refusal> {
        self.optional(name, max)?.ok_or_else(|| Refusal::params(name, "required", "must not be blank"))
    }

    /// A JSON number that must be there, as it was written.
    pub(super) fn number(&self, name: &'static str) -> Result<&str, Refusal> {
        let raw = self.raw(name).ok_or_else(|| Refusal::params(name, "required", "must not be blank"))?;
        if raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            return Ok(raw);
        }
        Err(Refusal::params(name, "type", "must be a number"))
    }

    /// An array of texts that may be missing.
    pub(super) fn texts(&self, name: &'static str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        let texts = serde_json::from_str(raw);
        texts.map(Some).map_err(|_| Refusal::params(name, "type", "must be an array of strings"))
    }
}
