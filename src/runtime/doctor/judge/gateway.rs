//! The way to the gateway, its clock, and whether it believes us and we may believe it.

use std::path::Path;
use std::time::Duration;

use super::super::check::{Check, Subject, Worry};
use super::super::look::network::Road;
use crate::domain::fault::{Fault, Signature, Skew};
use crate::domain::ids::CaseId;
use crate::domain::proxy::Proxy;
use crate::gateway::{Greeting, Via, Way};
use crate::store::config::{Environment, KeyPlace};
use crate::store::keyfile::shell_word;

/// From here on the clock is worth a word, in seconds (reliability.md section 1.6).
const SKEW_WARNING: u64 = 30;
/// From here on calls are about to be refused: PayerMax allows two minutes.
const SKEW_ERROR: u64 = 90;

/// What a gateway says of a case it does not know, to a caller it does.
const ORDER_NOT_EXIST: &str = "ORDER_NOT_EXIST";

const SET_CLOCK: &str = "set this host's clock, for example with `timedatectl set-ntp true`: PayerMax refuses calls from 2 minutes on";

/// The proxy in effect; `own` is what the profile says, and `variable` the one of the environment that names it.
pub(in super::super) fn proxy(way: &Way, own: &Proxy, variable: Option<&str>) -> Check {
    let source = match own {
        Proxy::System => variable,
        Proxy::Off | Proxy::Through(_) => Some("the profile"),
    };
    let found = match &way.via {
        Via::Loopback => "none: the gateway is on this machine".to_owned(),
        Via::Direct if *own == Proxy::Off => "none, by proxy = \"none\" in the profile".to_owned(),
        Via::Direct if variable.is_some() => format!("none for {}, by NO_PROXY", way.host),
        Via::Direct => "none".to_owned(),
        Via::Proxy { address, .. } if !address.starts_with("http") => {
            return Subject::PROXY.error(
                format!("{address} is of a kind that docket does not speak to"),
                "name an http proxy in HTTPS_PROXY, or let NO_PROXY name the gateway",
            );
        }
        Via::Proxy { address, has_credentials, .. } => {
            let with = if *has_credentials { ", with a user name (hidden)" } else { "" };
            let from = source.map(|name| format!(", from {name}")).unwrap_or_default();
            format!("{address}{with}{from}")
        }
    };
    Subject::PROXY.ok(found)
}

/// The way to a gateway, step by step.
pub(in super::super) fn road(subject: Subject, road: &Road) -> Check {
    let (target, port) = match &road.way.via {
        Via::Proxy { host, port, .. } => (format!("the proxy {host}"), *port),
        Via::Loopback | Via::Direct => (road.way.host.clone(), road.way.port),
    };
    let lookup = match &road.lookup {
        Err(why) => {
            let remedy =
                format!("check the name, and this host's name service with `getent hosts {}`", bare(&target));
            return subject.error(format!("{target} has no address: {why}"), remedy);
        }
        Ok((addresses, took)) => match addresses.len() {
            1 => format!("name in {}", ms(*took)),
            many => format!("name in {} ({many} addresses)", ms(*took)),
        },
    };
    let connection = match &road.connection {
        None => return subject.error(format!("{target} has no address"), "check the name"),
        Some(Err(why)) => {
            let found = format!("no connection to {target} port {port}: {why}");
            return subject.error(found, unreachable(&road.way));
        }
        Some(Ok(took)) => format!("connection in {}", ms(*took)),
    };
    match &road.greeting {
        None => subject.error(format!("{target} gave no answer"), "try again in a minute"),
        Some(Err(fault)) => {
            subject.error(unanswered(&road.way, &target, fault), of_greeting(fault, &road.way))
        }
        Some(Ok(greeting)) => answered(subject, &road.way, &format!("{lookup}, {connection}"), greeting),
    }
}

fn bare(target: &str) -> &str {
    target.strip_prefix("the proxy ").unwrap_or(target)
}

fn unreachable(way: &Way) -> String {
    match &way.via {
        Via::Loopback => "start the gateway on this machine, or correct the address in the profile",
        Via::Direct => "ask whoever runs the network whether this host may reach it, or name a proxy in HTTPS_PROXY or the profile",
        Via::Proxy { .. } => "correct the proxy's address in the profile or HTTPS_PROXY, or ask whoever runs it",
    }
    .to_owned()
}

/// Connected, and then?
fn unanswered(way: &Way, target: &str, fault: &Fault) -> String {
    match (fault, &way.via) {
        (Fault::Unsent(why), Via::Proxy { .. }) => format!("no line to {} through {target}: {why}", way.host),
        (Fault::Unsent(why), _) if way.tls => format!("{target} is there, but TLS fails: {why}"),
        (Fault::Unsent(why), _) => format!("{target} is there, but takes no request: {why}"),
        (fault, _) => format!("{target}: {fault}"),
    }
}

/// What to do when the line is there and no answer came.
fn of_greeting(fault: &Fault, way: &Way) -> String {
    let said = fault.to_string().to_lowercase();
    let has = |words: [&str; 2]| words.iter().any(|word| said.contains(word));
    let advice = match &way.via {
        _ if has(["expired", "not valid yet"]) => {
            "check this host's clock; if it is right, the certificate has run out"
        }
        _ if has(["unknownissuer", "unknown issuer"]) => {
            "a proxy may be opening the line: name its authority's certificates in ca_bundle of the profile"
        }
        _ if said.contains("no ca certificates") => {
            "install this host's CA certificates (the package ca-certificates), or set SSL_CERT_FILE"
        }
        _ if said.contains("certificate") => "the address in the profile and the certificate do not fit",
        _ if said.contains("corrupt message") => {
            "this port does not speak TLS; correct the address or its port"
        }
        Via::Proxy { .. } => {
            "check the proxy's address, user name and password in the profile or HTTPS_PROXY"
        }
        Via::Loopback | Via::Direct => fault.hint(),
    };
    advice.to_owned()
}

fn answered(subject: Subject, way: &Way, steps: &str, greeting: &Greeting) -> Check {
    let took = ms(greeting.took);
    let last = if way.tls { "TLS and first answer" } else { "plain http on this machine, first answer" };
    let found = format!("{} port {}: {steps}, {last} in {took}", way.host, way.port);
    let worry = match greeting.status {
        status @ 300..=399 => Some(("points elsewhere", status)),
        status @ (407 | 502..=504) => Some(("is in trouble, or a proxy before it", status)),
        _ => None,
    };
    subject.unless(
        worry.map(|(what, status)| {
            Worry::warning(
                format!("{found}; it {what} (HTTP {status})"),
                "look at what stands between here and PayerMax; docket follows nothing",
            )
        }),
        found,
    )
}

/// A time in milliseconds; never nothing at all.
fn ms(took: Duration) -> String {
    match took.as_millis() {
        0 => "under 1 ms".to_owned(),
        ms => format!("{ms} ms"),
    }
}

/// This host's clock against the gateway's.
pub(in super::super) fn clock(skew: Option<Skew>) -> Check {
    let Some(skew) = skew else {
        return Subject::CLOCK.warning("the gateway told no time to compare with", "see `timedatectl`");
    };
    match skew.0.unsigned_abs() {
        0 => Subject::CLOCK.ok("the same as the gateway's"),
        off if off > SKEW_ERROR => Subject::CLOCK.error(skew.to_string(), SET_CLOCK),
        off if off > SKEW_WARNING => Subject::CLOCK.warning(skew.to_string(), SET_CLOCK),
        _ => Subject::CLOCK.ok(skew.to_string()),
    }
}

/// What the signed call was about.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Asked<'a> {
    pub(in super::super) case: &'a CaseId,
    /// Whether the case is one of the list, and not made up.
    pub(in super::super) is_listed: bool,
    pub(in super::super) environment: Environment,
    pub(in super::super) app_id: &'a str,
    pub(in super::super) own_key: KeyPlace<'a>,
    pub(in super::super) gateway_key: &'a Path,
}

/// What one signed caseSearch has shown.
pub(in super::super) fn signed(
    asked: Asked<'_>,
    outcome: &Result<Option<Skew>, Fault>,
    took: Duration,
) -> Check {
    let subject = Subject::SIGNED_CALL;
    let (case, key) = (asked.case, asked.gateway_key.display());
    match outcome {
        Ok(_) => subject.ok(format!("case {case} answered and signed by PayerMax's key in {}", ms(took))),
        Err(Fault::Refused { code, signature: Signature::Wrong, .. }) => subject
            .error(format!("{} came signed, but not by the key in {key}", code.word()), wrong_key(asked)),
        Err(Fault::Refused { code, signature, .. }) if code.word() == ORDER_NOT_EXIST => {
            let what = if asked.is_listed { "case" } else { "the made-up case" };
            let found = format!("your signature is taken: {ORDER_NOT_EXIST} for {what} {case}");
            match signature {
                Signature::Valid => subject.ok(format!("{found}, signed by PayerMax's key, in {}", ms(took))),
                _ => subject.warning(
                    format!("{found}, but unsigned, which does not prove PayerMax's key"),
                    "put a case on the list with `docket track`, then run docket doctor again",
                ),
            }
        }
        Err(fault) => judged_fault(asked, fault),
    }
}

fn judged_fault(asked: Asked<'_>, fault: &Fault) -> Check {
    let found = match fault {
        Fault::Refused { code, .. } => format!("{}: {fault}", code.word()),
        fault => fault.to_string(),
    };
    let code = fault.code();
    let remedy = match fault {
        Fault::Refused { .. } if code == "SIGN_VERIFY_FAILED" => unknown_key(asked),
        Fault::Refused { .. } if code == "REQ_TIME_OVER_TIME" => SET_CLOCK.to_owned(),
        Fault::Refused { .. } if code == "MERCHANT_INVALID" || code == "MERCHANT_APP_INVALID" => format!(
            "check app_id and merchant_no in the config, and that {} knows them",
            portal(asked.environment),
        ),
        Fault::Refused { .. } if code == "PARAMS_INVALID" && !asked.is_listed => {
            "put a case on the list with `docket track` and try again; else check app_id and merchant_no"
                .to_owned()
        }
        Fault::Unverified(Signature::Wrong) => wrong_key(asked),
        fault => fault.hint().to_owned(),
    };
    // A gateway that is busy, or picky about an id that was made up, says nothing about the set-up.
    let proves_nothing = fault.is_too_many() || (!asked.is_listed && code == "PARAMS_INVALID");
    let worry = if proves_nothing { Worry::warning(found, remedy) } else { Worry::error(found, remedy) };
    Subject::SIGNED_CALL.unless(Some(worry), "")
}

/// The public key that the gateway does not have, and how to print it.
fn unknown_key(asked: Asked<'_>) -> String {
    let (which, command) = match asked.own_key {
        KeyPlace::File(file) => (
            format!("the public half of {}", file.display()),
            format!("openssl pkey -pubout -in {}", shell_word(file)),
        ),
        KeyPlace::Agent(_) => (
            "the public half of the key in the ssh agent".to_owned(),
            "ssh-add -L | grep ^ssh-rsa | ssh-keygen -e -m PKCS8 -f /dev/stdin".to_owned(),
        ),
        KeyPlace::Command { public, .. } => {
            (public.display().to_string(), format!("cat {}", shell_word(public)))
        }
    };
    let (portal, app) = (portal(asked.environment), asked.app_id);
    format!("give {portal} {which} for app {app}; `{command}` prints it")
}

/// Where keys are exchanged.
const fn portal(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "the merchant portal",
        Environment::Uat => "the UAT merchant portal",
        Environment::Custom => "whoever runs this gateway",
    }
}

fn wrong_key(asked: Asked<'_>) -> String {
    format!(
        "get PayerMax's public key from {} and save it as {}; if it is that one, something on the way alters answers",
        portal(asked.environment),
        asked.gateway_key.display(),
    )
}
