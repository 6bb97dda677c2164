//! The one road on which replies and refunds travel, for the desk and the command line alike: look again, write down,
//! send once, write down what came of it.
//!
//! ```text
//! confirmed ─▶ look again ─▶ sign ─▶ journal, on disk ─▶ send, once ─▶ journal ─▶ outcome
//!                  │ moved, not asked,       │ another action      │ nobody can tell
//!                  ▼ forbidden, unreachable  ▼ of case or order    ▼
//!               refused, nothing sent     refused, nothing sent   unknown ─▶ settle(), mark()
//! ```
//!
//! From the moment the journal has an action, it runs on a task of its own to its end: leaving the desk or dropping the
//! future does not stop it half-way. A process that is killed leaves an action that reads as unknown, and
//! [`settle()`] asks the gateway what became of it. Nothing here ever sends an action twice.

mod approved;
mod clock;
mod disk;
mod elsewhere;
mod flight;
mod freshness;
mod id;
mod later;
mod likeness;
mod look;
mod mark;
mod outcome;
mod refund;
mod refund_stop;
mod reply;
mod road;
mod settle;
mod setup;
mod stop;
mod verdict;

#[cfg(test)]
pub(super) mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::refunding::Confirmed;
use crate::app::underway::Phase;
use crate::domain::case::Case;
use crate::domain::ids::CaseId;
use crate::domain::record::ActionId;
use crate::domain::refund::{Earlier, Refund, Road};
use crate::domain::reply::{Reply, Version};
use crate::gateway::{Clock, Gateway, Refunds, RetryPolicy, refund_no};
use crate::store::StoreError;

use super::approvals::Approval;
use super::refresh::SharedStore;
use super::session::Session;
use flight::Flight;
use freshness::Freshness;
use setup::Setup;

pub use crate::domain::reply::batch_case;
pub use mark::{MarkError, mark};
pub use outcome::{Outcome, RefundOutcome, ReplyOutcome, codes};
pub use refund::{order_file, preview as preview_refund, refund, refunds_elsewhere, refunds_elsewhere_by};
pub use reply::{reply, see};
pub use settle::{SettleReport, Settled, settle};
pub use stop::{Stop, stop};

/// Is told what an action waits for now; it must not wait itself.
pub type Tells = Arc<dyn Fn(Phase) + Send + Sync>;

/// What an action needs. Cloning is cheap, and clones share the store and the count of actions under way.
#[derive(Clone)]
pub struct Bench {
    /// The client.
    pub gateway: Gateway,
    /// The list and the journal.
    pub store: SharedStore,
    /// The time.
    pub clock: Clock,
    /// Who confirms; written into the journal.
    pub operator: String,
    /// The version of `caseReplay`.
    pub version: Version,
    /// Whether nothing may be sent, by flag or by policy.
    pub read_only: bool,
    /// How patiently a case is asked for before it is answered. The reply itself is never repeated.
    pub retry: RetryPolicy,
    /// What refunds need besides.
    setup: Setup,
    /// Whoever is told what an action waits for.
    tells: Option<Tells>,
    sends: TaskTracker,
    flight: Flight,
}

/// An operator is waiting: three tries, and no long wait even if the gateway asks for one.
const LOOK_AGAIN: RetryPolicy = RetryPolicy {
    base: Duration::from_millis(300),
    cap: Duration::from_secs(2),
    tries: 3,
    longest_wait: Duration::from_secs(5),
};

impl Bench {
    /// The bench of a profile. Reads the secret of a legacy interface, where the profile has one.
    pub fn new(session: &Session, gateway: Gateway, store: SharedStore) -> Self {
        Self {
            gateway,
            store,
            clock: session.clock(),
            operator: session.signature.clone(),
            version: Version::from_word(&session.profile.versions.case_reply).unwrap_or_default(),
            read_only: session.read_only,
            retry: LOOK_AGAIN,
            setup: Setup::new(session),
            tells: None,
            sends: TaskTracker::new(),
            flight: Flight::default(),
        }
    }

    /// The refund calls of an interface; `None` for a legacy one that the profile does not have, or cannot use.
    pub fn refunds(&self, road: Road) -> Option<Refunds> {
        let versions = &self.setup.versions;
        match road {
            Road::Current => Some(Refunds::current(&self.gateway, &versions.refund, &versions.refund_query)),
            Road::Legacy => self.setup.legacy.clone().ok().map(Refunds::legacy),
        }
    }

    /// Every interface on which a refund of an order may have been made, the given one first; `None` when the profile has
    /// not even that.
    fn roads(&self, road: Road) -> Option<Vec<Refunds>> {
        let other = match road {
            Road::Current => Road::Legacy,
            Road::Legacy => Road::Current,
        };
        let own = self.refunds(road)?;
        Some([own].into_iter().chain(self.refunds(other)).collect())
    }

    /// `outRefundNo` of an order's refund with this ordinal, the same on every host.
    pub fn number(&self, order: &str, slot: u8) -> String {
        let Setup { environment, app_id, merchant_no, .. } = &self.setup;
        refund_no(environment, app_id, merchant_no, order, slot)
    }

    /// The interface that refunds take unless another one is chosen.
    pub fn usual_road(&self) -> Road {
        if self.setup.always_legacy { Road::Legacy } else { Road::Current }
    }

    /// Actions that are being sent or written down.
    pub fn under_way(&self) -> usize {
        self.sends.len()
    }

    /// The same bench, which begins nothing more once this token is set.
    #[must_use]
    pub fn halted_by(mut self, halt: CancellationToken) -> Self {
        self.flight.halt = halt;
        self
    }

    /// The operator wants no more: what the journal does not have yet is not sent, whoever signs it at this moment.
    pub fn halt(&self) {
        self.flight.halt.cancel();
    }

    /// The same bench, which says what its next action waits for.
    #[must_use]
    pub fn telling(mut self, tells: Tells) -> Self {
        self.tells = Some(tells);
        self
    }

    fn reached(&self, phase: Phase) {
        if let Some(tells) = &self.tells {
            tells(phase);
        }
    }

    /// Does something that comes before the journal, for as long as nobody halts the bench.
    async fn unless_halted<T>(
        &self,
        work: impl Future<Output = Result<T, Box<Outcome>>>,
    ) -> Result<T, Box<Outcome>> {
        let done = self.flight.halt.run_until_cancelled(work).await;
        done.unwrap_or_else(|| Err(Box::new(Outcome::stopped(stop::halted()))))
    }

    /// Waits until nothing is being sent or written down any more; `false` when that took longer. For the way out: a
    /// process that ends earlier leaves its actions unknown.
    pub async fn finish(&self, within: Duration) -> bool {
        self.sends.close();
        let done = tokio::time::timeout(within, self.sends.wait()).await.is_ok();
        self.sends.reopen();
        done
    }

    /// Writes down the answers that the journal did not take before, marks as unknown what a killed process left behind,
    /// and what this one has lost sight of, and says how many that were. To be called when a desk or a command that sends
    /// opens; sends nothing.
    ///
    /// # Errors
    /// [`StoreError`] names the file.
    pub async fn recover(&self) -> Result<usize, StoreError> {
        let at = (self.clock)();
        let flight = self.flight.clone();
        let recovered = disk::work(&self.store, move |store| {
            flight.write(store);
            store.recover_own(&flight.alive(), at)
        });
        Ok(recovered.await?.len())
    }

    /// Before the next action: what came of the one before may be waiting for the journal, and stand in its way.
    async fn catch_up(&self) {
        if self.flight.has_unwritten() {
            let flight = self.flight.clone();
            // What the journal does not take now either, it is offered again.
            _ = disk::work(&self.store, move |store| {
                flight.write(store);
                Ok(())
            })
            .await;
        }
    }
}

/// A case as somebody saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Which case.
    pub id: CaseId,
    /// What the gateway said of it.
    pub case: Case,
}

/// A reply that the operator has confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyOrder {
    /// What is to be sent.
    pub reply: Reply,
    /// What the operator saw when confirming: the case, or every tracked case of the batch. These are asked for again,
    /// and if one has moved, nothing is sent.
    pub seen: Vec<Seen>,
    /// Whether the operator insists although the status asks for no reply.
    pub although: bool,
}

/// A refund that the operator has confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundOrder {
    /// What is to be sent.
    pub refund: Refund,
    /// The case it is about, for the journal; `None` for an order without a tracked case.
    pub case: Option<CaseId>,
    /// The order's cases as the operator saw them. They are asked for again, with every other tracked case of the order,
    /// and if one has moved, nothing is sent.
    pub seen: Vec<Seen>,
    /// The refunds made elsewhere that the operator saw; if PayerMax knows another one, nothing is sent.
    pub elsewhere: Vec<Earlier>,
    /// The ordinal that the operator saw; if another one is next by now, nothing is sent. Not looked at for a refund
    /// that is sent again.
    pub slot: u8,
    /// Whether the operator insists although a case of the order is open.
    pub although_open: bool,
    /// The action to send once more, with its own number and contents: one that was not received.
    pub again: Option<ActionId>,
    /// The word of a second person, for a refund above the limit.
    pub approved: Option<Approval>,
}

impl From<Confirmed> for RefundOrder {
    fn from(confirmed: Confirmed) -> Self {
        let Confirmed { refund, case, seen, elsewhere, slot, although_open, again } = confirmed;
        let seen = seen.into_iter().map(|(id, case)| Seen { id, case }).collect();
        // The desk asks; it never approves.
        let (case, approved) = (Some(case), None);
        Self { refund, case, seen, elsewhere, slot, although_open, again, approved }
    }
}
