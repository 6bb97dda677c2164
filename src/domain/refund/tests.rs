//! What holds for an order and its refunds.

use time::macros::{datetime, offset};

use super::*;
use crate::domain::action::State;
use crate::domain::case::{Case, Field};
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionId, Finding, Intent};
use pretty_assertions::assert_eq;

const NOW: OffsetDateTime = datetime!(2026-11-21 07:55 UTC);

fn whole(amount: i64) -> Decimal {
    Decimal::from(amount)
}

fn case(id: &str, status: &str) -> (CaseId, Case) {
    let fields = [
        (Field::Status, status),
        (Field::OutTradeNo, "P1"),
        (Field::Amount, "5000.00"),
        (Field::Currency, "IDR"),
        (Field::OriginTradeAmount, "5000.00"),
        (Field::OriginTradeCurrency, "IDR"),
        (Field::TradeCreateTime, "2026-06-03T07:00:00.000+00:00"),
    ];
    let case = Case::from_fields(fields.map(|(field, text)| (field, Some(text.to_owned()))));
    (CaseId::parse(id).unwrap(), case)
}

fn order(cases: &[(CaseId, Case)]) -> Order {
    Order::of("P1", cases.iter().map(|(id, case)| (id, case)))
}

fn refund(number: &str, amount: &str, state: State, status: Option<&str>) -> ActionRecord {
    let intent = Intent {
        id: ActionId(format!("A-{number}-{state}")),
        kind: Kind::Refund,
        case_id: None,
        batch_id: None,
        order: Some("P1".into()),
        out_refund_no: Some(number.into()),
        amount: Some(amount.into()),
        currency: Some("IDR".into()),
        data: Vec::new(),
        operator: "ana".into(),
    };
    let finding = Finding { status: status.map(Into::into), ..Finding::default() };
    ActionRecord {
        intent,
        state,
        finding,
        created_at: NOW,
        sent_at: None,
        answered_at: None,
        settled_at: None,
    }
}

fn file(journal: &[ActionRecord]) -> OrderFile {
    OrderFile::new(order(&[case("O1", "CASE_CLOSED")]), journal, &[], NOW, offset!(+8))
}

fn written(amount: &str) -> Written {
    Written { amount: amount.into(), ..Written::default() }
}

#[test]
fn an_order_is_what_its_cases_say() {
    let closed = order(&[case("O1", "CASE_CLOSED")]);
    assert_eq!((closed.paid, closed.currency.as_deref()), (Some(whole(5000)), Some("IDR")));
    assert_eq!((closed.age_days(NOW), closed.days_left(NOW)), (Some(171), Some(9)));
    assert!(!closed.is_disputed());
    for status in ["DISPUTE_INQUIRY", "DISPUTE_RECEIVED", "DISPUTE_END", "BRAND_NEW"] {
        let open = order(&[case("O1", "CASE_CLOSED"), case("O2", status)]);
        assert_eq!(open.open_cases().map(|case| case.id.as_str()).collect::<Vec<_>>(), ["O2"], "{status}");
        assert_eq!(open.frozen().of("IDR"), whole(5000));
    }
    let (id, mut other) = case("O2", "CASE_CLOSED");
    other.set(Field::OriginTradeAmount, Some("4000.00".into()));
    assert_eq!(order(&[case("O1", "CASE_CLOSED"), (id.clone(), other.clone())]).paid, Some(whole(4000)));
    other.set(Field::OriginTradeCurrency, Some("USD".into()));
    assert_eq!(order(&[case("O1", "CASE_CLOSED"), (id, other)]).currency, None, "the cases disagree");
}

#[test]
fn what_counts_is_taken_off_what_is_left() {
    let journal = [
        refund("DK01", "2000", State::Settled, Some(REFUND_SUCCESS)),
        refund("DK02", "1000", State::Settled, Some(REFUND_FAILED)),
        refund("DK03", "500", State::Refused, None),
        refund("DK03", "700", State::Unknown, None),
    ];
    let file = file(&journal);
    assert_eq!((file.refunded(), file.left()), (whole(2700), Some(whole(2300))));
    assert_eq!(file.today.of("IDR"), whole(2700));
    let over = written("3500").for_order(&file).unwrap_err();
    assert_eq!(over, [Problem::Over { by: whole(1200), left: whole(2300), currency: "IDR".into() }]);
    assert_eq!(over[0].to_string(), "over by 1,200.00 IDR; 2,300.00 IDR are left of this order");
    assert_eq!(written("2300.00").for_order(&file).unwrap().amount.wire(), "2300");
}

#[test]
fn the_next_number_opens_only_behind_one_that_is_settled() {
    let next = |journal: &[ActionRecord]| file(journal).next();
    let slot = |state, status| next(&[refund("DKX01", "1", state, status)]);
    assert_eq!(next(&[]), Next::Slot(1));
    assert_eq!(slot(State::Refused, None), Next::Slot(1), "a refusal keeps its number");
    assert_eq!(slot(State::Settled, Some(REFUND_SUCCESS)), Next::Slot(2));
    assert_eq!(slot(State::Settled, Some(REFUND_FAILED)), Next::Slot(2));
    assert_eq!(slot(State::NotReceived, None), Next::Again(ActionId("A-DKX01-not-received".into())));
    for state in [State::Intended, State::Sending, State::Unknown, State::Accepted] {
        assert!(matches!(slot(state, Some(REFUND_PENDING)), Next::Busy(_)), "{state}");
    }
    let last = [refund("DKX99", "1", State::Settled, Some(REFUND_SUCCESS))];
    assert_eq!(next(&last), Next::Exhausted);
}

#[test]
fn refunds_of_other_hosts_count_unless_they_are_our_own() {
    let elsewhere = |number: &str, fate| Earlier {
        action: None,
        number: number.into(),
        amount: Some(whole(2000)),
        currency: "IDR".into(),
        fate,
        at: None,
        by: None,
    };
    let with = |journal: &[ActionRecord], fate| {
        let order = order(&[case("O1", "CASE_CLOSED")]);
        OrderFile::new(order, journal, &[elsewhere("DKX01", fate)], NOW, offset!(+8))
    };
    let paid = with(&[], Fate::Paid);
    assert_eq!((paid.left(), paid.next()), (Some(whole(3000)), Next::Slot(2)));
    assert!(matches!(with(&[], Fate::Pending).next(), Next::Busy(_)));
    let own = [refund("DKX01", "2000", State::Accepted, Some(REFUND_PENDING))];
    assert_eq!(with(&own, Fate::Paid).earlier.len(), 1, "the journal knows its own");
    for state in [State::Refused, State::NotReceived] {
        let file = with(&[refund("DKX01", "2000", state, None)], Fate::Paid);
        assert_eq!((file.left(), file.next()), (Some(whole(3000)), Next::Slot(2)), "{state}");
    }
}

#[test]
fn what_the_pages_forbid_is_named() {
    let file = file(&[]);
    let problems = |change: &dyn Fn(&mut Written)| {
        let mut written = written("5000");
        change(&mut written);
        written.for_order(&file).err().unwrap_or_default()
    };
    assert_eq!(problems(&|_| {}), []);
    let other = Problem::OtherCurrency { typed: "USD".into(), order: "IDR".into() };
    assert_eq!(problems(&|w| w.currency = Some("USD".into())), [other]);
    assert_eq!(problems(&|w| w.comment = "字".repeat(512)), []);
    let long = Problem::CommentTooLong { chars: 513, max: 512 };
    assert_eq!(problems(&|w| w.comment = "字".repeat(513)), [long]);
    assert_eq!(problems(&|w| w.comment = "a\u{202e}b".into()), [Problem::CommentUnprintable('\u{202e}')]);
    let url = |chars: usize| format!("https://x/{}", "a".repeat(chars - 10));
    assert_eq!(problems(&|w| w.notify_url = url(256)), []);
    assert_eq!(problems(&|w| w.notify_url = url(257)), [Problem::NotifyTooLong(257)]);
    for bad in ["ftp://x", "https://", "https:// x", "x", "https://é"] {
        assert_eq!(problems(&|w| w.notify_url = bad.into()), [Problem::NotifyForm], "{bad}");
    }
}

#[test]
fn a_legacy_refund_is_for_the_whole_order_and_says_why() {
    let file = file(&[]);
    let legacy = |amount: &str, comment: &str, email: &str| {
        let (comment, email) = (comment.to_owned(), email.to_owned());
        Written { road: Road::Legacy, comment, email, ..written(amount) }.for_order(&file)
    };
    assert_eq!(legacy("5000", "why", "a@b.br").unwrap().email.as_deref(), Some("a@b.br"));
    assert_eq!(legacy("4999", "why", "").unwrap_err(), [Problem::NotWhole(Some(whole(5000)))]);
    assert_eq!(legacy("5000", " ", "").unwrap_err(), [Problem::NoComment]);
    let long = Problem::CommentTooLong { chars: 257, max: 256 };
    assert_eq!(legacy("5000", &"x".repeat(257), "").unwrap_err(), [long]);
    for bad in ["a", "@b", "a@", "a@b@c", "a b@c", &format!("{}@b", "a".repeat(31))] {
        assert_eq!(legacy("5000", "why", bad).unwrap_err(), [Problem::Email], "{bad}");
    }
}

#[test]
fn the_policy_names_its_rule_and_its_file() {
    let rule = |value| Rule { value, source: "/etc/docket/policy.toml".to_owned() };
    let limits = Limits {
        open_case_blocked: Some(Rule { value: (), source: "policy.toml".into() }),
        max: [("IDR".to_owned(), rule(whole(3000)))].into(),
        daily_max: [("IDR".to_owned(), rule(whole(4000)))].into(),
        ..Limits::default()
    };
    let forbidden = |journal: &[ActionRecord], amount: &str, status: &str| {
        let file = OrderFile::new(order(&[case("O1", status)]), journal, &[], NOW, offset!(+8));
        limits.forbid(&file, &Amount::parse(amount, "IDR").unwrap()).map(|why| why.to_string())
    };
    assert_eq!(forbidden(&[], "3000", "CASE_CLOSED"), None);
    let over = forbidden(&[], "3001", "CASE_CLOSED").unwrap();
    assert_eq!(over, "one refund may be at most 3,000.00 IDR, by refund_max in /etc/docket/policy.toml");
    let open = forbidden(&[], "1", "DISPUTE_RECEIVED").unwrap();
    assert!(open.contains("O1") && open.contains("refund_open_case in policy.toml"), "{open}");
    let today = [refund("DK01", "2000", State::Settled, Some(REFUND_SUCCESS))];
    assert_eq!(forbidden(&today, "2000", "CASE_CLOSED"), None);
    let day = forbidden(&today, "2001", "CASE_CLOSED").unwrap();
    assert!(day.contains("2,000.00 are used today, by refund_daily_max"), "{day}");
}

#[test]
fn a_lost_case_has_paid_the_customer_already() {
    let lost = |result: &str, status: &str| {
        let (id, mut case) = case("O1", status);
        case.set(Field::CaseResult, Some(result.into()));
        order(&[(id, case)])
    };
    assert!(lost("FAI", "CASE_CLOSED").may_pay_twice() && !lost("FAI", "CASE_CLOSED").is_disputed());
    assert!(!lost("WIN", "CASE_CLOSED").may_pay_twice());
    assert_eq!(lost("FAI", "CASE_CLOSED").lost().of("IDR"), whole(5000));
    let file = OrderFile::new(lost("FAI", "CASE_CLOSED"), &[], &[], NOW, offset!(+8));
    assert_eq!(file.total_loss(&Amount::parse("3000", "IDR").unwrap()).of("IDR"), whole(8000));
}

#[test]
fn the_same_sum_once_more_is_noticed() {
    let paid = [refund("DK01", "2000", State::Settled, Some(REFUND_SUCCESS))];
    let again = |journal: &[ActionRecord], amount: &str| {
        let amount = Amount::parse(amount, "IDR").unwrap();
        file(journal).same_again(&amount).map(|one| one.number.clone())
    };
    assert_eq!(again(&paid, "2000.00").as_deref(), Some("DK01"));
    assert_eq!(again(&paid, "1999"), None);
    assert_eq!(again(&[refund("DK01", "2000", State::Refused, None)], "2000"), None);
}

#[test]
fn a_limit_of_nothing_lets_nothing_out() {
    let none =
        || [("IDR".to_owned(), Rule { value: Decimal::ZERO, source: "policy.toml".to_owned() })].into();
    let file = OrderFile::new(order(&[case("O1", "CASE_CLOSED")]), &[], &[], NOW, offset!(+8));
    for limits in
        [Limits { max: none(), ..Limits::default() }, Limits { daily_max: none(), ..Limits::default() }]
    {
        let forbids = |currency| limits.forbid(&file, &Amount::parse("1", currency).unwrap()).is_some();
        assert_eq!((forbids("IDR"), forbids("USD")), (true, false));
    }
}

#[test]
fn the_total_that_could_be_lost_keeps_currencies_apart() {
    let (id, mut open) = case("O1", "DISPUTE_INQUIRY");
    open.set(Field::Currency, Some("USD".into()));
    let file = OrderFile::new(order(&[(id, open)]), &[], &[], NOW, offset!(+8));
    let loss = file.total_loss(&Amount::parse("3000", "IDR").unwrap());
    assert_eq!(loss.iter().collect::<Vec<_>>(), [("IDR", whole(3000)), ("USD", whole(5000))]);
}

/// What stands against a refund of 3,000 of this order, in its turn.
fn against(file: &OrderFile, turn: Turn<'_>) -> Option<Against> {
    let written = written("3000");
    file.against(&Limits::default(), Meant { written: &written, turn, although_open: false })
}

#[test]
fn what_stands_against_a_refund_is_asked_in_one_order_and_told_in_one_wording() {
    let told = |file: &OrderFile, turn| against(file, turn).map(|against| against.to_string());
    assert_eq!(told(&file(&[]), Turn::Next), None);
    assert_eq!(told(&file(&[]), Turn::Slot(1)), None);
    let other = told(&file(&[]), Turn::Slot(2)).unwrap();
    assert_eq!(other, "refund 2 of this order was confirmed, and by now it would be refund 1");
    let unknown = refund("DKX01", "2000", State::Unknown, None);
    let busy = "refund DKX01 of this order: outcome unknown, 2,000.00 IDR by ana";
    for turn in [Turn::Next, Turn::Slot(1), Turn::Again(&unknown.intent.id)] {
        assert_eq!(told(&file(std::slice::from_ref(&unknown)), turn).unwrap(), busy, "{turn:?}");
    }
    let gone = refund("DKX01", "2000", State::NotReceived, None);
    let again = file(std::slice::from_ref(&gone));
    assert_eq!(told(&again, Turn::Again(&gone.intent.id)), None);
    assert!(matches!(against(&again, Turn::Next), Some(Against::ComesFirst(id)) if id == gone.intent.id));
    assert!(matches!(against(&file(&[]), Turn::Again(&gone.intent.id)), Some(Against::NotAgain(_))));
    let paid = refund("DKX01", "2500", State::Settled, Some(REFUND_SUCCESS));
    assert!(told(&file(&[paid]), Turn::Next).unwrap().starts_with("over by 500.00 IDR"));
    let last = refund("DKX99", "1", State::Settled, Some(REFUND_SUCCESS));
    assert_eq!(against(&file(&[last]), Turn::Next), Some(Against::Exhausted));
    let unreadable = refund("DKX01", "?", State::Settled, Some(REFUND_SUCCESS));
    assert!(matches!(against(&file(&[unreadable]), Turn::Next), Some(Against::Uncountable(_))));
}

#[test]
fn the_policy_speaks_before_an_open_case_and_going_on_silences_that_alone() {
    let disputed = [case("O1", "CASE_CLOSED"), case("O2", "NEW\u{1b}WORD")];
    let file = OrderFile::new(order(&disputed), &[], &[], NOW, offset!(+8));
    let open = against(&file, Turn::Next).unwrap().to_string();
    let words = "case O2 of this order is open now: NEW\u{241b}WORD, so that the money could be lost twice";
    assert_eq!(open, words);
    let written = written("3000");
    let meant = Meant { written: &written, turn: Turn::Next, although_open: true };
    assert_eq!(file.against(&Limits::default(), meant), None);
    let rule = Rule { value: whole(2000), source: "policy.toml".into() };
    let limits = Limits { max: [("IDR".to_owned(), rule)].into(), ..Limits::default() };
    for although_open in [false, true] {
        let meant = Meant { although_open, ..meant };
        assert!(matches!(file.against(&limits, meant), Some(Against::Forbidden(Forbidden::OverMax { .. }))));
    }
}
