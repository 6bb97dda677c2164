//! `docket sandbox` as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::Child;

use crate::bench::{Bench, Ran, lines};

/// Starts one and reads its first line, the address.
fn start(bench: &Bench, args: &[&str]) -> (Child, String) {
    let dir = bench.path("sandbox");
    let mut child =
        bench.command(["sandbox", "--dir", dir.to_str().unwrap()].iter().chain(args)).spawn().unwrap();
    let mut first = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut first).unwrap();
    let address = first.strip_prefix("listening on http://").unwrap_or_else(|| panic!("{first:?}"));
    let address = address.trim_end().to_owned();
    // The rest fits into the pipe; keeping the reader would only keep it open.
    drop(out);
    (child, address)
}

#[test]
#[cfg(target_os = "linux")]
fn a_process_of_docket_leaves_no_core_file() {
    let (child, _) = start(&Bench::bare(), &[]);
    let limits = lines(format!("/proc/{}/limits", child.id()).as_ref());
    assert_eq!(stop(child).code, 0);
    let core = limits.iter().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
}

fn stop(child: Child) -> Ran {
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

#[test]
fn it_is_ready_for_its_config_logs_calls_and_ends_when_told() {
    let bench = Bench::bare();
    let (child, address) = start(&bench, &["--cases", "12", "--seed", "7"]);
    let dir = bench.path("sandbox");
    let config = dir.join("config.toml");
    let ids = lines(&dir.join("ids.txt"));
    assert_eq!(ids.len(), 12);
    let docket =
        |words: &str| bench.run(["--config", config.to_str().unwrap()].into_iter().chain(words.split(' ')));
    docket(&format!("track --file {}", dir.join("ids.txt").display())).good();
    let report = docket("refresh --json");
    assert_eq!((report.code, &report.json()["succeeded"]), (0, &serde_json::json!(12)), "{report:?}");
    let ended = stop(child);
    assert_eq!(ended.code, 0);
    assert_eq!(ended.err.lines().filter(|line| line.contains("caseSearch")).count(), 12, "{}", ended.err);
    assert!(!address.is_empty());

    let (second, _) = start(&bench, &["--cases", "12", "--seed", "7", "--faults", "http-404"]);
    assert_eq!(lines(&dir.join("ids.txt")), ids, "the same seed makes the same cases");
    assert_eq!(docket("refresh --json").json()["succeeded"], 0);
    assert_eq!(stop(second).code, 0);
}

#[test]
fn it_overwrites_nobody_elses_config_and_refuses_nonsense() {
    let bench = Bench::new();
    let before = lines(&bench.path("config.toml"));
    bench.run(["sandbox", "--dir", bench.home.path().to_str().unwrap()]).failed(1, "left alone");
    assert_eq!(lines(&bench.path("config.toml")), before);
    bench.line("sandbox --faults nonsense").failed(2, "nonsense");
    bench.line("sandbox --listen 192.0.2.1:80").failed(2, "192.0.2.1");
    bench.line("sandbox --listen 0.0.0.0:0").failed(2, "other machines");
    bench.line("sandbox --cases 0").failed(2, "invalid value '0'");
}
