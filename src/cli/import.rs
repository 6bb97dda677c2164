//! Reads the ids an operator has at hand: arguments, a pasted list, a spreadsheet, saved notifications. A bad line
//! never costs the good ones; it is named by its number in the file.

mod csv;
mod http;
mod json;
mod signed;

use std::collections::HashMap;

use crate::domain::ids::{BadLine, CaseId, parse_pasted};
use crate::domain::local;
use crate::store::NewCase;

use super::args::Format;

pub(super) use signed::{Seals, WRONG};

/// Takes over what a later line says of the same case.
fn merge(known: &mut NewCase, later: NewCase) {
    let NewCase { id: _, note, tags, owner, reason_code, reason_message, card_scheme } = later;
    known.note = note.or(known.note.take());
    known.tags = tags.or(known.tags.take());
    known.owner = owner.or(known.owner.take());
    known.reason_code = reason_code.or(known.reason_code.take());
    known.reason_message = reason_message.or(known.reason_message.take());
    known.card_scheme = card_scheme.or(known.card_scheme.take());
}

/// What was read: each case once in the order given, and the lines that were not taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) entries: Vec<NewCase>,
    pub(super) bad: Vec<BadLine>,
    index: HashMap<CaseId, usize>,
}

impl Import {
    fn add(&mut self, entry: NewCase) {
        let known = self.index.get(&entry.id).and_then(|&at| self.entries.get_mut(at));
        if let Some(known) = known {
            merge(known, entry);
        } else {
            self.index.insert(entry.id.clone(), self.entries.len());
            self.entries.push(entry);
        }
    }

    fn refuse(&mut self, line: usize, why: impl Into<String>) {
        self.bad.push(BadLine { line, why: why.into() });
    }

    /// Adds what one record says, or its line as a bad one.
    fn take(&mut self, line: usize, record: Result<NewCase, String>) {
        match record {
            Ok(entry) => self.add(entry),
            Err(why) => self.refuse(line, why),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.bad.is_empty()
    }
}

/// Reads ids given as arguments; a "line" is then the position of the argument, from 1.
pub(super) fn arguments(args: &[String]) -> Import {
    let mut import = Import::default();
    for (index, arg) in args.iter().enumerate() {
        if arg.trim().is_empty() {
            import.refuse(index + 1, "the id is blank");
        }
        let pasted = parse_pasted(arg);
        pasted.ids.into_iter().for_each(|id| import.add(NewCase::new(id)));
        pasted.bad.into_iter().for_each(|bad| import.refuse(index + 1, bad.why));
    }
    import
}

/// How a file is to be read.
pub(super) struct Reading<'a> {
    /// How it is written.
    pub(super) format: Format,
    /// The `sign` header of the one notification that is in it.
    pub(super) sign: Option<&'a str>,
    /// Who an owner `@me` is.
    pub(super) me: &'a str,
    /// What checks signatures.
    pub(super) seals: &'a Seals<'a>,
}

/// Reads a file.
///
/// # Errors
/// Says why the file as a whole cannot be an import in this format.
pub(super) fn file(bytes: &[u8], reading: &Reading<'_>) -> Result<Import, String> {
    let Reading { format, sign, me, seals } = *reading;
    let may_be_json = matches!(format, Format::Auto | Format::Json);
    let mut import = match sign {
        Some(_) if !may_be_json => {
            return Err("--sign goes with one notification, and that is json".to_owned());
        }
        sign if may_be_json && http::is_request(bytes) => http::read(bytes, sign, seals),
        Some(sign) => {
            let mut import = Import::default();
            import.take(1, json::notification(bytes, Some(sign), seals));
            import
        }
        None => list(bytes, format, seals)?,
    };
    for entry in &mut import.entries {
        let owner = entry.owner.take().and_then(|owner| local::owner_of(&owner, me));
        entry.owner = owner.filter(|owner| !owner.is_empty());
    }
    Ok(import)
}

/// What each format makes of a file: how many cases, and which lines it refuses.
#[cfg(any(test, fuzzing))]
pub(crate) fn probe(bytes: &[u8]) -> Vec<Result<(usize, Vec<BadLine>), String>> {
    let no_key = || Err(crate::runtime::session::SessionError::NoGatewayKey(std::path::PathBuf::new()));
    let seals = Seals::new(&no_key);
    let formats = [Format::Auto, Format::Plain, Format::Csv, Format::Json];
    let reading = |format| Reading { format, sign: None, me: "ana", seals: &seals };
    let read = |format| file(bytes, &reading(format)).map(|import| (import.entries.len(), import.bad));
    formats.into_iter().map(read).collect()
}

/// Reads a file that may hold many cases.
fn list(bytes: &[u8], format: Format, seals: &Seals<'_>) -> Result<Import, String> {
    let (text, mut bad) = decode(bytes);
    let format = if format == Format::Auto { guess(&text) } else { format };
    let mut import = match format {
        Format::Json => json::read(&text, seals),
        Format::Csv => csv::read(&text)?,
        Format::Plain | Format::Auto => plain(&text),
    };
    bad.append(&mut import.bad);
    bad.sort_by_key(|bad| bad.line);
    import.bad = bad;
    Ok(import)
}

fn plain(text: &str) -> Import {
    let pasted = parse_pasted(text);
    let mut import = Import { bad: pasted.bad, ..Import::default() };
    pasted.ids.into_iter().for_each(|id| import.add(NewCase::new(id)));
    import
}

/// The text of a file without its byte order mark. A line that is not UTF-8 becomes a bad one and is left blank, so
/// that the numbers of the others stay right.
fn decode(bytes: &[u8]) -> (String, Vec<BadLine>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut bad = Vec::new();
    let mut lines = Vec::new();
    for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        lines.push(std::str::from_utf8(line).unwrap_or_else(|_| {
            bad.push(BadLine { line: index + 1, why: "the line is not UTF-8 text".to_owned() });
            ""
        }));
    }
    (lines.join("\n"), bad)
}

/// The text of one line or body.
fn text_of(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

/// What a text looks like: JSON begins with a bracket or a quote, a spreadsheet has `caseId` in its first line.
fn guess(text: &str) -> Format {
    match text.trim_start().chars().next() {
        Some('{' | '[' | '"') => Format::Json,
        _ if csv::has_heading(text) => Format::Csv,
        _ => Format::Plain,
    }
}

#[cfg(test)]
mod tests;
