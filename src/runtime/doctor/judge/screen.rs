//! The terminal, the locale, and the road of a copy to the operator's own clipboard.

use super::super::check::{Check, Subject};
use super::super::look::surroundings::{Terminal, Tmux};
use crate::runtime::clipboard::Between;
use crate::runtime::locale;

/// Below this the desk says that it has no room, in columns and rows (design.md section 4).
const ROOM_MIN: (u16, u16) = (60, 15);

/// The terminal.
pub(in super::super) fn terminal(terminal: &Terminal, var: impl Fn(&str) -> Option<String>) -> Check {
    let subject = Subject::TERMINAL;
    let Some((columns, rows)) = terminal.size else {
        return subject.warning(
            "there is none here, so the desk cannot open; the other commands work",
            "run docket doctor in the terminal you work in (with `ssh -t` from a script)",
        );
    };
    let name = terminal.name.as_deref().unwrap_or_default();
    if name.is_empty() || name == "dumb" {
        let what = if name.is_empty() { "not set".to_owned() } else { format!("`{name}`") };
        return subject.warning(
            format!("TERM is {what}, so the desk cannot open; the other commands work"),
            "set TERM to what the terminal is, for example xterm-256color",
        );
    }
    let colours = if locale::wants_colour(false, var) {
        "with colours"
    } else {
        "without colours, because NO_COLOR is set"
    };
    // A line that states no size counts as 80x24, as on the desk.
    let (columns, rows) = if columns == 0 || rows == 0 { (80, 24) } else { (columns, rows) };
    let found = format!("{name}, {columns}x{rows}, {colours}");
    if columns < ROOM_MIN.0 || rows < ROOM_MIN.1 {
        let (least_columns, least_rows) = ROOM_MIN;
        return subject.warning(
            format!("{found}: too small for the desk"),
            format!("make the window at least {least_columns} columns by {least_rows} rows"),
        );
    }
    let redirected = if terminal.is_whole { "" } else { "; input or output goes elsewhere now" };
    subject.ok(format!("{found}{redirected}"))
}

/// The locale, and the variable that decides.
pub(in super::super) fn locale(var: impl Fn(&str) -> Option<String>) -> Check {
    let subject = Subject::LOCALE;
    let remedy = "set LC_ALL to a UTF-8 locale, for example C.UTF-8, also where ssh drops it";
    match locale::deciding(var) {
        None => {
            subject.warning("none of LC_ALL, LC_CTYPE and LANG is set, so the desk draws plain ASCII", remedy)
        }
        Some((name, value)) if locale::names_utf8(&value) => subject.ok(format!("UTF-8, by {name}={value}")),
        Some((name, value)) => {
            subject.warning(format!("not UTF-8, by {name}={value}, so the desk draws plain ASCII"), remedy)
        }
    }
}

/// What becomes of `y` and `Y`; `tmux` is the one on this host, if any.
pub(in super::super) fn clipboard(
    terminal: &Terminal,
    tmux: Option<&Tmux>,
    var: impl Fn(&str) -> Option<String>,
) -> Check {
    let subject = Subject::CLIPBOARD;
    if terminal.size.is_none() {
        return subject.ok("no terminal to copy to");
    }
    let is_on = |value: &Option<String>| matches!(value.as_deref(), Some("on" | "all"));
    let over_ssh = ["SSH_TTY", "SSH_CONNECTION"].iter().any(|name| var(name).is_some_and(|v| !v.is_empty()));
    let line = if over_ssh { "through ssh to your own terminal" } else { "to the terminal" };
    match (Between::detect(&var), tmux) {
        (Between::Nothing, _) => {
            subject.ok(format!("copies go {line} (OSC 52), which must let programs set the clipboard"))
        }
        (Between::Screen, _) => subject.ok(format!("copies go {line} (OSC 52), wrapped for GNU screen")),
        (Between::Tmux, None) => subject.ok(
            "copies go through a tmux on another host (OSC 52), which needs `set -s set-clipboard on` there",
        ),
        (Between::Tmux, Some(tmux)) if is_on(&tmux.set_clipboard) => {
            subject.ok("tmux passes copies on (set-clipboard on)")
        }
        (Between::Tmux, Some(tmux)) if is_on(&tmux.allow_passthrough) => {
            subject.ok("tmux passes copies on (allow-passthrough on)")
        }
        (Between::Tmux, Some(tmux)) => {
            let found = match &tmux.set_clipboard {
                Some(setting) => format!("tmux keeps copies to itself (set-clipboard is {setting})"),
                None => "tmux did not say whether it passes copies on".to_owned(),
            };
            let remedy =
                "put `set -s set-clipboard on` into ~/.tmux.conf, then run `tmux source ~/.tmux.conf`";
            subject.warning(found, remedy)
        }
    }
}
