//! A host of its own for each test: home, config, keys under a passphrase, and behind a wire that is listened to, a
//! sandbox that insists on every secret there is: key, ISV token, MD5 secret.

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};

use docket::domain::case::Field;
use docket::gateway::PrivateKey;
use docket::sandbox::{Faults, Keys, LegacyAccount, LegacySign, Merchant, Options, Sandbox, SandboxCase};
use rsa::pkcs8::pkcs5::{pbes2, scrypt};
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding, PrivateKeyInfo};
use tempfile::TempDir;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

pub(crate) use crate::ran::Ran;

pub(crate) const PASSPHRASE: &str = "canary passphrase 7Q";
pub(crate) const PROXY_PASSWORD: &str = "canary-proxy-password-3T";
pub(crate) const MD5_SECRET: &str = "canary-md5-secret-8W";
pub(crate) const TOKEN: &str = "canary-isv-token-9E";

/// Making a key is slow; every test of this process uses the same two.
pub(crate) struct Pems {
    pub(crate) own: String,
    pub(crate) own_public: String,
    /// [`Pems::own`] under [`PASSPHRASE`], lightly, so that tests are quick.
    pub(crate) locked: String,
    gateway: String,
    gateway_public: String,
}

pub(crate) static PEMS: LazyLock<Pems> = LazyLock::new(|| {
    let (own, gateway) = (PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap());
    let pem = own.to_pem().unwrap().to_string();
    Pems {
        locked: locked(&pem, 14),
        own: pem,
        own_public: own.public().to_pem().unwrap(),
        gateway: gateway.to_pem().unwrap().to_string(),
        gateway_public: gateway.public().to_pem().unwrap(),
    }
});

/// A key under [`PASSPHRASE`], behind scrypt with two to the power of this rounds; 14 is what OpenSSL takes.
pub(crate) fn locked(pem: &str, rounds: u8) -> String {
    let der = rsa::RsaPrivateKey::from_pkcs8_pem(pem).unwrap().to_pkcs8_der().unwrap();
    let params = scrypt::Params::new(rounds, 8, 1, 32).unwrap();
    let scheme = pbes2::Parameters::scrypt_aes256cbc(params, &[7; 16], &[9; 16]).unwrap();
    let sealed = PrivateKeyInfo::try_from(der.as_bytes()).unwrap().encrypt_with_params(scheme, PASSPHRASE);
    sealed.unwrap().to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).unwrap().to_string()
}

/// Where everything of one test lives.
pub(crate) struct World {
    pub(crate) home: TempDir,
    pub(crate) wire: Wire,
    sandbox: Option<Sandbox>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl World {
    /// A host whose key is in `own.pem`, open. `signer` is added to the profile.
    pub(crate) fn new(signer: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let options = Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            cases: 0,
            seed: 1,
            keys: Keys::from_pem(&PEMS.gateway, &PEMS.own_public).unwrap(),
            merchant: merchant(),
            faults: Faults::none(),
            clock: Arc::new(OffsetDateTime::now_utc),
            log: Arc::new(|_| ()),
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
        let wire = Wire::to(sandbox.address());
        let through = |url: String| url.replace(&sandbox.address().to_string(), &wire.address.to_string());
        let (url, legacy_url) = (through(sandbox.base_url()), through(sandbox.legacy_url()));
        let world = Self { home, wire, sandbox: Some(sandbox), runtime: Some(runtime) };
        for (name, text) in [
            ("own.pem", PEMS.own.as_str()),
            ("payermax.pem", &PEMS.gateway_public),
            ("legacy.secret", &format!("{MD5_SECRET}\n")),
            ("isv.token", &format!("{TOKEN}\n")),
            ("config.toml", &config(&url, &legacy_url, signer)),
        ] {
            world.write(name, text);
        }
        world
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().unwrap()
    }

    /// Puts a case of an order of 5000 IDR, paid twenty days ago, into the sandbox.
    pub(crate) fn put(&self, id: &str, status: &str) {
        let now = OffsetDateTime::now_utc();
        self.sandbox().state().put_case(SandboxCase::from_fields([
            (Field::CaseId, id.to_owned()),
            (Field::Status, status.to_owned()),
            (Field::OutTradeNo, format!("P{id}")),
            (Field::OutUserId, "u1".to_owned()),
            (Field::Amount, "5000.00".to_owned()),
            (Field::Currency, "IDR".to_owned()),
            (Field::OriginTradeAmount, "5000.00".to_owned()),
            (Field::OriginTradeCurrency, "IDR".to_owned()),
            (Field::TradeToken, format!("T{id}")),
            (Field::TradeCreateTime, (now - Duration::days(20)).format(&Rfc3339).unwrap()),
            (Field::ExpirationDate, (now + Duration::days(4)).date().to_string()),
        ]));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file that only its owner may read.
    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// The variables docket sees, and nothing of this machine's user.
    pub(crate) fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("HOME", self.path("")),
            ("USER", "ana".into()),
            ("TERM", "xterm-256color".into()),
            ("LANG", "C.UTF-8".into()),
            ("PATH", "/usr/bin:/bin".into()),
            ("DOCKET_CONFIG", self.path("config.toml")),
            ("DOCKET_DATA_DIR", self.path("data")),
        ]
    }

    /// A `docket` without a terminal, also where whoever runs the tests has one.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new("setsid");
        command.arg(env!("CARGO_BIN_EXE_docket"));
        command.env_clear().envs(self.variables()).args(args).stdin(Stdio::null());
        command
    }

    /// Runs a line of words.
    pub(crate) fn line(&self, words: &str) -> Ran {
        Ran::of(self.command(words.split_whitespace()).output().unwrap())
    }

    /// Runs a line of words with a variable set.
    pub(crate) fn line_with(&self, words: &str, name: &str, value: impl AsRef<OsStr>) -> Ran {
        Ran::of(self.command(words.split_whitespace()).env(name, value).output().unwrap())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let (Some(runtime), Some(sandbox)) = (self.runtime.take(), self.sandbox.take()) {
            runtime.block_on(sandbox.stop());
        }
    }
}

impl Ran {
    /// Checks that it ended well.
    #[track_caller]
    pub(crate) fn good(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// Checks that it ended with this code, one `error:` with these words in it, and one `hint:` with those.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, what: &str, hint: &str) {
        assert_eq!(self.code, code, "{self:?}");
        let [error, advice] = self.err.lines().collect::<Vec<_>>()[..] else { panic!("{self:?}") };
        assert!(error.starts_with("error: ") && error.contains(what), "{what:?} in {error}");
        assert!(advice.starts_with("hint: ") && advice.contains(hint), "{hint:?} in {advice}");
    }

    /// One check of `doctor --json`: its result, what was found, the remedy.
    pub(crate) fn check(&self, name: &str) -> (String, String, String) {
        let document: serde_json::Value = serde_json::from_str(&self.out).unwrap();
        let mut checks = document["checks"].as_array().unwrap().iter();
        let check = checks.find(|check| check["check"] == name).unwrap_or_else(|| panic!("{name}: {self:?}"));
        let text = |field: &str| check[field].as_str().unwrap_or_default().to_owned();
        (text("result"), text("found"), text("remedy"))
    }
}

fn merchant() -> Merchant {
    Merchant {
        app_id: "app".to_owned(),
        merchant_no: "P01".to_owned(),
        sp_merchant_no: Some("SP01".to_owned()),
        auth_token: Some(TOKEN.to_owned()),
        legacy: Some(LegacyAccount {
            merchant_id: "SP1".to_owned(),
            sign: LegacySign::Md5Body,
            secret: MD5_SECRET.to_owned(),
        }),
    }
}

fn config(url: &str, legacy_url: &str, signer: &str) -> String {
    let key = if signer.contains("signer = ") { "" } else { "private_key_file = \"own.pem\"\n" };
    format!(
        "[profiles.test]\nenvironment = \"custom\"\nbase_url = \"{url}\"\napp_id = \"app\"\nmerchant_no = \"P01\"\n\
         sp_merchant_no = \"SP01\"\nmerchant_auth_token_file = \"isv.token\"\n\
         gateway_public_key_file = \"payermax.pem\"\n\
         proxy = \"http://ana:{PROXY_PASSWORD}@127.0.0.1:9\"\n{key}{signer}\n\
         [profiles.test.legacy]\nmerchant_id = \"SP1\"\nurl = \"{legacy_url}\"\nsign = \"md5-body\"\n\
         secret_file = \"legacy.secret\"\n[refunds]\npause_s = 0\n[refresh]\nper_second = 2000\n"
    )
}

/// A wire to the sandbox that keeps what docket says on it.
pub(crate) struct Wire {
    address: SocketAddr,
    said: Arc<Mutex<Vec<u8>>>,
}

impl Wire {
    fn to(sandbox: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let wire = Self { address: listener.local_addr().unwrap(), said: Arc::default() };
        let said = Arc::clone(&wire.said);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Ok(onward) = TcpStream::connect(sandbox) else { continue };
                let (back, from) = (stream.try_clone().unwrap(), onward.try_clone().unwrap());
                let said = Arc::clone(&said);
                std::thread::spawn(move || pass(stream, onward, Some(&said)));
                std::thread::spawn(move || pass(from, back, None));
            }
        });
        wire
    }

    /// Every `sign` that docket has sent, in a header or in a body.
    pub(crate) fn signs(&self) -> Vec<String> {
        let said = self.said.lock().unwrap();
        let text = String::from_utf8_lossy(&said).into_owned();
        let headers = text.lines().filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("sign").then(|| value.trim().to_owned())
        });
        let fields = text.split("\"sign\":\"").skip(1).filter_map(|rest| rest.split('"').next());
        headers.chain(fields.map(str::to_owned)).collect()
    }

    /// Whether a text went out on it, so that a test knows that it listens in the right place.
    pub(crate) fn carried(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.said.lock().unwrap()).contains(text)
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, keep: Option<&Mutex<Vec<u8>>>) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if let Some(keep) = keep {
            keep.lock().unwrap().extend_from_slice(&buffer[..count]);
        }
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    _ = to.shutdown(Shutdown::Write);
}

/// Every file under a directory, with its bytes.
pub(crate) fn files(under: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(under).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push((entry.path(), std::fs::read(entry.path()).unwrap()));
        }
    }
    found
}
