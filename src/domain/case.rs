//! One chargeback as `caseSearch` describes it: sixteen texts, kept exactly as received.
//!
//! The values are never converted on the way in: an amount stays the text the gateway sent, a date stays its
//! text, an unknown status stays what it is. Meaning is derived on reading ([`Case::amount`], [`Case::due`]).

use rust_decimal::Decimal;
use time::Date;

use super::{deadline, money, stage::Stage};

macro_rules! fields {
    ($($name:ident, $wire:literal, $label:literal, $doc:literal;)*) => {
        /// The sixteen fields of a `caseSearch` answer, in the order of the page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $(#[doc = $doc] $name,)* }

        impl Field {
            /// Every field, in the order in which JSON, CSV and the case page show them.
            pub const ALL: [Field; 16] = [$(Field::$name,)*];

            /// The name on the wire, as PayerMax spells it.
            pub const fn wire(self) -> &'static str {
                match self { $(Field::$name => $wire,)* }
            }

            /// The name on the screen, in the operator's words.
            pub const fn label(self) -> &'static str {
                match self { $(Field::$name => $label,)* }
            }
        }
    };
}

fields! {
    CaseId, "caseId", "Case id", "The key of the case, at most 64 characters.";
    BatchId, "batchId", "Batch", "The batch it belongs to; often empty.";
    Status, "status", "Status", "The case status; see [`Stage`].";
    CaseResult, "caseResult", "Result", "`WIN` or `FAI` once decided.";
    OutTradeNo, "outTradeNo", "Order", "The merchant's order number.";
    TradeToken, "tradeToken", "Trade token", "PayerMax's token of the order.";
    OutUserId, "outUserId", "User", "The merchant's user id; a reply must carry it.";
    Amount, "amount", "Frozen", "The frozen payment, a decimal text in major units of `currency`.";
    Fee, "fee", "Fee", "The frozen fee, a decimal text in major units of `currency`.";
    TotalAmount, "totalAmount", "Total frozen", "Frozen payment plus fee.";
    Currency, "currency", "Currency", "The currency actually frozen.";
    OriginTradeAmount, "originTradeAmount", "Order amount", "The order's amount to be frozen.";
    OriginTradeCurrency, "originTradeCurrency", "Order currency", "The order's currency.";
    RetrievalDate, "retrievalDate", "Opened", "When material was asked for, `yyyy-MM-dd`, no zone.";
    ExpirationDate, "expirationDate", "Due date", "The reply due date, `yyyy-MM-dd`, no zone.";
    TradeCreateTime, "tradeCreateTime", "Paid at", "When the order was paid, RFC 3339 with milliseconds.";
}

impl Field {
    /// Whether it names something that people compare by eye.
    pub const fn is_identifier(self) -> bool {
        matches!(self, Self::CaseId | Self::BatchId | Self::OutTradeNo | Self::TradeToken)
    }
}

/// How a decided case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// `WIN`: the frozen money comes back.
    Won,
    /// `FAI`, also spelled `FAIL`: the frozen money is gone.
    Lost,
    /// Nothing yet, or a word nobody has documented.
    Open,
}

/// The sixteen values of one case, exactly as received; `None` is a missing or null field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    values: [Option<String>; 16],
}

impl Case {
    /// A case from its fields; a field named twice keeps the last value.
    pub fn from_fields(fields: impl IntoIterator<Item = (Field, Option<String>)>) -> Self {
        let mut case = Self::default();
        for (field, value) in fields {
            case.set(field, value);
        }
        case
    }

    /// The value of a field as received.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.values.get(field as usize).and_then(Option::as_deref)
    }

    /// The value of a field, an empty text where there is none.
    pub fn text(&self, field: Field) -> &str {
        self.get(field).unwrap_or_default()
    }

    /// Replaces one value.
    pub fn set(&mut self, field: Field, value: Option<String>) {
        if let Some(slot) = self.values.get_mut(field as usize) {
            *slot = value;
        }
    }

    /// Where the case stands, derived from its status text.
    pub fn stage(&self) -> Stage {
        Stage::of(self.text(Field::Status))
    }

    /// The frozen payment in major units; `None` when it is missing or no plain decimal.
    pub fn amount(&self) -> Option<Decimal> {
        money::parse_received(self.text(Field::Amount))
    }

    /// The currency of the frozen payment; the order's where the gateway names none.
    pub fn currency(&self) -> &str {
        let own = self.text(Field::Currency).trim();
        if own.is_empty() { self.text(Field::OriginTradeCurrency).trim() } else { own }
    }

    /// The reply due date; `None` when it is missing or unreadable.
    pub fn due(&self) -> Option<Date> {
        deadline::parse_date(self.text(Field::ExpirationDate))
    }

    /// How the case was decided.
    pub fn verdict(&self) -> Verdict {
        match self.text(Field::CaseResult).trim().to_ascii_uppercase().as_str() {
            "WIN" => Verdict::Won,
            "FAI" | "FAIL" => Verdict::Lost,
            _ => Verdict::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_exactly_and_meaning_is_derived() {
        let case = Case::from_fields([
            (Field::Amount, Some("5000.00".into())),
            (Field::Currency, Some(String::new())),
            (Field::OriginTradeCurrency, Some("IDR".into())),
            (Field::CaseResult, Some("fai".into())),
        ]);
        assert_eq!(case.text(Field::Amount), "5000.00");
        assert_eq!(case.currency(), "IDR");
        assert_eq!(case.verdict(), Verdict::Lost);
        assert_eq!(case.due(), None);
    }

    #[test]
    fn every_field_has_its_own_slot() {
        let case = Case::from_fields(Field::ALL.map(|field| (field, Some(field.wire().to_owned()))));
        assert!(Field::ALL.iter().all(|&field| case.text(field) == field.wire()));
    }
}
