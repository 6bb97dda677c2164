//! Tells how every call went to whoever asked to be told: the log and the page of calls. Time and place of that are the
//! runtime's; here are only the two moments, a call leaves and a call has ended.

use std::sync::Arc;

use super::envelope::Received;
use crate::domain::call::{About, Heard, Outcome, What};
use crate::domain::fault::{Fault, Signature};

/// Called when a call leaves; what it returns is called with what became of it. A question that is dropped half-way has
/// no end.
pub type Witness = Arc<dyn Fn() -> Ended + Send + Sync>;
/// See [`Witness`].
pub type Ended = Box<dyn FnOnce(Heard) + Send>;

/// One call on its way.
pub(super) struct Course {
    witness: Option<Witness>,
    ended: Option<Ended>,
    heard: Heard,
}

impl Course {
    /// A call that has not left yet.
    pub(super) fn of(witness: Option<&Witness>, what: What, about: About) -> Self {
        let outcome = Outcome::Ok;
        let heard = Heard { what, about, outcome, signature: None, http_status: None, bytes: 0 };
        Self { witness: witness.cloned(), ended: None, heard }
    }

    /// It leaves now.
    pub(super) fn leaves(&mut self) {
        self.ended = self.witness.take().map(|witness| witness());
    }

    /// As much of an answer as there will be is here.
    pub(super) fn came(&mut self, received: &Received) {
        (self.heard.http_status, self.heard.bytes) = (Some(received.status), received.body.len());
    }

    /// Its signature was checked.
    pub(super) fn judged(&mut self, signature: Option<Signature>) {
        self.heard.signature = signature;
    }

    /// It has ended.
    pub(super) fn ended<T>(mut self, outcome: &Result<T, Fault>) {
        // One that could not be signed never left.
        self.leaves_unless_gone();
        let Some(ended) = self.ended else { return };
        let fault = outcome.as_ref().err();
        if let Some(Fault::Http { status, .. } | Fault::Refused { status, .. }) = fault {
            self.heard.http_status = Some(*status);
        }
        self.heard.outcome = Outcome::of(self.heard.what, fault);
        ended(self.heard);
    }

    fn leaves_unless_gone(&mut self) {
        if self.ended.is_none() {
            self.leaves();
        }
    }
}
