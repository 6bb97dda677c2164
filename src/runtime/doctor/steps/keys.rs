//! The key files of the profile, and whether the keys in them fit.

use std::path::Path;

use secrecy::ExposeSecret as _;

use super::super::check::{Check, Subject};
use super::super::judge;
use super::super::judge::keys::{KeyFile, Whereabouts};
use super::super::look::files;
use super::super::look::surroundings::var;
use super::set_up::{Ground, NO_PROFILE};
use crate::runtime::session::{Session, SessionError};
use crate::runtime::signer::AGENT_VARIABLE;
use crate::store::config::KeyPlace;
use crate::store::keyfile::{self, Secret};

/// Which keys can be used.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Keys {
    pub(super) own: bool,
    pub(super) gateway: bool,
    /// The ISV's token, where one is needed.
    pub(super) token: bool,
}

/// Looks at every key of the profile.
pub(in super::super) fn look_over(ground: &Ground, tell: &mut impl FnMut(Check)) -> Keys {
    let Some(session) = &ground.session else {
        for subject in [Subject::PRIVATE_KEY, Subject::GATEWAY_KEY, Subject::KEY_PAIR] {
            tell(subject.skipped(NO_PROFILE));
        }
        return Keys::default();
    };
    let profile = &session.profile;
    let gateway_file = &profile.gateway_public_key_file;
    let (own, gateway) = (session.signer(), session.gateway_key());
    let me = files::me();
    tell(judge::keys::private(&whereabouts(session), &own, me));
    let file = KeyFile { path: gateway_file, entries: files::with_around(gateway_file) };
    tell(judge::keys::gateway(&file, &gateway, me));
    tell(match &own {
        Ok(own) => judge::keys::pair(&own.signer, gateway.as_ref().ok(), gateway_file),
        Err(_) => Subject::KEY_PAIR.skipped("there is no usable private key"),
    });
    let token = profile.merchant_auth_token_file.as_deref().is_none_or(|file| {
        let check = judge::keys::secret(Subject::TOKEN, file, is_filled(file, Secret::Token));
        let is_usable = check.remedy.is_empty();
        tell(check);
        is_usable
    });
    Keys { own: own.is_ok(), gateway: gateway.is_ok(), token }
}

/// Where the private key of a profile is.
fn whereabouts(session: &Session) -> Whereabouts {
    let described = |path: &Path| {
        let mode = files::Entry::at(path).map(|entry| format!(", mode {:04o}", entry.mode));
        format!("{}{}", path.display(), mode.unwrap_or_default())
    };
    match session.profile.key_place() {
        KeyPlace::File(path) => Whereabouts {
            place: described(path),
            entries: files::with_around(path),
            setting: "private_key_file",
        },
        KeyPlace::Agent(_) => Whereabouts {
            place: format!("in the ssh agent at {}", var(AGENT_VARIABLE).unwrap_or_default()),
            entries: Vec::new(),
            setting: "agent_key",
        },
        KeyPlace::Command { words, public } => {
            let folder = session.config.path.parent().unwrap_or(Path::new(""));
            let program = words.first().map(String::as_str).unwrap_or_default();
            let named = program.contains('/').then(|| folder.join(program));
            let trusted = named.as_deref().into_iter().chain([session.config.path.as_path(), public]);
            Whereabouts {
                place: format!("behind {program}, checked with {}", described(public)),
                entries: trusted.flat_map(files::with_around).collect(),
                setting: "public_key_file",
            }
        }
    }
}

/// Whether a file of a secret has one in it.
pub(super) fn is_filled(file: &Path, secret: Secret) -> Result<bool, SessionError> {
    Ok(!keyfile::read_secret(file, secret)?.expose_secret().trim().is_empty())
}
