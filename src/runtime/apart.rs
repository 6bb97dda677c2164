//! What docket runs of itself in a session of its own: whoever signs by command must not reach the operator's terminal, and
//! must not outlive docket; and somebody has to give the terminal its echo back if docket ends in the middle of a passphrase.
//! Both hold the reading end of a pipe, a lifeline, whose other end docket alone has: it is closed however docket ends.
//!
//! They are no commands of the command line, and are taken before it is read.

use std::ffi::{OsStr, OsString};
use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use rustix::process::{Signal, getpid, kill_current_process_group, kill_process, setsid};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// Runs a program apart.
const PROGRAM: &str = "run-apart";
/// Watches over the line settings of the terminal on standard input.
const ECHO: &str = "keep-echo";
/// What a shell says of a program that cannot be run.
const NOT_RUN: u8 = 126;

/// Does what another docket has started this one for; `None` when a person or a script did.
pub fn line(args: &[OsString]) -> Option<ExitCode> {
    match args {
        [_, word, program, words @ ..] if word == PROGRAM => Some(ExitCode::from(run(program, words))),
        [_, word] if word == ECHO => Some(keep_echo()),
        _ => None,
    }
}

/// docket itself, also when another version has taken its file's place meanwhile.
fn own() -> PathBuf {
    let linux = Path::new("/proc/self/exe");
    let elsewhere = || std::env::current_exe().unwrap_or_default();
    if cfg!(target_os = "linux") { linux.to_owned() } else { elsewhere() }
}

/// The command for a program in a session of its own, and the lifeline to hold while it is wanted. Its standard error is
/// taken; what the program says there goes nowhere.
///
/// # Errors
/// The system's, when it gives no pipe.
pub(super) fn command(program: &Path, words: &[String]) -> std::io::Result<(Command, PipeWriter)> {
    let (end, lifeline) = std::io::pipe()?;
    let mut command = Command::new(own());
    command.arg0("docket").arg(PROGRAM).arg(program).args(words).stderr(end);
    Ok((command, lifeline))
}

/// Runs the program, ends as it ends, and ends it and all its children with docket.
fn run(program: &OsStr, words: &[OsString]) -> u8 {
    // Fails only for the leader of a group, which a program that was just started is not.
    _ = setsid();
    let Ok(lifeline) = std::io::stderr().as_fd().try_clone_to_owned() else { return NOT_RUN };
    let watching = std::thread::Builder::new().spawn(move || {
        until_cut(lifeline.into());
        _ = kill_current_process_group(Signal::KILL);
    });
    let child = Command::new(program).args(words).stderr(Stdio::null()).spawn();
    let (Ok(_), Ok(mut child)) = (watching, child) else { return NOT_RUN };
    let Ok(status) = child.wait() else { return NOT_RUN };
    if let Some(signal) = status.signal().and_then(Signal::from_named_raw) {
        _ = kill_process(getpid(), signal);
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(NOT_RUN)
}

/// Waits until nobody holds the other end any more; nothing is ever written there.
fn until_cut(mut lifeline: PipeReader) {
    let mut byte = [0];
    while lifeline.read(&mut byte).is_ok_and(|count| count > 0) {}
}

/// Line settings under which keys arrive one by one and unseen, ctrl-c among them.
pub(super) fn silent(found: &Termios) -> Termios {
    let mut silent = found.clone();
    silent.local_modes -= LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
    silent.special_codes[SpecialCodeIndex::VMIN] = 1;
    silent.special_codes[SpecialCodeIndex::VTIME] = 0;
    silent
}

/// Gives the terminal its settings back once docket has ended and left them silent. A shell that was quicker has set its
/// own by then.
fn keep_echo() -> ExitCode {
    _ = setsid();
    let (tty, lifeline) = (std::io::stdin(), std::io::stderr().as_fd().try_clone_to_owned());
    let (Ok(found), Ok(lifeline)) = (tcgetattr(&tty), lifeline) else { return ExitCode::FAILURE };
    if std::io::stdout().write_all(b"r").and_then(|()| std::io::stdout().flush()).is_err() {
        return ExitCode::FAILURE;
    }
    until_cut(lifeline.into());
    let left = tcgetattr(&tty);
    if left.is_ok_and(|left| same(&left, &silent(&found))) {
        _ = tcsetattr(&tty, OptionalActions::Flush, &found);
    }
    ExitCode::SUCCESS
}

fn same(left: &Termios, silent: &Termios) -> bool {
    left.local_modes == silent.local_modes && left.input_modes == silent.input_modes
}

/// Whoever gives the terminal its echo back when docket cannot; called off when dropped.
pub(super) struct EchoKeeper {
    child: Child,
    lifeline: Option<PipeWriter>,
}

impl EchoKeeper {
    /// Starts it over a terminal, and waits until it has seen how that is set.
    ///
    /// # Errors
    /// The system's, when it gives no process.
    pub(super) fn over(tty: &std::fs::File) -> std::io::Result<Self> {
        let (end, lifeline) = std::io::pipe()?;
        let mut command = Command::new(own());
        command.arg0("docket").arg(ECHO).stdin(tty.try_clone()?).stdout(Stdio::piped()).stderr(end);
        let mut child = command.spawn()?;
        // The command holds the reading end as well.
        drop(command);
        let ready = child.stdout.take();
        let keeper = Self { child, lifeline: Some(lifeline) };
        let seen = ready.map(|mut ready| ready.read_exact(&mut [0]));
        seen.unwrap_or_else(|| Err(std::io::ErrorKind::BrokenPipe.into())).map(|()| keeper)
    }
}

impl Drop for EchoKeeper {
    fn drop(&mut self) {
        self.lifeline = None;
        _ = self.child.wait();
    }
}
