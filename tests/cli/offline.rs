//! The commands that need no gateway, and everything that can be wrong before one is asked.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use serde_json::json;

use crate::bench::{Bench, Ran, lines, me};

#[test]
fn good_lines_are_kept_and_bad_ones_numbered() {
    let bench = Bench::new();
    let text = format!("O1\n\nO2\n{}\nO\u{7}3\n", "x".repeat(65));
    bench.write("ids.txt", &text, 0o600);
    let file = bench.path("ids.txt");
    let dry = bench.run(["track", "--file", file.to_str().unwrap(), "--dry-run", "--json"]);
    dry.failed(3, "2 lines were not taken: lines 4, 5");
    let document = dry.json();
    assert_eq!((&document["new"], &document["known"]), (&json!(["O1", "O2"]), &json!([])));
    assert_eq!((&document["dryRun"], &document["bad"][0]["line"]), (&json!(true), &json!(4)));
    assert_eq!(bench.line("list --view all --json").json(), json!([]), "a dry run stores nothing");

    let ran = bench.run(["track", "--file", file.to_str().unwrap()]);
    assert_eq!(ran.out, "2 new, 0 known, 2 bad (lines 4, 5)\n");
    assert_eq!(ran.code, 3);
    assert_eq!(bench.line("track O1 O4").good(), "1 new, 1 known\n");
    assert_eq!(bench.line("track O4 --json").json()["dryRun"], false);
}

#[test]
fn a_pipe_brings_notifications_and_their_reasons() {
    let bench = Bench::new();
    let mut child = bench.command(["track", "--file", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let notification =
        br#"{"notifyType":"CHARGEBACK","data":{"caseId":"O1","reasonCode":"10.4","reasonMessage":"Fraud"}}"#;
    child.stdin.take().unwrap().write_all(notification).unwrap();
    assert_eq!(Ran::of(child.wait_with_output().unwrap()).good(), "1 new, 0 known\n");
    let case = bench.line("show O1 --json").json();
    assert_eq!((&case["reasonCode"], &case["reasonMessage"]), (&json!("10.4"), &json!("Fraud")));
    assert_eq!(case["refreshedAt"], json!(null));
}

#[test]
fn untrack_says_what_was_not_there_and_notes_come_back() {
    let bench = Bench::new();
    bench.write("ids.csv", "caseId,note\nO1,keep me\n", 0o600);
    bench.run(["track", "--file", bench.path("ids.csv").to_str().unwrap()]).good();
    let ran = bench.line("untrack O1 O2 --json");
    ran.failed(3, "O2 is not on the list");
    assert_eq!(ran.json(), json!({"removed": ["O1"], "unknown": ["O2"]}));
    bench.line("show O1").failed(2, "O1 is not on the list");
    bench.line("track O1").good();
    assert_eq!(bench.line("show O1 --json").json()["note"], "keep me");
}

#[test]
fn usage_errors_are_two_lines_and_2() {
    let bench = Bench::new();
    for (line, what) in [
        ("reply O1", "required arguments"),
        ("refund --case O1", "required arguments"),
        ("lst", "unrecognized subcommand"),
        ("list --view drafts", "invalid value 'drafts'"),
        ("list --json --csv", "cannot be used with"),
        ("list --filter due:someday", "due:someday"),
        ("refresh --fail-on-due 1d", "invalid value '1d'"),
        ("track", "required arguments"),
        ("track --file /no/such/file", "/no/such/file"),
        ("untrack \u{1b}x", "no case id"),
        ("show", "required arguments"),
        ("", "the desk needs a terminal"),
        ("demo", "the desk needs a terminal"),
    ] {
        let ran = bench.line(line);
        ran.failed(2, what);
        assert_eq!((ran.out.as_str(), ran.err.lines().count()), ("", 2), "{line}: {ran:?}");
    }
}

#[test]
fn config_profile_key_and_database_errors_are_5() {
    let bare = Bench::bare();
    bare.line("list").failed(5, "config.toml");

    let bench = Bench::new();
    bench.line("track O1 --profile nobody").failed(5, "nobody");
    bench.line("track O1").good();
    bench.write("own.pem", "no key", 0o600);
    bench.line("refresh").failed(5, "own.pem");
    bench.write("own.pem", "no key", 0o644);
    let open = bench.line("refresh");
    open.failed(5, "own.pem");
    assert!(open.err.contains("chmod 600"), "{open:?}");
    std::fs::remove_file(bench.path("payermax.pem")).unwrap();
    assert_eq!(bench.line("list --view all").code, 0, "reading the list needs no key");

    std::fs::write(bench.path("data/test.db"), "this is no database, however long one looks at it").unwrap();
    bench.line("list").failed(5, "test.db");
    let config = std::fs::read_to_string(bench.path("config.toml")).unwrap();
    bench.write("config.toml", &config.replace("app_id", "ap_id"), 0o600);
    let wrong = bench.line("list");
    wrong.failed(5, "ap_id");
    assert!(wrong.err.contains("config.toml"), "{wrong:?}");
}

#[test]
fn global_flags_hold_on_both_sides_and_beat_the_environment() {
    let bench = Bench::new();
    let (config, data) = (bench.path("config.toml"), bench.path("elsewhere"));
    let global =
        ["--config", config.to_str().unwrap(), "--data-dir", data.to_str().unwrap(), "--profile", "test"];
    let mut before = bench.command(global.into_iter().chain(["--no-color", "track", "O1"]));
    before.env("DOCKET_CONFIG", "/nowhere").env("DOCKET_PROFILE", "nobody");
    Ran::of(before.output().unwrap()).good();
    let after = bench.run(["list", "--view", "all", "--json"].into_iter().chain(global));
    assert_eq!(after.json()[0]["caseId"], "O1");
    assert!(data.join("test.db").exists() && !bench.path("data/test.db").exists());
    assert_eq!(std::fs::metadata(data.join("test.db")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn pipes_get_no_colour_and_a_closed_one_is_no_error() {
    let bench = Bench::new();
    let ids: Vec<String> = (0..5000).map(|n| format!("O{n}")).collect();
    bench.write("ids.txt", &ids.join("\n"), 0o600);
    bench.run(["track", "--file", bench.path("ids.txt").to_str().unwrap()]).good();
    let text = bench.line("list --view all").good();
    assert!(!text.contains('\u{1b}') && text.lines().count() > 5000);
    let mut child = bench.command(["list", "--view", "all"]).spawn().unwrap();
    drop(child.stdout.take());
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn filters_sorts_and_sheets() {
    let bench = Bench::new();
    bench.write("ids.csv", &format!("caseId,owner,note\nO2,{},\nO1,ben,=1+1\nO3,carla,\n", me()), 0o600);
    bench.run(["track", "--file", bench.path("ids.csv").to_str().unwrap()]).good();
    // What the environment says of the user is not believed.
    for name in ["ana", "ben", ""] {
        let mut command = bench.command(["list", "--view", "all", "--filter", "owner:@me", "--json"]);
        let mine = Ran::of(command.env("USER", name).env("SUDO_USER", "carla").output().unwrap()).json();
        assert_eq!((mine.as_array().unwrap().len(), &mine[0]["caseId"]), (1, &json!("O2")), "{name}");
    }
    let sheet = bench.line("list --view all --sort id --csv").good();
    let rows: Vec<&str> = sheet.lines().collect();
    assert!(
        rows[0].starts_with("caseId,batchId,status,")
            && rows[0].ends_with(",reasonCode,reasonMessage,cardScheme,snoozedUntil")
    );
    assert!(rows[1].starts_with("O1,") && rows[1].contains("'=1+1"), "{sheet}");
    assert_eq!(bench.line("list --plain").good(), "");
    assert!(bench.line("list").good().starts_with("no case to show in Due (3 cases on the list)"));
}

#[test]
fn init_makes_a_set_up_once() {
    let bench = Bench::bare();
    bench.line("init").failed(2, "--environment is missing");
    let flags = "init --environment uat --app-id app1 --merchant-no P1 --profile test";
    let made = bench.line(flags).good();
    let portal = made.lines().find(|line| line.starts_with("MII")).unwrap();
    assert!(docket::gateway::PublicKey::parse(portal).is_ok());
    let key = bench.path("test.key.pem");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(lines(&bench.path("config.toml")).contains(&"default_profile = \"test\"".to_owned()));
    let before = (lines(&key), lines(&bench.path("config.toml")));
    bench.line(flags).failed(1, "nothing was changed");
    assert_eq!((lines(&key), lines(&bench.path("config.toml"))), before);
    bench.line("track O1").good();
    bench.line("refresh").failed(5, "payermax.pub.pem");
}

#[test]
fn help_completions_and_man_pages_come_from_the_same_definitions() {
    let bench = Bench::bare();
    let help = bench.line("--help").good();
    for word in ["demo", "sandbox", "init", "untrack", "completions", "Exit codes:", "--read-only"] {
        assert!(help.contains(word), "{word}");
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(bench.run(["completions", shell]).good().contains("fail-on-due"), "{shell}");
    }
    assert!(bench.line("man").good().contains(".TH docket 1"));
    let dir = bench.path("man");
    bench.run(["man", "--dir", dir.to_str().unwrap()]).good();
    let page = dir.join("docket-refresh.1");
    assert!(lines(&page).iter().any(|line| line.contains("closed_refresh_days")));
    assert_eq!(std::fs::metadata(page).unwrap().permissions().mode() & 0o777, 0o644);
    assert_eq!(bench.line("--version").good(), format!("docket {}\n", env!("CARGO_PKG_VERSION")));
}
