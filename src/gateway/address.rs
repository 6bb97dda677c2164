//! Where the gateway is, and the HTTP client that may talk to it: built once, refusing everything that could
//! carry a signed body to a place nobody named (reliability.md section 5).

use std::net::IpAddr;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::tls::Version;
use reqwest::{Client, ClientBuilder, Url, redirect, retry};
use secrecy::ExposeSecret as _;

use super::client::Settings;
use super::network::Network;
use super::transport;

/// How long an idle connection is kept for the next question.
const IDLE: Duration = Duration::from_secs(30);
/// For the connection of a call that changes something.
const REPLY_CONNECT: Duration = Duration::from_secs(5);
/// The least time such a call is given as a whole: giving up early leaves a doubt that takes long to clear.
const REPLY_TIMEOUT: Duration = Duration::from_secs(20);

/// Why no client could be made of a profile's settings. The texts never repeat an address or a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// No absolute `http` or `https` address.
    #[error("base_url is no web address")]
    Address,
    /// A user name, password, query or fragment in the address.
    #[error("base_url may hold no user name, password, `?` or `#`")]
    Decorated,
    /// Plain `http` to another machine.
    #[error("base_url must begin with https; plain http is accepted for this machine's own addresses only")]
    PlainHttp,
    /// The ISV token's header has no usable name.
    #[error("the header for the ISV token has a name HTTP does not allow, or one the request itself uses")]
    AuthHeader,
    /// The ISV token holds a character no header can carry.
    #[error("the ISV token holds a line break or another character no header can carry")]
    AuthToken,
    /// The address of the legacy interface has one of these faults.
    #[error("{}", .0.to_string().replacen("base_url", "the legacy url", 1))]
    Legacy(Box<Self>),
    /// Nothing in the file of the legacy interface's secret.
    #[error("the legacy secret is empty")]
    LegacySecret,
    /// TLS could not be set up; carries the reason.
    #[error("no HTTPS client can be made: {0}")]
    Client(String),
}

/// The base address of a gateway, checked.
#[derive(Clone)]
pub(super) struct Address(Url);

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self, BuildError> {
        let url = Url::parse(text.trim()).map_err(|_| BuildError::Address)?;
        let decorated = !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some();
        let address = Self(url);
        match address.0.scheme() {
            "http" | "https" if decorated => Err(BuildError::Decorated),
            "http" if !address.is_loopback() => Err(BuildError::PlainHttp),
            "http" | "https" => Ok(address),
            _ => Err(BuildError::Address),
        }
    }

    /// The address of one call; a slash at the end of the base makes no difference.
    pub(super) fn of(&self, endpoint: &str) -> Url {
        let mut url = self.0.clone();
        // A web address always has a path; `parse` lets nothing else through.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(endpoint);
        }
        url
    }

    /// The address itself, where all calls go to one.
    pub(super) fn whole(&self) -> Url {
        self.0.clone()
    }

    /// The address as shown in `Debug`; it holds no secret.
    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// The address itself.
    pub(super) const fn url(&self) -> &Url {
        &self.0
    }

    pub(super) fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default().trim_matches(['[', ']']);
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The client for calls that only read: connections are kept for the next question.
    pub(super) fn client(&self, settings: &Settings) -> Result<Client, BuildError> {
        self.reading(&settings.network, settings.connect_timeout, settings.timeout)
    }

    /// The same from its two limits.
    pub(super) fn reading(
        &self,
        network: &Network,
        connect: Duration,
        whole: Duration,
    ) -> Result<Client, BuildError> {
        self.build(network, limits(Client::builder(), connect, whole))
    }

    /// The client for calls that change something: a connection of its own for each, so that nothing in between can
    /// find a stale one and send the call anew, and HTTP/1.1, where one connection carries one call.
    pub(super) fn one_off(&self, network: &Network, whole: Duration) -> Result<Client, BuildError> {
        let builder = limits(Client::builder(), REPLY_CONNECT, whole.max(REPLY_TIMEOUT));
        self.build(network, builder.http1_only().pool_max_idle_per_host(0))
    }

    fn build(&self, network: &Network, builder: ClientBuilder) -> Result<Client, BuildError> {
        // reqwest panics without a process-wide provider; one that is already there is as good.
        _ = rustls::crypto::ring::default_provider().install_default();
        let builder = builder.https_only(!self.is_plain());
        let builder = match (self.is_loopback(), self.is_plain()) {
            // The sandbox must work on a host without certificates, and nothing may leave the machine.
            (true, true) => Ok(builder.no_proxy().tls_certs_only(Vec::new())),
            (true, false) => network.trust(builder.no_proxy()),
            (false, _) => network.route(builder).and_then(|builder| network.trust(builder)),
        };
        builder
            .and_then(ClientBuilder::build)
            .map_err(|error| BuildError::Client(transport::innermost(&error)))
    }
}

/// A redirect or a retry would post a signed body a second time, perhaps elsewhere: both are off.
fn limits(builder: ClientBuilder, connect: Duration, whole: Duration) -> ClientBuilder {
    builder
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .tls_version_min(Version::TLS_1_2)
        .tls_sslkeylogfile(false)
        .connect_timeout(connect)
        .timeout(whole)
        .pool_idle_timeout(IDLE)
        .tcp_keepalive(IDLE)
        .user_agent(concat!("docket/", env!("CARGO_PKG_VERSION")))
}

/// The header that carries the ISV token, when the profile has one (protocol.md section 3).
pub(super) fn auth(settings: &Settings) -> Result<Option<(HeaderName, HeaderValue)>, BuildError> {
    let Some(token) = &settings.auth_token else { return Ok(None) };
    let name = settings.auth_header.trim().parse::<HeaderName>().map_err(|_| BuildError::AuthHeader)?;
    if transport::RESERVED.contains(&name.as_str()) {
        return Err(BuildError::AuthHeader);
    }
    let mut value = HeaderValue::from_str(token.expose_secret().trim()).map_err(|_| BuildError::AuthToken)?;
    value.set_sensitive(true);
    Ok(Some((name, value)))
}
