//! Completion scripts and manual pages, made from the command definitions so that they cannot drift from them.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;

use super::args::Cli;
use super::error::{CliError, Exit};
use super::output;

/// `docket completions`.
pub(super) fn completions(shell: Shell) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "docket", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

/// `docket man`.
pub(super) fn man(dir: Option<&Path>) -> Result<Exit, CliError> {
    let Some(dir) = dir else {
        let mut page = Vec::new();
        Man::new(Cli::command()).render(&mut page).map_err(|error| unwritten("the page", &error))?;
        output::print(&String::from_utf8_lossy(&page))?;
        return Ok(Exit::Done);
    };
    write_pages(dir).map_err(|error| unwritten(&dir.display().to_string(), &error))?;
    Ok(Exit::Done)
}

/// Pages are for everybody to read, whatever this process's own files are.
fn write_pages(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    clap_mangen::generate_to(Cli::command(), dir)?;
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("docket") && name.ends_with(".1") {
            fs::set_permissions(&path, Permissions::from_mode(0o644))?;
        }
    }
    Ok(())
}

fn unwritten(what: &str, error: &io::Error) -> CliError {
    CliError::failed(format!("{what} could not be written: {error}"), "name a directory you may write to")
}
