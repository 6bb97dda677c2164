//! A panic on purpose. That one leaves terminal, journal and drafts whole is proven on the real program, and nothing an
//! operator can do makes it panic; so debug builds, and only they, do it at SIGUSR1 where `DOCKET_PANIC` says: `core` or
//! `worker`.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::UnboundedSender;

use super::signals::Notice;

/// Whether the core is to fall at its next event.
static CORE: AtomicBool = AtomicBool::new(false);

/// Waits for the signal, where `DOCKET_PANIC` is set.
///
/// # Errors
/// Fails when the system refuses the handler.
pub(super) fn start(notices: UnboundedSender<Notice>) -> std::io::Result<()> {
    let Ok(place) = std::env::var("DOCKET_PANIC") else { return Ok(()) };
    let mut told = signal(SignalKind::user_defined1())?;
    tokio::spawn(async move {
        told.recv().await;
        if place == "worker" {
            fall();
        }
        CORE.store(true, Ordering::SeqCst);
        // Any notice leads to an event; the loop is gone at the very end only.
        _ = notices.send(Notice::Window);
    });
    Ok(())
}

/// Falls, if it is the core's turn to.
pub(super) fn fall_if_told() {
    if CORE.load(Ordering::SeqCst) {
        fall();
    }
}

#[expect(clippy::panic, reason = "that is the purpose")]
fn fall() -> ! {
    panic!("a secret of case O1")
}
