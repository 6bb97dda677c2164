//! Refunds of an order that other hosts made: PayerMax is asked for the numbers they would have taken, one after the
//! other (reliability.md section 1.3). The numbers are the same on every host, so what is there can be found.

use crate::domain::fault::{Fault, Signature};
use crate::domain::refund::{Earlier, Fate, Next, OrderFile, SLOT_MAX};
use crate::domain::return_code::CodeClass;
use crate::gateway::{Answer, RefundFound, Refunds, is_not_found, read_with_retries};

use super::outcome::{Outcome, codes};
use super::settle::Settled;
use super::{Bench, Stop, later};
use crate::domain::action::State;

/// How many refunds made elsewhere are followed up.
const FOUND_MAX: usize = 10;

/// What asking brought.
#[derive(Default)]
pub(super) struct Walk {
    /// The refunds that this host's journal does not have.
    pub(super) found: Vec<Earlier>,
    /// Those it has and took for refused or not received. It says so no longer.
    pub(super) later: Vec<Settled>,
}

/// Asks for every number up to the next free one that the journal does not know as its own, and goes on for as long as
/// there is a refund under the next, on whichever interface: one does not know what was refunded through the other, and
/// would refund it again. `file` is what the journal alone says.
///
/// # Errors
/// The refusal that a refund comes to when PayerMax cannot be asked, or knows more refunds than are followed up.
pub(super) async fn find(bench: &Bench, roads: &[Refunds], file: &OrderFile) -> Result<Walk, Box<Outcome>> {
    let roads: Vec<Refunds> =
        roads.iter().map(|refunds| refunds.clone().of_order(&file.order.number)).collect();
    let next = first_free(file);
    let mut walk = Walk::default();
    for slot in 1..=SLOT_MAX {
        let number = bench.number(&file.order.number, slot);
        if is_own(file, &number) {
            continue;
        }
        match ask(bench, &roads, &number).await? {
            Some(one) => match later::of_number(bench, &file.order.number, &one).await {
                Ok(Some(own)) => walk.later.push(own),
                Ok(None) => walk.found.push(earlier(one)),
                Err(error) => return Err(Box::new(Outcome::not_stored(&error))),
            },
            None if slot >= next => break,
            None => {}
        }
        if walk.found.len() >= FOUND_MAX {
            let msg = format!(
                "PayerMax knows {FOUND_MAX} refunds of this order that were not made here; see the merchant portal"
            );
            return Err(Box::new(Outcome::stopped(Stop { code: codes::EXHAUSTED, msg })));
        }
    }
    Ok(walk)
}

/// The number that the journal would take next; the one after that of a refund under way.
fn first_free(file: &OrderFile) -> u8 {
    match file.next() {
        Next::Slot(slot) => slot,
        Next::Busy(one) => one.slot().saturating_add(1),
        Next::Again(id) => {
            let again = file.earlier.iter().find(|one| one.action.as_ref() == Some(&id));
            again.map_or(1, Earlier::slot)
        }
        Next::Exhausted => SLOT_MAX,
    }
}

/// Whether the journal knows what became of a number: it was taken from here, or may have been.
fn is_own(file: &OrderFile, number: &str) -> bool {
    let taken = |one: &Earlier| !matches!(one.fate, Fate::Refused | Fate::NotReceived);
    file.earlier.iter().any(|one| one.number == number && taken(one))
}

/// The refund under a number, if there is one.
async fn ask(bench: &Bench, roads: &[Refunds], number: &str) -> Result<Option<RefundFound>, Box<Outcome>> {
    for refunds in roads {
        match read_with_retries(&bench.retry, || refunds.query(number)).await {
            Ok(Answer { value, .. }) => return Ok(Some(value)),
            Err(fault) if says_nothing(&fault) => {
                let msg = format!("PayerMax could not be asked for other refunds of this order: {fault}");
                return Err(Box::new(Outcome::unasked(&fault, msg)));
            }
            Err(_) => {}
        }
    }
    Ok(None)
}

fn earlier(found: RefundFound) -> Earlier {
    Earlier {
        action: None,
        number: found.out_refund_no,
        // A total counts as the amount: too much is safer than nothing. An amount that is none would raise what is left.
        amount: found.amount.or(found.total).filter(|amount| amount.is_sign_positive() && !amount.is_zero()),
        currency: found.currency.unwrap_or_default(),
        // It is there; what a word means that nobody knows is as open as can be.
        fate: Fate::of_status(&found.status).unwrap_or(Fate::Open(State::Unknown)),
        at: None,
        by: None,
    }
}

/// Whether a failed question leaves it open whether there is such a refund. A refusal that can only mean "no such
/// number" does not, and neither does an endpoint that is not there: the number itself still protects.
fn says_nothing(fault: &Fault) -> bool {
    match fault {
        Fault::Http { status: 404, .. } => false,
        Fault::Refused { signature: Signature::Wrong, .. } => true,
        Fault::Refused { code, .. } => {
            let in_doubt = code.class() == CodeClass::Doubt && code.is_documented();
            !is_not_found(fault) && (in_doubt || code.concerns_every_call() || fault.may_pass())
        }
        _ => true,
    }
}
