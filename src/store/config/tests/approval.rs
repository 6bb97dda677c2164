//! Four eyes and the unlock window in the config: the administrator's file only tightens, and the directory for requests is
//! not looked at when the config is read.

use super::*;

fn tightened(own: &str, administrators: &str) -> Policy {
    let (_keep, path) = written(&format!("{LEAST}[policy]\n{own}\n"));
    let (_policy, file) = policy(&format!("[policy]\n{administrators}\n"), 0o644);
    Config::load_with(&path, Some(&file), me()).unwrap().policy
}

/// What is asked of a refund in a currency, as the limits of refunds say it.
fn above(policy: &Policy, currency: &str) -> Option<String> {
    let any = policy.refund_approval_above.get(crate::domain::refund::ANY_CURRENCY);
    policy.refund_approval_above.get(currency).or(any).map(|rule| rule.value.to_string())
}

#[test]
fn the_smaller_limit_holds_also_where_a_file_speaks_of_every_currency() {
    let of = |own: &str, administrators: &str| {
        let policy = tightened(
            &format!("refund_approval_above = {{ {own} }}"),
            &format!("refund_approval_above = {{ {administrators} }}"),
        );
        ["USD", "EUR", "IDR"].map(|currency| above(&policy, currency).unwrap_or_else(|| "none".to_owned()))
    };
    assert_eq!(of(r#"USD = "50""#, r#"USD = "20", EUR = "9""#), ["20", "9", "none"]);
    assert_eq!(of(r#"USD = "10""#, r#"USD = "20""#), ["10", "none", "none"]);
    assert_eq!(of(r#"USD = "50""#, r#""*" = "20""#), ["20", "20", "20"], "the star tightens what is named");
    assert_eq!(of(r#"USD = "5", "*" = "30""#, r#"EUR = "40", "*" = "60""#), ["5", "30", "30"]);
    assert_eq!(of(r#""*" = "0""#, r#"USD = "100""#), ["0", "0", "0"]);
}

#[test]
fn the_file_that_holds_is_named() {
    let rule = |amount: &str| format!("[policy]\nrefund_approval_above = {{ USD = \"{amount}\" }}\n");
    let (_keep, path) = written(&format!("{LEAST}{}", rule("50")));
    for (administrators, is_theirs) in [("50", true), ("49", true), ("51", false)] {
        let (_policy, file) = policy(&rule(administrators), 0o644);
        let policy = Config::load_with(&path, Some(&file), me()).unwrap().policy;
        let source = PathBuf::from(&policy.refund_approval_above["USD"].source);
        assert_eq!(source, if is_theirs { file } else { path.clone() }, "{administrators}");
    }
}

#[test]
fn the_window_is_switched_on_and_shortened_and_never_lengthened() {
    let minutes = |own: u16, other: u16| {
        tightened(&format!("refund_unlock_minutes = {own}"), &format!("refund_unlock_minutes = {other}"))
            .refund_unlock_minutes
    };
    assert_eq!([minutes(0, 0), minutes(0, 5), minutes(5, 0)], [0, 5, 5]);
    assert_eq!([minutes(10, 5), minutes(5, 10)], [5, 5]);
}

#[test]
fn the_administrators_directory_counts() {
    let dir = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let line = |dir: &TempDir| format!("refund_requests_dir = \"{}\"", dir.path().display());
    let of = |own: &str, administrators: &str| tightened(own, administrators).refund_requests_dir.unwrap();
    assert_eq!(of(&line(&dir), &line(&other)), other.path());
    assert_eq!(of(&line(&dir), ""), dir.path());
    assert_eq!(of("", &line(&other)), other.path());
}

#[test]
fn a_directory_that_is_not_there_stops_nothing_and_one_without_its_whole_path_does() {
    let line = |path: &str| format!("[policy]\nrefund_requests_dir = \"{path}\"\n");
    let missing = Path::new("/nonexistent/requests");
    let config = load(&format!("{LEAST}{}", line("/nonexistent/requests"))).unwrap();
    assert_eq!(config.policy.refund_requests_dir.as_deref(), Some(missing));
    let (_keep, path) = written(LEAST);
    let (_policy, file) = policy(&line("/nonexistent/requests"), 0o644);
    let config = Config::load_with(&path, Some(&file), me()).unwrap();
    assert_eq!(config.policy.refund_requests_dir.as_deref(), Some(missing));
    for part in ["requests", "./requests", "~/requests", ""] {
        let told = load(&format!("{LEAST}{}", line(part))).unwrap_err().to_string();
        assert!(told.contains("refund_requests_dir") && told.contains("the whole path"), "{told}");
        let (_policy, file) = policy(&line(part), 0o644);
        assert!(Config::load_with(&path, Some(&file), me()).is_err(), "{part}");
    }
}
