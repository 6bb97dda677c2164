//! The two RSA keys of a profile: the merchant's own, which signs, and PayerMax's, which checks answers.
//!
//! They are wrapped because `rsa` prints the private exponent and the primes under `Debug`, and because its
//! plain `sign` leaves the exponentiation unblinded. What changes something is signed by `rsa`, blinded; questions, of which
//! a refresh has thousands, are signed and answers checked by `ring`, which needs a third of the time and does not depend on
//! the key either. Signatures are `SHA256withRSA` over the bytes sent (protocol.md section 1).

use std::fmt;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_PAD_INDIFFERENT};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts as _;
use rsa::{Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::key_text;
use super::locked::{self, LockedKey, OldLock};
use super::ssh_form;

/// The shortest key PayerMax takes, in bits.
pub const MIN_BITS: usize = 2048;
/// The longest key the arithmetic here handles, in bits.
pub const MAX_BITS: usize = 4096;

/// Why a key cannot be used. No variant ever carries text of the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing but white space.
    #[error("the key file is empty")]
    Empty,
    /// The private key is protected by a passphrase, and nobody gave one.
    #[error("the private key is protected by a passphrase")]
    Encrypted,
    /// The private key is protected in a way docket does not undo.
    #[error("the private key is protected by {}, which docket does not open", .0.words())]
    OldLock(OldLock),
    /// The passphrase is not the key's.
    #[error("the passphrase does not open the private key")]
    Passphrase,
    /// The public half was given where the private key belongs.
    #[error("this is a public key, and the private key belongs here")]
    PublicInPrivateSlot,
    /// A private key was given where PayerMax's public key belongs.
    #[error("this is a private key, and PayerMax's public key belongs here")]
    PrivateInPublicSlot,
    /// An X.509 certificate or a request for one.
    #[error(
        "this is a certificate and not a key; `openssl x509 -pubkey -noout -in FILE` prints its public key"
    )]
    Certificate,
    /// OpenSSH's own format.
    #[error("this is an OpenSSH key; turn a copy of it into PEM with `ssh-keygen -p -m PKCS8 -f COPY`")]
    OpenSsh,
    /// Another algorithm than RSA.
    #[error("this is no RSA key, and PayerMax takes RSA only")]
    NotRsa,
    /// Fewer than [`MIN_BITS`]; carries the count.
    #[error("the key has {0} bits, and PayerMax asks for at least 2048")]
    TooShort(usize),
    /// More than [`MAX_BITS`]; carries the count.
    #[error("the key has {0} bits, and docket handles at most 4096")]
    TooLong(usize),
    /// None of the known forms.
    #[error("this is no RSA key in PEM or in the portal's one-line form, or a part of it is missing")]
    Unreadable,
    /// No key could be made.
    #[error("the system's random numbers gave no key")]
    Generating,
    /// A key could not be written out.
    #[error("the key cannot be written out")]
    Writing,
    /// A signature could not be made.
    #[error("the key does not sign; it may be damaged")]
    Signing,
}

impl KeyError {
    /// The command that makes a key docket can read of one it cannot. `file` is the key and `copy` a name for the new
    /// one, both as a shell takes them; `None` where no command helps.
    pub fn conversion(&self, file: &str, copy: &str) -> Option<String> {
        match self {
            Self::OldLock(lock) => Some(locked::conversion(lock.openssl_flags(), file, copy)),
            Self::OpenSsh => {
                Some(format!("install -m 600 {file} {copy} && ssh-keygen -p -m PKCS8 -f {copy}"))
            }
            Self::Certificate => Some(format!("openssl x509 -pubkey -noout -in {file} > {copy}")),
            _ => None,
        }
    }
}

/// What stands in the file of a private key.
#[derive(Debug)]
pub enum KeyText {
    /// The key itself.
    Open(PrivateKey),
    /// The key under a passphrase.
    Locked(LockedKey),
}

impl KeyText {
    /// Reads PKCS#8, with a passphrase or without, or PKCS#1, as PEM or as PayerMax's one-line base64 of the DER, wrapped
    /// over lines or not. The words of the PEM armour do not matter: the portal's PKCS#8 often sits in an
    /// `RSA PRIVATE KEY` one.
    ///
    /// # Errors
    /// [`KeyError`] says what the text is instead.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        key_text::read_private(text)
    }

    /// Whether it is a key under a passphrase that docket can open. Cheaper than reading the key.
    pub fn is_locked(text: &str) -> bool {
        key_text::is_locked(text)
    }
}

/// The merchant's private key. Its `Debug` shows the length only.
pub struct PrivateKey {
    key: Box<RsaPrivateKey>,
    /// The same key as `ring` holds it, from the first question on; `None` when it does not take this key.
    for_questions: OnceLock<Option<Box<RsaKeyPair>>>,
}

impl PrivateKey {
    pub(super) fn new(key: RsaPrivateKey) -> Self {
        Self { key: Box::new(key), for_questions: OnceLock::new() }
    }

    /// Reads a key without a passphrase, in any form that [`KeyText::read`] knows.
    ///
    /// # Errors
    /// [`KeyError`] says what the text is instead.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        match KeyText::read(text)? {
            KeyText::Open(key) => Ok(key),
            KeyText::Locked(_) => Err(KeyError::Encrypted),
        }
    }

    /// Makes a new key of 2048 bits from the system's random numbers; takes a second or so.
    ///
    /// # Errors
    /// [`KeyError::Generating`] when the system has no random numbers.
    pub fn generate() -> Result<Self, KeyError> {
        RsaPrivateKey::new(&mut OsRng, MIN_BITS).map(Self::new).map_err(|_| KeyError::Generating)
    }

    /// The key as PKCS#8 PEM, for a file.
    ///
    /// # Errors
    /// [`KeyError::Writing`] when it cannot be encoded.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        self.key.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Writing)
    }

    /// The public half, which the merchant uploads to the portal.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.key.to_public_key())
    }

    /// Signs a body as it will be sent; the answer is the value of the `sign` header, base64 on one line.
    ///
    /// # Errors
    /// [`KeyError::Signing`] when the key is damaged or the system has no random numbers to blind it with.
    pub fn sign(&self, body: &[u8]) -> Result<String, KeyError> {
        let digest = Sha256::digest(body);
        let signature = self.key.sign_with_rng(&mut OsRng, Pkcs1v15Sign::new::<Sha256>(), &digest);
        signature.map(|bytes| STANDARD.encode(bytes)).map_err(|_| KeyError::Signing)
    }

    /// Whether it has signed a question.
    #[cfg(test)]
    pub(super) fn has_asked(&self) -> bool {
        self.for_questions.get().is_some()
    }

    /// Signs a question: the same bytes as [`PrivateKey::sign`] gives, in less time.
    ///
    /// # Errors
    /// [`KeyError::Signing`] as there.
    pub fn sign_question(&self, body: &[u8]) -> Result<String, KeyError> {
        let Some(pair) = self.for_questions.get_or_init(|| for_ring(&self.key)) else {
            return self.sign(body);
        };
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), body, &mut signature)
            .map_err(|_| KeyError::Signing)?;
        Ok(STANDARD.encode(signature))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({} bits, hidden)", self.key.n().bits())
    }
}

/// The key for `ring`, which is particular: it takes no exponent below 65537 and no primes of unequal length.
fn for_ring(key: &RsaPrivateKey) -> Option<Box<RsaKeyPair>> {
    RsaKeyPair::from_pkcs8(key.to_pkcs8_der().ok()?.as_bytes()).ok().map(Box::new)
}

/// A public key: PayerMax's, or the merchant's own on its way to the portal.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(RsaPublicKey);

impl PublicKey {
    pub(super) const fn new(key: RsaPublicKey) -> Self {
        Self(key)
    }

    /// Reads the key as an ssh agent names it.
    ///
    /// # Errors
    /// [`KeyError`] says what it is instead.
    pub fn from_ssh(blob: &[u8]) -> Result<Self, KeyError> {
        ssh_form::read(blob)
    }

    /// Reads SPKI or PKCS#1, as PEM or as the portal's one-line base64 of the DER, wrapped over lines or not.
    ///
    /// # Errors
    /// [`KeyError`] says what the text is instead.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        key_text::read_public(text).map(Self)
    }

    /// The key's fingerprint, the same that `ssh-keygen -l` and `ssh-add -l` print: short enough to compare two hosts by.
    pub fn fingerprint(&self) -> String {
        ssh_form::ssh_fingerprint(&ssh_form::write(&self.0))
    }

    /// The length of the key, in bits.
    pub fn bits(&self) -> usize {
        self.0.n().bits()
    }

    /// The key as SPKI PEM, for a file.
    ///
    /// # Errors
    /// [`KeyError::Writing`] when it cannot be encoded.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        self.0.to_public_key_pem(LineEnding::LF).map_err(|_| KeyError::Writing)
    }

    /// The key as the portal takes it: base64 of the SPKI DER on one line.
    ///
    /// # Errors
    /// [`KeyError::Writing`] when it cannot be encoded.
    pub fn to_portal(&self) -> Result<String, KeyError> {
        let der = self.0.to_public_key_der().map_err(|_| KeyError::Writing)?;
        Ok(STANDARD.encode(der.as_bytes()))
    }

    /// Whether `sign_base64`, the value of a `sign` header, is this key's signature of exactly these bytes.
    ///
    /// No secret is in it, so it is left to `ring`, which needs a sixth of the time: every answer of a refresh is checked.
    pub fn verify(&self, body: &[u8], sign_base64: &str) -> bool {
        let Ok(signature) = STANDARD_PAD_INDIFFERENT.decode(sign_base64.trim()) else { return false };
        let key = RsaPublicKeyComponents { n: self.0.n().to_bytes_be(), e: self.0.e().to_bytes_be() };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, body, &signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} bits)", self.0.n().bits())
    }
}
