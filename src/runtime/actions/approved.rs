//! The word of the second person, held against the refund that is about to leave. Asked with everything else that speaks
//! against it: once before it is signed, and once more while the journal is held.

use time::OffsetDateTime;

use crate::domain::refund::Limits;

use super::{RefundOrder, Stop, codes};

/// Why a refund that one person alone must not send is not sent; `None` when it is below the limit, or approved.
pub(super) fn stop(limits: &Limits, order: &RefundOrder, number: &str, now: OffsetDateTime) -> Option<Stop> {
    match &order.approved {
        None => missing(limits, order),
        // Also of one below the limit. Order, amount and currency that leave are the approved ones; so is everything else,
        // except in a refund sent again: it goes out with the comment and notify URL of its first time.
        Some(approval) => {
            let msg = approval.against(&order.refund, number, now)?;
            Some(Stop { code: codes::NOT_APPROVED, msg })
        }
    }
}

/// As [`stop`], as far as can be told before anything was looked at.
pub(super) fn missing(limits: &Limits, order: &RefundOrder) -> Option<Stop> {
    let needed = limits.approval_words(&order.refund.amount).filter(|_| order.approved.is_none())?;
    Some(Stop { code: codes::APPROVAL_NEEDED, msg: format!("{needed}; nothing was sent") })
}
