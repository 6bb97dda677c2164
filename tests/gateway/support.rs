//! What these tests share: keys made once a process, and a sandbox with a client that fits it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use docket::domain::ids::CaseId;
use docket::gateway::{Gateway, Network, PrivateKey, PublicKey, Settings};
use docket::sandbox::{self, Faults, Keys, Merchant, Options, Sandbox};
use time::OffsetDateTime;
use time::macros::datetime;

/// The moment every test takes place at.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-20 00:00 UTC);

/// The keys of merchant and gateway; RSA keys are slow to make, so one pair of each serves all tests.
pub(crate) struct Pair {
    pub(crate) merchant_pem: String,
    pub(crate) gateway_pem: String,
}

pub(crate) static PAIR: LazyLock<Pair> = LazyLock::new(|| {
    let pem = || PrivateKey::generate().unwrap().to_pem().unwrap().to_string();
    Pair { merchant_pem: pem(), gateway_pem: pem() }
});

/// The merchant the sandbox knows.
pub(crate) fn merchant() -> Merchant {
    Merchant {
        app_id: "app-1".into(),
        merchant_no: "010213834784554".into(),
        sp_merchant_no: None,
        auth_token: None,
        legacy: None,
    }
}

/// The settings of a client for that merchant.
pub(crate) fn settings(base_url: String) -> Settings {
    Settings {
        base_url,
        app_id: "app-1".into(),
        merchant_no: "010213834784554".into(),
        sp_merchant_no: None,
        auth_token: None,
        auth_header: docket::gateway::client::AUTH_HEADER.into(),
        case_search_version: "1.5".into(),
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(10),
        network: Network::default(),
    }
}

/// A sandbox with these cases and faults, at a fixed time.
pub(crate) async fn sandbox(merchant: Merchant, faults: Faults) -> Sandbox {
    let public = PrivateKey::parse(&PAIR.merchant_pem).unwrap().public().to_pem().unwrap();
    let options = Options {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        cases: 48,
        seed: 7,
        keys: Keys::from_pem(&PAIR.gateway_pem, &public).unwrap(),
        merchant,
        faults,
        clock: Arc::new(|| NOW),
        log: sandbox::log::silent(),
    };
    Sandbox::start(options).await.unwrap()
}

/// A client whose clock is off by this much.
pub(crate) fn client(settings: Settings, clock_off: time::Duration) -> Gateway {
    Gateway::new(
        settings,
        PrivateKey::parse(&PAIR.merchant_pem).unwrap(),
        gateway_key(),
        Arc::new(move || NOW + clock_off),
    )
    .unwrap()
}

/// The gateway's public key.
pub(crate) fn gateway_key() -> PublicKey {
    PrivateKey::parse(&PAIR.gateway_pem).unwrap().public()
}

pub(crate) fn id(text: &str) -> CaseId {
    CaseId::parse(text).unwrap()
}
