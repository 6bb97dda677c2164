//! What init writes can be read, and what was there stays.

use super::*;
use crate::store::config::{Desk, Environment as Kind, KeyPlace, Refresh};
use pretty_assertions::assert_eq;

const CONFIG: &str = "/etc/config.toml";

fn answers(profile: &str, environment: Environment) -> Answers {
    Answers {
        profile: profile.into(),
        environment,
        base_url: matches!(environment, Environment::Custom).then(|| "http://127.0.0.1:9/g/".to_owned()),
        app_id: "a\"b\\c".into(),
        merchant_no: "P01".into(),
        gateway_key_file: GATEWAY_KEY_FILE.into(),
    }
}

fn parsed(text: &str) -> Config {
    Config::parse(Path::new(CONFIG), text).unwrap()
}

#[test]
fn the_config_it_writes_is_one_it_can_read() {
    let config = parsed(&text::first(&answers("eu-live", Environment::Uat)));
    let (name, profile) = config.profile(None).unwrap();
    assert_eq!((name, profile.app_id.as_str()), ("eu-live", "a\"b\\c"));
    assert_eq!(profile.key_place(), KeyPlace::File(Path::new("/etc/eu-live.key.pem")));
    assert_eq!(profile.gateway_public_key_file, Path::new("/etc").join(GATEWAY_KEY_FILE));
    assert_eq!(config.refresh, Refresh::default(), "it states the defaults");
    assert_eq!(config.desk, Desk::default());
    let custom = parsed(&text::first(&answers("a.b", Environment::Custom)));
    let (name, profile) = custom.profile(None).unwrap();
    assert_eq!((name, profile.environment), ("a.b", Kind::Custom));
    assert_eq!(profile.gateway_url(), "http://127.0.0.1:9/g");
}

/// What is added to: formatting of somebody's own, and no line end at its end.
const OWN: &str = "# mine\ndefault_profile='live'   # keep\n[profiles . live]\nenvironment = \"production\"\n\
    app_id = \"x\"\nmerchant_no = \"y\"\nprivate_key_file = \"k\"\ngateway_public_key_file = \"g\"\n\n[desk]\nsoon_days=3 # three";

#[test]
fn one_more_profile_leaves_every_byte_where_it_was() {
    let old = Old { text: OWN.to_owned(), config: parsed(OWN) };
    let longer = text_of(Path::new(CONFIG), Some(&old), &answers("a.b", Environment::Uat)).unwrap();
    assert!(longer.starts_with(&format!("{OWN}\n\n[profiles.\"a.b\"]\n")), "{longer}");
    let new = parsed(&longer);
    assert_eq!((new.default_profile.as_str(), new.desk.soon_days), ("live", 3));
    assert_eq!(new.profiles.keys().collect::<Vec<_>>(), ["a.b", "live"]);
}

#[test]
fn the_only_profile_stays_the_default() {
    let text = OWN.replace("default_profile='live'   # keep\n", "");
    let old = Old { config: parsed(&text), text };
    let longer = text_of(Path::new(CONFIG), Some(&old), &answers("uat", Environment::Uat)).unwrap();
    assert!(longer.starts_with(&format!("default_profile = \"live\"\n{}", old.text)), "{longer}");
    assert_eq!(parsed(&longer).default_profile, "live");
}

#[test]
fn a_config_that_cannot_be_added_to_is_left_alone() {
    let inline = "default_profile = \"live\"\nprofiles = { live = { environment = \"uat\", app_id = \"x\", \
        merchant_no = \"y\", private_key_file = \"k\", gateway_public_key_file = \"g\" } }\n";
    let old = Old { text: inline.to_owned(), config: parsed(inline) };
    let error = text_of(Path::new(CONFIG), Some(&old), &answers("uat", Environment::Uat)).unwrap_err();
    assert_eq!(error.exit, Exit::Failed);
    assert!(error.hint.contains("[profiles.NAME]"), "{error:?}");
}

#[test]
fn values_that_cannot_be_right_are_refused() {
    assert_eq!(value("--app-id", "x", 64), Ok("x".to_owned()));
    for bad in ["", "a b", "a\u{200b}b"] {
        assert_eq!(value("--app-id", bad, 64).unwrap_err().exit, Exit::Usage, "{bad:?}");
    }
    assert!(value("--merchant-no", &"9".repeat(33), 32).unwrap_err().message.contains("at most 32"));
    let mut far = answers("x", Environment::Custom);
    far.base_url = Some("http://10.0.0.1/g".into());
    let error = text_of(Path::new("c"), None, &far).unwrap_err();
    assert_eq!(error.exit, Exit::Usage);
    assert!(error.message.contains("base_url") && !error.message.contains("10.0.0.1"), "{error:?}");
}

#[test]
fn the_steps_name_the_portal_the_files_and_the_command() {
    let steps = |default, config_flag| Steps {
        config: Path::new("/c/config.toml"),
        config_flag,
        key_file: Path::new("/c/uat.key.pem"),
        gateway_key: Path::new("/c/g.pem"),
        default,
        public: "MII",
    };
    let first = steps(None, None).text(&answers("uat", Environment::Uat));
    assert!(first.contains("UAT merchant portal") && first.contains("as /c/g.pem\n"), "{first}");
    assert!(first.ends_with("3. docket doctor\n"), "{first}");
    let added = steps(Some("live"), Some(Path::new("/a b"))).text(&answers("c", Environment::Custom));
    assert!(added.starts_with("added profile c to /c/config.toml; the default is still live\n"), "{added}");
    assert!(added.ends_with("3. docket --config '/a b' --profile c doctor\n"), "{added}");
    assert!(!added.contains("portal ("), "a gateway of one's own has no portal: {added}");
}
