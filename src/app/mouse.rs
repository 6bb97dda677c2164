//! The mouse, for those who switched it on (`[desk] mouse = true`): a click puts the cursor on a case or opens a
//! tab, the wheel moves. Everything else stays on the keys.

use super::action::Action;
use super::effect::Effect;
use super::layout::{Area, Layout};
use super::model::Model;
use super::overlay::Overlay;
use super::{keys, movement, relist};

/// Rows one notch of the wheel moves.
const WHEEL_ROWS: usize = 3;

/// The wheel was turned; forms do not scroll.
pub(super) fn wheel(model: &mut Model, down: bool) -> Vec<Effect> {
    if !matches!(
        model.overlay,
        Overlay::Prompt(_)
            | Overlay::Palette(_)
            | Overlay::Chooser(_)
            | Overlay::Reply(_)
            | Overlay::Refund(_)
    ) {
        for _ in 0..WHEEL_ROWS {
            movement::go(model, if down { Action::Down } else { Action::Up });
        }
    }
    Vec::new()
}

/// A cell was clicked: on the row of a case, the cursor goes there.
pub(super) fn click(model: &mut Model, column: u16, row: u16) -> Vec<Effect> {
    let table =
        Layout::of(model.scene.width, model.scene.height).map(|layout| layout.table).unwrap_or_default();
    if matches!(model.overlay, Overlay::None)
        && holds(table, column, row)
        && let Some(below_titles) = usize::from(row - table.y).checked_sub(1)
    {
        relist::put_cursor(model, model.desk.cursor.top + below_titles);
    }
    Vec::new()
}

/// A tab was clicked: it opens, as by its number.
pub(super) fn click_tab(model: &mut Model, number: u8) -> Vec<Effect> {
    // Keys that wait for the rest of a long list are about the tab that they were typed on.
    if matches!(model.overlay, Overlay::None) && model.book.missing() == 0 {
        return keys::act(model, Action::View(number));
    }
    Vec::new()
}

fn holds(area: Area, column: u16, row: u16) -> bool {
    (area.x..area.x + area.width).contains(&column) && (area.y..area.y + area.height).contains(&row)
}
