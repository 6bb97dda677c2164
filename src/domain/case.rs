//! One chargeback as `caseSearch` describes it: sixteen texts, kept exactly as received.
//!
//! The values are never converted on the way in: an amount stays the text the gateway sent, a date stays its
//! text, an unknown status stays what it is. Meaning is derived on reading ([`Case::amount`], [`Case::due`]).

use std::fmt;

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
///
/// They lie in one text, because a list may have a million cases and every text of its own costs more than most values
/// are long: each value behind its length.
#[derive(Clone, PartialEq, Eq)]
pub struct Case {
    packed: Box<str>,
}

impl Default for Case {
    fn default() -> Self {
        Self { packed: pack(&[None; 16]) }
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = Field::ALL.into_iter().filter_map(|field| self.get(field).map(|value| (field, value)));
        f.debug_map().entries(given).finish()
    }
}

/// A length is a control character, so that it also parts two values in [`Case::body`]: what is searched for never has
/// one. `NUL` is a missing value, the next ones are one more than the length, and behind the last but one of them the
/// length follows in digits of four bits, the lowest first, each but the last with a fifth bit set. The last one of all
/// stands for the value of the [`twin`].
fn pack(values: &[Option<&str>; 16]) -> Box<str> {
    let places = Field::ALL.into_iter().zip(values).map(|(field, value)| (place(values, field), *value));
    let size = |place: &Place| match place {
        Place::Missing | Place::AsTwin => 1,
        Place::Own(length) => 1 + digits(*length) + length,
    };
    let mut packed = String::with_capacity(places.clone().map(|(place, _)| size(&place)).sum());
    for (place, value) in places {
        match place {
            Place::Missing => packed.push(control(MISSING)),
            Place::AsTwin => packed.push(control(AS_TWIN)),
            Place::Own(length) => {
                push_length(&mut packed, length);
                packed.push_str(value.unwrap_or_default());
            }
        }
    }
    packed.into_boxed_str()
}

const MISSING: usize = 0;
const LONG: usize = 0x1e;
const AS_TWIN: usize = 0x1f;

/// Where a value is.
enum Place {
    Missing,
    AsTwin,
    /// Right here, so long.
    Own(usize),
}

fn place(values: &[Option<&str>; 16], field: Field) -> Place {
    let of = |field: Field| values.get(field as usize).copied().flatten();
    match of(field) {
        None => Place::Missing,
        own if twin(field).is_some_and(|twin| of(twin) == own) => Place::AsTwin,
        Some(own) => Place::Own(own.len()),
    }
}

/// The earlier field that mostly holds the same: the order's amount and currency are what was frozen.
const fn twin(field: Field) -> Option<Field> {
    match field {
        Field::OriginTradeAmount => Some(Field::Amount),
        Field::OriginTradeCurrency => Some(Field::Currency),
        _ => None,
    }
}

/// How many digits follow the control character before a value of this length.
fn digits(length: usize) -> usize {
    if length + 1 < LONG { 0 } else { length.ilog2() as usize / 4 + 1 }
}

fn push_length(packed: &mut String, length: usize) {
    match digits(length) {
        0 => packed.push(control(length + 1)),
        digits => {
            packed.push(control(LONG));
            for digit in 0..digits {
                let more = if digit + 1 < digits { 0x10 } else { 0 };
                packed.push(control(length >> (4 * digit) & 0xf | more));
            }
        }
    }
}

/// Five bits as a character.
fn control(bits: usize) -> char {
    u8::try_from(bits).map_or('\0', char::from)
}

/// Takes the length before a value off the front.
fn take_place(rest: &mut &[u8]) -> Place {
    match take_byte(rest) {
        MISSING => Place::Missing,
        AS_TWIN => Place::AsTwin,
        LONG => {
            let (mut length, mut shift) = (0_usize, 0);
            loop {
                let digit = take_byte(rest);
                length |= (digit & 0xf) << shift;
                shift += 4;
                if digit & 0x10 == 0 {
                    break Place::Own(length);
                }
            }
        }
        short => Place::Own(short - 1),
    }
}

fn take_byte(rest: &mut &[u8]) -> usize {
    let Some((byte, behind)) = rest.split_first() else { return MISSING };
    *rest = behind;
    usize::from(*byte)
}

impl Case {
    /// A case from its fields; a field named twice keeps the last value.
    pub fn from_fields(fields: impl IntoIterator<Item = (Field, Option<String>)>) -> Self {
        let mut values: [Option<String>; 16] = Default::default();
        for (field, value) in fields {
            if let Some(slot) = values.get_mut(field as usize) {
                *slot = value;
            }
        }
        Self { packed: pack(&values.each_ref().map(Option::as_deref)) }
    }

    /// A case from its values in field order.
    pub fn from_values(values: &[Option<&str>; 16]) -> Self {
        Self { packed: pack(values) }
    }

    /// The value of a field as received.
    pub fn get(&self, field: Field) -> Option<&str> {
        let mut rest = self.packed.as_bytes();
        for at in 0..=field as usize {
            let place = take_place(&mut rest);
            if at < field as usize {
                let length = if let Place::Own(length) = place { length } else { 0 };
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            let start = self.packed.len() - rest.len();
            return match place {
                Place::Missing => None,
                Place::AsTwin => self.get(twin(field)?),
                Place::Own(length) => self.packed.get(start..start + length),
            };
        }
        None
    }

    /// All values as received, in field order: what [`Case::get`] gives one by one, in one walk.
    pub fn values(&self) -> [Option<&str>; 16] {
        let mut values = [None; 16];
        let mut rest = self.packed.as_bytes();
        for field in Field::ALL {
            let value = match take_place(&mut rest) {
                Place::Missing => None,
                Place::AsTwin => twin(field).and_then(|twin| values.get(twin as usize).copied().flatten()),
                Place::Own(length) => {
                    let start = self.packed.len() - rest.len();
                    rest = rest.get(length..).unwrap_or_default();
                    self.packed.get(start..start + length)
                }
            };
            if let Some(slot) = values.get_mut(field as usize) {
                *slot = value;
            }
        }
        values
    }

    /// Every value in one text, with something between them that nobody looks for.
    pub(super) fn body(&self) -> &str {
        &self.packed
    }

    /// The value of a field, an empty text where there is none.
    pub fn text(&self, field: Field) -> &str {
        self.get(field).unwrap_or_default()
    }

    /// Replaces one value.
    #[expect(clippy::needless_pass_by_value, reason = "a value is given away, wherever it comes to lie")]
    pub fn set(&mut self, field: Field, value: Option<String>) {
        let mut values = self.values();
        if let Some(slot) = values.get_mut(field as usize) {
            *slot = value.as_deref();
        }
        self.packed = pack(&values);
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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn whatever_is_put_in_comes_out(
            values in prop::collection::vec(prop::option::of("[\u{0}\u{1e}\u{1f}a-c陈]{0,40}"), 16),
            place in 0..16_usize, other in prop::option::of(prop_oneof!["\\PC{0,9}", Just("x".repeat(40_000))]),
            twins in any::<bool>()
        ) {
            let mut values = values;
            if twins {
                values[Field::OriginTradeAmount as usize] = values[Field::Amount as usize].clone();
                values[Field::OriginTradeCurrency as usize] = values[Field::Currency as usize].clone();
            }
            let fields = || Field::ALL.into_iter().zip(values.iter().cloned());
            let mut case = Case::from_fields(fields());
            for (field, value) in fields() {
                prop_assert_eq!(case.get(field), value.as_deref());
                prop_assert_eq!(case.values().into_iter().nth(field as usize), Some(case.get(field)));
            }
            let moved = Field::ALL[place];
            case.set(moved, other.clone());
            for (field, value) in fields() {
                let expected = if field == moved { &other } else { &value };
                prop_assert_eq!(case.get(field), expected.as_deref());
            }
            case.set(moved, values[place].clone());
            prop_assert_eq!(&case, &Case::from_fields(fields()));
            prop_assert!(fields().all(|(_, value)| value.is_none_or(|value| case.body().contains(&value))));
        }
    }

    #[test]
    fn every_length_is_found_again() {
        for length in (0..300).chain([4_095, 4_096, 65_535, 65_536]) {
            let text = "x".repeat(length);
            let case =
                Case::from_fields([(Field::OutUserId, Some(text.clone())), (Field::Fee, Some("1".into()))]);
            assert_eq!((case.text(Field::OutUserId), case.text(Field::Fee)), (text.as_str(), "1"));
            let room = case.packed.len() - length;
            assert!(room == 17 || length > 28, "{room} beside {length}");
        }
    }

    #[test]
    fn what_the_order_amounts_to_is_written_once() {
        let of = |order: &str| {
            Case::from_fields([
                (Field::Amount, Some("5000.00".into())),
                (Field::OriginTradeAmount, Some(order.into())),
            ])
        };
        assert_eq!(of("5000.00").packed.len(), 16 + 7);
        assert_eq!(of("5000.01").packed.len(), 16 + 14);
        assert_eq!(of("5000.00").text(Field::OriginTradeAmount), "5000.00");
    }

    #[test]
    fn every_field_has_its_own_slot() {
        let case = Case::from_fields(Field::ALL.map(|field| (field, Some(field.wire().to_owned()))));
        assert!(Field::ALL.iter().all(|&field| case.text(field) == field.wire()));
    }
}
