//! One cell: a desk in its state, the fault that meets it, and what must hold afterwards whatever that was.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::states::State;
use super::world::{Host, World};
use crate::pty::{Pty, SECOND, patient, until};

/// How soon the terminal is back and a process with nothing on its way is gone.
const AT_ONCE: Duration = Duration::from_secs(2);
/// How soon one is gone whose reply is on its way.
const AFTER_ITS_ANSWER: Duration = Duration::from_secs(22);

/// In what the desk runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seat {
    /// In a terminal of its own.
    Alone,
    /// The same, told by a variable to fall over at SIGUSR1.
    Falling(&'static str),
    /// As a job of a shell.
    InShell,
}

const SHELL: &str =
    "set -m; DOCKET; echo \"first $?\"; read go; fg >/dev/null 2>&1; echo \"second $?\"; read go";

pub(super) struct Scene<'w> {
    pub(super) host: Host<'w>,
    pub(super) state: State,
    pub(super) seat: Seat,
    pub(super) pty: Pty,
    /// Another process that holds the list.
    pub(super) holder: Option<Connection>,
    /// When the fault began.
    pub(super) struck: Instant,
}

impl<'w> Scene<'w> {
    /// A desk in this state.
    pub(super) fn open(world: &'w World, cell: usize, seat: Seat, state: State) -> Self {
        let host = world.host(cell, state.pause_s());
        let pty = match seat {
            Seat::Alone => Pty::desk(&host.home, 24, 80),
            Seat::Falling(place) => Pty::with_variable(&host.home, &format!("DOCKET_PANIC={place}")),
            Seat::InShell => Pty::shell(&host.home, 24, 80, SHELL),
        };
        let mut scene = Self { host, state, seat, pty, holder: None, struck: Instant::now() };
        scene.pty.wait_for(&scene.host.case);
        assert_eq!(scene.titles(), (1, 0), "titles kept and given back");
        state.enter(&mut scene);
        scene.struck = Instant::now();
        scene
    }

    /// Takes the list away from everybody else.
    pub(super) fn hold_the_list(&mut self) {
        let other = Connection::open(self.host.home.database()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        self.holder = Some(other);
    }

    /// The desk goes on: it shows what it showed, takes keys, and leaves when told to.
    pub(super) fn goes_on(mut self) -> Duration {
        self.pty.wait("the desk is back", vt100::Screen::alternate_screen);
        self.state.wait_shown(&self);
        let state = self.state;
        state.leave(&mut self);
        self.struck = Instant::now();
        self.comes_back();
        // What was sent has been answered by now.
        self.ends(0, AT_ONCE)
    }

    /// The desk ends by itself, with this code and in its time.
    pub(super) fn ends_with(mut self, code: u32) -> Duration {
        self.comes_back();
        if self.state.is_on_its_way() {
            // Whoever is sent home while something is on its way reads what becomes of it.
            let what = self.state.what(&self);
            for text in [format!("waiting for the outcome of the {what}"), format!("accepted: {what}")] {
                self.pty.wait_sent(text.as_bytes());
            }
        }
        let limit = self.limit();
        self.ends(code, limit)
    }

    /// The desk ends although nobody reads what it writes; who reads later finds the terminal given back.
    pub(super) fn ends_unread(mut self, code: u32) -> Duration {
        self.pty.wait_line_as_found();
        self.in_time(AT_ONCE, "its line was set back");
        self.let_go();
        assert_eq!(self.pty.exit_code(), Some(code), "the exit code");
        let took = self.in_time(self.limit(), "it was gone");
        self.pty.read_on();
        self.given_back();
        self.state.check(&self);
        took
    }

    /// The desk has lost its terminal: it ends in its time without burning any, and nobody can look at what it left.
    pub(super) fn ends_cut_off(mut self) -> Duration {
        let (lost, before) = (Instant::now(), self.pty.cpu_ticks());
        let mut used = before;
        if self.holder.is_some() {
            until("the watchdog would have ended it", || {
                used = self.pty.cpu_ticks();
                lost.elapsed() > AT_ONCE
            });
            self.let_go();
        }
        let mut code = None;
        until("the program ends", || {
            code = self.pty.ended();
            used = if code.is_none() { self.pty.cpu_ticks().max(used) } else { used };
            code.is_some()
        });
        assert_eq!(code, Some(129), "the exit code");
        let took = self.in_time(self.limit(), "it was gone");
        // A hundredth of a second each. Ending costs a little; spinning would cost all there is.
        let allowed = 40 + lost.elapsed().as_millis() / 100;
        assert!(u128::from(used - before) <= allowed, "it used {} ticks in {took:?}", used - before);
        self.state.check(&self);
        took
    }

    /// The terminal comes back at once; whoever holds the list lets it go after that, and not before.
    fn comes_back(&mut self) {
        self.given_back();
        self.in_time(AT_ONCE, "the terminal was back");
        self.let_go();
    }

    fn let_go(&mut self) {
        if let Some(other) = self.holder.take() {
            assert!(self.pty.ended().is_none(), "it ended with a change unwritten");
            other.execute_batch("ROLLBACK").unwrap();
            self.struck = Instant::now();
        }
    }

    fn ends(mut self, code: u32, limit: Duration) -> Duration {
        if self.seat == Seat::InShell {
            self.pty.wait(&format!("the shell says {code}"), |screen| {
                let said = screen.contents();
                said.contains(&format!("first {code}")) || said.contains(&format!("second {code}"))
            });
        } else {
            assert_eq!(self.pty.exit_code(), Some(code), "the exit code");
        }
        let took = self.in_time(limit, "it was gone");
        self.given_back();
        self.state.check(&self);
        took
    }

    /// How soon the process has to be gone.
    fn limit(&self) -> Duration {
        if self.state.is_on_its_way() { AFTER_ITS_ANSWER } else { AT_ONCE }
    }

    fn in_time(&self, limit: Duration, what: &str) -> Duration {
        let took = self.struck.elapsed();
        assert!(took <= patient(limit), "{what} after {took:?}");
        took
    }

    /// The terminal is as it was found.
    pub(super) fn given_back(&self) {
        self.pty.wait("the terminal is given back", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
        self.pty.wait_line_as_found();
        until("every title that was kept is given back", || {
            let (kept, back) = self.titles();
            kept == back
        });
    }

    /// How often the terminal was told to keep the title it has, and to take it back.
    fn titles(&self) -> (usize, usize) {
        (self.pty.sent("\x1b[22;2t"), self.pty.sent("\x1b[23;2t"))
    }

    /// Waits as long as the fault itself lasts.
    pub(super) fn last(&self, duration: Duration) {
        let end = self.struck + duration;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            std::thread::park_timeout(left.min(SECOND / 10));
        }
    }
}
