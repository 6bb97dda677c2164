//! A host of its own for each test: home, config, keys, and a sandbox to talk to.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};

use docket::domain::case::Field;
use docket::gateway::PrivateKey;
use docket::sandbox::{
    Faults, Keys, LegacyAccount, LegacySign, LogSink, Merchant, Options, Sandbox, SandboxCase,
};
use serde_json::Value;
use tempfile::TempDir;
use time::{Date, Duration, OffsetDateTime, UtcOffset};

#[path = "ran.rs"]
mod ran;

pub(crate) use ran::Ran;

/// Making a key is slow; every test of this process uses the same two.
struct Pems {
    merchant: String,
    merchant_public: String,
    gateway: String,
    gateway_public: String,
}

/// The secret of an account on the older interface that signs in the body.
const LEGACY_SECRET: &str = "only-the-sandbox-knows";

static PEMS: LazyLock<Pems> = LazyLock::new(|| {
    let (merchant, gateway) = (PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap());
    Pems {
        merchant: merchant.to_pem().unwrap().to_string(),
        merchant_public: merchant.public().to_pem().unwrap(),
        gateway: gateway.to_pem().unwrap().to_string(),
        gateway_public: gateway.public().to_pem().unwrap(),
    }
});

/// Where everything of one test lives.
pub(crate) struct Bench {
    pub(crate) home: TempDir,
    pub(crate) sandbox: Option<Sandbox>,
    pub(crate) calls: Arc<Mutex<usize>>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Bench {
    /// A host without a config.
    pub(crate) fn bare() -> Self {
        let home = tempfile::tempdir().unwrap();
        Self { home, sandbox: None, calls: Arc::default(), runtime: None }
    }

    /// A host with a config for a sandbox that has no case but those a test puts there.
    pub(crate) fn new() -> Self {
        Self::with_legacy(None)
    }

    /// The same, with an account on the older interface.
    pub(crate) fn with_legacy(sign: Option<LegacySign>) -> Self {
        let mut bench = Self::bare();
        let calls = Arc::clone(&bench.calls);
        let log: LogSink = Arc::new(move |_| *calls.lock().unwrap() += 1);
        let merchant = Merchant {
            app_id: "app".to_owned(),
            merchant_no: "P01".to_owned(),
            sp_merchant_no: None,
            auth_token: None,
            legacy: sign.map(|sign| LegacyAccount {
                merchant_id: "SP1".to_owned(),
                sign,
                secret: LEGACY_SECRET.to_owned(),
            }),
        };
        let options = Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            cases: 0,
            seed: 1,
            keys: Keys::from_pem(&PEMS.gateway, &PEMS.merchant_public).unwrap(),
            merchant,
            faults: Faults::none(),
            clock: Arc::new(OffsetDateTime::now_utc),
            log,
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
        let legacy = sign.map(|sign| legacy_config(&sandbox.legacy_url(), sign)).unwrap_or_default();
        bench.write("config.toml", &format!("{}{legacy}", config(&sandbox.base_url())), 0o600);
        bench.write("legacy.secret", LEGACY_SECRET, 0o600);
        bench.write("own.pem", &PEMS.merchant, 0o600);
        bench.write("payermax.pem", &PEMS.gateway_public, 0o644);
        (bench.sandbox, bench.runtime) = (Some(sandbox), Some(runtime));
        bench
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().unwrap()
    }

    /// Puts a case into the sandbox that is due so many days from today in the config's zone.
    pub(crate) fn put(&self, id: &str, status: &str, due_in_days: i64) {
        let due = today() + Duration::days(due_in_days);
        self.sandbox().state().put_case(SandboxCase::from_fields([
            (Field::CaseId, id.to_owned()),
            (Field::Status, status.to_owned()),
            (Field::OutTradeNo, format!("P{id}")),
            (Field::OutUserId, "u1".to_owned()),
            (Field::Amount, "5000.00".to_owned()),
            (Field::Currency, "IDR".to_owned()),
            (Field::ExpirationDate, due.to_string()),
        ]));
    }

    /// The `sign` header PayerMax would send with this body.
    pub(crate) fn sign(body: &str) -> String {
        PrivateKey::parse(&PEMS.gateway).unwrap().sign(body.as_bytes()).unwrap()
    }

    pub(crate) fn faults(&self, spec: &str) {
        self.sandbox().set_faults(Faults::parse(spec).unwrap());
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::write(self.path(name), text).unwrap();
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Another host of the same merchant: its own home, the same keys, config and sandbox.
    pub(crate) fn second_home(&self) -> Self {
        let other = Self::bare();
        for name in ["config.toml", "own.pem", "payermax.pem", "legacy.secret"] {
            std::fs::copy(self.path(name), other.path(name)).unwrap();
        }
        other
    }

    /// Adds lines to the end of the config.
    pub(crate) fn configure(&self, lines: &str) {
        let config = std::fs::read_to_string(self.path("config.toml")).unwrap();
        self.write("config.toml", &format!("{config}{lines}"), 0o600);
    }

    /// A `docket` that sees nothing of this machine's user but the user id.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docket"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("USER", "ana")
            .env("TERM", "xterm-256color")
            .env("DOCKET_CONFIG", self.path("config.toml"))
            .env("DOCKET_DATA_DIR", self.path("data"))
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// Runs a line of words.
    pub(crate) fn line(&self, words: &str) -> Ran {
        self.run(words.split_whitespace())
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let (Some(runtime), Some(sandbox)) = (self.runtime.take(), self.sandbox.take()) {
            runtime.block_on(sandbox.stop());
        }
    }
}

impl Ran {
    /// The one JSON document on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Checks that it ended well and returns what it printed.
    #[track_caller]
    pub(crate) fn good(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        assert_eq!(self.err, "", "nothing but facts");
        self.out
    }

    /// Checks that it ended with this code, `error:`, where there are several reasons a line for each, and `hint:`.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, what: &str) {
        assert_eq!(self.code, code, "{self:?}");
        let lines: Vec<&str> = self.err.lines().collect();
        let error = lines.iter().position(|line| line.starts_with("error: "));
        let error = error.unwrap_or_else(|| panic!("no error line: {self:?}"));
        assert!(lines[error].contains(what), "{what:?} in {self:?}");
        let [reasons @ .., hint] = &lines[error + 1..] else { panic!("no hint: {self:?}") };
        assert!(hint.starts_with("hint: ") && reasons.iter().all(|line| line.starts_with("  ")), "{self:?}");
    }
}

/// Today where the config's default due zone is.
pub(crate) fn today() -> Date {
    OffsetDateTime::now_utc().to_offset(UtcOffset::from_hms(8, 0, 0).unwrap()).date()
}

fn config(base_url: &str) -> String {
    format!(
        "[profiles.test]\nenvironment = \"custom\"\nbase_url = \"{base_url}\"\napp_id = \"app\"\n\
         merchant_no = \"P01\"\nprivate_key_file = \"own.pem\"\ngateway_public_key_file = \"payermax.pem\"\n\
         [refresh]\nper_second = 2000\n"
    )
}

fn legacy_config(url: &str, sign: LegacySign) -> String {
    let sign = match sign {
        LegacySign::RsaHeader => "sign = \"rsa-header\"",
        LegacySign::Md5Body => "sign = \"md5-body\"\nsecret_file = \"legacy.secret\"",
    };
    format!("[profiles.test.legacy]\nmerchant_id = \"SP1\"\nurl = \"{url}\"\n{sign}\n")
}

/// The lines of a file that must be there.
pub(crate) fn lines(path: &Path) -> Vec<String> {
    std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

/// Who runs the tests, as the system and not a variable has it.
pub(crate) fn me() -> String {
    let id = |flag| {
        let output = Command::new("id").arg(flag).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    };
    id("-un").unwrap_or_else(|| format!("uid {}", id("-u").unwrap()))
}
