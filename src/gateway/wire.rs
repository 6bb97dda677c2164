//! What the calls of both interfaces share once they are written: sign, send, keep what comes, check it, read it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Url;
use serde_json::value::RawValue;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::envelope::{Received, Taken, unwritable};
use super::one_off::{ANSWER_KEPT_MAX, Exchange, Sent, SignedCall};
use super::seal::{Aim, Seal};
use super::transport::{Arrived, Line};
use super::witness::{Course, Witness};
use crate::domain::call::{About, What};
use crate::domain::fault::{Fault, Signature, Skew};
use crate::domain::refund::Road;

/// The lines to one interface of a gateway, with what signs and checks on them.
pub(super) struct Wire {
    /// For calls that only read.
    line: Line,
    /// For calls that change something.
    one_off: Line,
    pub(super) seal: Seal,
    /// Whose words an answer is read in.
    road: Road,
    /// This host's clock by the last believed answer.
    skew: Mutex<Option<Skew>>,
    /// One for each processor: more signatures at a time would be no faster, and whoever draws or sends would wait in a
    /// crowd.
    hands: Arc<Semaphore>,
}

impl Wire {
    /// Over a line for questions and one for calls that change something.
    pub(super) fn new([line, one_off]: [Line; 2], seal: Seal, road: Road) -> Self {
        // A runtime has a worker for each processor.
        let processors = Handle::try_current().map_or(1, |runtime| runtime.metrics().num_workers());
        let hands = Arc::new(Semaphore::new(processors));
        Self { line, one_off, seal, road, skew: Mutex::default(), hands }
    }

    /// Writes and signs a request, off the event loop. Where `write` stamps the time, that is the last thing before the
    /// signature: the gateway takes it for two minutes only.
    ///
    /// # Errors
    /// [`Fault::Signing`].
    pub(super) async fn sign(
        self: &Arc<Self>,
        to: Url,
        aim: Aim,
        write: impl FnOnce() -> Result<Vec<u8>, Fault> + Send + 'static,
    ) -> Result<SignedCall, Fault> {
        let wire = Arc::clone(self);
        let (done, signed) = oneshot::channel();
        let hand = if self.seal.is_own() { Some(self.hand().await) } else { None };
        let work = move || write().and_then(|body| wire.seal.seal(to, body, aim));
        self.seal.beside(Box::new(move || {
            let signed = work();
            drop(hand);
            // Nobody waits when the call was given up.
            _ = done.send(signed);
        }));
        signed.await.map_err(|_| unwritable("docket is stopping"))?
    }

    /// Waits until a processor may be used for arithmetic. Whoever does it keeps the hand until it is done, even if nobody
    /// waits for the outcome any more.
    async fn hand(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed; without it, the work would be done all the same.
        Arc::clone(&self.hands).acquire_owned().await.ok()
    }

    /// Carries a reading call out; its place on the line is given back before the answer is checked.
    ///
    /// # Errors
    /// Any [`Fault`].
    pub(super) async fn ask<P>(
        self: &Arc<Self>,
        signed: SignedCall,
        place: P,
        course: &mut Course,
    ) -> Result<Taken, Fault> {
        course.leaves();
        let received = self.line.post(signed).await;
        drop(place);
        let received = received?;
        course.came(&received);
        let skew = received.skew;
        let (signature, outcome) = self.judged(received).await;
        course.judged(signature);
        // Whoever stands in between has a clock of its own.
        if signature == Some(Signature::Valid) {
            *self.skew.lock().unwrap_or_else(PoisonError::into_inner) = skew;
        }
        outcome
    }

    /// This host's clock against the gateway's by the last signed answer to a reading call; `None` before one with a
    /// usable `Date`.
    pub(super) fn skew(&self) -> Option<Skew> {
        *self.skew.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries a call out that changes something: once, on a connection of its own, and what comes back is kept
    /// whatever it is. `read` gives the reason in words.
    pub(super) async fn send_once<T>(
        self: &Arc<Self>,
        mut signed: SignedCall,
        limit: Option<Duration>,
        witness: Option<&Witness>,
        read: impl FnOnce(Option<&RawValue>) -> Result<T, String>,
    ) -> Sent<T> {
        let mut exchange = Exchange { request: signed.body().to_vec(), ..Exchange::default() };
        let (what, about) = signed.about.take().unwrap_or((What::Refund, About::Number(String::new())));
        let mut course = Course::of(witness, what, about);
        course.leaves();
        let taken = match self.one_off.bring(signed, limit).await {
            Ok(arrived) => self.kept(arrived, &mut exchange, &mut course).await,
            Err(fault) => Err(fault),
        };
        let outcome = taken.and_then(|taken| read(taken.data.as_deref()).map_err(Fault::Garbled));
        course.ended(&outcome);
        Sent { outcome, exchange }
    }

    /// Keeps what came, and believes it if it is whole and signed.
    async fn kept(
        self: &Arc<Self>,
        arrived: Arrived,
        exchange: &mut Exchange,
        course: &mut Course,
    ) -> Result<Taken, Fault> {
        let Arrived { received, broken } = arrived;
        course.came(&received);
        exchange.http_status = Some(received.status);
        exchange.skew = received.skew;
        exchange.answer = Some(received.body.iter().take(ANSWER_KEPT_MAX).copied().collect());
        if let Some(fault) = broken {
            return Err(fault);
        }
        let (signature, outcome) = self.judged(received).await;
        exchange.signature = signature;
        course.judged(signature);
        outcome
    }

    /// Checks an answer's signature, then reads its wrapping, off the event loop.
    async fn judged(self: &Arc<Self>, received: Received) -> (Option<Signature>, Result<Taken, Fault>) {
        let (wire, hand) = (Arc::clone(self), self.hand().await);
        let work = move || {
            let _hand = hand;
            let signature = wire.seal.check(&received);
            (Some(signature), received.open(wire.road, signature))
        };
        let stopped = || Fault::Garbled("its signature could not be checked".to_owned());
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| (None, Err(stopped())))
    }
}
