//! Files that are damaged, cut, exchanged, newer, older, or held: reading where that is honest, sending never.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use docket::store::Store as _;
use rusqlite::Connection;

use crate::host::{Host, REFUND, REPLY, contents};

fn raw(host: &Host) -> Connection {
    Connection::open(host.database()).unwrap()
}

/// Takes the guards of the journal off, as somebody with a hex editor would not even need to.
fn unguard(raw: &Connection) {
    let names = "SELECT group_concat('DROP TRIGGER ' || name, ';') FROM sqlite_schema WHERE type = 'trigger'";
    let drops: String = raw.query_row(names, [], |row| row.get(0)).unwrap();
    raw.execute_batch(&drops).unwrap();
}

/// The first page of a table, closed and checkpointed; every byte of it is turned over.
fn turn_page(host: &Host, table: &str) {
    let (page, size): (u64, u64) = {
        let raw = raw(host);
        raw.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let page = raw
            .query_row("SELECT rootpage FROM sqlite_schema WHERE name = ?1", [table], |row| {
                row.get::<_, i64>(0)
            })
            .unwrap();
        let size: i64 = raw.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
        (page.try_into().unwrap(), size.try_into().unwrap())
    };
    let mut bytes = fs::read(host.database()).unwrap();
    let from = usize::try_from((page - 1) * size).unwrap();
    for byte in &mut bytes[from..from + usize::try_from(size).unwrap()] {
        *byte = !*byte;
    }
    fs::write(host.database(), bytes).unwrap();
}

#[test]
fn what_is_no_database_any_more_is_refused_and_left_alone() {
    for (name, spoil) in [
        ("another header", (|bytes| bytes[..16].fill(0)) as fn(&mut Vec<u8>)),
        ("half of it", |bytes| bytes.truncate(bytes.len() / 2)),
        ("a few bytes", |bytes| bytes.truncate(100)),
        ("zeroes", |bytes| bytes.fill(0)),
    ] {
        let host = Host::new();
        let mut bytes = fs::read(host.database()).unwrap();
        spoil(&mut bytes);
        fs::write(host.database(), &bytes).unwrap();
        let spoilt = bytes;
        let mut refused = 0;
        for line in ["list --view all", "track O3", "settle", REPLY, REFUND] {
            let ran = host.run(line);
            // A table that is still whole may be read; nothing is sent.
            refused += usize::from(ran.code == 5);
            assert!(matches!(ran.code, 0 | 5), "{name}, {line}: {ran:?}");
            if ran.code == 5 {
                ran.failed(5, "test.db");
                assert!(
                    ran.err.contains("README")
                        || ran.err.contains("backup")
                        || ran.err.contains("--data-dir")
                );
            }
        }
        assert!(refused >= 2, "{name}");
        assert_eq!(host.executed(), (0, 0), "{name}");
        assert!(fs::read(host.database()).unwrap() == spoilt, "{name}: written to");
    }
}

#[test]
fn a_turned_page_of_any_table_stops_every_send() {
    for table in ["cases", "actions", "attempts", "journal", "edition", "actions_open", "journal_of_action"] {
        let host = Host::new();
        // Something must lie in the tables.
        host.sends(&[]);
        host.bench.put("O4", "DISPUTE_INQUIRY", 4);
        host.closed("O5");
        host.run("track O4 O5").good();
        host.run("refresh --quiet").good();
        turn_page(&host, table);
        for line in [REPLY.replace("O1", "O4"), REFUND.replace("O2", "O5")] {
            let ran = host.run(&line);
            assert!(matches!(ran.code, 1 | 5), "{table}, {line}: {ran:?}");
            assert!(ran.err.contains("\nhint: ") && ran.err.contains("test.db"), "{table}: {ran:?}");
        }
        assert_eq!(host.executed(), (1, 1), "{table}");
        assert!(host.bench.sandbox().state().replies("O4").is_empty(), "{table}");
        assert!(host.run("doctor").code == 5, "{table}");
    }
}

#[test]
fn a_lost_log_is_noticed_by_the_journal_it_took_with_it() {
    let host = Host::new();
    host.bench.faults("latency(60000)@refund");
    let mut child = host.command(REFUND).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let tail = host.bench.path("data/test.db.tail");
    while !fs::metadata(&tail).is_ok_and(|found| found.len() > 0) {
        assert!(Instant::now() < deadline, "the refund never began");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    host.bench.faults("");
    let aside = host.bench.path("aside");
    fs::rename(host.bench.path("data/test.db-wal"), &aside).unwrap();
    fs::remove_file(host.bench.path("data/test.db-shm")).unwrap();
    // The list opens as it was before the refund, sound and wrong.
    assert_eq!(host.run("list --view all --json").json().as_array().unwrap().len(), 2);
    host.sends_nothing(&[], 5, "is broken at entry");
    // The log put back, nothing was lost.
    for side in ["data/test.db-wal", "data/test.db-shm"] {
        _ = fs::remove_file(host.bench.path(side));
    }
    fs::rename(&aside, host.bench.path("data/test.db-wal")).unwrap();
    let ran = host.run("journal --json");
    assert_eq!(ran.json()[0]["state"], "unknown", "{ran:?}");
    assert!(matches!(host.run("settle").code, 0 | 6));
    assert_eq!((host.actions(), host.executed().1 <= 1), (1, true));
}

#[test]
fn a_broken_chain_stops_every_send_at_once_and_the_guided_restore_mends_it() {
    let host = Host::new();
    host.sends(&[]);
    let copy = host.bench.path("copy.db");
    host.bench.run(["backup", copy.to_str().unwrap()]).good();
    let open = raw(&host);
    unguard(&open);
    open.execute_batch("UPDATE journal SET session = 'eve' WHERE seq = 2").unwrap();
    drop(open);
    host.bench.put("O4", "DISPUTE_INQUIRY", 4);
    host.run("track O4").good();
    host.run("refresh --quiet").good();
    let more = REPLY.replace("O1", "O4");
    for line in [more.as_str(), REFUND] {
        let ran = host.run(line);
        ran.failed(5, "is broken at entry 2 (it was changed after it was written)");
        assert!(ran.err.contains("journal --verify") && ran.err.contains("README"), "{ran:?}");
    }
    assert_eq!(host.executed(), (1, 1));
    assert_eq!(host.run("list --view all").code, 0, "reading goes on");
    // As the README says.
    let old = host.bench.path("old");
    fs::create_dir(&old).unwrap();
    let live: Vec<PathBuf> = contents(&host.data()).into_iter().map(|(path, _)| path).collect();
    for path in live.iter().filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("test.db"))
    {
        fs::rename(path, old.join(path.file_name().unwrap())).unwrap();
    }
    fs::copy(&copy, host.database()).unwrap();
    host.run("journal --verify").good();
    assert_eq!(host.run("settle").code, 0);
    host.run("track O4").good();
    let ran = host.run(&more);
    assert_eq!((ran.code, host.bench.sandbox().state().replies("O4").len()), (0, 1), "{ran:?}");
}

#[test]
fn an_older_copy_put_over_the_list_does_not_pass_for_it() {
    let host = Host::new();
    let (backup, copy) = (host.bench.path("backup.db"), host.bench.path("copy.db"));
    host.bench.run(["backup", backup.to_str().unwrap()]).good();
    fs::copy(host.database(), &copy).unwrap();
    host.sends(&[]);
    // A copy that nobody made for this: a disk that was set back, a file out of another tool.
    fs::copy(&copy, host.database()).unwrap();
    let ran = host.run(REFUND);
    ran.failed(5, "it was written, and is gone with all that came after it");
    assert_eq!(host.executed(), (1, 1));
    host.run("journal --verify").failed(1, "gone with all that came after it");
    // Known to the operator: what this host lost, PayerMax still has.
    fs::remove_file(host.bench.path("data/test.db.tail")).unwrap();
    host.run("journal --verify").good();
    host.run(REFUND).failed(3, "made elsewhere");
    // A backup that is put back, as README says, is meant.
    fs::copy(&backup, host.database()).unwrap();
    host.run("journal --verify").good();
    let ran = host.run(REFUND);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("went back before"), "the one that the backup has not is told: {ran:?}");
    assert_eq!(host.executed(), (1, 2), "and this one has the next number");
}

#[test]
fn a_newer_format_is_refused_and_not_a_byte_is_written() {
    let host = Host::new();
    raw(&host).pragma_update(None, "user_version", 99).unwrap();
    let before = contents(&host.data());
    for line in [
        "list",
        "show O1",
        "track O3",
        "refresh",
        "settle",
        "journal",
        "motd",
        "backup never-made.db",
        REPLY,
        REFUND,
    ] {
        let ran = host.run(line);
        ran.failed(5, "was written by a newer docket (its format is 99");
        assert!(ran.err.contains("upgrade docket"), "{ran:?}");
    }
    assert_eq!((host.executed(), contents(&host.data())), ((0, 0), before));
}

#[test]
fn a_list_held_by_another_process_is_said_to_be_and_nothing_is_lost() {
    let host = Host::new();
    let holder = raw(&host);
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(host.run("list --view all --json").json().as_array().unwrap().len(), 2, "reading goes on");
    // Each waits ten seconds, so all at once.
    std::thread::scope(|scope| {
        for line in ["track O3", "untrack O1", "settle", REPLY, REFUND] {
            let host = &host;
            scope.spawn(move || {
                let began = Instant::now();
                let ran = host.run(line);
                ran.failed(1, "was held by another process for more than 10 seconds");
                assert!(began.elapsed() >= Duration::from_secs(9), "{line} did not wait");
            });
        }
    });
    assert_eq!(host.executed(), (0, 0));
    holder.execute_batch("ROLLBACK").unwrap();
    drop(holder);
    host.run("track O3").good();
    host.sends(&[]);
    assert_eq!((host.store().tracked().unwrap().len(), host.actions()), (3, 2));
}

#[test]
fn an_older_format_that_cannot_be_copied_is_not_brought_up_to_date() {
    let host = Host::new();
    let fill: Vec<String> = (0..400).map(|n| format!("F{n}")).collect();
    host.bench.write("ids.txt", &fill.join("\n"), 0o600);
    host.bench.run(["track", "--file", host.bench.path("ids.txt").to_str().unwrap()]).good();
    // The sixth format is the fifth, three columns and another index.
    let open = raw(&host);
    open.execute_batch(
        "DROP INDEX cases_due; ALTER TABLE cases DROP COLUMN snoozed_until;
         ALTER TABLE cases DROP COLUMN snoozed_known; ALTER TABLE cases DROP COLUMN wakes_on;
         CREATE INDEX cases_due ON cases (due_rank, id) WHERE due_rank IS NOT NULL;
         PRAGMA user_version = 5; PRAGMA wal_checkpoint(TRUNCATE)",
    )
    .unwrap();
    drop(open);
    let before = fs::read(host.database()).unwrap();
    let blocks = u64::try_from(before.len()).unwrap() / 512 / 4;
    let ran = host.run_limited(blocks, "list --view all --json");
    ran.failed(1, "has an older format and could not be copied before it is brought up to date");
    assert!(fs::read(host.database()).unwrap() == before, "written to");
    assert_eq!(host.run("list --view all --json").json().as_array().unwrap().len(), 402);
    let copies = contents(&host.data());
    let copies = copies.iter().filter(|(path, _)| path.to_string_lossy().contains(".format-5.edition-"));
    assert_eq!(copies.count(), 1);
    host.sends(&[]);
}
