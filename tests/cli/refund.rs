//! Refunds from the command line: what leaves, what never does, and what is said afterwards.

use docket::domain::action::State;
use docket::domain::case::Field;
use docket::domain::record::{ActionId, Finding};
use docket::domain::shown;
use docket::sandbox::{LegacySign, RefundEnding, RefundStatus, Violation};
use docket::store::{SqliteStore, Store as _};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::bench::{Bench, Ran, me};
use crate::interrupted::{on_a_terminal, typed_ahead};

mod approve;
mod doubt;
mod legacy;
mod limits;

/// Puts a case of an order of 5000 IDR, paid twenty days ago, into the sandbox.
fn put(bench: &Bench, id: &str, status: &str, fields: &[(Field, &str)]) {
    bench.put(id, status, 4);
    let paid_at = (OffsetDateTime::now_utc() - time::Duration::days(20)).format(&Rfc3339).unwrap();
    let mut case = bench.sandbox().state().case(id).unwrap().clone();
    let token = format!("T{id}");
    let usual = [
        (Field::OriginTradeAmount, "5000.00"),
        (Field::OriginTradeCurrency, "IDR"),
        (Field::TradeToken, token.as_str()),
        (Field::TradeCreateTime, paid_at.as_str()),
    ];
    for (field, value) in usual.iter().chain(fields) {
        case.set(*field, Some((*value).to_owned()));
    }
    bench.sandbox().state().put_case(case);
}

fn on_list(bench: &Bench) {
    bench.line("track O1").good();
    bench.line("refresh --quiet").good();
}

/// A closed case `O1` of order `PO1`, on the list and fetched.
fn bench() -> Bench {
    closed(Bench::new())
}

fn closed(bench: Bench) -> Bench {
    put(&bench, "O1", "CASE_CLOSED", &[]);
    on_list(&bench);
    bench
}

/// `refund` of an order with these words behind it.
fn line(of: &str, sum: &str, more: &[&str]) -> Vec<String> {
    let (amount, currency) = sum.split_once(' ').unwrap();
    let words = format!("refund {of} --amount {amount} --currency {currency}");
    words.split(' ').chain(more.iter().copied()).map(str::to_owned).collect()
}

/// A refund that is confirmed with its own sum, as a script sends it.
fn send(bench: &Bench, of: &str, sum: &str, more: &[&str]) -> Ran {
    let confirmed = ["--yes", "--expect", sum, "--json"];
    bench.run(line(of, sum, &[confirmed.as_slice(), more].concat()))
}

fn dry(bench: &Bench, of: &str, sum: &str) -> Value {
    bench.run(line(of, sum, &["--dry-run", "--json"])).json()
}

fn store(bench: &Bench) -> SqliteStore {
    SqliteStore::open(&bench.path("data/test.db")).unwrap()
}

/// The exact body of an attempt, as the journal kept it.
fn request(bench: &Bench, action: &Value, attempt: usize) -> String {
    let id = ActionId(action.as_str().unwrap().to_owned());
    String::from_utf8(store(bench).attempts(&id).unwrap()[attempt].request.clone()).unwrap()
}

/// The text of the `data` object of a body.
fn data(body: &str) -> &str {
    body.split_once("\"data\":").unwrap().1.strip_suffix('}').unwrap()
}

fn names(text: &str) -> Vec<&str> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once("\":"));
    lines.map(|(name, _)| name).collect()
}

fn executed(bench: &Bench) -> Vec<(String, String)> {
    let state = bench.sandbox().state();
    let refunds = state.ledger().iter().inspect(|refund| assert_eq!(refund.executed, 1, "{refund:?}"));
    refunds.map(|refund| (refund.out_refund_no.clone(), refund.amount_text.clone())).collect()
}

/// The rules that calls broke. Asking for a number that nobody has used is none.
fn broken_rules(bench: &Bench) -> Vec<Violation> {
    let asked = |one: &Violation| ["outRefundNo.known", "refundId.known"].contains(&one.rule.as_str());
    bench.sandbox().state().violations().iter().filter(|one| !asked(one)).cloned().collect()
}

fn number(ran: &Ran) -> String {
    ran.json()["outRefundNo"].as_str().unwrap_or_else(|| panic!("{ran:?}")).to_owned()
}

#[test]
fn from_a_refund_to_its_settling() {
    let bench = bench();
    let ran = send(&bench, "--case O1", "3000 IDR", &["--comments", "duplicate order"]);
    let fields = ["actionId", "outRefundNo", "state", "code", "msg", "refundTradeNo", "status"];
    assert_eq!(names(&ran.out), fields, "{ran:?}");
    let document = ran.json();
    let first = number(&ran);
    ran.good();
    assert_eq!(
        (&document["state"], &document["code"], &document["status"]),
        (&json!("accepted"), &json!("APPLY_SUCCESS"), &json!("REFUND_PENDING"))
    );
    assert!(first.len() == 30 && first.starts_with("DK") && first.ends_with("01"), "{first}");
    assert_eq!(executed(&bench), [(first.clone(), "3000".to_owned())]);
    let theirs = bench.sandbox().state().ledger().get(&first).unwrap().refund_trade_no.clone();
    assert_eq!(document["refundTradeNo"], theirs);

    let action = bench.line("journal --json").json()[0].clone();
    for (name, value) in [
        ("actionId", &document["actionId"]),
        ("kind", &json!("refund")),
        ("outRefundNo", &json!(first)),
        ("order", &json!("PO1")),
        ("amount", &json!("3000")),
        ("currency", &json!("IDR")),
        ("state", &json!("accepted")),
        ("status", &json!("REFUND_PENDING")),
        ("operator", &json!(me())),
        ("settledAt", &Value::Null),
    ] {
        assert_eq!(&action[name], value, "{name}");
    }
    let table = bench.line("journal").good();
    for part in ["accepted, not yet paid", "order PO1", "3,000.00 IDR", &first] {
        assert!(table.contains(part), "{part:?} in {table}");
    }
    assert!(!table.contains("refunded"), "taken is not paid: {table}");

    let entry = settle_until(&bench, "settled");
    for (name, value) in [
        ("outRefundNo", json!(first)),
        ("order", json!("PO1")),
        ("amount", json!("3000")),
        ("currency", json!("IDR")),
        ("status", json!("REFUND_SUCCESS")),
    ] {
        assert_eq!(entry[name], value, "{name} of {entry}");
    }
    let action = bench.line("journal --case O1 --json").json()[0].clone();
    assert_eq!((&action["state"], &action["status"]), (&json!("settled"), &json!("REFUND_SUCCESS")));
    assert!(action["settledAt"].is_string());
    assert_eq!(bench.line("settle").good(), "nothing to settle\n");
    assert!(bench.line("show O1").good().contains("3,000.00 IDR, refunded"));

    send(&bench, "--case O1", "2001 IDR", &[]).failed(2, "over by 1.00 IDR; 2,000.00 IDR are left");
    let second = send(&bench, "--trade-token TO1", "2000.00 IDR", &[]);
    assert_eq!(number(&second), format!("{}02", &first[..28]), "{second:?}");
    assert_eq!(executed(&bench).len(), 2);
    assert!(bench.line("journal --verify").good().contains("whole"));
    assert_eq!(broken_rules(&bench), []);
}

/// Settles until the one open refund stands like this, and returns what `settle --json` says of it.
fn settle_until(bench: &Bench, state: &str) -> Value {
    for _ in 0..3 {
        let ran = bench.line("settle --json");
        let entry = ran.json()["actions"][0].clone();
        if entry["state"] == state {
            return entry;
        }
        assert_eq!((ran.code, &entry["state"]), (0, &json!("accepted")), "{ran:?}");
    }
    panic!("the sandbox pays when it is asked the second time");
}

#[test]
fn a_dry_run_prints_the_bytes_that_leave_later() {
    let bench = bench();
    let more = ["--comments", "duplicate \"order\"", "--notify-url", "https://shop.example/r"];
    let text = bench.run(line("--order PO1", "10 IDR", &[more.as_slice(), &["--dry-run"]].concat())).good();
    let (body, sign) = text.split_once('\n').unwrap();
    assert_eq!(sign, "sign: <hidden>\n");
    let dry = bench.run(line("--order PO1", "10 IDR", &[more.as_slice(), &["--dry-run", "--json"]].concat()));
    let document = dry.json();
    assert_eq!((&document["state"], &document["actionId"]), (&json!("dry-run"), &Value::Null));
    assert_eq!((&document["request"]["version"], &document["sign"]), (&json!("1.5"), &json!("<hidden>")));
    assert_eq!((executed(&bench), bench.line("journal --json").json()), (vec![], json!([])));
    let sent = send(&bench, "--order PO1", "10 IDR", &more).json();
    assert_eq!(document["outRefundNo"], sent["outRefundNo"]);
    let left = request(&bench, &sent["actionId"], 0);
    assert_eq!(data(&left), data(body));
    assert!(data(body).contains("\"refundAmount\":10,"), "a number, not a text: {body}");
    assert_eq!(document["request"]["data"], serde_json::from_str::<Value>(data(body)).unwrap());
    assert!(bench.run(line("--order PO1", "10 IDR", &["--dry-run", "--read-only"])).code != 0);
}

#[test]
fn what_breaks_a_rule_touches_no_network() {
    let bench = bench();
    put(&bench, "O2", "CASE_CLOSED", &[]);
    let calls = *bench.calls.lock().unwrap();
    let long = "案".repeat(513);
    let yes = |sum: &'static str| ["--yes", "--expect", sum];
    let case = |sum: &str, more: &[&str]| line("--case O1", sum, more);
    for (words, code, what) in [
        (case("10 IDR", &[]), 2, "no terminal to ask on"),
        (case("10 IDR", &["--yes"]), 2, "--yes needs --expect"),
        (case("10 IDR", &yes("11 IDR")), 2, "--expect"),
        (case("10 IDR", &yes("10 USD")), 2, "--expect"),
        (case("10 IDR", &yes("10")), 2, "--expect"),
        (case("1,000 IDR", &yes("1000 IDR")), 2, "without grouping"),
        (case("1e3 IDR", &yes("1000 IDR")), 2, "exponent"),
        (case("-5 IDR", &yes("5 IDR")), 2, "without a sign"),
        (case("0 IDR", &yes("0 IDR")), 2, "the amount is zero"),
        (case("10.50 IDR", &yes("10.50 IDR")), 2, "IDR has no decimals"),
        (case("1.000 IDR", &yes("1.000 IDR")), 2, "a thousand times as much"),
        (case("10 idr", &yes("10 idr")), 2, "paid in IDR"),
        (case("10 USD", &yes("10 USD")), 2, "the order was paid in IDR"),
        (case("5001 IDR", &yes("5001 IDR")), 2, "over by 1.00 IDR"),
        (case("10 IDR", &["--comments", &long, "--dry-run"]), 2, "513 characters, 1 too many"),
        (case("10 IDR", &["--notify-url", "ftp://x", "--dry-run"]), 2, "https:// or http://"),
        (case("10 IDR", &["--email", "a@b.example", "--dry-run"]), 2, "--legacy"),
        (case("10 IDR", &["--legacy", "--comments", "x", "--dry-run"]), 5, "no legacy interface"),
        (case("10 IDR", &["--yes", "--expect", "10 IDR", "--read-only"]), 3, "READ_ONLY"),
        (line("--case O1 --order PO1", "10 IDR", &["--dry-run"]), 2, "cannot be used with"),
        (line("--case O2", "10 IDR", &["--dry-run"]), 2, "O2 is not on the list"),
        (line("--trade-token TO2", "10 IDR", &["--dry-run"]), 2, "no case with the trade token TO2"),
        (line("--order PO2", "10 idr", &["--dry-run"]), 2, "\"idr\" is no currency"),
    ] {
        bench.run(&words).failed(code, what);
    }
    bench.line("refund --amount 10 --currency IDR --dry-run").failed(2, "required arguments");
    let all = bench.run(case("1,000 IDR", &["--comments", &long, "--notify-url", "x", "--dry-run"]));
    all.failed(2, "the refund breaks 3 rules, so nothing was sent");
    assert_eq!(*bench.calls.lock().unwrap(), calls, "not even a question");
    assert!(bench.run(line("--trade-token TO2", "1 IDR", &["--dry-run"])).err.contains("--order"));
    assert_eq!((executed(&bench), bench.line("journal --json").json()), (vec![], json!([])));
    assert_eq!(broken_rules(&bench), []);
}

#[test]
fn a_sum_is_confirmed_by_its_value() {
    let bench = bench();
    let words = line("--case O1", "5000.00 IDR", &["--yes", "--expect", " 5000  IDR", "--json"]);
    let ran = bench.run(words);
    assert_eq!((ran.code, executed(&bench).len()), (0, 1), "{ran:?}");
    assert_eq!(executed(&bench)[0].1, "5000");
}

#[test]
fn an_order_that_is_not_on_the_list_is_warned_about() {
    let bench = Bench::new();
    put(&bench, "O1", "DISPUTE_INQUIRY", &[]);
    let ran = send(&bench, "--order PO1", "3000 IDR", &[]);
    assert_eq!((ran.code, executed(&bench).len()), (0, 1), "{ran:?}");
    assert!(ran.err.starts_with("warning: no case of order PO1 is on the list"), "{ran:?}");
    let of_nobody = send(&bench, "--order P404", "3000 IDR", &[]);
    of_nobody.failed(3, "ORDER_NOT_EXIST");
}

#[test]
fn a_case_that_was_never_fetched_is_fetched_first() {
    let bench = Bench::new();
    put(&bench, "O1", "CASE_CLOSED", &[]);
    bench.line("track O1").good();
    send(&bench, "--case O1", "10 USD", &[]).failed(2, "paid in IDR");
    let ran = send(&bench, "--case O1", "3000 IDR", &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    bench.faults("http-503@refundQuery");
    put(&bench, "O2", "CASE_CLOSED", &[]);
    bench.line("track O2").good();
    send(&bench, "--case O2", "10 IDR", &[]).failed(3, "");
    assert_eq!(executed(&bench).len(), 1, "who cannot ask does not send");
}

#[test]
fn a_person_reads_one_page_and_types_the_sum() {
    let bench = Bench::new();
    put(&bench, "O1", "DISPUTE_INQUIRY", &[]);
    on_list(&bench);
    let line = "refund --case O1 --amount 3000 --currency IDR --comments goodwill";
    for answer in ["", "y", "3000", "IDR 3000", "3,000.00 IDR", "3001 IDR"] {
        let (code, screen) = on_a_terminal(&bench, line, answer);
        assert_eq!(code, 1, "{screen}");
        assert!(screen.contains("not confirmed, so nothing was sent"), "{screen}");
    }
    let (code, screen) = typed_ahead(&bench, line, "3000.00 IDR\n", "");
    assert_eq!(code, 1, "what was typed before the question is no answer to it: {screen}");
    assert_eq!(executed(&bench), []);
    let (code, screen) = on_a_terminal(&bench, line, "3000.00 IDR");
    assert_eq!(code, 0, "{screen}");
    for part in [
        "Refund 3,000.00 IDR of order PO1, profile test (custom)",
        "from the balance of merchant P01",
        "case O1: DISPUTE_INQUIRY, 5,000.00 IDR frozen",
        "order 5,000.00 IDR, refunded 0.00, left 5,000.00; 2,000.00 after this",
        "20 days ago; 160 days of 180 left",
        "8,000.00 IDR could be lost in all",
        "comment: goodwill",
        "cannot be taken back",
        "accepted, not yet paid: 3,000.00 IDR of order PO1",
    ] {
        assert!(screen.contains(part), "{part:?} in {screen}");
    }
    assert_eq!(executed(&bench).len(), 1);
}

#[test]
fn hostile_text_of_an_order_reaches_no_terminal() {
    let bench = Bench::new();
    let hostile = "P\u{1b}[2J\u{202e}\u{9b}x";
    put(&bench, "O1", "DISPUTE_INQUIRY\u{1b}[2J", &[(Field::OutTradeNo, hostile)]);
    on_list(&bench);
    let sum = ["--yes", "--expect", "10 IDR", "--although-open"];
    let mut runs = vec![
        bench.run(line("--case O1", "10 IDR", &["--dry-run"])),
        bench.run(line("--case O1", "10 IDR", &["--dry-run", "--json"])),
        bench.run(line("--case O1", "10 IDR", &sum)),
        bench.run(line("--case O1", "10 IDR", &[sum.as_slice(), &["--json"]].concat())),
    ];
    for words in ["journal", "journal --csv", "journal --json", "settle", "settle --json", "show O1"] {
        runs.push(bench.line(words));
    }
    for ran in runs {
        let bad = |text: &str| text.chars().find(|&c| c != '\n' && shown::is_hostile(c));
        assert_eq!((bad(&ran.out), bad(&ran.err)), (None, None), "{ran:?}");
    }
    assert_eq!(executed(&bench).len(), 1, "and it went out as it was received");
}
