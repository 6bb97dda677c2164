//! Cases as a spreadsheet. The columns are those of the JSON and, last, the card scheme, which
//! the JSON of a case does not have: its fields are fixed. No cell can become a formula.

use crate::domain::case::Field;
use crate::domain::deadline::Calendar;
use crate::domain::shown;
use crate::domain::tracked::{Failure, Tracked};

use super::json::instant;

/// The columns after the sixteen of the gateway.
const ADDED: [&str; 12] = [
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
];

/// The sheet with its heading.
pub(crate) fn sheet(cases: &[Tracked], calendar: &Calendar) -> String {
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
    ];
    Field::ALL.into_iter().map(text).chain(added).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::case::Case;
    use crate::domain::ids::CaseId;
    use time::macros::{date, offset};

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
        assert_eq!(heading.len(), 28);
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        let cell = |row: usize, name| &rows[row][heading.iter().position(|column| column == name).unwrap()];
        assert_eq!(cell(0, "amount"), "5000.00");
        assert_eq!(cell(0, "outTradeNo"), "'=HYPERLINK(\"x\")");
        assert_eq!(cell(0, "note"), "a, b␛");
        assert_eq!((cell(0, "cardScheme"), heading.get(27)), ("'=VISA", Some("cardScheme")));
        assert_eq!(cell(1, "caseId"), "O2");
        assert_eq!(cell(1, "stage"), "unknown");
    }
}
