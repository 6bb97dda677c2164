//! Keys and pastes, read on a thread of its own.
//!
//! The thread sleeps in `poll` on the terminal and on a pipe of its own, and reads only when there is something to
//! read: so it costs nothing while nobody types, stops at once for `$EDITOR`, and sees the loss of the terminal
//! itself (reliability.md section 6).

mod ear;
mod keys;

use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use crate::app::event::Event;

use super::terminal::Answer;
use ear::{Ear, Heard};

/// Events handed over at once, so that a burst of keys is drawn once.
const BATCH: usize = 256;
/// Batches that may wait for the loop; the terminal's own queue holds what comes beyond.
pub(super) const QUEUE: usize = 4;
/// Bytes read at once.
const BYTES: usize = 1_024;
/// How long a pause may take.
const PAUSE_WITHIN: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Reading,
    Paused,
    Ended,
}

#[derive(Debug, Default)]
struct Shared {
    wanted: Mutex<State>,
    reached: Mutex<State>,
    moved: Condvar,
}

impl Shared {
    fn wanted(&self) -> MutexGuard<'_, State> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reached(&self) -> MutexGuard<'_, State> {
        self.reached.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reach(&self, state: State) {
        *self.reached() = state;
        self.moved.notify_all();
    }
}

/// The loop's end of the reader.
#[derive(Debug)]
pub(super) struct Input {
    shared: Arc<Shared>,
    wake: PipeWriter,
}

impl Input {
    /// Starts reading into `events`, but for what the terminal answers, which goes to `answer`; `lost` is called once
    /// when the terminal is gone.
    ///
    /// # Errors
    /// Fails when the system has no thread or pipe to give.
    pub(super) fn start(
        events: Sender<Vec<Event>>,
        answer: Answer,
        lost: impl FnOnce() + Send + 'static,
    ) -> std::io::Result<Self> {
        let (wake_reader, wake) = std::io::pipe()?;
        let shared = Arc::new(Shared::default());
        let (ear, waiting) = (Ear::default(), Vec::new());
        let reader = Reader { shared: Arc::clone(&shared), wake: wake_reader, events, answer, ear, waiting };
        std::thread::Builder::new().name("input".to_owned()).spawn(move || reader.work(lost))?;
        Ok(Self { shared, wake })
    }

    /// Stops reading, so that another program can; `false` when that could not be had in time.
    pub(super) fn pause(&mut self) -> bool {
        self.want(State::Paused);
        let waiting = |state: &mut State| *state == State::Reading;
        let reached = self.shared.moved.wait_timeout_while(self.shared.reached(), PAUSE_WITHIN, waiting);
        reached.is_ok_and(|(state, _)| *state != State::Reading)
    }

    /// Reads on.
    pub(super) fn resume(&mut self) {
        self.want(State::Reading);
    }

    fn want(&mut self, state: State) {
        *self.shared.wanted() = state;
        // The thread may have ended; then there is nobody to wake.
        _ = self.wake.write_all(b"w");
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.want(State::Ended);
    }
}

struct Reader {
    shared: Arc<Shared>,
    wake: PipeReader,
    events: Sender<Vec<Event>>,
    answer: Answer,
    ear: Ear,
    /// What was heard and not handed over yet.
    waiting: Vec<Heard>,
}

/// Why the reader woke up.
enum Woken {
    Input,
    Told,
    Lost,
}

/// Why the reader ends.
enum Over {
    /// The terminal is gone.
    Lost,
    /// The loop is.
    Left,
}

impl Reader {
    fn work(mut self, lost: impl FnOnce()) {
        let over = loop {
            let wanted = *self.shared.wanted();
            if wanted != State::Reading {
                // The rest of what has begun goes to another program: here it would be waited for, and keys with it.
                (self.ear, self.waiting) = (Ear::default(), Vec::new());
            }
            self.shared.reach(wanted);
            if wanted == State::Ended {
                break Over::Left;
            }
            let step = match self.wait(wanted == State::Reading, None) {
                Woken::Input => self.drain(),
                Woken::Told => Ok(()),
                Woken::Lost => Err(Over::Lost),
            };
            if let Err(over) = step {
                break over;
            }
        };
        self.shared.reach(State::Ended);
        if matches!(over, Over::Lost) {
            lost();
        }
    }

    /// Sleeps until there is input, an order, or no terminal any more.
    fn wait(&mut self, reading: bool, timeout: Option<&Timespec>) -> Woken {
        let tty = rustix::stdio::stdin();
        let flags = if reading { PollFlags::IN } else { PollFlags::empty() };
        let mut fds = [PollFd::new(&tty, flags), PollFd::new(&self.wake, PollFlags::IN)];
        if poll(&mut fds, timeout).is_err() {
            return Woken::Told;
        }
        let [tty, wake] = fds.map(|fd| fd.revents());
        if wake.contains(PollFlags::IN) {
            // One byte an order; what is wanted is read elsewhere.
            _ = self.wake.read(&mut [0; 16]);
            return Woken::Told;
        }
        if tty.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            return Woken::Lost;
        }
        if tty.contains(PollFlags::IN) { Woken::Input } else { Woken::Told }
    }

    /// Reads what is there and hands it over.
    fn drain(&mut self) -> Result<(), Over> {
        self.read()?;
        self.hand_over()?;
        while let Some(moment) = self.ear.hesitates() {
            match self.wait(true, Some(moment)) {
                Woken::Input => self.read()?,
                Woken::Told => self.ear.settle(&mut self.waiting),
                Woken::Lost => return Err(Over::Lost),
            }
            self.hand_over()?;
        }
        Ok(())
    }

    fn read(&mut self) -> Result<(), Over> {
        let mut bytes = [0; BYTES];
        match rustix::io::read(rustix::stdio::stdin(), &mut bytes) {
            Ok(0) => return Err(Over::Lost),
            Ok(count) => self.ear.hear(bytes.get(..count).unwrap_or_default(), &mut self.waiting),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return Err(Over::Lost),
        }
        Ok(())
    }

    /// Hands over what was heard, so many at a time.
    fn hand_over(&mut self) -> Result<(), Over> {
        let mut events = Vec::new();
        for heard in self.waiting.drain(..) {
            match heard {
                Heard::Event(event) => events.push(event),
                Heard::Synchronises(known) => self.answer.take(known),
                Heard::Next(_) => {}
            }
        }
        for batch in events.chunks(BATCH) {
            self.send(batch.to_vec())?;
        }
        Ok(())
    }

    /// Hands events to the loop, waiting for room without missing an order.
    fn send(&mut self, mut batch: Vec<Event>) -> Result<(), Over> {
        const MOMENT: Timespec = Timespec { tv_sec: 0, tv_nsec: 5_000_000 };
        loop {
            match self.events.try_send(batch) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Closed(_)) => return Err(Over::Left),
                Err(TrySendError::Full(back)) => batch = back,
            }
            if *self.shared.wanted() != State::Reading {
                // The loop hands the terminal over and reads nothing now: the keys are for another program.
                return Ok(());
            }
            if matches!(self.wait(false, Some(&MOMENT)), Woken::Lost) {
                return Err(Over::Lost);
            }
        }
    }
}
