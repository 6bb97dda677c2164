//! What happens to some cases while somebody watches, so that a refresh of the demo really changes something.
//!
//! Six of each forty-eight cases have a life. None of those that are due soon is among them: what an operator is
//! about to answer must not move under the hand in every demo.

use time::{Date, Duration};

use super::{Plot, plot_of};
use crate::domain::case::Field;
use crate::sandbox::{SandboxCase, Step};

/// The cases among which six are chosen.
const BLOCK: usize = 48;

/// One thing that happens: at which ask, from which status, to what.
type Event = (u32, &'static str, Change);

#[derive(Clone, Copy)]
enum Change {
    To(&'static str),
    Closed(&'static str),
    Moved(i64),
    Reopened(i64),
}

const INQUIRY: &str = "DISPUTE_INQUIRY";
const RECEIVED: &str = "DISPUTE_RECEIVED";
const ENDED: &str = "DISPUTE_END";
const CLOSED: &str = "CASE_CLOSED";

/// The lives, each with the plots it suits. Asks 2 to 6 all have something in store.
const LIVES: [(&[Plot], &[Event]); 6] = [
    (
        &[Plot::Later],
        &[
            (2, INQUIRY, Change::To(RECEIVED)),
            (4, RECEIVED, Change::To(ENDED)),
            (6, ENDED, Change::Closed("WIN")),
        ],
    ),
    (&[Plot::Later], &[(3, INQUIRY, Change::Moved(3)), (5, INQUIRY, Change::Moved(-2))]),
    (&[Plot::Received], &[(2, RECEIVED, Change::Closed("FAI"))]),
    (&[Plot::Received], &[(3, RECEIVED, Change::To(ENDED)), (4, ENDED, Change::Closed("WIN"))]),
    (&[Plot::Ended], &[(5, ENDED, Change::Closed("WIN"))]),
    (&[Plot::Won, Plot::Lost], &[(4, CLOSED, Change::Reopened(6)), (6, INQUIRY, Change::Moved(1))]),
];

/// Gives six of each forty-eight cases a life, fewer where there are not enough that suit.
pub(super) fn give(cases: &mut [SandboxCase], today: Date, dice: &mut fastrand::Rng) {
    let count = cases.len();
    for start in (0..count).step_by(BLOCK) {
        let mut taken = Vec::with_capacity(LIVES.len());
        for (plots, events) in LIVES {
            let suits = |index: &usize| plots.contains(&plot_of(*index)) && !taken.contains(index);
            let fitting = (start..count.min(start + BLOCK)).filter(suits);
            let Some(index) = dice.choice(fitting.collect::<Vec<_>>()) else { continue };
            taken.push(index);
            if let Some(case) = cases.get_mut(index) {
                *case = events.iter().fold(std::mem::take(case), |case, event| {
                    let step = step(&case, event, today);
                    case.with_step(step)
                });
            }
        }
    }
}

fn step(case: &SandboxCase, &(ask, from, change): &Event, today: Date) -> Step {
    let status = |to: &str| (Field::Status, Some(to.to_owned()));
    let set = match change {
        Change::To(to) => vec![status(to)],
        Change::Closed(result) => vec![status(CLOSED), (Field::CaseResult, Some(result.to_owned()))],
        Change::Moved(days) => {
            let due = last_due(case).unwrap_or(today) + Duration::days(days);
            vec![(Field::ExpirationDate, Some(due.to_string()))]
        }
        Change::Reopened(days) => {
            let due = (today + Duration::days(days)).to_string();
            vec![status(INQUIRY), (Field::CaseResult, None), (Field::ExpirationDate, Some(due))]
        }
    };
    Step { ask, from: from.to_owned(), set }
}

/// The due date after the steps given so far.
fn last_due(case: &SandboxCase) -> Option<Date> {
    let moved = case.steps().flat_map(|step| &step.set).filter(|(field, _)| *field == Field::ExpirationDate);
    let text = moved.last().map_or(case.get(Field::ExpirationDate), |(_, value)| value.as_deref())?;
    Date::parse(text, &time::macros::format_description!("[year]-[month]-[day]")).ok()
}
