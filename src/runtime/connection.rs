//! The desk's way to the gateway, opened when the first call needs it: the desk stands before a key file is read.

use std::sync::Arc;

use tokio::sync::OnceCell;

use crate::gateway::Gateway;

use super::beside::beside;
use super::session::Session;

/// The session with its client, once that could be made. Clones share it.
#[derive(Clone)]
pub(super) struct Connection {
    session: Arc<Session>,
    gateway: Arc<OnceCell<Gateway>>,
}

impl Connection {
    /// Nothing is read yet.
    pub(super) fn new(session: Session) -> Self {
        Self { session: Arc::new(session), gateway: Arc::default() }
    }

    /// The session.
    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// The client. What fails is tried again at the next call: the operator may have put a key in place.
    ///
    /// # Errors
    /// One sentence with its remedy.
    pub(super) async fn gateway(&self) -> Result<Gateway, String> {
        self.gateway.get_or_try_init(|| self.connect()).await.cloned()
    }

    async fn connect(&self) -> Result<Gateway, String> {
        let session = Arc::clone(&self.session);
        match beside(move || session.gateway()).await {
            Some(Ok(gateway)) => Ok(gateway),
            Some(Err(error)) => Err(format!("{error}; {}", error.hint())),
            None => Err("the keys could not be read".to_owned()),
        }
    }
}
