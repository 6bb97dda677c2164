//! What was done since the desk was opened, for the one line that stays on the operator's terminal when it is left: what
//! went out, and what still runs out today.

use time::OffsetDateTime;

use crate::domain::action::State;
use crate::domain::deadline::Urgency;
use crate::domain::record::{ActionRecord, Kind};
use crate::domain::reply::Target;
use crate::domain::shown;

use super::model::Model;
use super::starting::counted;
use super::underway::Subject;

/// Cases that the last line names at most; the others are counted.
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
    /// Replies and refunds of which nobody could tell when they ended.
    doubts: Vec<Subject>,
}

impl Visit {
    /// A sitting in which nothing was done yet.
    pub(super) fn beginning(began: OffsetDateTime) -> Self {
        Self { began, replied: 0, refunded: 0, refused: 0, doubts: Vec::new() }
    }

    /// A reply to so many cases has ended.
    pub(super) fn replied(&mut self, target: &Target, state: State, cases: usize) {
        match state {
            State::Refused => self.refused += 1,
            State::Unknown => self.doubts.push(Subject::Reply(target.clone())),
            _ => self.replied += cases,
        }
    }

    /// A refund has ended.
    pub(super) fn refunded(&mut self, order: &str, state: State) {
        match state {
            State::Refused => self.refused += 1,
            State::Unknown => self.doubts.push(Subject::Refund(order.to_owned())),
            _ => self.refunded += 1,
        }
    }

    /// Whether the journal knows by now how a doubt of this sitting ended.
    fn is_settled(&self, journal: &[ActionRecord], doubt: &Subject) -> bool {
        let is_it = |record: &&ActionRecord| {
            let intent = &record.intent;
            record.created_at >= self.began
                && match doubt {
                    Subject::Reply(Target::Case(id)) => {
                        intent.kind == Kind::Reply && intent.case_id.as_ref() == Some(id)
                    }
                    Subject::Reply(Target::Batch(batch)) => intent.batch_id.as_ref() == Some(batch),
                    Subject::Refund(order) => intent.order.as_ref() == Some(order),
                }
        };
        let mut its = journal.iter().filter(is_it).peekable();
        its.peek().is_some() && its.all(|record| !matches!(record.state, State::Sending | State::Unknown))
    }
}

/// The line to leave behind: `8 min · 4 replied · 1 refund accepted · 2 due today left: O1, O2`. Where the terminal is too
/// narrow for that, fewer ids (`O1 +1`), or more lines, each broken between words; no id is ever broken.
pub fn farewell(model: &Model) -> Vec<String> {
    let visit = &model.visit;
    let minutes = (model.scene.now - visit.began).whole_minutes();
    let mut parts = vec![if minutes < 1 { "under a minute".to_owned() } else { format!("{minutes} min") }];
    let settled = visit.doubts.iter().filter(|doubt| visit.is_settled(model.book.journal(), doubt)).count();
    let unknown = visit.doubts.len() - settled;
    let done = [
        (visit.replied, format!("{} replied", visit.replied)),
        (visit.refunded, format!("{} accepted", counted(visit.refunded, "refund"))),
        (visit.refused, format!("{} refused", visit.refused)),
        (settled, format!("{settled} settled")),
        (unknown, format!("{unknown} of unknown outcome")),
    ];
    parts.extend(done.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words));
    parts.push(left(model));
    let said = parts.join(" · ");
    let width = usize::from(model.scene.width);
    let (ids, all) = pressing(model);
    let naming = |before: &str| {
        let line = |names: usize| format!("{before}{}", named(&ids, names, all));
        (1..=ids.len()).rev().map(line).find(|line| columns(line) <= width)
    };
    if ids.is_empty() {
        return broken(&said, width);
    }
    let colon = format!("{said}:");
    naming(&format!("{colon} ")).map_or_else(
        || {
            let mut lines = broken(&colon, width);
            lines.push(naming("").unwrap_or_else(|| named(&ids, 1, all)));
            lines
        },
        |line| vec![line],
    )
}

/// What still waits for an answer today, in numbers.
fn left(model: &Model) -> String {
    let summary = &model.desk.summary;
    match (summary.overdue, summary.today) {
        (0, 0) if summary.as_of.is_none() && !model.book.is_empty() => {
            "nothing was fetched yet, so nobody knows what is due".to_owned()
        }
        (0, 0) => "nothing due today".to_owned(),
        (0, today) => format!("{today} due today left"),
        (overdue, 0) => format!("{overdue} overdue"),
        (overdue, today) => format!("{overdue} overdue and {today} due today left"),
    }
}

/// The first of the cases that wait for an answer today, and how many there are.
fn pressing(model: &Model) -> (Vec<String>, usize) {
    let calendar = &model.scene.calendar;
    let presses = |urgency: Urgency| matches!(urgency, Urgency::Overdue | Urgency::Today);
    let mut pressing: Vec<_> =
        model.book.iter().filter(|tracked| presses(tracked.urgency(calendar))).collect();
    pressing.sort_by(|a, b| crate::domain::order::SortBy::Due.compare(a, b));
    let ids =
        pressing.iter().take(NAMED).map(|tracked| shown::id(tracked.id.as_str()).into_owned()).collect();
    (ids, pressing.len())
}

/// `O1, O2 +3`: so many of the ids, and how many there are besides.
fn named(ids: &[String], names: usize, all: usize) -> String {
    let list = ids.iter().take(names).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = all.saturating_sub(names);
    if more > 0 { format!("{list} +{more}") } else { list }
}

/// A text in lines of at most so many columns, broken at blanks.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut().filter(|line| columns(line) + 1 + columns(word) <= width) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Nothing in these lines is wider than one column.
fn columns(text: &str) -> usize {
    text.chars().count()
}
