//! How the requests that wait look on a wide and on a narrow terminal.

use pretty_assertions::assert_eq;
use time::macros::datetime;

use super::*;
use crate::domain::refund::{Refund, Request};

const NUMBER: &str = "DKABCDEFGHIJKLMNOPQRSTUVWXYZ01";

fn waiting(order: &str, asker: &str) -> Waiting {
    let refund = Refund::plain(order, "1060.50", "USD");
    let request = Request {
        environment: "uat".into(),
        fingerprint: "f".into(),
        number: NUMBER.into(),
        refund,
        case: None,
        asked_by: "somebody".into(),
        behind: None,
        asked_at: datetime!(2026-11-20 08:00 UTC),
    };
    Waiting { request, owner: 1001, asker: asker.into(), hash: "ab12cd".into() }
}

fn rows() -> [(Listed, Option<RequestError>); 3] {
    let listed = |found| Listed { id: NUMBER.into(), found };
    let why = "can be written by others than its owner (its mode is 0666)".to_owned();
    let wrong = RequestError::Wrong { id: NUMBER.into(), why };
    let own = RequestError::Unapprovable { id: NUMBER.into(), why: Unapprovable::OnePerson };
    [
        (listed(Ok(waiting("SHOP-20261105-007919", "ana"))), None),
        (listed(Ok(waiting("P1", "ben\u{1b}"))), Some(own)),
        (listed(Err(wrong.clone())), Some(wrong)),
    ]
}

fn shown(columns: Option<u16>) -> String {
    let rows = rows();
    let rows: Vec<_> = rows.iter().map(|(one, why)| (one, why.clone())).collect();
    table(&rows, columns)
}

#[test]
fn a_wide_terminal_has_a_line_for_each_with_what_is_needed_most_first() {
    let expected = "\
Number                          Amount        Order                 Asked by  Asked                 Code  For you
DKABCDEFGHIJKLMNOPQRSTUVWXYZ01  1,060.50 USD  SHOP-20261105-007919  ana       2026-11-20T08:00:00Z  AB12  waits for you
DKABCDEFGHIJKLMNOPQRSTUVWXYZ01  1,060.50 USD  P1                    ben␛      2026-11-20T08:00:00Z  AB12  yours
DKABCDEFGHIJKLMNOPQRSTUVWXYZ01                                                                            can be written by others than its owner (its mode is 0666)
";
    assert_eq!(shown(None), expected);
    assert_eq!(shown(Some(200)), expected);
}

#[test]
fn a_narrow_terminal_has_a_block_for_each_and_nothing_is_cut() {
    let expected = "\
DKABCDEFGHIJKLMNOPQRSTUVWXYZ01  code AB12
  1,060.50 USD of order SHOP-20261105-007919
  asked for by ana, 2026-11-20T08:00:00Z
  waits for you

DKABCDEFGHIJKLMNOPQRSTUVWXYZ01  code AB12
  1,060.50 USD of order P1
  asked for by ben␛, 2026-11-20T08:00:00Z
  yours

DKABCDEFGHIJKLMNOPQRSTUVWXYZ01
  can be written by others than its owner (its mode is 0666)
";
    for columns in [60, 80] {
        assert_eq!(shown(Some(columns)), expected, "{columns}");
    }
    let narrow = shown(Some(40));
    assert!(narrow.lines().all(|line| line.width() <= 42), "{narrow}");
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(&narrow), words(expected));
}
