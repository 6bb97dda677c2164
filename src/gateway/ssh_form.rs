//! A public key as ssh writes it (RFC 4253 section 6.6): agents name keys this way, and ssh's fingerprint, which every
//! operator can print for a key file, is a hash of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rsa::traits::PublicKeyParts as _;
use rsa::{BigUint, RsaPublicKey};
use sha2::{Digest as _, Sha256};

use super::keys::{KeyError, MAX_BITS, MIN_BITS, PublicKey};

/// The name of RSA keys.
const SSH_RSA: &[u8] = b"ssh-rsa";

/// The fingerprint of a key as `ssh-keygen -l` and `ssh-add -l` print it.
pub fn ssh_fingerprint(blob: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(blob)))
}

/// Writes a key.
pub(super) fn write(key: &RsaPublicKey) -> Vec<u8> {
    let mut blob = Vec::new();
    string(&mut blob, SSH_RSA);
    number(&mut blob, &key.e().to_bytes_be());
    number(&mut blob, &key.n().to_bytes_be());
    blob
}

/// Reads a key.
///
/// # Errors
/// [`KeyError`] says what it is instead.
pub(super) fn read(blob: &[u8]) -> Result<PublicKey, KeyError> {
    let mut rest = blob;
    match take_string(&mut rest) {
        Some(SSH_RSA) => {}
        Some(_) => return Err(KeyError::NotRsa),
        None => return Err(KeyError::Unreadable),
    }
    let (Some(e), Some(n), []) = (take_string(&mut rest), take_string(&mut rest), rest) else {
        return Err(KeyError::Unreadable);
    };
    let (e, n) = (BigUint::from_bytes_be(e), BigUint::from_bytes_be(n));
    match n.bits() {
        bits if bits < MIN_BITS => return Err(KeyError::TooShort(bits)),
        bits if bits > MAX_BITS => return Err(KeyError::TooLong(bits)),
        _ => {}
    }
    RsaPublicKey::new(n, e).map(PublicKey::new).map_err(|_| KeyError::Unreadable)
}

/// Adds bytes with their length before them.
fn string(to: &mut Vec<u8>, bytes: &[u8]) {
    // A key is a few hundred bytes long.
    to.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    to.extend_from_slice(bytes);
}

/// Adds a number; a first bit that is set would make it a negative one.
fn number(to: &mut Vec<u8>, bytes: &[u8]) {
    let sign = bytes.first().filter(|first| **first >= 0x80).map(|_| 0);
    let bytes: Vec<u8> = sign.into_iter().chain(bytes.iter().copied()).collect();
    string(to, &bytes);
}

/// Takes bytes with their length before them; `None` where they are not all there.
fn take_string<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = from.split_first_chunk::<4>()?;
    let (bytes, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *from = rest;
    Some(bytes)
}
