//! How the sixteen fields are read.

use super::*;

fn read(json: &str) -> Result<Case, String> {
    let data = RawValue::from_string(json.to_owned()).unwrap();
    read_case(Some(&data), &CaseId::parse("42").unwrap())
}

#[test]
fn a_case_id_may_come_as_a_number_and_fields_may_be_missing() {
    let case = read(r#"{"caseId":42,"status":"CASE_CLOSED","fee":0.10}"#).unwrap();
    assert_eq!(case.text(Field::Fee), "0.10");
    assert_eq!(case.get(Field::Amount), None);
}

#[test]
fn no_field_may_be_an_object_or_a_list() {
    for field in Field::ALL.map(Field::wire) {
        for value in ["{}", "[]"] {
            let others = r#""caseId":"42","status":"X","#.replace(&format!(r#""{field}""#), r#""other""#);
            let why = read(&format!(r#"{{{others}"{field}":{value}}}"#)).unwrap_err();
            assert_eq!(why, format!("`{field}` is no plain value"));
        }
    }
}

#[test]
fn a_blank_status_is_none_and_a_field_given_twice_is_refused() {
    assert_eq!(read(r#"{"caseId":"42","status":" "}"#), Err("it gives the case no status".into()));
    assert_eq!(
        read(r#"{"caseId":"42","status":"X","fee":"1","fee":"2"}"#),
        Err("in the case, it gives `fee` twice".into())
    );
    assert_eq!(read(r#"{"caseId":" 42","status":"X"}"#), Err("it describes another case".into()));
}
