//! What docket is made of: that nothing comes in unnamed, unpinned or older than its last known hole, and that an exception
//! ends on a day that is written down.

use std::fs;

use toml::Table;

use super::root;

/// Versions below these have open advisories or are known to be broken (reliability.md section 8). A crate that is not in
/// the lock file needs none; each line of versions has its own.
const LEAST: [(&str, &[&str]); 16] = [
    ("anyhow", &["1.0.103"]),
    ("aws-lc-sys", &["0.39.0"]),
    ("base64", &["0.5.2"]),
    ("bytes", &["1.11.1"]),
    ("h2", &["0.4.16"]),
    ("lru", &["0.18.2"]),
    ("rand", &["0.8.6", "0.9.3", "0.10.1"]),
    ("rsa", &["0.9.10"]),
    ("rustls", &["0.23.18"]),
    ("rustls-webpki", &["0.103.13"]),
    ("sha2", &["0.9.8"]),
    ("time", &["0.3.47"]),
    ("tokio", &["1.44.2"]),
    ("tokio-postgres", &["0.7.18"]),
    ("tracing-subscriber", &["0.3.20"]),
    ("unicode-width", &["0.1.13"]),
];

/// Crates that must never be in the tree.
const BANNED: [&str; 6] = ["openssl", "openssl-sys", "native-tls", "aws-lc-sys", "webpki-roots", "atty"];

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

fn table(name: &str) -> Table {
    read(name).parse().unwrap()
}

/// Every package of the lock file: name, version and source.
fn locked() -> Vec<(String, Vec<u64>, Option<String>)> {
    let lock = table("Cargo.lock");
    let text = |package: &toml::Value, key: &str| Some(package.get(key)?.as_str()?.to_owned());
    let packages = lock.get("package").unwrap().as_array().unwrap().iter();
    packages
        .map(|one| {
            let version = text(one, "version").unwrap();
            (text(one, "name").unwrap(), numbers(&version), text(one, "source"))
        })
        .collect()
}

/// `1.2.3-rc.1+x` as `[1, 2, 3]`.
fn numbers(version: &str) -> Vec<u64> {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    release.split('.').map(|part| part.parse().unwrap()).collect()
}

/// Whether a version is at least the one of its own line: `0.8.5` is held against `0.8.6` and not against `0.10.1`.
fn is_new_enough(version: &[u64], least: &[&str]) -> bool {
    let line = |version: &[u64]| match version {
        [0, minor, ..] => (0, *minor),
        [major, ..] => (*major, 0),
        [] => (0, 0),
    };
    let least: Vec<Vec<u64>> = least.iter().map(|one| numbers(one)).collect();
    match least.iter().find(|one| line(one) == line(version)) {
        Some(own) => version >= own.as_slice(),
        None => least.iter().min().is_none_or(|lowest| version > lowest.as_slice()),
    }
}

#[test]
fn no_package_is_older_than_its_last_known_hole() {
    assert!(
        is_new_enough(&[0, 8, 6], &["0.8.6", "0.10.1"]) && !is_new_enough(&[0, 8, 5], &["0.8.6", "0.10.1"])
    );
    assert!(is_new_enough(&[0, 11, 0], &["0.10.1"]) && !is_new_enough(&[0, 10, 0], &["0.8.6", "0.10.1"]));
    let packages = locked();
    assert!(packages.len() > 200, "only {} packages were read", packages.len());
    let mut looked_at = 0;
    for (name, least) in LEAST {
        for (_, version, _) in packages.iter().filter(|(one, ..)| one == name) {
            assert!(is_new_enough(version, least), "{name} {version:?} is older than {least:?}");
            looked_at += 1;
        }
    }
    assert!(looked_at >= 10, "only {looked_at} of the packages with a least version are in the lock file");
}

#[test]
fn packages_come_from_one_registry_and_none_is_banned() {
    let foreign: Vec<_> = locked()
        .into_iter()
        .filter(|(name, _, source)| match source {
            Some(source) => source != "registry+https://github.com/rust-lang/crates.io-index",
            None => name != "docket",
        })
        .collect();
    assert!(foreign.is_empty(), "from elsewhere: {foreign:?}");
    let banned: Vec<_> = locked().into_iter().filter(|(name, ..)| BANNED.contains(&name.as_str())).collect();
    assert!(banned.is_empty(), "{banned:?}");
}

#[test]
fn every_dependency_is_pinned_to_a_line_and_has_its_reason() {
    let manifest = table("Cargo.toml");
    let architecture = read("ARCHITECTURE.md");
    let (_, section) = architecture.split_once("\n## Dependencies").expect("a section about dependencies");
    let section = section.split("\n## ").next().unwrap_or_default();
    let words: Vec<&str> =
        section.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').collect();
    let mut silent = Vec::new();
    for group in ["dependencies", "dev-dependencies"] {
        for (name, wanted) in manifest[group].as_table().unwrap() {
            let version = wanted.as_str().or_else(|| wanted.get("version")?.as_str());
            let is_pinned = version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()));
            assert!(
                is_pinned && version.is_none_or(|v| !v.contains(['*', '>', ','])),
                "{name} is pinned to no line"
            );
            assert!(
                wanted.get("git").is_none() && wanted.get("path").is_none(),
                "{name} is no published crate"
            );
            if !words.contains(&name.as_str()) {
                silent.push(name.clone());
            }
        }
    }
    assert!(silent.is_empty(), "ARCHITECTURE.md, Dependencies, gives no reason for {silent:?}");
}

#[test]
fn unsafe_code_is_forbidden_and_there_is_none() {
    let manifest = table("Cargo.toml");
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    for path in super::all_rust_files() {
        let text = fs::read_to_string(&path).unwrap();
        let has = |line: &str| {
            ["unsafe {", "unsafe fn", "unsafe impl", "allow(unsafe"].iter().any(|w| line.contains(w))
        };
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//") && !line.contains('"'));
        assert!(!code.clone().any(has), "{}", path.display());
    }
}

#[test]
fn every_build_is_the_one_of_the_lock_file() {
    for script in [".ci/run", ".ci/release"] {
        let text = read(script);
        let builds =
            ["cargo build", "cargo clippy", "cargo doc ", "cargo tree", "cargo install", "cargo deny -"];
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        let loose: Vec<&str> = lines
            .filter(|line| builds.iter().any(|word| line.contains(word)) && !line.contains("--version >"))
            .filter(|line| !line.contains("--locked"))
            .collect();
        assert!(loose.is_empty(), "{script}: {loose:?}");
    }
    let readme = read("README.md");
    let test = readme.lines().find(|line| line.starts_with("cargo test")).unwrap();
    assert!(test.contains("--locked"), "the test command of the README: {test}");
}

#[test]
fn the_rules_of_the_tree_stand_and_every_exception_has_a_reason_and_a_day() {
    let deny = table("deny.toml");
    let word = |section: &str, key: &str| deny[section][key].as_str().unwrap_or_default().to_owned();
    assert_eq!(word("bans", "wildcards"), "deny");
    assert_eq!(
        (word("sources", "unknown-registry"), word("sources", "unknown-git")),
        ("deny".into(), "deny".into())
    );
    let banned: Vec<&str> =
        deny["bans"]["deny"].as_array().unwrap().iter().filter_map(|one| one["crate"].as_str()).collect();
    for name in ["openssl-sys", "native-tls", "openssl"] {
        assert!(banned.contains(&name), "{name} is not banned");
    }
    for exception in deny["advisories"]["ignore"].as_array().unwrap() {
        let reason = exception["reason"].as_str().unwrap_or_default();
        let day = reason.rsplit_once("review by ").map(|(_, day)| day).unwrap_or_default();
        let format = time::macros::format_description!("[year]-[month]-[day]");
        assert!(
            time::Date::parse(day, format).is_ok(),
            "no day in {reason:?}; .ci/run looks for `review by`"
        );
    }
}

/// `rsa` signs without blinding under a name that is one word shorter, and docket has no use for decryption at all.
#[test]
fn the_lints_keep_unblinded_signatures_out() {
    let clippy = table("clippy.toml");
    let banned: Vec<&str> = clippy["disallowed-methods"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["path"].as_str())
        .collect();
    for method in
        ["rsa::RsaPrivateKey::sign", "rsa::RsaPrivateKey::decrypt", "rsa::RsaPrivateKey::decrypt_blinded"]
    {
        assert!(banned.contains(&method), "clippy.toml does not ban {method}");
    }
    let keys = read("src/gateway/keys.rs");
    assert_eq!(keys.matches(".sign_with_rng(").count(), 1);
    for path in super::all_rust_files().into_iter().filter(|path| path.starts_with(root().join("src"))) {
        let text = fs::read_to_string(&path).unwrap();
        for word in ["pkcs1v15::SigningKey", "BlindedSigningKey", "pss::", "Pkcs1v15Encrypt", "Oaep"] {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
}
