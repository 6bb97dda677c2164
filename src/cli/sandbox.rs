//! Runs the stand-in gateway with everything a client needs to talk to it: keys, a config, and the ids of its cases.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::shown;
use crate::gateway::{KeyError, PrivateKey};
use crate::runtime::session::{self, system_clock};
use crate::sandbox::{
    Faults, Keys, LegacyAccount, LegacySign, LogSink, Merchant, Options, Sandbox, StartError,
};
use crate::store::keyfile::{self, KeyFileError};

use super::args;
use super::error::{CliError, Exit};
use super::init::quoted;
use super::output;

/// The profile in the config it writes.
pub(super) const PROFILE: &str = "sandbox";
/// The first line of that config: a config with another first line belongs to somebody.
const MARK: &str = "# Written by `docket sandbox` for the gateway it runs; the next run writes it anew.";
const KEY_FILE: &str = "sandbox.key.pem";
const GATEWAY_KEY_FILE: &str = "sandbox.payermax.pub.pem";
const CONFIG_FILE: &str = "config.toml";
const IDS_FILE: &str = "ids.txt";
const APP_ID: &str = "docketsandbox0000000000000000app";
const MERCHANT_NO: &str = "P01010000000001";
/// The account on the legacy interface.
const LEGACY_MERCHANT: &str = "SP10000001";

/// What to start.
pub(super) struct Plan {
    pub(super) listen: SocketAddr,
    pub(super) cases: u64,
    pub(super) seed: u64,
    pub(super) faults: Faults,
    pub(super) log: LogSink,
    /// Whether the merchant has an account on the legacy interface, too.
    pub(super) legacy: bool,
    /// What the config has besides.
    pub(super) settings: &'static str,
}

/// `docket sandbox`.
pub(super) async fn sandbox(args: &args::Sandbox) -> Result<Exit, CliError> {
    let faults = Faults::parse(args.faults.as_deref().unwrap_or_default()).map_err(|why| {
        CliError::usage(format!("--faults: {why}"), "for example --faults http-500=0.1,drop-before=0.05")
    })?;
    // Kept until the end: a directory of our own goes with the sandbox it belongs to.
    let fresh = if args.dir.is_none() { Some(fresh_dir()?) } else { None };
    let dir =
        args.dir.clone().or_else(|| fresh.as_ref().map(|dir| dir.path().to_owned())).unwrap_or_default();
    let log: LogSink = Arc::new(move |line| output::say(&format!("{}\n", shown::line(&line.to_string()))));
    let faults = faults.with_latency_ms(args.latency_ms);
    let plan = Plan {
        listen: args.listen,
        cases: args.cases,
        seed: args.seed,
        faults,
        log,
        legacy: true,
        settings: "",
    };
    let sandbox = start(&dir, plan).await?;
    output::print(&greeting(&dir, &sandbox))?;
    session::told_to_stop().await;
    sandbox.stop().await;
    Ok(Exit::Done)
}

pub(super) fn fresh_dir() -> Result<tempfile::TempDir, CliError> {
    tempfile::Builder::new().prefix("docket-sandbox-").tempdir().map_err(|error| {
        CliError::failed(
            format!("no directory for the sandbox could be made: {error}"),
            "name one with --dir, or set TMPDIR",
        )
    })
}

fn greeting(dir: &Path, sandbox: &Sandbox) -> String {
    let file = |name: &str| shown::line(&dir.join(name).display().to_string()).into_owned();
    let (config, ids) = (file(CONFIG_FILE), file(IDS_FILE));
    format!(
        "listening on http://{address}\nconfig: {config}\ncase ids: {ids}\n\
         try: docket --config {config} --data-dir {data} track --file {ids}\n\
         a case id it does not know: {refused}\n",
        address = sandbox.address(),
        data = file("data"),
        refused = sandbox.refused_id(),
    )
}

/// Starts a sandbox and writes what a client needs into a directory.
pub(super) async fn start(dir: &Path, plan: Plan) -> Result<Sandbox, CliError> {
    if !plan.listen.ip().is_loopback() {
        return Err(CliError::usage(
            format!("{} can be reached from other machines", plan.listen.ip()),
            "the sandbox is for this machine; listen on 127.0.0.1",
        ));
    }
    make_room(dir)?;
    let (own, gateway) = (
        PrivateKey::generate().map_err(|error| unmade(&error))?,
        PrivateKey::generate().map_err(|error| unmade(&error))?,
    );
    let own_public = own.public().to_pem().map_err(|error| unmade(&error))?;
    let keys = Keys::from_pem(&gateway.to_pem().map_err(|error| unmade(&error))?, &own_public)
        .map_err(|error| CliError::failed(error.to_string(), "run it again"))?;
    let (legacy, settings) = (plan.legacy, plan.settings);
    let sandbox = Sandbox::start(options(plan, keys)).await.map_err(|error| not_started(&error))?;
    let mut ids = String::new();
    for id in sandbox.case_ids() {
        // Writing to a String cannot fail.
        _ = writeln!(ids, "{id}");
    }
    let own = own.to_pem().map_err(|error| unmade(&error))?;
    let public = gateway.public().to_pem().map_err(|error| unmade(&error))?;
    let config = config_text(&sandbox.base_url(), legacy.then(|| sandbox.legacy_url()).as_deref(), settings);
    let files: [(&str, &[u8]); 4] = [
        (KEY_FILE, own.as_bytes()),
        (GATEWAY_KEY_FILE, public.as_bytes()),
        (IDS_FILE, ids.as_bytes()),
        (CONFIG_FILE, config.as_bytes()),
    ];
    for (name, contents) in files {
        keyfile::write_new(&dir.join(name), contents, 0o600).map_err(|error| unwritten(&error))?;
    }
    Ok(sandbox)
}

/// Makes the directory, or clears what an earlier sandbox wrote into it. Whatever else is there stays.
fn make_room(dir: &Path) -> Result<(), CliError> {
    keyfile::create_private_dir(dir).map_err(|error| unwritten(&error))?;
    let config = dir.join(CONFIG_FILE);
    if config.symlink_metadata().is_err() {
        return Ok(());
    }
    if !fs::read_to_string(&config).is_ok_and(|text| text.starts_with(MARK)) {
        return Err(CliError::failed(
            format!("{} is not the sandbox's, so it was left alone", config.display()),
            "name another directory with --dir",
        ));
    }
    for name in [CONFIG_FILE, KEY_FILE, GATEWAY_KEY_FILE, IDS_FILE] {
        // What cannot be removed is reported when it cannot be written.
        _ = fs::remove_file(dir.join(name));
    }
    Ok(())
}

fn options(plan: Plan, keys: Keys) -> Options {
    let merchant = Merchant {
        app_id: APP_ID.to_owned(),
        merchant_no: MERCHANT_NO.to_owned(),
        sp_merchant_no: None,
        auth_token: None,
        legacy: plan.legacy.then(|| LegacyAccount {
            merchant_id: LEGACY_MERCHANT.to_owned(),
            sign: LegacySign::RsaHeader,
            secret: String::new(),
        }),
    };
    let Plan { listen, cases, seed, faults, log, legacy: _, settings: _ } = plan;
    let cases = usize::try_from(cases).unwrap_or(usize::MAX);
    Options { listen, cases, seed, keys, merchant, faults, clock: system_clock(), log }
}

pub(super) fn config_text(base_url: &str, legacy_url: Option<&str>, settings: &str) -> String {
    let legacy = legacy_url.map(|url| {
        format!(
            "\n[profiles.{PROFILE}.legacy]\nmerchant_id = \"{LEGACY_MERCHANT}\"\nurl = {}\nsign = \"rsa-header\"\n",
            quoted(url)
        )
    });
    format!(
        "{MARK}\ndefault_profile = \"{PROFILE}\"\n\n[profiles.{PROFILE}]\nenvironment = \"custom\"\nbase_url = {base}\n\
         app_id = \"{APP_ID}\"\nmerchant_no = \"{MERCHANT_NO}\"\nprivate_key_file = \"{KEY_FILE}\"\n\
         gateway_public_key_file = \"{GATEWAY_KEY_FILE}\"\n{legacy}\n[refresh]\nper_second = 2000\n{settings}",
        base = quoted(base_url),
        legacy = legacy.unwrap_or_default(),
    )
}

/// Where the config of a sandbox in this directory is.
pub(super) fn config_in(dir: &Path) -> PathBuf {
    dir.join(CONFIG_FILE)
}

fn unmade(error: &KeyError) -> CliError {
    CliError::failed(error.to_string(), "run it again")
}

fn unwritten(error: &KeyFileError) -> CliError {
    CliError::failed(error.to_string(), "name another directory with --dir")
}

fn not_started(error: &StartError) -> CliError {
    let why = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    CliError::failed(
        format!("the sandbox did not start: {error}{why}"),
        "take a free port with --listen 127.0.0.1:0",
    )
}
