//! The one road on which replies travel, for the desk and the command line alike: look again, write down, send once,
//! write down what came of it.
//!
//! ```text
//! confirmed ─▶ look again ─▶ sign ─▶ journal, on disk ─▶ send, once ─▶ journal ─▶ outcome
//!                  │ moved, not asked,       │ another action      │ nobody can tell
//!                  ▼ unreachable             ▼ of this case        ▼
//!               refused, nothing sent     refused, nothing sent   unknown ─▶ settle()
//! ```
//!
//! From the moment the journal has an action, it runs on a task of its own to its end: leaving the desk or dropping the
//! future does not stop it half-way. A process that is killed leaves an action that reads as unknown, and
//! [`settle()`] asks the gateway what became of it. Nothing here ever sends an action twice.

mod disk;
mod id;
mod look;
mod outcome;
mod reply;
mod settle;
mod stop;

#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio_util::task::TaskTracker;

use crate::domain::case::Case;
use crate::domain::ids::CaseId;
use crate::domain::reply::{Reply, Version};
use crate::gateway::{Clock, Gateway, RetryPolicy};
use crate::store::StoreError;

use super::refresh::SharedStore;
use super::session::Session;

pub use crate::domain::reply::batch_case;
pub use outcome::{ReplyOutcome, codes};
pub use reply::{reply, see};
pub use settle::{SettleReport, Settled, settle};
pub use stop::{Stop, stop};

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
    sends: TaskTracker,
}

/// An operator is waiting: three tries, and no long wait even if the gateway asks for one.
const LOOK_AGAIN: RetryPolicy = RetryPolicy {
    base: Duration::from_millis(300),
    cap: Duration::from_secs(2),
    tries: 3,
    longest_wait: Duration::from_secs(5),
};

impl Bench {
    /// The bench of a profile.
    pub fn new(session: &Session, gateway: Gateway, store: SharedStore) -> Self {
        Self {
            gateway,
            store,
            clock: session.clock(),
            operator: session.me.clone(),
            version: Version::from_word(&session.profile.versions.case_reply).unwrap_or_default(),
            read_only: session.read_only,
            retry: LOOK_AGAIN,
            sends: TaskTracker::new(),
        }
    }

    /// Actions that are being sent or written down.
    pub fn under_way(&self) -> usize {
        self.sends.len()
    }

    /// Waits until nothing is being sent or written down any more; `false` when that took longer. For the way out: a
    /// process that ends earlier leaves its actions unknown.
    pub async fn finish(&self, within: Duration) -> bool {
        self.sends.close();
        let done = tokio::time::timeout(within, self.sends.wait()).await.is_ok();
        self.sends.reopen();
        done
    }

    /// Marks as unknown what a killed process left behind, and says how many that were. To be called when a desk or a
    /// command that sends opens; sends nothing.
    ///
    /// # Errors
    /// [`StoreError`] names the file.
    pub async fn recover(&self) -> Result<usize, StoreError> {
        let at = (self.clock)();
        Ok(disk::work(&self.store, move |store| store.recover(at)).await?.len())
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
