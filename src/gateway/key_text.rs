//! Reads keys in every form they are handed around in, and names what a text is when it is no key.
//!
//! PayerMax's portal hands out one-line base64 of the DER; its own SDKs wrap that PKCS#8 in a PKCS#1 armour
//! (protocol.md section 1). So the armour is only stripped, and the DER itself decides what a key is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;
use rsa::pkcs1::{self, ALGORITHM_OID, DecodeRsaPrivateKey as _, DecodeRsaPublicKey as _};
use rsa::pkcs8::{PrivateKeyInfo, SubjectPublicKeyInfoRef};
use rsa::{RsaPrivateKey, RsaPublicKey};
use zeroize::Zeroizing;

use super::keys::{KeyError, KeyText, MAX_BITS, MIN_BITS, PrivateKey};
use super::locked::{LockedKey, OldLock};

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// The prefixes of all password-based schemes, PKCS#5's and the older PKCS#12's: an encrypted PKCS#8 names one at
/// its start.
const PASSWORD_SCHEMES: [[u8; 8]; 2] =
    [[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05], [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c]];
/// `[0] INTEGER 2`: the version with which every certificate in use begins.
const X509_V3: [u8; 5] = [0xa0, 0x03, 0x02, 0x01, 0x02];
/// An INTEGER 0 or 1 opens both private forms, and neither public one nor a certificate.
const PRIVATE_VERSIONS: [[u8; 3]; 2] = [[0x02, 0x01, 0x00], [0x02, 0x01, 0x01]];

/// What the outside of a text, or the first bytes of its DER, say it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Private,
    Public,
    Other,
}

/// Reads a private key, with a passphrase or without.
pub(super) fn read_private(text: &str) -> Result<KeyText, KeyError> {
    let der = decode(text, Kind::Private)?;
    match LockedKey::recognise(&der) {
        Some(locked) => locked.map(KeyText::Locked),
        None => open_private(&der).map(|key| KeyText::Open(PrivateKey::new(key))),
    }
}

/// Whether a text is a private key under a passphrase.
pub(super) fn is_locked(text: &str) -> bool {
    decode(text, Kind::Private).is_ok_and(|der| matches!(LockedKey::recognise(&der), Some(Ok(_))))
}

/// Reads the DER of a private key without a passphrase.
pub(super) fn open_private(der: &[u8]) -> Result<RsaPrivateKey, KeyError> {
    let inner = match PrivateKeyInfo::try_from(der) {
        Ok(info) if info.algorithm.oid != ALGORITHM_OID => return Err(KeyError::NotRsa),
        Ok(info) => info.private_key,
        Err(_) => der,
    };
    let Ok(parts) = pkcs1::RsaPrivateKey::try_from(inner) else {
        return Err(wrong_kind(der, Kind::Private));
    };
    check_length(parts.modulus.as_bytes())?;
    RsaPrivateKey::from_pkcs1_der(inner).map_err(|_| KeyError::Unreadable)
}

/// Reads a public key.
pub(super) fn read_public(text: &str) -> Result<RsaPublicKey, KeyError> {
    let der = decode(text, Kind::Public)?;
    let spki = SubjectPublicKeyInfoRef::try_from(der.as_slice());
    let inner = match &spki {
        Ok(spki) if spki.algorithm.oid != ALGORITHM_OID => return Err(KeyError::NotRsa),
        Ok(spki) => spki.subject_public_key.as_bytes().ok_or(KeyError::Unreadable)?,
        Err(_) => der.as_slice(),
    };
    let Ok(parts) = pkcs1::RsaPublicKey::try_from(inner) else {
        return Err(wrong_kind(&der, Kind::Public));
    };
    check_length(parts.modulus.as_bytes())?;
    RsaPublicKey::from_pkcs1_der(inner).map_err(|_| KeyError::Unreadable)
}

/// The bytes of the key: of the PEM block that fits, or of the whole text.
fn decode(text: &str, wanted: Kind) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(KeyError::Empty);
    }
    if text.starts_with("ssh-") {
        return Err(KeyError::OpenSsh);
    }
    let base64 = if text.contains(BEGIN) { armoured(text, wanted)? } else { text };
    let packed = Zeroizing::new(base64.chars().filter(|c| !c.is_whitespace()).collect::<String>());
    STANDARD_PAD_INDIFFERENT.decode(packed.as_bytes()).map(Zeroizing::new).map_err(|_| KeyError::Unreadable)
}

/// The base64 inside the first PEM block of the wanted kind; without one, the reason from the first block.
fn armoured(text: &str, wanted: Kind) -> Result<&str, KeyError> {
    let mut first_reason = None;
    for block in text.split(BEGIN).skip(1) {
        let Some((label, rest)) = block.split_once(DASHES) else { continue };
        let body = rest.split_once(DASHES).map_or(rest, |(body, _)| body);
        match check_label(label.trim(), body, wanted) {
            Ok(()) => return Ok(body),
            Err(reason) => _ = first_reason.get_or_insert(reason),
        }
    }
    Err(first_reason.unwrap_or(KeyError::Unreadable))
}

/// Whether a block may hold the wanted key, by the words of its armour.
fn check_label(label: &str, body: &str, wanted: Kind) -> Result<(), KeyError> {
    let kind = match label {
        "OPENSSH PRIVATE KEY" => return Err(KeyError::OpenSsh),
        // OpenSSL writes a block of parameters before such a key.
        _ if label.starts_with("EC ") || label.starts_with("DSA ") => return Err(KeyError::NotRsa),
        _ if label.contains("CERTIFICATE") => return Err(KeyError::Certificate),
        _ if label.ends_with("PRIVATE KEY") => Kind::Private,
        _ if label.ends_with("PUBLIC KEY") => Kind::Public,
        _ => Kind::Other,
    };
    match (kind, wanted) {
        (Kind::Public, Kind::Private) => Err(KeyError::PublicInPrivateSlot),
        (Kind::Private, Kind::Public) => Err(KeyError::PrivateInPublicSlot),
        (Kind::Other, _) => Err(KeyError::Unreadable),
        _ if body.contains("Proc-Type:") => Err(KeyError::OldLock(OldLock::Pem)),
        _ => Ok(()),
    }
}

/// Names bytes that are not the wanted key.
fn wrong_kind(der: &[u8], wanted: Kind) -> KeyError {
    let start = |count: usize| der.get(..der.len().min(count)).unwrap_or_default();
    let holds = |count: usize, mark: &[u8]| start(count).windows(mark.len()).any(|window| window == mark);
    if holds(16, &X509_V3) {
        KeyError::Certificate
    } else if PRIVATE_VERSIONS.iter().any(|mark| holds(8, mark))
        || PASSWORD_SCHEMES.iter().any(|mark| holds(20, mark))
    {
        if wanted == Kind::Public { KeyError::PrivateInPublicSlot } else { KeyError::Unreadable }
    } else if wanted == Kind::Private && is_public(der) {
        KeyError::PublicInPrivateSlot
    } else {
        KeyError::Unreadable
    }
}

fn is_public(der: &[u8]) -> bool {
    SubjectPublicKeyInfoRef::try_from(der).is_ok() || pkcs1::RsaPublicKey::try_from(der).is_ok()
}

fn check_length(modulus: &[u8]) -> Result<(), KeyError> {
    let unused = modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
    match modulus.len() * 8 - unused {
        bits if bits < MIN_BITS => Err(KeyError::TooShort(bits)),
        bits if bits > MAX_BITS => Err(KeyError::TooLong(bits)),
        _ => Ok(()),
    }
}
