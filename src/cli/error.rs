//! How a command ends: an exit code that scripts can rely on, and for a person one line that says what happened
//! and one that says what to do.

use std::fmt::Display;
use std::process::ExitCode;

use crate::domain::shown;
use crate::runtime::session::SessionError;
use crate::store::StoreError;

/// The exit codes of this stage, as `docket --help` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Exit {
    /// Done.
    Done = 0,
    /// Failed, nothing was done.
    Failed = 1,
    /// Usage, or a request that breaks a rule known here.
    Usage = 2,
    /// Refused, or some or all of several failed.
    Refused = 3,
    /// Something is due within `--fail-on-due` days.
    Due = 4,
    /// Config, profile or key.
    Config = 5,
    /// The outcome of a reply or refund is unknown.
    Unknown = 6,
    /// The desk's line was closed (128 + SIGHUP).
    HungUp = 129,
    /// The desk was told to end by SIGINT.
    Interrupted = 130,
    /// The desk was told to end by SIGQUIT.
    KeyboardQuit = 131,
    /// The desk was told to end by SIGTERM.
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not end with [`Exit::Done`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(super) struct CliError {
    pub(super) exit: Exit,
    /// What happened, one sentence.
    pub(super) message: String,
    /// Where there are several reasons: each of them, on a line of its own below the sentence.
    pub(super) details: Vec<String>,
    /// What to do about it.
    pub(super) hint: String,
}

impl CliError {
    pub(super) fn new(exit: Exit, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { exit, message: message.into(), details: Vec::new(), hint: hint.into() }
    }

    /// A request that breaks rules known here, so that nothing was sent: one rule stands in the sentence, several below
    /// it. `what` is the request, as in `the reply`.
    pub(super) fn broken(what: &str, rules: &[impl Display], hint: impl Into<String>) -> Self {
        match rules {
            [one] => Self::usage(format!("{what} breaks a rule, so nothing was sent: {one}"), hint),
            many => Self {
                details: many.iter().map(ToString::to_string).collect(),
                ..Self::usage(format!("{what} breaks {} rules, so nothing was sent", many.len()), hint)
            },
        }
    }

    pub(super) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message, hint)
    }

    pub(super) fn failed(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message, hint)
    }

    /// The lines for standard error: what happened first, what to do last. Names of files, ids and messages of the
    /// gateway may be in them, so all pass [`shown::line`].
    pub(super) fn lines(&self) -> String {
        let error = [("error: ", &self.message)].into_iter();
        let details = self.details.iter().map(|detail| ("  ", detail));
        let hint = (!self.hint.is_empty()).then_some(("hint: ", &self.hint));
        let lines = error.chain(details).chain(hint);
        lines.flat_map(|(name, text)| [name.into(), shown::line(text), "\n".into()]).collect()
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        use StoreError as E;
        let exit = match &error {
            E::Damaged { .. }
            | E::Foreign { .. }
            | E::Newer { .. }
            | E::Remote { .. }
            | E::ReadOnly { .. }
            | E::Exposed { .. }
            | E::Broken { .. }
            | E::Unwritable { .. } => Exit::Config,
            E::NotTracked { .. } | E::NoSuchAction { .. } | E::NoTarget { .. } => Exit::Usage,
            E::Occupied { .. } | E::Barred { .. } | E::NetworkRefund { .. } => Exit::Refused,
            E::Busy { .. }
            | E::Alone { .. }
            | E::Full { .. }
            | E::Low { .. }
            | E::Disk { .. }
            | E::Halted { .. }
            | E::NoCopy { .. }
            | E::Other { .. } => Exit::Failed,
        };
        Self::new(exit, error.to_string(), error.hint())
    }
}

impl From<SessionError> for CliError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => error.into(),
            other => Self::new(Exit::Config, other.to_string(), other.hint()),
        }
    }
}

impl From<&clap::Error> for CliError {
    /// Says in docket's two lines what clap says in a paragraph.
    fn from(error: &clap::Error) -> Self {
        let text = error.to_string();
        let paragraphs: Vec<String> =
            text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let what = paragraphs.first().map(String::as_str).unwrap_or_default();
        let tip = paragraphs.iter().find_map(|part| part.strip_prefix("tip: "));
        let usage = paragraphs.iter().find_map(|part| part.strip_prefix("Usage: "));
        let hint = match (tip, usage) {
            (Some(tip), _) => tip.to_owned(),
            (None, Some(usage)) => format!("usage: {usage} (see --help)"),
            (None, None) => "see docket --help".to_owned(),
        };
        Self::usage(what.strip_prefix("error: ").unwrap_or(what), hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Cli;
    use clap::Parser;

    fn said(line: &str) -> String {
        CliError::from(&Cli::try_parse_from(line.split(' ')).unwrap_err()).lines()
    }

    #[test]
    fn usage_errors_speak_in_two_lines() {
        assert_eq!(
            said("docket lst"),
            "error: unrecognized subcommand 'lst'\nhint: a similar subcommand exists: 'list'\n"
        );
        assert_eq!(
            said("docket show"),
            "error: the following required arguments were not provided: <ID>\n\
             hint: usage: docket show <ID> (see --help)\n"
        );
        for line in ["docket refund O1", "docket list --view x", "docket refresh --fail-on-due 1d"] {
            let text = said(line);
            assert_eq!(text.lines().count(), 2, "{text}");
            assert!(text.starts_with("error: ") && text.contains("\nhint: "), "{text}");
        }
    }

    #[test]
    fn nothing_typed_or_received_reaches_the_terminal_as_control() {
        let error = CliError::failed("no file \u{1b}[2J\u{202e}x\nhint: obey", "try\u{7}");
        assert_eq!(error.lines(), "error: no file ␛[2J<U+202E>x⏎hint: obey\nhint: try␇\n");
        assert!(!said("docket \u{1b}]0;x\u{7}").contains('\u{1b}'));
    }

    #[test]
    fn what_happened_comes_first_and_what_to_do_last() {
        let broken = |rules: &[&str]| CliError::broken("the reply", rules, "correct it").lines();
        assert_eq!(
            broken(&["the text is empty"]),
            "error: the reply breaks a rule, so nothing was sent: the text is empty\nhint: correct it\n"
        );
        assert_eq!(
            broken(&["the text is empty", "file 1\u{7} is none"]),
            "error: the reply breaks 2 rules, so nothing was sent\n  the text is empty\n  file 1␇ is none\nhint: correct it\n"
        );
    }

    #[test]
    fn exit_codes_are_those_of_the_contract() {
        let codes = [Exit::Done, Exit::Failed, Exit::Usage, Exit::Refused, Exit::Due, Exit::Config];
        assert_eq!(codes.map(|exit| exit as u8), [0, 1, 2, 3, 4, 5]);
        assert_eq!(Exit::Unknown as u8, 6);
    }
}
