//! Cases as a spreadsheet, for the command line and the desk. The columns are those of the JSON and, last, the card scheme
//! and the day until which a case sleeps, which the JSON of a case does not have: its fields are fixed. No cell can become
//! a formula.

use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use time::{OffsetDateTime, UtcOffset};

use crate::domain::case::Field;
use crate::domain::deadline::Calendar;
use crate::domain::shown;
use crate::domain::tracked::{Failure, Tracked};

/// The columns after the sixteen of the gateway.
const ADDED: [&str; 13] = [
    "urgency",
    "daysLeft",
    "stage",
    "refreshedAt",
    "changedAt",
    "lastError",
    "note",
    "tags",
    "owner",
    "reasonCode",
    "reasonMessage",
    "cardScheme",
    "snoozedUntil",
];

/// The sheet with its heading.
pub fn sheet(cases: &[Tracked], calendar: &Calendar) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let heading: Vec<&str> = Field::ALL.into_iter().map(Field::wire).chain(ADDED).collect();
    // Writing to memory cannot fail, and every row has as many cells as the heading.
    _ = writer.write_record(&heading);
    for tracked in cases {
        let cells = row(tracked, calendar);
        _ = writer.write_record(cells.iter().map(|cell| shown::cell(cell).into_owned()));
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// An instant as JSON, CSV and tables show it: RFC 3339, UTC, whole seconds (`2026-11-20T08:00:00Z`).
pub fn instant(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (hour, minute, second) = at.to_hms();
    let sign = if year < 0 { "-" } else { "" };
    format!("{sign}{:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z", year.unsigned_abs())
}

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// Nothing is ever overwritten.
    #[error("{} exists already", shown(.0))]
    Exists(PathBuf),
    /// The system refuses.
    #[error("{} could not be written: {error}", shown(file))]
    Refused {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl Unwritten {
    /// What to do about it, one sentence without a full stop.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Exists(_) => "an export never overwrites anything; name another file",
            Self::Refused { .. } => "name a file in a directory that you may write to",
        }
    }
}

/// Writes a file that is private, whole, and new: it has its name only once every byte is on disk.
///
/// # Errors
/// [`Unwritten`] says why there is no such file now.
pub fn write_new(file: &Path, text: &str) -> Result<(), Unwritten> {
    let unwritten = |error: io::Error| match error.kind() {
        ErrorKind::AlreadyExists => Unwritten::Exists(file.to_owned()),
        _ => Unwritten::Refused { file: file.to_owned(), error },
    };
    if file.symlink_metadata().is_ok() {
        return Err(Unwritten::Exists(file.to_owned()));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut begun =
        tempfile::Builder::new().prefix(".docket-export-").tempfile_in(folder).map_err(unwritten)?;
    begun.write_all(text.as_bytes()).map_err(unwritten)?;
    begun.as_file().sync_all().map_err(unwritten)?;
    begun.persist_noclobber(file).map(drop).map_err(|refused| unwritten(refused.error))
}

/// A file name as it may stand on a terminal.
pub fn shown(file: &Path) -> String {
    shown::line(&file.display().to_string()).into_owned()
}

fn row(tracked: &Tracked, calendar: &Calendar) -> Vec<String> {
    let text = |field| match field {
        Field::CaseId => tracked.id.as_str().to_owned(),
        _ => tracked.case.as_ref().map(|case| case.text(field).to_owned()).unwrap_or_default(),
    };
    let added = [
        tracked.urgency(calendar).word().to_owned(),
        tracked.days_left(calendar).map(|days| days.to_string()).unwrap_or_default(),
        tracked.stage().word().to_owned(),
        tracked.refreshed_at.map(instant).unwrap_or_default(),
        tracked.changed_at.map(instant).unwrap_or_default(),
        tracked.failure.as_deref().map(Failure::line).unwrap_or_default(),
        tracked.local.note.clone(),
        tracked.tags().collect::<Vec<_>>().join(" "),
        tracked.local.owner.clone(),
        tracked.reason_code.as_deref().unwrap_or_default().to_owned(),
        tracked.reason_message.as_deref().unwrap_or_default().to_owned(),
        tracked.card_scheme.as_deref().unwrap_or_default().to_owned(),
        tracked.asleep_until(calendar).map(|day| day.to_string()).unwrap_or_default(),
    ];
    Field::ALL.into_iter().map(text).chain(added).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::case::Case;
    use crate::domain::ids::CaseId;
    use crate::domain::snooze::Snooze;
    use proptest::prelude::*;
    use time::macros::{date, offset};

    proptest! {
        #[test]
        fn an_instant_is_written_as_rfc_3339_has_it(seconds in -62_135_596_800_i64..253_402_200_000, zone in -12_i8..=14) {
            let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            let elsewhere = at.to_offset(UtcOffset::from_hms(zone, 0, 0).unwrap());
            let expected = at.format(&time::format_description::well_known::Rfc3339).unwrap();
            prop_assert_eq!(instant(elsewhere), expected);
        }
    }

    #[test]
    fn the_sheet_has_every_column_and_no_formula() {
        let calendar = Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: offset!(+8) };
        let mut tracked = Tracked::new(CaseId::parse("O1").unwrap());
        tracked.case = Some(Case::from_fields([
            (Field::Amount, Some("5000.00".to_owned())),
            (Field::OutTradeNo, Some("=HYPERLINK(\"x\")".to_owned())),
        ]));
        tracked.local.note = "a, b\u{1b}".into();
        tracked.card_scheme = Some("=VISA".to_owned()).into();
        let text = sheet(&[tracked, Tracked::new(CaseId::parse("O2").unwrap())], &calendar);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let heading = reader.headers().unwrap().clone();
        assert_eq!(heading.len(), 29);
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        let cell = |row: usize, name| &rows[row][heading.iter().position(|column| column == name).unwrap()];
        assert_eq!(cell(0, "amount"), "5000.00");
        assert_eq!(cell(0, "outTradeNo"), "'=HYPERLINK(\"x\")");
        assert_eq!(cell(0, "note"), "a, b␛");
        assert_eq!((cell(0, "cardScheme"), heading.get(27)), ("'=VISA", Some("cardScheme")));
        assert_eq!((cell(0, "snoozedUntil"), heading.get(28)), ("", Some("snoozedUntil")));
        assert_eq!(cell(1, "caseId"), "O2");
        assert_eq!(cell(1, "stage"), "unknown");
    }

    #[test]
    fn the_last_column_has_the_day_on_which_a_sleeping_case_is_back() {
        let calendar = Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: offset!(+8) };
        let until = |due: &str, day| {
            let mut tracked = Tracked::new(CaseId::parse("O1").unwrap());
            let fields = [(Field::Status, "DISPUTE_INQUIRY"), (Field::ExpirationDate, due)];
            tracked.case =
                Some(Case::from_fields(fields.map(|(field, text)| (field, Some(text.to_owned())))));
            tracked.local.snooze = Some(Snooze { until: day, known: None });
            let text = sheet(&[tracked], &calendar);
            text.trim_end().rsplit(',').next().unwrap().to_owned()
        };
        assert_eq!(until("2026-11-30", date!(2026 - 11 - 25)), "2026-11-25");
        assert_eq!(until("2026-11-24", date!(2026 - 11 - 25)), "2026-11-24", "its due date at the latest");
        assert_eq!(until("2026-11-30", date!(2026 - 11 - 20)), "", "it is awake");
    }
}
