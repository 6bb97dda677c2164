//! Refunds on a desk that is left open: with `refund_unlock_minutes` they are locked until somebody types a phrase, and
//! locked again by themselves. Only the desk is; a command line is confirmed by its own words each time.

use time::{Duration, OffsetDateTime};

use crate::app::action::{self, Action};
use crate::app::effect::Effect;
use crate::app::forms;
use crate::app::model::{Model, Tone};
use crate::app::overlay::{Overlay, Prompt, Purpose};

/// What is typed in front of the profile's name to unlock them.
const PHRASE: &str = "REFUNDS";

/// How long an unlocking holds; `None` when refunds need none.
fn holds(model: &Model) -> Option<Duration> {
    let minutes = model.session.refunds.limits.unlock_minutes;
    (minutes > 0).then(|| Duration::minutes(minutes.into()))
}

/// What is left of it. None is left by a clock that was set back before it began.
fn left(model: &Model) -> Option<Duration> {
    let since: OffsetDateTime = model.refunds.unlocked_at?;
    let passed = model.scene.now - since;
    let left = holds(model)? - passed;
    (!passed.is_negative() && left.is_positive()).then_some(left)
}

/// For how many more minutes refunds are unlocked, the one that has begun included; `None` when they are locked, or need no
/// unlocking.
pub fn minutes_left(model: &Model) -> Option<i64> {
    left(model).map(|left| (left + Duration::MINUTE - Duration::NANOSECOND).whole_minutes())
}

/// Why no refund can be begun or sent, when they are locked.
pub(super) fn locked(model: &Model) -> Option<String> {
    let minutes = holds(model).filter(|_| left(model).is_none())?.whole_minutes();
    Some(format!("refunds are locked; {} opens them for {minutes} min", command(Action::Unlock)))
}

/// An action as it is typed into the palette.
fn command(action: Action) -> String {
    action::binding(action).map(|row| format!(":{}", row.name)).unwrap_or_default()
}

/// What is to be typed.
pub fn phrase(model: &Model) -> String {
    format!("{PHRASE} {}", model.session.profile)
}

/// Why nothing can be unlocked, when that is so.
pub(in crate::app) fn unlock_off(model: &Model) -> Option<String> {
    if let Some(reason) = &model.session.read_only {
        return Some(format!("read-only: {reason}"));
    }
    holds(model).is_none().then(|| {
        "refunds need no unlocking here; refund_unlock_minutes in [policy] would lock them".to_owned()
    })
}

/// Why nothing can be locked, when that is so.
pub(in crate::app) fn lock_off(model: &Model) -> Option<String> {
    left(model).is_none().then(|| "refunds are not unlocked".to_owned())
}

/// Asks for the phrase.
pub(in crate::app) fn open_unlock(model: &mut Model) {
    forms::open(model, Purpose::Unlock);
}

/// Takes the phrase, or says what is wrong with it.
pub(in crate::app) fn unlock(model: &mut Model, mut prompt: Prompt) -> Vec<Effect> {
    let phrase = phrase(model);
    if prompt.field.value().trim() != phrase {
        prompt.problem = Some("not this phrase".to_owned());
        model.overlay = Overlay::Prompt(prompt);
        return Vec::new();
    }
    model.overlay = *prompt.back;
    model.refunds.unlocked_at = Some(model.scene.now);
    let minutes = holds(model).unwrap_or_default().whole_minutes();
    model.say(format!("refunds are unlocked for {minutes} min; {} ends it", command(Action::Lock)));
    Vec::new()
}

/// Locks them at once.
pub(in crate::app) fn lock(model: &mut Model) {
    model.refunds.unlocked_at = None;
    model.say("refunds are locked");
}

/// Time has passed: that it is over is said once.
pub(super) fn tick(model: &mut Model) {
    if model.refunds.unlocked_at.is_some() && left(model).is_none() {
        model.refunds.unlocked_at = None;
        if model.notice.as_ref().is_none_or(|notice| notice.tone == Tone::Info) {
            model.say("the time for refunds is over; they are locked again");
        }
    }
}
