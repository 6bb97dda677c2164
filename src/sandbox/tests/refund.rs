//! `refund` and `refundQuery`: their rules, and that money moves once.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::support::{Bench, Seen, bench, envelope};
use crate::domain::case::Field;
use crate::sandbox::{Endpoint, RefundEnding, RefundStatus};

const REFUND: Endpoint = Endpoint::Refund;
const QUERY: Endpoint = Endpoint::RefundQuery;
const PARAMS: &str = "PARAMS_INVALID";

fn refund(number: &str, amount: u32) -> Value {
    json!({"outRefundNo": number, "refundAmount": amount, "refundCurrency": "IDR", "outTradeNo": "order-O1"})
}

fn with(name: &str, value: Value) -> Value {
    let mut data = refund("R1", 1000);
    data[name] = value;
    data
}

async fn open_bench() -> Bench {
    let bench = bench().await;
    bench.put("O1", |_| {});
    bench.put("USD1", |case| {
        case.set(Field::OriginTradeAmount, Some("10.10".into()));
        case.set(Field::OriginTradeCurrency, Some("USD".into()));
    });
    bench
}

#[tokio::test]
async fn each_rule_of_a_refund_is_enforced() {
    let bench = open_bench().await;
    bench.put("OLD", |case| case.set(Field::TradeCreateTime, Some("2026-05-24T03:59:59.000Z".into())));
    let neither = json!({"outRefundNo": "R1", "refundAmount": 1, "refundCurrency": "IDR"});
    for (data, code, rule) in [
        (with("outRefundNo", Value::Null), PARAMS, "outRefundNo.required"),
        (with("outRefundNo", json!("R".repeat(65))), PARAMS, "outRefundNo.max-length"),
        (with("refundAmount", Value::Null), PARAMS, "refundAmount.required"),
        (with("refundAmount", json!("1000")), PARAMS, "refundAmount.type"),
        (with("refundCurrency", json!("IDRX")), PARAMS, "refundCurrency.max-length"),
        (with("refundCurrency", json!("XXX")), "CURRENCY_INVALID", "refundCurrency.listed"),
        (with("refundCurrency", json!("idr")), "CURRENCY_INVALID", "refundCurrency.listed"),
        (with("refundCurrency", json!("USD")), "CURRENCY_INVALID", "refundCurrency.of-order"),
        (with("outTradeNo", json!("o".repeat(65))), PARAMS, "outTradeNo.max-length"),
        (with("tradeToken", json!("T".repeat(65))), PARAMS, "tradeToken.max-length"),
        (with("comments", json!("案".repeat(513))), PARAMS, "comments.max-length"),
        (
            with("refundNotifyUrl", json!(format!("https://{}", "x".repeat(249)))),
            PARAMS,
            "refundNotifyUrl.max-length",
        ),
        (with("refundNotifyUrl", json!("mailto:a@b")), PARAMS, "refundNotifyUrl.http"),
        (with("refundType", json!(1)), PARAMS, "data.unknown-field"),
        (neither, PARAMS, "outTradeNo.order-or-token"),
        (with("outTradeNo", json!("order-404")), "ORDER_NOT_EXIST", "outTradeNo.known"),
        (with("tradeToken", json!("T-404")), "ORDER_NOT_EXIST", "tradeToken.known"),
        (with("tradeToken", json!("T-USD1")), PARAMS, "tradeToken.same-order"),
        (with("outTradeNo", json!("order-OLD")), "ORDER_CLOSED", "order.180-days"),
        (with("refundAmount", json!(5001)), "AMOUNT_INVALID", "refundAmount.refundable-remainder"),
    ] {
        bench.refuses(REFUND, data, code, rule).await;
    }
    assert!(bench.sandbox.state().ledger().is_empty(), "a refused refund moves nothing");
    bench.put("EDGE", |case| case.set(Field::TradeCreateTime, Some("2026-05-24T04:00:00.000Z".into())));
    let mut data = with("comments", json!("案".repeat(512)));
    data["outTradeNo"] = json!("order-EDGE");
    data["tradeToken"] = json!("T-EDGE");
    bench.takes(REFUND, data).await;
}

/// A refund whose amount is written with exactly these characters.
async fn refund_raw(bench: &Bench, amount: &str, currency: &str, order: &str) -> Seen {
    let mut data = refund("R9", 0);
    data["refundCurrency"] = json!(currency);
    data["outTradeNo"] = json!(order);
    let body = envelope(&data).to_string();
    let raw = body.replace("\"refundAmount\":0", &format!("\"refundAmount\":{amount}"));
    assert!(raw.contains(&format!("\"refundAmount\":{amount},")), "{raw}");
    bench.raw(REFUND, &raw).await.unwrap()
}

#[tokio::test]
async fn the_amount_is_read_as_it_was_written() {
    let bench = open_bench().await;
    let (rupiah, dollar) = (("IDR", "order-O1"), ("USD", "order-USD1"));
    for (amount, (currency, order), rule) in [
        ("1e3", rupiah, "plain"),
        ("1E3", rupiah, "plain"),
        ("1000.00", rupiah, "decimals"),
        ("1000.5", rupiah, "decimals"),
        ("10.100", dollar, "decimals"),
        ("0", rupiah, "positive"),
        ("0.00", dollar, "positive"),
        ("-1", rupiah, "positive"),
        ("123456789012345678901", rupiah, "digits"),
    ] {
        let seen = refund_raw(&bench, amount, currency, order).await;
        bench.is_refusal(&seen, "AMOUNT_INVALID", &format!("refundAmount.{rule}"), amount);
    }
    let seen = refund_raw(&bench, "10.10", "USD", "order-USD1").await;
    assert_eq!(seen.code(), "APPLY_SUCCESS");
    let seen = bench.call(QUERY, json!({"outRefundNo": "R9"})).await;
    assert!(
        String::from_utf8(seen.body).unwrap().contains("\"refundAmount\":10.10,"),
        "digits come back unchanged"
    );
}

#[tokio::test]
async fn the_decimals_of_the_page_hold_for_its_exceptions() {
    let bench = open_bench().await;
    for (currency, right, wrong) in
        [("KWD", "1.25", "1.250"), ("TWD", "12", "12.0"), ("JPY", "12", "12.5"), ("INR", "1.5", "1.555")]
    {
        bench.put(currency, |case| case.set(Field::OriginTradeCurrency, Some(currency.into())));
        let order = format!("order-{currency}");
        let seen = refund_raw(&bench, wrong, currency, &order).await;
        bench.is_refusal(&seen, "AMOUNT_INVALID", "refundAmount.decimals", currency);
        let seen = refund_raw(&bench, right, currency, &order).await;
        assert_ne!(seen.code(), "AMOUNT_INVALID", "{currency}");
    }
}

#[tokio::test]
async fn a_refund_runs_once_and_ends_with_the_second_query() {
    let bench = open_bench().await;
    let data = bench.takes(REFUND, refund("R1", 2000)).await;
    assert_eq!((&data["outRefundNo"], &data["status"]), (&json!("R1"), &json!("REFUND_PENDING")));
    bench.refuses(REFUND, refund("R1", 2000), "ORDER_REPEAT", "outRefundNo.unused").await;
    bench.refuses(REFUND, refund("R1", 3000), "ORDER_REPEAT", "outRefundNo.unused").await;
    bench.refuses(REFUND, refund("R2", 1), "PAYMENT_PROCESSING", "order.one-refund-at-a-time").await;
    let trade_no = data["refundTradeNo"].clone();
    for (asked, status) in [
        (json!({"outRefundNo": "R1"}), "REFUND_PENDING"),
        (json!({"refundTradeNo": trade_no}), "REFUND_SUCCESS"),
        (json!({"outRefundNo": "R1", "refundTradeNo": trade_no}), "REFUND_SUCCESS"),
    ] {
        let data = bench.takes(QUERY, asked).await;
        assert_eq!((&data["status"], &data["outTradeNo"]), (&json!(status), &json!("order-O1")));
        assert_eq!(data["refundFinishTime"].is_null(), status == "REFUND_PENDING");
    }
    bench.refuses(REFUND, refund("R2", 3001), "AMOUNT_INVALID", "refundAmount.refundable-remainder").await;
    bench.takes(REFUND, refund("R2", 3000)).await;
    let state = bench.sandbox.state();
    let first = state.ledger().get("R1").unwrap();
    assert_eq!((first.executed, first.received, first.amount), (1, 3, Decimal::from(2000)));
    assert_eq!(state.ledger().refunded("order-O1"), Decimal::from(5000));
}

#[tokio::test]
async fn a_query_needs_a_number_that_is_known() {
    let bench = open_bench().await;
    bench.takes(REFUND, refund("R1", 1)).await;
    for (data, code, rule) in [
        (json!({}), PARAMS, "outRefundNo.either-number"),
        (json!({"outRefundNo": "R".repeat(65)}), PARAMS, "outRefundNo.max-length"),
        (json!({"outRefundNo": "R404"}), "ORDER_NOT_EXIST", "outRefundNo.known"),
        (json!({"refundTradeNo": "404"}), "ORDER_NOT_EXIST", "refundTradeNo.known"),
        (json!({"refundNo": "R1"}), PARAMS, "data.unknown-field"),
    ] {
        bench.refuses(QUERY, data, code, rule).await;
    }
}

#[tokio::test]
async fn a_failed_refund_gives_order_and_balance_back() {
    let bench = open_bench().await;
    bench.sandbox.state().ledger_mut().set_balance("IDR", Decimal::from(4000));
    bench.refuses(REFUND, refund("R0", 4001), "REFUND_INSUFFICIENT_BALANCE", "refundAmount.balance").await;
    bench.sandbox.state().ledger_mut().end_next(RefundEnding::FailsAtOnce);
    assert_eq!(bench.takes(REFUND, refund("R1", 4000)).await["status"], "REFUND_FAILED");
    bench.sandbox.state().ledger_mut().end_next(RefundEnding::FailsLater);
    assert_eq!(bench.takes(REFUND, refund("R2", 4000)).await["status"], "REFUND_PENDING");
    bench.takes(QUERY, json!({"outRefundNo": "R2"})).await;
    let data = bench.takes(QUERY, json!({"outRefundNo": "R2"})).await;
    assert_eq!((&data["status"], &data["resultMsg"]), (&json!("REFUND_FAILED"), &json!("PAYMENT_FAILED")));
    bench.sandbox.state().ledger_mut().end_next(RefundEnding::Paid);
    bench.takes(REFUND, refund("R3", 4000)).await;
    assert_eq!(bench.sandbox.state().ledger().get("R1").unwrap().status, RefundStatus::Failed);
}

#[tokio::test]
async fn many_at_once_under_one_number_move_money_once() {
    let bench = open_bench().await;
    let calls: Vec<_> = (0..16).map(|_| bench.call(REFUND, refund("R1", 5000))).collect();
    let mut codes = Vec::new();
    for seen in futures_of(calls).await {
        codes.push(seen.code());
    }
    assert_eq!(codes.iter().filter(|code| *code == "APPLY_SUCCESS").count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| *code == "ORDER_REPEAT").count(), 15, "{codes:?}");
    assert_eq!(bench.sandbox.state().ledger().get("R1").unwrap().executed, 1);
}

/// Awaits all of them at the same time.
async fn futures_of<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.into_iter().map(Box::pin).map(|future| (future, None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in &mut waiting {
            if output.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *output = Some(value);
            }
        }
        let done = waiting.iter().all(|(_, output)| output.is_some());
        if done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    waiting.into_iter().filter_map(|(_, output)| output).collect()
}
