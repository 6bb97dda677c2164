//! Settings that must never become a client, and texts that must never show an address.

use std::io::{Error, ErrorKind};
use std::sync::Arc;

use super::super::address::{Address, BuildError};
use super::super::transport::{innermost, plain};
use super::super::{Gateway, Settings};
use super::stub::{NOW, settings};
use super::{GATEWAY_KEY, merchant_key};

fn build(settings: Settings) -> Option<BuildError> {
    Gateway::new(settings, merchant_key(), GATEWAY_KEY.public(), Arc::new(|| NOW)).err()
}

#[test]
fn plain_http_is_for_this_machine_only() {
    for fine in ["http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]:1/x", "http://127.9.9.9"] {
        assert_eq!(build(settings(fine)), None, "{fine}");
    }
    for (bad, reason) in [
        ("http://pay-gate.payermax.com/x", BuildError::PlainHttp),
        ("http://10.0.0.1/x", BuildError::PlainHttp),
        ("http://localhost.evil.example/x", BuildError::PlainHttp),
        ("http://127.0.0.1.evil.example/x", BuildError::PlainHttp),
        ("http://127.0.0.1@evil.example/x", BuildError::Decorated),
        ("https://user:secret@pay-gate.payermax.com/x", BuildError::Decorated),
        ("https://pay-gate.payermax.com/x?key=secret", BuildError::Decorated),
        ("https://pay-gate.payermax.com/x#y", BuildError::Decorated),
        ("ftp://127.0.0.1/x", BuildError::Address),
        ("pay-gate.payermax.com", BuildError::Address),
        ("", BuildError::Address),
    ] {
        let error = build(settings(bad)).unwrap_or_else(|| panic!("{bad} became a client"));
        assert_eq!(error, reason, "{bad}");
        assert!(!error.to_string().contains("secret"));
    }
}

#[test]
fn the_endpoint_follows_the_base_with_one_slash() {
    for base in [
        "https://pay-gate.payermax.com/aggregate-pay/api/gateway",
        "https://pay-gate.payermax.com/aggregate-pay/api/gateway/",
    ] {
        let address = Address::parse(base).unwrap();
        assert_eq!(
            address.of("caseSearch").as_str(),
            "https://pay-gate.payermax.com/aggregate-pay/api/gateway/caseSearch"
        );
    }
}

#[test]
fn an_isv_header_must_be_one_and_must_not_replace_ours() {
    let isv = |name: &str, token: &str| Settings {
        auth_token: Some(token.to_owned().into()),
        auth_header: name.to_owned(),
        ..settings("http://127.0.0.1:1")
    };
    assert_eq!(build(isv("merchantAuthToken", "t\n")), None, "a line end from a file is dropped");
    for name in ["", "two words", "sign", "Content-Type"] {
        assert_eq!(build(isv(name, "t")), Some(BuildError::AuthHeader), "{name}");
    }
    let error = build(isv("merchant_auth_token", "canary\r\nX: y")).unwrap();
    assert_eq!(error, BuildError::AuthToken);
    assert!(!format!("{error} {error:?}").contains("canary"));
    assert!(!format!("{:?}", isv("x", "canary")).contains("canary"));
}

#[test]
fn a_reason_is_the_innermost_one_without_addresses() {
    let inner = Error::new(ErrorKind::ConnectionRefused, "Proxy http://user:secret@proxy:1/ said no");
    let outer = Error::other(inner);
    assert_eq!(innermost(&outer), "proxy (address hidden) said no");
    assert_eq!(plain("error for url (https://h/p?q=1)"), "error for url (address hidden)");
    assert_eq!(plain("TLS alert  received"), "TLS alert received");
    assert_eq!(plain(""), "");
}
