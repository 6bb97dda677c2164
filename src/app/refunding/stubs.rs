use super::*;
use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::model::Model;
use crate::app::overlay::Prompt;

pub(in crate::app) fn press(_: &mut Model, _: Box<RefundForm>, _: Key) -> Vec<Effect> {
    Vec::new()
}
pub(in crate::app) fn resolve(_: &mut Model, _: Prompt) -> Vec<Effect> {
    Vec::new()
}
pub(in crate::app) fn refunds_seen(_: &mut Model, _: &str, _: Result<Vec<Earlier>, String>) -> Vec<Effect> {
    Vec::new()
}
pub(in crate::app) fn previewed(_: &mut Model, _: String) -> Vec<Effect> {
    Vec::new()
}
pub(in crate::app) fn second_passed(_: &mut Model, _: u32) -> Vec<Effect> {
    Vec::new()
}
pub(in crate::app) fn refunded(_: &mut Model, _: &str, _: Answer) -> Vec<Effect> {
    Vec::new()
}
