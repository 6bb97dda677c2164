//! An amount as the operator types it: taken exactly, or refused with the reason; never guessed (protocol.md section 6).

use std::fmt;

use rust_decimal::Decimal;

use crate::domain::{currency, money};

/// Most digits of a refund's amount (refund page: `(20,4)`).
const DIGITS_MAX: usize = 20;

/// An amount above zero in a currency, with no more decimals than the currency has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    value: Decimal,
    currency: String,
}

/// Why a text is no amount that can go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmountFault {
    /// Nothing was typed.
    Empty,
    /// The currency is no three capital letters.
    Currency(String),
    /// A sign that may group thousands, or a decimal comma: nobody can tell which.
    Grouping(char),
    /// A plus or minus.
    Sign(char),
    /// `1e3` and the like.
    Exponent,
    /// Some other character.
    Character(char),
    /// A point without a digit on both sides, or two points.
    Point,
    /// `1.000`: one, or a thousand?
    Ambiguous(String),
    /// More decimals than the currency has; carries both numbers and the currency.
    Decimals {
        /// As typed, zeros at the end left out.
        typed: u32,
        /// The currency's.
        allowed: u32,
        /// The currency.
        currency: String,
    },
    /// More digits than the call takes.
    Digits,
    /// Zero.
    Zero,
}

impl fmt::Display for AmountFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the amount is empty"),
            Self::Currency(text) => {
                write!(f, "{:?} is no currency; it has three capital letters, such as IDR", clipped(text))
            }
            Self::Grouping(c) => write!(
                f,
                "the amount contains {}; write it without grouping and with a point, such as 1234.50",
                quoted(*c)
            ),
            Self::Sign(c) => write!(f, "the amount starts with {c}; write it without a sign"),
            Self::Exponent => f.write_str("the amount has an exponent; write all its digits"),
            Self::Character(c) => write!(f, "the amount contains {}", quoted(*c)),
            Self::Point => f.write_str("the amount needs digits on both sides of one point"),
            Self::Ambiguous(text) => {
                write!(f, "{text} could mean a thousand times as much; write it with fewer decimals, or none")
            }
            Self::Decimals { allowed: 0, currency, .. } => {
                write!(f, "{currency} has no decimals at PayerMax; write a whole amount")
            }
            Self::Decimals { typed, allowed, currency } => {
                write!(f, "the amount has {typed} decimals; {currency} takes at most {allowed} at PayerMax")
            }
            Self::Digits => write!(f, "the amount has more than {DIGITS_MAX} digits"),
            Self::Zero => f.write_str("the amount is zero"),
        }
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(12).collect()
}

fn quoted(c: char) -> String {
    match c {
        ' ' | '\u{a0}' | '\u{202f}' => "a space".to_owned(),
        c if super::super::shown::is_hostile(c) => format!("U+{:04X}", u32::from(c)),
        c => format!("{c:?}"),
    }
}

impl Amount {
    /// Reads an amount as typed. Spaces around it do not matter.
    ///
    /// # Errors
    /// The first [`AmountFault`].
    pub fn parse(text: &str, currency: &str) -> Result<Self, AmountFault> {
        if !currency::is_code(currency) {
            return Err(AmountFault::Currency(currency.to_owned()));
        }
        let text = text.trim();
        let (whole, fraction) = split(text)?;
        if whole.len() + fraction.len() > DIGITS_MAX {
            return Err(AmountFault::Digits);
        }
        check_decimals(text, fraction, currency)?;
        match Decimal::from_str_exact(text) {
            Ok(value) if value.is_zero() => Err(AmountFault::Zero),
            Ok(value) => {
                let value = rescaled(value, currency);
                // The decimals of the currency go out, too, and count.
                let sent = value.to_string().bytes().filter(u8::is_ascii_digit).count();
                if sent > DIGITS_MAX {
                    return Err(AmountFault::Digits);
                }
                Ok(Self { value, currency: currency.to_owned() })
            }
            Err(_) => Err(AmountFault::Digits),
        }
    }

    /// What is left, as an amount; `None` when nothing is, or when its decimals cannot go out.
    pub fn of(value: Decimal, currency: &str) -> Option<Self> {
        Self::parse(&value.normalize().to_string(), currency).ok()
    }

    /// The amount in major units.
    pub fn value(&self) -> Decimal {
        self.value
    }

    /// Its currency.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// The digits as they go out: exactly the decimals of the currency, no grouping, no exponent.
    pub fn wire(&self) -> String {
        self.value.to_string()
    }

    /// The same with its thousands grouped for the eye.
    pub fn shown(&self) -> String {
        format!("{} {}", money::shown(self.value), self.currency)
    }

    /// What must be typed to confirm it: `3000.00 IDR`.
    pub fn confirmation(&self) -> String {
        format!("{} {}", money::plain(self.value), self.currency)
    }

    /// Whether a text says this amount and currency: `3000 IDR` and `3000.00 IDR` are the same.
    pub fn is_confirmed_by(&self, typed: &str) -> bool {
        let typed = typed.trim();
        // What is asked for has two decimals more than the longest amount may have.
        if typed == self.confirmation() {
            return true;
        }
        let Some((digits, currency)) = typed.split_at_checked(typed.len().saturating_sub(3)) else {
            return false;
        };
        currency == self.currency
            && digits.ends_with(' ')
            && Self::parse(digits, currency).is_ok_and(|amount| amount == *self)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

/// The digits before and behind the point, when there is nothing else.
fn split(text: &str) -> Result<(&str, &str), AmountFault> {
    match text.chars().next() {
        None => return Err(AmountFault::Empty),
        Some(sign @ ('+' | '-' | '\u{2212}')) => return Err(AmountFault::Sign(sign)),
        Some(_) => {}
    }
    for c in text.chars() {
        match c {
            '0'..='9' | '.' => {}
            ',' | '\'' | '_' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2019}' => {
                return Err(AmountFault::Grouping(c));
            }
            'e' | 'E' => return Err(AmountFault::Exponent),
            other => return Err(AmountFault::Character(other)),
        }
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return Err(AmountFault::Point);
    }
    Ok((whole, if text.contains('.') { fraction } else { "" }))
}

fn check_decimals(text: &str, fraction: &str, currency: &str) -> Result<(), AmountFault> {
    let count = |digits: &str| u32::try_from(digits.len()).unwrap_or(u32::MAX);
    let typed = count(fraction.trim_end_matches('0'));
    let allowed = currency::decimals(currency);
    if typed > allowed {
        return Err(AmountFault::Decimals { typed, allowed, currency: currency.to_owned() });
    }
    // 1.000 is a thousand to half the world.
    if count(fraction) > currency::written_decimals(currency) {
        return Err(AmountFault::Ambiguous(text.to_owned()));
    }
    Ok(())
}

fn rescaled(value: Decimal, currency: &str) -> Decimal {
    let mut value = value.normalize();
    value.rescale(currency::decimals(currency));
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    fn wire(text: &str, currency: &str) -> String {
        Amount::parse(text, currency).map_or_else(|fault| fault.to_string(), |amount| amount.wire())
    }

    #[test]
    fn amounts_go_out_with_the_decimals_of_their_currency() {
        for (text, currency, expected) in [
            ("5000.00", "IDR", "5000"),
            ("10.10", "USD", "10.10"),
            ("10.1", "USD", "10.10"),
            ("10", "USD", "10.00"),
            (" 0.05 ", "EUR", "0.05"),
            ("1.500", "KWD", "1.50"),
            ("99999999999999999999", "JPY", "99999999999999999999"),
        ] {
            assert_eq!(wire(text, currency), expected, "{text} {currency}");
        }
    }

    #[test]
    fn what_could_be_read_two_ways_is_refused_with_the_reason() {
        let fault = |text: &str, currency: &str| Amount::parse(text, currency).unwrap_err();
        let decimals = |typed, allowed, currency: &str| AmountFault::Decimals {
            typed,
            allowed,
            currency: currency.into(),
        };
        assert_eq!(fault("", "IDR"), AmountFault::Empty);
        assert_eq!(fault("5,000", "IDR"), AmountFault::Grouping(','));
        assert_eq!(fault("5 000", "IDR"), AmountFault::Grouping(' '));
        assert_eq!(fault("1e3", "USD"), AmountFault::Exponent);
        assert_eq!(fault("-5", "USD"), AmountFault::Sign('-'));
        assert_eq!(fault("+5", "USD"), AmountFault::Sign('+'));
        assert_eq!(fault("１", "USD"), AmountFault::Character('１'));
        assert_eq!(fault("5000 IDR", "IDR"), AmountFault::Grouping(' '));
        assert_eq!(fault("0x10", "USD"), AmountFault::Character('x'));
        for text in [".5", "5.", "1.2.3", "."] {
            assert_eq!(fault(text, "USD"), AmountFault::Point, "{text}");
        }
        assert_eq!(fault("5000.50", "IDR"), decimals(1, 0, "IDR"));
        assert_eq!(fault("1.234", "USD"), decimals(3, 2, "USD"));
        assert_eq!(fault("1.505", "KWD"), decimals(3, 2, "KWD"));
        assert_eq!(fault("1.000", "IDR"), AmountFault::Ambiguous("1.000".into()));
        assert_eq!(fault("1.000", "USD"), AmountFault::Ambiguous("1.000".into()));
        assert_eq!(fault("0.00", "USD"), AmountFault::Zero);
        assert_eq!(fault("123456789012345678901", "JPY"), AmountFault::Digits);
        assert_eq!(fault("1", "usd"), AmountFault::Currency("usd".into()));
    }

    #[test]
    fn amount_and_currency_confirm_and_nothing_else_does() {
        let amount = Amount::parse("3000", "IDR").unwrap();
        for yes in ["3000 IDR", "3000.00 IDR", " 3000  IDR "] {
            assert!(amount.is_confirmed_by(yes), "{yes:?}");
        }
        for no in
            ["", "IDR", "3000", "3000IDR", "3000 idr", "3,000 IDR", "300 IDR", "3000 USD", "３000 IDR", "é"]
        {
            assert!(!amount.is_confirmed_by(no), "{no:?}");
        }
        assert_eq!(amount.confirmation(), "3000.00 IDR");
        assert_eq!(amount.shown(), "3,000.00 IDR");
    }

    proptest! {
        #[test]
        fn what_is_taken_is_worth_what_was_typed(text in "[0-9]{1,9}(\\.[0-9]{1,3})?") {
            if let Ok(amount) = Amount::parse(&text, "USD") {
                prop_assert_eq!(amount.value(), Decimal::from_str_exact(&text).unwrap());
                prop_assert_eq!(Amount::parse(&amount.wire(), "USD").unwrap(), amount);
            }
        }

        #[test]
        fn no_text_makes_it_fall_over(text in "\\PC{0,24}", currency in "\\PC{0,4}") {
            _ = Amount::parse(&text, &currency);
            _ = Amount::parse("1", "USD").unwrap().is_confirmed_by(&text);
        }
    }
}
