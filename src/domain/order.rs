//! The stated, stable order of a list of cases.

use std::cmp::{Ordering, Reverse};

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

    /// The order after this one.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|&sort| sort == self).unwrap_or_default();
        Self::ALL.get(at + 1).copied().unwrap_or_default()
    }

    /// Compares two cases under this order; never equal for two different ids.
    pub fn compare(self, a: &Tracked, b: &Tracked) -> Ordering {
        let chosen = match self {
            Self::Due => Ordering::Equal,
            Self::Amount => by_money(a, b),
            Self::Id => a.id.cmp(&b.id),
            Self::Status => text(a, Field::Status).cmp(text(b, Field::Status)),
            Self::Order => text(a, Field::OutTradeNo).cmp(text(b, Field::OutTradeNo)),
            Self::Changed => Reverse(a.changed_at).cmp(&Reverse(b.changed_at)),
            Self::Refreshed => a.refreshed_at.cmp(&b.refreshed_at),
        };
        chosen
            .then_with(|| due_key(a).cmp(&due_key(b)))
            .then_with(|| by_money(a, b))
            .then_with(|| a.id.cmp(&b.id))
    }
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

    #[test]
    fn the_sort_key_goes_through_every_order_and_back() {
        let mut sort = SortBy::default();
        for _ in SortBy::ALL {
            sort = sort.next();
        }
        assert_eq!(sort, SortBy::default());
    }
}
