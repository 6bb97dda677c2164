//! Refunds of which nobody can tell, and what becomes of them.

use super::*;

#[test]
fn doubt_is_6_and_is_not_sent_twice() {
    let bench = bench();
    bench.faults("drop-after@refund");
    let doubt = send(&bench, "--case O1", "5000 IDR", &[]);
    doubt.failed(6, "nobody can tell yet");
    assert!(doubt.err.contains("docket settle"), "{doubt:?}");
    assert_eq!((&doubt.json()["state"], number(&doubt).len()), (&json!("unknown"), 30));
    bench.faults("none");
    for sum in ["5000 IDR", "1 IDR"] {
        let again = send(&bench, "--case O1", sum, &[]);
        again.failed(3, "OCCUPIED");
        assert_eq!((&again.json()["state"], &again.json()["actionId"]), (&json!("refused"), &Value::Null));
    }
    settle_until(&bench, "settled");
    send(&bench, "--case O1", "5000 IDR", &[]).failed(2, "nothing is left of this order");
    assert_eq!(executed(&bench).len(), 1);
    let unsigned = self::bench();
    unsigned.faults("missing-sign@refund");
    send(&unsigned, "--case O1", "5000 IDR", &[]).failed(6, "UNVERIFIED");
    assert_eq!(unsigned.line("journal --json").json()[0]["state"], "unknown");
}

#[test]
fn what_nobody_can_find_is_marked_by_hand_or_sent_again() {
    let bench = bench();
    bench.faults("drop-before@refund");
    let doubt = send(&bench, "--case O1", "3000 IDR", &["--comments", "first words"]);
    assert_eq!(doubt.code, 6, "{doubt:?}");
    bench.faults("none");
    let action = doubt.json()["actionId"].as_str().unwrap().to_owned();
    let looked = bench.line("settle");
    looked.failed(6, "unknown");
    assert!(looked.out.contains("order PO1") && looked.out.contains("3,000.00 IDR"), "{looked:?}");
    bench.line(&format!("settle --mark {action}=not-paid")).failed(3, "");
    for wrong in ["received", "not-received", "perhaps"] {
        bench.line(&format!("settle --mark {action}={wrong}")).failed(2, "");
    }
    bench.line("settle --mark A-NOBODY=paid").failed(2, "A-NOBODY");

    let id = ActionId(action.clone());
    store(&bench).resolve(&id, State::NotReceived, &Finding::default(), OffsetDateTime::now_utc()).unwrap();
    let other = send(&bench, "--case O1", "3001 IDR", &[]);
    other.failed(2, "3,000.00 IDR");
    let again = send(&bench, "--case O1", "3000 IDR", &["--comments", "other words"]);
    assert_eq!((again.code, number(&again)), (0, number(&doubt)), "{again:?}");
    assert!(again.err.contains("sent again under that number"), "{again:?}");
    assert_eq!(again.json()["actionId"], action, "the same action, once more");
    let (one, two) = (request(&bench, &json!(action), 0), request(&bench, &json!(action), 1));
    assert_eq!(data(&one), data(&two));
    assert!(data(&two).contains("first words"), "{two}");
    assert_eq!(executed(&bench).len(), 1);
}

#[test]
fn the_operator_says_what_the_portal_shows() {
    let bench = bench();
    bench.faults("drop-before@refund");
    let doubt = send(&bench, "--case O1", "3000 IDR", &[]).json();
    let action = doubt["actionId"].as_str().unwrap();
    let marked = bench.line(&format!("settle --mark {action}=paid --json"));
    assert_eq!((marked.code, &marked.json()["actions"][0]["state"]), (0, &json!("settled")), "{marked:?}");
    let row = bench.line("journal --json").json()[0].clone();
    assert_eq!((&row["state"], &row["status"]), (&json!("settled"), &json!("REFUND_SUCCESS")));
    assert_eq!(row["code"], "BY_OPERATOR");
    assert!(row["msg"].as_str().unwrap().contains(&me()), "{row}");
    bench.line(&format!("settle --mark {action}=paid")).failed(3, "");
    send(&bench, "--case O1", "2001 IDR", &[]).failed(2, "over by 1.00 IDR");
}
