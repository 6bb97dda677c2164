//! One call from its first byte to its signed answer.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use http_body::Frame;
use time::{OffsetDateTime, UtcOffset, macros::format_description};

use super::{
    Clock, Endpoint, Fault, LegacySign, LogLine, LogSink, Merchant, State,
    answer::{Answer, Dialect, Out, Refusal, SIGN_VERIFY_FAILED},
    envelope::Received,
    misbehave::{Hits, Plan, make_hostile},
    rules,
    sign::Signer,
};

/// The most bytes of a request: 1024 evidence addresses of about two thousand characters.
const BODY_MAX: usize = 2 * 1024 * 1024;

const PAGE: &str = "<html><head><title>Gateway</title></head><body><h1>Something else</h1></body></html>";

/// What all calls share.
pub(super) struct Shared {
    pub(super) merchant: Merchant,
    pub(super) signer: Signer,
    pub(super) clock: Clock,
    pub(super) log: LogSink,
    pub(super) state: Mutex<State>,
    pub(super) plan: Mutex<Plan>,
}

/// Marks an answer that must not be sent: the connection is closed instead.
#[derive(Clone)]
pub(super) struct Hangup;

/// An answer on its way out.
pub(super) struct Outgoing {
    pub(super) status: u16,
    content_type: &'static str,
    extra: Option<(HeaderName, String)>,
    pub(super) sign: Option<String>,
    pub(super) body: Vec<u8>,
    cut: bool,
    hangup: bool,
    code: String,
    rule: Option<String>,
}

impl Outgoing {
    fn page(status: u16) -> Self {
        Self {
            status,
            content_type: "text/html; charset=utf-8",
            extra: None,
            sign: None,
            body: PAGE.into(),
            cut: false,
            hangup: false,
            code: String::new(),
            rule: None,
        }
    }

    pub(super) fn into_response(self, now: OffsetDateTime) -> Response {
        let length = self.body.len();
        let body = if self.cut { Body::new(Cut::half(self.body)) } else { Body::from(self.body) };
        let mut response = Response::new(body);
        *response.status_mut() = self.status.try_into().unwrap_or_default();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        let mut put = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put(header::DATE, &http_date(now));
        if self.cut {
            put(header::CONTENT_LENGTH, &length.to_string());
        }
        if let Some(sign) = &self.sign {
            put(HeaderName::from_static("sign"), sign);
        }
        if let Some((name, value)) = self.extra {
            put(name, &value);
        }
        if self.hangup {
            response.extensions_mut().insert(Hangup);
        }
        response
    }
}

impl Shared {
    /// The state; a panic in another holder does not make it unusable.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one call.
    pub(super) async fn serve(self: Arc<Self>, endpoint: Endpoint, request: Request) -> Response {
        let at = (self.clock)();
        let method = request.method().clone();
        let hits = self.plan().pick(endpoint);
        // Begun before the work and awaited after it: the work is part of the delay, not on top, and whoever gives
        // up waiting has nevertheless been served, as with a slow network.
        let delay = tokio::time::sleep(hits.latency);
        let outgoing = match hits.before() {
            Some(fault) => self.instead(fault),
            None => self.execute(endpoint, request, &hits).await,
        };
        if !hits.latency.is_zero() {
            delay.await;
        }
        let now = (self.clock)();
        (self.log)(&LogLine {
            at,
            method: method.as_str().to_owned(),
            endpoint,
            http_status: if outgoing.hangup { 0 } else { outgoing.status },
            code: outgoing.code.clone(),
            rule: outgoing.rule.clone(),
            fault: hits.names(),
            elapsed: (now - at).try_into().unwrap_or_default(),
        });
        outgoing.into_response(now + hits.skew())
    }

    /// What comes instead of executing the call.
    fn instead(&self, fault: &Fault) -> Outgoing {
        match fault {
            Fault::Status { status, .. } => Outgoing::page(*status),
            Fault::RateLimit { retry_after_s } => {
                let refusal = Refusal::new("TOO_MANY_REQUEST", "rate", "limit", "too many requests");
                let mut outgoing = self.written(&Answer::refused(&refusal), None);
                outgoing.status = 429;
                outgoing.extra = Some((header::RETRY_AFTER, retry_after_s.to_string()));
                outgoing
            }
            Fault::Redirect { to } => {
                let mut outgoing = Outgoing::page(307);
                outgoing.extra = Some((header::LOCATION, to.clone()));
                outgoing
            }
            _ => Outgoing { hangup: true, ..Outgoing::page(200) },
        }
    }

    async fn execute(&self, endpoint: Endpoint, request: Request, hits: &Hits) -> Outgoing {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, BODY_MAX).await;
        let now = (self.clock)() + hits.skew();
        let answered = match &body {
            Ok(body) => {
                let received = Received { method: &parts.method, headers: &parts.headers, body };
                self.answer(endpoint, &received, now)
            }
            Err(_) => Err(Refusal::params("body", "size", "too large, or cut off")),
        };
        let mut answer = match &answered {
            Ok(answer) => answer.clone(),
            Err(refusal) => refused(endpoint, refusal),
        };
        let rule = answered.err().map(|refusal| {
            self.state().note(endpoint, &refusal, &answer.code);
            refusal.rule
        });
        for fault in &hits.faults {
            if let Fault::Hostile(kind) = fault {
                make_hostile(&mut answer, *kind);
            }
        }
        let mut outgoing = self.written(&answer, rule);
        if endpoint == Endpoint::Unknown {
            outgoing.status = 404;
        }
        for fault in &hits.faults {
            self.spoil(&mut outgoing, &answer, fault);
        }
        outgoing
    }

    /// The answer to a call, or the rule that it broke. No socket is needed for this.
    pub(super) fn answer(
        &self,
        endpoint: Endpoint,
        received: &Received<'_>,
        now: OffsetDateTime,
    ) -> Result<Answer, Refusal> {
        match endpoint {
            Endpoint::Unknown => Err(Refusal::params("address", "known", "nothing is served here")),
            Endpoint::Legacy => {
                let account = self.merchant.legacy.as_ref();
                let who = rules::Account { account, signer: &self.signer };
                rules::answer_legacy(received, &who, &mut self.state(), now)
            }
            _ => {
                let call = received.open(endpoint, &self.merchant, &self.signer, now)?;
                rules::answer(endpoint, &call, &mut self.state(), now)
            }
        }
    }

    pub(super) fn written(&self, answer: &Answer, rule: Option<String>) -> Outgoing {
        let body = answer.to_bytes();
        Outgoing {
            content_type: "application/json",
            sign: self.signer.sign(&body),
            body,
            code: answer.code.clone().into_owned(),
            rule,
            ..Outgoing::page(200)
        }
    }

    /// What a fault does to an answer after the call was executed.
    fn spoil(&self, outgoing: &mut Outgoing, answer: &Answer, fault: &Fault) {
        let kept = |page: Outgoing, old: &mut Outgoing| Outgoing {
            code: std::mem::take(&mut old.code),
            rule: old.rule.take(),
            ..page
        };
        match fault {
            Fault::DropAfter => outgoing.hangup = true,
            Fault::Status { status, .. } => *outgoing = kept(Outgoing::page(*status), outgoing),
            Fault::Foreign => *outgoing = kept(Outgoing::page(200), outgoing),
            Fault::Truncated => outgoing.cut = true,
            Fault::Oversized { mib } => {
                let mut answer = answer.clone();
                answer.msg = "x".repeat(*mib as usize * 1024 * 1024);
                *outgoing = kept(self.written(&answer, None), outgoing);
            }
            Fault::MissingSign | Fault::WrongSign => {
                let wrong = *fault == Fault::WrongSign;
                let mut answer = answer.clone();
                if self.spoil_md5(&mut answer, wrong) {
                    *outgoing = kept(self.written(&answer, None), outgoing);
                }
                outgoing.sign = if wrong { self.signer.sign(b"something else") } else { None };
            }
            Fault::Latency { .. }
            | Fault::DropBefore
            | Fault::RateLimit { .. }
            | Fault::Skew { .. }
            | Fault::Redirect { .. }
            | Fault::Hostile(_) => {}
        }
    }

    /// Takes or spoils the signature inside the data, where the account has one there.
    fn spoil_md5(&self, answer: &mut Answer, wrong: bool) -> bool {
        let md5 = self.merchant.legacy.as_ref().is_some_and(|account| account.sign == LegacySign::Md5Body);
        let Some(data) = answer.data.as_mut().filter(|_| md5 && answer.dialect == Dialect::Legacy) else {
            return false;
        };
        data.retain(|(name, _)| *name != "sign");
        if wrong {
            data.push(("sign", Out::Text("0".repeat(32))));
        }
        true
    }
}

/// A refusal in the words of the interface that was called.
pub(super) fn refused(endpoint: Endpoint, refusal: &Refusal) -> Answer {
    let mut answer = Answer::refused(refusal);
    if endpoint == Endpoint::Legacy {
        answer.dialect = Dialect::Legacy;
        answer.code = match refusal.code {
            SIGN_VERIFY_FAILED | "AUTH_FAILED" => "3000",
            "ORDER_REPEAT" | "PAYMENT_PROCESSING" => "2000",
            _ => "1000",
        }
        .into();
    }
    answer
}

/// The `Date` of an answer (RFC 9110: always in GMT).
fn http_date(at: OffsetDateTime) -> String {
    let form = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    at.to_offset(UtcOffset::UTC).format(&form).unwrap_or_default()
}

/// Half a body, then an error: the length that was announced is never reached.
struct Cut {
    half: Option<Bytes>,
    flushed: bool,
}

impl Cut {
    fn half(mut body: Vec<u8>) -> Self {
        body.truncate(body.len() / 2);
        Self { half: Some(body.into()), flushed: false }
    }
}

impl http_body::Body for Cut {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(half) = self.half.take() {
            return Poll::Ready(Some(Ok(Frame::data(half))));
        }
        // hyper writes out what it has only when there is nothing more to fetch; an error at once would take the
        // head of the answer with it.
        if !self.flushed {
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(std::io::Error::other("cut off on purpose"))))
    }
}

/// The endpoint of a name in the address.
pub(super) fn endpoint_of(name: &str) -> Endpoint {
    Endpoint::named(name).filter(|endpoint| *endpoint != Endpoint::Legacy).unwrap_or(Endpoint::Unknown)
}
