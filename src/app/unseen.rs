//! A terminal too small for any page shows none, and then no key does anything that would have to be looked at first:
//! neither a send nor a word on a case nobody sees.

use super::action::{Action, Place};
use super::effect::Effect;
use super::key::{Code, Key};
use super::layout::Layout;
use super::model::Model;
use super::refunding;

/// What is said once there is a page again.
const UNSEEN: &str = "nothing was done: the terminal was too small to show what that key would do";

/// Whether there is no page to be seen.
pub(super) fn is_unseen(model: &Model) -> bool {
    Layout::of(model.scene.width, model.scene.height).is_none()
}

/// Refuses a key whose page cannot be seen. Going back, leaving and what concerns the terminal alone are always right, and
/// so is any key that stops a refund.
pub(super) fn refused(model: &mut Model, key: Key) -> Option<Vec<Effect>> {
    if !is_unseen(model) || leads_out(model, key) || refunding::is_pausing(model) {
        return None;
    }
    model.warn(UNSEEN);
    Some(Vec::new())
}

/// The same for a paste, which is always refused.
pub(super) fn refused_paste(model: &mut Model) -> Option<Vec<Effect>> {
    is_unseen(model).then(|| {
        model.warn(UNSEEN);
        Vec::new()
    })
}

fn leads_out(model: &Model, key: Key) -> bool {
    let back = matches!((key.ctrl, key.code), (false, Code::Esc) | (true, Code::Char('c')));
    let keymap = &model.session.keymap;
    let place = model.place();
    let leaves = || {
        let action = keymap.action(key, place).filter(|_| place != Place::Form);
        matches!(action, Some(Action::Quit | Action::Back | Action::Suspend | Action::Redraw))
    };
    back || keymap.of_the_terminal(key).is_some() || leaves()
}
