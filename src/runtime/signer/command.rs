//! Signing by a program of the operator's, in front of an HSM, a key service, a smart card or an encrypted file: the
//! bytes go in on standard input, base64 comes out on standard output.
//!
//! The program runs without a shell, in a process group of its own so that it ends with everything it started, and its
//! error output is thrown away: nothing it says reaches a screen or a log.

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::gateway::{KeyHolder, SignerError};

/// How long a command may take.
const WITHIN: Duration = Duration::from_secs(10);
/// The most it may print, in bytes; the base64 of a 4096-bit signature has 684.
const PRINTED_MAX: usize = 8 * 1024;
/// How often an end is looked for that no pipe tells of.
const LOOK: Duration = Duration::from_millis(5);

/// A program that signs.
pub(super) struct SignCommand {
    program: OsString,
    arguments: Vec<String>,
    /// Where it runs: the folder of the config.
    folder: PathBuf,
    within: Duration,
}

/// Why a run gave nothing.
enum Failure {
    /// It could not be started.
    Start(std::io::Error),
    /// It took too long.
    Late,
    /// It printed too much.
    TooMuch,
    /// It ended badly.
    Ended(ExitStatus),
    /// Its pipes broke in a way they should not.
    Pipe(std::io::Error),
}

impl SignCommand {
    /// A command of a config in this folder. A program named with a slash is looked for from there, another one along
    /// `PATH`.
    pub(super) fn new(words: &[String], folder: &Path) -> Self {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let mut words = words.iter();
        let program = words.next().map(String::as_str).unwrap_or_default();
        // Without the `.` of `./sign`, for the sake of those who read it in an error.
        let beside = || folder.join(program).components().collect::<PathBuf>().into_os_string();
        let program = if program.contains('/') { beside() } else { program.into() };
        Self { program, arguments: words.cloned().collect(), folder, within: WITHIN }
    }

    /// The same with another limit.
    #[cfg(test)]
    pub(super) fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// Runs it once and gives what it printed.
    fn run(&self, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(&self.folder).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut running = Running::start(command)?;
        let printed = running.converse(body, Instant::now() + self.within);
        if printed.is_err() {
            running.kill();
        }
        printed
    }

    fn error(&self, failure: &Failure) -> SignerError {
        let program = Path::new(&self.program).display();
        let by_hand = "run it by hand to see why";
        match failure {
            Failure::Start(error) if error.kind() == ErrorKind::NotFound => SignerError::new(
                format!("there is no program {program} to sign with"),
                "correct sign_command; a program without a slash in its name is looked for along PATH",
            ),
            Failure::Start(error) if error.kind() == ErrorKind::PermissionDenied => SignerError::new(
                format!("{program} cannot be run"),
                "make it executable for you, or correct sign_command",
            ),
            Failure::Start(error) => {
                SignerError::new(format!("{program} cannot be started: {error}"), "correct sign_command")
            }
            Failure::Late => SignerError::new(
                format!("{program} had not signed within {} s and was ended", self.within.as_secs()),
                "see why it waits; it has no terminal to ask on",
            ),
            Failure::TooMuch => SignerError::new(
                format!("{program} printed far more than a signature"),
                "it must print the signature in base64 and nothing else",
            ),
            Failure::Ended(status) => {
                let how = match (status.code(), status.signal()) {
                    (Some(code), _) => format!("with code {code}"),
                    (None, Some(signal)) => format!("by signal {signal}"),
                    (None, None) => "badly".to_owned(),
                };
                SignerError::new(format!("{program} signed nothing and ended {how}"), by_hand)
            }
            Failure::Pipe(error) => {
                SignerError::new(format!("{program} could not be spoken to: {error}"), by_hand)
            }
        }
    }
}

impl KeyHolder for SignCommand {
    fn name(&self) -> String {
        Path::new(&self.program).display().to_string()
    }

    fn sign(&self, body: &[u8]) -> Result<Vec<u8>, SignerError> {
        let printed = self.run(body).map_err(|failure| self.error(&failure))?;
        let packed: Vec<u8> = printed.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
        match STANDARD_PAD_INDIFFERENT.decode(&packed) {
            Ok(signature) if !signature.is_empty() => Ok(signature),
            _ => Err(SignerError::new(
                format!(
                    "{} printed {}",
                    self.name(),
                    if packed.is_empty() { "nothing" } else { "something else than base64" }
                ),
                "it must print the signature in base64 and nothing else, as `openssl base64` does",
            )),
        }
    }
}

/// A program under way.
struct Running {
    child: Child,
    input: Option<ChildStdin>,
    output: Option<ChildStdout>,
}

impl Running {
    fn start(mut command: Command) -> Result<Self, Failure> {
        let mut child = command.spawn().map_err(Failure::Start)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let mut running = Self { child, input, output };
        if let Err(error) = running.unblock() {
            running.kill();
            return Err(Failure::Pipe(error));
        }
        Ok(running)
    }

    fn unblock(&self) -> std::io::Result<()> {
        if let Some(input) = &self.input {
            rustix::io::ioctl_fionbio(input, true)?;
        }
        if let Some(output) = &self.output {
            rustix::io::ioctl_fionbio(output, true)?;
        }
        Ok(())
    }

    /// Gives it the body and takes what it prints, until it ends.
    fn converse(&mut self, mut body: &[u8], deadline: Instant) -> Result<Vec<u8>, Failure> {
        let mut printed = Vec::new();
        loop {
            // Asked for before the last look into the pipe: what it printed by then is in there.
            let ended = self.child.try_wait().map_err(Failure::Pipe)?;
            self.feed(&mut body)?;
            self.drain(&mut printed)?;
            match ended {
                Some(status) if status.success() => return Ok(printed),
                Some(status) => return Err(Failure::Ended(status)),
                None if Instant::now() >= deadline => return Err(Failure::Late),
                None => self.wait(deadline),
            }
        }
    }

    /// Writes what the pipe takes; a program need not read it all.
    fn feed(&mut self, body: &mut &[u8]) -> Result<(), Failure> {
        while let Some(input) = &mut self.input {
            match input.write(body) {
                Ok(0) => self.input = None,
                Ok(count) => *body = body.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::BrokenPipe => self.input = None,
                Err(error) => return Err(Failure::Pipe(error)),
            }
        }
        Ok(())
    }

    fn drain(&mut self, printed: &mut Vec<u8>) -> Result<(), Failure> {
        let mut buffer = [0; 1024];
        while let Some(output) = &mut self.output {
            match output.read(&mut buffer) {
                Ok(0) => self.output = None,
                Ok(count) => printed.extend_from_slice(buffer.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Failure::Pipe(error)),
            }
            if printed.len() > PRINTED_MAX {
                return Err(Failure::TooMuch);
            }
        }
        Ok(())
    }

    /// Waits until a pipe is ready, and never for long: a program can end without closing them.
    fn wait(&self, deadline: Instant) {
        let patience = if self.output.is_some() { LOOK * 4 } else { LOOK };
        let time = patience.min(deadline.saturating_duration_since(Instant::now()));
        let timeout = Timespec { tv_sec: 0, tv_nsec: time.subsec_nanos().into() };
        let input = self.input.as_ref().map(|input| PollFd::new(input, PollFlags::OUT));
        let output = self.output.as_ref().map(|output| PollFd::new(output, PollFlags::IN));
        let mut pipes: Vec<PollFd<'_>> = input.into_iter().chain(output).collect();
        // Whatever comes of it, the pipes are looked at next.
        _ = poll(&mut pipes, Some(&timeout));
    }

    /// Ends it with everything it started.
    fn kill(&mut self) {
        _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        _ = self.child.kill();
        // Reaped, so that no dead process stays behind.
        _ = self.child.wait();
    }
}
