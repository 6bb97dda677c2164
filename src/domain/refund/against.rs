//! What stands against a refund, given all that is known of its order. The form asks while it is written, the command line
//! before it shows its page, and the road before the send and once more while the journal is held: the same questions in
//! the same order and the same words, so that nobody is told one thing on the screen and another in the journal. What can
//! be done about it differs from place to place, and each adds that itself.

use std::fmt;

use super::{Earlier, Forbidden, Limits, Next, OrderFile, Problem, Refund, Written};
use crate::domain::ids::CaseId;
use crate::domain::record::ActionId;
use crate::domain::{money, shown};

/// Which refund of an order is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn<'a> {
    /// The next one, under whichever number that is.
    Next,
    /// The next one, and its ordinal is to be the one that was shown.
    Slot(u8),
    /// One that was never received, once more.
    Again(&'a ActionId),
}

/// A refund as it is meant.
#[derive(Clone, Copy, Debug)]
pub struct Meant<'a> {
    /// Its words.
    pub written: &'a Written,
    /// Which one of its order it is.
    pub turn: Turn<'a>,
    /// Whether the operator went on although a case of the order is open.
    pub although_open: bool,
}

/// What stands against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// An earlier refund of the order is not over.
    Busy(Earlier),
    /// Every number of the order is used up.
    Exhausted,
    /// This one was never received, and only it may go out, with its own contents.
    ComesFirst(ActionId),
    /// Another one is next by now than the one that was shown.
    OtherSlot {
        /// The ordinal that was shown.
        shown: u8,
        /// The one that is next.
        next: u8,
    },
    /// This one cannot be sent again any more.
    NotAgain(ActionId),
    /// It cannot be told how much this one took off the order, so that what is left cannot be told either.
    Uncountable(Earlier),
    /// A rule of the form.
    Broken(Problem),
    /// The policy.
    Forbidden(Forbidden),
    /// A case of the order is open, and nobody has gone on although it is.
    OpenCase {
        /// Which case.
        case: CaseId,
        /// Its status as received.
        status: String,
    },
}

impl OrderFile {
    /// What stands against a refund, the first of it; `None` when nothing does.
    pub fn against(&self, limits: &Limits, meant: Meant<'_>) -> Option<Against> {
        if let Some(against) = self.against_turn(meant.turn) {
            return Some(against);
        }
        if let Some(one) = self.uncountable() {
            return Some(Against::Uncountable(one.clone()));
        }
        match meant.written.for_order(self) {
            Err(problems) => problems.into_iter().next().map(Against::Broken),
            Ok(refund) => limits.forbid(self, &refund.amount).map(Against::Forbidden),
        }
        .or_else(|| self.open_case().filter(|_| !meant.although_open))
    }

    /// What stands against its turn: another refund of the order, whatever the words of this one are.
    pub fn against_turn(&self, turn: Turn<'_>) -> Option<Against> {
        match (self.next(), turn) {
            (Next::Busy(one), _) => Some(Against::Busy(one)),
            (Next::Exhausted, _) => Some(Against::Exhausted),
            (Next::Slot(next), Turn::Slot(shown)) if next != shown => {
                Some(Against::OtherSlot { shown, next })
            }
            (Next::Again(next), Turn::Again(id)) if next == *id => None,
            (_, Turn::Again(id)) => Some(Against::NotAgain(id.clone())),
            (Next::Again(id), _) => Some(Against::ComesFirst(id)),
            (Next::Slot(_), _) => None,
        }
    }

    fn open_case(&self) -> Option<Against> {
        let case = self.order.open_cases().next()?;
        Some(Against::OpenCase { case: case.id.clone(), status: case.status.clone() })
    }
}

impl From<&Refund> for Written {
    fn from(refund: &Refund) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            amount: refund.amount.wire(),
            currency: Some(refund.amount.currency().to_owned()),
            comment: text(&refund.comment),
            notify_url: text(&refund.notify_url),
            road: refund.road,
            email: text(&refund.email),
            trade_token: refund.trade_token.clone(),
        }
    }
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(one) => {
                let number = shown::line(&one.number);
                write!(f, "refund {number} of this order: {}, {}", one.fate.words(), sum(one))
            }
            Self::Exhausted => f.write_str(
                "every refund number of this order is used up; only the merchant portal can refund it",
            ),
            Self::ComesFirst(id) => {
                let id = shown::line(&id.0);
                write!(
                    f,
                    "refund {id} of this order was never received and comes first, with its own contents"
                )
            }
            Self::OtherSlot { shown, next } => {
                write!(f, "refund {shown} of this order was confirmed, and by now it would be refund {next}")
            }
            Self::NotAgain(id) => {
                write!(f, "{} is no longer a refund that can be sent again", shown::line(&id.0))
            }
            Self::Uncountable(one) => write!(
                f,
                "how much of this order is left cannot be told, because of refund {}: {}, {}",
                shown::line(&one.number),
                one.fate.words(),
                sum(one)
            ),
            Self::Broken(problem) => problem.fmt(f),
            Self::Forbidden(rule) => rule.fmt(f),
            Self::OpenCase { case, status } => write!(
                f,
                "case {} of this order is open now: {}, so that the money could be lost twice",
                shown::line(case.as_str()),
                if status.trim().is_empty() { "no status".into() } else { shown::line(status) }
            ),
        }
    }
}

/// `2,000.00 IDR by ana`.
fn sum(one: &Earlier) -> String {
    let amount = one.amount.map_or_else(|| "an unreadable amount of".to_owned(), money::shown);
    let by = match (&one.action, one.by.as_deref()) {
        (None, _) => " made elsewhere".to_owned(),
        (Some(_), Some(by)) if !by.is_empty() => format!(" by {}", shown::line(by)),
        _ => String::new(),
    };
    format!("{amount} {}{by}", shown::line(&one.currency))
}
