//! Refunding an order through the legacy interface, with both ways of signing.

use std::sync::Arc;

use docket::domain::action::{State, verdict};
use docket::domain::fault::{Fault, Signature};
use docket::domain::refund::{Fate, Refund, Road};
use docket::gateway::{LegacyGateway, LegacyScheme, LegacySettings, PrivateKey, Refunds, road_of};
use docket::sandbox::{Faults, LegacyAccount, LegacySign, Merchant, RefundEnding, Sandbox};
use secrecy::SecretString;

use crate::refunds::{ORDER, TROUBLE, meets, number, paid, patience, refund, send};
use crate::support::{NOW, PAIR, gateway_key, merchant, settings};

const BOTH: [LegacySign; 2] = [LegacySign::RsaHeader, LegacySign::Md5Body];

fn account(sign: LegacySign) -> Merchant {
    let account = LegacyAccount { merchant_id: "SP12345678".into(), sign, secret: "s3cret".into() };
    Merchant { legacy: Some(account), ..merchant() }
}

fn scheme(sign: LegacySign, secret: &str) -> LegacyScheme {
    match sign {
        LegacySign::RsaHeader => LegacyScheme::RsaHeader,
        LegacySign::Md5Body => LegacyScheme::Md5Body(SecretString::from(secret)),
    }
}

fn gateway(sandbox: &Sandbox, sign: LegacyScheme) -> LegacyGateway {
    let own = settings(sandbox.base_url());
    let settings = LegacySettings {
        url: sandbox.legacy_url(),
        merchant_id: "SP12345678".into(),
        sign,
        connect_timeout: own.connect_timeout,
        timeout: own.timeout,
        network: own.network,
    };
    let key = PrivateKey::parse(&PAIR.merchant_pem).unwrap();
    LegacyGateway::new(settings, key, gateway_key(), Arc::new(|| NOW)).unwrap()
}

fn refunds(sandbox: &Sandbox, sign: LegacySign) -> Refunds {
    Refunds::legacy(gateway(sandbox, scheme(sign, "s3cret")))
}

fn whole_order() -> Refund {
    Refund { comment: Some("returned".into()), road: Road::Legacy, ..refund("5000.00", "IDR") }
}

#[tokio::test]
async fn a_legacy_refund_runs_once_and_is_asked_for_in_both_schemes() {
    for sign in BOTH {
        let sandbox = paid(account(sign), "5000.00", "IDR").await;
        let refunds = refunds(&sandbox, sign);
        let full = Refund {
            comment: Some("sent \"twice\" & more = 案\n".into()),
            notify_url: Some("https://shop.example/n?a=1&b=2".into()),
            email: Some("ana@shop.example".into()),
            ..whole_order()
        };
        let sent = send(&refunds, &full, 1).await;
        assert_eq!(sent.exchange.signature, Some(Signature::Valid), "{sign:?}");
        assert_eq!(sent.outcome.unwrap().status, "REFUND_PENDING");
        assert_eq!(road_of(&sent.exchange.request), Road::Legacy);
        assert_eq!(sandbox.state().violations(), []);
        refunds.query(&number(1)).await.unwrap();
        let found = refunds.query(&number(1)).await.unwrap().value;
        assert_eq!(Fate::of_status(&found.status), Some(Fate::Paid));
        assert_eq!((found.amount, found.currency.as_deref()), (Some(5000.into()), Some("IDR")));
        assert_eq!((found.order.as_deref(), found.refund_trade_no), (Some(ORDER), None));
        let again = send(&refunds, &full, 1).await.outcome.unwrap_err();
        assert_eq!((again.code().as_str(), verdict(&again)), ("2000", State::Unknown));
        let state = sandbox.state();
        assert!(state.ledger().len() == 1 && state.ledger().iter().all(|done| done.executed == 1));
    }
}

#[tokio::test]
async fn a_legacy_refund_that_fails_says_why() {
    for sign in BOTH {
        let sandbox = paid(account(sign), "5000.00", "IDR").await;
        sandbox.state().ledger_mut().end_next(RefundEnding::FailsAtOnce);
        let answer = send(&refunds(&sandbox, sign), &whole_order(), 1).await.outcome.unwrap();
        assert_eq!(answer.status, "REFUND_FAILED");
        assert_eq!(answer.result_msg.as_deref(), Some("PAYMENT_FAILED: the provider refused the refund"));
    }
}

#[tokio::test]
async fn a_refusal_of_the_legacy_interface_is_certain_and_names_the_remedy() {
    for sign in BOTH {
        let sandbox = paid(account(sign), "5000.00", "IDR").await;
        let refunds = refunds(&sandbox, sign);
        let part = Refund { road: Road::Legacy, comment: Some("x".into()), ..refund("4000", "IDR") };
        let fault = send(&refunds, &part, 1).await.outcome.unwrap_err();
        assert_eq!((fault.code().as_str(), verdict(&fault)), ("1000", State::Refused));
        assert_ne!(fault.hint(), "look the code up with PayerMax");
        let signature = if sign == LegacySign::RsaHeader { Signature::Valid } else { Signature::Absent };
        assert!(matches!(fault, Fault::Refused { signature: told, .. } if told == signature), "{fault:?}");
        assert_eq!(refunds.query(&number(1)).await.unwrap_err().code(), "1000");
        assert!(sandbox.state().ledger().is_empty());
    }
}

#[tokio::test]
async fn a_mix_up_of_schemes_or_secrets_is_refused_and_moves_nothing() {
    for (sign, client) in [
        (LegacySign::Md5Body, scheme(LegacySign::Md5Body, "another")),
        (LegacySign::Md5Body, LegacyScheme::RsaHeader),
        (LegacySign::RsaHeader, scheme(LegacySign::Md5Body, "s3cret")),
    ] {
        let sandbox = paid(account(sign), "5000.00", "IDR").await;
        let refunds = Refunds::legacy(gateway(&sandbox, client));
        let fault = send(&refunds, &whole_order(), 1).await.outcome.unwrap_err();
        assert!(["1000", "3000"].contains(&fault.code().as_str()), "{fault:?}");
        assert_eq!(verdict(&fault), State::Refused, "{fault}");
        assert!(sandbox.state().ledger().is_empty());
    }
    let nobody = paid(merchant(), "5000.00", "IDR").await;
    let refunds = refunds(&nobody, LegacySign::RsaHeader);
    let fault = send(&refunds, &whole_order(), 1).await.outcome.unwrap_err();
    assert!(fault.code() == "3000" && fault.concerns_every_case(), "{fault:?}");
}

#[tokio::test]
async fn no_misbehaviour_makes_a_success_or_a_second_legacy_refund() {
    for sign in BOTH {
        for (flag, code, executed) in TROUBLE {
            // A legacy call carries no time, and the limiter before it speaks the words of the present gateway.
            let code = match code {
                "REQ_TIME_OVER_TIME" => continue,
                "TOO_MANY_REQUEST" => "HTTP_429",
                code => code,
            };
            let sandbox = paid(account(sign), "5000.00", "IDR").await;
            let gateway = gateway(&sandbox, scheme(sign, "s3cret")).with_refund_limit(patience(code));
            meets(&sandbox, &Refunds::legacy(gateway), &whole_order(), (flag, code, executed)).await;
        }
    }
}

#[tokio::test]
async fn hostile_text_is_harmless_in_the_header_scheme_and_unbelieved_in_the_other() {
    for sign in BOTH {
        let sandbox = paid(account(sign), "5000.00", "IDR").await;
        sandbox.set_faults(Faults::parse("hostile(all)").unwrap());
        let outcome = send(&refunds(&sandbox, sign), &whole_order(), 1).await.outcome;
        match sign {
            LegacySign::RsaHeader => assert_eq!(outcome.unwrap().status, "REFUND_PENDING"),
            // The sandbox changes the data after its sign was made.
            LegacySign::Md5Body => assert_eq!(outcome, Err(Fault::Unverified(Signature::Wrong))),
        }
    }
}
