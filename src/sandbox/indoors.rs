//! The sandbox without a socket, for tests in virtual time: a call is handed in and its answer handed back.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use tower_service::Service as _;

use super::call::{Hangup, Shared};
use super::misbehave::Plan;
use super::server::{MODERN, Options, router};
use super::sign::Signer;
use super::{KeyError, State};

/// A sandbox that listens nowhere. Cloning is cheap, and clones are the same one.
#[derive(Clone)]
pub(crate) struct Indoors {
    shared: Arc<Shared>,
    router: Router,
}

impl Indoors {
    /// A sandbox without cases; where to listen and how many cases to make is passed over.
    ///
    /// # Errors
    /// [`KeyError`] if a key is no key.
    pub(crate) fn new(options: Options) -> Result<Self, KeyError> {
        let signer = Signer::new(&options.keys)?;
        let shared = Arc::new(Shared {
            merchant: options.merchant,
            signer,
            clock: options.clock,
            log: options.log,
            state: Mutex::new(State::with_cases([])),
            plan: Mutex::new(Plan::new(options.faults, options.seed)),
        });
        Ok(Self { router: router(Arc::clone(&shared)), shared })
    }

    /// An address to give to a client, under which the calls arrive as they do at a listening one.
    pub(crate) fn base_url() -> String {
        format!("http://127.0.0.1:1{MODERN}")
    }

    /// What the sandbox remembers. No call is answered while it is held.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }

    /// The `sign` header of a body, as PayerMax would give it.
    pub(crate) fn sign(&self, body: &[u8]) -> String {
        self.shared.signer.sign(body).unwrap_or_default()
    }

    /// Serves one call; `None` when the sandbox hangs up instead of answering.
    pub(crate) async fn call(&self, request: Request) -> Option<Response> {
        let response = self.router.clone().call(request).await.unwrap_or_else(|never| match never {});
        response.extensions().get::<Hangup>().is_none().then_some(response)
    }
}
