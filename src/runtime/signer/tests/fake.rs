//! An ssh agent of the test's own, which does as it is told.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use crate::gateway::{PrivateKey, PublicKey};

/// Making a key is slow; every test here uses the same two.
pub(super) static KEY: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate().unwrap());
pub(super) static OTHER: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate().unwrap());

pub(super) fn raw_sign(key: &PrivateKey, body: &[u8]) -> Vec<u8> {
    STANDARD.decode(key.sign(body).unwrap()).unwrap()
}

/// A text with its length before it.
pub(super) fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// A whole message.
pub(super) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    string(&[&[kind], body].concat())
}

/// A key as an agent names it.
pub(super) fn blob(key: &PublicKey) -> Vec<u8> {
    use rsa::pkcs8::DecodePublicKey as _;
    use rsa::traits::PublicKeyParts as _;
    let key = rsa::RsaPublicKey::from_public_key_pem(&key.to_pem().unwrap()).unwrap();
    // A modulus of 2048 bits begins with a bit that is set.
    let n = [vec![0], key.n().to_bytes_be()].concat();
    [string(b"ssh-rsa"), string(&key.e().to_bytes_be()), string(&n)].concat()
}

/// The answer that names these keys.
pub(super) fn identities(blobs: &[Vec<u8>]) -> Vec<u8> {
    let count = u32::try_from(blobs.len()).unwrap().to_be_bytes().to_vec();
    let keys =
        blobs.iter().flat_map(|blob| [string(blob), string("a comment \u{1b}[2J".as_bytes())].concat());
    message(12, &count.into_iter().chain(keys).collect::<Vec<u8>>())
}

/// A signature under a name.
pub(super) fn signature(name: &[u8], bytes: &[u8]) -> Vec<u8> {
    message(14, &string(&[string(name), string(bytes)].concat()))
}

/// What the agent does with a message.
pub(super) enum Act {
    /// Answers with these bytes.
    Say(Vec<u8>),
    /// Answers with these bytes, one at a time and a moment apart.
    Drip(Vec<u8>),
    /// Hangs up.
    HangUp,
    /// Says nothing for as long as the caller stays.
    Hold,
}

type Behaviour = dyn Fn(u8, &[u8]) -> Act + Send + Sync;

/// A listening agent.
pub(super) struct Fake {
    dir: TempDir,
    calls: Arc<AtomicUsize>,
}

impl Fake {
    /// An agent that treats each message (its kind and body) as a test says.
    pub(super) fn start(behaviour: impl Fn(u8, &[u8]) -> Act + Send + Sync + 'static) -> Self {
        let fake = Self { dir: tempfile::tempdir().unwrap(), calls: Arc::default() };
        let listener = UnixListener::bind(fake.socket()).unwrap();
        let (calls, behaviour): (_, Arc<Behaviour>) = (Arc::clone(&fake.calls), Arc::new(behaviour));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                calls.fetch_add(1, Ordering::SeqCst);
                let behaviour = Arc::clone(&behaviour);
                std::thread::spawn(move || serve(stream, &*behaviour));
            }
        });
        fake
    }

    /// An agent with [`KEY`] and [`OTHER`] that signs what it is asked to; `before` is called at each signature.
    pub(super) fn honest(before: impl Fn() + Send + Sync + 'static) -> Self {
        Self::start(move |kind, body| match kind {
            11 => Act::Say(identities(&[
                b"ssh-ed25519 or so".to_vec(),
                blob(&OTHER.public()),
                blob(&KEY.public()),
            ])),
            13 => {
                before();
                Act::Say(signature(b"rsa-sha2-256", &raw_sign(&KEY, &asked_to_sign(body))))
            }
            _ => Act::HangUp,
        })
    }

    /// An agent that names [`KEY`] and answers a request to sign as a test says.
    pub(super) fn signing(answer: impl Fn(&[u8]) -> Act + Send + Sync + 'static) -> Self {
        Self::start(move |kind, body| match kind {
            11 => Act::Say(identities(&[blob(&KEY.public())])),
            _ => answer(&asked_to_sign(body)),
        })
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.dir.path().join("agent")
    }

    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

/// Takes a request to sign apart, and checks that it is for [`KEY`] and for SHA-256.
fn asked_to_sign(body: &[u8]) -> Vec<u8> {
    let split = |from: &[u8]| {
        let length = u32::from_be_bytes(from[..4].try_into().unwrap()) as usize;
        (from[4..4 + length].to_vec(), from[4 + length..].to_vec())
    };
    let (key, rest) = split(body);
    let (data, flags) = split(&rest);
    assert_eq!((key, flags), (blob(&KEY.public()), vec![0, 0, 0, 2]));
    data
}

fn serve(mut stream: UnixStream, behaviour: &Behaviour) {
    let mut length = [0; 4];
    while stream.read_exact(&mut length).is_ok() {
        let mut message = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut message).unwrap();
        match behaviour(message[0], &message[1..]) {
            // The caller may have gone.
            Act::Say(bytes) => _ = stream.write_all(&bytes),
            Act::Drip(bytes) => {
                for byte in bytes {
                    if stream.write_all(&[byte]).is_err() {
                        return;
                    }
                    std::thread::park_timeout(std::time::Duration::from_millis(2));
                }
            }
            Act::HangUp => return,
            Act::Hold => {
                _ = stream.read_to_end(&mut Vec::new());
                return;
            }
        }
    }
}

/// Lets so many callers through only together: whoever signs one after the other never gets past it.
pub(super) fn together(count: usize) -> impl Fn() + Send + Sync {
    let barrier = Barrier::new(count);
    move || _ = barrier.wait()
}
