//! Replies from the command line: what is sent, what is refused before anything is sent, and what is said afterwards.

use std::io::Write as _;
use std::process::Stdio;

use docket::domain::case::Field;
use docket::domain::shown;
use docket::sandbox::SandboxCase;
use serde_json::{Value, json};

use crate::bench::{Bench, Ran, me};

const FILE: &str = "--file http://ev.example/{caseId}.PDF";

/// A case that waits for a reply, on the list and fetched.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", 4);
    bench.line("track O1").good();
    bench.line("refresh --quiet").good();
    bench
}

fn executed(bench: &Bench, id: &str) -> usize {
    bench.sandbox().state().replies(id).len()
}

fn put(bench: &Bench, id: &str, fields: &[(Field, &str)]) {
    bench.put(id, "DISPUTE_INQUIRY", 4);
    let mut case = bench.sandbox().state().case(id).unwrap().clone();
    for (field, value) in fields {
        case.set(*field, Some((*value).to_owned()));
    }
    bench.sandbox().state().put_case(case);
}

/// The names of a JSON object in the order in which they are printed.
fn names(text: &str) -> Vec<&str> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once("\":"));
    lines.map(|(name, _)| name).collect()
}

#[test]
fn from_a_reply_to_its_settling() {
    let bench = bench();
    let ran = bench.line(&format!("reply O1 --content Delivered. {FILE} --yes --json"));
    let document = ran.json();
    assert_eq!(
        names(&ran.out),
        ["actionId", "state", "code", "msg", "successCaseIds", "failCaseIds"],
        "{ran:?}"
    );
    ran.good();
    assert_eq!((&document["state"], &document["code"]), (&json!("accepted"), &json!("APPLY_SUCCESS")));
    assert_eq!((&document["successCaseIds"], &document["failCaseIds"]), (&json!(["O1"]), &json!([])));
    let reply = bench.sandbox().state().replies("O1")[0].clone();
    assert_eq!(reply.files, ["http://ev.example/O1.PDF"]);
    assert_eq!((reply.content.as_str(), reply.version.as_str()), ("Delivered.", "1.5"));

    let journal = bench.line("journal --json");
    let fields = [
        "actionId",
        "kind",
        "caseId",
        "batchId",
        "outRefundNo",
        "order",
        "amount",
        "currency",
        "state",
        "status",
        "code",
        "msg",
        "operator",
        "createdAt",
        "sentAt",
        "settledAt",
    ];
    assert_eq!(names(&journal.out), fields);
    let action = journal.json()[0].clone();
    assert_eq!(action["actionId"], document["actionId"]);
    assert_eq!(
        (&action["kind"], &action["caseId"], &action["batchId"]),
        (&json!("reply"), &json!("O1"), &Value::Null)
    );
    assert_eq!((&action["state"], &action["operator"]), (&json!("accepted"), &json!(me())));
    assert_eq!(action["settledAt"], Value::Null);
    let sheet = bench.line("journal --csv").good();
    assert_eq!(sheet.lines().next().unwrap(), fields.join(","));

    let settled = bench.line("settle --json");
    assert_eq!((settled.code, &settled.json()["settled"]), (0, &json!(1)), "{settled:?}");
    let action = bench.line("journal --case O1 --json").json()[0].clone();
    assert_eq!((&action["state"], &action["status"]), (&json!("settled"), &json!("DISPUTE_RECEIVED")));
    assert!(action["settledAt"].is_string());
    assert_eq!(bench.line("journal --case O2 --json").json(), json!([]));
    assert!(bench.line("journal").good().contains("settled"));
    assert!(bench.line("journal --verify").good().starts_with("the journal is whole: "));
    assert_eq!(bench.line("settle").good(), "nothing to settle\n");
    assert_eq!(bench.sandbox().state().violations(), []);
}

#[test]
fn version_1_4_takes_a_reply_without_files() {
    let bench = bench();
    bench.line("reply O1 --content x --yes").failed(2, "breaks a rule");
    let config = std::fs::read_to_string(bench.path("config.toml")).unwrap();
    bench.write("config.toml", &format!("{config}[profiles.test.versions]\ncase_reply = \"1.4\"\n"), 0o600);
    let ran = bench.line("reply O1 --content Attached. --yes");
    assert!(ran.err.contains("warning: the text speaks of something attached, and no file"), "{ran:?}");
    assert!(ran.out.starts_with("accepted for O1 (A-"), "{ran:?}");
    assert_eq!(bench.sandbox().state().replies("O1")[0].version, "1.4");
    assert_eq!(bench.sandbox().state().violations(), []);
}

#[test]
fn nothing_leaves_without_a_word_and_without_reason() {
    let bench = bench();
    bench.put("O2", "DISPUTE_INQUIRY", 4);
    let calls = *bench.calls.lock().unwrap();
    let long = "字".repeat(257);
    for (line, code, what) in [
        (format!("reply O1 --content x {FILE}"), 2, "no terminal to ask on"),
        (format!("reply O2 --content x {FILE} --yes"), 2, "O2 is not on the list"),
        (format!("reply --batch P1 --content x {FILE} --yes"), 2, "no case of batch P1"),
        (format!("reply O1 --template nobody {FILE} --yes"), 2, "no template nobody"),
        (format!("reply O1 --content-file /no/such {FILE} --yes"), 2, "/no/such"),
        (format!("reply O1 --content x {FILE} --yes --read-only"), 3, "READ_ONLY"),
        ("reply O1 --yes".to_owned(), 2, "required arguments"),
    ] {
        bench.line(&line).failed(code, what);
    }
    assert_eq!(*bench.calls.lock().unwrap(), calls, "not even a question");
    assert!(bench.line(&format!("reply O2 --content x {FILE} --yes")).err.contains("docket track O2"));
    let ran = bench.line(&format!(
        "reply O1 --content {long} --file http://x/a.exe --file ftp://x/b.pdf --file http://x/c.pdf --file http://x/c.pdf --yes"
    ));
    ran.failed(2, "breaks 4 rules");
    let problems = [
        "  the text has 257 characters, 1 too many",
        "  file 1 ends in .exe; PayerMax takes PNG JPG ZIP DOC XLS PDF",
        "  file 2 must begin with https:// or http://",
        "  file 4 is the same as file 3",
    ];
    assert!(ran.err.starts_with("error: "), "what happened comes first: {ran:?}");
    assert_eq!(ran.err.lines().skip(1).take(4).collect::<Vec<_>>(), problems);
    let one = bench.line("reply O1 --content x --file http://x/a.exe --yes");
    one.failed(2, "nothing was sent: file 1 ends in .exe; PayerMax takes PNG JPG ZIP DOC XLS PDF");
    let journal = bench.line("journal --json").json();
    assert_eq!((executed(&bench, "O1"), journal), (0, json!([])));
    assert_eq!(bench.sandbox().state().violations(), []);
}

#[test]
fn a_dry_run_prints_the_request_and_sends_nothing() {
    let bench = bench();
    let line = format!("reply O1 --content {{outTradeNo}} {FILE} --dry-run");
    let text = bench.line(&line).good();
    let (body, sign) = text.split_once('\n').unwrap();
    assert_eq!(sign, "sign: <hidden>\n");
    let request: Value = serde_json::from_str(body).unwrap();
    let data = json!({
        "caseId": "O1", "outUserId": "u1", "responseContent": "PO1",
        "representmentFile": ["http://ev.example/O1.PDF"],
    });
    assert_eq!((&request["version"], &request["data"]), (&json!("1.5"), &data));
    let document = bench.line(&format!("{line} --json --read-only")).json();
    assert_eq!((&document["state"], &document["actionId"]), (&json!("dry-run"), &Value::Null));
    assert_eq!((&document["request"]["data"], &document["sign"]), (&data, &json!("<hidden>")));
    assert_eq!((executed(&bench, "O1"), bench.line("journal --json").json()), (0, json!([])));
}

#[test]
fn the_text_may_come_from_a_template_a_file_or_a_pipe() {
    let bench = bench();
    let config = std::fs::read_to_string(bench.path("config.toml")).unwrap();
    let templates = "[templates]\ndelivered = \"{amount} {currency} for {outTradeNo} went to {outUserId}\"\n";
    bench.write("config.toml", &format!("{config}{templates}"), 0o600);
    bench.write("answer.txt", "one\r\ntwo 😀\n", 0o600);
    let file = bench.path("answer.txt");
    let content = |ran: &Ran| ran.json()["request"]["data"]["responseContent"].clone();
    let dry = |words: &str| bench.line(&format!("reply O1 {words} {FILE} --dry-run --json"));
    assert_eq!(content(&dry("--template delivered")), "5000.00 IDR for PO1 went to u1");
    assert_eq!(content(&dry(&format!("--content-file {}", file.display()))), "one\ntwo 😀");
    let mut child = bench
        .command(format!("reply O1 --content-file - {FILE} --dry-run --json").split(' '))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"from a pipe\n").unwrap();
    assert_eq!(content(&Ran::of(child.wait_with_output().unwrap())), "from a pipe");
    dry("--template other").failed(2, "no template other");
    dry("--content {colour}").failed(2, "breaks a rule");
}

#[test]
fn doubt_is_6_and_blocks_until_it_is_settled() {
    let bench = bench();
    let line = format!("reply O1 --content x {FILE} --yes --json");
    bench.faults("drop-before@caseReplay");
    let doubt = bench.line(&line);
    doubt.failed(6, "nobody can tell yet");
    assert!(doubt.err.contains("docket settle"), "{doubt:?}");
    assert_eq!(doubt.json()["state"], "unknown");
    assert!(doubt.json()["actionId"].is_string());
    bench.faults("none");
    let again = bench.line(&line);
    again.failed(3, "OCCUPIED");
    assert_eq!((&again.json()["state"], &again.json()["actionId"]), (&json!("refused"), &Value::Null));
    bench.line("settle").failed(6, "still unknown");
    assert_eq!(executed(&bench, "O1"), 0);

    let other = self::bench();
    other.faults("wrong-sign@caseReplay");
    other.line(&line).failed(6, "UNVERIFIED");
    other.faults("none");
    assert!(other.line("settle").good().contains("unknown -> settled: received"));
    assert_eq!(executed(&other, "O1"), 1);
}

#[test]
fn what_moved_or_does_not_ask_is_refused_with_3() {
    let bench = bench();
    let line = format!("reply O1 --content x {FILE} --yes --json");
    bench.sandbox().state().set_status("O1", "DISPUTE_RECEIVED");
    let moved = bench.line(&line);
    moved.failed(3, "MOVED");
    assert!(moved.err.contains("someone may have answered elsewhere"), "{moved:?}");
    assert_eq!(moved.json()["state"], "refused");
    bench.line(&line).failed(3, "NOT_ASKED");
    let insisted = bench.line(&format!("{line} --although-not-asked"));
    insisted.failed(3, "did not take the reply");
    assert_eq!(insisted.json()["failCaseIds"], json!(["O1"]));
    assert_eq!(executed(&bench, "O1"), 0);
    bench.faults("http-429(0)@caseReplay");
    bench.sandbox().state().set_status("O1", "DISPUTE_INQUIRY");
    bench.line(&line).failed(3, "");
    bench.faults("none");
    bench.line(&line).good();
    let states: Vec<Value> = bench
        .line("journal --json")
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["state"].clone())
        .collect();
    assert_eq!(states, ["refused", "refused", "accepted"]);
}

#[test]
fn a_batch_is_answered_at_once_and_says_who_is_left() {
    let bench = Bench::new();
    for id in ["O1", "O2", "O3"] {
        put(&bench, id, &[(Field::BatchId, "P1")]);
    }
    bench.line("track O1 O2").good();
    bench.line("refresh --quiet").good();
    let line = "reply --batch P1 --content {currency} --file http://ev.example/P1.ZIP --yes --json";
    bench.line(&line.replace("{currency}", "{caseId}")).failed(2, "breaks a rule");
    bench.sandbox().state().set_status("O2", "DISPUTE_RECEIVED");
    let ran = bench.line(line);
    ran.failed(3, "took the reply for 2 cases and not for 1: O2");
    let document = ran.json();
    assert_eq!((&document["state"], &document["failCaseIds"]), (&json!("accepted"), &json!(["O2"])));
    assert_eq!(document["successCaseIds"], json!(["O1", "O3"]));
    let reply = bench.sandbox().state().replies("O3")[0].clone();
    assert_eq!((reply.batch_id.as_deref(), reply.content.as_str()), (Some("P1"), "IDR"));
    let journal = bench.line("journal --case O1 --json").json();
    assert_eq!((&journal[0]["kind"], &journal[0]["batchId"]), (&json!("reply-batch"), &json!("P1")));

    put(&bench, "O2", &[(Field::BatchId, "P1"), (Field::OutUserId, "u2")]);
    bench.line(line).failed(2, "different users");
    assert_eq!(bench.sandbox().state().violations(), []);
}

#[test]
fn a_reply_past_its_date_is_warned_about_and_sent() {
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", -1);
    bench.line("track O1").good();
    let ran = bench.line(&format!("reply O1 --content x {FILE} --yes"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.starts_with("warning: case O1 was due on "), "{ran:?}");
}

#[test]
fn links_are_checked_as_advice_only() {
    let bench = bench();
    let ran = bench.line("reply O1 --content x --file http://127.0.0.1/O1.PDF --check-links --yes");
    assert_eq!((ran.code, executed(&bench, "O1")), (0, 1), "{ran:?}");
    assert_eq!(ran.err, "http://127.0.0.1/O1.PDF: was not asked: 127.0.0.1 is no public address\n");
}

#[test]
fn hostile_text_of_a_case_reaches_no_terminal() {
    let bench = Bench::new();
    let hostile = "u\u{1b}[2J\u{202e}\u{9b}x";
    put(
        &bench,
        "O1",
        &[(Field::OutUserId, hostile), (Field::BatchId, hostile), (Field::OutTradeNo, hostile)],
    );
    bench.line("track O1").good();
    let base = format!("reply O1 --content x {FILE}");
    for line in [
        format!("{base} --dry-run"),
        format!("{base} --dry-run --json"),
        format!("{base} --yes --json"),
        format!("{base} --yes"),
        "journal".to_owned(),
        "journal --csv".to_owned(),
        "journal --json".to_owned(),
        "settle".to_owned(),
        "settle --json".to_owned(),
    ] {
        let ran = bench.line(&line);
        let bad = |text: &str| text.chars().find(|&c| c != '\n' && shown::is_hostile(c));
        assert_eq!((bad(&ran.out), bad(&ran.err)), (None, None), "{line}: {ran:?}");
    }
    assert_eq!(executed(&bench, "O1"), 1, "and it went out as it was received");
    assert_eq!(bench.sandbox().state().violations(), []);
    let request = Bench::new();
    request.sandbox().state().put_case(SandboxCase::from_fields([
        (Field::CaseId, "O1"),
        (Field::Status, "DISPUTE_INQUIRY"),
        (Field::OutUserId, hostile),
    ]));
    request.line("track O1").good();
    let document = request.line(&format!("{base} --dry-run --json")).json();
    assert_eq!(document["request"]["data"]["outUserId"], hostile, "a program reads what was received");
}
