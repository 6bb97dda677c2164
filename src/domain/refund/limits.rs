//! What the policy allows to be refunded, with the file that says so: an operator who is stopped must know whom to ask.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use rust_decimal::Decimal;

use super::{Amount, OrderFile};
use crate::domain::ids::CaseId;
use crate::domain::money;

/// In `refund_approval_above`: every currency that is not named.
pub const ANY_CURRENCY: &str = "*";

/// A rule and the file it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<T> {
    /// What it says.
    pub value: T,
    /// The file.
    pub source: String,
}

/// The rules of `[policy]` that concern refunds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Set when refunds on open cases are forbidden.
    pub open_case_blocked: Option<Rule<()>>,
    /// The largest single refund, by currency, in major units.
    pub max: BTreeMap<String, Rule<Decimal>>,
    /// The most refunded in one day, by currency, in major units.
    pub daily_max: BTreeMap<String, Rule<Decimal>>,
    /// The largest refund that nobody else needs to approve, by currency or [`ANY_CURRENCY`], in major units.
    pub approval_above: BTreeMap<String, Rule<Decimal>>,
    /// Where requests wait for the one who approves them; `None` when nobody can be asked.
    pub requests_dir: Option<PathBuf>,
    /// For how many minutes the desk refunds after it was unlocked; 0 when it needs no unlocking.
    pub unlock_minutes: u16,
}

/// Why the policy forbids a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// `refund_open_case = "block"`.
    OpenCase {
        /// The open case.
        case: CaseId,
        /// The file.
        source: String,
    },
    /// The same, of an order of which no case is known.
    UnknownOrder {
        /// The file.
        source: String,
    },
    /// `refund_max`.
    OverMax {
        /// The limit.
        limit: Decimal,
        /// Its currency.
        currency: String,
        /// The file.
        source: String,
    },
    /// `refund_daily_max`.
    OverDay {
        /// The limit.
        limit: Decimal,
        /// What was refunded today already.
        used: Decimal,
        /// The currency of both.
        currency: String,
        /// The file.
        source: String,
    },
    /// `refund_approval_above`, and no directory in which somebody could be asked.
    NobodyToAsk {
        /// In words, that a second person must approve it.
        needed: String,
    },
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenCase { case, source } => write!(
                f,
                "case {case} of this order is still open, and refunds on open cases are blocked by refund_open_case in \
                 {source}"
            ),
            Self::UnknownOrder { source } => write!(
                f,
                "no case of this order is known, so that nobody can tell whether one is open, and refunds on open cases \
                 are blocked by refund_open_case in {source}; put its case on the list and refresh it"
            ),
            Self::OverMax { limit, currency, source } => write!(
                f,
                "one refund may be at most {} {currency}, by refund_max in {source}",
                money::shown(*limit)
            ),
            Self::OverDay { limit, used, currency, source } => write!(
                f,
                "refunds of one day may be at most {} {currency} and {} are used today, by refund_daily_max in {source}",
                money::shown(*limit),
                money::shown(*used)
            ),
            Self::NobodyToAsk { needed } => {
                write!(f, "{needed}, and no refund_requests_dir says where to ask one")
            }
        }
    }
}

impl Limits {
    /// What the policy has against any refund of an order, whatever its amount.
    pub fn forbid_order(&self, file: &OrderFile) -> Option<Forbidden> {
        let rule = self.open_case_blocked.as_ref()?;
        let source = rule.source.clone();
        match file.order.open_cases().next() {
            Some(case) => Some(Forbidden::OpenCase { case: case.id.clone(), source }),
            None => file.order.cases.is_empty().then_some(Forbidden::UnknownOrder { source }),
        }
    }

    /// What the policy has against this refund.
    pub fn forbid(&self, file: &OrderFile, amount: &Amount) -> Option<Forbidden> {
        self.forbid_order(file)
            .or_else(|| self.over_max(amount))
            .or_else(|| self.over_day(file, amount))
            .or_else(|| self.nobody_to_ask(amount))
    }

    /// The limit that a refund is above, so that a second person must approve it.
    pub fn approval_for(&self, amount: &Amount) -> Option<&Rule<Decimal>> {
        let limit = |currency| self.approval_above.get(currency);
        limit(amount.currency()).or_else(|| limit(ANY_CURRENCY)).filter(|rule| amount.value() > rule.value)
    }

    fn nobody_to_ask(&self, amount: &Amount) -> Option<Forbidden> {
        let needed = self.approval_words(amount).filter(|_| self.requests_dir.is_none())?;
        Some(Forbidden::NobodyToAsk { needed })
    }

    fn over_max(&self, amount: &Amount) -> Option<Forbidden> {
        let rule = self.max.get(amount.currency()).filter(|rule| amount.value() > rule.value)?;
        Some(Forbidden::OverMax {
            limit: rule.value,
            currency: amount.currency().to_owned(),
            source: rule.source.clone(),
        })
    }

    fn over_day(&self, file: &OrderFile, amount: &Amount) -> Option<Forbidden> {
        let rule = self.daily_max.get(amount.currency())?;
        let used = file.today.of(amount.currency());
        let after = used.checked_add(amount.value()).unwrap_or(Decimal::MAX);
        (after > rule.value).then(|| Forbidden::OverDay {
            limit: rule.value,
            used,
            currency: amount.currency().to_owned(),
            source: rule.source.clone(),
        })
    }
}
