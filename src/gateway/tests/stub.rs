//! A gateway made of raw bytes, so that a test can send what no HTTP library would.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use time::OffsetDateTime;
use time::macros::datetime;

use super::super::client::AUTH_HEADER;
use super::super::{Gateway, Network, Settings};
use super::{GATEWAY_KEY, merchant_key};

/// What this host's clock shows in every test: half a second past, as the gateway's `Date` is read.
pub(super) const NOW: OffsetDateTime = datetime!(2026-11-20 08:00:00.500 UTC);

/// One request as it came.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Seen {
    /// The value of a header, whatever the letter case of its name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// What the stub does with a request.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Writes these bytes and waits for the next request.
    Write(Vec<u8>),
    /// Writes these bytes and hangs up.
    WriteAndClose(Vec<u8>),
    /// Says nothing until the client gives up.
    Hold,
    /// Does with the line what it likes, and hangs up.
    Play(Play),
}

/// Something to do with a line.
#[derive(Clone)]
pub(super) struct Play(Arc<dyn Fn(&mut TcpStream) + Send + Sync>);

impl std::fmt::Debug for Play {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Play")
    }
}

impl Act {
    pub(super) fn play(play: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::Play(Play(Arc::new(play)))
    }
}

/// A listening stub; it lives as long as the test process.
pub(super) struct Stub {
    pub(super) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
}

impl Stub {
    /// Starts a stub that treats every request the same.
    pub(super) fn start(act: Act) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stub = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            connections: Arc::default(),
        };
        let (seen, connections) = (Arc::clone(&stub.seen), Arc::clone(&stub.connections));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                connections.fetch_add(1, Ordering::SeqCst);
                let (seen, act) = (Arc::clone(&seen), act.clone());
                std::thread::spawn(move || serve(stream, &act, &seen));
            }
        });
        stub
    }

    pub(super) fn requests(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// A client of this stub.
    pub(super) fn gateway(&self) -> Gateway {
        gateway(settings(&self.base_url()))
    }

    /// The address before an endpoint's name.
    pub(super) fn base_url(&self) -> String {
        format!("http://{}/aggregate-pay/api/gateway", self.address)
    }
}

/// A client that never gives up must fail its test, not hang it.
const PATIENCE: Duration = Duration::from_secs(20);

fn serve(mut stream: TcpStream, act: &Act, seen: &Mutex<Vec<Seen>>) {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    while let Some(request) = read_request(&mut stream) {
        seen.lock().unwrap().push(request);
        match act {
            // The client may hang up first, when it has read enough.
            Act::Write(bytes) => _ = stream.write_all(bytes),
            Act::WriteAndClose(bytes) => {
                _ = stream.write_all(bytes);
                return;
            }
            Act::Play(play) => {
                (play.0)(&mut stream);
                return;
            }
            Act::Hold => {
                _ = stream.read_to_end(&mut Vec::new());
                return;
            }
        }
    }
}

/// Reads one request; `None` at the end of the connection.
pub(super) fn read_request(stream: &mut impl std::io::Read) -> Option<Seen> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let mut seen = Seen { head: String::from_utf8(head).unwrap(), body: Vec::new() };
    seen.body = vec![0; seen.header("content-length")?.parse().unwrap()];
    stream.read_exact(&mut seen.body).ok()?;
    Some(seen)
}

/// Settings for a stub; the limits are far beyond what a loaded machine needs.
pub(super) fn settings(base_url: &str) -> Settings {
    Settings {
        base_url: base_url.to_owned(),
        app_id: "app-1".to_owned(),
        merchant_no: "SP100860372".to_owned(),
        sp_merchant_no: None,
        auth_token: None,
        auth_header: AUTH_HEADER.to_owned(),
        case_search_version: "1.5".to_owned(),
        connect_timeout: Duration::from_secs(30),
        timeout: Duration::from_secs(60),
        network: Network::default(),
    }
}

/// A client whose clock stands still.
pub(super) fn gateway(settings: Settings) -> Gateway {
    Gateway::new(settings, merchant_key(), GATEWAY_KEY.public(), Arc::new(|| NOW)).unwrap()
}

/// An answer with a fitting `Content-Length`; `headers` are whole lines.
pub(super) fn answer(status: &str, headers: &[String], body: &[u8]) -> Vec<u8> {
    let headers = headers.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect::<String>();
    let mut bytes =
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// The `sign` line PayerMax would send with a body.
pub(super) fn sign_line(body: &[u8]) -> String {
    format!("sign: {}", GATEWAY_KEY.sign(body).unwrap())
}

/// A signed `200 OK`.
pub(super) fn signed(body: &str) -> Act {
    Act::Write(answer("200 OK", &[sign_line(body.as_bytes())], body.as_bytes()))
}
