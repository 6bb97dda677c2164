//! The older v2.1 interface, with both ways of signing.

use serde_json::{Value, json};

use super::support::{Bench, Seen, bench, bench_with, merchant};
use crate::domain::case::Field;
use crate::sandbox::{Endpoint, Faults, LegacySign, sign::md5_sign};

const LEGACY: Endpoint = Endpoint::Legacy;

fn apply(change: impl FnOnce(&mut Value)) -> String {
    let mut body = json!({
        "merchantId": "SP12345678", "bizType": "refundApply", "version": "2.1", "refundId": "R1",
        "orderId": "order-O1", "amount": "5000", "currency": "IDR", "comment": "returned",
    });
    change(&mut body);
    body.to_string()
}

fn with(name: &str, value: Value) -> String {
    apply(|body| body[name] = value)
}

fn query(number: &str) -> String {
    json!({"merchantId": "SP12345678", "bizType": "refundQuery", "version": "2.1", "refundId": number})
        .to_string()
}

async fn send(bench: &Bench, body: &str) -> Seen {
    bench.raw(LEGACY, body).await.unwrap()
}

#[tokio::test]
async fn each_legacy_rule_is_enforced() {
    let bench = bench().await;
    bench.put("O1", |_| {});
    bench.put("OLD", |case| case.set(Field::TradeCreateTime, Some("2026-01-01T00:00:00.000Z".into())));
    for (body, code, rule) in [
        (with("merchantId", Value::Null), "1000", "merchantId.required"),
        (with("merchantId", json!("SP1")), "1000", "merchantId.known"),
        (with("bizType", json!("refund")), "1000", "bizType.known"),
        (with("version", json!("1.5")), "1000", "version.known"),
        (with("refundId", json!("R".repeat(65))), "1000", "refundId.max-length"),
        (with("orderId", json!("")), "1000", "orderId.required"),
        (with("orderId", json!("order-404")), "1000", "orderId.known"),
        (with("amount", json!(5000)), "1000", "amount.type"),
        (with("amount", json!("1234567890.00")), "1000", "amount.max-length"),
        (with("amount", json!("4999")), "1000", "amount.full-amount"),
        (with("amount", json!("5e3")), "1000", "amount.plain"),
        (with("amount", json!("5000.000")), "1000", "amount.plain"),
        (with("currency", json!("USD")), "1000", "currency.of-order"),
        (with("callbackUrl", json!("file:///x")), "1000", "callbackUrl.http"),
        (with("comment", json!("")), "1000", "comment.required"),
        (with("comment", json!("案".repeat(257))), "1000", "comment.max-length"),
        (with("email", json!("nobody")), "1000", "email.form"),
        (with("email", json!(format!("{}@example.com", "x".repeat(21)))), "1000", "email.max-length"),
        (with("outTradeNo", json!("x")), "1000", "body.unknown-field"),
        (with("sign", json!("x")), "3000", "sign.scheme"),
        (with("orderId", json!("order-OLD")), "1000", "order.180-days"),
        (query("R404"), "1000", "refundId.known"),
    ] {
        let seen = send(&bench, &body).await;
        bench.is_refusal(&seen, code, rule, &body);
        assert!(seen.json().get("message").is_some());
    }
    let body = apply(|_| {});
    let headers = [("content-type", "application/json"), ("sign", "AAAA")];
    let seen = bench.post(LEGACY, &headers, body.into()).await.unwrap();
    bench.is_refusal(&seen, "3000", "sign.valid", "wrong signature");
    assert!(bench.sandbox.state().ledger().is_empty());
}

#[tokio::test]
async fn a_legacy_refund_runs_once_for_the_whole_amount() {
    let bench = bench().await;
    bench.put("O1", |_| {});
    let seen = send(&bench, &with("amount", json!("5000.00"))).await;
    assert_eq!((seen.code().as_str(), seen.verified()), ("0000", true));
    assert_eq!((&seen.data()["status"], &seen.data()["orderId"]), (&json!(0), &json!("order-O1")));
    let again = send(&bench, &with("amount", json!("5000.00"))).await;
    bench.is_refusal(&again, "2000", "refundId.unused", "the outcome stays open");
    assert_eq!(send(&bench, &query("R1")).await.data()["status"], 0);
    let paid = send(&bench, &query("R1")).await.data();
    assert_eq!(
        (&paid["status"], &paid["refundAmount"], &paid["currency"]),
        (&json!(1), &json!("5000.00"), &json!("IDR"))
    );
    assert_eq!(paid["tradeNo"], seen.data()["tradeNo"]);
    let more = send(&bench, &with("refundId", json!("R2"))).await;
    bench.is_refusal(&more, "1000", "amount.refundable-remainder", "nothing is left");
}

/// The example of the rule's description, worked out by hand with `md5sum`.
#[test]
fn the_md5_rule_sorts_and_keeps_empty_values() {
    let fields = [("b", "2"), ("a", ""), ("C", "3")].map(|(name, value)| (name.into(), value.into()));
    // printf 'C=3&a=&b=2&key=k' | md5sum
    assert_eq!(md5_sign(fields.into(), "k"), MD5_EXAMPLE);
}

const MD5_EXAMPLE: &str = "9B1C376456DBDE0E419B652ED24A5B7C";

#[tokio::test]
async fn md5_accounts_sign_in_the_body_both_ways() {
    let mut account = merchant();
    if let Some(legacy) = account.legacy.as_mut() {
        legacy.sign = LegacySign::Md5Body;
    }
    let bench = bench_with(account, Faults::none()).await;
    bench.put("O1", |_| {});
    let signed = |body: String, secret: &str| {
        let mut body: Value = serde_json::from_str(&body).unwrap();
        let given = body.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
        let fields = given.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
        body["sign"] = json!(md5_sign(fields, secret));
        body.to_string()
    };
    let send = async |body: String| {
        bench.post(LEGACY, &[("content-type", "application/json")], body.into()).await.unwrap()
    };
    let body = || {
        apply(|body| {
            body["email"] = Value::Null;
            body["callbackUrl"] = json!("");
        })
    };
    let seen = send(body()).await;
    bench.is_refusal(&seen, "1000", "sign.required", "no signature");
    let seen = send(signed(body(), "another secret")).await;
    bench.is_refusal(&seen, "3000", "sign.valid", "wrong secret");
    let seen = send(signed(body(), "the-secret")).await;
    assert_eq!(seen.code(), "0000");
    let data = seen.data();
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fields = data.as_object().unwrap().iter().filter(|(name, _)| *name != "sign");
    let fields = fields.map(|(name, value)| (name.clone(), plain(value))).collect();
    assert_eq!(data["sign"], md5_sign(fields, "the-secret"), "the answer is signed the same way");
}

#[tokio::test]
async fn without_a_legacy_account_everything_is_forbidden() {
    let mut nobody = merchant();
    nobody.legacy = None;
    let bench = bench_with(nobody, Faults::none()).await;
    let seen = send(&bench, &apply(|_| {})).await;
    bench.is_refusal(&seen, "3000", "account.contract", "no account");
}
