//! The numbers that other hosts, older and newer ones, give the same refunds. The table was worked out with Python's
//! `hashlib` and `base64`; a number that changes here pays an order twice.

use std::collections::HashSet;

use proptest::prelude::*;

use crate::gateway::refund_no;

#[test]
fn every_number_is_the_one_other_hosts_make() {
    let text = include_str!("../../../tests/vectors/refund-numbers.json");
    let rows: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    assert!(rows.len() >= 8);
    let mut numbers = HashSet::new();
    for row in &rows {
        let field = |name: &str| row[name].as_str().unwrap();
        let slot = row["slot"].as_u64().unwrap().try_into().unwrap();
        let made = refund_no(field("environment"), field("appId"), field("merchantNo"), field("order"), slot);
        assert_eq!(made, field("outRefundNo"), "{row}");
        numbers.insert(made);
    }
    assert_eq!(numbers.len(), rows.len(), "environment, app, merchant, order and ordinal all count");
}

proptest! {
    #[test]
    fn a_number_is_thirty_letters_and_digits_that_end_in_the_ordinal(order in "\\PC{1,64}", slot in 1_u8..=99) {
        let number = refund_no("uat", "app", "merchant", &order, slot);
        prop_assert_eq!(number.len(), 30);
        prop_assert!(number.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()), "{}", number);
        let ordinal = slot.to_string();
        prop_assert!(number.starts_with("DK"));
        prop_assert_eq!(&number[28..], &format!("{ordinal:0>2}")[..]);
    }
}
