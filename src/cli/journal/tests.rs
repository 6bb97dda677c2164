//! The journal's table and sentences.

use pretty_assertions::assert_eq;
use time::macros::datetime;
use unicode_width::UnicodeWidthStr as _;

use super::*;
use crate::domain::action::State;
use crate::domain::record::{ActionId, Finding, Intent};

fn reply() -> ActionRecord {
    let at = datetime!(2026-11-20 08:00 UTC);
    ActionRecord {
        intent: Intent {
            id: ActionId("A-01JD3V6Q2M8X4N7P5R9T1W3Y5Z".into()),
            kind: Kind::Reply,
            case_id: Some(CaseId::parse("O20230103065545916437107761").unwrap()),
            batch_id: Some("P1".into()),
            order: None,
            out_refund_no: None,
            amount: None,
            currency: None,
            data: Vec::new(),
            operator: "ana".into(),
        },
        state: State::Settled,
        finding: Finding {
            code: Some("APPLY_SUCCESS".into()),
            msg: Some(
                "seen\u{1b}[2J at PayerMax, 陈先生 has it, and more words than fit anywhere at all".into(),
            ),
            status: Some("DISPUTE_RECEIVED".into()),
            ..Finding::default()
        },
        created_at: at,
        sent_at: Some(at),
        answered_at: None,
        settled_at: Some(at),
    }
}

fn refund() -> ActionRecord {
    let mut refund = reply();
    refund.intent.kind = Kind::Refund;
    refund.intent.order = Some("P16424".into());
    refund.intent.amount = Some("5000".into());
    refund.intent.currency = Some("IDR".into());
    refund.intent.out_refund_no = Some("D1".into());
    refund.finding = Finding::default();
    refund.state = State::Unknown;
    refund
}

#[test]
fn on_a_terminal_no_line_is_wider_than_it_and_the_first_three_cells_stay() {
    let records = [reply(), refund()];
    let whole = table(&records, None);
    assert_eq!(whole.lines().count(), 3);
    assert!(whole.contains("A-01JD3V6Q2M8X4N7P5R9T1W3Y5Z") && whole.contains("陈先生"), "{whole}");
    assert!(!whole.contains('\u{1b}'));
    for columns in 64..180 {
        let text = table(&records, Some(columns));
        assert_eq!(text.lines().count(), 3, "{columns}: {text}");
        for line in text.lines() {
            assert!(line.width() <= usize::from(columns), "{columns}: {} {text}", line.width());
        }
        for word in [
            "2026-11-20T08:00:00Z",
            "settled",
            "case O20230103065545916437107761",
            "order P16424, 5,000.00 IDR",
        ] {
            assert!(text.contains(word), "{columns}: {text}");
        }
    }
    assert_eq!(table(&records, Some(300)), whole);
}

#[test]
fn a_refund_says_that_taken_is_not_paid_and_has_its_number_where_there_is_room() {
    let mut taken = refund();
    taken.state = State::Accepted;
    taken.intent.order = Some("P1642410680681".into());
    taken.intent.out_refund_no = Some("DKX4QOYNMKJBRRWG3OKRMBPX3QE301".into());
    for columns in 64..180 {
        let text = table(&[taken.clone()], Some(columns));
        assert!(text.lines().all(|line| line.width() <= usize::from(columns)), "{columns}: {text}");
        assert!(text.contains("accepted, not yet paid  order P"), "{columns}: {text}");
    }
    let whole = table(&[taken.clone()], None);
    for word in ["order P1642410680681, 5,000.00 IDR", "DKX4QOYNMKJBRRWG3OKRMBPX3QE301", "Number"] {
        assert!(whole.contains(word), "{whole}");
    }
    assert!(!table(&[reply()], None).contains("Number"), "without a refund there is no such column");
    assert!(sentence(&taken).starts_with("accepted, not yet paid: refund of order P1642410680681, "));
}

#[test]
fn the_code_goes_last_and_a_name_is_whole_or_not_there() {
    let records = [reply()];
    let at = |columns| table(&records, Some(columns));
    assert!(!at(70).contains("APPLY_SUCCESS"));
    assert!(at(82).contains("APPLY_SUCCESS") && !at(82).contains("seen"), "{}", at(82));
    assert!(at(110).contains("seen␛[2J") && !at(110).contains("A-01"), "{}", at(110));
    assert!(at(140).contains("A-01JD3V6Q2M8X4N7P5R9T1W3Y5Z"), "{}", at(140));
}

#[test]
fn a_sentence_is_one_line_with_the_state_first() {
    assert_eq!(
        sentence(&refund()),
        "unknown: refund of order P16424, 5,000.00 IDR, confirmed 2026-11-20T08:00:00Z, refund number D1, by ana, \
         action A-01JD3V6Q2M8X4N7P5R9T1W3Y5Z\n"
    );
    let text = sentence(&reply());
    assert!(text.starts_with("settled: reply to case O20230103065545916437107761, confirmed "), "{text}");
    assert!(text.contains(", code APPLY_SUCCESS, message: seen␛[2J at PayerMax, 陈先生"), "{text}");
    assert_eq!(text.lines().count(), 1);
}
