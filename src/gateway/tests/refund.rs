//! A refund on the wire: the digits that leave, how often, and what is believed of what comes back.

use std::time::Duration;

use pretty_assertions::assert_eq;
use rust_decimal::Decimal;

use super::merchant_public;
use super::stub::{Act, Stub, answer, gateway, settings, sign_line, signed};
use crate::domain::action::{State, may_pass, verdict};
use crate::domain::fault::{Fault, Signature};
use crate::domain::refund::{Refund, Road};
use crate::gateway::{RefundAnswer, RefundFound, Refunds, Sent, is_not_found, road_of};

pub(super) const NUMBER: &str = "DKLXXRONR2MKTSSNMOZZD2T3F3BC01";

pub(super) fn refund(amount: &str, currency: &str) -> Refund {
    Refund::plain("P1642410680681", amount, currency)
}

fn refunds(stub: &Stub) -> Refunds {
    Refunds::current(&stub.gateway().with_reply_limit(Duration::from_secs(30)), "1.5", "1.4")
}

async fn send(act: Act) -> Sent<RefundAnswer> {
    let refunds = refunds(&Stub::start(act));
    let signed = refunds.sign(&refunds.data(&refund("5000", "IDR"), NUMBER)).await.unwrap();
    refunds.send(signed, NUMBER).await
}

async fn query(act: Act) -> Result<RefundFound, Fault> {
    refunds(&Stub::start(act)).query(NUMBER).await.map(|answer| answer.value)
}

/// A signed success around `data`.
fn taken(data: &str) -> Act {
    signed(&format!(r#"{{"code":"APPLY_SUCCESS","msg":"","data":{data}}}"#))
}

/// The data of an answer: the number, and what else is said.
fn about(rest: &str) -> String {
    format!(r#"{{"outRefundNo":"{NUMBER}",{rest}}}"#)
}

#[test]
fn the_amount_leaves_as_a_bare_number_in_the_digits_of_its_currency() {
    let refunds = Refunds::current(&gateway(settings("http://127.0.0.1:1")), "1.5", "1.5");
    let data = |refund: &Refund| String::from_utf8(refunds.data(refund, NUMBER)).unwrap();
    for (amount, currency, digits) in [
        ("5000.00", "IDR", "5000"),
        ("10.10", "USD", "10.10"),
        ("0.05", "EUR", "0.05"),
        ("9007199254740993", "JPY", "9007199254740993"),
        ("999999999999999999.99", "USD", "999999999999999999.99"),
    ] {
        let expected = format!(
            r#"{{"outRefundNo":"{NUMBER}","refundAmount":{digits},"refundCurrency":"{currency}","outTradeNo":"P1642410680681"}}"#
        );
        assert_eq!(data(&refund(amount, currency)), expected);
    }
    let full = Refund {
        trade_token: Some("T1".into()),
        comment: Some("sent \"twice\"\n".into()),
        notify_url: Some("https://shop.example/n".into()),
        email: Some("only@legacy.example".into()),
        ..refund("10", "USD")
    };
    assert_eq!(
        data(&full),
        concat!(
            r#"{"outRefundNo":"DKLXXRONR2MKTSSNMOZZD2T3F3BC01","refundAmount":10.00,"refundCurrency":"USD","#,
            r#""outTradeNo":"P1642410680681","tradeToken":"T1","comments":"sent \"twice\"\n","#,
            r#""refundNotifyUrl":"https://shop.example/n"}"#
        )
    );
}

#[tokio::test]
async fn the_signed_bytes_are_the_sent_and_the_kept_bytes() {
    let stub = Stub::start(taken(&about(r#""status":"REFUND_PENDING""#)));
    let refunds = refunds(&stub);
    let data = refunds.data(&refund("5000", "IDR"), NUMBER);
    let ready = refunds.sign(&data).await.unwrap();
    assert_eq!(stub.requests().len(), 0, "signing sends nothing");
    assert_eq!(ready.body(), refunds.preview(&data).unwrap(), "the clock of this test stands still");
    let sent = refunds.send(ready.clone(), NUMBER).await;
    let seen = stub.requests().remove(0);
    assert_eq!((seen.body.as_slice(), sent.exchange.request.as_slice()), (ready.body(), ready.body()));
    let body = String::from_utf8(seen.body.clone()).unwrap();
    assert!(body.starts_with(r#"{"version":"1.5","keyVersion":"1","#), "{body}");
    let (_, tail) = body.split_once(r#""data":"#).unwrap();
    assert_eq!(tail.as_bytes().strip_suffix(b"}"), Some(data.as_slice()), "data goes in as it is");
    assert!(merchant_public().verify(&seen.body, seen.header("sign").unwrap()));
    assert!(seen.head.starts_with("POST /aggregate-pay/api/gateway/refund HTTP/1.1\r\n"), "{}", seen.head);
    assert!(!format!("{ready:?} {sent:?}").contains(seen.header("sign").unwrap()));
}

#[tokio::test]
async fn a_signed_answer_about_this_refund_is_believed() {
    let full = about(r#""tradeOrderNo":"O","refundTradeNo":" R 1 ","status":"REFUND_PENDING\t""#);
    let sent = send(taken(&full)).await;
    let expected = RefundAnswer {
        refund_trade_no: Some("R 1".into()),
        status: "REFUND_PENDING".into(),
        result_msg: None,
    };
    assert_eq!(sent.outcome, Ok(expected));
    assert_eq!((sent.exchange.http_status, sent.exchange.signature), (Some(200), Some(Signature::Valid)));
    let failed = send(taken(&about(r#""refundTradeNo":null,"status":"REFUND_FAILED","resultMsg":"closed""#)));
    let failed = failed.await.outcome.unwrap();
    assert_eq!((failed.status.as_str(), failed.result_msg.as_deref()), ("REFUND_FAILED", Some("closed")));
    assert_eq!(failed.refund_trade_no, None);
    let new_word = send(taken(&about(r#""status":"REFUND_ON_HOLD""#))).await;
    assert_eq!(new_word.outcome.unwrap().status, "REFUND_ON_HOLD", "the caller judges words");
}

/// What is no answer to a refund is none to a question about it either.
#[tokio::test]
async fn an_answer_that_does_not_say_how_this_refund_stands_is_garbled() {
    let own = about(r#""status":"REFUND_SUCCESS","outRefundNo":"DKX01""#);
    let broken = format!(r#"{{"outRefundNo":"{NUMBER}","status":"REFUND_"#);
    for (data, why) in [
        ("null", "it carries no refund"),
        ("[]", "in the refund, it is no JSON object"),
        ("{}", "it does not say which refund it describes"),
        (r#"{"outRefundNo":"DKX01","status":"REFUND_PENDING"}"#, "it answers for another refund"),
        (r#"{"outRefundNo":null,"status":"REFUND_PENDING"}"#, "it does not say which refund it describes"),
        (r#"{"outRefundNo":["x"],"status":"REFUND_PENDING"}"#, "`outRefundNo` is no plain value"),
        (&about(r#""status":null"#), "it gives the refund no status"),
        (&about(r#""status":" \t""#), "it gives the refund no status"),
        (&about(r#""refundTradeNo":"R1""#), "it gives the refund no status"),
        (&about(r#""status":{"is":"REFUND_SUCCESS"}"#), "`status` is no plain value"),
        (&about(r#""status":"REFUND_SUCCESS","refundTradeNo":[1]"#), "`refundTradeNo` is no plain value"),
        (&own, "in the refund, it gives `outRefundNo` twice"),
    ] {
        assert_eq!(send(taken(data)).await.outcome, Err(Fault::Garbled(why.into())), "{data}");
        assert_eq!(query(taken(data)).await, Err(Fault::Garbled(why.into())), "{data}");
    }
    for body in
        [r#"{"code":"APPLY_SUCCESS"}"#, &format!(r#"{{"code":"APPLY_SUCCESS","data":{broken}"#), "<p>"]
    {
        let sent = send(signed(body)).await;
        assert!(matches!(sent.outcome, Err(Fault::Garbled(_))), "{body}: {sent:?}");
        assert_eq!(sent.exchange.answer.as_deref(), Some(body.as_bytes()), "kept all the same");
    }
}

#[tokio::test]
async fn an_unsigned_success_is_no_success() {
    let body = format!(r#"{{"code":"APPLY_SUCCESS","data":{}}}"#, about(r#""status":"REFUND_SUCCESS""#));
    for (headers, signature) in
        [(vec![], Signature::Absent), (vec![sign_line(b"something else")], Signature::Wrong)]
    {
        let act = || Act::Write(answer("200 OK", &headers, body.as_bytes()));
        let sent = send(act()).await;
        assert_eq!(sent.outcome, Err(Fault::Unverified(signature)));
        assert_eq!(verdict(&Fault::Unverified(signature)), State::Unknown);
        assert_eq!(sent.exchange.answer.as_deref(), Some(body.as_bytes()));
        assert_eq!(query(act()).await, Err(Fault::Unverified(signature)));
    }
}

#[tokio::test]
async fn trouble_is_never_tried_again() {
    let redirect = answer("307 Temporary Redirect", &["Location: /elsewhere".into()], b"");
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"code\":".to_vec();
    for (act, code, state) in [
        (Act::WriteAndClose(Vec::new()), "DROPPED", State::Unknown),
        (Act::WriteAndClose(half), "DROPPED", State::Unknown),
        (Act::Write(answer("503 Service Unavailable", &[], b"<html>")), "HTTP_503", State::Unknown),
        (Act::Write(answer("429 Too Many Requests", &[], b"<html>")), "HTTP_429", State::Refused),
        (Act::Write(redirect), "HTTP_307", State::Unknown),
        (Act::Hold, "TIMED_OUT", State::Unknown),
    ] {
        let stub = Stub::start(act);
        // Long enough for a loaded machine to read an answer, short enough to wait for the one that never comes.
        let limit = Duration::from_secs(if code == "TIMED_OUT" { 2 } else { 30 });
        let refunds = Refunds::current(&stub.gateway().with_reply_limit(limit), "1.5", "1.5");
        let signed = refunds.sign(&refunds.data(&refund("5000", "IDR"), NUMBER)).await.unwrap();
        let fault = refunds.send(signed, NUMBER).await.outcome.unwrap_err();
        assert_eq!((fault.code().as_str(), verdict(&fault)), (code, state), "{fault}");
        assert_eq!(stub.requests().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn every_refund_has_a_connection_of_its_own_and_questions_share_one() {
    let stub = Stub::start(taken(&about(r#""status":"REFUND_PENDING""#)));
    let refunds = refunds(&stub);
    for _ in 0..2 {
        let signed = refunds.sign(&refunds.data(&refund("5000", "IDR"), NUMBER)).await.unwrap();
        refunds.send(signed, NUMBER).await.outcome.unwrap();
    }
    assert_eq!(stub.connections(), 2);
    for _ in 0..2 {
        refunds.query(NUMBER).await.unwrap();
    }
    assert_eq!((stub.requests().len(), stub.connections()), (4, 3));
    let question = stub.requests().remove(2);
    assert!(question.head.starts_with("POST /aggregate-pay/api/gateway/refundQuery HTTP/1.1\r\n"));
    let body = String::from_utf8(question.body).unwrap();
    assert!(body.starts_with(r#"{"version":"1.4","#), "{body}");
    assert!(body.ends_with(&format!(r#""data":{{"outRefundNo":"{NUMBER}"}}}}"#)), "{body}");
}

#[tokio::test]
async fn a_refund_that_is_found_keeps_every_word_it_came_with() {
    let data = about(concat!(
        r#""refundTradeNo":"R1","refundAmount":5000.0,"refundCurrency":"IDR","outTradeNo":"P1","#,
        r#""status":"REFUND_SUCCESS","resultMsg":"","refundFinishTime":"2022-01-17T09:20:54.047Z","new":[{}]"#
    ));
    let expected = RefundFound {
        out_refund_no: NUMBER.into(),
        refund_trade_no: Some("R1".into()),
        amount: Some(Decimal::from(5000)),
        total: None,
        currency: Some("IDR".into()),
        order: Some("P1".into()),
        status: "REFUND_SUCCESS".into(),
        result_msg: None,
        finished_at: Some("2022-01-17T09:20:54.047Z".into()),
    };
    assert_eq!(query(taken(&data)).await, Ok(expected));
    let sparse = query(taken(&about(r#""status":"\tREFUND_PENDING""#))).await.unwrap();
    assert_eq!((sparse.status.as_str(), sparse.amount, sparse.finished_at), ("REFUND_PENDING", None, None));
}

#[tokio::test]
async fn amounts_are_read_in_every_spelling_and_never_guessed() {
    let found = async |fields: &str| {
        query(taken(&about(&format!(r#"{fields},"status":"REFUND_SUCCESS""#))))
            .await
            .map(|found| (found.amount, found.total))
    };
    for (fields, amount) in [
        (r#""refundAmount":10.10"#, "10.10"),
        (r#""refundAmount":"10.10""#, "10.10"),
        (r#""refundAmount":1E+4"#, "10000"),
        (r#""refundAmount":999999999999999999.99"#, "999999999999999999.99"),
        (r#""totalAmount":"30.00""#, "30.00"),
        (r#""refundAmount":null,"totalAmount":30"#, "30"),
        (r#""refundAmount":" ","totalAmount":30"#, "30"),
        (r#""refundAmount":9007199254740993.01,"totalAmount":1"#, "9007199254740993.01"),
    ] {
        let expected = Decimal::from_str_exact(amount).unwrap();
        let is_total = fields.contains(r#""totalAmount":"30.00""#) || fields.ends_with(":30");
        let (amount, total) = if is_total { (None, Some(expected)) } else { (Some(expected), None) };
        assert_eq!(found(fields).await, Ok((amount, total)), "{fields}");
    }
    for fields in [
        r#""refundAmount":"5,000""#,
        r#""refundAmount":"IDR 5000""#,
        r#""refundAmount":true,"totalAmount":1"#,
        r#""refundAmount":1E+400"#,
    ] {
        assert_eq!(
            found(fields).await,
            Err(Fault::Garbled("`refundAmount` is no amount".into())),
            "{fields}"
        );
    }
    assert!(matches!(found(r#""refundAmount":{"v":1}"#).await, Err(Fault::Garbled(_))));
}

#[tokio::test]
async fn not_found_is_told_with_the_worth_of_its_signature() {
    let body = br#"{"code":"ORDER_NOT_EXIST","msg":"no such refund"}"#;
    let sign = || vec![sign_line(body)];
    for (status, headers, signature, counts) in [
        ("200 OK", sign(), Signature::Valid, true),
        ("200 OK", vec![], Signature::Absent, true),
        ("404 Not Found", sign(), Signature::Valid, true),
        ("500 Internal Server Error", sign(), Signature::Valid, false),
    ] {
        let fault = query(Act::Write(answer(status, &headers, body))).await.unwrap_err();
        assert_eq!(is_not_found(&fault), counts, "{status}");
        assert!(matches!(fault, Fault::Refused { signature: told, .. } if told == signature), "{status}");
    }
    let proxy = query(Act::Write(answer("404 Not Found", &[], b"<html>"))).await.unwrap_err();
    let busy = query(signed(r#"{"code":"SYSTEM_ERROR"}"#)).await.unwrap_err();
    assert!(!is_not_found(&proxy) && !is_not_found(&busy) && busy.may_pass());
}

#[tokio::test]
async fn codes_of_the_legacy_interface_prove_nothing_here() {
    for code in ["1000", "3000", "1072", "0000", "2000"] {
        let fault = send(signed(&format!(r#"{{"code":"{code}","msg":"x"}}"#))).await.outcome.unwrap_err();
        assert_eq!((fault.code().as_str(), verdict(&fault)), (code, State::Unknown), "{code}");
    }
    for (code, state) in [
        ("ORDER_REPEAT", State::Unknown),
        ("REFUND_NO_INVALID", State::Unknown),
        ("PAYMENT_PROCESSING", State::Unknown),
        ("REFUND_INSUFFICIENT_BALANCE", State::Refused),
        ("AMOUNT_INVALID", State::Refused),
    ] {
        let fault = send(signed(&format!(r#"{{"code":"{code}"}}"#))).await.outcome.unwrap_err();
        assert_eq!(verdict(&fault), state, "{code}");
        assert_eq!(may_pass(&fault), code == "REFUND_INSUFFICIENT_BALANCE", "{code}");
    }
}

#[tokio::test]
async fn bytes_of_the_other_road_or_of_none_never_leave() {
    let stub = Stub::start(Act::Hold);
    let refunds = refunds(&stub);
    for bytes in [&br#"{"bizType":"refundApply","refundId":"x"}"#[..], b"{", b"\xff", b""] {
        assert!(matches!(refunds.sign(bytes).await, Err(Fault::Signing(_))), "{bytes:?}");
        assert!(refunds.preview(bytes).is_err());
    }
    assert_eq!(stub.requests().len(), 0);
    assert_eq!(road_of(&refunds.data(&refund("1", "USD"), NUMBER)), Road::Current);
    let nobody = Refunds::current(&gateway(settings("http://127.0.0.1:1/")), "1.5", "1.5");
    let signed = nobody.sign(b"{}").await.unwrap();
    let sent = nobody.send(signed, NUMBER).await;
    assert!(matches!(sent.outcome, Err(Fault::Unsent(_))), "{sent:?}");
    assert!(!sent.exchange.request.is_empty() && sent.exchange.http_status.is_none());
}
