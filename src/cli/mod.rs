//! The command line: what a person or a script types, turned into calls of the other folders, and the outcome turned
//! into text, JSON and an exit code.
//!
//! Names, flags, JSON fields and exit codes are a contract with scripts; they live in `args`, `json` and `error`.

mod args;
mod backup;
mod complete;
mod demo;
mod desk;
mod doctor;
mod error;
mod export;
mod generate;
pub(crate) mod import;
mod init;
pub(crate) mod journal;
mod json;
mod list;
mod motd;
mod output;
mod refresh;
mod refund;
mod reply;
mod sandbox;
mod sending;
mod settle;
mod show;
mod stats;
mod table;
mod track;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use crate::runtime::log::{self, LogGuard};
use crate::runtime::session::{Place, Session, system_clock};

use args::{Cli, Command, Global};
use desk::Next;
use error::{CliError, Exit};
use output::Output;

/// Runs one command line, program name first, and says how it ended.
pub async fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(line) = complete::line(&args) {
        return finish(complete::ids(line));
    }
    match Cli::try_parse_from(args) {
        Ok(cli) => {
            let output = Output::of_this_process(cli.global.no_color);
            let ended = dispatch(&cli, output).await;
            finish(ended)
        }
        Err(error) => {
            let output = Output::of_this_process(false);
            finish(answered_by_clap(&error, output))
        }
    }
}

/// Help and version are answers; everything else clap says is a usage error.
fn answered_by_clap(error: &clap::Error, output: Output) -> Result<Exit, CliError> {
    use clap::error::ErrorKind;
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = error.render();
            output::print(&if output.colour { text.ansi().to_string() } else { text.to_string() })?;
            Ok(Exit::Done)
        }
        _ => Err(CliError::from(error)),
    }
}

fn finish(ended: Result<Exit, CliError>) -> ExitCode {
    let exit = ended.unwrap_or_else(|error| {
        output::say(&error.lines());
        error.exit
    });
    exit.into()
}

async fn dispatch(cli: &Cli, output: Output) -> Result<Exit, CliError> {
    let global = &cli.global;
    match &cli.command {
        Some(Command::Completions { shell }) => generate::completions(*shell),
        Some(Command::Man { dir }) => generate::man(dir.as_deref()),
        Some(Command::Motd(args)) => motd::motd(&place(global), args),
        Some(Command::Init(args)) => init::init(&place(global), args, output),
        Some(Command::Doctor(args)) => doctor::doctor(&place(global), args, output).await,
        Some(Command::Sandbox(args)) => sandbox::sandbox(args).await,
        Some(Command::Demo(args)) => demo::demo(global, args, output).await,
        other => {
            let session = Session::open(&place(global), system_clock())?;
            let log = start_log(&session);
            let ended = in_session(other.as_ref(), session, global, output).await;
            let exit = match &ended {
                Ok(Next::Exit(exit)) => *exit,
                Ok(Next::Profile(_)) => Exit::Done,
                Err(error) => error.exit,
            };
            tracing::info!(exit = exit as u8, "ended");
            drop(log);
            match ended? {
                Next::Exit(exit) => Ok(exit),
                Next::Profile(profile) => Err(desk::go_on_in(&profile, global)),
            }
        }
    }
}

/// The commands that work in a profile.
async fn in_session(
    command: Option<&Command>,
    session: Session,
    global: &Global,
    output: Output,
) -> Result<Next, CliError> {
    let exit = match command {
        Some(Command::Track(args)) => track::track(&session, args, output).await,
        Some(Command::Untrack(args)) => track::untrack(&session, args),
        Some(Command::Refresh(args)) => refresh::refresh(&session, args, output).await,
        Some(Command::List(args)) => list::list(&session, args, output),
        Some(Command::Show(args)) => show::show(&session, args),
        Some(Command::Reply(args)) => reply::reply(&session, args, output).await,
        Some(Command::Refund(args)) => refund::refund(&session, args, output).await,
        Some(Command::Approve(args)) => refund::approve(&session, args, output).await,
        Some(Command::Settle(args)) => settle::settle(&session, args).await,
        Some(Command::Journal(args)) => journal::journal(&session, args, output),
        Some(Command::Export(args)) => export::export(&session, args),
        Some(Command::Stats(args)) => stats::stats(&session, args),
        Some(Command::Backup(args)) => backup::backup(&session, args),
        _ => return desk::open(session, global).await,
    };
    exit.map(Next::Exit)
}

fn place(global: &Global) -> Place {
    Place {
        profile: global.profile.clone(),
        config: global.config.clone(),
        data_dir: global.data_dir.clone(),
        read_only: global.read_only,
    }
}

/// A log that cannot be written must not keep an operator from their cases.
fn start_log(session: &Session) -> Option<LogGuard> {
    let guard = log::start(&session.paths.log(), session.clock()).ok()?;
    let (profile, environment) = (session.name.as_str(), session.profile.environment.word());
    tracing::info!(profile, environment, version = env!("CARGO_PKG_VERSION"), "started");
    Some(guard)
}
