//! What a `sign` header is worth, in each of the shapes it is saved in.

use std::path::PathBuf;
use std::sync::LazyLock;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::*;
use crate::gateway::{PrivateKey, PublicKey};

/// Making a key is slow.
static PAYERMAX: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate().unwrap());

/// Spaces, order and a character beyond ASCII: nothing of it survives being parsed and printed again.
const BODY: &str = r#"{ "notifyType":"CHARGEBACK", "data":{"reasonMessage":"Fraud \/ 陈","caseId":"O1", "cardOrg":"VISA"} }"#;

fn sign(body: &str) -> String {
    PAYERMAX.sign(body.as_bytes()).unwrap()
}

fn body_of(id: &str) -> String {
    BODY.replace("O1", id)
}

/// What is read with PayerMax's key in its place, and how many signatures were good.
fn checked(bytes: &[u8], sign: Option<&str>) -> (Import, usize) {
    let key = || -> Result<PublicKey, SessionError> { Ok(PAYERMAX.public()) };
    let seals = Seals::new(&key);
    let import = file(bytes, &Reading { format: Format::Auto, sign, me: "li", seals: &seals }).unwrap();
    (import, seals.count().unwrap())
}

#[track_caller]
fn taken(bytes: &[u8], sign: Option<&str>, good: usize) {
    let (import, count) = checked(bytes, sign);
    assert_eq!((ids(&import), &import.bad, count), (vec!["O1"], &vec![], good));
    assert_eq!(import.entries[0].card_scheme.as_deref(), Some("VISA"));
    assert_eq!(import.entries[0].reason_message.as_deref(), Some("Fraud / 陈"));
}

#[track_caller]
fn refused(bytes: &[u8], sign: Option<&str>, line: usize, why: &str) {
    let (import, count) = checked(bytes, sign);
    assert_eq!((ids(&import), count), (vec![], 0));
    assert_eq!(import.bad, [BadLine { line, why: why.to_owned() }]);
}

#[test]
fn a_body_counts_byte_for_byte() {
    let signature = sign(BODY);
    taken(BODY.as_bytes(), Some(&signature), 1);
    taken(BODY.as_bytes(), Some(&format!(" {signature}\n")), 1);
    for end in ["\n", "\r\n"] {
        taken(format!("{BODY}{end}").as_bytes(), Some(&signature), 1);
        let signed_with_it = sign(&format!("{BODY}{end}"));
        taken(format!("{BODY}{end}").as_bytes(), Some(&signed_with_it), 1);
        refused(BODY.as_bytes(), Some(&signed_with_it), 1, WRONG);
    }
    for other in
        [BODY.replace("O1", "O2"), BODY.replace(" }", "}"), format!("{BODY}\n\n"), format!(" {BODY}")]
    {
        refused(other.as_bytes(), Some(&signature), 1, WRONG);
    }
    for wrong in ["", "AAAA", "no base64", &signature[1..], &sign("{}")] {
        refused(BODY.as_bytes(), Some(wrong), 1, WRONG);
    }
}

#[test]
fn the_signature_is_looked_at_before_the_contents() {
    refused(b"{", Some("AAAA"), 1, WRONG);
    let (import, good) = checked(b"{", Some(&sign("{")));
    assert_eq!((import.bad[0].why.as_str(), good), ("not JSON: EOF while parsing an object", 1));
}

#[test]
fn a_saved_request_is_read_with_either_line_end_and_any_spelling_of_the_header() {
    let signature = sign(BODY);
    for end in ["\n", "\r\n"] {
        for name in ["sign", "Sign", "SIGN"] {
            let head =
                ["POST /notify HTTP/1.1", "Host: a.example:8443", &format!("{name}: {signature}"), "", ""];
            let request = format!("{}{BODY}", head.join(end));
            taken(request.as_bytes(), None, 1);
            taken(format!("{request}{end}").as_bytes(), None, 1);
            refused(request.replace("O1", "O2").as_bytes(), None, 5, WRONG);
            refused(request.as_bytes(), Some(&signature), 5, "it has more than one `sign` header");
        }
        let bare = format!("POST /notify HTTP/2{end}host: a.example{end}{end}{BODY}");
        taken(bare.as_bytes(), None, 0);
        taken(bare.as_bytes(), Some(&signature), 1);
        refused(bare.as_bytes(), Some("AAAA"), 4, WRONG);
    }
    let unsigned = format!("POST /notify HTTP/1.1\nsign:\n\n{BODY}");
    refused(unsigned.as_bytes(), None, 4, WRONG);
    refused(b"POST /notify HTTP/1.1\nsign: AAAA\n", None, 1, "the request has no body");
}

#[test]
fn a_body_that_spans_lines_is_signed_with_them() {
    let body = BODY.replace(", ", ",\r\n");
    let request = format!("POST / HTTP/1.1\r\nsign: {}\r\n\r\n{body}", sign(&body));
    taken(request.as_bytes(), None, 1);
    refused(request.replace(",\r\n", ",\n").as_bytes(), None, 4, WRONG);
}

#[test]
fn headers_and_raw_text_come_one_by_one_in_a_list_or_a_line_each() {
    let saved = |name: &str, id: &str, of: &str| {
        json!({"headers": {"host": "a.example", name: sign(&body_of(of))}, "body": body_of(id)}).to_string()
    };
    taken(saved("sign", "O1", "O1").as_bytes(), None, 1);
    refused(saved("sign", "O1", "O2").as_bytes(), None, 1, WRONG);
    let unsigned = json!({"headers": {"host": "a.example"}, "body": BODY}).to_string();
    let items = [saved("Sign", "O1", "O1"), saved("sign", "O2", "O3"), saved("SIGN", "O3", "O3"), unsigned];
    for text in [format!("[{}]", items.join(",\n")), items.join("\n")] {
        let (import, count) = checked(text.as_bytes(), None);
        assert_eq!((ids(&import), bad(&import), count), (vec!["O1", "O3"], vec![2], 2), "{text}");
    }
}

#[test]
fn what_cannot_be_checked_is_not_taken() {
    let (signature, parsed) = (sign(BODY), serde_json::from_str::<serde_json::Value>(BODY).unwrap());
    let listed = json!({"headers": {"sign": [&signature]}, "body": BODY});
    taken(listed.to_string().as_bytes(), None, 1);
    taken(json!({"headers": {}, "body": parsed}).to_string().as_bytes(), None, 0);
    for (saved, why) in [
        (
            json!({"headers": {"sign": &signature}, "body": parsed}),
            "its body is not the raw text, so its signature cannot be checked",
        ),
        (
            json!({"headers": {"sign": &signature, "Sign": "AAAA"}, "body": BODY}),
            "it has more than one `sign` header",
        ),
        (
            json!({"headers": {"sign": [&signature, "AAAA"]}, "body": BODY}),
            "it has more than one `sign` header",
        ),
        (json!({"headers": {"sign": 7}, "body": BODY}), "its `sign` header is not a text"),
        (
            json!({"headers": [{"name": "sign", "value": "AAAA"}], "body": BODY}),
            "its headers are not an object of names and values",
        ),
    ] {
        refused(saved.to_string().as_bytes(), None, 1, why);
    }
}

#[test]
fn a_signed_fraud_notification_still_names_no_case() {
    let body = r#"{"notifyType":"FRAUD","data":{"outTradeNo":"T1"}}"#;
    let (import, count) = checked(body.as_bytes(), Some(&sign(body)));
    assert_eq!((bad(&import), count), (vec![1], 1));
    assert!(import.bad[0].why.starts_with("it is a fraud notification"), "{import:?}");
}

#[test]
fn a_key_that_is_not_there_ends_an_import_with_a_signature_and_no_other() {
    let key = || Err(SessionError::NoGatewayKey(PathBuf::from("payermax.pem")));
    let run = |text: &str| {
        let seals = Seals::new(&key);
        let reading = Reading { format: Format::Auto, sign: None, me: "li", seals: &seals };
        file(text.as_bytes(), &reading).unwrap();
        seals.count().map_err(|error| error.to_string())
    };
    assert_eq!(run(BODY), Ok(0));
    let signed = format!("POST / HTTP/1.1\nsign: AAAA\n\n{BODY}");
    assert_eq!(
        run(&signed),
        Err("there is no file payermax.pem, which holds PayerMax's public key".to_owned())
    );
}

#[test]
fn a_signature_goes_with_json_alone() {
    let key = || -> Result<PublicKey, SessionError> { Ok(PAYERMAX.public()) };
    let seals = Seals::new(&key);
    for format in [Format::Csv, Format::Plain] {
        let reading = Reading { format, sign: Some("AAAA"), me: "li", seals: &seals };
        assert_eq!(
            file(BODY.as_bytes(), &reading).unwrap_err(),
            "--sign goes with one notification, and that is json"
        );
    }
}
