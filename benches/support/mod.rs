//! What the benchmarks share: a sandbox with many cases, a home directory that tracks them, and a terminal that
//! counts every byte the desk writes.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};

/// The terminal's size: what an operator's window usually has.
const ROWS: NonZeroU16 = NonZeroU16::new(40).expect("not zero");
const COLUMNS: NonZeroU16 = NonZeroU16::new(120).expect("not zero");

/// What a line carries at a time, in bytes.
const SLICE: usize = 256;

/// Whether the terminal knows synchronised output, and that it does.
const QUESTION: &[u8] = b"\x1b[?2026$p";
const ANSWER: &[u8] = b"\x1b[?2026;2$y";

/// The program under measurement, built with the bench profile.
pub(crate) const DOCKET: &str = env!("CARGO_BIN_EXE_docket");

/// A `docket sandbox` in its own process, with a configuration beside it.
pub(crate) struct Home {
    dir: tempfile::TempDir,
    sandbox: Child,
}

impl Home {
    /// Starts a sandbox with this many cases and this latency in milliseconds, and tracks all of its cases.
    pub(crate) fn with_cases(cases: usize, latency_ms: u32) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mut sandbox = Command::new(DOCKET)
            .args(["sandbox", "--cases", &cases.to_string(), "--seed", "7"])
            .args(["--latency-ms", &latency_ms.to_string(), "--dir"])
            .arg(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the sandbox starts");
        let mut first = [0; 9];
        let out = sandbox.stdout.as_mut().expect("its output is piped");
        out.read_exact(&mut first).expect("the sandbox says that it listens");
        let home = Self { dir, sandbox };
        home.docket(&["track", "--file", &home.path().join("ids.txt").display().to_string()]);
        home
    }

    /// The directory that holds configuration and data.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Runs the program to its end in this home.
    pub(crate) fn docket(&self, arguments: &[&str]) {
        let status = self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.is_ok(), "docket {arguments:?} could not be run");
    }

    /// The program with this home's configuration.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(DOCKET);
        command.args(self.globals()).args(arguments);
        command
    }

    /// The flags that point the program at this home.
    pub(crate) fn globals(&self) -> [String; 4] {
        let text = |path: PathBuf| path.display().to_string();
        [
            "--config".into(),
            text(self.path().join("config.toml")),
            "--data-dir".into(),
            text(self.path().join("data")),
        ]
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // Best effort: the process may have ended by itself.
        _ = self.sandbox.kill();
        _ = self.sandbox.wait();
    }
}

/// The desk in a terminal of 120 by 40, with every byte it writes.
pub(crate) struct Desk {
    bytes: Receiver<Vec<u8>>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    pub(crate) screen: vt100::Parser,
    pub(crate) started: Instant,
}

impl Desk {
    /// Opens the program in a terminal.
    pub(crate) fn open(arguments: &[String]) -> Self {
        Self::open_behind(arguments, |_| {})
    }

    /// The same behind a line on which so many bytes take some time.
    pub(crate) fn open_behind(arguments: &[String], line: fn(usize)) -> Self {
        let size = PtySize { rows: ROWS.get(), cols: COLUMNS.get(), pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(DOCKET);
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        command.env_remove("NO_COLOR");
        let reader = pair.master.try_clone_reader().expect("the terminal can be read");
        let writer = pair.master.take_writer().expect("the terminal can be written");
        let (sender, bytes) = channel();
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the desk starts");
        std::thread::spawn(move || carry(reader, line, &sender));
        let screen = vt100::Parser::new(ROWS, COLUMNS, 0);
        Self { bytes, writer, child, _master: pair.master, screen, started }
    }

    /// Reads until the screen shows a text; the time since the start.
    pub(crate) fn wait_for(&mut self, text: &str) -> Duration {
        while !self.screen.screen().contents().contains(text) {
            let bytes = self.bytes.recv_timeout(Duration::from_secs(30)).expect("the desk goes on writing");
            if bytes.windows(QUESTION.len()).any(|some| some == QUESTION) {
                self.writer.write_all(ANSWER).expect("the answer arrives");
            }
            self.screen.process(&bytes);
        }
        self.started.elapsed()
    }

    /// Reads until the screen shows a text, and then no more; the time since the start.
    pub(crate) fn wait_without(&mut self, text: &str) -> Duration {
        self.wait_for(text);
        while self.screen.screen().contents().contains(text) {
            let bytes = self.bytes.recv_timeout(Duration::from_secs(60)).expect("the desk goes on writing");
            self.screen.process(&bytes);
        }
        self.started.elapsed()
    }

    /// Presses a key and reads until the screen is as wanted; how long that took.
    pub(crate) fn press_until(&mut self, key: &str, wanted: impl Fn(&vt100::Screen) -> bool) -> Duration {
        let started = Instant::now();
        self.writer.write_all(key.as_bytes()).and_then(|()| self.writer.flush()).expect("the key arrives");
        while !wanted(self.screen.screen()) {
            let bytes = self.bytes.recv_timeout(Duration::from_secs(30)).expect("the desk goes on writing");
            self.screen.process(&bytes);
        }
        started.elapsed()
    }

    /// Reads until nothing has come for a while; how many bytes came.
    pub(crate) fn settle(&mut self) -> usize {
        let mut count = 0;
        loop {
            match self.bytes.recv_timeout(Duration::from_millis(300)) {
                Ok(bytes) => {
                    count += bytes.len();
                    self.screen.process(&bytes);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return count,
            }
        }
    }

    /// Presses a key; the time until the first byte of the answer, and until the last one before a pause.
    pub(crate) fn answer_to(&mut self, key: &str) -> (Duration, Duration) {
        let started = Instant::now();
        self.writer.write_all(key.as_bytes()).and_then(|()| self.writer.flush()).expect("the key arrives");
        let (mut first, mut last) = (None, Duration::ZERO);
        let mut answer = Vec::new();
        // Whatever the machine does meanwhile, a minute is enough for the first byte.
        let mut patience = Duration::from_secs(20);
        while let Ok(bytes) = self.bytes.recv_timeout(patience) {
            last = started.elapsed();
            first = first.or(Some(last));
            answer.extend(bytes);
            patience = Duration::from_millis(300);
        }
        self.screen.process(&answer);
        let screen = self.screen.screen().contents();
        assert!(first.is_some(), "the desk does not answer {key:?}:\n{screen}");
        (first.unwrap_or(last), last)
    }

    /// The most memory that the program had at a time, in KiB; 0 where the system does not say.
    pub(crate) fn most_resident(&self) -> u64 {
        let id = self.child.process_id().unwrap_or_default();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|rest| rest.split_whitespace().next());
        number.and_then(|number| number.parse().ok()).unwrap_or_default()
    }

    /// Holds a key down, so many times a second; the time from the last key until the last byte of the answer, what
    /// came from the first key on, and how many keys there were.
    pub(crate) fn hold(&mut self, key: &str, per_second: u32, lasting: Duration) -> (Duration, Vec<u8>, u32) {
        let begun = Instant::now();
        let (mut keys, mut came) = (0, Vec::new());
        let (mut pressed, mut last) = (begun, begun);
        while begun.elapsed() < lasting {
            self.writer
                .write_all(key.as_bytes())
                .and_then(|()| self.writer.flush())
                .expect("the key arrives");
            pressed = Instant::now();
            keys += 1;
            let next = begun + Duration::from_secs(1) * keys / per_second;
            while let Ok(bytes) = self.bytes.recv_timeout(next.saturating_duration_since(Instant::now())) {
                came.extend(bytes);
                last = Instant::now();
            }
        }
        while let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(300)) {
            came.extend(bytes);
            last = Instant::now();
        }
        self.screen.process(&came);
        (last.saturating_duration_since(pressed), came, keys)
    }

    /// Presses a key and counts what the desk writes for it.
    pub(crate) fn press(&mut self, key: &str) -> usize {
        self.writer.write_all(key.as_bytes()).and_then(|()| self.writer.flush()).expect("the key arrives");
        self.settle()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Best effort: the desk may have quit by itself.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Carries what the program writes to the terminal, a slice at a time, so that what waits for a slow line waits where
/// it does behind `ssh`: in the pseudo-terminal.
fn carry(mut reader: Box<dyn Read + Send>, line: fn(usize), terminal: &Sender<Vec<u8>>) {
    let mut slice = [0; SLICE];
    while let Ok(read @ 1..) = reader.read(&mut slice) {
        line(read);
        if terminal.send(slice.iter().take(read).copied().collect()).is_err() {
            break;
        }
    }
}

/// The middle one of some durations.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
