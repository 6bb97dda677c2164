//! What a spoilt call brings back: no answer, half of one, one that is not PayerMax's, or a lie.

use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body::Frame;
use reqwest::Response;

use super::faults::NetFault;
use super::line::Call;
use crate::domain::fault::Fault;
use crate::gateway::Clock;
use crate::sandbox::Indoors;

const PAGE: &str = "<html><body>Something else</body></html>";

/// An answer of the sandbox as the client receives it.
pub(super) fn received(answer: http::Response<Body>) -> Response {
    Response::from(answer.map(|body| reqwest::Body::wrap(Shared(Mutex::new(body)))))
}

/// What comes back of a call that met a fault; `executed` is the sandbox's answer, if it was asked.
pub(super) async fn spoilt(
    gateway: &Indoors,
    clock: &Clock,
    fault: NetFault,
    call: &Call,
    executed: Option<http::Response<Body>>,
) -> Result<Response, Fault> {
    let told = Teller { gateway, clock };
    let unsent = |why: &str| Err(Fault::Unsent(why.to_owned()));
    match fault {
        NetFault::DnsFails => unsent("failed to lookup address information: name or service not known"),
        NetFault::ConnectRefused => unsent("connection refused (os error 111)"),
        NetFault::ConnectTimeout => {
            tokio::time::sleep(Duration::from_millis(2500)).await;
            unsent("no connection in time")
        }
        NetFault::TlsRefused => unsent("invalid peer certificate: expired"),
        NetFault::ResetBeforeBody => Err(Fault::Dropped("broken pipe (os error 32)".to_owned())),
        NetFault::ResetAfterBody => Err(Fault::Dropped("connection reset by peer (os error 104)".to_owned())),
        NetFault::NoAnswer | NetFault::LateAnswer => std::future::pending().await,
        NetFault::Status500 => Ok(told.page(500, "")),
        NetFault::Page502 => Ok(told.page(502, PAGE)),
        NetFault::CaptivePortal => Ok(told.page(200, PAGE)),
        NetFault::Truncated => Ok(told.truncated(executed.is_some(), call)),
        NetFault::WrongTypes => Ok(told.signed(&success(call, &wrong_types(call)))),
        NetFault::BadSign => Ok(told.with_sign(200, &truth_or_lie(call), Some(STANDARD.encode([7; 256])))),
        NetFault::NoSign => Ok(told.with_sign(200, &truth_or_lie(call), None)),
        NetFault::EchoMismatch => Ok(told.signed(&success(call, &of_another(call)))),
        NetFault::DuplicateCode => Ok(told.signed(&refusal("ORDER_REPEAT", "the number was used before"))),
        NetFault::TooMany => Ok(told.too_many()),
        NetFault::ClockRefusal => Ok(told.signed(&refusal("REQ_TIME_OVER_TIME", "request time over time"))),
        NetFault::RedirectElsewhere => Ok(told.elsewhere()),
    }
}

fn refusal(code: &str, msg: &str) -> String {
    format!(r#"{{"code":"{code}","msg":"{msg}"}}"#)
}

fn success(_call: &Call, data: &str) -> String {
    format!(r#"{{"code":"APPLY_SUCCESS","msg":"Success.","data":{data}}}"#)
}

/// The best news there could be, of a call that may not have been executed.
fn truth_or_lie(call: &Call) -> String {
    success(call, &good_news(call, &call.text("outRefundNo"), &call.text("caseId")))
}

fn good_news(call: &Call, number: &str, case: &str) -> String {
    match call.endpoint.as_str() {
        "refund" => format!(r#"{{"outRefundNo":"{number}","status":"REFUND_SUCCESS"}}"#),
        "refundQuery" => format!(
            r#"{{"outRefundNo":"{number}","status":"REFUND_SUCCESS","refundAmount":"1000","refundCurrency":"IDR"}}"#
        ),
        "caseReplay" => format!(r#"{{"successCaseIds":["{case}"],"failCaseIds":null}}"#),
        _ => format!(r#"{{"caseId":"{case}","status":"DISPUTE_RECEIVED"}}"#),
    }
}

/// The same about something else.
fn of_another(call: &Call) -> String {
    good_news(call, "DKXXXXXXXXXXXXXXXXXXXXXXXXXXXX01", "OTHER")
}

fn wrong_types(call: &Call) -> String {
    match call.endpoint.as_str() {
        "refund" | "refundQuery" => {
            let number = call.text("outRefundNo");
            format!(r#"{{"outRefundNo":"{number}","status":{{"is":"REFUND_SUCCESS"}}}}"#)
        }
        "caseReplay" => r#"{"successCaseIds":{"0":"O1"},"failCaseIds":7}"#.to_owned(),
        _ => r#"["DISPUTE_RECEIVED"]"#.to_owned(),
    }
}

/// Writes answers.
struct Teller<'a> {
    gateway: &'a Indoors,
    clock: &'a Clock,
}

impl Teller<'_> {
    fn head(&self, status: u16) -> http::response::Builder {
        let date = httpdate::fmt_http_date((self.clock)().into());
        http::Response::builder().status(status).header("date", date)
    }

    fn page(&self, status: u16, body: &str) -> Response {
        Response::from(self.head(status).header("content-type", "text/html").body(body.to_owned()).unwrap())
    }

    fn with_sign(&self, status: u16, body: &str, sign: Option<String>) -> Response {
        let mut head = self.head(status).header("content-type", "application/json");
        if let Some(sign) = sign {
            head = head.header("sign", sign);
        }
        Response::from(head.body(body.to_owned()).unwrap())
    }

    fn signed(&self, body: &str) -> Response {
        self.with_sign(200, body, Some(self.gateway.sign(body.as_bytes())))
    }

    fn too_many(&self) -> Response {
        let body = refusal("TOO_MANY_REQUEST", "too many requests");
        let head =
            self.head(429).header("retry-after", "30").header("sign", self.gateway.sign(body.as_bytes()));
        Response::from(head.body(body).unwrap())
    }

    fn elsewhere(&self) -> Response {
        Response::from(self.head(307).header("location", "https://elsewhere.example/").body("").unwrap())
    }

    /// Half a body, and the signature of the whole.
    fn truncated(&self, _executed: bool, call: &Call) -> Response {
        let body = truth_or_lie(call);
        let head = self.head(200).header("sign", self.gateway.sign(body.as_bytes()));
        let half = Bytes::from(body.as_bytes()[..body.len() / 2].to_vec());
        Response::from(head.body(reqwest::Body::wrap(Half(Some(half)))).unwrap())
    }
}

/// A body of the sandbox for a client that wants to share it between threads, and never does.
struct Shared(Mutex<Body>);

impl http_body::Body for Shared {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let body = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        Pin::new(body).poll_frame(context)
    }
}

/// The first half of a body; then the connection breaks.
struct Half(Option<Bytes>);

impl http_body::Body for Half {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(Some(match self.0.take() {
            Some(half) => Ok(Frame::data(half)),
            None => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
        }))
    }
}
