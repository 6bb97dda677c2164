//! Signatures, through `ring` on purpose: the client signs with another library, so each proves the other.

use base64::{Engine, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey},
};
use rsa::pkcs8::{Document, SecretDocument, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

/// The keys of the sandbox. It holds a private key, so it has no `Debug`.
#[derive(Clone)]
pub struct Keys {
    /// PKCS#8 DER of the key that signs answers, 2048 to 4096 bits.
    pub gateway_private_der: Zeroizing<Vec<u8>>,
    /// SPKI DER of the merchant's public key, against which requests are verified.
    pub merchant_public_der: Vec<u8>,
}

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The gateway's key is no RSA key of 2048 to 4096 bits in PKCS#8.
    #[error("the sandbox's private key is not an RSA key of 2048 to 4096 bits in PKCS#8")]
    Private,
    /// The merchant's key is no RSA key in SPKI.
    #[error("the merchant's public key is not an RSA key in SPKI")]
    Public,
}

impl Keys {
    /// The keys from PEM texts: `PRIVATE KEY` (PKCS#8) of the gateway, `PUBLIC KEY` (SPKI) of the merchant.
    ///
    /// # Errors
    /// [`KeyError`] names the text that is no such key.
    pub fn from_pem(gateway_private_pem: &str, merchant_public_pem: &str) -> Result<Self, KeyError> {
        let (label, private) =
            SecretDocument::from_pem(gateway_private_pem).map_err(|_| KeyError::Private)?;
        if label != "PRIVATE KEY" {
            return Err(KeyError::Private);
        }
        let (label, public) = Document::from_pem(merchant_public_pem).map_err(|_| KeyError::Public)?;
        if label != "PUBLIC KEY" {
            return Err(KeyError::Public);
        }
        Ok(Self {
            gateway_private_der: Zeroizing::new(private.as_bytes().to_vec()),
            merchant_public_der: public.as_bytes().to_vec(),
        })
    }
}

/// Signs a body, by whatever key.
#[cfg(test)]
pub(crate) type Quick = fn(&[u8]) -> Vec<u8>;

/// The keys, ready for use.
pub(super) struct Signer {
    own: RsaKeyPair,
    merchant: UnparsedPublicKey<Vec<u8>>,
    random: SystemRandom,
    /// Signs instead of [`Signer::own`]: tests with thousands of calls have keys that sign faster, and no safer.
    #[cfg(test)]
    pub(super) quick: Option<Quick>,
}

impl Signer {
    /// Reads the keys.
    pub(super) fn new(keys: &Keys) -> Result<Self, KeyError> {
        let own = RsaKeyPair::from_pkcs8(&keys.gateway_private_der).map_err(|_| KeyError::Private)?;
        let merchant = SubjectPublicKeyInfoRef::try_from(keys.merchant_public_der.as_slice())
            .map_err(|_| KeyError::Public)?;
        if merchant.algorithm.oid != rsa::pkcs1::ALGORITHM_OID {
            return Err(KeyError::Public);
        }
        // ring takes the bare PKCS#1 key, which is what the bit string of an SPKI holds.
        let merchant = merchant.subject_public_key.as_bytes().ok_or(KeyError::Public)?.to_vec();
        let merchant = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, merchant);
        Ok(Self {
            own,
            merchant,
            random: SystemRandom::new(),
            #[cfg(test)]
            quick: None,
        })
    }

    /// The `sign` header of an answer: `SHA256withRSA` over its bytes, in base64. `None` only if the system has no
    /// randomness left for blinding.
    pub(super) fn sign(&self, body: &[u8]) -> Option<String> {
        #[cfg(test)]
        if let Some(quick) = self.quick {
            return Some(STANDARD.encode(quick(body)));
        }
        let mut signature = vec![0; self.own.public().modulus_len()];
        self.own.sign(&RSA_PKCS1_SHA256, &self.random, body, &mut signature).ok()?;
        Some(STANDARD.encode(signature))
    }

    /// Whether a request's `sign` header fits its bytes.
    pub(super) fn verifies(&self, body: &[u8], sign: &str) -> bool {
        STANDARD.decode(sign).is_ok_and(|signature| self.merchant.verify(body, &signature).is_ok())
    }
}

/// The MD5 signature of the older interface: the fields sorted by name, joined as `name=value` with `&`, the
/// secret last, in upper-case hex (protocol.md section 7). Empty values count; the caller leaves nulls and `sign` out.
pub(super) fn md5_sign(mut fields: Vec<(String, String)>, secret: &str) -> String {
    fields.sort();
    let mut digest = Md5::new();
    for (name, value) in fields {
        digest.update(format!("{name}={value}&"));
    }
    digest.update("key=");
    digest.update(secret);
    digest.finalize().iter().flat_map(|byte| [hex(byte >> 4), hex(byte & 15)]).collect()
}

/// One upper-case hex digit.
fn hex(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or_default().to_ascii_uppercase()
}
