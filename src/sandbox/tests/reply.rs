//! `caseSearch` and `caseReplay`: their rules, and what a reply does to its cases.

use serde_json::{Value, json};

use super::support::{bench, envelope};
use crate::domain::case::Field;
use crate::sandbox::Endpoint;

const REPLY: Endpoint = Endpoint::CaseReplay;
const PARAMS: &str = "PARAMS_INVALID";

#[tokio::test]
async fn case_search_takes_one_known_id() {
    let bench = bench().await;
    let wide = "案".repeat(64);
    bench.put(&wide, |_| {});
    bench.takes(Endpoint::CaseSearch, json!({"caseId": wide})).await;
    for (data, code, rule) in [
        (json!({}), PARAMS, "caseId.required"),
        (json!({"caseId": null}), PARAMS, "caseId.required"),
        (json!({"caseId": "  "}), PARAMS, "caseId.required"),
        (json!({"caseId": 7}), PARAMS, "caseId.type"),
        (json!({"caseId": "案".repeat(65)}), PARAMS, "caseId.max-length"),
        (json!({"caseID": "O1", "caseId": "O1"}), PARAMS, "data.unknown-field"),
        (json!({"caseId": "O404"}), "ORDER_NOT_EXIST", "caseId.known"),
    ] {
        bench.refuses(Endpoint::CaseSearch, data, code, rule).await;
    }
}

fn reply(change: impl FnOnce(&mut Value)) -> Value {
    let mut data = json!({
        "caseId": "O1", "outUserId": "u1", "responseContent": "delivered on time",
        "representmentFile": ["https://files.example.com/a/O1.ZIP"],
    });
    change(&mut data);
    data
}

#[tokio::test]
async fn each_rule_of_a_reply_is_enforced() {
    let bench = bench().await;
    bench.put("O1", |_| {});
    let field = |name: &'static str, value: Value| reply(|data| data[name] = value);
    for (data, code, rule) in [
        (field("caseId", json!("")), PARAMS, "caseId.case-or-batch"),
        (field("batchId", json!("P1")), PARAMS, "batchId.case-or-batch"),
        (field("caseId", json!("O".repeat(65))), PARAMS, "caseId.max-length"),
        (field("batchId", json!("P".repeat(65))), PARAMS, "batchId.max-length"),
        (field("caseId", json!("O404")), "ORDER_NOT_EXIST", "caseId.known"),
        (
            reply(|d| {
                d["caseId"] = Value::Null;
                d["batchId"] = json!("P404");
            }),
            "ORDER_NOT_EXIST",
            "batchId.known",
        ),
        (field("outUserId", Value::Null), PARAMS, "outUserId.required"),
        (field("outUserId", json!("u".repeat(65))), PARAMS, "outUserId.max-length"),
        (field("outUserId", json!("u2")), PARAMS, "outUserId.of-case"),
        (field("responseContent", json!(" ")), PARAMS, "responseContent.required"),
        (field("responseContent", json!("案".repeat(257))), PARAMS, "responseContent.max-length"),
        (field("response", json!("x")), PARAMS, "data.unknown-field"),
    ] {
        bench.refuses(REPLY, data, code, rule).await;
    }
    assert!(bench.sandbox.state().replies("O1").is_empty(), "a refused reply changes nothing");
    bench.takes(REPLY, field("responseContent", json!("案".repeat(256)))).await;
}

#[tokio::test]
async fn evidence_addresses_follow_the_page() {
    let bench = bench().await;
    bench.put("O1", |_| {});
    let many = |n: usize| json!((0..n).map(|i| format!("https://f.example/{i}.pdf")).collect::<Vec<_>>());
    for (files, rule) in [
        (Value::Null, "required"),
        (json!("https://f.example/a.pdf"), "type"),
        (json!([7]), "type"),
        (json!([]), "count"),
        (many(1025), "count"),
        (json!(["https://f.example/a.pdf", "https://f.example/a.pdf"]), "unique"),
        (json!(["f.example/a.pdf"]), "address"),
        (json!(["ftp://f.example/a.pdf"]), "address"),
        (json!(["https://f.example/证据.pdf"]), "characters"),
        (json!(["https://f.example/a b.pdf"]), "characters"),
        (json!(["https://f.example/a.pdf?x=1.pdf"]), "characters"),
        (json!(["https://f.example/a.docx"]), "extension"),
        (json!(["https://f.example/pdf"]), "extension"),
        (json!(["https://f.example/.pdf"]), "extension"),
        (json!(["https://f.example.pdf"]), "extension"),
        (json!(["https://f.example/a.pdf", "https://f.example/a.jpeg"]), "extension"),
    ] {
        let rule = format!("representmentFile.{rule}");
        bench.refuses(REPLY, reply(|data| data["representmentFile"] = files), PARAMS, &rule).await;
    }
    let every: Vec<String> = ["PNG", "jpg", "Zip", "doc", "XLS", "pdf"]
        .map(|kind| format!("http://f.example:8080/x/O1_a-1.{kind}"))
        .into();
    for files in [json!(every), many(1024)] {
        bench.sandbox.state().set_status("O1", "DISPUTE_INQUIRY");
        bench.takes(REPLY, reply(|data| data["representmentFile"] = files)).await;
    }
}

#[tokio::test]
async fn version_1_4_leaves_files_and_their_names_free() {
    let bench = bench().await;
    bench.put("O1", |_| {});
    let send = async |files: Value| {
        let mut body = envelope(&reply(|data| data["representmentFile"] = files));
        body["version"] = json!("1.4");
        bench.raw(REPLY, &body.to_string()).await.unwrap()
    };
    for files in [Value::Null, json!(["https://f.example/download?id=1"])] {
        bench.sandbox.state().set_status("O1", "DISPUTE_INQUIRY");
        assert_eq!(send(files).await.data()["successCaseIds"], json!(["O1"]));
    }
    for (files, rule) in [
        (json!([]), "representmentFile.count"),
        (json!(["https://f.example/1", "https://f.example/1"]), "representmentFile.unique"),
    ] {
        let seen = send(files).await;
        bench.is_refusal(&seen, PARAMS, rule, "1.4");
    }
}

#[tokio::test]
async fn a_reply_is_kept_and_moves_its_case_once() {
    let bench = bench().await;
    bench.put("O1", |_| {});
    let data = bench.takes(REPLY, reply(|_| {})).await;
    assert_eq!(data, json!({"successCaseIds": ["O1"], "failCaseIds": null}));
    let data = bench.takes(REPLY, reply(|_| {})).await;
    assert_eq!(data, json!({"successCaseIds": null, "failCaseIds": ["O1"]}), "it waits for nothing any more");
    let found = bench.takes(Endpoint::CaseSearch, json!({"caseId": "O1"})).await;
    assert_eq!(found["status"], "DISPUTE_RECEIVED");
    let state = bench.sandbox.state();
    let [kept] = state.replies("O1") else { panic!("one reply") };
    assert_eq!((kept.content.as_str(), kept.batch_id.as_deref()), ("delivered on time", None));
    assert_eq!(kept.files, ["https://files.example.com/a/O1.ZIP"]);
}

#[tokio::test]
async fn a_batch_reply_reaches_the_cases_that_wait() {
    let bench = bench().await;
    for id in ["O1", "O2", "O3"] {
        bench.put(id, |case| case.set(Field::BatchId, Some("P1".into())));
    }
    bench.sandbox.state().set_status("O2", "CASE_CLOSED");
    let batch = || {
        reply(|data| {
            data["caseId"] = json!("");
            data["batchId"] = json!("P1");
        })
    };
    let data = bench.takes(REPLY, batch()).await;
    assert_eq!(data, json!({"successCaseIds": ["O1", "O3"], "failCaseIds": ["O2"]}));
    bench.put("O3", |case| {
        case.set(Field::BatchId, Some("P1".into()));
        case.set(Field::OutUserId, Some("u2".into()));
    });
    bench.refuses(REPLY, batch(), PARAMS, "outUserId.of-case").await;
    assert_eq!(bench.sandbox.state().replies("O1").len(), 1);
}
