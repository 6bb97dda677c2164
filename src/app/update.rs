//! The router: one event in, the part that knows about it, effects out.

use time::OffsetDateTime;

use super::effect::Effect;
use super::event::Event;
use super::model::Model;

/// Takes one event at an instant.
pub fn update(model: &mut Model, event: Event, now: OffsetDateTime) -> Vec<Effect> {
    let _ = (model, event, now);
    Vec::new()
}
