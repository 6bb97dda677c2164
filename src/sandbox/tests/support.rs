//! A running sandbox and a client that can be made to break any rule.

use std::sync::{Arc, LazyLock, Mutex};

use base64::{Engine, engine::general_purpose::STANDARD};
use rsa::{
    RsaPrivateKey,
    pkcs1v15::{Signature, SigningKey, VerifyingKey},
    pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding},
    rand_core::OsRng,
    signature::{RandomizedSigner, SignatureEncoding, Verifier},
};
use serde_json::{Value, json};
use sha2::Sha256;
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::domain::case::Field;
use crate::sandbox::{
    Clock, Endpoint, Faults, Keys, LegacyAccount, LegacySign, Merchant, Options, Sandbox, SandboxCase, log,
};

/// The sandbox's "now" in every test.
pub(super) const NOW: OffsetDateTime = datetime!(2026-11-20 04:00:00 UTC);
pub(super) const APP: &str = "3b242b56a8b64274bcc37dac281120e3";
pub(super) const MERCHANT: &str = "020213827212251";

static MERCHANT_KEY: LazyLock<RsaPrivateKey> = LazyLock::new(new_key);
static GATEWAY_KEY: LazyLock<RsaPrivateKey> = LazyLock::new(new_key);

fn new_key() -> RsaPrivateKey {
    RsaPrivateKey::new(&mut OsRng, 2048).unwrap()
}

/// The gateway's private and the merchant's public key as PEM.
pub(super) fn key_texts() -> (String, String) {
    let private = GATEWAY_KEY.to_pkcs8_pem(LineEnding::LF).unwrap();
    (private.to_string(), MERCHANT_KEY.to_public_key().to_public_key_pem(LineEnding::LF).unwrap())
}

pub(super) fn sign(body: &[u8]) -> String {
    let key = SigningKey::<Sha256>::new(MERCHANT_KEY.clone());
    STANDARD.encode(key.sign_with_rng(&mut OsRng, body).to_bytes())
}

/// An answer as a client sees it.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Seen {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(super) fn code(&self) -> String {
        let json = self.json();
        json.get("code").or_else(|| json.get("bizCode")).and_then(Value::as_str).unwrap().to_owned()
    }

    pub(super) fn data(&self) -> Value {
        self.json()["data"].clone()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the `sign` header fits the body.
    pub(super) fn verified(&self) -> bool {
        let Some(sign) = self.header("sign").and_then(|sign| STANDARD.decode(sign).ok()) else {
            return false;
        };
        let key = VerifyingKey::<Sha256>::new(GATEWAY_KEY.to_public_key());
        Signature::try_from(sign.as_slice()).is_ok_and(|sign| key.verify(&self.body, &sign).is_ok())
    }
}

/// A sandbox with its client.
pub(super) struct Bench {
    pub(super) sandbox: Sandbox,
    pub(super) lines: Arc<Mutex<Vec<log::LogLine>>>,
    http: reqwest::Client,
}

pub(super) fn merchant() -> Merchant {
    Merchant {
        app_id: APP.into(),
        merchant_no: MERCHANT.into(),
        sp_merchant_no: None,
        auth_token: None,
        legacy: Some(LegacyAccount {
            merchant_id: "SP12345678".into(),
            sign: LegacySign::RsaHeader,
            secret: "the-secret".into(),
        }),
    }
}

pub(super) fn options(merchant: Merchant, faults: Faults) -> Options {
    let (private, public) = key_texts();
    let clock: Clock = Arc::new(|| NOW);
    Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        cases: 48,
        seed: 7,
        keys: Keys::from_pem(&private, &public).unwrap(),
        merchant,
        faults,
        clock,
        log: log::silent(),
    }
}

pub(super) async fn bench() -> Bench {
    bench_with(merchant(), Faults::none()).await
}

pub(super) async fn bench_with(merchant: Merchant, faults: Faults) -> Bench {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let mut options = options(merchant, faults);
    options.log = Arc::new(move |line| sink.lock().unwrap().push(line.clone()));
    let redirects = reqwest::redirect::Policy::none();
    let http = reqwest::Client::builder().no_proxy().redirect(redirects).build().unwrap();
    let sandbox = Sandbox::start(options).await.unwrap();
    sandbox.state().hold_still();
    Bench { sandbox, lines, http }
}

impl Bench {
    pub(super) fn url(&self, endpoint: Endpoint) -> String {
        match endpoint {
            Endpoint::Legacy => self.sandbox.legacy_url(),
            endpoint => format!("{}/{}", self.sandbox.base_url(), endpoint.name()),
        }
    }

    /// A POST of these bytes with these headers and nothing else.
    pub(super) async fn post(
        &self,
        endpoint: Endpoint,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> reqwest::Result<Seen> {
        let mut request = self.http.post(self.url(endpoint)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        see(request).await
    }

    pub(super) async fn get(&self, url: &str) -> Seen {
        see(self.http.get(url)).await.unwrap()
    }

    /// A rightly signed POST of this text.
    pub(super) async fn raw(&self, endpoint: Endpoint, body: &str) -> reqwest::Result<Seen> {
        let sign = sign(body.as_bytes());
        let headers = [("content-type", "application/json"), ("sign", sign.as_str())];
        self.post(endpoint, &headers, body.into()).await
    }

    /// A right call with this data.
    pub(super) async fn call(&self, endpoint: Endpoint, data: Value) -> Seen {
        self.raw(endpoint, &envelope(&data).to_string()).await.unwrap()
    }

    /// A right call with this data, that must be refused with this code by this rule.
    pub(super) async fn refuses(&self, endpoint: Endpoint, data: Value, code: &str, rule: &str) {
        let about = data.to_string();
        let seen = self.call(endpoint, data).await;
        self.is_refusal(&seen, code, rule, &about);
    }

    /// Checks a refusal: HTTP 200, signed, with this code, logged by this rule.
    pub(super) fn is_refusal(&self, seen: &Seen, code: &str, rule: &str, about: &str) {
        let got = (seen.status, seen.code(), self.last_rule());
        assert_eq!(got, (200, code.to_owned(), rule.to_owned()), "{about}");
        assert!(seen.verified(), "{about}");
        let line = self.lines.lock().unwrap().last().cloned().unwrap();
        assert_eq!((line.code.as_str(), line.rule.as_deref()), (code, Some(rule)), "{about}");
        self.sandbox.state().forget_violations();
    }

    /// A right call with this data, that must be taken without breaking any rule.
    pub(super) async fn takes(&self, endpoint: Endpoint, data: Value) -> Value {
        let about = data.to_string();
        let seen = self.call(endpoint, data).await;
        assert_eq!(
            (seen.status, seen.code()),
            (200, "APPLY_SUCCESS".into()),
            "{about}: {}",
            self.last_rule()
        );
        assert!(seen.verified(), "{about}");
        assert_eq!(self.sandbox.state().violations(), [], "{about}");
        seen.data()
    }

    /// The name of the rule that the last refused call broke.
    pub(super) fn last_rule(&self) -> String {
        self.sandbox.state().violations().last().map(|violation| violation.rule.clone()).unwrap_or_default()
    }

    /// Puts in a plain open case: paid in IDR ten days ago, of user `u1`.
    pub(super) fn put(&self, id: &str, change: impl FnOnce(&mut SandboxCase)) {
        let mut case = plain_case(id);
        change(&mut case);
        self.sandbox.state().put_case(case);
    }
}

async fn see(request: reqwest::RequestBuilder) -> reqwest::Result<Seen> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Seen { status, headers, body: response.bytes().await?.to_vec() })
}

/// The stamp of an instant in the documented form.
pub(super) fn stamp(offset: Duration) -> String {
    let form = time::macros::format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"
    );
    (NOW + offset).format(&form).unwrap()
}

pub(super) fn envelope(data: &Value) -> Value {
    json!({
        "version": "1.5", "keyVersion": "1", "requestTime": stamp(Duration::ZERO),
        "appId": APP, "merchantNo": MERCHANT, "data": data,
    })
}

pub(super) fn plain_case(id: &str) -> SandboxCase {
    SandboxCase::from_fields([
        (Field::CaseId, id.to_owned()),
        (Field::BatchId, String::new()),
        (Field::Status, "DISPUTE_INQUIRY".into()),
        (Field::OutTradeNo, format!("order-{id}")),
        (Field::TradeToken, format!("T-{id}")),
        (Field::OutUserId, "u1".into()),
        (Field::Amount, "5000.00".into()),
        (Field::Fee, "150.00".into()),
        (Field::TotalAmount, "5150.00".into()),
        (Field::Currency, "IDR".into()),
        (Field::OriginTradeAmount, "5000.00".into()),
        (Field::OriginTradeCurrency, "IDR".into()),
        (Field::RetrievalDate, "2026-11-12".into()),
        (Field::ExpirationDate, "2026-11-22".into()),
        (Field::TradeCreateTime, "2026-11-10T04:00:00.000Z".into()),
    ])
}
