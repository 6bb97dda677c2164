//! The terminal taken and given back: raw mode, alternate screen, bracketed paste, hidden cursor.
//!
//! Whatever ends docket (quit, panic, SIGTERM, a lost line, ctrl-z), the shell must find its terminal as it was. So
//! what was changed is noted in two flags that any thread can read, the panic hook included, and each is undone
//! exactly once, best effort, without ever waiting for long.

use std::io::{IsTerminal as _, Write as _};
use std::os::fd::BorrowedFd;
use std::panic::PanicHookInfo;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};

/// The exit code after a fault in docket itself (`EX_SOFTWARE`).
const PANICKED: i32 = 70;
/// How long giving the terminal back may take when it does not accept output.
const RESTORE_WITHIN: Duration = Duration::from_millis(300);

/// Ends a half-sent frame with its margins, mouse, paste mode, keyboard flags and the alternate screen; shows the
/// cursor; plain text.
pub(super) const LEAVE: &[u8] =
    b"\x1b[?2026l\x1b[r\x1b[m\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[m";

/// Whether the alternate screen has been entered and not left.
static ENTERED: AtomicBool = AtomicBool::new(false);
/// Whether the line settings are ours.
static RAW: AtomicBool = AtomicBool::new(false);
/// The line settings as they were found.
static FOUND: OnceLock<Termios> = OnceLock::new();

/// What enters the alternate screen. Bracketed paste keeps a paste from being taken for keys.
pub(super) fn enter_sequence(mouse: bool) -> Vec<u8> {
    let mut out = b"\x1b[?1049h\x1b[?25l\x1b[?2004h".to_vec();
    if mouse {
        out.extend_from_slice(b"\x1b[?1000h\x1b[?1002h\x1b[?1006h");
    }
    out
}

/// Notes that the alternate screen is about to be entered.
pub(super) fn mark_entered() {
    ENTERED.store(true, Ordering::SeqCst);
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

/// Gives the terminal back: once, from any thread, in bounded time.
pub(super) fn restore() {
    if mark_left() {
        write_within(rustix::stdio::stdout(), LEAVE, RESTORE_WITHIN);
    }
    cooked();
}

/// Writes as long as the terminal takes it.
fn write_within(fd: BorrowedFd<'_>, mut bytes: &[u8], within: Duration) {
    let deadline = Instant::now() + within;
    while !bytes.is_empty() {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec { tv_sec: 0, tv_nsec: left.subsec_nanos().into() };
        let mut fds = [PollFd::new(&fd, PollFlags::OUT)];
        match poll(&mut fds, Some(&timeout)) {
            Err(rustix::io::Errno::INTR) => continue,
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        // A ready terminal takes a little; how much is not known, and a larger write could wait for ever.
        let some = bytes.get(..64).unwrap_or(bytes);
        match rustix::io::write(fd, some) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
            Err(_) => return,
        }
    }
}

/// Makes every panic end docket with the terminal given back and one line that says where it happened.
///
/// The release profile aborts on panic, so all of it happens in the hook. The message of a panic may quote data and
/// is not shown.
pub(super) fn install_panic_hook() {
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    if !INSTALLED.swap(true, Ordering::SeqCst) {
        std::panic::set_hook(Box::new(end_after_panic));
    }
}

fn end_after_panic(info: &PanicHookInfo<'_>) {
    restore();
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    tracing::error!("a fault at {place}");
    super::log::finish();
    // Standard error may be closed; there is nobody left to tell then.
    _ = writeln!(std::io::stderr(), "error: docket stopped at {place}; what was stored is safe");
    std::process::exit(PANICKED);
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
        install_panic_hook();
        mark_entered();
        std::thread::spawn(|| panic!("a secret of case O1")).join().unwrap();
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
        let leave = std::str::from_utf8(LEAVE).unwrap();
        assert_eq!(out.matches(leave).count(), 1, "the terminal was not given back once");
    }

    #[test]
    fn giving_back_does_not_wait_for_a_terminal_that_takes_nothing() {
        let (_reader, writer) = std::io::pipe().unwrap();
        let fd = std::os::fd::AsFd::as_fd(&writer);
        let full = vec![0; 1 << 20];
        let started = Instant::now();
        write_within(fd, &full, Duration::from_millis(50));
        assert!(
            started.elapsed() >= Duration::from_millis(40),
            "it gave up too early to have filled the pipe"
        );
    }
}
