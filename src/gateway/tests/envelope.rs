//! The wrapping: what is written, and what any bytes at all are taken for.

use proptest::prelude::*;
use serde_json::value::RawValue;
use time::macros::datetime;

use super::super::envelope::{Caller, Received};
use crate::domain::fault::{Fault, Signature};
use crate::domain::refund::Road;

fn received(status: u16, body: &[u8]) -> Received {
    Received { status, sign: None, body: body.to_vec(), retry_after: None, skew: None }
}

fn open(body: &str) -> Result<Option<String>, Fault> {
    let taken = received(200, body.as_bytes()).open(Road::Current, Signature::Valid)?;
    Ok(taken.data.map(|data| data.get().to_owned()))
}

#[test]
fn the_request_time_is_utc_with_three_digits_and_data_goes_in_verbatim() {
    let caller = Caller { app_id: "a".into(), merchant_no: "m".into(), sp_merchant_no: None };
    let data = RawValue::from_string(r#"{"refundAmount":10.10,"x" : 1}"#.into()).unwrap();
    let write = |now| String::from_utf8(caller.request("1.5", &data, now).unwrap()).unwrap();
    let request = write(datetime!(2026-11-20 08:00:00.1239 +08:00));
    assert!(request.contains(r#""requestTime":"2026-11-20T00:00:00.123Z""#), "{request}");
    assert!(request.ends_with(r#""data":{"refundAmount":10.10,"x" : 1}}"#), "{request}");
    assert!(write(datetime!(2026-11-20 08:00 UTC)).contains(r#""2026-11-20T08:00:00.000Z""#));
}

#[test]
fn a_success_is_the_code_alone_and_its_data_stays_text() {
    assert_eq!(open(r#"{"code":" APPLY_SUCCESS ","data":{"a":1.10}}"#).unwrap().unwrap(), r#"{"a":1.10}"#);
    assert_eq!(open(r#"{"code":"APPLY_SUCCESS","msg":5,"data":null}"#).unwrap(), None);
    let refused = open(r#"{"code":1000,"msg":null}"#).unwrap_err();
    assert_eq!(
        (refused.code().as_str(), refused.to_string().as_str()),
        ("1000", "refused without a message")
    );
    assert_eq!(open(r#"{"code":"apply_success"}"#).unwrap_err().code(), "apply_success");
}

#[test]
fn what_is_no_envelope_is_garbled() {
    for (body, why) in [
        ("", "it is empty"),
        ("null", "it is no JSON object"),
        ("<html>", "it is no JSON (line 1, column 1)"),
        (r#"{"code":"APPLY_SUCCESS""#, "it ends in the middle"),
        (r#"{"code":"APPLY_SUCCESS"} {}"#, "it is no JSON (line 1, column 26)"),
        (r#"{"msg":"x"}"#, "it carries no return code"),
        (r#"{"code":" "}"#, "it carries no return code"),
        (r#"{"code":{}}"#, "`code` is no plain value"),
        (r#"{"code":"APPLY_SUCCESS","data":{},"data":{}}"#, "it gives `data` twice"),
        (r#"{"code":"SYSTEM_ERROR","c\u006fde":"APPLY_SUCCESS"}"#, "it gives `code` twice"),
    ] {
        assert_eq!(open(body), Err(Fault::Garbled(why.into())), "{body}");
    }
    let not_utf8 = received(200, b"{\"code\":\"\xff\"}").open(Road::Current, Signature::Valid);
    assert_eq!(not_utf8.map(|_| ()), Err(Fault::Garbled("it is no UTF-8".into())));
}

#[test]
fn a_pit_of_brackets_does_no_harm() {
    for (opening, closing) in [("[", "]"), (r#"{"a":"#, "}")] {
        let pit = format!("{}1{}", opening.repeat(100_000), closing.repeat(100_000));
        assert!(open(&pit).is_err());
        assert!(open(&format!(r#"{{"code":"APPLY_SUCCESS","other":{pit}}}"#)).is_ok());
    }
}

fn signatures() -> impl Strategy<Value = Signature> {
    prop_oneof![Just(Signature::Valid), Just(Signature::Wrong), Just(Signature::Absent)]
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(
        status in 200_u16..600,
        body in proptest::collection::vec(any::<u8>(), 0..200),
        signature in signatures(),
    ) {
        prop_assert!(received(status, &body).open(Road::Current, signature).is_err());
    }

    #[test]
    fn a_success_needs_its_own_code_a_valid_signature_and_a_2xx(
        status in 200_u16..600,
        code in "APPLY_SUCCESS|0000|[A-Z_]{1,20}|[0-9]{1,4}",
        is_legacy in any::<bool>(),
        signature in signatures(),
    ) {
        let (road, word, taken) = if is_legacy {
            (Road::Legacy, "bizCode", "0000")
        } else {
            (Road::Current, "code", "APPLY_SUCCESS")
        };
        let body = format!(r#"{{"{word}":"{code}","data":{{}}}}"#);
        let believed = received(status, body.as_bytes()).open(road, signature).is_ok();
        let deserved = code == taken && status < 300 && signature == Signature::Valid;
        prop_assert_eq!(believed, deserved);
    }
}
