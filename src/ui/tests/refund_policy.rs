//! Refunds that need more than one hand: the locked desk, the minutes in which it refunds, and four eyes.

use rust_decimal::Decimal;

use crate::app::model::Session;
use crate::app::refunding::{Asked, LegacyUse, Settings};
use crate::domain::refund::{Limits, Rule};

use super::refunds::{ORDER, at_sizes_of, closed_case, number, reasons, with, written};
use super::*;

fn four_eyes() -> Session {
    let rule = Rule { value: Decimal::from(1000), source: "/etc/docket/policy.toml".to_owned() };
    let limits = Limits {
        approval_above: [("IDR".to_owned(), rule)].into(),
        requests_dir: Some("/var/lib/docket-requests".into()),
        ..Limits::default()
    };
    with(Settings { limits, ..reasons(LegacyUse::Never) })
}

fn locked() -> Session {
    let limits = Limits { unlock_minutes: 5, ..Limits::default() };
    with(Settings { limits, ..reasons(LegacyUse::Never) })
}

fn asking(script: &mut Script) {
    written(script);
    script.keys("ctrl-x").typed("3000.00 IDR");
}

#[test]
fn the_confirm_page_says_that_a_second_person_sends_it() {
    at_sizes_of(&four_eyes(), 171, "refund_confirm_asking", asking);
}

#[test]
fn the_request_with_its_number_and_code() {
    at_sizes_of(&four_eyes(), 171, "refund_asked", |script| {
        asking(script);
        script.keys("Enter");
        let asked = Asked { number: number(2), code: "7F3A".to_owned() };
        script.event(Event::RefundAsked(ORDER.to_owned(), Ok(asked)));
    });
}

#[test]
fn a_locked_desk() {
    at_sizes_of(&locked(), 171, "refund_locked", |script| {
        closed_case(script, Vec::new());
        script.keys("$");
    });
}

#[test]
fn the_prompt_that_unlocks() {
    at_sizes_of(&locked(), 171, "refund_unlock", |script| {
        closed_case(script, Vec::new());
        script.keys(":").typed("unlock").keys("Enter").typed("refunds").keys("Enter");
    });
}

#[test]
fn an_unlocked_desk_shows_the_minutes() {
    at_sizes_of(&locked(), 171, "refund_unlocked", |script| {
        script.keys(":").typed("unlock").keys("Enter").typed("REFUNDS live").keys("Enter");
    });
    at_sizes_of(&locked(), 171, "refund_unlocked_last", |script| {
        script.keys(":").typed("unlock").keys("Enter").typed("REFUNDS live").keys("Enter Esc");
        script.now += Duration::minutes(4);
        script.event(Event::Tick);
    });
}
