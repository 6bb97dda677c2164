//! What a terminal can do to its program: take nothing, change its size all the time, state none, swallow a flood.

use super::*;

impl Pty {
    /// Takes nothing out of the terminal any more.
    pub(crate) fn stop_reading(&mut self) {
        self.reading.store(false, Ordering::SeqCst);
        // The reader sits in a read that only output ends: a redraw, which this signal asks for wherever the desk is.
        self.signal("WINCH");
        self.reader.take().unwrap().join().unwrap();
    }

    /// Takes out what has piled up, and what comes.
    pub(crate) fn read_on(&mut self) {
        self.reading.store(true, Ordering::SeqCst);
        self.reader = Some(self.start_reading());
    }

    /// Has the program write until the terminal, which nobody reads, holds no more, and it waits in that write.
    pub(crate) fn fill(&self) {
        until("the terminal is full", || {
            self.signal("WINCH");
            self.is_stuck()
        });
    }

    /// Whether a thread of the program sits in a call on standard output, as the system tells it.
    pub(crate) fn is_stuck(&self) -> bool {
        let tasks = Path::new("/proc").join(self.program()).join("task");
        let Ok(tasks) = std::fs::read_dir(tasks) else { return false };
        let calls = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("syscall")).ok());
        // The number of the call, then what it was given; of a write that is the terminal.
        calls.into_iter().any(|call| call.split(' ').nth(1) == Some("0x1"))
    }

    /// States a size; the emulated screen keeps its own.
    pub(crate) fn state_size(&self, rows: u16, columns: u16) {
        self.master.as_ref().unwrap().resize(size(rows, columns)).unwrap();
    }

    /// All that came out so far, as text.
    pub(crate) fn raw(&self) -> String {
        String::from_utf8_lossy(&self.seen.0.lock().unwrap().raw).into_owned()
    }

    /// The exit code, once there is one.
    pub(crate) fn ended(&mut self) -> Option<u32> {
        self.child.try_wait().unwrap().map(|status| status.exit_code())
    }
}
