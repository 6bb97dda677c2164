//! Everything around `data`: one violation of each rule, and the edges that are still right.

use serde_json::{Value, json};
use time::Duration;

use super::support::{Bench, bench, bench_with, envelope, merchant, sign, stamp};
use crate::sandbox::{Endpoint, Faults};

const SEARCH: Endpoint = Endpoint::CaseSearch;

type Headers<'a> = &'a [(&'a str, &'a str)];

fn right() -> Value {
    envelope(&json!({"caseId": "O1"}))
}

/// The right envelope with one field replaced; null takes it out.
fn with(name: &str, value: Value) -> String {
    let mut body = right();
    match value {
        Value::Null => body.as_object_mut().unwrap().remove(name).map(drop).unwrap_or_default(),
        value => body[name] = value,
    }
    body.to_string()
}

async fn open_bench() -> Bench {
    let bench = bench().await;
    bench.put("O1", |_| {});
    bench
}

#[tokio::test]
async fn method_headers_and_signature_are_checked() {
    let bench = open_bench().await;
    let body = right().to_string();
    let good = sign(body.as_bytes());
    let other = sign(b"other bytes");
    let json_type = ("content-type", "application/json");
    let rows: [(Headers, &str, &str); 8] = [
        (&[("sign", &good)], "PARAMS_INVALID", "Content-Type.json"),
        (&[("content-type", "text/plain"), ("sign", &good)], "PARAMS_INVALID", "Content-Type.json"),
        (
            &[("content-type", "application/json; charset=latin1"), ("sign", &good)],
            "PARAMS_INVALID",
            "Content-Type.json",
        ),
        (&[json_type], "SIGN_VERIFY_FAILED", "sign.present"),
        (&[json_type, ("sign", "")], "SIGN_VERIFY_FAILED", "sign.present"),
        (&[json_type, ("sign", &good), ("sign", &good)], "SIGN_VERIFY_FAILED", "sign.present"),
        (&[json_type, ("sign", "not base64!")], "SIGN_VERIFY_FAILED", "sign.valid"),
        (&[json_type, ("sign", &other)], "SIGN_VERIFY_FAILED", "sign.valid"),
    ];
    for (headers, code, rule) in rows {
        let seen = bench.post(SEARCH, headers, body.clone().into()).await.unwrap();
        bench.is_refusal(&seen, code, rule, &format!("{headers:?}"));
    }
    let changed = body.replace("O1", "O2");
    let seen = bench.post(SEARCH, &[json_type, ("sign", &good)], changed.into()).await.unwrap();
    bench.is_refusal(&seen, "SIGN_VERIFY_FAILED", "sign.valid", "changed after signing");
    let seen = bench.get(&bench.url(SEARCH)).await;
    bench.is_refusal(&seen, "PARAMS_INVALID", "method.post", "GET");
    let utf8 = [("content-type", "Application/JSON; Charset=UTF-8"), ("sign", good.as_str())];
    let seen = bench.post(SEARCH, &utf8, body.into()).await.unwrap();
    assert_eq!(seen.code(), "APPLY_SUCCESS");
}

#[tokio::test]
async fn the_body_must_be_strict_json() {
    let bench = open_bench().await;
    let doubled = right().to_string().replacen('{', "{\"appId\":\"x\",", 1);
    let hidden = right().to_string().replacen('{', "{\"app\\u0049d\":\"x\",", 1);
    let inner = right().to_string().replace("\"caseId\"", "\"caseId\":\"O2\",\"caseId\"");
    let unknown = with("extra", json!(1));
    for (body, rule) in [
        ("", "body.json"),
        ("[]", "body.json"),
        ("{\"version\":", "body.json"),
        (doubled.as_str(), "body.duplicate-key"),
        (hidden.as_str(), "body.duplicate-key"),
        (inner.as_str(), "data.duplicate-key"),
        (unknown.as_str(), "body.unknown-field"),
        (&"[".repeat(100_000), "body.json"),
    ] {
        let seen = bench.raw(SEARCH, body).await.unwrap();
        bench.is_refusal(&seen, "PARAMS_INVALID", rule, body);
    }
    let sign = sign(b"{\"\xff\":1}");
    let headers = [("content-type", "application/json"), ("sign", sign.as_str())];
    let seen = bench.post(SEARCH, &headers, b"{\"\xff\":1}".to_vec()).await.unwrap();
    bench.is_refusal(&seen, "PARAMS_INVALID", "body.utf-8", "invalid UTF-8");
}

#[tokio::test]
async fn each_envelope_field_has_its_rule() {
    let bench = open_bench().await;
    let params = "PARAMS_INVALID";
    for (name, value, code, rule) in [
        ("version", Value::Null, params, "version.required"),
        ("version", json!(1.5), params, "version.type"),
        ("version", json!("1.4"), params, "version.known"),
        ("keyVersion", Value::Null, params, "keyVersion.required"),
        ("keyVersion", json!("2"), params, "keyVersion.known"),
        ("requestTime", Value::Null, params, "requestTime.required"),
        ("appId", Value::Null, params, "appId.required"),
        ("appId", json!("x".repeat(65)), params, "appId.max-length"),
        ("appId", json!("nobody"), "MERCHANT_APP_INVALID", "appId.known"),
        ("merchantNo", json!("1".repeat(33)), params, "merchantNo.max-length"),
        ("merchantNo", json!("1"), "MERCHANT_INVALID", "merchantNo.known"),
        ("spMerchantNo", json!("01"), "AUTH_FAILED", "spMerchantNo.known"),
        ("spMerchantNo", json!("1".repeat(16)), params, "spMerchantNo.max-length"),
        ("data", Value::Null, params, "data.required"),
        ("data", json!("O1"), params, "data.json"),
    ] {
        let body = with(name, value);
        let seen = bench.raw(SEARCH, &body).await.unwrap();
        bench.is_refusal(&seen, code, rule, &body);
    }
    for (name, value) in [("merchantNo", Value::Null), ("spMerchantNo", json!("")), ("merchantNo", json!(""))]
    {
        let seen = bench.raw(SEARCH, &with(name, value)).await.unwrap();
        assert_eq!(seen.code(), "APPLY_SUCCESS", "{name} may be left out");
    }
}

#[tokio::test]
async fn request_time_has_one_form_and_two_minutes() {
    let bench = open_bench().await;
    for text in [
        "2026-11-20T04:00:00Z",
        "2026-11-20T04:00:00.00Z",
        "2026-11-20T04:00:00.0000Z",
        "2026-11-20 04:00:00.000Z",
        "2026-11-20T04:00:00.000",
        "2026-11-20T04:00:00.000+0000",
        "2026-11-20T04:00:90.000Z",
        "20261120040000",
    ] {
        let seen = bench.raw(SEARCH, &with("requestTime", json!(text))).await.unwrap();
        bench.is_refusal(&seen, "PARAMS_INVALID", "requestTime.format", text);
    }
    let edge = Duration::minutes(2);
    let late = Duration::milliseconds(1);
    for off in [edge + late, -edge - late, Duration::days(9_999)] {
        let seen = bench.raw(SEARCH, &with("requestTime", json!(stamp(off)))).await.unwrap();
        bench.is_refusal(&seen, "REQ_TIME_OVER_TIME", "requestTime.two-minutes", &off.to_string());
    }
    for text in [stamp(edge), stamp(-edge), "2026-11-20T12:00:30.500+08:00".into()] {
        let seen = bench.raw(SEARCH, &with("requestTime", json!(text))).await.unwrap();
        assert_eq!(seen.code(), "APPLY_SUCCESS", "{text}");
    }
}

#[tokio::test]
async fn a_service_provider_needs_its_number_and_its_token() {
    let mut provider = merchant();
    provider.sp_merchant_no = Some("010229810189302".into());
    provider.auth_token = Some("token-1".into());
    let bench = bench_with(provider, Faults::none()).await;
    bench.put("O1", |_| {});
    let named = with("spMerchantNo", json!("010229810189302"));
    let nobody =
        with("spMerchantNo", json!("010229810189302")).replace("\"merchantNo\":\"020213827212251\",", "");
    let send = async |body: &str, token: Option<(&str, &str)>| {
        let sign = sign(body.as_bytes());
        let mut headers = vec![("content-type", "application/json"), ("sign", sign.as_str())];
        headers.extend(token);
        bench.post(SEARCH, &headers, body.into()).await.unwrap()
    };
    let token = Some(("merchant_auth_token", "token-1"));
    let seen = send(&right().to_string(), token).await;
    bench.is_refusal(&seen, "AUTH_FAILED", "spMerchantNo.known", "no provider");
    let seen = send(&named, None).await;
    bench.is_refusal(&seen, "AUTH_FAILED", "merchant_auth_token.valid", "no token");
    let seen = send(&named, Some(("merchant_auth_token", "token-2"))).await;
    bench.is_refusal(&seen, "AUTH_FAILED", "merchant_auth_token.valid", "wrong token");
    let seen = send(&nobody, token).await;
    bench.is_refusal(&seen, "MERCHANT_INVALID", "merchantNo.provider", "no merchant");
    assert_eq!(send(&named, token).await.code(), "APPLY_SUCCESS");
    assert_eq!(send(&named, Some(("merchantAuthToken", "token-1"))).await.code(), "APPLY_SUCCESS");
    let lines = format!("{:?}", bench.lines.lock().unwrap());
    assert!(!lines.contains("token-"), "the log never shows a token");
}

#[tokio::test]
async fn other_addresses_are_not_served() {
    let bench = open_bench().await;
    let base = bench.sandbox.base_url();
    for url in [format!("{base}/casesearch"), format!("{base}/legacy"), base.replace("/aggregate-pay", "")] {
        let seen = bench.get(&url).await;
        assert_eq!((seen.status, bench.last_rule().as_str()), (404, "address.known"), "{url}");
        assert!(seen.verified());
    }
}
