//! Starting and stopping the sandbox, and the socket side of it.
//!
//! hyper is driven by hand instead of through `axum::serve`, because a call must be able to end with a closed
//! connection and no answer at all.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::{Path, Request, State as Extract},
    response::Response,
    routing::any,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use time::{Date, UtcOffset, macros::offset};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};
use tower_service::Service;

use super::{
    Clock, Endpoint, Faults, KeyError, Keys, LogSink, Merchant, State,
    call::{Hangup, Shared, endpoint_of},
    generate::{generate, refused_id},
    misbehave::Plan,
    sign::Signer,
};
use crate::domain::case::Field;

pub(super) const MODERN: &str = "/aggregate-pay/api/gateway";
const LEGACY: &str = "/aggregate-pay-gate/api/gateway";

/// How long running calls may take to end.
const STOP_MAX: std::time::Duration = std::time::Duration::from_secs(5);

/// The zone in which the generated cases' dates are counted, as in the config's default `due_zone`.
const ZONE: UtcOffset = offset!(+8);

/// How to start a sandbox.
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How many cases to generate.
    pub cases: usize,
    /// The seed of the cases and of faults drawn by chance.
    pub seed: u64,
    /// The keys of both sides.
    pub keys: Keys,
    /// The one merchant that is known.
    pub merchant: Merchant,
    /// What goes wrong from the start.
    pub faults: Faults,
    /// The time.
    pub clock: Clock,
    /// Takes a line per call.
    pub log: LogSink,
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// A key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A running sandbox. Dropping it closes it at once; [`Sandbox::stop`] lets running calls end.
pub struct Sandbox {
    address: SocketAddr,
    shared: Arc<Shared>,
    case_ids: Vec<String>,
    refused_id: String,
    tasks: TaskTracker,
    stop: DropGuard,
}

impl Sandbox {
    /// Generates the cases and starts to listen.
    ///
    /// # Errors
    /// [`StartError`] if a key is no key or the address is taken.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let signer = Signer::new(&options.keys)?;
        let refuse = |source| StartError::Listen { address: options.listen, source };
        let listener = TcpListener::bind(options.listen).await.map_err(refuse)?;
        let address = listener.local_addr().map_err(refuse)?;
        let today: Date = (options.clock)().to_offset(ZONE).date();
        let cases = generate(options.cases, options.seed, today);
        let case_ids = cases.iter().map(|case| case.text(Field::CaseId).to_owned()).collect();
        let shared = Arc::new(Shared {
            merchant: options.merchant,
            signer,
            clock: options.clock,
            log: options.log,
            state: Mutex::new(State::with_cases(cases)),
            plan: Mutex::new(Plan::new(options.faults, options.seed)),
        });
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let door = Door { router: router(Arc::clone(&shared)), tasks: tasks.clone(), stop: stop.clone() };
        tasks.spawn(door.listen(listener));
        let refused_id = refused_id(options.seed, today);
        Ok(Self { address, shared, case_ids, refused_id, tasks, stop: stop.drop_guard() })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address of the newer interface, for `base_url` in a config.
    pub fn base_url(&self) -> String {
        format!("http://{}{MODERN}", self.address)
    }

    /// The address of the older v2.1 interface.
    pub fn legacy_url(&self) -> String {
        format!("http://{}{LEGACY}", self.address)
    }

    /// The ids of the generated cases, in a fixed order.
    pub fn case_ids(&self) -> Vec<String> {
        self.case_ids.clone()
    }

    /// An id that looks like the others and that the gateway does not know.
    pub fn refused_id(&self) -> String {
        self.refused_id.clone()
    }

    /// What the sandbox remembers. No call is answered while it is held, so do not hold it across an await.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }

    /// Changes what goes wrong from the next call on.
    pub fn set_faults(&self, faults: Faults) {
        self.shared.plan.lock().unwrap_or_else(PoisonError::into_inner).replace(faults);
    }

    /// Stops listening, lets running calls end, and closes every connection.
    pub async fn stop(self) {
        drop(self.stop);
        self.tasks.close();
        // A client that stalls in the middle of a request must not keep the program from ending.
        let _ = tokio::time::timeout(STOP_MAX, self.tasks.wait()).await;
    }
}

pub(super) fn router(shared: Arc<Shared>) -> Router {
    let modern = |Extract(shared): Extract<Arc<Shared>>, Path(name): Path<String>, request: Request| {
        shared.serve(endpoint_of(&name), request)
    };
    let legacy =
        |Extract(shared): Extract<Arc<Shared>>, request: Request| shared.serve(Endpoint::Legacy, request);
    let unknown =
        |Extract(shared): Extract<Arc<Shared>>, request: Request| shared.serve(Endpoint::Unknown, request);
    Router::new()
        .route(&format!("{MODERN}/{{name}}"), any(modern))
        .route(LEGACY, any(legacy))
        .fallback(unknown)
        .with_state(shared)
}

/// Lets connections in.
struct Door {
    router: Router,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Door {
    async fn listen(self, listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.stop.cancelled() => return,
            };
            match accepted {
                Ok((stream, _)) => {
                    let talk = talk(self.router.clone(), stream, self.tasks.clone(), self.stop.clone());
                    self.tasks.spawn(talk);
                }
                // Out of file descriptors, most likely: the connections that are open will give some back.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            }
        }
    }
}

/// Serves one connection until either side ends it.
async fn talk(router: Router, stream: TcpStream, tasks: TaskTracker, stop: CancellationToken) {
    // Answers are small and whole; waiting to fill a packet would add up to 40 ms to each.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        // A task of its own: a client that hangs up must not stop a call half-way.
        let call = tasks.spawn(router.clone().call(request));
        async move {
            let response: Response = call.await?.unwrap_or_else(|never| match never {});
            if response.extensions().get::<Hangup>().is_some() {
                return Err(io::Error::other("hung up on purpose"));
            }
            Ok(response)
        }
    });
    let mut http = http1::Builder::new();
    let connection = http.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        // A connection that ends badly is the other side's business, or a fault that was asked for.
        _ = connection.as_mut() => return,
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
