//! What changes something leaves once, to one place, and takes nothing along: a server that writes down every byte and every
//! connection is the witness.

use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;

use super::stub::{Act, Stub, answer, sign_line};
use super::tls::{OURS, both, client, config, host, speak};
use crate::domain::fault::Fault;
use crate::domain::reply::Version;
use crate::gateway::Network;

const TAKEN: &str = r#"{"code":"APPLY_SUCCESS","msg":"","data":{"successCaseIds":["O1"]}}"#;
const DATA: &[u8] = br#"{"caseId":"O1"}"#;
/// Set for the process that runs a test once more by itself.
const CHILD: &str = "DOCKET_TEST_KEY_LOG";

#[tokio::test]
async fn nothing_is_sent_again_whatever_becomes_of_the_connection() {
    let whole = answer("200 OK", &[sign_line(TAKEN.as_bytes())], TAKEN.as_bytes());
    let mut promising = whole.clone();
    let first_line = promising.windows(2).position(|two| two == b"\r\n").unwrap() + 2;
    promising.splice(first_line..first_line, *b"Connection: keep-alive\r\n");
    let acts = [
        ("a host that hangs up at once", Act::play(|_| ()), false),
        ("a host that promises to stay and hangs up", Act::WriteAndClose(promising), true),
        ("a host that stays", Act::Write(whole), true),
        (
            "half an answer",
            Act::WriteAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec()),
            false,
        ),
        ("a busy host", Act::WriteAndClose(answer("503 Busy", &["Retry-After: 0".into()], b"")), false),
        ("a request that came too early", Act::WriteAndClose(answer("425 Too Early", &[], b"")), false),
        ("a request that took too long", Act::WriteAndClose(answer("408 Request Timeout", &[], b"")), false),
    ];
    for (name, act, is_taken) in acts {
        let stub = Stub::start(act);
        let gateway = stub.gateway();
        for round in 1..=20 {
            let sent = gateway.case_reply(DATA, Version::V15).await;
            assert_eq!(sent.outcome.is_ok(), is_taken, "{name}: {:?}", sent.outcome);
            assert_eq!((stub.requests().len(), stub.connections()), (round, round), "{name}");
        }
    }
}

#[tokio::test]
async fn a_redirect_leads_nowhere_and_a_cookie_is_not_kept() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = elsewhere.local_addr().unwrap();
    for status in [301, 302, 303, 307, 308] {
        for location in
            [format!("http://{address}/caseReplay"), "/aggregate-pay/api/gateway/other".to_owned()]
        {
            let lines = [format!("Location: {location}"), "Set-Cookie: a=b; Path=/".to_owned()];
            let stub = Stub::start(Act::Write(answer(&format!("{status} Go"), &lines, b"")));
            let gateway = stub.gateway();
            for _ in 0..2 {
                let outcome = gateway.case_reply(DATA, Version::V15).await.outcome;
                assert!(
                    matches!(outcome, Err(Fault::Http { status: told, .. }) if told == status),
                    "{outcome:?}"
                );
            }
            let seen = stub.requests();
            assert_eq!(seen.len(), 2, "{status} to {location}");
            for seen in seen {
                assert!(seen.head.starts_with("POST /aggregate-pay/api/gateway/caseReplay HTTP/1.1\r\n"));
                for absent in
                    ["cookie", "referer", "accept-encoding", "expect", "upgrade", "proxy-authorization"]
                {
                    assert_eq!(seen.header(absent), None, "{absent}");
                }
            }
        }
    }
    elsewhere.set_nonblocking(true).unwrap();
    assert!(elsewhere.accept().is_err(), "somebody was asked elsewhere");
}

#[tokio::test]
async fn questions_keep_no_cookie_either() {
    let page = super::exchange::page();
    let lines = [sign_line(page.as_bytes()), "Set-Cookie: a=b; Path=/".to_owned()];
    let stub = Stub::start(Act::Write(answer("200 OK", &lines, page.as_bytes())));
    let gateway = stub.gateway();
    for _ in 0..2 {
        gateway.case_search(&super::exchange::asked()).await.unwrap();
    }
    assert!(stub.requests().iter().all(|seen| seen.header("cookie").is_none()));
}

/// The keys of a TLS line would open everything that was said on it. Run once more in a process of its own, because a
/// variable cannot be set for one test alone.
#[tokio::test]
async fn no_file_gets_the_keys_of_the_line() {
    let tls = Arc::new(config(&OURS.host("127.0.0.1", |_| {}), rustls::ALL_VERSIONS));
    let (address, _) = host(move |line, memory| speak(line, &tls, memory));
    let network = Network { authorities: OURS.trusted(), ..Network::default() };
    assert_eq!(both(&client(&format!("https://{address}"), network).unwrap()).await, [Ok(()), Ok(())]);
    if std::env::var_os(CHILD).is_some() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    let own = std::env::current_exe().unwrap();
    let name = "gateway::tests::once::no_file_gets_the_keys_of_the_line";
    let ran = Command::new(own)
        .args(["--exact", name])
        .env("SSLKEYLOGFILE", &file)
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
    assert!(!file.exists(), "the keys of the line were written down");
}
