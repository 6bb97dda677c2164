//! What passes, what does not, and what mistakes get.

use super::super::case::Case;
use super::super::case::Field;
use super::*;
use crate::domain::ids::CaseId;
use crate::domain::snooze::Snooze;
use proptest::prelude::*;
use time::macros::{datetime, offset};

fn case() -> Tracked {
    let mut tracked = Tracked::new(CaseId::parse("O20230103").unwrap());
    tracked.case = Some(Case::from_fields(
        [
            (Field::Status, "DISPUTE_INQUIRY"),
            (Field::ExpirationDate, "2026-11-21"),
            (Field::Amount, "150.50"),
            (Field::Currency, "IDR"),
            (Field::OutTradeNo, "P1642410680681"),
            (Field::OutUserId, "陈小明"),
        ]
        .map(|(field, value)| (field, Some(value.to_owned()))),
    ));
    tracked.local.tags = vec!["VIP".into()];
    tracked.local.owner = "ana".into();
    tracked.card_scheme = Some("MasterCard".to_owned()).into();
    tracked.changed_at = Some(datetime!(2026-11-18 08:00 UTC));
    tracked
}

fn passes(filter: &str) -> bool {
    let calendar = Calendar::at(datetime!(2026-11-20 08:00 UTC), offset!(UTC), 2);
    Filter::parse(filter).unwrap().matches(&case(), &Lens { calendar, me: "ana" })
}

#[test]
fn what_begins_with_a_quote_is_searched_for_as_it_stands() {
    let mut tracked = case();
    tracked.local.note = "see http://x.example".into();
    let calendar = Calendar::at(datetime!(2026-11-20 08:00 UTC), offset!(UTC), 2);
    let holds =
        |filter: &str| Filter::parse(filter).unwrap().matches(&tracked, &Lens { calendar, me: "ana" });
    assert!(holds("\"http://x\"") && !holds("!\"http://x\"") && !holds("\"due:later\""));
    assert!(Filter::parse("http://x").is_err(), "unquoted, it may be a slip");
    assert!(holds("owner:\"ana\""), "a quoted value is a value");
}

#[test]
fn what_passes() {
    for filter in [
        "",
        "o2023",
        "p1642",
        "陈",
        "vip",
        "mastercard",
        "status:inquiry",
        "stage:due",
        "due:tomorrow",
        "due:soon",
        "due:<3d",
        "due:<=1d",
        "due:>0d",
        "due:2026-11-21",
        "due:>=2026-11-21",
        "amt:>100",
        "amt:150.5",
        "amt:<=150.50",
        "cur:IDR",
        "cur:idr",
        "order:P1642",
        "user:小明",
        "tag:vip",
        "owner:@me",
        "owner:ana",
        "owner:@ana",
        "!due:today",
        "!nonsense",
        "changed:no",
        "changed:<3d",
        "idr ana !usd",
        "\"O2023\"",
        "150.50",
    ] {
        assert!(passes(filter), "{filter} should let the case through");
    }
}

#[test]
fn what_does_not() {
    for filter in [
        "usd",
        "status:closed",
        "stage:waiting",
        "due:today",
        "due:overdue",
        "due:<1d",
        "due:2026-11-20",
        "amt:>150.50",
        "cur:ID",
        "!cur:idr",
        "owner:ben",
        "tag:vi",
        "changed:yes",
        "changed:today",
        "idr usd",
    ] {
        assert!(!passes(filter), "{filter} should keep the case out");
    }
}

#[test]
fn what_sleeps_is_found_by_the_day_it_wakes() {
    let calendar = Calendar::at(datetime!(2026-11-20 08:00 UTC), offset!(UTC), 2);
    let mut tracked = case();
    tracked.case.as_mut().unwrap().set(Field::ExpirationDate, Some("2026-11-25".to_owned()));
    let awake = tracked.clone();
    let until = datetime!(2026-11-24 00:00 UTC).date();
    tracked.local.snooze = Some(Snooze { until, known: tracked.changed_at });
    let passes = |tracked: &Tracked, filter: &str| {
        Filter::parse(filter).unwrap().matches(tracked, &Lens { calendar, me: "ana" })
    };
    for filter in ["snoozed:yes", "snoozed:<5d", "snoozed:4d", "snoozed:2026-11-24", "snoozed:>=2026-11-24"] {
        assert!(passes(&tracked, filter) && !passes(&awake, filter), "{filter}");
    }
    for filter in ["snoozed:no", "!snoozed:yes", "!snoozed:4d"] {
        assert!(!passes(&tracked, filter) && passes(&awake, filter), "{filter}");
    }
    assert!(!passes(&tracked, "snoozed:2026-11-25") && !passes(&tracked, "snoozed:<4d"));
    tracked.changed_at = None;
    assert!(passes(&tracked, "snoozed:no"), "a change has woken it");
}

#[test]
fn an_owner_may_have_a_sign_in_the_name_and_an_unknown_me_owns_nothing() {
    let calendar = Calendar::at(datetime!(2026-11-20 08:00 UTC), offset!(UTC), 2);
    let passes = |filter: &str, owner: &str, me: &str| {
        let mut tracked = case();
        tracked.local.owner = owner.to_owned();
        Filter::parse(filter).unwrap().matches(&tracked, &Lens { calendar, me })
    };
    assert!(passes("owner:Ana@corp.com", "ana@Corp.com", ""));
    assert!(passes("owner:@ana@corp.com", "ana@corp.com", ""));
    assert!(!passes("owner:anacorp.com", "ana@corp.com", ""));
    assert!(passes("owner:@ME", "Li", "li"));
    assert!(!passes("owner:@me", "", ""));
    assert!(!passes("owner:@", "", "li"));
}

#[test]
fn mistakes_are_named_with_the_remedy() {
    for (filter, part) in [
        ("due:someday", "<3d"),
        ("amt:>1,000", "without grouping"),
        ("stage:open", "due, waiting"),
        ("snoozed:maybe", "yes, no, days like <3d, or a date like 2026-11-25"),
        ("snoozed:", "snoozed:yes|no"),
        ("colour:red", "status:"),
        ("cur:", "cur:IDR"),
        ("!", "negate"),
        ("usd \"two words", "not closed"),
    ] {
        let error = Filter::parse(filter).unwrap_err();
        assert!(error.to_string().contains(part), "{filter}: {error}");
    }
}

#[test]
fn a_colon_in_ordinary_text_is_a_word() {
    assert!(!passes("2023-01-03T06:32"));
    assert!(Filter::parse("12:30").is_ok());
}

proptest! {
    #[test]
    fn no_text_panics_and_a_negated_word_is_the_opposite(text in "\\PC{0,40}", word in "[a-z0-9]{1,6}") {
        let _ = Filter::parse(&text);
        let negated = format!("!{word}");
        prop_assert_ne!(passes(&word), passes(&negated));
    }
}

const TERMS: [&str; 24] = [
    "due:today",
    "due:overdue",
    "due:soon",
    "due:later",
    "due:tomorrow",
    "due:<2d",
    "due:<=1d",
    "due:>0d",
    "due:>=1d",
    "due:-1d",
    "due:9999999d",
    "due:<-9223372036854775807d",
    "due:2026-11-21",
    "!due:today",
    "!due:<2d",
    "o",
    "o1",
    "!o",
    "status:in",
    "status:inq",
    "user:1",
    "stage:due",
    "tag:vip",
    "cur:usd",
];

fn any_filter() -> impl Strategy<Value = Filter> {
    prop::collection::vec(prop::sample::select(TERMS.to_vec()), 0..3)
        .prop_map(|terms| Filter::parse(&terms.join(" ")).unwrap())
}

fn any_case() -> impl Strategy<Value = Tracked> {
    let due = prop::sample::select(vec![
        "2026-11-18",
        "2026-11-20",
        "2026-11-21",
        "2026-11-23",
        "9999-12-31",
        "soon",
    ]);
    let status = prop::sample::select(vec!["DISPUTE_INQUIRY", "INSPECTION", "CASE_CLOSED"]);
    (due, status, any::<bool>(), "O[0-2]{1,2}").prop_map(|(due, status, given_up, id)| {
        let mut tracked = case();
        tracked.id = CaseId::parse(&id).unwrap();
        tracked.local.wont_contest = given_up.then(String::new);
        let case = tracked.case.as_mut().unwrap();
        case.set(Field::ExpirationDate, Some(due.to_owned()));
        case.set(Field::Status, Some(status.to_owned()));
        tracked
    })
}

fn lies_in(span: &DueSpan, tracked: &Tracked) -> bool {
    let due = tracked.case.as_ref().and_then(Case::due);
    let dated = |due| span.from.is_none_or(|from| from <= due) && span.until.is_none_or(|until| due <= until);
    tracked.needs_reply() && due.map_or(span.undated, dated)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn what_is_found_is_not_lost_by_looking_where_it_must_be(
        filter in any_filter(), wider in any_filter(), tracked in any_case()
    ) {
        let calendar = Calendar::at(datetime!(2026-11-20 08:00 UTC), offset!(UTC), 2);
        let lens = Lens { calendar, me: "ana" };
        if filter.matches(&tracked, &lens) {
            if let Some(span) = filter.due_span(&calendar) {
                prop_assert!(lies_in(&span, &tracked), "{span:?} misses it");
            }
            prop_assert!(!filter.narrows(&wider) || wider.matches(&tracked, &lens));
        }
    }
}

#[test]
fn a_letter_more_narrows_and_a_letter_less_does_not() {
    let filter = |text| Filter::parse(text).unwrap();
    assert!(filter("idr").narrows(&filter("id")) && filter("idr ana").narrows(&filter("dr")));
    assert!(filter("id").narrows(&filter("")) && filter("status:inq").narrows(&filter("status:i")));
    assert!(!filter("id").narrows(&filter("idr")) && !filter("!idr").narrows(&filter("!id")));
    assert!(!filter("status:in").narrows(&filter("user:i")));
}
