//! The one place from which the desk is opened.

use std::io::{self, IsTerminal as _};

use crate::runtime::session::Session;

use super::args::Global;
use super::error::{CliError, Exit};

/// Opens the desk and stays until the operator leaves it.
#[expect(clippy::unused_async, reason = "the desk runs until it is left")]
pub(super) async fn open(session: Session, global: &Global) -> Result<Exit, CliError> {
    needs_terminal()?;
    _ = (session, global.ascii, global.no_color);
    Err(CliError::failed("the desk is not wired in", "use docket list until then"))
}

/// Says what else there is when nobody could see the desk.
pub(super) fn needs_terminal() -> Result<(), CliError> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    Err(CliError::usage("the desk needs a terminal", "docket list prints the cases; docket --help names the other commands"))
}
