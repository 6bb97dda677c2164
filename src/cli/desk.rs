//! The one place from which the desk is opened.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::runtime::desk::{self, DeskOptions, Ending};
use crate::runtime::session::Session;
use crate::runtime::start::OpenError;
use crate::runtime::terminal;

use super::args::Global;
use super::error::{CliError, Exit};

/// What comes after the desk.
pub(super) enum Next {
    /// The end.
    Exit(Exit),
    /// The desk of another profile.
    Profile(String),
}

/// Opens the desk and stays until the operator leaves it.
pub(super) async fn open(session: Session, global: &Global) -> Result<Next, CliError> {
    let options = DeskOptions { ascii: global.ascii, no_color: global.no_color };
    Ok(Next::Exit(match desk::open(session, options).await? {
        Ending::Elsewhere(profile) => return Ok(Next::Profile(profile)),
        Ending::Left => Exit::Done,
        Ending::Told(129) => Exit::HungUp,
        Ending::Told(130) => Exit::Interrupted,
        Ending::Told(131) => Exit::KeyboardQuit,
        Ending::Told(_) => Exit::Terminated,
    }))
}

/// Becomes the desk of another profile: a new program in the place of this one, so that nothing of the first list, its keys
/// or its connections is left in it. Returns only where that fails.
pub(super) fn go_on_in(profile: &str, global: &Global) -> CliError {
    let Global { profile: _, config, data_dir, read_only, ascii, no_color } = global;
    let named = [("--config", config), ("--data-dir", data_dir)];
    let flags = [("--read-only", read_only), ("--ascii", ascii), ("--no-color", no_color)];
    let failed = match std::env::current_exe() {
        Err(error) => error,
        Ok(program) => {
            let mut next = Command::new(program);
            next.args(["--profile", profile]);
            for (flag, value) in named {
                next.args(value.iter().flat_map(|value| [flag.as_ref(), value.as_os_str()]));
            }
            next.args(flags.into_iter().filter(|(_, set)| **set).map(|(flag, _)| flag));
            next.exec()
        }
    };
    CliError::failed(
        format!("the desk of the profile `{profile}` could not be opened: {failed}"),
        format!("docket --profile {profile} opens it"),
    )
}

/// Says what else there is when nobody could see the desk.
pub(super) fn needs_terminal() -> Result<(), CliError> {
    Ok(terminal::check().map_err(OpenError::from)?)
}

impl From<OpenError> for CliError {
    fn from(error: OpenError) -> Self {
        let exit = match error {
            OpenError::Session(error) => return error.into(),
            OpenError::Store(error) => return error.into(),
            OpenError::NoTerminal(_) => Exit::Usage,
            OpenError::Keys { .. } | OpenError::View { .. } => Exit::Config,
            OpenError::System(_) => Exit::Failed,
        };
        Self::new(exit, error.to_string(), error.hint())
    }
}
