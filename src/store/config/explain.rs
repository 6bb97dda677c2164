//! From what the parser says to what the operator needs: the line, the whole key, and the remedy. Values are never
//! repeated, because a token pasted into the wrong setting must not end up on a screen.

use std::path::Path;

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::ConfigError;
use crate::domain::shown;

/// Where every setting is explained.
const SEE_EXAMPLE: &str = "config.example.toml explains every setting";

/// How many letters may be wrong, missing, doubled or swapped in a name for the right one to be offered; in a short name
/// at most half of them, or every name would be like every other.
const SLIPS_MAX: usize = 3;

/// A settings file that is sound TOML.
pub(super) struct Document<'a> {
    path: &'a Path,
    text: &'a str,
    table: DeTable<'a>,
}

impl<'a> Document<'a> {
    /// Reads the text as TOML.
    pub(super) fn parse(path: &'a Path, text: &'a str) -> Result<Self, ConfigError> {
        match DeTable::parse(text) {
            Ok(table) => Ok(Self { path, text, table: table.into_inner() }),
            Err(error) => Err(ConfigError::Wrong {
                path: path.to_owned(),
                line: error.span().map(|span| line_at(text, span.start)),
                what: shown::line(&error.message().trim().replace('\n', ", ")).into_owned(),
                hint: "a setting reads `name = value`, with texts in double quotes".to_owned(),
            }),
        }
    }

    /// Reads it as settings of a certain shape.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        let source = Deserializer::parse(self.text).map_err(|error| {
            let message = error.message().to_owned();
            self.wrong(&[], &message, SEE_EXAMPLE)
        })?;
        serde_path_to_error::deserialize(source).map_err(|error| {
            let keys: Vec<String> = error.path().iter().map(ToString::to_string).collect();
            let line = error.inner().span().map(|span| line_at(self.text, span.start));
            self.explain(keys, line, error.inner().message())
        })
    }

    /// A fault at a key, found after reading.
    pub(super) fn wrong(&self, keys: &[&str], what: &str, hint: &str) -> ConfigError {
        ConfigError::Wrong {
            path: self.path.to_owned(),
            line: self.line_of(keys),
            what: shown::line(what).into_owned(),
            hint: hint.to_owned(),
        }
    }

    /// Turns a sentence of serde's into one of ours.
    fn explain(&self, mut keys: Vec<String>, line: Option<usize>, message: &str) -> ConfigError {
        let (what, hint) = match said(message) {
            Said::Unknown { key, known } => {
                if keys.last() != Some(&key) {
                    keys.push(key.clone());
                }
                unknown(&place(&keys), &key, &known)
            }
            Said::Missing(key) => {
                keys.push(key);
                (format!("{} is missing", place(&keys)), format!("add it; {SEE_EXAMPLE}"))
            }
            Said::Expected(shape) => {
                (format!("{} must be {}", place(&keys), plain(&shape)), SEE_EXAMPLE.to_owned())
            }
            Said::Other(text) => {
                // It says itself which value of a list it is about.
                let list = if index(keys.last()).is_some() { keys.len() - 1 } else { keys.len() };
                let keys = keys.get(..list).unwrap_or_default();
                (format!("{} {text}", place(keys)), SEE_EXAMPLE.to_owned())
            }
        };
        let path: Vec<&str> = keys.iter().map(String::as_str).collect();
        // What is missing from the file as a whole is on no line of it.
        let line =
            line.or_else(|| self.line_of(&path)).filter(|_| path.len() > 1 || self.line_of(&path).is_some());
        ConfigError::Wrong {
            path: self.path.to_owned(),
            line,
            what: shown::line(&what).into_owned(),
            hint: shown::line(&hint).into_owned(),
        }
    }

    /// The line of a key, or of the nearest table around it that is there; what stands in a list goes by its place in it,
    /// from 0.
    pub(super) fn line_of(&self, keys: &[&str]) -> Option<usize> {
        let (first, rest) = keys.split_first()?;
        let (mut at, mut value) = key_in(&self.table, first)?;
        for wanted in rest {
            let within = match value {
                DeValue::Table(table) => key_in(table, wanted),
                DeValue::Array(list) => {
                    let item = wanted.parse().ok().and_then(|index: usize| list.get(index));
                    item.map(|item| (item.span().start, item.get_ref()))
                }
                _ => None,
            };
            let Some(within) = within else { break };
            (at, value) = within;
        }
        Some(line_at(self.text, at))
    }
}

/// Where a key of a table stands, and its value.
fn key_in<'t, 'a>(table: &'t DeTable<'a>, wanted: &str) -> Option<(usize, &'t DeValue<'a>)> {
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == wanted)?;
    Some((key.span().start, value.get_ref()))
}

/// What serde has said, in parts.
enum Said {
    Unknown { key: String, known: Vec<String> },
    Missing(String),
    Expected(String),
    Other(String),
}

fn said(message: &str) -> Said {
    if message.starts_with("unknown field") {
        let mut names = quoted(message).into_iter();
        return Said::Unknown { key: names.next().unwrap_or_default(), known: names.collect() };
    }
    if message.starts_with("missing field") {
        return Said::Missing(quoted(message).into_iter().next().unwrap_or_default());
    }
    // From the right: what comes before may hold a value from the file.
    match message.rsplit_once(", expected ") {
        Some((_, shape)) => Said::Expected(shape.to_owned()),
        None => Said::Other(message.to_owned()),
    }
}

/// The words between backticks.
pub(super) fn quoted(message: &str) -> Vec<String> {
    message.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// An unknown key and the known one most like it.
fn unknown(path: &str, key: &str, known: &[String]) -> (String, String) {
    let slips = |name: &str| strsim::damerau_levenshtein(key, name);
    let near = |slips: &usize| *slips <= SLIPS_MAX && *slips * 2 <= key.chars().count();
    let nearest = known.iter().map(|name| (slips(name), name)).filter(|(slips, _)| near(slips)).min();
    let hint = match nearest {
        Some((_, name)) => format!("did you mean `{name}`"),
        None => format!("the settings here are {}", known.join(", ")),
    };
    (format!("{path} is no setting"), hint)
}

/// The names serde has for shapes, in plain words.
fn plain(shape: &str) -> &str {
    match shape {
        "a string" | "path string" => "a text in double quotes",
        "a boolean" => "true or false",
        "a sequence" => "a list in square brackets",
        "a map" => "a table",
        _ if shape.starts_with("struct ") => "a table",
        _ => shape,
    }
}

/// A key as it would be written at the top of the file; what stands in a list is counted from 1.
fn place(keys: &[String]) -> String {
    let at = keys.iter().position(|key| index(Some(key)).is_some());
    let (list, within) = keys.split_at(at.unwrap_or(keys.len()));
    let list = list.join(".");
    match within {
        [] => format!("`{list}`"),
        [number] => format!("value {} of `{list}`", index(Some(number)).unwrap_or_default() + 1),
        [number, within @ ..] => {
            let number = index(Some(number)).unwrap_or_default() + 1;
            format!("`{}` of `[[{list}]]` number {number}", within.join("."))
        }
    }
}

/// The place in a list, from 0, that a part of a path is.
fn index(key: Option<&String>) -> Option<usize> {
    key?.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1
}
