//! Last words to a terminal that may be slow, stuck or gone: written in bounded time, whatever other threads wait for it.

use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr, ttyname};

/// How long a terminal may take nothing before what it has not taken is dropped.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long one look at it takes.
const LOOK: Duration = Duration::from_millis(10);

/// Writes as long as the terminal takes it.
pub(super) fn write_within(fd: BorrowedFd<'_>, mut bytes: &[u8], within: Duration) {
    let deadline = Instant::now() + within;
    while !bytes.is_empty() {
        let left = deadline.saturating_duration_since(Instant::now());
        match ready(fd, left) {
            Err(Errno::INTR) => continue,
            Ok(false) | Err(_) => return,
            Ok(true) => {}
        }
        // A ready terminal takes a little; how much is not known, and a larger write could wait for ever.
        let some = bytes.get(..64).unwrap_or(bytes);
        match rustix::io::write(fd, some) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return,
        }
    }
}

/// Writes a sequence to a terminal even if it takes nothing: what has been written to it and not been taken is a picture
/// that nobody needs any more, so it is dropped until the sequence fits. Whoever reads on finds it at the end.
pub(super) fn insist(fd: BorrowedFd<'_>, bytes: &[u8], within: Duration) {
    let Some(own) = reopened(fd) else { return write_within(fd, bytes, within) };
    let begun = Instant::now();
    let mut left = bytes;
    while !left.is_empty() && begun.elapsed() < within {
        match rustix::io::write(&own, left) {
            Ok(written) => left = left.get(written..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            // Full, or another thread waits in a write of its own.
            Err(Errno::AGAIN) => {
                if begun.elapsed() >= PATIENCE {
                    // Some of the sequence may go with it.
                    _ = tcflush(fd, QueueSelector::OFlush);
                    left = bytes;
                    wake_writers(fd);
                }
                std::thread::sleep(LOOK);
            }
            Err(_) => return,
        }
    }
}

/// A write that waits for room holds the terminal against every other, and hears nothing of room that a flush has made.
/// Linux has waiting writers look again when the line is set, be it as it was.
fn wake_writers(fd: BorrowedFd<'_>) {
    if let Ok(settings) = tcgetattr(fd) {
        _ = tcsetattr(fd, OptionalActions::Now, &settings);
    }
}

/// The same terminal, opened anew: without waiting, which must not be set for everybody who shares `fd`.
fn reopened(fd: BorrowedFd<'_>) -> Option<OwnedFd> {
    let name = ttyname(fd, Vec::new()).ok()?;
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    rustix::fs::open(name.as_c_str(), flags, Mode::empty()).ok()
}

fn ready(fd: BorrowedFd<'_>, within: Duration) -> Result<bool, Errno> {
    let timeout = Timespec {
        tv_sec: within.as_secs().try_into().unwrap_or(i64::MAX),
        tv_nsec: within.subsec_nanos().into(),
    };
    poll(&mut [PollFd::new(&fd.as_fd(), PollFlags::OUT)], Some(&timeout)).map(|ready| ready > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn giving_back_does_not_wait_for_a_terminal_that_takes_nothing() {
        let (_reader, writer) = std::io::pipe().unwrap();
        let full = vec![0; 1 << 20];
        for write in [write_within, insist] {
            let started = Instant::now();
            write(writer.as_fd(), &full, Duration::from_millis(50));
            let elapsed = started.elapsed();
            assert!(elapsed >= Duration::from_millis(40), "it gave up too early to have filled the pipe");
        }
    }
}
