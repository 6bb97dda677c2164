//! The terminal taken and given back: raw mode, alternate screen, bracketed paste, hidden cursor.
//!
//! Whatever ends docket (quit, panic, SIGTERM, a lost line, ctrl-z), the shell must find its terminal as it was. So
//! what was changed is noted in two flags that any thread can read, the panic hook included, and each is undone
//! exactly once, best effort, without ever waiting for long.

mod asking;
mod writing;

use std::io::IsTerminal as _;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste, PopKeyboardEnhancementFlags};
use crossterm::queue;
use crossterm::style::ResetColor;
use crossterm::terminal::{
    Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::runtime::{Handle, RuntimeFlavor};

use super::keeper::Backlog;
pub(super) use asking::Answer;
use writing::{insist, write_within};

/// The exit code after a fault in docket itself (`EX_SOFTWARE`).
const PANICKED: i32 = 70;
/// How long giving the terminal back may take when it does not accept output.
const RESTORE_WITHIN: Duration = Duration::from_millis(300);

/// Has the terminal keep the title that the window has, on a stack of its own.
const KEEP_TITLE: &[u8] = b"\x1b[22;2t";
/// Takes clicks and the wheel from the terminal, and gives them back.
const MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const NO_MOUSE: &[u8] = b"\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// Ends a link.
const NO_LINK: &[u8] = b"\x1b]8;;\x1b\\";
/// Puts the title back that the window had.
const GIVE_TITLE_BACK: &[u8] = b"\x1b[23;2t";

/// What is taken of the terminal besides its screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extras {
    /// The mouse, clicks and wheel.
    pub(super) mouse: bool,
    /// The title of the window.
    pub(super) title: bool,
}

/// Whether the title of the window is ours.
static TITLED: AtomicBool = AtomicBool::new(false);
/// Whether links were ever written.
static LINKED: AtomicBool = AtomicBool::new(false);
/// Whether the alternate screen has been entered and not left.
static ENTERED: AtomicBool = AtomicBool::new(false);
/// Whether the line settings are ours.
static RAW: AtomicBool = AtomicBool::new(false);
/// The line settings as they were found.
static FOUND: OnceLock<Termios> = OnceLock::new();

/// What enters the alternate screen. Bracketed paste keeps a paste from being taken for keys.
pub(super) fn enter_sequence(extras: Extras) -> Vec<u8> {
    let mut out = Vec::new();
    // Nothing can go wrong in memory.
    _ = queue!(out, EnterAlternateScreen, Hide, EnableBracketedPaste);
    if extras.title {
        TITLED.store(true, Ordering::SeqCst);
    }
    if extras.mouse {
        out.extend_from_slice(MOUSE);
    }
    out
}

/// What keeps the title of the window, where it is taken.
pub(super) fn keep_title() -> &'static [u8] {
    if TITLED.load(Ordering::SeqCst) { KEEP_TITLE } else { &[] }
}

/// What takes the mouse, or leaves it to the terminal.
pub(super) const fn mouse_sequence(ours: bool) -> &'static [u8] {
    if ours { MOUSE } else { NO_MOUSE }
}

/// What leaves the alternate screen, with everything that was taken besides: ends a half-sent frame with its link and its
/// margins, the mouse, paste mode and keyboard flags; shows the cursor; plain text.
pub(super) fn leave_sequence() -> Vec<u8> {
    leave_with(LINKED.load(Ordering::SeqCst), TITLED.load(Ordering::SeqCst))
}

fn leave_with(linked: bool, titled: bool) -> Vec<u8> {
    let mut out = if linked { NO_LINK.to_vec() } else { Vec::new() };
    _ = queue!(out, EndSynchronizedUpdate);
    out.extend_from_slice(b"\x1b[r\x1b[m");
    out.extend_from_slice(NO_MOUSE);
    _ = queue!(
        out,
        DisableBracketedPaste,
        PopKeyboardEnhancementFlags,
        // tmux 3.3 keeps of a window that was enlarged what stood beyond its old width.
        Clear(ClearType::All),
        LeaveAlternateScreen,
        Show,
        ResetColor
    );
    if titled {
        out.extend_from_slice(GIVE_TITLE_BACK);
    }
    out
}

/// Notes that the alternate screen is about to be entered; `false` when it has been and was not left, as after a stop
/// that nobody could see coming.
pub(super) fn mark_entered() -> bool {
    !ENTERED.swap(true, Ordering::SeqCst)
}

/// Notes that links are about to be written: a frame that is cut inside of one would leave it open.
pub(super) fn mark_linked() {
    LINKED.store(true, Ordering::SeqCst);
}

/// Notes that the alternate screen is about to be left; `false` when somebody else has done it.
pub(super) fn mark_left() -> bool {
    ENTERED.swap(false, Ordering::SeqCst)
}

/// Why there can be no desk on this terminal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTerminal {
    /// Input or output is a pipe or a file.
    #[error("the desk needs a terminal on standard input and output")]
    Piped,
    /// `TERM` is unset, empty or `dumb`.
    #[error("the desk needs a terminal that can move its cursor, and TERM is `{0}`")]
    Dumb(String),
}

impl NoTerminal {
    /// What the operator can do.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Piped => "`docket list` works without a terminal",
            Self::Dumb(_) => "set TERM (for example xterm-256color), or use `docket list`",
        }
    }
}

/// Whether a desk can be opened here.
///
/// # Errors
/// [`NoTerminal`] says what is missing.
pub fn check() -> Result<(), NoTerminal> {
    let piped = !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal();
    if piped { Err(NoTerminal::Piped) } else { check_name(std::env::var("TERM").ok().as_deref()) }
}

fn check_name(term: Option<&str>) -> Result<(), NoTerminal> {
    match term.unwrap_or_default() {
        "" => Err(NoTerminal::Dumb("not set".to_owned())),
        "dumb" => Err(NoTerminal::Dumb("dumb".to_owned())),
        _ => Ok(()),
    }
}

/// The size of the terminal in columns and rows, at least 1 by 1.
pub(super) fn size() -> (u16, u16) {
    match tcgetwinsize(rustix::stdio::stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
        // A line that states no size, such as a serial one: what the first terminals had.
        Ok(_) => (80, 24),
        Err(_) => (1, 1),
    }
}

/// Holds the line in raw mode; gives everything back when dropped.
#[derive(Debug)]
pub(super) struct Guard(());

impl Guard {
    /// Takes the terminal: raw mode now, the alternate screen by the screen writer.
    ///
    /// # Errors
    /// Fails when the line settings cannot be read or set.
    pub(super) fn take() -> std::io::Result<Self> {
        let found = tcgetattr(rustix::stdio::stdin())?;
        _ = FOUND.set(found);
        raw()?;
        Ok(Self(()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Raw mode, also after a stay in the shell that has set the line its own way.
///
/// # Errors
/// Fails when the line cannot be set.
pub(super) fn raw() -> std::io::Result<()> {
    let Some(found) = FOUND.get() else { return Ok(()) };
    let mut raw = found.clone();
    raw.make_raw();
    RAW.store(true, Ordering::SeqCst);
    Ok(tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &raw)?)
}

/// The line settings as they were found; does nothing the second time.
pub(super) fn cooked() {
    if let (true, Some(found)) = (RAW.swap(false, Ordering::SeqCst), FOUND.get()) {
        // `Now` does not wait for output that a stuck terminal will never take.
        _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, found);
    }
}

/// Held while a picture is written.
static PEN: Mutex<()> = Mutex::new(());
/// Whether the terminal was given back for good.
static OVER: AtomicBool = AtomicBool::new(false);
/// How long giving back waits for a picture that is just being written.
const PICTURE_WITHIN: Duration = Duration::from_millis(50);

/// Writes a picture, unless the terminal was given back meanwhile: whoever falls over on another thread does not ask the
/// one that draws, and a picture after that would stand in the shell, its cursor hidden.
///
/// # Errors
/// Those of `write`.
pub(super) fn unless_over(write: impl FnOnce() -> std::io::Result<()>) -> std::io::Result<()> {
    let _pen = PEN.lock().unwrap_or_else(PoisonError::into_inner);
    if OVER.load(Ordering::SeqCst) { Ok(()) } else { write() }
}

/// Gives the terminal back: once, from any thread, in bounded time.
pub(super) fn restore() {
    OVER.store(true, Ordering::SeqCst);
    // A terminal that takes nothing may hold the picture for ever.
    let begun = Instant::now();
    let mut pen = PEN.try_lock();
    while matches!(pen, Err(TryLockError::WouldBlock)) && begun.elapsed() < PICTURE_WITHIN {
        std::thread::sleep(Duration::from_millis(1));
        pen = PEN.try_lock();
    }
    // The line first: the other may have to set it once more as it is.
    cooked();
    if mark_left() {
        insist(rustix::stdio::stdout(), &leave_sequence(), RESTORE_WITHIN);
    }
}

/// Makes every panic end docket with the terminal given back and one line that says where it happened.
///
/// The release profile aborts on panic, so all of it happens in the hook. The message of a panic may quote data and
/// is not shown.
/// What is under way on other threads is waited for: the answer to a reply exists nowhere else.
pub(super) fn install_panic_hook(unwritten: Backlog) {
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    if !INSTALLED.swap(true, Ordering::SeqCst) {
        std::panic::set_hook(Box::new(move |info| end_after_panic(info, &unwritten)));
    }
}

fn end_after_panic(info: &PanicHookInfo<'_>, unwritten: &Backlog) {
    static FALLING: AtomicBool = AtomicBool::new(false);
    if FALLING.swap(true, Ordering::SeqCst) {
        // Another thread fell first and ends the process; to return would abort it before it has waited.
        loop {
            std::thread::park();
        }
    }
    restore();
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    tracing::error!("a fault at {place}");
    say(&format!("error: docket stopped at {place}; what was stored is safe"));
    // The thread of the list falls with the list in its hands, and nobody else could write then.
    if std::thread::current().name() != Some(super::keeper::THREAD) {
        let flavour = Handle::try_current().map(|handle| handle.runtime_flavor());
        // A worker that waits would keep its tasks and the network from all others, unless it hands them on.
        if matches!(flavour, Ok(RuntimeFlavor::MultiThread)) {
            tokio::task::block_in_place(|| super::ending::wait(unwritten));
        } else {
            super::ending::wait(unwritten);
        }
    }
    super::log::finish();
    std::process::exit(PANICKED);
}

/// Writes a line to standard error, as far as it takes it: it may be a terminal that is stuck or gone.
pub(super) fn say(line: &str) {
    write_within(rustix::stdio::stderr(), format!("{line}\n").as_bytes(), RESTORE_WITHIN);
}

/// The terminal as a plain file: no buffer and no lock, so that no thread can be kept out by a stuck one.
#[derive(Debug)]
pub(super) struct Output;

impl std::io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let out = rustix::stdio::stdout();
        loop {
            match rustix::io::write(out, bytes) {
                // Whoever shares the terminal may have made it non-blocking.
                Err(rustix::io::Errno::AGAIN) => {
                    _ = poll(&mut [PollFd::new(&out, PollFlags::OUT)], None);
                }
                Err(rustix::io::Errno::INTR) => {}
                other => return Ok(other?),
            }
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_without_cursor_movement_is_refused_with_a_hint() {
        assert!(check_name(Some("xterm")).is_ok());
        assert_eq!(check_name(Some("dumb")), Err(NoTerminal::Dumb("dumb".into())));
        assert!(check_name(None).is_err_and(|e| e.hint().contains("docket list")));
        assert!(check_name(Some("")).is_err());
    }

    /// Not a test: what [`a_panic_ends_with_one_line_and_no_payload`] runs in a process of its own.
    #[test]
    #[ignore = "ends its process"]
    fn falls_over() {
        install_panic_hook(Backlog::default());
        assert!(mark_entered());
        std::thread::spawn(|| panic!("a secret of case O1")).join().unwrap();
    }

    #[test]
    fn the_mouse_is_left_alone_unless_it_is_asked_for() {
        let taken = |extras| String::from_utf8(enter_sequence(extras)).unwrap();
        let (off, on) = (taken(Extras::default()), taken(Extras { mouse: true, title: false }));
        for mode in ["9", "1000", "1001", "1002", "1003", "1005", "1006", "1007", "1015", "1016"] {
            assert!(!off.contains(&format!("?{mode}h")), "{mode} without being asked for");
        }
        for mode in ["1000", "1002", "1006"] {
            assert!(on.contains(&format!("?{mode}h")), "{mode}");
            let back =
                String::from_utf8([leave_sequence(), mouse_sequence(false).to_vec()].concat()).unwrap();
            assert_eq!(back.matches(&format!("?{mode}l")).count(), 2, "{mode} is given back both ways");
        }
    }

    #[test]
    fn the_title_of_the_window_is_taken_only_where_it_is_asked_for_and_given_back() {
        enter_sequence(Extras::default());
        assert!(keep_title().is_empty() && !leave_sequence().ends_with(GIVE_TITLE_BACK));
        enter_sequence(Extras { title: true, mouse: false });
        assert_eq!(keep_title(), b"\x1b[22;2t");
        assert!(leave_sequence().ends_with(GIVE_TITLE_BACK));
    }

    #[test]
    fn a_link_is_ended_first_where_links_were_written() {
        assert!(leave_with(true, false).starts_with(b"\x1b]8;;\x1b\\\x1b[?2026l"));
        assert!(!leave_with(false, true).windows(3).any(|some| some == b"]8;"));
    }

    #[test]
    fn a_panic_ends_with_one_line_and_no_payload() {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "runtime::terminal::tests::falls_over", "--ignored", "--nocapture"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(PANICKED), "{output:?}");
        let (out, said) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("src/runtime/terminal.rs:"), "{said}");
        assert!(!said.contains("secret") && !out.contains("secret"));
        // What others of these tests have taken besides was not taken there.
        let leave = String::from_utf8(leave_with(false, false)).unwrap();
        assert!(
            leave.starts_with("\x1b[?2026l\x1b[r\x1b[m") && leave.contains("\x1b[?1049l\x1b[?25h"),
            "{leave:?}"
        );
        assert_eq!(out.matches(&leave).count(), 1, "the terminal was not given back once");
    }
}
