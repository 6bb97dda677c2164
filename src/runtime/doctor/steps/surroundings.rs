//! The terminal, the locale and the clipboard.

use super::super::check::Check;
use super::super::judge::screen;
use super::super::look::surroundings::{terminal, tmux, var};

/// Looks at what docket would draw on and copy to.
pub(in super::super) async fn look_over(tell: &mut impl FnMut(Check)) {
    let terminal = terminal();
    tell(screen::terminal(&terminal, var));
    tell(screen::locale(var));
    tell(screen::clipboard(&terminal, tmux().await.as_ref(), var));
}
