//! Whether a refund that PayerMax has under a number of ours is ours. Another host, or somebody with a fault in their own
//! program, may have used the number; what PayerMax does not say is not held against it.

use rust_decimal::Decimal;

use crate::domain::money;
use crate::domain::record::Intent;
use crate::domain::shown;
use crate::gateway::RefundFound;

/// What a comparison comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// Our own: of our amount, and nothing else is said of it.
    Ours,
    /// Nothing speaks against it, but PayerMax does not say how much it is.
    Unclear,
    /// Another one; in what it differs.
    Other(String),
}

/// Holds a refund as PayerMax has it against what was sent.
pub(super) fn compare(intent: &Intent, found: &RefundFound) -> Likeness {
    let amount = amount_of(intent, found);
    let own = own(intent);
    let text = |text: &Option<String>| shown::line(text.as_deref().unwrap_or_default()).into_owned();
    let differs = |theirs: &Option<String>, own: &Option<String>| {
        theirs.clone().filter(|theirs| own.as_deref() != Some(theirs.as_str()))
    };
    if let Some(amount) = amount.filter(|amount| Some(*amount) != own) {
        return Likeness::Other(format!("of {} instead of {}", money::shown(amount), text(&intent.amount)));
    }
    if let Some(currency) = differs(&found.currency, &intent.currency) {
        return Likeness::Other(format!(
            "in {} instead of {}",
            shown::line(&currency),
            text(&intent.currency)
        ));
    }
    if let Some(order) = differs(&found.order, &intent.order) {
        return Likeness::Other(format!(
            "of order {} instead of {}",
            shown::line(&order),
            text(&intent.order)
        ));
    }
    if amount.is_some() { Likeness::Ours } else { Likeness::Unclear }
}

fn own(intent: &Intent) -> Option<Decimal> {
    intent.amount.as_deref().and_then(money::parse_received)
}

/// How much it is. A total in the place of the amount may be that of the order: it tells something only when it is ours.
fn amount_of(intent: &Intent, found: &RefundFound) -> Option<Decimal> {
    found.amount.or_else(|| found.total.filter(|total| Some(*total) == own(intent)))
}
