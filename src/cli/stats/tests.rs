//! The figures as a person and as a screen reader get them.

use super::*;
use pretty_assertions::assert_eq;
use rust_decimal::Decimal;
use time::macros::datetime;

fn figures() -> Figures {
    let mut counts = Counts {
        on_list: 100,
        open: 48,
        due: 10,
        overdue: 1,
        today: 3,
        soon: 2,
        later: 4,
        won: 31,
        lost: 19,
        as_of: Some(datetime!(2026-11-20 07:30 UTC)),
        ..Counts::default()
    };
    counts.at_risk.add("IDR", Decimal::new(120_000_000, 2));
    counts.at_risk.add("USD", Decimal::new(94_000, 2));
    counts.won_amount.add("USD", Decimal::new(5, 0));
    Figures { counts, days: Some("1.5".into()), replied: 12, in_doubt: 1, soon_days: 2 }
}

#[test]
fn the_table_says_what_each_figure_counts() {
    let expected = "\
On the list          100  as of 2026-11-20T07:30:00Z
Open                  48  not settled
Due                   10  need a reply
Overdue                1  of those, past their due date
Today                  3  of those
Soon                   2  in 1 to 2 days
Later                  4
At risk IDR    1,200,000  frozen payments of the open cases
At risk USD       940.00
Won                   31  won 31 of 50 decided
Won USD             5.00
Lost                  19
Days to reply        1.5  median of 12 cases, first seen asking to first reply taken
Unknown                1  replies or refunds of unknown outcome: docket settle
";
    assert_eq!(table(&figures()), expected);
}

#[test]
fn plain_text_names_every_figure_on_its_own_line() {
    let text = plain(&figures());
    assert!(
        text.starts_with("On the list: 100, as of 2026-11-20T07:30:00Z\nOpen: 48, not settled\n"),
        "{text}"
    );
    assert!(text.contains("At risk IDR: 1,200,000, frozen"), "{text}");
    assert!(text.contains("\nAt risk USD: 940.00\n"), "{text}");
    assert!(text.lines().all(|line| line.contains(": ") && !line.starts_with(' ')), "{text}");
}

#[test]
fn nothing_measured_is_a_dash_and_a_null() {
    let none = Figures { counts: Counts::default(), days: None, replied: 0, in_doubt: 0, soon_days: 2 };
    assert!(plain(&none).contains("Days to reply: -, no case was both"), "{}", plain(&none));
    let document = json::document(&StatsJson::new(&none));
    assert!(document.contains("\"medianDaysToReply\": null"), "{document}");
    assert!(json::document(&StatsJson::new(&figures())).contains("\"medianDaysToReply\": 1.5"));
}
