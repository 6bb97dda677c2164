//! The legacy interface on the wire, with both ways of signing. The MD5 values were worked out with `md5sum`.

use std::sync::Arc;
use std::time::Duration;

use pretty_assertions::assert_eq;
use rust_decimal::Decimal;
use secrecy::SecretString;

use super::refund::{NUMBER, refund};
use super::stub::{Act, NOW, Stub, answer, sign_line, signed};
use super::{GATEWAY_KEY, merchant_key, merchant_public};
use crate::domain::action::{State, verdict};
use crate::domain::fault::{Fault, Signature};
use crate::domain::refund::{Refund, Road};
use crate::gateway::{
    BuildError, LegacyGateway, LegacyScheme, LegacySettings, RefundAnswer, RefundFound, Refunds, Sent,
    is_not_found, road_of,
};

const SECRET: &str = "canary-secret";

fn md5() -> LegacyScheme {
    LegacyScheme::Md5Body(SecretString::from(format!("{SECRET}\n")))
}

fn build(url: &str, sign: LegacyScheme) -> Result<LegacyGateway, BuildError> {
    let settings = LegacySettings {
        url: url.to_owned(),
        merchant_id: "SP12345678".into(),
        sign,
        connect_timeout: Duration::from_secs(30),
        timeout: Duration::from_secs(60),
        network: super::super::Network::default(),
    };
    LegacyGateway::new(settings, merchant_key(), GATEWAY_KEY.public(), Arc::new(|| NOW))
}

fn refunds(stub: &Stub, sign: LegacyScheme) -> Refunds {
    let url = format!("http://{}/aggregate-pay-gate/api/gateway", stub.address);
    Refunds::legacy(build(&url, sign).unwrap())
}

fn whole_order() -> Refund {
    Refund { comment: Some("returned".into()), road: Road::Legacy, ..refund("5000.00", "IDR") }
}

async fn send(act: Act, sign: LegacyScheme) -> Sent<RefundAnswer> {
    let refunds = refunds(&Stub::start(act), sign);
    let signed = refunds.sign(&refunds.data(&whole_order(), NUMBER)).await.unwrap();
    refunds.send(signed, NUMBER).await
}

async fn query(act: Act, sign: LegacyScheme) -> Result<RefundFound, Fault> {
    refunds(&Stub::start(act), sign).query(NUMBER).await.map(|answer| answer.value)
}

/// A success around `data`, without a header.
fn taken(data: &str) -> String {
    format!(r#"{{"bizCode":"0000","message":"success","data":{data}}}"#)
}

fn bare(body: &str) -> Act {
    Act::Write(answer("200 OK", &[], body.as_bytes()))
}

#[tokio::test]
async fn a_refund_is_one_flat_body_signed_in_the_header() {
    let stub = Stub::start(signed(&taken(&format!(r#"{{"refundId":"{NUMBER}","status":0}}"#))));
    let refunds = refunds(&stub, LegacyScheme::RsaHeader);
    let data = refunds.data(&whole_order(), NUMBER);
    assert_eq!(
        String::from_utf8(data.clone()).unwrap(),
        concat!(
            r#"{"merchantId":"SP12345678","bizType":"refundApply","version":"2.1","#,
            r#""refundId":"DKLXXRONR2MKTSSNMOZZD2T3F3BC01","orderId":"P1642410680681","amount":"5000","#,
            r#""currency":"IDR","comment":"returned"}"#
        )
    );
    let ready = refunds.sign(&data).await.unwrap();
    let sent = refunds.send(ready.clone(), NUMBER).await;
    assert_eq!(sent.outcome.as_ref().unwrap().status, "REFUND_PENDING");
    let seen = stub.requests().remove(0);
    assert_eq!((&seen.body, &sent.exchange.request), (&data, &data), "nothing is put around it");
    assert_eq!((ready.body(), refunds.preview(&data).unwrap().as_slice()), (&data[..], &data[..]));
    assert!(seen.head.starts_with("POST /aggregate-pay-gate/api/gateway HTTP/1.1\r\n"), "{}", seen.head);
    assert!(merchant_public().verify(&seen.body, seen.header("sign").unwrap()));
    assert_eq!(road_of(&data), Road::Legacy);
}

#[tokio::test]
async fn an_md5_account_signs_the_sorted_fields_and_its_sign_is_not_kept() {
    let full = Refund {
        comment: Some("sent \"twice\" 案".into()),
        notify_url: Some("https://shop.example/n?a=1&b=2".into()),
        email: Some("a@b.example".into()),
        ..whole_order()
    };
    for (refund, sign) in
        [(whole_order(), "ED2E4331385C1DA8FA28FA8454764357"), (full, "8981B00E137D278CB8F3AED2A552419B")]
    {
        let stub = Stub::start(bare("{}"));
        let refunds = refunds(&stub, md5());
        let data = refunds.data(&refund, NUMBER);
        let ready = refunds.sign(&data).await.unwrap();
        let sent = refunds.send(ready.clone(), NUMBER).await;
        let seen = stub.requests().remove(0);
        assert_eq!(seen.header("sign"), None);
        let with_sign = |sign: &str| {
            let text = String::from_utf8(data.clone()).unwrap();
            format!(r#"{},"sign":"{sign}"}}"#, text.strip_suffix('}').unwrap())
        };
        assert_eq!(String::from_utf8(seen.body).unwrap(), with_sign(sign));
        let hidden = with_sign("<hidden>").into_bytes();
        assert_eq!((ready.body(), &sent.exchange.request), (&hidden[..], &hidden));
        assert_eq!(refunds.preview(&data).unwrap(), hidden);
        let shown = format!("{ready:?} {sent:?} {refunds:?} {:?}", md5());
        assert!(!shown.contains(sign) && !shown.contains(SECRET), "{shown}");
    }
}

#[tokio::test]
async fn a_success_is_believed_in_its_own_scheme_only() {
    let plain = format!(
        r#""tradeNo":"T1","refundId":"{NUMBER}","orderId":"P1642410680681","status":0,"errorMsg":"""#
    );
    let with = |sign: &str| taken(&format!(r#"{{{plain},"sign":{sign}}}"#));
    let right = with(r#""9E99627DD466390D3606345227111024""#);
    let in_header = |body: &str, signed: &str| {
        Act::Write(answer("200 OK", &[sign_line(signed.as_bytes())], body.as_bytes()))
    };
    let (wrong, absent) =
        (Err(Fault::Unverified(Signature::Wrong)), Err(Fault::Unverified(Signature::Absent)));
    for (scheme, act, expected) in [
        (md5(), bare(&right), Ok("REFUND_PENDING".to_owned())),
        (md5(), bare(&with(r#""9e99627dd466390d3606345227111024""#)), Ok("REFUND_PENDING".to_owned())),
        (md5(), bare(&right.replace(r#""status":0"#, r#""status":1"#)), wrong.clone()),
        (md5(), bare(&right.replace(r#""T1""#, r#"{"a":1}"#)), wrong.clone()),
        (md5(), bare(&with("[1]")), wrong.clone()),
        (md5(), bare(&with("null")), absent.clone()),
        (md5(), in_header(&taken(&format!("{{{plain}}}")), &taken(&format!("{{{plain}}}"))), absent.clone()),
        (LegacyScheme::RsaHeader, signed(&right), Ok("REFUND_PENDING".to_owned())),
        (LegacyScheme::RsaHeader, in_header(&right, "other"), wrong),
        (LegacyScheme::RsaHeader, bare(&right), absent),
    ] {
        let sent = send(act.clone(), scheme).await;
        let told = match &expected {
            Ok(_) => Signature::Valid,
            Err(Fault::Unverified(signature)) => *signature,
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(sent.exchange.signature, Some(told), "{act:?}");
        assert_eq!(sent.outcome.map(|answer| answer.status), expected, "{act:?}");
    }
}

#[tokio::test]
async fn the_codes_are_those_of_this_interface() {
    for (status, code, state) in [
        ("200 OK", "1000", State::Refused),
        ("200 OK", "3000", State::Refused),
        ("200 OK", "1072", State::Refused),
        ("400 Bad Request", "1000", State::Refused),
        ("200 OK", "2000", State::Unknown),
        ("200 OK", "4711", State::Unknown),
        ("200 OK", "PARAMS_INVALID", State::Unknown),
        ("200 OK", "APPLY_SUCCESS", State::Unknown),
        ("500 Internal Server Error", "1000", State::Unknown),
        ("504 Gateway Timeout", "504", State::Unknown),
    ] {
        for scheme in [md5(), LegacyScheme::RsaHeader] {
            let body = format!(r#"{{"bizCode":"{code}","message":"no"}}"#);
            let sent = send(Act::Write(answer(status, &[], body.as_bytes())), scheme).await;
            let fault = sent.outcome.unwrap_err();
            assert_eq!(verdict(&fault), state, "{status} {code}: {fault:?}");
            assert!(!is_not_found(&fault));
        }
    }
    let words =
        send(bare(r#"{"bizCode":1000,"message":"amount is wrong"}"#), md5()).await.outcome.unwrap_err();
    assert_eq!((words.code(), words.to_string()), ("1000".into(), "amount is wrong (unsigned)".into()));
    assert!(words.hint().contains("merchant_id"), "{}", words.hint());
    let other = send(bare(r#"{"code":"1000","msg":"x"}"#), md5()).await.outcome.unwrap_err();
    assert_eq!(other, Fault::Garbled("it carries no return code".into()));
    let limited = send(Act::Write(answer("429 Too Many Requests", &[], b"{}")), md5()).await;
    assert_eq!(verdict(&limited.outcome.unwrap_err()), State::Refused);
}

/// The secret signs `data` alone: whoever changes the code beside it must not pass for PayerMax.
#[tokio::test]
async fn a_refusal_around_signed_data_counts_as_unsigned() {
    let data = format!(
        r#"{{"tradeNo":"T1","refundId":"{NUMBER}","orderId":"P1642410680681","status":0,"errorMsg":"","sign":"9E99627DD466390D3606345227111024"}}"#
    );
    let sent = send(bare(&taken(&data)), md5()).await;
    assert_eq!(sent.exchange.signature, Some(Signature::Valid), "as a success it is signed");
    let sent = send(bare(&taken(&data).replace("0000", "1000")), md5()).await;
    let fault = sent.outcome.unwrap_err();
    assert!(matches!(fault, Fault::Refused { signature: Signature::Absent, .. }), "{fault:?}");
}

#[tokio::test]
async fn a_success_about_nothing_or_another_refund_is_garbled() {
    for (body, why) in [
        (r#"{"bizCode":"0000"}"#.to_owned(), "it carries no refund"),
        (taken("{}"), "it does not say which refund it describes"),
        (taken(r#"{"refundId":"DKX01","status":1}"#), "it answers for another refund"),
        (taken(&format!(r#"{{"refundId":"{NUMBER}"}}"#)), "it gives the refund no status"),
        (taken(&format!(r#"{{"refundId":"{NUMBER}","status":[0]}}"#)), "`status` is no plain value"),
    ] {
        let garbled = Fault::Garbled(why.into());
        assert_eq!(
            send(signed(&body), LegacyScheme::RsaHeader).await.outcome,
            Err(garbled.clone()),
            "{body}"
        );
        assert_eq!(query(signed(&body), LegacyScheme::RsaHeader).await, Err(garbled), "{body}");
    }
}

#[tokio::test]
async fn a_refund_is_asked_for_and_read_in_the_words_of_the_present_gateway() {
    let about = |rest: &str| signed(&taken(&format!(r#"{{"refundId":"{NUMBER}",{rest}}}"#)));
    let stub = Stub::start(about(concat!(
        r#""tradeNo":"T1","orderId":"P1","status":"2","refundAmount":"5000.00","currency":"IDR","#,
        r#""errorCode":"PAYMENT_FAILED","errorMsg":" refused ""#
    )));
    let found = refunds(&stub, LegacyScheme::RsaHeader).query(NUMBER).await.unwrap().value;
    let expected = RefundFound {
        out_refund_no: NUMBER.into(),
        refund_trade_no: None,
        amount: Some(Decimal::from(5000)),
        total: None,
        currency: Some("IDR".into()),
        order: Some("P1".into()),
        status: "REFUND_FAILED".into(),
        result_msg: Some("PAYMENT_FAILED: refused".into()),
        finished_at: None,
    };
    assert_eq!(found, expected);
    assert_eq!(
        String::from_utf8(stub.requests().remove(0).body).unwrap(),
        format!(
            r#"{{"merchantId":"SP12345678","bizType":"refundQuery","version":"2.1","refundId":"{NUMBER}"}}"#
        )
    );
    for (status, word) in
        [("0", "REFUND_PENDING"), ("1", "REFUND_SUCCESS"), (r#""1""#, "REFUND_SUCCESS"), ("3", "3")]
    {
        let found = query(about(&format!(r#""status":{status}"#)), LegacyScheme::RsaHeader).await.unwrap();
        assert_eq!((found.status.as_str(), found.amount), (word, None));
    }
}

#[tokio::test]
async fn every_legacy_refund_is_one_attempt_on_a_connection_of_its_own() {
    for sign in [md5(), LegacyScheme::RsaHeader] {
        let stub = Stub::start(Act::WriteAndClose(Vec::new()));
        let refunds = refunds(&stub, sign);
        for sends in 1..=2 {
            let signed = refunds.sign(&refunds.data(&whole_order(), NUMBER)).await.unwrap();
            let sent = refunds.send(signed, NUMBER).await;
            assert_eq!(sent.outcome.unwrap_err().code(), "DROPPED");
            assert_eq!((stub.requests().len(), stub.connections()), (sends, sends));
        }
        for bytes in [&br#"{"outRefundNo":"x"}"#[..], b"", b"{", b"\xff"] {
            assert!(matches!(refunds.sign(bytes).await, Err(Fault::Signing(_))), "{bytes:?}");
        }
        assert_eq!(stub.requests().len(), 2);
    }
}

#[test]
fn the_address_follows_the_rules_of_the_gateways_and_the_secret_is_one() {
    for fine in ["https://pay-gate.shareitpay.in/aggregate-pay-gate/api/gateway", "http://127.0.0.1:1/x"] {
        assert_eq!(build(fine, LegacyScheme::RsaHeader).err(), None, "{fine}");
    }
    for bad in
        ["http://10.0.0.1/x", "https://u:secret@h.example/x", "https://h.example/x?key=secret", "h", ""]
    {
        let error = build(bad, LegacyScheme::RsaHeader).unwrap_err().to_string();
        assert!(error.starts_with("the legacy url ") && !error.contains("secret"), "{bad}: {error}");
    }
    let empty = LegacyScheme::Md5Body(SecretString::from(" \n"));
    assert_eq!(build("http://127.0.0.1:1/x", empty).err(), Some(BuildError::LegacySecret));
}
