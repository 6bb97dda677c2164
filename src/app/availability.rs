//! Whether an action works here and now, and if not, why: asked by the footer, the palette, help and the key itself.

use super::action::Action;
use super::model::{Availability, Model};

/// Whether an action works on the desk as it stands.
pub fn of(_action: Action, _model: &Model) -> Availability {
    Availability::On
}
