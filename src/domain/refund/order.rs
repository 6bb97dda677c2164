//! An order whose money may go back: what PayerMax said of it through its cases (caseSearch page).

use rust_decimal::Decimal;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::case::{Case, Field, Verdict};
use crate::domain::ids::CaseId;
use crate::domain::money::{self, Sums};
use crate::domain::stage::Stage;

/// Orders are refundable so many days after the payment (refund page). Methods differ, so that beyond it docket warns
/// and does not forbid.
pub const WINDOW_DAYS: i64 = 180;

/// What is known of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// `outTradeNo`.
    pub number: String,
    /// `tradeToken`, where a case gives it.
    pub trade_token: Option<String>,
    /// The currency of the order; `None` when no case is tracked, or when its cases contradict each other.
    pub currency: Option<String>,
    /// `originTradeAmount`: the most that can go back as far as is known here. The paid amount itself is in no answer.
    pub paid: Option<Decimal>,
    /// `tradeCreateTime`.
    pub traded_at: Option<OffsetDateTime>,
    /// The tracked cases of the order.
    pub cases: Vec<OrderCase>,
}

/// A case of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderCase {
    /// Which case.
    pub id: CaseId,
    /// Its status as received.
    pub status: String,
    /// What the status means.
    pub stage: Stage,
    /// What is frozen, or was before it was lost, with its currency.
    pub frozen: Option<(Decimal, String)>,
    /// Whether the dispute was lost: the customer has this money already.
    pub is_lost: bool,
}

impl OrderCase {
    /// Whether the dispute may still take the money: everything but a case that is known to be over.
    pub fn is_open(&self) -> bool {
        self.stage != Stage::Closed
    }
}

impl Order {
    /// Gathers what the tracked cases say of an order; cases of other orders are passed over.
    pub fn of<'c>(number: &str, cases: impl IntoIterator<Item = (&'c CaseId, &'c Case)>) -> Self {
        let mut order = Self { number: number.to_owned(), ..Self::default() };
        let mut currencies: Vec<String> = Vec::new();
        for (id, case) in cases.into_iter().filter(|(_, case)| case.text(Field::OutTradeNo) == number) {
            let currency = order_currency(case);
            if !currency.is_empty() && !currencies.iter().any(|known| known == currency) {
                currencies.push(currency.to_owned());
            }
            let paid = money::parse_received(case.text(Field::OriginTradeAmount));
            // Where cases differ, the smaller amount is the safer limit.
            order.paid = [order.paid, paid].into_iter().flatten().min();
            let token = Some(case.text(Field::TradeToken)).filter(|token| !token.is_empty());
            order.trade_token = order.trade_token.or_else(|| token.map(str::to_owned));
            let traded_at = OffsetDateTime::parse(case.text(Field::TradeCreateTime).trim(), &Rfc3339).ok();
            order.traded_at = [order.traded_at, traded_at].into_iter().flatten().min();
            order.cases.push(order_case(id, case));
        }
        if let [one] = currencies.as_slice() {
            order.currency = Some(one.clone());
        }
        order
    }

    /// The cases that may still take the money.
    pub fn open_cases(&self) -> impl Iterator<Item = &OrderCase> {
        self.cases.iter().filter(|case| case.is_open())
    }

    /// The case that decides what can be done besides a refund: one that needs a reply, else one of which nobody knows,
    /// else one that waits; when none is open any more, a lost one.
    pub fn deciding_case(&self) -> Option<&OrderCase> {
        let rank = |case: &&OrderCase| match case.stage {
            Stage::Due => 0,
            Stage::Unknown => 1,
            Stage::Waiting => 2,
            Stage::Closed => 3,
        };
        self.open_cases().min_by_key(rank).or_else(|| self.lost_cases().next())
    }

    /// Whether a case of the order is still open: its money is frozen already, and a refund is paid on top.
    pub fn is_disputed(&self) -> bool {
        self.open_cases().next().is_some()
    }

    /// The cases that were lost: a refund would be paid on top of what the customer got through them.
    pub fn lost_cases(&self) -> impl Iterator<Item = &OrderCase> {
        self.cases.iter().filter(|case| case.is_lost)
    }

    /// Whether the customer may have the money already, or may yet get it, without a refund.
    pub fn may_pay_twice(&self) -> bool {
        self.is_disputed() || self.lost_cases().next().is_some()
    }

    /// What lost cases have cost, per currency.
    pub fn lost(&self) -> Sums {
        let mut sums = Sums::default();
        for (amount, currency) in self.lost_cases().filter_map(|case| case.frozen.as_ref()) {
            sums.add(currency, *amount);
        }
        sums
    }

    /// What open cases have frozen, per currency.
    pub fn frozen(&self) -> Sums {
        let mut sums = Sums::default();
        for (amount, currency) in self.open_cases().filter_map(|case| case.frozen.as_ref()) {
            sums.add(currency, *amount);
        }
        sums
    }

    /// Whole days since the payment; none have passed by a clock that was set back before it.
    pub fn age_days(&self, now: OffsetDateTime) -> Option<i64> {
        self.traded_at.map(|at| (now - at).whole_days().max(0))
    }

    /// Days until the refund window ends; negative beyond it.
    pub fn days_left(&self, now: OffsetDateTime) -> Option<i64> {
        self.age_days(now).map(|age| WINDOW_DAYS - age)
    }
}

/// The currency the customer paid in; of a case that does not name it, the frozen one.
fn order_currency(case: &Case) -> &str {
    match case.text(Field::OriginTradeCurrency).trim() {
        "" => case.currency(),
        origin => origin,
    }
}

fn order_case(id: &CaseId, case: &Case) -> OrderCase {
    let currency = case.currency();
    OrderCase {
        id: id.clone(),
        status: case.text(Field::Status).to_owned(),
        stage: case.stage(),
        frozen: case.amount().map(|amount| (amount, currency.to_owned())),
        is_lost: case.stage() == Stage::Closed && case.verdict() == Verdict::Lost,
    }
}
