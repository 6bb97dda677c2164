//! The figures a manager asks for, worked out from what lies on disk: what is open, what runs out, how cases ended, and
//! how long replies take. Every share comes with the number of cases behind it, and currencies are never added up.

use time::{Duration, OffsetDateTime};

use super::action::State;
use super::case::{Case, Field, Verdict};
use super::change::HistoryEntry;
use super::deadline::{Calendar, Urgency};
use super::ids::CaseId;
use super::money::Sums;
use super::record::{ActionRecord, Kind};
use super::stage::Stage;
use super::tracked::{self, Tracked};

/// Longer than any call with its limits may take: what is still being sent after this long was cut short.
const LONGEST_CALL: Duration = Duration::minutes(10);

/// The counts of a list. Each word means what it means in the head of the desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Cases on the list.
    pub on_list: usize,
    /// Cases that are not settled.
    pub open: usize,
    /// Cases that need a reply: the sum of the next four.
    pub due: usize,
    /// Their due date has passed.
    pub overdue: usize,
    /// They run out today.
    pub today: usize,
    /// They run out within the days that count as soon.
    pub soon: usize,
    /// They run out after that.
    pub later: usize,
    /// Frozen payments of the open cases, per currency.
    pub at_risk: Sums,
    /// Closed cases that were won.
    pub won: usize,
    /// Closed cases that were lost.
    pub lost: usize,
    /// Frozen payments of the won cases, per currency.
    pub won_amount: Sums,
    /// Frozen payments of the lost cases, per currency.
    pub lost_amount: Sums,
    /// How old the list is (UTC); see [`tracked::as_of`].
    pub as_of: Option<OffsetDateTime>,
}

impl Stats {
    /// Counts a list once.
    pub fn of(cases: &[Tracked], calendar: &Calendar) -> Self {
        let mut stats = Self { on_list: cases.len(), as_of: tracked::as_of(cases), ..Self::default() };
        for tracked in cases {
            stats.count(tracked, calendar);
        }
        stats
    }

    fn count(&mut self, tracked: &Tracked, calendar: &Calendar) {
        let urgent = match tracked.urgency(calendar) {
            Urgency::Overdue => Some(&mut self.overdue),
            Urgency::Today => Some(&mut self.today),
            Urgency::Soon => Some(&mut self.soon),
            Urgency::Later => Some(&mut self.later),
            Urgency::None => None,
        };
        if let Some(count) = urgent {
            *count += 1;
            self.due += 1;
        }
        if tracked.stage() != Stage::Closed {
            self.open += 1;
            add(&mut self.at_risk, tracked.case.as_ref());
            return;
        }
        match tracked.case.as_ref().map(Case::verdict) {
            Some(Verdict::Won) => {
                self.won += 1;
                add(&mut self.won_amount, tracked.case.as_ref());
            }
            Some(Verdict::Lost) => {
                self.lost += 1;
                add(&mut self.lost_amount, tracked.case.as_ref());
            }
            Some(Verdict::Open) | None => {}
        }
    }

    /// Closed cases with a result, the sample behind won and lost.
    pub fn decided(&self) -> usize {
        self.won + self.lost
    }
}

fn add(sums: &mut Sums, case: Option<&Case>) {
    if let Some((case, amount)) = case.and_then(|case| case.amount().map(|amount| (case, amount))) {
        sums.add(case.currency(), amount);
    }
}

/// Whether nobody knows how an action ended: it is unknown, or its process died so long ago that it can only be.
pub fn is_in_doubt(record: &ActionRecord, now: OffsetDateTime) -> bool {
    let begun = record.sent_at.unwrap_or(record.created_at);
    record.state == State::Unknown || (record.state.is_open() && now - begun > LONGEST_CALL)
}

/// When a case was first seen to ask for a reply (UTC); `None` when it never was.
pub fn first_asked(history: &[HistoryEntry]) -> Option<OffsetDateTime> {
    history.iter().find_map(|entry| match entry {
        HistoryEntry::First { at, status } => (Stage::of(status) == Stage::Due).then_some(*at),
        HistoryEntry::Changed(change) => {
            let to = change.to.as_deref().unwrap_or_default();
            (change.field == Field::Status && Stage::of(to) == Stage::Due).then_some(change.at)
        }
    })
}

/// When the first reply to a case was sent that PayerMax took (UTC), on its own or with its batch.
pub fn first_answered(tracked: &Tracked, journal: &[ActionRecord]) -> Option<OffsetDateTime> {
    let taken = journal.iter().filter(|record| matches!(record.state, State::Accepted | State::Settled));
    taken.filter(|record| answers(record, tracked)).filter_map(|record| record.sent_at).min()
}

fn answers(record: &ActionRecord, tracked: &Tracked) -> bool {
    let named = |ids: &[String]| ids.iter().any(|id| id == tracked.id.as_str());
    let batch = || tracked.case.as_ref().map(|case| case.text(Field::BatchId)).filter(|id| !id.is_empty());
    match record.intent.kind {
        Kind::Refund => false,
        Kind::Reply => record.intent.case_id.as_ref().map(CaseId::as_str) == Some(tracked.id.as_str()),
        Kind::ReplyBatch => {
            named(&record.finding.success_case_ids)
                || (record.intent.batch_id.as_deref() == batch()
                    && batch().is_some()
                    && !named(&record.finding.fail_case_ids))
        }
    }
}

/// The middle of some spans, or the mean of the two in the middle; `None` of none.
pub fn median(mut spans: Vec<Duration>) -> Option<Duration> {
    spans.sort_unstable();
    let upper = spans.get(spans.len() / 2)?;
    let lower = spans.get((spans.len() - 1) / 2)?;
    Some((*lower + *upper) / 2)
}

/// A span in days with one decimal, rounded half up (`1.5`); never negative.
pub fn days(span: Duration) -> String {
    let tenths = (span.whole_seconds().max(0) * 10 + 43_200) / 86_400;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests;
