//! Completion scripts and manual pages, made from the command definitions so that they cannot drift from them.

mod config_page;

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::app::action::{BINDINGS, Binding};
use crate::app::keymap::Keymap;

use super::args::Cli;
use super::error::{CliError, Exit};
use super::{complete, output};

/// Behind the page of the program.
const SEE_ALSO: &str = ".SH \"SEE ALSO\"\n\\fBdocket\\-config\\fR(5)\n";

/// `docket completions`.
pub(super) fn completions(shell: Shell) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "docket", &mut script);
    output::print(&complete::with_ids(shell, &Cli::command(), &String::from_utf8_lossy(&script)))?;
    Ok(Exit::Done)
}

/// `docket man`.
pub(super) fn man(dir: Option<&Path>) -> Result<Exit, CliError> {
    let Some(dir) = dir else {
        let mut page = Vec::new();
        Man::new(Cli::command()).render(&mut page).map_err(|error| unwritten("the page", &error))?;
        output::print(&format!("{}{}{SEE_ALSO}", String::from_utf8_lossy(&page), keys()))?;
        return Ok(Exit::Done);
    };
    write_pages(dir).map_err(|error| unwritten(&dir.display().to_string(), &error))?;
    Ok(Exit::Done)
}

/// Pages are for everybody to read, whatever this process's own files are.
fn write_pages(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    clap_mangen::generate_to(Cli::command(), dir)?;
    OpenOptions::new()
        .append(true)
        .open(dir.join("docket.1"))?
        .write_all(format!("{}{SEE_ALSO}", keys()).as_bytes())?;
    fs::write(dir.join("docket-config.5"), config_page::page())?;
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("docket") && (name.ends_with(".1") || name.ends_with(".5")) {
            fs::set_permissions(&path, Permissions::from_mode(0o644))?;
        }
    }
    Ok(())
}

/// The desk's keys with the names by which the config remaps them, from the table that the desk itself works by.
fn keys() -> String {
    let defaults = Keymap::default();
    let row = |row: &Binding| {
        let keys = defaults.shown(row.action);
        let keys = if keys.is_empty() { "(no key)" } else { &keys };
        format!(".TP\n\\fB{}\\fR  {}\n{}\n", roff(keys), roff(row.name), roff(row.help))
    };
    let intro =
        roff("The name behind the keys is the one to use in [desk] keys = { name = \"key\" } in the config.");
    std::iter::once(format!(".SH KEYS\n{intro}\n")).chain(BINDINGS.iter().map(row)).collect()
}

/// A text as the body of a manual page: no character of it is a command.
fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

fn unwritten(what: &str, error: &io::Error) -> CliError {
    CliError::failed(format!("{what} could not be written: {error}"), "name a directory you may write to")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_action_of_the_desk_and_its_keys() {
        let page = keys();
        for row in BINDINGS {
            assert!(page.contains(&format!("\\fR  {}\n", roff(row.name))), "{}", row.name);
        }
        assert!(page.contains(".TP\n\\fBx\\fR  untrack\n"), "{page}");
        assert!(page.contains("\\fBctrl\\-d\\fR  half\\-down\n"), "{page}");
        assert_eq!(roff(".so \\x"), "\\&.so \\ex");
    }

    #[test]
    fn the_written_page_has_them_too() {
        let dir = tempfile::tempdir().unwrap();
        write_pages(dir.path()).unwrap();
        write_pages(dir.path()).unwrap();
        let page = fs::read_to_string(dir.path().join("docket.1")).unwrap();
        assert_eq!(page.matches(".SH KEYS\n").count(), 1);
        assert!(page.ends_with("\\fBdocket\\-config\\fR(5)\n"), "{page}");
        assert!(fs::read_to_string(dir.path().join("docket-config.5")).unwrap().contains("soon_days"));
        assert!(!fs::read_to_string(dir.path().join("docket-list.1")).unwrap().contains(".SH KEYS"));
    }
}
