//! The last steps of the desk, whichever way it ends: what was said to be saved is written, what is on its way is waited
//! for, and the operator reads how it went on a terminal that is their own again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::keeper::Backlog;
use super::{log, terminal};

/// How long what is under way is waited for: as long as one call may take, and the journal behind it. Somebody who ends
/// a session waits no longer than 22 seconds in all; that is promised.
const WAIT_WITHIN: Duration = Duration::from_secs(20);

/// Waits for everything under way and says how it went; `false` when it took too long. To be called once the terminal is
/// given back. The orderly way out and the short one may both come here; each thing is said once, and nobody leaves while
/// it is being said.
pub(super) fn wait(backlog: &Backlog) -> bool {
    static AWAITED: Mutex<bool> = Mutex::new(false);
    static TOLD: Mutex<bool> = Mutex::new(false);
    once(&AWAITED, || backlog.leave().into_iter().collect());
    let all = backlog.wait(WAIT_WITHIN);
    if !all {
        tracing::error!("the last changes could not be written, or an action was still under way");
    }
    once(&TOLD, || backlog.last_words());
    all
}

fn once(said: &Mutex<bool>, lines: impl FnOnce() -> Vec<String>) {
    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
    if !std::mem::replace(&mut *said, true) {
        for line in lines() {
            terminal::say(&line);
        }
    }
}

/// The short way out, taken by the watchdog when the orderly one takes too long: the terminal first, then what is under
/// way, then the end.
pub(super) fn at_once(code: u8, backlog: &Backlog) {
    terminal::restore();
    wait(backlog);
    tracing::warn!(exit = code, "ended by the watchdog");
    log::finish();
    std::process::exit(code.into());
}
