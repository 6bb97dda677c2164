//! The keys: whether each is one, whether nobody else holds it, and whether they are not mixed up.

use std::path::Path;

use super::super::check::{Check, Subject, Worry};
use super::super::look::files::Entry;
use super::files::changeable;
use crate::gateway::{KeyError, PublicKey, Signer};
use crate::runtime::session::{SessionError, conversion};
use crate::runtime::signer::Made;

/// What is signed to see whether a key signs. It says what it is, should anybody ever meet it.
const SAMPLE: &[u8] = b"docket doctor: a text that is signed and never sent";

/// A key file where it lies.
pub(in super::super) struct KeyFile<'a> {
    pub(in super::super) path: &'a Path,
    /// The file, then what is around it; empty when it is not there.
    pub(in super::super) entries: Vec<Entry>,
}

/// Where the private key is, as far as it can be looked at.
pub(in super::super) struct Whereabouts {
    /// In words.
    pub(in super::super) place: String,
    /// Every file that nobody else may change, and what is around it.
    pub(in super::super) entries: Vec<Entry>,
    /// The setting that names the key.
    pub(in super::super) setting: &'static str,
}

/// The private key.
pub(in super::super) fn private(own: &Whereabouts, made: &Result<Made, SessionError>, me: u32) -> Check {
    match made {
        Ok(Made { signer, cautions }) => {
            let cautions = cautions.iter().map(|caution| Worry::warning(&caution.found, &caution.remedy));
            let worry = Worry::gravest(changeable(&own.entries, me).into_iter().chain(cautions));
            let key = signer.public();
            Subject::PRIVATE_KEY
                .unless(worry, format!("{}, {} bits, {}", own.place, key.bits(), key.fingerprint()))
        }
        Err(error) => Subject::PRIVATE_KEY.error(error.to_string(), remedy(error, own.setting)),
    }
}

/// PayerMax's public key: whoever can change it decides whose answers are believed.
pub(in super::super) fn gateway(file: &KeyFile<'_>, key: &Result<PublicKey, SessionError>, me: u32) -> Check {
    match key {
        Ok(key) => Subject::GATEWAY_KEY.unless(changeable(&file.entries, me), about(file, key)),
        Err(error) => Subject::GATEWAY_KEY.error(error.to_string(), remedy(error, "gateway_public_key_file")),
    }
}

fn about(file: &KeyFile<'_>, key: &PublicKey) -> String {
    let mode = file.entries.first().map(|file| format!(", mode {:04o}", file.mode)).unwrap_or_default();
    format!("{}{mode}, {} bits, {}", file.path.display(), key.bits(), key.fingerprint())
}

fn remedy(error: &SessionError, setting: &str) -> String {
    match error {
        SessionError::Key { error: KeyError::Passphrase, .. } => error.hint(),
        SessionError::Key { path, error } => conversion(path, error)
            .unwrap_or_else(|| format!("put the right key there, or name its file in {setting}")),
        error => error.hint(),
    }
}

/// Whether whoever holds the private key signs with it, and whether PayerMax's key is not its own public half.
pub(in super::super) fn pair(own: &Signer, gateway: Option<&PublicKey>, gateway_file: &Path) -> Check {
    let public = own.public();
    match own.sign(SAMPLE) {
        Ok(sign) if public.verify(SAMPLE, &sign) => {}
        Ok(_) => {
            return Subject::KEY_PAIR.error(
                "what the private key signs does not fit its public half; it is damaged",
                "restore it from a copy, or make a new pair and upload its public key",
            );
        }
        Err(error) => return Subject::KEY_PAIR.error(error.what, error.hint),
    }
    if gateway == Some(&public) {
        let found = format!("{} holds your own public key instead of PayerMax's", gateway_file.display());
        return Subject::KEY_PAIR.error(
            found,
            "save the public key that the portal shows as PayerMax's there; yours is the one to upload",
        );
    }
    Subject::KEY_PAIR.ok("the private key signs, and its public half knows the signature")
}

/// A file with a token or a shared secret, and whether something is in it.
pub(in super::super) fn secret(
    subject: Subject,
    path: &Path,
    is_filled: Result<bool, SessionError>,
) -> Check {
    match is_filled {
        Ok(true) => subject.ok(format!("{}, closed to others", path.display())),
        Ok(false) => subject.error(format!("{} is empty", path.display()), "save the secret in it"),
        Err(error) => subject.error(error.to_string(), error.hint()),
    }
}
