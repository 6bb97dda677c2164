//! A terminal with docket in it: keys in, an emulated screen out. Nothing here waits for a time where a condition
//! can be waited for; the longest wait is stretched on a slow machine by `DOCKET_TEST_PATIENCE`.

pub(crate) mod hands;
mod strain;

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use docket::domain::case::{Case, Field};
use docket::domain::ids::CaseId;
use docket::store::{NewCase, Observation, SqliteStore, Store as _};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;
use time::OffsetDateTime;

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// How much slower than others this machine may be.
pub(crate) fn patient(limit: Duration) -> Duration {
    let factor = std::env::var("DOCKET_TEST_PATIENCE").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    limit * factor
}

/// How long a condition may take to come true.
fn patience() -> Duration {
    patient(SECOND * 20)
}

/// A home with a config whose gateway does not exist, and a list on disk.
pub(crate) struct Home(TempDir);

/// A home with nothing in it.
pub(crate) fn bare_home() -> Home {
    Home(tempfile::tempdir().unwrap())
}

/// A home with a few cases.
pub(crate) fn home() -> Home {
    let dir = tempfile::tempdir().unwrap();
    let config = "default_profile = \"test\"\n[profiles.test]\nenvironment = \"custom\"\n\
        base_url = \"http://127.0.0.1:9\"\napp_id = \"app\"\nmerchant_no = \"P01\"\n\
        private_key_file = \"none.pem\"\ngateway_public_key_file = \"none.pub\"\n";
    std::fs::write(dir.path().join("config.toml"), config).unwrap();
    let home = Home(dir);
    home.fill();
    home
}

impl Home {
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The directory, which holds the config.
    pub(crate) fn dir(&self) -> String {
        self.0.path().display().to_string()
    }

    /// Adds a text to the end of a file.
    pub(crate) fn append(&self, name: &str, text: &str) {
        let mut file = std::fs::OpenOptions::new().append(true).open(self.path(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn fill(&self) {
        let now = OffsetDateTime::now_utc();
        let mut store = SqliteStore::open(&self.database()).unwrap();
        let ids: Vec<_> = (1..=12).map(|n| CaseId::parse(&format!("O-due-{n}")).unwrap()).collect();
        let entries: Vec<_> = ids.iter().cloned().map(NewCase::new).collect();
        store.track(&entries, now).unwrap();
        let seen = ids.into_iter().zip(0..).map(|(id, day)| Observation {
            at: now,
            outcome: Ok(case(&id, now.date() + time::Duration::days(day))),
            id,
        });
        store.record(&seen.collect::<Vec<_>>()).unwrap();
    }

    /// What a refresh of another process finds out about a case.
    pub(crate) fn moves(&self, id: &str, status: &str) {
        let (id, at) = (CaseId::parse(id).unwrap(), OffsetDateTime::now_utc());
        let mut moved = case(&id, at.date());
        moved.set(Field::Status, Some(status.to_owned()));
        let mut store = SqliteStore::open(&self.database()).unwrap();
        store.record(&[Observation { id, at, outcome: Ok(moved) }]).unwrap();
    }

    /// The note on a case, as it is on disk.
    pub(crate) fn note(&self, id: &str) -> String {
        let store = SqliteStore::open(&self.database()).unwrap();
        store.find(&CaseId::parse(id).unwrap()).unwrap().unwrap().local.note.clone()
    }

    /// The file of the list.
    pub(crate) fn database(&self) -> PathBuf {
        self.path("data/test.db")
    }

    /// The variables docket sees, and nothing of this machine's user.
    fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("HOME", self.path("")),
            ("USER", "ana".into()),
            ("TERM", "xterm-256color".into()),
            ("LANG", "C.UTF-8".into()),
            ("PATH", "/usr/bin:/bin".into()),
            ("DOCKET_CONFIG", self.path("config.toml")),
            ("DOCKET_DATA_DIR", self.path("data")),
            ("EDITOR", self.path("editor")),
        ]
    }

    /// Puts a program into the home, to be named by a variable.
    pub(crate) fn program(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::write(self.path(name), text).unwrap();
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(0o755)).unwrap();
        self.path(name)
    }

    /// A `docket` without a terminal.
    pub(crate) fn docket<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docket"));
        command.env_clear().envs(self.variables()).args(args).stdin(std::process::Stdio::null());
        command
    }
}

fn case(id: &CaseId, due: time::Date) -> Case {
    Case::from_fields([
        (Field::CaseId, Some(id.to_string())),
        (Field::Status, Some("DISPUTE_INQUIRY".to_owned())),
        (Field::OutTradeNo, Some(format!("P{id}"))),
        (Field::OutUserId, Some("张伟".to_owned())),
        (Field::Amount, Some("5000.00".to_owned())),
        (Field::Currency, Some("IDR".to_owned())),
        (Field::ExpirationDate, Some(due.to_string())),
    ])
}

/// What came out of the terminal so far.
struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
    changed: Instant,
}

/// A terminal with a program in it.
pub(crate) struct Pty {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn std::io::Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    reading: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
    in_shell: bool,
    /// Keys pressed so far, slips left out.
    pub(crate) pressed: usize,
    /// The line settings before the program started.
    pub(crate) found: String,
}

impl Pty {
    /// The desk in a terminal of its own.
    pub(crate) fn desk(home: &Home, rows: u16, columns: u16) -> Self {
        Self::run(home, rows, columns, CommandBuilder::new(env!("CARGO_BIN_EXE_docket")))
    }

    /// The desk with one more variable, such as `TERM=dumb`.
    pub(crate) fn with_variable(home: &Home, variable: &str) -> Self {
        let mut command = CommandBuilder::new("/usr/bin/env");
        command.args([variable, env!("CARGO_BIN_EXE_docket")]);
        Self::run(home, 24, 80, command)
    }

    /// A shell that runs a script, in which `DOCKET` stands for the program.
    pub(crate) fn shell(home: &Home, rows: u16, columns: u16, script: &str) -> Self {
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", &script.replace("DOCKET", env!("CARGO_BIN_EXE_docket"))]);
        let mut pty = Self::run(home, rows, columns, command);
        pty.in_shell = true;
        pty
    }

    fn run(home: &Home, rows: u16, columns: u16, mut command: CommandBuilder) -> Self {
        let pair = native_pty_system().openpty(size(rows, columns)).unwrap();
        command.env_clear();
        home.variables().into_iter().for_each(|(name, value)| command.env(name, value));
        command.cwd(home.path(""));
        let found = format!("{:?}", pair.master.get_termios().unwrap());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let parser = vt100::Parser::new(rows.try_into().unwrap(), columns.try_into().unwrap(), 0);
        let seen =
            Arc::new((Mutex::new(Seen { parser, raw: Vec::new(), changed: Instant::now() }), Condvar::new()));
        let reading = Arc::new(AtomicBool::new(true));
        let (writer, master) = (Some(pair.master.take_writer().unwrap()), Some(pair.master));
        let mut pty =
            Self { master, writer, child, seen, reading, reader: None, in_shell: false, pressed: 0, found };
        pty.reader = Some(pty.start_reading());
        pty
    }

    fn start_reading(&self) -> JoinHandle<()> {
        let reader = self.master.as_ref().unwrap().try_clone_reader().unwrap();
        let (seen, reading) = (Arc::clone(&self.seen), Arc::clone(&self.reading));
        std::thread::spawn(move || read_all(reader, &seen, &reading))
    }

    /// Looks at the screen.
    pub(crate) fn screen<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.seen.0.lock().unwrap().parser.screen())
    }

    /// Bytes that came out so far.
    pub(crate) fn bytes(&self) -> usize {
        self.seen.0.lock().unwrap().raw.len()
    }

    /// Frames that came out so far.
    pub(crate) fn frames(&self) -> usize {
        self.sent("\x1b[?2026h")
    }

    /// How often a sequence came out so far.
    pub(crate) fn sent(&self, sequence: &str) -> usize {
        let sequence = sequence.as_bytes();
        let seen = self.seen.0.lock().unwrap();
        seen.raw.windows(sequence.len()).filter(|bytes| *bytes == sequence).count()
    }

    /// Waits until the screen is as it should be.
    pub(crate) fn wait(&self, what: &str, holds: impl FnMut(&vt100::Screen) -> bool) {
        let shown = self.shows_by(Instant::now() + patience(), holds);
        assert!(shown, "waited in vain: {what}\n{}", self.screen(vt100::Screen::contents));
    }

    /// Whether the screen is as it should be before this moment.
    pub(crate) fn shows_by(&self, end: Instant, mut holds: impl FnMut(&vt100::Screen) -> bool) -> bool {
        let (seen, changed) = &*self.seen;
        let mut seen = seen.lock().unwrap();
        loop {
            if holds(seen.parser.screen()) {
                return true;
            }
            let Some(left) = end.checked_duration_since(Instant::now()) else { return false };
            seen = changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Waits until a text stands on the screen.
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait(&format!("`{text}`"), |screen| screen.contents().contains(text));
    }

    /// Waits until more than this many bytes have come.
    pub(crate) fn wait_bytes(&self, before: usize) {
        self.wait_seen("something is written", |seen| seen.raw.len() > before);
    }

    /// Waits until exactly this has been sent to the terminal.
    pub(crate) fn wait_sent(&self, bytes: &[u8]) {
        self.wait_seen("a sequence is sent", |seen| seen.raw.windows(bytes.len()).any(|some| some == bytes));
    }

    fn wait_seen(&self, what: &str, mut holds: impl FnMut(&Seen) -> bool) {
        let (seen, changed) = &*self.seen;
        let guard = seen.lock().unwrap();
        let (seen, timeout) = changed.wait_timeout_while(guard, patience(), |seen| !holds(seen)).unwrap();
        assert!(!timeout.timed_out(), "waited in vain: {what}\n{}", seen.parser.screen().contents());
    }

    /// Waits until nothing has come for a while.
    pub(crate) fn settle(&self) {
        const QUIET: Duration = Duration::from_millis(400);
        until("the screen is quiet", || self.seen.0.lock().unwrap().changed.elapsed() > QUIET);
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        self.seen
            .0
            .lock()
            .unwrap()
            .parser
            .screen_mut()
            .set_size(rows.try_into().unwrap(), columns.try_into().unwrap());
        self.master.as_ref().unwrap().resize(size(rows, columns)).unwrap();
    }

    /// The line settings, comparable.
    pub(crate) fn line_settings(&self) -> String {
        format!("{:?}", self.master.as_ref().unwrap().get_termios().unwrap())
    }

    /// Waits until the line is set as it was before the program started; that comes right after the screen.
    pub(crate) fn wait_line_as_found(&self) {
        until("the line is as it was", || self.line_settings() == self.found);
    }

    /// Sends a signal to the program.
    pub(crate) fn signal(&self, name: &str) {
        assert!(Command::new("kill").args(["-s", name, &self.program()]).status().unwrap().success());
    }

    /// The process of the program, whether or not a shell has started it.
    pub(crate) fn program(&self) -> String {
        let first = self.child.process_id().unwrap().to_string();
        let children = Path::new("/proc").join(&first).join("task").join(&first).join("children");
        let jobs = std::fs::read_to_string(children).unwrap_or_default();
        if self.in_shell { jobs.split_whitespace().next().unwrap_or(&first).to_owned() } else { first }
    }

    /// Waits until the system names this as the state of the process (`T` for stopped).
    pub(crate) fn wait_state(&self, state: char) {
        until("the state of the process", || {
            self.stat().first().is_some_and(|field| field.starts_with(state))
        });
    }

    /// Processor time used so far, in hundredths of a second.
    pub(crate) fn cpu_ticks(&self) -> u64 {
        self.stat().iter().skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum()
    }

    /// What the system says of the process, from its state on.
    fn stat(&self) -> Vec<String> {
        let pid = self.program();
        let text = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap();
        text.rsplit(')').next().unwrap().split_whitespace().map(str::to_owned).collect()
    }

    /// Closes the terminal, as a lost connection does.
    pub(crate) fn close(&mut self) {
        self.stop_reading();
        self.writer = None;
        self.master = None;
    }

    /// Whether the program runs.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for the end of the program; `None` when it never came.
    pub(crate) fn exit_code(&mut self) -> Option<u32> {
        let mut code = None;
        until("the program ends", || {
            code = self.child.try_wait().unwrap().map(|status| status.exit_code());
            code.is_some()
        });
        code
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // A test that failed half-way must not leave a process behind.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + patience();
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

fn read_all(mut reader: Box<dyn std::io::Read + Send>, seen: &(Mutex<Seen>, Condvar), reading: &AtomicBool) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = reader.read(&mut buffer) {
        let (seen, changed) = seen;
        let mut seen = seen.lock().unwrap();
        seen.parser.process(buffer.get(..count).unwrap());
        seen.raw.extend_from_slice(buffer.get(..count).unwrap());
        seen.changed = Instant::now();
        changed.notify_all();
        drop(seen);
        if !reading.load(Ordering::SeqCst) {
            return;
        }
    }
}
