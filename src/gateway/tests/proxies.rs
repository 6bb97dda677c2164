//! A proxy in between: what it may see, what it can do to a call, and that a call it does not let through was never sent.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::stub::Seen;
use super::tls::{Memory, OURS, both, client, config, host, speak};
use crate::domain::fault::Fault;
use crate::domain::proxy::Proxy;
use crate::gateway::Network;

const SECRET: &str = "s3cret-of-the-proxy";

/// What a proxy does once it was asked for a tunnel.
#[derive(Clone, Copy)]
enum Manner {
    /// Says this and hangs up.
    Say(&'static str),
    /// Opens the tunnel to a host with a certificate of ours for this name.
    Open(&'static str),
    /// Says this without an end.
    Pour(&'static str),
}

/// A proxy, what it was told in plain, and what came out at the end of its tunnels.
struct Between {
    address: SocketAddr,
    plain: Arc<Mutex<Vec<u8>>>,
    memory: Arc<Memory>,
}

impl Between {
    fn start(manner: Manner) -> Self {
        let plain = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&plain);
        let (address, memory) = host(move |line, memory| proxy(line, manner, &told, memory));
        Self { address, plain, memory }
    }

    fn network(&self) -> Network {
        let proxy = Proxy::parse(&format!("http://ana:{SECRET}@{}", self.address)).unwrap();
        Network { proxy, authorities: OURS.trusted() }
    }

    fn seen(&self) -> Vec<Seen> {
        self.memory.seen.lock().unwrap().clone()
    }

    fn plain(&self) -> String {
        String::from_utf8_lossy(&self.plain.lock().unwrap()).into_owned()
    }
}

fn proxy(mut line: TcpStream, manner: Manner, told: &Mutex<Vec<u8>>, memory: &Memory) {
    let mut asked = Vec::new();
    let mut byte = [0];
    while !asked.ends_with(b"\r\n\r\n") && line.read_exact(&mut byte).is_ok() {
        asked.push(byte[0]);
    }
    told.lock().unwrap().extend(&asked);
    match manner {
        Manner::Say(text) => {
            _ = line.write_all(text.as_bytes());
            _ = line.shutdown(std::net::Shutdown::Write);
            // Whatever the client says to that, in plain or not.
            let mut more = Vec::new();
            _ = line.read_to_end(&mut more);
            told.lock().unwrap().extend(more);
        }
        Manner::Open(name) => {
            _ = line.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
            speak(line, &Arc::new(config(&OURS.host(name, |_| {}), rustls::ALL_VERSIONS)), memory);
        }
        Manner::Pour(text) => while line.write_all(text.as_bytes()).is_ok() {},
    }
}

const HTML: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>please log in</html>";

#[tokio::test]
async fn a_call_that_the_proxy_does_not_let_through_was_never_sent() {
    let cells = [
        (
            "407",
            Manner::Say("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
            "proxy auth",
        ),
        ("502", Manner::Say("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), "unsuccessful"),
        (
            "403 with a page",
            Manner::Say("HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\n<html>"),
            "unsuccessful",
        ),
        (
            "a redirect",
            Manner::Say("HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\n\r\n"),
            "unsuccessful",
        ),
        ("a page in the place of a tunnel", Manner::Say(HTML), ""),
        ("nothing", Manner::Say(""), ""),
        ("no HTTP", Manner::Say("SSH-2.0-OpenSSH_9.2p1\r\n\r\n"), ""),
        ("a head without an end", Manner::Pour("HTTP/1.1 200 OK\r\nX: y\r\n"), ""),
        ("a tunnel to somebody else", Manner::Open("elsewhere.example"), "not valid for"),
    ];
    for (name, manner, words) in cells {
        let between = Between::start(manner);
        let gateway = client("https://pay.example/g", between.network()).unwrap();
        for outcome in both(&gateway).await {
            let Err(fault @ Fault::Unsent(why)) = &outcome else { panic!("{name}: {outcome:?}") };
            assert!(why.contains(words), "{name}: {why}");
            let shown = format!("{fault} {fault:?} {gateway:?} {}", fault.hint());
            assert!(!shown.contains(SECRET) && !shown.contains("ana"), "{shown}");
        }
        let plain = between.plain();
        assert_eq!(plain.matches("CONNECT pay.example:443 HTTP/1.1\r\n").count(), 2, "{name}: {plain}");
        assert!(!plain.contains("sign") && !plain.contains("merchantNo"), "{name}: {plain}");
        assert_eq!(between.seen().len(), 0, "{name}");
    }
    println!("{} cells: {} manners of a proxy, a question and a reply each", 2 * cells.len(), cells.len());
}

#[tokio::test]
async fn through_an_open_tunnel_only_the_host_behind_it_reads_the_call() {
    let between = Between::start(Manner::Open("pay.example"));
    let outcomes = both(&client("https://pay.example/g", between.network()).unwrap()).await;
    assert_eq!(outcomes, [Ok(()), Ok(())]);
    let (plain, seen) = (between.plain(), between.seen());
    let credentials = STANDARD.encode(format!("ana:{SECRET}"));
    assert_eq!(plain.matches(&credentials).count(), 2, "the proxy is told who asks, each time");
    assert!(!plain.contains("sign") && !plain.contains("merchantNo"), "{plain}");
    assert_eq!(seen.len(), 2);
    for seen in seen {
        assert!(
            seen.header("sign").is_some() && seen.header("proxy-authorization").is_none(),
            "{}",
            seen.head
        );
    }
}

#[tokio::test]
async fn this_machine_is_reached_without_a_proxy() {
    let between = Between::start(Manner::Say(HTML));
    let tls = Arc::new(config(&OURS.host("127.0.0.1", |_| {}), rustls::ALL_VERSIONS));
    let (address, _) = host(move |line, memory| speak(line, &tls, memory));
    let outcomes = both(&client(&format!("https://{address}"), between.network()).unwrap()).await;
    assert_eq!((outcomes, between.plain()), ([Ok(()), Ok(())], String::new()));
}
