//! The commands that talk to the gateway, and what they leave behind when it misbehaves.

use std::time::{Duration, Instant};

use docket::domain::shown;
use serde_json::{Value, json};

use crate::bench::{Bench, Ran, today};

#[test]
fn a_day_from_an_import_to_a_list() {
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", 1);
    bench.put("O2", "DISPUTE_INQUIRY", 0);
    bench.put("O3", "DISPUTE_RECEIVED", 3);
    bench.write("ids.csv", "caseId,note,tags\nO1,call back,vip\nO2,,\nO3,,\n", 0o600);
    let file = bench.path("ids.csv");
    assert_eq!(bench.run(["track", "--file", file.to_str().unwrap()]).good(), "3 new, 0 known\n");

    let report = bench.line("refresh --json");
    let document = report.json();
    assert_eq!(report.good().lines().next(), Some("{"));
    let keys: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["changed", "elapsedMs", "failed", "failures", "requested", "succeeded"]);
    assert_eq!(document["requested"], 3);
    assert_eq!(document["succeeded"], 3);
    assert_eq!(document["changed"], json!([]), "a first answer is no change");

    let list = bench.line("list --json");
    let due = list.json();
    let ids: Vec<&str> =
        due.as_array().unwrap().iter().map(|case| case["caseId"].as_str().unwrap()).collect();
    assert_eq!(ids, ["O2", "O1"], "soonest first");
    assert_eq!((&due[0]["urgency"], &due[0]["daysLeft"]), (&json!("today"), &json!(0)));
    assert_eq!((&due[1]["urgency"], &due[1]["daysLeft"]), (&json!("soon"), &json!(1)));
    assert_eq!(due[1]["amount"], "5000.00");
    assert_eq!((&due[1]["note"], &due[1]["tags"]), (&json!("call back"), &json!(["vip"])));
    assert_eq!(due[1]["expirationDate"], (today() + time::Duration::days(1)).to_string());

    bench.sandbox().state().set_status("O1", "DISPUTE_RECEIVED");
    let second = bench.line("refresh --json").json();
    let change =
        json!({"caseId": "O1", "field": "status", "from": "DISPUTE_INQUIRY", "to": "DISPUTE_RECEIVED"});
    assert_eq!(second["changed"], json!([change]));
    let changed = bench.line("list --view changed --json").json();
    assert_eq!((changed.as_array().unwrap().len(), &changed[0]["caseId"]), (1, &json!("O1")));
    let shown = bench.line("show O1").good();
    assert!(shown.contains("Status: DISPUTE_INQUIRY -> DISPUTE_RECEIVED"), "{shown}");
    assert_eq!(bench.line("show O1 --json").json(), changed[0], "one shape of a case");
}

#[test]
fn a_case_the_gateway_does_not_know_stays_marked_and_makes_the_exit_code() {
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", 9);
    bench.line("track O1 O404").good();
    let report = bench.line("refresh --json");
    report.failed(3, "1 of 2 cases could not be refreshed");
    assert_eq!(report.json()["failures"][0]["caseId"], "O404");
    assert_eq!(report.json()["failures"][0]["code"], "ORDER_NOT_EXIST");
    let all = bench.line("list --view all --json").json();
    let unknown = all.as_array().unwrap().iter().find(|case| case["caseId"] == "O404").unwrap();
    assert!(unknown["lastError"].as_str().unwrap().starts_with("ORDER_NOT_EXIST: "));
    assert_eq!(unknown.get("status"), None, "never fetched: only the id and the added fields");
}

#[test]
fn nothing_stored_is_lost_by_a_failed_refresh() {
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", 9);
    bench.line("track O1").good();
    bench.line("refresh --quiet").good();
    let before = bench.line("show O1 --json").json();
    for (spec, code) in [
        ("wrong-sign", "UNVERIFIED"),
        ("missing-sign", "UNVERIFIED"),
        ("foreign", "GARBLED"),
        ("redirect=http://127.0.0.1:9/", "HTTP_307"),
    ] {
        bench.faults(spec);
        let report = bench.line("refresh --json");
        report.failed(3, "old data is kept");
        assert_eq!(report.json()["failures"][0]["code"], code, "{spec}");
        let mut after = bench.line("show O1 --json").json();
        assert!(after["lastError"].as_str().unwrap().starts_with(code), "{spec}: {after}");
        after["lastError"] = Value::Null;
        assert_eq!(after, before, "{spec}");
    }
}

#[test]
fn a_call_that_only_stumbled_is_made_again() {
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", 9);
    bench.line("track O1").good();
    bench.faults("drop-before=1");
    assert_eq!(bench.line("refresh --json").json()["succeeded"], 1);
    assert_eq!(*bench.calls.lock().unwrap(), 2);
}

#[test]
fn a_clock_that_is_off_is_named() {
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", 9);
    bench.line("track O1").good();
    bench.faults("skew=300");
    let report = bench.line("refresh");
    report.failed(3, "could not be refreshed");
    assert!(report.err.contains("O1: REQ_TIME_OVER_TIME"), "{report:?}");
    assert!(
        report.err.contains("warning: this host's clock is ") && report.err.contains("behind"),
        "{report:?}"
    );
    bench.faults("skew=100");
    let report = bench.line("refresh");
    assert_eq!(report.code, 0, "{report:?}");
    assert_eq!(report.err.lines().count(), 1, "one line of warning: {report:?}");
}

#[test]
fn what_is_due_makes_the_exit_code() {
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", 2);
    bench.put("O2", "DISPUTE_RECEIVED", 0);
    bench.line("track O1 O2").good();
    assert_eq!(bench.line("refresh --fail-on-due 1").code, 0);
    bench.line("refresh --quiet --fail-on-due 2").failed(4, "1 case is due within 2 days");
    bench.faults("wrong-sign");
    let both = bench.line("refresh --json --quiet --fail-on-due 2");
    both.failed(4, "1 case is due");
    assert_eq!(both.json()["failed"], 2);
    bench.put("O1", "DISPUTE_INQUIRY", -4);
    bench.faults("none");
    bench.line("refresh --fail-on-due 0").failed(4, "overdue");
}

#[test]
fn what_is_asked_for_is_what_was_named() {
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", 9);
    bench.put("O2", "CASE_CLOSED", -90);
    bench.line("track O1 O2").good();
    bench.line("refresh O1 O9").failed(2, "O9 is not on the list");
    bench.line("refresh bad\u{202e}id").failed(2, "no case id");
    assert_eq!(*bench.calls.lock().unwrap(), 0, "nothing was asked");
    assert_eq!(bench.line("refresh O1 --json").json()["requested"], 1);
    assert_eq!(bench.line("refresh --all --json").json()["requested"], 2);
    assert_eq!(bench.line("refresh --read-only --json").json()["succeeded"], 2, "reading is not sending");
}

#[test]
fn ctrl_c_stops_and_keeps_what_was_answered() {
    let bench = Bench::new();
    let ids: Vec<String> = (0..200).map(|n| format!("O{n}")).collect();
    for id in &ids {
        bench.put(id, "DISPUTE_INQUIRY", 9);
    }
    bench.run(["track".to_owned()].into_iter().chain(ids)).good();
    bench.faults("latency=100");
    let child = bench.command(["refresh", "--json"]).spawn().unwrap();
    let patience = Instant::now();
    while *bench.calls.lock().unwrap() < 20 {
        assert!(patience.elapsed() < Duration::from_secs(60), "no call came");
        std::thread::yield_now();
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap());
    ran.failed(3, "stopped: ");
    let (succeeded, failed) = (ran.json()["succeeded"].as_u64().unwrap(), &ran.json()["failed"]);
    assert!((1..200).contains(&succeeded) && *failed == json!(0), "{ran:?}");
    let all = bench.line("list --view all --json").json();
    let fetched = all.as_array().unwrap().iter().filter(|case| case.get("status").is_some()).count();
    assert_eq!(fetched as u64, succeeded);
    assert!(
        all.as_array().unwrap().iter().all(|case| case["lastError"] == Value::Null),
        "not asked is not failed"
    );
}

#[test]
fn hostile_answers_never_reach_a_terminal_raw() {
    let bench = Bench::new();
    for id in ["O1", "O2", "O3"] {
        bench.put(id, "DISPUTE_INQUIRY", 0);
    }
    bench.line("track O1 O2 O3").good();
    for kind in ["escapes", "bidi", "long", "cjk", "all"] {
        bench.faults(&format!("hostile({kind})"));
        assert_eq!(bench.line("refresh").code, 0, "{kind}");
        for line in [
            "list --view all",
            "list --view all --plain",
            "list --view all --csv",
            "list --view all --json",
            "show O1",
            "show O1 --json",
            "refresh",
        ] {
            let ran = bench.line(line);
            let bad = |text: &str| text.chars().find(|&c| c != '\n' && shown::is_hostile(c));
            assert_eq!((bad(&ran.out), bad(&ran.err)), (None, None), "{kind}: {line}");
            assert!(ran.out.contains("O1") || line == "refresh", "{kind}: {line}");
        }
    }
}
