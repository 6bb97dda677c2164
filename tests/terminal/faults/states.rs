//! The states of the desk in which a fault meets it: how one gets there, how one leaves, and what must be on disk and at
//! the gateway afterwards.

mod refunds;

use docket::domain::action::State as ActionState;
use docket::store::Store as _;

use super::scene::Scene;
use crate::pty::until;

const TEXT: &str = "Delivered on time";
/// Typed last of all, so that it is on its way to the disk when the fault comes.
const LAST: &str = "!";
const NOTE: &str = "keep me";

/// A state of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The list, nothing begun.
    List,
    /// A reply is being written.
    Edit,
    /// Its confirm page is open.
    Confirm,
    /// It is on its way: the gateway has it, and has not answered.
    Sending,
    /// The page of a case whose reply is of unknown outcome is open.
    InDoubt,
    /// Another process holds the list, and a note that was said to be saved is not written yet.
    Locked,
    /// The confirm page of a refund is open, and half of what confirms it is typed.
    RefundConfirm,
    /// A refund is confirmed and waits for its seconds: the last moment at which it can be stopped.
    RefundPause,
    /// A refund is on its way: the gateway has executed it, and has not answered.
    RefundSending,
}

impl State {
    pub(super) const ALL: [Self; 9] = [
        Self::List,
        Self::Edit,
        Self::Confirm,
        Self::Sending,
        Self::InDoubt,
        Self::Locked,
        Self::RefundConfirm,
        Self::RefundPause,
        Self::RefundSending,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Edit => "edit",
            Self::Confirm => "confirm",
            Self::Sending => "sending",
            Self::InDoubt => "in doubt",
            Self::Locked => "locked",
            Self::RefundConfirm => "refund confirm",
            Self::RefundPause => "refund pause",
            Self::RefundSending => "refund sending",
        }
    }

    /// Whether an answer is waited for, so that a desk may take its time to end.
    pub(super) const fn is_on_its_way(self) -> bool {
        matches!(self, Self::Sending | Self::RefundSending)
    }

    /// How long a confirmed refund waits, in seconds.
    pub(super) const fn pause_s(self) -> u8 {
        if matches!(self, Self::RefundPause) { 60 } else { 0 }
    }

    /// What is on its way, in the desk's words.
    pub(super) fn what(self, scene: &Scene<'_>) -> String {
        match self {
            Self::RefundSending => format!("refund of order P{}", scene.host.closed),
            _ => format!("reply to case {}", scene.host.case),
        }
    }

    /// From the list into the state.
    pub(super) fn enter(self, scene: &mut Scene<'_>) {
        match self {
            Self::List => {}
            Self::Edit => {
                write(scene);
                scene.pty.type_in(LAST);
                scene.pty.wait_for("18/256");
            }
            Self::Confirm => confirm(scene),
            Self::Sending => send(scene),
            Self::InDoubt => {
                scene.pty.type_in("7");
                scene.pty.wait_for("nobody knows");
                scene.pty.type_in("\r");
                self.wait_shown(scene);
            }
            Self::Locked => {
                scene.pty.type_in("n");
                scene.pty.wait_for("type the note");
                scene.pty.type_in(NOTE);
                scene.pty.wait_for(NOTE);
                scene.hold_the_list();
                scene.pty.type_in("\r");
                scene.pty.wait_for("note of 1 case saved");
            }
            Self::RefundConfirm | Self::RefundPause | Self::RefundSending => refunds::enter(self, scene),
        }
    }

    /// Waits until the desk shows the state.
    pub(super) fn wait_shown(self, scene: &Scene<'_>) {
        let marks: &[&str] = match self {
            Self::List | Self::Locked => &[&scene.host.case],
            Self::Edit => &["Reply to case"],
            Self::Confirm => &["y sends"],
            Self::Sending => &["Sending: reply", "Outcome: reply"],
            Self::InDoubt => &["unknown since"],
            Self::RefundConfirm => &["type 30.00 IDR"],
            Self::RefundPause => &["sending in", "stopped; nothing was sent"],
            Self::RefundSending => &["on its way; waiting", "accepted, not yet paid"],
        };
        scene.pty.wait(&format!("one of {marks:?}"), |screen| {
            marks.iter().any(|mark| screen.contents().contains(mark))
        });
    }

    /// From the state out of the desk, as an operator would.
    pub(super) fn leave(self, scene: &mut Scene<'_>) {
        match self {
            Self::List | Self::Locked => {}
            Self::Edit => {
                scene.pty.type_in("\x1b");
                scene.pty.wait_for("kept as draft");
            }
            Self::Confirm => {
                scene.pty.type_in("\x1b");
                scene.pty.wait_for("Esc keeps the draft");
                scene.pty.type_in("\x1b");
                scene.pty.wait_for("kept as draft");
            }
            Self::Sending => {
                scene.pty.wait_for("1 accepted");
                scene.pty.type_in("\x1b");
                scene.pty.wait_for("1 reply accepted");
            }
            Self::InDoubt => {
                scene.pty.type_in("q");
                scene.pty.wait_for("m mark outcome");
            }
            Self::RefundConfirm | Self::RefundPause | Self::RefundSending => refunds::leave(self, scene),
        }
        scene.pty.type_in("q");
    }

    /// What must hold once the desk is gone.
    pub(super) fn check(self, scene: &Scene<'_>) {
        let host = &scene.host;
        let store = host.store();
        let (actions, drafts) = (host.actions(&host.case), store.drafts().unwrap());
        refunds::check(self, scene);
        if self == Self::Sending {
            let sent = host.sent();
            let taken = matches!(sent.state, ActionState::Accepted | ActionState::Settled);
            assert!(taken, "the reply is {}", sent.state);
            assert_eq!(store.attempts(&sent.intent.id).unwrap().len(), 1, "attempts");
            assert_eq!(host.taken(&host.case), 1, "replies at the gateway");
        } else {
            assert!(actions.is_empty(), "{actions:?}");
            assert_eq!(host.taken(&host.case), 0, "nothing was sent");
        }
        if matches!(self, Self::Edit | Self::Confirm) {
            let wanted = if self == Self::Edit { format!("{TEXT}{LAST}") } else { TEXT.to_owned() };
            assert_eq!(drafts.len(), 1, "{drafts:?}");
            assert!(drafts.iter().all(|draft| draft.written.content.starts_with(&wanted)), "{drafts:?}");
        }
        if self == Self::Locked {
            assert_eq!(host.home.note(&host.case), NOTE);
        }
        let doubtful: Vec<_> = host.actions(&host.doubtful).iter().map(|action| action.state).collect();
        assert_eq!(doubtful, [ActionState::Unknown], "the doubtful reply");
        assert_eq!(host.taken(&host.doubtful), 0, "it was sent again");
        assert_eq!(store.verify_journal().unwrap().broken, None);
    }
}

fn write(scene: &mut Scene<'_>) {
    scene.pty.type_in("r");
    scene.pty.wait_for("Reply to case");
    scene.pty.type_in(TEXT);
    scene.pty.wait_for("17/256");
    let store = scene.host.store();
    until("the draft is on disk", || {
        store.drafts().unwrap().first().is_some_and(|draft| draft.written.content == TEXT)
    });
}

fn confirm(scene: &mut Scene<'_>) {
    write(scene);
    let address = format!("https://ev.example/{}.PDF", scene.host.case);
    scene.pty.type_in("\t");
    scene.pty.type_in(&format!("\x1b[200~{address}\n\x1b[201~"));
    scene.pty.wait_for("ready");
    scene.pty.type_in("\x18");
    scene.pty.wait_for("y sends");
}

fn send(scene: &mut Scene<'_>) {
    confirm(scene);
    scene.pty.confirm("y");
    scene.pty.wait_for("Sending: reply");
    until("the gateway has the reply", || scene.host.taken(&scene.host.case) == 1);
    assert_eq!(scene.host.sent().state, ActionState::Sending, "the answer came before the fault");
}
