//! Carries bytes there and back, once, and says in the operator's words what went wrong on the way.
//!
//! An answer is read only so far: no redirect is followed, and a body ends at [`BODY_MAX`], announced or not.

use std::error::Error;
use std::time::Duration;

use reqwest::header::{
    AGE, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use reqwest::{Method, Request, Response};
use time::OffsetDateTime;
use tokio::time::Instant;

use super::carrier::Carrier;
use super::client::Clock;
use super::envelope::{Received, unwritable};
use super::one_off::SignedCall;
use super::times::{self, Trip};
use crate::domain::fault::Fault;
use crate::domain::shown;

/// The largest answer that is read, in bytes.
pub(super) const BODY_MAX: usize = 1024 * 1024;
/// How much of the name of an encoding is repeated, in characters.
const ENCODING_SHOWN_MAX: usize = 20;
/// The header that carries a signature, in both directions.
const SIGN: HeaderName = HeaderName::from_static("sign");
/// Headers the request itself uses; no other value may take their place.
pub(super) const RESERVED: [&str; 6] =
    ["sign", "content-type", "content-length", "host", "user-agent", "transfer-encoding"];

/// The line to one gateway.
pub(super) struct Line {
    pub(super) carrier: Carrier,
    pub(super) auth: Option<(HeaderName, HeaderValue)>,
    pub(super) clock: Clock,
}

impl Line {
    /// Sends signed bytes and brings back what came, believed or not.
    ///
    /// # Errors
    /// [`Fault::Unsent`], [`Fault::TimedOut`], [`Fault::Dropped`]; [`Fault::Http`] for a redirect or an error
    /// page that breaks off; [`Fault::Garbled`] for an answer that is too large.
    pub(super) async fn post(&self, signed: SignedCall) -> Result<Received, Fault> {
        let Arrived { received, broken } = self.bring(signed, None).await?;
        broken.map_or(Ok(received), Err)
    }

    /// As [`Self::post`], for calls whose answer is kept whatever it is: a head that came is returned with as much of
    /// its body as followed. `limit` replaces the client's own limit on the call as a whole.
    ///
    /// # Errors
    /// The faults of a call to which not even a head came back.
    pub(super) async fn bring(&self, signed: SignedCall, limit: Option<Duration>) -> Result<Arrived, Fault> {
        let SignedCall { to, wire, sign, .. } = signed;
        let mut request = Request::new(Method::POST, to);
        *request.body_mut() = Some(wire.into());
        *request.timeout_mut() = limit;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(sign) = sign {
            let mut sign =
                HeaderValue::from_str(&sign).map_err(|_| unwritable("its signature is no text"))?;
            sign.set_sensitive(true);
            headers.insert(SIGN, sign);
        }
        if let Some((name, value)) = &self.auth {
            headers.insert(name, value.clone());
        }
        let (sent, started) = ((self.clock)(), Instant::now());
        let response = self.carrier.carry(request).await?;
        Ok(receive(response, Trip { sent, round_trip: started.elapsed() }).await)
    }
}

/// An answer of which at least the head came.
pub(super) struct Arrived {
    /// The head, and the body as far as it came.
    pub(super) received: Received,
    /// Why it is no whole answer.
    pub(super) broken: Option<Fault>,
}

/// Reads an answer as far as it goes.
async fn receive(response: Response, trip: Trip) -> Arrived {
    let mut received = head(response.status().as_u16(), response.headers(), trip);
    let not_a_result = Fault::Http { status: received.status, retry_after: received.retry_after };
    let broken = match received.status {
        300..=399 => Some(not_a_result),
        200..=299 => {
            let packed = response.headers().get(CONTENT_ENCODING).cloned();
            read_body(response, &mut received.body)
                .await
                .err()
                .or_else(|| still_packed(packed, &received.body))
        }
        // An error page is worth its status, whether or not the rest of it arrives.
        _ => read_body(response, &mut received.body).await.err().map(|_| not_a_result),
    };
    Arrived { received, broken }
}

/// What the head of an answer says; the body is still to come.
fn head(status: u16, headers: &HeaderMap, trip: Trip) -> Received {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let date = text(DATE);
    let arrived = trip.sent.checked_add(time::Duration::try_from(trip.round_trip).unwrap_or_default());
    let now: OffsetDateTime = arrived.unwrap_or(trip.sent);
    Received {
        status,
        sign: headers.get(SIGN).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        body: Vec::new(),
        retry_after: times::retry_after(text(RETRY_AFTER), date, now),
        // A cache that kept the answer for a while has kept its date, too.
        skew: if headers.contains_key(AGE) { None } else { times::skew(date, trip) },
    }
}

/// Reads a body; what came before it broke off stays in `body`.
async fn read_body(mut response: Response, body: &mut Vec<u8>) -> Result<(), Fault> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    if announced.is_some_and(|length| length > BODY_MAX) {
        return Err(too_large());
    }
    body.reserve(announced.unwrap_or_default());
    while let Some(chunk) = response.chunk().await.map_err(|error| fault_of(&error))? {
        if body.len() + chunk.len() > BODY_MAX {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(())
}

/// Why a body cannot be read that somebody packed although nobody asked for it. Nothing is ever unpacked, so that a small
/// answer cannot become a large one, and because the signature is over what PayerMax wrote.
fn still_packed(encoding: Option<HeaderValue>, body: &[u8]) -> Option<Fault> {
    let encoding = encoding.filter(|_| std::str::from_utf8(body).is_err())?;
    let name: String = encoding.to_str().ok()?.chars().take(ENCODING_SHOWN_MAX).collect();
    Some(Fault::Garbled(format!("it is packed with {}, which docket did not ask for", shown::line(&name))))
}

fn too_large() -> Fault {
    Fault::Garbled("it is larger than 1 MiB".to_owned())
}

/// Sorts the client's errors by the one question that matters: may the request have arrived?
pub(super) fn fault_of(error: &reqwest::Error) -> Fault {
    match (error.is_connect() || error.is_builder(), error.is_timeout()) {
        (true, true) => Fault::Unsent("no connection in time".to_owned()),
        (true, false) => Fault::Unsent(innermost(error)),
        (false, true) => Fault::TimedOut,
        (false, false) => Fault::Dropped(innermost(error)),
    }
}

/// The first cause of an error, without the addresses and credentials its outer layers may repeat.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    plain(&cause.to_string())
}

/// Blots out every word that could be an address, and writes the rest as the middle of a sentence.
pub(super) fn plain(text: &str) -> String {
    let blot = |word| match word {
        word if str::contains(word, "://") || str::contains(word, '@') => "(address hidden)",
        word => word,
    };
    let words: Vec<&str> = text.split_whitespace().map(blot).collect();
    let sentence = words.join(" ");
    let is_acronym = sentence.chars().nth(1).is_none_or(|second| !second.is_lowercase());
    match sentence.chars().next() {
        Some(first) if !is_acronym => {
            let rest = sentence.get(first.len_utf8()..).unwrap_or_default();
            first.to_lowercase().chain(rest.chars()).collect()
        }
        _ => sentence,
    }
}
