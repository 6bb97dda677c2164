//! Saved chargeback notifications: what is kept of them, and what their signature is worth.

use serde_json::json;

use crate::bench::{Bench, Ran};

const BODY: &str = r#"{"notifyType": "CHARGEBACK", "data": {"caseId": "O1", "outTradeNo": "T1", "reasonCode": "10.4", "reasonMessage": "Other Fraud", "cardOrg": "VISA"}}"#;

/// Tracks from a file with this text.
fn track(bench: &Bench, text: &str, more: &[&str]) -> Ran {
    bench.write("notice", text, 0o600);
    let file = bench.path("notice");
    bench.run(["track", "--file", file.to_str().unwrap()].into_iter().chain(more.iter().copied()))
}

#[test]
fn what_a_notification_says_of_the_card_is_on_every_page() {
    let bench = Bench::new();
    assert_eq!(track(&bench, BODY, &[]).good(), "1 new, 0 known\n", "without a header nothing is said of it");
    let page = bench.line("show O1").good();
    for line in ["Reason code     10.4", "Reason          Other Fraud", "Card scheme     VISA"] {
        assert!(page.lines().any(|shown| shown == line), "{line}: {page}");
    }
    assert_eq!(bench.line("list --view all --filter visa --plain").good().lines().count(), 1);
    assert_eq!(bench.line("list --view all --filter jcb --plain").good(), "");
    let sheet = bench.line("export").good();
    assert!(
        sheet
            .lines()
            .all(|row| row.ends_with(",cardScheme,snoozedUntil") || row.ends_with(",Other Fraud,VISA,"))
    );
    assert_eq!(bench.line("show O1 --json").json().get("cardScheme"), None, "its fields are fixed");
}

#[test]
fn a_signature_is_checked_in_every_shape_and_told() {
    let sign = Bench::sign(BODY);
    let request = format!("POST /notify HTTP/1.1\r\nHost: a.example\r\nSign: {sign}\r\n\r\n{BODY}");
    let object = json!({"headers": {"sign": sign}, "body": BODY}).to_string();
    for (text, more) in [(BODY, ["--sign", &sign].as_slice()), (&request, &[]), (&object, &[])] {
        let bench = Bench::new();
        let dry = [more, &["--dry-run"]].concat();
        assert_eq!(
            track(&bench, text, &dry).good(),
            "1 new, 0 known, 1 signature checked (dry run: nothing was stored)\n"
        );
        let ran = track(&bench, text, &[more, &["--json"]].concat());
        let expected =
            json!({"new": ["O1"], "known": [], "bad": [], "signaturesChecked": 1, "dryRun": false});
        assert_eq!(ran.json(), expected, "{ran:?}");
        assert!(bench.line("show O1").good().contains("VISA"));
    }
}

#[test]
fn a_wrong_signature_keeps_a_notification_out_and_the_others_in() {
    let bench = Bench::new();
    let forged = BODY.replace("O1", "O9");
    let sign = Bench::sign(BODY);
    for more in [["--sign", &sign, "--dry-run"].as_slice(), &["--sign", &sign]] {
        let ran = track(&bench, &forged, more);
        ran.failed(3, "line 1 was not taken: the signature is not PayerMax's");
        assert!(ran.err.contains("cut or reformatted"), "{ran:?}");
    }
    let other = BODY.replace("O1", "O2");
    let lines = [(BODY, BODY), (&forged, BODY), (&other, &other)]
        .map(|(body, signed)| json!({"headers": {"sign": Bench::sign(signed)}, "body": body}).to_string());
    let ran = track(&bench, &lines.join("\n"), &[]);
    ran.failed(3, "line 2 was not taken: the signature is not PayerMax's");
    assert_eq!(ran.out, "2 new, 0 known, 1 bad (line 2), 2 signatures checked\n");
    bench.line("show O9").failed(2, "O9 is not on the list");
    assert!(!ran.err.contains(&sign[..20]), "no signature is printed");
}

#[test]
fn a_signature_needs_payermaxs_key_and_nothing_else_does() {
    let bench = Bench::new();
    std::fs::remove_file(bench.path("payermax.pem")).unwrap();
    let sign = Bench::sign(BODY);
    let signed = json!({"headers": {"sign": sign}, "body": BODY}).to_string();
    for (text, more) in [(BODY, ["--sign", &sign].as_slice()), (&format!("\"O2\"\n{signed}"), &[])] {
        track(&bench, text, more).failed(5, "payermax.pem, which holds PayerMax's public key");
        track(&bench, text, &[more, &["--dry-run"]].concat()).failed(5, "payermax.pem");
    }
    assert_eq!(bench.line("list --view all --json").json(), json!([]), "nothing of such a file is kept");
    assert_eq!(track(&bench, BODY, &[]).good(), "1 new, 0 known\n");
}

#[test]
fn a_header_without_a_notification_is_a_mistake() {
    let bench = Bench::new();
    bench.line("track O1 --sign AAAA").failed(2, "cannot be used with");
    bench.line("track --sign AAAA").failed(2, "--file");
    track(&bench, "caseId\nO1\n", &["--sign", "AAAA", "--format", "csv"])
        .failed(2, "--sign goes with one notification, and that is json");
    let fraud =
        r#"{"notifyType":"FRAUD","version":"1.0","data":{"outTradeNo":"T1","receiveDate":"2026-11-20"}}"#;
    track(&bench, fraud, &["--sign", &Bench::sign(fraud)])
        .failed(3, "line 1 was not taken: it is a fraud notification: it names an order and no case");
}
