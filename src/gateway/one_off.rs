//! A call that changes something, as one attempt: signed before it is sent, because its bytes must be on disk before the
//! first of them leaves (design.md section 5, rule 3), and whatever became of it returned with the bytes of both sides,
//! for the journal.

use std::fmt;

use reqwest::Url;

use crate::domain::call::{About, What};
use crate::domain::fault::{Fault, Signature, Skew};

/// How much of an answer is kept for the journal, in bytes.
pub(super) const ANSWER_KEPT_MAX: usize = 64 * 1024;

/// What went out and what came back, for the journal. It holds no key, no token, and no `sign` value of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The exact body that was signed, see [`SignedCall::body`]; empty when it could not be.
    pub request: Vec<u8>,
    /// The first 64 KiB of the body that came, however much did; `None` when no answer began.
    pub answer: Option<Vec<u8>>,
    /// The HTTP status; `None` when no answer began.
    pub http_status: Option<u16>,
    /// What the answer's signature is worth; `None` when no whole answer came.
    pub signature: Option<Signature>,
    /// This host's clock against the answer's `Date`, when it had a usable one.
    pub skew: Option<Skew>,
}

/// The end of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent<T> {
    /// The believed answer, or why there is none.
    pub outcome: Result<T, Fault>,
    /// The bytes of it.
    pub exchange: Exchange,
}

impl<T> Sent<T> {
    /// A call that was never signed, let alone sent.
    pub(super) fn unsigned(fault: Fault) -> Self {
        Self { outcome: Err(fault), exchange: Exchange::default() }
    }
}

/// A request that is written and signed and has not left. PayerMax takes it for two minutes; on the legacy interface,
/// which knows no time, for ever.
#[derive(Clone)]
pub struct SignedCall {
    /// Where it goes.
    pub(super) to: Url,
    /// The bytes that leave.
    pub(super) wire: Vec<u8>,
    /// The bytes to keep, where those that leave hold a `sign` value.
    pub(super) kept: Option<Vec<u8>>,
    /// The `sign` header, where there is one.
    pub(super) sign: Option<String>,
    /// What it is, where that is known: for whoever is told how it went.
    pub(super) about: Option<(What, About)>,
}

impl SignedCall {
    /// The same call, known for what it is.
    pub(super) fn about(mut self, what: What, about: About) -> Self {
        self.about = Some((what, about));
        self
    }

    /// The exact body that will leave; only a `sign` inside it (legacy interface, MD5) reads `<hidden>`.
    pub fn body(&self) -> &[u8] {
        self.kept.as_ref().unwrap_or(&self.wire)
    }
}

impl fmt::Debug for SignedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedCall").field("bytes", &self.wire.len()).finish_non_exhaustive()
    }
}
