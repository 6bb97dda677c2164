//! What an operator reads before money leaves.

use super::*;
use crate::domain::action::State;
use crate::domain::case::{Case, Field};
use crate::domain::ids::CaseId;
use crate::domain::record::ActionId;
use crate::domain::refund::{Fate, Order};
use pretty_assertions::assert_eq;
use rust_decimal::Decimal;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-21 07:55 UTC);

fn file(cases: &[(&str, &str)], earlier: Vec<Earlier>) -> OrderFile {
    let cases: Vec<(CaseId, Case)> = cases
        .iter()
        .map(|(id, status)| {
            let fields = [
                (Field::Status, *status),
                (Field::OutTradeNo, "P1"),
                (Field::Amount, "5000.00"),
                (Field::Currency, "IDR"),
                (Field::OriginTradeAmount, "5000.00"),
                (Field::TradeCreateTime, "2026-06-03T07:00:00.000+00:00"),
            ];
            let case = Case::from_fields(fields.map(|(field, text)| (field, Some(text.to_owned()))));
            (CaseId::parse(id).unwrap(), case)
        })
        .collect();
    let order = Order::of("P1", cases.iter().map(|(id, case)| (id, case)));
    OrderFile { order, earlier, ..OrderFile::default() }
}

fn earlier(number: &str, amount: i64, fate: Fate, by: Option<&str>) -> Earlier {
    Earlier {
        action: by.map(|_| ActionId("A-1".into())),
        number: number.into(),
        amount: Some(Decimal::from(amount)),
        currency: "IDR".into(),
        fate,
        at: by.map(|_| datetime!(2026-08-02 09:00 UTC)),
        by: by.map(str::to_owned),
    }
}

fn refund(currency: &str) -> Refund {
    Refund {
        comment: Some("one\ntwo\u{1b}".into()),
        notify_url: Some("https://shop.example/refunds".into()),
        ..Refund::plain("P1", "3000", currency)
    }
}

fn page<'a>(refund: &'a Refund, file: &'a OrderFile, again: Option<&'a Earlier>) -> Page<'a> {
    Page {
        profile: "live",
        environment: "production",
        merchant_no: "010213834784554",
        refund,
        number: "DKX03",
        file,
        again,
        now: NOW,
        needs: None,
        asked: None,
    }
}

#[test]
fn the_page_says_what_leaves_and_what_went_before() {
    let (refund, file) = (
        refund("IDR"),
        file(
            &[("O1", "CASE_CLOSED")],
            vec![earlier("DKX01", 1500, Fate::Paid, Some("ben")), earlier("DKX02", 500, Fate::Pending, None)],
        ),
    );
    let page = page(&refund, &file, None);
    let expected = "\
Refund 3,000.00 IDR of order P1, profile live (production)
  from the balance of merchant 010213834784554 to the customer
  case O1: CASE_CLOSED
  order 5,000.00 IDR, refunded 2,000.00, left 3,000.00; 0.00 after this
  paid 2026-06-03, 171 days ago; 9 days of 180 left
  earlier refunds of this order under docket's numbers:
    1,500.00 IDR, refunded, 2026-08-02T09:00:00Z by ben, DKX01
    500.00 IDR, accepted, not yet paid, made elsewhere, DKX02
  comment: one
           two␛
  its end is reported to https://shop.example/refunds
  number DKX03, by the refund interface
It is sent once and cannot be taken back.
";
    assert_eq!(page.text(), expected);
    assert_eq!(page.question(), "Type 3000.00 IDR to send it: ");
}

#[test]
fn an_open_case_is_said_to_cost_twice() {
    let (refund, file) = (refund("IDR"), file(&[("O1", "CASE_CLOSED"), ("O2", "DISPUTE_INQUIRY")], vec![]));
    let page = page(&refund, &file, None);
    assert_eq!(
        page.warnings(),
        "warning: case O2 is still open: 5,000.00 IDR frozen already, and this refund is paid on top; 8,000.00 IDR could be \
         lost in all\n"
    );
    let text = page.text();
    assert!(text.contains("  case O2: DISPUTE_INQUIRY, 5,000.00 IDR frozen\n"), "{text}");
    assert!(text.contains("could be lost in all\nIt is sent once"), "{text}");
}

#[test]
fn what_is_not_known_or_out_of_time_is_said() {
    let (unlisted, nothing) = (
        refund("XYZ"),
        OrderFile { order: Order { number: "P9".into(), ..Order::default() }, ..OrderFile::default() },
    );
    let warnings = page(&unlisted, &nothing, None).warnings();
    assert_eq!(
        warnings,
        "warning: no case of order P9 is on the list: neither its amount nor a dispute is known here\n\
         warning: XYZ is not among PayerMax's currencies; it is taken to have two decimals\n"
    );
    let (listed, closed) = (refund("IDR"), file(&[("O1", "CASE_CLOSED")], vec![]));
    let late = Page { now: datetime!(2026-12-21 08:00 UTC), ..page(&listed, &closed, None) };
    assert_eq!(
        late.warnings(),
        "warning: the order was paid 201 days ago; PayerMax refunds within 180 days and may refuse this\n"
    );
    assert!(!late.text().contains("of 180 left"), "{}", late.text());
}

#[test]
fn what_is_sent_again_goes_with_its_own_words() {
    let again = earlier("DKX01", 3000, Fate::NotReceived, Some("ben"));
    let (refund, file) = (refund("IDR"), file(&[("O1", "CASE_CLOSED")], vec![again.clone()]));
    let late = page(&refund, &file, Some(&again)).text();
    assert!(!late.contains("comment"), "{late}");
    assert!(
        late.contains(
            "warning: refund DKX01 was never received; it is sent again under that number with the words of the first \
             time; that was more than a day ago, so look into the merchant portal first\n"
        ),
        "{late}"
    );
    let fresh = Page { now: datetime!(2026-08-02 12:00 UTC), ..page(&refund, &file, Some(&again)) };
    assert!(fresh.text().contains("with the words of the first time\n"), "{}", fresh.text());
    let open = line(&earlier("DKX\u{202e}", 1, Fate::Open(State::Unknown), Some("")));
    assert_eq!(open, "1.00 IDR, outcome unknown, 2026-08-02T09:00:00Z, DKX<U+202E>");
}
