//! Four eyes end to end: one asks, another sends. A request belongs to whoever owns its file, so that a second person can
//! be played by giving the file away, which root alone may; elsewhere `runtime/approvals/tests` play both.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::sync::LazyLock;

use super::*;
use crate::interrupted::read_on_a_terminal;

/// Some user that is not root and has a name.
static SOMEBODY: LazyLock<(u32, String)> = LazyLock::new(|| {
    let named = |name: &&str| uzers::get_user_by_name(name).map(|user| (user.uid(), (*name).to_owned()));
    ["daemon", "bin", "nobody"].iter().find_map(named).unwrap()
});
/// Who has none, as those have that are handed out for containers.
const NAMELESS: u32 = 3_210_054_321;

/// A bench on which refunds above 1,000 rupiah need a second person.
fn limited() -> Bench {
    let bench = bench();
    let dir = bench.path("requests");
    std::fs::create_dir(&dir).unwrap();
    std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o3770)).unwrap();
    bench.configure(&format!(
        "[policy]\nrefund_approval_above = {{ IDR = \"1000\" }}\nrefund_requests_dir = \"{}\"\n",
        dir.display()
    ));
    bench
}

/// Asks for 2,000 rupiah and gives the number of the request.
fn ask(bench: &Bench) -> String {
    let ran = send(bench, "--case O1", "2000 IDR", &["--comments", "duplicate"]);
    assert_eq!(ran.code, 1, "no money has moved: {ran:?}");
    number(&ran)
}

fn file(bench: &Bench, number: &str) -> std::path::PathBuf {
    bench.path("requests").join(format!("{number}.json"))
}

/// Whether the request is another's by now, and this process is where others can be told apart.
fn given_away(bench: &Bench, number: &str) -> bool {
    given_to(bench, number, SOMEBODY.0)
}

fn given_to(bench: &Bench, number: &str, uid: u32) -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let ids_are_the_hosts = map.split_whitespace().eq(["0", "0", "4294967295"]);
    ids_are_the_hosts && chown(file(bench, number), Some(uid), None).is_ok()
}

fn approve(bench: &Bench, number: &str, more: &str) -> Ran {
    let line = format!("approve {number} --yes --json {more}");
    bench.run(line.split_whitespace().chain(["--expect", "2000 IDR"]))
}

#[test]
fn above_the_limit_it_is_asked_for_and_the_exit_code_says_that_nothing_moved() {
    let bench = limited();
    let ran = send(&bench, "--case O1", "2000 IDR", &[]);
    ran.failed(1, "asked for 2,000.00 IDR under DK");
    assert!(ran.err.contains("hint: another person runs docket approve DK"), "{ran:?}");
    let fields = ["actionId", "outRefundNo", "state", "code", "msg", "refundTradeNo", "status"];
    assert_eq!(names(&ran.out), fields, "{ran:?}");
    let document = ran.json();
    assert_eq!(
        (&document["state"], &document["code"], &document["actionId"]),
        (&json!("refused"), &json!("APPROVAL_NEEDED"), &Value::Null)
    );
    assert!(document["msg"].as_str().unwrap().contains("nothing was sent"));
    let number = number(&ran);
    assert_eq!(std::fs::metadata(file(&bench, &number)).unwrap().mode() & 0o7777, 0o640);
    assert_eq!((executed(&bench), bench.line("journal --json").json()), (vec![], json!([])));
    let again = send(&bench, "--case O1", "2000 IDR", &[]);
    again.failed(1, "you have asked for a refund of this order under");
    assert_eq!(again.json()["code"], "APPROVAL_NEEDED");
    send(&bench, "--case O1", "1000 IDR", &[]).json();
    assert_eq!(executed(&bench).len(), 1, "at the limit one person is enough");
}

#[test]
fn whoever_asked_cannot_approve_and_takes_it_back() {
    let bench = limited();
    let number = ask(&bench);
    let listed = bench.line("approve --json").json();
    let fields = (&listed[0]["state"], &listed[0]["amount"], &listed[0]["order"], &listed[0]["caseId"]);
    assert_eq!(fields, (&json!("waiting"), &json!("2000"), &json!("PO1"), &json!("O1")));
    let why = listed[0]["why"].as_str().unwrap();
    assert!(why.contains("you have asked for it yourself"), "{listed}");
    let table = bench.line("approve").good();
    let code = listed[0]["code"].as_str().unwrap();
    for part in [number.as_str(), code, "2,000.00 IDR", "yours", "PO1"] {
        assert!(table.contains(part), "{part}: {table}");
    }
    let own = approve(&bench, &number, "");
    own.failed(3, "you have asked for it yourself; another person approves it");
    assert_eq!(executed(&bench), []);
    assert!(bench.line(&format!("approve --withdraw {number}")).good().contains("withdrawn"));
    assert_eq!(bench.line("approve").good(), "no refund waits for a second person\n");
    approve(&bench, &number, "").failed(2, "no request DK");
}

#[test]
fn what_is_missing_or_wrong_on_the_command_line_sends_nothing() {
    let bench = limited();
    let number = ask(&bench);
    bench.line(&format!("approve {number}")).failed(2, "no terminal to ask on");
    bench.line(&format!("approve {number} --yes")).failed(2, "--yes needs --expect");
    bench.line("approve --yes").failed(2, "required arguments");
    bench.line("approve ../../etc/passwd --yes --expect 1_IDR").failed(2, "no request");
    let none = super::bench();
    none.line("approve").failed(5, "no refund_requests_dir is set");
    let config = std::fs::read_to_string(bench.path("config.toml")).unwrap();
    let nowhere: Vec<&str> = config.lines().filter(|line| !line.contains("_dir")).collect();
    bench.write("config.toml", &nowhere.join("\n"), 0o600);
    let ran = send(&bench, "--case O1", "2000 IDR", &[]);
    ran.failed(3, "no refund_requests_dir says where to ask one");
    assert_eq!(ran.json()["code"], "POLICY");
    assert_eq!(executed(&bench), []);
}

#[test]
fn the_page_of_whoever_asks_says_that_another_sends_it() {
    let bench = limited();
    let line = "refund --case O1 --amount 2000 --currency IDR";
    let (code, screen) = on_a_terminal(&bench, line, "2000 IDR");
    assert_eq!(code, 1, "{screen}");
    for part in [
        "above 1,000.00 IDR a second person must approve it, by refund_approval_above in",
        "Nothing is sent now; whoever approves it sends it.",
        "Type 2000.00 IDR to ask for it:",
        "asked for 2,000.00 IDR under DK",
        "another person runs docket approve DK",
    ] {
        assert!(screen.contains(part), "{part:?} in {screen}");
    }
    let dry = bench.line(&format!("{line} --dry-run"));
    assert!(dry.code == 0 && dry.err.contains("another person sends it with docket approve"), "{dry:?}");
    assert_eq!(executed(&bench), []);
}

#[test]
fn another_person_sends_it_and_their_journal_says_who_asked() {
    let bench = limited();
    let number = ask(&bench);
    if !given_away(&bench, &number) {
        return;
    }
    approve(&bench, &number, "--read-only").failed(3, "READ_ONLY");
    let wrong = bench.run(format!("approve {number} --yes --expect").split(' ').chain(["200 IDR"]));
    wrong.failed(2, "--expect says \"200 IDR\"");
    let taken = approve(&bench, &number, "");
    assert_eq!(taken.code, 0, "{taken:?}");
    assert_eq!(
        (taken.json()["state"].as_str(), taken.json()["outRefundNo"].as_str()),
        (Some("accepted"), Some(number.as_str()))
    );
    assert_eq!(executed(&bench), [(number.clone(), "2000".to_owned())]);
    let journal = bench.line("journal --json").json();
    let operator = journal[0]["operator"].as_str().unwrap();
    assert!(operator.ends_with(&format!("(asked by {})", SOMEBODY.1)), "{operator}");
    assert_eq!(journal[0]["caseId"], "O1");
    assert!(data(&request(&bench, &journal[0]["actionId"], 0)).contains("\"comments\":\"duplicate\""));
    assert!(!file(&bench, &number).exists() && file(&bench, &number).with_extension("done").exists());
    assert_eq!(bench.line("approve").good(), "no refund waits for a second person\n");
    assert_eq!(broken_rules(&bench), []);
}

#[test]
fn the_page_of_whoever_approves_shows_the_order_as_it_is_now() {
    let bench = limited();
    let number = ask(&bench);
    if !given_away(&bench, &number) {
        return;
    }
    let code = bench.line("approve --json").json()[0]["code"].as_str().unwrap().to_owned();
    put(&bench, "O1", "DISPUTE_INQUIRY", &[]);
    approve(&bench, &number, "").failed(2, "case O1 is still open");
    let line = format!("approve {number}");
    let (exit, screen) = on_a_terminal(&bench, &line, "y");
    assert_eq!(exit, 1, "{screen}");
    for part in [
        format!("asked for by {} (uid {})", SOMEBODY.1, SOMEBODY.0),
        format!("code {code}, as the asker was told"),
        "comment: duplicate".to_owned(),
        "case O1: DISPUTE_INQUIRY, 5,000.00 IDR frozen".to_owned(),
        "7,000.00 IDR could be lost in all".to_owned(),
        "Type 2000.00 IDR to send it:".to_owned(),
    ] {
        assert!(screen.contains(&part), "{part:?} in {screen}");
    }
    assert_eq!(executed(&bench), []);
    // While the page is read, the asker takes it back.
    let gone = || std::fs::remove_file(file(&bench, &number)).unwrap();
    let (exit, screen) = read_on_a_terminal(&bench, &line, "2000 IDR", gone);
    assert!(exit == 3 && screen.contains("NOT_APPROVED") && screen.contains("no request"), "{exit} {screen}");
    assert_eq!(executed(&bench), []);
}

#[test]
fn a_case_that_the_approver_does_not_have_stops_it() {
    let bench = limited();
    let ben = bench.second_home();
    let number = ask(&bench);
    if !given_away(&bench, &number) {
        return;
    }
    let ran = approve(&ben, &number, "");
    ran.failed(2, "case O1, which the request names, is not on your list");
    assert!(ran.err.contains("docket track O1"), "{ran:?}");
    ben.line("track O1").good();
    ben.line("refresh --quiet").good();
    assert_eq!(approve(&ben, &number, "").code, 0);
    assert_eq!(executed(&bench).len(), 1);
}

#[test]
fn what_a_user_without_a_name_has_asked_for_is_not_approved() {
    let bench = limited();
    let number = ask(&bench);
    if !given_to(&bench, &number, NAMELESS) {
        return;
    }
    let told = format!("user id {NAMELESS}, which has asked for it, has no name on this host");
    approve(&bench, &number, "").failed(3, &told);
    assert!(bench.line("approve --json").json()[0]["why"].as_str().unwrap().contains(&told));
    assert_eq!(executed(&bench), []);
}

#[test]
fn a_directory_that_is_gone_stops_what_needs_it_and_nothing_else() {
    let bench = limited();
    let doctor = |bench: &Bench| {
        let document = bench.line("doctor --json").json();
        let checks = document["checks"].as_array().unwrap().clone();
        let one = checks.into_iter().find(|check| check["check"] == "requests").unwrap();
        ["result", "found"].map(|field| one[field].as_str().unwrap().to_owned())
    };
    assert_eq!(doctor(&bench)[0], "ok");
    std::fs::remove_dir(bench.path("requests")).unwrap();
    bench.line("list --json").good();
    bench.line("refresh --quiet").good();
    send(&bench, "--case O1", "2000 IDR", &[]).failed(5, "requests does not exist");
    bench.line("approve").failed(5, "requests does not exist");
    send(&bench, "--case O1", "500 IDR", &[]).json();
    assert_eq!(executed(&bench).len(), 1, "below the limit nobody needs it");
    let [result, found] = doctor(&bench);
    assert!(result == "error" && found.ends_with("requests does not exist"), "{result}: {found}");
}

#[test]
fn two_who_approve_at_once_pay_once() {
    let bench = limited();
    let ben = bench.second_home();
    ben.line("track O1").good();
    ben.line("refresh --quiet").good();
    let number = ask(&bench);
    if !given_away(&bench, &number) {
        return;
    }
    let spawn = |home: &Bench| {
        let line = format!("approve {number} --yes --json --expect");
        home.command(line.split(' ').chain(["2000 IDR"])).spawn().unwrap()
    };
    let both = [spawn(&bench), spawn(&ben)].map(|child| Ran::of(child.wait_with_output().unwrap()));
    assert_eq!(executed(&bench), [(number, "2000".to_owned())], "{both:?}");
    assert!(both.iter().any(|ran| ran.code == 0), "{both:?}");
}

#[test]
fn an_edited_request_is_void_whoever_looks_at_it() {
    let bench = limited();
    let number = ask(&bench);
    let path = file(&bench, &number);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"amount\": \"2000\"", "\"amount\": \"4000\"")).unwrap();
    let listed = bench.line("approve --json").json();
    assert_eq!((&listed[0]["state"], &listed[0]["code"]), (&json!("void"), &Value::Null));
    assert!(bench.line("approve").good().contains("was changed after it was written"));
    approve(&bench, &number, "").failed(3, "was changed after it was written");
    // Whoever asked still takes it back, whatever is in it.
    std::fs::write(&path, "\u{1b}]0;x\u{7}").unwrap();
    assert!(!bench.line("approve").good().contains('\u{1b}'));
    bench.line(&format!("approve --withdraw {number} --json")).good();
    assert_eq!(executed(&bench), []);
}
