//! The line to PayerMax: signs a request, sends it once, checks the answer's signature, and reads it.
//!
//! Nothing here decides whether to ask again ([`retry`] does, for calls that only read) or what to do with an
//! answer. An answer is believed only after its signature was checked over the bytes that came (protocol.md 1), or over
//! the fields, for the legacy accounts that sign so (protocol.md 7).
//!
//! Signing and checking are pure arithmetic that would hold up the event loop, so they run on tokio's blocking
//! threads, as many at a time as there are processors. That `spawn_blocking` is the one exception to the rule that only `runtime` starts work elsewhere:
//! the caller still waits for it, and nothing outlives the call. The monotonic clock is read for one purpose,
//! the round-trip time by which this host's clock is measured against the gateway's.

mod address;
mod carrier;
mod case_reply;
mod case_search;
pub mod client;
mod envelope;
mod greeting;
mod hands;
mod key_text;
pub mod keys;
mod legacy;
mod legacy_refund;
mod lenient;
mod locked;
mod network;
mod one_off;
#[cfg(any(test, fuzzing))]
pub(crate) mod probe;
mod refund;
mod refund_no;
mod refunds;
pub mod retry;
mod seal;
mod signer;
mod ssh_form;
mod times;
mod transport;
mod wire;
mod witness;

#[cfg(test)]
mod tests;

pub use address::BuildError;
#[cfg(test)]
pub(crate) use carrier::simulated;
pub use case_reply::{ReplyAnswer, reply_data};
pub use client::{Answer, Clock, Gateway, Settings};
pub use greeting::{Greeting, Via, Way, greet, way};
pub use keys::{KeyError, KeyText, PrivateKey, PublicKey};
pub use legacy::{LegacyGateway, LegacyScheme, LegacySettings};
pub use locked::{LockedKey, OldLock};
pub use network::{Authorities, BundleError, Network};
pub use one_off::{Exchange, Sent, SignedCall};
pub use refund_no::refund_no;
pub use refunds::{RefundAnswer, RefundFound, Refunds, is_not_found, road_of};
pub use retry::{RetryPolicy, read_with_retries, read_within_budget};
pub use signer::{KeyHolder, Signer, SignerError};
pub use ssh_form::ssh_fingerprint;
pub use witness::{Ended, Witness};
