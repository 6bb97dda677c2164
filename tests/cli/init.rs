//! `docket init`: a first set-up, and profiles added to one that is there.

use std::os::unix::fs::PermissionsExt as _;

use crate::bench::{Bench, lines};

const UAT: &str = "init --environment uat --app-id app2 --merchant-no P2";

fn text(bench: &Bench, name: &str) -> String {
    std::fs::read_to_string(bench.path(name)).unwrap()
}

fn mode(bench: &Bench, name: &str) -> u32 {
    std::fs::metadata(bench.path(name)).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_profile_is_added_behind_what_is_there() {
    let bench = Bench::new();
    let before = text(&bench, "config.toml");
    let said = bench.line(&format!("--profile uat {UAT}")).good();
    assert!(
        said.starts_with("added profile uat to ") && said.contains("the default is still test"),
        "{said}"
    );
    assert!(said.ends_with("3. docket --profile uat doctor\n"), "{said}");
    let after = text(&bench, "config.toml");
    let rest = after.strip_prefix("default_profile = \"test\"\n").unwrap();
    assert!(rest.starts_with(&before) && rest.contains("[profiles.uat]"), "{after}");
    assert_eq!((mode(&bench, "config.toml"), mode(&bench, "uat.key.pem")), (0o600, 0o600));
    bench.line("list").good();
    bench.line("--profile uat list").good();
    bench.line("--profile uat refresh").failed(5, "uat.payermax.pub.pem");

    let third = bench.line("--profile eu init --environment production --app-id a --merchant-no b").good();
    assert!(third.contains("PayerMax's merchant portal"), "{third}");
    assert!(text(&bench, "config.toml").starts_with(&after), "a default that is named stays where it is");
}

#[test]
fn what_is_there_is_never_touched() {
    let bench = Bench::new();
    bench.line(&format!("--profile uat {UAT}")).good();
    let before = (text(&bench, "config.toml"), text(&bench, "uat.key.pem"));
    bench.line(&format!("--profile uat {UAT}")).failed(1, "profile uat is in ");
    bench.line(UAT).failed(1, "config.toml is there already");
    bench.write("other.key.pem", "somebody's", 0o600);
    bench.line(&format!("--profile other {UAT}")).failed(1, "other.key.pem is there already");
    let mut by_environment = bench.command(UAT.split(' '));
    by_environment.env("DOCKET_PROFILE", "third");
    crate::bench::Ran::of(by_environment.output().unwrap()).failed(1, "config.toml is there already");
    assert_eq!((text(&bench, "config.toml"), text(&bench, "uat.key.pem")), before);
    assert_eq!(lines(&bench.path("other.key.pem")), ["somebody's"]);
    let leftovers = std::fs::read_dir(bench.home.path()).unwrap().flatten();
    assert!(
        leftovers.map(|file| file.file_name()).all(|name| !name.to_string_lossy().contains("docket-config"))
    );
}

#[test]
fn a_broken_config_is_not_added_to() {
    let bench = Bench::new();
    bench.write("config.toml", "[profiles.test]\nenvironment = 1\n", 0o600);
    bench.line(&format!("--profile uat {UAT}")).failed(5, "environment");
    assert!(!bench.path("uat.key.pem").exists());
}

#[test]
fn a_config_behind_a_link_is_added_to_where_it_lies() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("dotfiles")).unwrap();
    std::fs::rename(bench.path("config.toml"), bench.path("dotfiles/docket.toml")).unwrap();
    std::os::unix::fs::symlink("dotfiles/docket.toml", bench.path("config.toml")).unwrap();
    bench.line(&format!("--profile uat {UAT}")).good();
    assert!(std::fs::symlink_metadata(bench.path("config.toml")).unwrap().file_type().is_symlink());
    assert!(text(&bench, "dotfiles/docket.toml").contains("[profiles.uat]"));
}

#[test]
fn a_gateway_of_ones_own_needs_its_address() {
    let bench = Bench::bare();
    let custom = "init --environment custom --app-id app --merchant-no P01";
    bench.line(custom).failed(2, "--base-url is missing");
    bench.line(&format!("{custom} --base-url http://192.0.2.1/g")).failed(2, "base_url");
    bench.line(&format!("{UAT} --base-url https://example.com/g")).failed(2, "--base-url has no effect");
    assert!(!bench.path("config.toml").exists() && !bench.path("custom.key.pem").exists());
    let said = bench.line(&format!("{custom} --base-url http://127.0.0.1:9/g")).good();
    assert!(said.contains("whoever runs the gateway"), "{said}");
    assert!(text(&bench, "config.toml").contains("base_url = \"http://127.0.0.1:9/g\"\n"));
    bench.line("list").good();
}
