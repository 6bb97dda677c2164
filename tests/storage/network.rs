//! A home behind a network, played by the number that statfs(2) would tell.

use docket::store::{SqliteStore, Store as _};

use crate::host::{Host, REFUND, REPLY, contents};

/// NFS, a Windows share, FUSE, 9p.
const REMOTE: [(&str, &str); 4] = [
    ("26985", "NFS"),
    ("4283649346", "a Windows share"),
    ("1702057286", "a FUSE file system"),
    ("16914839", "a 9p file system"),
];

#[test]
fn a_list_on_a_network_disk_is_not_opened() {
    let host = Host::new();
    let before = contents(&host.data());
    for (number, what) in REMOTE {
        for line in ["list", "track O3", "refresh", "motd", REPLY, REFUND] {
            let ran = host.run_with(&[("DOCKET_FILE_SYSTEM", number)], line);
            ran.failed(5, &format!("lies on {what}, where several processes cannot share a database"));
            assert!(ran.err.contains("--data-dir") && ran.err.contains("network_disk"), "{ran:?}");
        }
    }
    assert_eq!((host.executed(), contents(&host.data())), ((0, 0), before));
    host.run_with(&[("DOCKET_FILE_SYSTEM", "61267")], "list --view all").good();
}

#[test]
fn with_leave_one_docket_at_a_time_works_there_and_refunds_need_more() {
    let host = Host::new();
    let nfs = [("DOCKET_FILE_SYSTEM", "26985")];
    host.bench.configure("[policy]\nnetwork_disk = \"no-refunds\"\n");
    assert_eq!(host.run_with(&nfs, "list --view all --json").json().as_array().unwrap().len(), 2);
    host.run_with(&nfs, "track O3").good();
    let ran = host.run_with(&nfs, REPLY);
    assert_eq!((ran.code, host.executed()), (0, (1, 0)), "{ran:?}");
    let ran = host.run_with(&nfs, REFUND);
    ran.failed(3, "lies on NFS, and no refund is sent from there");
    assert!(ran.err.contains("network_disk"), "{ran:?}");
    assert_eq!(host.executed(), (1, 0));

    let config = std::fs::read_to_string(host.bench.path("config.toml")).unwrap();
    host.bench.write("config.toml", &config.replace("no-refunds", "allow"), 0o600);
    let ran = host.run_with(&nfs, REFUND);
    assert_eq!((ran.code, host.executed()), (0, (1, 1)), "{ran:?}");
    host.run_with(&nfs, "journal --verify").good();
    host.run("journal --verify").good();

    // While one has it, no other does; and what it wrote is there for the next.
    let ground = docket::store::Ground {
        file_system: Some(0x6969),
        network: docket::store::config::NetworkDisk::Allow,
        ..docket::store::Ground::default()
    };
    let first = SqliteStore::open_on(&host.database(), ground).unwrap();
    host.run_with(&nfs, "list").failed(1, "another docket has");
    assert_eq!(first.tracked().unwrap().len(), 3);
    drop(first);
    assert_eq!(host.run_with(&nfs, "list").code, 0);
}

#[test]
fn an_administrator_may_forbid_it_and_a_wrong_word_is_explained() {
    let host = Host::new();
    host.bench.configure("[policy]\nnetwork_disk = \"yes\"\n");
    let ran = host.run("list");
    ran.failed(5, "network_disk");
    assert!(ran.err.contains("\"refuse\" or \"no-refunds\" or \"allow\""), "{ran:?}");
}
