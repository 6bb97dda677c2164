//! The first set-up: a commented config and a key pair. It never overwrites anything, so that a second run cannot cost
//! the key that PayerMax already knows.

use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum as _;

use crate::domain::shown;
use crate::gateway::PrivateKey;
use crate::runtime::session::Place;
use crate::store::config::is_profile_name;
use crate::store::keyfile;

use super::args::{Environment, Init};
use super::error::{CliError, Exit};
use super::output::{self, Output};

/// Where PayerMax's public key belongs, beside the config.
const GATEWAY_KEY_FILE: &str = "payermax.pub.pem";

/// What the config is made of.
struct Answers {
    profile: String,
    environment: Environment,
    app_id: String,
    merchant_no: String,
}

/// `docket init`.
pub(super) fn init(place: &Place, args: &Init, output: Output) -> Result<Exit, CliError> {
    let config = place.paths()?.config;
    let dir = config.parent().map(Path::to_owned).unwrap_or_default();
    refuse_existing(&[&config])?;
    let environment = args.environment.map_or_else(|| ask_environment(output), Ok)?;
    let profile = place.profile_name().unwrap_or_else(|| profile_of(environment).to_owned());
    if !is_profile_name(&profile) {
        return Err(CliError::usage(
            format!("{profile} cannot name a profile"),
            "use a short name of letters, digits, - and _",
        ));
    }
    let key_file = dir.join(format!("{profile}.key.pem"));
    refuse_existing(&[&key_file])?;
    let answers = answers(profile, environment, args, output)?;
    let key = write(&config, &dir, &key_file, &answers)?;
    output::print(&next_steps(&config, &key_file, &dir.join(GATEWAY_KEY_FILE), &key))?;
    Ok(Exit::Done)
}

/// The profile's name unless told: a profile called `live` must not turn out to be the test environment.
const fn profile_of(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "live",
        Environment::Uat => "uat",
    }
}

fn refuse_existing(files: &[&PathBuf]) -> Result<(), CliError> {
    match files.iter().find(|file| file.symlink_metadata().is_ok()) {
        None => Ok(()),
        Some(file) => Err(CliError::failed(
            format!("{} is there already, so nothing was changed", file.display()),
            "edit the config to add a profile, or set another one up with --config FILE",
        )),
    }
}

/// Takes the answers from the flags and asks for the rest, where somebody can answer.
fn answers(
    profile: String,
    environment: Environment,
    args: &Init,
    output: Output,
) -> Result<Answers, CliError> {
    let text = |flag: &str, given: &Option<String>, question: &str, max: usize| {
        let text = given.clone().map_or_else(|| ask(flag, question, output), Ok)?;
        value(flag, text.trim(), max)
    };
    let app_id = text("--app-id", &args.app_id, "App id (appId in the merchant portal)", 64)?;
    let merchant_no = text("--merchant-no", &args.merchant_no, "Merchant number", 32)?;
    Ok(Answers { profile, environment, app_id, merchant_no })
}

/// A value as PayerMax takes it: something, not too long, on one line.
fn value(flag: &str, text: &str, max: usize) -> Result<String, CliError> {
    let why = match text.chars().count() {
        0 => "is empty".to_owned(),
        n if n > max => format!("has {n} characters; PayerMax takes at most {max}"),
        _ if text.chars().any(|c| shown::is_hostile(c) || c.is_whitespace()) => {
            "contains a blank or an invisible character".to_owned()
        }
        _ => return Ok(text.to_owned()),
    };
    Err(CliError::usage(format!("{flag} {why}"), "copy it from the merchant portal"))
}

fn ask_environment(output: Output) -> Result<Environment, CliError> {
    loop {
        let text = ask("--environment", "Environment, production or uat", output)?;
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
            "docket init --environment E --app-id A --merchant-no M",
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

/// Writes the key, then the config; returns the public key in the portal's form.
fn write(config: &Path, dir: &Path, key_file: &Path, answers: &Answers) -> Result<String, CliError> {
    let unmade =
        |error: crate::gateway::KeyError| CliError::failed(error.to_string(), "run docket init again");
    let failed = |error: keyfile::KeyFileError| CliError::failed(error.to_string(), error.hint());
    let key = PrivateKey::generate().map_err(unmade)?;
    let public = key.public().to_portal().map_err(unmade)?;
    if !dir.as_os_str().is_empty() {
        keyfile::create_private_dir(dir).map_err(failed)?;
    }
    keyfile::write_new(key_file, key.to_pem().map_err(unmade)?.as_bytes(), 0o600).map_err(failed)?;
    keyfile::write_new(config, config_text(answers).as_bytes(), 0o600).map_err(|error| {
        // A key nobody has been told about is of no use, and would stop the next attempt.
        _ = std::fs::remove_file(key_file);
        failed(error)
    })?;
    Ok(public)
}

/// A text as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn config_text(answers: &Answers) -> String {
    let Answers { profile, environment, app_id, merchant_no } = answers;
    let environment = match environment {
        Environment::Production => "production",
        Environment::Uat => "uat",
    };
    format!(
        r#"# docket's settings. config.example.toml lists every one of them.

default_profile = {default}

[profiles.{profile}]
environment = "{environment}"            # production | uat | custom (with base_url)
app_id = {app_id}
merchant_no = {merchant_no}
private_key_file = {key}     # relative to this file; keep it to yourself (mode 0600)
gateway_public_key_file = "{GATEWAY_KEY_FILE}"   # PayerMax's public key, from the merchant portal
due_zone = "+08:00"                   # the zone in which a due date ends; PayerMax states none

[desk]
soon_days = 2                         # due in 1 to this many days counts as soon
closed_refresh_days = 30              # settled cases are asked for this long, because they can come back

[refresh]
concurrency = 16                      # calls at the same time
per_second = 50                       # calls begun per second
timeout_s = 15                        # give up on an answer after this many seconds
"#,
        default = quoted(profile),
        app_id = quoted(app_id),
        merchant_no = quoted(merchant_no),
        key = quoted(&format!("{profile}.key.pem")),
    )
}

fn next_steps(config: &Path, key_file: &Path, gateway_key: &Path, public: &str) -> String {
    let path = |path: &Path| shown::line(&path.display().to_string()).into_owned();
    let (config, key_file, gateway_key) = (path(config), path(key_file), path(gateway_key));
    format!(
        "wrote {config}\nwrote {key_file}\n\n\
         Your public key, as the merchant portal takes it:\n{public}\n\n\
         Next:\n\
         1. paste that line into the merchant portal as the app's public key\n\
         2. save PayerMax's public key from the portal as {gateway_key}\n\
         3. docket track IDS, then docket refresh, then docket\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::config::Config;

    #[test]
    fn the_config_it_writes_is_one_it_can_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        let answers = Answers {
            profile: "eu-live".into(),
            environment: Environment::Uat,
            app_id: "a\"b\\c".into(),
            merchant_no: "P01".into(),
        };
        std::fs::write(&file, config_text(&answers)).unwrap();
        let config = Config::load(&file, None).unwrap();
        let (name, profile) = config.profile(None).unwrap();
        assert_eq!((name, profile.app_id.as_str()), ("eu-live", "a\"b\\c"));
        assert_eq!(profile.private_key_file, dir.path().join("eu-live.key.pem"));
        assert_eq!(profile.gateway_public_key_file, dir.path().join(GATEWAY_KEY_FILE));
        assert_eq!(config.refresh, crate::store::config::Refresh::default(), "it states the defaults");
        assert_eq!(config.desk, crate::store::config::Desk::default());
    }

    #[test]
    fn values_that_cannot_be_right_are_refused() {
        assert_eq!(value("--app-id", "x", 64), Ok("x".to_owned()));
        for bad in ["", "a b", "a\u{200b}b"] {
            assert_eq!(value("--app-id", bad, 64).unwrap_err().exit, Exit::Usage, "{bad:?}");
        }
        assert!(value("--merchant-no", &"9".repeat(33), 32).unwrap_err().message.contains("at most 32"));
    }
}
