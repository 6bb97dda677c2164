//! Replies with somebody at the terminal, and replies that somebody cuts short.

use std::io::{Read as _, Write as _};
use std::process::Child;

use docket::domain::case::Field;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::bench::{Bench, Ran};

const REPLY: [&str; 7] =
    ["reply", "O1", "--content", "Delivered.", "--file", "http://ev.example/O1.PDF", "--json"];

fn bench() -> Bench {
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", 4);
    bench.line("track O1").good();
    bench
}

/// Starts a reply whose answer takes long, and waits until the gateway has executed it.
fn sending(bench: &Bench, latency_ms: u32) -> Child {
    bench.faults(&format!("latency({latency_ms})@caseReplay"));
    let child = bench.command(REPLY.into_iter().chain(["--yes"])).spawn().unwrap();
    while bench.sandbox().state().replies("O1").is_empty() {
        std::thread::yield_now();
    }
    child
}

#[test]
fn a_killed_reply_is_unknown_and_settling_finds_it() {
    let bench = bench();
    let mut child = sending(&bench, 60_000);
    let running = bench.line("journal --json").json();
    assert_eq!(running[0]["state"], "sending", "a living process is not taken for dead");
    child.kill().unwrap();
    child.wait().unwrap();
    let journal = bench.line("journal --json").json();
    assert_eq!((journal.as_array().unwrap().len(), &journal[0]["state"]), (1, &json!("unknown")));
    bench.faults("none");
    let again = bench.run(REPLY.into_iter().chain(["--yes"]));
    assert_eq!(again.code, 3, "{again:?}");
    assert_eq!(bench.line("settle --json").json()["settled"], 1);
    assert_eq!(bench.line("journal --json").json()[0]["state"], "settled");
    assert_eq!(bench.sandbox().state().replies("O1").len(), 1);
    assert!(bench.line("journal --verify").good().contains("whole"));
}

#[test]
fn being_told_to_stop_does_not_lose_the_answer() {
    let bench = bench();
    let child = sending(&bench, 1_500);
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        kill_process(Pid::from_child(&child), signal).unwrap();
    }
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!((ran.code, &ran.json()["state"]), (0, &json!("accepted")), "{ran:?}");
    assert!(ran.err.contains("waiting for its outcome"), "{ran:?}");
    assert_eq!(bench.line("journal --json").json()[0]["state"], "accepted");
}

/// Runs a line on a terminal, answers its question, and returns exit code and screen.
pub(crate) fn on_a_terminal(bench: &Bench, line: &str, answer: &str) -> (u32, String) {
    on_this_terminal(bench, line, ("", answer), || {})
}

/// The same; something happens while the page is read.
pub(crate) fn read_on_a_terminal(
    bench: &Bench,
    line: &str,
    answer: &str,
    meanwhile: impl FnOnce(),
) -> (u32, String) {
    on_this_terminal(bench, line, ("", answer), meanwhile)
}

/// The same, with something typed before the question is asked.
pub(crate) fn typed_ahead(bench: &Bench, line: &str, ahead: &str, answer: &str) -> (u32, String) {
    on_this_terminal(bench, line, (ahead, answer), || {})
}

fn on_this_terminal(
    bench: &Bench,
    line: &str,
    (ahead, answer): (&str, &str),
    meanwhile: impl FnOnce(),
) -> (u32, String) {
    let mut meanwhile = Some(meanwhile);
    let pty = native_pty_system().openpty(PtySize { rows: 40, cols: 120, ..PtySize::default() }).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_docket"));
    command.env_clear();
    for (name, value) in bench.command([""; 0]).get_envs() {
        command.env(name, value.unwrap());
    }
    command.args(line.split(' '));
    let mut reader = pty.master.try_clone_reader().unwrap();
    let mut writer = pty.master.take_writer().unwrap();
    // In the queue of the terminal before there is anybody to read it.
    writer.write_all(ahead.as_bytes()).unwrap();
    let mut child = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    let mut screen = String::new();
    let mut bytes = [0; 4096];
    // The line reports an error once the other end is gone.
    while let Ok(read @ 1..) = reader.read(&mut bytes) {
        screen.push_str(&String::from_utf8_lossy(&bytes[..read]));
        let asks = ["y sends: ", "to send it: ", "to ask for it: "].iter().any(|end| screen.ends_with(end));
        if let Some(meanwhile) = meanwhile.take_if(|_| asks) {
            meanwhile();
            writer.write_all(format!("{answer}\n").as_bytes()).unwrap();
        }
    }
    (child.wait().unwrap().exit_code(), screen)
}

#[test]
fn a_person_reads_one_page_and_says_y() {
    let bench = bench();
    let line = "reply O1 --content Delivered. --file http://ev.example/proof.PDF";
    for answer in ["", "n", "yes please"] {
        let (code, screen) = on_a_terminal(&bench, line, answer);
        assert_eq!(code, 1, "{screen}");
        assert!(screen.contains("not confirmed, so nothing was sent"), "{screen}");
    }
    assert_eq!(bench.sandbox().state().replies("O1").len(), 0);
    let (code, screen) = on_a_terminal(&bench, line, "y");
    assert_eq!(code, 0, "{screen}");
    for part in [
        "Reply to case O1, profile test (custom)",
        "DISPUTE_INQUIRY, due ",
        "5,000.00 IDR, order PO1",
        "user u1",
        "text (10/256):",
        "http://ev.example/proof.PDF",
        "one file name does not carry the id",
        "cannot be taken back",
        "accepted for O1",
    ] {
        assert!(screen.contains(part), "{part:?} in {screen}");
    }
    assert_eq!(bench.sandbox().state().replies("O1").len(), 1);
}

#[test]
fn what_was_typed_before_the_question_confirms_nothing() {
    let bench = bench();
    let line = "reply O1 --content Delivered. --file http://ev.example/O1.PDF";
    let (code, screen) = typed_ahead(&bench, line, "y\ny\n", "n");
    assert_eq!(code, 1, "{screen}");
    assert!(screen.contains("not confirmed, so nothing was sent"), "{screen}");
    assert_eq!(bench.sandbox().state().replies("O1").len(), 0);
    let (code, screen) = typed_ahead(&bench, line, "n\nn", "y");
    assert_eq!(code, 0, "the question is answered all the same: {screen}");
    assert_eq!(bench.sandbox().state().replies("O1").len(), 1);
}

#[test]
fn a_batch_is_confirmed_by_its_number() {
    let bench = Bench::new();
    for id in ["O1", "O2"] {
        bench.put(id, "DISPUTE_INQUIRY", 4);
        let mut case = bench.sandbox().state().case(id).unwrap().clone();
        case.set(Field::BatchId, Some("P1".to_owned()));
        bench.sandbox().state().put_case(case);
    }
    bench.line("track O1 O2").good();
    bench.line("refresh --quiet").good();
    let line = "reply --batch P1 --content Delivered. --file http://ev.example/P1.ZIP";
    let (code, screen) = on_a_terminal(&bench, line, "y");
    assert_eq!(code, 1, "{screen}");
    assert!(screen.contains("2 cases on this list"), "{screen}");
    let (code, screen) = on_a_terminal(&bench, line, "2");
    assert_eq!(code, 0, "{screen}");
    assert_eq!(bench.sandbox().state().replies("O2").len(), 1);
}
