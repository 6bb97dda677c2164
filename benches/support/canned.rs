//! A gateway that costs next to nothing: every case has its own answer, written and signed beforehand, and one thread
//! hands them out on connections that stay open. What is measured against it is the client.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, SystemTime};

use docket::domain::case::Field;
use docket::gateway::{PrivateKey, PublicKey};
use docket::sandbox::SandboxCase;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::DOCKET;

/// Beside the sixteen fields, an answer carries this much that docket does not know.
const UNKNOWN_BYTES: usize = 1_500;
/// The name of the private key's file.
pub(crate) const KEY: &str = "own.key.pem";
/// The name of the file of the gateway's public key.
pub(crate) const GATEWAY_KEY: &str = "gateway.pub.pem";
/// The name of the list of ids.
pub(crate) const IDS: &str = "ids.txt";

/// A signed answer.
pub(crate) struct Signed {
    pub(crate) body: Vec<u8>,
    pub(crate) sign: String,
}

/// The gateway and a home that is set up for it, with all of its cases on the list.
pub(crate) struct Canned {
    dir: tempfile::TempDir,
    address: SocketAddr,
    latency_ms: Arc<AtomicU64>,
    /// What a profile signs with.
    pub(crate) own: PrivateKey,
    /// What the answers are checked with.
    pub(crate) gateway: PublicKey,
    /// One of the answers.
    pub(crate) sample: Signed,
}

impl Canned {
    /// Writes and signs the answers of so many cases, starts to serve them and puts them on a list.
    pub(crate) fn serving(cases: usize) -> Self {
        let keys = [(); 2].map(|()| PrivateKey::generate().expect("the system has random numbers"));
        let [own, theirs] = keys;
        let today = time::OffsetDateTime::now_utc().date();
        let made = docket::sandbox::generate(cases, 7, today);
        let ids: Vec<&str> = made.iter().map(|case| case.text(Field::CaseId)).collect();
        let list = ids.join("\n");
        let answers: HashMap<String, Signed> =
            made.iter().map(|case| (case.text(Field::CaseId).to_owned(), signed(case, &theirs))).collect();
        let sample = made.first().map(|case| signed(case, &theirs)).expect("there is a case");
        let latency_ms = Arc::<AtomicU64>::default();
        let address = serve(answers, Arc::clone(&latency_ms));
        let dir = tempfile::tempdir().expect("a temporary directory");
        let gateway = theirs.public();
        write(&dir.path().join(KEY), &own.to_pem().expect("the key can be written"));
        write(&dir.path().join(GATEWAY_KEY), &gateway.to_pem().expect("the key can be written"));
        write(&dir.path().join(IDS), &list);
        let canned = Self { dir, address, latency_ms, own, gateway, sample };
        canned.write_config("track", 1);
        let ids = canned.path(IDS).display().to_string();
        assert!(canned.docket("track", &["track", "--file", &ids]), "the cases are put on the list");
        canned
    }

    /// From now on, every answer takes this long.
    pub(crate) fn set_latency(&self, latency_ms: u64) {
        self.latency_ms.store(latency_ms, Ordering::Relaxed);
    }

    /// A file of this home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The address before the endpoint's name.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Runs the program with a config of the name to its end; whether it says that all went well.
    pub(crate) fn docket(&self, config: &str, arguments: &[&str]) -> bool {
        let mut command = Command::new(DOCKET);
        command.args(self.globals(config)).args(arguments).stdout(Stdio::null());
        command.status().expect("docket runs").success()
    }

    /// The flags that point the program at this home and one of its configs.
    pub(crate) fn globals(&self, config: &str) -> [String; 4] {
        let text = |name: &str| self.path(name).display().to_string();
        ["--config".into(), text(&format!("{config}.toml")), "--data-dir".into(), text("data")]
    }

    /// Writes a config of this name that asks for so many cases at a time, as fast as it can.
    pub(crate) fn write_config(&self, config: &str, concurrency: u32) {
        let base = self.base_url();
        let text = format!(
            "[profiles.bench]\nenvironment = \"custom\"\nbase_url = \"{base}\"\napp_id = \"bench\"\n\
             merchant_no = \"P01010000000001\"\nprivate_key_file = \"{KEY}\"\n\
             gateway_public_key_file = \"{GATEWAY_KEY}\"\n\n\
             [refresh]\nconcurrency = {concurrency}\nper_second = 10000\n"
        );
        write(&self.path(&format!("{config}.toml")), &text);
    }
}

/// A file for its owner alone.
fn write(path: &Path, text: &str) {
    let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).expect("it can be written");
}

/// The answer of a case, as long as those of the gateway that carry everything.
fn signed(case: &SandboxCase, key: &PrivateKey) -> Signed {
    let mut data: Map<String, Value> =
        Field::ALL.iter().map(|&field| (field.wire().to_owned(), case.get(field).into())).collect();
    data.insert("remark".to_owned(), "n".repeat(UNKNOWN_BYTES).into());
    let answer = json!({ "msg": "Success.", "code": "APPLY_SUCCESS", "data": data });
    let body = answer.to_string().into_bytes();
    let sign = key.sign(&body).expect("the key signs");
    Signed { body, sign }
}

/// Serves from a thread of its own for as long as this process runs.
fn serve(answers: HashMap<String, Signed>, latency_ms: Arc<AtomicU64>) -> SocketAddr {
    let (bound, address) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            bound.send(listener.local_addr().expect("it is bound")).expect("somebody waits for it");
            let answers = Arc::new(answers);
            while let Ok((line, _)) = listener.accept().await {
                let (answers, latency_ms) = (Arc::clone(&answers), Arc::clone(&latency_ms));
                tokio::spawn(async move { talk(line, &answers, &latency_ms).await });
            }
        });
    });
    address.recv().expect("the gateway listens")
}

/// Answers one request after the other until the client hangs up.
async fn talk(mut line: TcpStream, answers: &HashMap<String, Signed>, latency_ms: &AtomicU64) -> Option<()> {
    line.set_nodelay(true).ok()?;
    let (mut said, mut out) = (Vec::with_capacity(4096), Vec::with_capacity(4096));
    loop {
        while whole(&said).is_none() {
            if line.read_buf(&mut said).await.ok()? == 0 {
                return None;
            }
        }
        let answer = case_id(&said).and_then(|id| answers.get(id)).expect("a case of this gateway");
        out.clear();
        let date = httpdate::fmt_http_date(SystemTime::now());
        let (length, sign) = (answer.body.len(), &answer.sign);
        write!(
            out,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ndate: {date}\r\nsign: {sign}\r\ncontent-length: {length}\r\n\r\n"
        )
        .ok()?;
        out.extend_from_slice(&answer.body);
        said.clear();
        match latency_ms.load(Ordering::Relaxed) {
            0 => {}
            latency => tokio::time::sleep(Duration::from_millis(latency)).await,
        }
        line.write_all(&out).await.ok()?;
    }
}

/// Where the one request ends, once it is all there.
fn whole(said: &[u8]) -> Option<usize> {
    let head = said.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let lines = std::str::from_utf8(said.get(..head)?).ok()?;
    let length = lines.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Some(head + length.unwrap_or_default()).filter(|&end| said.len() >= end)
}

/// Which case is asked for: the text after the name of the field, as docket and Python's `json` write it.
fn case_id(said: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(said).ok()?;
    let (_, rest) = text.split_once("\"caseId\":")?;
    rest.trim_start().strip_prefix('"')?.split('"').next()
}
