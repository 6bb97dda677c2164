//! What a good exchange looks like on both sides of the wire.

use std::time::Duration;

use pretty_assertions::assert_eq;

use super::stub::{Act, Stub, answer, gateway, settings, sign_line, signed};
use super::{GATEWAY_KEY, merchant_key, merchant_public};
use crate::domain::case::{Case, Field};
use crate::domain::fault::{Fault, Skew};
use crate::domain::ids::CaseId;
use crate::gateway::{Answer, Gateway, Settings};

/// The page's example with two amounts as numbers, in spellings a float would lose.
const PAGE: &str = r#"{
 "msg": "Success.", "code": "APPLY_SUCCESS", "data": {
  "amount": 10.10, "retrievalDate": "2023-02-13", "fee": 5000.000000000000000001, "caseResult": null,
  "batchId": "", "outUserId": 10042, "tradeCreateTime": "2023-01-03T06:32:52.000Z", "totalAmount": "10000.00",
  "caseId": "O20230103065545916437107761", "outTradeNo": "dev-RenshTest1672727570986", "currency": "IDR",
  "tradeToken": "T2023081604639602348121", "status": "DISPUTE_INQUIRY", "expirationDate": "2023-02-14",
  "originTradeAmount": "5000.00", "newField": {"deep": [1, 2]}
 } }"#;

pub(super) const fn page() -> &'static str {
    PAGE
}

pub(super) fn asked() -> CaseId {
    CaseId::parse("O20230103065545916437107761").unwrap()
}

/// One question to a stub that acts as told.
pub(super) async fn ask(act: Act) -> Result<Answer<Case>, Fault> {
    Stub::start(act).gateway().case_search(&asked()).await
}

/// The page's example as the gateway would sign it, with headers of the test's choice.
pub(super) fn page_with(headers: &[&str]) -> Act {
    let mut lines = vec![sign_line(PAGE.as_bytes())];
    lines.extend(headers.iter().map(|&line| line.to_owned()));
    Act::Write(answer("200 OK", &lines, PAGE.as_bytes()))
}

#[tokio::test]
async fn every_field_arrives_as_it_was_sent() {
    let case = ask(signed(PAGE)).await.unwrap().value;
    assert_eq!(case.text(Field::Amount), "10.10");
    assert_eq!(case.text(Field::Fee), "5000.000000000000000001");
    assert_eq!(case.text(Field::TotalAmount), "10000.00");
    assert_eq!(case.text(Field::OutUserId), "10042");
    assert_eq!(case.get(Field::BatchId), Some(""));
    assert_eq!(case.get(Field::CaseResult), None, "null");
    assert_eq!(case.get(Field::OriginTradeCurrency), None, "missing");
    assert_eq!(case.text(Field::Status), "DISPUTE_INQUIRY");
}

#[tokio::test]
async fn the_signed_bytes_are_the_sent_bytes() {
    let stub = Stub::start(signed(PAGE));
    stub.gateway().case_search(&asked()).await.unwrap();
    let seen = stub.requests().remove(0);
    assert_eq!(
        String::from_utf8(seen.body.clone()).unwrap(),
        concat!(
            r#"{"version":"1.5","keyVersion":"1","requestTime":"2026-11-20T08:00:00.500Z","#,
            r#""appId":"app-1","merchantNo":"SP100860372","#,
            r#""data":{"caseId":"O20230103065545916437107761"}}"#
        )
    );
    assert!(merchant_public().verify(&seen.body, seen.header("sign").unwrap()));
    assert!(seen.head.starts_with("POST /aggregate-pay/api/gateway/caseSearch HTTP/1.1\r\n"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("user-agent"), Some(concat!("docket/", env!("CARGO_PKG_VERSION"))));
    for absent in ["merchant_auth_token", "accept-encoding", "referer", "cookie"] {
        assert_eq!(seen.header(absent), None, "{absent}");
    }
}

#[tokio::test]
async fn an_isv_sends_its_number_and_its_token() {
    let stub = Stub::start(signed(PAGE));
    let isv = Settings {
        sp_merchant_no: Some("ISV7".into()),
        auth_token: Some("token-7".to_owned().into()),
        case_search_version: "1.4".into(),
        ..settings(&format!("http://{}/", stub.address))
    };
    gateway(isv).case_search(&asked()).await.unwrap();
    let seen = stub.requests().remove(0);
    assert!(seen.head.starts_with("POST /caseSearch "), "{}", seen.head);
    assert_eq!(seen.header("merchant_auth_token"), Some("token-7"));
    let body: serde_json::Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(body["spMerchantNo"], "ISV7");
    assert_eq!(body["version"], "1.4");
}

#[tokio::test]
async fn one_connection_serves_many_questions() {
    let stub = Stub::start(signed(PAGE));
    let gateway = stub.gateway();
    for _ in 0..3 {
        gateway.case_search(&asked()).await.unwrap();
    }
    assert_eq!((stub.requests().len(), stub.connections()), (3, 1));
}

#[tokio::test]
async fn the_clock_is_measured_on_every_answer() {
    assert_eq!(ask(signed(PAGE)).await.unwrap().skew, None, "no Date header");
    // Exact sums are tested with `times`; a busy machine may take some seconds for the trip, never ten.
    let ahead = ask(page_with(&["Date: Fri, 20 Nov 2026 07:55:00 GMT"])).await.unwrap().skew;
    assert!(matches!(ahead, Some(Skew(300..=310))), "{ahead:?}");
    let behind = ask(page_with(&["Date: Fri, 20 Nov 2026 08:01:30 GMT"])).await.unwrap().skew;
    assert!(matches!(behind, Some(Skew(-90..=-80))), "{behind:?}");
    let cached = ask(page_with(&["Date: Fri, 20 Nov 2026 07:55:00 GMT", "Age: 300"])).await.unwrap();
    assert_eq!(cached.skew, None, "a cache's date says nothing");
}

#[tokio::test]
async fn a_client_can_be_shared_between_tasks_and_shows_no_secret() {
    fn shareable<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn movable<T: Send>(value: T) -> T {
        value
    }
    let stub = Stub::start(signed(PAGE));
    let gateway = Gateway::new(
        Settings {
            auth_token: Some("token-7".to_owned().into()),
            timeout: Duration::from_secs(60),
            ..settings(&format!("http://{}", stub.address))
        },
        merchant_key(),
        GATEWAY_KEY.public(),
        std::sync::Arc::new(|| super::stub::NOW),
    )
    .unwrap();
    shareable(&gateway);
    assert!(movable(gateway.case_search(&asked())).await.is_ok());
    let shown = format!("{gateway:?}");
    assert!(shown.starts_with("Gateway { base_url: \"http://127.0.0.1"), "{shown}");
    assert!(!shown.contains("token-7"), "{shown}");
}
