//! The JSON that scripts read. Field names and their order are the contract; values of the gateway stay texts,
//! exactly as received, and money never becomes a number on the way.

mod sending;

use std::fmt::Write as _;
use std::io;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter};

use crate::domain::case::{Case, Field};
use crate::domain::change::Change;
use crate::domain::deadline::Calendar;
use crate::domain::ids::CaseId;
use crate::domain::shown;
use crate::domain::tracked::{Failure, Tracked};

pub(super) use crate::runtime::sheet::instant;
pub(super) use sending::{ActionJson, CheckJson, RefundJson, ReplyJson, SettleJson};

/// One JSON document with a line end. Characters that could steer a terminal are written as `\u` escapes: a
/// program reads exactly what was received, and a person who prints the document is not deceived.
pub(super) fn document(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    // Writing texts, numbers and lists to memory has nothing that could fail.
    _ = write(&mut out, value);
    String::from_utf8(out).unwrap_or_default()
}

/// The same on its way out.
pub(super) fn write(out: &mut impl io::Write, value: &impl Serialize) -> io::Result<()> {
    let mut writer = serde_json::Serializer::with_formatter(&mut *out, Visible(PrettyFormatter::new()));
    value.serialize(&mut writer)?;
    out.write_all(b"\n")
}

/// A JSON text with the same meaning that is safe to print. Hostile characters stand in its strings alone, where an
/// escape says the same.
pub(super) fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if shown::is_hostile(c) {
            // Writing to a String cannot fail.
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| _ = write!(out, "\\u{unit:04x}"));
        } else {
            out.push(c);
        }
    }
    out
}

/// A [`PrettyFormatter`] that escapes what [`shown::is_hostile`] names.
struct Visible(PrettyFormatter<'static>);

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // Nearly every text is plain, and seen to be so at once.
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return out.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((at, hostile)) = rest.char_indices().find(|&(_, c)| shown::is_hostile(c)) {
            let (plain, tail) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            for unit in hostile.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = tail.strip_prefix(hostile).unwrap_or_default();
        }
        out.write_all(rest.as_bytes())
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        self.0.write_char_escape(out, escape)
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

/// A case as `list --json` and `show --json` print it.
pub(super) struct CaseJson<'a> {
    pub(super) tracked: &'a Tracked,
    pub(super) calendar: &'a Calendar,
}

impl Serialize for CaseJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { tracked, calendar } = self;
        let mut map = serializer.serialize_map(None)?;
        match &tracked.case {
            Some(case) => fields(&mut map, &tracked.id, case)?,
            None => map.serialize_entry(Field::CaseId.wire(), tracked.id.as_str())?,
        }
        map.serialize_entry("urgency", tracked.urgency(calendar).word())?;
        map.serialize_entry("daysLeft", &tracked.days_left(calendar))?;
        map.serialize_entry("stage", tracked.stage().word())?;
        map.serialize_entry("refreshedAt", &tracked.refreshed_at.map(instant))?;
        map.serialize_entry("changedAt", &tracked.changed_at.map(instant))?;
        map.serialize_entry("lastError", &tracked.failure.as_deref().map(Failure::line))?;
        map.serialize_entry("note", &given(&tracked.local.note))?;
        map.serialize_entry("tags", &tracked.tags().collect::<Vec<_>>())?;
        map.serialize_entry("owner", &given(&tracked.local.owner))?;
        map.serialize_entry("reasonCode", &tracked.reason_code.as_deref())?;
        map.serialize_entry("reasonMessage", &tracked.reason_message.as_deref())?;
        map.end()
    }
}

/// The sixteen fields as received; the key itself is always there, whatever the answer left out.
fn fields<M: SerializeMap>(map: &mut M, id: &CaseId, case: &Case) -> Result<(), M::Error> {
    for (field, value) in Field::ALL.into_iter().zip(case.values()) {
        let value = if field == Field::CaseId { value.or(Some(id.as_str())) } else { value };
        map.serialize_entry(field.wire(), &value)?;
    }
    Ok(())
}

/// An empty text is nothing.
fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// What `track --json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TrackJson<'a> {
    pub(super) new: Vec<&'a str>,
    pub(super) known: Vec<&'a str>,
    pub(super) bad: Vec<BadJson<'a>>,
    /// There only when something was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signatures_checked: Option<usize>,
    pub(super) dry_run: bool,
}

/// A line that was not taken.
#[derive(Debug, Serialize)]
pub(super) struct BadJson<'a> {
    pub(super) line: usize,
    pub(super) why: &'a str,
}

/// What `untrack --json` prints.
#[derive(Debug, Serialize)]
pub(super) struct UntrackJson<'a> {
    pub(super) removed: Vec<&'a str>,
    pub(super) unknown: Vec<&'a str>,
}

/// What `refresh --json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefreshJson<'a> {
    pub(super) requested: usize,
    pub(super) succeeded: usize,
    pub(super) failed: usize,
    pub(super) changed: Vec<ChangeJson<'a>>,
    pub(super) failures: Vec<FailureJson<'a>>,
    pub(super) elapsed_ms: u128,
}

/// One field that moved.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChangeJson<'a> {
    case_id: &'a str,
    field: &'static str,
    from: Option<&'a str>,
    to: Option<&'a str>,
}

impl<'a> ChangeJson<'a> {
    pub(super) fn new(id: &'a CaseId, change: &'a Change) -> Self {
        Self {
            case_id: id.as_str(),
            field: change.field.wire(),
            from: change.from.as_deref(),
            to: change.to.as_deref(),
        }
    }
}

/// One case that could not be refreshed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FailureJson<'a> {
    case_id: &'a str,
    code: &'a str,
    message: &'a str,
}

impl<'a> FailureJson<'a> {
    pub(super) fn new(id: &'a CaseId, failure: &'a Failure) -> Self {
        Self { case_id: id.as_str(), code: &failure.code, message: &failure.message }
    }
}

#[cfg(test)]
mod tests;
