//! Watching over actions whose end is not known: they are asked about by themselves, ever more rarely, and what has come
//! of them is said once.

use time::{Duration, OffsetDateTime};

use crate::domain::action::State;
use crate::domain::record::{ActionRecord, FOUND_LATER, Kind};
use crate::domain::refund::{Earlier, Fate};

use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::starting::counted;

/// Minutes after the send at which an action of unknown outcome is asked about. The last three can show that it was
/// never received: a tick comes about once a minute, and they are still five minutes apart. One that failed is made up
/// for by those that follow: every half hour for a day, and once a day from then on.
const UNKNOWN_AT: [i64; 5] = [1, 3, 8, 14, 20];
/// See [`UNKNOWN_AT`].
const HALF_HOUR: i64 = 30;
/// See [`UNKNOWN_AT`].
const DAY: i64 = 24 * 60;
/// The same for a refund that was accepted and is not paid; afterwards once a day.
const ACCEPTED_AT: [i64; 4] = [1, 5, 15, 60];

/// Time has passed: perhaps an action is to be asked about again.
pub(in crate::app) fn tick(model: &mut Model) -> Option<Effect> {
    super::unlock::tick(model);
    let now = model.scene.now;
    let before = model.refunds.ticked.replace(now);
    model.book.journal().iter().any(|record| is_due(record, before, now)).then_some(Effect::Settle)
}

/// Whether one of the moments at which an action is asked about lies between two ticks, or before the first.
fn is_due(record: &ActionRecord, before: Option<OffsetDateTime>, now: OffsetDateTime) -> bool {
    let sent = record.sent_at.unwrap_or(record.created_at);
    let passed = |at: OffsetDateTime| moments(record, at - sent);
    passed(now) > before.map_or(0, passed)
}

/// How many of the moments have passed so long after the send.
fn moments(record: &ActionRecord, since: Duration) -> i64 {
    let minutes: &[i64] = match record.state {
        // One that reads as being sent so long after may have an answer that could not be written down.
        State::Unknown | State::Sending => &UNKNOWN_AT,
        State::Accepted if record.intent.kind == Kind::Refund => &ACCEPTED_AT,
        _ => return 0,
    };
    let passed = since.whole_minutes().max(0);
    let last = minutes.last().copied().unwrap_or_default();
    let half_hours =
        if record.state == State::Accepted { 0 } else { (passed.min(DAY - 1) - last).max(0) / HALF_HOUR };
    minutes.iter().filter(|at| passed >= **at).fold(half_hours + passed / DAY, |count, _| count + 1)
}

/// The journal has been read: what it says of refunds that were just sent is known now. What has ended by itself is said
/// where nothing else is to be read.
pub(in crate::app) fn journal_read(model: &mut Model, journal: &[ActionRecord]) {
    model.refunds.unread.clear();
    let before = model.book.journal();
    let turned_up = before.iter().filter_map(|old| ending(old, journal)).find(|new| was_found_later(new));
    if let Some(record) = turned_up {
        // Money has moved of which the desk said that it had not.
        return model.fail(format!("PayerMax has it after all: {}", told(record)));
    }
    let waited = model.book.journal().iter().filter(|old| is_waited_for(old));
    let ended: Vec<&ActionRecord> = waited.filter_map(|old| ending(old, journal)).collect();
    let free = |model: &Model| model.notice.is_none() && model.standing.is_empty();
    match ended.as_slice() {
        [] => {}
        [one] if has_failed(one) => model.warn(told(one)),
        [one] if free(model) => model.say(told(one)),
        many if many.iter().any(|one| has_failed(one)) => {
            model.warn(format!(
                "{} ended, not all as hoped; the Journal view shows how",
                counted(many.len(), "action")
            ));
        }
        many if free(model) => {
            model.say(format!("{} ended; the Journal view shows how", counted(many.len(), "action")));
        }
        _ => {}
    }
}

/// Whether the end of an action is waited for. Of a reply that was accepted it is not: its case shows what became of it.
fn is_waited_for(record: &ActionRecord) -> bool {
    match record.state {
        State::Unknown => true,
        State::Accepted => record.intent.kind == Kind::Refund,
        _ => false,
    }
}

fn was_found_later(record: &ActionRecord) -> bool {
    record.finding.code.as_deref() == Some(FOUND_LATER)
}

/// The same action, when it stands otherwise now. What is on its way again is the operator's own doing.
fn ending<'j>(old: &ActionRecord, journal: &'j [ActionRecord]) -> Option<&'j ActionRecord> {
    let new = journal.iter().find(|new| new.intent.id == old.intent.id)?;
    let again = matches!(new.state, State::Intended | State::Sending);
    (new.state != old.state && !again).then_some(new)
}

/// Whether money that was on its way has come back, or never left.
fn has_failed(record: &ActionRecord) -> bool {
    Earlier::of(record)
        .is_some_and(|one| matches!(one.fate, Fate::Failed | Fate::NotReceived | Fate::Refused))
}

fn told(record: &ActionRecord) -> String {
    let intent = &record.intent;
    match (Earlier::of(record), &intent.case_id, &intent.batch_id) {
        (Some(refund), ..) => {
            let order = intent.order.as_deref().unwrap_or_default();
            format!("refund {} of order {order}: {}", refund.number, refund.fate.words())
        }
        (None, Some(case), _) => format!("the reply to case {case}: {}", record.state),
        (None, None, batch) => {
            format!("the reply to batch {}: {}", batch.as_deref().unwrap_or_default(), record.state)
        }
    }
}
