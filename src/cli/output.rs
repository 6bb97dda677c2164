//! The two streams of a command. Facts go to standard output, everything else to standard error; colour and
//! progress only ever to a terminal, so that a pipe gets bytes a script can rely on.

use std::io::{self, BufRead, BufWriter, IsTerminal, StdoutLock, Write};

use rustix::termios::QueueSelector;
use unicode_width::UnicodeWidthStr as _;

use super::error::CliError;

/// What is known about the streams of this run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    /// Whether standard output takes colours.
    pub(super) colour: bool,
    /// How wide the terminal is that standard output goes to; `None` for a pipe or a file.
    pub(super) columns: Option<u16>,
    /// Whether a progress bar may be drawn on standard error.
    pub(super) progress: bool,
    /// Whether standard input and error are a terminal, so that questions can be asked.
    pub(super) can_ask: bool,
}

impl Output {
    /// Looks at the streams and at `NO_COLOR` and `TERM`.
    pub(super) fn of_this_process(no_color: bool) -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        let err_terminal = io::stderr().is_terminal();
        Self {
            colour: io::stdout().is_terminal() && !no_color && !dumb && !set("NO_COLOR"),
            columns: columns(),
            progress: err_terminal && !dumb,
            can_ask: err_terminal && io::stdin().is_terminal(),
        }
    }
}

fn columns() -> Option<u16> {
    let out = io::stdout();
    let size = out.is_terminal().then(|| rustix::termios::tcgetwinsize(&out))?.ok()?;
    Some(size.ws_col).filter(|columns| *columns > 0)
}

/// A text in lines of at most so many columns, broken at blanks; a longer word stays whole, to be copied.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(last) if last.is_empty() => last.push_str(word),
            Some(last) if last.width() + 1 + word.width() <= columns => last.extend([" ", word]),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Prints facts. A reader that has seen enough (`head`) is no error.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    printed(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Prints facts while they are put into words, so that many need not be held at once.
pub(super) fn print_through(
    write: impl FnOnce(&mut BufWriter<StdoutLock<'static>>) -> io::Result<()>,
) -> Result<(), CliError> {
    let mut out = BufWriter::with_capacity(AT_ONCE, io::stdout().lock());
    printed(write(&mut out).and_then(|()| out.flush()))
}

/// Bytes that are written at once.
const AT_ONCE: usize = 256 * 1024;

fn printed(written: io::Result<()>) -> Result<(), CliError> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::failed(
            format!("standard output could not be written: {error}"),
            "look where it is redirected to",
        )),
        _ => Ok(()),
    }
}

/// Says something beside the facts. When nobody can hear it there is nobody to tell either.
pub(super) fn say(text: &str) {
    _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Asks a person; the answer without its line end. Only for a terminal ([`Output::can_ask`]). What was typed before the
/// question stood there is no answer to it, and is thrown away.
pub(super) fn ask(question: &str) -> Result<String, CliError> {
    let unreadable = |error| CliError::failed(format!("the answer cannot be read: {error}"), "try again");
    let stdin = io::stdin().lock();
    rustix::termios::tcflush(&stdin, QueueSelector::IFlush).map_err(|error| unreadable(error.into()))?;
    answer(stdin, question).map_err(unreadable)
}

fn answer(mut from: impl BufRead, question: &str) -> io::Result<String> {
    say(question);
    let mut line = String::new();
    from.read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
