//! What came of a reply, and how an answer of the gateway is read: doubt is the rule, and an acceptance or a refusal
//! needs proof.

use crate::domain::action::{self, State};
use crate::domain::fault::Fault;
use crate::domain::ids::CaseId;
use crate::domain::record::{ActionId, Finding};
use crate::domain::reply::Target;
use crate::domain::return_code::APPLY_SUCCESS;
use crate::gateway::ReplyAnswer;

use super::Stop;

/// docket's own words for why nothing was sent; the gateway's codes and [`Fault::code`] are the others.
pub mod codes {
    /// Nothing may be sent: `--read-only`, or the policy.
    pub const READ_ONLY: &str = "READ_ONLY";
    /// A case is no longer what the operator saw.
    pub const MOVED: &str = "MOVED";
    /// The status asks for no reply.
    pub const NOT_ASKED: &str = "NOT_ASKED";
    /// A case belongs to another user than the reply names.
    pub const OTHER_USER: &str = "OTHER_USER";
    /// An id is longer than the call takes.
    pub const TOO_LONG: &str = "TOO_LONG";
    /// Another action of the same case or batch is under way or unknown.
    pub const OCCUPIED: &str = "OCCUPIED";
    /// Confirmed and then not sent; in the journal alone.
    pub const NOT_BEGUN: &str = "NOT_BEGUN";
    /// The journal could not be written, so nothing was sent.
    pub const NOT_STORED: &str = "NOT_STORED";
}

/// What came of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyOutcome {
    /// Its name in the journal; `None` when it never got there, and then nothing was sent.
    pub action_id: Option<ActionId>,
    /// `accepted`, `refused` or `unknown`.
    pub state: State,
    /// The gateway's code, [`Fault::code`], or one of [`codes`].
    pub code: String,
    /// One sentence, or the gateway's message as received; shown through [`crate::domain::shown`].
    pub msg: String,
    /// Cases that took the reply, also ones that are not tracked here.
    pub success_case_ids: Vec<String>,
    /// Cases that did not.
    pub fail_case_ids: Vec<String>,
    /// What went wrong on the line, where that is the reason.
    pub fault: Option<Fault>,
    /// Whether the same reply may go through later: nothing was executed, and the reason can pass by itself.
    pub retry_may_help: bool,
    /// Why the journal could not take the outcome down; it reads as unknown there after a restart.
    pub unrecorded: Option<String>,
}

impl ReplyOutcome {
    fn refused(code: &str, msg: String) -> Self {
        Self {
            action_id: None,
            state: State::Refused,
            code: code.to_owned(),
            msg,
            success_case_ids: Vec::new(),
            fail_case_ids: Vec::new(),
            fault: None,
            retry_may_help: false,
            unrecorded: None,
        }
    }

    /// Nothing may be sent here at all.
    pub fn read_only() -> Self {
        Self::refused(codes::READ_ONLY, "nothing may be sent here: the profile is read-only".to_owned())
    }

    /// Stopped here; nothing was sent.
    pub fn stopped(stop: Stop) -> Self {
        Self::refused(stop.code, stop.msg)
    }

    /// Another action is in the way, or the disk; nothing was sent.
    pub(super) fn not_begun(code: &str, msg: String, retry_may_help: bool) -> Self {
        Self { retry_may_help, ..Self::refused(code, msg) }
    }

    /// A case could not be looked at, or the request not be signed; nothing was sent.
    pub(super) fn unasked(fault: &Fault, msg: String) -> Self {
        let retry_may_help = fault.may_pass();
        Self { fault: Some(fault.clone()), retry_may_help, ..Self::refused(&fault.code(), msg) }
    }

    /// The process is ending while the answer is awaited.
    pub(super) fn lost() -> Self {
        let msg = "docket stopped before the answer came".to_owned();
        Self { state: State::Unknown, ..Self::refused("STOPPED", msg) }
    }

    /// What an attempt came to.
    pub(super) fn of_attempt(id: ActionId, verdict: Verdict) -> Self {
        let Verdict { state, finding, fault } = verdict;
        Self {
            action_id: Some(id),
            state,
            code: finding.code.unwrap_or_default(),
            msg: finding.msg.unwrap_or_default(),
            success_case_ids: finding.success_case_ids,
            fail_case_ids: finding.fail_case_ids,
            retry_may_help: state == State::Refused && fault.as_ref().is_some_and(action::may_pass),
            fault,
            unrecorded: None,
        }
    }
}

/// What an attempt proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) state: State,
    pub(super) finding: Finding,
    pub(super) fault: Option<Fault>,
}

/// Reads the end of an attempt. `asking` are the tracked cases that waited for this reply.
pub(super) fn judge(target: &Target, asking: &[CaseId], end: Result<ReplyAnswer, Fault>) -> Verdict {
    match end {
        Ok(answer) => judge_answer(target, asking, answer),
        Err(fault) => {
            let finding =
                Finding { code: Some(fault.code()), msg: Some(fault.to_string()), ..Finding::default() };
            Verdict { state: action::verdict(&fault), finding, fault: Some(fault) }
        }
    }
}

/// A case in neither list, or in both, is in doubt, and one such case puts the whole action in doubt: settling it is
/// then worth a look at every case.
fn judge_answer(target: &Target, asking: &[CaseId], answer: ReplyAnswer) -> Verdict {
    let ReplyAnswer { success_case_ids: taken, fail_case_ids: failed } = answer;
    let within = |list: &[String], id: &CaseId| list.iter().any(|one| one == id.as_str());
    let doubtful = asking.iter().filter(|id| within(&taken, id) == within(&failed, id)).count();
    let (state, msg) = match (doubtful, taken.len(), failed.len()) {
        (0, 0, 0) => (State::Unknown, "the answer names no case".to_owned()),
        (0, 0, 1) => (State::Refused, "PayerMax did not take the reply for the case".to_owned()),
        (0, 0, many) => (State::Refused, format!("PayerMax took the reply for none of {many} cases")),
        (0, 1, 0) if matches!(target, Target::Case(_)) => (State::Accepted, "Success.".to_owned()),
        (0, many, 0) => (State::Accepted, format!("taken for {many} cases")),
        (0, some, rest) => (State::Accepted, format!("taken for {some} cases, not for {rest}")),
        (1, ..) => (State::Unknown, "the answer does not say what became of one case".to_owned()),
        (many, ..) => (State::Unknown, format!("the answer does not say what became of {many} cases")),
    };
    let finding = Finding {
        code: Some(APPLY_SUCCESS.to_owned()),
        msg: Some(msg),
        status: None,
        success_case_ids: taken,
        fail_case_ids: failed,
    };
    Verdict { state, finding, fault: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn ids(names: &[&str]) -> Vec<CaseId> {
        names.iter().map(|name| CaseId::parse(name).unwrap()).collect()
    }

    fn state(asking: &[&str], taken: &[&str], failed: &[&str]) -> State {
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let answer = ReplyAnswer { success_case_ids: texts(taken), fail_case_ids: texts(failed) };
        judge(&Target::Batch("P1".into()), &ids(asking), Ok(answer)).state
    }

    #[test]
    fn only_what_the_answer_names_is_known() {
        assert_eq!(state(&["O1"], &["O1"], &[]), State::Accepted);
        assert_eq!(state(&["O1"], &[], &["O1"]), State::Refused);
        assert_eq!(state(&["O1"], &[], &[]), State::Unknown, "null lists");
        assert_eq!(state(&["O1"], &["O2"], &[]), State::Unknown, "another case");
        assert_eq!(state(&["O1"], &["O1"], &["O1"]), State::Unknown, "both");
        assert_eq!(state(&["O1", "O2"], &["O1", "O7"], &["O2"]), State::Accepted, "a mixed batch");
        assert_eq!(state(&["O1", "O2"], &["O7"], &["O1", "O2"]), State::Accepted, "some were taken");
        assert_eq!(state(&["O1", "O2"], &["O1"], &[]), State::Unknown);
        assert_eq!(state(&["O1", "O2"], &[], &["O1", "O2"]), State::Refused);
    }
}
