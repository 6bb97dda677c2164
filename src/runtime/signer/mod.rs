//! Makes the signer of a profile when it is first needed, once for everything that signs in this process: a passphrase is
//! asked for once, an agent is looked for once.

mod agent;
mod agent_line;
mod command;
mod passphrase;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::ExposeSecret as _;

use super::session::SessionError;
use crate::domain::shown;
use crate::gateway::{KeyError, KeyText, LockedKey, PrivateKey, PublicKey, Signer, SignerError};
use crate::store::config::{Config, KeyPlace, Profile};
use crate::store::keyfile::{self, Secret, shell_word};

use agent::Agent;
use command::SignCommand;
use passphrase::{FILE_VARIABLE, Given};

/// The variable that names the socket of the ssh agent.
pub(super) const AGENT_VARIABLE: &str = "SSH_AUTH_SOCK";

/// How often a passphrase may be wrong on the terminal.
const ATTEMPTS: usize = 3;

/// Something about a key that works and could be better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caution {
    /// What was found, without a full stop.
    pub(super) found: String,
    /// What to do about it, without a full stop.
    pub(super) remedy: String,
}

/// A signer with what there is to say about it.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) signer: Signer,
    pub(super) cautions: Vec<Caution>,
}

/// The signer of a session. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Signers(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    made: Mutex<Option<Made>>,
    /// Set once the desk has the terminal.
    quiet: AtomicBool,
}

impl Signers {
    /// The signer, made if it is not there yet. What fails is tried again at the next call: the operator may have put a
    /// key in place. May ask for a passphrase.
    ///
    /// # Errors
    /// [`SessionError`] names the file or the setting, and the remedy.
    pub(super) fn get(&self, profile: &Profile, config: &Config) -> Result<Made, SessionError> {
        config.trust.clone()?;
        let mut made = self.0.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*made {
            return Ok(made.clone());
        }
        let new = make(profile, &config.path, self.0.quiet.load(Ordering::SeqCst))?;
        *made = Some(new.clone());
        Ok(new)
    }

    /// Asks for the passphrase of the key, where it has one, and never again: from here on the terminal is the desk's.
    /// Enter alone leaves the key locked; the desk shows the list all the same. Everything else that may be wrong with a
    /// key is told when it is needed.
    ///
    /// # Errors
    /// [`SessionError::Signer`] when the operator cancels, [`SessionError::Key`] after too many wrong ones.
    pub(super) fn unlock(&self, profile: &Profile, config: &Config) -> Result<(), SessionError> {
        let outcome = match profile.key_place() {
            KeyPlace::File(path) if passphrase::file().is_none() && is_locked(path) => {
                self.get(profile, config).map(Some)
            }
            _ => Ok(None),
        };
        self.0.quiet.store(true, Ordering::SeqCst);
        match outcome {
            Err(error @ SessionError::Key { .. }) => Err(error),
            Err(SessionError::Passphrase(error @ Unlocking::Cancelled { .. })) => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Why a key under a passphrase stays locked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unlocking {
    /// There is nobody to ask.
    #[error("{} is protected by a passphrase, and there is no terminal to ask for it on", .0.display())]
    NoTerminal(PathBuf),
    /// The terminal is the desk's, and the passphrase was not given before.
    #[error("{} is protected by a passphrase that was not given", .0.display())]
    TooLate(PathBuf),
    /// Enter alone.
    #[error("no passphrase was given for {}", .0.display())]
    Nothing(PathBuf),
    /// ctrl-c.
    #[error("no passphrase was given for {}", .0.display())]
    Cancelled(PathBuf),
    /// What stands in the file that the environment names is not the passphrase.
    #[error("the passphrase in {} does not open {}", file.display(), key.display())]
    WrongFile {
        /// The file with the passphrase.
        file: PathBuf,
        /// The key.
        key: PathBuf,
    },
}

impl Unlocking {
    /// What to do about it, one sentence without a full stop.
    pub fn hint(&self) -> String {
        match self {
            Self::NoTerminal(_) => format!(
                "run it on a terminal, let {FILE_VARIABLE} name a file with the passphrase (mode 0600), or set signer = \"ssh-agent\""
            ),
            Self::TooLate(_) => "leave the desk and open it again to be asked for it".to_owned(),
            Self::Nothing(_) | Self::Cancelled(_) => "give it, or let an ssh agent hold the key".to_owned(),
            Self::WrongFile { .. } => {
                format!("correct that file, or take {FILE_VARIABLE} out of the environment to be asked")
            }
        }
    }
}

fn make(profile: &Profile, config: &Path, quiet: bool) -> Result<Made, SessionError> {
    match profile.key_place() {
        KeyPlace::File(path) => from_file(path, quiet),
        KeyPlace::Agent(fingerprint) => {
            let (agent, public) = Agent::find(&agent_socket()?, fingerprint)?;
            Ok(Made { signer: Signer::elsewhere(agent, public), cautions: Vec::new() })
        }
        KeyPlace::Command { words, public } => {
            let key = |error| SessionError::Key { path: public.to_owned(), error };
            let public = PublicKey::parse(&keyfile::read_public(public)?).map_err(key)?;
            let command = SignCommand::new(words, config.parent().unwrap_or(Path::new("")));
            Ok(Made { signer: Signer::elsewhere(command, public), cautions: Vec::new() })
        }
    }
}

fn agent_socket() -> Result<PathBuf, SignerError> {
    let named = std::env::var_os(AGENT_VARIABLE).filter(|name| !name.is_empty());
    named.map(PathBuf::from).ok_or_else(|| {
        SignerError::new(
            format!("no ssh agent is known: {AGENT_VARIABLE} is not set"),
            "start one with `eval \"$(ssh-agent)\"`, or connect with `ssh -A`; cron has to be told where one is",
        )
    })
}

fn from_file(path: &Path, quiet: bool) -> Result<Made, SessionError> {
    let fault = |error| SessionError::Key { path: path.to_owned(), error };
    match KeyText::read(keyfile::read_secret(path, Secret::PrivateKey)?.expose_secret()).map_err(fault)? {
        KeyText::Open(key) => Ok(Made { signer: key.into(), cautions: Vec::new() }),
        KeyText::Locked(locked) => {
            let (key, mut cautions) = unlock(path, &locked, quiet)?;
            cautions.extend(locked.weakness().map(|weakness| Caution {
                found: format!("{} is {weakness}", path.display()),
                remedy: format!(
                    "run `{}` and name the new file",
                    LockedKey::stronger_copy(&shell_word(path), &shell_word(&copy_of(path)))
                ),
            }));
            Ok(Made { signer: key.into(), cautions })
        }
    }
}

/// Whether a key file has a passphrase; one that cannot be read has none.
fn is_locked(path: &Path) -> bool {
    keyfile::read_secret(path, Secret::PrivateKey).is_ok_and(|text| KeyText::is_locked(text.expose_secret()))
}

/// Opens a key with the passphrase from the file that the environment names, or else from the terminal.
fn unlock(path: &Path, locked: &LockedKey, quiet: bool) -> Result<(PrivateKey, Vec<Caution>), SessionError> {
    let Some(file) = passphrase::file() else { return Ok((ask(path, locked, quiet)?, Vec::new())) };
    let key = locked.open(&passphrase::from_file(&file)?).map_err(|error| match error {
        KeyError::Passphrase => Unlocking::WrongFile { file: file.clone(), key: path.to_owned() }.into(),
        error => SessionError::Key { path: path.to_owned(), error },
    })?;
    let caution = Caution {
        found: format!("the passphrase lies in {}: whoever can read both files has the key", file.display()),
        remedy:
            "fine for cron on a host of your own; elsewhere an ssh agent or a sign_command keeps them apart"
                .to_owned(),
    };
    Ok((key, vec![caution]))
}

fn ask(path: &Path, locked: &LockedKey, quiet: bool) -> Result<PrivateKey, SessionError> {
    if quiet {
        return Err(Unlocking::TooLate(path.to_owned()).into());
    }
    let shown = shown::line(&path.display().to_string()).into_owned();
    let mut question = format!("passphrase of {shown}: ");
    for _ in 0..ATTEMPTS {
        let given = match passphrase::ask(&question) {
            Given::Passphrase(given) => given,
            Given::Nothing => return Err(Unlocking::Nothing(path.to_owned()).into()),
            Given::Cancelled => return Err(Unlocking::Cancelled(path.to_owned()).into()),
            Given::NoTerminal => return Err(Unlocking::NoTerminal(path.to_owned()).into()),
        };
        match locked.open(&given) {
            Ok(key) => {
                if let Some(weakness) = locked.weakness() {
                    passphrase::say(&format!(
                        "warning: the key is {weakness}; docket doctor has the remedy\n"
                    ));
                }
                return Ok(key);
            }
            Err(KeyError::Passphrase) => {
                question = format!("that does not open it; passphrase of {shown}: ");
            }
            Err(error) => return Err(SessionError::Key { path: path.to_owned(), error }),
        }
    }
    Err(SessionError::Key { path: path.to_owned(), error: KeyError::Passphrase })
}

/// The name that a converted copy of a key is given in advice.
pub(super) fn copy_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}
