//! Ends docket in time when it has been told to end or its terminal is gone, whatever the other threads do.
//!
//! A loop that is stuck, a screen writer that waits for a dead line, a reader that spins on it: none of them may keep
//! a process alive that nobody can see. The watchdog shares nothing with them but a flag, and sleeps until needed.

use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::mpsc::UnboundedSender;

use super::signals::Notice;

/// The exit code of a process whose line was closed (128 + SIGHUP).
pub(super) const HUNG_UP: u8 = 129;
/// How long the orderly way out may take before the short one is taken. A process with nothing left to write is gone
/// within 2 seconds; that is promised.
const GRACE: Duration = Duration::from_millis(1500);

/// Pulled by whoever learns that docket has to end.
#[derive(Clone)]
pub(super) struct Alarm(Arc<Shared>);

struct Shared {
    doom: Mutex<Option<(u8, Instant)>>,
    wake: PipeWriter,
    notices: UnboundedSender<Notice>,
}

impl Alarm {
    /// Asks the loop to end with this exit code, and sees to it that the process does.
    pub(super) fn pull(&self, code: u8) {
        let first = {
            let mut doom = self.doom();
            let first = doom.is_none();
            doom.get_or_insert((code, Instant::now() + GRACE));
            first
        };
        if first {
            // Neither can fail while the process is in order, and otherwise the deadline stands.
            _ = (&self.0.wake).write_all(b"w");
            _ = self.0.notices.send(Notice::End(code));
        }
    }

    fn doom(&self) -> MutexGuard<'_, Option<(u8, Instant)>> {
        self.0.doom.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the watchdog over the terminal `tty`; `end` gives the terminal back, waits for no longer than it must, and ends the
/// process.
///
/// # Errors
/// Fails when the system has no thread or pipe to give.
pub(super) fn start(
    tty: BorrowedFd<'static>,
    notices: UnboundedSender<Notice>,
    end: impl FnOnce(u8) + Send + 'static,
) -> std::io::Result<Alarm> {
    let (woken, wake) = std::io::pipe()?;
    let alarm = Alarm(Arc::new(Shared { doom: Mutex::default(), wake, notices }));
    let ours = alarm.clone();
    std::thread::Builder::new().name("watchdog".to_owned()).spawn(move || end(watch(&ours, tty, woken)))?;
    Ok(alarm)
}

/// Sleeps until the terminal is gone or the alarm is pulled, and then until the time is up.
fn watch(alarm: &Alarm, tty: BorrowedFd<'_>, mut woken: PipeReader) -> u8 {
    loop {
        let doom = *alarm.doom();
        let timeout = match doom {
            Some((code, deadline)) if deadline <= Instant::now() => return code,
            Some((_, deadline)) => Some(timespec(deadline.saturating_duration_since(Instant::now()))),
            None => None,
        };
        // Asking for nothing still reports the loss of the line. Once doomed, a lost line would end every sleep.
        let tty = if doom.is_none() {
            PollFd::new(&tty, PollFlags::empty())
        } else {
            PollFd::new(&woken, PollFlags::IN)
        };
        let mut fds = [tty, PollFd::new(&woken, PollFlags::IN)];
        // Whatever interrupts the sleep, the loop looks again.
        _ = poll(&mut fds, timeout.as_ref());
        let [tty, wake] = fds.map(|fd| fd.revents());
        if tty.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            alarm.pull(HUNG_UP);
        }
        if wake.contains(PollFlags::IN) {
            _ = woken.read(&mut [0; 8]);
        }
    }
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: duration.as_secs().try_into().unwrap_or(i64::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd as _;
    use std::sync::mpsc;

    /// A line of our own with a watchdog over it; the other end, the alarm, and where the exit code arrives.
    fn watched() -> (PipeWriter, Alarm, mpsc::Receiver<u8>, tokio::sync::mpsc::UnboundedReceiver<Notice>) {
        let (line, other_end) = std::io::pipe().unwrap();
        let line: &'static PipeReader = Box::leak(Box::new(line));
        let (notices, told) = tokio::sync::mpsc::unbounded_channel();
        let (over, end) = mpsc::channel();
        let alarm = start(line.as_fd(), notices, move |code| over.send(code).unwrap()).unwrap();
        (other_end, alarm, end, told)
    }

    #[test]
    fn a_lost_line_ends_the_process_after_a_grace() {
        let (other_end, _alarm, end, mut noticed) = watched();
        assert!(end.try_recv().is_err());
        drop(other_end);
        assert_eq!(noticed.blocking_recv(), Some(Notice::End(HUNG_UP)), "the loop is told first");
        assert_eq!(end.recv_timeout(Duration::from_secs(20)), Ok(HUNG_UP));
    }

    #[test]
    fn the_first_reason_to_end_is_the_one_that_counts() {
        let (_other_end, alarm, end, mut noticed) = watched();
        let started = Instant::now();
        alarm.pull(143);
        alarm.pull(HUNG_UP);
        assert_eq!(end.recv_timeout(Duration::from_secs(20)), Ok(143));
        assert!(started.elapsed() >= GRACE, "the loop was not given its time");
        assert_eq!(noticed.blocking_recv(), Some(Notice::End(143)));
        assert!(noticed.try_recv().is_err(), "the loop is told once");
    }
}
