//! One goodwill refund and the trap, key by key: an order under dispute is not refunded, another one is, once, although
//! the line drops before the answer.

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::journeys::{Morning, took_no_more_keys_than};
use crate::pty::Pty;

fn text<'v>(case: &'v Value, field: &str) -> &'v str {
    case[field].as_str().unwrap_or_default()
}

/// Whole units of the order's amount.
fn paid(case: &Value) -> u64 {
    text(case, "originTradeAmount").split('.').next().unwrap().parse().unwrap_or(0)
}

/// Whether a payment is well within the 180 days.
fn is_recent(at: &str) -> bool {
    let at = OffsetDateTime::parse(at, &Rfc3339).unwrap();
    OffsetDateTime::now_utc() - at < Duration::days(170)
}

/// A closed case whose order nobody disputes any more.
fn refundable(cases: &[Value]) -> &Value {
    let disputed = |order: &str| {
        cases.iter().any(|case| text(case, "outTradeNo") == order && text(case, "stage") != "closed")
    };
    let fits = |case: &&Value| {
        text(case, "stage") == "closed"
            && !disputed(text(case, "outTradeNo"))
            && paid(case) > 100
            && is_recent(text(case, "tradeCreateTime"))
    };
    cases.iter().find(fits).unwrap()
}

#[test]
fn a_disputed_order_is_not_refunded_and_a_dropped_line_costs_nothing() {
    // The first refund is the colleague's; before the answer to the second one the line drops.
    let morning = Morning::with_faults("drop-after@refund=every-2");
    morning.home.append(
        "config.toml",
        "\n[policy]\nrefund_open_case = \"block\"\n\n[refunds]\npause_s = 1\nreasons = [\"duplicate\", \"fraudulent\", \
         \"requested by customer\"]\n",
    );
    let cases = morning.json(&["export", "--json"]);
    let due = cases.iter().find(|case| text(case, "stage") == "due").unwrap();
    let closed = refundable(&cases);
    let (order, currency) = (text(closed, "outTradeNo"), text(closed, "originTradeCurrency"));
    let expect = format!("40 {currency}");
    let colleague =
        ["refund", "--order", order, "--amount", "40", "--currency", currency, "--yes", "--expect"];
    let (done, told) = morning.run(&[&colleague[..], &[&expect, "--json"]].concat());
    assert!(done, "{told}");
    // Pending when it is asked for first, paid at the second time.
    morning.run(&["settle"]);
    assert!(morning.run(&["settle"]).0);

    let mut pty = Pty::desk(&morning.home, 40, 120);
    the_trap(&mut pty, text(due, "outTradeNo"));
    one_refund(&mut pty, order, paid(closed), currency);
    the_portal_knows(&mut pty);
    assert_eq!(pty.exit_code(), Some(0));
    took_no_more_keys_than(&pty, "F2", &the_page(text(due, "outTradeNo"), order, paid(closed), currency));

    let journal = morning.json(&["journal", "--json"]);
    let of_order: Vec<&Value> = journal.iter().filter(|entry| entry["order"] == order).collect();
    let numbers: Vec<&str> = of_order.iter().map(|entry| text(entry, "outRefundNo")).collect();
    assert!(numbers.len() == 2 && numbers[0].ends_with("01") && numbers[1].ends_with("02"), "{numbers:?}");
    assert!(of_order.iter().all(|entry| entry["state"] == "settled"), "{of_order:#?}");
    assert!(morning.run(&["journal", "--verify"]).0);
    let log = morning.end();
    let refunds = log.lines().filter(|line| line.contains(" refund ")).count();
    assert_eq!(refunds, 2, "each refund leaves once, and none for the order under dispute:\n{log}");
}

/// The page's keys, with this morning's orders and amounts. It leaves out how one gets from a case to the next (back, the
/// closed ones, another filter), from the field of the amount to the reasons, and from the answer to the journal.
fn the_page(disputed: &str, order: &str, paid: u64, currency: &str) -> String {
    let (another, reasons, journal) = ("q4\x15", "\t", "\x1bq7");
    let amount = paid.to_string();
    let change = "\x7f".repeat(amount.len());
    [
        &format!("/{disputed}\r\r$wvalid claim, below limit\r"),
        another,
        &format!("/{order}\r\r${amount}{change}30"),
        reasons,
        &format!("3s30.00 {currency}\r"),
        journal,
        "mpaid\rq",
    ]
    .concat()
}

/// The order is under dispute and the policy blocks it: the operator gives the case up instead.
fn the_trap(pty: &mut Pty, order: &str) {
    pty.wait_for("TODAY");
    pty.type_in(&format!("/{order}\r"));
    pty.wait_for("1/");
    pty.type_in("\r");
    pty.wait_for("As received");
    pty.type_in("$");
    pty.wait_for("This order is under dispute");
    pty.wait_for("refund_open_case");
    pty.slip("c");
    pty.wait_for("blocked by");
    pty.type_in("w");
    pty.wait_for("won't contest");
    pty.type_in("valid claim, below limit\r");
    pty.wait_for("valid claim, below limit");
    pty.type_in("q");
}

/// Too much, then the right sum; Enter and a paste confirm nothing; the line drops, and the order is blocked.
fn one_refund(pty: &mut Pty, order: &str, paid: u64, currency: &str) {
    pty.type_in("4");
    pty.wait_for("[4 Closed");
    pty.type_in(&format!("/\x15{order}\r"));
    pty.wait_for("1/");
    pty.type_in("\r");
    pty.wait_for("As received");
    pty.type_in("$");
    pty.wait_for("elsewhere: none found");
    pty.wait_for("40.00");
    pty.type_in(&paid.to_string());
    pty.wait_for("over by");
    pty.slip("\x18");
    pty.wait_for("cannot be sent yet");
    pty.type_in("\x1530\t3");
    pty.wait_for("[3 requested by customer]");
    pty.type_in("\x18");
    pty.wait_for(&format!("type 30.00 {currency}"));
    // Enter alone sends nothing, nor does a paste.
    pty.slip("\r\r");
    pty.wait_for("nothing was sent");
    pty.slip(&format!("\x1b[200~30.00 {currency}\x1b[201~"));
    pty.wait_for("a paste confirms nothing");
    pty.confirm(&format!("30.00 {currency}"));
    pty.type_in("\r");
    pty.wait_for("UNKNOWN");
    pty.type_in("\x1b");
    pty.wait_for("As received");
    pty.slip("$");
    pty.wait_for("outcome unknown");
}

/// What the merchant portal shows is written down by hand.
fn the_portal_knows(pty: &mut Pty) {
    pty.type_in("q7");
    pty.wait_for("[7 Journal]");
    pty.type_in("m");
    pty.wait_for("not paid or failed?");
    pty.slip("not paid\r");
    pty.wait_for("too early");
    pty.slip("\x15");
    pty.type_in("paid\r");
    pty.wait("the outcome is known", |screen| !screen.contents().contains("outcome unknown"));
    pty.type_in("q");
}

/// A desk under a shell, with a refund on its confirm page and its amount typed.
fn confirmed_under_a_shell(morning: &Morning) -> Pty {
    let cases = morning.json(&["export", "--json"]);
    let closed = refundable(&cases);
    let (order, currency) = (text(closed, "outTradeNo"), text(closed, "originTradeCurrency"));
    let script = "set -m; DOCKET; echo 'shell has it'; read go; fg >/dev/null; echo 'all over'; read go";
    let mut pty = Pty::shell(&morning.home, 40, 120, script);
    pty.wait_for("TODAY");
    pty.type_in(&format!("5/order:{order}\r"));
    pty.wait_for(&format!("order:{order}"));
    pty.type_in("\r");
    pty.wait_for("As received");
    pty.type_in("$");
    pty.wait_for("elsewhere: none found");
    pty.type_in("30\t3\t\x18");
    pty.wait_for(&format!("type 30.00 {currency}"));
    pty.confirm(&format!("30.00 {currency}"));
    pty
}

#[test]
fn a_stop_from_outside_ends_the_pause_before_a_refund() {
    let morning = Morning::with_faults("");
    morning.home.append("config.toml", "\n[refunds]\npause_s = 60\n");
    let mut pty = confirmed_under_a_shell(&morning);
    pty.type_in("\r");
    pty.wait_for("sending in");
    pty.signal("TSTP");
    pty.wait_for("shell has it");
    pty.type_in("\r");
    pty.wait_for("stopped; nothing was sent");
    pty.type_in("\x18");
    pty.wait_for("type 30.00");
    let log = morning.end();
    assert!(!log.lines().any(|line| line.contains(" refund ")), "{log}");
}

#[test]
fn a_stop_from_outside_waits_for_a_refund_that_is_on_its_way() {
    let morning = Morning::with_faults("latency(4000)@refund");
    morning.home.append("config.toml", "\n[refunds]\npause_s = 0\n");
    let mut pty = confirmed_under_a_shell(&morning);
    pty.type_in("\r");
    pty.wait_for("on its way; waiting for the answer");
    pty.signal("TSTP");
    pty.wait_for("wait for its answer first");
    pty.wait_for("accepted, not yet paid");
    pty.signal("TSTP");
    pty.wait_for("shell has it");
    morning.end();
}
