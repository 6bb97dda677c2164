//! `docket doctor` against a real sandbox: every line of a set-up that works, and each thing that can be wrong with it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use docket::gateway::PrivateKey;
use serde_json::Value;

use crate::bench::{Bench, Ran};

/// Nobody listens there: it needs root, and what once had it is long gone.
const DEAD_PORT: u16 = 1;

/// Every check of a profile without ISV token and older interface, in the order in which they are told.
const CHECKS: [&str; 19] = [
    "config",
    "policy",
    "profile",
    "desk",
    "data",
    "disk",
    "database",
    "journal",
    "log",
    "private key",
    "gateway key",
    "key pair",
    "proxy",
    "gateway",
    "clock",
    "signed call",
    "terminal",
    "locale",
    "clipboard",
];

fn examined(bench: &Bench) -> Ran {
    examined_with(bench, &[])
}

fn examined_with(bench: &Bench, env: &[(&str, &str)]) -> Ran {
    let mut command = bench.command(["doctor", "--json"]);
    command.env("LANG", "C.UTF-8").envs(env.iter().copied());
    Ran::of(command.output().unwrap())
}

/// One check of a document: its result, what was found, the remedy.
fn check(ran: &Ran, name: &str) -> (String, String, String) {
    let document = ran.json();
    let check = document["checks"].as_array().unwrap().iter().find(|check| check["check"] == name);
    let check = check.unwrap_or_else(|| panic!("no {name}: {ran:?}"));
    let text = |field: &str| check[field].as_str().unwrap_or_default().to_owned();
    (text("result"), text("found"), text("remedy"))
}

fn names(ran: &Ran) -> Vec<String> {
    let document = ran.json();
    document["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["check"].as_str().unwrap().to_owned())
        .collect()
}

/// Everything under a directory, with bytes and times.
fn everything(under: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(under).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let changed = entry.metadata().unwrap().modified().unwrap();
        if path.is_dir() {
            found.extend(everything(&path));
            found.insert(path, (Vec::new(), changed));
        } else {
            found.insert(path.clone(), (std::fs::read(&path).unwrap(), changed));
        }
    }
    found
}

#[test]
fn a_set_up_that_works_is_told_line_by_line_and_nothing_is_changed() {
    let bench = Bench::new();
    let before = everything(bench.home.path());
    let fresh = examined(&bench);
    assert_eq!((fresh.code, fresh.err.as_str()), (0, ""), "{fresh:?}");
    assert_eq!(names(&fresh), CHECKS);
    let not_ok = |ran: &Ran| CHECKS.into_iter().filter(|name| check(ran, name).0 != "ok").collect::<Vec<_>>();
    assert_eq!(not_ok(&fresh), ["terminal"], "{fresh:?}");
    assert!(check(&fresh, "signed call").1.contains("ORDER_NOT_EXIST for the made-up case DOCKET-DOCTOR"));
    assert_eq!(fresh.json()["result"], "warning");
    assert_eq!(everything(bench.home.path()), before, "neither a directory nor a log was made");

    bench.put("O1", "DISPUTE_INQUIRY", 1);
    bench.line("track O1").good();
    bench.line("refresh --quiet").good();
    let before = everything(bench.home.path());
    let text = bench.line("doctor").good();
    assert_eq!(text.lines().count(), CHECKS.len(), "{text}");
    assert!(text.contains("case O1 answered and signed by PayerMax's key"), "{text}");
    assert!(text.contains("whole, format ") && text.contains("; 1 case, 0 drafts"), "{text}");
    assert_eq!(everything(bench.home.path()), before);
}

#[test]
fn a_missing_or_broken_config_is_told_and_the_rest_looked_at() {
    let bare = Bench::bare();
    let ran = examined(&bare);
    ran.failed(5, "1 check failed: config");
    assert_eq!(names(&ran), CHECKS);
    assert!(check(&ran, "config").2.contains("docket init"));
    assert_eq!(check(&ran, "signed call").1, "skipped: there is no usable profile");
    assert_eq!(check(&ran, "data").0, "ok");
    assert_eq!(check(&ran, "locale").0, "ok");

    let bench = Bench::new();
    let config = std::fs::read_to_string(bench.path("config.toml")).unwrap();
    bench.write("config.toml", &config.replace("app_id", "ap_id"), 0o600);
    let ran = examined(&bench);
    ran.failed(5, "config");
    assert!(check(&ran, "config").1.contains("ap_id") && check(&ran, "config").1.contains("line 4"));
    bench.write("config.toml", &format!("{config}[desk]\nkeys = {{ untrack = \"a\" }}\n"), 0o666);
    let ran = examined(&bench);
    // Nothing is signed either with what anybody could have written.
    ran.failed(5, "3 checks failed: config, desk, private key");
    assert!(check(&ran, "config").2.contains("chmod go-w"), "{ran:?}");
    bench.write("config.toml", &config, 0o600);
    let ran = Ran::of(bench.command(["doctor", "--json", "--profile", "nobody"]).output().unwrap());
    ran.failed(5, "1 check failed: profile");
    assert!(check(&ran, "profile").1.contains("nobody") && check(&ran, "config").0 == "ok");
}

#[test]
fn keys_that_are_missing_open_mixed_up_or_unknown_are_told_apart() {
    let bench = Bench::new();
    let (own, theirs) =
        ["own.pem", "payermax.pem"].map(|name| std::fs::read_to_string(bench.path(name)).unwrap()).into();

    std::fs::remove_file(bench.path("own.pem")).unwrap();
    let ran = examined(&bench);
    ran.failed(5, "1 check failed: private key");
    assert_eq!(check(&ran, "key pair").1, "skipped: there is no usable private key");
    assert_eq!(check(&ran, "signed call").1, "skipped: there is no usable private key");
    assert_eq!(
        (check(&ran, "gateway").0, check(&ran, "clock").0),
        ("ok".into(), "ok".into()),
        "looked at all the same"
    );

    bench.write("own.pem", &own, 0o644);
    assert!(check(&examined(&bench), "private key").2.contains("chmod 600"));

    bench.write("own.pem", &own, 0o600);
    let public = PrivateKey::parse(&own).unwrap().public().to_pem().unwrap();
    bench.write("payermax.pem", &public, 0o644);
    let ran = examined(&bench);
    ran.failed(5, "key pair, signed call");
    assert!(check(&ran, "key pair").1.contains("your own public key"));

    bench.write("payermax.pem", &theirs, 0o644);
    let stranger = PrivateKey::generate().unwrap();
    bench.write("own.pem", &stranger.to_pem().unwrap(), 0o600);
    let ran = examined(&bench);
    ran.failed(3, "1 check failed: signed call");
    let (_, found, remedy) = check(&ran, "signed call");
    assert!(found.starts_with("SIGN_VERIFY_FAILED") && remedy.contains("openssl pkey -pubout"), "{ran:?}");

    bench.write("own.pem", &own, 0o600);
    bench.write("payermax.pem", &stranger.public().to_pem().unwrap(), 0o644);
    let ran = examined(&bench);
    ran.failed(3, "signed call");
    assert!(check(&ran, "signed call").1.contains("not by the key in"), "{ran:?}");
}

#[test]
fn a_clock_that_is_off_is_measured() {
    let bench = Bench::new();
    for (skew, code, result, call) in
        [(-45, 0, "warning", "ok"), (100, 3, "error", "ok"), (-300, 3, "error", "error")]
    {
        bench.faults(&format!("skew={skew}"));
        let ran = examined(&bench);
        assert_eq!(ran.code, code, "{skew}: {ran:?}");
        let (grade, found, remedy) = check(&ran, "clock");
        assert_eq!(grade, result, "{skew}: {found}");
        assert!(found.contains(if skew < 0 { "ahead of" } else { "behind" }), "{skew}: {found}");
        assert!(remedy.contains("timedatectl"));
        assert_eq!(check(&ran, "signed call").0, call, "{skew}");
    }
    assert!(check(&examined(&bench), "signed call").1.starts_with("REQ_TIME_OVER_TIME"));
}

#[test]
fn answers_that_cannot_be_believed_are_errors() {
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", 1);
    bench.line("track O1").good();
    for (spec, what) in [
        ("missing-sign", "no signature"),
        ("wrong-sign", "not PayerMax's"),
        ("foreign", "cannot be read"),
        ("http-503@caseSearch", "503"),
        ("drop-before@caseSearch", "broke"),
    ] {
        bench.faults(spec);
        let ran = examined(&bench);
        ran.failed(3, "signed call");
        let (grade, found, remedy) = check(&ran, "signed call");
        assert_eq!(grade, "error", "{spec}");
        assert!(found.contains(what) && !remedy.is_empty(), "{spec}: {found}");
    }
    bench.faults("missing-sign");
    bench.line("untrack O1").good();
    let ran = examined(&bench);
    assert_eq!(
        (ran.code, check(&ran, "signed call").0.as_str()),
        (0, "warning"),
        "an unsigned refusal: {ran:?}"
    );
}

#[test]
fn a_port_nobody_listens_on_is_an_error_with_a_reason() {
    let bench = Bench::new();
    let address = bench.sandbox().address().to_string();
    let config = std::fs::read_to_string(bench.path("config.toml")).unwrap();
    bench.write("config.toml", &config.replace(&address, &format!("127.0.0.1:{DEAD_PORT}")), 0o600);
    let ran = examined(&bench);
    ran.failed(3, "1 check failed: gateway");
    let (_, found, remedy) = check(&ran, "gateway");
    assert!(found.contains(&format!("no connection to 127.0.0.1 port {DEAD_PORT}")), "{found}");
    assert!(remedy.contains("start the gateway on this machine"));
    assert_eq!(check(&ran, "signed call").1, "skipped: the gateway cannot be reached");
    assert_eq!(check(&ran, "clock").1, "skipped: the gateway cannot be reached");
}

#[test]
fn a_damaged_list_and_a_doubtful_journal_are_told() {
    let bench = Bench::new();
    bench.put("O1", "DISPUTE_INQUIRY", 1);
    bench.line("track O1").good();
    bench.line("refresh --quiet").good();
    bench.faults("drop-after@caseReplay");
    let sent = bench.run(["reply", "O1", "--content", "x", "--file", "https://example.com/a.pdf", "--yes"]);
    assert_eq!(sent.code, 6, "{sent:?}");
    let ran = examined(&bench);
    let (grade, found, remedy) = check(&ran, "journal");
    assert_eq!((ran.code, grade.as_str()), (0, "warning"), "{ran:?}");
    assert!(found.contains("1 action of unknown outcome") && remedy.contains("docket settle"), "{found}");

    std::fs::write(bench.path("data/test.db"), "this is no database, however long one looks at it").unwrap();
    let ran = examined(&bench);
    ran.failed(5, "1 check failed: database");
    assert_eq!(check(&ran, "journal").1, "skipped: the database cannot be read");
    assert_eq!(check(&ran, "signed call").0, "ok", "with a case that is made up");
}

#[test]
fn the_older_interface_and_the_isvs_token_are_looked_at_where_a_profile_has_them() {
    let bench = Bench::new();
    let config = std::fs::read_to_string(bench.path("config.toml")).unwrap();
    let legacy = format!(
        "[profiles.test.legacy]\nmerchant_id = \"SP1\"\nurl = \"{}\"\nsign = \"md5-body\"\nsecret_file = \"legacy.secret\"\n",
        bench.sandbox().legacy_url()
    );
    bench.write("config.toml", &format!("{config}{legacy}"), 0o600);
    bench.write("legacy.secret", "hush-hush", 0o640);
    let ran = examined(&bench);
    ran.failed(5, "1 check failed: legacy secret");
    assert_eq!(check(&ran, "legacy gateway").0, "ok");
    assert!(check(&ran, "legacy secret").2.contains("chmod 600"));

    let isv = "sp_merchant_no = \"SP1\"\nmerchant_auth_token_file = \"isv.token\"\n[refresh]";
    bench.write("config.toml", &config.replace("[refresh]", isv), 0o600);
    bench.write("isv.token", "\n", 0o600);
    let ran = examined(&bench);
    ran.failed(5, "1 check failed: isv token");
    assert_eq!(check(&ran, "signed call").1, "skipped: there is no usable token of the merchant's");
}

#[test]
fn surroundings_are_told() {
    let bench = Bench::bare();
    let ran = examined_with(&bench, &[("LC_ALL", "POSIX")]);
    assert_eq!(check(&ran, "locale").0, "warning");
    assert!(check(&ran, "locale").1.contains("LC_ALL=POSIX"));
    assert_eq!(check(&ran, "terminal").0, "warning", "a pipe is none");
}

#[test]
fn no_secret_is_ever_printed() {
    let bench = Bench::new();
    let own = std::fs::read_to_string(bench.path("own.pem")).unwrap();
    let config = std::fs::read_to_string(bench.path("config.toml")).unwrap();
    let isv = "sp_merchant_no = \"SP1\"\nmerchant_auth_token_file = \"isv.token\"\n[refresh]";
    bench.write("isv.token", "canary-token-1", 0o600);
    bench.write("config.toml", &config.replace("[refresh]", isv), 0o600);
    // Also where the key is in the wrong place, and where the proxy carries a password.
    bench.write("payermax.pem", &own, 0o644);
    let secrets: Vec<&str> = own
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .chain(["canary-token-1", "canary-pass"])
        .collect();
    for words in [["doctor", "--json"], ["doctor", "--no-color"]] {
        let mut command = bench.command(words);
        command.env("HTTPS_PROXY", "http://ana:canary-pass@127.0.0.1:9");
        let ran = Ran::of(command.output().unwrap());
        assert_eq!(ran.code, 5, "{ran:?}");
        for secret in &secrets {
            assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{secret}: {ran:?}");
        }
    }
}

#[test]
fn a_proxy_is_told_without_its_password() {
    let bench = Bench::new();
    let config = std::fs::read_to_string(bench.path("config.toml")).unwrap();
    let url = format!("base_url = \"{}\"", bench.sandbox().base_url());
    bench.write("config.toml", &config.replace(&url, "base_url = \"https://gateway.invalid/g\""), 0o600);
    let proxy = format!("http://ana:canary-pass@127.0.0.1:{DEAD_PORT}");
    let ran = examined_with(&bench, &[("HTTPS_PROXY", &proxy)]);
    ran.failed(3, "1 check failed: gateway");
    assert_eq!(
        check(&ran, "proxy").1,
        format!("http://127.0.0.1:{DEAD_PORT}, with a user name (hidden), from HTTPS_PROXY")
    );
    assert!(
        check(&ran, "gateway").1.contains(&format!("no connection to the proxy 127.0.0.1 port {DEAD_PORT}"))
    );
    assert!(!ran.out.contains("canary-pass"));
    let document: Value = ran.json();
    assert_eq!(document.as_object().unwrap().keys().collect::<Vec<_>>(), ["checks", "result"]);
}

#[test]
fn the_profiles_own_proxy_and_authorities_are_told_and_checked() {
    let bench = Bench::new();
    let config = std::fs::read_to_string(bench.path("config.toml")).unwrap();
    let url = format!("base_url = \"{}\"", bench.sandbox().base_url());
    let with = |lines: &str| {
        let text = format!("base_url = \"https://gateway.invalid/g\"\n{lines}");
        bench.write("config.toml", &config.replace(&url, &text), 0o600);
        examined_with(&bench, &[("HTTPS_PROXY", "http://127.0.0.1:1")])
    };
    let ran = with(&format!("proxy = \"http://ana:canary-pass@127.0.0.1:{DEAD_PORT}\""));
    ran.failed(3, "1 check failed: gateway");
    assert_eq!(
        check(&ran, "proxy").1,
        format!("http://127.0.0.1:{DEAD_PORT}, with a user name (hidden), from the profile")
    );
    assert!(!ran.out.contains("canary-pass") && !ran.err.contains("canary-pass"), "{ran:?}");
    assert_eq!(check(&with("proxy = \"none\""), "proxy").1, "none, by proxy = \"none\" in the profile");

    let bundle = "ca_bundle = \"company.pem\"";
    let said = check(&with(bundle), "gateway").1;
    assert!(said.starts_with("`ca_bundle` of profile ") && said.contains("there is no file"), "{said}");
    bench.write("company.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 0o644);
    let said = check(&with(bundle), "gateway").1;
    assert!(said.ends_with("the certificate that begins on its line 1 cannot be read"), "{said}");
    bench.write("company.pem", "nothing", 0o666);
    let said = check(&with(bundle), "gateway").1;
    assert!(said.contains("can be changed by others: its mode is 0666"), "{said}");
}
