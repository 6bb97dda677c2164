//! Spreadsheets: a heading with a `caseId` column, and optionally `note`, `tags` and `owner`.

use crate::domain::ids::CaseId;
use crate::domain::local;
use crate::store::NewCase;

use super::Import;

/// The separators spreadsheets save with, depending on the country they are set to.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Where the columns are.
struct Columns {
    case_id: usize,
    note: Option<usize>,
    tags: Option<usize>,
    owner: Option<usize>,
}

impl Columns {
    fn of(heading: &csv::StringRecord) -> Option<Self> {
        let at = |name| heading.iter().position(|cell| unquoted(cell).eq_ignore_ascii_case(name));
        Some(Self { case_id: at("caseId")?, note: at("note"), tags: at("tags"), owner: at("owner") })
    }
}

/// A cell without the apostrophe that a safe export puts before a formula.
fn unquoted(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(cell)
}

/// Whether the first line names a `caseId` column.
pub(super) fn has_heading(text: &str) -> bool {
    separator(text).is_some()
}

/// The separator with which the heading has a `caseId` column.
fn separator(text: &str) -> Option<u8> {
    SEPARATORS.into_iter().find(|&separator| {
        let heading = reader(text, separator).into_records().next();
        heading.and_then(Result::ok).is_some_and(|heading| Columns::of(&heading).is_some())
    })
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes())
}

/// Reads every row under the heading.
///
/// # Errors
/// When there is no `caseId` column.
pub(super) fn read(text: &str) -> Result<Import, String> {
    let mut import = Import::default();
    if text.trim().is_empty() {
        return Ok(import);
    }
    let mut records = reader(text, separator(text).unwrap_or(b',')).into_records();
    let heading = records.next().and_then(Result::ok);
    let columns = heading.as_ref().and_then(Columns::of).ok_or("its first line names no caseId column")?;
    let mut lines = Lines { text, offset: 0, line: 1 };
    for record in records {
        match record {
            Ok(record) => {
                let at = record.position().map_or(0, csv::Position::byte);
                import.take(lines.number_at(at), row(&record, &columns));
            }
            Err(error) => import.refuse(lines.line, error.to_string()),
        }
    }
    Ok(import)
}

/// Reads one row.
fn row(record: &csv::StringRecord, columns: &Columns) -> Result<NewCase, String> {
    let cell = |column: Option<usize>| {
        let text = unquoted(record.get(column?)?);
        (!text.is_empty()).then(|| text.to_owned())
    };
    let id = CaseId::parse(record.get(columns.case_id).map(unquoted).unwrap_or_default())
        .map_err(|error| error.to_string())?;
    let tags = cell(columns.tags).map(|text| local::tags_of(&text)).filter(|tags| !tags.is_empty());
    Ok(NewCase { note: cell(columns.note), tags, owner: cell(columns.owner), ..NewCase::new(id) })
}

/// Line numbers of byte offsets that only grow. The reader's own numbers are off after blank lines and with CRLF.
struct Lines<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
}

impl Lines<'_> {
    /// The number of the line, from 1, on which the record at or just after an offset begins.
    fn number_at(&mut self, byte: u64) -> usize {
        let bytes = self.text.as_bytes();
        let start = usize::try_from(byte).unwrap_or(bytes.len()).min(bytes.len());
        let blank = bytes.iter().skip(start).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = start + blank;
        self.line += newlines(bytes.get(self.offset..start).unwrap_or_default());
        self.offset = self.offset.max(start);
        self.line
    }
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.split(|&byte| byte == b'\n').count().saturating_sub(1)
}
