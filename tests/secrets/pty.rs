//! A terminal with docket in it that keeps every byte that comes out. Nothing here waits for a time where a condition can
//! be waited for.

use std::io::{Read as _, Write as _};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};

use crate::world::World;

const PATIENCE: Duration = Duration::from_secs(60);

struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
    ended: bool,
}

pub(crate) struct Pty {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn std::io::Write + Send>,
    /// Open until the end: a line that nobody has open forgets its settings.
    slave: Option<Box<dyn SlavePty + Send>>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    /// The line settings before docket started.
    found: String,
}

impl Pty {
    /// Runs docket with these words in a terminal.
    pub(crate) fn run(world: &World, words: &str) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_docket"));
        command.args(words.split_whitespace());
        Self::spawn(world, command)
    }

    /// Runs a script in a terminal, with docket as `$0`.
    pub(crate) fn script(world: &World, script: &str) -> Self {
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_docket")]);
        Self::spawn(world, command)
    }

    fn spawn(world: &World, mut command: CommandBuilder) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 })
            .unwrap();
        let (rows, columns) = (40.try_into().unwrap(), 120.try_into().unwrap());
        command.env_clear();
        world.variables().into_iter().for_each(|(name, value)| command.env(name, value));
        command.cwd(world.home.path());
        let found = format!("{:?}", pair.master.get_termios().unwrap());
        let child = pair.slave.spawn_command(command).unwrap();
        let seen = Arc::new((
            Mutex::new(Seen { parser: vt100::Parser::new(rows, columns, 0), raw: Vec::new(), ended: false }),
            Condvar::new(),
        ));
        let (mut reader, into) = (pair.master.try_clone_reader().unwrap(), Arc::clone(&seen));
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                // A test that fell over has let go of it in the middle.
                let Ok(mut seen) = into.0.lock() else { return };
                seen.parser.process(&buffer[..count]);
                seen.raw.extend_from_slice(&buffer[..count]);
                into.1.notify_all();
            }
            if let Ok(mut seen) = into.0.lock() {
                seen.ended = true;
            }
            into.1.notify_all();
        });
        let writer = pair.master.take_writer().unwrap();
        Self { child, master: pair.master, writer, slave: Some(pair.slave), seen, found }
    }

    pub(crate) fn type_in(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Waits until a text stands on the screen.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait_until(text, |seen| seen.parser.screen().contents().contains(text));
    }

    /// Waits until a text has come this often, wherever it stands now.
    #[track_caller]
    pub(crate) fn wait_times(&self, text: &str, times: usize) {
        self.wait_until(text, |seen| String::from_utf8_lossy(&seen.raw).matches(text).count() >= times);
    }

    #[track_caller]
    fn wait_until(&self, what: &str, mut holds: impl FnMut(&Seen) -> bool) {
        let (seen, changed) = &*self.seen;
        let guard = seen.lock().unwrap();
        let (seen, _) =
            changed.wait_timeout_while(guard, PATIENCE, |seen| !holds(seen) && !seen.ended).unwrap();
        assert!(holds(&seen), "waited in vain for {what:?}:\n{}", seen.parser.screen().contents());
    }

    /// Waits until the line is set like this.
    #[track_caller]
    fn wait_line(&self, what: &str, holds: impl Fn(&str) -> bool) {
        let deadline = std::time::Instant::now() + PATIENCE;
        while !holds(&self.settings()) {
            assert!(std::time::Instant::now() < deadline, "the line never was {what}");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    fn settings(&self) -> String {
        format!("{:?}", self.master.get_termios().unwrap())
    }

    /// Waits until what is typed is not shown; a question is asked after that.
    #[track_caller]
    pub(crate) fn wait_silent(&self) {
        self.wait_line("silent", |settings| settings != self.found);
    }

    /// Waits until the line is as it was before docket came.
    #[track_caller]
    pub(crate) fn wait_as_found(&self) {
        self.wait_line("as it was", |settings| settings == self.found);
    }

    /// What the system says of the process in a file of `/proc`.
    pub(crate) fn proc(&self, name: &str) -> Vec<u8> {
        let pid = self.child.process_id().unwrap().to_string();
        std::fs::read(std::path::Path::new("/proc").join(pid).join(name)).unwrap()
    }

    /// The number of the docket that a script has started.
    pub(crate) fn child_of_shell(&self) -> String {
        let shell = self.child.process_id().unwrap();
        let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
        children.split_whitespace().next().unwrap().to_owned()
    }

    /// Waits for the end of the program and gives its exit code and all that came out.
    pub(crate) fn end(mut self) -> (u32, Vec<u8>) {
        let deadline = std::time::Instant::now() + PATIENCE;
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.exit_code();
            }
            assert!(std::time::Instant::now() < deadline, "it does not end: {}", self.screen());
            std::thread::park_timeout(Duration::from_millis(5));
        };
        self.wait_as_found();
        self.slave = None;
        let (seen, changed) = &*self.seen;
        let guard = seen.lock().unwrap();
        let (seen, _) = changed.wait_timeout_while(guard, PATIENCE, |seen| !seen.ended).unwrap();
        (code, seen.raw.clone())
    }

    pub(crate) fn screen(&self) -> String {
        self.seen.0.lock().unwrap().parser.screen().contents()
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // A test that failed half-way must not leave a process behind.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
