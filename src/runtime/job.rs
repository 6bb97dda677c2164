//! The process as a job of a shell: stopping it, if there is a shell that could continue it.
//!
//! SIGTSTP is caught, because a terminal in raw mode and on the alternate screen is of no use to the shell. What is
//! caught no longer stops by itself, and the signal that always does would also stop a job that nobody can continue.

use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_current_process_group, kill_process, waitpid};

/// Whether somebody could continue this job. The system alone knows: it passes SIGTSTP over where nobody could. So a
/// child of the same job stops itself, or does not.
pub(super) fn can_be_continued() -> bool {
    let probe = Command::new("/bin/sh")
        .args(["-c", "kill -s TSTP $$"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut probe) = probe else { return false };
    let pid = Pid::from_child(&probe);
    let status = loop {
        match waitpid(Some(pid), WaitOptions::UNTRACED) {
            Err(rustix::io::Errno::INTR) => {}
            other => break other,
        }
    };
    let stopped = matches!(status, Ok(Some((_, status))) if status.stopped());
    if stopped {
        // It has said what it was asked for; waiting keeps it from staying behind.
        _ = probe.kill();
        _ = probe.wait();
    }
    stopped
}

/// Asks the whole job to stop, as ctrl-z does; this process hears of it as a notice.
pub(super) fn stop_all() {
    _ = kill_current_process_group(Signal::TSTP);
}

/// Stops this process; returns once it is continued.
pub(super) fn stop() {
    _ = kill_process(getpid(), Signal::STOP);
}
