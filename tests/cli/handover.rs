//! What a person relies on when docket is handed to somebody else: backups that come back, completions that work in a
//! real shell, and pages that say what the program does.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use docket::domain::ids::CaseId;
use docket::domain::record::Draft;
use docket::domain::reply::{Target, Written};
use docket::store::{SqliteStore, Store as _};
use serde_json::json;

use crate::bench::{Bench, Ran, me};

#[test]
fn a_backup_taken_while_others_write_brings_everything_back() {
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", 4);
    bench.write("ids.csv", "caseId,note\nO1,call Ana first\n", 0o600);
    bench.run(["track", "--file", bench.path("ids.csv").to_str().unwrap()]).good();
    bench.line("refresh --quiet").good();
    bench.line("reply O1 --content Delivered. --file http://ev.example/O1.pdf --yes").good();
    let draft = Draft {
        targets: vec![Target::Case(CaseId::parse("O1").unwrap())],
        written: Written { content: "half a sentence".into(), files: vec!["http://ev.example/x.pdf".into()] },
        changed_at: time::macros::datetime!(2026-11-20 08:00 UTC),
    };
    SqliteStore::open(&bench.path("data/test.db")).unwrap().save_draft(&draft).unwrap();

    let copy = bench.path("monday.db");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut rounds = 0;
            while !stop.load(Ordering::Relaxed) {
                bench.run(["track", &format!("W{rounds}a,W{rounds}b")]).good();
                rounds += 1;
            }
            rounds
        });
        while bench.line("list --view all --json").json().as_array().unwrap().len() < 3 {}
        let ran = bench.run(["backup", copy.to_str().unwrap(), "--json"]);
        stop.store(true, Ordering::Relaxed);
        let made = ran.json();
        assert_eq!(made["cases"].as_u64().unwrap() % 2, 1, "pairs are in it whole or not at all: {made}");
        assert_eq!((&made["journalEntries"], &made["drafts"]), (&json!(3), &json!(1)));
        assert_eq!(made["bytes"], fs::metadata(&copy).unwrap().len());
        assert!(writer.join().unwrap() > 0);
    });

    // As the README says: the side files go, the copy takes the database's name.
    let journal = bench.line("journal --json").json();
    let case = bench.line("show O1 --json").json();
    let database = bench.path("data/test.db");
    fs::write(&database, "a disk that broke").unwrap();
    for side in ["data/test.db-wal", "data/test.db-shm"] {
        _ = fs::remove_file(bench.path(side));
    }
    fs::copy(&copy, &database).unwrap();
    assert_eq!(bench.line("journal --json").json(), journal);
    assert!(bench.line("journal --verify").good().contains("whole"));
    assert_eq!(bench.line("show O1 --json").json(), case);
    assert_eq!(case["note"], "call Ana first");
    assert_eq!(SqliteStore::open(&database).unwrap().drafts().unwrap(), [draft]);
}

#[test]
fn a_backup_overwrites_nothing_and_a_missing_list_is_none() {
    let bench = Bench::new();
    let copy = bench.path("copy.db");
    let backup = || bench.run(["backup", copy.to_str().unwrap()]);
    backup().failed(1, "there is no database");
    assert!(!bench.path("data/test.db").exists() && !copy.exists());
    bench.line("track O1").good();
    let said = backup().good();
    assert!(
        said.contains("copy.db written and checked: ") && said.contains("KiB, 1 case, 0 journal entries"),
        "{said}"
    );
    backup().failed(1, "exists already");
    bench.line("backup").failed(2, "required arguments");
}

#[test]
fn the_journal_reads_as_words_too() {
    let bench = Bench::new();
    assert_eq!(bench.line("journal --plain").good(), "");
    bench.put("O1", "DISPUTE_INQUIRY", 4);
    bench.line("track O1").good();
    bench.line("reply O1 --content Delivered. --file http://ev.example/O1.pdf --yes").good();
    let plain = bench.line("journal --plain").good();
    assert!(
        plain.starts_with("accepted: reply to case O1, confirmed 20") && plain.lines().count() == 1,
        "{plain}"
    );
    assert!(plain.contains(&format!(", by {}, action A-", me())), "{plain}");
    bench.line("journal --plain --csv").failed(2, "cannot be used with");
}

/// Runs a script in a shell that finds docket by its name; `None` where there is no such shell.
fn in_shell(bench: &Bench, shell: &[&str], script: &str) -> Option<Ran> {
    let program = Path::new(env!("CARGO_BIN_EXE_docket")).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(program.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut command = Command::new(shell[0]);
    for (name, value) in bench.command([""; 0]).get_envs() {
        command.env(name, value.unwrap());
    }
    command.env("PATH", path.unwrap()).args(&shell[1..]).arg(script);
    match command.output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        output => Some(Ran::of(output.unwrap())),
    }
}

#[test]
fn bash_completes_ids_from_the_list_and_runs_none_of_them() {
    let bench = Bench::new();
    bench.put("O2", "DISPUTE_INQUIRY", 1);
    let bait = bench.path("bait");
    bench.line("track O1 O2 P3").good();
    bench.run(["track", &format!("$(touch${{IFS}}{})", bait.display())]).good();
    assert_eq!(bench.line("refresh --quiet O2").code, 0);
    let elsewhere = bench.path("elsewhere");
    bench.run(["track", "X9", "--data-dir", elsewhere.to_str().unwrap()]).good();
    fs::write(bench.path("script"), bench.line("completions bash").good()).unwrap();
    let ask = |words: &str| {
        let script = format!(
            "set -u; . \"$HOME/script\" && COMP_WORDS=({words}) && COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)) && \
             {{ _docket_with_ids docket \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\" 2>/dev/null; \
             echo \"${{COMPREPLY[*]}}\"; }}"
        );
        in_shell(&bench, &["bash", "--norc", "-c"], &script).map(Ran::good)
    };
    for (words, offered) in [
        ("docket show ''", "O2 O1 P3"),
        ("docket show O", "O2 O1"),
        ("docket show P", "P3"),
        ("docket --profile test refresh O1 ''", "O2 O1 P3"),
        ("docket --profile = test untrack P", "P3"),
        ("docket journal --case ''", "O2 O1 P3"),
        ("docket journal --case = ''", "O2 O1 P3"),
        ("docket --profile nobody show ''", "-h --json"),
        (&format!("docket --data-dir {} show ''", elsewhere.display()), "X9"),
        ("docket show --js", "--json"),
        ("docket track ''", "-h --file"),
        ("docket sh", "show"),
    ] {
        let Some(answer) = ask(words) else { return };
        assert!(
            answer.trim_end() == offered || answer.starts_with(&format!("{offered} ")),
            "{words}: {answer}"
        );
        assert!(!answer.contains("touch"), "{words}: {answer}");
    }
    let content = ask("docket reply O1 --content ''").unwrap();
    assert!(!content.contains("O2"), "a text is no id: {content}");
    assert!(!bait.exists(), "an id was run as a command");
}

#[test]
fn every_completion_script_is_sound_to_its_shell() {
    let bench = Bench::bare();
    for (shell, check) in
        [("bash", &["bash", "-n"][..]), ("zsh", &["zsh", "-n"][..]), ("fish", &["fish", "--no-execute"][..])]
    {
        let file = bench.path(shell);
        fs::write(&file, bench.run(["completions", shell]).good()).unwrap();
        if let Some(ran) = in_shell(&bench, check, file.to_str().unwrap()) {
            ran.good();
        }
    }
    assert!(bench.line("completions powershell").good().contains("docket complete-ids"));
    assert_eq!(bench.line("complete-ids docket show").good(), "", "nothing to offer is no error");
    assert!(!bench.line("--help").good().contains("complete-ids"));
}

#[test]
fn the_readmes_crontab_line_speaks_only_when_something_is_due() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let line = readme.lines().find_map(|line| line.strip_prefix("30 7 * * 1-5  ")).unwrap();
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", 4);
    bench.line("track O1").good();
    let cron = || in_shell(&bench, &["sh", "-c"], line).unwrap();
    let quiet = cron();
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (0, "", ""));
    bench.put("O1", "DISPUTE_INQUIRY", 1);
    let mail = cron();
    assert!(mail.err.contains("1 case is due by tomorrow or overdue"), "{mail:?}");
    assert!(mail.out.starts_with("tomorrow: case O1, due "), "{mail:?}");
}

#[test]
fn a_long_import_that_is_stopped_says_how_far_it_came() {
    let bench = Bench::new();
    let ids: Vec<String> = (0..100_000).map(|n| format!("O{n}")).collect();
    bench.write("ids.txt", &ids.join("\n"), 0o600);
    let child = bench.command(["track", "--file", bench.path("ids.txt").to_str().unwrap()]).spawn().unwrap();
    let database = bench.path("data/test.db");
    let on_list = || SqliteStore::open(&database).unwrap().tracked().unwrap().len();
    while !database.exists() || on_list() == 0 {
        std::thread::yield_now();
    }
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT)
        .unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap());
    let kept = on_list();
    ran.failed(3, &format!("stopped: {kept} of 100000 cases are on the list"));
    assert!(kept < ids.len() && ran.out == format!("{kept} new, 0 known\n"), "{ran:?}");
    assert_eq!(bench.line("stats --json").json()["onList"], kept);
}
