//! The list of columns, and the table that follows it.

use super::screens::{SIZES, at_sizes};
use super::*;
use crate::domain::column::Column;

#[test]
fn the_widths_while_they_are_chosen() {
    at_sizes("widths", |script| _ = script.keys("W j j h h h"));
    at_sizes("widths_end", |script| _ = script.keys("W k l l l"));
    at_sizes("widths_kept", |script| _ = script.keys("W j j j h h h Enter"));
}

/// Every amount of the morning that stands on the screen, and what of it is cut.
fn check_money(script: &Script) {
    let screen = picture(script, &DARK);
    let table: Vec<&str> = screen.lines().filter(|line| line.contains("2026-11-")).collect();
    for (due, amount) in [("2026-11-18", "5000.00 IDR"), ("2026-11-20", "30.5900 USD")] {
        for line in table.iter().filter(|line| line.contains(due)) {
            let digits = amount.split('.').next().unwrap();
            let parts = line.split(' ').filter(|part| part.starts_with(digits));
            for part in parts {
                assert!(line.contains(amount), "{part} in {line}");
            }
        }
    }
}

#[test]
fn money_is_whole_whatever_the_widths_are() {
    for (width, height) in SIZES {
        for column in Column::ALL {
            for asked in [1, 8, 11, 14, 40, 120] {
                let mut script = desk(width, height);
                let mut outlook = crate::app::outlook::Outlook::of(&script.model);
                outlook.views = vec![crate::app::outlook::Arranged {
                    view: "due".into(),
                    sort: "due".into(),
                    widths: vec![(column.word().into(), asked), ("amount".into(), 1)],
                }];
                script.model.look_again(&outlook);
                script.event(Event::Loaded(morning()));
                check_money(&script);
            }
        }
    }
}

#[test]
fn an_amount_beyond_every_column_is_no_smaller_amount() {
    let mut cases = morning();
    if let Some(case) = &mut cases[0].case {
        case.set(Field::Amount, Some("123456789012345678901234567890123456.00".into()));
    }
    let mut script = Script::with(cases);
    script.event(Event::Resized(200, 24));
    let screen = picture(&script, &DARK);
    let line = screen.lines().find(|line| line.contains("2026-11-18")).unwrap();
    let table: String = line.chars().take(136).collect();
    assert!(!table.contains("123") && table.contains('…'), "{table}");
}

#[test]
fn a_changed_amount_is_cut_before_its_digits() {
    let mut cases = morning();
    cases[5].unseen = vec![Change {
        field: Field::Amount,
        from: Some("123456.00".into()),
        to: Some("1234567.00".into()),
        at: NOW,
    }]
    .into();
    let mut script = Script::with(cases);
    script.event(Event::Resized(60, 15)).keys("2");
    let screen = picture(&script, &DARK);
    let line = screen.lines().find(|line| line.contains("2026-11-19")).unwrap();
    assert!(line.contains("frozen …"), "{line}");
}

#[test]
fn the_core_measures_texts_as_the_screen_does() {
    let texts = [
        "",
        "O1",
        "陈大文",
        "สมชาย ใจดี",
        "ＷＩＤＥ１２３",
        "山田👍太郎",
        "👩‍💻",
        "김민수",
        "a\u{202e}b",
        "ｱﾞ",
        "é\n",
    ];
    for text in texts {
        assert_eq!(crate::domain::shown::width(text), super::super::text::Shown::of(text).width(), "{text}");
        let shown = super::super::text::Shown::id(text).width();
        assert_eq!(crate::domain::shown::width_of_id(text), shown, "{text}");
    }
}
