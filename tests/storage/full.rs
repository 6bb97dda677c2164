//! A disk without room.

use std::process::Command;

use serde_json::json;

use crate::bench::Ran;
use crate::host::{Host, REFUND, REPLY, words};

const LITTLE: [(&str, &str); 1] = [("DOCKET_FREE_BYTES", "67108863")];

#[test]
fn with_little_room_nothing_new_is_sent_and_the_list_works_on() {
    let host = Host::new();
    host.sends_nothing(&LITTLE, 1, "only 63 MiB are free beside");
    for line in
        ["list --view all --json", "show O1", "journal", "stats", "motd", "refresh --quiet", "track O3"]
    {
        let ran = host.run_with(&LITTLE, line);
        assert_eq!(ran.code, 0, "{line}: {ran:?}");
    }
    // What only shows what would be sent goes on, too.
    assert_eq!(host.run_with(&LITTLE, &REPLY.replace("--yes", "--dry-run")).code, 0);
    assert_eq!(host.actions(), 0);
    host.sends(&[("DOCKET_FREE_BYTES", "67108864")]);
}

#[test]
fn little_room_does_not_keep_doubt_from_being_settled() {
    let host = Host::new();
    host.bench.faults("drop-after@refund=1");
    host.run(REFUND).failed(6, "nobody can tell yet");
    let settled = host.run_with(&LITTLE, "settle --json");
    assert_eq!(settled.json()["actions"][0]["state"], json!("accepted"), "{settled:?}");
    assert_eq!(host.executed(), (0, 1));
}

/// A real error of the file system: no file may grow beyond what the database has.
#[test]
fn under_a_limit_on_files_nothing_is_sent_and_nothing_is_lost() {
    let host = Host::new();
    let before = host.run("list --view all --json").out;
    for blocks in [0, 8, 64, 512, 4096] {
        let ran = host.run_limited(blocks, REFUND);
        assert!(matches!(ran.code, 1 | 5), "{blocks}: {ran:?}");
        assert_eq!(ran.err.lines().count(), 2, "{blocks}: {ran:?}");
        assert!(ran.err.contains("\nhint: "), "{blocks}: {ran:?}");
        assert_eq!(host.executed(), (0, 0), "{blocks}");
        assert_eq!(host.run("list --view all --json").out, before, "{blocks}");
    }
    // 4 MiB of ballast and a little more do.
    let ran = host.run_limited(8400, REFUND);
    assert_eq!((ran.code, host.executed()), (0, (0, 1)), "{ran:?}");
    host.run("journal --verify").good();
}

/// The whole of it on a file system of 80 MiB that is filled to its last byte while a refund is on its way. Needs the right
/// to mount in a namespace of its own, which containers often do not give.
#[test]
fn the_answer_of_a_call_in_flight_finds_room_on_a_disk_that_is_really_full() {
    let host = Host::new();
    let data = host.data();
    let disk = host.bench.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = format!("mount -t tmpfs -o size=80m,mode=700 tmpfs {}", disk.display());
    let may = Command::new("unshare").args(["-Urm", "sh", "-c", &mount]).output();
    if !may.as_ref().is_ok_and(|ran| ran.status.success()) {
        eprintln!("SKIPPED: no right to mount a file system here, so none was really filled: {may:?}");
        return;
    }
    host.bench.faults("latency(1500)@refund");
    let refund: Vec<String> = words(REFUND)
        .iter()
        .map(|word| if word.contains(' ') { format!("'{word}'") } else { word.clone() })
        .collect();
    // Filled once the journal has the refund (its ballast is there then), and before its answer comes.
    let script = format!(
        "{mount} && cp {data}/test.db {disk}/ && export DOCKET_DATA_DIR={disk} &&
         {{ \"$0\" {refund} & }} && pid=$! &&
         while [ ! -s {disk}/test.db.tail ]; do :; done; ls {disk} >&2;
         cat /dev/zero > {disk}/filler 2>/dev/null; df {disk} | tail -1 >&2;
         wait $pid; echo \"ended $?\" >&2; ls {disk} >&2; rm {disk}/filler;
         \"$0\" journal --json; \"$0\" journal --verify >&2",
        data = data.display(),
        disk = disk.display(),
        refund = refund.join(" "),
    );
    let docket = host.command("journal");
    let mut shell = Command::new("unshare");
    shell.args(["-Urm", "sh", "-c", &script]).arg(docket.get_program()).env_clear();
    for (name, value) in docket.get_envs() {
        shell.env(name, value.unwrap());
    }
    shell.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let ran = Ran::of(shell.output().unwrap());
    assert_eq!(host.executed(), (0, 1), "{ran:?}");
    assert!(ran.err.contains("100%"), "the disk was not full: {ran:?}");
    let (before, after) = ran.err.split_once("ended ").unwrap();
    assert!(before.contains("test.db.ballast"), "{ran:?}");
    assert!(after.starts_with("0\n") && !after.contains("test.db.ballast"), "{ran:?}");
    let journal: serde_json::Value = serde_json::from_str(&ran.out[ran.out.find('[').unwrap()..])
        .unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!(journal[0]["state"], "accepted", "{ran:?}");
}
