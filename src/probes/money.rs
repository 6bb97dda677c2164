//! Money: what is read is what goes out, to the digit, and what is shown reads back.

use rust_decimal::Decimal;

use crate::domain::money;
use crate::domain::refund::Amount;
use crate::gateway;

use super::{sentence, split, text};

/// Amounts as typed, with their currency behind the first line end.
pub(super) fn amounts(data: &[u8]) {
    let (typed, currency) = split(data);
    let (typed, currency) = (text(typed), text(currency));
    for currency in [&*currency, "IDR", "USD", "JPY", "KWD"] {
        match Amount::parse(&typed, currency) {
            Ok(amount) => goes_round(&amount, &typed, currency),
            Err(fault) => sentence(&fault.to_string()),
        }
    }
    let grouped = money::grouped(&typed);
    match money::parse_received(&typed) {
        Some(value) => {
            assert_eq!(
                money::parse_received(&money::plain(value)).or(too_long(value)),
                Some(value),
                "{typed:?}"
            );
            let digits = |text: &str| text.trim().replace(',', "");
            assert_eq!(digits(&grouped), digits(&typed), "grouping changes digits");
        }
        None => assert_eq!(grouped, typed, "what is no amount stays as it is"),
    }
}

/// Two more decimals can make an amount longer than the wire takes.
fn too_long(value: Decimal) -> Option<Decimal> {
    (money::plain(value).bytes().filter(u8::is_ascii_digit).count() > 20).then_some(value)
}

/// Text to JSON number to text, and every way in which it is shown.
fn goes_round(amount: &Amount, typed: &str, currency: &str) {
    let wire = amount.wire();
    let json = format!("{{\"refundAmount\":{wire}}}");
    let raw: Result<std::collections::BTreeMap<String, Box<serde_json::value::RawValue>>, _> =
        serde_json::from_str(&json);
    let back = raw.ok().and_then(|fields| fields.get("refundAmount").map(|raw| raw.get().to_owned()));
    assert_eq!(back.as_deref(), Some(wire.as_str()), "the number is not JSON: {wire}");
    let again = Amount::parse(&wire, currency);
    assert_eq!(again.as_ref(), Ok(amount), "{typed:?} goes out as {wire}");
    assert_eq!(Decimal::from_str_exact(typed.trim()).ok(), Some(amount.value()), "{typed:?}");
    assert!(amount.value() > Decimal::ZERO);
    assert!(amount.is_confirmed_by(&amount.confirmation()), "{} confirms nothing", amount.confirmation());
    assert_eq!(Amount::of(amount.value(), currency).as_ref(), Some(amount), "{typed:?}");
}

/// Refund numbers: thirty letters and digits, the same every time, another one for everything that is another refund.
pub(super) fn refund_no(data: &[u8]) {
    let (order, rest) = split(data);
    let (order, merchant) = (text(order), text(rest));
    let slot = data.first().map_or(1, |byte| byte % 99 + 1);
    let of = |order: &str, slot| gateway::refund_no("live", "app", &merchant, order, slot);
    let number = of(&order, slot);
    assert!(number.len() == 30 && number.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{number}");
    assert_eq!(number, of(&order, slot));
    assert!(number.ends_with(&format!("{slot:02}")));
    assert_ne!(number, of(&order, slot % 99 + 1));
    assert_ne!(number, of(&format!("{order}x"), slot));
}
