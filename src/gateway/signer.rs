//! Whoever signs for a profile: the private key in this process, or somebody outside it who holds the key (an ssh agent,
//! a program in front of an HSM or a key service). What comes from outside is a claim until the public key has checked
//! it: a wrong signature never leaves this host.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::keys::{KeyError, PrivateKey, PublicKey};

/// Why something was not signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct SignerError {
    /// What happened, without secrets and without raw words from outside.
    pub what: String,
    /// What to do about it, one sentence without a full stop.
    pub hint: String,
}

impl SignerError {
    /// An error and its remedy.
    pub fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), hint: hint.into() }
    }
}

/// Holds a private key outside this process. Called on blocking threads, several at a time; must end in bounded time.
pub trait KeyHolder: Send + Sync {
    /// Who it is, to begin a sentence with: `the ssh agent`.
    fn name(&self) -> String;

    /// Signs a body with `SHA256withRSA` (PKCS#1 v1.5).
    ///
    /// # Errors
    /// [`SignerError`] says why not and what to do.
    fn sign(&self, body: &[u8]) -> Result<Vec<u8>, SignerError>;

    /// Does something beside the event loop that calls [`KeyHolder::sign`]. A holder that may take seconds has a thread of
    /// its own for it, so that a program that ends need not wait.
    fn beside(&self, work: Box<dyn FnOnce() + Send>) {
        tokio::task::spawn_blocking(work);
    }
}

/// Signs for a profile. Clones share the key.
#[derive(Clone)]
pub struct Signer(Arc<Kind>);

enum Kind {
    Own(PrivateKey),
    Elsewhere { holder: Box<dyn KeyHolder>, public: Box<PublicKey> },
}

impl Signer {
    /// A signer whose key is held elsewhere; `public` is the key that its signatures must fit.
    pub fn elsewhere(holder: impl KeyHolder + 'static, public: PublicKey) -> Self {
        Self(Arc::new(Kind::Elsewhere { holder: Box::new(holder), public: Box::new(public) }))
    }

    /// The public key that belongs to the signatures.
    pub fn public(&self) -> PublicKey {
        match &*self.0 {
            Kind::Own(key) => key.public(),
            Kind::Elsewhere { public, .. } => (**public).clone(),
        }
    }

    /// Who holds the key outside this process; `None` when it is here, so that signing takes a processor and not somebody's
    /// time.
    pub(super) fn holder(&self) -> Option<&dyn KeyHolder> {
        match &*self.0 {
            Kind::Own(_) => None,
            Kind::Elsewhere { holder, .. } => Some(&**holder),
        }
    }

    /// Whether the key in this process has signed a question.
    #[cfg(test)]
    pub(super) fn has_asked(&self) -> bool {
        matches!(&*self.0, Kind::Own(key) if key.has_asked())
    }

    /// Signs a body as it will be sent; the answer is the value of the `sign` header, base64 on one line. Blocks: a key
    /// in this process takes a millisecond, another one up to its holder's limit.
    ///
    /// # Errors
    /// [`SignerError`], also when what the holder gives is no signature of this key over these bytes. (The arithmetic
    /// of a key in this process checks its own result, so that is not done twice.)
    pub fn sign(&self, body: &[u8]) -> Result<String, SignerError> {
        self.sign_with(body, PrivateKey::sign)
    }

    /// The same for a call that only reads, of which a refresh makes thousands: the same bytes, in less time where the
    /// key is in this process.
    ///
    /// # Errors
    /// As [`Signer::sign`].
    pub fn sign_question(&self, body: &[u8]) -> Result<String, SignerError> {
        self.sign_with(body, PrivateKey::sign_question)
    }

    fn sign_with(
        &self,
        body: &[u8],
        by: fn(&PrivateKey, &[u8]) -> Result<String, KeyError>,
    ) -> Result<String, SignerError> {
        match &*self.0 {
            Kind::Own(key) => by(key, body).map_err(|error| own(&error)),
            Kind::Elsewhere { holder, public } => {
                let sign = STANDARD.encode(holder.sign(body)?);
                if public.verify(body, &sign) { Ok(sign) } else { Err(wrong(&holder.name())) }
            }
        }
    }
}

fn own(error: &KeyError) -> SignerError {
    SignerError::new(error.to_string(), "restore the private key from a copy")
}

fn wrong(who: &str) -> SignerError {
    SignerError::new(
        format!(
            "what {who} gave is no signature of the configured key over these bytes, so nothing was sent"
        ),
        "`docket doctor` tries it again; check that it signs with SHA-256 and PKCS#1 v1.5, and with this key",
    )
}

impl From<PrivateKey> for Signer {
    fn from(key: PrivateKey) -> Self {
        Self(Arc::new(Kind::Own(key)))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Own(key) => write!(f, "Signer({key:?})"),
            Kind::Elsewhere { holder, public } => write!(f, "Signer({}, {public:?})", holder.name()),
        }
    }
}
