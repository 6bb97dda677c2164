//! What was done since the desk was opened, for the one line that stays on the operator's terminal when it is left: what
//! went out, and what still runs out today.

use time::OffsetDateTime;

use crate::domain::action::State;
use crate::domain::deadline::Urgency;
use crate::domain::ids::CaseId;

use super::model::Model;
use super::starting::counted;

/// Cases that the last line names; the others are counted.
const NAMED: usize = 3;

/// One sitting at the desk.
#[derive(Clone, Debug)]
pub struct Visit {
    /// When the desk was opened (UTC).
    began: OffsetDateTime,
    /// Cases answered, as far as PayerMax took the reply.
    replied: usize,
    /// Refunds that PayerMax took.
    refunded: usize,
    /// Replies and refunds that were refused.
    refused: usize,
    /// Replies and refunds of which nobody can tell.
    unknown: usize,
}

impl Visit {
    /// A sitting in which nothing was done yet.
    pub(super) fn beginning(began: OffsetDateTime) -> Self {
        Self { began, replied: 0, refunded: 0, refused: 0, unknown: 0 }
    }

    /// A reply to so many cases has ended.
    pub(super) fn replied(&mut self, state: State, cases: usize) {
        match state {
            State::Refused => self.refused += 1,
            State::Unknown => self.unknown += 1,
            _ => self.replied += cases,
        }
    }

    /// A refund has ended.
    pub(super) fn refunded(&mut self, state: State) {
        match state {
            State::Refused => self.refused += 1,
            State::Unknown => self.unknown += 1,
            _ => self.refunded += 1,
        }
    }
}

/// The line to leave behind: `8 min · 4 replied · 1 refund accepted · 2 due today left: O1, O2`. Foreign text in it is not
/// sanitised.
pub fn farewell(model: &Model) -> String {
    let visit = &model.visit;
    let minutes = (model.scene.now - visit.began).whole_minutes();
    let mut parts = vec![if minutes < 1 { "under a minute".to_owned() } else { format!("{minutes} min") }];
    let done = [
        (visit.replied, format!("{} replied", visit.replied)),
        (visit.refunded, format!("{} accepted", counted(visit.refunded, "refund"))),
        (visit.refused, format!("{} refused", visit.refused)),
        (visit.unknown, format!("{} of unknown outcome", visit.unknown)),
    ];
    parts.extend(done.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words));
    parts.push(left(model));
    parts.join(" · ")
}

/// What still waits for an answer today, named as far as that stays one line.
fn left(model: &Model) -> String {
    let summary = &model.desk.summary;
    let (overdue, today) = (summary.overdue, summary.today);
    let what = match (overdue, today) {
        (0, 0) => return "nothing due today".to_owned(),
        (0, today) => format!("{today} due today left"),
        (overdue, 0) => format!("{overdue} overdue"),
        (overdue, today) => format!("{overdue} overdue and {today} due today left"),
    };
    let calendar = &model.scene.calendar;
    let presses = |urgency: Urgency| matches!(urgency, Urgency::Overdue | Urgency::Today);
    let mut pressing: Vec<_> =
        model.book.iter().filter(|tracked| presses(tracked.urgency(calendar))).collect();
    pressing.sort_by(|a, b| crate::domain::order::SortBy::Due.compare(a, b));
    let names: Vec<&str> = pressing.iter().take(NAMED).map(|tracked| CaseId::as_str(&tracked.id)).collect();
    let more = pressing.len().saturating_sub(names.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{what}: {}{more}", names.join(", "))
}
