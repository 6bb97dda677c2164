//! The client of the legacy interface (version 2.1): one address, flat bodies, return codes of its own, and two ways of
//! signing. An account has one of them, and PayerMax says which (protocol.md section 7).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::value::RawValue;

use super::address::{Address, BuildError};
use super::carrier::Carrier;
use super::client::Clock;
use super::envelope::Taken;
use super::keys::PublicKey;
use super::network::Network;
use super::one_off::{Sent, SignedCall};
use super::seal::{Aim, Seal};
use super::signer::Signer;
use super::transport::Line;
use super::wire::Wire;
use super::witness::{Course, Witness};
use crate::domain::call::{About, What};
use crate::domain::fault::Fault;
use crate::domain::refund::Road;

/// What a profile says about its account on the legacy interface.
#[derive(Clone, Debug)]
pub struct LegacySettings {
    /// The whole address.
    pub url: String,
    /// `merchantId`.
    pub merchant_id: String,
    /// How its calls are signed.
    pub sign: LegacyScheme,
    /// For name lookup, connection and TLS together, of calls that only read.
    pub connect_timeout: Duration,
    /// For one call as a whole; a refund is given 20 s at least.
    pub timeout: Duration,
    /// What is between this host and the gateway.
    pub network: Network,
}

/// How calls of the legacy interface are signed.
#[derive(Clone, Debug)]
pub enum LegacyScheme {
    /// `SHA256withRSA` over the body in the header `sign`, with the profile's keys.
    RsaHeader,
    /// MD5 over the sorted fields and this secret, in the field `sign`.
    Md5Body(SecretString),
}

/// The legacy interface as one profile sees it. Cloning is cheap.
#[derive(Clone)]
pub struct LegacyGateway {
    inner: Arc<Inner>,
    /// Replaces the limit on one refund.
    refund_limit: Option<Duration>,
    /// Whoever is told how calls go.
    witness: Option<Witness>,
}

struct Inner {
    address: Address,
    merchant_id: String,
    wire: Arc<Wire>,
}

impl LegacyGateway {
    /// Makes a client; nothing is sent. The keys are those of the profile and are not used where MD5 is.
    ///
    /// # Errors
    /// [`BuildError`] names the setting that cannot be used.
    pub fn new(
        settings: LegacySettings,
        key: impl Into<Signer>,
        gateway_key: PublicKey,
        clock: Clock,
    ) -> Result<Self, BuildError> {
        let address = Address::parse(&settings.url).map_err(|error| BuildError::Legacy(Box::new(error)))?;
        let client = address.reading(&settings.network, settings.connect_timeout, settings.timeout)?;
        let one_off = address.one_off(&settings.network, settings.timeout)?;
        let line =
            move |client| Line { carrier: Carrier::Sockets(client), auth: None, clock: Arc::clone(&clock) };
        let seal = match settings.sign {
            LegacyScheme::RsaHeader => Seal::header(key.into(), gateway_key),
            LegacyScheme::Md5Body(secret) => Seal::Field(trimmed(&secret)?),
        };
        let wire = Wire::new([line(client), line(one_off)], seal, Road::Legacy);
        let inner = Inner { address, merchant_id: settings.merchant_id, wire: Arc::new(wire) };
        Ok(Self { inner: Arc::new(inner), refund_limit: None, witness: None })
    }

    /// The same with another limit on one refund as a whole, instead of 20 s or the settings' limit, whichever is longer.
    #[must_use]
    pub fn with_refund_limit(mut self, limit: Duration) -> Self {
        self.refund_limit = Some(limit);
        self
    }

    /// The same, which tells somebody how its calls go.
    #[must_use]
    pub fn told_to(mut self, witness: Witness) -> Self {
        self.witness = Some(witness);
        self
    }

    /// A reading call that is about to be made.
    pub(super) fn course(&self, what: What, about: About) -> Course {
        Course::of(self.witness.as_ref(), what, about)
    }

    pub(super) fn merchant_id(&self) -> &str {
        &self.inner.merchant_id
    }

    /// Signs a body. It carries no time, so that it stays good.
    ///
    /// # Errors
    /// [`Fault::Signing`].
    pub(super) async fn sign_call(&self, body: &[u8]) -> Result<SignedCall, Fault> {
        self.signed(body, Aim::Action).await
    }

    async fn signed(&self, body: &[u8], aim: Aim) -> Result<SignedCall, Fault> {
        let (to, body) = (self.inner.address.whole(), body.to_vec());
        self.inner.wire.sign(to, aim, move || Ok(body)).await
    }

    /// The body as it may be shown before it is signed.
    pub(super) fn preview(&self, body: &[u8]) -> Vec<u8> {
        self.inner.wire.seal.unsealed(body.to_vec())
    }

    /// Carries a reading call out.
    ///
    /// # Errors
    /// Any [`Fault`].
    pub(super) async fn ask(&self, body: &[u8], course: &mut Course) -> Result<Taken, Fault> {
        let signed = self.signed(body, Aim::Question).await?;
        self.inner.wire.ask(signed, (), course).await
    }

    /// Sends a signed call, once.
    pub(super) async fn send_once<T>(
        &self,
        signed: SignedCall,
        read: impl FnOnce(Option<&RawValue>) -> Result<T, String>,
    ) -> Sent<T> {
        self.inner.wire.send_once(signed, self.refund_limit, self.witness.as_ref(), read).await
    }
}

/// The secret without the line end an editor leaves behind it.
fn trimmed(secret: &SecretString) -> Result<SecretString, BuildError> {
    match secret.expose_secret().trim() {
        "" => Err(BuildError::LegacySecret),
        secret => Ok(SecretString::from(secret)),
    }
}

impl fmt::Debug for LegacyGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LegacyGateway").field("url", &self.inner.address.as_str()).finish_non_exhaustive()
    }
}
