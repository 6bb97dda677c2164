//! The desk on a list that can only be looked at: it opens, says so, and refuses to send.

use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rusqlite::Connection;

use crate::host::{Host, contents};

const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal with the desk in it.
struct Screen {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    keys: Box<dyn std::io::Write + Send>,
    bytes: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    _master: Box<dyn portable_pty::MasterPty + Send>,
}

impl Screen {
    fn open(host: &Host) -> Self {
        let size = PtySize { rows: 30, cols: 160, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let docket = host.command("--ascii");
        // A terminal gives no other user to what runs in it, so a program does.
        let mut command = CommandBuilder::new("setpriv");
        if host.is_nobodys() {
            command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
        }
        command.arg(docket.get_program());
        command.args(docket.get_args());
        command.env_clear();
        for (name, value) in docket.get_envs() {
            command.env(name, value.unwrap());
        }
        command.env("PATH", "/usr/bin:/bin");
        let child = pair.slave.spawn_command(command).unwrap();
        let (send, bytes) = channel();
        let mut reader = pair.master.try_clone_reader().unwrap();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        let parser = vt100::Parser::new(30.try_into().unwrap(), 160.try_into().unwrap(), 0);
        Self { child, keys, bytes, parser, _master: pair.master }
    }

    #[track_caller]
    fn wait_for(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let screen = self.parser.screen().contents();
            if screen.contains(text) {
                return screen;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.bytes.recv_timeout(left) {
                Ok(bytes) => self.parser.process(&bytes),
                Err(why) => panic!("waited in vain for {text:?} ({why}):\n{screen}"),
            }
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    #[track_caller]
    fn leave(mut self) {
        self.press("q");
        let deadline = Instant::now() + PATIENCE;
        loop {
            // What comes out is taken, or the desk would wait for room.
            while let Ok(bytes) = self.bytes.try_recv() {
                self.parser.process(&bytes);
            }
            match self.child.try_wait().unwrap() {
                Some(status) => return assert!(status.success(), "{status:?}"),
                None if Instant::now() > deadline => {
                    _ = self.child.kill();
                    panic!("the desk was not left:\n{}", self.parser.screen().contents());
                }
                None => std::thread::park_timeout(Duration::from_millis(5)),
            }
        }
    }
}

#[test]
fn on_a_list_that_cannot_be_written_the_desk_shows_all_and_sends_nothing() {
    let host = Host::without_rights();
    host.give(&[]);
    fs::set_permissions(host.data(), Permissions::from_mode(0o500)).unwrap();
    let before = contents(&host.data());
    let mut screen = Screen::open(&host);
    let shown = screen.wait_for("can be read and not written");
    assert!(shown.contains("O1") && shown.contains("RO"), "{shown}");
    screen.press("r");
    let shown = screen.wait_for("read-only");
    assert!(shown.contains("O1"), "{shown}");
    screen.leave();
    assert_eq!((host.executed(), contents(&host.data())), ((0, 0), before));
    fs::set_permissions(host.data(), Permissions::from_mode(0o700)).unwrap();
    host.sends(&[]);
}

#[test]
fn on_a_broken_journal_the_desk_says_so_from_its_first_picture_on() {
    let host = Host::new();
    host.sends(&[]);
    let open = Connection::open(host.database()).unwrap();
    open.execute_batch(
        "DROP TRIGGER journal_is_not_edited; UPDATE journal SET session = 'eve' WHERE seq = 2",
    )
    .unwrap();
    drop(open);
    let mut screen = Screen::open(&host);
    let shown = screen.wait_for("is broken at entry 2");
    assert!(shown.contains("RO"), "{shown}");
    screen.leave();
    assert_eq!(host.executed(), (1, 1));
}
