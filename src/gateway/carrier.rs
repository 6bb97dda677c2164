//! What brings a request to the other side: the network. In tests it may be a simulated one, where time is virtual and
//! every fault of a line can be had at any moment; everything before and after it is the same code.

use reqwest::{Client, Request, Response};

use super::transport::fault_of;
use crate::domain::fault::Fault;

/// The way of a request and of the head of its answer.
pub(super) enum Carrier {
    /// Through the HTTP client.
    Sockets(Client),
    /// Through a simulated network, with the limit that the client would put on a call as a whole.
    #[cfg(test)]
    Simulated(simulated::Shared, std::time::Duration),
}

impl Carrier {
    /// Carries a request once.
    ///
    /// # Errors
    /// The faults of a call to which not even a head came back.
    pub(super) async fn carry(&self, request: Request) -> Result<Response, Fault> {
        match self {
            Self::Sockets(client) => client.execute(request).await.map_err(|error| fault_of(&error)),
            #[cfg(test)]
            Self::Simulated(network, limit) => simulated::carry(network, request, *limit).await,
        }
    }
}

#[cfg(test)]
pub(crate) mod simulated {
    use std::pin::Pin;
    use std::sync::Arc;
    use std::time::Duration;

    use reqwest::{Request, Response};

    use crate::domain::fault::Fault;

    /// A network that stands in for the real one.
    pub(crate) trait Network: Send + Sync {
        /// Carries a request; it is dropped when the call's limit ([`Request::timeout`], always given) has passed.
        fn carry(
            &self,
            request: Request,
        ) -> Pin<Box<dyn Future<Output = Result<Response, Fault>> + Send + '_>>;
    }

    pub(crate) type Shared = Arc<dyn Network>;

    pub(super) async fn carry(
        network: &Shared,
        mut request: Request,
        limit: Duration,
    ) -> Result<Response, Fault> {
        let limit = *request.timeout_mut().get_or_insert(limit);
        tokio::time::timeout(limit, network.carry(request)).await.unwrap_or(Err(Fault::TimedOut))
    }
}
