//! The way to a gateway, one step after the other, each with the time it took.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use crate::domain::fault::Fault;
use crate::gateway::{BuildError, Clock, Greeting, Settings, Via, Way, greet, way};

/// A name or a connection that takes longer than this is not going to come.
const PATIENCE: Duration = Duration::from_secs(5);

/// How far the way to a gateway leads.
#[derive(Clone, Debug)]
pub(in super::super) struct Road {
    pub(in super::super) way: Way,
    /// Addresses of the gateway, or of the proxy before it.
    pub(in super::super) lookup: Result<(Vec<SocketAddr>, Duration), String>,
    /// A connection to the first of them that takes one; `None` when there is no address.
    pub(in super::super) connection: Option<Result<Duration, String>>,
    /// An answer; `None` when there is no connection.
    pub(in super::super) greeting: Option<Result<Greeting, Fault>>,
}

impl Road {
    /// Whether a call can be sent along it.
    pub(in super::super) fn is_open(&self) -> bool {
        !matches!(self.greeting, None | Some(Err(Fault::Unsent(_))))
    }
}

/// Goes the way to the gateway of these settings.
pub(in super::super) async fn road(settings: &Settings, clock: &Clock) -> Result<Road, BuildError> {
    let way = way(&settings.base_url, &settings.network.proxy)?;
    let (host, port) = match &way.via {
        Via::Proxy { host, port, .. } => (host.as_str(), *port),
        Via::Loopback | Via::Direct => (way.host.as_str(), way.port),
    };
    let lookup =
        timed(tokio::net::lookup_host((host, port))).await.map(|(found, took)| (found.collect(), took));
    let mut road = Road { way, lookup, connection: None, greeting: None };
    let Ok((addresses, _)) = &road.lookup else { return Ok(road) };
    let connection = timed(TcpStream::connect(addresses.as_slice())).await.map(|(_, took)| took);
    if connection.is_ok() {
        road.greeting = Some(greet(settings, clock).await);
    }
    road.connection = Some(connection);
    Ok(road)
}

/// Waits for a step, and says how long it took or why it failed.
async fn timed<T>(step: impl Future<Output = std::io::Result<T>>) -> Result<(T, Duration), String> {
    let started = Instant::now();
    match tokio::time::timeout(PATIENCE, step).await {
        Ok(Ok(done)) => Ok((done, started.elapsed())),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("nothing came within {} seconds", PATIENCE.as_secs())),
    }
}
