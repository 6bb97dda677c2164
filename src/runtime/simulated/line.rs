//! The line between the processes and the gateway: every call is seen at each step, and one can be struck by a fault.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http;
use reqwest::{Request, Response};
use serde_json::value::RawValue;

use super::answers;
use super::faults::{Deed, NetFault};
use super::process::Life;
use crate::domain::fault::Fault;
use crate::gateway::Clock;
use crate::gateway::simulated::Network;
use crate::sandbox::Indoors;

/// How long after the call a late one is executed: docket has given up, and PayerMax's two minutes are not over.
const LATE: Duration = Duration::from_secs(90);
/// How long a connection attempt takes to fail.
const CONNECT: Duration = Duration::from_secs(5);

/// The steps of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::runtime) enum Phase {
    /// Before the connection; no byte has left.
    Connecting,
    /// Its bytes are leaving.
    Leaving,
    /// The gateway has executed it, if it was to, and the answer is under way.
    Answering,
}

/// A call as it stands on the line.
#[derive(Clone, Debug)]
pub(in crate::runtime) struct Call {
    /// `refund`, `caseReplay`, `refundQuery` or `caseSearch`.
    pub(in crate::runtime) endpoint: String,
    pub(in crate::runtime) body: Vec<u8>,
    /// The `sign` header.
    pub(in crate::runtime) sign: String,
}

impl Call {
    /// Whether it changes something.
    pub(in crate::runtime) fn is_mutation(&self) -> bool {
        matches!(self.endpoint.as_str(), "refund" | "caseReplay")
    }

    /// The bytes of its `data`.
    pub(in crate::runtime) fn data(&self) -> String {
        #[derive(serde::Deserialize)]
        struct Envelope {
            data: Box<RawValue>,
        }
        let envelope: Envelope = serde_json::from_slice(&self.body).unwrap();
        envelope.data.get().to_owned()
    }

    /// A text in its `data`; empty where there is none.
    pub(in crate::runtime) fn text(&self, key: &str) -> String {
        let data: serde_json::Value = serde_json::from_str(&self.data()).unwrap();
        data[key].as_str().unwrap_or_default().to_owned()
    }
}

/// Sees a call at a step; from here its process can be killed.
pub(in crate::runtime) type Watcher = Box<dyn FnMut(Phase, &Call, &Life) + Send>;

#[derive(Default)]
struct Script {
    mutation: Option<Deed>,
    reads: Option<NetFault>,
    watcher: Option<Watcher>,
    calls: Vec<Call>,
}

/// The line to the gateway, shared by all processes.
pub(in crate::runtime) struct Line {
    gateway: Indoors,
    pub(super) clock: Clock,
    script: Mutex<Script>,
}

impl Line {
    pub(super) fn new(gateway: Indoors, clock: Clock) -> Self {
        Self { gateway, clock, script: Mutex::default() }
    }

    /// The next call that changes something meets this; those after it a line without fault.
    pub(in crate::runtime) fn strike(&self, deed: Deed) {
        self.script.lock().unwrap().mutation = Some(deed);
    }

    /// A fault that was asked for and has not struck strikes no more.
    pub(in crate::runtime) fn calm(&self) {
        self.script.lock().unwrap().mutation = None;
    }

    /// Whether the fault that was asked for has not struck yet.
    pub(in crate::runtime) fn is_armed(&self) -> bool {
        self.script.lock().unwrap().mutation.is_some()
    }

    /// What every call meets that only reads, until it is mended.
    pub(in crate::runtime) fn spoil_reads(&self, fault: Option<NetFault>) {
        self.script.lock().unwrap().reads = fault;
    }

    /// Has every step of every call seen.
    pub(in crate::runtime) fn watch(&self, watcher: impl FnMut(Phase, &Call, &Life) + Send + 'static) {
        self.script.lock().unwrap().watcher = Some(Box::new(watcher));
    }

    /// The calls that changed something, or were meant to, as far as bytes of them left.
    pub(in crate::runtime) fn mutations(&self) -> Vec<Call> {
        let script = self.script.lock().unwrap();
        script.calls.iter().filter(|call| call.is_mutation()).cloned().collect()
    }

    /// A step of a call; those of the dead go no further.
    async fn at(&self, phase: Phase, call: &Call, life: &Life) {
        life.unless_dead().await;
        {
            // Taken out while it is asked, because it may want to look at the line itself.
            let mut watcher = self.script.lock().unwrap().watcher.take();
            if let Some(watcher) = &mut watcher {
                watcher(phase, call, life);
            }
            let mut script = self.script.lock().unwrap();
            if phase == Phase::Leaving {
                script.calls.push(call.clone());
            }
            if script.watcher.is_none() {
                script.watcher = watcher;
            }
        }
    }

    fn deed(&self, call: &Call) -> Option<Deed> {
        let mut script = self.script.lock().unwrap();
        if call.is_mutation() {
            script.mutation.take()
        } else {
            // What only reads executes nothing.
            script.reads.map(|fault| Deed { fault, executed: false })
        }
    }

    async fn carry(&self, request: Request, life: &Life) -> Result<Response, Fault> {
        let (call, request) = taken_apart(&request);
        self.at(Phase::Connecting, &call, life).await;
        life.unless_dead().await;
        let deed = self.deed(&call);
        if deed.is_some_and(|deed| deed.fault.is_before_connection()) {
            tokio::time::sleep(CONNECT / 2).await;
        }
        self.at(Phase::Leaving, &call, life).await;
        let executed = self.execute(deed, request).await;
        life.unless_dead().await;
        self.at(Phase::Answering, &call, life).await;
        life.unless_dead().await;
        match deed {
            Some(deed) => answers::spoilt(&self.gateway, &self.clock, deed.fault, &call, executed).await,
            None => executed
                .ok_or_else(|| Fault::Dropped("closed by the gateway".to_owned()))
                .map(answers::received),
        }
    }

    /// Has the gateway execute a call, if it is to; the bytes are there, whatever becomes of the process. Nothing of a
    /// late one is seen here.
    async fn execute(
        &self,
        deed: Option<Deed>,
        request: http::Request<Body>,
    ) -> Option<http::Response<Body>> {
        if deed.is_some_and(|deed| !deed.executed) {
            return None;
        }
        if deed.is_some_and(|deed| deed.fault == NetFault::LateAnswer) {
            let gateway = self.gateway.clone();
            tokio::spawn(async move {
                tokio::time::sleep(LATE).await;
                gateway.call(request).await;
            });
            return None;
        }
        self.gateway.call(request).await
    }
}

/// A process's end of the line.
pub(super) struct Endpoint {
    pub(super) line: Arc<Line>,
    pub(super) life: Arc<Life>,
}

impl Network for Endpoint {
    fn carry(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Fault>> + Send + '_>> {
        Box::pin(self.line.carry(request, &self.life))
    }
}

/// A request as it is looked at, and as the sandbox takes it.
fn taken_apart(request: &Request) -> (Call, http::Request<Body>) {
    let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default().to_vec();
    let sign = request.headers().get("sign").and_then(|sign| sign.to_str().ok()).unwrap_or_default();
    let call = Call {
        endpoint: request.url().path().rsplit('/').next().unwrap_or_default().to_owned(),
        body: body.clone(),
        sign: sign.to_owned(),
    };
    let mut inner = http::Request::new(Body::from(body));
    *inner.method_mut() = request.method().clone();
    *inner.uri_mut() = request.url().path().parse().unwrap();
    *inner.headers_mut() = request.headers().clone();
    (call, inner)
}
