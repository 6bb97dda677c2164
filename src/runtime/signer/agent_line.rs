//! A connection to an ssh agent: one question, one answer, both of bounded size and in bounded time.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

/// The longest message either side may send, as OpenSSH has it.
const MESSAGE_MAX: usize = 256 * 1024;

/// How long to wait before an agent that has too many callers is tried again.
const CALL_AGAIN: Duration = Duration::from_millis(10);

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nobody listens there; carries the system's reason.
    Unreachable(String),
    /// Nothing came in time.
    Late,
    /// The connection ended in the middle; carries the reason.
    Broken(String),
    /// The question is longer than an agent takes.
    TooLong,
    /// The answer is none of this protocol.
    Babble,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Message {
    /// What it is.
    pub(super) kind: u8,
    /// What it says.
    pub(super) body: Vec<u8>,
}

/// A connection.
pub(super) struct Line {
    stream: UnixStream,
    deadline: Instant,
}

impl Line {
    /// Connects. A full queue before the agent is waited for; a plain `connect` would wait there without end.
    ///
    /// # Errors
    /// [`Trouble::Unreachable`] or [`Trouble::Late`].
    pub(super) fn open(socket: &Path, deadline: Instant) -> Result<Self, Trouble> {
        let unreachable = |error: rustix::io::Errno| Trouble::Unreachable(plain(&error.into()));
        let address = SocketAddrUnix::new(socket).map_err(unreachable)?;
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        loop {
            let line = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None);
            let line = line.map_err(unreachable)?;
            match connect(&line, &address) {
                Ok(()) => {
                    let stream = UnixStream::from(line);
                    stream.set_nonblocking(false).map_err(|error| Trouble::Unreachable(plain(&error)))?;
                    return Ok(Self { stream, deadline });
                }
                Err(rustix::io::Errno::AGAIN) if Instant::now() < deadline => {
                    std::thread::sleep(CALL_AGAIN);
                }
                Err(rustix::io::Errno::AGAIN) => return Err(Trouble::Late),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(unreachable(error)),
            }
        }
    }

    /// Asks, and reads the answer.
    ///
    /// # Errors
    /// [`Trouble`] of any kind but [`Trouble::Unreachable`].
    pub(super) fn exchange(mut self, kind: u8, parts: &[&[u8]]) -> Result<Message, Trouble> {
        let length = 1 + parts.iter().map(|part| part.len()).sum::<usize>();
        if length > MESSAGE_MAX {
            return Err(Trouble::TooLong);
        }
        let mut message = u32::try_from(length).map_err(|_| Trouble::TooLong)?.to_be_bytes().to_vec();
        message.push(kind);
        message.extend(parts.concat());
        self.write(&message)?;
        let mut head = [0; 5];
        self.read(&mut head)?;
        let [a, b, c, d, kind] = head;
        match u32::from_be_bytes([a, b, c, d]) as usize {
            length @ 1..=MESSAGE_MAX => {
                let mut body = vec![0; length - 1];
                self.read(&mut body)?;
                Ok(Message { kind, body })
            }
            _ => Err(Trouble::Babble),
        }
    }

    fn write(&mut self, mut bytes: &[u8]) -> Result<(), Trouble> {
        while !bytes.is_empty() {
            self.stream.set_write_timeout(Some(self.left()?)).map_err(|error| broken(&error))?;
            match self.stream.write(bytes) {
                Ok(0) => return Err(Trouble::Broken("it takes nothing".to_owned())),
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(error) => tolerable(&error)?,
            }
        }
        Ok(())
    }

    /// Fills a buffer. The limit holds for all of it, however slowly it drips.
    fn read(&mut self, mut into: &mut [u8]) -> Result<(), Trouble> {
        while !into.is_empty() {
            self.stream.set_read_timeout(Some(self.left()?)).map_err(|error| broken(&error))?;
            match self.stream.read(into) {
                Ok(0) => return Err(Trouble::Broken("it hung up".to_owned())),
                Ok(count) => into = into.get_mut(count..).unwrap_or_default(),
                Err(error) => tolerable(&error)?,
            }
        }
        Ok(())
    }

    fn left(&self) -> Result<Duration, Trouble> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(Trouble::Late) } else { Ok(left) }
    }
}

/// Whether to go on after an error: an interrupted call is made again, and one that took its whole time is late.
fn tolerable(error: &io::Error) -> Result<(), Trouble> {
    match error.kind() {
        ErrorKind::Interrupted => Ok(()),
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Err(Trouble::Late),
        _ => Err(broken(error)),
    }
}

fn broken(error: &io::Error) -> Trouble {
    Trouble::Broken(plain(error))
}

/// The system's words for the usual reasons, without its numbers.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
        ErrorKind::PermissionDenied => "it belongs to somebody else".to_owned(),
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => "it hung up".to_owned(),
        _ => error.to_string(),
    }
}
