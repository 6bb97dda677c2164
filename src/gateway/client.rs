//! The client of one profile: every call is the same walk, sign, send once, check, read.
//!
//! It never asks twice. Whether a call may be repeated depends on what it does, and only the caller knows.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::value::RawValue;
use time::OffsetDateTime;

use super::address::{self, Address, BuildError};
use super::carrier::Carrier;
use super::envelope::{Caller, Taken, unwritable};
use super::keys::PublicKey;
use super::network::Network;
use super::one_off::{Sent, SignedCall};
use super::seal::{Aim, Seal};
use super::signer::Signer;
use super::transport::Line;
use super::wire::Wire;
use super::witness::{Course, Witness};
use crate::domain::call::{About, What};
use crate::domain::fault::{Fault, Skew};
use crate::domain::refund::Road;

/// Says what time it is; passed in so that tests and session offsets can say otherwise.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// The header PayerMax documents for the ISV token; its PHP and Go SDKs say `merchantAuthToken` instead.
pub const AUTH_HEADER: &str = "merchant_auth_token";

/// A signed question that has waited for longer is signed anew: the gateway takes it for two minutes.
const FRESH: RangeInclusive<time::Duration> = time::Duration::ZERO..=time::Duration::minutes(1);

/// What a profile says about its gateway.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address before the endpoint's name, with or without a slash at the end.
    pub base_url: String,
    /// `appId`.
    pub app_id: String,
    /// `merchantNo`; in ISV mode the sub-merchant's.
    pub merchant_no: String,
    /// `spMerchantNo`, the ISV's own number; `None` outside ISV mode.
    pub sp_merchant_no: Option<String>,
    /// The ISV token; `None` outside ISV mode.
    pub auth_token: Option<SecretString>,
    /// The header that carries the token, [`AUTH_HEADER`] unless a proxy drops underscores.
    pub auth_header: String,
    /// `version` of caseSearch requests, `1.5` as of the page.
    pub case_search_version: String,
    /// For name lookup, connection and TLS together.
    pub connect_timeout: Duration,
    /// For one call as a whole, from the connection to the last byte of the answer.
    pub timeout: Duration,
    /// What is between this host and the gateway.
    pub network: Network,
}

/// A believed answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// What the gateway said.
    pub value: T,
    /// This host's clock against the gateway's; `None` without a usable `Date` header.
    pub skew: Option<Skew>,
}

/// The gateway as one profile sees it. Cloning is cheap: clones share connections and keys.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
    /// Replaces the limit on one reply or refund.
    reply_limit: Option<Duration>,
    /// Whoever is told how calls go.
    witness: Option<Witness>,
}

struct Inner {
    address: Address,
    wire: Arc<Wire>,
    caller: Caller,
    case_search_version: String,
    clock: Clock,
}

impl Gateway {
    /// Makes a client; nothing is sent.
    ///
    /// # Errors
    /// [`BuildError`] names the setting that cannot be used.
    pub fn new(
        settings: Settings,
        key: impl Into<Signer>,
        gateway_key: PublicKey,
        clock: Clock,
    ) -> Result<Self, BuildError> {
        let address = Address::parse(&settings.base_url)?;
        let reading = Carrier::Sockets(address.client(&settings)?);
        let one_off = Carrier::Sockets(address.one_off(&settings.network, settings.timeout)?);
        Self::over(address, [reading, one_off], settings, Seal::header(key.into(), gateway_key), clock)
    }

    /// The same over a simulated network. Calls that change something are given 20 s, as everywhere.
    #[cfg(test)]
    pub(crate) fn simulated(
        settings: Settings,
        key: impl Into<Signer>,
        gateway_key: PublicKey,
        clock: Clock,
        network: &super::carrier::simulated::Shared,
    ) -> Result<Self, BuildError> {
        let address = Address::parse(&settings.base_url)?;
        let limits = [settings.timeout, settings.timeout.max(Duration::from_secs(20))];
        let carriers = limits.map(|limit| Carrier::Simulated(Arc::clone(network), limit));
        Self::over(address, carriers, settings, Seal::header(key.into(), gateway_key), clock)
    }

    /// A client whose reading calls are carried by the first carrier, and those that change something by the second.
    fn over(
        address: Address,
        [reading, one_off]: [Carrier; 2],
        settings: Settings,
        seal: Seal,
        clock: Clock,
    ) -> Result<Self, BuildError> {
        let auth = address::auth(&settings)?;
        let line = |carrier| Line { carrier, auth: auth.clone(), clock: Arc::clone(&clock) };
        let (line, one_off) = (line(reading), line(one_off));
        let caller = Caller {
            app_id: settings.app_id,
            merchant_no: settings.merchant_no,
            sp_merchant_no: settings.sp_merchant_no,
        };
        let case_search_version = settings.case_search_version;
        let wire = Arc::new(Wire::new([line, one_off], seal, Road::Current));
        let inner = Inner { address, wire, caller, case_search_version, clock };
        Ok(Self { inner: Arc::new(inner), reply_limit: None, witness: None })
    }

    /// The same gateway with another limit on one reply or refund as a whole, instead of 20 s or the profile's limit,
    /// whichever is longer.
    #[must_use]
    pub fn with_reply_limit(mut self, limit: Duration) -> Self {
        self.reply_limit = Some(limit);
        self
    }

    /// The same gateway, which tells somebody how its calls go.
    #[must_use]
    pub fn told_to(mut self, witness: Witness) -> Self {
        self.witness = Some(witness);
        self
    }

    /// A reading call that is about to be made.
    pub(super) fn course(&self, what: What, about: About) -> Course {
        Course::of(self.witness.as_ref(), what, about)
    }

    pub(super) fn case_search_version(&self) -> &str {
        &self.inner.case_search_version
    }

    /// This host's clock against the gateway's, by the last answer to a question that PayerMax signed.
    pub fn skew(&self) -> Option<Skew> {
        self.inner.wire.skew()
    }

    /// Carries one reading call out: `data` goes into the envelope verbatim.
    ///
    /// # Errors
    /// Any [`Fault`].
    pub(super) async fn send(
        &self,
        endpoint: &str,
        version: &str,
        data: Box<RawValue>,
        course: &mut Course,
    ) -> Result<Taken, Fault> {
        let signed = self.signed(endpoint, version, data, Aim::Question).await?;
        self.inner.wire.ask(signed, (), course).await
    }

    /// The same with a place on the line that is waited for in between; `None`, and nothing is sent, when there is none.
    ///
    /// # Errors
    /// Any [`Fault`].
    pub(super) async fn send_in<P>(
        &self,
        endpoint: &str,
        version: &str,
        data: Box<RawValue>,
        place: impl Future<Output = Option<P>>,
        course: &mut Course,
    ) -> Result<Option<Taken>, Fault> {
        let stamped = (self.inner.clock)();
        let mut signed = self.signed(endpoint, version, data.clone(), Aim::Question).await?;
        let Some(place) = place.await else { return Ok(None) };
        if !FRESH.contains(&((self.inner.clock)() - stamped)) {
            signed = self.signed(endpoint, version, data, Aim::Question).await?;
        }
        self.inner.wire.ask(signed, place, course).await.map(Some)
    }

    /// Stamps, writes and signs a call around `data`, and sends nothing.
    ///
    /// # Errors
    /// [`Fault::Signing`].
    pub(super) async fn sign_call(
        &self,
        endpoint: &str,
        version: &str,
        data: &[u8],
    ) -> Result<SignedCall, Fault> {
        self.signed(endpoint, version, raw(data)?, Aim::Action).await
    }

    /// Sends a signed call that changes something, once.
    pub(super) async fn send_once<T>(
        &self,
        signed: SignedCall,
        read: impl FnOnce(Option<&RawValue>) -> Result<T, String>,
    ) -> Sent<T> {
        self.inner.wire.send_once(signed, self.reply_limit, self.witness.as_ref(), read).await
    }

    /// The exact body as it would be written now, to be shown; nothing is signed or sent.
    ///
    /// # Errors
    /// [`Fault::Signing`].
    pub fn preview(&self, version_word: &str, data: &[u8]) -> Result<Vec<u8>, Fault> {
        self.inner.caller.request(version_word, &raw(data)?, (self.inner.clock)())
    }

    async fn signed(
        &self,
        endpoint: &str,
        version: &str,
        data: Box<RawValue>,
        aim: Aim,
    ) -> Result<SignedCall, Fault> {
        let (inner, version) = (Arc::clone(&self.inner), version.to_owned());
        let write = move || inner.caller.request(&version, &data, (inner.clock)());
        self.inner.wire.sign(self.inner.address.of(endpoint), aim, write).await
    }
}

fn raw(data: &[u8]) -> Result<Box<RawValue>, Fault> {
    let text = String::from_utf8(data.to_vec()).map_err(|_| unwritable("it is no text"))?;
    RawValue::from_string(text).map_err(|_| unwritable("it cannot be written as JSON"))
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("base_url", &self.inner.address.as_str()).finish_non_exhaustive()
    }
}
