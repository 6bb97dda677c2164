//! What reaches the file, and what does not.

use super::*;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use time::macros::datetime;

#[test]
fn only_named_fields_of_docket_are_written_and_only_for_the_user() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/docket.log");
    let (writer, guard) = tracing_appender::non_blocking(Growing::open(&path).unwrap());
    let clock: Clock = Arc::new(|| datetime!(2026-11-20 08:00 UTC));
    let subscriber = tracing_subscriber::fmt().event_format(Allowed { clock }).with_writer(writer).finish();
    tracing::subscriber::with_default(subscriber, || {
        tracing::info!(case_id = "O1\u{1b}", sign = "c2VjcmV0", token = ?"secret", failed = 2, "case not refreshed");
        tracing::info!(target: "hyper::client", code = "noise", "from elsewhere");
    });
    drop(guard);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1, "{text}");
    let expected = serde_json::json!({
        "at": "2026-11-20T08:00:00Z", "level": "INFO", "where": "docket::runtime::log::tests",
        "case_id": "O1␛", "failed": 2, "message": "case not refreshed"
    });
    assert_eq!(lines[0], expected);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Not a test: what [`a_process_that_exits_keeps_its_last_line`] runs in a process of its own.
#[test]
#[ignore = "ends its process"]
fn exits_with_much_to_say() {
    let path = std::env::var_os("DOCKET_TEST_LOG").unwrap();
    let _guard = start(Path::new(&path), Arc::new(|| datetime!(2026-11-20 08:00 UTC))).unwrap();
    // More than the pipe takes, so that the writer hangs until the test reads.
    (0..3_000).for_each(|_| tracing::info!("one of many"));
    tracing::warn!(exit = 143, "the last line");
    println!("all is said");
    finish();
    std::process::exit(0);
}

#[test]
fn a_process_that_exits_keeps_its_last_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("docket.log");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "runtime::log::tests::exits_with_much_to_say", "--ignored", "--nocapture"])
        .env("DOCKET_TEST_LOG", &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = File::open(&path).unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().ends_with("all is said")));
    let mut text = String::new();
    log.read_to_string(&mut text).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(text.lines().last().unwrap().contains("the last line"), "{} lines", text.lines().count());
}

#[test]
fn nothing_hostile_reaches_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("docket.log");
    let (writer, guard) = tracing_appender::non_blocking(Growing::open(&path).unwrap());
    let clock: Clock = Arc::new(|| datetime!(2026-11-20 08:00 UTC));
    let subscriber = tracing_subscriber::fmt().event_format(Allowed { clock }).with_writer(writer).finish();
    tracing::subscriber::with_default(subscriber, || {
        tracing::info!(code = "A\u{9b}2J\u{202e}\u{7f}", command = %"\u{2066}x", "case \u{feff}not refreshed");
    });
    drop(guard);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("A<U+009B>2J<U+202E>␡"), "{text:?}");
    assert!(!text.trim_end().chars().any(shown::is_hostile), "{text:?}");
}

#[test]
fn debug_is_asked_for_by_name() {
    for (asked, expected) in [
        (None, Level::INFO),
        (Some("debug"), Level::DEBUG),
        (Some(" DEBUG\n"), Level::DEBUG),
        (Some("loud"), Level::INFO),
    ] {
        assert_eq!(level(asked), expected, "{asked:?}");
    }
}
