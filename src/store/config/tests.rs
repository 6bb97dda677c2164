//! Settings, right and wrong: what is read, what is refused, and with which line and key.

mod approval;
mod refusals;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use tempfile::TempDir;
use time::macros::offset;

use super::*;
use crate::domain::proxy::Proxy;
use crate::domain::refund::{Limits, Rule};

/// The least a settings file must have; nine lines.
pub(super) const LEAST: &str = r#"[profiles.live]
environment = "uat"
app_id = "app"
merchant_no = "m"
private_key_file = "live.key.pem"
gateway_public_key_file = "/keys/payermax.pub.pem"
"#;

pub(super) fn written(text: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config.toml");
    fs::write(&path, text).unwrap();
    (directory, path)
}

pub(super) fn load(text: &str) -> Result<Config, ConfigError> {
    let (_keep, path) = written(text);
    Config::load(&path, None)
}

fn policy(text: &str, mode: u32) -> (TempDir, PathBuf) {
    let (keep, path) = written(text);
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    (keep, path)
}

fn me() -> u32 {
    rustix::process::geteuid().as_raw()
}

#[test]
fn what_is_left_out_has_its_default() {
    let (keep, path) = written(LEAST);
    let config = Config::load(&path, None).unwrap();
    let (name, profile) = config.profile(None).unwrap();
    assert_eq!(name, "live", "the only profile is the default one");
    assert_eq!(profile.gateway_url(), "https://pay-gate-uat.payermax.com/aggregate-pay/api/gateway");
    assert_eq!(profile.key_place(), KeyPlace::File(&keep.path().join("live.key.pem")));
    assert_eq!(profile.gateway_public_key_file, Path::new("/keys/payermax.pub.pem"));
    assert_eq!(profile.due_zone, offset!(+8));
    assert_eq!(profile.versions, Versions::default());
    assert_eq!(profile.merchant_auth_token_header, "merchant_auth_token");
    assert_eq!((&profile.proxy, &profile.ca_bundle), (&Proxy::System, &None));
    assert_eq!(config.desk, Desk::default());
    assert_eq!(config.refresh, Refresh::default());
    assert_eq!((config.refunds, config.policy.limits()), (Refunds::default(), Limits::default()));
    assert_eq!(config.policy, Policy::default());
    assert!(config.templates.is_empty() && config.views.is_empty());
}

/// Every setting with a value that is not its default.
const FULL: &str = r#"default_profile = "isv"
[profiles.live]
environment = "production"
app_id = "app"
merchant_no = "m"
private_key_file = "k"
gateway_public_key_file = "p"
ca_bundle = "company.pem"
proxy = "http://a:b@10.0.0.1:3128/"
[profiles.agent]
environment = "uat"
app_id = "app"
merchant_no = "m"
signer = "ssh-agent"
agent_key = "SHA256:JTwhlBu6ZieRE5GomWtB3i8ScLxfDb4JBbF0pxGqNCo="
gateway_public_key_file = "p"
[profiles.command]
environment = "uat"
app_id = "app"
merchant_no = "m"
signer = "command"
sign_command = ["/usr/bin/sign", "--key", "live key"]
public_key_file = "/pub"
gateway_public_key_file = "p"
[profiles.isv]
environment = "custom"
base_url = "http://127.0.0.1:8080/aggregate-pay/api/gateway/"
app_id = "app"
merchant_no = "m"
proxy = "none"
sp_merchant_no = "sp"
merchant_auth_token_file = "/t"
merchant_auth_token_header = "merchant-auth-token"
signer = "file"
private_key_file = "k"
gateway_public_key_file = "p"
due_zone = "-03:30"
versions = { case_reply = "1.4", refund = "1.6" }
legacy = { merchant_id = "x", url = "https://a.example/b", sign = "md5-body", secret_file = "/s", always = true }
[desk]
soon_days = 0
closed_refresh_days = 7
theme = "high-contrast"
ascii = true
mouse = true
title = true
bell = true
keys = { quit = "x", down = ["j", "n"] }
[refresh]
concurrency = 64
per_second = 10000
timeout_s = 1
every_minutes = 5
[refunds]
reasons = ["too late", "退款"]
pause_s = 0
[policy]
read_only = true
refund_open_case = "block"
refund_max = { USD = "50.00" }
refund_daily_max = { IDR = "750000" }
[templates]
delivered = "Order {outTradeNo}"
[[views]]
title = "Rupiah"
filter = "cur:IDR"
"#;

#[test]
fn an_address_of_payermax_is_what_it_is_whatever_the_profile_calls_it() {
    let real = |url: &str| {
        let text = LEAST
            .replace("environment = \"uat\"", &format!("environment = \"custom\"\nbase_url = \"{url}\""));
        load(&text).unwrap().profile(None).unwrap().1.real_environment()
    };
    for (url, expected) in [
        ("https://pay-gate.shareitpay.in/aggregate-pay/api/gateway", Environment::Production),
        ("https://PAY-GATE.payermax.com:443/aggregate-pay/api/gateway", Environment::Production),
        ("https://pay-gate-uat.payermax.com/aggregate-pay/api/gateway", Environment::Uat),
        ("https://pay-gate.payermax.com.example/aggregate-pay", Environment::Custom),
        ("http://127.0.0.1:8080/aggregate-pay/api/gateway", Environment::Custom),
    ] {
        assert_eq!(real(url), expected, "{url}");
    }
}

#[test]
fn every_setting_is_read() {
    let config = load(FULL).unwrap();
    let (name, isv) = config.profile(None).unwrap();
    assert_eq!(
        (name, isv.gateway_url().as_str()),
        ("isv", "http://127.0.0.1:8080/aggregate-pay/api/gateway")
    );
    assert_eq!(isv.due_zone, offset!(-3:30));
    assert_eq!((isv.versions.case_reply.as_str(), isv.versions.refund.as_str()), ("1.4", "1.6"));
    assert_eq!(isv.merchant_auth_token_file.as_deref(), Some(Path::new("/t")));
    let legacy = isv.legacy.as_ref().unwrap();
    assert_eq!((legacy.sign, legacy.always), (LegacySign::Md5Body, true));
    let place = |name: &str| config.profile(Some(name)).unwrap().1.key_place();
    assert_eq!(place("agent"), KeyPlace::Agent("SHA256:JTwhlBu6ZieRE5GomWtB3i8ScLxfDb4JBbF0pxGqNCo"));
    let words = &["/usr/bin/sign", "--key", "live key"].map(str::to_owned);
    assert_eq!(place("command"), KeyPlace::Command { words, public: Path::new("/pub") });
    let live = config.profile(Some("live")).unwrap().1;
    assert_eq!(live.ca_bundle, Some(config.path.with_file_name("company.pem")));
    assert_eq!((&live.proxy, &isv.proxy), (&Proxy::parse("http://a:b@10.0.0.1:3128").unwrap(), &Proxy::Off));
    assert_eq!(live.gateway_url(), "https://pay-gate.payermax.com/aggregate-pay/api/gateway");
    assert!(config.desk.mouse && config.desk.title && config.desk.bell);
    assert_eq!(config.desk.keys["down"], ["j", "n"]);
    assert_eq!(config.desk.keys["quit"], ["x"]);
    assert_eq!(config.desk.theme, ThemeName::HighContrast);
    assert_eq!((config.desk.soon_days, config.desk.closed_refresh_days), (0, 7));
    assert_eq!(
        config.refresh,
        Refresh { concurrency: 64, per_second: 10_000, timeout_s: 1, every_minutes: 5 }
    );
    assert_eq!(config.refunds, Refunds { reasons: vec!["too late".into(), "退款".into()], pause_s: 0 });
    assert_eq!(config.policy.refund_max["USD"].value, Decimal::new(5000, 2));
    assert_eq!(config.policy.refund_daily_max["IDR"].source, config.path.display().to_string());
    assert!(config.policy.read_only);
    assert_eq!(config.views[0], SavedView { title: "Rupiah".into(), filter: "cur:IDR".into() });
}

#[test]
fn the_example_loads_as_it_is_and_shows_the_defaults() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    let config = Config::load(&path, None).unwrap();
    assert_eq!(config.desk, Desk::default());
    assert_eq!(config.refresh, Refresh::default());
    assert_eq!(config.refunds, Refunds::default());
    assert_eq!(config.policy, Policy::default());
    let profile = config.profile(Some("live")).unwrap().1;
    assert_eq!(profile.versions, Versions::default());
    assert_eq!(profile.due_zone, offset!(+8));
}

#[test]
fn the_example_loads_with_every_comment_taken_off_a_setting() {
    let text = include_str!("../../../config.example.toml");
    let setting = |line: &str| {
        let name = line.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '_');
        line.starts_with('[') || (name.len() < line.len() && name.starts_with(" = "))
    };
    let shown: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| setting(rest)).unwrap_or(line))
        .map(|line| if line.starts_with("environment") { "environment = \"custom\"" } else { line })
        .map(|line| if line.starts_with("sign = ") { "sign = \"md5-body\"" } else { line })
        .collect();
    // The settings of one signer are of no use to another.
    let own = [
        ("file", vec!["private_key_file"]),
        ("ssh-agent", vec!["agent_key"]),
        ("command", vec!["sign_command", "public_key_file"]),
    ];
    for (signer, names) in &own {
        let others = own.iter().filter(|(other, _)| other != signer).flat_map(|(_, names)| names);
        let others: Vec<String> = others.map(|name| format!("{name} = ")).collect();
        let lines = shown.iter().filter(|line| !others.iter().any(|other| line.starts_with(other)));
        let text: Vec<String> = lines
            .map(|line| {
                if line.starts_with("signer = ") {
                    format!("signer = \"{signer}\"")
                } else {
                    (*line).to_owned()
                }
            })
            .collect();
        let config = load(&text.join("\n")).unwrap_or_else(|error| panic!("{signer}: {error}"));
        assert_eq!(config.profile(None).unwrap().1.signer.word(), *signer);
        assert!(names.iter().all(|name| text.iter().any(|line| line.starts_with(name))), "{signer}");
    }
    let shown: Vec<&str> = shown
        .into_iter()
        .filter(|line| {
            !["agent_key", "sign_command", "public_key_file"].iter().any(|name| line.starts_with(name))
        })
        .collect();
    let config = load(&shown.join("\n")).unwrap();
    let profile = config.profile(None).unwrap().1;
    assert!(profile.ca_bundle.is_some() && matches!(profile.proxy, Proxy::Through(_)));
    assert!(profile.base_url.is_some() && profile.sp_merchant_no.is_some() && profile.legacy.is_some());
    assert!(!config.desk.keys.is_empty() && !config.templates.is_empty() && !config.views.is_empty());
    let policy = &config.policy;
    assert!(!policy.refund_max.is_empty() && !policy.refund_daily_max.is_empty());
    assert!(!policy.refund_approval_above.is_empty() && policy.refund_requests_dir.is_some());
    assert!(policy.refund_unlock_minutes > 0);
}

#[test]
fn the_example_has_every_key_there_is() {
    let text = include_str!("../../../config.example.toml");
    let names = |message: String| -> Vec<String> { explain::quoted(&message).split_off(1) };
    macro_rules! known {
        ($($shape:ty),*) => { [$(names(toml::from_str::<$shape>("no_such = 1").unwrap_err().to_string())),*] };
    }
    let keys = known!(Written, Profile, Versions, Legacy, Desk, Refresh, Refunds, Policy, SavedView).concat();
    assert!(keys.len() > 30, "{keys:?}");
    for key in keys {
        let is_there = text.lines().map(|line| line.trim_start_matches(['#', ' '])).any(|line| {
            line.starts_with(&format!("{key} = "))
                || line
                    .strip_prefix('[')
                    .is_some_and(|header| header.split(['.', '[', ']']).any(|part| part == key))
        });
        assert!(is_there, "config.example.toml does not show `{key}`");
    }
}

#[test]
fn an_unknown_profile_lists_those_there_are() {
    let more = LEAST.replace("profiles.live", "profiles.test");
    let config = load(&format!("default_profile = \"live\"\n{LEAST}{more}")).unwrap();
    let error = config.profile(Some("prod")).unwrap_err();
    assert!(error.to_string().starts_with("there is no profile `prod` in "), "{error}");
    assert!(error.to_string().ends_with("which has `live`, `test`"), "{error}");
}

#[test]
fn a_missing_file_says_docket_init() {
    let error = Config::load(Path::new("/nonexistent/config.toml"), None).unwrap_err();
    assert_eq!(error.to_string(), "there is no config file /nonexistent/config.toml");
    assert!(error.hint().contains("`docket init`"));
}

#[test]
fn the_administrators_policy_only_tightens() {
    let own = r#"
[policy]
read_only = false
refund_max = { USD = "50.00", EUR = "10.00" }
"#;
    let (_config, path) = written(&format!("{LEAST}{own}"));
    let (_policy, file) = policy(
        r#"[policy]
read_only = true
refund_open_case = "block"
refund_max = { USD = "20.00", EUR = "99.00", IDR = "1" }
refund_daily_max = { USD = "100" }
"#,
        0o644,
    );
    let tight = Config::load_with(&path, Some(&file), me()).unwrap().policy;
    assert!(tight.read_only);
    assert_eq!(tight.refund_open_case, OpenCase::Block);
    let limit = |currency: &str| {
        let Rule { value, source } = tight.limits().max[currency].clone();
        (value.to_string(), PathBuf::from(source))
    };
    assert_eq!(limit("USD"), ("20.00".into(), file.clone()));
    assert_eq!(limit("EUR"), ("10.00".into(), path.clone()), "the tighter one is the operator's own");
    assert_eq!(limit("IDR"), ("1".into(), file.clone()));
    assert_eq!(tight.limits().daily_max["USD"].value, Decimal::from(100));
    assert_eq!(tight.limits().open_case_blocked.unwrap().source, file.display().to_string());

    let strict = own.replace("false", "true\nrefund_open_case = \"block\"");
    let (_config, path) = written(&format!("{LEAST}{strict}"));
    let (_policy, file) = policy("[policy]\nread_only = false\nrefund_open_case = \"ask\"\n", 0o644);
    let still = Config::load_with(&path, Some(&file), me()).unwrap().policy;
    assert!(still.read_only && still.refund_open_case == OpenCase::Block, "nothing is loosened");
    assert_eq!(still.refund_max["USD"].value.to_string(), "50.00");
    assert_eq!(still.limits().open_case_blocked.unwrap().source, path.display().to_string());
}

#[test]
fn where_both_files_say_the_same_the_administrators_is_named() {
    let rules = r#"[policy]
refund_open_case = "block"
refund_max = { USD = "20.00", EUR = "0" }
refund_daily_max = { USD = "100" }
"#;
    let (_config, path) = written(&format!("{LEAST}{rules}"));
    let (_policy, file) = policy(&rules.replace("20.00", "20"), 0o644);
    let limits = Config::load_with(&path, Some(&file), me()).unwrap().policy.limits();
    let named = file.display().to_string();
    assert_eq!(limits.open_case_blocked.unwrap().source, named);
    assert_eq!(limits.max.values().map(|rule| rule.source.clone()).collect::<Vec<_>>(), [&named[..]; 2]);
    assert_eq!(limits.daily_max["USD"].source, named);
    assert!(limits.max["EUR"].value.is_zero(), "nothing may be refunded in it");
}

#[test]
fn a_policy_file_that_others_could_write_stops_docket() {
    let (_config, path) = written(LEAST);
    let (keep, file) = policy("[policy]\nread_only = true\n", 0o664);
    let error = Config::load_with(&path, Some(&file), me()).unwrap_err();
    assert!(error.to_string().ends_with("can be written by others (its mode is 0664)"), "{error}");
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let error = Config::load_with(&path, Some(&file), me() + 1).unwrap_err();
    assert!(error.to_string().ends_with("and not to root"), "{error}");
    let link = keep.path().join("link.toml");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let error = Config::load_with(&path, Some(&link), me()).unwrap_err();
    assert!(error.to_string().ends_with("is a symbolic link"), "{error}");
    let none = keep.path().join("none.toml");
    assert!(!Config::load_with(&path, Some(&none), me()).unwrap().policy.read_only);
    fs::write(&file, "[policy]\nread_onyl = true\n").unwrap();
    let error = Config::load_with(&path, Some(&file), me()).unwrap_err();
    assert!(error.to_string().ends_with("line 2: `policy.read_onyl` is no setting"), "{error}");
}

#[test]
fn paths_follow_flag_then_environment_then_home() {
    let homes = Homes { config: "/c/docket".into(), data: "/d/docket".into(), state: "/s/docket".into() };
    let none = |_: &str| None;
    let plain = Paths::resolve(None, None, none, Some(&homes)).unwrap();
    assert_eq!(plain.config, Path::new("/c/docket/config.toml"));
    assert_eq!(plain.database("live"), Path::new("/d/docket/live.db"));
    assert_eq!(plain.log(), Path::new("/s/docket/docket.log"));
    let env = |name: &str| match name {
        "DOCKET_CONFIG" => Some("/e/config.toml".into()),
        "DOCKET_DATA_DIR" => Some("/e/data".into()),
        _ => None,
    };
    let set = Paths::resolve(None, None, env, Some(&homes)).unwrap();
    assert_eq!((set.config, set.data_dir), ("/e/config.toml".into(), "/e/data".into()));
    let flags = Paths::resolve(Some(Path::new("f.toml")), Some(Path::new("f")), env, Some(&homes)).unwrap();
    assert_eq!((flags.config, flags.data_dir), ("f.toml".into(), "f".into()));
    let empty = Paths::resolve(None, None, |_| Some("".into()), Some(&homes)).unwrap();
    assert_eq!(empty, plain);
    assert_eq!(Paths::resolve(None, None, none, None), Err(ConfigError::NoHome));
    let homeless = Paths::resolve(Some(Path::new("f.toml")), Some(Path::new("f")), none, None).unwrap();
    assert_eq!(homeless.log(), Path::new("f/docket.log"));
}
