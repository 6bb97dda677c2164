//! Every shape an id list comes in, and what is said of the lines that are none.

use pretty_assertions::assert_eq;

use super::*;
use crate::runtime::session::SessionError;

mod signatures;

fn ids(import: &Import) -> Vec<&str> {
    import.entries.iter().map(|entry| entry.id.as_str()).collect()
}

fn bad(import: &Import) -> Vec<usize> {
    import.bad.iter().map(|bad| bad.line).collect()
}

fn read(text: &str) -> Import {
    read_as(text.as_bytes(), Format::Auto, "li").unwrap()
}

fn read_as(bytes: &[u8], format: Format, me: &str) -> Result<Import, String> {
    let no_key = || -> Result<_, SessionError> { panic!("a key was asked for, and nothing is signed") };
    let seals = Seals::new(&no_key);
    file(bytes, &Reading { format, sign: None, me, seals: &seals })
}

#[test]
fn arguments_are_numbered_by_position_and_may_hold_a_pasted_list() {
    let import = arguments(&["O1".into(), " ".into(), "O2,O3".into(), "x".repeat(65), "O1".into()]);
    assert_eq!(ids(&import), ["O1", "O2", "O3"]);
    assert_eq!(bad(&import), [2, 4]);
}

#[test]
fn plain_lists_keep_the_good_lines() {
    let import = read("\u{feff}O1\r\n\r\nO2\r\nO\u{1b}3\r\nO1");
    assert_eq!(ids(&import), ["O1", "O2"]);
    assert_eq!(bad(&import), [4]);
}

#[test]
fn a_line_that_is_not_utf8_is_bad_and_the_others_keep_their_numbers() {
    let import = read_as(b"O1\n\xff\xfe\nO2\n \x00\n", Format::Auto, "li").unwrap();
    assert_eq!(ids(&import), ["O1", "O2"]);
    assert_eq!(bad(&import), [2, 4]);
}

#[test]
fn spreadsheets_are_read_with_any_separator_and_their_own_line_numbers() {
    for separator in [",", ";", "\t"] {
        let text = "Amount,caseId,note,tags,owner\r\n1,O1,\"two\r\nlines\",vip late vip,ana\r\n\r\n2,,x,,\r\n3,O2,,,"
            .replace(',', separator);
        let import = read(&text);
        assert_eq!(ids(&import), ["O1", "O2"], "{separator:?}");
        assert_eq!(bad(&import), [5], "{separator:?}");
        let first = &import.entries[0];
        assert_eq!(first.note.as_deref(), Some("two\r\nlines"));
        assert_eq!(first.tags, Some(vec!["vip".to_owned(), "late".to_owned()]));
        assert_eq!(first.owner.as_deref(), Some("ana"));
        assert_eq!(import.entries[1].note, None, "an empty cell leaves the note as it is");
    }
}

#[test]
fn a_spreadsheet_without_the_column_or_with_short_rows_is_named() {
    assert_eq!(
        read_as(b"id,note\nO1,x\n", Format::Csv, "li"),
        Err("its first line names no caseId column".to_owned())
    );
    let import = read("note,caseId\nonly a note\nx,O1,more,than,needed\n");
    assert_eq!((ids(&import), bad(&import)), (vec!["O1"], vec![2]));
}

#[test]
fn a_case_named_twice_is_kept_once_with_all_that_was_said() {
    let import = read("caseId,note,owner\nO1,first,\nO1,,ana\n");
    assert_eq!(import.entries.len(), 1);
    assert_eq!(import.entries[0].note.as_deref(), Some("first"));
    assert_eq!(import.entries[0].owner.as_deref(), Some("ana"));
}

#[test]
fn json_arrays_of_ids_and_of_objects() {
    let import =
        read("[\n\"O1\",\n{\"caseId\": \"O2\", \"tags\": [\"vip\"], \"note\": null},\n7,\n{\"id\": 1}\n]");
    assert_eq!(ids(&import), ["O1", "O2"]);
    assert_eq!(bad(&import), [4, 5]);
    assert_eq!(import.entries[1].tags, Some(vec!["vip".to_owned()]));
    assert_eq!(import.entries[1].note, None);
}

#[test]
fn saved_notifications_keep_their_reason() {
    let one = r#"{"code":"APPLY_SUCCESS","notifyType":"CHARGEBACK","data":{"caseId":"O1","status":"DISPUTE_INQUIRY",
        "amount":"1.00","reasonCode":"10.4","reasonMessage":"Other Fraud","cardOrg":"VISA"}}"#;
    let flat = one.replace('\n', " ");
    let fraud = r#"{"notifyType":"FRAUD","data":{"merchantNo":"P1","outTradeNo":"T1"}}"#;
    for text in [one.to_owned(), format!("[{one}]"), format!("{flat}\n\n{fraud}\n{flat}")] {
        let import = read(&text);
        assert_eq!(ids(&import), ["O1"], "{text}");
        assert_eq!(import.entries[0].reason_code.as_deref(), Some("10.4"));
        assert_eq!(import.entries[0].reason_message.as_deref(), Some("Other Fraud"));
        assert_eq!(import.entries[0].card_scheme.as_deref(), Some("VISA"));
    }
    assert_eq!(bad(&read(&format!("{flat}\n\n{fraud}\n{flat}"))), [3]);
}

#[test]
fn other_notifications_are_told_by_their_shape() {
    let why = |text: &str| read(text).bad.remove(0).why;
    let fraud = "it is a fraud notification: it names an order and no case";
    assert_eq!(why(r#"{"notifyType":"FRAUD","data":{"outTradeNo":"T1","receiveDate":"2026-11-20"}}"#), fraud);
    assert_eq!(why(r#"{"notifyType":"FRAUD","data":{"outTradeNo":"T1","caseId":null}}"#), fraud);
    assert_eq!(
        why(r#"{"notifyType":"REFUND","data":{"outRefundNo":"R1","outTradeNo":"T1"}}"#),
        "it is the notification of a refund: it names no case"
    );
    assert_eq!(why(r#"{"outTradeNo":"T1"}"#), "there is no caseId", "not a notification at all");
    let of_a_case = r#"{"notifyType":"FRAUD","data":{"outTradeNo":"T1","caseId":"O1"}}"#;
    assert_eq!(ids(&read(of_a_case)), ["O1"], "a chargeback may be of this type too");
}

#[test]
fn broken_json_is_a_bad_line_and_broken_json_lines_cost_only_themselves() {
    assert_eq!(bad(&read("[\"O1\",\n\"O2\"")), [2]);
    let import = read("{\"caseId\":\"O1\"}\n{\"caseId\":\n\"O2\"\n");
    assert_eq!((ids(&import), bad(&import)), (vec!["O1", "O2"], vec![2]));
    assert_eq!(read("[".repeat(5000).as_str()).entries.len(), 0, "depth is no danger");
}

#[test]
fn an_empty_file_has_nothing_in_it() {
    for format in [Format::Auto, Format::Plain, Format::Csv, Format::Json] {
        assert!(read_as(b" \n\n", format, "li").is_ok_and(|import| import.is_empty()), "{format:?}");
    }
}

#[test]
fn an_owner_is_read_as_the_desk_reads_it() {
    let import = read("caseId,owner\nO1,@ana\nO2,'@me\nO3,ana@corp.com\nO4,@\n");
    let owners: Vec<_> = import.entries.iter().map(|entry| entry.owner.as_deref()).collect();
    assert_eq!(owners, [Some("ana"), Some("li"), Some("ana@corp.com"), None]);
    let import = read_as(br#"[{"caseId":"O1","owner":"@me"}]"#, Format::Json, "").unwrap();
    assert_eq!(import.entries[0].owner, None, "nobody knows who that is");
}

#[test]
fn the_decision_not_to_contest_is_no_tag() {
    let import =
        read(r#"[{"caseId":"O1","tags":["vip","wont-contest"]},{"caseId":"O2","tags":["wont-contest"]}]"#);
    assert_eq!(import.entries[0].tags, Some(vec!["vip".to_owned()]));
    assert_eq!(import.entries[1].tags, None);
    let import = read("caseId,tags\nO1,wont-contest vip\nO2,wont-contest\n");
    assert_eq!(import.entries[0].tags, Some(vec!["vip".to_owned()]));
    assert_eq!(import.entries[1].tags, None);
}
