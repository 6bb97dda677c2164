//! Putting cases off: which can be, until when, and what the operator is told of it beforehand. What is due today is never
//! among them.

use time::Date;

use crate::domain::case::Case;
use crate::domain::deadline::Calendar;
use crate::domain::ids::CaseId;
use crate::domain::tracked::Tracked;

use super::model::Model;
use super::overlay::Purpose;
use super::{forms, targets};

/// Whether a case can be put off, or was and can be woken.
pub(super) fn may_put_off(model: &Model, tracked: &Tracked) -> bool {
    tracked.may_sleep(&model.scene.calendar) || tracked.is_asleep(&model.scene.calendar)
}

/// Asks until when. Cases that are due today or need no reply stay as they are.
pub(super) fn open(model: &mut Model) {
    let may = |id: &CaseId| model.book.get(id).is_some_and(|tracked| may_put_off(model, tracked));
    let ids = targets::cases(model).into_iter().filter(may).collect();
    forms::open(model, Purpose::Snooze(ids));
}

/// Whether a case of the list sleeps.
pub fn is_asleep(model: &Model, id: &CaseId) -> bool {
    model.book.get(id).is_some_and(|tracked| tracked.is_asleep(&model.scene.calendar))
}

/// What putting these cases off to a day comes to: those that run out before are back before.
pub fn foreseen(model: &Model, ids: &[CaseId], day: Date) -> String {
    let calendar = &model.scene.calendar;
    let due = |id: &CaseId| model.book.get(id).and_then(|t| t.case.as_ref().and_then(Case::due));
    let sooner: Vec<Date> = ids.iter().filter_map(due).filter(|due| *due < day).collect();
    let until = weekday_and(day, calendar);
    match (&sooner[..], ids) {
        ([], _) => format!("until {until}"),
        ([due], [_]) => format!("until due on {}", weekday_and(*due, calendar)),
        (some, _) => format!("until {until}, {} back sooner, when due", some.len()),
    }
}

fn weekday_and(day: Date, calendar: &Calendar) -> String {
    let weekday: String = day.weekday().to_string().chars().take(3).collect();
    format!("{weekday} {}", calendar.named(day))
}
