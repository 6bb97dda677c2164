//! The shapes that scripts rely on, written out in full.

use pretty_assertions::assert_eq;
use serde_json::Value;
use time::macros::{date, datetime, offset};

use super::*;

const CALENDAR: Calendar = Calendar { today: date!(2026 - 11 - 20), soon_days: 2, due_zone: offset!(+8) };

fn fetched() -> Tracked {
    let mut tracked = Tracked::new(CaseId::parse("O1").unwrap());
    let mut case = Case::from_fields(Field::ALL.map(|field| (field, Some(format!("the {}", field.wire())))));
    case.set(Field::CaseId, Some("O1".into()));
    case.set(Field::Status, Some("DISPUTE_INQUIRY".into()));
    case.set(Field::Amount, Some("5000.00".into()));
    case.set(Field::BatchId, None);
    case.set(Field::CaseResult, Some(String::new()));
    case.set(Field::ExpirationDate, Some("2026-11-22".into()));
    tracked.case = Some(case);
    tracked.refreshed_at = Some(datetime!(2026-11-20 16:00:01.999 +8));
    tracked.local.tags = vec!["vip".into()];
    tracked.failure = Some(Box::new(Failure {
        code: "TIMED_OUT".into(),
        message: "no answer in time".into(),
        at: datetime!(2026-11-20 09:00 UTC),
    }));
    tracked
}

#[test]
fn a_fetched_case_has_the_sixteen_fields_as_received_and_the_added_ones_in_order() {
    let text = document(&CaseJson { tracked: &fetched(), calendar: &CALENDAR });
    let expected = r#"{
  "caseId": "O1",
  "batchId": null,
  "status": "DISPUTE_INQUIRY",
  "caseResult": "",
  "outTradeNo": "the outTradeNo",
  "tradeToken": "the tradeToken",
  "outUserId": "the outUserId",
  "amount": "5000.00",
  "fee": "the fee",
  "totalAmount": "the totalAmount",
  "currency": "the currency",
  "originTradeAmount": "the originTradeAmount",
  "originTradeCurrency": "the originTradeCurrency",
  "retrievalDate": "the retrievalDate",
  "expirationDate": "2026-11-22",
  "tradeCreateTime": "the tradeCreateTime",
  "urgency": "soon",
  "daysLeft": 2,
  "stage": "due",
  "refreshedAt": "2026-11-20T08:00:01Z",
  "changedAt": null,
  "lastError": "TIMED_OUT: no answer in time",
  "note": null,
  "tags": [
    "vip"
  ],
  "owner": null,
  "reasonCode": null,
  "reasonMessage": null
}
"#;
    assert_eq!(text, expected);
}

#[test]
fn a_case_never_fetched_has_its_id_and_the_added_fields_only() {
    let mut tracked = Tracked::new(CaseId::parse("O2").unwrap());
    tracked.reason_code = Some("10.4".to_owned()).into();
    let value: Value =
        serde_json::from_str(&document(&CaseJson { tracked: &tracked, calendar: &CALENDAR })).unwrap();
    let expected = serde_json::json!({
        "caseId": "O2", "urgency": "none", "daysLeft": null, "stage": "unknown", "refreshedAt": null,
        "changedAt": null, "lastError": null, "note": null, "tags": [], "owner": null,
        "reasonCode": "10.4", "reasonMessage": null
    });
    assert_eq!(value, expected);
}

#[test]
fn hostile_texts_survive_as_escapes_and_read_back_unchanged() {
    let raw = "a\u{1b}[2J\u{202e}\u{7f}\u{9b}\u{e0001}\"\\\n陈";
    let text = document(&[raw]);
    assert!(!text.trim_end().chars().any(|c| shown::is_hostile(c) && c != '\n'), "{text:?}");
    assert_eq!(serde_json::from_str::<[String; 1]>(&text).unwrap(), [raw]);
}

#[test]
fn the_other_documents_have_the_names_of_the_contract() {
    let id = CaseId::parse("O1").unwrap();
    let change = Change {
        field: Field::Status,
        from: Some("DISPUTE_INQUIRY".into()),
        to: None,
        at: datetime!(2026-11-20 09:00 UTC),
    };
    let failure = Failure { code: "C".into(), message: "m".into(), at: change.at };
    let refresh = RefreshJson {
        requested: 2,
        succeeded: 1,
        failed: 1,
        changed: vec![ChangeJson::new(&id, &change)],
        failures: vec![FailureJson::new(&id, &failure)],
        elapsed_ms: 7,
    };
    assert_eq!(
        serde_json::to_string(&refresh).unwrap(),
        r#"{"requested":2,"succeeded":1,"failed":1,"changed":[{"caseId":"O1","field":"status","from":"DISPUTE_INQUIRY","to":null}],"failures":[{"caseId":"O1","code":"C","message":"m"}],"elapsedMs":7}"#
    );
    let track = TrackJson {
        new: vec!["O1"],
        known: vec![],
        bad: vec![BadJson { line: 7, why: "x" }],
        signatures_checked: None,
        dry_run: true,
    };
    assert_eq!(
        serde_json::to_string(&track).unwrap(),
        r#"{"new":["O1"],"known":[],"bad":[{"line":7,"why":"x"}],"dryRun":true}"#
    );
}
