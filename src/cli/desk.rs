//! The one place from which the desk is opened.

use crate::runtime::desk::{self, DeskOptions, Ending};
use crate::runtime::session::Session;
use crate::runtime::start::OpenError;
use crate::runtime::terminal;

use super::args::Global;
use super::error::{CliError, Exit};

/// Opens the desk and stays until the operator leaves it.
pub(super) async fn open(session: Session, global: &Global) -> Result<Exit, CliError> {
    let options = DeskOptions { ascii: global.ascii, no_color: global.no_color };
    Ok(match desk::open(session, options).await? {
        Ending::Left => Exit::Done,
        Ending::Told(129) => Exit::HungUp,
        Ending::Told(130) => Exit::Interrupted,
        Ending::Told(131) => Exit::KeyboardQuit,
        Ending::Told(_) => Exit::Terminated,
    })
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
