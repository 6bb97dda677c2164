//! Whose the files are and who may write them. Where the tests run as root, docket runs as somebody to whom rights mean
//! something.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use crate::host::{Host, contents};

fn set(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

const READING: [&str; 6] = ["list --view all --json", "show O1", "journal", "stats", "motd", "export --json"];
const WRITING: [&str; 5] = ["track O3", "untrack O1", "refresh --quiet", "settle", "init --profile other"];

/// Reading goes on with the very same output, writing says what to do, and no byte is touched.
#[track_caller]
fn only_reads(host: &Host, lists: &[String], what: &str) {
    let before = contents(&host.data());
    for (line, usual) in READING.iter().zip(lists) {
        let ran = host.run(line);
        assert_eq!((ran.code, &ran.out, ran.err.as_str()), (0, usual, ""), "{line}: {ran:?}");
    }
    for line in &WRITING[..4] {
        host.run(line).failed(5, what);
    }
    host.sends_nothing(&[], 5, what);
    assert_eq!(contents(&host.data()), before, "looked at, and nothing more");
}

fn usual(host: &Host) -> Vec<String> {
    READING.iter().map(|line| host.run(line).out).collect()
}

#[test]
fn a_directory_without_rights_is_read() {
    let host = Host::without_rights();
    let lists = usual(&host);
    host.give(&[]);
    set(&host.data(), 0o500);
    only_reads(&host, &lists, "can be read and not written");
    set(&host.data(), 0o700);
    host.sends(&[]);
}

#[test]
fn a_file_without_rights_is_read() {
    let host = Host::without_rights();
    let lists = usual(&host);
    host.give(&[]);
    set(&host.database(), 0o400);
    only_reads(&host, &lists, "can be read and not written");
    set(&host.database(), 0o600);
    host.sends(&[]);
}

#[test]
fn a_home_without_rights_is_read() {
    let host = Host::without_rights();
    let lists = usual(&host);
    host.give(&[]);
    let home = host.bench.home.path();
    fs::create_dir_all(host.bench.path(".local/state/docket")).unwrap();
    host.give(&[]);
    for directory in [home, &host.data(), &host.bench.path(".local/state/docket")] {
        set(directory, 0o500);
    }
    only_reads(&host, &lists, "can be read and not written");
    for directory in [home, &host.data(), &host.bench.path(".local/state/docket")] {
        set(directory, 0o700);
    }
    host.sends(&[]);
}

/// What a killed docket left in the log beside the database is read, too.
#[test]
fn what_lies_in_the_log_is_read_where_nothing_may_be_written() {
    let host = Host::without_rights();
    // Somebody who has the list open keeps the log there, until it is copied away from under him.
    let holder = host.store();
    host.bench.line("track O7").good();
    let left: Vec<_> = contents(&host.data());
    drop(holder);
    for (path, bytes) in left {
        fs::write(path, bytes).unwrap();
    }
    assert!(host.bench.path("data/test.db-wal").exists() && host.bench.path("data/test.db-shm").exists());
    host.give(&[]);
    set(&host.data(), 0o500);
    let ran = host.run("list --view all --plain");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("O7"), "an older state would be a lie: {ran:?}");
    // Without its index the log cannot be read where nothing can be made: that is said, and the old state is not shown.
    set(&host.data(), 0o700);
    fs::remove_file(host.bench.path("data/test.db-shm")).unwrap();
    set(&host.data(), 0o500);
    let ran = host.run("list --view all --plain");
    assert!(ran.code == 5 || ran.out.contains("O7"), "{ran:?}");
    set(&host.data(), 0o700);
    assert!(host.run("list --view all --plain").good().contains("O7"));
}

#[test]
fn no_list_and_no_rights_to_make_one_says_where_to() {
    let host = Host::without_rights();
    fs::remove_dir_all(host.data()).unwrap();
    fs::create_dir(host.data()).unwrap();
    host.give(&[]);
    set(&host.data(), 0o500);
    for line in ["list", "track O1", "refresh"] {
        let ran = host.run(line);
        ran.failed(5, "cannot be opened for writing");
        assert!(ran.err.contains("--data-dir"), "{ran:?}");
    }
    set(&host.data(), 0o700);
}

#[test]
fn rights_that_are_too_wide_are_narrowed_or_named() {
    let host = Host::without_rights();
    host.give(&[]);
    set(&host.database(), 0o666);
    assert_eq!(host.run("list").code, 0);
    assert_eq!(fs::metadata(host.database()).unwrap().mode() & 0o777, 0o600, "narrowed");
    set(&host.data(), 0o777);
    let command = format!("run `chmod 700 {}`", host.data().display());
    for line in ["list", "track O3"] {
        host.run(line).failed(5, &command);
    }
    host.sends_nothing(&[], 5, &command);
    set(&host.data(), 0o700);
    host.sends(&[]);
}

#[test]
fn a_list_of_somebody_elses_is_named_with_the_command() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED: only root can give a file away, so none is somebody else's here");
        return;
    }
    let host = Host::without_rights();
    host.give(&[]);
    std::os::unix::fs::chown(host.database(), Some(0), Some(0)).unwrap();
    // As `sudo docket` leaves it, and then made readable by the hasty.
    set(&host.database(), 0o666);
    let command = format!("run `sudo chown 65534 {}`", host.database().display());
    for line in ["list", "track O3"] {
        host.run(line).failed(5, &command);
    }
    host.sends_nothing(&[], 5, "belongs to user 0 and not to you (65534)");
    host.give(&[]);
    host.sends(&[]);
}
