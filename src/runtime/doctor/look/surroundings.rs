//! The terminal docket runs in, and what stands between it and the operator.

use std::io::IsTerminal as _;
use std::process::Stdio;
use std::time::Duration;

use rustix::termios::tcgetwinsize;
use tokio::process::Command;

/// tmux answers at once or not at all.
const PATIENCE: Duration = Duration::from_secs(1);

/// The terminal of this process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Terminal {
    /// Whether input and output are both a terminal, as the desk needs them.
    pub(in super::super) is_whole: bool,
    /// Columns and rows of whichever stream is a terminal.
    pub(in super::super) size: Option<(u16, u16)>,
    /// `TERM`.
    pub(in super::super) name: Option<String>,
}

/// Looks at the three streams.
pub(in super::super) fn terminal() -> Terminal {
    let (stdin, stdout, stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let sizes = [
        stdout.is_terminal().then(|| tcgetwinsize(&stdout)),
        stdin.is_terminal().then(|| tcgetwinsize(&stdin)),
        stderr.is_terminal().then(|| tcgetwinsize(&stderr)),
    ];
    Terminal {
        is_whole: stdin.is_terminal() && stdout.is_terminal(),
        size: sizes.into_iter().flatten().find_map(Result::ok).map(|size| (size.ws_col, size.ws_row)),
        name: var("TERM"),
    }
}

/// What tmux does with copies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Tmux {
    /// `set-clipboard`: `on`, `external` or `off`.
    pub(in super::super) set_clipboard: Option<String>,
    /// `allow-passthrough`: `on`, `all` or `off`.
    pub(in super::super) allow_passthrough: Option<String>,
}

/// Asks the tmux around this process; `None` when there is none on this host.
pub(in super::super) async fn tmux() -> Option<Tmux> {
    var("TMUX").filter(|value| !value.is_empty())?;
    let set_clipboard = tmux_option(["show-options", "-sv", "set-clipboard"]).await;
    let allow_passthrough = tmux_option(["show-options", "-gwv", "allow-passthrough"]).await;
    Some(Tmux { set_clipboard, allow_passthrough })
}

async fn tmux_option(words: [&str; 3]) -> Option<String> {
    let mut command = Command::new("tmux");
    command.args(words).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let answer = tokio::time::timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    let text = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
    (answer.status.success() && !text.is_empty()).then_some(text)
}

/// A variable of the environment, where it is text.
pub(in super::super) fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
