//! What stands in the way of a refund: an open case, the policy, another host, PayerMax.

use super::*;
use crate::interrupted::read_on_a_terminal;

#[test]
fn an_open_case_needs_a_word_of_its_own() {
    let bench = Bench::new();
    put(&bench, "O1", "DISPUTE_INQUIRY", &[]);
    on_list(&bench);
    let ran = send(&bench, "--case O1", "100 IDR", &[]);
    ran.failed(2, "case O1 is still open");
    assert!(ran.err.contains("--although-open"), "{ran:?}");
    bench.configure("[policy]\nrefund_open_case = \"block\"\n");
    let blocked = send(&bench, "--case O1", "100 IDR", &["--although-open"]);
    blocked.failed(3, "refund_open_case in ");
    assert!(blocked.err.contains("config.toml"), "it says which file: {blocked:?}");
    assert_eq!((&blocked.json()["state"], &blocked.json()["code"]), (&json!("refused"), &json!("POLICY")));
    assert_eq!(executed(&bench), []);
    let config = std::fs::read_to_string(bench.path("config.toml")).unwrap();
    bench.write("config.toml", &config.replace("\"block\"", "\"ask\""), 0o600);
    let taken = send(&bench, "--case O1", "100 IDR", &["--although-open"]);
    assert_eq!((taken.code, executed(&bench).len()), (0, 1), "{taken:?}");
    assert!(
        taken.err.contains("5,000.00 IDR frozen already") && taken.err.contains("5,100.00 IDR could be lost"),
        "{taken:?}"
    );
}

#[test]
fn taking_a_case_off_the_list_opens_no_way_around_it() {
    let bench = Bench::new();
    put(&bench, "O1", "DISPUTE_INQUIRY", &[]);
    on_list(&bench);
    bench.configure("[policy]\nrefund_open_case = \"block\"\n");
    bench.line("untrack O1").good();
    send(&bench, "--order PO1", "100 IDR", &[]).failed(3, "case O1 of this order is still open");
    // Of another order nothing is known at all, and of a third one a case that was never fetched.
    send(&bench, "--order PO9", "100 IDR", &[]).failed(3, "no case of this order is known");
    put(&bench, "O3", "DISPUTE_RECEIVED", &[]);
    bench.line("track O3").good();
    send(&bench, "--order PO3", "100 IDR", &[]).failed(3, "case O3 of this order is still open");
    assert_eq!(executed(&bench), []);
    let config = std::fs::read_to_string(bench.path("config.toml")).unwrap();
    bench.write("config.toml", &config.replace("\"block\"", "\"ask\""), 0o600);
    send(&bench, "--order PO1", "100 IDR", &[]).failed(2, "case O1 is still open");
    assert_eq!(executed(&bench), []);
}

#[test]
fn an_order_must_be_named_exactly_and_a_token_must_mean_one() {
    let bench = bench();
    send(&bench, "--order po1", "100 IDR", &[]).failed(2, "one is of PO1");
    put(&bench, "O2", "CASE_CLOSED", &[(Field::TradeToken, "TO1")]);
    bench.line("track O2").good();
    bench.line("refresh --quiet").good();
    send(&bench, "--trade-token TO1", "100 IDR", &[]).failed(2, "different orders, such as PO1 and PO2");
    assert_eq!(executed(&bench), []);
}

#[test]
fn the_policy_names_the_limit_and_its_file() {
    let bench = bench();
    put(&bench, "O2", "CASE_CLOSED", &[]);
    bench.line("track O2").good();
    bench.configure("[policy]\nrefund_max = { IDR = \"1000\" }\nrefund_daily_max = { IDR = \"1500\" }\n");
    send(&bench, "--case O1", "1001 IDR", &[]).failed(3, "at most 1,000.00 IDR, by refund_max in");
    assert_eq!(send(&bench, "--case O1", "1000 IDR", &[]).code, 0);
    let second = send(&bench, "--case O2", "501 IDR", &[]);
    second.failed(3, "1,000.00 are used today, by refund_daily_max in");
    assert_eq!(second.json()["code"], "POLICY");
    assert_eq!(send(&bench, "--case O2", "500 IDR", &[]).code, 0);
    assert_eq!(executed(&bench).len(), 2);
}

#[test]
fn two_homes_make_one_number_and_see_each_others_refunds() {
    let ana = bench();
    let ben = ana.second_home();
    ben.line("track O1").good();
    let (of_ana, of_ben) = (dry(&ana, "--case O1", "3000 IDR"), dry(&ben, "--order PO1", "200 IDR"));
    assert_eq!(of_ana["outRefundNo"], of_ben["outRefundNo"], "whatever the amount");
    assert!(of_ana["outRefundNo"].as_str().unwrap().ends_with("01"));
    let first = number(&send(&ana, "--case O1", "3000 IDR", &[]));
    let busy = send(&ben, "--case O1", "200 IDR", &[]);
    busy.failed(3, "OCCUPIED");
    assert!(busy.err.contains(&first) && busy.err.contains("elsewhere"), "{busy:?}");
    settle_until(&ana, "settled");
    send_over(&ana, &ben);
    let second = dry(&ben, "--case O1", "200 IDR")["outRefundNo"].clone();
    assert_eq!(second, json!(format!("{}02", &first[..28])));
    assert_eq!(dry(&ana, "--case O1", "77 IDR")["outRefundNo"], second);
    assert_eq!(number(&send(&ben, "--case O1", "200 IDR", &[])), second.as_str().unwrap());
    assert_eq!(executed(&ana).len(), 2);
    assert_eq!(broken_rules(&ana), []);
}

/// Both homes know how much is left, whoever sent the first refund.
fn send_over(ana: &Bench, ben: &Bench) {
    for home in [ana, ben] {
        let ran = send(home, "--case O1", "2001 IDR", &[]);
        ran.failed(2, "over by 1.00 IDR");
    }
}

#[test]
fn what_payermax_refuses_is_3_and_keeps_its_number() {
    let bench = bench();
    bench.sandbox().state().ledger_mut().set_balance("IDR", 100.into());
    let poor = send(&bench, "--case O1", "3000 IDR", &[]);
    poor.failed(3, "REFUND_INSUFFICIENT_BALANCE");
    assert_eq!(poor.json()["state"], "refused");
    bench.sandbox().state().ledger_mut().set_balance("IDR", 10_000.into());
    bench.sandbox().state().ledger_mut().end_next(RefundEnding::FailsAtOnce);
    let failed = send(&bench, "--case O1", "3000 IDR", &[]);
    failed.failed(3, "REFUND_FAILED");
    assert_eq!(
        (&failed.json()["state"], &failed.json()["status"]),
        (&json!("refused"), &json!("REFUND_FAILED"))
    );
    assert_eq!(number(&failed), number(&poor), "a refusal keeps its number");
    bench.sandbox().state().ledger_mut().end_next(RefundEnding::Paid);
    let third = send(&bench, "--case O1", "5000 IDR", &[]);
    assert_eq!(number(&third), format!("{}02", &number(&poor)[..28]), "nothing had left: {third:?}");
    bench.faults("http-429(0)@refundQuery");
    bench.line("settle --json").failed(3, "could not be asked");
    let rows = bench.line("journal --json").json();
    let states: Vec<&str> =
        rows.as_array().unwrap().iter().map(|row| row["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["refused", "settled", "accepted"]);
}

#[test]
fn what_moves_while_the_page_is_read_stops_the_refund() {
    let bench = bench();
    let other = bench.second_home();
    other.line("track O1").good();
    let line = "refund --case O1 --amount 3000 --currency IDR";
    let (code, screen) = read_on_a_terminal(&bench, line, "3000 IDR", || {
        bench.sandbox().state().set_status("O1", "DISPUTE_INQUIRY");
    });
    assert_eq!((code, executed(&bench)), (3, vec![]), "{screen}");
    assert!(screen.contains("MOVED: case O1 has moved since it was shown"), "{screen}");

    bench.sandbox().state().set_status("O1", "CASE_CLOSED");
    bench.line("refresh --quiet").good();
    let (code, screen) = read_on_a_terminal(&bench, line, "3000 IDR", || {
        assert_eq!(send(&other, "--case O1", "500 IDR", &[]).code, 0);
    });
    assert_eq!((code, executed(&bench).len()), (3, 1), "one of two hosts: {screen}");
    assert!(screen.contains("that was not on the screen: 500.00 IDR"), "{screen}");
    assert_eq!(bench.line("journal --json").json(), json!([]));
}
