//! The key files of the profile, and whether the keys in them fit.

use std::path::Path;

use secrecy::ExposeSecret as _;

use super::super::check::{Check, Subject};
use super::super::judge;
use super::super::judge::keys::KeyFile;
use super::super::look::files;
use super::set_up::{Ground, NO_PROFILE};
use crate::runtime::session::SessionError;
use crate::store::keyfile;

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
    let (own_file, gateway_file) = (&profile.private_key_file, &profile.gateway_public_key_file);
    let (own, gateway) = (session.private_key(), session.gateway_key());
    let me = files::me();
    let file = |path| KeyFile { path, entries: files::with_around(path) };
    tell(judge::keys::private(&file(own_file), &own, me));
    tell(judge::keys::gateway(&file(gateway_file), &gateway, me));
    tell(match &own {
        Ok(own) => judge::keys::pair(own, gateway.as_ref().ok(), gateway_file),
        Err(_) => Subject::KEY_PAIR.skipped("there is no usable private key"),
    });
    let token = profile.merchant_auth_token_file.as_deref().is_none_or(|file| {
        let check = judge::keys::secret(Subject::TOKEN, file, is_filled(file));
        let is_usable = check.remedy.is_empty();
        tell(check);
        is_usable
    });
    Keys { own: own.is_ok(), gateway: gateway.is_ok(), token }
}

/// Whether a file of a secret has one in it.
pub(super) fn is_filled(file: &Path) -> Result<bool, SessionError> {
    Ok(!keyfile::read_private(file)?.expose_secret().trim().is_empty())
}
