//! An operator's morning, key by key, through the real program against the sandbox: triage with several replies, and a
//! bad link with a draft and a handover.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Stdio};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::pty::hands::presses;
use crate::pty::{Home, Pty, bare_home, until};

/// A sandbox with a home that tracks and has fetched its cases.
pub(crate) struct Morning {
    pub(crate) home: Home,
    sandbox: Child,
    log: Option<JoinHandle<String>>,
}

impl Morning {
    fn begin() -> Self {
        Self::with_faults("")
    }

    /// A morning on which the sandbox misbehaves.
    pub(crate) fn with_faults(faults: &str) -> Self {
        let home = bare_home();
        let mut sandbox = home
            .docket(["sandbox", "--cases", "48", "--seed", "7", "--faults", faults, "--dir", &home.dir()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(sandbox.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(first.starts_with("listening on"), "{first}");
        let mut log = sandbox.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            log.read_to_string(&mut text).unwrap();
            text
        });
        home.append(
            "config.toml",
            "\n[templates]\ndelivered = \"Order {outTradeNo}: goods delivered, {amount} {currency}.\"\n",
        );
        let morning = Self { home, sandbox, log: Some(log) };
        assert!(morning.run(&["track", "--file", &format!("{}/ids.txt", morning.home.dir())]).0);
        assert!(morning.run(&["refresh"]).0);
        morning
    }

    /// Runs a command; whether it succeeded, and what it printed.
    pub(crate) fn run(&self, words: &[&str]) -> (bool, String) {
        let output = self.home.docket(words).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    }

    pub(crate) fn json(&self, words: &[&str]) -> Vec<Value> {
        serde_json::from_str(&self.run(words).1).unwrap()
    }

    /// Ends the sandbox and gives its log.
    pub(crate) fn end(mut self) -> String {
        self.sandbox.kill().unwrap();
        self.sandbox.wait().unwrap();
        self.log.take().unwrap().join().unwrap()
    }
}

impl Drop for Morning {
    fn drop(&mut self) {
        // A test that fails leaves no sandbox behind.
        _ = self.sandbox.kill();
    }
}

pub(crate) fn paste(pty: &mut Pty, text: &str) {
    pty.type_in(&format!("\x1b[200~{text}\x1b[201~"));
}

/// The journey took no more keys than this, which are the page's own (features.md, section F) with this morning's texts.
pub(crate) fn took_no_more_keys_than(pty: &Pty, journey: &str, page: &str) {
    let (took, counted) = (pty.pressed, presses(page));
    assert!(took <= counted, "{journey} took {took} keys, the page counts {counted}");
    // Past the harness, which keeps what a test prints to itself.
    let told = format!("{journey}: {took} keys, the page counts {counted}\n");
    std::io::stderr().write_all(told.as_bytes()).unwrap();
}

/// Stands for a pasted text: one key.
const PASTED: &str = "\x1b[200~\x1b[201~";

#[test]
fn morning_triage_filter_mark_one_form_and_every_case_is_answered_once() {
    let morning = Morning::begin();
    let wanted = morning.json(&["list", "--filter", "cur:PHP due:<7d", "--json"]);
    assert!(wanted.len() > 1, "the seed has several");
    let mut pty = Pty::desk(&morning.home, 40, 120);
    pty.wait_for("TODAY 3");
    pty.type_in("R");
    pty.wait_for("failed");
    pty.type_in("2");
    pty.wait_for("[2 Changed");
    pty.type_in("m");
    pty.wait_for("seen");
    pty.type_in("1");
    pty.wait_for("[1 Due");
    pty.type_in("jj");
    pty.type_in("/cur:PHP due:<7d\r");
    pty.wait_for(&format!("{}/", wanted.len()));
    pty.type_in("Vr");
    pty.wait_for(&format!("Reply to {} cases", wanted.len()));
    pty.type_in("\x14");
    pty.wait_for("delivered");
    pty.type_in("\r\t");
    paste(&mut pty, "https://ev.example/{caseId}.PDF\n");
    pty.wait_for("ready");
    pty.type_in("\x10");
    pty.wait_for("representmentFile");
    pty.type_in(&"j".repeat(wanted.len() - 1));
    pty.type_in("\x18");
    pty.wait_for(&format!("type {}", wanted.len()));
    // Enter alone and a habitual y send nothing.
    pty.slip("\r\ry");
    pty.wait_for("nothing was sent");
    pty.confirm(&wanted.len().to_string());
    pty.type_in("\r");
    pty.wait_for(&format!("{} accepted", wanted.len()));
    pty.type_in("\x1b");
    pty.wait_for("replies accepted");
    pty.type_in(":export today.csv\r");
    pty.wait_for("48 cases written to");
    pty.type_in("q");
    assert_eq!(pty.exit_code(), Some(0));
    pty.wait_for(&format!("{} replied · ", wanted.len()));
    pty.wait_for("due today left: O");
    assert_eq!(std::fs::read_to_string(morning.home.path("today.csv")).unwrap().lines().count(), 49);
    assert!(pty.pressed <= 60, "the page says about 60 keys; it took {}", pty.pressed);
    let (reading, count) = ("j".repeat(wanted.len() - 1), wanted.len());
    took_no_more_keys_than(
        &pty,
        "F1",
        &format!("R2a1jj/cur:PHP due:<7d\rVrt2\r{PASTED}p{reading}s{count}\rq:export today.csv\rqq"),
    );

    let journal = morning.json(&["journal", "--json"]);
    assert_eq!(journal.len(), wanted.len());
    assert!(
        journal.iter().all(|entry| entry["state"] == "settled" || entry["state"] == "accepted"),
        "{journal:#?}"
    );
    let count = wanted.len();
    let log = morning.end();
    let replies = log.lines().filter(|line| line.contains("caseReplay")).count();
    assert_eq!(replies, count, "each case is answered once:\n{log}");
}

#[test]
fn a_bad_link_loses_no_text_and_a_draft_is_sent_later() {
    let morning = Morning::begin();
    morning.home.program("editor", "#!/bin/sh\nprintf ' and signed for' >> \"$1\"\n");
    let mut pty = Pty::desk(&morning.home, 24, 80);
    pty.wait_for("TODAY 3");
    pty.type_in("r");
    pty.wait_for("Reply to case");
    pty.type_in("Delivered on time");
    pty.wait_for("17/256");
    pty.type_in("\x05");
    pty.wait_for("32/256");
    pty.type_in("\t");
    paste(&mut pty, "https://ev.example/{caseId}.ZIP\r\n");
    pty.wait_for("ready");
    pty.type_in("\x1b");
    pty.wait_for("kept as draft (Drafts 1)");
    pty.slip("r");
    pty.wait_for("32/256");
    // The link drops in the middle of a word.
    pty.slip("!");
    pty.wait_for("33/256");
    pty.settle();
    pty.signal("KILL");
    pty.exit_code();

    let before = pty.pressed;
    let mut pty = Pty::shell(&morning.home, 24, 80, SHELL);
    pty.pressed = before;
    pty.wait_for("1 draft kept");
    pty.slip("6");
    pty.wait_for("Delivered on time");
    pty.slip("1");
    pty.wait_for("[1 Due");
    pty.type_in("r");
    pty.wait_for("33/256");
    assert!(morning.json(&["journal", "--json"]).is_empty(), "nothing was sent so far");
    pty.type_in("\x10");
    pty.wait_for("representmentFile");
    pty.type_in("\x18");
    pty.wait_for("y sends");
    pty.confirm("y");
    pty.wait_for("1 accepted");
    pty.type_in("\x1b");
    pty.wait_for("next: ");
    handed_over(&morning, &mut pty);
    took_no_more_keys_than(
        &pty,
        "F3",
        &format!("1\rrDelivered on timee{PASTED}\x1b\rpsyynissuer called, wait\r\x1a"),
    );
    assert_eq!(morning.json(&["journal", "--json"]).len(), 1);
    let log = morning.end();
    assert_eq!(log.lines().filter(|line| line.contains("caseReplay")).count(), 1, "{log}");
}

/// A desk as a job of a shell, which continues it once and says when it is over.
const SHELL: &str = "set -m; DOCKET; echo 'shell has it'; read go; fg >/dev/null; echo 'all over'; read go";

/// The case id goes to a colleague, a note stays, the shell is wanted for a moment; and cron refreshes meanwhile.
fn handed_over(morning: &Morning, pty: &mut Pty) {
    pty.type_in("y");
    pty.wait_for("): O");
    let copies = |pty: &Pty| pty.raw().matches("\x1b]52;c;").count();
    assert_eq!(copies(pty), 1);
    pty.type_in("nissuer called, wait\r");
    pty.wait_for("note of 1 case saved");
    pty.type_in("\x1a");
    pty.wait_for("shell has it");
    pty.slip("\r");
    pty.wait("the screen is whole", |screen| {
        screen.alternate_screen() && screen.contents().contains("[1 Due")
    });
    let (changed, row) = (changed(pty), cursor_row(pty));
    assert!(morning.run(&["refresh", "--all", "--quiet"]).0);
    until("what cron found shows by itself", || self::changed(pty) > changed);
    assert_eq!(cursor_row(pty), row, "the cursor jumped");
    pty.slip("y");
    until("the same case is copied", || copies(pty) == 2);
    let raw = pty.raw();
    let mut ids = raw.split("\x1b]52;c;").skip(1).map(|rest| rest.split('\x07').next());
    assert_eq!(ids.next(), ids.next(), "the cursor is on another case");
    pty.slip("q");
    pty.wait_for("all over");
}

/// How many cases the tab says have changed.
fn changed(pty: &Pty) -> usize {
    let screen = pty.screen(vt100::Screen::contents);
    let count = screen.split("2 Changed").nth(1).and_then(|rest| rest.split_whitespace().next());
    count.and_then(|text| text.trim_end_matches(']').parse().ok()).unwrap_or_default()
}

/// The row with the cursor, as far as the case stands in it.
fn cursor_row(pty: &Pty) -> Option<String> {
    let rows: Vec<String> = pty.screen(|screen| screen.rows(0, 80).collect());
    rows.into_iter().find(|row| row.starts_with('▸'))
}
