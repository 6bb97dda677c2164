//! Signing by a program of the operator's, in front of an HSM, a key service, a smart card or an encrypted file: the
//! bytes go in on standard input, base64 comes out on standard output.
//!
//! The program runs without a shell and in a session of its own: it has no terminal to ask on or to write to, it ends with
//! everything it started, and neither outlives docket. Its error output is thrown away: nothing it says reaches a screen or
//! a log.

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_PAD_INDIFFERENT;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Access, access};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::gateway::{KeyHolder, SignerError};
use crate::runtime::apart;
use crate::runtime::beside::detach;
use crate::store::keyfile::{self, KeyFileError};

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
    /// Others could exchange it.
    Unsafe(KeyFileError),
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
        let program = self.find()?;
        // Held until the end of this: whoever is apart ends without it.
        let (mut command, _lifeline) = apart(&program, &self.arguments).map_err(Failure::Start)?;
        command.current_dir(&self.folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        Running::start(command)?.converse(body, Instant::now() + self.within)
    }

    /// The program's file. One that is named with a slash is nobody else's to change; what stands along `PATH` is the
    /// host's.
    fn find(&self) -> Result<PathBuf, Failure> {
        let named = Path::new(&self.program);
        let runs = |path: &Path| access(path, Access::EXEC_OK).map_err(std::io::Error::from);
        if self.program.as_encoded_bytes().contains(&b'/') {
            let metadata = named.metadata().map_err(Failure::Start)?;
            runs(named).map_err(Failure::Start)?;
            keyfile::check_unchangeable(named, &metadata).map_err(Failure::Unsafe)?;
            return Ok(named.to_owned());
        }
        let places = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&places)
            .filter(|place| place.is_absolute())
            .map(|place| place.join(named))
            .find(|path| path.is_file() && runs(path).is_ok())
            .ok_or_else(|| Failure::Start(ErrorKind::NotFound.into()))
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
            Failure::Unsafe(error) => SignerError::new(error.to_string(), error.hint()),
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

    fn beside(&self, work: Box<dyn FnOnce() + Send>) {
        detach(work);
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

/// A command in a session of its own, and what it holds on to. What a test of this library starts of itself is no docket,
/// so that there the program runs as it is.
fn apart(program: &Path, words: &[String]) -> std::io::Result<(Command, Option<std::io::PipeWriter>)> {
    if cfg!(test) {
        use std::os::unix::process::CommandExt as _;
        let mut command = Command::new(program);
        command.args(words).process_group(0).stderr(Stdio::null());
        return Ok((command, None));
    }
    apart::command(program, words).map(|(command, lifeline)| (command, Some(lifeline)))
}

/// A program under way; ends with everything it started when this is dropped.
struct Running {
    child: Child,
    input: Option<ChildStdin>,
    output: Option<ChildStdout>,
    /// Whether its end has been seen to.
    buried: bool,
}

impl Running {
    fn start(mut command: Command) -> Result<Self, Failure> {
        let mut child = command.spawn().map_err(Failure::Start)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let running = Self { child, input, output, buried: false };
        running.unblock().map_err(Failure::Pipe)?;
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
            let ended = self.has_ended().map_err(Failure::Pipe)?;
            self.feed(&mut body)?;
            self.drain(&mut printed)?;
            if ended {
                let status = self.end().map_err(Failure::Pipe)?;
                return if status.success() { Ok(printed) } else { Err(Failure::Ended(status)) };
            }
            if Instant::now() >= deadline {
                return Err(Failure::Late);
            }
            self.wait(deadline);
        }
    }

    /// Whether it has ended. It is not buried yet, so that its number is nobody else's.
    fn has_ended(&self) -> std::io::Result<bool> {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match waitid(WaitId::Pid(Pid::from_child(&self.child)), look) {
            Ok(status) => Ok(status.is_some()),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
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

    /// Ends it with everything it started, and buries it: in this order, since the number of a buried one may be
    /// another's.
    fn end(&mut self) -> std::io::Result<ExitStatus> {
        if !self.buried {
            _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
            _ = self.child.kill();
            self.buried = true;
        }
        self.child.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.end();
    }
}
