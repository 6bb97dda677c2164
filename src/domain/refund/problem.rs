//! Why a refund as it is written cannot go out.

use std::fmt;

use rust_decimal::Decimal;

use super::AmountFault;
use crate::domain::money;

/// What breaks a rule known here; nothing is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The case names no order, or an order number the call does not take; carries its characters.
    Order(usize),
    /// The amount cannot go out.
    Amount(AmountFault),
    /// The cases of the order do not agree on a currency.
    NoCurrency,
    /// Another currency than the order's.
    OtherCurrency {
        /// The refund's.
        typed: String,
        /// The order's.
        order: String,
    },
    /// More than is left of the order.
    Over {
        /// By how much.
        by: Decimal,
        /// What is left.
        left: Decimal,
        /// The currency of both.
        currency: String,
    },
    /// The comment is too long.
    CommentTooLong {
        /// Its characters.
        chars: usize,
        /// The most the call takes.
        max: usize,
    },
    /// A control or invisible character in the comment.
    CommentUnprintable(char),
    /// The notify address is longer than the call takes; carries its characters.
    NotifyTooLong(usize),
    /// The notify address is none.
    NotifyForm,
    /// Legacy refunds give back the whole order; carries its amount when that is known.
    NotWhole(Option<Decimal>),
    /// Legacy refunds need a comment.
    NoComment,
    /// The amount is too long a text for a legacy refund.
    LegacyDigits,
    /// The email address is too long or none.
    Email,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order(0) => f.write_str("the case names no order (outTradeNo); refresh it first"),
            Self::Order(chars) => {
                write!(f, "the order number has {chars} characters; PayerMax takes at most {}", super::ORDER_MAX_CHARS)
            }
            Self::Amount(fault) => fault.fmt(f),
            Self::NoCurrency => f.write_str("the currency of the order is not known; refresh its case first"),
            Self::OtherCurrency { typed, order } => {
                write!(f, "the order was paid in {order}; it cannot be refunded in {typed}")
            }
            Self::Over { left, currency, .. } if left.is_zero() => {
                write!(f, "nothing is left of this order to refund in {currency}")
            }
            Self::Over { by, left, currency } => {
                write!(f, "over by {} {currency}; {} {currency} are left of this order", money::shown(*by), money::shown(*left))
            }
            Self::CommentTooLong { chars, max } => {
                write!(f, "the comment has {chars} characters, {} too many", chars.saturating_sub(*max))
            }
            Self::CommentUnprintable(c) => write!(f, "the comment contains U+{:04X}", u32::from(*c)),
            Self::NotifyTooLong(chars) => write!(
                f,
                "the notify address has {chars} characters; PayerMax takes at most {}",
                super::NOTIFY_MAX_CHARS
            ),
            Self::NotifyForm => f.write_str("the notify address must be one web address that begins with https:// or http://"),
            Self::NotWhole(Some(paid)) => {
                write!(f, "a legacy refund gives back the whole order, which is {}", money::shown(*paid))
            }
            Self::NotWhole(None) => f.write_str(
                "a legacy refund gives back the whole order, and its amount is not known; track its case first",
            ),
            Self::NoComment => f.write_str("a legacy refund needs a comment"),
            Self::LegacyDigits => f.write_str("the amount has more than 12 characters, too many for a legacy refund"),
            Self::Email => f.write_str("the email address must have an @ and at most 32 characters"),
        }
    }
}
