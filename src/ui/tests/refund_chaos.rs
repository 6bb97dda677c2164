//! Every page of a refund at any size, with texts as a hostile shopper, gateway or colleague would choose them.

use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::app::field::TextField;
use crate::app::overlay::Overlay;
use crate::app::reading::Reading;
use crate::app::refunding::{Answer, Asked, Elsewhere, Focus, LegacyUse, RefundForm, Settings, Step};
use crate::domain::action::State;
use crate::domain::record::ActionRecord;
use crate::domain::refund::{Earlier, Fate, Limits, Road, Rule};

use super::chaos::{hostile, hostile_case};
use super::refunds::{ORDER, cases, refund};
use super::*;

const STEPS: usize = 11;

fn pick(texts: &[String], at: usize) -> String {
    texts.get(at % texts.len().max(1)).cloned().unwrap_or_default()
}

/// A case of the order, open or closed, with amounts that can or cannot be read.
fn case_of(order: &str, texts: &[String], at: usize) -> Tracked {
    let mut tracked = hostile_case(at, texts);
    let status = ["CASE_CLOSED", "DISPUTE_INQUIRY", "陈"].map(str::to_owned)[at % 3].clone();
    let amount = [pick(texts, at), "5000.00".to_owned()][at % 2].clone();
    if let Some(case) = &mut tracked.case {
        for (field, value) in [
            (Field::OutTradeNo, order.to_owned()),
            (Field::Status, status),
            (Field::OriginTradeAmount, amount),
            (Field::OriginTradeCurrency, ["IDR".to_owned(), pick(texts, at)][at % 2].clone()),
            (Field::TradeCreateTime, "2026-06-02T00:00:00Z".to_owned()),
        ] {
            case.set(field, Some(value));
        }
    }
    tracked
}

fn record(order: &str, texts: &[String], at: usize) -> ActionRecord {
    let slot = u8::try_from(at % 100).unwrap_or(1);
    let mut record = refund(order, slot, "20", State::ALL[at % State::ALL.len()], 3);
    record.intent.out_refund_no = Some(pick(texts, at));
    record.intent.currency = Some(pick(texts, at + 1));
    record.intent.amount = Some(["20".to_owned(), pick(texts, at)][at % 2].clone());
    record.intent.operator = pick(texts, at + 2);
    record.intent.data = pick(texts, at + 3).into_bytes();
    record.finding.status = Some(pick(texts, at + 4));
    record
}

fn elsewhere(texts: &[String], at: usize) -> Elsewhere {
    let one = Earlier {
        action: None,
        number: pick(texts, at),
        amount: at.is_multiple_of(2).then_some(Decimal::MAX),
        currency: pick(texts, at + 1),
        fate: Fate::Paid,
        at: None,
        by: Some(pick(texts, at + 2)),
    };
    match at % 3 {
        0 => Elsewhere::Asking,
        1 => Elsewhere::Known(vec![one; at]),
        _ => Elsewhere::NotAsked(pick(texts, at)),
    }
}

fn step(texts: &[String], typed: &str, at: usize) -> Step {
    let typed_field = TextField::new(typed);
    match at {
        0 => Step::Stopped,
        1 | 2 => Step::Write,
        3 => Step::Preview { body: None, scroll: at },
        4 => Step::Preview { body: Some(format!("\"outRefundNo\":\"{typed}\"")), scroll: usize::MAX },
        5 => Step::Confirm { typed: typed_field, page: Reading::at(usize::MAX / 2) },
        6 => Step::Pausing { left: 5, ticket: 1, since: NOW },
        7 => Step::Sending,
        8 => Step::Asked(None),
        9 => Step::Asked(Some(Asked { number: typed.to_owned(), code: pick(texts, 1) })),
        _ => Step::Done(Answer {
            state: State::ALL[typed.len() % State::ALL.len()],
            number: Some(typed.to_owned()),
            code: pick(texts, 1),
            msg: typed.to_owned(),
            status: Some(pick(texts, 2)),
            may_pass: typed.len().is_multiple_of(2),
        }),
    }
}

fn hostile_refund(size: (u16, u16), texts: &[String], typed: &str, at: usize, count: usize) -> Script {
    let order = pick(texts, count);
    let rule = || Rule { value: Decimal::ONE, source: typed.to_owned() };
    let limits = Limits {
        open_case_blocked: count.is_multiple_of(2).then(|| Rule { value: (), source: typed.to_owned() }),
        max: [("IDR".to_owned(), rule())].into(),
        approval_above: [("IDR".to_owned(), rule())]
            .into_iter()
            .filter(|_| !count.is_multiple_of(3))
            .collect(),
        requests_dir: (!count.is_multiple_of(4)).then(|| typed.into()),
        ..Limits::default()
    };
    let legacy = [LegacyUse::Never, LegacyUse::Offered, LegacyUse::Always][count % 3];
    let refunds = Settings { limits, reasons: texts.to_vec(), pause_s: 5, legacy };
    let session = crate::app::model::Session { profile: typed.to_owned(), refunds, ..session() };
    let mut script = Script::of(session, (0..count).map(|n| case_of(&order, texts, n)).collect());
    script.event(Event::Resized(size.0, size.1));
    let journal: Vec<_> = (0..count).map(|n| record(&order, texts, n)).collect();
    let again = journal.first().map(|record| record.intent.id.clone()).filter(|_| count % 5 == 4);
    script.event(Event::Journal(journal));
    let amount = ["3000", "20", typed][count % 3];
    script.model.overlay = Overlay::Refund(Box::new(RefundForm {
        case: id("O1"),
        order,
        amount: TextField::new(amount),
        reason: Some(count),
        comment: TextField::new(typed.repeat(1 + count)),
        notify_url: TextField::new(typed),
        road: if count % 4 == 3 { Road::Legacy } else { Road::Current },
        email: TextField::new(typed),
        focus: [Focus::Amount, Focus::Reason, Focus::Comment, Focus::NotifyUrl, Focus::Road, Focus::Email]
            [count % 6],
        step: step(texts, typed, at),
        elsewhere: elsewhere(texts, count),
        seen: Vec::new(),
        seen_slot: None,
        although_open: count % 2 == 1,
        again,
        back: Box::default(),
    }));
    script
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_page_of_a_refund_is_safe(
        size in (0u16..=200, 0u16..=80),
        texts in prop::collection::vec(hostile(), 1..8),
        typed in hostile(),
        at in 0..STEPS,
        count in 0usize..9,
        ascii: bool,
        colour: bool,
    ) {
        let script = hostile_refund(size, &texts, &typed, at, count);
        super::reply_chaos::check(&script, &Look { theme: Theme::dark(), ascii, colour, links: true }, size)?;
    }
}

#[test]
fn no_page_falls_over_at_any_size() {
    let texts = ["陈大文", "IDR", "5000.00", "\u{202e}x"].map(str::to_owned);
    for at in 0..STEPS {
        for width in [0, 1, 59, 60, 61, 80, 110, 200] {
            for height in [0, 1, 14, 15, 16, 24, 60] {
                for count in [0, 1, 2, 3, 4, 9] {
                    let script = hostile_refund((width, height), &texts, "3000.00 IDR", at, count);
                    _ = frame(&script, &DARK);
                }
            }
        }
    }
}

#[test]
fn by_never_stands_without_a_name() {
    for (operator, count) in [("ana", 1), ("ana", 2), ("", 1), (" ", 1), ("", 2), (" ", 2)] {
        let mut script = Script::with(cases(171));
        let mut journal: Vec<_> =
            (1..=count).map(|slot| refund(ORDER, slot, "2000", State::Settled, 9)).collect();
        for record in &mut journal {
            record.intent.operator = operator.into();
        }
        script.event(Event::Resized(120, 40)).event(Event::Journal(journal));
        script.keys("/").typed(ORDER).keys("Enter 5 Enter");
        let mut pages = vec![picture(&script, &DARK)];
        script.keys("$");
        pages.push(picture(&script, &DARK));
        script.keys("Esc q 7 Enter");
        pages.push(picture(&script, &DARK));
        let all = pages.concat();
        assert!(pages.iter().all(|page| page.contains("2,000.00")), "the pages are about it:\n{all}");
        assert_eq!(all.contains(" by ana"), operator == "ana", "{all}");
        for (at, by) in all.match_indices(" by ") {
            let next = all[at + by.len()..].chars().next();
            assert!(next.is_some_and(char::is_alphanumeric), "by nobody, for `{operator}`:\n{all}");
        }
    }
}
