//! Every fault can be spelled, and seen from outside.

use serde_json::json;

use super::support::{Bench, NOW, Seen, bench, bench_with, merchant};
use crate::sandbox::{Endpoint, Fault, Faults, Hostile, When};

const SEARCH: Endpoint = Endpoint::CaseSearch;

#[test]
fn the_flag_spells_every_fault() {
    let always = |fault| Faults::none().with(fault, When::Always);
    for (text, faults) in [
        ("", Faults::none()),
        ("none", Faults::none()),
        ("latency=50", always(Fault::Latency { ms: 50, jitter_ms: 0 })),
        ("latency=50+20", always(Fault::Latency { ms: 50, jitter_ms: 20 })),
        (
            "latency(50+20)=every-3",
            Faults::none().with(Fault::Latency { ms: 50, jitter_ms: 20 }, When::Every(3)),
        ),
        ("drop-before=0.1", Faults::none().with(Fault::DropBefore, When::PerMillion(100_000))),
        ("drop-after=2", Faults::none().with(Fault::DropAfter, When::Next(2))),
        ("http-503=2", Faults::none().with(Fault::Status { status: 503, after: false }, When::Next(2))),
        ("http-502-after", always(Fault::Status { status: 502, after: true })),
        ("http-429(30)", always(Fault::RateLimit { retry_after_s: 30 })),
        ("truncated@refund=1", Faults::none().with_at(Endpoint::Refund, Fault::Truncated, When::Next(1))),
        ("foreign", always(Fault::Foreign)),
        ("oversized(8)", always(Fault::Oversized { mib: 8 })),
        ("missing-sign=always", always(Fault::MissingSign)),
        ("wrong-sign", always(Fault::WrongSign)),
        ("skew=-200", always(Fault::Skew { seconds: -200 })),
        (
            "redirect=http://127.0.0.1:9/x?a=b",
            always(Fault::Redirect { to: "http://127.0.0.1:9/x?a=b".into() }),
        ),
        (
            "hostile(bidi), hostile=1.0",
            always(Fault::Hostile(Hostile::Bidi))
                .with(Fault::Hostile(Hostile::All), When::PerMillion(1_000_000)),
        ),
    ] {
        assert_eq!(Faults::parse(text), Ok(faults), "{text}");
    }
    assert_eq!(Faults::none().with_latency_ms(0), Faults::none());
}

#[test]
fn what_cannot_be_read_is_named() {
    for text in [
        "explode",
        "latency",
        "latency=x",
        "drop-before=1.5",
        "drop-before=x",
        "drop-after=every-0",
        "http-200",
        "http-503=-1",
        "skew",
        "foreign@nowhere",
        "hostile(rude)",
        "oversized(0)",
        "drop-after(1)",
        "redirect=",
        "redirect=http://x/\u{1b}[2J",
    ] {
        let error = Faults::parse(&format!("wrong-sign,{text}")).unwrap_err();
        assert!(!error.contains('\u{1b}') && !error.is_empty(), "{text}");
    }
}

async fn spoiled(fault: Fault) -> Bench {
    let bench = bench_with(merchant(), Faults::none().with(fault, When::Next(1))).await;
    bench.put("O1", |_| {});
    bench
}

async fn ask(bench: &Bench) -> reqwest::Result<Seen> {
    let body = super::support::envelope(&json!({"caseId": "O1"})).to_string();
    bench.raw(SEARCH, &body).await
}

fn asked(bench: &Bench) -> u32 {
    bench.sandbox.state().case("O1").unwrap().asked()
}

fn last_fault(bench: &Bench) -> (u16, Option<String>) {
    let line = bench.lines.lock().unwrap().last().cloned().unwrap();
    (line.http_status, line.fault)
}

#[tokio::test]
async fn a_dropped_call_gets_no_answer_and_only_drop_after_runs() {
    for (fault, runs, name) in [(Fault::DropBefore, 0, "drop-before"), (Fault::DropAfter, 1, "drop-after")] {
        let bench = spoiled(fault).await;
        let error = ask(&bench).await.unwrap_err();
        assert!(!error.is_connect() && !error.is_timeout(), "{error:?}");
        assert_eq!(asked(&bench), runs, "{name}");
        assert_eq!(last_fault(&bench), (0, Some(name.into())));
        assert!(ask(&bench).await.unwrap().verified(), "only the next call was meant");
    }
}

#[tokio::test]
async fn a_truncated_body_ends_early() {
    let bench = spoiled(Fault::Truncated).await;
    let error = ask(&bench).await.unwrap_err();
    assert!(error.is_decode(), "the head and half of the body come through: {error:?}");
    assert_eq!(asked(&bench), 1);
}

#[tokio::test]
async fn foreign_pages_and_statuses_are_not_json_and_not_signed() {
    for (fault, status, runs) in [
        (Fault::Status { status: 503, after: false }, 503, 0),
        (Fault::Status { status: 502, after: true }, 502, 1),
        (Fault::Foreign, 200, 1),
    ] {
        let bench = spoiled(fault).await;
        let seen = ask(&bench).await.unwrap();
        assert_eq!((seen.status, asked(&bench)), (status, runs));
        assert!(seen.body.starts_with(b"<html>") && seen.header("sign").is_none());
    }
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back() {
    let bench = spoiled(Fault::RateLimit { retry_after_s: 30 }).await;
    let seen = ask(&bench).await.unwrap();
    assert_eq!((seen.status, seen.code().as_str()), (429, "TOO_MANY_REQUEST"));
    assert_eq!(seen.header("retry-after"), Some("30"));
    assert_eq!((seen.verified(), asked(&bench)), (true, 0));
}

#[tokio::test]
async fn signatures_can_be_left_out_or_wrong() {
    let bench = spoiled(Fault::MissingSign).await;
    assert_eq!(ask(&bench).await.unwrap().header("sign"), None);
    let bench = spoiled(Fault::WrongSign).await;
    let seen = ask(&bench).await.unwrap();
    assert_eq!(seen.code(), "APPLY_SUCCESS");
    assert!(seen.header("sign").is_some() && !seen.verified());
}

#[tokio::test]
async fn an_oversized_answer_is_whole_and_signed() {
    let bench = spoiled(Fault::Oversized { mib: 2 }).await;
    let seen = ask(&bench).await.unwrap();
    assert!(seen.body.len() > 2 * 1024 * 1024 && seen.verified());
}

#[tokio::test]
async fn a_skewed_clock_shows_in_date_and_in_the_check() {
    let bench = spoiled(Fault::Skew { seconds: 121 }).await;
    let seen = ask(&bench).await.unwrap();
    assert_eq!(seen.header("date"), Some("Fri, 20 Nov 2026 04:02:01 GMT"));
    bench.is_refusal(&seen, "REQ_TIME_OVER_TIME", "requestTime.two-minutes", "skew");
    assert_eq!(NOW.unix_timestamp(), 1_795_147_200);
    let bench = spoiled(Fault::Skew { seconds: 119 }).await;
    assert_eq!(ask(&bench).await.unwrap().code(), "APPLY_SUCCESS");
}

#[tokio::test]
async fn a_redirect_names_its_address() {
    let bench = spoiled(Fault::Redirect { to: "http://127.0.0.1:9/".into() }).await;
    let seen = ask(&bench).await.unwrap();
    assert_eq!((seen.status, seen.header("location")), (307, Some("http://127.0.0.1:9/")));
    assert_eq!(asked(&bench), 0);
}

#[tokio::test]
async fn hostile_text_fills_text_fields_and_spares_the_rest() {
    for (kind, piece) in [
        (Hostile::Escapes, "\u{1b}[2J"),
        (Hostile::Bidi, "\u{202e}"),
        (Hostile::Long, "long long long"),
        (Hostile::Cjk, "争议"),
        (Hostile::All, "\u{202e}"),
    ] {
        let bench = spoiled(Fault::Hostile(kind)).await;
        let seen = ask(&bench).await.unwrap();
        assert!(seen.verified());
        let data = seen.data();
        assert!(
            data.to_string().contains(&json!(piece).to_string().trim_matches('"').to_owned()),
            "{kind:?}"
        );
        assert_eq!((&data["caseId"], &data["amount"]), (&json!("O1"), &json!("5000.00")));
        assert_ne!(data["outUserId"], "u1");
    }
}

#[tokio::test]
async fn latency_holds_the_answer_back_but_not_the_call() {
    let bench = spoiled(Fault::Latency { ms: 600_000, jitter_ms: 5 }).await;
    let patience = std::time::Duration::from_secs(2);
    assert!(tokio::time::timeout(patience, ask(&bench)).await.is_err(), "no answer before its time");
    assert_eq!(asked(&bench), 1);
    assert!(ask(&bench).await.unwrap().verified(), "only one call was meant");
    assert_eq!(last_fault(&bench), (200, None));
}

#[tokio::test]
async fn who_hangs_up_has_been_served_all_the_same() {
    let bench = spoiled(Fault::Latency { ms: 200, jitter_ms: 0 }).await;
    let until = async |done: fn(&Bench) -> bool| {
        while !done(&bench) {
            tokio::task::yield_now().await;
        }
    };
    let limit = std::time::Duration::from_secs(30);
    let watch = async {
        tokio::select! {
            biased;
            () = until(|bench| asked(bench) == 1) => {}
            _ = ask(&bench) => {}
        }
        until(|bench| !bench.lines.lock().unwrap().is_empty()).await;
    };
    tokio::time::timeout(limit, watch).await.expect("the call ends without its client");
    assert_eq!(bench.lines.lock().unwrap()[0].code, "APPLY_SUCCESS");
}

#[tokio::test]
async fn selectors_count_the_calls_of_their_endpoint() {
    let bench = bench().await;
    bench.put("O1", |_| {});
    let fault = Fault::Status { status: 500, after: false };
    let statuses = async |faults: Faults| {
        bench.sandbox.set_faults(faults);
        let mut seen = Vec::new();
        for _ in 0..6 {
            seen.push(ask(&bench).await.unwrap().status);
        }
        seen
    };
    let every = Faults::none().with(fault.clone(), When::Every(3));
    assert_eq!(statuses(every).await, [200, 200, 500, 200, 200, 500]);
    let next = Faults::none().with_at(SEARCH, fault.clone(), When::Next(2));
    assert_eq!(statuses(next).await, [500, 500, 200, 200, 200, 200]);
    let elsewhere = Faults::none().with_at(Endpoint::Refund, fault.clone(), When::Always);
    assert_eq!(statuses(elsewhere).await, [200; 6]);
    let never = Faults::none().with(fault.clone(), When::PerMillion(0));
    assert_eq!(statuses(never).await, [200; 6]);
    let sure = Faults::none().with(fault, When::PerMillion(1_000_000));
    assert_eq!(statuses(sure).await, [500; 6]);
}

#[tokio::test]
async fn stopping_closes_the_door() {
    let bench = bench().await;
    let address = bench.sandbox.address();
    bench.sandbox.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
