//! The client of one profile: every call is the same walk, sign, send once, check, read.
//!
//! It never asks twice. Whether a call may be repeated depends on what it does, and only the caller knows.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::value::RawValue;
use time::OffsetDateTime;

use super::address::{self, Address, BuildError};
use super::envelope::{Caller, Received, Taken, unwritable};
use super::keys::{PrivateKey, PublicKey};
use super::transport::{Arrived, Line};
use crate::domain::fault::{Fault, Signature, Skew};

/// Says what time it is; passed in so that tests and session offsets can say otherwise.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// The header PayerMax documents for the ISV token; its PHP and Go SDKs say `merchantAuthToken` instead.
pub const AUTH_HEADER: &str = "merchant_auth_token";

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
    /// Replaces the limit on one reply.
    reply_limit: Option<Duration>,
}

struct Inner {
    address: Address,
    line: Line,
    /// The line for calls that change something.
    one_off: Line,
    caller: Caller,
    case_search_version: String,
    key: PrivateKey,
    gateway_key: PublicKey,
    clock: Clock,
}

impl Gateway {
    /// Makes a client; nothing is sent.
    ///
    /// # Errors
    /// [`BuildError`] names the setting that cannot be used.
    pub fn new(
        settings: Settings,
        key: PrivateKey,
        gateway_key: PublicKey,
        clock: Clock,
    ) -> Result<Self, BuildError> {
        let address = Address::parse(&settings.base_url)?;
        let line = Line {
            client: address.client(&settings)?,
            auth: address::auth(&settings)?,
            clock: Arc::clone(&clock),
        };
        let one_off = Line {
            client: address.one_off_client(&settings)?,
            auth: line.auth.clone(),
            clock: Arc::clone(&clock),
        };
        let caller = Caller {
            app_id: settings.app_id,
            merchant_no: settings.merchant_no,
            sp_merchant_no: settings.sp_merchant_no,
        };
        let case_search_version = settings.case_search_version;
        let inner = Inner { address, line, one_off, caller, case_search_version, key, gateway_key, clock };
        Ok(Self { inner: Arc::new(inner), reply_limit: None })
    }

    /// The same gateway with another limit on one reply as a whole, instead of 20 s or the profile's limit, whichever
    /// is longer.
    #[must_use]
    pub fn with_reply_limit(mut self, limit: Duration) -> Self {
        self.reply_limit = Some(limit);
        self
    }

    pub(super) fn case_search_version(&self) -> &str {
        &self.inner.case_search_version
    }

    /// Carries one call out: `data` goes into the envelope verbatim.
    ///
    /// # Errors
    /// Any [`Fault`].
    pub(super) async fn send(
        &self,
        endpoint: &str,
        version: &str,
        data: Box<RawValue>,
    ) -> Result<Taken, Fault> {
        let (body, sign) = self.signed(version.to_owned(), data).await?;
        let received = self.inner.line.post(self.inner.address.of(endpoint), body, &sign).await?;
        self.checked(received).await
    }

    /// Carries a signed call out on a connection of its own, and keeps what came back whatever it is.
    ///
    /// # Errors
    /// The faults of a call to which not even a head came back.
    pub(super) async fn send_once(
        &self,
        endpoint: &str,
        body: Vec<u8>,
        sign: &str,
    ) -> Result<Arrived, Fault> {
        let inner = &self.inner;
        inner.one_off.bring(inner.address.of(endpoint), body, sign, self.reply_limit).await
    }

    /// Writes a request with the present time, unsigned.
    ///
    /// # Errors
    /// [`Fault::Signing`] when the time has no RFC 3339 form.
    pub(super) fn written(&self, version: &str, data: &RawValue) -> Result<Vec<u8>, Fault> {
        self.inner.caller.request(version, data, (self.inner.clock)())
    }

    /// Stamps, writes and signs a request, off the event loop. The stamp is the last thing before the signature:
    /// the gateway takes it for two minutes only.
    pub(super) async fn signed(
        &self,
        version: String,
        data: Box<RawValue>,
    ) -> Result<(Vec<u8>, String), Fault> {
        let inner = Arc::clone(&self.inner);
        let work = move || {
            let body = inner.caller.request(&version, &data, (inner.clock)())?;
            let sign = inner.key.sign(&body).map_err(|error| unwritable(&error.to_string()))?;
            Ok((body, sign))
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| unwritable("docket is stopping"))?
    }

    /// Checks an answer's signature over the bytes as they came, then reads it, off the event loop.
    async fn checked(&self, received: Received) -> Result<Taken, Fault> {
        self.judged(received).await.1
    }

    /// As [`Self::checked`], and says what the signature was worth.
    pub(super) async fn judged(&self, received: Received) -> (Option<Signature>, Result<Taken, Fault>) {
        let inner = Arc::clone(&self.inner);
        let work = move || {
            let signature = match &received.sign {
                None => Signature::Absent,
                Some(sign) if inner.gateway_key.verify(&received.body, sign) => Signature::Valid,
                Some(_) => Signature::Wrong,
            };
            (Some(signature), received.open(signature))
        };
        let stopped = || Fault::Garbled("its signature could not be checked".to_owned());
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| (None, Err(stopped())))
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("base_url", &self.inner.address.as_str()).finish_non_exhaustive()
    }
}
