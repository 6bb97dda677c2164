//! Opens what a run needs: config, profile, list, keys, gateway. Each only when it is asked for: reading the list must
//! work on a host whose key file is gone.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use time::OffsetDateTime;

use crate::app::refunding::{self, LegacyUse};
use crate::domain::deadline::Calendar;
use crate::gateway::{
    BuildError, Clock, Gateway, KeyError, LegacyGateway, LegacyScheme, LegacySettings, PublicKey,
    RetryPolicy, Settings, SignerError,
};
use crate::store::config::{self, Config, ConfigError, Homes, LegacySign, Paths, Profile};
use crate::store::keyfile::{self, KeyFileError, Secret, shell_word};
use crate::store::{Ground, SqliteStore, StoreError};

use super::bundle::{self, NoBundle};
use super::calls::Calls;
use super::operator::Operator;
use super::refresh::{BESIDE, Limits};
use super::signer::{Made, Signers, Unlocking, copy_of};

/// Where an administrator may tighten the policy.
pub(super) const POLICY_FILE: &str = "/etc/docket/policy.toml";

/// A connection that takes longer than this to open is not going to.
const CONNECT_TIMEOUT_MAX: Duration = Duration::from_secs(10);

/// The time of this host, UTC. The only place where the wall clock is read.
pub fn system_clock() -> Clock {
    Arc::new(OffsetDateTime::now_utc)
}

/// Waits until the operator (ctrl-c), the system (SIGTERM) or a closed line (SIGHUP) asks this process to stop.
pub async fn told_to_stop() {
    use tokio::signal::unix::{Signal, SignalKind, signal};
    async fn next(signal: std::io::Result<Signal>) {
        match signal {
            Ok(mut signal) => _ = signal.recv().await,
            // Without a handler the system's own answer to the signal holds: the process ends.
            Err(_) => std::future::pending().await,
        }
    }
    tokio::select! {
        () = next(signal(SignalKind::interrupt())) => {}
        () = next(signal(SignalKind::terminate())) => {}
        () = next(signal(SignalKind::hangup())) => {}
    }
}

/// What the command line says about where to work. `None` leaves it to the environment and the config.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--read-only`.
    pub read_only: bool,
}

impl Place {
    /// The files of this place.
    ///
    /// # Errors
    /// [`SessionError::Config`] when nothing says where they are.
    pub fn paths(&self) -> Result<Paths, SessionError> {
        let homes = Homes::of_this_user();
        let env = |name: &str| std::env::var_os(name);
        Ok(Paths::resolve(self.config.as_deref(), self.data_dir.as_deref(), env, homes.as_ref())?)
    }

    /// `--profile`, or else `DOCKET_PROFILE`; an empty one counts as not given.
    pub fn profile_name(&self) -> Option<String> {
        let given = self.profile.clone().or_else(|| std::env::var("DOCKET_PROFILE").ok());
        given.filter(|name| !name.is_empty())
    }
}

/// Why a session could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The config cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A key file or token file cannot be used.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// PayerMax's public key has not been put in its place yet.
    #[error("there is no file {}, which holds PayerMax's public key", .0.display())]
    NoGatewayKey(PathBuf),
    /// What is in a key file is no key docket can use.
    #[error("{}: {error}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: KeyError,
    },
    /// The file of `ca_bundle` cannot be used.
    #[error(transparent)]
    Bundle(#[from] NoBundle),
    /// The key is under a passphrase and stays there.
    #[error(transparent)]
    Passphrase(#[from] Unlocking),
    /// Whoever holds the key does not sign.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The list cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The profile's settings make no client.
    #[error("profile {profile}: {error}")]
    Gateway {
        /// The profile.
        profile: String,
        /// What is wrong with it.
        error: BuildError,
    },
}

impl SessionError {
    /// What to do about it, one sentence without a full stop.
    pub fn hint(&self) -> String {
        match self {
            Self::Config(error) => error.hint().to_owned(),
            Self::KeyFile(error) => error.hint(),
            Self::NoGatewayKey(_) => "copy PayerMax's public key from the merchant portal into it".to_owned(),
            Self::Key { path, error } => conversion(path, error).unwrap_or_else(|| match error {
                KeyError::Passphrase => {
                    "try again; if it is lost, make a new key pair and upload it".to_owned()
                }
                _ => "see the config's private_key_file and gateway_public_key_file".to_owned(),
            }),
            Self::Bundle(error) => error.hint(),
            Self::Passphrase(error) => error.hint(),
            Self::Signer(error) => error.hint.clone(),
            Self::Store(error) => error.hint().to_owned(),
            Self::Gateway { .. } => "correct it in the config".to_owned(),
        }
    }
}

/// One profile, ready to work in.
#[derive(Clone)]
pub struct Session {
    /// All settings.
    pub config: Config,
    /// The profile's name.
    pub name: String,
    /// The profile.
    pub profile: Profile,
    /// The files of this run.
    pub paths: Paths,
    /// Who works here, for `owner:@me`; never empty.
    pub me: String,
    /// The same for the journal, with who stands behind it: `root (sudo by ana)`.
    pub signature: String,
    /// Whether nothing may be sent that changes anything at PayerMax, by flag or by policy.
    pub read_only: bool,
    clock: Clock,
    signers: Signers,
    calls: Calls,
}

impl Session {
    /// Reads the config and picks the profile; touches neither the list nor a key.
    ///
    /// # Errors
    /// [`SessionError::Config`] names file, line, key and remedy.
    pub fn open(place: &Place, clock: Clock) -> Result<Self, SessionError> {
        let paths = place.paths()?;
        let config = Config::load(&paths.config, Some(Path::new(POLICY_FILE)))?;
        Self::with(config, paths, place, clock)
    }

    /// As [`Session::open`], with a config that was read before.
    ///
    /// # Errors
    /// [`SessionError::Config`] when the profile is not in it.
    pub(super) fn with(
        config: Config,
        paths: Paths,
        place: &Place,
        clock: Clock,
    ) -> Result<Self, SessionError> {
        let (name, profile) = config.profile(place.profile_name().as_deref())?;
        let (name, profile) = (name.to_owned(), profile.clone());
        let read_only = place.read_only || config.policy.read_only;
        let Operator { name: me, signature } = Operator::of_this_process();
        let (signers, calls) = (Signers::default(), Calls::new(Arc::clone(&clock)));
        Ok(Self { config, name, profile, paths, me, signature, read_only, clock, signers, calls })
    }

    /// The clock of this session.
    pub fn clock(&self) -> Clock {
        Arc::clone(&self.clock)
    }

    /// The calls of this session; they are logged as they end.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// The time, UTC.
    pub fn now(&self) -> OffsetDateTime {
        (self.clock)()
    }

    /// Today in the profile's `due_zone`.
    pub fn calendar(&self) -> Calendar {
        Calendar::at(self.now(), self.profile.due_zone, self.config.desk.soon_days)
    }

    /// How hard a refresh may ask.
    pub fn limits(&self) -> Limits {
        let refresh = &self.config.refresh;
        Limits {
            concurrency: usize::from(refresh.concurrency),
            beside: if self.profile.signer == config::Signer::File { BESIDE } else { 0 },
            per_second: u32::from(refresh.per_second),
            retry: RetryPolicy::default(),
        }
    }

    /// How refunds are written, confirmed and limited here.
    pub fn refunds(&self) -> refunding::Settings {
        let config::Refunds { reasons, pause_s } = &self.config.refunds;
        refunding::Settings {
            limits: self.config.policy.limits(),
            reasons: reasons.clone(),
            // At most a minute, as the config was read.
            pause_s: u8::try_from(*pause_s).unwrap_or(u8::MAX),
            legacy: match &self.profile.legacy {
                None => LegacyUse::Never,
                Some(legacy) if legacy.always => LegacyUse::Always,
                Some(_) => LegacyUse::Offered,
            },
        }
    }

    /// The profile's database.
    pub fn database(&self) -> PathBuf {
        self.paths.database(&self.name)
    }

    /// Opens the list. Each call opens it anew, as another process would.
    ///
    /// # Errors
    /// [`SessionError::Store`] names the file and the remedy.
    pub fn store(&self) -> Result<SqliteStore, SessionError> {
        let ground = Ground { network: self.config.policy.network_disk(), ..ground() };
        Ok(SqliteStore::open_on(&self.database(), ground)?)
    }

    /// Reads the keys and makes the client; nothing is sent.
    ///
    /// # Errors
    /// [`SessionError`] names the key file or setting that cannot be used.
    pub fn gateway(&self) -> Result<Gateway, SessionError> {
        let (own, theirs) = (self.signer()?.signer, self.gateway_key()?);
        let token = self.profile.merchant_auth_token_file.as_deref();
        let token = token.map(|file| read_secret(file, Secret::Token)).transpose()?;
        let made = Gateway::new(self.settings(token)?, own, theirs, self.clock());
        made.map(|gateway| gateway.told_to(self.calls.witness())).map_err(|error| self.unusable(error))
    }

    /// The client of the legacy interface; `None` for a profile without one. Nothing is sent.
    ///
    /// # Errors
    /// As [`Session::gateway`]; the shared secret is read like any key file.
    pub fn legacy_gateway(&self) -> Result<Option<LegacyGateway>, SessionError> {
        let Some(legacy) = &self.profile.legacy else { return Ok(None) };
        let sign = match (legacy.sign, legacy.secret_file.as_deref()) {
            (LegacySign::Md5Body, Some(file)) => LegacyScheme::Md5Body(read_secret(file, Secret::Legacy)?),
            // A file that is missing from the config was refused when it was read.
            _ => LegacyScheme::RsaHeader,
        };
        let timeout = self.timeout();
        let settings = LegacySettings {
            url: legacy.url.clone(),
            merchant_id: legacy.merchant_id.clone(),
            sign,
            connect_timeout: timeout.min(CONNECT_TIMEOUT_MAX),
            timeout,
            network: bundle::network(&self.name, &self.profile)?,
        };
        let made = LegacyGateway::new(settings, self.signer()?.signer, self.gateway_key()?, self.clock());
        let made = made.map(|gateway| Some(gateway.told_to(self.calls.witness())));
        made.map_err(|error| self.unusable(error))
    }

    fn unusable(&self, error: BuildError) -> SessionError {
        SessionError::Gateway { profile: self.name.clone(), error }
    }

    /// Whoever signs for this profile. May ask for a passphrase, unless the desk has the terminal, and may wait for an
    /// ssh agent.
    ///
    /// # Errors
    /// [`SessionError`] names the file or the setting.
    pub(super) fn signer(&self) -> Result<Made, SessionError> {
        self.signers.get(&self.profile, &self.config)
    }

    /// Asks for the passphrase of the private key, where it has one, before the desk takes the terminal.
    ///
    /// # Errors
    /// [`SessionError`] when the operator cancels or has no right one; Enter alone leaves the key locked.
    pub(super) fn unlock(&self) -> Result<(), SessionError> {
        self.signers.unlock(&self.profile, &self.config)
    }

    /// Reads PayerMax's public key.
    ///
    /// # Errors
    /// [`SessionError`] names the file.
    pub fn gateway_key(&self) -> Result<PublicKey, SessionError> {
        let file = &self.profile.gateway_public_key_file;
        let text = keyfile::read_public(file).map_err(|error| match error {
            KeyFileError::Missing { path } => SessionError::NoGatewayKey(path),
            error => error.into(),
        })?;
        PublicKey::parse(&text).map_err(|error| SessionError::Key { path: file.clone(), error })
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.config.refresh.timeout_s))
    }

    /// What the client is made of.
    ///
    /// # Errors
    /// [`SessionError`] when `ca_bundle` cannot be used.
    pub(super) fn settings(&self, auth_token: Option<SecretString>) -> Result<Settings, SessionError> {
        let (profile, timeout) = (&self.profile, self.timeout());
        Ok(Settings {
            base_url: profile.gateway_url(),
            app_id: profile.app_id.clone(),
            merchant_no: profile.merchant_no.clone(),
            sp_merchant_no: profile.sp_merchant_no.clone(),
            auth_token,
            auth_header: profile.merchant_auth_token_header.clone(),
            case_search_version: profile.versions.case_search.clone(),
            connect_timeout: timeout.min(CONNECT_TIMEOUT_MAX),
            timeout,
            network: bundle::network(&self.name, &self.profile)?,
        })
    }
}

/// What is known of the disk beforehand: nothing. Debug builds play another one, where `DOCKET_FREE_BYTES` and
/// `DOCKET_FILE_SYSTEM` (the number of statfs(2)) say so.
fn ground() -> Ground {
    #[cfg(debug_assertions)]
    let said = |name: &str| std::env::var(name).ok()?.parse().ok();
    #[cfg(not(debug_assertions))]
    let said = |_: &str| None;
    let (free_bytes, file_system) = (said("DOCKET_FREE_BYTES"), said("DOCKET_FILE_SYSTEM"));
    Ground { free_bytes, file_system, ..Ground::default() }
}

/// What to run to make a key docket can read of one it cannot.
pub(super) fn conversion(path: &Path, error: &KeyError) -> Option<String> {
    let copy = copy_of(path);
    let command = error.conversion(&shell_word(path), &shell_word(&copy))?;
    Some(format!("run `{command}` and name {} in the config", copy.display()))
}

/// Reads a token or shared secret; an editor's line end after it is not part of it.
fn read_secret(path: &Path, secret: Secret) -> Result<SecretString, KeyFileError> {
    Ok(SecretString::from(keyfile::read_secret(path, secret)?.expose_secret().trim()))
}
