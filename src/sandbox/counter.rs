//! The gateway without a socket, for tests that carry the calls themselves and decide when each of them is served.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::{HeaderMap, Method, Response};

use super::answer::{Answer, Refusal};
use super::call::{Shared, endpoint_of, refused};
use super::envelope::Received;
use super::misbehave::Plan;
use super::sign::{Quick, Signer};
use super::{Clock, Faults, KeyError, Keys, Merchant, SandboxCase, State};

/// A gateway that answers whoever asks it.
pub(crate) struct Counter(Arc<Shared>);

/// What an answer is to look like in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// As it should be.
    Right,
    /// Signed over something else.
    Wrong,
    /// Not signed.
    Absent,
}

impl Counter {
    /// A gateway that knows nothing yet. `quick` signs in place of the key, for those who cannot wait for it.
    pub(crate) fn new(
        keys: &Keys,
        merchant: Merchant,
        clock: Clock,
        quick: Option<Quick>,
    ) -> Result<Self, KeyError> {
        let mut signer = Signer::new(keys)?;
        signer.quick = quick;
        let (state, plan) = (Mutex::default(), Mutex::new(Plan::new(Faults::none(), 0)));
        Ok(Self(Arc::new(Shared { merchant, signer, clock, log: Arc::new(|_| {}), state, plan })))
    }

    /// Forgets everything but these cases.
    pub(crate) fn start_over(&self, cases: impl IntoIterator<Item = SandboxCase>) {
        *self.0.state() = State::with_cases(cases);
    }

    /// What the sandbox remembers.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state()
    }

    /// Executes a call of the present interface, by the last part of its address, and answers it.
    pub(crate) fn serve(
        &self,
        name: &str,
        headers: &HeaderMap,
        body: &[u8],
        sign: Sign,
    ) -> Response<Vec<u8>> {
        let now = (self.0.clock)();
        let endpoint = endpoint_of(name);
        let answered = self.0.answer(endpoint, &Received { method: &Method::POST, headers, body }, now);
        let answer = answered.unwrap_or_else(|refusal| refused(endpoint, &refusal));
        self.written(&answer, 200, sign)
    }

    /// Takes the newest reply of every case once more: what a gateway never does, for tests of tests.
    pub(crate) fn again(&self) {
        for replies in self.0.state().replies.values_mut() {
            replies.extend(replies.last().cloned());
        }
    }

    /// Loses every reply and refund, likewise.
    pub(crate) fn forget(&self) {
        let mut state = self.0.state();
        state.replies.clear();
        state.ledger = super::ledger::Ledger::default();
    }

    /// Refuses a call with a code, without having looked at it.
    pub(crate) fn refuse(&self, status: u16, code: &'static str, sign: Sign) -> Response<Vec<u8>> {
        let refusal = Refusal::new(code, "call", "refused", "refused");
        self.written(&Answer::refused(&refusal), status, sign)
    }

    fn written(&self, answer: &Answer, status: u16, sign: Sign) -> Response<Vec<u8>> {
        let mut outgoing = self.0.written(answer, None);
        outgoing.status = status;
        match sign {
            Sign::Right => {}
            Sign::Wrong => outgoing.sign = self.0.signer.sign(b"something else"),
            Sign::Absent => outgoing.sign = None,
        }
        let body = outgoing.body.clone();
        outgoing.into_response((self.0.clock)()).map(|_| body)
    }
}
