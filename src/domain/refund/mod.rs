//! A refund: money of an order that goes back (refund page, version 1.5; legacy page, version 2.1).
//!
//! A [`Refund`] that exists can be sent as far as its own words go: everything the pages forbid was refused on the way to
//! it. What else stands in its way (earlier refunds, the policy) is asked of its [`OrderFile`].

mod against;
mod amount;
mod approval;
mod earlier;
mod limits;
mod order;
mod problem;

#[cfg(test)]
mod tests;

use rust_decimal::Decimal;
use time::{OffsetDateTime, UtcOffset};

pub use against::{Against, Meant, Turn};
pub use amount::{Amount, AmountFault};
pub use approval::{Ours, Person, REQUEST_HOLDS, Request, Unapprovable};
pub use earlier::{Earlier, Fate, Next, REFUND_FAILED, REFUND_PENDING, REFUND_SUCCESS, SLOT_MAX, next};
pub use limits::{ANY_CURRENCY, Forbidden, Limits, Rule};
pub use order::{Order, OrderCase, WINDOW_DAYS};
pub use problem::Problem;

use super::money::Sums;
use super::record::{ActionRecord, Kind};
use super::shown;

/// The longest `outTradeNo`, in characters.
pub const ORDER_MAX_CHARS: usize = 64;
/// The longest `comments`, in characters.
pub const COMMENT_MAX_CHARS: usize = 512;
/// The longest `comment` of a legacy refund, in characters.
pub const LEGACY_COMMENT_MAX_CHARS: usize = 256;
/// The longest `refundNotifyUrl` or `callbackUrl`, in characters.
pub const NOTIFY_MAX_CHARS: usize = 256;
/// The longest `email` of a legacy refund, in characters.
pub const EMAIL_MAX_CHARS: usize = 32;
/// The longest `amount` of a legacy refund, in characters.
pub const LEGACY_AMOUNT_MAX_CHARS: usize = 12;

/// Which interface of PayerMax a refund takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Road {
    /// `refund` of the present gateway.
    #[default]
    Current,
    /// `refundApply` of the legacy interface, version 2.1.
    Legacy,
}

/// A refund that can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// `outTradeNo`.
    pub order: String,
    /// `tradeToken`, when the operator named the order by it.
    pub trade_token: Option<String>,
    /// How much.
    pub amount: Amount,
    /// `comments`; `None` when there is nothing to say.
    pub comment: Option<String>,
    /// `refundNotifyUrl`; `None` leaves it to the merchant portal.
    pub notify_url: Option<String>,
    /// Which interface it takes.
    pub road: Road,
    /// `email` of a legacy refund (Brazil: Lottery and Boleto).
    pub email: Option<String>,
}

#[cfg(test)]
impl Refund {
    /// So much of an order, and nothing said about it.
    pub(crate) fn plain(order: &str, amount: &str, currency: &str) -> Self {
        Self {
            order: order.into(),
            trade_token: None,
            amount: Amount::parse(amount, currency).unwrap(),
            comment: None,
            notify_url: None,
            road: Road::Current,
            email: None,
        }
    }
}

/// What the operator wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The amount as typed.
    pub amount: String,
    /// The currency as typed; `None` takes the order's.
    pub currency: Option<String>,
    /// The comment.
    pub comment: String,
    /// The notify address.
    pub notify_url: String,
    /// Which interface.
    pub road: Road,
    /// The email address.
    pub email: String,
    /// The trade token, when the order was named by it.
    pub trade_token: Option<String>,
}

/// Everything known of an order's money: its cases, its earlier refunds, and what was refunded today.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFile {
    /// The order.
    pub order: Order,
    /// Its earlier refunds, oldest first.
    pub earlier: Vec<Earlier>,
    /// What was refunded today, of any order of the profile.
    pub today: Sums,
}

impl OrderFile {
    /// Gathers an order's refunds from the journal and from elsewhere. What the journal knows better is left out of
    /// `elsewhere`. `zone` says when the day begins.
    pub fn new(
        order: Order,
        journal: &[ActionRecord],
        elsewhere: &[Earlier],
        now: OffsetDateTime,
        zone: UtcOffset,
    ) -> Self {
        let of_order = |record: &&ActionRecord| record.intent.order.as_deref() == Some(order.number.as_str());
        let mut earlier: Vec<Earlier> = journal.iter().filter(of_order).filter_map(Earlier::of).collect();
        earlier.sort_by_key(|one| one.at);
        // A number whose refund was taken here, or may have been, is this host's own. One that was refused or never
        // received here is somebody else's when PayerMax knows it.
        let taken = |one: &Earlier| !matches!(one.fate, Fate::Refused | Fate::NotReceived);
        let own = |number: &str| earlier.iter().any(|one| one.number == number && taken(one));
        let others: Vec<Earlier> = elsewhere.iter().filter(|one| !own(&one.number)).cloned().collect();
        earlier.extend(others);
        Self { order, earlier, today: refunded_on(journal, now, zone) }
    }

    /// What has gone back, or may have.
    pub fn refunded(&self) -> Decimal {
        let counted = self.earlier.iter().filter(|one| one.fate.counts()).filter_map(|one| one.amount);
        counted.fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount).unwrap_or(Decimal::MAX))
    }

    /// An earlier refund of the same sum that counts: perhaps the same one, asked for twice.
    pub fn same_again(&self, amount: &Amount) -> Option<&Earlier> {
        let same = |one: &&Earlier| {
            one.fate.counts() && one.amount == Some(amount.value()) && one.currency == amount.currency()
        };
        self.earlier.iter().rev().find(same)
    }

    /// What is left to refund as far as is known here, never below zero; `None` as well when it cannot be told how much
    /// an earlier refund took.
    pub fn left(&self) -> Option<Decimal> {
        if self.uncountable().is_some() {
            return None;
        }
        let left = self.order.paid?.checked_sub(self.refunded()).unwrap_or_default();
        Some(left.max(Decimal::ZERO))
    }

    /// An earlier refund that counts, and of which it cannot be told how much it took off the order.
    pub fn uncountable(&self) -> Option<&Earlier> {
        let other = |one: &Earlier| self.order.currency.as_ref().is_some_and(|own| *own != one.currency);
        self.earlier.iter().find(|one| one.fate.counts() && (one.amount.is_none() || other(one)))
    }

    /// Which refund comes next.
    pub fn next(&self) -> Next {
        next(&self.earlier)
    }

    /// What would be lost in all if the open disputes are lost as well and the refund is paid, per currency.
    pub fn total_loss(&self, amount: &Amount) -> Sums {
        let mut sums = self.order.frozen();
        for (currency, lost) in self.order.lost().iter() {
            sums.add(currency, lost);
        }
        sums.add(amount.currency(), amount.value());
        sums
    }
}

/// The refunds of the day of `now` whose money has left, or may have. One that was sent again counts on that day.
fn refunded_on(journal: &[ActionRecord], now: OffsetDateTime, zone: UtcOffset) -> Sums {
    let mut sums = Sums::default();
    let today = now.to_offset(zone).date();
    let refunds = journal.iter().filter(|record| record.intent.kind == Kind::Refund);
    for record in refunds {
        let Some(one) = Earlier::of(record).filter(|one| one.fate.counts()) else { continue };
        let at = record.sent_at.unwrap_or(record.created_at);
        let on_the_day = at.to_offset(zone).date() == today;
        if let Some(amount) = one.amount.filter(|_| on_the_day) {
            sums.add(&one.currency, amount);
        }
    }
    sums
}

impl Written {
    /// Checks everything the pages ask for.
    ///
    /// # Errors
    /// Every [`Problem`], in the order of the form.
    pub fn for_order(&self, file: &OrderFile) -> Result<Refund, Vec<Problem>> {
        let mut problems: Vec<Problem> = order_problem(&file.order.number).into_iter().collect();
        let amount = self.amount_for(file).map_err(|problem| problems.push(problem)).ok();
        problems.extend(self.text_problems());
        if self.road == Road::Legacy {
            problems.extend(amount.as_ref().and_then(|amount| legacy_amount_problem(amount, file)));
        }
        match amount {
            Some(amount) if problems.is_empty() => Ok(Refund {
                order: file.order.number.clone(),
                trade_token: self.trade_token.clone(),
                amount,
                comment: given(&self.comment),
                notify_url: given(&self.notify_url),
                road: self.road,
                email: given(&self.email).filter(|_| self.road == Road::Legacy),
            }),
            _ => Err(problems),
        }
    }

    /// The amount, held against the order.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn amount_for(&self, file: &OrderFile) -> Result<Amount, Problem> {
        let order = &file.order;
        let currency = match (&self.currency, &order.currency) {
            (Some(typed), Some(order)) if typed != order => {
                return Err(Problem::OtherCurrency {
                    typed: shown::clipped(typed, 12).into_owned(),
                    order: order.clone(),
                });
            }
            (Some(typed), None) if order.cases.is_empty() => typed,
            (_, Some(order)) => order,
            (_, None) => return Err(Problem::NoCurrency),
        };
        let amount = Amount::parse(&self.amount, currency).map_err(Problem::Amount)?;
        match file.left() {
            Some(left) if amount.value() > left => {
                Err(Problem::Over { by: amount.value() - left, left, currency: currency.clone() })
            }
            _ => Ok(amount),
        }
    }

    fn text_problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let comment = self.comment.trim();
        let max = match self.road {
            Road::Current => COMMENT_MAX_CHARS,
            Road::Legacy => LEGACY_COMMENT_MAX_CHARS,
        };
        match comment.chars().count() {
            0 if self.road == Road::Legacy => problems.push(Problem::NoComment),
            chars if chars > max => problems.push(Problem::CommentTooLong { chars, max }),
            _ => {}
        }
        let hostile = comment.chars().find(|&c| c != '\n' && shown::is_hostile(c));
        problems.extend(hostile.map(Problem::CommentUnprintable));
        problems.extend(notify_problem(self.notify_url.trim()));
        let email = self.email.trim();
        if self.road == Road::Legacy && !email.is_empty() && !is_email(email) {
            problems.push(Problem::Email);
        }
        problems
    }
}

fn given(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn order_problem(number: &str) -> Option<Problem> {
    let chars = number.trim().chars().count();
    (chars == 0 || chars > ORDER_MAX_CHARS).then_some(Problem::Order(chars))
}

fn notify_problem(url: &str) -> Option<Problem> {
    let chars = url.chars().count();
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let plain = url.bytes().all(|b| b.is_ascii_graphic());
    match rest {
        _ if chars == 0 => None,
        _ if chars > NOTIFY_MAX_CHARS => Some(Problem::NotifyTooLong(chars)),
        Some(rest) if plain && rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') => None,
        _ => Some(Problem::NotifyForm),
    }
}

fn is_email(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_graphic()) && text.chars().count() <= EMAIL_MAX_CHARS;
    let parts = text.split_once('@').filter(|(name, host)| !name.is_empty() && !host.is_empty());
    plain && parts.is_some_and(|(_, host)| !host.contains('@'))
}

/// Legacy refunds are for the whole order, and their amount is a short text.
fn legacy_amount_problem(amount: &Amount, file: &OrderFile) -> Option<Problem> {
    if amount.wire().len() > LEGACY_AMOUNT_MAX_CHARS {
        return Some(Problem::LegacyDigits);
    }
    (file.order.paid != Some(amount.value())).then_some(Problem::NotWhole(file.order.paid))
}
