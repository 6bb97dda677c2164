//! The generated cases: the same every time, of every kind, and alive.

use std::collections::HashSet;

use rust_decimal::Decimal;
use serde_json::json;
use time::{Date, Duration, OffsetDateTime, format_description::well_known::Rfc3339, macros::date};

use super::support::bench;
use crate::domain::{case::Field, deadline::parse_date};
use crate::sandbox::{Endpoint, SandboxCase, Step, generate, generate::refused_id};

const TODAY: Date = date!(2026 - 11 - 20);

fn due_in(case: &SandboxCase) -> i64 {
    (parse_date(case.text(Field::ExpirationDate)).unwrap() - TODAY).whole_days()
}

fn open(cases: &[SandboxCase]) -> Vec<&SandboxCase> {
    cases.iter().filter(|case| case.text(Field::Status) == "DISPUTE_INQUIRY").collect()
}

#[test]
fn the_same_seed_and_day_give_the_same_cases() {
    assert_eq!(generate(200, 7, TODAY), generate(200, 7, TODAY));
    assert_ne!(generate(48, 7, TODAY), generate(48, 8, TODAY));
    assert_eq!(generate(16, 7, TODAY).len(), 16);
    assert_eq!(generate(0, 7, TODAY), []);
}

#[test]
fn sixteen_cases_already_show_every_kind() {
    for (n, seed) in [(16, 1), (17, 2), (48, 3), (500, 4)] {
        let cases = generate(n, seed, TODAY);
        let has = |field: Field, value: &str| cases.iter().any(|case| case.text(field) == value);
        for status in [
            "DISPUTE_INQUIRY",
            "DISPUTE_RECEIVED",
            "DISPUTE_END",
            "CASE_CLOSED",
            "CASE_CANCEL",
            "PRE_ARBITRATION_REVIEW",
        ] {
            assert!(has(Field::Status, status), "{n}: {status}");
        }
        assert!(has(Field::CaseResult, "WIN") && has(Field::CaseResult, "FAI"));
        let days: HashSet<i64> = open(&cases).into_iter().map(due_in).collect();
        assert!(days.contains(&0) && days.contains(&1) && days.iter().any(|day| *day < 0));
        assert!(
            days.iter().any(|day| (2..=6).contains(day)) && days.iter().any(|day| (7..=20).contains(day))
        );
        let batch: Vec<_> = cases.iter().filter(|case| !case.text(Field::BatchId).is_empty()).collect();
        assert_eq!(batch.len(), 4);
        for field in [Field::BatchId, Field::OutUserId, Field::Currency, Field::ExpirationDate] {
            assert_eq!(
                batch.iter().map(|case| case.text(field)).collect::<HashSet<_>>().len(),
                1,
                "{field:?}"
            );
        }
        let orders: HashSet<_> = cases.iter().map(|case| case.text(Field::OutTradeNo)).collect();
        assert_eq!(orders.len(), n - 1, "one order has two cases");
        let scripts = |low: char, high: char| {
            cases.iter().any(|case| case.text(Field::OutUserId).chars().any(|c| (low..=high).contains(&c)))
        };
        assert!(scripts('\u{4e00}', '\u{9fff}') && scripts('\u{e00}', '\u{e7f}'));
    }
}

#[test]
fn forty_eight_cases_are_a_full_desk() {
    for seed in 0..50 {
        let cases = generate(48, seed, TODAY);
        let open = open(&cases);
        assert!((22..=26).contains(&open.len()), "{}", open.len());
        assert_eq!(open.iter().filter(|case| due_in(case) == 0).count(), 3);
        assert_eq!(open.iter().filter(|case| due_in(case) < 0).count(), 3);
        assert_eq!(open.iter().filter(|case| due_in(case) == 1).count(), 3);
        let both = |case: &SandboxCase| {
            [Field::Currency, Field::OriginTradeCurrency].map(|f| case.text(f).to_owned())
        };
        let currencies: HashSet<_> = cases.iter().flat_map(both).collect();
        for currency in ["IDR", "INR", "USD", "SAR", "AED", "BRL", "THB", "PHP", "JPY", "KWD", "TWD"] {
            assert!(currencies.contains(currency), "{seed}: {currency}");
        }
        assert_eq!(cases.iter().filter(|case| case.steps().next().is_some()).count(), 6);
    }
}

#[test]
fn every_field_has_its_documented_form() {
    for case in generate(2_000, 11, TODAY) {
        let id = case.text(Field::CaseId);
        assert!(id.len() == 27 && id.starts_with('O') && id[1..].bytes().all(|b| b.is_ascii_digit()), "{id}");
        let token = case.text(Field::TradeToken);
        assert!(token.len() == 23 && token.starts_with('T'), "{token}");
        let money = |field| {
            let text = case.text(field);
            assert!(text.len() <= 20 && text.split_once('.').is_none_or(|(_, f)| f.len() == 2), "{text}");
            Decimal::from_str_exact(text).unwrap()
        };
        assert_eq!(money(Field::Amount) + money(Field::Fee), money(Field::TotalAmount));
        assert!(money(Field::OriginTradeAmount) > Decimal::ZERO && money(Field::Amount) > Decimal::ZERO);
        let paid = OffsetDateTime::parse(case.text(Field::TradeCreateTime), &Rfc3339).unwrap().date();
        let opened = parse_date(case.text(Field::RetrievalDate)).unwrap();
        let due = parse_date(case.text(Field::ExpirationDate)).unwrap();
        assert!(paid < opened && opened < due && opened < TODAY && due <= TODAY + Duration::days(20));
        assert!(case.text(Field::OutTradeNo).len() <= 24);
        assert!(Field::ALL.iter().all(|&field| case.text(field).chars().count() <= 64));
    }
}

#[test]
fn a_hundred_thousand_ids_differ() {
    let cases = generate(100_000, 5, TODAY);
    let mut ids: HashSet<_> = cases.iter().map(|case| case.text(Field::CaseId).to_owned()).collect();
    assert_eq!(ids.len(), 100_000);
    assert!(ids.insert(refused_id(5, TODAY)));
}

#[tokio::test]
async fn the_first_refreshes_all_find_something_new() {
    let bench = bench().await;
    bench.sandbox.state().let_live();
    let ids = bench.sandbox.case_ids();
    let mut before = Vec::new();
    for round in 1..=7 {
        let mut now = Vec::new();
        for id in &ids {
            now.push(bench.takes(Endpoint::CaseSearch, json!({"caseId": id})).await);
        }
        let changed = before.iter().zip(&now).filter(|(old, new)| old != new).count();
        let expected = match round {
            1 | 7 => 0..=0,
            _ => 1..=6,
        };
        assert!(expected.contains(&changed), "round {round}: {changed}");
        before = now;
    }
}

#[tokio::test]
async fn a_step_waits_for_its_ask_and_its_status() {
    let bench = bench().await;
    bench.sandbox.state().let_live();
    let step = |ask, from: &str, to: &str| Step {
        ask,
        from: from.into(),
        set: vec![(Field::Status, Some(to.into())), (Field::CaseResult, None)],
    };
    let case = super::support::plain_case("O1").with_step(step(2, "CASE_CLOSED", "NEVER")).with_step(step(
        3,
        "DISPUTE_INQUIRY",
        "DISPUTE_RECEIVED",
    ));
    bench.sandbox.state().put_case(case);
    for status in ["DISPUTE_INQUIRY", "DISPUTE_INQUIRY", "DISPUTE_RECEIVED", "DISPUTE_RECEIVED"] {
        assert_eq!(bench.takes(Endpoint::CaseSearch, json!({"caseId": "O1"})).await["status"], status);
    }
}
