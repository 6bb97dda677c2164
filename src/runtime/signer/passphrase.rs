//! The passphrase of a private key: from the terminal without echo, or from a file that a variable names. Never from the
//! command line or the environment itself, which other processes can read.
//!
//! The line is read here and not by a crate: rpassword ends the process on ctrl-c with the terminal still silent.

use std::io::{ErrorKind, IsTerminal as _, Read, Write};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

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
    if let Some(mut out) = terminal_out() {
        _ = out.write_all(text.as_bytes());
        _ = out.flush();
    }
}

/// Asks on the terminal; what is typed is not shown.
pub(super) fn ask(question: &str) -> Given {
    if !std::io::stdin().is_terminal() || terminal_out().is_none() {
        return Given::NoTerminal;
    }
    let Ok(silent) = Silent::new() else { return Given::NoTerminal };
    say(question);
    let given = read_line(&mut Keys);
    drop(silent);
    say("\n");
    given
}

/// Where a question is seen: standard error, or else standard output.
fn terminal_out() -> Option<Box<dyn Write>> {
    let (error, output) = (std::io::stderr(), std::io::stdout());
    if error.is_terminal() {
        Some(Box::new(error))
    } else if output.is_terminal() {
        Some(Box::new(output))
    } else {
        None
    }
}

/// Holds back the echo of the terminal on standard input, and gives it back when dropped. Keys arrive one by one, ctrl-c
/// among them: a process that it ended would leave a terminal behind that shows nothing.
struct Silent(Termios);

impl Silent {
    fn new() -> rustix::io::Result<Self> {
        let input = rustix::stdio::stdin();
        let found = tcgetattr(input.as_fd())?;
        let mut silent = found.clone();
        silent.local_modes -= LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
        silent.special_codes[SpecialCodeIndex::VMIN] = 1;
        silent.special_codes[SpecialCodeIndex::VTIME] = 0;
        // What was typed before the question was asked is no answer to it.
        tcsetattr(input, OptionalActions::Flush, &silent)?;
        Ok(Self(found))
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        // What was pasted beyond the line is nobody's key.
        _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Flush, &self.0);
    }
}

/// Standard input without the buffer that would keep what was typed.
struct Keys;

impl Read for Keys {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        Ok(rustix::io::read(rustix::stdio::stdin(), into)?)
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
