//! Exact money: decimal texts in, decimal texts out, and sums that never mix currencies.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::currency;

/// Most digits an amount on the wire may have (refund page: `(20,4)`; case amounts: 20 characters).
const DIGITS_MAX: usize = 20;

/// Reads an amount as the gateway writes it: plain decimal, optional minus, no grouping, no exponent.
/// `None` when it is anything else; the text itself is still shown as received.
pub fn parse_received(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let plain_text = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let digits = plain_text.iter().filter(|byte| byte.is_ascii_digit()).count();
    // What is no digit is one point at most.
    let points = plain_text.len() - digits;
    let is_decimal = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let at_the_ends = [plain_text.first(), plain_text.last()];
    let plain = digits <= DIGITS_MAX
        && points <= 1
        && plain_text.iter().all(is_decimal)
        && at_the_ends.iter().all(|end| end.is_some_and(u8::is_ascii_digit));
    if plain { Decimal::from_str_exact(text).ok() } else { None }
}

/// Sums per currency, by currency name; different currencies are never added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums(BTreeMap<String, Decimal>);

impl Sums {
    /// Adds an amount to its currency's sum; a sum that would overflow stays at the largest value.
    pub fn add(&mut self, currency: &str, amount: Decimal) {
        let sum = self.0.entry(currency.to_owned()).or_default();
        *sum = sum.checked_add(amount).unwrap_or(Decimal::MAX);
    }

    /// The sum in one currency; zero when nothing was added in it.
    pub fn of(&self, currency: &str) -> Decimal {
        self.0.get(currency).copied().unwrap_or_default()
    }

    /// The sums, by currency name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Decimal)> {
        self.0.iter().map(|(currency, sum)| (currency.as_str(), *sum))
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An amount as docket shows it: grouped, with two decimals or as many as it has, whatever its currency takes on the
/// wire; PayerMax itself writes `5000.00` of a currency without decimals.
pub fn shown(amount: Decimal) -> String {
    grouped(&plain(amount))
}

/// A sum or amount of docket's own, grouped, with the decimals its currency has at PayerMax: `JPY 81,510`, `USD 5.60`.
/// What is smaller than they can say is shown all the same. What the gateway wrote is shown as it wrote it.
pub fn of_currency(amount: Decimal, currency: &str) -> String {
    let mut amount = amount.normalize();
    amount.rescale(amount.scale().max(currency::decimals(currency)));
    grouped(&amount.to_string())
}

/// [`shown`] without grouping, as it can be typed.
pub fn plain(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    amount.rescale(amount.scale().max(2));
    amount.to_string()
}

/// An amount with its thousands grouped for the eye: `1234567.50` reads `1,234,567.50`. Text that is no plain
/// decimal comes back as it is.
pub fn grouped(text: &str) -> String {
    if parse_received(text).is_none() {
        return text.to_owned();
    }
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_plain_decimals_are_amounts() {
        for good in ["0", "5000.00", "30.5900", "-1.5", "999999999999999999.99"] {
            assert!(parse_received(good).is_some(), "{good}");
        }
        for bad in [
            "",
            ".",
            "1.",
            ".5",
            "1,000",
            "1e3",
            "+1",
            "１２",
            "1.2.3",
            "0x10",
            "123456789012345678901",
            "--1",
        ] {
            assert!(parse_received(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn sums_stay_apart_by_currency() {
        let mut sums = Sums::default();
        sums.add("USD", Decimal::new(1010, 2));
        sums.add("IDR", Decimal::new(5000, 0));
        sums.add("USD", Decimal::new(5, 2));
        let shown: Vec<_> = sums.iter().map(|(c, d)| format!("{c} {d}")).collect();
        assert_eq!(shown, ["IDR 5000", "USD 10.15"]);
    }

    #[test]
    fn grouping_is_for_the_eye_only() {
        assert_eq!(grouped("1234567.50"), "1,234,567.50");
        assert_eq!(grouped("-1000"), "-1,000");
        assert_eq!(grouped("999"), "999");
        assert_eq!(grouped("n/a"), "n/a");
    }

    #[test]
    fn a_sum_has_the_decimals_of_its_currency() {
        let shown = |text: &str, currency| of_currency(Decimal::from_str_exact(text).unwrap(), currency);
        assert_eq!(shown("81510.00", "JPY"), "81,510");
        assert_eq!(shown("1205000.00", "IDR"), "1,205,000");
        assert_eq!((shown("5.6", "USD"), shown("5", "KWD")), ("5.60".into(), "5.00".into()));
        assert_eq!((shown("1.5", ""), shown("-0.5", "JPY")), ("1.50".into(), "-0.5".into()));
        assert_eq!(shown("0.1230", "EUR"), "0.123", "nothing is rounded away");
    }

    proptest! {
        #[test]
        fn grouping_loses_no_digit(whole in "[1-9][0-9]{0,14}", fraction in "[0-9]{0,4}") {
            let text = if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") };
            prop_assert_eq!(grouped(&text).replace(',', ""), text);
        }
    }
}
