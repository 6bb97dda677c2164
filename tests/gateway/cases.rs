//! Asking for a case.

use docket::domain::case::Field;
use docket::domain::fault::{Fault, Signature, Skew};
use docket::gateway::PrivateKey;
use docket::sandbox::{Faults, SandboxCase};
use time::Duration;

use crate::support::{self, PAIR, client, id, merchant, sandbox, settings};

#[tokio::test]
async fn all_sixteen_fields_arrive_exactly_as_the_gateway_has_them() {
    let sandbox = sandbox(merchant(), Faults::none()).await;
    sandbox.state().hold_still();
    let gateway = client(settings(sandbox.base_url()), Duration::ZERO);
    for case_id in sandbox.case_ids() {
        let answer = gateway.case_search(&id(&case_id)).await.unwrap();
        let state = sandbox.state();
        let theirs = state.case(&case_id).unwrap();
        for field in Field::ALL {
            assert_eq!(answer.value.get(field), theirs.get(field), "{case_id} {}", field.wire());
        }
    }
    assert_eq!(sandbox.state().violations(), [], "a right request breaks no rule");
}

#[tokio::test]
async fn an_unknown_case_is_refused_with_the_gateways_code() {
    let sandbox = sandbox(merchant(), Faults::none()).await;
    let gateway = client(settings(sandbox.base_url()), Duration::ZERO);
    let fault = gateway.case_search(&id(&sandbox.refused_id())).await.unwrap_err();
    assert_eq!(fault.code(), "ORDER_NOT_EXIST");
    assert!(matches!(fault, Fault::Refused { signature: Signature::Valid, .. }));
}

#[tokio::test]
async fn a_wrong_clock_is_refused_and_named_with_its_size() {
    let sandbox = sandbox(merchant(), Faults::none()).await;
    let gateway = client(settings(sandbox.base_url()), Duration::seconds(303));
    let first = sandbox.case_ids().remove(0);
    let fault = gateway.case_search(&id(&first)).await.unwrap_err();
    assert_eq!(fault.code(), "REQ_TIME_OVER_TIME");
    let Fault::Refused { skew: Some(Skew(seconds)), .. } = fault else {
        panic!("the skew is known: {fault:?}")
    };
    assert!((300..=304).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_foreign_key_is_refused_by_the_gateway() {
    let sandbox = sandbox(merchant(), Faults::none()).await;
    let gateway = docket::gateway::Gateway::new(
        settings(sandbox.base_url()),
        PrivateKey::parse(&PAIR.gateway_pem).unwrap(),
        support::gateway_key(),
        std::sync::Arc::new(|| support::NOW),
    )
    .unwrap();
    let fault = gateway.case_search(&id(&sandbox.case_ids()[0])).await.unwrap_err();
    assert_eq!(fault.code(), "SIGN_VERIFY_FAILED");
}

#[tokio::test]
async fn a_service_provider_names_itself_and_carries_its_token() {
    let mut provider = merchant();
    provider.sp_merchant_no = Some("010229810189302".into());
    provider.auth_token = Some("token-1".into());
    let sandbox = sandbox(provider, Faults::none()).await;
    let mut own = settings(sandbox.base_url());
    let case_id = id(&sandbox.case_ids()[0]);
    assert!(
        client(own.clone(), Duration::ZERO).case_search(&case_id).await.is_err(),
        "without, it is refused"
    );
    own.sp_merchant_no = Some("010229810189302".into());
    own.auth_token = Some("token-1".into());
    assert!(client(own, Duration::ZERO).case_search(&case_id).await.is_ok());
}

#[tokio::test]
async fn every_misbehaviour_ends_in_its_own_fault_and_never_in_a_believed_answer() {
    let sandbox = sandbox(merchant(), Faults::none()).await;
    let mut own = settings(sandbox.base_url());
    let gateway = client(own.clone(), Duration::ZERO);
    own.timeout = std::time::Duration::from_millis(400);
    let impatient = client(own, Duration::ZERO);
    let case_id = id(&sandbox.case_ids()[0]);
    for (flag, code) in [
        ("drop-before", "DROPPED"),
        ("drop-after", "DROPPED"),
        ("http-503", "HTTP_503"),
        ("http-503-after", "HTTP_503"),
        ("http-404", "HTTP_404"),
        ("http-429(7)", "TOO_MANY_REQUEST"),
        ("truncated", "DROPPED"),
        ("foreign", "GARBLED"),
        ("oversized(2)", "GARBLED"),
        ("missing-sign", "UNVERIFIED"),
        ("wrong-sign", "UNVERIFIED"),
        ("skew=200", "REQ_TIME_OVER_TIME"),
        ("redirect=http://127.0.0.1:9/", "HTTP_307"),
        ("latency=5000", "TIMED_OUT"),
    ] {
        sandbox.set_faults(Faults::parse(flag).unwrap());
        // Only for the answer that never comes is the time short: a loaded machine needs it for the others.
        let asker = if code == "TIMED_OUT" { &impatient } else { &gateway };
        let fault = asker.case_search(&case_id).await.unwrap_err();
        assert_eq!(fault.code(), code, "{flag}: {fault}");
    }
    sandbox.set_faults(Faults::none());
    assert!(gateway.case_search(&case_id).await.is_ok(), "and afterwards all is well");
}

#[tokio::test]
async fn an_odd_case_is_read_as_it_is() {
    let sandbox = sandbox(merchant(), Faults::none()).await;
    let odd = [
        (Field::CaseId, "O-ODD"),
        (Field::Status, "PRE_ARBITRATION"),
        (Field::OutTradeNo, "202301030655459164371077"),
    ];
    sandbox.state().put_case(SandboxCase::from_fields(odd));
    let gateway = client(settings(sandbox.base_url()), Duration::ZERO);
    let case = gateway.case_search(&id("O-ODD")).await.unwrap().value;
    assert_eq!(
        case.text(Field::OutTradeNo),
        "202301030655459164371077",
        "24 digits are a text, not a number"
    );
    assert_eq!((case.get(Field::Amount), case.get(Field::Currency)), (None, None));
}

#[tokio::test]
async fn hostile_text_arrives_raw_and_is_harmless_once_shown() {
    let sandbox = sandbox(merchant(), Faults::parse("hostile(all)").unwrap()).await;
    let gateway = client(settings(sandbox.base_url()), Duration::ZERO);
    let mut hostile = 0;
    for case_id in sandbox.case_ids().iter().take(12) {
        let Ok(answer) = gateway.case_search(&id(case_id)).await else { continue };
        for field in Field::ALL {
            let text = answer.value.text(field);
            let shown = docket::domain::shown::line(text);
            hostile += usize::from(text != shown);
            assert!(!shown.chars().any(docket::domain::shown::is_hostile), "{shown:?}");
        }
    }
    assert!(hostile > 0, "the sandbox did send hostile text");
}
