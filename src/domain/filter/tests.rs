//! What passes, what does not, and what mistakes get.

use super::super::case::Case;
use super::super::case::Field;
use super::*;
use crate::domain::ids::CaseId;
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
    tracked.changed_at = Some(datetime!(2026-11-18 08:00 UTC));
    tracked
}

fn passes(filter: &str) -> bool {
    let calendar = Calendar::at(datetime!(2026-11-20 08:00 UTC), offset!(UTC), 2);
    Filter::parse(filter).unwrap().matches(&case(), &Lens { calendar, me: "ana" })
}

#[test]
fn what_passes() {
    for filter in [
        "",
        "o2023",
        "p1642",
        "陈",
        "vip",
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
