//! The table of what is forgiven and what is refused.

use proptest::prelude::*;

use super::super::lenient::Object;

fn text(value: &str) -> Result<Option<String>, String> {
    Object::parse(&format!(r#"{{"other":[{{}}], "x" : {value} }}"#)).unwrap().text("x")
}

#[test]
fn a_plain_value_keeps_its_spelling() {
    for (value, expected) in [
        (r#""5000.00""#, Some("5000.00")),
        (r#"" padded ""#, Some(" padded ")),
        (r#""\u6848\n""#, Some("案\n")),
        (r#""null""#, Some("null")),
        (r#""""#, Some("")),
        ("10.10", Some("10.10")),
        ("5000", Some("5000")),
        ("-0.0", Some("-0.0")),
        ("1E+2", Some("1E+2")),
        ("12345678901234567890.123456789", Some("12345678901234567890.123456789")),
        ("true", Some("true")),
        ("false", Some("false")),
        ("null", None),
    ] {
        assert_eq!(text(value), Ok(expected.map(str::to_owned)), "{value}");
    }
    assert_eq!(Object::parse("{}").unwrap().text("x"), Ok(None), "missing");
}

#[test]
fn what_could_be_a_guess_is_refused() {
    assert_eq!(text("{}"), Err("`x` is no plain value".into()));
    assert_eq!(text("[1]"), Err("`x` is no plain value".into()));
    assert_eq!(text(r#""\ud800""#), Err("`x` is no readable text".into()), "half a surrogate pair");
    for bad in ["01", "1.", "+1", "NaN", "'x'", "tru"] {
        let why = Object::parse(&format!(r#"{{"x":{bad}}}"#)).unwrap_err();
        assert!(why.starts_with("it is no JSON") || why.starts_with("it ends"), "{bad}: {why}");
    }
}

#[test]
fn a_key_given_twice_is_refused_and_shown_harmlessly() {
    let why = Object::parse("{\"a\u{202e}\":1,\"a\u{202e}\":1}").unwrap_err();
    assert_eq!(why, "it gives `a<U+202E>` twice");
    let long = "k".repeat(500);
    let why = Object::parse(&format!(r#"{{"{long}":1,"{long}":2}}"#)).unwrap_err();
    assert!(why.len() < 100, "{why}");
}

proptest! {
    #[test]
    fn any_number_keeps_its_digits(number in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?") {
        prop_assert_eq!(text(&number), Ok(Some(number)));
    }

    #[test]
    fn any_string_survives_the_wire(string in any::<String>()) {
        let written = serde_json::to_string(&string).unwrap();
        prop_assert_eq!(text(&written), Ok(Some(string)));
    }

    #[test]
    fn any_text_is_read_without_a_panic(json in "[\\[\\]{}\",:a0.\\\\ue-]{0,60}") {
        if let Ok(object) = Object::parse(&json) {
            prop_assert!(json.trim().as_bytes().first() == Some(&b'{'), "{}", json);
            _ = object.text("a");
        }
    }
}
