//! What is made of the way to the gateway and of its answers.

use std::time::Duration;

use pretty_assertions::assert_eq;

use super::super::super::check::{Check, Grade, Subject};
use super::super::super::look::network::Road;
use super::super::gateway::{self, Asked};
use crate::domain::fault::{Fault, Signature, Skew};
use crate::domain::ids::CaseId;
use crate::domain::proxy::Proxy;
use crate::gateway::{Greeting, Via, Way};
use crate::store::config::{Environment, KeyPlace};
use std::path::Path;

const MS: Duration = Duration::from_millis(12);

fn way(via: Via) -> Way {
    Way { host: "pay.example".into(), port: 443, tls: true, via }
}

fn a_proxy() -> Via {
    let (address, host) = ("http://proxy.example:3128".into(), "proxy.example".into());
    Via::Proxy { address, host, port: 3128, has_credentials: true }
}

fn road(via: Via, greeting: Result<Greeting, Fault>) -> Road {
    let address = "192.0.2.1:443".parse().unwrap();
    Road {
        way: way(via),
        lookup: Ok((vec![address, address], MS)),
        connection: Some(Ok(MS)),
        greeting: Some(greeting),
    }
}

fn greeting(status: u16) -> Greeting {
    Greeting { status, skew: None, took: Duration::from_micros(10) }
}

fn judged(road: &Road) -> Check {
    gateway::road(Subject::GATEWAY, road)
}

#[test]
fn the_proxy_in_effect_is_named() {
    let judged = |via, own, variable| gateway::proxy(&way(via), &own, variable);
    let told = |via, variable| judged(via, Proxy::System, variable).found;
    assert_eq!(
        told(a_proxy(), Some("HTTPS_PROXY")),
        "http://proxy.example:3128, with a user name (hidden), from HTTPS_PROXY"
    );
    assert_eq!(told(Via::Direct, None), "none");
    assert_eq!(told(Via::Direct, Some("ALL_PROXY")), "none for pay.example, by NO_PROXY");
    assert!(told(Via::Loopback, Some("ALL_PROXY")).contains("this machine"));
    let (address, host) = ("socks5://proxy.example:1080".into(), "proxy.example".into());
    let socks = Via::Proxy { address, host, port: 1080, has_credentials: false };
    assert_eq!(judged(socks, Proxy::System, Some("ALL_PROXY")).grade, Grade::Error);
    let own = Proxy::parse("http://ana:s3cret@proxy.example:3128").unwrap();
    assert_eq!(
        judged(a_proxy(), own, Some("HTTPS_PROXY")).found,
        "http://proxy.example:3128, with a user name (hidden), from the profile"
    );
    assert_eq!(
        judged(Via::Direct, Proxy::Off, Some("HTTPS_PROXY")).found,
        "none, by proxy = \"none\" in the profile"
    );
}

#[test]
fn each_step_of_the_way_is_told_with_its_time() {
    let open = road(Via::Direct, Ok(greeting(405)));
    assert!(open.is_open());
    assert_eq!(
        (judged(&open).grade, judged(&open).found.as_str()),
        (
            Grade::Ok,
            "pay.example port 443: name in 12 ms (2 addresses), connection in 12 ms, TLS and first answer in under 1 ms"
        )
    );
    for (status, grade) in [(200, Grade::Ok), (404, Grade::Ok), (302, Grade::Warning), (503, Grade::Warning)]
    {
        assert_eq!(judged(&road(Via::Direct, Ok(greeting(status)))).grade, grade, "{status}");
    }
}

#[test]
fn the_step_that_fails_is_named_with_what_to_do() {
    let nameless = Road {
        lookup: Err("no such name".into()),
        connection: None,
        greeting: None,
        ..road(Via::Direct, Ok(greeting(200)))
    };
    assert!(!nameless.is_open());
    assert!(judged(&nameless).remedy.contains("getent hosts pay.example"));
    let closed = |via| Road {
        connection: Some(Err("refused".into())),
        greeting: None,
        ..road(via, Ok(greeting(200)))
    };
    let told = judged(&closed(Via::Direct));
    assert_eq!(
        (told.grade, told.found.as_str()),
        (Grade::Error, "no connection to pay.example port 443: refused")
    );
    let told = judged(&closed(a_proxy()));
    assert_eq!(told.found, "no connection to the proxy proxy.example port 3128: refused");
    assert!(told.remedy.contains("HTTPS_PROXY"));
    let tls = |why: &str| judged(&road(Via::Direct, Err(Fault::Unsent(why.into()))));
    assert!(
        tls("received corrupt message of type X").found.starts_with("pay.example is there, but TLS fails: ")
    );
    assert!(tls("received corrupt message of type X").remedy.contains("does not speak TLS"));
    assert!(tls("unexpected error: No CA certificates were loaded").remedy.contains("ca-certificates"));
    assert!(tls("invalid peer certificate: UnknownIssuer").remedy.contains("ca_bundle"));
    assert!(tls("invalid peer certificate: certificate expired").remedy.contains("clock"));
    assert!(tls("invalid peer certificate: NotValidForName").remedy.contains("do not fit"));
    let refused = road(a_proxy(), Err(Fault::Unsent("proxy authorization required".into())));
    assert!(judged(&refused).found.starts_with("no line to pay.example through the proxy proxy.example: "));
    assert!(!refused.is_open() && judged(&refused).remedy.contains("password"));
    assert!(road(Via::Direct, Err(Fault::TimedOut)).is_open(), "a call may still come through");
}

#[test]
fn the_clock_is_judged_by_its_distance() {
    let judged = |seconds| gateway::clock(Some(Skew(seconds))).grade;
    for (seconds, grade) in [
        (0, Grade::Ok),
        (30, Grade::Ok),
        (-31, Grade::Warning),
        (90, Grade::Warning),
        (91, Grade::Error),
        (-300, Grade::Error),
    ] {
        assert_eq!(judged(seconds), grade, "{seconds}");
    }
    assert_eq!(gateway::clock(Some(Skew(-300))).found, "5 min 0 s behind the gateway");
    assert_eq!(gateway::clock(None).grade, Grade::Warning);
}

fn refused(code: &str, signature: Signature) -> Fault {
    let (code, msg) = (code.to_owned(), "no".to_owned());
    Fault::Refused { status: 200, code: code.into(), msg, signature, retry_after: None, skew: None }
}

fn signed(is_listed: bool, outcome: &Result<Option<Skew>, Fault>) -> Check {
    let case = CaseId::parse("O1").unwrap();
    let asked = Asked {
        case: &case,
        is_listed,
        environment: Environment::Uat,
        app_id: "app-1",
        own_key: KeyPlace::File(Path::new("/k/own.pem")),
        gateway_key: Path::new("/k/payermax.pem"),
    };
    gateway::signed(asked, outcome, MS)
}

#[test]
fn a_signed_answer_proves_both_keys() {
    assert_eq!(signed(true, &Ok(None)).found, "case O1 answered and signed by PayerMax's key in 12 ms");
    let unknown = signed(false, &Err(refused("ORDER_NOT_EXIST", Signature::Valid)));
    assert_eq!(unknown.grade, Grade::Ok);
    assert!(unknown.found.starts_with("your signature is taken: ORDER_NOT_EXIST for the made-up case O1"));
    let unsigned = signed(false, &Err(refused("ORDER_NOT_EXIST", Signature::Absent)));
    assert_eq!(unsigned.grade, Grade::Warning);
    assert!(unsigned.remedy.contains("docket track"));
}

#[test]
fn an_answer_by_another_key_is_an_error() {
    for outcome in [
        Fault::Unverified(Signature::Wrong),
        refused("ORDER_NOT_EXIST", Signature::Wrong),
        refused("SIGN_VERIFY_FAILED", Signature::Wrong),
    ] {
        let told = signed(true, &Err(outcome.clone()));
        assert_eq!(told.grade, Grade::Error, "{outcome:?}");
        assert!(
            told.remedy.contains("UAT merchant portal") && told.remedy.contains("/k/payermax.pem"),
            "{told:?}"
        );
    }
    assert_eq!(signed(true, &Err(Fault::Unverified(Signature::Absent))).grade, Grade::Error);
}

#[test]
fn refusals_are_told_apart_by_what_to_do() {
    for (code, word) in [
        ("SIGN_VERIFY_FAILED", "openssl pkey -pubout -in /k/own.pem"),
        ("MERCHANT_INVALID", "merchant_no"),
        ("MERCHANT_APP_INVALID", "app_id"),
        ("REQ_TIME_OVER_TIME", "timedatectl"),
        ("CONTRACT_INVALID", "contract"),
        ("AUTH_EXPIRED", "merchant_auth_token"),
        ("BRAND_NEW", "PayerMax"),
    ] {
        let told = signed(true, &Err(refused(code, Signature::Valid)));
        assert_eq!(told.grade, Grade::Error, "{code}");
        assert!(told.found.starts_with(code) && told.remedy.contains(word), "{told:?}");
    }
    let params = |is_listed| signed(is_listed, &Err(refused("PARAMS_INVALID", Signature::Valid))).grade;
    assert_eq!((params(false), params(true)), (Grade::Warning, Grade::Error));
    assert_eq!(signed(true, &Err(refused("TOO_MANY_REQUEST", Signature::Valid))).grade, Grade::Warning);
    assert_eq!(signed(true, &Err(Fault::TimedOut)).grade, Grade::Error);
}
