//! What leaves docket for a spreadsheet, a manager, and the login message.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use docket::domain::case::Field;
use docket::sandbox::SandboxCase;
use serde_json::json;

use crate::bench::{Bench, Ran};

/// The columns of section 2 of the contract, in its order.
const COLUMNS: &str = "caseId,batchId,status,caseResult,outTradeNo,tradeToken,outUserId,amount,fee,totalAmount,currency,\
                       originTradeAmount,originTradeCurrency,retrievalDate,expirationDate,tradeCreateTime,urgency,\
                       daysLeft,stage,refreshedAt,changedAt,lastError,note,tags,owner,reasonCode,reasonMessage";

/// What the sheet has behind them; the fields of the JSON are fixed.
const SHEET_ONLY: &str = ",cardScheme,snoozedUntil";

/// A list with cases of every urgency and two that are closed.
fn bench() -> Bench {
    let bench = Bench::new();
    for (id, status, days) in [
        ("O1", "DISPUTE_INQUIRY", -1),
        ("O2", "DISPUTE_INQUIRY", 0),
        ("O3", "DISPUTE_INQUIRY", 2),
        ("O4", "DISPUTE_RECEIVED", 0),
        ("O5", "CASE_CLOSED", 0),
        ("O6", "CASE_CLOSED", 0),
    ] {
        bench.put(id, status, days);
    }
    for (id, result) in [("O5", "WIN"), ("O6", "FAI")] {
        let mut case: SandboxCase = bench.sandbox().state().case(id).unwrap().clone();
        case.set(Field::CaseResult, Some(result.to_owned()));
        bench.sandbox().state().put_case(case);
    }
    bench.write("ids.csv", "caseId,note,tags\nO1,=1+1,vip\nO2,,\nO3,,\nO4,,\nO5,,\nO6,,\nO7,,\n", 0o600);
    bench.run(["track", "--file", bench.path("ids.csv").to_str().unwrap()]).good();
    // O7 is unknown to the gateway and stays without data.
    assert_eq!(bench.line("refresh --quiet").code, 3);
    bench
}

#[test]
fn the_whole_list_leaves_under_the_gateways_names() {
    let bench = bench();
    let sheet = bench.line("export").good();
    let mut reader = csv_rows(&sheet);
    assert_eq!(reader.remove(0), format!("{COLUMNS}{SHEET_ONLY}"));
    assert_eq!(reader.len(), 7, "every case, not only those due: {sheet}");
    assert!(sheet.contains(",'=1+1,vip,"), "{sheet}");
    assert!(reader.iter().any(|row| row.starts_with("O7,,") && row.contains(",none,,unknown,,,")), "{sheet}");
    assert_eq!(bench.line("export --output -").good(), sheet);

    let document = bench.line("export --json");
    assert_eq!(document.json(), bench.line("list --view all --json").json());
    let names: Vec<&str> =
        document.out.lines().filter_map(|line| line.strip_prefix("    \"")?.split('"').next()).collect();
    assert_eq!(names[..27].join(","), COLUMNS);

    let some = bench.line("export --filter stage:closed --json").json();
    assert_eq!(some.as_array().unwrap().len(), 2);
    bench.line("export --filter due:someday").failed(2, "due:someday");
}

fn csv_rows(sheet: &str) -> Vec<String> {
    sheet.lines().map(str::to_owned).collect()
}

#[test]
fn a_file_is_private_whole_and_never_another_ones() {
    let bench = bench();
    let file = bench.path("cases.csv");
    let to = |file: &std::path::Path| bench.run(["export", "--output", file.to_str().unwrap()]);
    let ran = to(&file);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(ran.err, format!("7 cases written to {}\n", file.display()));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(written, bench.line("export").good());

    fs::write(&file, "mine").unwrap();
    to(&file).failed(1, "exists already");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    to(&bench.path("no/such/folder/cases.csv")).failed(1, "could not be written");
    let left: Vec<String> = fs::read_dir(bench.home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(".docket"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_figures_count_what_they_say() {
    let bench = bench();
    bench.line("reply O3 --content Delivered. --file http://ev.example/O3.pdf --yes").good();
    let ran = bench.line("stats --json");
    let figures = ran.json();
    for (name, value) in [
        ("onList", json!(7)),
        ("open", json!(5)),
        ("due", json!(3)),
        ("overdue", json!(1)),
        ("today", json!(1)),
        ("soon", json!(1)),
        ("later", json!(0)),
        ("atRisk", json!({"IDR": "20000.00"})),
        ("won", json!(1)),
        ("lost", json!(1)),
        ("decided", json!(2)),
        ("wonAmount", json!({"IDR": "5000.00"})),
        ("lostAmount", json!({"IDR": "5000.00"})),
        ("medianDaysToReply", json!(0.0)),
        ("replied", json!(1)),
        ("unknown", json!(0)),
    ] {
        assert_eq!(figures[name], value, "{name}: {figures}");
    }
    let table = bench.line("stats").good();
    for line in ["At risk IDR    20,000  frozen", "won 1 of 2 decided", "0.0  median of 1 case,"] {
        assert!(table.contains(line), "{line:?} in {table}");
    }
    assert!(bench.line("stats --plain").good().contains("\nAt risk IDR: 20,000, frozen"));
    bench.line("stats --plain --json").failed(2, "cannot be used with");
}

#[test]
fn a_login_reads_one_line_or_nothing() {
    let bench = bench();
    let line = bench.line("motd").good();
    assert!(
        line.starts_with("docket: 1 due today, 1 overdue (as of ") && line.lines().count() == 1,
        "{line}"
    );
    let calls = *bench.calls.lock().unwrap();
    let news = bench.line("motd --json").json();
    assert_eq!((&news["today"], &news["overdue"], &news["unknown"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!(*bench.calls.lock().unwrap(), calls, "nothing is asked of the gateway");

    bench.faults("http-503@caseReplay");
    assert_eq!(bench.line("reply O2 --content x --file http://ev.example/O2.pdf --yes").code, 6);
    let line = bench.line("motd").good();
    assert!(line.ends_with("; 1 reply of unknown outcome: docket settle\n"), "{line}");
    assert_eq!(bench.line("stats --json").json()["unknown"], 1);
}

#[test]
fn a_login_without_a_set_up_is_not_disturbed() {
    let bench = Bench::new();
    assert_eq!(bench.line("motd").good(), "");
    assert!(!bench.path("data").exists(), "looking makes no database");
    assert!(!bench.path(".local/state/docket").exists(), "and no log");
    assert_eq!(bench.line("motd --json").json()["line"], json!(null));

    let bare = Bench::bare();
    let Ran { code, out, err } = bare.line("motd");
    assert_eq!((code, out.as_str(), err.as_str()), (5, "", ""));
    bare.line("motd --json").failed(5, "config.toml");
    bare.write("config.toml", "nonsense = 1\n", 0o600);
    bare.line("motd").failed(5, "nonsense");
}
