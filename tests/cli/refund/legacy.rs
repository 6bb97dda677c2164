//! Refunds by the legacy interface, in both ways of signing.

use super::*;

#[test]
fn the_legacy_interface_gives_back_the_whole_order() {
    for sign in [LegacySign::RsaHeader, LegacySign::Md5Body] {
        let bench = closed(Bench::with_legacy(Some(sign)));
        let legacy = ["--legacy", "--comments", "returned", "--email", "joao@example.com"];
        send(&bench, "--case O1", "100 IDR", &legacy).failed(2, "gives back the whole order");
        send(&bench, "--case O1", "5000 IDR", &["--legacy"]).failed(2, "needs a comment");
        let words = line("--case O1", "5000 IDR", &[legacy.as_slice(), &["--dry-run"]].concat());
        let text = bench.run(&words).good();
        let (body, hidden) = text.split_once('\n').unwrap();
        let dry: Value = serde_json::from_str(body).unwrap();
        let in_body = (sign == LegacySign::Md5Body).then(|| json!("<hidden>"));
        assert_eq!((hidden, dry.get("sign").cloned()), ("sign: <hidden>\n", in_body), "{body}");
        assert_eq!((&dry["bizType"], &dry["amount"]), (&json!("refundApply"), &json!("5000")));
        let ran = send(&bench, "--case O1", "5000 IDR", &legacy);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(dry["refundId"], ran.json()["outRefundNo"]);
        assert_eq!(ran.json()["status"], "REFUND_PENDING");
        settle_until(&bench, "settled");
        let ledger_status = bench.sandbox().state().ledger().get(&number(&ran)).unwrap().status;
        assert_eq!(ledger_status, RefundStatus::Success);
        assert_eq!(broken_rules(&bench), [], "{sign:?}");
    }
}

#[test]
fn a_profile_may_take_the_legacy_interface_for_every_refund() {
    let bench = closed(Bench::with_legacy(Some(LegacySign::RsaHeader)));
    bench.configure("always = true\n");
    send(&bench, "--case O1", "100 IDR", &["--comments", "x"]).failed(2, "gives back the whole order");
    let ran = send(&bench, "--case O1", "5000 IDR", &["--comments", "x"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(request(&bench, &ran.json()["actionId"], 0).contains("refundApply"));
}
