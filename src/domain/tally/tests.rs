//! Counts that are moved, kept and read back are those of counting once.

use super::super::case::Field;
use super::super::deadline::Calendar;
use super::super::ids::CaseId;
use super::super::snooze::Snooze;
use super::*;
use proptest::prelude::*;
use time::macros::date;

fn any_case() -> impl Strategy<Value = Tracked> {
    let status = prop::sample::select(vec!["DISPUTE_INQUIRY", "DISPUTE_END", "CASE_CLOSED", "ODD", ""]);
    let due = prop::sample::select(vec!["2026-11-18", "2026-11-20", "soon"]);
    let amount = prop::sample::select(vec!["0", "10.50", "-3.2", "9999999999999999.9999", "0.123456789", ""]);
    let currency = prop::sample::select(vec!["USD", "IDR", ""]);
    (status, due, amount, currency, any::<bool>(), prop::option::of(-1i64..9)).prop_map(
        |(status, due, amount, currency, given_up, put_off)| {
            let mut tracked = Tracked::new(CaseId::parse("O1").unwrap());
            tracked.case = Some(Case::from_fields([
                (Field::Status, Some(status.to_owned())),
                (Field::ExpirationDate, Some(due.to_owned())),
                (Field::Amount, Some(amount.to_owned())),
                (Field::Currency, Some(currency.to_owned())),
            ]));
            tracked.local.wont_contest = given_up.then(String::new);
            let until = |days| date!(2026 - 11 - 17) + time::Duration::days(days);
            tracked.local.snooze = put_off.map(|days| Snooze { until: until(days), known: None });
            tracked
        },
    )
}

proptest! {
    #[test]
    fn what_is_added_and_taken_away_again_was_never_there(
        cases in prop::collection::vec(any_case(), 0..30), gone in prop::collection::vec(any_case(), 0..30)
    ) {
        let mut tally = Tally::of(&gone);
        for tracked in &cases {
            tally.add(&Standing::of(tracked));
        }
        for tracked in gone.iter().rev() {
            tally.remove(&Standing::of(tracked));
        }
        let once = Tally::of(&cases);
        prop_assert_eq!(&tally, &once);
        let mut kept = Tally::default();
        prop_assert!(once.entries().iter().all(|entry| kept.put(entry)));
        prop_assert_eq!(kept, once);
    }

    #[test]
    fn what_sleeps_is_counted_out_of_due_whichever_day_it_is(cases in prop::collection::vec(any_case(), 0..40)) {
        let tally = Tally::of(&cases);
        for day in 15..26 {
            let today = date!(2026 - 11 - 01) + time::Duration::days(day - 1);
            let calendar = Calendar { today, soon_days: 2, due_zone: time::UtcOffset::UTC };
            let count = |what: &dyn Fn(&Tracked) -> bool| cases.iter().filter(|tracked| what(tracked)).count();
            prop_assert_eq!(tally.asleep(&calendar), count(&|t| t.is_asleep(&calendar)));
            prop_assert_eq!(tally.in_view(View::Due, &calendar), count(&|t| View::Due.holds(t, &calendar)));
            for urgency in [Urgency::Overdue, Urgency::Today] {
                prop_assert_eq!(tally.urgent(urgency, &calendar), count(&|t| t.urgency(&calendar) == urgency));
                prop_assert_eq!(count(&|t| t.urgency(&calendar) == urgency && t.is_asleep(&calendar)), 0);
            }
            for (due, awake) in tally.awake(&calendar) {
                let of_the_day = |t: &Tracked| t.case.as_ref().is_some_and(|case| case.due() == due);
                prop_assert_eq!(awake, count(&|t| of_the_day(t) && View::Due.holds(t, &calendar)));
            }
        }
    }

    #[test]
    fn sums_are_those_of_adding_the_cases_up(cases in prop::collection::vec(any_case(), 0..40)) {
        let mut sums = Sums::default();
        let open = cases.iter().filter(|tracked| tracked.stage() != Stage::Closed);
        for case in open.filter_map(|tracked| tracked.case.as_ref()) {
            if let Some(amount) = case.amount() {
                sums.add(case.currency(), amount);
            }
        }
        if let Some(own) = Tally::of(&cases).at_risk() {
            prop_assert_eq!(own, sums);
        }
    }
}

#[test]
fn an_amount_with_many_digits_leaves_the_sum_to_others() {
    let mut tracked = Tracked::new(CaseId::parse("O1").unwrap());
    tracked.case = Some(Case::from_fields([(Field::Amount, Some("0.00001".to_owned()))]));
    assert_eq!(Tally::of([&tracked]).at_risk(), None);
    assert_eq!(Tally::default().at_risk(), Some(Sums::default()));
    let strange = Entry { kind: Kind::Due, key: "soon".into(), cases: 1, sum: Decimal::ZERO };
    assert!(!Tally::default().put(&strange));
    for key in ["", "2026-11-25", "2026-11-25 soon"] {
        let strange = Entry { kind: Kind::Asleep, key: key.into(), cases: 1, sum: Decimal::ZERO };
        assert!(!Tally::default().put(&strange), "{key}");
    }
}
