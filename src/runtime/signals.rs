//! Signals, taken on a thread of their own so that a stuck loop cannot keep them from being heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::UnboundedSender;

use super::watchdog::{Alarm, HUNG_UP};

/// What the system has to say to the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// End, with this exit code (128 and the number of the signal).
    End(u8),
    /// Leave the terminal and stop; somebody will continue the process.
    Stop,
    /// The process was stopped and goes on.
    Continued,
    /// The terminal has another size.
    Window,
}

struct Taken {
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
    quit: Signal,
    stop: Signal,
    proceed: Signal,
    window: Signal,
}

impl Taken {
    fn take() -> std::io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            stop: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
            proceed: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
            window: signal(SignalKind::window_change())?,
        })
    }

    async fn next(&mut self) -> Notice {
        tokio::select! {
            _ = self.hangup.recv() => Notice::End(HUNG_UP),
            _ = self.terminate.recv() => Notice::End(143),
            _ = self.interrupt.recv() => Notice::End(130),
            _ = self.quit.recv() => Notice::End(131),
            _ = self.stop.recv() => Notice::Stop,
            _ = self.proceed.recv() => Notice::Continued,
            _ = self.window.recv() => Notice::Window,
        }
    }
}

/// Starts listening. While `lent` is set another program has the terminal, and what its keys send to every process
/// there (SIGINT, SIGQUIT) is not meant for docket.
///
/// # Errors
/// Fails when the system has no thread to give or refuses a handler.
pub(super) fn start(
    alarm: Alarm,
    notices: UnboundedSender<Notice>,
    lent: Arc<AtomicBool>,
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let mut taken = {
        let _inside = runtime.enter();
        Taken::take()?
    };
    let listen = async move {
        loop {
            match taken.next().await {
                Notice::End(130 | 131) if lent.load(Ordering::SeqCst) => {}
                Notice::End(code) => alarm.pull(code),
                // The loop is gone at the very end only.
                notice => _ = notices.send(notice),
            }
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || runtime.block_on(listen))?;
    Ok(())
}
