//! The refund form and its pages.

pub(super) mod earlier;

use super::canvas::Canvas;
use crate::app::layout::Area;
use crate::app::model::Model;
use crate::app::refunding::RefundForm;

pub(super) fn draw(_: &mut Canvas<'_>, _: &Model, _: &RefundForm, _: Area) -> Option<(u16, u16)> {
    None
}
pub(super) fn keys(_: &Model, _: &RefundForm) -> Vec<(&'static str, &'static str)> {
    Vec::new()
}
