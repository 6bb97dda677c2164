//! A right call of each endpoint, and the state behind it.

use serde_json::json;

use super::support::{NOW, bench, key_texts, merchant, options};
use crate::domain::case::Field;
use crate::sandbox::{Endpoint, Faults, KeyError, Keys, Sandbox, StartError, generate};

#[tokio::test]
async fn every_generated_case_is_found_and_the_answer_is_signed() {
    let bench = bench().await;
    let today = NOW.to_offset(time::macros::offset!(+8)).date();
    let cases = generate(48, 7, today);
    assert_eq!(bench.sandbox.case_ids().len(), 48);
    for case in &cases {
        let seen = bench.call(Endpoint::CaseSearch, json!({"caseId": case.text(Field::CaseId)})).await;
        assert_eq!((seen.status, seen.code().as_str()), (200, "APPLY_SUCCESS"));
        assert!(seen.verified());
        assert_eq!(seen.header("content-type"), Some("application/json"));
        assert_eq!(seen.header("date"), Some("Fri, 20 Nov 2026 04:00:00 GMT"));
        for field in Field::ALL {
            assert_eq!(seen.data()[field.wire()].as_str(), case.get(field), "{field:?}");
        }
    }
    assert_eq!(bench.sandbox.state().violations(), []);
}

#[tokio::test]
async fn keys_and_addresses_that_cannot_work_are_named() {
    let (private, public) = key_texts();
    let error = |private: &str, public: &str| Keys::from_pem(private, public).err();
    assert_eq!(error(&private, &public), None);
    assert_eq!(error(&public, &public), Some(KeyError::Private));
    assert_eq!(error(&private, &private), Some(KeyError::Public));
    assert_eq!(error("", &public), Some(KeyError::Private));
    let mut options = options(merchant(), Faults::none());
    options.keys.gateway_private_der.truncate(100);
    assert!(matches!(Sandbox::start(options).await, Err(StartError::Key(KeyError::Private))));
    let running = bench().await;
    let mut second = self::options(merchant(), Faults::none());
    second.listen = running.sandbox.address();
    let error = Sandbox::start(second).await.err().map(|error| error.to_string());
    assert_eq!(error, Some(format!("cannot listen on {}", running.sandbox.address())));
}

#[tokio::test]
async fn the_refused_id_is_unknown_and_the_refusal_is_signed_and_logged() {
    let bench = bench().await;
    let seen = bench.call(Endpoint::CaseSearch, json!({"caseId": bench.sandbox.refused_id()})).await;
    assert_eq!((seen.status, seen.code().as_str()), (200, "ORDER_NOT_EXIST"));
    assert!(seen.verified());
    assert_eq!(bench.last_rule(), "caseId.known");
    let line = bench.lines.lock().unwrap().last().cloned().unwrap();
    assert_eq!(line.to_string(), "04:00:00.000 POST caseSearch 200 ORDER_NOT_EXIST 0ms rule=caseId.known");
}
