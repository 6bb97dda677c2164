//! What replies and refunds have in common on the command line: who must be asked, what a killed process left behind,
//! waiting for an outcome whatever asks this process to stop, and what is said when it is known.

use serde::Serialize;

use crate::domain::action::State;
use crate::domain::fault::Fault;
use crate::domain::shown;
use crate::runtime::actions::{Bench, Outcome, codes};
use crate::runtime::session;

use super::error::{CliError, Exit};
use super::json;
use super::output::{self, Output};

/// How a command that sends was asked to go about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) dry_run: bool,
    pub(super) yes: bool,
    pub(super) json: bool,
}

impl Manner {
    /// Without a terminal to ask on, only `--yes` sends.
    pub(super) fn check(self, output: Output, without_asking: &str) -> Result<(), CliError> {
        if self.dry_run || self.yes || output.can_ask {
            return Ok(());
        }
        Err(CliError::usage(
            "nothing was sent: there is no terminal to ask on",
            format!(
                "give {without_asking} to send without being asked, or --dry-run to see what would be sent"
            ),
        ))
    }

    /// Prints the document of `--json`.
    pub(super) fn document(self, document: &impl Serialize) -> Result<(), CliError> {
        if self.json { output::print(&json::document(document)) } else { Ok(()) }
    }
}

/// Says what a killed process has left behind: it may be the very action that is about to be sent again.
pub(super) async fn recover(bench: &Bench) -> Result<(), CliError> {
    match bench.recover().await? {
        0 => {}
        1 => output::say("warning: one earlier action was cut short; docket journal shows it\n"),
        many => output::say(&format!(
            "warning: {many} earlier actions were cut short; docket journal shows them\n"
        )),
    }
    Ok(())
}

/// Waits for the outcome whatever asks this process to stop: an answer nobody waits for is a doubt. What is not in the
/// journal yet by then, because it is still being looked at or signed, is not sent.
pub(super) async fn carry_out<T>(bench: &Bench, what: &str, sending: impl Future<Output = T>) -> T {
    tokio::pin!(sending);
    loop {
        tokio::select! {
            outcome = &mut sending => return outcome,
            () = session::told_to_stop() => {
                bench.halt();
                if bench.under_way() == 0 {
                    continue;
                }
                output::say(&format!("the {what} may be on its way already; waiting for its outcome\n"));
            }
        }
    }
}

/// Takes the operator's word, typed on the terminal.
pub(super) fn ask(question: &str, expected: &str, fits: impl Fn(&str) -> bool) -> Result<(), CliError> {
    if fits(&output::ask(question)?) {
        return Ok(());
    }
    Err(CliError::failed("not confirmed, so nothing was sent", format!("answer {expected} to send it")))
}

/// The exact body of a dry run, safe to print.
pub(super) fn shown_body(body: Result<Vec<u8>, Fault>) -> Result<String, CliError> {
    let body = body.map_err(|fault| CliError::failed(fault.to_string(), fault.hint()))?;
    Ok(json::escaped(&String::from_utf8_lossy(&body)))
}

/// What came of an action, as far as that is told alike for all kinds.
pub(super) struct Ending<'a> {
    pub(super) outcome: &'a Outcome,
    /// What nobody can tell when its outcome is unknown.
    pub(super) doubt: &'static str,
    /// What to do about a refusal that needs no advice of its own.
    pub(super) look: &'static str,
}

impl Ending<'_> {
    /// Says what the journal could not take down, and why the action did not go through, unless it was taken.
    pub(super) fn check(&self) -> Result<(), CliError> {
        let Self { outcome, doubt, .. } = self;
        if let Some(why) = &outcome.unrecorded {
            output::say(&format!(
                "warning: the journal could not take this down and will show it as unknown: {}\n",
                shown::line(why)
            ));
        }
        match outcome.state {
            State::Accepted | State::Settled => Ok(()),
            State::Refused => Err(self.refused()),
            _ => Err(CliError::new(
                Exit::Unknown,
                format!("nobody can tell yet whether {doubt}: {}: {}", outcome.code, outcome.msg),
                "do not send it again; docket settle asks what became of it",
            )),
        }
    }

    fn refused(&self) -> CliError {
        let Outcome { code, msg, fault, .. } = self.outcome;
        let hint = match (code.as_str(), fault) {
            (_, Some(fault)) => fault.hint(),
            (codes::READ_ONLY, _) => "leave --read-only out, or ask whoever set [policy] read_only",
            (codes::MOVED, _) => "docket show has what it is now",
            (codes::NOT_ASKED, _) => "nothing has to be done; --although-not-asked sends it all the same",
            (codes::OCCUPIED, _) => "docket settle asks how it ended, here or on the host that sent it",
            (codes::HELD_UP, _) => "confirm it again if it is still wanted",
            (codes::OTHER_USER | codes::TOO_LONG, _) => "docket show has the case as PayerMax describes it",
            (codes::HALTED, _) => "nothing has to be settled; send it again when you want to",
            (codes::POLICY, _) => "ask whoever keeps that file",
            (codes::NOT_STORED, _) => "what is not in the journal is not sent; mend that and try again",
            (codes::CLOCK, _) => "nothing was sent; docket doctor measures the clock again",
            (codes::NO_LEGACY, _) => "leave --legacy out, or correct [profiles.NAME.legacy] in the config",
            _ => self.look,
        };
        CliError::new(exit(code, fault.as_ref()), format!("refused: {code}: {msg}"), hint)
    }
}

/// A refusal is one of the gateway or the policy, unless docket stopped for a reason of its own.
fn exit(code: &str, fault: Option<&Fault>) -> Exit {
    match code {
        // Nobody was asked: the key, or whoever holds it.
        _ if matches!(fault, Some(Fault::Signing(_))) => Exit::Config,
        codes::NOT_STORED | codes::HALTED => Exit::Failed,
        codes::OVER | codes::RULE | codes::OPEN_CASE | codes::SEND_AGAIN | codes::EXHAUSTED => Exit::Usage,
        codes::NO_LEGACY => Exit::Config,
        _ => Exit::Refused,
    }
}
