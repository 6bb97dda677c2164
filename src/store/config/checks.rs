//! Rules that join several settings, which no single value can tell.

use std::collections::BTreeMap;

use super::explain::Document;
use super::{ConfigError, Environment, LegacySign, Profile};

/// Whether a name can be a profile: it becomes a file name, so letters, digits, `-`, `_` and `.`, at most 64, and no dot
/// or hyphen at its start.
pub fn is_profile_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=64).contains(&name.len()) && !name.starts_with(['.', '-']) && name.chars().all(letter)
}

/// Names for a sentence.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// The profile to use when none is named: the one the file names, or the only one there is.
pub(super) fn default_profile(
    document: &Document<'_>,
    named: Option<String>,
    profiles: &BTreeMap<String, Profile>,
) -> Result<String, ConfigError> {
    let known = listed(profiles.keys());
    let mut all = profiles.keys();
    match (named, all.next(), all.next()) {
        (_, None, _) => Err(document.wrong(
            &["profiles"],
            "`profiles` has no profile",
            "add one as config.example.toml shows",
        )),
        (Some(name), ..) if profiles.contains_key(&name) => Ok(name),
        (Some(name), ..) => {
            let what = format!("`default_profile` names `{name}`, but the profiles here are {known}");
            Err(document.wrong(&["default_profile"], &what, "name one of them"))
        }
        (None, Some(only), None) => Ok(only.clone()),
        (None, ..) => {
            let hint = format!("name the one to use when --profile is not given: {known}");
            Err(document.wrong(&[], "`default_profile` is missing", &hint))
        }
    }
}

/// What must hold between the settings of one profile.
pub(super) fn profile(document: &Document<'_>, name: &str, profile: &Profile) -> Result<(), ConfigError> {
    if !is_profile_name(name) {
        let what = format!("`profiles.{name}` cannot be a profile's name");
        let hint = "use letters, digits, -, _ and . only, with no dot or hyphen at the start";
        return Err(document.wrong(&["profiles", name], &what, hint));
    }
    let wrong = |keys: &[&str], what: &str, hint: &str| {
        let path = [&["profiles", name], keys].concat();
        Err(document.wrong(&path, &format!("`{}` {what}", path.join(".")), hint))
    };
    match (profile.environment, &profile.base_url) {
        (Environment::Custom, None) => {
            return wrong(
                &["base_url"],
                "is missing",
                "a custom environment needs the address of its gateway",
            );
        }
        (Environment::Production | Environment::Uat, Some(_)) => {
            return wrong(
                &["base_url"],
                "has no effect here",
                "take it out, or set environment = \"custom\"",
            );
        }
        _ => {}
    }
    match (&profile.sp_merchant_no, &profile.merchant_auth_token_file) {
        (Some(_), None) => {
            return wrong(
                &["merchant_auth_token_file"],
                "is missing",
                "sp_merchant_no needs the token the merchant gave you, in a file",
            );
        }
        (None, Some(_)) => {
            return wrong(
                &["merchant_auth_token_file"],
                "needs `sp_merchant_no` beside it",
                "add your own number as an ISV, or take the token out",
            );
        }
        _ => {}
    }
    if let Some((key, what, hint)) = profile.signer_fault() {
        return wrong(&[key], what, hint);
    }
    let Some(legacy) = &profile.legacy else { return Ok(()) };
    match (legacy.sign, &legacy.secret_file) {
        (LegacySign::Md5Body, None) => wrong(
            &["legacy", "secret_file"],
            "is missing",
            "sign = \"md5-body\" needs the shared secret, in a file",
        ),
        (LegacySign::RsaHeader, Some(_)) => {
            wrong(&["legacy", "secret_file"], "has no effect here", "take it out, or set sign = \"md5-body\"")
        }
        _ => Ok(()),
    }
}
