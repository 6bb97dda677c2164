//! Replies as the operator meets them at 07:55: written, looked over, confirmed, sent, kept, remembered.

use crate::app::model::Session;
use crate::app::replying::Answer;
use crate::domain::action::State;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionId, ActionRecord, Draft, Finding, Intent, Kind};
use crate::domain::reply::{Target, Written};

use super::*;

const SIZES: [(u16, u16); 4] = [(200, 60), (120, 40), (80, 24), (60, 15)];
const TEXT: &str = "The goods of order {outTradeNo} were used on 3 November from the buyer's own device; the log is attached.";

/// One snapshot per size of what a script leads to.
fn at_sizes(name: &str, prepare: impl Fn(&mut Script)) {
    for (width, height) in SIZES {
        let mut script = Script::of(with_templates(), one_user());
        script.event(Event::Resized(width, height));
        prepare(&mut script);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), picture(&script, &DARK));
        let ascii = picture(&script, &Look { ascii: true, ..DARK });
        assert!(ascii.lines().count() > 0 && ascii.is_ascii(), "{name} at {width}x{height}:\n{ascii}");
    }
}

/// The morning, its batch being of one user: a reply names only one.
fn one_user() -> Vec<Tracked> {
    let mut cases = morning();
    if let Some(case) = cases[3].case.as_mut() {
        case.set(Field::BatchId, Some("B78".into()));
    }
    cases
}

pub(super) fn with_templates() -> Session {
    let template = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    Session {
        templates: vec![
            template(
                "delivered",
                "Parcel for {outTradeNo} was handed over; the courier's receipt is attached.",
            ),
            template("digital", TEXT),
            template("refunded before", "{amount} {currency} were refunded on our side before the dispute."),
        ],
        ..session()
    }
}

pub(super) fn key(number: u32) -> CaseId {
    id(&format!("O2026110306554591643710{number:04}"))
}

fn record(number: u32, state: State, code: &str, msg: &str) -> ActionRecord {
    let at = NOW - Duration::minutes(i64::from(number) * 7);
    let intent = Intent {
        id: ActionId(format!("A-01JD0000000000000000000{number:03}")),
        kind: Kind::Reply,
        case_id: Some(key(number)),
        batch_id: None,
        order: None,
        out_refund_no: None,
        amount: None,
        currency: None,
        data: format!(r#"{{"caseId":"{}","responseContent":"Delivered on 3 November."}}"#, key(number))
            .into_bytes(),
        operator: "ana".into(),
    };
    let finding = Finding { code: Some(code.into()), msg: Some(msg.into()), ..Finding::default() };
    ActionRecord {
        intent,
        state,
        finding,
        created_at: at,
        sent_at: Some(at),
        answered_at: None,
        settled_at: None,
    }
}

/// A journal with every kind of end, newest first.
pub(super) fn journal() -> Vec<ActionRecord> {
    let mut batch = record(4, State::Accepted, "APPLY_SUCCESS", "Success.");
    batch.intent.kind = Kind::ReplyBatch;
    batch.intent.case_id = None;
    batch.intent.batch_id = Some("B77".into());
    batch.finding.success_case_ids = vec![key(4).to_string()];
    batch.finding.fail_case_ids = vec![key(8).to_string()];
    vec![
        record(1, State::Unknown, "TIMED_OUT", "no answer within 15 s"),
        record(3, State::Refused, "PARAMS_INVALID", "representmentFile is invalid"),
        batch,
        record(6, State::Settled, "APPLY_SUCCESS", "Success."),
    ]
}

pub(super) fn drafts() -> Vec<Draft> {
    let draft = |numbers: &[u32], minutes: i64, content: &str, files: &[&str]| Draft {
        targets: numbers.iter().map(|number| Target::Case(key(*number))).collect(),
        written: Written {
            content: content.into(),
            files: files.iter().map(|file| (*file).to_owned()).collect(),
        },
        changed_at: NOW - Duration::minutes(minutes),
    };
    let mut batch = draft(&[], 2000, "The whole batch was delivered.", &[]);
    batch.targets = vec![Target::Batch("B77".into())];
    vec![
        draft(&[2], 12, TEXT, &["https://ev.example/2026/O20261103065545916437100002.PDF"]),
        draft(&[1, 3, 4], 700, "Delivered.", &["https://ev.example/{caseId}.PDF"]),
        batch,
    ]
}

/// A text and a good file for the case under the cursor.
fn written(script: &mut Script) {
    script.keys("r").typed(TEXT).keys("Tab");
    script.event(Event::Paste("https://ev.example/2026/{caseId}.PDF\n".into()));
}

/// Three marked cases and a reply to all of them.
fn several(script: &mut Script) {
    script.keys("Space j Space j Space");
    written(script);
}

fn answer(state: State, code: &str, msg: &str, may_pass: bool) -> Answer {
    let (success_case_ids, fail_case_ids) = (Vec::new(), Vec::new());
    Answer { state, code: code.into(), msg: msg.into(), success_case_ids, fail_case_ids, may_pass }
}

fn replied(script: &mut Script, number: u32, answer: Answer) {
    script.event(Event::Replied(Target::Case(key(number)), answer));
}

#[test]
fn an_empty_form() {
    at_sizes("reply_empty", |script| _ = script.keys("r"));
}

#[test]
fn a_form_that_is_ready() {
    at_sizes("reply_ready", |script| {
        written(script);
        script.keys("Shift-Tab");
    });
}

#[test]
fn a_form_with_faults() {
    at_sizes("reply_faults", |script| {
        script.keys("j r").typed(&"Long and longer. ".repeat(16)).keys("Tab");
        script.event(Event::Paste(
            "https://ev.example/one.PDF\nhttps://ev.example/one.PDF\nhttp://ev.example/O20261103065545916437100002.JPG\nhttps://ev.example/notes.exe".into(),
        ));
    });
}

#[test]
fn a_form_for_several() {
    at_sizes("reply_several", several);
}

#[test]
fn a_form_for_a_batch() {
    at_sizes("reply_batch", |script| {
        script.keys("j B").typed("All orders of this batch were delivered.").keys("Tab");
        script.event(Event::Paste("https://ev.example/B77.ZIP".into()));
    });
}

#[test]
fn a_form_for_marked_cases_of_one_batch() {
    at_sizes("reply_one_batch", |script| {
        let cases = one_user();
        let user = cases[3].case.as_ref().map(|case| case.text(Field::OutUserId).to_owned());
        let mut first = cases[0].clone();
        if let Some(case) = first.case.as_mut() {
            case.set(Field::BatchId, Some("B78".into()));
            case.set(Field::OutUserId, user);
        }
        script.event(Event::Rows(vec![first]));
        script.keys("Space j j j Space r").typed("All orders were delivered.");
    });
}

#[test]
fn many_files_scroll_with_the_cursor() {
    at_sizes("reply_many_files", |script| {
        script.keys("r Tab");
        let files: Vec<_> =
            (0..1024).map(|n| format!("https://ev.example/O20261103065545916437100001-{n}.PDF")).collect();
        script.event(Event::Paste(files.join("\n")));
        script.keys("Up Up Up");
    });
}

#[test]
fn templates() {
    at_sizes("reply_templates", |script| _ = script.keys("r ctrl-t j"));
}

#[test]
fn the_preview() {
    at_sizes("reply_preview", |script| {
        several(script);
        script.keys("ctrl-p Tab");
        let body = |n: u32| {
            format!(
                r#"{{"version":"1.5","keyVersion":"1","requestTime":"2026-11-20T08:00:00.000+08:00","appId":"a","merchantNo":"m","data":{{"caseId":"{}","outUserId":"10042","responseContent":"The goods"}}}}"#,
                key(n)
            )
        };
        script.event(Event::Previewed(vec![body(1), body(2), body(3)])).keys("ctrl-k");
        let found = (
            "https://ev.example/2026/O20261103065545916437100002.PDF".into(),
            "200 application/pdf, 41 KB".into(),
        );
        script.event(Event::LinksChecked(vec![found]));
    });
}

#[test]
fn the_preview_while_it_waits_and_where_it_cannot_be() {
    at_sizes("reply_preview_waiting", |script| {
        written(script);
        script.keys("ctrl-p ctrl-k");
    });
    at_sizes("reply_preview_faults", |script| _ = script.keys("r").typed("{colour}").keys("ctrl-p"));
}

#[test]
fn the_confirm_page_of_one() {
    at_sizes("reply_confirm", |script| {
        written(script);
        script.keys("ctrl-x");
    });
}

#[test]
fn the_confirm_page_of_several() {
    at_sizes("reply_confirm_several", |script| {
        several(script);
        script.keys("ctrl-x 3");
    });
}

#[test]
fn the_confirm_page_of_a_batch() {
    at_sizes("reply_confirm_batch", |script| {
        script.keys("j B").typed("All goods of user {outUserId} were delivered.").keys("Tab");
        script.event(Event::Paste("http://ev.example/B77.ZIP".into()));
        script.keys("ctrl-x");
    });
}

#[test]
fn a_confirm_page_with_warnings() {
    at_sizes("reply_confirm_warnings", |script| {
        script.keys("5 G k k k k r").typed("Delivered.").keys("Tab");
        script.event(Event::Paste("http://ev.example/proof.PDF".into()));
        script.keys("ctrl-x");
    });
}

#[test]
fn replies_on_their_way() {
    at_sizes("reply_sending", |script| {
        several(script);
        script.keys("ctrl-x 3 Enter");
        replied(script, 1, answer(State::Accepted, "APPLY_SUCCESS", "Success.", false));
    });
}

#[test]
fn replies_that_have_ended() {
    at_sizes("reply_sent", |script| {
        several(script);
        script.keys("ctrl-x 3 Enter");
        replied(script, 1, answer(State::Accepted, "APPLY_SUCCESS", "Success.", false));
        replied(script, 2, answer(State::Unknown, "TIMED_OUT", "no answer within 15 s", false));
        replied(script, 3, answer(State::Refused, "TOO_MANY_REQUEST", "too many requests", true));
    });
}

#[test]
fn a_batch_that_was_taken_in_part() {
    at_sizes("reply_sent_batch", |script| {
        script.keys("j B").typed("All orders of this batch were delivered.").keys("Tab");
        script.event(Event::Paste("https://ev.example/B77.ZIP".into()));
        script.keys("ctrl-x 4 Enter");
        let taken = [2, 6, 8].map(|n| key(n).to_string()).into();
        let answer = Answer {
            success_case_ids: taken,
            fail_case_ids: vec![key(10).to_string()],
            ..answer(State::Unknown, "PARTIAL", "an id is in neither list", false)
        };
        script.event(Event::Replied(Target::Batch("B77".into()), answer));
    });
}

#[test]
fn the_drafts() {
    at_sizes("drafts", |script| {
        script.event(Event::Drafts(drafts())).keys("6");
    });
}

#[test]
fn the_journal_of_everything() {
    at_sizes("actions", |script| {
        script.event(Event::Journal(journal())).keys("7");
    });
    at_sizes("actions_batch", |script| {
        script.event(Event::Journal(journal())).keys("7 j j");
    });
}

#[test]
fn a_case_with_a_draft_and_an_unknown_reply() {
    let known = |script: &mut Script| {
        let mut mine = drafts();
        mine[0].targets = vec![Target::Case(key(1))];
        script.event(Event::Drafts(mine)).event(Event::Journal(journal()));
    };
    at_sizes("case_open_action", |script| known(script));
    at_sizes("case_page_open_action", |script| {
        known(script);
        script.keys("Enter");
        tell_history(script);
    });
    at_sizes("case_journal", |script| {
        known(script);
        script.keys("j j j L");
        tell_history(script);
    });
}

#[test]
fn live_is_unmistakable_where_it_is_sent() {
    let mut script = Script::of(Session { environment: Environment::Live, ..session() }, morning());
    script.event(Event::Resized(80, 24));
    written(&mut script);
    script.keys("ctrl-x");
    insta::assert_snapshot!("styles_confirm_live", styles(&frame(&script, &DARK).buffer));
    let mono = Look { colour: false, ..DARK };
    insta::assert_snapshot!("styles_confirm_live_no_color", styles(&frame(&script, &mono).buffer));
}

#[test]
fn the_field_with_the_cursor_shows_without_colour() {
    let mut script = Script::with(morning());
    written(&mut script);
    let mono = Look { colour: false, ..DARK };
    insta::assert_snapshot!("styles_form_no_color", styles(&frame(&script, &mono).buffer));
}

#[test]
fn the_line_to_confirm_at_stays_while_the_page_scrolls_to_its_evidence() {
    for (several_cases, line) in [(false, "y sends"), (true, "type 3 and Enter to send 3 replies: [")] {
        let mut script = Script::of(with_templates(), one_user());
        script.event(Event::Resized(60, 15));
        if several_cases {
            script.keys("Space j Space j Space");
        }
        script.keys("r").typed(&"Long and longer. ".repeat(15)).keys("Tab");
        let files: Vec<_> = (1..=6).map(|n| format!("https://ev.example/{n}/{{caseId}}.PDF")).collect();
        script.event(Event::Paste(files.join("\n"))).keys("ctrl-x");
        let mut seen = String::new();
        let mut is_read = false;
        for keys in ["", "Down", "PgDn", "PgDn", "PgDn", "PgUp", "Up"] {
            if !keys.is_empty() {
                script.keys(keys);
            }
            let end = frame(&script, &DARK).page_end;
            assert!(end.is_some_and(|end| end > 0), "there is more than fits");
            script.event(Event::PageEnd(end.unwrap()));
            let screen = text(&frame(&script, &DARK).buffer);
            assert!(screen.contains(line), "{keys}:\n{screen}");
            is_read |= screen.contains("stops and says so");
            assert_eq!(screen.contains("more below, to be read first"), !is_read, "{keys}:\n{screen}");
            assert!(several_cases || is_read != screen.contains("PgDn shows the rest"), "{keys}:\n{screen}");
            assert!(keys != "PgUp" || !seen.ends_with(&screen), "the way back begins at once:\n{screen}");
            seen.push_str(&screen);
        }
        let last = if several_cases { "437100003" } else { "/6/O20261103" };
        assert!(seen.contains(last) && seen.contains("stops and says so"), "{seen}");
    }
}
