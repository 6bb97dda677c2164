//! The first set-up: a commented config and a key pair, or one more profile in a config that is there. It never
//! overwrites anything, so that a second run cannot cost the key that PayerMax already knows.

mod text;

use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum as _;

use crate::domain::shown;
use crate::gateway::{KeyError, PrivateKey};
use crate::runtime::session::{Place, SessionError};
use crate::store::config::{self, Config, ConfigError, is_profile_name};
use crate::store::keyfile::{self, KeyFileError};

use super::args::{Environment, Init};
use super::error::{CliError, Exit};
use super::output::{self, Output};

pub(super) use text::quoted;
use text::{Answers, Steps};

/// Where PayerMax's public key belongs, beside the config; an added profile gets a file of its own, because UAT and
/// production have different keys.
const GATEWAY_KEY_FILE: &str = "payermax.pub.pem";

/// `docket init`.
pub(super) fn init(place: &Place, args: &Init, output: Output) -> Result<Exit, CliError> {
    let config = place.paths()?.config;
    let old = Old::find(&config, place)?;
    refuse_stray_address(args)?;
    let environment = args.environment.map_or_else(|| ask_environment(output), Ok)?;
    let profile = place.profile_name().unwrap_or_else(|| profile_of(environment).to_owned());
    if !is_profile_name(&profile) {
        return Err(CliError::usage(
            format!("{profile} cannot name a profile"),
            "use a short name of letters, digits, - and _",
        ));
    }
    let dir = config.parent().map(Path::to_owned).unwrap_or_default();
    let key_file = dir.join(format!("{profile}.key.pem"));
    refuse_existing(
        &key_file,
        "move that key away if nobody knows it, or choose another name with --profile",
    )?;
    let answers = answers(profile, environment, old.is_some(), args, output)?;
    let text = text_of(&config, old.as_ref(), &answers)?;
    let public = write(&config, &key_file, old.as_ref(), &text)?;
    let steps = Steps {
        config: &config,
        config_flag: place.config.as_deref(),
        key_file: &key_file,
        gateway_key: &dir.join(&answers.gateway_key_file),
        default: old.as_ref().map(|old| old.config.default_profile.as_str()),
        public: &public,
    };
    output::print(&steps.text(&answers))?;
    Ok(Exit::Done)
}

/// The config that is there already.
struct Old {
    text: String,
    config: Config,
}

impl Old {
    /// `None` where there is none. One that is there is added to when a profile is named that it has not got.
    fn find(path: &Path, place: &Place) -> Result<Option<Self>, CliError> {
        let Some(name) = place.profile.as_deref().filter(|name| !name.is_empty()) else {
            let hint = "`docket --profile NAME init` adds a profile to it; --config FILE sets up another one";
            return refuse_existing(path, hint).map(|()| None);
        };
        if path.symlink_metadata().is_err() {
            return Ok(None);
        }
        let read = |path: &Path| {
            let text = config::read_text(path)?;
            Ok(Self { config: Config::parse(path, &text)?, text })
        };
        let old = read(path).map_err(|error: ConfigError| CliError::from(SessionError::from(error)))?;
        if old.config.profiles.contains_key(name) {
            return Err(CliError::failed(
                format!("profile {name} is in {} already, so nothing was changed", path.display()),
                "choose another name with --profile",
            ));
        }
        Ok(Some(old))
    }
}

/// The profile's name unless told: a profile called `live` must not turn out to be the test environment.
const fn profile_of(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "live",
        Environment::Uat => "uat",
        Environment::Custom => "custom",
    }
}

fn refuse_existing(file: &Path, hint: &str) -> Result<(), CliError> {
    if file.symlink_metadata().is_err() {
        return Ok(());
    }
    let message = format!("{} is there already, so nothing was changed", file.display());
    Err(CliError::failed(message, hint))
}

/// An address that would not be used must not look as if it were.
fn refuse_stray_address(args: &Init) -> Result<(), CliError> {
    match (args.environment, &args.base_url) {
        (Some(Environment::Production | Environment::Uat), Some(_)) => Err(CliError::usage(
            "--base-url has no effect on this environment, which has an address of its own",
            "take it out, or give --environment custom",
        )),
        _ => Ok(()),
    }
}

/// Takes the answers from the flags and asks for the rest, where somebody can answer.
fn answers(
    profile: String,
    environment: Environment,
    added: bool,
    args: &Init,
    output: Output,
) -> Result<Answers, CliError> {
    let text = |flag: &str, given: &Option<String>, question: &str, max: usize| {
        let text = given.clone().map_or_else(|| ask(flag, question, output), Ok)?;
        value(flag, text.trim(), max)
    };
    let base_url = match environment {
        Environment::Production | Environment::Uat => None,
        Environment::Custom => {
            Some(text("--base-url", &args.base_url, "Address of the gateway", ADDRESS_MAX)?)
        }
    };
    let app_id = text("--app-id", &args.app_id, "App id (appId in the merchant portal)", 64)?;
    let merchant_no = text("--merchant-no", &args.merchant_no, "Merchant number", 32)?;
    let gateway_key_file =
        if added { format!("{profile}.{GATEWAY_KEY_FILE}") } else { GATEWAY_KEY_FILE.to_owned() };
    Ok(Answers { profile, environment, base_url, app_id, merchant_no, gateway_key_file })
}

/// So many characters are more than an address of a gateway has.
const ADDRESS_MAX: usize = 512;

/// A value as PayerMax takes it: something, not too long, on one line.
fn value(flag: &str, text: &str, max: usize) -> Result<String, CliError> {
    let why = match text.chars().count() {
        0 => "is empty".to_owned(),
        n if n > max => format!("has {n} characters; at most {max} are taken"),
        _ if text.chars().any(|c| shown::is_hostile(c) || c.is_whitespace()) => {
            "contains a blank or an invisible character".to_owned()
        }
        _ => return Ok(text.to_owned()),
    };
    Err(CliError::usage(format!("{flag} {why}"), "copy it from where PayerMax shows it"))
}

fn ask_environment(output: Output) -> Result<Environment, CliError> {
    loop {
        let text = ask("--environment", "Environment: production, uat or custom", output)?;
        if let Ok(environment) = Environment::from_str(&text, true) {
            return Ok(environment);
        }
        output::say(&format!("{} is no environment\n", shown::line(&text)));
    }
}

/// Asks until there is an answer or no more input.
fn ask(flag: &str, question: &str, output: Output) -> Result<String, CliError> {
    if !output.can_ask {
        return Err(CliError::usage(
            format!("{flag} is missing and there is no terminal to ask on"),
            "give it as a flag: docket init --environment E --app-id A --merchant-no M",
        ));
    }
    loop {
        output::say(&format!("{question}: "));
        _ = io::stderr().flush();
        let mut line = String::new();
        match io::stdin().lock().read_line(&mut line) {
            Ok(0) => return Err(CliError::usage(format!("no answer for {flag}"), "run docket init again")),
            Ok(_) if line.trim().is_empty() => {}
            Ok(_) => return Ok(line.trim().to_owned()),
            Err(error) => {
                let message = format!("the answer cannot be read: {error}");
                return Err(CliError::failed(message, "run docket init again"));
            }
        }
    }
}

/// The config as it will stand, read back before anything is written: what docket cannot read helps nobody.
fn text_of(path: &Path, old: Option<&Old>, answers: &Answers) -> Result<String, CliError> {
    let first = text::first(answers);
    Config::parse(path, &first).map_err(|error| match error {
        ConfigError::Wrong { what, hint, .. } => CliError::usage(what, hint),
        other => CliError::from(SessionError::from(other)),
    })?;
    let Some(old) = old else { return Ok(first) };
    let longer = text::with_one_more(&old.text, &old.config.default_profile, answers);
    let kept = |new: &Config| {
        let mut others = new.profiles.clone();
        others.remove(&answers.profile).is_some()
            && others == old.config.profiles
            && new.default_profile == old.config.default_profile
    };
    match Config::parse(path, &longer) {
        Ok(new) if kept(&new) => Ok(longer),
        _ => Err(CliError::failed(
            format!("no profile can be put behind the last line of {}", path.display()),
            "write each profile as a table of its own, [profiles.NAME], as config.example.toml shows",
        )),
    }
}

/// Writes the key, then the config; returns the public key in the portal's form.
fn write(config: &Path, key_file: &Path, old: Option<&Old>, text: &str) -> Result<String, CliError> {
    let unmade = |error: KeyError| CliError::failed(error.to_string(), "run docket init again");
    let failed = |error: KeyFileError| CliError::failed(error.to_string(), error.hint());
    let key = PrivateKey::generate().map_err(unmade)?;
    let public = key.public().to_portal().map_err(unmade)?;
    if let Some(dir) = config.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        keyfile::create_private_dir(dir).map_err(failed)?;
    }
    keyfile::write_new(key_file, key.to_pem().map_err(unmade)?.as_bytes(), 0o600).map_err(failed)?;
    let written = match old {
        None => keyfile::write_new(config, text.as_bytes(), 0o600).map_err(failed),
        Some(old) => replace(config, &old.text, text),
    };
    // A key nobody has been told about is of no use, and would stop the next attempt.
    written.inspect_err(|_| _ = std::fs::remove_file(key_file))?;
    Ok(public)
}

/// Puts a longer config in the place of one: whole or not at all, with its rights, behind a link that leads to it.
fn replace(config: &Path, old: &str, new: &str) -> Result<(), CliError> {
    let swap = || -> io::Result<bool> {
        let target = config.canonicalize()?;
        let rights = std::fs::metadata(&target)?.permissions();
        let dir = target.parent().map(PathBuf::from).unwrap_or_default();
        let mut file = tempfile::Builder::new().prefix(".docket-config-").tempfile_in(&dir)?;
        file.write_all(new.as_bytes())?;
        file.as_file().set_permissions(rights)?;
        file.as_file().sync_all()?;
        if std::fs::read_to_string(&target)? != old {
            return Ok(false);
        }
        file.persist(&target)?;
        std::fs::File::open(dir)?.sync_all()?;
        Ok(true)
    };
    match swap() {
        Ok(true) => Ok(()),
        Ok(false) => Err(CliError::failed(
            format!("{} was changed by someone else meanwhile, so it was left as it is", config.display()),
            "run docket init again",
        )),
        Err(error) => Err(CliError::failed(
            format!("{} cannot be written: {error}", config.display()),
            "check the disk and the rights of its directory",
        )),
    }
}

#[cfg(test)]
mod tests;
