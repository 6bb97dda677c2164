//! Stands between docket and the sandbox: passes every call on, and does to `refund` what a test asks for. So that an
//! answer may be anything at all while what was executed is still the sandbox's to say.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use super::PEMS;
use crate::gateway::PrivateKey;

/// Who signs an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signer {
    PayerMax,
    Nobody,
    SomebodyElse,
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// What the sandbox says.
    AsItIs,
    /// No connection: nobody listens any more.
    NoConnection,
    /// The connection is closed.
    Close,
    /// Nothing, for as long as docket waits.
    Silence,
    /// A status and a body, in which `{number}` is the refund's; the headers are extra lines.
    Answer { status: u16, body: String, signer: Signer, headers: &'static str },
    /// The same, and the connection breaks in the middle of it.
    Cut(String),
}

/// What happens to the next calls of `refund`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deed {
    /// Whether the sandbox gets them.
    pub(super) executed: bool,
    pub(super) reply: Reply,
}

/// The means by which a test stops a call half-way.
pub(super) struct Halt {
    /// Sent once the call is there, and executed if it is to be.
    pub(super) arrived: oneshot::Sender<()>,
    /// Goes on when this is sent.
    pub(super) go: oneshot::Receiver<()>,
}

#[derive(Default)]
struct Script {
    deed: Option<Deed>,
    queries: Option<Reply>,
    query: Option<Halt>,
    before: Option<Halt>,
    after: Option<Halt>,
    calls: usize,
}

#[derive(Clone)]
pub(super) struct Between {
    address: SocketAddr,
    sandbox: SocketAddr,
    script: Arc<Mutex<Script>>,
    door: mpsc::Sender<(bool, oneshot::Sender<()>)>,
}

impl Between {
    pub(super) async fn start(sandbox: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (door, orders) = mpsc::channel(1);
        let between = Self { address, sandbox, script: Arc::default(), door };
        tokio::spawn(between.clone().listen(listener, orders));
        between
    }

    pub(super) fn base_url(&self) -> String {
        format!("http://{}/aggregate-pay/api/gateway", self.address)
    }

    /// What happens to `refund` from now on; `None` passes it on.
    pub(super) fn set(&self, deed: Option<Deed>) {
        self.script.lock().unwrap().deed = deed;
    }

    /// What comes back to `refundQuery` about the first number of an order from now on; `None` is what the sandbox says.
    pub(super) fn answer_queries(&self, reply: Option<Reply>) {
        self.script.lock().unwrap().queries = reply;
    }

    /// Stops the next `refund` before the sandbox gets it.
    pub(super) fn halt_before(&self) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let (halt, ends) = halt();
        self.script.lock().unwrap().before = Some(halt);
        ends
    }

    /// Stops the next `refund` once the sandbox has answered it.
    pub(super) fn halt_after(&self) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let (halt, ends) = halt();
        self.script.lock().unwrap().after = Some(halt);
        ends
    }

    /// Stops the next `refundQuery` once the sandbox has answered it.
    pub(super) fn halt_query(&self) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let (halt, ends) = halt();
        self.script.lock().unwrap().query = Some(halt);
        ends
    }

    /// How often `refund` was called.
    pub(super) fn calls(&self) -> usize {
        self.script.lock().unwrap().calls
    }

    /// Lets connections in again.
    pub(super) async fn open(&self) {
        self.turn(true).await;
    }

    async fn turn(&self, open: bool) {
        let (done, turned) = oneshot::channel();
        self.door.send((open, done)).await.unwrap();
        turned.await.unwrap();
    }

    async fn listen(self, listener: TcpListener, mut orders: mpsc::Receiver<(bool, oneshot::Sender<()>)>) {
        let mut listener = Some(listener);
        loop {
            let accept = async {
                match &listener {
                    Some(listener) => listener.accept().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                accepted = accept => {
                    let (stream, _) = accepted.unwrap();
                    let between = self.clone();
                    tokio::spawn(async move { between.talk(stream).await });
                }
                Some((open, done)) = orders.recv() => {
                    listener = match (open, listener.take()) {
                        (false, _) => None,
                        (true, None) => Some(TcpListener::bind(self.address).await.unwrap()),
                        (true, kept) => kept,
                    };
                    _ = done.send(());
                }
            }
        }
    }

    async fn talk(&self, mut stream: TcpStream) {
        let Some((head, body)) = receive(&mut stream).await else { return };
        let path = head.split(' ').nth(1).unwrap_or_default();
        if !path.ends_with("/refund") {
            let mut answer = self.pass_on(&head, &body).await;
            let scripted = self.script.lock().unwrap().queries.clone();
            if let Some(Reply::Answer { status, body: text, signer, headers }) = scripted
                && path.ends_with("/refundQuery")
                && filled("{number}", &body).ends_with("01")
            {
                answer = response(status, headers, &filled(&text, &body), signer);
            }
            if path.ends_with("/refundQuery") {
                let halt = self.script.lock().unwrap().query.take();
                wait(halt).await;
            }
            let gone = self.script.lock().unwrap().deed.as_ref().map(|deed| deed.reply.clone());
            if gone == Some(Reply::NoConnection) && path.ends_with("/refundQuery") {
                self.turn(false).await;
            }
            _ = stream.write_all(&answer).await;
            return;
        }
        let (deed, before, after) = {
            let mut script = self.script.lock().unwrap();
            script.calls += 1;
            (script.deed.clone(), script.before.take(), script.after.take())
        };
        wait(before).await;
        let deed = deed.unwrap_or(Deed { executed: true, reply: Reply::AsItIs });
        let answer = if deed.executed { self.pass_on(&head, &body).await } else { Vec::new() };
        wait(after).await;
        _ = match deed.reply {
            Reply::AsItIs => stream.write_all(&answer).await,
            Reply::NoConnection | Reply::Close => Ok(()),
            Reply::Silence => std::future::pending().await,
            Reply::Cut(text) => {
                let text = filled(&text, &body);
                let whole = response(200, "", &text, Signer::PayerMax);
                stream.write_all(&whole[..whole.len() - text.len() / 2]).await
            }
            Reply::Answer { status, body: text, signer, headers } => {
                stream.write_all(&response(status, headers, &filled(&text, &body), signer)).await
            }
        };
    }

    /// Gives a call to the sandbox and brings back its whole answer.
    async fn pass_on(&self, head: &str, body: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.sandbox).await.unwrap();
        let head = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut answer = Vec::new();
        _ = stream.read_to_end(&mut answer).await;
        answer
    }
}

fn halt() -> (Halt, (oneshot::Receiver<()>, oneshot::Sender<()>)) {
    let ((arrived, there), (on, go)) = (oneshot::channel(), oneshot::channel());
    (Halt { arrived, go }, (there, on))
}

async fn wait(halt: Option<Halt>) {
    if let Some(Halt { arrived, go }) = halt {
        _ = arrived.send(());
        _ = go.await;
    }
}

/// A request: its head with the empty line, and its body.
async fn receive(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
        if let Some(end) = end {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let length = head.to_ascii_lowercase();
            let length =
                length.split("content-length: ").nth(1)?.split("\r\n").next()?.parse::<usize>().ok()?;
            if bytes.len() >= end + length {
                return Some((head, bytes[end..end + length].to_vec()));
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// A scripted body with the number of the refund that was asked for.
fn filled(text: &str, request: &[u8]) -> String {
    let request: serde_json::Value = serde_json::from_slice(request).unwrap();
    text.replace("{number}", request["data"]["outRefundNo"].as_str().unwrap())
}

fn response(status: u16, headers: &str, body: &str, signer: Signer) -> Vec<u8> {
    let key = PrivateKey::parse(&PEMS.gateway).unwrap();
    let sign = match signer {
        Signer::PayerMax => format!("sign: {}\r\n", key.sign(body.as_bytes()).unwrap()),
        Signer::SomebodyElse => format!("sign: {}\r\n", STANDARD.encode([7; 256])),
        Signer::Nobody => String::new(),
    };
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}{sign}\r\n{body}"
    )
    .into_bytes()
}
