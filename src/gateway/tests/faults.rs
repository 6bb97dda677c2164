//! Everything a line or a gateway can do to an answer, and what the operator is told.

use std::io::Write as _;
use std::net::TcpListener;
use std::time::Duration;

use pretty_assertions::assert_eq;

use super::exchange::{ask, asked, page_with};
use super::stub::{Act, Stub, answer, gateway, settings, sign_line, signed};
use crate::domain::case::Case;
use crate::domain::fault::{Fault, Signature, Skew};
use crate::gateway::transport::BODY_MAX;
use crate::gateway::{Answer, RetryPolicy, Settings, read_with_retries};

const BUSY: &str = r#"{"code":"TOO_MANY_REQUEST","msg":"slow down"}"#;

/// The page's bytes with nothing, or the wrong thing, in the `sign` header.
fn page_signed(sign: &[String]) -> Act {
    let Act::Write(good) = page_with(&[]) else { panic!("page_with writes") };
    let text = String::from_utf8(good).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("sign: "));
    Act::Write(answer("200 OK", sign, body.as_bytes()))
}

fn garbled(outcome: &Result<Answer<Case>, Fault>) -> &str {
    match outcome {
        Err(Fault::Garbled(why)) => why,
        Err(other) => panic!("{other:?} is not Garbled"),
        Ok(_) => panic!("a success is not Garbled"),
    }
}

#[tokio::test]
async fn a_success_without_a_valid_signature_is_not_believed() {
    assert_eq!(ask(page_signed(&[])).await, Err(Fault::Unverified(Signature::Absent)));
    let of_other_bytes = sign_line(b"{}");
    let wrongs = [of_other_bytes.as_str(), "sign: AAAA", "sign: not base64 at all", "sign: \u{fc}"];
    for wrong in wrongs {
        let outcome = ask(page_signed(&[wrong.to_owned()])).await;
        assert_eq!(outcome, Err(Fault::Unverified(Signature::Wrong)), "{wrong}");
    }
}

#[tokio::test]
async fn a_refusal_is_told_whether_signed_or_not() {
    let refusal = |signature| Fault::Refused {
        status: 200,
        code: "TOO_MANY_REQUEST".into(),
        msg: "slow down".into(),
        signature,
        retry_after: None,
        skew: None,
    };
    let unsigned = Act::Write(answer("200 OK", &[], BUSY.as_bytes()));
    let forged = Act::Write(answer("200 OK", &[sign_line(b"")], BUSY.as_bytes()));
    assert_eq!(ask(signed(BUSY)).await, Err(refusal(Signature::Valid)));
    assert_eq!(ask(unsigned).await, Err(refusal(Signature::Absent)));
    assert_eq!(ask(forged).await, Err(refusal(Signature::Wrong)));
}

#[tokio::test]
async fn a_refusal_for_the_clock_says_how_far_it_is_off() {
    let late = r#"{"code":"REQ_TIME_OVER_TIME","msg":"request time over time"}"#;
    let act = Act::Write(answer("200 OK", &["Date: Fri, 20 Nov 2026 08:05:03 GMT".into()], late.as_bytes()));
    let fault = ask(act).await.unwrap_err();
    // A busy machine may take some seconds for the trip, never ten.
    assert!(matches!(&fault, Fault::Refused { skew: Some(Skew(-303..=-293)), .. }), "{fault:?}");
}

#[tokio::test]
async fn an_error_status_with_a_code_is_a_refusal_with_its_wait() {
    let act = Act::Write(answer("429 Too Many Requests", &["Retry-After: 7".into()], BUSY.as_bytes()));
    let fault = ask(act).await.unwrap_err();
    assert_eq!(fault.code(), "TOO_MANY_REQUEST");
    assert_eq!(fault.retry_after(), Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn an_error_status_with_a_foreign_code_is_that_status_and_is_asked_again() {
    let eager = RetryPolicy {
        base: Duration::ZERO,
        cap: Duration::ZERO,
        tries: 3,
        longest_wait: Duration::from_millis(1),
    };
    for (status, body, code) in [
        ("429 Too Many Requests", r#"{"code":429,"message":"API rate limit exceeded"}"#, "HTTP_429"),
        ("502 Bad Gateway", r#"{"code":"BAD_GATEWAY","msg":"x"}"#, "HTTP_502"),
        ("503 Service Unavailable", r#"{"code":"503","msg":"upstream connect error"}"#, "HTTP_503"),
        // One of PayerMax's codes stays what it is, and its status still speaks of the moment.
        ("503 Service Unavailable", r#"{"code":"PAYMENT_PROCESSING","msg":"x"}"#, "PAYMENT_PROCESSING"),
        ("429 Too Many Requests", r#"{"code":"SYSTEM_ERROR","msg":"x"}"#, "SYSTEM_ERROR"),
    ] {
        let stub = Stub::start(Act::Write(answer(status, &["Retry-After: 9".into()], body.as_bytes())));
        let (gateway, id) = (stub.gateway(), asked());
        let fault = read_with_retries(&eager, || gateway.case_search(&id)).await.unwrap_err();
        assert_eq!((fault.code().as_str(), stub.requests().len()), (code, 3), "{fault:?}");
        assert_eq!(fault.retry_after(), Some(Duration::from_secs(9)), "{fault:?}");
        assert_eq!(fault.is_too_many(), status.starts_with("429"), "{fault:?}");
    }
    let stub = Stub::start(Act::Write(answer("400 Bad Request", &[], br#"{"code":"PARAMS_INVALID"}"#)));
    let (gateway, id) = (stub.gateway(), asked());
    let fault = read_with_retries(&eager, || gateway.case_search(&id)).await.unwrap_err();
    assert_eq!((fault.code().as_str(), stub.requests().len()), ("PARAMS_INVALID", 1));
}

#[tokio::test]
async fn an_error_status_without_a_code_is_that_status() {
    let html = b"<html>Service Unavailable</html>";
    let lines = [
        "Content-Type: text/html".into(),
        "Date: Fri, 20 Nov 2026 08:00:00 GMT".into(),
        "Retry-After: Fri, 20 Nov 2026 08:00:30 GMT".into(),
    ];
    let outcome = ask(Act::Write(answer("503 Service Unavailable", &lines, html))).await;
    assert_eq!(outcome, Err(Fault::Http { status: 503, retry_after: Some(Duration::from_secs(30)) }));

    let taken = r#"{"code":"APPLY_SUCCESS","msg":"","data":{}}"#;
    let outcome = ask(Act::Write(answer("500 Oops", &[sign_line(taken.as_bytes())], taken.as_bytes()))).await;
    assert_eq!(outcome, Err(Fault::Http { status: 500, retry_after: None }), "a success only comes with 2xx");

    let broken = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 500\r\n\r\n<html>".to_vec();
    let outcome = ask(Act::WriteAndClose(broken)).await;
    assert_eq!(outcome, Err(Fault::Http { status: 502, retry_after: None }));
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let location = format!("Location: http://{}/caseSearch", elsewhere.local_addr().unwrap());
    for (status, code) in
        [("307 Temporary Redirect", 307), ("308 Permanent Redirect", 308), ("302 Found", 302)]
    {
        let stub = Stub::start(Act::Write(answer(status, std::slice::from_ref(&location), BUSY.as_bytes())));
        let outcome = stub.gateway().case_search(&asked()).await;
        assert_eq!(outcome, Err(Fault::Http { status: code, retry_after: None }));
        assert_eq!(stub.requests().len(), 1);
    }
    elsewhere.set_nonblocking(true).unwrap();
    let contact = elsewhere.accept().map(|_| ()).map_err(|error| error.kind());
    assert_eq!(contact, Err(std::io::ErrorKind::WouldBlock));
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_not_read() {
    let mut huge = BUSY.as_bytes().to_vec();
    huge.resize(BODY_MAX + 1, b' ');
    assert_eq!(garbled(&ask(Act::Write(answer("200 OK", &[], &huge))).await), "it is larger than 1 MiB");

    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n{".to_vec();
    assert_eq!(garbled(&ask(Act::WriteAndClose(announced)).await), "it is larger than 1 MiB");

    let mut unannounced = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    unannounced.extend_from_slice(&huge);
    assert_eq!(garbled(&ask(Act::WriteAndClose(unannounced)).await), "it is larger than 1 MiB");

    huge.truncate(BODY_MAX);
    let outcome = ask(Act::Write(answer("200 OK", &[], &huge))).await;
    assert_eq!(outcome.unwrap_err().code(), "TOO_MANY_REQUEST", "exactly at the limit is read");

    let page = Act::Write(answer("500 Oops", &[], &vec![b'x'; BODY_MAX + 1]));
    assert_eq!(ask(page).await, Err(Fault::Http { status: 500, retry_after: None }));
}

#[tokio::test]
async fn a_connection_that_breaks_is_told_from_one_that_never_was() {
    let silent = ask(Act::WriteAndClose(Vec::new())).await;
    assert!(matches!(silent, Err(Fault::Dropped(_))), "{silent:?}");
    let Act::Write(mut whole) = page_with(&[]) else { panic!("page_with writes") };
    whole.truncate(whole.len() - 10);
    let cut = ask(Act::WriteAndClose(whole)).await;
    assert!(matches!(cut, Err(Fault::Dropped(_))), "{cut:?}");

    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = gateway(settings(&format!("http://{port}"))).case_search(&asked()).await;
    let Err(Fault::Unsent(why)) = refused else { panic!("{refused:?}") };
    assert!(why.starts_with("connection refused"), "{why}");
}

#[tokio::test]
async fn a_silent_gateway_times_out_and_a_silent_handshake_sends_nothing() {
    let stub = Stub::start(Act::Hold);
    let hasty =
        Settings { timeout: Duration::from_millis(300), ..settings(&format!("http://{}", stub.address)) };
    assert_eq!(gateway(hasty).case_search(&asked()).await, Err(Fault::TimedOut));

    // The listener takes the connection and never answers the TLS greeting.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let hasty = Settings {
        connect_timeout: Duration::from_millis(300),
        ..settings(&format!("https://{}", mute.local_addr().unwrap()))
    };
    let outcome = gateway(hasty).case_search(&asked()).await;
    assert_eq!(outcome, Err(Fault::Unsent("no connection in time".into())));
}

#[tokio::test]
async fn a_failed_handshake_sends_nothing() {
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("https://{}", plain.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in plain.incoming().flatten() {
            // Whatever comes, the answer is no TLS; the client may have hung up by then.
            _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        }
    });
    let outcome = gateway(settings(&base_url)).case_search(&asked()).await;
    assert!(matches!(outcome, Err(Fault::Unsent(_))), "{outcome:?}");
}

#[tokio::test]
async fn an_answer_of_another_case_or_without_a_status_is_refused() {
    let success =
        |data: &str| signed(&format!(r#"{{"code":"APPLY_SUCCESS","msg":"Success.","data":{data}}}"#));
    for (data, why) in [
        (r#"{"caseId":"O2","status":"CASE_CLOSED"}"#, "it describes another case"),
        (r#"{"status":"CASE_CLOSED"}"#, "it does not say which case it describes"),
        (r#"{"caseId":"O20230103065545916437107761"}"#, "it gives the case no status"),
        ("null", "it carries no case"),
        ("[]", "in the case, it is no JSON object"),
    ] {
        assert_eq!(garbled(&ask(success(data)).await), why, "{data}");
    }
}
