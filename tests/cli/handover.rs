//! What a person relies on when docket is handed to somebody else: backups that come back, completions that work in a
//! real shell, and pages that say what the program does.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use docket::domain::ids::CaseId;
use docket::domain::record::Draft;
use docket::domain::reply::{Target, Written};
use docket::store::{SqliteStore, Store as _};
use serde_json::json;

use crate::bench::Bench;

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
    assert!(plain.contains(", by ana, action A-"), "{plain}");
    bench.line("journal --plain --csv").failed(2, "cannot be used with");
}
