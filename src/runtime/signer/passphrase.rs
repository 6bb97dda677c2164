//! The passphrase of a private key: from the terminal without echo, or from a file that a variable names. Never from the
//! command line or the environment itself, which other processes can read.
//!
//! The line is read here and not by a crate: rpassword ends the process on ctrl-c with the terminal still silent.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, IsTerminal as _, Read, Write};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::path::{Path, PathBuf};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::runtime::apart::{self, EchoKeeper};
use crate::store::keyfile::{self, KeyFileError, Secret};

/// The variable that names the file.
pub(super) const FILE_VARIABLE: &str = "DOCKET_PASSPHRASE_FILE";

/// The longest passphrase, in bytes.
const LENGTH_MAX: usize = 1024;

/// What came of asking.
#[derive(Debug)]
pub(super) enum Given {
    /// A passphrase.
    Passphrase(SecretString),
    /// Enter alone.
    Nothing,
    /// ctrl-c or ctrl-d.
    Cancelled,
    /// There is nobody to ask.
    NoTerminal,
}

/// The file that the environment names for a passphrase.
pub(super) fn file() -> Option<PathBuf> {
    std::env::var_os(FILE_VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from)
}

/// Reads a passphrase from a file: all of it, but for the line end an editor leaves behind it.
///
/// # Errors
/// As any secret file.
pub(super) fn from_file(path: &Path) -> Result<SecretString, KeyFileError> {
    let text = keyfile::read_secret(path, Secret::Passphrase)?;
    let text = text.expose_secret();
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(SecretString::from(line))
}

/// Says something on the terminal on which a passphrase is asked for.
pub(super) fn say(text: &str) {
    if let Some(terminal) = Terminal::find() {
        terminal.say(text);
    }
}

/// Asks on the terminal; what is typed is not shown.
pub(super) fn ask(question: &str) -> Given {
    let Some(terminal) = Terminal::find() else { return Given::NoTerminal };
    // Whatever ends docket while the terminal is silent, somebody must be left to give the echo back.
    let _keeper = EchoKeeper::over(&terminal.input).ok();
    let Ok(silent) = Silent::new(&terminal.input) else { return Given::NoTerminal };
    terminal.say(question);
    let given = read_line(&mut Keys(&terminal.input));
    drop(silent);
    terminal.say("\n");
    given
}

/// Where the operator is asked: the terminal of this process, whatever standard input and output are; where there is none
/// by that name, standard input, if that is one.
struct Terminal {
    input: File,
    output: File,
}

impl Terminal {
    fn find() -> Option<Self> {
        let own = OpenOptions::new().read(true).write(true).open("/dev/tty");
        if let Ok(input) = own {
            let output = input.try_clone().ok()?;
            return Some(Self { input, output });
        }
        let (input, error, output) = (std::io::stdin(), std::io::stderr(), std::io::stdout());
        let seen = if error.is_terminal() { error.as_fd() } else { output.as_fd() };
        let both = input.is_terminal() && seen.is_terminal();
        let own = |fd: BorrowedFd<'_>| fd.try_clone_to_owned().ok().map(File::from);
        if both { Some(Self { input: own(input.as_fd())?, output: own(seen)? }) } else { None }
    }

    fn say(&self, text: &str) {
        _ = (&self.output).write_all(text.as_bytes());
    }
}

/// Holds back the echo of a terminal, and gives it back when dropped. Keys arrive one by one, ctrl-c among them.
struct Silent<'a> {
    terminal: &'a File,
    found: Termios,
}

impl<'a> Silent<'a> {
    fn new(terminal: &'a File) -> rustix::io::Result<Self> {
        let found = tcgetattr(terminal)?;
        // What was typed before the question was asked is no answer to it.
        tcsetattr(terminal, OptionalActions::Flush, &apart::silent(&found))?;
        Ok(Self { terminal, found })
    }
}

impl Drop for Silent<'_> {
    fn drop(&mut self) {
        // What was pasted beyond the line is nobody's key.
        _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.found);
    }
}

/// A terminal without the buffer that would keep what was typed.
struct Keys<'a>(&'a File);

impl Read for Keys<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        Ok(rustix::io::read(self.0, into)?)
    }
}

/// Reads to the end of a line, byte by byte.
fn read_line(input: &mut impl Read) -> Given {
    // All the room at once: a growing buffer would leave copies behind.
    let mut line = Zeroizing::new(Vec::with_capacity(LENGTH_MAX));
    loop {
        let mut byte = [0];
        match input.read(&mut byte) {
            Ok(1..) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Ok(0) | Err(_) => return Given::Cancelled,
        }
        match byte {
            [b'\r' | b'\n'] => break,
            [0x03 | 0x04] => return Given::Cancelled,
            [0x08 | 0x7f] => rub_out(&mut line),
            [0x15] => line.clear(),
            // Other control keys are no part of any passphrase.
            [control] if control < 0x20 => {}
            [byte] if line.len() < LENGTH_MAX => line.push(byte),
            _ => {}
        }
    }
    match std::str::from_utf8(&line) {
        Ok("") | Err(_) => Given::Nothing,
        Ok(text) => Given::Passphrase(SecretString::from(text)),
    }
}

/// Takes the last character back, whatever number of bytes it has.
fn rub_out(line: &mut Vec<u8>) {
    while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(bytes: &[u8]) -> Option<String> {
        match read_line(&mut std::io::Cursor::new(bytes)) {
            Given::Passphrase(text) => Some(text.expose_secret().to_owned()),
            Given::Nothing => Some(String::new()),
            Given::Cancelled | Given::NoTerminal => None,
        }
    }

    #[test]
    fn a_line_is_edited_as_anywhere_else() {
        for (bytes, line) in [
            (&b"open sesame\r"[..], Some("open sesame")),
            (b" both blanks stay \n", Some(" both blanks stay ")),
            (b"sesamm\x7fe\nrest", Some("sesame")),
            ("ü\u{7f}ö\x08ä\n".as_bytes(), Some("ä")),
            (b"\x7f\x7fa\n", Some("a")),
            (b"wrong\x15right\n", Some("right")),
            (b"a\x1b[Ab\n", Some("a[Ab")),
            (b"\n", Some("")),
            (b"\xff\xfe\n", Some("")),
            (b"half\x03\n", None),
            (b"half\x04", None),
            (b"half", None),
        ] {
            assert_eq!(typed(bytes).as_deref(), line, "{bytes:?}");
        }
        let long = vec![b'x'; LENGTH_MAX * 2];
        assert_eq!(typed(&[&long[..], b"\n"].concat()).unwrap().len(), LENGTH_MAX);
    }

    #[test]
    fn a_file_gives_its_line_without_the_line_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("passphrase");
        for (text, expected) in [("a b", "a b"), ("a b\n", "a b"), ("a\r\n", "a"), (" a \n\n", " a \n")] {
            _ = std::fs::remove_file(&path);
            keyfile::write_new(&path, text.as_bytes(), 0o600).unwrap();
            assert_eq!(from_file(&path).unwrap().expose_secret(), expected);
        }
        _ = std::fs::remove_file(&path);
        keyfile::write_new(&path, b"a", 0o644).unwrap();
        assert!(matches!(from_file(&path), Err(KeyFileError::Open { .. })));
    }

    #[test]
    fn nothing_given_is_shown() {
        let given = Given::Passphrase(SecretString::from("canary"));
        assert!(!format!("{given:?}").contains("canary"));
    }
}
