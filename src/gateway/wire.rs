//! What the calls of both interfaces share once they are written: sign, send, keep what comes, check it, read it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Url;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::envelope::{Received, Taken, unwritable};
use super::hands::Hands;
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
    /// Whoever signs and checks here.
    hands: Hands,
}

impl Wire {
    /// Over a line for questions and one for calls that change something.
    pub(super) fn new([line, one_off]: [Line; 2], seal: Seal, road: Road) -> Self {
        Self { line, one_off, seal, road, skew: Mutex::default(), hands: Hands::new() }
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
        let work = move || write().and_then(|body| wire.seal.seal(to, body, aim));
        let signed = match self.seal.holder() {
            None => self.hands.ask(work).await,
            Some(holder) => {
                let (done, signed) = oneshot::channel();
                // Nobody waits when the call was given up.
                holder.beside(Box::new(move || _ = done.send(work())));
                signed.await.ok()
            }
        };
        signed.ok_or_else(|| unwritable("docket is stopping"))?
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
        let wire = Arc::clone(self);
        let work = move || {
            let signature = wire.seal.check(&received);
            (Some(signature), received.open(wire.road, signature))
        };
        let stopped = || Fault::Garbled("its signature could not be checked".to_owned());
        self.hands.ask(work).await.unwrap_or_else(|| (None, Err(stopped())))
    }
}
