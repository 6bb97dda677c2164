//! A private key under a passphrase: PKCS#8 with the schemes of PKCS#5 (RFC 8018). docket opens what is sound today, AES
//! behind PBKDF2 with SHA-2 or behind scrypt, and names everything older, because the remedy depends on what it is.

use std::fmt;

use rsa::RsaPrivateKey;
use rsa::pkcs8::EncryptedPrivateKeyInfo;
use rsa::pkcs8::pkcs5::EncryptionScheme;
use rsa::pkcs8::pkcs5::pbes2::{Kdf, Pbkdf2Prf};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::key_text;
use super::keys::{KeyError, PrivateKey};

/// Fewer rounds of PBKDF2 than this are worth a warning: OpenSSL's own default of 2,048 is a thirtieth of a second's work
/// for a thief with one graphics card and a list of a million words.
const ROUNDS_MIN: u32 = 100_000;
/// More rounds take this machine minutes; no program writes them.
const ROUNDS_MAX: u32 = 20_000_000;
/// Less memory than this for scrypt is worth a warning, in bytes; OpenSSL takes exactly this much.
const SCRYPT_MIN: u64 = 16 * 1024 * 1024;
/// More memory is refused, in bytes.
const SCRYPT_MAX: u64 = 512 * 1024 * 1024;

/// What protects a private key, where docket cannot take the protection off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldLock {
    /// `Proc-Type: 4,ENCRYPTED` in the armour: one round of MD5.
    Pem,
    /// PKCS#5 version 1: DES or RC2.
    Pbes1,
    /// A scheme of PKCS#12.
    Pkcs12,
    /// Triple DES or DES.
    Des,
    /// PBKDF2 over SHA-1.
    Sha1,
    /// So much work that nobody would wait for it.
    Endless,
    /// Nothing that is known here.
    Unknown,
}

impl OldLock {
    /// What it is, to follow "is protected by".
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Pem => "the old encryption of PEM (Proc-Type: 4,ENCRYPTED)",
            Self::Pbes1 => "an old scheme (PBES1 with DES or RC2)",
            Self::Pkcs12 => "an old scheme of PKCS#12",
            Self::Des => "DES or triple DES",
            Self::Sha1 => "PBKDF2 over SHA-1",
            Self::Endless => "more rounds or memory than docket spends on it",
            Self::Unknown => "a scheme docket does not know",
        }
    }

    /// What OpenSSL needs beyond its ordinary algorithms to read it.
    pub(super) const fn openssl_flags(self) -> &'static str {
        match self {
            Self::Pbes1 | Self::Pkcs12 => " -provider legacy -provider default",
            _ => "",
        }
    }

    /// Names the scheme at the head of an encrypted PKCS#8 that no parser here takes; `None` where none is named.
    fn named_in(der: &[u8]) -> Option<Self> {
        /// PBES2 is PKCS#5's number 13; all others under it are of version 1.
        const PKCS5: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05];
        const PBES2: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d];
        const PKCS12: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c];
        const TRIPLE_DES: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x03, 0x07];
        const DES: [u8; 5] = [0x2b, 0x0e, 0x03, 0x02, 0x07];
        let within = |count: usize, mark: &[u8]| {
            let head = der.get(..der.len().min(count)).unwrap_or_default();
            head.windows(mark.len()).any(|window| window == mark)
        };
        // The scheme comes first; its parameters end before the key, which is the rest of a thousand bytes.
        match () {
            () if within(20, &PBES2) && (within(128, &TRIPLE_DES) || within(128, &DES)) => Some(Self::Des),
            () if within(20, &PBES2) => Some(Self::Unknown),
            () if within(20, &PKCS5) => Some(Self::Pbes1),
            () if within(20, &PKCS12) => Some(Self::Pkcs12),
            () => None,
        }
    }
}

/// A private key under a passphrase that docket can open. Its `Debug` shows nothing.
pub struct LockedKey(Zeroizing<Vec<u8>>);

impl LockedKey {
    /// Takes the DER of an encrypted PKCS#8; `None` when it is something else.
    ///
    /// # Errors
    /// [`KeyError::OldLock`] says what protects it, when docket does not open that.
    pub(super) fn recognise(der: &[u8]) -> Option<Result<Self, KeyError>> {
        let lock = match EncryptedPrivateKeyInfo::try_from(der) {
            Ok(info) => judge(&info.encryption_algorithm),
            Err(_) => Some(OldLock::named_in(der)?),
        };
        Some(match lock {
            None => Ok(Self(Zeroizing::new(der.to_vec()))),
            Some(lock) => Err(KeyError::OldLock(lock)),
        })
    }

    /// Opens it. This takes a tenth of a second or more, on purpose: so does every guess.
    ///
    /// # Errors
    /// [`KeyError::Passphrase`] when it is not the right one; otherwise what is wrong with the key inside.
    pub fn open(&self, passphrase: &SecretString) -> Result<PrivateKey, KeyError> {
        let info = EncryptedPrivateKeyInfo::try_from(self.0.as_slice()).map_err(|_| KeyError::Unreadable)?;
        // Decrypted where it lies, so that no second copy of the key is left behind.
        let mut der = Zeroizing::new(info.encrypted_data.to_vec());
        let opened = info.encryption_algorithm.decrypt_in_place(passphrase.expose_secret(), &mut der);
        // A wrong passphrase leaves noise, which once in 256 times ends as a right one would.
        let opened: &[u8] = opened.map_err(|_| KeyError::Passphrase)?;
        let key: RsaPrivateKey = key_text::open_private(opened).map_err(|error| match error {
            KeyError::Unreadable => KeyError::Passphrase,
            error => error,
        })?;
        Ok(PrivateKey::new(key))
    }

    /// The command that makes a copy whose passphrase is hard to guess; both names as a shell takes them.
    pub fn stronger_copy(file: &str, copy: &str) -> String {
        conversion("", file, copy)
    }

    /// Why the passphrase protects less than it could, to follow "is"; `None` when it does what it can.
    pub fn weakness(&self) -> Option<String> {
        let info = EncryptedPrivateKeyInfo::try_from(self.0.as_slice()).ok()?;
        match &info.encryption_algorithm.pbes2()?.kdf {
            Kdf::Pbkdf2(kdf) if kdf.iteration_count < ROUNDS_MIN => Some(format!(
                "protected by {} rounds of PBKDF2 only, so that its passphrase is quickly guessed",
                kdf.iteration_count
            )),
            Kdf::Scrypt(kdf) if memory(kdf.cost_parameter, kdf.block_size) < SCRYPT_MIN => {
                Some("protected by a weak scrypt, so that its passphrase is quickly guessed".to_owned())
            }
            _ => None,
        }
    }
}

/// The command that puts a private key under AES and scrypt, both of which docket opens.
pub(super) fn conversion(flags: &str, file: &str, copy: &str) -> String {
    format!("openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt{flags} -in {file} -out {copy}")
}

impl fmt::Debug for LockedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LockedKey(hidden)")
    }
}

/// Why a scheme that can be read is not opened.
fn judge(scheme: &EncryptionScheme<'_>) -> Option<OldLock> {
    let Some(scheme) = scheme.pbes2() else { return Some(OldLock::Pbes1) };
    match &scheme.kdf {
        Kdf::Pbkdf2(kdf) if kdf.prf == Pbkdf2Prf::HmacWithSha1 => Some(OldLock::Sha1),
        Kdf::Pbkdf2(kdf) if kdf.iteration_count > ROUNDS_MAX => Some(OldLock::Endless),
        Kdf::Scrypt(kdf)
            if memory(kdf.cost_parameter, kdf.block_size) > SCRYPT_MAX || kdf.parallelization > 16 =>
        {
            Some(OldLock::Endless)
        }
        Kdf::Pbkdf2(_) | Kdf::Scrypt(_) => None,
        _ => Some(OldLock::Unknown),
    }
}

/// What scrypt fills, in bytes.
fn memory(cost: u64, block_size: u16) -> u64 {
    cost.saturating_mul(u64::from(block_size)).saturating_mul(128)
}
