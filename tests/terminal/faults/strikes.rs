//! The faults: each is brought about and waited out, and what is particular to it is checked.

use std::time::{Duration, Instant};

use super::scene::Scene;
use super::states::State;
use super::world::ANSWERS_AFTER;
use crate::pty::hands::SYNCHRONISES;
use crate::pty::{Pty, SECOND, until};

/// Longer than the writer of the screen calls slow.
const STALL: Duration = Duration::from_millis(2_500);
const LONG_STALL: Duration = Duration::from_secs(60);
const STORM: u16 = 1_000;
const PASTE_BYTES: usize = 1 << 20;

pub(super) fn quit(mut scene: Scene<'_>) -> Duration {
    match scene.state {
        // Nobody walks out of this one.
        State::Sending => scene.pty.type_in("q"),
        // This page can be left, and the desk too; but not before the answer is in the journal.
        State::RefundSending => {
            scene.pty.type_in("\x1b");
            scene.pty.wait_for("As received");
            scene.pty.type_in("q");
            scene.pty.wait_for("[4 Closed");
            scene.struck = Instant::now();
            scene.pty.type_in("q");
            return scene.ends_with(0);
        }
        _ => {}
    }
    scene.goes_on()
}

pub(super) fn panic(scene: Scene<'_>) -> Duration {
    scene.pty.signal("USR1");
    scene.pty.wait_sent(b"error: docket stopped at src/runtime/provoke.rs:");
    assert!(!scene.pty.raw().contains("a secret of case"), "the payload was shown");
    scene.ends_with(70)
}

pub(super) fn signal(scene: Scene<'_>, name: &str, code: u32) -> Duration {
    scene.pty.signal(name);
    scene.ends_with(code)
}

pub(super) fn ctrl_z(mut scene: Scene<'_>) -> Duration {
    scene.pty.type_in("\x1a");
    if scene.state == State::RefundPause {
        // A key like any other: it stops the refund, and not the desk.
        scene.pty.wait_for("stopped; nothing was sent");
        return scene.goes_on();
    }
    stopped_and_continued(scene)
}

pub(super) fn stop_signal(scene: Scene<'_>) -> Duration {
    scene.pty.signal("TSTP");
    stopped_and_continued(scene)
}

/// The shell has the terminal until `fg`; but a stopped process would miss the answer to its reply.
fn stopped_and_continued(mut scene: Scene<'_>) -> Duration {
    if scene.state.is_on_its_way() {
        scene.pty.wait_for("wait for its answer first");
        return scene.goes_on();
    }
    scene.pty.wait_for("first 1");
    scene.pty.wait_state('T');
    scene.given_back();
    scene.pty.type_in("\r");
    scene.goes_on()
}

pub(super) fn external_stop(scene: Scene<'_>) -> Duration {
    scene.pty.signal("STOP");
    scene.pty.wait_state('T');
    if scene.state.is_on_its_way() {
        // The answer comes while nobody can take it.
        scene.last(ANSWERS_AFTER + SECOND);
    }
    let before = scene.pty.bytes();
    scene.pty.signal("CONT");
    scene.pty.wait_bytes(before);
    scene.goes_on()
}

pub(super) fn editor_crash(mut scene: Scene<'_>) -> Duration {
    scene.host.home.program(
        "editor",
        "#!/bin/sh\nstty -echo -icanon\nprintf '\\033[?1049h\\033[?25l'\necho ran > \"$HOME/ran\"\nkill -s SEGV $$\n",
    );
    match scene.state {
        State::List | State::InDoubt | State::Locked => {
            scene.pty.type_in("n");
            scene.pty.wait_for("Note on");
        }
        State::Confirm => {
            scene.pty.type_in("\x1b");
            scene.pty.wait_for("Esc keeps the draft");
        }
        State::RefundConfirm => {
            scene.pty.type_in("\x1b");
            scene.pty.wait_for("goes to the confirm page");
        }
        State::Edit | State::Sending | State::RefundPause | State::RefundSending => {}
    }
    scene.pty.type_in("\x05");
    let nothing_to_edit = match scene.state {
        State::Sending => Some("1 accepted"),
        State::RefundSending => Some("accepted, not yet paid"),
        State::RefundPause => Some("stopped; nothing was sent"),
        _ => None,
    };
    if let Some(instead) = nothing_to_edit {
        scene.pty.wait_for(instead);
        assert!(!scene.host.home.path("ran").exists(), "an editor was started");
        return scene.goes_on();
    }
    until("the editor ran", || scene.host.home.path("ran").exists());
    scene.pty.wait("the desk says that the editor failed", |screen| {
        screen.alternate_screen() && screen.contents().contains("text was not taken")
    });
    match scene.state {
        State::List | State::InDoubt | State::Locked => {
            scene.pty.type_in("\x1b");
            scene.pty.wait("the prompt is gone", |screen| {
                !screen.contents().contains("Note on") && screen.contents().contains("? help")
            });
        }
        State::Confirm | State::RefundConfirm => scene.pty.type_in("\x18"),
        State::Edit | State::Sending | State::RefundPause | State::RefundSending => {}
    }
    scene.goes_on()
}

pub(super) fn closed_terminal(mut scene: Scene<'_>) -> Duration {
    scene.pty.close();
    scene.ends_cut_off()
}

fn stall(state: State) -> Duration {
    // A refund waits for its seconds no longer than a minute.
    let may_last =
        state != State::RefundPause && std::env::var("DOCKET_CELLS").is_ok_and(|cells| cells == "all");
    if may_last { LONG_STALL } else { STALL }
}

pub(super) fn stalled_reader(mut scene: Scene<'_>) -> Duration {
    scene.pty.stop_reading();
    scene.pty.fill();
    if scene.state.is_on_its_way() {
        until("the answer is in the journal", || {
            let state = scene.host.sent().state;
            assert!(scene.pty.is_stuck(), "the terminal was not full");
            state == docket::domain::action::State::Accepted
        });
    }
    scene.last(stall(scene.state));
    assert!(scene.pty.is_stuck(), "the terminal was not full");
    scene.pty.read_on();
    scene.goes_on()
}

pub(super) fn stalled_and_told_to_end(mut scene: Scene<'_>) -> Duration {
    scene.pty.stop_reading();
    scene.pty.fill();
    scene.struck = Instant::now();
    scene.pty.signal("TERM");
    scene.ends_unread(143)
}

pub(super) fn resize_storm(scene: Scene<'_>) -> Duration {
    for n in 0..STORM {
        scene.pty.state_size(1 + n % 60, 1 + (n * 7) % 200);
        std::thread::yield_now();
    }
    scene.pty.state_size(24, 80);
    scene.goes_on()
}

pub(super) fn no_size(scene: Scene<'_>) -> Duration {
    // A line without a size is taken for the one it most likely is.
    for (rows, columns) in [(0, 0), (1, 1), (0, 0)] {
        let before = scene.pty.bytes();
        scene.pty.state_size(rows, columns);
        scene.pty.wait_bytes(before);
        scene.pty.settle();
    }
    scene.state.wait_shown(&scene);
    scene.pty.state_size(24, 80);
    scene.goes_on()
}

pub(super) fn dumb_terminal(scene: Scene<'_>) -> Duration {
    let mut other = Pty::with_variable(&scene.host.home, "TERM=dumb");
    assert_eq!(other.exit_code(), Some(2), "the exit code with TERM=dumb");
    other.wait_for("TERM");
    other.wait_line_as_found();
    assert!(!other.raw().contains('\x1b'), "a sequence was sent: {:?}", other.raw());
    let piped = scene.host.home.docket([""; 0]).output().unwrap();
    assert_eq!((piped.status.code(), piped.stdout.len()), (Some(2), 0), "{piped:?}");
    scene.goes_on()
}

/// The terminal answers what it was asked at the start: that is no key, and stops nothing.
pub(super) fn late_answer(mut scene: Scene<'_>) -> Duration {
    let (begin, end) = SYNCHRONISES.split_at(5);
    for piece in [begin, end, SYNCHRONISES] {
        scene.pty.slip(piece);
        std::thread::sleep(SECOND / 20);
    }
    if scene.state == State::RefundPause {
        std::thread::sleep(SECOND / 5);
        assert!(
            scene.pty.screen(|screen| screen.contents().contains("sending in")),
            "the refund was stopped"
        );
    }
    scene.goes_on()
}

pub(super) fn paste_bomb(mut scene: Scene<'_>) -> Duration {
    // As keys this would answer, untrack, leave and send.
    let text = "yxq\r\x18y1\r".repeat(PASTE_BYTES / 8);
    scene.pty.type_in(&format!("\x1b[200~{text}\x1b[201~"));
    scene.goes_on()
}
