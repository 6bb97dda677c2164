//! Asks each evidence address from this host, because PayerMax fetches the files itself, later and unseen, and a dead
//! link loses the case.
//!
//! The result is advice and never a gate: PayerMax stands elsewhere in the network. Addresses are foreign text, so
//! nothing inside this machine's own network is asked unless that was said explicitly, no redirect is followed, no
//! proxy is told, and no body is read (reliability.md section 5).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderMap, LOCATION, RANGE};
use reqwest::{Client, Method, Response, Url, redirect, retry};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::calls::Calls;
use crate::domain::call::{About, Heard, Outcome, What};

/// For one address as a whole, name lookup included.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Addresses that are asked at the same time.
const AT_ONCE: usize = 8;
/// More lines than this in a head are no answer.
const HEADERS_MAX: usize = 64;
/// How much of a header's text is kept, in characters.
const TEXT_MAX: usize = 100;

/// Which hosts may be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses on ports 80 and 443.
    #[default]
    Public,
    /// Every address and port, this machine's own network too. For tests.
    Anywhere,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Somebody answered; whether that is good is for `status` to say.
    Answered {
        /// The HTTP status.
        status: u16,
        /// `Content-Type`, as received; shown through [`crate::domain::shown`].
        content_type: Option<String>,
        /// The size of the file in bytes, where the answer tells.
        length: Option<u64>,
        /// Where a redirect points, as received, without its query, which may be a key to the file; docket does not go
        /// there.
        redirects_to: Option<String>,
        /// Whether it was asked without encryption.
        is_plain: bool,
    },
    /// Nobody was asked, or nobody answered; one sentence.
    Failed(String),
}

impl Found {
    /// Whether the file seems to be there.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Answered { status: 200..=299, .. })
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, content_type, length, redirects_to, is_plain) = match self {
            Self::Failed(why) => return f.write_str(why),
            Self::Answered { status, content_type, length, redirects_to, is_plain } => {
                (status, content_type, length, redirects_to, *is_plain)
            }
        };
        write!(f, "answered {status}")?;
        if let Some(length) = length {
            write!(f, ", {length} bytes")?;
        }
        if let Some(content_type) = content_type {
            write!(f, ", {}", crate::domain::shown::line(content_type))?;
        }
        if let Some(to) = redirects_to {
            write!(f, ", points to {} (not followed)", crate::domain::shown::line(to))?;
        }
        if is_plain {
            f.write_str("; http:// lets anyone on the way read and change it")?;
        }
        Ok(())
    }
}

/// Asks every address, a few at a time; one answer each, in the same order. Takes five seconds for every eight at most.
pub async fn check(urls: &[String], reach: Reach, calls: &Calls) -> Vec<Found> {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut asking = JoinSet::new();
    for (index, url) in urls.iter().cloned().enumerate() {
        let (turns, calls) = (Arc::clone(&turns), calls.clone());
        asking.spawn(async move {
            // Nobody closes it, so a turn always comes.
            let _turn = turns.acquire_owned().await;
            let ended = calls.begin();
            let found = check_one(&url, reach).await;
            ended(heard(&url, &found));
            (index, found)
        });
    }
    let mut found = vec![Found::Failed("was not asked".to_owned()); urls.len()];
    while let Some(Ok((index, one))) = asking.join_next().await {
        if let Some(slot) = found.get_mut(index) {
            *slot = one;
        }
    }
    found
}

/// The check as a call among others.
fn heard(url: &str, found: &Found) -> Heard {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let (outcome, http_status) = match found {
        Found::Answered { status, .. } if found.is_good() => (Outcome::Ok, Some(*status)),
        Found::Answered { status, .. } => (Outcome::Failed(format!("HTTP {status}")), Some(*status)),
        Found::Failed(why) => (Outcome::Failed(why.clone()), None),
    };
    // Its body is never read, and nobody signs it.
    let about = About::Host(host.unwrap_or_default());
    Heard { what: What::LinkCheck, about, outcome, signature: None, http_status, bytes: 0 }
}

async fn check_one(url: &str, reach: Reach) -> Found {
    match tokio::time::timeout(TIMEOUT, ask(url, reach)).await {
        Ok(Ok(found)) => found,
        Ok(Err(why)) => Found::Failed(why),
        Err(_) => Found::Failed(format!("no answer within {} seconds", TIMEOUT.as_secs())),
    }
}

/// Asks for the head, and where that is not answered well, for the first byte.
async fn ask(url: &str, reach: Reach) -> Result<Found, String> {
    let url = parse(url, reach)?;
    let client = pinned(&url, &vetted(&url, reach).await?)?;
    let head = send(&client, Method::HEAD, &url).await;
    match head {
        Ok(response) if response.status().is_success() || response.status().is_redirection() => {
            Ok(answered(&url, &response))
        }
        // Storage that signs its links often takes GET alone.
        _ => Ok(answered(&url, &send(&client, Method::GET, &url).await?)),
    }
}

fn parse(url: &str, reach: Reach) -> Result<Url, String> {
    let url = Url::parse(url).map_err(|_| "is no web address".to_owned())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("is neither http nor https".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("carries a user name or a password, and was not asked".to_owned());
    }
    match url.port() {
        Some(port) if reach == Reach::Public => Err(format!("was not asked: port {port} is unusual")),
        _ => Ok(url),
    }
}

/// The addresses of the host, looked up once. One that must not be asked spoils them all: a name that points both
/// outside and inside is a trick.
async fn vetted(url: &Url, reach: Reach) -> Result<Vec<SocketAddr>, String> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let looked_up = tokio::net::lookup_host((host, port)).await;
    let addresses: Vec<SocketAddr> = looked_up.map_err(|_| "the host has no address".to_owned())?.collect();
    if addresses.is_empty() {
        return Err("the host has no address".to_owned());
    }
    match addresses.iter().find(|address| reach == Reach::Public && is_inside(address.ip())) {
        Some(inside) => Err(format!("was not asked: {} is no public address", inside.ip())),
        None => Ok(addresses),
    }
}

/// A client that can reach these addresses alone, whatever the name says by then.
fn pinned(url: &Url, addresses: &[SocketAddr]) -> Result<Client, String> {
    // reqwest panics without a process-wide provider; one that is already there is as good.
    _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .http1_only()
        .http1_max_headers(HEADERS_MAX)
        .connect_timeout(TIMEOUT)
        .tls_sslkeylogfile(false)
        .pool_max_idle_per_host(0)
        .timeout(TIMEOUT)
        .resolve_to_addrs(url.host_str().unwrap_or_default(), addresses)
        .user_agent(concat!("docket/", env!("CARGO_PKG_VERSION")));
    // A host without certificates of its own must still be able to ask plain http.
    let builder = if url.scheme() == "http" { builder.tls_certs_only(Vec::new()) } else { builder };
    builder.build().map_err(|_| "could not be asked: TLS cannot be set up here".to_owned())
}

async fn send(client: &Client, method: Method, url: &Url) -> Result<Response, String> {
    let request = client.request(method.clone(), url.clone());
    let request = if method == Method::GET { request.header(RANGE, "bytes=0-0") } else { request };
    request.send().await.map_err(|error| match (error.is_timeout(), error.is_connect()) {
        (true, _) => "no answer in time".to_owned(),
        (false, true) => "no connection".to_owned(),
        (false, false) => "the connection broke off".to_owned(),
    })
}

/// What the head of an answer says; its body is never read.
fn answered(url: &Url, response: &Response) -> Found {
    let headers = response.headers();
    let total = text(headers, &CONTENT_RANGE).and_then(|range| range.rsplit('/').next()?.parse().ok());
    let length = || text(headers, &CONTENT_LENGTH).and_then(|length| length.trim().parse().ok());
    Found::Answered {
        status: response.status().as_u16(),
        content_type: text(headers, &CONTENT_TYPE),
        length: if response.status().as_u16() == 206 { total } else { length() },
        redirects_to: text(headers, &LOCATION).map(without_query),
        is_plain: url.scheme() == "http",
    }
}

fn text(headers: &HeaderMap, name: &reqwest::header::HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).chars().take(TEXT_MAX).collect())
}

/// An address up to its query.
fn without_query(mut location: String) -> String {
    if let Some(query) = location.find(['?', '#']) {
        location.truncate(query);
        location.push_str("?...");
    }
    location
}

/// Whether an address belongs to this machine, its network, or nobody at all.
fn is_inside(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_inside_v4(ip),
        IpAddr::V6(ip) => is_inside_v6(ip),
    }
}

fn is_inside_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_broadcast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (b == 18 || b == 19))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
}

fn is_inside_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    // Mapped, translated (64:ff9b, ::ffff:0) and tunnelled (2002) forms lead to the IPv4 address they carry.
    let carried = match segments {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x2002, high, low, ..] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            Some(Ipv4Addr::new(a, b, c, d))
        }
        _ => ip.to_ipv4(),
    };
    let first = ip.segments().first().copied().unwrap_or_default();
    // Translated within a network (64:ff9b:1), tunnelled (Teredo), thrown away, or of books.
    let is_nobodys = match segments {
        [0x64, 0xff9b, 1, ..] | [0x2001, 0 | 0xdb8, ..] | [0x100, 0, 0, 0, ..] => true,
        [0x3fff, low, ..] => low < 0x1000,
        _ => false,
    };
    is_nobodys
        || carried.is_some_and(is_inside_v4)
        || ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_multicast()
        || (first & 0xfe00) == 0xfc00
        || (first & 0xffc0) == 0xfe80
        || (first & 0xffc0) == 0xfec0
}

#[cfg(test)]
mod tests;
