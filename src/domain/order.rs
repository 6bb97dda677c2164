//! The stated, stable order of a list of cases.

use std::cmp::{Ordering, Reverse};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::case::{Case, Field};
use super::stage::Stage;
use super::tracked::Tracked;

/// What a list is sorted by. Ties are always broken by due date, money at risk and id, in that order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// Soonest due date first.
    #[default]
    Due,
    /// By currency name, larger amounts first.
    Amount,
    /// By case id.
    Id,
    /// By status text.
    Status,
    /// By the merchant's order number.
    Order,
    /// Latest observed change first.
    Changed,
    /// Oldest data first.
    Refreshed,
}

impl SortBy {
    /// Every order, in the sequence in which the sort key goes through them.
    pub const ALL: [SortBy; 7] =
        [Self::Due, Self::Amount, Self::Id, Self::Status, Self::Order, Self::Changed, Self::Refreshed];

    /// The word on the command line and in the header.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Amount => "amount",
            Self::Id => "id",
            Self::Status => "status",
            Self::Order => "order",
            Self::Changed => "changed",
            Self::Refreshed => "refreshed",
        }
    }

    /// What stands first in it.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Due => "soonest due date first",
            Self::Amount => "by currency, largest first",
            Self::Id => "by case id",
            Self::Status => "by status",
            Self::Order => "by the merchant's order number",
            Self::Changed => "latest change first",
            Self::Refreshed => "oldest data first",
        }
    }

    /// The order after this one.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|&sort| sort == self).unwrap_or_default();
        Self::ALL.get(at + 1).copied().unwrap_or_default()
    }

    /// Compares two cases under this order; never equal for two different ids.
    pub fn compare(self, a: &Tracked, b: &Tracked) -> Ordering {
        self.chosen(a, b)
            .then_with(|| due_key(a).cmp(&due_key(b)))
            .then_with(|| by_money(a, b))
            .then_with(|| a.id.cmp(&b.id))
    }

    /// Compares two cases with the same [`SortBy::hint`] under this order alone, ties left as they are.
    pub fn compare_alone(self, a: &Tracked, b: &Tracked, hint: u128) -> Ordering {
        let whole = match self {
            Self::Status | Self::Order => hint & u128::from(u16::MAX) <= TEXT_MAX,
            Self::Changed | Self::Refreshed => true,
            Self::Due | Self::Amount | Self::Id => false,
        };
        if whole { Ordering::Equal } else { self.chosen(a, b) }
    }

    /// The beginning of what this order compares, as a number: where two differ, the cases are in that order, whatever
    /// else they hold.
    pub fn hint(self, tracked: &Tracked) -> u128 {
        match self {
            Self::Due => {
                let (class, due) = due_key(tracked);
                let day = due.map_or(0, |date| u128::from(date.to_julian_day().cast_unsigned() ^ SIGN));
                // Above them are the thirty-two bits of a currency and the sixty-two of an amount.
                u128::from(class) << 126 | day << 94 | money_hint(tracked)
            }
            Self::Amount => money_hint(tracked),
            Self::Id => text_hint(tracked.id.as_str()),
            Self::Status => text_hint(text(tracked, Field::Status)),
            Self::Order => text_hint(text(tracked, Field::OutTradeNo)),
            Self::Changed => u128::MAX - instant_hint(tracked.changed_at),
            Self::Refreshed => instant_hint(tracked.refreshed_at),
        }
    }

    fn chosen(self, a: &Tracked, b: &Tracked) -> Ordering {
        match self {
            Self::Due => Ordering::Equal,
            Self::Amount => by_money(a, b),
            Self::Id => a.id.cmp(&b.id),
            Self::Status => text(a, Field::Status).cmp(text(b, Field::Status)),
            Self::Order => text(a, Field::OutTradeNo).cmp(text(b, Field::OutTradeNo)),
            Self::Changed => Reverse(a.changed_at).cmp(&Reverse(b.changed_at)),
            Self::Refreshed => a.refreshed_at.cmp(&b.refreshed_at),
        }
    }
}

/// The sign of a day, turned round so that what is past comes first.
const SIGN: u32 = 1 << 31;
/// Amounts of so many hundredths and more are told apart by a closer look only.
const HUNDREDTHS_MAX: u64 = (1 << 62) - 2;

/// Currency and amount in ninety-four bits.
fn money_hint(tracked: &Tracked) -> u128 {
    let (currency, whole) = currency_hint(currency(tracked));
    let amount = tracked.case.as_ref().and_then(Case::amount).map_or(HUNDREDTHS_MAX + 1, |amount| {
        let hundredths = amount.checked_mul(Decimal::ONE_HUNDRED).map_or(HUNDREDTHS_MAX, |hundredths| {
            let hundredths = hundredths.max(Decimal::ZERO).to_u64();
            hundredths.map_or(HUNDREDTHS_MAX, |hundredths| hundredths.min(HUNDREDTHS_MAX))
        });
        HUNDREDTHS_MAX - hundredths
    });
    // Of currencies that look alike here the amounts must not be compared.
    currency << 62 | if whole { u128::from(amount) } else { 0 }
}

/// The first four characters of a currency, as in [`text_hint`], and whether that is all of it.
fn currency_hint(currency: &str) -> (u128, bool) {
    let hint = text_hint(currency) >> (16 + 7 * 12);
    let whole = currency.len() <= 4 && currency.bytes().all(|byte| (1..0x7f).contains(&byte));
    (hint << 1 | u128::from(!whole), whole)
}

/// The beginning of a text: its first sixteen characters in seven bits each, up to the first that is not plain ASCII, and
/// then its length where that is all of it.
fn text_hint(text: &str) -> u128 {
    let plain = text.bytes().take_while(|byte| *byte < 0x7f).take(16);
    let (mut hint, mut taken) = (0_u128, 0);
    for byte in plain {
        hint = hint << 7 | u128::from(byte);
        taken += 1;
    }
    if taken == text.len() {
        return hint << (7 * (16 - taken)) << 16 | text.len() as u128;
    }
    // What cuts it off comes after every plain character.
    if taken < 16 {
        hint = (hint << 7 | 0x7f) << (7 * (15 - taken));
    }
    hint << 16 | (TEXT_MAX + 1)
}

/// How many characters of a text a hint has room for.
const TEXT_MAX: u128 = 16;

/// An instant as a number that is never 0, which stands for none.
fn instant_hint(at: Option<time::OffsetDateTime>) -> u128 {
    // All instants lie within a hundred bits around 1970.
    at.map_or(0, |at| (at.unix_timestamp_nanos() + (1 << 120)).cast_unsigned())
}

/// The place of a case in order of due date, as bytes:
/// The place of a case in order of due date, as bytes: two cases compare as their bytes do and then as their ids, exactly
/// as under [`SortBy::Due`]. For an index that must know the first screenful without reading the rest.
pub fn due_rank(tracked: &Tracked) -> Vec<u8> {
    let (class, due) = due_key(tracked);
    let mut rank = due.map_or_else(|| vec![class], date_rank);
    // No text ends in the middle of another: a NUL is followed by something greater than what ends the text.
    for byte in currency(tracked).bytes() {
        rank.push(byte);
        if byte == 0 {
            rank.push(u8::MAX);
        }
    }
    rank.extend([0, 0]);
    match tracked.case.as_ref().and_then(Case::amount) {
        None => rank.push(u8::MAX),
        Some(amount) => {
            rank.push(0);
            let floor = amount.floor();
            // At most twenty digits on either side of the point, so that neither part can overflow.
            let whole = floor.to_i128().unwrap_or_default();
            let part = ((amount - floor) * Decimal::from(PART)).to_u64().unwrap_or_default();
            let ascending = (whole ^ i128::MIN).to_be_bytes().into_iter().chain(part.to_be_bytes());
            rank.extend(ascending.map(|byte| !byte));
        }
    }
    rank
}

/// Twenty digits with one of them before the point leave at most nineteen behind it.
const PART: u64 = 10_000_000_000_000_000_000;

/// What the [`due_rank`] of every case with this due date begins with; of cases without a readable one that ask for a
/// reply, it is less.
pub fn date_rank(date: time::Date) -> Vec<u8> {
    let day = date.to_julian_day() ^ i32::MIN;
    std::iter::once(1).chain(day.to_be_bytes()).collect()
}

/// A case that needs a reply and whose date nobody can read goes first; other dateless cases go last.
fn due_key(tracked: &Tracked) -> (u8, Option<time::Date>) {
    match tracked.case.as_ref().and_then(Case::due) {
        Some(date) => (1, Some(date)),
        None if tracked.stage() == Stage::Due => (0, None),
        None => (2, None),
    }
}

/// Currency by name, then the larger amount first; a case without an amount goes last in its currency.
fn by_money(a: &Tracked, b: &Tracked) -> Ordering {
    let key = |tracked: &Tracked| tracked.case.as_ref().and_then(Case::amount);
    currency(a).cmp(currency(b)).then_with(|| key(b).cmp(&key(a)))
}

fn currency(tracked: &Tracked) -> &str {
    tracked.case.as_ref().map(Case::currency).unwrap_or_default()
}

fn text(tracked: &Tracked, field: Field) -> &str {
    tracked.case.as_ref().map(|case| case.text(field)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::ids::CaseId;
    use super::*;
    use proptest::prelude::*;

    fn case(id: &str, due: &str, currency: &str, amount: &str) -> Tracked {
        let mut tracked = Tracked::new(CaseId::parse(id).unwrap());
        tracked.case = Some(Case::from_fields([
            (Field::Status, Some("DISPUTE_INQUIRY".to_owned())),
            (Field::ExpirationDate, Some(due.to_owned())),
            (Field::Currency, Some(currency.to_owned())),
            (Field::Amount, Some(amount.to_owned())),
        ]));
        tracked
    }

    #[test]
    fn due_date_then_money_then_id() {
        let mut cases = [
            case("O6", "2026-11-21", "USD", "9.00"),
            case("O5", "2026-11-20", "USD", "9.00"),
            case("O4", "2026-11-20", "USD", "10.00"),
            case("O3", "2026-11-20", "IDR", "5.00"),
            case("O2", "2026-11-20", "USD", "9.00"),
            case("O1", "garbled", "USD", "1.00"),
            Tracked::new(CaseId::parse("O0").unwrap()),
        ];
        cases.sort_by(|a, b| SortBy::Due.compare(a, b));
        let ids: Vec<_> = cases.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(ids, ["O1", "O3", "O4", "O2", "O5", "O6", "O0"]);
    }

    fn any_case() -> impl Strategy<Value = Tracked> {
        let due =
            prop::sample::select(vec!["2026-11-20", "2026-11-21", "-2026-11-21", "0001-01-01", "soon", ""]);
        let currency = prop::sample::select(vec!["USD", "US", "", "US\u{0}", "US\u{0}D", "陈"]);
        let status = prop::sample::select(vec!["DISPUTE_INQUIRY", "CASE_CLOSED"]);
        let amount = prop_oneof![
            "-?[0-9]{1,3}\\.[0-9]{1,3}",
            "-?[0-9]{1,20}",
            "-?[0-9]\\.[0-9]{1,19}",
            "-?[0-9]{10}\\.[0-9]{10}",
            Just(String::new()),
        ];
        let order = "[a\u{0}\u{7f}陈]{0,4}(aaaaaaaaaaaa)?[a\u{0}\u{7f}陈]{0,2}";
        let at = prop::option::of(
            (-3_i64..3).prop_map(|at| time::OffsetDateTime::UNIX_EPOCH + time::Duration::days(at)),
        );
        let words = (currency, status, order, at);
        ("O[1-3]", due, words, amount).prop_map(|(id, due, (currency, status, order, at), amount)| {
            let mut tracked = case(&id, due, currency, &amount);
            (tracked.changed_at, tracked.refreshed_at) = (at, at);
            if let Some(case) = tracked.case.as_mut() {
                case.set(Field::Status, Some(status.to_owned()));
                case.set(Field::OutTradeNo, Some(order));
            }
            tracked
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn ranks_compare_as_the_cases_do(a in any_case(), b in any_case()) {
            let by_rank = (due_rank(&a), &a.id).cmp(&(due_rank(&b), &b.id));
            prop_assert_eq!(by_rank, SortBy::Due.compare(&a, &b));
            for sort in SortBy::ALL {
                let (first, second) = (sort.hint(&a), sort.hint(&b));
                match first.cmp(&second) {
                    Ordering::Equal => {
                        let alone = sort.compare_alone(&a, &b, first);
                        prop_assert_eq!(alone, sort.chosen(&a, &b), "{:?}", sort);
                    }
                    order => prop_assert_eq!(order, sort.compare(&a, &b), "{:?}", sort),
                }
            }
            if let Some(date) = a.case.as_ref().and_then(Case::due) {
                prop_assert!(due_rank(&a).starts_with(&date_rank(date)));
            }
        }
    }

    #[test]
    fn the_sort_key_goes_through_every_order_and_back() {
        let mut sort = SortBy::default();
        for _ in SortBy::ALL {
            sort = sort.next();
        }
        assert_eq!(sort, SortBy::default());
    }
}
