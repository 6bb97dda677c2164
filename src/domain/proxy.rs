//! What a profile says about the proxy between docket and the gateway. Its address may hold a user name and a password, so
//! it lives in a type of its own that shows neither.

use std::fmt;

/// Which proxy calls go through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// The one that `HTTPS_PROXY` or `ALL_PROXY` names, unless `NO_PROXY` excepts the gateway.
    #[default]
    System,
    /// None, whatever the environment says.
    Off,
    /// This one, whatever the environment says.
    Through(ProxyAddress),
}

impl Proxy {
    /// Reads the word or the address of the config; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "system" => Some(Self::System),
            "none" => Some(Self::Off),
            address => ProxyAddress::parse(address).map(Self::Through),
        }
    }
}

/// `http://[user:password@]host[:port]`. `Debug` and [`ProxyAddress::shown`] leave user name and password out.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyAddress {
    /// User name and password as they stand in the address, escaped.
    credentials: Option<String>,
    /// Host and port.
    authority: String,
}

impl ProxyAddress {
    fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("http://")?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (credentials, authority) = match rest.rsplit_once('@') {
            Some((credentials, authority)) => (Some(credentials), authority),
            None => (None, rest),
        };
        let sound = credentials.is_none_or(is_credentials) && is_authority(authority);
        sound.then(|| Self { credentials: credentials.map(str::to_owned), authority: authority.to_owned() })
    }

    /// The address without user name and password.
    pub fn shown(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// The whole address, for the one who connects; it must be shown nowhere.
    pub fn secret(&self) -> String {
        match &self.credentials {
            Some(credentials) => format!("http://{credentials}@{}", self.authority),
            None => self.shown(),
        }
    }
}

impl fmt::Debug for ProxyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = if self.credentials.is_some() { ", credentials hidden" } else { "" };
        write!(f, "ProxyAddress({}{hidden})", self.shown())
    }
}

/// Letters, digits, the marks that need no escape, and escapes; a bare `/`, `@`, `?` or `#` would end the address early.
fn is_credentials(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:".contains(&b);
    let mut parts = text.split('%');
    let escape = |part: &str| {
        part.get(..2).is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
            && part.bytes().skip(2).all(plain)
    };
    !text.is_empty() && parts.next().is_some_and(|part| part.bytes().all(plain)) && parts.all(escape)
}

/// A name or an address, and perhaps a port.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, after)) => {
            let hex = |b: u8| b.is_ascii_hexdigit() || b == b':' || b == b'.';
            if host.is_empty() || !host.bytes().all(hex) || (!after.is_empty() && !after.starts_with(':')) {
                return false;
            }
            (None, after.strip_prefix(':'))
        }
        None => match text.split_once(':') {
            Some((host, port)) => (Some(host), Some(port)),
            None => (Some(text), None),
        },
    };
    let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'-';
    let digits =
        |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|p| p > 0);
    host.is_none_or(|host| !host.is_empty() && host.bytes().all(letter)) && port.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_shown_without_its_credentials() {
        for (text, shown) in [
            ("http://proxy.example:3128", "http://proxy.example:3128"),
            ("http://proxy.example/", "http://proxy.example"),
            ("http://ana:s3cret@proxy.example:3128", "http://proxy.example:3128"),
            ("http://s3cret@[2001:db8::1]:8080", "http://[2001:db8::1]:8080"),
            ("http://ana:s3%40cret%2f@10.0.0.1", "http://10.0.0.1"),
        ] {
            let Some(Proxy::Through(address)) = Proxy::parse(text) else { panic!("{text}") };
            assert_eq!(address.shown(), shown);
            assert_eq!(address.secret(), text.trim_end_matches('/'));
            assert!(
                !format!("{address:?} {:?}", Proxy::Through(address.clone())).contains("s3"),
                "{address:?}"
            );
        }
        assert_eq!(Proxy::parse("none"), Some(Proxy::Off));
        assert_eq!(Proxy::parse("system"), Some(Proxy::System));
        assert_eq!(Proxy::default(), Proxy::System);
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_no_address() {
        for bad in [
            "",
            "proxy.example:3128",
            "https://proxy.example",
            "socks5://proxy.example",
            "http://",
            "http://:80",
            "http://proxy.example:0",
            "http://proxy.example:99999",
            "http://proxy.example:80:81",
            "http://proxy.example/path",
            "http://proxy.example?x",
            "http://proxy.example#x",
            "http://pro xy.example",
            "http://@proxy.example",
            "http://a@b@proxy.example",
            "http://ana:s3/cret@proxy.example",
            "http://ana:s3%4@proxy.example",
            "http://ana:s3%zzcret@proxy.example",
            "http://ana:s\u{e9}cret@proxy.example",
            "http://ana\r\n@proxy.example",
            "http://[::1",
            "http://[::1]x",
            "http://[]:80",
            "NONE",
            " none",
        ] {
            assert_eq!(Proxy::parse(bad), None, "{bad:?}");
        }
    }
}
