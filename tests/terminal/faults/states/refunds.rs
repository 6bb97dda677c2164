//! The states of a refund: half confirmed, waiting for its seconds, on its way.

use docket::domain::action::State as ActionState;
use docket::store::Store as _;

use super::super::scene::Scene;
use super::State;
use crate::pty::until;

const CONFIRMATION: &str = "30.00 IDR";

/// From the list into one of them.
pub(super) fn enter(state: State, scene: &mut Scene<'_>) {
    scene.pty.type_in("4");
    scene.pty.wait_for("[4 Closed");
    scene.pty.type_in("\r");
    scene.pty.wait_for("As received");
    scene.pty.type_in("$");
    scene.pty.wait_for("elsewhere: none found");
    scene.pty.type_in("30\t3\t\x18");
    scene.pty.wait_for(&format!("type {CONFIRMATION}"));
    if state == State::RefundConfirm {
        scene.pty.confirm("30.00");
        return scene.pty.wait_for("[30.00");
    }
    scene.pty.confirm(CONFIRMATION);
    scene.pty.type_in("\r");
    if state == State::RefundPause {
        return scene.pty.wait_for("sending in");
    }
    scene.pty.wait_for("on its way; waiting");
    until("the gateway has executed the refund", || scene.host.refunded() == 1);
    assert_eq!(scene.host.sent().state, ActionState::Sending, "the answer came before the fault");
}

/// From one of them out of the desk, up to the last key.
pub(super) fn leave(state: State, scene: &mut Scene<'_>) {
    match state {
        State::RefundConfirm => {
            scene.pty.type_in("\x1b");
            scene.pty.wait_for("goes to the confirm page");
        }
        State::RefundPause => {
            // Any key stops it, unless the fault has; then it is one more letter of the comment.
            scene.pty.type_in("x");
            scene.pty.wait_for("goes to the confirm page");
        }
        _ => scene.pty.wait_for("accepted, not yet paid"),
    }
    scene.pty.type_in("\x1b");
    scene.pty.wait_for("As received");
    scene.pty.type_in("q");
    scene.pty.wait_for("[4 Closed");
}

/// A refund was executed once and its answer is in the journal, or nothing was sent at all.
pub(super) fn check(state: State, scene: &Scene<'_>) {
    let host = &scene.host;
    if state != State::RefundSending {
        return assert_eq!((host.refunded(), host.refunds()), (0, 0), "refunds executed, and in the journal");
    }
    let sent = host.sent();
    assert!(
        matches!(sent.state, ActionState::Accepted | ActionState::Settled),
        "the refund is {}",
        sent.state
    );
    assert_eq!(host.store().attempts(&sent.intent.id).unwrap().len(), 1, "attempts");
    assert_eq!(host.refunded(), 1, "refunds at the gateway");
}
