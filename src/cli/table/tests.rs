//! The table and the sentences, with the texts that break alignment and terminals.

use pretty_assertions::assert_eq;
use time::macros::{date, offset};

use super::*;
use crate::domain::ids::CaseId;

const CALENDAR: Calendar = Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: offset!(+8) };

fn case(id: &str, status: &str, due: &str, amount: &str, order: &str) -> Tracked {
    let mut tracked = Tracked::new(CaseId::parse(id).unwrap());
    tracked.case = Some(Case::from_fields([
        (Field::Status, Some(status.to_owned())),
        (Field::ExpirationDate, Some(due.to_owned())),
        (Field::Amount, Some(amount.to_owned())),
        (Field::Currency, Some("IDR".to_owned())),
        (Field::OutTradeNo, Some(order.to_owned())),
    ]));
    tracked
}

#[test]
fn wide_characters_stay_aligned_and_controls_are_shown() {
    let cases = [
        case("O1", "DISPUTE_INQUIRY", "2026-11-18", "1234567.50", "陈先生"),
        case("O陈2", "陈\u{1b}[2J\u{202e}", "2026-11-21", "5", "P2"),
        Tracked::new(CaseId::parse("O3").unwrap()),
    ];
    let expected = "\
When            Due date    Case                 Amount            Status           Order
2 days overdue  2026-11-18  O1                   1,234,567.50 IDR  DISPUTE_INQUIRY  unusual: <U+9648><U+5148><U+751F>
status unknown  2026-11-21  unusual: O<U+9648>2             5 IDR  陈␛[2J<U+202E>   P2
never fetched               O3
";
    assert_eq!(table(&cases, &CALENDAR, false, None), expected);
}

#[test]
fn colour_is_whole_lines_and_only_when_asked_for() {
    let cases = [
        case("O1", "DISPUTE_INQUIRY", "2026-11-18", "1", ""),
        case("O2", "DISPUTE_INQUIRY", "2026-12-18", "1", ""),
    ];
    let coloured = table(&cases, &CALENDAR, true, None);
    let lines: Vec<_> = coloured.lines().collect();
    assert!(lines[1].starts_with("\u{1b}[1;31m") && lines[1].ends_with("\u{1b}[0m"));
    assert!(!lines[0].contains('\u{1b}') && !lines[2].contains('\u{1b}'));
    assert!(!table(&cases, &CALENDAR, false, None).contains('\u{1b}'));
}

#[test]
fn a_long_text_is_cut_in_the_table_only() {
    let long = "陈".repeat(500);
    let cases = [case("O1", "DISPUTE_INQUIRY", "2026-11-18", "1", &long)];
    let status = [case("O1", &long, "2026-11-18", "1", "")];
    assert!(table(&status, &CALENDAR, false, None).contains(&format!("{}…", "陈".repeat(32))));
    assert!(plain(&status, &CALENDAR).contains(&long));
    let cut = format!("unusual: {}…", &"<U+9648>".repeat(7)[..55]);
    assert!(table(&cases, &CALENDAR, false, None).contains(&cut));
    assert!(plain(&cases, &CALENDAR).contains(&"<U+9648>".repeat(500)));
}

#[test]
fn a_sentence_is_one_line_with_the_words_first() {
    let mut tracked = case("O1", "DISPUTE_INQUIRY", "2026-11-20", "5000.00", "P1");
    tracked.local.note = "call\nAna".into();
    tracked.local.tags = vec!["vip".into()];
    assert_eq!(
        plain(&[tracked], &CALENDAR),
        "today: case O1, due 2026-11-20, 5,000.00 IDR, status DISPUTE_INQUIRY, order P1, tags vip, note: call⏎Ana\n"
    );
}

#[test]
fn when_has_a_word_for_everything() {
    for (status, due, word) in [
        ("DISPUTE_INQUIRY", "2026-11-19", "1 day overdue"),
        ("DISPUTE_INQUIRY", "2026-11-21", "tomorrow"),
        ("DISPUTE_INQUIRY", "2026-11-30", "in 10 days"),
        ("DISPUTE_INQUIRY", "soon", "date unreadable"),
        ("DISPUTE_END", "2026-11-19", "waiting"),
        ("CASE_CLOSED", "2026-11-19", "closed"),
        ("ODD", "2026-11-19", "status unknown"),
    ] {
        assert_eq!(when(&case("O1", status, due, "1", ""), &CALENDAR), word);
    }
}

#[test]
fn on_a_terminal_no_line_is_wider_than_it_and_every_case_keeps_one() {
    let mut failing =
        case("O20261103065545916437100002", "DISPUTE_INQUIRY", "2026-11-21", "1200000.00", "P1-6424106");
    failing.failure = Some(Box::new(crate::domain::tracked::Failure {
        code: "SIGN_VERIFY_FAILED".into(),
        message: String::new(),
        at: time::macros::datetime!(2026-11-20 08:00 UTC),
    }));
    let cases = [
        case("O20261103065545916437100001", "DISPUTE_INQUIRY", "2026-11-18", "5000.00", "P1642410600001"),
        failing,
    ];
    for columns in 76..140 {
        let text = table(&cases, &CALENDAR, false, Some(columns));
        assert_eq!(text.lines().count(), 3, "{columns}: {text}");
        for line in text.lines() {
            let width = unicode_width::UnicodeWidthStr::width(line);
            assert!(width <= usize::from(columns), "{columns}: {width} {text}");
        }
        for word in ["O20261103065545916437100002", "2026-11-21", "1,200,000.00 IDR"] {
            assert!(text.contains(word), "{columns}: {text}");
        }
    }
    assert_eq!(table(&cases, &CALENDAR, false, Some(200)), table(&cases, &CALENDAR, false, None));
    let narrow = table(&cases, &CALENDAR, false, Some(100));
    assert_eq!(
        narrow.lines().last(),
        Some(
            "tomorrow        2026-11-21  O20261103065545916437100002  1,200,000.00 IDR  DISPUTE_INQUIRY…   P1-64…"
        )
    );
}
