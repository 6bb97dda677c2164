//! The settings file: read once at start, every value checked there, so that nothing behind it has to doubt a number or
//! a path. What is wrong is told by file, line, key and remedy.

mod checks;
mod error;
mod explain;
mod paths;
mod policy;
mod settings;
mod signer;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::{Metadata, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde::Deserialize;

use super::keyfile::{self, KeyFileError};

pub use checks::is_profile_name;
pub use error::ConfigError;
pub use paths::{Homes, Paths};
pub use policy::{NetworkDisk, OpenCase, Policy};
pub use settings::{
    Desk, Environment, Legacy, LegacySign, Profile, Refresh, Refunds, SavedView, ThemeName, Versions,
};
pub use signer::{KeyPlace, Signer};

use explain::Document;

/// The most bytes a settings file may have; a longer one is none.
const CONFIG_MAX_BYTES: usize = 1024 * 1024;

/// All settings, checked, with the policy of the host already applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The file they came from, as it was named.
    pub path: PathBuf,
    /// The profile used when none is named.
    pub default_profile: String,
    /// The accounts at PayerMax, by name.
    pub profiles: BTreeMap<String, Profile>,
    /// How the desk looks and counts.
    pub desk: Desk,
    /// How hard the gateway is asked.
    pub refresh: Refresh,
    /// How refunds are written and confirmed.
    pub refunds: Refunds,
    /// What is not allowed here.
    pub policy: Policy,
    /// Reply texts with placeholders, by name.
    pub templates: BTreeMap<String, String>,
    /// Filters kept as tabs, in the order of the file.
    pub views: Vec<SavedView>,
    /// Whether nobody but this user and root may change the file, as it was when it was opened. It says where requests go,
    /// whose answers are believed, and what runs to sign: in a file of everybody's, everybody decides that.
    pub trust: Result<(), KeyFileError>,
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    default_profile: Option<String>,
    profiles: BTreeMap<String, Profile>,
    #[serde(default)]
    desk: Desk,
    #[serde(default)]
    refresh: Refresh,
    #[serde(default)]
    refunds: Refunds,
    #[serde(default)]
    policy: Policy,
    #[serde(default)]
    templates: BTreeMap<String, String>,
    #[serde(default)]
    views: Vec<SavedView>,
}

impl Config {
    /// Reads a settings file. A policy file that exists tightens `[policy]`; it must belong to root, and be writable by
    /// root alone.
    ///
    /// # Errors
    /// [`ConfigError`] names file, line, key and remedy.
    pub fn load(path: &Path, policy_file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::load_with(path, policy_file, 0)
    }

    /// As [`Config::load`], with the user id a policy file must belong to.
    fn load_with(path: &Path, policy_file: Option<&Path>, policy_owner: u32) -> Result<Self, ConfigError> {
        let mut config = Self::read(path)?;
        if let Some(tighter) = policy_file.map(|file| policy::load(file, policy_owner)).transpose()?.flatten()
        {
            config.policy.tighten(&tighter);
        }
        Ok(config)
    }

    fn read(path: &Path) -> Result<Self, ConfigError> {
        let (text, metadata) = read(path)?;
        let trust = keyfile::check_unchangeable(path, &metadata);
        Ok(Self { trust, ..Self::parse(path, &text)? })
    }

    /// As [`Config::load`], from the text that stands or will stand in `path`, without a policy file.
    ///
    /// # Errors
    /// [`ConfigError::Wrong`] names line, key and remedy.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let document = Document::parse(path, text)?;
        let written: Written = document.read()?;
        let default_profile = checks::default_profile(&document, written.default_profile, &written.profiles)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut profiles = written.profiles;
        for (name, profile) in &mut profiles {
            checks::profile(&document, name, profile)?;
            profile.anchor(folder);
        }
        Ok(Self {
            path: path.to_owned(),
            default_profile,
            profiles,
            desk: written.desk,
            refresh: written.refresh,
            refunds: written.refunds,
            policy: written.policy.of_file(path),
            templates: written.templates,
            views: written.views,
            trust: Ok(()),
        })
    }

    /// The named profile, or the default one, with its name.
    ///
    /// # Errors
    /// [`ConfigError::UnknownProfile`] lists the profiles there are.
    pub fn profile(&self, name: Option<&str>) -> Result<(&str, &Profile), ConfigError> {
        let wanted = name.unwrap_or(&self.default_profile);
        self.profiles.get_key_value(wanted).map(|(name, profile)| (name.as_str(), profile)).ok_or_else(|| {
            ConfigError::UnknownProfile {
                path: self.path.clone(),
                name: wanted.to_owned(),
                known: checks::listed(self.profiles.keys()),
            }
        })
    }
}

/// The line of a setting in a file that was read before, from 1; `None` where it cannot be told. What stands in a list goes
/// by its place in it, from 0.
pub fn line_of(path: &Path, setting: &[&str]) -> Option<usize> {
    let text = read_text(path).ok()?;
    Document::parse(path, &text).ok()?.line_of(setting)
}

/// Reads a settings file as text.
///
/// # Errors
/// [`ConfigError::Missing`] or [`ConfigError::Unreadable`].
pub fn read_text(path: &Path) -> Result<String, ConfigError> {
    Ok(read(path)?.0)
}

/// Reads a settings file, and what the system says of the very file that was read.
fn read(path: &Path) -> Result<(String, Metadata), ConfigError> {
    let unreadable = |detail: String| ConfigError::Unreadable { path: path.to_owned(), detail };
    let sort = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => ConfigError::Missing { path: path.to_owned() },
        _ => unreadable(error.to_string()),
    };
    let flags = i32::from_ne_bytes((OFlags::NONBLOCK | OFlags::CLOEXEC).bits().to_ne_bytes());
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(sort)?;
    let metadata = file.metadata().map_err(sort)?;
    if !metadata.is_file() {
        return Err(unreadable("it is no plain file".to_owned()));
    }
    if metadata.len() > CONFIG_MAX_BYTES as u64 {
        return Err(unreadable("it is larger than 1 MiB".to_owned()));
    }
    let mut bytes = Vec::new();
    let read = file.take(CONFIG_MAX_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(good).filter(|&&byte| byte == b'\n').count() + 1;
        unreadable(format!("line {line} is no UTF-8 text"))
    })?;
    Ok((text, metadata))
}
