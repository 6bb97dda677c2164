//! A first word with a gateway, unsigned and empty: whether there is a way to it, whether TLS holds, and what time it is
//! there. `docket doctor` must be able to tell that also on a host whose key is missing.

use std::time::{Duration, Instant};

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::header::{AGE, DATE};

use super::address::{Address, BuildError};
use super::client::{Clock, Settings};
use super::times::{self, Trip};
use super::transport;
use crate::domain::fault::{Fault, Skew};
use crate::domain::proxy::Proxy;

/// How a call to a gateway travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The gateway's host, IPv6 without brackets.
    pub host: String,
    /// The gateway's port.
    pub port: u16,
    /// Whether the call is encrypted.
    pub tls: bool,
    /// What is between.
    pub via: Via,
}

/// What is between docket and a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// This machine's own address: no proxy is asked, whatever the environment says.
    Loopback,
    /// Nothing that docket knows of.
    Direct,
    /// A proxy.
    Proxy {
        /// Its address without user name and password: scheme, host and port.
        address: String,
        /// Its host, IPv6 without brackets.
        host: String,
        /// Its port.
        port: u16,
        /// Whether it is told a user name or password, which are not kept here.
        has_credentials: bool,
    },
}

/// What a gateway answered to a greeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The HTTP status.
    pub status: u16,
    /// This host's clock against the answer's `Date`; `None` without a usable one.
    pub skew: Option<Skew>,
    /// From the first packet, TLS included, to the head of the answer.
    pub took: Duration,
}

/// The way to an address, as the client goes it: the proxy is the profile's, or chosen by the same code from the same
/// variables (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`).
///
/// # Errors
/// [`BuildError`] for an address that docket does not talk to.
pub fn way(base_url: &str, proxy: &Proxy) -> Result<Way, BuildError> {
    let proxies = match proxy {
        Proxy::System => Matcher::from_system(),
        Proxy::Off => Matcher::builder().build(),
        Proxy::Through(address) => Matcher::builder().all(address.secret()).build(),
    };
    way_with(base_url, &proxies)
}

fn way_with(base_url: &str, proxies: &Matcher) -> Result<Way, BuildError> {
    let address = Address::parse(base_url)?;
    let url = address.url();
    let host = bare(url.host_str().unwrap_or_default());
    let port = url.port_or_known_default().unwrap_or_default();
    let tls = url.scheme() == "https";
    let uri = url.as_str().parse::<hyper::Uri>().map_err(|_| BuildError::Address)?;
    let via = match proxies.intercept(&uri) {
        _ if address.is_loopback() => Via::Loopback,
        None => Via::Direct,
        Some(proxy) => {
            let to = proxy.uri();
            let scheme = to.scheme_str().unwrap_or("http");
            let host = bare(to.host().unwrap_or_default());
            let usual = match scheme {
                "https" => 443,
                "http" => 80,
                _ => 1080,
            };
            Via::Proxy {
                address: format!(
                    "{scheme}://{}",
                    to.authority().map(ToString::to_string).unwrap_or_default()
                ),
                port: to.port_u16().unwrap_or(usual),
                host,
                has_credentials: proxy.basic_auth().is_some() || proxy.raw_auth().is_some(),
            }
        }
    };
    Ok(Way { host, port, tls, via })
}

fn bare(host: &str) -> String {
    host.trim_matches(['[', ']']).to_owned()
}

/// Asks the gateway of these settings for nothing (`HEAD` on its base address) and says what came. Any status will do.
///
/// # Errors
/// [`Fault::Unsent`], [`Fault::TimedOut`] or [`Fault::Dropped`].
pub async fn greet(settings: &Settings, clock: &Clock) -> Result<Greeting, Fault> {
    let unsent = |error: BuildError| Fault::Unsent(error.to_string());
    let address = Address::parse(&settings.base_url).map_err(unsent)?;
    let client = address.client(settings).map_err(unsent)?;
    let (sent, started) = (clock(), Instant::now());
    let response = client.head(address.url().clone()).send().await;
    let response = response.map_err(|error| transport::fault_of(&error))?;
    let took = started.elapsed();
    let headers = response.headers();
    let date = headers.get(DATE).filter(|_| !headers.contains_key(AGE)).and_then(|date| date.to_str().ok());
    let skew = times::skew(date, Trip { sent, round_trip: took });
    Ok(Greeting { status: response.status().as_u16(), skew, took })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(all: &str, no: &str, url: &str) -> Way {
        way_with(url, &Matcher::builder().all(all.to_owned()).no(no.to_owned()).build()).unwrap()
    }

    #[test]
    fn a_proxy_is_named_without_its_credentials() {
        let way = through("http://ana:s3cret@proxy.example:3128/x", "", "https://pay.example/gateway");
        assert_eq!((way.host.as_str(), way.port, way.tls), ("pay.example", 443, true));
        let Via::Proxy { address, host, port, has_credentials } = &way.via else { panic!("{way:?}") };
        assert_eq!(
            (address.as_str(), host.as_str(), *port),
            ("http://proxy.example:3128", "proxy.example", 3128)
        );
        assert!(*has_credentials && !format!("{way:?}").contains("s3cret"));
    }

    #[test]
    fn the_profiles_own_proxy_comes_before_the_environments() {
        let own = Proxy::parse("http://ana:s3cret@proxy.example").unwrap();
        let Ok(Way { via: Via::Proxy { address, port, has_credentials, .. }, .. }) =
            way("https://pay.example", &own)
        else {
            panic!("no proxy");
        };
        assert_eq!((address.as_str(), port, has_credentials), ("http://proxy.example", 80, true));
        assert_eq!(way("https://pay.example", &Proxy::Off).unwrap().via, Via::Direct);
        assert_eq!(way("https://127.0.0.1", &own).unwrap().via, Via::Loopback);
    }

    #[test]
    fn exceptions_and_this_machine_go_without() {
        let proxy = "http://proxy.example";
        assert_eq!(through(proxy, "pay.example", "https://pay.example/g").via, Via::Direct);
        assert_eq!(through("", "", "https://pay.example/g").via, Via::Direct);
        let here = through(proxy, "", "http://[::1]:8080/g");
        assert_eq!((here.host.as_str(), here.port, here.tls, here.via), ("::1", 8080, false, Via::Loopback));
        assert_eq!(way("http://192.0.2.1/g", &Proxy::System), Err(BuildError::PlainHttp));
    }
}
