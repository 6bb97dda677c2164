//! Real TLS on a real socket, with authorities made for the occasion: who is believed, who is not, and that a client that
//! does not believe sends nothing at all.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, date_time_ymd,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion, version};

use super::GATEWAY_KEY;
use super::exchange::{asked, page};
use super::merchant_key;
use super::stub::{NOW, Seen, answer, read_request, settings, sign_line};
use crate::domain::fault::Fault;
use crate::domain::reply::Version;
use crate::gateway::{Authorities, BuildError, BundleError, Gateway, Network, Settings};

/// An authority of the test's own.
pub(super) struct Authority {
    pub(super) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    pub(super) fn trusted(&self) -> Authorities {
        Authorities::parse(&self.pem).unwrap()
    }

    /// A host's certificate and key.
    pub(super) fn host(&self, name: &str, change: fn(&mut CertificateParams)) -> HostKey {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.use_authority_key_identifier_extension = true;
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        HostKey { chain: vec![certificate.der().clone()], key: key.serialize_der() }
    }
}

impl Authority {
    /// A certificate that a host of this authority signed, with the host's own: only authorities may sign.
    fn below(&self, name: &str) -> HostKey {
        let mut params = CertificateParams::new(vec!["host.example".to_owned()]).unwrap();
        params.is_ca = IsCa::ExplicitNoCa;
        let key = KeyPair::generate().unwrap();
        let middle = params.signed_by(&key, &self.issuer).unwrap().der().clone();
        let middle_man = Self { pem: String::new(), issuer: Issuer::new(params, key) };
        let mut host = middle_man.host(name, |_| {});
        host.chain.push(middle);
        host
    }
}

pub(super) struct HostKey {
    chain: Vec<rustls::pki_types::CertificateDer<'static>>,
    key: Vec<u8>,
}

pub(super) static OURS: LazyLock<Authority> = LazyLock::new(|| Authority::new("ours"));
static THEIRS: LazyLock<Authority> = LazyLock::new(|| Authority::new("theirs"));

/// What the hosts of these tests answer to every question, signed.
const TAKEN: &str = r#"{"code":"APPLY_SUCCESS","msg":"","data":{"successCaseIds":["O1"]}}"#;

/// A TLS configuration of these versions.
pub(super) fn config(host: &HostKey, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::try_from(host.key.clone()).unwrap();
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(host.chain.clone(), key)
        .unwrap()
}

fn asks_for_a_certificate(host: &HostKey, version: &'static SupportedProtocolVersion) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(rustls::pki_types::CertificateDer::from(OURS_DER.clone())).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider)).build().unwrap();
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(host.chain.clone(), PrivateKeyDer::try_from(host.key.clone()).unwrap())
        .unwrap()
}

static OURS_DER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    use rustls::pki_types::pem::PemObject as _;
    rustls::pki_types::CertificateDer::from_pem_slice(OURS.pem.as_bytes()).unwrap().to_vec()
});

/// What a host remembers: the requests it could read, and the protocol that was agreed on.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) seen: Mutex<Vec<Seen>>,
    agreed: Mutex<Vec<Option<Vec<u8>>>>,
}

/// Speaks TLS on a line and answers each question that it can read.
pub(super) fn speak(line: TcpStream, config: &Arc<ServerConfig>, memory: &Memory) {
    line.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), line);
    while stream.conn.is_handshaking() {
        if stream.conn.complete_io(&mut stream.sock).is_err() {
            return;
        }
    }
    memory.agreed.lock().unwrap().push(stream.conn.alpn_protocol().map(<[u8]>::to_vec));
    while let Some(seen) = read_request(&mut stream) {
        let text = if seen.head.contains("caseReplay") { TAKEN } else { page() };
        memory.seen.lock().unwrap().push(seen);
        let whole = answer("200 OK", &[sign_line(text.as_bytes())], text.as_bytes());
        if stream.write_all(&whole).is_err() {
            return;
        }
    }
}

/// A host that does this with every line; where it is, and what it remembers.
pub(super) fn host(each: impl Fn(TcpStream, &Memory) + Send + Sync + 'static) -> (SocketAddr, Arc<Memory>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, memory) = (listener.local_addr().unwrap(), Arc::new(Memory::default()));
    let (remembered, each) = (Arc::clone(&memory), Arc::new(each));
    std::thread::spawn(move || {
        for line in listener.incoming().flatten() {
            let (memory, each) = (Arc::clone(&remembered), Arc::clone(&each));
            std::thread::spawn(move || each(line, &memory));
        }
    });
    (address, memory)
}

fn tls_host(config: ServerConfig) -> (SocketAddr, Arc<Memory>) {
    let config = Arc::new(config);
    host(move |line, memory| speak(line, &config, memory))
}

pub(super) fn client(base_url: &str, network: Network) -> Result<Gateway, BuildError> {
    let connect_timeout = Duration::from_secs(10);
    let settings = Settings { connect_timeout, network, ..settings(base_url) };
    Gateway::new(settings, merchant_key(), GATEWAY_KEY.public(), Arc::new(|| NOW))
}

/// One question and one reply; what came of each.
pub(super) async fn both(gateway: &Gateway) -> [Result<(), Fault>; 2] {
    let question = gateway.case_search(&asked()).await.map(|_| ());
    let sent = gateway.case_reply(br#"{"caseId":"O1"}"#, Version::V15).await;
    [question, sent.outcome.map(|_| ())]
}

struct Cell {
    name: &'static str,
    host: (SocketAddr, Arc<Memory>),
    /// What the client believes.
    trusted: Authorities,
    /// A part of the sentence; `None` where all is well.
    why: Option<&'static str>,
}

const ALL: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];

/// A host with a certificate of ours that was changed.
fn with(name: &'static str, change: fn(&mut CertificateParams), why: Option<&'static str>) -> Cell {
    let host = tls_host(config(&OURS.host("127.0.0.1", change), ALL));
    Cell { name, host, trusted: OURS.trusted(), why }
}

fn cells() -> Vec<Cell> {
    let good = || OURS.host("127.0.0.1", |_| {});
    let trusting = |name, host, why| Cell { name, host, trusted: OURS.trusted(), why };
    let both_bundles = format!("# ours\n{}\r\nsome words\n{}", THEIRS.pem, OURS.pem.replace('\n', "\r\n"));
    vec![
        trusting("TLS 1.3", tls_host(config(&good(), &[&version::TLS13])), None),
        trusting("TLS 1.2", tls_host(config(&good(), &[&version::TLS12])), None),
        Cell {
            trusted: Authorities::parse(&both_bundles).unwrap(),
            ..trusting("a bundle of two", tls_host(config(&good(), ALL)), None)
        },
        Cell {
            trusted: THEIRS.trusted(),
            ..trusting("another authority", tls_host(config(&good(), ALL)), Some("UnknownIssuer"))
        },
        Cell {
            trusted: Authorities::default(),
            ..trusting("an authority nobody named", tls_host(config(&good(), ALL)), Some("UnknownIssuer"))
        },
        trusting(
            "another name",
            tls_host(config(&OURS.host("pay.example", |_| {}), ALL)),
            Some("not valid for"),
        ),
        trusting(
            "another address",
            tls_host(config(&OURS.host("127.0.0.2", |_| {}), ALL)),
            Some("not valid for"),
        ),
        with("expired", |params| params.not_after = date_time_ymd(2020, 1, 1), Some("expired")),
        with("not yet valid", |params| params.not_before = date_time_ymd(4000, 1, 1), Some("not valid yet")),
        with(
            "not for hosts",
            |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
            Some("certificate"),
        ),
        with("no name at all", |params| params.subject_alt_names.clear(), Some("not valid for")),
        trusting(
            "signed by a host of ours",
            tls_host(config(&OURS.below("127.0.0.1"), ALL)),
            Some("certificate"),
        ),
        trusting("TLS 1.1", host(|line, _| old_tls(line)), Some("")),
        trusting(
            "no TLS",
            host(|mut line, _| _ = line.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
            Some(""),
        ),
        trusting("a line that is cut", host(|mut line, _| _ = line.read(&mut [0; 100])), Some("")),
        trusting(
            "a wish for a certificate (1.2)",
            tls_host(asks_for_a_certificate(&good(), &version::TLS12)),
            Some(""),
        ),
    ]
}

/// Agrees to TLS 1.1 and waits for what is said to that.
fn old_tls(mut line: TcpStream) {
    _ = line.read(&mut [0; 4096]);
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0xc0, 0x13, 0]);
    _ = line.write_all(&hello);
    _ = line.read_to_end(&mut Vec::new());
}

#[tokio::test]
async fn only_a_host_with_a_good_certificate_is_told_anything() {
    let cells = cells();
    let count = 2 * cells.len();
    for Cell { name, host: (address, memory), trusted, why } in cells {
        let network = Network { authorities: trusted, ..Network::default() };
        let gateway = match client(&format!("https://{address}"), network) {
            Ok(gateway) => gateway,
            // A host without any certificates makes no client at all, which is as good.
            Err(BuildError::Client(why)) if name == "an authority nobody named" => {
                assert!(why.contains("CA certificates"), "{why}");
                continue;
            }
            Err(error) => panic!("{name}: {error}"),
        };
        for (outcome, call) in both(&gateway).await.into_iter().zip(["a question", "a reply"]) {
            match (&outcome, why) {
                (Ok(()), None) => {}
                (Err(Fault::Unsent(said)), Some(why)) => {
                    assert!(said.contains(why), "{name}, {call}: {said}");
                }
                _ => panic!("{name}, {call}: {outcome:?}"),
            }
        }
        let seen = memory.seen.lock().unwrap().len();
        assert_eq!(seen, if why.is_none() { 2 } else { 0 }, "{name}: requests that the host could read");
    }
    println!("{count} cells: {} hosts, a question and a reply each", count / 2);
}

/// In TLS 1.3 the client is through before the host says no: the call may have been read, so that nothing is sure.
#[tokio::test]
async fn a_refusal_after_the_handshake_proves_nothing() {
    let (address, memory) =
        tls_host(asks_for_a_certificate(&OURS.host("127.0.0.1", |_| {}), &version::TLS13));
    let network = Network { authorities: OURS.trusted(), ..Network::default() };
    for outcome in both(&client(&format!("https://{address}"), network).unwrap()).await {
        assert!(matches!(outcome, Err(Fault::Dropped(_))), "{outcome:?}");
    }
    assert_eq!(memory.seen.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_reply_speaks_http_1_and_a_question_http_2_where_the_host_does() {
    let mut config = config(&OURS.host("127.0.0.1", |_| {}), ALL);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let (address, memory) = tls_host(config);
    let network = Network { authorities: OURS.trusted(), ..Network::default() };
    let [question, reply] = both(&client(&format!("https://{address}"), network).unwrap()).await;
    assert_eq!((question.is_err(), reply), (true, Ok(())), "this host speaks no HTTP/2");
    let agreed = memory.agreed.lock().unwrap().clone();
    assert_eq!(agreed, [Some(b"h2".to_vec()), Some(b"http/1.1".to_vec())]);
}

#[test]
fn a_bundle_is_read_whole_or_refused_with_its_line() {
    let own = &OURS.pem;
    assert_eq!(Authorities::parse(&format!("{own}{}", THEIRS.pem)).unwrap().count(), 2);
    let lines = own.lines().count();
    for (text, error) in [
        (String::new(), BundleError::Empty),
        ("no certificate".to_owned(), BundleError::Empty),
        (KeyPair::generate().unwrap().serialize_pem(), BundleError::Empty),
        (own.replace("CERTIFICATE", "TRUSTED CERTIFICATE"), BundleError::Empty),
        (
            format!("{own}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            BundleError::Garbled(lines + 1),
        ),
        (format!("\n{}\n{own}", own.replacen("MII", "MIJ", 1)), BundleError::Garbled(2)),
        (own.replace("-----END CERTIFICATE-----", ""), BundleError::Garbled(1)),
        (format!("{}{own}", own.replace("-----END CERTIFICATE-----", "")), BundleError::Garbled(1)),
    ] {
        assert_eq!(Authorities::parse(&text).unwrap_err(), error, "{text}");
    }
    assert_eq!(format!("{:?}", OURS.trusted()), "Authorities(1)");
}
