//! Refunds as the operator meets them at 07:55: stopped, written, looked over, confirmed, sent, remembered.

use rust_decimal::Decimal;

use crate::app::model::Session;
use crate::app::refunding::{Answer, LegacyUse, Settings};
use crate::domain::action::State;
use crate::domain::record::{ActionId, ActionRecord, Finding, Intent, Kind};
use crate::domain::refund::{Earlier, Fate, Limits, Rule};

use super::{replies::key, screens::SIZES, *};

/// The case that is closed, and its order.
const CLOSED: u32 = 8;
pub(super) const ORDER: &str = "P1642410600008";
/// The case that asks for a reply, and its order.
const OPEN_ORDER: &str = "P1642410600001";

pub(super) fn number(slot: u8) -> String {
    format!("DK7HQ2ZC5M3KXW4TJ6YB2RNAPGVD{slot:02}")
}

/// A refund of an order in the journal, so many days ago.
pub(super) fn refund(order: &str, slot: u8, amount: &str, state: State, days: i64) -> ActionRecord {
    let at = NOW - Duration::days(days);
    let intent = Intent {
        id: ActionId(format!("A-01JD0000000000000000001{slot:03}")),
        kind: Kind::Refund,
        case_id: (order == ORDER).then(|| key(CLOSED)),
        batch_id: None,
        order: Some(order.to_owned()),
        out_refund_no: Some(number(slot)),
        amount: Some(amount.to_owned()),
        currency: Some("IDR".to_owned()),
        data: format!(r#"{{"outRefundNo":"{}","refundAmount":{amount},"refundCurrency":"IDR","outTradeNo":"{order}","comments":"requested by customer: box was empty"}}"#, number(slot)).into_bytes(),
        operator: "ana".into(),
    };
    let status = match state {
        State::Settled => Some("REFUND_SUCCESS".to_owned()),
        State::Accepted => Some("REFUND_PENDING".to_owned()),
        _ => None,
    };
    let (code, msg) = match state {
        State::Unknown => ("TIMED_OUT", "no answer within 15 s"),
        State::Refused => ("REFUND_INSUFFICIENT_BALANCE", "the balance is too low"),
        _ => ("APPLY_SUCCESS", "Success."),
    };
    let finding = Finding { code: Some(code.into()), msg: Some(msg.into()), status, ..Finding::default() };
    let (sent_at, answered_at, settled_at) = (Some(at), None, None);
    ActionRecord { intent, state, finding, created_at: at, sent_at, answered_at, settled_at }
}

/// The morning; the closed case is of an order of 5,000 that was paid so many days ago and won.
pub(super) fn cases(days: i64) -> Vec<Tracked> {
    let mut cases = morning();
    let closed = cases.iter_mut().find(|tracked| tracked.id == key(CLOSED)).unwrap();
    if let Some(case) = &mut closed.case {
        for (field, value) in [
            (Field::Amount, "5000.00"),
            (Field::TotalAmount, "5015.00"),
            (Field::Currency, "IDR"),
            (Field::OriginTradeAmount, "5000.00"),
            (Field::OriginTradeCurrency, "IDR"),
        ] {
            case.set(field, Some(value.to_owned()));
        }
        let paid = (NOW - Duration::days(days)).format(&time::format_description::well_known::Rfc3339);
        case.set(Field::TradeCreateTime, paid.ok());
    }
    cases
}

pub(super) fn reasons(legacy: LegacyUse) -> Settings {
    let reasons =
        ["duplicate", "fraudulent", "issue with item", "requested by customer", "other"].map(str::to_owned);
    Settings { reasons: reasons.into(), pause_s: 5, legacy, ..Settings::default() }
}

pub(super) fn with(refunds: Settings) -> Session {
    Session { refunds, ..session() }
}

fn refunded_before() -> Vec<ActionRecord> {
    vec![refund(ORDER, 1, "2000", State::Settled, 110)]
}

/// The page of the closed case, reached as the operator reaches it.
pub(super) fn closed_case(script: &mut Script, journal: Vec<ActionRecord>) {
    script.event(Event::Journal(journal));
    script.keys("/").typed(ORDER).keys("Enter 5 Enter");
}

/// The form of the closed case, once PayerMax has said what it knows.
fn form(script: &mut Script, journal: Vec<ActionRecord>) {
    closed_case(script, journal);
    script.keys("$");
    script.event(Event::RefundsSeen(ORDER.to_owned(), Ok(Vec::new())));
}

pub(super) fn written(script: &mut Script) {
    form(script, refunded_before());
    script.typed("3000").keys("Tab 4 Tab").typed("box was empty");
}

/// One snapshot per size of what a script leads to.
pub(super) fn at_sizes_of(session: &Session, days: i64, name: &str, prepare: impl Fn(&mut Script)) {
    for (width, height) in SIZES {
        let mut script = Script::of(session.clone(), cases(days));
        script.event(Event::Resized(width, height));
        prepare(&mut script);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), picture(&script, &DARK));
        let ascii = picture(&script, &Look { ascii: true, ..DARK });
        assert!(ascii.lines().count() > 0 && ascii.is_ascii(), "{name} at {width}x{height}:\n{ascii}");
    }
}

fn at_sizes(name: &str, prepare: impl Fn(&mut Script)) {
    at_sizes_of(&with(reasons(LegacyUse::Never)), 171, name, prepare);
}

fn answer(state: State, code: &str, msg: &str, status: Option<&str>, may_pass: bool) -> Answer {
    let number = (state != State::Refused).then(|| number(2));
    Answer { state, number, code: code.into(), msg: msg.into(), status: status.map(Into::into), may_pass }
}

/// Confirmed, the pause over.
fn sent(script: &mut Script) {
    written(script);
    script.keys("ctrl-x").typed("3000.00 IDR").keys("Enter");
    for _ in 0..5 {
        script.event(Event::SecondPassed(1));
    }
}

fn ended(script: &mut Script, answer: Answer) {
    sent(script);
    script.event(Event::Refunded(ORDER.to_owned(), answer));
}

#[test]
fn an_order_under_dispute_stops_first() {
    at_sizes("refund_stopped", |script| {
        script.keys("Enter $");
        script.event(Event::RefundsSeen(OPEN_ORDER.to_owned(), Ok(Vec::new())));
    });
}

#[test]
fn the_policy_that_stops_names_its_rule_and_its_file() {
    let rule = Rule { value: (), source: "/etc/docket/policy.toml, line 8".to_owned() };
    let limits = Limits { open_case_blocked: Some(rule), ..Limits::default() };
    let session = with(Settings { limits, ..reasons(LegacyUse::Never) });
    at_sizes_of(&session, 171, "refund_blocked", |script| _ = script.keys("Enter $"));
}

#[test]
fn an_empty_form() {
    at_sizes("refund_empty", |script| {
        closed_case(script, Vec::new());
        script.keys("$");
    });
}

#[test]
fn too_much() {
    at_sizes("refund_over", |script| {
        form(script, refunded_before());
        script.typed("3500");
    });
}

#[test]
fn a_form_that_is_ready() {
    at_sizes("refund_ready", written);
}

#[test]
fn several_earlier_refunds() {
    let elsewhere = Earlier {
        action: None,
        number: number(3),
        amount: Some(Decimal::from(500)),
        currency: "IDR".into(),
        fate: Fate::Pending,
        at: None,
        by: None,
    };
    at_sizes("refund_several", |script| {
        form(
            script,
            vec![
                refund(ORDER, 2, "1000", State::Settled, 1),
                refund(ORDER, 1, "500", State::Refused, 111),
                refund(ORDER, 1, "2000", State::Settled, 110),
            ],
        );
        script.event(Event::RefundsSeen(ORDER.to_owned(), Ok(vec![elsewhere.clone()])));
    });
    at_sizes("refund_not_asked", |script| {
        closed_case(script, Vec::new());
        let why = "no answer within 15 s (TIMED_OUT)".to_owned();
        script.keys("$").event(Event::RefundsSeen(ORDER.to_owned(), Err(why)));
        script.typed("5,000");
    });
}

#[test]
fn a_form_with_faults_and_a_legacy_road() {
    let session = with(reasons(LegacyUse::Offered));
    at_sizes_of(&session, 200, "refund_faults", |script| {
        form(script, Vec::new());
        script.typed("1.000").keys("Tab Tab").typed(&"Long and longer. ".repeat(31));
        script.keys("Tab").typed("ftp://here");
    });
    at_sizes_of(&session, 171, "refund_legacy", |script| {
        form(script, Vec::new());
        script.keys("Tab 1 Tab Tab Tab Space Tab").typed("maria@example.br");
    });
}

#[test]
fn the_preview() {
    at_sizes("refund_preview_waiting", |script| {
        written(script);
        script.keys("ctrl-p");
    });
    at_sizes("refund_preview", |script| {
        written(script);
        script.keys("ctrl-p");
        let body = format!(
            r#"{{"version":"1.5","keyVersion":"1","requestTime":"2026-11-20T08:00:00.000+08:00","appId":"a","merchantNo":"m","data":{{"outRefundNo":"{}","refundAmount":3000,"refundCurrency":"IDR","outTradeNo":"{ORDER}","comments":"requested by customer: box was empty"}}}}"#,
            number(2)
        );
        script.event(Event::RefundPreviewed(body));
    });
}

#[test]
fn the_confirm_page() {
    at_sizes("refund_confirm", |script| {
        written(script);
        script.keys("ctrl-x").typed("3000");
    });
}

#[test]
fn the_confirm_page_of_an_order_under_dispute() {
    let session = Session { environment: Environment::Live, ..with(reasons(LegacyUse::Offered)) };
    let open = |script: &mut Script| {
        script.keys("Enter $");
        script.event(Event::RefundsSeen(OPEN_ORDER.to_owned(), Ok(Vec::new())));
        script.keys("c").typed("5000").keys("Tab Tab").typed("shopper asked twice").keys("ctrl-x");
    };
    at_sizes_of(&session, 171, "refund_confirm_open", open);
    at_sizes_of(&session, 171, "refund_confirm_open_end", |script| {
        open(script);
        script.keys("PgDn PgDn");
    });
}

#[test]
fn the_confirm_page_of_a_refund_that_is_sent_again() {
    at_sizes("refund_confirm_again", |script| {
        form(script, vec![refund(ORDER, 1, "2000", State::NotReceived, 2)]);
    });
}

#[test]
fn the_pause_and_the_way() {
    at_sizes("refund_pausing", |script| {
        written(script);
        script.keys("ctrl-x").typed("3000.00 IDR").keys("Enter");
        script.event(Event::SecondPassed(1));
    });
    at_sizes("refund_sending", |script| {
        sent(script);
        let mut journal = refunded_before();
        journal.push(refund(ORDER, 2, "3000", State::Sending, 0));
        script.event(Event::Journal(journal));
    });
}

#[test]
fn what_came_of_it() {
    at_sizes("refund_accepted", |script| {
        ended(script, answer(State::Accepted, "APPLY_SUCCESS", "Success.", Some("REFUND_PENDING"), false));
    });
    at_sizes("refund_refused", |script| {
        let why = "outTradeNo is invalid";
        ended(script, answer(State::Refused, "PARAMS_INVALID", why, None, false));
    });
    at_sizes("refund_may_pass", |script| {
        ended(script, answer(State::Refused, "REFUND_INSUFFICIENT_BALANCE", "balance too low", None, true));
    });
    at_sizes("refund_failed", |script| {
        let status = Some("REFUND_FAILED");
        ended(script, answer(State::Refused, "APPLY_SUCCESS", "Success.", status, false));
    });
    at_sizes("refund_unknown", |script| {
        ended(script, answer(State::Unknown, "TIMED_OUT", "no answer within 15 s", None, false));
    });
}

fn of_every_kind() -> Vec<ActionRecord> {
    let mut failed = refund("P1642410600010", 1, "61.00", State::Settled, 12);
    failed.finding.status = Some("REFUND_FAILED".into());
    failed.intent.currency = Some("USD".into());
    let mut reply = refund(ORDER, 1, "1", State::Accepted, 1);
    (reply.intent.kind, reply.intent.case_id) = (Kind::Reply, Some(key(1)));
    (reply.intent.order, reply.intent.out_refund_no, reply.intent.amount) = (None, None, None);
    vec![
        refund(ORDER, 3, "1000", State::Unknown, 0),
        refund(OPEN_ORDER, 1, "4999", State::Accepted, 0),
        reply,
        failed,
        refund(ORDER, 2, "500", State::Refused, 30),
        refund(ORDER, 1, "2000", State::Settled, 110),
    ]
}

#[test]
fn the_journal_of_everything() {
    at_sizes("refund_actions", |script| {
        script.event(Event::Journal(of_every_kind())).keys("7");
    });
    at_sizes("refund_mark", |script| {
        script.event(Event::Journal(of_every_kind())).keys("7 j m").typed("perhaps").keys("Enter");
    });
}

#[test]
fn a_case_with_refunds() {
    at_sizes("refund_case", |script| {
        script.event(Event::Journal(of_every_kind()));
        script.keys("/").typed(ORDER).keys("Enter 5");
    });
    at_sizes("refund_case_page", |script| closed_case(script, of_every_kind()));
    at_sizes("refund_case_journal", |script| {
        closed_case(script, of_every_kind());
        script.keys("L");
    });
}

#[test]
fn hostile_and_wide_texts_stand_in_straight_columns() {
    let hostile = "P1\u{1b}[2J\u{202e}陈";
    let mut all = cases(171);
    let closed = all.iter_mut().find(|tracked| tracked.id == key(CLOSED)).unwrap();
    closed.case.as_mut().unwrap().set(Field::OutTradeNo, Some(hostile.into()));
    for (width, height) in SIZES {
        let mut script = Script::of(with(reasons(LegacyUse::Never)), all.clone());
        script.event(Event::Resized(width, height));
        script.event(Event::Journal(vec![
            refund(hostile, 2, "20", State::Refused, 9),
            refund(hostile, 1, "2000", State::Settled, 110),
        ]));
        script.keys("4 Enter $").event(Event::RefundsSeen(hostile.to_owned(), Ok(Vec::new())));
        script.typed("3000").keys("Tab Tab").typed("商品が届かない \u{202e}txt");
        let name = format!("refund_hostile_{width}x{height}");
        insta::assert_snapshot!(name, picture(&script, &DARK));
    }
}

#[test]
fn live_is_unmistakable_and_nothing_needs_colour() {
    let session = Session { environment: Environment::Live, ..with(reasons(LegacyUse::Offered)) };
    let mut script = Script::of(session, cases(171));
    script.event(Event::Resized(80, 24));
    written(&mut script);
    let mono = Look { colour: false, ..DARK };
    insta::assert_snapshot!("styles_refund_form_no_color", styles(&frame(&script, &mono).buffer));
    script.keys("ctrl-x");
    insta::assert_snapshot!("styles_refund_confirm_live", styles(&frame(&script, &DARK).buffer));
}
