//! Everything that is refused, with its line, its key and the way out.

use super::*;

/// The part of a refusal behind the file name, and the remedy.
fn refusal(text: &str) -> (String, String) {
    let (_keep, path) = written(text);
    let error = Config::load(&path, None).unwrap_err();
    let sentence = error.to_string();
    let rest = sentence.strip_prefix(&format!("{}", path.display())).expect(&sentence);
    (rest.trim().to_owned(), error.hint().to_owned())
}

/// [`LEAST`] with one line of the profile added, which is line 7.
fn profile_with(line: &str) -> String {
    format!("{LEAST}{line}\n")
}

/// What is written from line 7 on, and what is said to it.
const TABLE: &[(&str, &str)] = &[
    (
        "proxy = \"https://ana:s3cret@proxy.example\"",
        "line 7: `profiles.live.proxy` must be \"system\", \"none\", or the http:// address of a proxy, with no path",
    ),
    (
        "proxy = \"proxy.example:3128\"",
        "line 7: `profiles.live.proxy` must be \"system\", \"none\", or the http:// address of a proxy, with no path",
    ),
    (
        "ca_bundle = \" \"",
        "line 7: `profiles.live.ca_bundle` must be the name of a file, in double quotes, and not what belongs in the file",
    ),
    (
        "ca_bundle = [\"a.pem\"]",
        "line 7: `profiles.live.ca_bundle` must be the name of a file, in double quotes, and not what belongs in the file",
    ),
    ("[refresh]\nconcurrency = 0", "line 8: `refresh.concurrency` must be a whole number from 1 to 64"),
    ("[refresh]\nconcurrency = 65", "line 8: `refresh.concurrency` must be a whole number from 1 to 64"),
    ("[refresh]\nconcurrency = 1.5", "line 8: `refresh.concurrency` must be a whole number from 1 to 64"),
    (
        "[refresh]\n\nper_second = \"9\"",
        "line 9: `refresh.per_second` must be a whole number from 1 to 10000",
    ),
    ("[refresh]\ntimeout_s = -1", "line 8: `refresh.timeout_s` must be a whole number from 1 to 120"),
    (
        "[desk]\ncolumns = [\"due\", \"fee\"]",
        "line 8: `desk.columns` names `fee`, which is no column; there are urgency, due, amount, id, changed, status, result, order, user, tags, as-of",
    ),
    (
        "[desk]\ncolumns = [\"due\",\n\"id\",\n\"a1b2c3d4\"]",
        "line 10: `desk.columns` names something that is no column; there are urgency, due, amount, id, changed, status, result, order, user, tags, as-of",
    ),
    (
        "[desk]\ncolumns = [\"due\", 3]",
        "line 8: value 2 of `desk.columns` must be the word of a column in double quotes: urgency, due, amount, id, changed, status, result, order, user, tags, as-of",
    ),
    ("[desk]\ncolumns = [\"due\",\n\"id\", \"due\"]", "line 8: `desk.columns` names the column due twice"),
    ("[desk]\ncolumns = \"due\"", "line 8: `desk.columns` must be a list of columns in square brackets"),
    ("[desk]\nascii = 1", "line 8: `desk.ascii` must be true or false"),
    (
        "[desk]\nsoon_days = 99999999999999999999",
        "line 8: `desk.soon_days` must be a whole number from 0 to 365",
    ),
    (
        "[desk]\ntheme = \"solarized\"",
        "line 8: `desk.theme` must be \"dark\" or \"light\" or \"high-contrast\" or \"mono\"",
    ),
    ("desk = 3", "line 7: `profiles.live.desk` is no setting"),
    (
        "[desk]\nkeys = { quit = 3 }",
        "line 8: `desk.keys.quit` must be a key in double quotes, or a list of them",
    ),
    ("[desk]\nkeys = { quit = [3] }", "line 8: value 1 of `desk.keys.quit` must be a text in double quotes"),
    (
        "[policy]\nrefund_max = { usd = \"1\" }",
        "line 8: `policy.refund_max.usd` must be a currency of three capital letters",
    ),
    (
        "[policy]\nrefund_max = { USD = 50.0 }",
        "line 8: `policy.refund_max.USD` must be an amount in double quotes such as \"50.00\"",
    ),
    (
        "[policy]\nrefund_max = { USD = \"-5\" }",
        "line 8: `policy.refund_max.USD` must be an amount in double quotes such as \"50.00\"",
    ),
    ("[refunds]\npause_s = 61", "line 8: `refunds.pause_s` must be a whole number from 0 to 60"),
    ("[refunds]\nreasons = \"other\"", "line 8: `refunds.reasons` must be a list in square brackets"),
    (
        "[refunds]\nreasons = [\"a\", \"\"]",
        "line 8: value 2 of `refunds.reasons` must be a text of 1 to 64 characters, with no blanks around it",
    ),
    ("[profiles.live.legacy]\nalways = 1", "line 8: `profiles.live.legacy.always` must be true or false"),
    ("[[views]]\ntitle = \"A\"", "line 7: `filter` of `[[views]]` number 1 is missing"),
    (
        "[[views]]\ntitle = \"\"\nfilter = \"\"",
        "line 8: `title` of `[[views]]` number 1 must be a text of 1 to 24 characters, with no blanks around it",
    ),
    ("[templates]\na = 1", "line 8: `templates.a` must be a text in double quotes"),
    ("due_zone = \"CST\"", "line 7: `profiles.live.due_zone` must be a distance from UTC such as \"+08:00\""),
    (
        "versions = { case_reply = \"1.3\" }",
        "line 7: `profiles.live.versions.case_reply` must be \"1.5\" or \"1.4\"",
    ),
    ("base_url = \"https://a.example\"", "line 7: `profiles.live.base_url` has no effect here"),
    ("sp_merchant_no = \"sp\"", "line 1: `profiles.live.merchant_auth_token_file` is missing"),
    (
        "merchant_auth_token_file = \"t\"",
        "line 7: `profiles.live.merchant_auth_token_file` needs `sp_merchant_no` beside it",
    ),
    ("signer = \"hsm\"", "line 7: `profiles.live.signer` must be \"file\" or \"ssh-agent\" or \"command\""),
    ("signer = \"ssh-agent\"", "line 1: `profiles.live.agent_key` is missing"),
    ("signer = \"command\"", "line 1: `profiles.live.sign_command` is missing"),
    ("signer = \"command\"\nsign_command = [\"x\"]", "line 1: `profiles.live.public_key_file` is missing"),
    (
        "agent_key = \"SHA256:x\"",
        "line 7: `profiles.live.agent_key` must be a fingerprint such as `ssh-add -l` prints: SHA256: and 43 characters",
    ),
    ("sign_command = \"x\"", "line 7: `profiles.live.sign_command` must be a list in square brackets"),
    (
        "sign_command = []",
        "line 7: `profiles.live.sign_command` must be a list of a program and its arguments, at most 64",
    ),
    (
        "sign_command = [\"x\", 3]",
        "line 7: value 2 of `profiles.live.sign_command` must be a text without control characters",
    ),
    (
        "sign_command = [\"x\", \"a\\u001bb\"]",
        "line 7: value 2 of `profiles.live.sign_command` must be a text without control characters",
    ),
    ("sign_command = [\"x\"]", "line 7: `profiles.live.sign_command` has no effect here"),
    ("public_key_file = \"x\"", "line 7: `profiles.live.public_key_file` has no effect here"),
    (
        "agent_key = \"SHA256:JTwhlBu6ZieRE5GomWtB3i8ScLxfDb4JBbF0pxGqNCo\"",
        "line 7: `profiles.live.agent_key` has no effect here",
    ),
    (
        "[profiles.live.legacy]\nmerchant_id = \"x\"\nurl = \"https://a.example\"\nsign = \"md5-body\"",
        "line 7: `profiles.live.legacy.secret_file` is missing",
    ),
    ("desk.theme = ", "line 7: string values must be quoted, expected literal string"),
];

#[test]
fn every_refusal_names_line_and_key() {
    for (more, expected) in TABLE {
        assert_eq!(refusal(&profile_with(more)).0, *expected, "{more}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let without = |name: &str| LEAST.lines().filter(|l| !l.starts_with(name)).collect::<Vec<_>>().join("\n");
    assert_eq!(refusal(&without("app_id")).0, "line 1: `profiles.live.app_id` is missing");
    assert_eq!(
        refusal(&without("private_key_file")).0,
        "line 1: `profiles.live.private_key_file` is missing"
    );
    assert_eq!(refusal(&LEAST.replace("uat", "custom")).0, "line 1: `profiles.live.base_url` is missing");
    assert_eq!(refusal("").0, ": `profiles` is missing");
    assert_eq!(refusal("profiles = 3").0, "line 1: `profiles` must be a table");
    assert_eq!(refusal("[[profiles]]").0, "line 1: `profiles` must be a table");
    assert_eq!(refusal("[profiles]").0, "line 1: `profiles` has no profile");
    let two = format!("{LEAST}{}", LEAST.replace("profiles.live", "profiles.test"));
    let (sentence, hint) = refusal(&two);
    assert_eq!(sentence, ": `default_profile` is missing");
    assert!(hint.ends_with("`live`, `test`"), "{hint}");
    assert_eq!(
        refusal(&format!("\ndefault_profile = \"prod\"\n{LEAST}")).0,
        "line 2: `default_profile` names `prod`, but the profiles here are `live`"
    );
}

#[test]
fn a_misspelt_key_is_told_the_right_one() {
    assert_eq!(
        refusal(&profile_with("[refresh]\nconcurency = 3")),
        ("line 8: `refresh.concurency` is no setting".into(), "did you mean `concurrency`".into())
    );
    assert_eq!(
        refusal(&profile_with("merchant_on = \"x\"")),
        ("line 7: `profiles.live.merchant_on` is no setting".into(), "did you mean `merchant_no`".into())
    );
    let (sentence, hint) = refusal(&profile_with("[refresh]\nparallelism = 3"));
    assert_eq!(sentence, "line 8: `refresh.parallelism` is no setting");
    assert_eq!(hint, "the settings here are concurrency, per_second, timeout_s, every_minutes");
    assert_eq!(refusal(&format!("{LEAST}[desks]\n")).0, "line 7: `desks` is no setting");
}

#[test]
fn a_profiles_name_must_be_a_plain_file_name() {
    for bad in ["../live", "a b", "a/b", ".hidden", "-x", "", "..", "é"] {
        assert!(!is_profile_name(bad), "{bad:?}");
        let (sentence, _) = refusal(&LEAST.replace("profiles.live", &format!("profiles.{bad:?}")));
        assert_eq!(sentence, format!("line 1: `profiles.{bad}` cannot be a profile's name"));
    }
    assert!(["live", "uat-2", "a.b_C"].into_iter().all(is_profile_name));
}

#[test]
fn plain_http_stays_on_this_host() {
    let custom = LEAST.replace("\"uat\"", "\"custom\"");
    let with = |address: &str| format!("{custom}base_url = \"{address}\"\n");
    for good in [
        "https://gateway.example:8443/a/b",
        "https://10.0.0.1",
        "http://127.0.0.1:80/a",
        "http://127.9.9.9",
        "http://[::1]:9/",
        "http://localhost:1234",
    ] {
        assert!(load(&with(good)).is_ok(), "{good}");
    }
    for bad in [
        "http://gateway.example",
        "http://10.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "http://127.1",
        "http://0x7f000001",
        "http://localhost.evil.example",
        "http://127.0.0.1:80:81/",
        "http://127.0.0.1:99999/",
        "https://",
        "https://a.example/?x=1",
        "https://a.example/#x",
        "https://user:secret@a.example",
        "https://a.example/ b",
        "HTTPS://a.example\\\\b",
        "ftp://127.0.0.1",
        "127.0.0.1",
    ] {
        let (sentence, _) = refusal(&with(bad));
        assert_eq!(
            sentence,
            "line 7: `profiles.live.base_url` must be an https:// address without query, or an http:// one of \
             this host alone",
            "{bad}"
        );
    }
}

#[test]
fn a_refusal_repeats_no_value_and_no_control_character() {
    let (sentence, hint) = refusal(&LEAST.replace("\"uat\"", "\"s3cret, expected x\""));
    assert!(!sentence.contains("s3cret") && !hint.contains("s3cret"), "{sentence}");
    for half in ["proxy = \"http://ana:s3cret@proxy.example/x\"", "proxy = \"http://ana:s3cret@proxy.example"]
    {
        let (sentence, hint) = refusal(&profile_with(half));
        assert!(!sentence.contains("s3cret") && !hint.contains("s3cret"), "{sentence}");
    }
    let (sentence, _) = refusal(&profile_with("\"\\u001b[2J\" = 1"));
    assert!(!sentence.contains('\u{1b}'), "{sentence:?}");
}

#[test]
fn what_is_no_text_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config.toml");
    fs::write(&path, b"a = 1\nb = \"\xff\"").unwrap();
    let error = Config::load(&path, None).unwrap_err();
    assert!(error.to_string().ends_with("cannot be read: line 2 is no UTF-8 text"), "{error}");
    let error = Config::load(directory.path(), None).unwrap_err();
    assert!(error.to_string().ends_with("cannot be read: it is no plain file"), "{error}");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_fall_over(at in 0usize..2000, with in "\\PC{0,8}", cut in 0usize..40) {
        let whole = FULL;
        let from = (0..=at.min(whole.len())).rev().find(|&i| whole.is_char_boundary(i)).unwrap();
        let to = (from..=whole.len()).find(|&i| i >= from + cut && whole.is_char_boundary(i)).unwrap_or(whole.len());
        let text = format!("{}{with}{}", &whole[..from], &whole[to..]);
        if let Err(error) = load(&text) {
            proptest::prop_assert!(!error.to_string().contains('\n') && !error.hint().is_empty());
        }
    }
}

#[test]
fn what_is_rather_a_secret_is_no_file_name_and_is_not_repeated() {
    let key = "Canary7+/".repeat(12);
    let wrapped = key.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line)).collect::<Vec<_>>();
    for value in [
        key.clone(),
        wrapped.join(" "),
        wrapped.join("\\n"),
        format!("-----BEGIN {} KEY-----Canary", "PRIVATE"),
        format!("keys/{}", "Canary-".repeat(40)),
        "Canary\\u0007".to_owned(),
    ] {
        let (sentence, hint) = refusal(&profile_with(&format!("merchant_auth_token_file = \"{value}\"")));
        assert_eq!(
            sentence,
            "line 7: `profiles.live.merchant_auth_token_file` must be the name of a file, in double quotes, and not what \
             belongs in the file"
        );
        assert!(!hint.contains("Canary"), "{hint}");
    }
    let long = format!("/home/ana/{}live.key.pem", "a-long-name/".repeat(60));
    assert!(load(&LEAST.replace("live.key.pem", &long)).is_ok(), "a long name is a name");
}

#[test]
fn a_key_file_is_of_no_use_to_other_signers() {
    for signer in [
        "signer = \"ssh-agent\"\nagent_key = \"SHA256:JTwhlBu6ZieRE5GomWtB3i8ScLxfDb4JBbF0pxGqNCo\"",
        "signer = \"command\"\nsign_command = [\"sign\"]\npublic_key_file = \"p\"",
    ] {
        let (sentence, hint) = refusal(&profile_with(signer));
        assert!(sentence.ends_with("`profiles.live.private_key_file` has no effect here"), "{sentence}");
        assert_eq!(hint, "take it out, or set signer = \"file\"");
    }
}
